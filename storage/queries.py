"""What is read: functions that return a Select, or a small value where one row sums up many.

The command line, the explorer, the exports and the views all stand on these.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from storage.keys import url_key
from storage.models import (
    Article,
    ArticleUrl,
    Candidate,
    Capture,
    CaptureFile,
    Correction,
    FieldEvidence,
    RelatedLink,
    Revision,
    Run,
    Site,
)

Rows: TypeAlias = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class ArchiveState:
    """An archive in numbers."""

    articles: int
    sites: int
    captures: int
    to_read: int  # captured, not read yet
    pending: int  # waiting to be fetched
    last_run_at: datetime | None


def archive_state(session: Session) -> ArchiveState:
    """How much is kept and what is owed. Cheap: counts over indexes."""
    rows = session.execute(select(Candidate.state, func.count()).group_by(Candidate.state))
    states = {row[0]: row[1] for row in rows}
    return ArchiveState(
        articles=session.scalar(select(func.count()).select_from(Article)) or 0,
        sites=session.scalar(select(func.count()).select_from(Site)) or 0,
        captures=session.scalar(select(func.count()).select_from(Capture)) or 0,
        to_read=states.get("captured", 0),
        pending=states.get("pending", 0) + states.get("failed", 0),
        last_run_at=session.scalar(select(func.max(Run.started_at))),
    )


def articles_by_site() -> Rows:
    """One row per site: site, title, articles, newest (published day), last_seen_at, url, country, language,
    timezone."""
    return (
        select(
            Site.name.label("site"),
            Site.title,
            func.count(Article.id).label("articles"),
            func.max(Article.published_date).label("newest"),
            func.max(Article.last_seen_at).label("last_seen_at"),
            Site.url,
            Site.country,
            Site.language,
            Site.timezone,
        )
        .outerjoin(Article, Article.site_id == Site.id)
        .group_by(Site.id)
        .order_by(Site.name)
    )


def articles(site: str | None = None) -> Rows:
    """Articles newest first: id, order_key, site, url, title, published_date, published_precision, words."""
    query = (
        select(
            Article.id,
            Article.order_key,
            Site.name.label("site"),
            Article.url,
            Article.title,
            Article.published_date,
            Article.published_precision,
            Article.words,
        )
        .join(Site, Site.id == Article.site_id)
        .order_by(Article.order_key.desc())
    )
    return query if site is None else query.where(Site.name == site)


def find_article(session: Session, reference: str) -> int | None:
    """The id of the article meant by a number, an address, or the first digits of an identity."""
    reference = reference.strip()
    if reference.isascii() and reference.isdigit() and len(reference) < 19:
        found = session.scalar(select(Article.id).where(Article.id == int(reference)))
        if found is not None:
            return found
    number = session.scalar(select(ArticleUrl.article_id).where(ArticleUrl.url_key == url_key(reference)))
    if number is not None:
        return number
    if len(reference) >= 8 and all(digit in "0123456789abcdef" for digit in reference):
        ids = session.scalars(select(Article.id).where(Article.identity.startswith(reference)).limit(2)).all()
        return ids[0] if len(ids) == 1 else None
    return None


def revisions(article_id: int) -> Rows:
    """Revisions of an article, oldest first."""
    return select(Revision).where(Revision.article_id == article_id).order_by(Revision.number)


def evidence(article_id: int) -> Rows:
    """Claims about the current revision, by field, the chosen one first."""
    current = (
        select(Revision.id)
        .join(Article, Article.id == Revision.article_id)
        .where(Article.id == article_id, Revision.number == Article.revision_count)
        .scalar_subquery()
    )
    return (
        select(FieldEvidence)
        .where(FieldEvidence.revision_id == current)
        .order_by(FieldEvidence.field, FieldEvidence.chosen.desc(), FieldEvidence.id)
    )


def captures_of(article_id: int) -> Rows:
    """Captures of an article's addresses, oldest first: Capture and the name of its file."""
    candidates = (
        select(Candidate.id)
        .join(Article, Article.identity == Candidate.identity)
        .where(Article.id == article_id)
    )
    read = select(Revision.capture_id).where(
        Revision.article_id == article_id, Revision.capture_id.is_not(None)
    )
    return (
        select(Capture, CaptureFile.name.label("file"))
        .join(CaptureFile, CaptureFile.id == Capture.file_id)
        .where(Capture.candidate_id.in_(candidates) | Capture.id.in_(read))
        .order_by(Capture.id)
    )


def linked_from(article_id: int) -> Rows:
    """Articles whose related block shows this one, newest first: id, site, url, title, first_seen_at."""
    return (
        select(Article.id, Site.name.label("site"), Article.url, Article.title, RelatedLink.first_seen_at)
        .join(RelatedLink, RelatedLink.article_id == Article.id)
        .join(Site, Site.id == Article.site_id)
        .where(RelatedLink.target_id == article_id)
        .order_by(Article.order_key.desc())
    )


def addresses(article_id: int) -> Rows:
    """Every address of an article, in the order seen."""
    return select(ArticleUrl).where(ArticleUrl.article_id == article_id).order_by(ArticleUrl.id)


def corrections(article_id: int) -> Rows:
    """What analysts corrected, in order."""
    return select(Correction).where(Correction.article_id == article_id).order_by(Correction.id)


def runs(site: str | None = None) -> Rows:
    """Runs, newest first: Run and the name of its site (None for an import)."""
    query = select(Run, Site.name.label("site")).outerjoin(Site, Site.id == Run.site_id)
    if site is not None:
        query = query.where(Site.name == site)
    return query.order_by(Run.started_at.desc(), Run.id.desc())


def last_runs() -> Rows:
    """The newest run of each site: Run and site."""
    newest = select(func.max(Run.id)).group_by(Run.site_id)
    return (
        select(Run, Site.name.label("site"))
        .join(Site, Site.id == Run.site_id)
        .where(Run.id.in_(newest))
        .order_by(Site.name)
    )


def frontier_by_site(now: datetime) -> Rows:
    """What is owed: site, state, candidates, due (of them, now), oldest (longest in that state)."""
    due = case((Candidate.next_try_at <= now, 1), else_=0)
    return (
        select(
            Site.name.label("site"),
            Candidate.state,
            func.count().label("candidates"),
            func.sum(due).label("due"),
            func.min(Candidate.updated_at).label("oldest"),
        )
        .join(Site, Site.id == Candidate.site_id)
        .group_by(Site.name, Candidate.state)
        .order_by(Site.name, Candidate.state)
    )


def failures(site: str | None = None) -> Rows:
    """Candidates that failed or were refused, by site, state and reason: number and the newest example."""
    query = (
        select(
            Site.name.label("site"),
            Candidate.state,
            Candidate.reason,
            func.count().label("candidates"),
            func.max(Candidate.url).label("example"),
        )
        .join(Site, Site.id == Candidate.site_id)
        .where(Candidate.state.in_(("failed", "refused", "skipped")))
        .group_by(Site.name, Candidate.state, Candidate.reason)
        .order_by(Site.name, func.count().desc())
    )
    return query if site is None else query.where(Site.name == site)
