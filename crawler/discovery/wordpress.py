"""WordPress REST (`wp/v2/posts`): every post with its date, back to the first, a hundred a page.

https://developer.wordpress.org/rest-api/reference/posts/
"""

from __future__ import annotations

import html
import json
import re
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawler.discovery.found import Found, FoundLink, parse_moment
from pipelines.text import clean
from pipelines.urls import canonical_url

PER_PAGE = 100  # the most that WordPress gives
_TAG = re.compile(r"<[^>]*>")


def posts_url(root: str, page: int = 1) -> str:
    """Newest posts, from the REST root that a page names ("https://site/wp-json/", or "?rest_route=/")."""
    parts = urlsplit(root)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    path = parts.path
    if "rest_route" in query:
        query["rest_route"] = query["rest_route"].rstrip("/") + "/wp/v2/posts"
    else:
        path = path.rstrip("/") + "/wp/v2/posts"
    query |= {
        "_fields": "link,date_gmt,title",
        "order": "desc",
        "orderby": "date",
        "page": str(page),
        "per_page": str(PER_PAGE),
    }
    return urlunsplit((parts.scheme, parts.netloc, path, urlencode(sorted(query.items()), safe="/,"), ""))


def parse_posts(body: bytes, url: str, content_type: str | None = None) -> Found:
    """Read one page of posts. A full page has a next one; after the last WordPress answers 400. Never raises.

    Warnings: api_malformed (no JSON list of posts), api_without_posts.
    """
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return Found(warnings=("api_malformed",))
    if not isinstance(data, list):
        return Found(warnings=("api_malformed",))  # an error is an object: {"code": "rest_no_route", ...}
    links = [link for post in data if (link := _post(post, url)) is not None]
    full = len(data) >= _per_page(url)
    return Found(
        links=tuple(links),
        next_page=_next(url) if full and links else None,
        warnings=() if links else ("api_without_posts",),
    )


def _post(post: Any, url: str) -> FoundLink | None:
    if not isinstance(post, dict) or not isinstance(post.get("link"), str):
        return None
    target = canonical_url(post["link"], url)
    if target is None:
        return None
    title = post.get("title")
    rendered = title.get("rendered") if isinstance(title, dict) else None
    claimed = post.get("date_gmt")
    return FoundLink(
        target,
        parse_moment(claimed if isinstance(claimed, str) else None),
        clean(html.unescape(_TAG.sub(" ", rendered)))[:500] or None if isinstance(rendered, str) else None,
    )


def _per_page(url: str) -> int:
    """What was asked for; WordPress gives 10 where nothing is."""
    value = dict(parse_qsl(urlsplit(url).query)).get("per_page", "")
    return int(value) if value.isascii() and value.isdecimal() and 0 < len(value) < 4 else 10


def _next(url: str) -> str:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    page = query.get("page", "1")
    query["page"] = str(int(page) + 1 if page.isascii() and page.isdecimal() and len(page) < 7 else 2)
    return urlunsplit(
        (parts.scheme, parts.netloc, parts.path, urlencode(sorted(query.items()), safe="/,"), "")
    )
