"""OPML, the list of feeds that feed readers export: which sites it names. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import etree

from pipelines.text import clean
from pipelines.urls import canonical_url

MAX_BYTES = 16 << 20
MAX_FEEDS = 2000
# They carry other sites' feeds: without the site's own address nothing says whose.
_CARRIERS = ("feedburner.com", "feedburner.google.com", "feedly.com", "feedproxy.google.com", "rss.app")


class OpmlError(Exception):
    """A file that is no OPML. The message is one line."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class ListedSite:
    """One site of the list: its home page, and its feeds in the list's order."""

    url: str
    title: str | None
    feeds: tuple[str, ...]


def parse_opml(data: bytes) -> tuple[ListedSite, ...]:
    """The sites of an OPML file, each once, in the file's order.

    Raises:
        OpmlError: it is no OPML, or names no site.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=False)
    try:
        root = etree.fromstring(data[:MAX_BYTES], parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None or str(root.tag).lower() != "opml":
        raise OpmlError("no OPML: <opml> is missing")
    sites: dict[str, ListedSite] = {}
    for home, title, feed in _outlines(root):
        host = _host(home)
        known = sites.get(host, ListedSite(home, title, ()))
        feeds = known.feeds + ((feed,) if feed is not None else ())
        sites[host] = ListedSite(known.url, known.title or title, tuple(dict.fromkeys(feeds)))
    if not sites:
        raise OpmlError("the OPML names no feed (no outline has xmlUrl or htmlUrl)")
    return tuple(sites.values())


def _outlines(root: etree._Element) -> Iterator[tuple[str, str | None, str | None]]:
    """Home page, title and feed of every entry that says where its site is."""
    for number, outline in enumerate(root.iter("outline", "{*}outline")):
        if number == MAX_FEEDS:
            return
        values = {str(name).lower(): str(value) for name, value in outline.attrib.items()}
        feed = canonical_url(values.get("xmlurl", "")) if values.get("xmlurl") else None
        site = canonical_url(values.get("htmlurl", "")) if values.get("htmlurl") else None
        about = site or (feed if feed is not None and not _host(feed).endswith(_CARRIERS) else None)
        if about is None:
            continue
        parts = urlsplit(about)
        yield (
            f"{parts.scheme}://{parts.netloc}/",
            clean(values.get("title") or values.get("text") or "") or None,
            feed,
        )


def _host(url: str) -> str:
    return urlsplit(url).netloc.removeprefix("www.")
