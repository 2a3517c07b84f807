"""Sitemaps as sites really send them."""

from __future__ import annotations

import gzip
import time
import tracemalloc
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery import sitemaps
from crawler.discovery.found import Found
from crawler.discovery.sitemaps import parse_sitemap

URL = "https://presse.example/sitemap.xml"
SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
ENTITIES = "".join(f'<!ENTITY {chr(98 + i)} "{("&" + chr(97 + i) + ";") * 10}">' for i in range(9))


def urlset(*inner: str, doctype: str = "", encoding: str = "UTF-8") -> str:
    urls = "".join(f"<url>{text}</url>" for text in inner)
    return f'<?xml version="1.0" encoding="{encoding}"?>{doctype}<urlset {SPACE}>{urls}</urlset>'


def index(*inner: str) -> str:
    maps = "".join(f"<sitemap>{text}</sitemap>" for text in inner)
    return f'<?xml version="1.0" encoding="UTF-8"?><sitemapindex {SPACE}>{maps}</sitemapindex>'


def loc(number: int) -> str:
    return f"<loc>https://presse.example/{number}</loc>"


def urls(found: Found) -> list[str]:
    return [link.url for link in found.links]


def test_links_in_order_with_their_times() -> None:
    found = parse_sitemap(urlset(loc(1) + "<lastmod>2016-03-01</lastmod>", loc(2)).encode(), URL)
    assert urls(found) == ["https://presse.example/1", "https://presse.example/2"]
    assert found.links[0].claimed_at == datetime(2016, 3, 1, tzinfo=UTC)
    assert found.warnings == ()


def test_news_fields_and_not_those_of_images() -> None:
    item = (
        '<i:image xmlns:i="http://www.google.com/schemas/sitemap-image/1.1"><i:loc>https://presse.example/a.jpg</i:loc>'
        f"<i:title>Une photo</i:title></i:image>{loc(1)}<lastmod>2016-03-05</lastmod>"
        '<n:news xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><n:publication_date>'
        "2016-03-01T10:00:00+01:00</n:publication_date><n:title>L'été à Fès</n:title></n:news>"
    )
    (link,) = parse_sitemap(urlset(item).encode(), URL).links
    assert (link.url, link.title) == ("https://presse.example/1", "L'été à Fès")
    assert link.claimed_at == datetime(2016, 3, 1, 9, tzinfo=UTC)


def test_an_index_gives_children_newest_first_each_once() -> None:
    body = index(
        "<loc>/a.xml</loc><lastmod>2020-01-01</lastmod>",
        "<loc>/b.xml</loc><lastmod>2026-01-01T00:00:00Z</lastmod>",
        "<loc>/c.xml</loc>",
        "<loc>/b.xml</loc><lastmod>2026-01-01T00:00:00Z</lastmod>",
    )
    found = parse_sitemap(body.encode(), URL)
    assert found.channels == tuple(("sitemap", f"https://presse.example/{name}.xml") for name in "bac")


def test_a_wide_index_is_cut() -> None:
    found = parse_sitemap(index(*(f"<loc>/{n}.xml</loc>" for n in range(10_000))).encode(), URL)
    assert len(found.channels) == sitemaps.MAX_CHILDREN
    assert "sitemap_cut" in found.warnings


@pytest.mark.parametrize("packed", [1, 2])
def test_gzip(packed: int) -> None:
    body = urlset(loc(1)).encode()
    for _ in range(packed):
        body = gzip.compress(body)
    assert urls(parse_sitemap(body, URL)) == ["https://presse.example/1"]


def test_gzip_of_two_members() -> None:
    whole = urlset(loc(1), loc(2)).encode()
    body = gzip.compress(whole[:100]) + gzip.compress(whole[100:])
    assert len(parse_sitemap(body, URL).links) == 2


