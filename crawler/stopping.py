"""Ending a crawl in time: what is on the wire or still to be read does not hold up a stop.

After a signal, requests in flight and pages being read get a few seconds. Then transfers are cut (their pages
stay due) and readings are abandoned (their pages are captured, and read by the next start).
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from crawler.politeness.hosts import HostDeferred
from pipelines.workers import WorkerPool

SECONDS = 8.0  # for what is in flight when the first signal comes
T = TypeVar("T")


class Abandoned(Exception):
    """A reading that the end of the crawl did not wait for."""


class Transfers:
    """The requests on the wire. Used on the event loop only."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Future[Any]] = set()
        self._ended = False

    async def run(self, transfer: Coroutine[Any, Any, T]) -> T:
        """Wait for a transfer.

        Raises:
            HostDeferred: the crawl ended meanwhile.
        """
        task = asyncio.ensure_future(transfer)
        self._tasks.add(task)
        if self._ended:
            task.cancel()
        try:
            return await task
        except asyncio.CancelledError:
            if self._ended:
                raise HostDeferred("stopping") from None
            raise
        finally:
            self._tasks.discard(task)

    def end(self) -> None:
        """Cut what is under way and whatever comes."""
        self._ended = True
        for task in list(self._tasks):
            task.cancel()


class Readers(WorkerPool):
    """Reader processes whose work can be abandoned."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._given: dict[Future[Any], Future[Any]] = {}  # of the pool -> what the caller waits for
        self._guard = threading.Lock()
        self._abandoned = False

    def call(self, function: str, *args: Any, second: str | None = None) -> Future[Any]:
        """As WorkerPool.call; the future raises Abandoned too."""
        outer: Future[Any] = Future()
        outer.set_running_or_notify_cancel()  # whoever waits may go away, but cannot undo it
        with self._guard:
            if self._abandoned:
                outer.set_exception(Abandoned(function))
                return outer
            inner = super().call(function, *args, second=second)
            self._given[inner] = outer
        inner.add_done_callback(self._pass_on)
        return outer

    def _pass_on(self, inner: Future[Any]) -> None:
        with self._guard:
            outer = self._given.pop(inner, None)
        if outer is None or inner.cancelled():
            return
        error = inner.exception()
        if error is not None:
            outer.set_exception(error)
        else:
            outer.set_result(inner.result())

    def abandon(self) -> None:
        """Nobody waits any more for what is not read yet."""
        with self._guard:
            self._abandoned = True
            given, self._given = self._given, {}
        for inner, outer in given.items():
            inner.cancel()
            outer.set_exception(Abandoned("the crawl ended"))

    def close(self) -> None:
        """Finish what was asked for; what was abandoned is killed in the middle."""
        if self._abandoned:
            self.kill()
        super().close()
