"""RSS and Atom, by feedparser: real feeds are broken in ways only it knows."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime
from typing import Any

from crawler.discovery.found import Found, FoundLink
from pipelines.text import clean
from pipelines.urls import canonical_url

MAX_ENTRIES = 5000


def parse_feed(body: bytes, url: str, content_type: str | None = None) -> Found:
    """Read a feed. What is not a feed gives a warning and no links; nothing is fetched."""
    import feedparser

    headers = {"content-type": content_type} if content_type else {}
    parsed = feedparser.parse(body, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    links: list[FoundLink] = []
    for entry in parsed.entries[:MAX_ENTRIES]:
        link = _link(entry, url)
        if link is not None:
            links.append(FoundLink(link, _moment(entry), clean(entry.get("title") or "") or None))
    warnings: list[str] = []
    if not links:
        warnings.append("feed_without_entries" if parsed.version else "not_a_feed")
    elif parsed.bozo:
        warnings.append("feed_malformed")
    if len(parsed.entries) > MAX_ENTRIES:
        warnings.append("feed_cut")
    return Found(links=tuple(links), warnings=tuple(warnings))


def _link(entry: Any, base: str) -> str | None:
    """The entry's page: its alternate link, else a guid that is a URL."""
    candidates = [link.get("href") for link in entry.get("links", []) if link.get("rel") in (None, "alternate")]
    candidates += [entry.get("link"), entry.get("id")]
    for candidate in candidates:
        if candidate and (candidate.startswith(("http://", "https://", "/"))):
            found = canonical_url(candidate, base)
            if found is not None:
                return found
    return None


def _moment(entry: Any) -> datetime | None:
    parsed = entry.get("published_parsed") or entry.get("updated_parsed")
    if parsed is None:
        return None
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), tz=UTC)
    except (ValueError, OverflowError, OSError):
        return None
