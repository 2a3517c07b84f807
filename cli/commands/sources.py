"""`hemero sources`: whom articles credit, and what names mean."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click

from cli.analyst import who, who_option
from cli.app import App, shared_options
from cli.output import console, note, print_json, table
from cli.params import HITS

COLUMNS = {
    "known": ("source", "kind", "country", "articles"),
    "unresolved": ("name", "role", "articles", "sites", "example"),
    "share": ("site", "month", "kind", "articles", "words", "share"),
    "chain": ("position", "role", "name", "source", "article"),
}
_NUMBERS = ("articles", "sites", "example", "words", "share", "position", "article")


@click.command("sources", epilog="Example: hemero sources --unresolved --json")
@click.option("--unresolved", is_flag=True, help="Names that no source is known for, most used first.")
@click.option(
    "--assign", metavar="NAME SOURCE", nargs=2, help="NAME means SOURCE: for all articles, past and to come."
)
@click.option(
    "--kind", type=click.Choice(("outlet", "agency", "institution")), help="Make SOURCE, of this kind."
)
@click.option("--country", metavar="CODE", default="", help="With --assign: only on sites of this country.")
@click.option("--share", is_flag=True, help="Own, republished and agency text of each site and month.")
@click.option("--chain", metavar="ARTICLE", help="The stations this article has come through.")
@click.option("--site", metavar="NAME", help="Only this site.")
@click.option("--limit", metavar="N", type=HITS, default=50, help="At most N (50).")
@who_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@shared_options
@click.pass_obj
def command(
    app: App,
    unresolved: bool,
    assign: tuple[str, str] | None,
    kind: str | None,
    country: str,
    share: bool,
    chain: str | None,
    site: str | None,
    limit: int,
    who: str | None,
    as_json: bool,
) -> None:
    """List the outlets, agencies and institutions that articles credit, most used first."""
    if sum((unresolved, bool(assign), share, bool(chain))) > 1:
        raise click.UsageError("--unresolved, --assign, --share and --chain exclude each other")
    if site is not None and (assign is not None or chain is not None):
        raise click.UsageError("--site narrows a list: it goes with neither --assign nor --chain")
    if assign is None and (kind is not None or country):
        raise click.UsageError("--kind and --country go with --assign")
    if assign is not None:
        _assign(app, assign, kind, country.upper(), who)
        return
    view = "unresolved" if unresolved else "share" if share else "chain" if chain else "known"
    rows = _rows(app, view, site, chain, limit)
    if as_json:
        print_json(rows)
        return
    columns = COLUMNS[view]
    cells = [[_cell(name, row[name]) for name in columns] for row in rows]
    console().print(table(columns, cells, right=[name for name in columns if name in _NUMBERS]))
    if unresolved and rows:
        note("hemero sources --assign NAME SOURCE says what a name means")


def _cell(name: str, value: Any) -> Any:
    return f"{value:.1%}" if name == "share" else value


def _rows(app: App, view: str, site: str | None, chain: str | None, limit: int) -> list[dict[str, Any]]:
    from cli.articles import check_site, find_article
    from storage import sources_assign, sources_chain

    with app.open() as archive, archive.read() as session:
        check_site(session, site)
        if view == "chain":
            steps = sources_chain.chain(session, find_article(session, chain or ""))
            return [
                {
                    "position": step.position,
                    "role": step.role,
                    "name": step.name,
                    "source": step.source,
                    "kind": step.kind,
                    "raw": step.raw,
                    "article": step.article_id,
                    "url": step.url,
                }
                for step in steps[:limit]
            ]
        if view == "share":
            return sources_assign.shares(session, site)[:limit]
        if view == "unresolved":
            found = session.execute(sources_assign.unresolved(site).limit(limit))
            return [_plain(row, COLUMNS[view], first=row.first, last=row.last) for row in found]
        rows = session.execute(sources_assign.known(site).limit(limit)).all()
        names = ("name", "kind", "country", "origin", "articles")
        return [{"source": row.key} | _plain(row, names) for row in rows]


def _plain(row: Any, names: tuple[str, ...], **days: Any) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in names}
    return found | {name: day.isoformat() if day is not None else None for name, day in days.items()}


def _assign(app: App, names: tuple[str, str], kind: str | None, country: str, given: str | None) -> None:
    from storage import journal, sources_assign

    with app.open_writable() as archive:
        with archive.read() as session:
            try:
                data = sources_assign.plan(session, *names, country, kind)
            except sources_assign.AssignmentError as error:
                raise click.UsageError(str(error)) from None
        journal.record(archive, "assignment", data | {"who": who(given)}, datetime.now(UTC))
        with archive.read() as session:
            number = sources_assign.articles_of(session, names[0], data["source"]["key"])
    note(f"{names[0]} means {data['source']['key']}; {number} articles credit it by this name")
