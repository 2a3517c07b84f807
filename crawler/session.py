"""What the spiders of one process share: the archive, its writer, the readers, the clock, the host book."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from crawler.config import Config
from crawler.politeness.hosts import HostBook
from crawler.politeness.memory import HostMemory
from crawler.politeness.turns import SharedTurns
from crawler.stopping import Readers, Transfers
from crawler.wire import Loads
from pipelines.flow import Flow
from storage.archive import Archive
from storage.errors import ArchiveError
from storage.space import check_space
from storage.writer import ArchiveWriter

T = TypeVar("T")


RELEASED = datetime(2026, 1, 1, tzinfo=UTC)  # no clock that is right says less


class WrongClock(ArchiveError):
    """The machine's clock says what cannot be: dates of pages and captures would be wrong for ever."""

    exit_code = 2


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class CrawlOptions:
    """What the operator asked of this run."""

    limit: int | None = None  # article pages to fetch, per site
    max_minutes: float | None = None
    urls: tuple[str, ...] = ()  # save these pages now, discover nothing
    backfill: bool = False  # also walk back through what the sites published before
    since: datetime | None = None  # of that, leave out what its channel says is older
    command: str = "crawl"


@dataclass
class CrawlSession:
    """One process's crawl. Database work never runs on the event loop."""

    archive: Archive
    config: Config
    options: CrawlOptions = CrawlOptions()
    clock: Callable[[], datetime] = utc_now
    on_progress: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        self.archive.min_free = self.config.archive.min_free_mb << 20
        check_space(self.archive.captures, self.archive.min_free)
        readers = self.config.readers
        self._in_a_hurry = False
        self.transfers = Transfers()
        self.loads = Loads()
        self.pool = Readers(
            readers.processes or None,
            deadline=readers.deadline,
            memory=readers.memory_mb << 20,
            recycle=readers.recycle,
        )
        self.writer = ArchiveWriter(self.archive, None)
        self.flow = Flow(self.pool, self.writer)
        self.shared_turns = SharedTurns(self.archive.folder / "locks" / "hosts")
        self.hosts = HostBook(self.shared_turns)
        self.host_memory = HostMemory(self)
        self.user_agent = self.config.user_agent

    async def write(self, function: Callable[[Session], T]) -> T:
        """Run a database function in the writer's next transaction."""
        return await asyncio.wrap_future(self.writer.call(function))

    async def read(self, function: Callable[[Session], T]) -> T:
        """Run a read-only database function in a thread; it waits while the database is away."""
        return await asyncio.to_thread(self.archive.patiently, function)

    def stop_waiting(self) -> None:
        """The crawl ends now: cut transfers, abandon readings, leave the search for copies to the next.

        A database that is locked or away is not waited for any more: the next start reads what is captured.
        """
        self.hosts.close()
        self.transfers.end()
        self.pool.abandon()
        self.archive.patience = 0.0
        self._in_a_hurry = True

    def close(self) -> None:
        """Finish what was begun: readers first, then everything that waits to be written."""
        self.pool.close()
        self.writer.close(hurry=self._in_a_hurry)
        self.shared_turns.close()
