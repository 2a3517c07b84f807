"""Stored articles as the frozen values they were read as: what show, export and the explorer print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import records
from storage.models import (
    Article,
    ArticleAuthor,
    ArticleTag,
    Attribution,
    AttributionSource,
    Author,
    FieldEvidence,
    RelatedLink,
    Revision,
    Site,
    Tag,
)
from storage.records import Block


@dataclass(frozen=True, slots=True)
class Stored:
    """An article with what the archive knows beyond its page."""

    id: int
    article: records.Article
    identity: str
    fetched_at: datetime
    first_seen_at: datetime
    last_seen_at: datetime
    gone_at: datetime | None
    revisions: int
    capture_id: int | None
    content_digest: str
    text_digest: str
    extractor: str


def load_article(session: Session, article_id: int) -> Stored | None:
    found = load_articles(session, [article_id])
    return found[0] if found else None


def load_articles(session: Session, ids: Sequence[int], *, evidence: bool = True) -> list[Stored]:
    """Articles with all their parts, in the order of `ids`; a handful of queries for up to 500."""
    rows = session.execute(
        select(Article, Site.name).join(Site, Site.id == Article.site_id).where(Article.id.in_(ids))
    ).all()
    parts = _Parts(session, ids, evidence=evidence)
    found = {row.Article.id: _stored(row.Article, row.name, parts) for row in rows}
    session.expunge_all()
    return [found[number] for number in ids if number in found]


class _Parts:
    """What belongs to each of a group of articles."""

    def __init__(self, session: Session, ids: Sequence[int], *, evidence: bool) -> None:
        self.authors = _groups(session, _authors(ids))
        self.tags = _groups(session, _tags(ids))
        self.attributions = _groups(session, _attributions(ids))
        self.credits = _groups(session, _credits(ids))
        self.related = _groups(session, _related(ids))
        self.evidence = _groups(session, _evidence(ids)) if evidence else {}


def _groups(session: Session, query: Any) -> dict[int, list[Any]]:
    groups: dict[int, list[Any]] = {}
    for row in session.execute(query):
        groups.setdefault(row[0], []).append(row)
    return groups


def _authors(ids: Sequence[int]) -> Any:
    return (
        select(ArticleAuthor.article_id, Author.name)
        .join(Author, Author.id == ArticleAuthor.author_id)
        .where(ArticleAuthor.article_id.in_(ids))
        .order_by(ArticleAuthor.article_id, ArticleAuthor.position)
    )


def _tags(ids: Sequence[int]) -> Any:
    return (
        select(ArticleTag.article_id, Tag.name, ArticleTag.url)
        .join(Tag, Tag.id == ArticleTag.tag_id)
        .where(ArticleTag.article_id.in_(ids))
        .order_by(ArticleTag.article_id, ArticleTag.position)
    )


def _attributions(ids: Sequence[int]) -> Any:
    return (
        select(Attribution.article_id, Attribution)
        .where(Attribution.article_id.in_(ids))
        .order_by(Attribution.article_id, Attribution.position)
    )


def _credits(ids: Sequence[int]) -> Any:
    return (
        select(AttributionSource.attribution_id, AttributionSource.role, AttributionSource.name)
        .join(Attribution, Attribution.id == AttributionSource.attribution_id)
        .where(Attribution.article_id.in_(ids))
        .order_by(AttributionSource.attribution_id, AttributionSource.position)
    )


def _related(ids: Sequence[int]) -> Any:
    """The entries that the newest fetch showed."""
    return (
        select(RelatedLink.article_id, RelatedLink)
        .join(Article, Article.id == RelatedLink.article_id)
        .where(RelatedLink.article_id.in_(ids), RelatedLink.last_seen_at >= Article.last_seen_at)
        .order_by(RelatedLink.article_id, RelatedLink.position, RelatedLink.id)
    )


def _evidence(ids: Sequence[int]) -> Any:
    return (
        select(Revision.article_id, FieldEvidence)
        .join(FieldEvidence, FieldEvidence.revision_id == Revision.id)
        .join(Article, Article.id == Revision.article_id)
        .where(Revision.article_id.in_(ids), Revision.number == Article.revision_count)
        .order_by(FieldEvidence.id)
    )


def _stored(row: Article, site: str, parts: _Parts) -> Stored:
    return Stored(
        id=row.id,
        article=_article(row, site, parts),
        identity=row.identity,
        fetched_at=row.fetched_at,
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
        gone_at=row.gone_at,
        revisions=row.revision_count,
        capture_id=row.capture_id,
        content_digest=row.content_digest,
        text_digest=row.text_digest,
        extractor=row.extractor,
    )


def _article(row: Article, site: str, parts: _Parts) -> records.Article:
    return records.Article(
        url=row.url,
        page_type="article",
        canonical_url=row.declared_url,
        site=site,
        title=row.title,
        lead=row.lead,
        body=row.body,
        language=row.language,
        authors=tuple(name for _, name in parts.authors.get(row.id, [])),
        section=row.section,
        tags=tuple(records.Tag(name, url) for _, name, url in parts.tags.get(row.id, [])),
        published=_date(row, "published"),
        modified=_date(row, "modified"),
        attributions=tuple(
            _attribution(line, parts.credits.get(line.id, []))
            for _, line in parts.attributions.get(row.id, [])
        ),
        related=tuple(_link(link) for _, link in parts.related.get(row.id, [])),
        images=tuple(
            records.Image(image["url"], image["caption"], image["credit"]) for image in row.images or []
        ),
        paywalled=row.paywalled,
        truncated=row.truncated,
        encoding=row.encoding,
        warnings=tuple(row.warnings or ()),
        evidence=tuple(
            records.Evidence(claim.field, claim.value, claim.rule, claim.raw, claim.chosen)
            for _, claim in parts.evidence.get(row.id, [])
        ),
    )


def _date(row: Any, prefix: str) -> records.Date | None:
    day = getattr(row, f"{prefix}_date")
    if day is None:
        return None
    assumed = getattr(row, f"{prefix}_timezone_assumed")
    return records.Date(
        date=day,
        precision=getattr(row, f"{prefix}_precision"),
        datetime=getattr(row, f"{prefix}_local"),
        timezone=getattr(row, f"{prefix}_timezone"),
        timezone_assumed=True if assumed is None else assumed,
        utc=getattr(row, f"{prefix}_utc"),
        raw=getattr(row, f"{prefix}_raw") or "",
        rule=getattr(row, f"{prefix}_rule") or "",
    )


def _attribution(line: Any, credits: Sequence[Any]) -> records.Attribution:
    return records.Attribution(
        kind=line.kind,
        outlets=tuple(name for _, role, name in credits if role == "outlet"),
        agencies=tuple(name for _, role, name in credits if role == "agency"),
        authors=tuple(line.authors or ()),
        raw=line.raw,
        rule=line.rule,
        dateline=line.dateline,
        translated_from=line.translated_from,
        location=line.location,
        url=line.url,
    )


def _link(link: Any) -> records.RelatedLink:
    block: Block = link.block
    return records.RelatedLink(
        title=link.title,
        url=link.url,
        teaser=link.teaser,
        title_truncated=link.title_truncated,
        teaser_truncated=link.teaser_truncated,
        position=link.position,
        block=block,
        heading=link.heading,
        title_raw=link.title_raw or link.title,
        teaser_raw=link.teaser_raw or link.teaser,
    )
