"""`hemero correct`: an analyst's word on a field."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click

from cli.analyst import who, who_option
from cli.app import App, shared_options
from cli.output import note, print_json, safe_line, wrapped


@click.command("correct", epilog="Example: hemero correct 1 section Sport --note 'wrong rubric'")
@click.argument("article")
@click.argument("field", required=False)
@click.argument("value", required=False)
@click.option(
    "--withdraw", is_flag=True, help="Take the correction of FIELD back: the page's value counts again."
)
@click.option("--note", "remark", metavar="TEXT", help="Why.")
@who_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@shared_options
@click.pass_obj
def command(
    app: App,
    article: str,
    field: str | None,
    value: str | None,
    withdraw: bool,
    remark: str | None,
    who: str | None,
    as_json: bool,
) -> None:
    """Set FIELD of ARTICLE to VALUE, for good: every later reading of the page is corrected again.

    Fields: title lead body language section; authors and tags (names separated by ";"); published (2016-03,
    2016-03-01, 2016-03-01T14:30); source (outlets and agencies, separated by ";"). '' empties a field.
    What the page said stays in its revisions. Without FIELD: list the article's corrections.
    """
    if field is None:
        _list(app, article, as_json)
        return
    if (value is None) != withdraw:
        raise click.UsageError("give VALUE ('' empties the field), or --withdraw")
    data = _record(app, article, field, None if withdraw else value, remark, who)
    if as_json:
        print_json([data])
    else:
        verb = "withdrawn" if withdraw else "corrected"
        note(f"{field} of article {data['article']} {verb} by {data['who']}")


def _record(
    app: App, article: str, field: str, value: str | None, remark: str | None, given: str | None
) -> dict[str, Any]:
    from cli.articles import find_article
    from storage import corrections, journal
    from storage.correction_values import CorrectionError
    from storage.stored import load_article

    with app.open_writable() as archive:
        with archive.read() as session:
            number = find_article(session, article)
            stored = load_article(session, number)
            try:
                previous = corrections.check(session, number, field, value)
            except CorrectionError as error:
                raise click.UsageError(str(error)) from None
        data: dict[str, Any] = {
            "identity": stored.identity if stored is not None else "",
            "field": field,
            "value": value,
            "previous": previous,
            "who": who(given),
            "note": remark,
        }
        journal.record(archive, "correction", data, datetime.now(UTC))
    return {"article": number, **data}


def _list(app: App, article: str, as_json: bool) -> None:
    from cli.articles import find_article
    from storage.queries import corrections

    with app.open() as archive, archive.read() as session:
        rows = session.scalars(corrections(find_article(session, article))).all()
    if as_json:
        print_json(
            {
                "article": row.article_id,
                "field": row.field,
                "value": row.value,
                "previous": row.previous,
                "who": row.who,
                "made_at": row.made_at.isoformat(),
                "note": row.note,
            }
            for row in rows
        )
        return
    for row in rows:
        what = "withdrawn" if row.value is None else f'"{row.value}"'
        click.echo(safe_line(f"{row.made_at:%Y-%m-%d %H:%M} UTC  {row.who}  {row.field}"))
        click.echo(wrapped(what + (f" ({row.note})" if row.note else ""), indent=4))
    if not rows:
        note("no correction of this article")
