"""Many pages at once through capture, reading and storing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Any

from pipelines.flow import GIANT, MOST, Flow, Job
from pipelines.rules import GENERIC
from pipelines.workers import WorkerPool
from storage.archive import Archive
from storage.records import Capture, Page
from storage.writer import ArchiveWriter
from tests.hostile.markup import build
from tests.storage.conftest import make_site

AT = datetime(2026, 3, 1, tzinfo=UTC)
LARGE = build("data-uri", 12 << 20)  # read at once, for all its bytes


def test_no_more_bytes_are_under_way_than_fit(archive: Archive) -> None:
    with archive.write() as session:
        site = make_site(session)
    asked: list[int] = []

    def jobs(body: bytes, count: int) -> Iterator[Job]:
        for number in range(count):
            asked.append(number)
            url = f"https://www.vigie.example/a/{number}-{len(body)}"
            whole = body + str(number).encode()
            capture = Capture(url, None, 200, ((b"Content-Type", b"text/html"),), whole, AT)
            yield Job(url, capture, Page(url, whole, AT), GENERIC, site)

    with WorkerPool(1) as pool, ArchiveWriter(archive, None) as writer:
        flow = Flow(pool, writer)
        ahead = []
        for done, kept in enumerate(flow.keep(jobs(LARGE, 5))):
            assert kept.reading is not None, kept.error
            ahead.append(len(asked) - done)
        asked.clear()
        small = next(flow.keep(jobs(b"<p>Bonjour</p>", 40)))
    assert max(ahead) * len(LARGE) <= MOST + len(LARGE)
    assert len(asked) == 40, "small pages do not wait for each other"
    assert small.capture_id > 5


class Counting(WorkerPool):
    """Knows how many calls were under way at once."""

    most = now = 0

    def call(self, function: str, *args: Any, second: str | None = None) -> Future[Any]:
        self.now += 1
        self.most = max(self.most, self.now)
        future = super().call(function, *args, second=second)
        future.add_done_callback(lambda _: setattr(self, "now", self.now - 1))
        return future


def test_giants_are_read_one_at_a_time_and_from_their_captures(archive: Archive) -> None:
    body = build("data-uri", 2 * GIANT)
    urls = [f"https://www.vigie.example/a/{number}" for number in range(3)]
    with Counting(2) as pool, ArchiveWriter(archive, None) as writer:
        flow = Flow(pool, writer)
        html = ((b"Content-Type", b"text/html"),)
        kept = [writer.capture(Capture(url, None, 200, html, body, AT)).result() for url in urls]

        async def read() -> list[str | None]:
            pages = [Page(url, b"", AT) for url in urls]
            both = zip(pages, kept, strict=True)
            readings = await asyncio.gather(*(flow.read_giant(page, at, GENERIC) for page, at in both))
            return [reading.article.title for reading in readings]

        assert asyncio.run(read()) == ["Page difforme"] * 3
    assert pool.most == 1


def test_what_is_small_waits_for_no_giant(archive: Archive) -> None:
    async def turns(flow: Flow) -> list[str]:
        entered: list[str] = []

        async def enter(size: int, name: str) -> None:
            async with flow.turn(size):
                entered.append(name)

        async with flow.turn(GIANT + 1):
            giant = asyncio.create_task(enter(GIANT + 1, "giant"))
            await asyncio.create_task(enter(GIANT, "small"))
        await giant
        return entered

    with WorkerPool(1) as pool, ArchiveWriter(archive, None) as writer:
        assert asyncio.run(turns(Flow(pool, writer))) == ["small", "giant"]