def test_cut_gzip_gives_what_stood_before_the_cut() -> None:
    body = gzip.compress(urlset(*(loc(n) for n in range(5000))).encode())
    found = parse_sitemap(body[: len(body) // 2], URL)
    assert 1000 < len(found.links) < 5000
    assert "sitemap_cut" in found.warnings


def test_damaged_gzip_gives_what_stood_before_the_damage() -> None:
    body = bytearray(gzip.compress(urlset(*(loc(n) for n in range(20_000))).encode()))
    body[len(body) // 2 :] = b"\xff" * (len(body) - len(body) // 2)
    found = parse_sitemap(bytes(body), URL)
    assert len(found.links) > 1000
    assert "sitemap_cut" in found.warnings


@pytest.mark.parametrize("nested", [False, True])
def test_a_bomb_is_cut_at_the_limit(monkeypatch: pytest.MonkeyPatch, nested: bool) -> None:
    monkeypatch.setattr(sitemaps, "MAX_BYTES", 1 << 20)
    bomb = gzip.compress(b" " * (64 << 20))
    tracemalloc.start()
    found = parse_sitemap(gzip.compress(bomb) if nested else bomb, URL)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "sitemap_cut" in found.warnings
    assert peak < 8 << 20


@pytest.mark.parametrize(
    "doctype",
    [
        f'<!DOCTYPE urlset [<!ENTITY a "{"ha" * 10}">{ENTITIES}]>',
        '<!DOCTYPE urlset [<!ENTITY j SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_entities_give_no_link_and_no_content(doctype: str) -> None:
    body = urlset("<loc>https://presse.example/?&j;</loc>", loc(2), doctype=doctype)
    found = parse_sitemap(body.encode(), URL)
    assert all("root:" not in link.url and "ha" not in link.url for link in found.links)
    assert "https://presse.example/" not in urls(found)


def test_quadratic_entities_are_quick() -> None:
    doctype = f'<!DOCTYPE urlset [<!ENTITY a "{"a" * 50_000}">]>'
    started = time.process_time()
    parse_sitemap(urlset(f"<loc>{'&a;' * 20_000}</loc>", doctype=doctype).encode(), URL)
    assert time.process_time() - started < 1


def test_utf_16() -> None:
    assert urls(parse_sitemap(urlset(loc(1), encoding="UTF-16").encode("utf-16"), URL)) == [
        "https://presse.example/1"
    ]


def test_a_cut_file_is_flagged() -> None:
    body = urlset(*(loc(n) for n in range(100)))
    for cut in (len(body) // 2, len(body) - 5):
        found = parse_sitemap(body[:cut].encode(), URL)
        assert found.links
        assert "sitemap_malformed" in found.warnings


@pytest.mark.parametrize("before", ["\n \n", "<br />\n<b>Warning</b>: x\n", "\ufeff"])
def test_what_stands_before_the_xml_is_passed_over(before: str) -> None:
    assert urls(parse_sitemap((before + urlset(loc(1))).encode(), URL)) == ["https://presse.example/1"]


def test_a_text_file_and_a_feed_are_sitemaps_too() -> None:
    assert urls(
        parse_sitemap(b"\xef\xbb\xbfhttps://presse.example/1\r\nhttps://presse.example/2\n", URL)
    ) == [
        "https://presse.example/1",
        "https://presse.example/2",
    ]
    rss = '<?xml version="1.0"?><rss version="2.0"><channel><item><link>/1</link></item></channel></rss>'
    assert urls(parse_sitemap(rss.encode(), URL)) == ["https://presse.example/1"]


@pytest.mark.parametrize(
    ("body", "warning"),
    [
        (b"", "sitemap_empty"),
        (b"<!DOCTYPE html><html><body><p>x<br>y & z</body></html>", "not_a_sitemap"),
        (urlset().encode(), "sitemap_without_links"),
        (b"\x1f\x8b\x08\x00garbage", "sitemap_cut"),
        (b"<a>" * 2000, "not_a_sitemap"),
    ],
)
def test_what_is_no_sitemap_is_told(body: bytes, warning: str) -> None:
    found = parse_sitemap(body, URL)
    assert found.links == ()
    assert warning in found.warnings


@pytest.mark.parametrize(
    "lastmod",
    ["hier", "0000-00-00", "9999-12-31", "2016-02-31", "2016-03-01T25:61:00+99:00", "", "1456790400",
     "20160301", "0001-01-01T00:00:00+14:00"],
)  # fmt: skip
def test_lastmod_that_is_none_costs_no_link(lastmod: str) -> None:
    (link,) = parse_sitemap(urlset(f"{loc(1)}<lastmod>{lastmod}</lastmod>").encode(), URL).links
    assert link.claimed_at is None


@pytest.mark.parametrize(
    ("lastmod", "expected"),
    [
        ("2016", datetime(2016, 1, 1, tzinfo=UTC)),
        ("2016-03", datetime(2016, 3, 1, tzinfo=UTC)),
        ("2016-03-01T10:00+01:00", datetime(2016, 3, 1, 9, tzinfo=UTC)),
        ("2016-03-01T10:00:00.123Z", datetime(2016, 3, 1, 10, 0, 0, 123_000, tzinfo=UTC)),
    ],
)
def test_every_form_of_w3c_times(lastmod: str, expected: datetime) -> None:
    (link,) = parse_sitemap(urlset(f"{loc(1)}<lastmod>{lastmod}</lastmod>").encode(), URL).links
    assert link.claimed_at == expected


def test_fifty_thousand_links_are_quick_and_no_more_are_read() -> None:
    body = urlset(*(loc(n) for n in range(sitemaps.MAX_LINKS + 5))).encode()
    started = time.process_time()
    found = parse_sitemap(body, URL)
    assert len(found.links) == sitemaps.MAX_LINKS
    assert "sitemap_cut" in found.warnings
    assert time.process_time() - started < 5


@given(st.binary(max_size=300))
def test_no_bytes_raise(body: bytes) -> None:
    parse_sitemap(body, URL)
    parse_sitemap(gzip.compress(body), URL)


_PIECES = st.sampled_from(
    ["<urlset>", "</urlset>", "<url>", "</url>", "<loc>", "</loc>", "<sitemap>", "https://a.example/", "é",
     "\0", "&x;", "<lastmod>", "</lastmod>", "2016", "<!DOCTYPE x [", "]>", "<?xml", "<![CDATA[",
     "<news:news>", "<!--"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=30))
def test_no_markup_raises(pieces: list[str]) -> None:
    parse_sitemap("".join(pieces).encode(), URL)
