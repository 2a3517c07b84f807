"""OPML: the sites of a feed reader's list."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.opml import ListedSite, OpmlError, parse_opml

LIST = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>Presse</title></head><body>
<outline text="Maghreb">
  <outline type="rss" text="Le Courrier" xmlUrl="https://www.courrier.example/feed/" htmlUrl="https://courrier.example/"/>
  <outline type="rss" title="Le Courrier, sports" text="x" xmlUrl="https://courrier.example/sports/feed/"/>
</outline>
<outline text="La Vigie" xmlUrl="https://feeds.feedburner.com/vigie" htmlUrl="https://vigie.example/accueil"/>
<outline text="Personne" xmlUrl="https://feeds.feedburner.com/personne"/>
<outline text="Sans flux" htmlUrl="http://sansflux.example"/>
<outline text="Un dossier vide"/>
</body></opml>"""


def test_sites_are_grouped_by_host() -> None:
    assert parse_opml(LIST.encode()) == (
        ListedSite(
            "https://courrier.example/",
            "Le Courrier",
            ("https://www.courrier.example/feed/", "https://courrier.example/sports/feed/"),
        ),
        ListedSite("https://vigie.example/", "La Vigie", ("https://feeds.feedburner.com/vigie",)),
        ListedSite("http://sansflux.example/", "Sans flux", ()),
    )


def test_names_of_attributes_in_any_case() -> None:
    data = b'<OPML><BODY><outline XMLURL="https://courrier.example/rss"/></BODY></OPML>'
    assert parse_opml(data) == (
        ListedSite("https://courrier.example/", None, ("https://courrier.example/rss",)),
    )


@pytest.mark.parametrize("data", [b"", b"url,titre", b"<rss/>", b"<opml><body/></opml>", b"\xff\xfe"])
def test_what_is_no_list_is_refused(data: bytes) -> None:
    with pytest.raises(OpmlError):
        parse_opml(data)


def test_entities_are_not_opened() -> None:
    data = b'<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/hostname">]><opml><outline text="&x;" htmlUrl="http://a.example"/></opml>'
    assert parse_opml(data)[0].title is None


@given(st.binary(max_size=300))
def test_any_bytes_are_sites_or_an_error(data: bytes) -> None:
    with contextlib.suppress(OpmlError):
        assert parse_opml(b"<opml>" + data)
