"""Turns that processes share: a limit and a delay that hold across them, and die with them."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from crawler.politeness.hosts import HostBook
from crawler.politeness.turns import SharedTurns

KEY = "presse.example:8080"
HOLDER = """
import sys, time
from pathlib import Path
from crawler.politeness.turns import SharedTurns
turns = SharedTurns(Path(sys.argv[1]))
assert turns.enter("presse.example:8080", 1, float(sys.argv[2])) == 0.0
print("in", flush=True)
sys.stdin.read(1)
turns.leave("presse.example:8080")
print("out", flush=True)
sys.stdin.read(1)
"""


def holder(folder: Path, delay: float) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder), str(delay)],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "in\n"
    return process


def test_the_limit_holds_across_processes(tmp_path: Path) -> None:
    with holder(tmp_path, 0.0) as other:
        turns = SharedTurns(tmp_path)
        assert turns.enter(KEY, 1, 0.0) > 0
        assert turns.enter("autre.example", 1, 0.0) == 0
        assert turns.enter(KEY, 2, 0.0) == 0  # a second one, where two are allowed
        turns.leave(KEY)
        other.communicate("xx")
        assert turns.enter(KEY, 1, 0.0) == 0
        turns.close()


def test_a_process_that_dies_gives_its_turn_back(tmp_path: Path) -> None:
    with holder(tmp_path, 0.0) as other:
        turns = SharedTurns(tmp_path)
        assert turns.enter(KEY, 1, 0.0) > 0
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
        assert turns.enter(KEY, 1, 0.0) == 0
        turns.close()


def test_the_delay_holds_across_processes(tmp_path: Path) -> None:
    with holder(tmp_path, 0.5) as other:
        other.communicate("xx")
        turns = SharedTurns(tmp_path)
        assert 0.1 < turns.enter(KEY, 1, 0.5) <= 0.5
        turns.close()


def test_a_pause_is_for_all_but_not_for_ever(tmp_path: Path) -> None:
    one, other = SharedTurns(tmp_path / "a"), SharedTurns(tmp_path / "b")
    one.hold(KEY, 1e9)
    assert 290 < one.enter(KEY, 1, 0.0) <= 300
    assert other.enter(KEY, 1, 0.0) == 0
    one.close()
    other.close()


def test_a_start_written_before_the_machine_was_started_anew_is_ignored(tmp_path: Path) -> None:
    turns = SharedTurns(tmp_path)
    assert turns.enter(KEY, 1, 0.0) == 0
    turns.leave(KEY)
    (file,) = tmp_path.iterdir()
    file.write_bytes((int((time.monotonic() + 5000) * 1e9)).to_bytes(8, "little"))
    assert turns.enter(KEY, 1, 0.0) == 0
    turns.close()


def test_a_folder_that_cannot_be_used_leaves_each_process_to_itself(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    turns = SharedTurns(tmp_path / "file" / "hosts")
    assert turns.enter(KEY, 1, 1.0) == 0
    turns.leave(KEY)
    turns.hold(KEY, 5)
    turns.close()


def test_a_book_waits_for_other_processes(tmp_path: Path) -> None:
    async def crawl() -> float:
        book = HostBook(SharedTurns(tmp_path))
        book.limit(KEY, "presse", 1, 0.0)
        started = time.monotonic()
        await asyncio.wait_for(book.take(KEY), 10)
        book.give_back(KEY)
        return time.monotonic() - started

    with holder(tmp_path, 0.4) as other:
        other.communicate("xx")
        waited = asyncio.run(crawl())
    assert 0.05 < waited < 5
