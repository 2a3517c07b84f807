"""What one run stored, summed up from its rows."""

from __future__ import annotations

from array import array
from collections import Counter
from datetime import timedelta
from statistics import median
from typing import Any

from sqlalchemy import Exists, Select, and_, func, select
from sqlalchemy.orm import Session

from storage.figures import FIELDS, Figures
from storage.models import (
    Article,
    ArticleAuthor,
    ArticleTag,
    Attribution,
    FieldEvidence,
    RelatedLink,
    Revision,
)

FRESH = timedelta(days=7)
RECENT = timedelta(days=60)
_FRESH_MONTH = timedelta(days=38)  # a date that is only a month stands for its first day
_AT_ONCE = 1_000  # rows in memory while a run is summed up


def last_revision(session: Session) -> int:
    """The newest revision's id: what a run reads has a higher one."""
    return session.scalar(select(func.max(Revision.id))) or 0


def run_figures(session: Session, run_id: int, after: int, not_article: int = 0) -> tuple[Figures, Figures]:
    """What a run stored: all of it, and the part that is not older than two months.

    Only the latter is compared with other runs: old texts, as a backfill brings them, were written for other
    layouts and would speak against the present one. `after`: the newest revision before the run; spares a
    search through all of them.
    """
    everything, recent = _Part(), _Part()
    for row in session.execute(_stored(run_id, after)):
        everything.add(row)
        if not _is_old(row, RECENT):
            recent.add(row)
    for revision, name, rule in session.execute(_rules(run_id, after)):
        everything.add_rule(revision, name, rule)
        recent.add_rule(revision, name, rule)
    return everything.figures(not_article), recent.figures(not_article)


class _Part:
    """Revisions of a run as they come, one by one: a run may have any number, so only sums are kept, and a
    number or two of each.
    """

    def __init__(self) -> None:
        self.fresh = 0
        self.revisions: set[int] = set()
        self.filled: Counter[str] = Counter()
        self.rules: dict[str, Counter[str]] = {}
        self.lengths = array("q")
        self.extractor: str | None = None

    def add(self, row: Any) -> None:
        self.fresh += row.number == 1 and not _is_old(row, FRESH)
        self.revisions.add(row.revision_id)
        self.filled.update(name for name in FIELDS if getattr(row, name))
        if row.length:
            self.lengths.append(row.length)
        self.extractor = row.extractor

    def add_rule(self, revision: int, name: str, rule: str) -> None:
        if revision in self.revisions and name in FIELDS:
            self.rules.setdefault(name, Counter())[rule] += 1

    def figures(self, not_article: int) -> Figures:
        return Figures(
            pages=len(self.revisions),
            fresh=self.fresh,
            filled=self.filled,
            rules={name: dict(found) for name, found in self.rules.items()},
            lengths=Counter(length.bit_length() for length in self.lengths),
            median=int(median(self.lengths)) if self.lengths else None,
            not_article=not_article,
            extractor=self.extractor,
        )


def _is_old(row: Any, age: timedelta) -> bool:
    if row.published_date is None:
        return False
    if row.published_precision == "month":
        age = max(age, _FRESH_MONTH)
    return bool(row.published_date < (row.fetched_at - age).date())


def _stored(run_id: int, after: int) -> Select[Any]:
    """One row per revision of the run that is its article's current one, with each field filled or not."""
    return (
        select(
            Revision.id.label("revision_id"),
            Revision.number,
            Revision.fetched_at,
            Revision.extractor,
            Article.published_date,
            Article.published_precision,
            func.length(Article.body).label("length"),
            *(filled(name).label(name) for name in FIELDS),
        )
        .join(Article, Article.id == Revision.article_id)
        .where(Revision.id > after, Revision.run_id == run_id, Revision.number == Article.revision_count)
        .order_by(Revision.id)
        .execution_options(yield_per=_AT_ONCE)
    )


def filled(name: str) -> Any:
    """Whether an article, in its current revision, has a value for a field."""
    if name in ("title", "body", "section"):
        column = getattr(Article, name)
        return and_(column.is_not(None), column != "")
    if name == "published":
        return Article.published_date.is_not(None)
    if name == "related":
        return _exists(RelatedLink, RelatedLink.last_seen_at >= Article.fetched_at)
    return _exists({"authors": ArticleAuthor, "attributions": Attribution, "tags": ArticleTag}[name])


def _exists(table: Any, *conditions: Any) -> Exists:
    return select(table.article_id).where(table.article_id == Article.id, *conditions).exists()


def _rules(run_id: int, after: int) -> Select[int, str, str]:
    """Revision, field and rule that won there; a rule counts once a page."""
    return (
        select(FieldEvidence.revision_id, FieldEvidence.field, FieldEvidence.rule)
        .join(Revision, Revision.id == FieldEvidence.revision_id)
        .where(Revision.id > after, Revision.run_id == run_id, FieldEvidence.chosen)
        .distinct()
        .execution_options(yield_per=_AT_ONCE)
    )
