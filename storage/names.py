"""Authors, tags and credits: shared rows are found or made, then tied to their articles, in bulk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from storage.article_rows import attribution_rows, credited, unique_names
from storage.keys import folded
from storage.models import ArticleAuthor, ArticleTag, Attribution, AttributionSource, Author, Tag
from storage.records import Reading
from storage.sources import resolve
from storage.upsert import chunks, upsert

_ATTRIBUTIONS: Any = Attribution.__table__
_CREDITS: Any = AttributionSource.__table__
_SIGNED: Any = ArticleAuthor.__table__
_TAGGED: Any = ArticleTag.__table__


def ids_of(connection: Connection, table: Any, names: dict[str, str]) -> dict[str, int]:
    """Row ids by folded name; missing rows are made with the spelling given."""
    found: dict[str, int] = {}
    for part in chunks(sorted(names)):
        found.update(_find(connection, table, part))
        missing = [name for name in part if name not in found]
        if missing:
            rows = [{"folded": name, "name": names[name]} for name in missing]
            connection.execute(upsert(connection, table).on_conflict_do_nothing(), rows)
            found.update(_find(connection, table, missing))
    return found


def _find(connection: Connection, table: Any, part: Sequence[str]) -> dict[str, int]:
    rows = connection.execute(select(table.folded, table.id).where(table.folded.in_(part)))
    return {row.folded: row.id for row in rows}


def forget(connection: Connection, article_ids: Sequence[int]) -> None:
    """Take authors, tags and attributions off articles that are about to be read anew."""
    for part in chunks(article_ids):
        for table in (ArticleAuthor, ArticleTag, Attribution):
            connection.execute(delete(table).where(table.article_id.in_(part)))


def tie_authors(connection: Connection, readings: dict[int, Reading]) -> None:
    """Authors of articles, by article id."""
    names = {number: unique_names(reading.article.authors) for number, reading in readings.items()}
    ids = ids_of(connection, Author, _merged(names))
    rows = [
        {"article_id": number, "author_id": ids[key], "position": position}
        for number, found in names.items()
        for position, key in enumerate(found, 1)
    ]
    if rows:
        connection.execute(insert(_SIGNED), rows)


def tie_tags(connection: Connection, readings: dict[int, Reading]) -> None:
    """Tags of articles, by article id."""
    names = {
        number: unique_names([tag.name for tag in reading.article.tags])
        for number, reading in readings.items()
    }
    urls = {
        (number, folded(tag.name)): tag.url
        for number, reading in readings.items()
        for tag in reversed(reading.article.tags)
    }
    ids = ids_of(connection, Tag, _merged(names))
    rows = [
        {"article_id": number, "tag_id": ids[key], "position": position, "url": urls[number, key]}
        for number, found in names.items()
        for position, key in enumerate(found, 1)
    ]
    if rows:
        connection.execute(insert(_TAGGED), rows)


def _merged(names: dict[int, dict[str, str]]) -> dict[str, str]:
    merged: dict[str, str] = {}
    for found in names.values():
        merged.update({key: name for key, name in found.items() if key not in merged})
    return merged


def tie_credits(
    connection: Connection, readings: dict[int, Reading], countries: dict[int, str | None]
) -> None:
    """Attributions and the sources they name. `countries`: of the article's site, by article id."""
    lines = [row for number, reading in readings.items() for row in attribution_rows(reading.article, number)]
    if not lines:
        return
    inserted = connection.execute(
        insert(_ATTRIBUTIONS).returning(
            _ATTRIBUTIONS.c.id, _ATTRIBUTIONS.c.article_id, _ATTRIBUTIONS.c.position
        ),
        lines,
    )
    ids = {(row.article_id, row.position): row.id for row in inserted}
    sources = _sources(connection, readings, countries)
    rows = []
    for number, reading in readings.items():
        for line, position, role, name in credited(reading.article):
            key = folded(name)
            row = {"attribution_id": ids[number, line], "position": position, "role": role, "name": name}
            rows.append(row | {"folded": key, "source_id": sources.get((countries.get(number), key))})
    if rows:
        connection.execute(insert(_CREDITS), rows)


def _sources(
    connection: Connection, readings: dict[int, Reading], countries: dict[int, str | None]
) -> dict[tuple[str | None, str], int]:
    """Source ids by (country of the site, folded name)."""
    wanted: dict[str | None, set[str]] = {}
    for number, reading in readings.items():
        names = {folded(name) for _, _, _, name in credited(reading.article)}
        wanted.setdefault(countries.get(number), set()).update(names)
    found: dict[tuple[str | None, str], int] = {}
    for country, names in wanted.items():
        for name, source in resolve(connection, names, country).items():
            found[country, name] = source
    return found
