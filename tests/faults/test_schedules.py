"""Random schedules: what can happen to an archive in a bad week, in any order, over a site that grows.

After each schedule one run under good conditions must leave the archive whole, and a second one find nothing
to write. `make test` plays one that is written down, `make soak` HEMERO_SCHEDULES (200) on both databases.
"""

from __future__ import annotations

import math
import os
import shutil
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from tests.faults.disk import small_disk
from tests.faults.press import KILLED, Ended, Press, press_at
from tests.oracles import idempotent
from tests.postgres import Cluster, find_programs, run_cluster

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SCHEDULES = int(os.environ.get("HEMERO_SCHEDULES", "200"))
FAKETIME = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)
STEPS = ("after_fetch", "mid_warc", "after_warc", "before_commit", "after_commit", "before_rename", "recover")
ERRORS = ("/s/maintenance", "/s/503", "/s/empty")
SOON = 0.00001  # minutes: a retry is due in the next run
counted: Counter[str] = Counter()


def _clock(seconds: int) -> dict[str, str]:
    """The environment of a command whose clock is wrong by so much."""
    wrong = {"LD_PRELOAD": str(FAKETIME), "FAKETIME": f"{seconds:+d}", "DONT_FAKE_MONOTONIC": "1"}
    return {**wrong, "FAKETIME_DISABLE_SHM": "1"}


class Week(RuleBasedStateMachine):
    """One archive and what happens to it. `cluster` is set where the database is PostgreSQL."""

    cluster: Cluster | None = None

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.folder = Path(tempfile.mkdtemp(prefix="hemero-week-"))
        self.stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self.disk = self.stack.enter_context(small_disk(self.folder / "disk", 24))
        self.url = self.cluster.new_database() if self.cluster else None
        self.press: Press = self.stack.enter_context(
            press_at(
                self.disk.folder / "archive",
                self.url,
                articles=3,
                latency=0.01,
                retry_minutes=[SOON] * 40,
                give_up_after=40,
                retry_unit=0.001,
            )
        )
        self.press.archive.more += "[archive]\nmin_free_mb = 0\n"
        self.press.archive.declare()
        self.trouble = False

    def _ran(self, ended: Ended, *codes: int) -> None:
        """Whatever is wrong, a run ends with a code that says it, and what was acknowledged is there."""
        counted[f"code {ended.code}"] += 1
        assert ended.code in codes or (self.trouble and ended.code in (0, 3, 5, 6)), ended.err
        assert "Traceback" not in ended.err
        if self.disk.free > 1 << 20 and self.press.has_tables():  # on a full disk SQLite cannot even read
            self.press.assert_records_of_rows()

    @rule(more=st.integers(1, 4))
    def publish(self, more: int) -> None:
        self.press.server.articles += more

    @rule()
    def run(self) -> None:
        self._ran(self.press.crawl(), 0)

    @rule(seconds=st.floats(0, 1.5))
    def kill_somewhere(self, seconds: float) -> None:
        since = len(self.press.server.hits)
        running = self.press.start()
        while running.process.poll() is None and len(self.press.server.hits) == since:
            time.sleep(0.02)
        time.sleep(seconds)
        self._ran(running.kill(), 0, KILLED)

    @rule(step=st.sampled_from(STEPS), number=st.integers(1, 12))
    def kill_at_a_step(self, step: str, number: int) -> None:
        self._ran(self.press.crawl(fault=f"{step}:{number}"), 0, KILLED)

    @rule(kb=st.integers(0, 400))
    def fill_the_disk(self, kb: int) -> None:
        self.disk.fill(leaving=kb << 10)
        self.trouble = True

    @rule()
    def free_the_disk(self) -> None:
        self.disk.empty()
        self.trouble = self._site_is_ill()

    @rule(route=st.sampled_from([None, *ERRORS]), down=st.booleans())
    def the_site_changes(self, route: str | None, down: bool) -> None:
        self.press.server.mask, self.press.server.down = route, down
        self.trouble = self.trouble or self._site_is_ill()

    def _site_is_ill(self) -> bool:
        return self.press.server.down or self.press.server.mask is not None

    @precondition(lambda self: FAKETIME is not None)
    @rule(hours=st.sampled_from([-24, -1, 1, 24, 9000]))
    def the_clock_jumps(self, hours: int) -> None:
        """One run by a clock that is wrong; the next one's is right again."""
        self._ran(self.press.crawl(**_clock(hours * 3600)), 0, 2)

    @rule(seconds=st.floats(0.1, 1.5))
    def the_database_is_away_for_a_moment(self, seconds: float) -> None:
        running = self.press.start()
        time.sleep(seconds)
        if self.cluster is not None:
            self.cluster.stop("immediate")
            self.cluster.start()
        elif self.press.kept.database.exists():
            self._an_analyst_holds_it(seconds)
        self._ran(running.wait(), 0)

    def _an_analyst_holds_it(self, seconds: float) -> None:
        with closing(sqlite3.connect(self.press.kept.database, timeout=30, isolation_level=None)) as analyst:
            try:
                analyst.execute("BEGIN IMMEDIATE")
                time.sleep(seconds)
                analyst.execute("ROLLBACK")
            except sqlite3.OperationalError:
                assert self.disk.free <= 1 << 20  # on a full disk nobody gets a lock

    def teardown(self) -> None:
        """All is well again: one run makes the archive whole, a second one has nothing to do."""
        try:
            self.disk.empty()
            self.press.server.mask, self.press.server.down = None, False
            ahead = self.press.until_due() if self.press.has_tables() else 0
            then = _clock(math.ceil(ahead)) if ahead else {}
            ended = self.press.crawl(**then)
            assert ended.code == 0, ended.err
            self.press.assert_complete(ended.report)
            before = self.press.content()
            assert self.press.crawl(**then).code == 0
            assert idempotent(before, self.press.content()) == []
            counted["schedules"] += 1
            print(f"random schedules so far: {dict(counted)}", flush=True)
        finally:
            self.stack.close()
            if self.cluster is not None and self.url is not None:
                self.cluster.drop_database(self.url)


