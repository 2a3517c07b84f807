"""Undoes the content coding of a response, and tells a damaged body from a whole one. Pure.

Scrapy's own middleware gives half a page for a gzip stream that was cut, and binary for one whose coding it
does not know, with status 200 and without a word.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from storage.coding import CodingFault, decode_as_meant

Fault = Literal["truncated", "encoding", "too_large"]


@dataclass(frozen=True, slots=True)
class Opened:
    """A body with its codings undone; as far as that went, where there is a fault; none of a bomb."""

    body: bytes
    fault: Fault | None = None


def open_body(body: bytes, coding: str, content_type: str, limit: int) -> Opened:
    """The body as the server meant it.

    Faults: truncated (cut or damaged), encoding (a coding nobody knows), too_large (more than `limit` bytes).

    Args:
        coding: the Content-Encoding, several joined by commas.
    """
    try:
        return Opened(decode_as_meant(body, coding, content_type, limit))
    except CodingFault as fault:
        if str(fault).startswith("unknown"):
            return Opened(b"", "encoding")
        if str(fault).startswith("more than"):
            return Opened(b"", "too_large")  # nobody reads sixteen megabytes of a bomb
        return Opened(fault.partial, "truncated")
