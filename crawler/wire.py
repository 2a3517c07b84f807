"""The wire: transfers can be ended, and all of them together hold only so many bytes.

On a fast line the giant pages of fifty hosts arrive at once, sooner than any disk takes them. So a connection
that has brought more than a usual page is not read from while others fill the memory; its server waits. Where
nothing is on its way to the disk the transfer that came first leads: it goes on, so that no two wait for each
other. One that leads and hardly brings anything, by a slow line or on purpose, would have all others wait
until their time is over: after a turn in which those that lead brought little another one joins them, and who
brings much leads alone. That has an end where those that brought much and stopped fill the memory: then the
others wait for the time of the first to be over.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import DownloadFailedError, IgnoreRequest
from twisted.internet.protocol import Factory, connectionDone
from twisted.python.failure import Failure
from twisted.web._newclient import BODY, DONE, HTTP11ClientProtocol

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Headers, Response
    from twisted.internet.interfaces import IAddress

    from crawler.session import CrawlSession

HEAVY = 128 << 10  # bytes; a transfer that has brought less is never held up
MOST = 8 << 20  # bytes of all responses that are on the wire or on their way to the disk
ROOM = 32 << 20  # bytes beyond that, for those that lead while others drip
TURN = 0.5  # seconds
PACE = 64 << 10  # bytes; all that lead bring as many in a turn, or another one joins them
MAX_HEADERS = 256 << 10  # bytes of a response's headers: no browser takes more
_BESIDE = 4  # bytes of a header's line beside name and value


class TooLarge(IgnoreRequest):
    """Bytes without end came out of a small body, or stood above it."""


Later = Callable[[float, Callable[[], None]], object]  # seconds, what is called then


def _later(seconds: float, function: Callable[[], None]) -> object:
    return asyncio.get_running_loop().call_later(seconds, function)


class Loads:
    """Bytes of responses that are in memory and not on the disk yet. Used on the event loop only."""

    def __init__(self, most: int = MOST, room: int = ROOM, pace: int = PACE, later: Later = _later) -> None:
        self._most, self._room, self._pace, self._later = most, room, pace, later
        self._coming = 0  # on the wire
        self._come = 0  # whole, on their way to the disk
        self._heavy: dict[Connection, bool] = {}  # who may lead first comes first -> whether it is held up
        self._leaders: dict[Connection, int] = {}  # -> bytes brought in this turn
        self._is_watched = False

    def brought(self, connection: Connection, count: int, *, is_heavy: bool) -> None:
        """A transfer brought so many bytes more; a heavy one may have to wait."""
        self._coming += count
        if not is_heavy:
            return
        self._heavy.setdefault(connection, False)
        self._lead(connection, count)
        if not self._may_go_on(connection):
            self._heavy[connection] = True
            connection.wait()
            self._watch()

    def ended(self, connection: Connection, count: int) -> None:
        """A transfer that had brought so many bytes is over."""
        self._coming -= count
        self._leaders.pop(connection, None)
        self._heavy.pop(connection, None)
        self._go_on()

    def came(self, count: int) -> None:
        """A whole response goes to the disk."""
        self._come += count

    def gone(self, count: int) -> None:
        """It is there, or given up."""
        self._come -= count
        self._go_on()

    def _may_go_on(self, connection: Connection) -> bool:
        held = self._coming + self._come
        if held <= self._most:
            return True
        if self._come:
            return False
        if not self._leaders:
            self._leaders[next(iter(self._heavy))] = 0  # nothing else would ever end
        if connection is next(iter(self._leaders)):
            return True
        return connection in self._leaders and held <= self._most + self._room

    def _go_on(self) -> None:
        for connection in [one for one, waits in self._heavy.items() if waits]:
            if self._may_go_on(connection):
                self._heavy[connection] = False
                connection.go_on()

    def _lead(self, connection: Connection, count: int) -> None:
        """Who brings much leads alone; those that led with it come behind all others."""
        if connection not in self._leaders:
            return
        self._leaders[connection] += count
        if self._leaders[connection] >= self._pace:
            for slow in self._leaders.keys() - {connection}:
                del self._leaders[slow]
                self._heavy[slow] = self._heavy.pop(slow)

    def _watch(self) -> None:
        if not self._is_watched:
            self._is_watched = True
            self._later(TURN, self._end_turn)

    def _end_turn(self) -> None:
        self._is_watched = False
        waiting = [one for one, waits in self._heavy.items() if waits]
        if not waiting:
            return
        is_slow = sum(self._leaders.values()) < self._pace
        self._leaders = dict.fromkeys(self._leaders, 0)
        if is_slow and not self._come:
            self._leaders[waiting[0]] = 0
            self._go_on()
        self._watch()


class Connection:
    """One of Scrapy's connections, whose bytes are counted."""

    def __init__(self, protocol: HTTP11ClientProtocol, loads: Loads) -> None:
        self._protocol, self._loads = protocol, loads
        self._brought = 0
        self._receive, self._lose = protocol.dataReceived, protocol.connectionLost
        protocol.dataReceived, protocol.connectionLost = self._received, self._lost  # type: ignore[method-assign]

    def _received(self, data: bytes) -> None:
        if self._forget_reset():
            self.wait()
            self.go_on()
        self._brought += len(data)
        self._loads.brought(self, len(data), is_heavy=self._brought > HEAVY)
        self._receive(data)  # type: ignore[no-untyped-call]
        parser = self._protocol._parser
        if parser is None:
            self._end()
        elif self._brought > 2 * MAX_HEADERS and parser.state not in (BODY, DONE):  # 1xx answers count, too
            self._protocol._giveUp(Failure(_too_many_headers()))  # type: ignore[no-untyped-call]

    def _lost(self, reason: Failure = connectionDone) -> None:
        self._lose(reason)  # type: ignore[no-untyped-call]
        self._end()

    def wait(self) -> None:
        assert self._protocol.transport is not None
        self._protocol.transport.pauseProducing()

    def go_on(self) -> None:
        assert self._protocol.transport is not None
        self._forget_reset()
        self._protocol.transport.resumeProducing()

    def _forget_reset(self) -> bool:
        """Whether the connection was reset. Its socket says so once; what came before can be read then.

        As long as the error stands there, the event loop (uvloop) reads once and hears no more.
        """
        try:
            own: socket.socket = self._protocol.transport.socket  # type: ignore[union-attr]
            return bool(own.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
        except (AttributeError, OSError):  # it is closed
            return False

    def _end(self) -> None:
        count, self._brought = self._brought, 0
        self._loads.ended(self, count)


class Counted(Factory):
    """Another factory, whose HTTP connections are counted."""

    noisy = False

    def __init__(self, factory: Any, loads: Loads) -> None:
        self._factory, self._loads = factory, loads

    def buildProtocol(self, addr: IAddress | None) -> HTTP11ClientProtocol:  # noqa: N802
        protocol: HTTP11ClientProtocol = self._factory.buildProtocol(addr)
        Connection(protocol, self._loads)  # lives as long as the protocol that calls it
        return protocol


class Http(HTTP11DownloadHandler):
    """Scrapy's handler for http and https, whose transfers can be ended and are counted."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._make: Any = self._pool._factory  # Scrapy's own, made anew for each connection
        self._pool._factory = self._connections  # type: ignore[assignment]

    @property
    def _session(self) -> CrawlSession:
        return self._crawler.spider.session  # type: ignore[union-attr, no-any-return]

    def _connections(self, quiescent: Callable[[Any], None], metadata: str) -> Factory:
        return Counted(self._make(quiescent, metadata), self._session.loads)

    async def download_request(self, request: Request) -> Response:
        """As Scrapy's. Whoever puts the response on the disk takes its bytes out of the session's loads.

        Raises:
            TooLarge: headers of more than MAX_HEADERS, or without end.
        """
        try:
            response = await self._session.transfers.run(super().download_request(request))
        except DownloadFailedError as error:
            raise _reason(error) from None
        if _size(response.headers) > MAX_HEADERS:
            raise _too_many_headers()
        self._session.loads.came(len(response.body))
        return response


def _size(headers: Headers) -> int:
    """Bytes of all header lines."""
    return sum(len(name) + len(value) + _BESIDE for name, values in headers.items() for value in values)


def _too_many_headers() -> TooLarge:
    return TooLarge(f"more than {MAX_HEADERS} bytes of headers")


def _reason(error: DownloadFailedError) -> Exception:
    """What we broke the transfer off for, or the error itself."""
    for failure in getattr(error.__cause__, "reasons", ()):
        if isinstance(failure.value, TooLarge):
            return failure.value
    return error
