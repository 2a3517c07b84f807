"""One article with all the archive knows of it: as lines for people, as an object for machines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click
from sqlalchemy.orm import Session

from cli.output import safe_line, wrapped
from storage import queries
from storage.export.jsonl import as_object
from storage.records import Article, Attribution, Date
from storage.stored import Stored, load_article

_CLAIM = 100  # characters of an evidence's value and raw text on the screen; --json has them whole


def view_json(session: Session, number: int) -> dict[str, Any]:
    """As a line of the JSON Lines export, and `archive`: addresses, revisions, captures, links to it."""
    archive = {
        "addresses": [row.url for row in session.scalars(queries.addresses(number))],
        "revisions": [
            {
                "number": row.number,
                "fetched_at": row.fetched_at.isoformat(),
                "changed": row.changed,
                "stealth": row.stealth,
                "capture": row.capture_id,
            }
            for row in session.scalars(queries.revisions(number))
        ],
        "captures": [
            {
                "capture": row.Capture.id,
                "url": row.Capture.url,
                "status": row.Capture.status,
                "fetched_at": row.Capture.fetched_at.isoformat(),
                "file": row.file,
                "offset": row.Capture.offset,
            }
            for row in session.execute(queries.captures_of(number))
        ],
        "related_from": [
            {"article": row.id, "url": row.url, "title": row.title}
            for row in session.execute(queries.linked_from(number))
        ],
    }
    return as_object(_load(session, number)) | {"archive": archive}


def view(session: Session, number: int) -> Iterator[str]:
    """Lines for people."""
    stored = _load(session, number)
    article = stored.article
    yield click.style(wrapped(article.title or "(no title)"), bold=True)
    yield safe_line(article.url)
    yield ""
    yield from _facts(stored)
    for text in (article.lead, article.body):
        for paragraph in (text or "").split("\n"):
            if paragraph:
                yield ""
                yield wrapped(paragraph)
    yield from _related(article)
    yield from _archive(session, number)
    yield from _evidence(article)


def _load(session: Session, number: int) -> Stored:
    stored = load_article(session, number)
    if stored is None:
        raise click.UsageError(f"no article {number} in this archive")
    return stored


def _facts(stored: Stored) -> Iterator[str]:
    article = stored.article
    facts = [
        ("article", f"{stored.id} of {article.site}"),
        ("published", _date(article.published)),
        ("modified", _date(article.modified)),
        *(("credits", _credit(line)) for line in article.attributions),
        ("authors", ", ".join(article.authors)),
        ("section", article.section or ""),
        ("tags", ", ".join(tag.name for tag in article.tags)),
        ("language", article.language or ""),
        ("fetched", f"{stored.fetched_at:%Y-%m-%d %H:%M} UTC"),
        ("gone", f"since {stored.gone_at:%Y-%m-%d}" if stored.gone_at is not None else ""),
        ("notes", ", ".join(_notes(article))),
    ]
    for name, value in facts:
        if value:
            yield f"{name:<10}{wrapped(value, indent=10).strip()}"


def _date(date: Date | None) -> str:
    """As precise as the page was, with what it was read from."""
    if date is None:
        return ""
    text = date.date.isoformat()[: 7 if date.precision == "month" else 10]
    if date.datetime is not None:
        text = f"{date.datetime.isoformat(sep=' ')} {date.timezone or ''}"
        text += " (zone of the site)" if date.timezone_assumed else ""
    return f'{text}, from "{date.raw}"' if date.raw else text


def _credit(line: Attribution) -> str:
    names = ", ".join((*line.outlets, *line.agencies, *line.authors))
    return f'{line.kind.replace("_", " ")}: {names or "nobody named"}, from "{line.raw}"'


def _notes(article: Article) -> Iterator[str]:
    if article.paywalled:
        yield "behind a paywall"
    if article.truncated:
        yield "the text ends early"
    yield from article.warnings


def _related(article: Article) -> Iterator[str]:
    if article.related:
        yield from ("", click.style(f"Related articles ({len(article.related)})", bold=True))
    for link in article.related:
        cut = " [cut]" if link.title_truncated else ""
        yield f"{link.position:>3}  {wrapped((link.title or '(no title)') + cut, indent=5).strip()}"
        if link.url:
            yield f"     {safe_line(link.url)}"
        if link.teaser:
            yield wrapped(link.teaser + (" [cut]" if link.teaser_truncated else ""), indent=5)


def _archive(session: Session, number: int) -> Iterator[str]:
    back = session.execute(queries.linked_from(number)).all()
    if back:
        yield from ("", click.style(f"Shown as related by ({len(back)})", bold=True))
        for row in back:
            yield f"{row.id:>5}  {wrapped(row.title or row.url, indent=7).strip()}"
    yield from ("", click.style("Revisions", bold=True))
    for row in session.scalars(queries.revisions(number)):
        what = ", ".join(row.changed or []) or "first"
        what += "; the page's own date did not move" if row.stealth else ""
        yield f"{row.number:>3}  {row.fetched_at:%Y-%m-%d %H:%M} UTC  {safe_line(what)}"
    yield from ("", click.style("Captures", bold=True))
    for row in session.execute(queries.captures_of(number)):
        when = f"{row.Capture.fetched_at:%Y-%m-%d %H:%M} UTC"
        yield f"{row.Capture.id:>5}  {when}  HTTP {row.Capture.status}  {safe_line(row.file)}"


def _evidence(article: Article) -> Iterator[str]:
    if article.evidence:
        yield from ("", click.style("Why (the rule and the text it read; - marks what lost)", bold=True))
    for claim in article.evidence:
        mark = " " if claim.chosen else "-"
        read = f' from "{claim.raw[:_CLAIM]}"' if claim.raw and claim.raw != claim.value else ""
        value = (claim.value or "")[:_CLAIM]
        yield wrapped(f"{mark}{claim.field} = {value} ({claim.rule}){read}", indent=2)
