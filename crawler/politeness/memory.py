"""What a host asked of us, kept in `hosts` between runs and processes: pauses and failures.

Read once a host and run, before the first request; written only when it changes.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from storage import repository

if TYPE_CHECKING:
    from crawler.session import CrawlSession

LONGEST = timedelta(days=1)  # that a Retry-After is obeyed for


class HostMemory:
    """Pauses and failures of hosts, as one process remembers them."""

    def __init__(self, session: CrawlSession) -> None:
        self._session = session
        self._recalled: dict[str, asyncio.Future[None]] = {}
        self._troubled: set[str] = set()  # hosts whose row says that they failed

    async def recall(self, key: str) -> None:
        """Make the host book know what earlier runs learnt. All who ask meanwhile wait for it."""
        if key not in self._recalled:
            self._recalled[key] = asyncio.ensure_future(self._read(key))
        await asyncio.shield(self._recalled[key])

    async def _read(self, key: str) -> None:
        row = await self._session.read(lambda db: repository.host(db, key))
        if row is None:
            return
        book, settings = self._session.hosts, self._session.config.crawl
        if row.failures:
            self._troubled.add(key)
            book.host(key).failures = min(row.failures, settings.give_up_after - 1)
        if row.next_request_at is None:
            return
        pause = row.next_request_at - self._session.clock()
        if not timedelta(0) < pause <= LONGEST:  # a longer one was written by a clock that was wrong
            return
        self._troubled.add(key)
        if pause.total_seconds() > settings.max_crawl_delay:
            book.defer(key, row.note or "too_many_requests")
        else:
            book.hold(key, pause.total_seconds())

    def failed(self, key: str, why: str, pause: float) -> None:
        """The host is put off: it failed too often in a row, or asked for a pause of so many seconds."""
        self._troubled.add(key)
        failures = self._session.hosts.host(key).failures
        until = self._session.clock() + min(timedelta(seconds=min(pause, 1e7)), LONGEST) if pause else None
        self._note(key, failures=failures, note=why, next_request_at=until)

    def answered(self, key: str) -> None:
        """The host answers as it should."""
        if key in self._troubled:
            self._troubled.discard(key)
            self._note(key, failures=0, note=None, next_request_at=None)

    def _note(self, key: str, **state: object) -> None:
        """Not waited for: what is lost with this process is learnt again by the next."""
        future = self._session.writer.call(lambda db: repository.save_host(db, key, **state))
        future.add_done_callback(lambda done: done.exception())
