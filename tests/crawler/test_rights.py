"""What a response says of its use, and how long it asks us to wait."""

from __future__ import annotations

import gzip
import time
import zlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.politeness.patience import LONGEST, backoff, retry_after
from crawler.politeness.rights import (
    PathRule,
    forbidden_by,
    parse_ai_txt,
    parse_tdmrep,
    rights_of,
    rights_of_path,
)

PAGE = (
    b'<html><head><title>x</title><META content="NOARCHIVE, noindex" name=robots>'
    b"<meta name='tdm-reservation' content='1'><meta name=\"tdm-policy\" content=\"https://presse.example/tdm\">"
    b'</head><body><p><meta name="robots" content="noai"></p></body></html>'
)
IN_THE_HEAD = (
    ("robots", "noarchive, noindex"),
    ("tdm-reservation", "1"),
    ("tdm-policy", "https://presse.example/tdm"),
)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([(b"X-Robots-Tag", b"noarchive")], (("x-robots-tag", "noarchive"),)),
        ([(b"x-robots-tag", b"NoAI,  noimageai")], (("x-robots-tag", "noai, noimageai"),)),
        ([(b"X-Robots-Tag", b"googlebot: noarchive")], ()),
        ([(b"X-Robots-Tag", b"hemerotheque: noarchive")], (("x-robots-tag", "noarchive"),)),
        (
            [(b"X-Robots-Tag", b"unavailable_after: 25 Jun 2026")],
            (("x-robots-tag", "unavailable_after: 25 jun 2026"),),
        ),
        (
            [(b"X-Robots-Tag", b"max-snippet: 20, noarchive")],
            (("x-robots-tag", "max-snippet: 20, noarchive"),),
        ),
        (
            [(b"TDM-Reservation", b"1"), (b"TDM-Policy", b"https://presse.example/tdm.json")],
            (("tdm-reservation", "1"), ("tdm-policy", "https://presse.example/tdm.json")),
        ),
        ([(b"Content-Usage", b"train-ai=n")], (("content-usage", "train-ai=n"),)),
        (
            [(b"X-Robots-Tag", b"noarchive"), (b"X-Robots-Tag", b"noarchive")],
            (("x-robots-tag", "noarchive"),),
        ),
        ([(b"Content-Type", b"text/html"), (b"X-Robots-Tag", b"")], ()),
    ],
)
def test_headers(headers: list[tuple[bytes, bytes]], expected: tuple[tuple[str, str], ...]) -> None:
    assert rights_of(headers, b"", "hemerotheque") == expected


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        (b"", PAGE),
        (b"identity", PAGE),
        (b"gzip", gzip.compress(PAGE)),
        (b"GZIP ", gzip.compress(PAGE + b"x" * 500_000)),
        (b"deflate", zlib.compress(PAGE)),
        (b"deflate", zlib.compress(PAGE)[2:-4]),
    ],
)
def test_the_head_of_a_page_however_it_is_packed(coding: bytes, body: bytes) -> None:
    assert rights_of([(b"Content-Encoding", coding)], body) == IN_THE_HEAD


def test_a_bomb_costs_little() -> None:
    body = gzip.compress(b"<meta " * 20_000_000, compresslevel=1)
    started = time.process_time()
    assert rights_of([(b"Content-Encoding", b"gzip")], body) == ()
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize(
    ("rights", "obeyed", "found"),
    [
        ((("x-robots-tag", "noindex, noarchive"),), {"noarchive"}, "noarchive"),
        ((("robots", "noarchive"),), {"noarchive", "noai"}, "noarchive"),
        ((("robots", "noarchive"),), {"noai"}, None),
        ((("robots", "noarchive"),), set(), None),
        ((("tdm-reservation", "1"),), {"tdm-reservation"}, "tdm-reservation"),
        ((("tdm-reservation", "0"),), {"tdm-reservation"}, None),
        ((), {"noarchive"}, None),
    ],
)
def test_what_the_operator_obeys(
    rights: tuple[tuple[str, str], ...], obeyed: set[str], found: str | None
) -> None:
    assert forbidden_by(rights, obeyed) == found


def test_tdmrep_json() -> None:
    rules = parse_tdmrep(
        b'[{"location": "/actualite/*", "tdm-reservation": 1, "tdm-policy": "https://presse.example/p"},'
        b' {"location": "/actualite/libre/*", "tdm-reservation": 0}, {"location": 7}, 3, null]'
    )
    assert rights_of_path(rules, "/actualite/1") == (
        ("tdm-reservation", "1"),
        ("tdm-policy", "https://presse.example/p"),
    )
    assert rights_of_path(rules, "/actualite/libre/1") == (("tdm-reservation", "0"),)
    assert rights_of_path(rules, "/contact") == ()


def test_ai_txt() -> None:
    rules = parse_ai_txt(b"# IA\nUser-Agent: *\nDisallow: *.jpg\nAllow: /\nDisallow: txt$\n")
    assert rights_of_path(rules, "/photo.jpg") == (("ai.txt", "disallow"),)
    assert rights_of_path(rules, "/actualite/1") == (("ai.txt", "allow"),)


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("/a", "/abc", True),
        ("/a$", "/abc", False),
        ("/a*c$", "/abc", True),
        ("/a*c$", "/ac", True),
        ("/a*ac$", "/ac", False),
        ("/*b", "/abc", True),
        ("*", "", True),
        ("$", "/", False),
        ("/a*b*c", "/aXbXc1", True),
        ("/a*b*c", "/acb", False),
    ],
)
def test_patterns(pattern: str, path: str, matches: bool) -> None:
    assert PathRule(pattern, ()).matches(path) is matches


@given(
    st.binary(max_size=200), st.lists(st.tuples(st.binary(max_size=20), st.binary(max_size=60)), max_size=4)
)
def test_nothing_raises(body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    rights_of([*headers, (b"X-Robots-Tag", body), (b"Content-Encoding", b"gzip")], body, "hemerotheque")
    for rule in (*parse_tdmrep(body), *parse_ai_txt(body)):
        rule.matches("/a")


# --- how long to wait -----------------------------------------------------------------------------

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (b"3", 3.0),
        (b" 120 ", 120.0),
        (b"2.5", 2.5),
        (b"0", 0.0),
        (b"999999999", 999_999_999.0),
        (b"Tue, 24 Nov 2026 12:00:30 GMT", 30.0),
        (b"Tuesday, 24-Nov-26 12:00:30 GMT", 30.0),
        (b"Tue, 24 Nov 2026 14:00:30 +0200", 30.0),
        (b"Tue, 24 Nov 2026 11:00:00 GMT", 0.0),
        (None, None),
        (b"", None),
        (b"soon", None),
        (b"-5", None),
        (b"1e9", None),
        (b"99999999999999999999", None),
        (b"Tue, 99 Foo 2026 99:99:99 GMT", None),
        ("٣".encode(), None),
    ],
)
def test_retry_after(value: bytes | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


@given(st.binary(max_size=60))
def test_retry_after_never_raises(value: bytes) -> None:
    seconds = retry_after(value, NOW)
    assert seconds is None or seconds >= 0


def test_pauses_grow_to_a_limit() -> None:
    pauses = [backoff(failures, 1.0) for failures in range(1, 12)]
    assert pauses[:4] == [2.0, 4.0, 8.0, 16.0]
    assert pauses == sorted(pauses)
    assert backoff(10_000, 1.0) == LONGEST
