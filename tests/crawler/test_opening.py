"""A body with its coding undone, and what is wrong with it."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.opening import Opened, open_body
from storage.coding import CodingFault, decode_body

PAGE = b"<html><body>" + b"<p>Le port a rouvert.</p>" * 50 + b"</body></html>"
HTML = "text/html; charset=utf-8"
LIMIT = 1 << 20
PACKED = gzip.compress(PAGE, mtime=0)  # no hour in it: the bytes name the test


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (PAGE, ""),
        (PAGE, "identity"),
        (PACKED, "gzip"),
        (PACKED, "X-GZIP"),
        (gzip.compress(PAGE[:100], mtime=0) + gzip.compress(PAGE[100:], mtime=0), "gzip"),
        (zlib.compress(PAGE), "deflate"),
        (zlib.compress(PAGE)[2:-4], "deflate"),  # raw, as some servers send it
        (gzip.compress(PACKED, mtime=0), "gzip, gzip"),
        (PACKED, ""),  # and says nothing of it
        (PAGE, "gzip"),  # claims it
    ],
)
def test_whole(body: bytes, coding: str) -> None:
    assert open_body(body, coding, HTML, LIMIT) == Opened(PAGE)


def test_a_packed_file_that_is_no_page_stays_packed() -> None:
    body = gzip.compress(b"<urlset/>")
    assert open_body(body, "", "application/gzip", LIMIT) == Opened(body)


def test_cut_and_damaged() -> None:
    packed = gzip.compress(PAGE)
    damaged = bytearray(packed)
    damaged[-8] ^= 0xFF
    for body in (packed[:-10], bytes(damaged)):
        assert open_body(body, "gzip", HTML, LIMIT).fault == "truncated"


def test_a_coding_nobody_knows() -> None:
    assert open_body(b"\x00\x01\x02", "x-alien", HTML, LIMIT) == Opened(b"", "encoding")


def test_a_bomb_is_not_opened() -> None:
    bomb = gzip.compress(bytes(20 << 20))
    assert open_body(bomb, "gzip", HTML, LIMIT) == Opened(b"", "too_large")
    with pytest.raises(CodingFault, match="more than") as caught:
        decode_body(bomb, "gzip", 16 << 20)
    assert 0 < len(caught.value.partial) <= 1 << 20  # where it is shown, its beginning is


@given(st.binary(max_size=300), st.sampled_from(["", "gzip", "deflate", "br", "zstd", "gzip, br", "œ"]))
def test_no_bytes_break_it(body: bytes, coding: str) -> None:
    assert open_body(body, coding, HTML, LIMIT).fault in (None, "truncated", "encoding", "too_large")
