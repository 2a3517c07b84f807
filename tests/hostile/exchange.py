"""One request to the hostile server and the means to answer it wrongly."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from tests.hostile.server import HostileServer

HTML = "text/html; charset=utf-8"
XML = "application/xml; charset=utf-8"
TEXT = "text/plain; charset=utf-8"

Handler = Callable[["Exchange"], Awaitable[None]]
ROUTES: dict[str, Handler] = {}


def route(path: str) -> Callable[[Handler], Handler]:
    """Register a handler for a path; one that ends with "/" answers everything below it."""

    def register(handler: Handler) -> Handler:
        ROUTES[path] = handler
        return handler

    return register


def head(
    status: int = 200,
    content_type: str | None = HTML,
    length: object = None,
    extra: Iterable[tuple[str, str]] = (),
    *,
    close: bool = True,
) -> bytes:
    """A status line and headers, as wrong as they are asked for."""
    lines = [f"HTTP/1.1 {status} X"]
    if content_type is not None:
        lines.append(f"Content-Type: {content_type}")
    if length is not None:
        lines.append(f"Content-Length: {length}")
    lines += [f"{name}: {value}" for name, value in extra]
    if close:
        lines.append("Connection: close")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape")


@dataclass
class Exchange:
    """A request in flight. `server` holds the counters and switches of this server."""

    server: HostileServer
    method: str
    target: str
    headers: dict[str, str]
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    def argument(self, name: str, default: str) -> str:
        values = parse_qs(urlsplit(self.target).query, keep_blank_values=True).get(name)
        return values[0] if values else default

    def size(self, name: str, default: int) -> int:
        """An explicit ?name= wins; else the default times the server's scale, at least 1."""
        asked = self.argument(name, "")
        return int(asked) if asked else max(1, int(default * self.server.scale))

    async def write(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def send(
        self,
        body: str | bytes,
        status: int = 200,
        content_type: str | None = HTML,
        extra: Iterable[tuple[str, str]] = (),
    ) -> None:
        data = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
        await self.write(head(status, content_type, len(data), extra) + data)

    async def hang(self) -> None:
        await asyncio.sleep(3600)
