"""What the verdict and `hemero status` ask: a run's readings, a site's past, its good and bad captures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import Exists, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from storage.figures import FIELDS, Figures, from_dict
from storage.models import (
    Article,
    ArticleAuthor,
    ArticleTag,
    Attribution,
    Capture,
    FieldEvidence,
    RelatedLink,
    Revision,
    Run,
)

FRESH = timedelta(days=7)
RECENT = timedelta(days=60)
_FRESH_MONTH = timedelta(days=38)  # a date that is only a month stands for its first day
ANSWERED = {"ok", "quiet", "partial", "drifted"}  # states of a site that spoke to us
_LOOK_BACK = 2_000  # revisions searched for the last good capture


@dataclass(frozen=True, slots=True)
class PastRun:
    """One finished crawl of a site."""

    id: int
    started_at: datetime
    state: str
    exit_code: int | None
    message: str | None = None
    fresh: int = 0  # articles that came out shortly before
    new: int = 0  # all that were stored for the first time
    reader: str | None = None  # which rules read its pages
    figures: Figures | None = None  # where it read pages
    lost: tuple[str, ...] = ()  # channels that gave links once and gave none when last read
    answered: bool = True  # the site spoke to us, whatever it said


@dataclass(frozen=True, slots=True)
class Sample:
    """A stored capture, named so that a person finds it."""

    capture_id: int | None
    url: str
    fetched_at: datetime

    def __str__(self) -> str:
        return f"capture {self.capture_id} ({self.url})"


def last_revision(session: Session) -> int:
    """The newest revision's id: what a run reads has a higher one."""
    return session.scalar(select(func.max(Revision.id))) or 0


def run_figures(session: Session, run_id: int, after: int, not_article: int = 0) -> tuple[Figures, Figures]:
    """What a run stored: all of it, and the part that is not older than two months.

    Only the latter is compared with other runs: old texts, as a backfill brings them, were written for other
    layouts and would speak against the present one. `after`: the newest revision before the run; spares a
    search through all of them.
    """
    rows = session.execute(_stored(run_id, after)).all()
    recent = [row for row in rows if not _is_old(row, RECENT)]
    all_rules, recent_rules = _counted(_rules(session, run_id, after), rows, recent)
    return _figures(rows, all_rules, not_article), _figures(recent, recent_rules, not_article)


def _counted(rules: Iterable[Any], *parts: Sequence[Any]) -> list[dict[str, Counter[str]]]:
    """How often each rule won, by field, in each of these parts of a run; the rules are gone through once."""
    revisions = [{row.revision_id for row in part} for part in parts]
    counted: list[dict[str, Counter[str]]] = [{} for _ in parts]
    for revision, name, rule in rules:
        for inside, found in zip(revisions, counted, strict=True):
            if revision in inside and name in FIELDS:
                found.setdefault(name, Counter())[rule] += 1
    return counted


