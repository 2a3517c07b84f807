"""`hemero rebuild`: a new database from the captures and the ledger."""

from __future__ import annotations

import dataclasses

import click

from cli.app import App, shared_options
from cli.output import note, print_error, print_json, safe_line
from cli.steps import counting


@click.command("rebuild", epilog="Example: hemero rebuild")
@click.option(
    "--generic",
    is_flag=True,
    help="Read pages of sites that are not declared any more without rules of their own.",
)
@click.option("--json", "as_json", is_flag=True, help="The result as one JSON object.")
@shared_options
@click.pass_obj
def command(app: App, generic: bool, as_json: bool) -> int:
    """Read every stored page again into a new database, which then takes the old one's place.

    Articles, revisions, related links and dates come out as they were; redactions, corrections, assignments
    and saved searches come from ledger.jsonl. The old database is kept beside the new one; of a readable
    one, runs and pending pages are carried over.
    """
    from cli.declared import load_declared
    from cli.rebuilding import Rebuilder
    from storage.errors import ArchiveNotFound

    declared = load_declared(app)
    if not (app.archive / "captures").is_dir():
        raise ArchiveNotFound(f"no captures in {app.archive}: name another one with --archive")
    with counting("done") as on_progress:
        result = Rebuilder(
            app.archive,
            app.database_url,
            declared,
            generic=generic,
            progress=lambda _, done, total: on_progress(done, total),
        ).run()
    if as_json:
        print_json([dataclasses.asdict(result)])
        return 0
    click.echo(
        f"{result.articles} articles, {result.revisions} revisions from {result.captures} captures"
        f" in {result.files} files"
    )
    for line in result.unread:
        print_error(f"not read: {line}")
    for name in result.damaged:
        print_error(f"{name} has stretches that cannot be read; hemero verify says more")
    if result.kept:
        note(safe_line(f"the old database is kept as {result.kept}; delete it once you trust the new one"))
    return 0
