"""`hemero redact`: remove an article for good."""

from __future__ import annotations

import dataclasses

import click

from cli.app import App, shared_options
from cli.output import note, print_error, print_json, safe_line
from cli.params import http_url


@click.command(
    "redact", epilog="Example: hemero redact https://vigie.example/actu/99 --reason 'court order 12'"
)
@click.argument("url")
@click.option(
    "--reason", metavar="TEXT", required=True, help="Why; kept in the database and in ledger.jsonl."
)
@click.option("--site", metavar="NAME", help="The site of the page (default: the declared site of the URL).")
@click.option("--forget-url", is_flag=True, help="Keep only digests of the address too.")
@click.option("--dry-run", is_flag=True, help="Say what would be removed; change nothing.")
@click.option(
    "--wait", metavar="SECONDS", type=float, default=0.0, help="Wait so long for a crawl to end (0)."
)
@click.option("--json", "as_json", is_flag=True, help="The result as one JSON object.")
@shared_options
@click.pass_obj
def command(
    app: App,
    url: str,
    reason: str,
    site: str | None,
    forget_url: bool,
    dry_run: bool,
    wait: float,
    as_json: bool,
) -> int:
    """Remove the article at URL: text, captures, revisions, index, and its teasers in other articles.

    A tombstone keeps it from being fetched, imported or rebuilt again. Killed in the middle, the same
    command or hemero repair carries on. Exports and backups that may still hold it are listed: those are
    yours to treat.
    """
    from cli.declared import load_declared
    from cli.stored_pages import StoredRules
    from storage.redaction import redact

    declared = load_declared(app)
    address = http_url(url)
    found = declared.named(site) if site else declared.of_url(address)
    name = found.name if found is not None else None
    identity = StoredRules(declared).identity(name, address, "response")
    with app.open() if dry_run else app.open_writable() as archive:
        report = redact(
            archive, address, identity, reason, forget_url=forget_url, patience=wait, dry_run=dry_run
        )
    if as_json:
        print_json([dataclasses.asdict(report)])
    else:
        _print(report, dry_run)
    return 0


def _print(report: object, dry_run: bool) -> None:
    from storage.redaction import Redacted

    assert isinstance(report, Redacted)
    verb = "would be removed" if dry_run else "removed"
    for address in report.articles:
        click.echo(safe_line(f"{verb}: {address}"))
    if not report.articles:
        click.echo("no article is kept under this address" + ("" if dry_run else "; it will not be fetched"))
    click.echo(
        f"captures {report.captures}, feeds and listings {report.channels}, teasers in other articles"
        f" {report.teasers}, pages of other articles masked {report.masked}"
    )
    for address in report.same_text:
        print_error(f"the same text stays at {address}; redact it too if it must go")
    for copy in report.copies:
        print_error(f"may still hold it: {copy}")
    if report.unread:
        note(f"{report.unread} captures could not be looked into: see hemero verify")
