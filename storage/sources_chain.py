"""The way of an article: who shows it, from whom it was taken, which agency wrote it, where we have that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from storage.keys import folded
from storage.models import Article, Attribution, AttributionSource, Copy, Site, Source, SourceAlias
from storage.queries import Rows

Role = Literal["publisher", "outlet", "agency"]


@dataclass(frozen=True, slots=True)
class Step:
    """One station, nearest first. `article_id`: the article copied there, where the archive has it."""

    position: int  # from 1
    role: Role
    name: str  # as the article has it; of the publisher its title
    source: str | None = None  # key of the source it means
    kind: str | None = None  # of the attribution
    raw: str | None = None  # the line that says so
    article_id: int | None = None
    url: str | None = None


def chain(session: Session, article_id: int) -> list[Step]:
    """The stations of an article: its site, the outlets it credits, the agencies; [] if it is unknown."""
    row = session.execute(
        select(Article.url, Site.title).join(Site, Site.id == Article.site_id).where(Article.id == article_id)
    ).first()
    if row is None:
        return []
    steps = [Step(1, "publisher", row.title, article_id=article_id, url=row.url)]
    copied = _copied(session, article_id)
    for credit in session.execute(_credits(article_id)):
        found = _same_house(session, copied, credit)
        steps.append(
            Step(
                len(steps) + 1,
                credit.role,
                credit.name,
                credit.key,
                credit.kind,
                credit.raw,
                None if found is None else found.id,
                None if found is None else found.url,
            )
        )
    return steps


def _credits(article_id: int) -> Rows:
    """Outlets before agencies, in the order of the lines."""
    query: Rows = (
        select(
            AttributionSource.role,
            AttributionSource.name,
            AttributionSource.folded,
            Source.id.label("source_id"),
            Source.key,
            Source.domains,
            Attribution.kind,
            Attribution.raw,
        )
        .join(Attribution, Attribution.id == AttributionSource.attribution_id)
        .outerjoin(Source, Source.id == AttributionSource.source_id)
        .where(Attribution.article_id == article_id)
    )
    is_agency = AttributionSource.role == "agency"
    return query.order_by(is_agency, Attribution.position, AttributionSource.position)


def _copied(session: Session, article_id: int) -> Sequence[Any]:
    """Articles of other sites that share their text with this one, the first seen first."""
    mine = select(Article.site_id).where(Article.id == article_id).scalar_subquery()
    pairs = select(Copy.other_id).where(Copy.article_id == article_id, Copy.in_story)
    others = select(Copy.article_id).where(Copy.other_id == article_id, Copy.in_story)
    query = (
        select(Article.id, Article.url, Site.name, Site.title)
        .join(Site, Site.id == Article.site_id)
        .where(or_(Article.id.in_(pairs), Article.id.in_(others)), Article.site_id != mine)
        .order_by(Article.first_seen_at, Article.id)
    )
    return session.execute(query).all()


def _same_house(session: Session, copied: Sequence[Any], credit: Any) -> Any:
    """The copied article that the credited source published itself: by its domain or by its site's title."""
    names = {credit.folded}
    if credit.source_id is not None:
        aliases = select(SourceAlias.folded).where(SourceAlias.source_id == credit.source_id)
        names.update(session.scalars(aliases))
    for article in copied:
        host = (urlsplit(article.url).hostname or "").removeprefix("www.")
        domains = credit.domains or []
        if any(host == domain or host.endswith(f".{domain}") for domain in domains):
            return article
        if names & {folded(article.title), folded(article.name)}:
            return article
    return None
