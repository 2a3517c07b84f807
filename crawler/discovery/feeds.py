"""RSS and Atom, by feedparser (real feeds are broken in ways only it knows), and JSON Feed."""

from __future__ import annotations

import calendar
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from crawler.discovery.found import Found, FoundLink, parse_moment, plausible
from pipelines.decode import decode
from pipelines.text import clean
from pipelines.urls import canonical_url

MAX_ENTRIES = 5000  # a feed of 20,000 takes 3 s to read; nobody's news are that many
_MAX_CHARS = 16_000_000
_ENTRY = re.compile(r"<(?:\w+:)?(?:item|entry)[\s>/]", re.I)
_START = re.compile(r"<(?:\?xml|rss|rdf:RDF|feed)[\s>]", re.I)
_TAG = re.compile(r"<[^>]*>")
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")


def parse_feed(body: bytes, url: str, content_type: str | None = None) -> Found:
    """Read a feed. What is not a feed gives a warning and no links; nothing is fetched, never raises.

    Warnings: feed_empty, not_a_feed, feed_without_entries, feed_malformed, feed_cut (only the first
    entries were read), feed_entries_without_link.
    """
    text = decode(body, content_type).text[:_MAX_CHARS].strip()
    if not text:
        return Found(warnings=("feed_empty",))
    if text.startswith("{"):
        return _json_feed(text, url)
    text, cut = _first_entries(text)
    parsed = _parsed(_REFERENCE.sub(_character, text))
    if parsed is None:
        return Found(warnings=("not_a_feed",))
    links = [link for entry in parsed.entries if (link := _found_link(entry, url)) is not None]
    warnings: list[str] = []
    if not links:
        warnings.append("feed_without_entries" if parsed.version else "not_a_feed")
    elif parsed.bozo and not cut:
        warnings.append("feed_malformed")
    if cut:
        warnings.append("feed_cut")
    if links and len(links) < len(parsed.entries):
        warnings.append("feed_entries_without_link")
    return Found(links=_each_once(links), warnings=tuple(warnings))


def _first_entries(text: str) -> tuple[str, bool]:
    """The feed from its first tag on, cut before entry MAX_ENTRIES + 1, and whether it was cut."""
    start = _START.search(text, 0, 5000)
    if start is not None:  # PHP warnings and blank lines stand before the XML of some sites
        text = text[start.start() :]
    for number, match in enumerate(_ENTRY.finditer(text)):
        if number == MAX_ENTRIES:
            return text[: match.start()], True
    return text, False


def _character(match: re.Match[str]) -> str:
    """The reference itself; U+FFFD for one that names no character, on which feedparser fails."""
    digits, base = (match.group(1), 16) if match.group(1) else (match.group(2), 10)
    number = int(digits, base) if len(digits) < 9 else 0
    usable = number in (9, 10, 13) or 32 <= number < 0xD800 or 0xE000 <= number < 0x110000
    return match.group() if usable else "\ufffd"


def _parsed(text: str) -> Any:
    import feedparser

    try:
        # A stream, never bytes or str: feedparser opens the file, or fetches the URL, that they may name.
        return feedparser.parse(
            BytesIO(text.encode("utf-8", "replace")),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception:  # noqa: BLE001  its second, loose parser raises whatever the markup makes it
        return None


def _found_link(entry: Any, base: str) -> FoundLink | None:
    for candidate in _candidates(entry):
        target = canonical_url(candidate, base)
        if target is not None:
            return FoundLink(target, _moment(entry), _title(entry))
    return None


def _candidates(entry: Any) -> Iterator[str]:
    """Where the entry's page may stand, best first; FeedBurner keeps the publisher's own address apart."""
    links = entry.get("links")  # feedparser's own list, or the text of an element of that name
    links = links if isinstance(links, list) else []
    links = [link for link in links if link.get("rel", "alternate") == "alternate"]
    own = None if entry.get("guidislink") else entry.get("link")
    for text in (entry.get("feedburner_origlink"), *(link.get("href") for link in links), own):
        if isinstance(text, str) and text.strip():
            yield text
    identifier = entry.get("id")
    if isinstance(identifier, str) and _SCHEME.match(identifier):
        yield identifier  # a guid that is a URL; a bare number names no page


def _title(entry: Any) -> str | None:
    title = entry.get("title")
    if not isinstance(title, str):
        return None
    detail = entry.get("title_detail")
    if isinstance(detail, dict) and detail.get("type") == "text/html":
        title = _TAG.sub(" ", title)
    return clean(title)[:500] or None


def _moment(entry: Any) -> datetime | None:
    for name in ("published_parsed", "updated_parsed"):
        parsed = dict.get(entry, name)  # its own get() answers one for the other, with a warning
        if parsed is not None:
            try:
                return plausible(datetime.fromtimestamp(calendar.timegm(parsed), tz=UTC))
            except (ValueError, OverflowError, OSError, TypeError):
                return None
    return None


def _each_once(links: list[FoundLink]) -> tuple[FoundLink, ...]:
    first: dict[str, FoundLink] = {}
    for link in links:
        first.setdefault(link.url, link)
    return tuple(first.values())


def _json_feed(text: str, base: str) -> Found:
    """JSON Feed 1.1 (jsonfeed.org): `items` with `url`, `date_published`, `title`."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return Found(warnings=("not_a_feed",))
    items = data.get("items") if isinstance(data, dict) else None
    if not isinstance(items, list):
        return Found(warnings=("not_a_feed",))
    links = [link for item in items[:MAX_ENTRIES] if (link := _json_link(item, base)) is not None]
    warnings = () if links else ("feed_without_entries",)
    return Found(
        links=_each_once(links), warnings=(*warnings, *(("feed_cut",) if len(items) > MAX_ENTRIES else ()))
    )


def _json_link(item: Any, base: str) -> FoundLink | None:
    if not isinstance(item, dict):
        return None
    target = item.get("url") or item.get("id")
    found = canonical_url(target, base) if isinstance(target, str) else None
    if found is None:
        return None
    date, title = item.get("date_published"), item.get("title")
    return FoundLink(
        found,
        parse_moment(date if isinstance(date, str) else None),
        (clean(title)[:500] or None) if isinstance(title, str) else None,
    )