def play(machine: type[Week], schedules: int, events: int) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=schedules,
            stateful_step_count=events,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],  # a schedule takes its time: no shrinking
            suppress_health_check=list(HealthCheck),
        ),
    )
    print(f"random schedules: {dict(counted)}; 0 violations")


@pytest.fixture(scope="module")
def week_on_postgres() -> Iterator[type[Week]]:
    """A cluster of its own, because schedules stop it."""
    programs = find_programs()
    assert programs is not None
    for cluster in run_cluster(programs):
        yield type("WeekOnPostgres", (Week,), {"cluster": cluster})


@pytest.mark.case("F001", "F003", "F016", "F027", "F029", "F033")
def test_a_short_schedule() -> None:
    """One that is written down, so that every run of the tests meets a kill, a full disk and an ill site."""
    counted.clear()
    week = Week()
    try:
        week.run()
        week.publish(more=3)
        week.kill_at_a_step(step="after_warc", number=2)
        assert counted[f"code {KILLED}"] == 1
        week.publish(more=4)
        week.fill_the_disk(kb=16)
        week.run()
        assert counted["code 3"] == 1
        week.free_the_disk()
        week.the_site_changes(route="/s/503", down=False)
        week.run()
        assert counted["code 5"] + counted["code 6"] >= 1
        week.the_database_is_away_for_a_moment(seconds=0.3)
    finally:
        week.teardown()
    assert counted["schedules"] == 1


@pytest.mark.case("F001", "F003", "F016", "F027", "F029", "F033")
@pytest.mark.soak
@pytest.mark.timeout(14400)
def test_many_schedules() -> None:
    play(Week, SCHEDULES // 2, 12)


@pytest.mark.case("F001", "F003", "F016", "F022", "F029", "F033")
@pytest.mark.soak
@pytest.mark.postgres
@pytest.mark.timeout(14400)
def test_many_schedules_on_postgresql(week_on_postgres: type[Week]) -> None:
    play(week_on_postgres, SCHEDULES // 2, 12)
