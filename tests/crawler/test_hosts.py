"""Turns: the limit holds, first come first served, nothing is lost when a waiter goes."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Coroutine
from typing import Any

import pytest

from crawler.politeness.hosts import HostBook, HostDeferred, host_key

KEY = "presse.example"


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(asyncio.wait_for(coroutine, 10))


def book_with(concurrency: int = 1, delay: float = 0.0) -> HostBook:
    book = HostBook()
    book.limit(KEY, "presse", concurrency, delay)
    return book


class Meter:
    """Counts who is inside."""

    def __init__(self, book: HostBook) -> None:
        self.book = book
        self.inside = 0
        self.most = 0
        self.order: list[int] = []
        self.starts: list[float] = []

    async def visit(self, number: int, seconds: float = 0.0) -> None:
        await self.book.take(KEY)
        self.inside += 1
        self.most = max(self.most, self.inside)
        self.order.append(number)
        self.starts.append(time.monotonic())
        try:
            await asyncio.sleep(seconds)
        finally:  # as the middleware does it: a turn is given back however the request ends
            self.inside -= 1
            self.book.give_back(KEY)


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_the_limit_holds_and_is_used(limit: int) -> None:
    async def crawl() -> Meter:
        meter = Meter(book_with(limit))
        await asyncio.gather(*(meter.visit(n, random.random() / 500) for n in range(60)))
        return meter

    meter = run(crawl())
    assert meter.most == limit
    assert len(meter.order) == 60
    assert meter.book.host(KEY).busy == 0


def test_first_come_first_served_though_others_come_between() -> None:
    async def crawl() -> list[int]:
        meter = Meter(book_with())

        async def late() -> None:
            for number in range(100, 110):
                await asyncio.sleep(0)
                await meter.visit(number)

        await asyncio.gather(*(meter.visit(n) for n in range(20)), late())
        return [number for number in meter.order if number < 100]

    assert run(crawl()) == list(range(20))


def test_nobody_jumps_in_between_giving_back_and_waking() -> None:
    async def crawl() -> list[int]:
        meter = Meter(book_with())
        await meter.book.take(KEY)
        waiting = asyncio.create_task(meter.visit(1))
        await asyncio.sleep(0)
        meter.book.give_back(KEY)  # handed to number 1, who has not run yet
        await meter.visit(2)
        await waiting
        return meter.order

    assert run(crawl()) == [1, 2]


def test_a_cancelled_waiter_leaves_the_line() -> None:
    async def crawl() -> Meter:
        meter = Meter(book_with())
        await meter.book.take(KEY)
        tasks = [asyncio.create_task(meter.visit(n)) for n in range(5)]
        await asyncio.sleep(0)
        for task in tasks[::2]:
            task.cancel()
        meter.book.give_back(KEY)
        await asyncio.gather(*tasks, return_exceptions=True)
        return meter

    meter = run(crawl())
    assert meter.order == [1, 3]
    assert meter.book.host(KEY).busy == 0


def test_a_waiter_cancelled_in_the_moment_it_is_served_passes_its_turn_on() -> None:
    async def crawl() -> Meter:
        meter = Meter(book_with())
        await meter.book.take(KEY)
        first, second = (asyncio.create_task(meter.visit(n)) for n in (1, 2))
        await asyncio.sleep(0)
        meter.book.give_back(KEY)
        first.cancel()
        await asyncio.gather(first, second, return_exceptions=True)
        return meter

    meter = run(crawl())
    assert meter.order == [2]
    assert meter.book.host(KEY).busy == 0


def test_cancelled_while_it_waits_for_its_time() -> None:
    async def crawl() -> Meter:
        meter = Meter(book_with(delay=5.0))
        await meter.visit(0)
        task = asyncio.create_task(meter.visit(1))
        await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return meter

    meter = run(crawl())
    assert meter.book.host(KEY).busy == 0
    assert not meter.book.host(KEY).pausing


def test_random_cancellations_leave_no_turn_behind() -> None:
    async def crawl(seed: int) -> Meter:
        chance = random.Random(seed)
        meter = Meter(book_with(3, delay=0.001))
        tasks = [asyncio.create_task(meter.visit(n, 0.0005)) for n in range(40)]
        for task in chance.sample(tasks, 20):
            await asyncio.sleep(chance.random() / 300)
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return meter

    for seed in range(10):
        meter = run(crawl(seed))
        host = meter.book.host(KEY)
        assert host.busy == meter.inside == 0
        assert not host.waiting
        assert len(meter.order) >= 20  # whoever was not cancelled has had a turn
        assert meter.most <= 3


def test_starts_keep_their_distance() -> None:
    async def crawl() -> list[float]:
        meter = Meter(book_with(4, delay=0.05))
        await asyncio.gather(*(meter.visit(n, 0.01) for n in range(6)))
        return meter.starts

    starts = sorted(run(crawl()))
    assert all(after - before >= 0.049 for before, after in itertools.pairwise(starts))


def test_a_hold_keeps_everybody_back_and_then_lets_them_go() -> None:
    async def crawl() -> list[float]:
        meter = Meter(book_with(4))
        begun = time.monotonic()
        meter.book.hold(KEY, 0.2)
        await asyncio.gather(*(meter.visit(n) for n in range(3)))
        return [start - begun for start in meter.starts]

    assert all(0.19 <= start < 1 for start in run(crawl()))


def test_hosts_do_not_wait_for_each_other() -> None:
    async def crawl() -> float:
        book = book_with()
        book.hold(KEY, 5)
        slow = asyncio.create_task(book.take(KEY))
        await asyncio.sleep(0)
        begun = time.monotonic()
        await book.take("autre.example")
        slow.cancel()
        return time.monotonic() - begun

    assert run(crawl()) < 0.5


def test_two_sites_of_one_host_share_the_gentler_limit() -> None:
    book = book_with(8, 0.5)
    book.limit(KEY, "autre", 2, 0.1)
    assert book.host(KEY).concurrency == 2
    assert book.host(KEY).delay == 0.5
    book.limit(KEY, "presse", 8, 0.0)
    assert book.host(KEY).concurrency == 2
    assert book.host(KEY).delay == 0.1


def test_a_crawl_delay_and_a_slow_host_widen_the_distance() -> None:
    async def delays() -> tuple[float, float, float]:
        book = book_with(delay=0.1)
        book.answered(KEY, 0.3)
        quick = book.host(KEY).delay
        book.slow_down(KEY, 2.0)
        asked = book.host(KEY).delay
        for _ in range(30):
            book.answered(KEY, 9.0)
        return quick, asked, book.host(KEY).delay

    quick, asked, slow = run(delays())
    assert (quick, asked) == (0.1, 2.0)
    assert 8 < slow <= 9


@pytest.mark.parametrize("end", ["close", "defer"])
def test_who_waits_hears_at_once_that_it_is_over(end: str) -> None:
    async def crawl() -> tuple[list[Any], HostBook, float]:
        book = book_with(1, delay=30.0)
        await book.take(KEY)  # the next has to wait half a minute
        tasks = [asyncio.create_task(book.take(KEY)) for _ in range(3)]
        await asyncio.sleep(0.01)
        book.give_back(KEY)  # one of them now waits for its time, two for a turn
        await asyncio.sleep(0.01)
        begun = time.monotonic()
        if end == "close":
            book.close()
        else:
            book.defer(KEY, "unreachable")
        results = await asyncio.gather(*tasks, return_exceptions=True)
        return results, book, time.monotonic() - begun

    results, book, seconds = run(crawl())
    assert all(isinstance(result, HostDeferred) for result in results)
    assert {str(result) for result in results} == {"stopping" if end == "close" else "unreachable"}
    assert seconds < 0.5
    assert book.host(KEY).busy == 0


def test_nobody_starts_after_the_end() -> None:
    book = book_with()
    book.close()
    with pytest.raises(HostDeferred, match="stopping"):
        run(book.take(KEY))


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://presse.example/a", "presse.example"),
        ("http://PRESSE.example:8080/a", "presse.example:8080"),
        ("http://nom:secret@presse.example/", "presse.example"),
        ("http://[::1]:80/", "[::1]:80"),
    ],
)
def test_what_has_a_limit(url: str, key: str) -> None:
    assert host_key(url) == key
