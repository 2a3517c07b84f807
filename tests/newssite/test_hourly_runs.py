"""`hemero crawl` as cron runs it, hour by hour, against sites that publish, edit, delete and get in trouble.

Each run is a process of the installed command at the played time. The truth file says what there was to find.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from sqlite3 import connect
from typing import Any

import pytest

from demo.counters import Counters
from tests.clock import at
from tests.newssite.server import PressServer
from tests.running import HEMERO, cpu_of_children, environment, slowness
from tests.simulation.world import HOUR, Site, Story

pytestmark = [pytest.mark.slow, pytest.mark.faketime, pytest.mark.timeout(3600)]

AGES = (1, 6, 24)  # hours
CONCURRENCY = 2
CHANNELS = {"/", "/rss.xml", "/atom.xml", "/sitemap_index.xml", "/post-sitemap1.xml", "/news-sitemap.xml"}
STATEMENTS = {"/robots.txt", "/ai.txt", "/.well-known/tdmrep.json"}
PATTERNS = {
    "portal": r"^/actualite/(\d+)/",
    "wordpress": r"^/\d{4}/\d\d/\d\d/[^/]*-(\d+)/$",
    "plain": r"^/article-(\d+)\.html$",
}
_SETTINGS = f"""[crawl]
contact = "archive@presse.example"
delay = 0.0
retry_unit = 0.01
timeout = 5.0
concurrency = {CONCURRENCY}
revisit_hours = {list(AGES)}
"""


@dataclass
class Run:
    """What one run asked one site, and what it said. `end`: played, some seconds after `start`."""

    start: datetime
    end: datetime
    counted: Counters
    cut: int
    report: dict[str, Any]

    def asked(self, path: str) -> bool:
        return self.counted.paths[path] > 0

    @property
    def requests(self) -> int:
        return self.counted.paths.total() + self.cut


@dataclass
class Trial:
    folder: Path
    server: PressServer
    runs: dict[str, list[Run]] = field(default_factory=dict)
    cpu: list[float] = field(default_factory=list)  # seconds of each process, readers included
    printed: list[str] = field(default_factory=list)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with closing(connect(self.folder / "archive.db")) as database:
            return database.execute(query).fetchall()


def declaration(site: Site) -> str:
    return f"""
