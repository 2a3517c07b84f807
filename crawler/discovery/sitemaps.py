"""Sitemaps, sitemap indexes and news sitemaps (sitemaps.org protocol; Google's news: fields are kept)."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime
from io import BytesIO

from lxml import etree

from crawler.discovery.found import ChannelKind, Found, FoundLink
from pipelines.text import clean
from pipelines.urls import canonical_url

MAX_BYTES = 50 * 1024 * 1024  # the protocol's own limit, uncompressed
MAX_LINKS = 50_000
MAX_CHILDREN = 500
_GZIP = b"\x1f\x8b"


def parse_sitemap(body: bytes, url: str) -> Found:
    """Read a sitemap or an index, gzipped or not. A broken tail keeps what stood before it, with a warning."""
    warnings: list[str] = []
    data, whole = _unpacked(body)
    if not whole:
        warnings.append("sitemap_cut")
    links: list[FoundLink] = []
    children: list[tuple[ChannelKind, str]] = []
    try:
        for element in _entries(data):
            name = etree.QName(element).localname
            if name == "sitemap" and len(children) < MAX_CHILDREN:
                child = canonical_url(_text(element, "loc") or "", url)
                if child is not None:
                    children.append(("sitemap", child))
            elif name == "url" and len(links) < MAX_LINKS:
                link = _url(element, url)
                if link is not None:
                    links.append(link)
            element.clear()
    except etree.XMLSyntaxError:
        warnings.append("sitemap_malformed")
    if not links and not children:
        warnings.append("sitemap_without_links")
    return Found(links=tuple(links), channels=tuple(children), warnings=tuple(warnings))


def _entries(data: bytes) -> etree.iterparse:
    return etree.iterparse(
        BytesIO(data),
        events=("end",),
        tag=("{*}url", "{*}sitemap"),
        resolve_entities=False,
        no_network=True,
        recover=True,
        huge_tree=False,
    )


def _url(element: etree._Element, base: str) -> FoundLink | None:
    found = canonical_url(_text(element, "loc") or "", base)
    if found is None:
        return None
    claimed = _text(element, "publication_date") or _text(element, "lastmod")
    title = clean(_text(element, "title") or "") or None
    return FoundLink(found, _moment(claimed), title)


def _text(element: etree._Element, name: str) -> str | None:
    for child in element.iter(f"{{*}}{name}"):
        if child.text and child.text.strip():
            return str(child.text.strip())
    return None


def _moment(text: str | None) -> datetime | None:
    """W3C datetime as sitemaps use it; None where it is not one."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _unpacked(body: bytes) -> tuple[bytes, bool]:
    """The XML bytes, at most MAX_BYTES of them, and whether that is all."""
    if not body.startswith(_GZIP):
        return body[:MAX_BYTES], len(body) <= MAX_BYTES
    unpacker = zlib.decompressobj(wbits=31)
    try:
        data = unpacker.decompress(body, MAX_BYTES)
    except zlib.error:
        return b"", False
    return data, unpacker.eof
