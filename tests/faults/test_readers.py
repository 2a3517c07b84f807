"""A reader that dies: its page is named, no other is lost, the crawl goes on (F012)."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.faults.press import press_at, processes_of_session
from tests.oracles import Held, raw

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.mark.case("F012")
def test_a_reader_that_the_machine_kills(tmp_path: Path) -> None:
    """As the kernel does when memory runs out: no other page is lost, and the one it read is counted."""
    with press_at(tmp_path / "archive", articles=12, latency=0.05, concurrency=2) as press:
        running = press.start()
        press.wait_for(lambda: press.articles() >= 2, running)
        killed = 0
        for pid in processes_of_session(running.process.pid):
            if pid != running.process.pid:  # its reader
                os.kill(pid, signal.SIGKILL)
                killed += 1
        assert killed == 1
        ended = running.wait()
        report = ended.report["sites"][0]
        assert ended.code == 0, ended.err
        assert report["new"] + report["failed"] == 12
        assert report["failed"] <= 2  # what it read then
        captured = press.kept.sql("SELECT count(DISTINCT candidate_id) AS n FROM captures WHERE status = 200")
        assert captured[0]["n"] == 12
        assert raw(Held(press.folder)) == []
        press.kept.assert_sound()