[[site]]
name = "{site.name}"
start_urls = ["{site.home}"]
country = "{site.country}"
timezone = "{site.timezone}"
listings = ["{site.home}politique/", "{site.home}economie/", "{site.home}culture/"]
allow_private = true
rules = {{ article_url = '{PATTERNS[site.template]}', article_key = "article/{{0}}" }}
"""


@pytest.fixture(
    scope="module",
    params=["hours.toml", pytest.param("days.toml", marks=pytest.mark.soak)],
)
def trial(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    folder = tmp_path_factory.mktemp("hourly") / "archive"
    folder.mkdir()
    with PressServer(Path(__file__).parent / request.param) as server:
        text = _SETTINGS + "".join(map(declaration, server.sites))
        (folder / "hemero.toml").write_text(text, encoding="utf-8")
        trial = Trial(folder, server, {site.name: [] for site in server.sites})
        for number in range(server.truth["runs"]):
            _run(trial, server.truth["start"] + number * HOUR)
        yield trial


def _run(trial: Trial, moment: datetime) -> None:
    """One process of the installed command; the sites stand still while it runs."""
    trial.server.now = moment
    trial.server.reset()
    report = trial.folder.parent / "report.json"
    began, used = time.monotonic(), cpu_of_children()
    result = subprocess.run(
        [HEMERO, "crawl", "--archive", trial.folder, "--report", report, *trial.runs],
        env=environment(**at(moment)),
        cwd="/",
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert result.returncode in (0, 5, 6), result.stderr
    trial.cpu.append(cpu_of_children() - used)
    trial.printed.append(result.stdout + result.stderr)
    end = moment + timedelta(seconds=time.monotonic() - began)
    for told in json.loads(report.read_text(encoding="utf-8"))["sites"]:
        counted, cut = trial.server.counted(told["site"])
        trial.runs[told["site"]].append(Run(moment, end, counted, cut, told))


def path_of(site: Site, story: Story) -> str:
    return "/" + story.url.removeprefix(site.home)


def in_trouble(site: Site, begin: datetime, end: datetime) -> bool:
    """Whether the site did not answer as it should at some moment between."""
    kinds = ("outage", "ban", "overload")
    return any(t.kind in kinds and t.start <= end and t.over_by >= begin for t in site.troubles)


def fetches(trial: Trial, site: Site, story: Story) -> list[Run]:
    return [run for run in trial.runs[site.name] if run.asked(path_of(site, story))]


def changes(site: Site) -> list[datetime]:
    """When what the channels say changed: stories that came, were edited or went."""
    moments = [m for story in site.stories for m in (story.published, story.edited, story.gone) if m]
    return sorted(moments)


def test_every_article_is_found_by_the_next_due_run(trial: Trial) -> None:
    """Due is a channel after a tenth of the time since it last changed."""
    looked_at = 0
    for site in trial.server.sites:
        runs, late = trial.runs[site.name], []
        for story in site.stories:
            if not runs[0].start < story.published <= runs[-1].start:
                continue
            silence = story.published - max(m for m in changes(site) if m < story.published)
            due = [run for run in runs if run.start >= story.published + silence * 0.1]
            if not due or in_trouble(site, story.published - HOUR, due[0].start) or story.gone:
                continue
            looked_at += 1
            first = fetches(trial, site, story)
            if not first or first[0].start > due[0].start:
                late.append((story.url, story.published, [run.start for run in first]))
        assert late == []
    assert looked_at >= 5


def test_what_was_there_before_and_what_a_trouble_hid_is_found(trial: Trial) -> None:
    stored = {url for (url,) in trial.rows("SELECT url FROM articles")}
    for site in trial.server.sites:
        runs = trial.runs[site.name]
        settled = runs[-1].start - 2 * HOUR
        there = {
            story.url
            for story in site.stories
            if story.published <= settled and (story.gone is None or story.gone > runs[-1].start)
        }
        assert there <= stored
        assert len(there) > 10


def test_nothing_is_fetched_outside_its_due_time(trial: Trial) -> None:
    """An article at its first run, then at its ages; a page that failed again when its wait is over."""
    for site in trial.server.sites:
        for story in site.stories:
            times = fetches(trial, site, story)
            for run in times:
                assert run.counted.paths[path_of(site, story)] == 1
            if not times or in_trouble(site, times[0].start, times[-1].start):
                continue
            assert len(times) <= 1 + len(AGES)
            ages = (0, *AGES)
            for number, (before, after) in enumerate(pairwise(times)):
                wait = (ages[number + 1] - ages[number]) * HOUR
                assert after.end >= before.start + wait, (story.url, number)


def test_every_due_visit_is_made_by_the_next_run(trial: Trial) -> None:
    """So an edit and a deletion are found by the first run after the age at which they could be."""
    for site in trial.server.sites:
        runs, visits = trial.runs[site.name], 0
        for story in site.stories:
            times = fetches(trial, site, story)
            if not times or in_trouble(site, times[0].start, runs[-1].start):
                continue
            ages = (0, *AGES)
            for number, before in enumerate(times[: len(AGES)]):
                wait = (ages[number + 1] - ages[number]) * HOUR
                due = next((run for run in runs if run.start >= before.end + wait), None)
                if due is None or (story.gone and story.gone <= before.start):
                    break
                visits += 1
                assert number + 1 < len(times), (story.url, number)
                assert times[number + 1].start <= due.start, (story.url, number)
        assert visits or in_trouble(site, runs[0].start, runs[-1].start)


def test_edits_and_deletions_that_a_visit_met_are_in_the_archive(trial: Trial) -> None:
    revised = {url for (url,) in trial.rows("SELECT url FROM articles WHERE revision_count > 1")}
    gone = {url for (url,) in trial.rows("SELECT url FROM articles WHERE gone_at IS NOT NULL")}
    edited_seen, gone_seen = set(), set()
    for site in trial.server.sites:
        if any(trouble.kind == "redesign" for trouble in site.troubles):
            continue
        for story in site.stories:
            times = [r.start for r in fetches(trial, site, story) if not in_trouble(site, r.start, r.start)]
            if story.edited and times and times[0] < story.edited <= times[-1] and not story.gone:
                edited_seen.add(story.url)
            if story.gone and times and times[0] < story.gone <= times[-1]:
                gone_seen.add(story.url)
    assert edited_seen <= revised
    assert gone_seen <= gone
    assert edited_seen
    assert gone_seen
    assert gone <= {s.url for site in trial.server.sites for s in site.stories if s.gone}


def test_the_limit_per_host_holds(trial: Trial) -> None:
    most = [max(run.counted.max_inflight.values(), default=0) for runs in trial.runs.values() for run in runs]
    assert max(most) == CONCURRENCY


def test_every_request_has_its_reason(trial: Trial) -> None:
    """robots.txt, channels and pages, each once a run; a section is followed only where it has changed."""
    for site in trial.server.sites:
        sections = {f"/{name}/" for name in ("politique", "economie", "culture")}
        own = {path_of(site, story) for story in site.stories}
        for run in trial.runs[site.name]:
            assert set(run.counted.paths.values()) <= {1}, run.counted.paths.most_common(3)
            rest = set(run.counted.paths) - own - CHANNELS - STATEMENTS - sections
            assert all("/page/" in path for path in rest), rest
            followed = {f"/{path.split('/')[1]}/" for path in rest}
            assert all(run.asked(path) and not run.counted.not_modified[path] for path in followed), rest


def unchanged(trial: Trial, site: Site, number: int) -> list[str]:
    """Paths a run asked for again though nothing had come, was edited or went since the last time."""
    runs, same = trial.runs[site.name], []
    for path in set(runs[number].counted.paths) - STATEMENTS:
        last = next((run for run in reversed(runs[:number]) if run.asked(path)), None)
        if last and not any(last.start < m <= runs[number].end for m in changes(site)):
            same.append(path)
    return same


def test_a_run_without_news_costs_one_conditional_request_for_all_that_is_due(trial: Trial) -> None:
    calm = 0
    for number, cpu in enumerate(trial.cpu):
        quiet = [s for s in trial.server.sites if trial.runs[s.name][number].report["state"] == "quiet"]
        for site in quiet if number else []:
            run = trial.runs[site.name][number]
            for path in unchanged(trial, site, number):
                assert run.counted.paths[path] == run.counted.not_modified[path] == 1, (run.start, path)
                calm += 1
        assert len(quiet) < len(trial.runs) or cpu < 2.0 * len(quiet) * slowness()
    assert calm > 20


def due_runs(trial: Trial, site: Site, trouble: Any) -> list[Run]:
    """Runs that could see the trouble: they asked for something while it held, and read pages enough."""
    found, pages = [], 0
    for run in trial.runs[site.name]:
        if not trouble.start <= run.start < trouble.until:
            continue
        pages += run.report["new"] + run.report["changed"]
        if run.requests and pages >= trouble.pages:
            found.append(run)
    return found


def test_every_trouble_is_reported_within_two_due_runs(trial: Trial) -> None:
    for site in trial.server.sites:
        for trouble in site.troubles:
            second = due_runs(trial, site, trouble)[1].report
            assert second["state"] in trouble.states, (site.name, trouble.kind, second["message"])
            assert second["exit_code"] in (5, 6)


def test_without_a_trouble_nothing_is_reported_or_printed(trial: Trial) -> None:
    for site in trial.server.sites:
        for run in trial.runs[site.name]:
            if not any(t.start <= run.start <= t.over_by for t in site.troubles):
                assert run.report["exit_code"] == 0, (run.start, run.report["message"])
    for number, printed in enumerate(trial.printed):
        if all(runs[number].report["exit_code"] == 0 for runs in trial.runs.values()):
            assert printed == ""


def test_the_archive_is_sound(trial: Trial) -> None:
    result = subprocess.run(
        [HEMERO, "verify", "--quick", "--archive", trial.folder],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
