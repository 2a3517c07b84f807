"""How every site is: its state and since when, what it brought week by week, what its pages hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from storage.figures import FIELDS, Figures, total
from storage.health import PastRun, past_runs
from storage.models import Article, Candidate, Run, Site

WEEKS = 12
MONTH = timedelta(days=30)
_GAPS = 20  # between runs, that their usual distance is taken from
_LATE = 3  # times that distance
RESTING = ("disabled", "undeclared")  # states of sites that no schedule crawls


@dataclass(frozen=True, slots=True)
class SiteHealth:
    """One site. Times are UTC and None where there was no such run."""

    site: str
    title: str
    state: str  # of the last crawl that ended; "never" where none did; or one of RESTING
    exit_code: int | None = None
    message: str | None = None
    since: datetime | None = None  # when this state began; ok and quiet are one
    last_run_at: datetime | None = None
    last_success_at: datetime | None = None
    new_7_days: int = 0
    articles: int = 0
    candidates: Mapping[str, int] = field(default_factory=dict)  # state -> number
    weeks: tuple[int, ...] = ()  # new articles in each of the last twelve weeks, oldest first
    now: Figures = field(default_factory=Figures)  # pages of the last thirty days
    before: Figures = field(default_factory=Figures)  # pages of the weeks before
    body_median: int | None = None  # characters, of the newest run that read pages
    interval: timedelta | None = None  # usual time from one run to the next
    overdue: bool = False  # no run for three times that long
    running: bool = False

    @property
    def is_well(self) -> bool:
        return self.state in RESTING or (not self.exit_code and not self.overdue)

    def resting(self, state: str) -> SiteHealth:
        """The same site when nobody expects runs of it; `state` is one of RESTING."""
        return replace(self, state=state, overdue=False)

    def fill(self, name: str, *, before: bool = False) -> float | None:
        """The share of pages that have a field; None where no page was read."""
        figures = self.before if before else self.now
        return figures.filled.get(name, 0) / figures.pages if figures.pages else None

    def fills(self) -> dict[str, float]:
        shares = {name: self.fill(name) for name in FIELDS}
        return {name: round(share, 4) for name, share in shares.items() if share is not None}


def overview(session: Session, now: datetime) -> list[SiteHealth]:
    """Every site that was ever crawled, by name; those switched off as such."""
    crawled = select(Run.site_id).where(Run.command == "crawl")
    sites = session.scalars(select(Site).where(Site.id.in_(crawled)).order_by(Site.name)).all()
    counted = session.execute(
        select(Article.site_id, func.count().label("articles")).group_by(Article.site_id)
    )
    articles: dict[int, int] = {row.site_id: row.articles for row in counted}
    found = [(site, _health(session, site, articles.get(site.id, 0), now)) for site in sites]
    return [health.resting("disabled") if site.state == "disabled" else health for site, health in found]


def of_imports(session: Session, name: str, now: datetime) -> SiteHealth | None:
    """A site that no crawl has brought, only imports; None where the archive knows no such name."""
    site = session.scalar(select(Site).where(Site.name == name))
    if site is None:
        return None
    articles = session.scalar(select(func.count()).where(Article.site_id == site.id)) or 0
    return _health(session, site, articles, now)


def _health(session: Session, site: Site, articles: int, now: datetime) -> SiteHealth:
    start = now - timedelta(weeks=WEEKS)
    runs = past_runs(session, site.id, start, figures_since=start, until=now)
    last = _last(session, site.id, now)
    month = [run.figures for run in runs if run.figures and run.started_at > now - MONTH]
    before = [
        run.figures
        for run in runs
        if run.figures and run.started_at <= now - MONTH and run.state != "drifted"
    ]
    interval = _interval(runs)
    running = _is_running(session, site.id, now)
    return SiteHealth(
        site.name,
        site.title,
        last.state if last is not None else "never",
        last.exit_code if last is not None else None,
        last.message if last is not None else None,
        _since(session, site.id, last, now),
        last.started_at if last is not None else None,
        session.scalar(select(func.max(Run.started_at)).where(*_ended(site.id, now), Run.exit_code == 0)),
        sum(run.new for run in runs if run.started_at > now - timedelta(days=7)),
        articles,
        _candidates(session, site.id),
        _weeks(runs, now),
        total(month),
        total(before),
        next((run.figures.median for run in reversed(runs) if run.figures), None),
        interval,
        _is_overdue(last, interval, now) and not running,
        running,
    )


def _ended(site_id: int, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """A site's crawls that ended; a run that began after now had a clock that was wrong."""
    ended = Run.command == "crawl", Run.exit_code.is_not(None)
    return Run.site_id == site_id, Run.started_at <= now, *ended


def _last(session: Session, site_id: int, now: datetime) -> Run | None:
    return session.scalar(
        select(Run).where(*_ended(site_id, now)).order_by(Run.started_at.desc(), Run.id.desc()).limit(1)
    )


def _since(session: Session, site_id: int, last: Run | None, now: datetime) -> datetime | None:
    """When the present state began. Runs that ended with 0 are of one state."""
    if last is None:
        return None
    ended = _ended(site_id, now)
    same = Run.exit_code == 0 if last.exit_code == 0 else Run.state == last.state
    other = session.scalar(select(func.max(Run.started_at)).where(*ended, ~same))
    query = select(func.min(Run.started_at)).where(*ended, same)
    return session.scalar(query if other is None else query.where(Run.started_at > other))


def _is_running(session: Session, site_id: int, now: datetime) -> bool:
    """A run that began and did not end; older than two days it is one that was killed."""
    query = select(Run.id).where(
        Run.site_id == site_id, Run.finished_at.is_(None), Run.started_at > now - timedelta(days=2)
    )
    newest = session.scalar(query.order_by(Run.id.desc()).limit(1))
    return newest is not None and newest == session.scalar(
        select(func.max(Run.id)).where(Run.site_id == site_id)
    )


def _candidates(session: Session, site_id: int) -> dict[str, int]:
    counted = (
        select(Candidate.state, func.count().label("number"))
        .where(Candidate.site_id == site_id)
        .group_by(Candidate.state)
    )
    return {row.state: row.number for row in session.execute(counted)}


def _weeks(runs: Sequence[PastRun], now: datetime) -> tuple[int, ...]:
    counts = [0] * WEEKS
    for run in runs:
        age = (now - run.started_at) // timedelta(weeks=1)
        if 0 <= age < WEEKS:
            counts[WEEKS - 1 - age] += run.new
    return tuple(counts)


def _interval(runs: Sequence[PastRun]) -> timedelta | None:
    times = [run.started_at for run in runs[-_GAPS - 1 :]]
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    return timedelta(seconds=round(median(gaps))) if len(gaps) >= 3 else None


def _is_overdue(last: Run | None, interval: timedelta | None, now: datetime) -> bool:
    if last is None or interval is None:
        return False
    return now - last.started_at > _LATE * max(interval, timedelta(minutes=20))
