"""`hemero search`: articles that match, newest first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from cli.app import App, shared_options
from cli.dashes import QueryCommand
from cli.output import note, print_json, safe_line, wrapped
from cli.params import HITS, filter_options

if TYPE_CHECKING:
    from storage.search import Hit


@click.command(
    "search", cls=QueryCommand, epilog="Example: hemero search 'ministre intérieur' --from 2016-03 --json"
)
@click.argument("query")
@filter_options
@click.option("--rank", is_flag=True, help="Best match first instead of newest first.")
@click.option("--limit", metavar="N", type=HITS, default=20, help="At most N (20).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@shared_options
@click.pass_obj
def command(app: App, /, query: str, rank: bool, limit: int, as_json: bool, **filters: Any) -> None:
    """Find articles by their words: all of them, in any inflection, with or without accents.

    "..." finds a phrase, word* what begins so, a OR b either, -word leaves out; titre:, texte:, tag:,
    related:, auteur: and source: look in one field only. An empty QUERY ("") lists what the filters leave.
    Put -- before a QUERY that could be an option, and the options before that.
    """
    from cli.articles import made_filters
    from storage.search import search

    with app.open() as archive, archive.read() as session:
        found = search(session, query, made_filters(session, filters), limit, rank=rank)
    for remark in found.notes:
        note(remark)
    if as_json:
        print_json(_object(hit) for hit in found.hits)
        return
    for hit in found.hits:
        click.echo("\n".join(_lines(hit)) + "\n")
    note(_total(len(found.hits), found.total, found.capped))


def _total(shown: int, total: int, capped: bool) -> str:
    if not total:
        return "no article found"
    if capped:
        return f"the first {shown} of more than {total} articles; --limit shows more"
    if shown < total:
        return f"the first {shown} of {total} articles; --limit shows more"
    return f"{total} articles" if total > 1 else "1 article"


def _object(hit: Hit) -> dict[str, Any]:
    return {
        "article": hit.article_id,
        "site": hit.site,
        "url": hit.url,
        "title": hit.title,
        "published": _day(hit.published_date, hit.published_precision) or None,
        "snippet": hit.snippet.text,
        "matches": [list(place) for place in hit.snippet.matches],
    }


def _day(day: date | None, precision: str | None) -> str:
    """As precise as the page was: 2016-03-01, or 2016-03."""
    if day is None:
        return ""
    return day.isoformat()[:7] if precision == "month" else day.isoformat()


def _lines(hit: Hit) -> Iterator[str]:
    day = _day(hit.published_date, hit.published_precision) or "no date"
    number = str(hit.article_id)
    title = wrapped(hit.title or hit.url, indent=len(number) + len(day) + 4).strip()
    yield f"{click.style(number, fg='cyan')}  {day}  {click.style(title, bold=True)}"
    yield f"    {safe_line(hit.site)}  {safe_line(hit.url)}"
    text = hit.snippet.text.replace("\n", " ")
    before, after = "... " * hit.snippet.cut_before, " ..." * hit.snippet.cut_after
    yield wrapped(f"{before}{text}{after}", indent=4)
