"""Keys, order, content codings, cleaning: the pure small parts."""

from __future__ import annotations

import contextlib
import gzip
import zlib
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.rules import GENERIC
from pipelines.urls import canonical_url, identity
from storage.base import Instant, storable
from storage.coding import CodingFault, decode_body
from storage.keys import folded, short_key, url_key
from storage.order import SLOTS, UNDATED, key_range
from storage.records import Date

URLS = [
    "https://www.vigie.example/actu/1",
    "http://vigie.example:80/actu//1/",
    "https://vigie.example:443/actu/1",
    "https://vigie.example:8443/a?b=c",
    "https://vigie.example/",
    "https://vigie.example",
    "http://127.0.0.1:8765/actualite/3",
    "urn:sha256:abc",
    "https://www.www.example/x",
]


@pytest.mark.parametrize("url", URLS)
def test_a_url_key_is_the_identity_without_rules(url: str) -> None:
    assert url_key(canonical_url(url) or url) == identity(url, GENERIC)


@given(
    st.from_regex(
        r"https?://(www\.)?[a-z]{1,5}\.example(:80|:443|:8080)?(/[a-z/]{0,9})?(\?[a-z]=[0-9])?",
        fullmatch=True,
    )
)
def test_url_keys_and_identities_stay_together(url: str) -> None:
    canonical = canonical_url(url)
    assert canonical is not None
    assert url_key(canonical) == identity(canonical, GENERIC)


def test_short_keys_fit_a_column_of_64_bits() -> None:
    assert short_key("ff" * 32) == -1
    assert short_key("7f" + "ff" * 31) == 2**63 - 1


@pytest.mark.parametrize(
    ("name", "expected"),
    [("  L’Économiste ", "l economiste"), ("Œuvre-Sud", "oeuvre sud"), ("!!", ""), ("Le360.ma", "le360 ma")],
)
def test_names_are_compared_without_case_and_accents(name: str, expected: str) -> None:
    assert folded(name) == expected


def at(*parts: int) -> Date:
    moment = datetime(*parts)  # type: ignore[arg-type,misc]  # noqa: DTZ001
    return Date(moment.date(), "minute", moment)


def test_order_follows_the_published_time() -> None:
    dates = [
        None,
        at(1950, 1, 1, 0, 0),
        Date(date(2016, 3, 1), "month"),
        at(2016, 3, 1, 0, 1),
        at(2016, 3, 1, 23, 59),
        Date(date(2016, 3, 2), "day"),
        at(9999, 12, 31, 23, 59),
    ]
    ranges = [key_range(one) for one in dates]
    assert ranges == sorted(ranges)
    assert ranges[0] == UNDATED
    assert all(high - low == SLOTS for low, high in ranges[1:])
    assert ranges[1][0] > UNDATED[1]
    assert ranges[-1][1] < 2**63


@given(st.text())
def test_cleaned_text_can_be_stored(text: str) -> None:
    clean = storable(text)
    clean.encode()
    assert "\0" not in clean
    assert storable(clean) == clean


def test_a_time_without_zone_is_refused() -> None:
    from sqlalchemy.dialects import postgresql, sqlite

    kind = Instant()
    for dialect in (sqlite.dialect(), postgresql.dialect()):
        with pytest.raises(ValueError, match="without zone"):
            kind.process_bind_param(datetime(2026, 1, 1), dialect)  # noqa: DTZ001
        eastern = datetime(2026, 1, 1, 5, tzinfo=timezone(timedelta(hours=5)))
        bound = kind.process_bind_param(eastern, dialect)
        assert kind.process_result_value(bound, dialect) == datetime(2026, 1, 1, tzinfo=UTC)


TEXT = "L'été à Paris. ".encode() * 3000


def packed(coding: str) -> bytes:
    if coding == "br":
        return pytest.importorskip("brotli").compress(TEXT)  # type: ignore[no-any-return]
    if coding == "zstd":
        return pytest.importorskip("backports.zstd").compress(TEXT)  # type: ignore[no-any-return]
    raw = zlib.compressobj(wbits=-15)
    forms = {
        "gzip": gzip.compress(TEXT),
        "deflate": zlib.compress(TEXT),
        "raw": raw.compress(TEXT) + raw.flush(),
    }
    return forms[coding]


@pytest.mark.parametrize(
    ("form", "coding"),
    [
        ("gzip", "gzip"),
        ("gzip", "X-GZIP"),
        ("deflate", "deflate"),
        ("raw", "deflate"),
        ("br", "br"),
        ("zstd", "zstd"),
    ],
)
def test_content_codings_are_undone_and_cuts_are_noticed(form: str, coding: str) -> None:
    body = packed(form)
    assert decode_body(body, coding) == TEXT
    for cut in (1, len(body) // 2, len(body) - 1):
        with pytest.raises(CodingFault) as caught:
            decode_body(body[:cut], coding)
        assert TEXT.startswith(caught.value.partial)
    with pytest.raises(CodingFault, match="more than"):
        decode_body(body, coding, limit=1000)


def test_several_members_trailing_bytes_and_odd_names() -> None:
    body = gzip.compress(b"un ") + gzip.compress(b"deux")
    assert decode_body(body + b"\0\0trailing", "gzip") == b"un deux"
    assert decode_body(gzip.compress(gzip.compress(b"x")), "gzip, gzip") == b"x"
    assert decode_body(b"x", None) == decode_body(b"x", "identity") == decode_body(b"x", " , ") == b"x"
    with pytest.raises(CodingFault, match="unknown"):
        decode_body(b"x", "rot13")


@given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate", "br", "zstd", "gzip, br"]))
def test_any_bytes_give_a_text_or_a_fault(body: bytes, coding: str) -> None:
    with contextlib.suppress(CodingFault):
        assert len(decode_body(body, coding, limit=100_000)) <= 100_000
