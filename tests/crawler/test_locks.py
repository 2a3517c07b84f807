"""One process a site: the lock dies with its holder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.locks import Locked, SiteLock

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOLD = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from crawler.locks import SiteLock

lock = SiteLock(Path(sys.argv[1]), "presse")
lock.acquire(datetime.now(UTC))
print("held", flush=True)
time.sleep(60)
"""


def holder(folder: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_who_comes_second_hears_since_when_and_which_process(tmp_path: Path) -> None:
    with holder(tmp_path) as process:
        try:
            with pytest.raises(Locked, match=rf"^already running since 20\S+, pid {process.pid}$"):
                SiteLock(tmp_path, "presse").acquire(NOW)
            other = SiteLock(tmp_path, "autre")
            other.acquire(NOW)
            other.release()
        finally:
            process.kill()


def test_a_killed_holder_leaves_no_lock(tmp_path: Path) -> None:
    with holder(tmp_path) as process:
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)
    lock = SiteLock(tmp_path, "presse")
    lock.acquire(NOW)
    assert f"pid {os.getpid()}" in (tmp_path / "locks" / "presse.lock").read_text()
    lock.release()


def test_released_and_taken_again(tmp_path: Path) -> None:
    first, second = SiteLock(tmp_path, "presse"), SiteLock(tmp_path, "presse")
    first.acquire(NOW)
    with pytest.raises(Locked):
        second.acquire(NOW)
    first.release()
    first.release()
    second.acquire(NOW)
    second.release()
