"""The wire: transfers can be ended, and all of them together hold only so many bytes.

On a fast line the giant pages of fifty hosts arrive at once, sooner than any disk takes them. So a connection
that has brought more than a usual page is not read from while others fill the memory; its server waits. Where
nothing is on its way to the disk the transfer that came first goes on, so that no two wait for each other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler, _LenientHTTP11ClientProtocol
from scrapy.exceptions import DownloadFailedError, IgnoreRequest
from twisted.internet.protocol import Factory, connectionDone
from twisted.python.failure import Failure
from twisted.web._newclient import BODY, DONE

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.internet.interfaces import IAddress

    from crawler.session import CrawlSession

HEAVY = 128 << 10  # bytes; a transfer that has brought less is never held up
MOST = 8 << 20  # bytes of all responses that are on the wire or on their way to the disk
MAX_HEADERS = 256 * 1024  # bytes of a response's headers: no browser takes more


class TooLarge(IgnoreRequest):
    """Bytes without end came out of a small body, or stood above it."""


class Loads:
    """Bytes of responses that are in memory and not on the disk yet. Used on the event loop only."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._coming = 0  # on the wire
        self._come = 0  # whole, on their way to the disk
        self._heavy: dict[Connection, bool] = {}  # oldest first -> whether it is held up

    def brought(self, connection: Connection, count: int, *, is_heavy: bool) -> None:
        """A transfer brought so many bytes more; a heavy one may have to wait."""
        self._coming += count
        if not is_heavy:
            return
        self._heavy.setdefault(connection, False)
        if not self._may_go_on(connection):
            self._heavy[connection] = True
            connection.wait()

    def ended(self, connection: Connection, count: int) -> None:
        """A transfer that had brought so many bytes is over."""
        self._coming -= count
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
        if self._coming + self._come <= self._most:
            return True
        return not self._come and connection is next(iter(self._heavy))  # nothing else would ever end

    def _go_on(self) -> None:
        for connection in [one for one, waits in self._heavy.items() if waits]:
            if self._may_go_on(connection):
                self._heavy[connection] = False
                connection.go_on()


class Connection(_LenientHTTP11ClientProtocol):
    """A connection whose bytes are counted."""

    def __init__(self, quiescent: Callable[[Any], None], loads: Loads) -> None:
        super().__init__(quiescent)  # type: ignore[no-untyped-call]
        self._loads = loads
        self._brought = 0

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        self._brought += len(data)
        self._loads.brought(self, len(data), is_heavy=self._brought > HEAVY)
        super().dataReceived(data)  # type: ignore[no-untyped-call]
        if self._parser is None:
            self._end()
        elif self._brought > MAX_HEADERS and self._parser.state not in (BODY, DONE):
            self._giveUp(Failure(TooLarge(f"more than {MAX_HEADERS} bytes of headers")))  # type: ignore[no-untyped-call]

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802
        super().connectionLost(reason)  # type: ignore[no-untyped-call]
        self._end()

    def wait(self) -> None:
        assert self.transport is not None
        self.transport.pauseProducing()

    def go_on(self) -> None:
        assert self.transport is not None
        self.transport.resumeProducing()

    def _end(self) -> None:
        count, self._brought = self._brought, 0
        self._loads.ended(self, count)


class Http(HTTP11DownloadHandler):
    """Scrapy's handler for http and https, whose transfers can be ended and are counted."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = self._connections  # type: ignore[assignment]

    @property
    def _session(self) -> CrawlSession:
        return self._crawler.spider.session  # type: ignore[union-attr, no-any-return]

    def _connections(self, quiescent: Callable[[Any], None], metadata: str) -> Factory:
        return _Connections(quiescent, self._session.loads)

    async def download_request(self, request: Request) -> Response:
        """As Scrapy's. Whoever puts the response on the disk takes its bytes out of the session's loads.

        Raises:
            TooLarge: headers without end.
        """
        try:
            response = await self._session.transfers.run(super().download_request(request))
        except DownloadFailedError as error:
            raise _reason(error) from None
        self._session.loads.came(len(response.body))
        return response


class _Connections(Factory):
    noisy = False

    def __init__(self, quiescent: Callable[[Any], None], loads: Loads) -> None:
        self._quiescent, self._loads = quiescent, loads

    def buildProtocol(self, addr: IAddress | None) -> Connection:  # noqa: N802
        return Connection(self._quiescent, self._loads)


def _reason(error: DownloadFailedError) -> Exception:
    """What we broke the transfer off for, or the error itself."""
    for failure in getattr(error.__cause__, "reasons", ()):
        if isinstance(failure.value, TooLarge):
            return failure.value
    return error
