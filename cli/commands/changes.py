"""`hemero changes`: what sites changed after they published it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

import click

from cli.app import App, shared_options
from cli.output import note, print_json, safe_line, wrapped
from cli.params import HITS, first_day

if TYPE_CHECKING:
    from storage.changes import Change

KINDS = ("edit", "stealth", "gone", "back")


@click.command("changes", epilog="Example: hemero changes --kind stealth --since 2016 --json")
@click.option("--site", metavar="NAME", help="Only this site.")
@click.option(
    "--kind",
    "kinds",
    type=click.Choice(KINDS),
    multiple=True,
    help="Only edit, stealth (edited without a word), gone or back; may be repeated.",
)
@click.option(
    "--field", "fields", metavar="NAME", multiple=True, help="Only edits of this field: title, body, lead ..."
)
@click.option("--since", metavar="DAY", type=first_day, help="Seen on this day (UTC) or later.")
@click.option("--limit", metavar="N", type=HITS, default=50, help="At most N (50).")
@click.option("--ours", is_flag=True, help="Also differences between readings by different rules.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--atom", "as_atom", is_flag=True, help="An Atom feed.")
@shared_options
@click.pass_obj
def command(
    app: App,
    site: str | None,
    kinds: tuple[str, ...],
    fields: tuple[str, ...],
    since: date | None,
    limit: int,
    ours: bool,
    as_json: bool,
    as_atom: bool,
) -> None:
    """List edits, articles that went and articles that came back, newest first.

    `hemero show ARTICLE --diff` shows an article's edits word by word.
    """
    if as_json and as_atom:
        raise click.UsageError("--json and --atom exclude each other")
    from cli.articles import check_fields, check_site
    from storage.changes import FIELDS, changes

    check_fields(fields, FIELDS)
    with app.open() as archive, archive.read() as session:
        check_site(session, site)
        found = changes(
            session,
            site=site,
            since=None if since is None else datetime.combine(since, time(), UTC),
            kinds=kinds or KINDS,  # type: ignore[arg-type]
            fields=fields,
            ours=ours,
            limit=limit,
        )
    if as_atom:
        click.echo(_feed(found, site), nl=False)
    elif as_json:
        from cli.diffs import change_json

        print_json(change_json(change) for change in found)
    else:
        _print(found)


def _print(found: list[Change]) -> None:
    from cli.diffs import change_line

    for change in found:
        click.echo(f"{change.at:%Y-%m-%d %H:%M}  {change_line(change)}")
        head = f"{change.article_id}  {safe_line(change.site)}  "
        click.echo(f"  {click.style(head, fg='cyan')}{wrapped(change.title or change.url, indent=2).strip()}")
        if change.title_before is not None:
            click.echo(wrapped(f"before: {change.title_before}", indent=2))
    note(f"{len(found)} changes" if len(found) != 1 else "1 change")


def _feed(found: list[Change], site: str | None) -> str:
    from cli.atom import AtomEntry, atom
    from cli.diffs import change_line

    entries = [
        AtomEntry(
            f"change:{change.key}",
            f"{change_line(change)}: {change.title or change.url}",
            change.at,
            change.url,
            f"{change.site}. " + (f"Before: {change.title_before}" if change.title_before else ""),
        )
        for change in found
    ]
    updated = max((change.at for change in found), default=datetime(1970, 1, 1, tzinfo=UTC))
    return atom(f"changes:{site or 'all'}", f"Changes: {site or 'all sites'}", updated, entries)
