"""CDXJ: the index by which replay tools find a capture, sorted by reordered address (SURT) and time.

The rules of the address are those that replay tools share: without scheme, user, default port, `www.`,
session ids and the last slash, lower case, %-escapes brought to one spelling, parameters in order. A test
compares them with what those tools make of the same file.
"""

from __future__ import annotations

import heapq
import json
import re
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote_from_bytes, unquote_to_bytes, urlsplit

from storage.upsert import chunks

NAME = "index.cdx.gz"
LINES = 1024  # a compressed block of the index
_PORTS = {"http": 80, "https": 443}
_WWW = re.compile(r"www\d*\.")
_PRINTABLE = bytes(range(0x21, 0x7F)).replace(b"#", b"").replace(b"%", b"")
_SESSION_PATH = re.compile(r"/\((?:(?:[a-z]\([0-9a-z]{24}\))+|[0-9a-z]{24})\)(?=/[^?]+\.aspx)")
_SESSION_QUERY = re.compile(
    r"(?:(?:jsessionid|phpsessid|sid)=[0-9a-z]{32}|aspsessionid[a-z]{8}=[a-z]{24}|cfid=[^&]+&cftoken=[^&]+)(?:&|$)"
)


def surt(url: str) -> str:
    """The key of an address: `https://www.vigie.example/A/?b=2&a=1` is `example,vigie)/a?a=1&b=2`."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return url
    if parts.scheme not in _PORTS or not parts.hostname:
        return url
    host = _WWW.sub("", parts.hostname.strip("."), count=1) if _WWW.match(parts.hostname) else parts.hostname
    key = ",".join(reversed(host.split(".")))
    if port is not None and port != _PORTS[parts.scheme]:
        key += f":{port}"
    path = _SESSION_PATH.sub("", _escaped(_folders(parts.path)).lower())
    if len(path) > 1 and path.endswith("/"):
        path = path[:-1]
    query = _SESSION_QUERY.sub("", _escaped(parts.query.encode()).lower(), count=1)
    if query:
        pieces = sorted(tuple(piece.split("=", 1)) for piece in query.split("&"))
        path += "?" + "&".join("=".join(piece) for piece in pieces)
    return f"{key}){path}"


def _folders(path: str) -> bytes:
    kept: list[bytes] = []
    *folders, last = _unescaped(path.encode()).split(b"/")[1:] or [b""]
    for name in (*folders, last):
        if name == b".." and kept:
            kept.pop()
        elif name not in (b".", b""):
            kept.append(name)
    end = b"/" if kept and last in (b"", b".", b"..") else b""
    return b"/" + b"/".join(kept) + end


def _unescaped(data: bytes) -> bytes:
    while (once := unquote_to_bytes(data)) != data:
        data = once
    return data


def _escaped(data: bytes) -> str:
    return quote_from_bytes(_unescaped(data), safe=_PRINTABLE)


def line(row: Any, *, offset: int, length: int, filename: str) -> bytes:
    """The index line of a capture (columns of `captures`) that stands in `filename`."""
    mime = "warc/revisit" if row.kind == "revisit" else (row.content_type or "").split(";")[0].strip().lower()
    values = {"url": row.url, "mime": mime or "unk"}
    if row.kind != "resource":
        values["status"] = str(row.status)
    values |= {"digest": f"sha256:{row.payload_digest}", "length": str(length), "offset": str(offset)}
    text = json.dumps({**values, "filename": filename})
    return f"{surt(row.url)} {row.fetched_at:%Y%m%d%H%M%S} {text}\n".encode("utf-8", "replace")


class SortedLines:
    """Lines put in order on disk: in memory stay at most `held` of them."""

    def __init__(self, folder: Path | None, held: int = 50_000) -> None:
        self._folder, self._held = folder, held
        self._lines: list[bytes] = []
        self._files: list[IO[bytes]] = []
        self._stack = ExitStack()

    def add(self, line: bytes) -> None:
        self._lines.append(line)
        if len(self._lines) >= self._held:
            file: IO[bytes] = self._stack.enter_context(tempfile.TemporaryFile(dir=self._folder))  # noqa: SIM115
            file.writelines(sorted(self._lines))
            file.seek(0)
            self._files.append(file)
            self._lines = []

    def __iter__(self) -> Iterator[bytes]:
        yield from heapq.merge(*self._files, sorted(self._lines))

    def close(self) -> None:
        self._stack.close()


def blocks(lines: SortedLines) -> Iterator[tuple[bytes, bytes]]:
    """The index in compressed blocks, each with the key of its first line."""
    for part in chunks(lines, LINES):
        packer = zlib.compressobj(6, zlib.DEFLATED, 31)
        yield packer.compress(b"".join(part)) + packer.flush(), part[0].split(b" {", 1)[0]
