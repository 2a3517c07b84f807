"""Workers are real processes here: killed, starved and crashed with functions of the standard library."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.workers import ReadCrash, ReadError, ReadTimeout, WorkerPool
from pipelines.workers_process import CHILD


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    with WorkerPool(2, deadline=1.0, memory=1 << 30) as pool:
        yield pool


def test_a_named_function_runs_in_another_process(pool: WorkerPool) -> None:
    assert pool.call("math:sqrt", 2.0).result() == math.sqrt(2.0)
    assert pool.call("os:getpid").result() != os.getpid()


def test_a_call_over_its_deadline_is_killed_and_the_pool_goes_on(pool: WorkerPool) -> None:
    pool.call("math:sqrt", 1.0).result()
    with pytest.raises(ReadTimeout):
        pool.call("time:sleep", 60).result()
    assert pool.call("math:sqrt", 9.0).result() == 3.0


def test_a_call_that_works_over_its_deadline_is_killed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """By its own processor time: the patience with a busy machine would end after a thousand seconds."""
    monkeypatch.setattr("pipelines.workers_process.PATIENCE", 1000)
    with WorkerPool(1, deadline=1.0, memory=1 << 30) as pool:
        pool.call("math:sqrt", 1.0).result()
        started = time.monotonic()
        with pytest.raises(ReadTimeout):
            pool.call("math:factorial", 100_000_000).result()
        assert time.monotonic() - started < 500  # far less than patience, far more than a busy machine takes


@pytest.mark.parametrize("first", ["os:_exit", "time:sleep", "math:nosuch"])
def test_a_second_function_takes_over_where_the_first_was_killed(pool: WorkerPool, first: str) -> None:
    assert pool.call(first, 60, second="math:sqrt").result() == math.sqrt(60)


def test_where_both_fail_the_first_fault_counts(pool: WorkerPool) -> None:
    with pytest.raises(ReadCrash):
        pool.call("os:_exit", -1, second="math:sqrt").result()


def test_a_crash_fails_one_call_only(pool: WorkerPool) -> None:
    with pytest.raises(ReadCrash):
        pool.call("os:_exit", 7).result()
    assert [pool.call("math:sqrt", n * n).result() for n in range(5)] == [0, 1, 2, 3, 4]


def test_an_exception_names_itself(pool: WorkerPool) -> None:
    with pytest.raises(ReadError, match="ValueError"):
        pool.call("math:sqrt", -1.0).result()


def test_memory_is_bounded(pool: WorkerPool) -> None:
    with pytest.raises(ReadError, match="MemoryError"):
        pool.call("operator:mul", b"x", 3 << 30).result()


def test_a_worker_is_replaced_after_its_number_of_calls() -> None:
    with WorkerPool(1, recycle=2) as pool:
        pids = [pool.call("os:getpid").result() for _ in range(4)]
    assert pids[0] == pids[1] != pids[2] == pids[3]


def _workers() -> set[int]:
    children = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    pids = {int(pid) for path in children for pid in path.read_text().split()}
    return {pid for pid in pids if CHILD.encode() in Path(f"/proc/{pid}/cmdline").read_bytes()}


def test_a_second_process_is_started_only_for_a_queue() -> None:
    others = _workers()
    with WorkerPool(2, deadline=30.0) as pool:
        for _ in range(5):
            pool.call("os:getpid").result()
        assert len(_workers() - others) == 1
        for future in [pool.call("time:sleep", 0.1) for _ in range(9)]:
            future.result()
        assert len(_workers() - others) == 2


def test_answers_belong_to_their_questions(pool: WorkerPool) -> None:
    futures = [pool.call("operator:mul", n, 3) for n in range(200)]
    assert [future.result() for future in futures] == [3 * n for n in range(200)]


def test_no_worker_outlives_a_killed_parent() -> None:
    program = (
        "from pipelines.workers import WorkerPool\n"
        "if __name__ == '__main__':\n"
        "    pool = WorkerPool(1, deadline=60)\n"
        "    print(pool.call('os:getpid').result(), flush=True)\n"
        "    pool.call('time:sleep', 60).result()\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    worker = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    for _ in range(100):
        if not _alive(worker):
            return
        time.sleep(0.05)
    os.kill(worker, signal.SIGKILL)
    pytest.fail("the worker lives on after its parent was killed")


def _alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except OSError:
        return False
    return stat.rsplit(")", 1)[1].split()[0] != "Z"
