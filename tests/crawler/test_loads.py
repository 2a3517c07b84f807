"""How much of all transfers may lie in memory, and that no transfer waits for ever."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from typing import cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.wire import HEAVY, Connection, Loads
from tests.hostile import HostileServer
from tests.hostile.markup import build
from tests.running import environment

MOST = 1000
SIZE = 300  # of a chunk
TRANSFER = 7 * SIZE
PACE = 2 * SIZE
ROOM = 4 * SIZE
SITES = 8


class Turns:
    """Ends turns when a test says so."""

    def __init__(self) -> None:
        self._calls: list[Callable[[], None]] = []

    def later(self, _: float, function: Callable[[], None]) -> None:
        self._calls.append(function)

    def end(self) -> None:
        calls, self._calls = self._calls, []
        for call in calls:
            call()


def loads_and_turns(room: int = ROOM) -> tuple[Loads, Turns]:
    turns = Turns()
    return Loads(MOST, room, PACE, turns.later), turns


class Transfer:
    """A server that sends whenever it may, as the loads see it."""

    def __init__(self, loads: Loads) -> None:
        self._loads = loads
        self.brought = 0
        self.waits = False

    @property
    def connection(self) -> Connection:
        return cast("Connection", self)

    def wait(self) -> None:
        self.waits = True

    def go_on(self) -> None:
        self.waits = False

    def send(self) -> None:
        self.brought += SIZE
        self._loads.brought(self.connection, SIZE, is_heavy=self.brought > SIZE)

    def end(self) -> None:
        self._loads.ended(self.connection, self.brought)


@given(st.lists(st.integers(0, SITES), max_size=300))
@example([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, SITES, SITES, SITES, SITES])  # five lead, and each brings little
@example([0, 1, 1, 1, 0, 1, SITES])
def test_memory_is_bounded_and_every_transfer_ends(turns: list[int]) -> None:
    loads, clock = loads_and_turns()
    transfers = [Transfer(loads) for _ in range(SITES)]
    to_disk: list[int] = []
    left = list(transfers)

    def step(transfer: Transfer) -> None:
        if transfer not in left or transfer.waits:
            return
        transfer.send()
        if transfer.brought >= TRANSFER:
            left.remove(transfer)
            transfer.end()
            loads.came(TRANSFER)
            to_disk.append(TRANSFER)
        held = sum(to_disk) + sum(one.brought for one in left)
        # beside that: a whole transfer that leads, of all others a first chunk and one that was too much
        assert held <= MOST + ROOM + TRANSFER + (len(transfers) - 1) * 2 * SIZE

    for turn in turns:
        if turn == 0 and to_disk:
            loads.gone(to_disk.pop())
        if turn == SITES:
            clock.end()
        else:
            step(transfers[turn])
    while left:
        going = [one for one in left if not one.waits]
        assert going or to_disk, "all wait"
        if to_disk:
            loads.gone(to_disk.pop())
        for one in going:
            step(one)


def test_a_light_transfer_is_never_held_up() -> None:
    loads, _ = loads_and_turns()
    loads.came(MOST + 1)
    light = Transfer(loads)
    loads.brought(light.connection, SIZE, is_heavy=False)
    assert not light.waits


def test_who_waited_goes_on_when_the_disk_has_taken_what_came() -> None:
    loads, _ = loads_and_turns()
    loads.came(MOST)
    heavy, other = Transfer(loads), Transfer(loads)
    for transfer in (heavy, other):
        transfer.send()
        transfer.send()
    assert heavy.waits
    assert other.waits
    loads.gone(MOST)
    assert not heavy.waits  # the first, with nothing on its way to the disk
    assert other.waits  # both together brought more than may be
    heavy.end()
    assert not other.waits


def test_a_server_that_drips_holds_up_nobody_for_long() -> None:
    loads, turns = loads_and_turns(room=10 * MOST)
    drip, *others = [Transfer(loads) for _ in range(4)]
    for _ in range(2):
        for transfer in (drip, *others):
            transfer.send()
    assert [one.waits for one in (drip, *others)] == [False, True, True, True]
    turns.end()
    assert [one.waits for one in (drip, *others)] == [False, False, True, True]
    others[0].send()
    others[0].send()  # leads alone from now on
    drip.send()
    assert drip.waits
    for last, following in itertools.pairwise(others):
        last.end()
        assert not following.waits  # at once: who was slow is behind all others
    others[-1].end()
    assert not drip.waits


@pytest.mark.slow
def test_connections_are_held_up() -> None:
    """On the real wire, in a process of its own: a reactor cannot be started twice."""
    part, most, servers = 8 << 20, 1 << 20, 8
    path, size = f"/h/data-uri?n={part}", len(build("data-uri", part))
    with ExitStack() as stack:
        urls = [stack.enter_context(HostileServer()).url(path) for _ in range(servers)]
        command = [sys.executable, "-m", "tests.crawler.pausing", str(most), *urls]
        result = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    peak, came = map(int, result.stdout.split())
    assert came == servers * size
    assert peak < most + servers * 4 * HEAVY + 2 * size  # one that leads, and what its end lets through
    assert peak < came / 2
