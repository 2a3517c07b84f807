"""Reads a site's past from the archive, for `crawler.history` to compare a run that is ending with it."""

from __future__ import annotations

import dataclasses
import hashlib
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from crawler.calendar_days import last_ramadan
from crawler.drift import PERIOD, Drift
from crawler.history import Site, compare, lost_links
from crawler.verdict import Verdict
from storage import health, run_sums
from storage.health import PastRun

if TYPE_CHECKING:
    from crawler.news import NewsSpider


def in_hindsight(
    db: Session, spider: NewsSpider, verdict: Verdict, after: int, now: datetime, *, whole: bool
) -> tuple[Verdict, dict[str, Any]]:
    """The verdict with the site's past in mind, and what is to be kept with the run for later comparisons.

    Args:
        after: the newest revision when the run began.
        whole: see `crawler.history.compare`.
    """
    everything, figures = run_sums.run_figures(db, spider.run_id, after, spider.tally.not_article)
    past = _past(db, spider, now)
    run = PastRun(
        spider.run_id,
        now,
        verdict.state,
        verdict.exit_code,
        verdict.message,
        figures.fresh,
        spider.tally.new,
        reader(type(spider)),
        figures if figures.pages else None,
        lost_links(spider.tally, past[-1].lost if past else ()),
    )
    site = Site(spider.country, spider.timezone, spider.expect)
    judged, drift = compare(verdict, run, past, spider.tally, site, whole=whole)
    if drift is not None:
        judged = dataclasses.replace(judged, message=_with_captures(db, spider.site_id, drift))
    kept: dict[str, Any] = {"reader": run.reader}
    if spider.tally.new or spider.tally.changed:
        kept["readings"] = everything.as_dict()
        if figures != everything:
            kept["recent"] = figures.as_dict()
    notes = [note for note in spider.tally.channels.values() if note.kind != "robots"]
    if judged.state == "dead" and any((note.status or 500) < 400 for note in notes):
        kept["answered"] = True  # silent, not away
    if run.lost:
        kept["lost_links"] = list(run.lost)
    return judged, kept


def _past(db: Session, spider: NewsSpider, now: datetime) -> list[PastRun]:
    """The last twelve weeks and, in Ramadan, the one of the year before.

    Not what runs wrote whose clock was ahead: they would be the newest for as long as it was.
    """
    start = now - PERIOD
    past = health.past_runs(db, spider.site_id, start, figures_since=start, until=now, before=spider.run_id)
    ramadan = last_ramadan(now.date(), spider.country)
    if ramadan is None:
        return past
    first, last = (datetime.combine(day, time(), UTC) for day in ramadan)
    until = last + timedelta(days=1)
    return [*health.past_runs(db, spider.site_id, first, until=until, figures_since=now), *past]


def _with_captures(db: Session, site_id: int, drift: Drift) -> str:
    return drift.sentence(*health.good_and_bad(db, site_id, drift.sign, drift.runs))


def reader(site: type[NewsSpider]) -> str:
    """A digest of what the declaration says of pages and channels: other rules make a new start."""
    declared = (site.rules, site.start_urls, site.feeds, site.sitemaps, site.listings, site.expect)
    return hashlib.sha256(repr(declared).encode()).hexdigest()[:12]
