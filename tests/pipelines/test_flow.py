"""Many pages at once through capture, reading and storing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from pipelines.flow import MOST, Flow, Job
from pipelines.rules import GENERIC
from pipelines.workers import WorkerPool
from storage.archive import Archive
from storage.records import Capture, Page
from storage.writer import ArchiveWriter
from tests.hostile.markup import build
from tests.storage.conftest import make_site

AT = datetime(2026, 3, 1, tzinfo=UTC)
GIANT = build("data-uri", 12 << 20)  # read at once, for all its bytes


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
        for done, kept in enumerate(flow.keep(jobs(GIANT, 5))):
            assert kept.reading is not None, kept.error
            ahead.append(len(asked) - done)
        asked.clear()
        small = next(flow.keep(jobs(b"<p>Bonjour</p>", 40)))
    assert max(ahead) * len(GIANT) <= MOST + len(GIANT)
    assert len(asked) == 40, "small pages do not wait for each other"
    assert small.capture_id > 5
