"""The wire: HTTP/1.1 requests of one connection, answered from a `Site` one after the other.

Control requests (`/__stats`, `/__reset`, `/__publish`, `/__set`, `/__down`, `/__empty`) are for tests. They
are linked nowhere, are not counted, and answer 404 to anybody who is not on this machine.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections import deque
from dataclasses import dataclass, field, replace
from email.utils import formatdate, parsedate_to_datetime
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import parse_qsl

from demo.counters import Counters
from demo.pages import lists
from demo.site import Reply, Site, Switches

MAX_HEAD = 64 * 1024
_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))")
_LOCAL = ("127.", "::1", "::ffff:127.")


@dataclass
class State:
    """One server: its site, what was switched, what was counted."""

    site: Site
    switches: Switches
    counters: Counters = field(default_factory=Counters)
    latency: float = 0.0  # seconds before each answer
    down: bool = False
    connections: set[Connection] = field(default_factory=set)

    def control(self, name: str, query: dict[str, str]) -> dict[str, Any] | None:
        """Obey a control request; None when there is no such control or value."""
        on = query.get("on", "1") not in ("0", "off", "no")
        try:
            if name == "stats":
                return self.counters.as_dict() | {
                    "edition": self.switches.edition,
                    "latency_ms": self.latency * 1000,
                }
            if name == "reset":
                self.counters = Counters()
            elif name == "publish":
                self.publish(int(query.get("edition", "2")))
            elif name == "set":
                self.set(query)
            elif name == "down":
                self.down = on
            elif name == "empty":
                self.switches = replace(self.switches, empty=on)
            else:
                return None
        except ValueError:
            return None
        return {"ok": True}

    def publish(self, edition: int) -> None:
        """Put an edition online.

        Raises:
            ValueError: there are two.
        """
        if edition not in (1, 2):
            raise ValueError(f"no edition {edition}: there are 1 and 2")
        self.switches = replace(self.switches, edition=edition)

    def set(self, values: dict[str, str]) -> None:
        """`latency` in milliseconds, `crawl_delay` in seconds (empty = no line in robots.txt)."""
        if "latency" in values:
            self.latency = max(0.0, float(values["latency"]) / 1000)
        if "crawl_delay" in values:
            delay = float(values["crawl_delay"]) if values["crawl_delay"] else None
            self.switches = replace(self.switches, crawl_delay=delay)


@dataclass(slots=True)
class Request:
    method: str
    target: str
    headers: dict[str, str]
    keep: bool  # the connection stays open

    @property
    def accepts_gzip(self) -> bool:
        return _GZIP.search(self.headers.get("accept-encoding", "")) is not None

    @property
    def host(self) -> str:
        return self.headers.get("host", "")


def parse_request(head: bytes) -> Request | None:
    """The request line and headers (names in lower case), None when they are none."""
    lines = head.decode("latin-1").split("\r\n")
    parts = lines[0].split(" ")
    if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
        return None
    headers = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    target = parts[1]
    if target.startswith("http://"):
        target = "/" + target.split("/", 3)[3] if target.count("/") > 2 else "/"
    keep = parts[2] != "HTTP/1.0" and headers.get("connection", "").lower() != "close"
    has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
    return Request(parts[0], target, headers, keep and not has_body)


class Connection(asyncio.Protocol):
    """Answers in the order of the requests; a second one waits for the first."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.buffer = b""
        self.waiting: deque[bytes] = deque()
        self.busy = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.state.connections.add(self)
        self.state.counters.connections += 1

    def connection_lost(self, exc: Exception | None) -> None:
        self.state.connections.discard(self)

    def data_received(self, data: bytes) -> None:
        *heads, self.buffer = (self.buffer + data).split(b"\r\n\r\n")
        self.waiting.extend(head.lstrip(b"\r\n") for head in heads)
        if len(self.buffer) > MAX_HEAD:
            self.transport.close()
        self._next()

    def _next(self) -> None:
        while self.waiting and not self.busy and not self.transport.is_closing():
            request = parse_request(self.waiting.popleft())
            if request is None:
                self._write(Request("GET", "", {}, False), Reply("bad", b"", status=400))
            elif request.target.startswith("/__"):
                self._control(request)
            else:
                self._begin(request)

    def _begin(self, request: Request) -> None:
        self.state.counters.begin(request.host, time.monotonic())
        if not self.state.latency:
            self._answer(request, self.state.counters)
            return
        self.busy = True
        loop = asyncio.get_running_loop()
        loop.call_later(self.state.latency, self._late, request, self.state.counters)

    def _late(self, request: Request, counters: Counters) -> None:
        self.busy = False
        self._answer(request, counters)
        self._next()

    def _answer(self, request: Request, counters: Counters) -> None:
        reply = self._reply(request)
        conditional = "if-none-match" in request.headers or "if-modified-since" in request.headers
        counters.conditional += conditional
        status = 304 if conditional and reply.status == 200 and unchanged(request, reply) else reply.status
        size = self._write(request, reply, status)
        agent = request.headers.get("user-agent", "")
        counters.end(request.host, request.target, reply.kind, status, size, agent)

    def _reply(self, request: Request) -> Reply:
        if self.state.down:
            return Reply("down", b"<h1>503</h1>", status=503)
        if request.method not in ("GET", "HEAD"):
            return Reply("method", b"", status=405)
        return self.state.site.reply(request.target, self.state.switches)

    def _control(self, request: Request) -> None:
        name, _, query = request.target[3:].partition("?")
        peer = str((self.transport.get_extra_info("peername") or ("",))[0])
        found = self.state.control(name, dict(parse_qsl(query, True))) if peer.startswith(_LOCAL) else None
        if found is None:
            self._write(request, Reply("control", lists.missing(404).encode(), status=404))
        else:
            self._write(request, Reply("control", json.dumps(found, indent=1).encode(), "application/json"))

    def _write(self, request: Request, reply: Reply, status: int | None = None) -> int:
        """Send the reply; returns the bytes of the body sent."""
        status = status or reply.status
        packed = len(reply.body) > 200 and request.accepts_gzip
        body = b"" if status == 304 else reply.packed if packed else reply.body
        lines = [
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
            f"Date: {formatdate(usegmt=True)}",
            "Server: demo",
        ]
        if status == 200 and reply.kind != "control":
            lines += ["Cache-Control: max-age=60"]
        if status in (200, 304) and reply.kind != "control":
            lines += [f"ETag: {reply.etag}", "Vary: Accept-Encoding"]
            lines += [f"Last-Modified: {reply.last_modified}"] if reply.last_modified else []
        if status != 304:
            lines += [f"Content-Type: {reply.content_type}", f"Content-Length: {len(body)}"]
            lines += ["Content-Encoding: gzip"] if packed else []
        lines += [f"Location: {reply.location}"] if reply.location else []
        lines += ["Retry-After: 120"] if status == 503 else []
        lines += [] if request.keep else ["Connection: close"]
        sent = b"" if request.method == "HEAD" else body
        self.transport.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + sent)
        if not request.keep:
            self.transport.close()
        return len(sent)


def unchanged(request: Request, reply: Reply) -> bool:
    """Whether the visitor has this version. An entity tag goes before a date, as RFC 9110, 13.2.2 asks."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        known = [tag.strip().removeprefix("W/") for tag in tags.split(",")]
        return "*" in known or reply.etag.removeprefix("W/") in known
    try:
        since = parsedate_to_datetime(request.headers["if-modified-since"])
        return reply.modified is not None and reply.modified.replace(microsecond=0) <= since
    except (ValueError, TypeError):
        return False
