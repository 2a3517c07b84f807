"""Undoing content codings (gzip, deflate, br, zstd) under a size cap: 809 bytes can be a gigabyte. Pure."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator

MAX_PAYLOAD = 64 << 20
_STEP = 1 << 16
_GZIP = b"\x1f\x8b"
_OF_A_BOMB = 16  # pieces that are shown of what is too large: all of it would fill the memory twice


class CodingFault(ValueError):
    """The body is not what its Content-Encoding says, or too large. `partial` is what came out before, of a
    bomb the beginning.
    """

    def __init__(self, reason: str, partial: bytes = b"") -> None:
        super().__init__(reason)
        self.partial = partial


def decode_body(body: bytes, codings: str | None, limit: int = MAX_PAYLOAD) -> bytes:
    """The body with its content codings undone, the last one applied first.

    Raises:
        CodingFault: unknown coding, damaged or cut data, or more than `limit` bytes.
    """
    for coding in reversed([c.strip().lower() for c in (codings or "").split(",")]):
        if coding in ("", "identity", "none"):
            continue
        body = _collect(_pieces(body, coding, limit), limit)
    return body


def decode_as_meant(
    body: bytes, codings: str | None, content_type: str | None, limit: int = MAX_PAYLOAD
) -> bytes:
    """As `decode_body`; servers that claim gzip and send text, or send gzip as text/html without a word, are
    understood.

    Raises:
        CodingFault: as there.
    """
    codings = (codings or "").strip()
    if not codings and body.startswith(_GZIP) and _is_html(content_type):
        codings = "gzip"
    try:
        return decode_body(body, codings, limit)
    except CodingFault as fault:
        is_damaged = str(fault).startswith("damaged")
        if is_damaged and not fault.partial and body.lstrip()[:1] in (b"<", b"{", b"["):
            return body
        raise


def _is_html(content_type: str | None) -> bool:
    return (content_type or "").strip().lower().startswith("text/html")


def _collect(pieces: Iterator[bytes], limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    try:
        for piece in pieces:
            size += len(piece)
            if size > limit:
                del parts[_OF_A_BOMB:]
                raise CodingFault(f"more than {limit} bytes", b"".join(parts))
            parts.append(piece)
    except (zlib.error, OSError, EOFError, ValueError) as error:
        if isinstance(error, CodingFault):
            raise
        raise CodingFault(f"damaged ({error})", b"".join(parts)) from None
    return b"".join(parts)


def _pieces(body: bytes, coding: str, limit: int) -> Iterator[bytes]:
    if coding in ("gzip", "x-gzip"):
        return _inflate(body, 31)
    if coding == "deflate":  # zlib by the standard, raw deflate by habit
        raw = len(body) < 2 or (body[0] & 0x0F) != 8 or int.from_bytes(body[:2], "big") % 31
        return _inflate(body, -15 if raw else 15)
    if coding in ("br", "zstd"):
        return _stream(body, coding)
    raise CodingFault(f"unknown content coding {coding[:20]!r}")


def _inflate(body: bytes, window: int) -> Iterator[bytes]:
    """All members of a gzip body, or one deflate stream; bytes behind them are ignored, as browsers do."""
    rest = body
    while rest:
        unpack = zlib.decompressobj(window)
        while not unpack.eof:
            piece = unpack.decompress(rest, _STEP)
            if not piece and not unpack.unconsumed_tail and not unpack.eof:
                raise EOFError("cut short")
            rest = unpack.unconsumed_tail
            yield piece
        rest = unpack.unused_data
        if window != 31 or not rest.startswith(_GZIP):
            return


def _stream(body: bytes, coding: str) -> Iterator[bytes]:
    from fastwarc.stream_io import BrotliReader, ZstdReader

    reader = (BrotliReader if coding == "br" else ZstdReader)(io.BytesIO(body))
    while piece := reader.read(_STEP):
        yield piece
