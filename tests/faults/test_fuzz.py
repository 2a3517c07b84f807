"""Damaged pages, feeds, sitemaps and capture files: some hundreds always, a hundred thousand in the soak.

They go through the pool that reads for a crawl; its processes may be killed by a page, this one may not.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from itertools import islice
from pathlib import Path

import pytest

from pipelines.workers import ReadFault, WorkerPool
from tests.faults.mutations import KINDS, mutant
from tests.running import run_hemero

QUICK = 60  # of each kind
LONG = 25_000
AHEAD = 32
Try = tuple[str, int, "Future[float]"]


@pytest.fixture(autouse=True)
def _readers_find_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[2]))


def _outcomes(pool: WorkerPool, count: int) -> Iterator[tuple[str, int, float | ReadFault]]:
    """(kind, number, seconds of work or what went wrong), some calls in flight."""
    waiting: deque[Try] = deque()
    numbers = iter([(kind, number) for number in range(count) for kind in KINDS])
    while True:
        for kind, number in islice(numbers, AHEAD - len(waiting)):
            waiting.append((kind, number, pool.call("tests.faults.mutations:attempt", kind, number)))
        if not waiting:
            return
        kind, number, future = waiting.popleft()
        try:
            yield kind, number, future.result()
        except ReadFault as fault:
            yield kind, number, fault


def _check(count: int) -> tuple[int, float]:
    """How many were read and the slowest of them; every fault fails the test and names its input."""
    read, slowest, faults = 0, 0.0, []
    with WorkerPool(2) as pool:
        for kind, number, outcome in _outcomes(pool, count):
            read += 1
            if isinstance(outcome, ReadFault):
                faults.append(f"{kind} {number}: {outcome.cause}: {outcome}")
            else:
                slowest = max(slowest, outcome)
    assert faults == [], "\n".join(faults[:50])
    return read, slowest


def test_the_damage_is_real_and_the_same_each_time() -> None:
    for kind in KINDS:
        copies = [mutant(kind, number) for number in range(50)]
        assert len(set(copies)) > 45, kind
        assert copies == [mutant(kind, number) for number in range(50)]


def test_hundreds_of_damaged_inputs() -> None:
    read, slowest = _check(QUICK)
    assert read == QUICK * len(KINDS)
    assert slowest < 10


@pytest.mark.soak
@pytest.mark.timeout(14_400)
def test_a_hundred_thousand_damaged_inputs() -> None:
    read, slowest = _check(LONG)
    print(f"{read} damaged inputs, the slowest took {slowest:.2f} s of work")
    assert read == LONG * len(KINDS)
    assert slowest < 10


def test_the_command_gives_a_line_for_each_damaged_page(tmp_path: Path) -> None:
    entries = []
    for number in range(40):
        path = tmp_path / f"{number}.html"
        path.write_bytes(mutant("page", number))
        entries.append(json.dumps({"file": path.name, "url": f"https://vigie.example/{number}"}))
    manifest = tmp_path / "pages.jsonl"
    manifest.write_text("\n".join(entries), encoding="utf-8")
    result = run_hemero("read", "--manifest", manifest, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(lines) == len(entries)
    for number, line in enumerate(lines):  # what is no page any more is refused by name, in its place
        assert line["url"] == f"https://vigie.example/{number}" or f"{number}.html" in line["error"]
