"""What the verdict and `hemero status` ask: a site's past, its good and bad captures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from storage.figures import Figures, from_dict
from storage.models import (
    Article,
    Capture,
    FieldEvidence,
    Revision,
    Run,
)
from storage.run_sums import filled

ANSWERED = {"ok", "quiet", "partial", "drifted"}  # states of a site that spoke to us
_FEW_RUNS = 50  # in which one that crawled the whole site is looked for
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


def last_reader(session: Session, site_id: int, now: datetime) -> str | None:
    """The rules by which the site was last crawled, None where no crawl has ended.

    Runs for single pages do not say it; those that began after now had a clock that was wrong.
    """
    query = select(Run.counts).where(
        Run.site_id == site_id, Run.command == "crawl", Run.exit_code.is_not(None), Run.started_at <= now
    )
    newest = session.scalars(query.order_by(Run.started_at.desc(), Run.id.desc()).limit(_FEW_RUNS))
    return next((counts["reader"] for counts in newest if counts and counts.get("reader")), None)


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
