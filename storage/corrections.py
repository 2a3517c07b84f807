"""Corrections: values an analyst sets. They stand in ledger.jsonl, and every new reading is given them again.

A revision keeps what the page said; what is corrected is the article (and the evidence says by whom). A
correction is withdrawn by another one without value: the page's own value comes back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.orm import Session

from storage import index, names, shingle_rows
from storage.article_rows import article_values, evidence_rows
from storage.correction_values import CorrectionError, changed_article, page_value
from storage.ledger import Entry
from storage.models import Article, Correction, FieldEvidence, Revision, Site, Source
from storage.order import allocate, key_range
from storage.records import Reading
from storage.sources import resolve
from storage.stored import Stored, load_article
from storage.upsert import chunks

_ROWS: Any = Correction.__table__


def corrected(connection: Connection, readings: Mapping[int, Reading]) -> dict[int, Reading]:
    """Readings as analysts corrected them, by article id; only those that have corrections."""
    found: dict[int, Reading] = {}
    for part in chunks(sorted(readings)):
        query = select(_ROWS).where(_ROWS.c.article_id.in_(part)).order_by(_ROWS.c.made_at, _ROWS.c.id)
        latest = {(row.article_id, row.field): row for row in connection.execute(query)}
        for (number, _), row in latest.items():
            if row.value is not None:
                reading = found.get(number, readings[number])
                found[number] = _applied(connection, reading, row)
    return found


def said(connection: Connection, digests: Mapping[int, str]) -> dict[int, str]:
    """Digests of what articles say as corrected, by id; where nothing is, that of the page's content."""
    found: dict[int, list[str]] = {}
    for part in chunks(sorted(digests)):
        query = select(_ROWS).where(_ROWS.c.article_id.in_(part)).order_by(_ROWS.c.made_at, _ROWS.c.id)
        latest = {(row.article_id, row.field): row.value for row in connection.execute(query)}
        for (number, field), value in sorted(latest.items()):
            if value is not None:
                found.setdefault(number, [digests[number]]).append(f"{field} {value}")
    corrected = {number: sha256("\0".join(lines).encode()).hexdigest() for number, lines in found.items()}
    return {**digests, **corrected}


def _applied(connection: Connection, reading: Reading, row: Any) -> Reading:
    """A stored correction that can no longer be read (its form changed) leaves the reading as it is."""
    zone, country = _site(connection, row.article_id)
    try:
        article = changed_article(
            reading.article, row.field, row.value, f"{row.who}, {row.made_at:%Y-%m-%d}", zone,
            lambda key: _is_agency(connection, key, country),
        )  # fmt: skip
    except CorrectionError:
        return reading
    return replace(reading, article=article)


def _site(connection: Connection, article_id: int) -> tuple[str | None, str | None]:
    """Time zone and country of an article's site."""
    query = select(Site.timezone, Site.country).join(Article, Article.site_id == Site.id)
    row = connection.execute(query.where(Article.id == article_id)).one()
    return row.timezone, row.country


def _is_agency(connection: Connection, folded_name: str, country: str | None) -> bool:
    number = resolve(connection, [folded_name], country).get(folded_name)
    return connection.scalar(select(Source.kind).where(Source.id == number)) == "agency"


def check(session: Session, article_id: int, field: str, value: str | None) -> str | None:
    """See that a correction can be made. Returns what it would replace, as the ledger notes it.

    Raises:
        CorrectionError: an unknown field, a value that cannot be read, or nothing to withdraw.
    """
    stored = load_article(session, article_id)
    if stored is None:
        raise CorrectionError(f"no article {article_id} in this archive")
    connection = session.connection()
    if value is None:
        if _standing(connection, article_id, field) is None:
            raise CorrectionError(f"no correction of {field} stands for article {article_id}")
        return None
    zone, country = _site(connection, article_id)
    changed_article(stored.article, field, value, "", zone, lambda key: _is_agency(connection, key, country))
    return page_value(stored.article, field)


