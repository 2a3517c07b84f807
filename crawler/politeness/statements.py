"""Asks each host what its content may be used for: /.well-known/tdmrep.json and /ai.txt.

Once a host and day, and only when a page of it is about to be kept. What they say goes with each capture; a
file that cannot be had says what it said last.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.exceptions import DownloadCancelledError

from crawler.politeness.bounds import OutOfBounds
from crawler.politeness.hosts import host_key
from crawler.politeness.rights import PathRule, Rights, parse_ai_txt, parse_tdmrep, rights_of_path
from crawler.politeness.robots import RobotsRefused
from storage import repository

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.news import NewsSpider

FILES = {"/.well-known/tdmrep.json": parse_tdmrep, "/ai.txt": parse_ai_txt}
AGE = timedelta(hours=24)
_MAX_BYTES = 65_536
_GONE = {301, 302, 303, 307, 308, 401, 403, 404, 410}

Texts = dict[str, str]


class StatementsMiddleware:
    """Puts into `site_rights` what the host says of a page's path; robots.txt has spoken before."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._rules: dict[str, asyncio.Future[tuple[tuple[PathRule, ...], ...]]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> StatementsMiddleware:
        return cls(crawler)

    @property
    def _spider(self) -> NewsSpider:
        return self._crawler.spider  # type: ignore[return-value]

    async def process_request(self, request: Request) -> None:
        meta = request.meta
        if meta.get("role") == "channel" or meta.get("robots") or not self._spider.session.config.rights.ask:
            return
        parts = urlsplit(request.url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        for rules in await self._rules_of(f"{parts.scheme}://{host_key(request.url)}"):
            meta["site_rights"] = joined(meta.get("site_rights", ()), rights_of_path(rules, path))

    async def _rules_of(self, origin: str) -> tuple[tuple[PathRule, ...], ...]:
        if origin not in self._rules:
            self._rules[origin] = asyncio.ensure_future(self._read(origin))
        return await asyncio.shield(self._rules[origin])

    async def _read(self, origin: str) -> tuple[tuple[PathRule, ...], ...]:
        session, key = self._spider.session, host_key(origin)
        row = await session.read(lambda db: repository.host(db, key))
        known: Texts = dict(row.statements or {}) if row is not None else {}
        asked_at = row.statements_at if row is not None else None
        now = session.clock()
        if asked_at is None or not timedelta(0) <= now - asked_at < AGE:
            answers = {path: await self._ask(origin + path) for path in FILES}
            known = {path: known.get(path, "") if text is None else text for path, text in answers.items()}
            if None not in answers.values():
                await session.write(
                    lambda db: repository.save_host(db, key, statements=known, statements_at=now)
                )
        return tuple(parse(known.get(path, "").encode()) for path, parse in FILES.items())

    async def _ask(self, url: str) -> str | None:
        """The file's text, empty where there is none, None where nobody can tell now."""
        engine = self._crawler.engine
        assert engine is not None
        request = Request(
            url, meta={"role": "channel", "dont_redirect": True}, dont_filter=True, priority=9_000
        )
        try:
            response = await engine.download_async(request)
        except (RobotsRefused, OutOfBounds, DownloadCancelledError):
            return ""
        except Exception:  # noqa: BLE001  no answer, whatever the cause, has one meaning here
            return None
        if response.status == 200:
            return response.body[:_MAX_BYTES].decode("utf-8", "replace")
        return "" if response.status in _GONE else None


def joined(first: Iterable[tuple[str, str]], second: Iterable[tuple[str, str]]) -> Rights:
    """Both; where both speak of one thing, the first counts: what is said closer to the page."""
    said = dict(second) | dict(first)
    return tuple(said.items())
