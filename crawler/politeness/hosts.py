"""Turns: how many requests a host gets at once, and how far apart they start.

Scrapy's own per-domain limit is overrun at delay 0 (a limit of 1 gave 9-11 requests in flight), so the limit
is kept here. The book is shared by all sites of the process, because two sites may live on one host, and
through `SharedTurns` with other processes of the archive.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from scrapy.exceptions import IgnoreRequest

from crawler.politeness.turns import SharedTurns

_SLOW = 1.0  # seconds for an answer; a host that takes longer is asked less often
_LONGEST = 30.0  # seconds between two requests, however slow the host


class HostDeferred(IgnoreRequest):
    """The host's pages wait for the next run; the message says why in one word."""


@dataclass(slots=True, eq=False)
class Host:
    """What is known of one host in this process. Times are time.monotonic() seconds.

    `limits` holds what each site wants (requests in flight, seconds between starts): the gentlest counts.
    """

    limits: dict[str, tuple[int, float]] = field(default_factory=dict)
    asked_delay: float = 0.0  # its own Crawl-delay
    pace: float | None = None  # seconds an answer takes, averaged over the last few
    busy: int = 0
    next_start: float = 0.0
    deferred: str | None = None
    failures: int = 0  # in a row: no answer, 429 or 5xx
    refusals: int = 0  # in a row: 401, 403, 407
    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)  # for a turn, first come first served
    pausing: set[asyncio.Future[None]] = field(default_factory=set)  # have a turn, wait for its time

    @property
    def concurrency(self) -> int:
        return min((limit for limit, _ in self.limits.values()), default=1)

    @property
    def delay(self) -> float:
        slowness = min(self.pace, _LONGEST) if self.pace is not None and self.pace > _SLOW else 0.0
        return max([self.asked_delay, slowness, *(delay for _, delay in self.limits.values())])


class HostBook:
    """Every host's turns. Used on the event loop only."""

    def __init__(self, shared: SharedTurns | None = None) -> None:
        self._hosts: dict[str, Host] = {}
        self._shared = shared
        self.closed = False

    def host(self, key: str) -> Host:
        return self._hosts.setdefault(key, Host())

    def limit(self, key: str, site: str, concurrency: int, delay: float) -> None:
        """What a site allows itself on a host; where two sites differ, the gentler one counts for both."""
        host = self.host(key)
        host.limits[site] = (max(1, concurrency), max(0.0, delay))
        self._hand_over(host)

    async def take(self, key: str) -> None:
        """Wait for a turn at this host; give it back whatever happens then.

        Raises:
            HostDeferred: the host is put off to the next run, or the crawl is stopping.
        """
        host = self.host(key)
        self._check(host)
        if host.waiting or host.busy >= host.concurrency:
            await self._stand_in_line(host)
        else:
            host.busy += 1
        try:
            self._check(host)  # the answer that handed the turn over may have said that it was the last
            while (pause := self._pause_before(key, host)) > 0:
                await self._pause(host, pause)
                self._check(host)
        except BaseException:
            self._leave(host)
            raise
        host.next_start = time.monotonic() + host.delay

    def _pause_before(self, key: str, host: Host) -> float:
        """Seconds until the request may start; 0 takes the turn among the processes too."""
        pause = host.next_start - time.monotonic()
        if pause > 0 or self._shared is None:
            return pause
        return self._shared.enter(key, host.concurrency, host.delay)

    def give_back(self, key: str) -> None:
        """The request is over."""
        if self._shared is not None:
            self._shared.leave(key)
        self._leave(self.host(key))

    def _leave(self, host: Host) -> None:
        host.busy -= 1
        self._hand_over(host)

    def hold(self, key: str, seconds: float) -> None:
        """No request to this host for so long."""
        host = self.host(key)
        host.next_start = max(host.next_start, time.monotonic() + seconds)
        if self._shared is not None:
            self._shared.hold(key, seconds)

    def slow_down(self, key: str, seconds: float) -> None:
        """The host's own Crawl-delay."""
        host = self.host(key)
        host.asked_delay = max(host.asked_delay, seconds)
        self.hold(key, seconds)

    def answered(self, key: str, seconds: float) -> None:
        """An answer took so long: a host that grows slow gets its requests further apart."""
        host = self.host(key)
        host.pace = seconds if host.pace is None else 0.7 * host.pace + 0.3 * seconds

    def defer(self, key: str, reason: str) -> None:
        """No more requests to this host in this run."""
        host = self.host(key)
        host.deferred = host.deferred or reason
        self._wake(host, host.deferred)

    def close(self) -> None:
        """The crawl stops: whoever waits for a turn hears of it now."""
        self.closed = True
        for host in self._hosts.values():
            self._wake(host, "stopping")

    def _check(self, host: Host) -> None:
        if self.closed:
            raise HostDeferred("stopping")
        if host.deferred is not None:
            raise HostDeferred(host.deferred)

    async def _stand_in_line(self, host: Host) -> None:
        """Wait for a turn to be handed over; it counts as taken from that moment, so nobody can jump in."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        host.waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn in host.waiting:
                host.waiting.remove(turn)
            elif turn.done() and not turn.cancelled() and turn.exception() is None:
                self._leave(host)  # handed over in the moment of the cancellation
            raise

    @staticmethod
    def _hand_over(host: Host) -> None:
        while host.waiting and host.busy < host.concurrency:
            turn = host.waiting.popleft()
            if not turn.done():
                host.busy += 1
                turn.set_result(None)

    @staticmethod
    async def _pause(host: Host, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        over: asyncio.Future[None] = loop.create_future()
        timer = loop.call_later(seconds, _end, over)
        host.pausing.add(over)
        try:
            await over
        finally:
            timer.cancel()
            host.pausing.discard(over)

    @staticmethod
    def _wake(host: Host, reason: str) -> None:
        while host.waiting:
            turn = host.waiting.popleft()
            if not turn.done():
                turn.set_exception(HostDeferred(reason))
        for over in host.pausing:
            _end(over)


def _end(over: asyncio.Future[None]) -> None:
    if not over.done():
        over.set_result(None)


def host_key(url: str) -> str:
    """Host and port: the thing that has a limit."""
    return urlsplit(url).netloc.rpartition("@")[2].lower()
