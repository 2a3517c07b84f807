"""WARC 1.1 records as bytes: building them and reading them back. Pure.

Every record is one gzip member. What storage must know to add a lost row stands in extension fields
(Hemero-Site, Hemero-Role, Hemero-Candidate, Hemero-Run, Hemero-Status, Hemero-Rights), so a WARC file
explains itself. Bodies are kept as sent (content coding not undone); a transfer coding is undone by the HTTP
client, so its header is renamed, as other crawlers do, or replay tools would undo it twice.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import urlsplit

from storage.records import Capture

PROFILE = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
SECRET_HEADERS = re.compile(rb"authorization|cookie|token|secret|api-?key|x-auth|password", re.IGNORECASE)
LEVEL = 6
_CONTROL = re.compile(r"[\x00-\x20\x7f]")


@dataclass(frozen=True, slots=True)
class Original:
    """The capture whose payload a revisit repeats."""

    id: int
    record_id: str
    url: str
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class Record:
    """A capture as gzip members, ready to be appended, with what its row must know."""

    member: bytes
    request: bytes
    record_id: str
    kind: str
    payload_digest: str
    headers_digest: str


def payload_digest(capture: Capture) -> str:
    return hashlib.sha256(capture.body).hexdigest()


def build(
    capture: Capture, record_id: str, run_id: int | None, digest: str, original: Original | None
) -> Record:
    """The response (or revisit, or resource) record of a capture and its request record."""
    head = b"" if capture.is_resource else _http_head(capture)
    kind = "resource" if capture.is_resource else "revisit" if original else "response"
    block = (head,) if original else (head, capture.body)
    fields = _fields(capture, kind, record_id, run_id, digest, original)
    request = b""
    if capture.request_headers and not capture.is_resource:
        request = compress(_request(capture, record_id))
    return Record(
        compress(record(fields, *block)), request, record_id, kind, digest, hashlib.sha256(head).hexdigest()
    )


def warcinfo(filename: str, record_id: str, now: datetime, version: str) -> bytes:
    """The first member of every file."""
    block = f"software: hemero/{version}\r\nformat: WARC File Format 1.1\r\n".encode()
    fields = [
        ("WARC-Type", "warcinfo"),
        ("WARC-Record-ID", f"<urn:uuid:{record_id}>"),
        ("WARC-Date", warc_date(now)),
        ("WARC-Filename", filename),
        ("Content-Type", "application/warc-fields"),
    ]
    return compress(record(fields, block))


def compress(parts: Iterable[bytes]) -> bytes:
    """One gzip member, the same bytes for the same parts (no time in its header)."""
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, 31)
    return b"".join((*map(packer.compress, parts), packer.flush()))


def warc_date(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_date(value: str) -> datetime:
    """The moment of a WARC-Date of 1.0 or 1.1.

    Raises:
        ValueError: it is none.
    """
    return datetime.fromisoformat(value).astimezone(UTC)


def _fields(
    capture: Capture, kind: str, record_id: str, run_id: int | None, digest: str, original: Original | None
) -> list[tuple[str, str]]:
    fields = [
        ("WARC-Type", kind),
        ("WARC-Record-ID", f"<urn:uuid:{record_id}>"),
        ("WARC-Date", warc_date(capture.fetched_at)),
        ("WARC-Target-URI", one_line(capture.url)),
        ("WARC-Payload-Digest", f"sha256:{digest}"),
    ]
    if original is not None:
        fields += [
            ("WARC-Profile", PROFILE),
            ("WARC-Refers-To", f"<urn:uuid:{original.record_id}>"),
            ("WARC-Refers-To-Target-URI", one_line(original.url)),
            ("WARC-Refers-To-Date", warc_date(original.fetched_at)),
        ]
    optional = [
        ("WARC-IP-Address", capture.ip),
        ("WARC-Truncated", capture.truncated),
        ("Hemero-Site", capture.site),
        ("Hemero-Candidate", None if capture.candidate_id is None else str(capture.candidate_id)),
        ("Hemero-Run", None if run_id is None else str(run_id)),
        ("Hemero-Rights", json.dumps(dict(capture.rights)) if capture.rights else None),
        ("Hemero-Method", None if capture.method == "GET" else capture.method),
        ("Hemero-Payload-Length", str(len(capture.body)) if kind == "revisit" else None),
    ]
    fields += [(name, one_line(value, " ")) for name, value in optional if value is not None]
    fields += [("Hemero-Role", capture.role), ("Hemero-Status", str(capture.status))]
    content = _content_type(capture) if kind == "resource" else "application/http; msgtype=response"
    return [*fields, ("Content-Type", content)]


def one_line(value: str, space: str = "%20") -> str:
    """A header value: no line break, no control character can start another field."""
    return _CONTROL.sub(space, value)


def _content_type(capture: Capture) -> str:
    for name, value in capture.headers:
        if name.lower() == b"content-type":
            return one_line(value.decode("latin-1"), " ")
    return "application/octet-stream"


def record(fields: list[tuple[str, str]], *block: bytes) -> tuple[bytes, ...]:
    """One uncompressed WARC record in parts, so that no giant body is copied."""
    digest = hashlib.sha256()
    for part in block:
        digest.update(part)
    lines = [f"{name}: {value}" for name, value in fields]
    lines += [
        f"WARC-Block-Digest: sha256:{digest.hexdigest()}",
        f"Content-Length: {sum(map(len, block))}",
    ]
    head = "\r\n".join(["WARC/1.1", *lines]) + "\r\n\r\n"
    return head.encode("utf-8", "replace"), *block, b"\r\n\r\n"


def _http_head(capture: Capture) -> bytes:
    try:
        phrase = HTTPStatus(capture.status).phrase
    except ValueError:
        phrase = ""
    return b"".join(
        (f"HTTP/1.1 {capture.status} {phrase}\r\n".encode(), _header_lines(capture.headers), b"\r\n")
    )


def _header_lines(headers: tuple[tuple[bytes, bytes], ...]) -> bytes:
    lines = []
    for name, value in headers:
        if name.lower() == b"transfer-encoding":
            name = b"X-Crawler-Transfer-Encoding"
        lines.append(_plain(name) + b": " + _plain(value) + b"\r\n")
    return b"".join(lines)


def _plain(value: bytes) -> bytes:
    return value.replace(b"\r", b" ").replace(b"\n", b" ").replace(b"\0", b"")


def _request(capture: Capture, record_id: str) -> tuple[bytes, ...]:
    """The request as sent, without what could let someone in."""
    parts = urlsplit(capture.url)
    target = one_line((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
    kept = tuple((n, v) for n, v in capture.request_headers if not SECRET_HEADERS.search(n))
    host = one_line(parts.netloc.rpartition("@")[2]).encode("utf-8", "replace")
    head = f"{capture.method} {target} HTTP/1.1\r\n".encode("utf-8", "replace")
    if not any(name.lower() == b"host" for name, _ in kept):
        head += b"Host: " + host + b"\r\n"
    block = head + _header_lines(kept) + b"\r\n"
    fields = [
        ("WARC-Type", "request"),
        ("WARC-Record-ID", f"<urn:uuid:{_related_id(record_id)}>"),
        ("WARC-Date", warc_date(capture.fetched_at)),
        ("WARC-Target-URI", one_line(capture.url)),
        ("WARC-Concurrent-To", f"<urn:uuid:{record_id}>"),
        ("Content-Type", "application/http; msgtype=request"),
    ]
    return record(fields, block)


def _related_id(record_id: str) -> str:
    """A second id that follows from the first, so that building twice gives the same bytes."""
    digest = hashlib.sha256(record_id.encode()).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}"
