"""Sitemaps, sitemap indexes and news sitemaps (sitemaps.org protocol; Google's news: fields are kept)."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO

from lxml import etree

from crawler.discovery.feeds import parse_feed
from crawler.discovery.found import ChannelKind, Found, FoundLink, parse_moment
from pipelines.decode import decode
from pipelines.text import clean
from pipelines.urls import canonical_url

MAX_BYTES = 50 * 1024 * 1024  # the protocol's own limit, uncompressed
MAX_LINKS = 50_000  # the same
MAX_CHILDREN = 500
_GZIP = b"\x1f\x8b"
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


def parse_sitemap(body: bytes, url: str) -> Found:
    """Read a sitemap or an index: XML, a list of URLs as text, or a feed; gzipped or not. Never raises.

    A broken tail keeps what stood before it. An index gives its children newest first where it says so.
    Warnings: sitemap_empty, sitemap_cut (too large, too many, or a cut file), sitemap_malformed,
    not_a_sitemap, sitemap_without_links.
    """
    data, whole = _unpacked(body)
    if not data.strip():
        return Found(warnings=("sitemap_empty" if whole else "sitemap_cut",))
    if data[:5000].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"http://", b"https://")):
        return _text_list(data, url, whole)
    reader = _Reader(url)
    reader.read(_from_first_tag(data))
    if reader.root in ("rss", "feed", "RDF"):  # the protocol allows feeds as sitemaps
        return parse_feed(data, url)
    return reader.found(whole)


_SURROGATE = re.compile(
    rb"\xed[\xa0-\xbf][\x80-\xbf]|&#(?:[xX]0*[dD][89a-fA-F][0-9a-fA-F]{2}|0*5(?:5[3-9]|6\d|7[0-3])\d\d);?"
)
_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")


class _Reader:
    """Goes through the XML once, keeping nothing of the tree it has passed."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._links: list[FoundLink] = []
        self._children: list[tuple[datetime, str]] = []
        self._overfull = False
        self._malformed = False
        self.root = ""

    def read(self, data: bytes) -> None:
        if data[:2] not in _UTF16:
            data = _SURROGATE.sub(b"?", data)  # libxml2 lets them in, and lxml cannot bring them out
        events = etree.iterparse(
            BytesIO(data),
            events=("start", "end"),
            resolve_entities=False,
            no_network=True,
            recover=True,
            huge_tree=False,
        )
        try:
            for event, element in events:
                if event == "start":
                    self.root = self.root or _name(element)
                    continue
                if _name(element) in ("url", "sitemap") and _depth_is_one(element):
                    self._take(element)
                    _forget(element)
                if self._overfull:
                    break
        except etree.XMLSyntaxError:
            self._malformed = True
        self._malformed = self._malformed or any(e.level_name == "FATAL" for e in events.error_log)

    def _take(self, element: etree._Element) -> None:
        target = canonical_url(_child(element, "loc") or "", self._url)
        if target is None:
            return
        claimed = parse_moment(_child(element, "lastmod"))
        if _name(element) == "sitemap":
            self._children.append((claimed or _LONG_AGO, target))
        elif len(self._links) == MAX_LINKS:
            self._overfull = True
        else:
            news = next((child for child in element if _name(child) == "news"), None)
            published = parse_moment(_child(news, "publication_date")) if news is not None else None
            title = clean(_child(news, "title") or "") if news is not None else ""
            self._links.append(FoundLink(target, published or claimed, title[:500] or None))

    def found(self, whole: bool) -> Found:
        children = dict.fromkeys(child for _, child in sorted(self._children, key=_newest_first))
        channels: list[tuple[ChannelKind, str]] = [("sitemap", child) for child in children]
        warnings: list[str] = []
        if not whole or self._overfull or len(channels) > MAX_CHILDREN:
            warnings.append("sitemap_cut")
        if self._malformed:
            warnings.append("sitemap_malformed")
        if not self._links and not channels:
            known = self.root in ("urlset", "sitemapindex")
            warnings.append("sitemap_without_links" if known else "not_a_sitemap")
        return Found(tuple(self._links), tuple(channels[:MAX_CHILDREN]), warnings=tuple(warnings))


def _newest_first(child: tuple[datetime, str]) -> float:
    return -(child[0] - _LONG_AGO).total_seconds()


def _name(element: etree._Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _depth_is_one(element: etree._Element) -> bool:
    parent = element.getparent()
    return parent is not None and parent.getparent() is None


def _forget(element: etree._Element) -> None:
    """Free an entry and all before it: else 50,000 empty elements stay in memory."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _child(element: etree._Element, name: str) -> str | None:
    """The text of a direct child (<image:loc> stands deeper); None where it holds an entity."""
    for child in element:
        if _name(child) == name:
            return str(child.text).strip() if child.text and not len(child) else None
    return None


def _text_list(data: bytes, url: str, whole: bool) -> Found:
    """One URL a line (sitemaps.org, "Text file")."""
    lines = decode(data, "text/plain").text.split()
    links = dict.fromkeys(
        found for line in lines[:MAX_LINKS] if (found := canonical_url(line, url)) is not None
    )
    warnings = () if whole and len(lines) <= MAX_LINKS else ("sitemap_cut",)
    return Found(tuple(FoundLink(link) for link in links), warnings=warnings)


def _from_first_tag(data: bytes) -> bytes:
    """Without what stands before the XML: blank lines, PHP warnings."""
    for mark in (b"<?xml", b"<urlset", b"<sitemapindex"):
        position = data.find(mark, 0, 5000)
        if position >= 0:
            return data[position:]
    return data


def _unpacked(body: bytes) -> tuple[bytes, bool]:
    """The XML bytes, at most MAX_BYTES of them, and whether that is all. A file may be packed twice."""
    whole = True
    for _ in range(2):
        if not body.startswith(_GZIP):
            break
        body, complete = _gunzip(body)
        whole = whole and complete
    return body[:MAX_BYTES], whole and len(body) <= MAX_BYTES


def _gunzip(body: bytes) -> tuple[bytes, bool]:
    parts: list[bytes] = []
    size = 0
    for part, complete in _members(body):
        parts.append(part[: MAX_BYTES - size])
        size += len(part)
        if not complete or size > MAX_BYTES:
            return b"".join(parts), False
    return b"".join(parts), True


def _members(body: bytes) -> Iterator[tuple[bytes, bool]]:
    """The members of a gzip file one by one, each at most MAX_BYTES + 1 bytes, and whether it was whole."""
    while body.startswith(_GZIP):
        unpacker = zlib.decompressobj(wbits=31)
        try:
            part = unpacker.decompress(body, MAX_BYTES + 1)
        except zlib.error:
            yield _before_the_fault(body), False
            return
        yield part, unpacker.eof
        body = unpacker.unused_data


def _before_the_fault(body: bytes) -> bytes:
    """What can be unpacked of a damaged member, in steps, because zlib gives nothing once it has failed."""
    unpacker = zlib.decompressobj(wbits=31)
    parts: list[bytes] = []
    size = 0
    try:
        for start in range(0, len(body), 4096):
            part = unpacker.decompress(body[start : start + 4096], MAX_BYTES - size + 1)
            parts.append(part)
            size += len(part)
            if size > MAX_BYTES:
                break
    except zlib.error:
        pass
    return b"".join(parts)
