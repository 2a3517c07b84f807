"""Scheduler, frontier, verdict and database, played through with a clock of our own.

The truth file says what each site publishes and which troubles it gets into. What must hold: no article is
missed, every trouble is reported within two runs that could see it, an alarm without a trouble comes at most
once a month and site, and the database grows only with content.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from crawler.notify import change_of
from storage import Archive, open_archive
from storage.models import Article, Base, Revision
from tests.simulation.play import Played, Player
from tests.simulation.world import HOUR, Site, Story, Trouble, load

HERE = Path(__file__).parent
MONTH = 30


@dataclass
class Simulation:
    archive: Archive
    player: Player
    sites: list[Site]
    days: int
    begin: datetime  # of the hourly runs
    end: datetime

    def runs(self, site: Site) -> list[Played]:
        return [run for run in self.player.played if run.site == site.name]


def play(truth_file: str, folder: Path) -> Iterator[Simulation]:
    truth, sites = load(HERE / truth_file)
    begin = truth["start"] + timedelta(days=truth["sparse_days"])
    with open_archive(folder, create=True, database_url="sqlite") as archive:
        player = Player(archive, sites)
        for day in range(truth["sparse_days"]):
            player.run_all(truth["start"] + timedelta(days=day, hours=19))
        for hour in range(24 * truth["days"]):
            player.run_all(begin + hour * HOUR)
        yield Simulation(archive, player, sites, truth["days"], begin, player.now)


@pytest.fixture(
    scope="module",
    params=[
        "week.toml",
        pytest.param("quarter.toml", marks=[pytest.mark.soak, pytest.mark.timeout(3600)]),
    ],
)
def simulation(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    yield from play(request.param, tmp_path_factory.mktemp("simulation") / "archive")


def could_be_seen(site: Site, story: Story, runs: list[Played]) -> bool:
    """Whether a run asked while the story was online, listed and reachable."""
    return any(
        story.is_online(run.at)
        and not site.trouble(run.at, "outage", "ban")
        and not ((frozen := site.trouble(run.at, "frozen")) and story.published > frozen.start)
        for run in runs
        if story.published <= run.at <= story.published + timedelta(days=30)
    )


def test_no_article_is_missed(simulation: Simulation) -> None:
    with simulation.archive.read() as db:
        stored = set(db.scalars(select(Article.url)))
    settled = simulation.end - timedelta(hours=8)  # a channel may rest for six hours
    for site in simulation.sites:
        runs = simulation.runs(site)
        due = [story for story in site.stories if runs[0].at <= story.published <= settled]
        missed = [s.url for s in due if s.url not in stored and could_be_seen(site, s, runs)]
        assert missed == []
        assert len(due) > simulation.days // 2


def test_edits_and_deletions_are_found(simulation: Simulation) -> None:
    """What was edited in the first day is seen by the visit after a day."""
    with simulation.archive.read() as db:
        revised = set(db.scalars(select(Article.url).where(Article.revision_count > 1)))
        gone = set(db.scalars(select(Article.url).where(Article.gone_at.is_not(None))))
    settled = simulation.end - timedelta(hours=60)
    for site in simulation.sites:
        calm = [
            story
            for story in site.stories
            if simulation.begin <= story.published <= settled and not _in_trouble(site, story)
        ]
        edited = {s.url for s in calm if s.edited and s.gone is None and _is_between(s, 8, 23)}
        assert edited <= revised
        assert {s.url for s in calm if s.gone and s.gone < s.published + 23 * HOUR} <= gone


def _is_between(story: Story, first: int, last: int) -> bool:
    """Edited so many hours after it came out: between the visit of the first hour and that of a day."""
    assert story.edited is not None
    return first * HOUR <= story.edited - story.published <= last * HOUR


def _in_trouble(site: Site, story: Story) -> bool:
    return any(t.start - 60 * HOUR <= story.published <= t.over_by for t in site.troubles)


def due_runs(trouble: Trouble, runs: list[Played]) -> list[Played]:
    """Runs that could see the trouble: they asked for something after it showed, and read pages enough."""
    found, pages = [], 0
    for run in runs:
        if run.at < trouble.start:
            continue
        pages += run.stored
        if run.at >= trouble.seen_from and run.requests and pages >= trouble.pages:
            found.append(run)
    return found


def test_every_trouble_is_reported_within_two_due_runs(simulation: Simulation) -> None:
    for site in simulation.sites:
        for trouble in site.troubles:
            second = due_runs(trouble, simulation.runs(site))[1]
            assert second.exit_code, f"{site.name} {trouble.kind}: {second}"
            assert second.state in trouble.states, f"{site.name} {trouble.kind}: {second}"


def test_false_alarms_are_rare(simulation: Simulation) -> None:
    allowed = simulation.days // MONTH
    for site in simulation.sites:
        false, before = [], 0
        for run in simulation.runs(site):
            real = any(t.start <= run.at <= t.over_by for t in site.troubles)
            if run.exit_code and not before and not real:
                false.append(run)
            before = run.exit_code
        assert len(false) <= allowed, false


def test_a_trouble_that_is_over_is_not_reported_any_more(simulation: Simulation) -> None:
    for site in simulation.sites:
        for trouble in site.troubles:
            after = [run for run in simulation.runs(site) if run.at > trouble.over_by]
            assert after[0].exit_code == 0, after[0]


def test_a_drift_names_rule_and_pages(simulation: Simulation) -> None:
    (site,) = [site for site in simulation.sites if any(t.kind == "redesign" for t in site.troubles)]
    said = [run.message for run in simulation.runs(site) if run.state == "drifted"]
    assert "line:head no longer matches" in said[0]
    good, bad = (
        site.by_url[address.rstrip(")").partition(" ")[0]]
        for part in said[0].split("(")[1:]
        if (address := part.partition(")")[0])
    )
    (trouble,) = [t for t in site.troubles if t.kind == "redesign"]
    assert good.published < trouble.start
    assert bad.url != good.url


def test_a_person_hears_of_each_trouble_once(simulation: Simulation) -> None:
    for site in simulation.sites:
        told, before, notices = "ok", None, []
        for run in simulation.runs(site):
            state = change_of(told, run.state, run.exit_code, before)
            if state is not None:
                told = state
                notices.append((run.at, state))
            before = run.exit_code
        recoveries = [at for at, state in notices if state == "ok"]
        assert len(recoveries) <= len(site.troubles) + simulation.days // MONTH, notices
        assert len(notices) <= 3 * len(site.troubles) + 2 * (simulation.days // MONTH), notices


def test_z_the_database_grows_only_with_content(simulation: Simulation) -> None:
    """Runs last: a month later everything was visited as often as it will be; nothing is left to write."""
    player, later = simulation.player, simulation.end + timedelta(days=30)
    for hour in range(4):
        player.run_all(later + hour * HOUR)
    before, size = _rows(simulation.archive), _bytes(simulation.archive)
    for hour in range(4, 16):
        player.run_all(later + hour * HOUR)
    after = _rows(simulation.archive)
    runs = after.pop("runs") - before.pop("runs")
    assert after == before
    assert runs == 12 * len(simulation.sites)
    assert (_bytes(simulation.archive) - size) / runs < 1500


def _rows(archive: Archive) -> dict[str, int]:
    with archive.read() as db:
        return {
            name: db.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
        }


def _bytes(archive: Archive) -> int:
    with archive.read() as db:
        return int(db.scalar(text("SELECT sum(pgsize - unused) FROM dbstat")) or 0)


def test_revisions_are_made_by_edits_only(simulation: Simulation) -> None:
    with simulation.archive.read() as db:
        most = db.scalar(select(func.max(Revision.number)))
    assert most is not None
    assert most <= 4  # an edit, a redesign, and the declaration mended