def _figures(rows: Sequence[Any], rules: dict[str, Counter[str]], not_article: int) -> Figures:
    lengths = [row.length for row in rows if row.length]
    return Figures(
        pages=len(rows),
        fresh=sum(1 for row in rows if row.number == 1 and not _is_old(row, FRESH)),
        filled=Counter(name for row in rows for name in FIELDS if getattr(row, name)),
        rules={name: dict(found) for name, found in rules.items()},
        lengths=Counter(length.bit_length() for length in lengths),
        median=int(median(lengths)) if lengths else None,
        not_article=not_article,
        extractor=rows[-1].extractor if rows else None,
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


def _rules(session: Session, run_id: int, after: int) -> Iterable[Any]:
    """Revision, field and rule that won there; a rule counts once a page. A few at a time: a run of 20,000
    pages has ten times as many.
    """
    return session.execute(
        select(FieldEvidence.revision_id, FieldEvidence.field, FieldEvidence.rule)
        .join(Revision, Revision.id == FieldEvidence.revision_id)
        .where(Revision.id > after, Revision.run_id == run_id, FieldEvidence.chosen)
        .distinct()
        .execution_options(yield_per=1_000)
    )


def past_runs(
    session: Session,
    site_id: int,
    since: datetime,
    *,
    figures_since: datetime,
    until: datetime | None = None,
    before: int | None = None,
) -> list[PastRun]:
    """Finished crawls of a site, oldest first. What their pages held is loaded from `figures_since` on."""
    query = (
        select(Run.id, Run.started_at, Run.state, Run.exit_code, Run.message, Run.new)
        .where(
            Run.site_id == site_id,
            Run.started_at >= since,
            Run.command == "crawl",
            Run.exit_code.is_not(None),
        )
        .order_by(Run.started_at, Run.id)
    )
    if until is not None:
        query = query.where(Run.started_at < until)
    if before is not None:
        query = query.where(Run.id < before)
    rows = session.execute(query).all()
    newest = rows[-1].id if rows else 0
    told = select(Run.id, Run.counts).where(
        Run.site_id == site_id,
        Run.started_at.between(since, rows[-1].started_at if rows else since),
        or_(
            Run.new > 0,
            and_(Run.changed > 0, Run.started_at >= figures_since),
            and_(Run.state == "dead", Run.exit_code == 6),
            Run.id == newest,
        ),
    )
    counts: dict[int, Any] = {row.id: row.counts for row in session.execute(told)}
    return [_past_run(row, counts.get(row.id) or {}, row.started_at >= figures_since) for row in rows]


def _past_run(row: Any, counts: dict[str, Any], with_figures: bool) -> PastRun:
    told = counts.get("recent", counts.get("readings"))
    figures = from_dict(told) if told is not None else None
    return PastRun(
        row.id,
        row.started_at,
        row.state,
        row.exit_code,
        row.message,
        row.new if figures is None else figures.fresh,
        row.new,
        counts.get("reader"),
        figures if with_figures and figures is not None and figures.pages else None,
        tuple(counts.get("lost_links", ())),
        row.state in ANSWERED or bool(counts.get("answered")),
    )


@dataclass(frozen=True, slots=True)
class Sign:
    """What makes a page good: a field is filled, by this rule where one is named, by so many characters."""

    field: str
    rule: str | None = None
    characters: int | None = None


def first_bad(session: Session, site_id: int, sign: Sign, runs: Sequence[int]) -> Sample | None:
    """The first capture of these runs without the sign."""
    if not runs:
        return None
    query = _samples(site_id).where(Revision.run_id.in_(runs), ~_good(sign)).order_by(Revision.id)
    return _sample(session.execute(query.limit(1)).first())


def last_good(session: Session, site_id: int, sign: Sign, before: Sample) -> Sample | None:
    """The newest capture before that one with the sign."""
    newest = _samples(site_id).where(Revision.fetched_at <= before.fetched_at).order_by(Revision.id.desc())
    near = newest.with_only_columns(Revision.id).limit(_LOOK_BACK).subquery()
    query = (
        _samples(site_id)
        .where(Revision.id.in_(select(near.c.id)), _good(sign))
        .where(or_(Capture.id.is_(None), Capture.id != before.capture_id))
        .order_by(Revision.id.desc())
    )
    return _sample(session.execute(query.limit(1)).first())


def good_and_bad(
    session: Session, site_id: int, sign: Sign, runs: Sequence[int]
) -> tuple[Sample | None, Sample | None]:
    """Where the sign was lost: the last capture that has it, and the first one after that without it.

    The runs are those that a drift was seen in; it may have begun before them.
    """
    bad = first_bad(session, site_id, sign, runs)
    good = last_good(session, site_id, sign, bad) if bad is not None else None
    if bad is None or good is None:
        return good, bad
    between = Revision.fetched_at.between(good.fetched_at, bad.fetched_at)
    query = _samples(site_id).where(between, ~_good(sign)).order_by(Revision.id)
    return good, _sample(session.execute(query.limit(1)).first())


def _samples(site_id: int) -> Select[Any]:
    columns: Any = (Revision.id, Capture.id.label("capture_id"), Article.url, Revision.fetched_at)
    return (
        select(*columns)
        .join(Article, Article.id == Revision.article_id)
        .outerjoin(Capture, Capture.id == Revision.capture_id)
        .where(Article.site_id == site_id)
    )


def _good(sign: Sign) -> Any:
    """By the revision's own evidence; fields without evidence by the article's current state."""
    claim = select(FieldEvidence.id).where(
        FieldEvidence.revision_id == Revision.id, FieldEvidence.field == sign.field, FieldEvidence.chosen
    )
    if sign.rule is not None:
        return claim.where(FieldEvidence.rule == sign.rule).exists()
    current = and_(Revision.number == Article.revision_count, filled(sign.field))
    if sign.characters is not None:
        return and_(current, func.length(Article.body) >= sign.characters)
    return or_(claim.exists(), current)


def _sample(row: Any) -> Sample | None:
    return None if row is None else Sample(row.capture_id, row.url, row.fetched_at)
