"""Files a user names: what each one is, and the bytes of the page in it. Nothing here parses HTML.

A saved page is HTML, or the plain text of a page (as a browser's "select all, copy" gives it), each maybe
gzipped. A text in which every line is a URL is a list of URLs. Everything else is refused by name.
"""

from __future__ import annotations

import gzip
import html
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Literal

Kind = Literal["html", "text", "urls"]

MAX_BYTES = 16 << 20  # of one page, unpacked; the crawler's own limit for a response
_HEAD = 1 << 16
_IN_FOLDERS = {".html", ".htm", ".xhtml", ".txt"}  # what a folder is searched for, each also with .gz
_HTML_NAMES = {".html", ".htm", ".xhtml"}

# What is surely no text; and a share of control bytes that packed data have and no page does.
_MAGIC = (
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"%PDF",
    b"PK\x03\x04",
    b"RIFF",
    b"\x7fELF",
    b"WARC/",
    b"\x1f\x8b",
)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
_CONTROL_SHARE = 0.05
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_PROLOGUE = re.compile(r"\s*(?:<\?[^>]{0,1000}>|<!--)")
_FOREIGN = re.compile(r"\s*<(rss|feed|urlset|sitemapindex|svg)\b", re.I)
_TAG = re.compile(
    r"<(?:!doctype\s+html|html|head|body|title|meta|div|p|h[1-6]|article|table|br|span|a)\b", re.I
)
_URL_LINE = re.compile(r"https?://\S+\Z", re.I)

_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(\S+)", re.I)  # browsers' "save as"
_SINGLEFILE = re.compile(r"<!--\s*Page saved with SingleFile\s+url:\s*(\S+)", re.I)
_DECLARED = (
    re.compile(r"<link\b(?=[^>]*\brel\s*=\s*[\"']?canonical\b)[^>]*\bhref\s*=\s*[\"']?([^\"'\s>]+)", re.I),
    re.compile(
        r"<meta\b(?=[^>]*\bproperty\s*=\s*[\"']?og:url\b)[^>]*\bcontent\s*=\s*[\"']?([^\"'\s>]+)", re.I
    ),
)


class InputError(Exception):
    """A file that cannot be taken. The message names it and says what is wrong, on one line."""

    exit_code = 2


@dataclass(frozen=True)
class Saved:
    """One file as found: `body` is unpacked, `saved_at` is the file's own time (UTC)."""

    path: Path
    kind: Kind
    body: bytes
    saved_at: datetime

    @property
    def content_type(self) -> str:
        return "text/html" if self.kind == "html" else "text/plain"

    @property
    def urn(self) -> str:
        """The name of a page whose URL nobody knows."""
        return f"urn:sha256:{sha256(self.body).hexdigest()}"


def _bytes(path: Path) -> bytes:
    """So much of a file that it can be told to be too large."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def load(path: Path) -> Saved:
    """Read one file and say what it is.

    Raises:
        InputError: missing, unreadable, too large, or neither HTML nor text.
    """
    try:
        body = _bytes(path) if path.is_file() else None
        saved_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from None
    except (ValueError, OverflowError):
        raise InputError(f"{path}: its time of change is no date; touch it") from None
    if body is None:
        raise InputError(f"{path}: not a file")
    if body[:2] == b"\x1f\x8b":
        body = _unpack(path, body)
    if len(body) > MAX_BYTES:
        raise InputError(f"{path}: larger than {MAX_BYTES >> 20} MiB, which no page is")
    return Saved(path, _kind(path, body), body, saved_at)


def _root_of_another_kind(text: str) -> str | None:
    """The root element of a feed, a sitemap or an image, past declarations and comments; None for a page."""
    place = 0
    while (found := _PROLOGUE.match(text, place)) is not None:
        place = found.end()
        if found[0].endswith("<!--"):
            place = text.find("-->", place) + 3
            if place == 2:  # a comment without an end
                return None
    foreign = _FOREIGN.match(text, place)
    return foreign[1].lower() if foreign is not None else None


def _unpack(path: Path, body: bytes) -> bytes:
    try:
        with gzip.open(path) as packed:
            return packed.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path}: broken gzip file ({error})") from None


def _kind(path: Path, body: bytes) -> Kind:
    head = body[:_HEAD]
    if not head.strip():
        raise InputError(f"{path}: empty")
    if head[:2] in _UTF16:
        text = body.decode("utf-16", "replace")
    elif head.startswith(_MAGIC) or len(_CONTROL.findall(head)) > _CONTROL_SHARE * len(head):
        raise InputError(f"{path}: neither HTML nor text")
    else:
        text = body.decode("utf-8", "replace").removeprefix("\ufeff")
    if foreign := _root_of_another_kind(text[:_HEAD]):
        raise InputError(f"{path}: not a page ({foreign} document)")
    if _is_json(text):
        raise InputError(f"{path}: not a page (JSON)")
    if _TAG.search(text[:_HEAD]):
        return "html"
    if _plain_name(path).suffix.lower() in _HTML_NAMES:
        raise InputError(f"{path}: named as HTML, but no tag is in it")
    return "urls" if url_lines(text) else "text"


def _is_json(text: str) -> bool:
    """JSON or JSON Lines: it may well hold tags, inside its strings."""
    start = text.lstrip()[:1]
    if start not in ("{", "["):
        return False
    for piece in (text.strip().partition("\n")[0], text):
        try:
            json.loads(piece)
        except (ValueError, RecursionError):
            continue
        return True
    return False


def url_lines(text: str) -> list[str]:
    """The URLs of a list, without empty lines and # comments; empty when any other line is there."""
    lines = [line.strip() for line in text.splitlines()]
    wanted = [line for line in lines if line and not line.startswith("#")]
    return wanted if all(_URL_LINE.match(line) for line in wanted) else []


def saved_url(body: bytes) -> str | None:
    """The URL a saved page says it has: the browser's note, else the page's own canonical link or og:url."""
    head = body[: _HEAD * 4].decode("utf-8", "replace")
    for pattern in (_SAVED_FROM, _SINGLEFILE, *_DECLARED):
        if (match := pattern.search(head)) and _URL_LINE.match(url := html.unescape(match[1])):
            return url
    return None


def files_in(folder: Path) -> Iterator[Path]:
    """Pages below a folder in a stable order: .html, .htm, .xhtml, .txt, each also as .gz; no hidden ones."""
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and path.is_file() and _plain_name(path).suffix.lower() in _IN_FOLDERS:
            yield path


def _plain_name(path: Path) -> Path:
    return path.with_suffix("") if path.suffix.lower() == ".gz" else path
