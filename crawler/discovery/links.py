"""Article links of a page by a look at its href attributes, without building a tree.

For two questions that may not cost a parser: which other articles does an article name, and does a channel
name any article that is not known. What this misses (links that scripts make, broken markup) the listing's
own reader finds.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from pipelines.rules import SiteRules
from pipelines.urls import canonical_url, matches_article, same_site

MAX_BYTES = 2_000_000
MAX_LINKS = 500
_HREF = re.compile(
    r"""\bhref\s{0,5}=\s{0,5}(?:"([^"<>]{1,2000})"|'([^'<>]{1,2000})'|([^\s"'<>]{1,2000}))""", re.I
)
_IN_FEED = re.compile(
    r"<link\b[^<>]{0,200}>\s{0,20}(?:<!\[CDATA\[\s{0,20})?(https?://[^\s<>\]]{1,2000})", re.I
)
_BASE = re.compile(r"<base\b", re.I)
_OTHER = ("#", "javascript:", "mailto:", "tel:", "data:", "whatsapp:", "sms:")


def article_links(
    body: bytes, url: str, rules: SiteRules, *, seen: set[str] | None = None, feed: bool = False
) -> tuple[str, ...] | None:
    """Canonical addresses of the site's articles that a page or a feed names, each once, in its order.

    None where hrefs cannot be understood without the tree: the page has a <base>. The page's own address is
    left out.

    Args:
        seen: links from the root that were looked at before; they are passed over, and new ones added.
    """
    text = body[:MAX_BYTES].decode("utf-8", "replace")
    if _BASE.search(text, 0, 20_000):
        return None
    own = canonical_url(url)
    found: dict[str, None] = {}
    for href in _hrefs(text, feed):
        if seen is not None and href.startswith(("/", "http")):
            if href in seen:
                continue
            seen.add(href)
        if not _may_match(href, rules):
            continue
        target = canonical_url(href, url)
        if target is not None and target != own and same_site(target, url) and matches_article(target, rules):
            found[target] = None
            if len(found) >= MAX_LINKS:
                break
    return tuple(found)


def _hrefs(text: str, feed: bool) -> Iterator[str]:
    for match in _HREF.finditer(text):
        yield _unescaped(match.group(1) or match.group(2) or match.group(3))
    if feed:
        for match in _IN_FEED.finditer(text):
            yield _unescaped(match.group(1))


def _unescaped(href: str) -> str:
    return (html.unescape(href) if "&" in href else href).strip()


def _may_match(href: str, rules: SiteRules) -> bool:
    """A cheap look before the costly one: the pattern on the path as it stands there."""
    if not href or href.lower().startswith(_OTHER):
        return False
    if rules.article_pattern is None or not href.startswith(("/", "http")) or "%" in href:
        return True
    try:
        parts = urlsplit(href)
    except ValueError:
        return False
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return rules.article_pattern.search(path) is not None
