"""Names that no source is known for, and an analyst's word on what they mean, backwards and forwards."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from storage.keys import folded
from storage.ledger import Entry
from storage.models import Article, Attribution, AttributionSource, Site, Source, SourceAlias
from storage.queries import Rows
from storage.source_ties import tie
from storage.upsert import upsert

KINDS = ("outlet", "agency", "institution")
SELF = "SELF"  # the site's own newsroom, as pipelines name it


class AssignmentError(ValueError):
    """A name or a source that cannot be used. The message says what would do."""


def unresolved(site: str | None = None) -> Rows:
    """Names without source, most used first: name, role, articles, sites, first and last (days), example.

    `name` is one of the spellings, `example` the id of the newest article archived with it.
    """
    query: Rows = (
        select(
            func.min(AttributionSource.name).label("name"),
            AttributionSource.folded,
            func.min(AttributionSource.role).label("role"),
            func.count(Article.id.distinct()).label("articles"),
            func.count(Article.site_id.distinct()).label("sites"),
            func.min(Article.published_date).label("first"),
            func.max(Article.published_date).label("last"),
            func.max(Article.id).label("example"),
        )
        .join(Attribution, Attribution.id == AttributionSource.attribution_id)
        .join(Article, Article.id == Attribution.article_id)
        .join(Site, Site.id == Article.site_id)
        .where(AttributionSource.source_id.is_(None), AttributionSource.folded.not_in(("", folded(SELF))))
        .group_by(AttributionSource.folded)
        .order_by(func.count(Article.id.distinct()).desc(), AttributionSource.folded)
    )
    return query if site is None else query.where(Site.name == site)


def known(site: str | None = None) -> Rows:
    """Sources that articles credit, most used first: key, name, kind, country, origin, articles."""
    query: Rows = (
        select(
            Source.key,
            Source.name,
            Source.kind,
            Source.country,
            Source.origin,
            func.count(Attribution.article_id.distinct()).label("articles"),
        )
        .join(AttributionSource, AttributionSource.source_id == Source.id)
        .join(Attribution, Attribution.id == AttributionSource.attribution_id)
        .group_by(Source.id, Source.key, Source.name, Source.kind, Source.country, Source.origin)
        .order_by(func.count(Attribution.article_id.distinct()).desc(), Source.key)
    )
    if site is None:
        return query
    articles = select(Article.id).join(Site, Site.id == Article.site_id).where(Site.name == site)
    return query.where(Attribution.article_id.in_(articles))


def find_source(session: Session, name: str, country: str = "") -> Source | None:
    """A source by key, else by a name or alias that counts in this country ('' = everywhere)."""
    found = session.scalar(select(Source).where(Source.key == name))
    if found is not None:
        return found
    alias = (
        select(Source)
        .join(SourceAlias, SourceAlias.source_id == Source.id)
        .where(SourceAlias.folded == folded(name), SourceAlias.country.in_(("", country)))
    )
    return session.scalar(alias.order_by(SourceAlias.country.desc()).limit(1))


def plan(
    session: Session, name: str, source: str, country: str = "", kind: str | None = None
) -> dict[str, Any]:
    """What the ledger notes of an assignment: this name means that source, in this country or anywhere.

    A source that is not known is made where `kind` says what it is.

    Raises:
        AssignmentError: an empty name, a site's own newsroom, an unknown source without `kind`, no kind.
    """
    if not folded(name):
        raise AssignmentError("the name to assign has no letters")
    if folded(name) == folded(SELF):
        raise AssignmentError(
            f"{SELF} stands for each site's own newsroom, which is no source to be assigned"
        )
    if kind is not None and kind not in KINDS:
        raise AssignmentError(f"{kind!r} is no kind of source; kinds are {', '.join(KINDS)}")
    found = find_source(session, source, country)
    if found is None and kind is None:
        raise AssignmentError(f"no source {source!r}; name its kind ({', '.join(KINDS)}) to make it")
    made = {"key": source, "name": source, "kind": kind, "country": country or None}
    if found is not None:
        made = {"key": found.key, "name": found.name, "kind": found.kind, "country": found.country}
    return {"name": name, "country": country, "source": made}


def apply(session: Session, entry: Entry) -> bool:
    """Carry out a ledger entry of kind `assignment`; twice equals once. A later one for the name wins."""
    connection, data = session.connection(), entry.data
    made = data["source"]
    statement = upsert(connection, Source).values(**made, origin="analyst", domains=None)
    connection.execute(statement.on_conflict_do_nothing(index_elements=["key"]))
    source_id = connection.execute(select(Source.id).where(Source.key == made["key"])).scalar_one()
    values = {"source_id": source_id, "alias": data["name"], "origin": "analyst"}
    alias = upsert(connection, SourceAlias).values(
        folded=folded(data["name"]), country=data["country"], **values
    )
    connection.execute(alias.on_conflict_do_update(index_elements=["folded", "country"], set_=values))
    tie(connection, folded(data["name"]), data["country"], source_id)
    return True


def articles_of(session: Session, name: str, key: str) -> int:
    """How many articles credit this source by this name."""
    query = (
        select(func.count(Attribution.article_id.distinct()))
        .join(AttributionSource, AttributionSource.attribution_id == Attribution.id)
        .join(Source, Source.id == AttributionSource.source_id)
        .where(AttributionSource.folded == folded(name), Source.key == key)
    )
    return session.scalar(query) or 0


def shares(session: Session, site: str | None = None) -> list[dict[str, Any]]:
    """Rows of v_source_share, newest month first: site, month, kind, articles, words, share."""
    only = "" if site is None else "WHERE site = :site "
    query = text(
        f"SELECT site, month, kind, articles, words, share FROM v_source_share {only}"  # noqa: S608  (own text)
        "ORDER BY site, month IS NULL, month DESC, share DESC, kind"
    )
    rows = session.execute(query, {} if site is None else {"site": site}).mappings()
    return [{**row, "words": int(row["words"] or 0), "share": float(row["share"])} for row in rows]
