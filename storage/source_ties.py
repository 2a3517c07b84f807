"""Pointing stored credits at the sources they mean; in one place, because the index has to follow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, select, update

from storage import index
from storage.models import Article, Attribution, AttributionSource, Site, SourceAlias
from storage.upsert import chunks

_CREDITS: Any = AttributionSource.__table__


def tie(
    connection: Connection, name: str, country: str, source_id: int, *, only_unknown: bool = False
) -> int:
    """Point stored credits of this (folded) name at a source, with their articles' places in the index.

    `country` '' means sites of all countries but those where the name has a meaning of its own.
    `only_unknown`: credits that have a source keep it. Returns the number of articles.
    """
    own = select(SourceAlias.country).where(SourceAlias.folded == name, SourceAlias.country != "")
    query = (
        select(AttributionSource.attribution_id, AttributionSource.position, Attribution.article_id)
        .join(Attribution, Attribution.id == AttributionSource.attribution_id)
        .join(Article, Article.id == Attribution.article_id)
        .join(Site, Site.id == Article.site_id)
        .where(AttributionSource.folded == name, AttributionSource.source_id.is_distinct_from(source_id))
    )
    if only_unknown:
        query = query.where(AttributionSource.source_id.is_(None))
    rows = connection.execute(
        query.where(Site.country == country)
        if country
        else query.where(func.coalesce(Site.country, "").not_in(own))
    ).all()
    for part in chunks(sorted({row.article_id for row in rows}), 200):
        inside = set(part)
        _move(connection, part, [row for row in rows if row.article_id in inside], source_id)
    return len({row.article_id for row in rows})


def _move(connection: Connection, articles: Sequence[int], rows: Sequence[Any], source_id: int) -> None:
    """The index must lose exactly what it was given: so out, change, in again."""
    index.remove(connection, index.documents(connection, articles))
    for row in rows:
        connection.execute(
            update(_CREDITS)
            .where(_CREDITS.c.attribution_id == row.attribution_id, _CREDITS.c.position == row.position)
            .values(source_id=source_id)
        )
    index.add(connection, index.documents(connection, articles))


def tie_unknown(connection: Connection) -> int:
    """Point credits without source at the sources known now. Returns the number of articles."""
    query = (
        select(SourceAlias.folded, SourceAlias.country, SourceAlias.source_id)
        .join(AttributionSource, AttributionSource.folded == SourceAlias.folded)
        .where(AttributionSource.source_id.is_(None))
        .distinct()
        .order_by(SourceAlias.country.desc())  # a country's own meaning first
    )
    return sum(
        tie(connection, row.folded, row.country, row.source_id, only_unknown=True)
        for row in connection.execute(query).all()
    )
