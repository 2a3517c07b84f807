"""Where a crawl could be led: schemes in feeds and robots.txt, canonical lies, months without end."""

from __future__ import annotations

import json

from tests.hostile.exchange import Exchange, route
from tests.hostile.news import LOREM, article, page

_SCHEMES = (
    "file:///etc/passwd",
    "ftp://127.0.0.1/etc",
    "s3://seau/x",
    "data:text/html,x",
    "javascript:alert(1)",
)


@route("/w/schemes")
async def _schemes(exchange: Exchange) -> None:
    """Links, base, meta refresh, canonical and channels of every scheme that is not ours."""
    links = "".join(
        f'<a href="{url}">l</a><link rel="alternate" type="application/rss+xml" href="{url}">'
        for url in _SCHEMES
    )
    await exchange.send(
        f'<html><head><base href="file:///etc/"><link rel="canonical" href="{_SCHEMES[0]}">'
        f'<meta http-equiv="refresh" content="0;url={_SCHEMES[0]}"></head><body>{links}</body></html>'
    )


@route("/w/both")
async def _both(exchange: Exchange) -> None:
    """A listing whose links are half http, half https, each article under both."""
    host = exchange.headers.get("host", "")
    paths = [article(n, exchange.server.articles).path for n in range(exchange.server.articles)]
    links = "".join(
        f'<a href="{scheme}://{host}{path}">a</a>' for path in paths for scheme in ("http", "https")
    )
    await exchange.send(links)


@route("/w/months")
async def _months(exchange: Exchange) -> None:
    """An agenda: every month links to the next ten and to two articles of the good site."""
    month = int(exchange.argument("m", "1"))
    months = "".join(f'<a href="/w/months?m={month + step}">mois</a>' for step in range(1, 11))
    await exchange.send(f'{months}<a href="/news/article/0/x">a</a><a href="/news/article/1/x">b</a>')


@route("/w/wordpress")
async def _wordpress(exchange: Exchange) -> None:
    """A home page without articles that names the site's REST API."""
    await exchange.send(
        '<html><head><link rel="https://api.w.org/" href="/wp-json/"></head><body></body></html>'
    )


@route("/wp-json/wp/v2/posts")
async def _posts(exchange: Exchange) -> None:
    """Posts, newest first; 400 after the last page, as WordPress answers."""
    number, articles = int(exchange.argument("page", "1")), exchange.server.articles
    size = int(exchange.argument("per_page", "10"))
    shown = range(articles)[::-1][(number - 1) * size : number * size]
    if not shown:
        return await exchange.send('{"code": "rest_post_invalid_page_number"}', 400, "application/json")
    posts = [
        {
            "link": exchange.server.url(article(post, articles).path),
            "date_gmt": article(post, articles).day.isoformat() + "T08:00:00",
            "title": {"rendered": f"Article {post}"},
        }
        for post in shown
    ]
    return await exchange.send(json.dumps(posts), content_type="application/json")


@route("/w/canonical")
async def _lies(exchange: Exchange) -> None:
    """Different articles that all claim to be the home page."""
    number = exchange.argument("id", "0")
    await exchange.send(
        page(
            f"Article véritable {number}",
            [f"Texte propre au numéro {number}. {LOREM}", LOREM],
            in_head=f'<link rel="canonical" href="{exchange.server.base_url}/">',
        )
    )