def _standing(connection: Connection, article_id: int, field: str) -> Any:
    """The correction of a field that counts now, or None."""
    query = select(_ROWS).where(_ROWS.c.article_id == article_id, _ROWS.c.field == field)
    row = connection.execute(query.order_by(_ROWS.c.made_at.desc(), _ROWS.c.id.desc()).limit(1)).first()
    return None if row is None or row.value is None else row


def apply(session: Session, entry: Entry) -> bool:
    """Carry out a ledger entry of kind `correction`; twice equals once. Returns whether it is here."""
    data, connection = entry.data, session.connection()
    query = select(Article.id).where(Article.identity == data["identity"])
    article_id = connection.scalar(query)
    if article_id is None:
        return False
    known = select(_ROWS.c.id).where(
        _ROWS.c.article_id == article_id, _ROWS.c.field == data["field"], _ROWS.c.made_at == entry.at
    )
    if connection.scalar(known) is not None:
        return True
    before = _original(connection, article_id, data["field"])
    row = {
        "article_id": article_id,
        "field": data["field"],
        "value": data["value"],
        "previous": data.get("previous"),
        "who": data["who"],
        "made_at": entry.at,
        "note": data.get("note"),
    }
    connection.execute(insert(_ROWS).values(row))
    session.expire_all()
    stored = load_article(session, article_id)
    if stored is not None:
        _write(session, stored, _values_after(connection, stored, entry, before))
    return True


def _original(connection: Connection, article_id: int, field: str) -> str | None:
    """What the page itself said: what the first correction after the last withdrawal replaced."""
    query = select(_ROWS.c.value, _ROWS.c.previous).where(
        _ROWS.c.article_id == article_id, _ROWS.c.field == field
    )
    value: str | None = None
    first = True
    for row in connection.execute(query.order_by(_ROWS.c.made_at, _ROWS.c.id)):
        if row.value is None:
            first = True
        elif first:
            value, first = row.previous, False
    return value


def _values_after(connection: Connection, stored: Stored, entry: Entry, original: str | None) -> Reading:
    zone, country = _site(connection, stored.id)
    data = entry.data
    is_withdrawn = data["value"] is None
    article = changed_article(
        stored.article,
        data["field"],
        original or "" if is_withdrawn else data["value"],
        None if is_withdrawn else f"{data['who']}, {entry.at:%Y-%m-%d}",
        zone,
        lambda key: _is_agency(connection, key, country),
    )
    return Reading(
        article=article,
        identity=stored.identity,
        content_digest=stored.content_digest,
        text_digest=stored.text_digest,
        extractor=stored.extractor,
        fetched_at=stored.fetched_at,
        capture_id=stored.capture_id,
    )


def _write(session: Session, stored: Stored, reading: Reading) -> None:
    """The article's row, names, credits, evidence and place in the index, as this reading has them."""
    connection = session.connection()
    before = index.documents(connection, [stored.id])
    index.remove(connection, before)
    values: dict[str, Any] = article_values(reading)
    low, high = key_range(reading.article.published)
    if not low <= before[0].order_key < high:
        values["order_key"] = allocate(connection, [reading.article.published])[0]
        shingle_rows.compare_again(connection, [stored.id])
    connection.execute(update(Article).where(Article.id == stored.id).values(values))
    names.forget(connection, [stored.id])
    readings = {stored.id: reading}
    names.tie_authors(connection, readings)
    names.tie_tags(connection, readings)
    names.tie_credits(connection, readings, {stored.id: _site(connection, stored.id)[1]})
    _write_evidence(connection, stored.id, reading)
    index.add(connection, index.documents(connection, [stored.id]))
    session.expire_all()


def _write_evidence(connection: Connection, article_id: int, reading: Reading) -> None:
    revision = connection.scalar(
        select(Revision.id)
        .join(Article, Article.id == Revision.article_id)
        .where(Article.id == article_id, Revision.number == Article.revision_count)
    )
    if revision is None:
        return
    connection.execute(delete(FieldEvidence).where(FieldEvidence.revision_id == revision))
    rows = evidence_rows(reading, revision)
    if rows:
        connection.execute(insert(FieldEvidence), rows)
