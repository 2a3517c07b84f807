"""Feeds as sites really send them."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery.feeds import MAX_ENTRIES, parse_feed
from crawler.discovery.found import Found

URL = "https://presse.example/rss.xml"
ENTITIES = "".join(f'<!ENTITY {chr(98 + i)} "{("&" + chr(97 + i) + ";") * 10}">' for i in range(9))
LAUGHS = f'<!DOCTYPE rss [<!ENTITY a "{"ha" * 10}">{ENTITIES}]>'
SECRET = '<!DOCTYPE rss [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'


def rss(*items: str, doctype: str = "", encoding: str = "UTF-8") -> str:
    inner = "".join(f"<item>{item}</item>" for item in items)
    start = f'<?xml version="1.0" encoding="{encoding}"?>{doctype}<rss version="2.0">'
    return f"{start}<channel>{inner}</channel></rss>"


def urls(found: Found) -> list[str]:
    return [link.url for link in found.links]


def test_rss_2_gives_links_titles_and_times() -> None:
    item = (
        "<title>Réunion à Paris</title><link>https://presse.example/actualite/1/a</link>"
        "<guid>1</guid><pubDate>Tue, 01 Mar 2016 10:00:00 +0100</pubDate>"
    )
    (link,) = parse_feed(rss(item).encode(), URL).links
    assert link.url == "https://presse.example/actualite/1/a"
    assert link.title == "Réunion à Paris"
    assert link.claimed_at == datetime(2016, 3, 1, 9, tzinfo=UTC)


def test_rss_1() -> None:
    body = (
        '<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        '<item rdf:about="https://presse.example/1"><title>T</title><link>https://presse.example/1</link>'
        "<dc:date>2016-03-01T10:00:00Z</dc:date></item></rdf:RDF>"
    )
    (link,) = parse_feed(body.encode(), URL).links
    assert link.claimed_at == datetime(2016, 3, 1, 10, tzinfo=UTC)


def test_atom_takes_the_alternate_link_and_its_base() -> None:
    body = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://presse.example/journal/">'
        '<entry><title type="html">A &amp;amp; B</title><link rel="self" href="/api/1"/>'
        '<link rel="enclosure" href="/son.mp3"/><link href="articles/1"/><id>tag:presse.example,1</id>'
        "<updated>2016-03-01T10:00:00Z</updated></entry></feed>"
    )
    assert urls(parse_feed(body.encode(), URL)) == ["https://presse.example/journal/articles/1"]


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("<link>/actualite/1</link>", "https://presse.example/actualite/1"),
        ("<link>actualite/1</link>", "https://presse.example/actualite/1"),
        ("<link>\n  https://presse.example/1\n </link>", "https://presse.example/1"),
        ("<link><![CDATA[https://presse.example/1?a=1&b=2]]></link>", "https://presse.example/1?a=1&b=2"),
        ("<link>https://presse.example/1?a=1&b=2</link>", "https://presse.example/1?a=1&b=2"),
        ('<guid isPermaLink="true">https://presse.example/1</guid>', "https://presse.example/1"),
        (
            "<link>https://presse.example/1</link><guid>https://presse.example/?p=7</guid>",
            "https://presse.example/1",
        ),
        ("<link>https://presse.example/1?utm_source=rss#c</link>", "https://presse.example/1"),
    ],
)
def test_where_the_link_stands(item: str, expected: str) -> None:
    assert urls(parse_feed(rss(f"<title>T</title>{item}").encode(), URL)) == [expected]


@pytest.mark.parametrize(
    "name",
    ["links", "title_detail", "published_parsed", "updated_parsed", "guidislink"],
)
def test_an_element_may_have_the_name_of_a_value_of_feedparser(name: str) -> None:
    item = f"<title>T</title><link>/actualite/1</link><{name}>abcdef</{name}>"
    assert urls(parse_feed(rss(item).encode(), URL)) == ["https://presse.example/actualite/1"]


def test_the_publishers_own_address_goes_before_feedburners() -> None:
    body = rss(
        '<link>https://flux.example/~r/1</link><feedburner:origLink xmlns:feedburner="http://rssnamespace.org/'
        'feedburner/ext/1.0">https://presse.example/1</feedburner:origLink>'
    )
    assert urls(parse_feed(body.encode(), URL)) == ["https://presse.example/1"]


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "mailto:a@presse.example", "ftp://a/b"],
)
def test_what_is_no_web_address_is_left_out(link: str) -> None:
    assert parse_feed(rss(f"<title>T</title><link>{link}</link>").encode(), URL).links == ()


def test_entries_without_a_link_are_counted_out() -> None:
    found = parse_feed(
        rss("", "<title>T</title><guid>17</guid>", "<link>https://presse.example/1</link>").encode(), URL
    )
    assert urls(found) == ["https://presse.example/1"]
    assert "feed_entries_without_link" in found.warnings


def test_one_address_is_one_link() -> None:
    items = [f"<link>https://presse.example/1</link><guid>{number}</guid>" for number in range(5)]
    assert urls(parse_feed(rss(*items).encode(), URL)) == ["https://presse.example/1"]


def test_the_same_guid_does_not_hide_an_article() -> None:
    items = [f"<link>https://presse.example/{number}</link><guid>même</guid>" for number in range(3)]
    assert len(parse_feed(rss(*items).encode(), URL).links) == 3


def test_windows_1252_declared_as_utf_8() -> None:
    item = "<title>L’été à Fès – 20 €</title><link>https://presse.example/été</link>"
    (link,) = parse_feed(rss(item).encode("cp1252"), URL, "application/rss+xml; charset=utf-8").links
    assert link.title == "L’été à Fès – 20 €"
    assert link.url == "https://presse.example/%C3%A9t%C3%A9"


def test_one_cut_letter_does_not_break_the_others() -> None:
    item = "<title>Réforme à l'épidX...</title><link>https://presse.example/1</link>"
    (link,) = parse_feed(rss(item).encode().replace(b"X", b"\xc3"), URL).links
    assert link.title is not None
    assert link.title.startswith("Réforme à l'épid")


def test_utf_16() -> None:
    body = rss("<title>Été</title><link>https://presse.example/1</link>", encoding="UTF-16").encode("utf-16")
    (link,) = parse_feed(body, URL).links
    assert link.title == "Été"


@pytest.mark.parametrize(
    "before", ["\n\n  ", "<br />\n<b>Warning</b>: mysql in <b>x.php</b>\n", "\ufeff", "\0"]
)
def test_what_stands_before_the_xml_is_passed_over(before: str) -> None:
    body = before + rss("<title>T</title><link>https://presse.example/1</link>")
    assert urls(parse_feed(body.encode(), URL)) == ["https://presse.example/1"]


def test_a_cut_feed_gives_what_stood_before_the_cut() -> None:
    whole = rss(*(f"<title>Un & deux <b>x</title><link>https://presse.example/{n}</link>" for n in range(5)))
    found = parse_feed(whole[:-60].encode(), URL)
    assert len(found.links) >= 4
    assert "feed_malformed" in found.warnings


@pytest.mark.parametrize("doctype", [LAUGHS, SECRET])
def test_entities_are_not_expanded(doctype: str) -> None:
    body = rss("<title>&j;&secret;</title><link>https://presse.example/1</link>", doctype=doctype)
    found = parse_feed(body.encode(), URL)
    assert urls(found) == ["https://presse.example/1"]
    assert len(found.links[0].title or "") < 50
    assert "root:" not in (found.links[0].title or "")


@pytest.mark.parametrize(
    ("body", "warning"),
    [
        (b"", "feed_empty"),
        (b"   \n", "feed_empty"),
        (b"<!DOCTYPE html><html><body><a href='/1'>x</a></body></html>", "not_a_feed"),
        (b"{", "not_a_feed"),
        (b'{"message": "non"}', "not_a_feed"),
        (rss().encode(), "feed_without_entries"),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": []}', "feed_without_entries"),
    ],
)
def test_what_is_no_feed_is_told(body: bytes, warning: str) -> None:
    found = parse_feed(body, URL, "application/rss+xml")
    assert found.links == ()
    assert warning in found.warnings


def test_the_body_is_never_taken_for_a_file_name(tmp_path: Path) -> None:
    planted = tmp_path / "flux"
    planted.write_text(rss("<link>https://presse.example/1</link>"))
    assert parse_feed(str(planted).encode(), URL).links == ()


@pytest.mark.parametrize(
    "date",
    [
        "hier",
        "Tue, 01 Jan 9999 00:00:00 GMT",
        "Sat, 00 Xxx 0000 00:00:00 GMT",
        "",
        "1456790400",
    ],
)
def test_a_date_that_is_none_costs_no_link(date: str) -> None:
    (link,) = parse_feed(
        rss(f"<link>https://presse.example/1</link><pubDate>{date}</pubDate>").encode(), URL
    ).links
    assert link.claimed_at is None


def test_json_feed() -> None:
    body = (
        '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "url": "/1", "title": "Été",'
        ' "date_published": "2026-03-01T10:00:00+01:00"}, {"id": 7}, "x", null]}'
    )
    (link,) = parse_feed(body.encode(), URL).links
    assert (link.url, link.title) == ("https://presse.example/1", "Été")
    assert link.claimed_at == datetime(2026, 3, 1, 9, tzinfo=UTC)


def test_twenty_thousand_entries_are_cut_in_time() -> None:
    body = rss(*(f"<title>Article {n}</title><link>https://presse.example/{n}</link>" for n in range(20_000)))
    started = time.process_time()
    found = parse_feed(body.encode(), URL)
    assert len(found.links) == MAX_ENTRIES
    assert "feed_cut" in found.warnings
    assert time.process_time() - started < 6


@given(st.binary(max_size=300))
def test_no_bytes_raise(body: bytes) -> None:
    parse_feed(body, URL, "application/rss+xml")


_PIECES = st.sampled_from(
    ["<item>", "</item>", "<link>", "</link>", "https://presse.example/1", "&", "<![CDATA[", "]]>", "é", "\0",
     "<rss>", "<entry>", '<link href="', '"/>', "<guid>", "<channel>", "&#xD800;", "<feed xml:base='http://[::1'>",
     "-->", "<!--", "&#99999999999;", "<pubDate>", "1"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=30))
def test_no_markup_raises(pieces: list[str]) -> None:
    parse_feed("".join(pieces).encode(), URL)
