"""What a host's answers do to its turns, and the word for every failure."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
)
from scrapy.http import Response

from crawler.config import Config, CrawlSettings
from crawler.politeness.bounds import OutOfBounds
from crawler.politeness.causes import cause_of
from crawler.politeness.hosts import Host, HostBook, HostDeferred
from crawler.politeness.robots import RobotsRefused, RobotsUnreachable
from crawler.politeness.slots import SlotsMiddleware
from crawler.tally import Tally

URL = "https://presse.example/actualite/1"
KEY = "presse.example"


class Memory:
    """Keeps nothing between runs."""

    def __init__(self) -> None:
        self.said: list[tuple[str, ...]] = []

    async def recall(self, key: str) -> None:
        self.said.append(("recall", key))

    def answered(self, key: str) -> None:
        self.said.append(("answered", key))

    def failed(self, key: str, why: str, pause: float) -> None:
        self.said.append(("failed", key, why, f"{pause:g}"))


class Crawl:
    """The middleware with what it needs of a crawl: a host book, a clock, a tally."""

    def __init__(self, unit: float = 0.01) -> None:
        session = SimpleNamespace(
            hosts=HostBook(),
            config=Config(crawl=CrawlSettings(retry_unit=unit)),
            clock=lambda: datetime(2026, 11, 24, tzinfo=UTC),
            host_memory=Memory(),
        )
        self.spider = SimpleNamespace(
            name="presse", session=session, tally=Tally(), host_limits=lambda: (1, 0.0)
        )
        self.slots = SlotsMiddleware(SimpleNamespace(spider=self.spider))  # type: ignore[arg-type]
        self.book: HostBook = session.hosts

    @property
    def host(self) -> Host:
        return self.book.host(KEY)

    async def answered(self, status: int, **headers: str) -> None:
        request = Request(URL)
        await self.slots.process_request(request)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.slots.process_response(request, Response(URL, status, named))

    async def failed(self, error: Exception) -> None:
        request = Request(URL)
        await self.slots.process_request(request)
        self.slots.process_exception(request, error)


def run(coroutine: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(coroutine, 10))


def test_a_turn_is_given_back_whatever_comes() -> None:
    async def crawl() -> None:
        site = Crawl()
        await site.answered(200)
        await site.answered(404)
        await site.failed(DownloadTimeoutError("x"))
        assert site.host.busy == 0
        assert site.spider.tally.requests == 3

    run(crawl())


def test_no_answer_five_times_puts_the_host_off() -> None:
    async def crawl() -> None:
        site = Crawl(unit=0.001)
        for _ in range(5):
            await site.failed(DownloadTimeoutError("x"))
        with pytest.raises(HostDeferred, match="unreachable"):
            await site.answered(200)

    run(crawl())


def test_one_good_answer_between_failures_keeps_the_host() -> None:
    async def crawl() -> None:
        site = Crawl(unit=0.001)
        for _ in range(4):
            await site.failed(DownloadTimeoutError("x"))
            await site.answered(500)
            await site.answered(200)
        assert site.host.deferred is None
        assert site.host.failures == 0

    run(crawl())


def test_pauses_grow_after_failures() -> None:
    async def crawl() -> None:
        site = Crawl(unit=0.02)
        begun = time.monotonic()
        await site.answered(503)
        await site.answered(500)
        await site.answered(200)
        assert time.monotonic() - begun >= 0.119  # 2 and 4 units

    run(crawl())


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_kept_and_a_long_one_ends_the_run_for_the_host(status: int) -> None:
    async def crawl() -> None:
        site = Crawl()
        begun = time.monotonic()
        await site.answered(status, Retry_After="0.3")
        await site.answered(200)
        assert time.monotonic() - begun >= 0.29
        await site.answered(status, Retry_After="3600")
        with pytest.raises(HostDeferred, match="too_many_requests" if status == 429 else "unavailable"):
            await site.answered(200)

    run(crawl())


@pytest.mark.parametrize("value", ["soon", "", "-1", "Tue, 24 Nov 2020 00:00:00 GMT"])
def test_an_unreadable_retry_after_is_a_pause_like_any_other(value: str) -> None:
    async def crawl() -> None:
        site = Crawl(unit=0.05)
        begun = time.monotonic()
        await site.answered(429, Retry_After=value)
        await site.answered(200)
        assert 0.09 <= time.monotonic() - begun < 2

    run(crawl())


def test_ten_refusals_in_a_row_are_a_ban_and_fewer_are_not() -> None:
    async def crawl() -> None:
        site = Crawl()
        for _ in range(9):
            await site.answered(403)
        await site.answered(200)
        for _ in range(10):
            await site.answered(403)
        with pytest.raises(HostDeferred, match="refused"):
            await site.answered(200)

    run(crawl())


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (RobotsRefused("x"), "robots"),
        (RobotsUnreachable("x"), "robots_unreachable"),
        (OutOfBounds("forbidden_address", URL), "forbidden_address"),
        (HostDeferred("too_many_requests"), "too_many_requests"),
        (DownloadTimeoutError("Getting https://presse.example/SSL took longer than 30 seconds"), "timeout"),
        (CannotResolveHostError("x"), "dns"),
        (DownloadConnectionRefusedError("x"), "connection_refused"),
        (DownloadFailedError("[<Failure: ConnectionLost>]"), "connection_lost"),
        (DownloadFailedError("[<Failure OpenSSL.SSL.Error: certificate verify failed>]"), "tls"),
        (DownloadCancelledError("x"), "too_large"),
        (IgnoreRequest("max redirections reached"), "too_many_redirects"),
        (IgnoreRequest("Cancelled decompression: too big"), "too_large"),
        (ConnectionResetError("x"), "connection_failed"),
        (KeyError("x"), "KeyError"),
    ],
)
def test_every_failure_has_its_word(error: Exception, word: str) -> None:
    assert cause_of(error) == word
