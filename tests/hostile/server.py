"""The hostile server: one thread, one event loop, on 127.0.0.1 only."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections import Counter
from dataclasses import dataclass
from types import TracebackType
from urllib.parse import urlsplit

from tests.hostile import (
    compression,
    feeds,
    letters,
    lines,
    loglines,
    markup,
    news,
    payloads,
    redirects,
    rights,
    robots,
    sitemaps,
    statuses,
    transport,
    traps,
    where,
)
from tests.hostile.exchange import ROUTES, Exchange, Handler
from tests.hostile.tls import context

HOST = "127.0.0.1"
SECRET = "CANARY-INTERNAL-SECRET"
_MODULES = (
    compression,
    feeds,
    letters,
    lines,
    loglines,
    markup,
    news,
    payloads,
    redirects,
    rights,
    robots,
    sitemaps,
    statuses,
    transport,
    traps,
    where,
)  # hold the routes


@dataclass(frozen=True, slots=True)
class Hit:
    """One request as it came in. `at` is time.monotonic() seconds."""

    at: float
    target: str
    headers: dict[str, str]


class HostileServer:
    """A server and its canary; a context manager.

    Attributes:
        robots: the mode of /robots.txt (tests.hostile.robots.MODES); may be changed while it runs.
        articles: how many articles /news/ has; may grow.
        newest_first: whether the listing begins with the highest number.
        scale: factor on the sizes of bombs and floods.
        down: every connection is reset.
        tls: serve https with a certificate that is selfsigned, expired or wronghost, or with one for this
            host name that `tls.authority` has signed.
        address: where it listens; another port than 0 and another address only in a network of its own.
        https_only: every answer is a redirect to the same URL by https.
        mask: the route that answers in the place of all of /news/.
        hits: requests in the order they came.
        canary: first lines of requests to the internal service: must stay empty.
        statements: path -> text of files that speak for the whole site (tests.hostile.rights).
        counters: what routes that change with each visit count by.
        inflight_most: the largest number of requests being answered at once.
    """

    def __init__(
        self,
        *,
        robots: str = "ok",
        articles: int = 20,
        newest_first: bool = False,
        scale: float = 0.01,
        latency: float = 0.0,
        tls: str | None = None,
        address: tuple[str, int] = (HOST, 0),
    ) -> None:
        self.robots = robots
        self.articles = articles
        self.newest_first = newest_first
        self.scale = scale
        self.latency = latency
        self.tls = tls
        self.address = address
        self.https_only = False
        self.down = False
        self.mask: str | None = None
        self.port = 0
        self.canary_port = 0
        self.hits: list[Hit] = []
        self.canary: list[str] = []
        self.counters: Counter[str] = Counter()
        self.started: dict[str, float] = {}
        self.statements: dict[str, str] = {}
        self.inflight_most = 0
        self._inflight = 0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hostile", daemon=True)

    def __enter__(self) -> HostileServer:
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError("the hostile server did not start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    @property
    def base_url(self) -> str:
        return f"{'https' if self.tls else 'http'}://{self.address[0]}:{self.port}"

    def url(self, path: str) -> str:
        return self.base_url + path

    def paths(self) -> Counter[str]:
        """How often each path was asked for."""
        return Counter(urlsplit(hit.target).path for hit in self.hits)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        servers = self._loop.run_until_complete(self._listen())
        self._ready.set()
        try:
            self._loop.run_forever()
        finally:
            self._loop.run_until_complete(self._end(servers))
            self._loop.close()

    async def _listen(self) -> list[asyncio.Server]:
        servers = [
            await asyncio.start_server(
                self._answer,
                *self.address,
                limit=1 << 20,
                backlog=512,
                ssl=context(self.tls) if self.tls else None,
            ),
            await asyncio.start_server(self._answer_canary, HOST, 0),
        ]
        self.port, self.canary_port = (server.sockets[0].getsockname()[1] for server in servers)
        return servers

    async def _end(self, servers: list[asyncio.Server]) -> None:
        for server in servers:
            server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._inflight += 1
        self.inflight_most = max(self.inflight_most, self._inflight)
        try:
            exchange = await self._read(reader, writer)
            self.hits.append(Hit(time.monotonic(), exchange.target, exchange.headers))
            await asyncio.sleep(self.latency)
            if self.down:
                writer.transport.abort()
                return
            masked = self.mask is not None and exchange.path.startswith("/news/")
            handler = _handler(self.mask if masked and self.mask else exchange.path)
            await (_to_https if self.https_only else handler)(exchange)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
            pass
        except asyncio.CancelledError:
            pass  # the server ends while a route hangs
        finally:
            self._inflight -= 1
            with contextlib.suppress(OSError, RuntimeError):
                writer.close()

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Exchange:
        raw = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)
        first, *lines = raw.decode("latin-1").split("\r\n")
        method, target, _ = [*first.split(" "), "", ""][:3]
        pairs = (line.partition(":") for line in lines if line)
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        return Exchange(self, method, target, headers, reader, writer)

    async def _answer_canary(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raw = await reader.read(65_536)
        self.canary.append(raw.split(b"\r\n")[0].decode("latin-1"))
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + SECRET.encode())
        with contextlib.suppress(OSError):
            await writer.drain()
        writer.close()


async def _to_https(exchange: Exchange) -> None:
    location = f"https://{exchange.headers['host']}{exchange.target}"
    await exchange.send("", 301, extra=[("Location", location)])


async def _not_found(exchange: Exchange) -> None:
    await exchange.send("<h1>404</h1>", 404)


def _handler(path: str) -> Handler:
    """The route of a path, or of the nearest folder above it that is one."""
    if path in ROUTES:
        return ROUTES[path]
    while "/" in path.strip("/"):
        path = path.rstrip("/").rpartition("/")[0] + "/"
        if path in ROUTES:
            return ROUTES[path]
    return _not_found
