"""Keeps every response before anything can fail.

A downloader middleware next to the downloader: it sees the undecoded body, every status, redirects and
robots.txt. An item pipeline would see only what a callback yields, decoded.
"""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING, Literal

from crawler.politeness.bounds import OutOfBounds
from crawler.politeness.policy import product_token
from crawler.politeness.rights import forbidden_by, rights_of
from crawler.politeness.statements import joined
from storage.errors import ArchiveError, Redacted
from storage.records import Capture

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.news import NewsSpider

_CUT = {"dataloss": "disconnect", "download_stopped": "length"}  # Scrapy's flag, WARC's reason
_SECRET_HEADERS = {b"authorization", b"cookie", b"proxy-authorization"}


class ArchiveMiddleware:
    """Hands each response to the archive's writer thread and waits until it is on disk."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ArchiveMiddleware:
        return cls(crawler)

    @property
    def _spider(self) -> NewsSpider:
        return self._crawler.spider  # type: ignore[return-value]

    async def process_response(self, request: Request, response: Response) -> Response:
        if response.status == 304:
            return response  # nothing new was said: no record, the check time moves
        role: Literal["article", "channel"] = request.meta.get("role", "article")
        if role == "channel":
            digest = hashlib.sha256(response.body).hexdigest()
            request.meta["digest"] = digest
            if digest == request.meta.get("known_digest"):
                return response
        capture = self._capture(request, response, role)
        forbidden = forbidden_by(capture.rights, self._spider.session.config.rights.obey)
        if role == "article" and forbidden is not None:
            raise OutOfBounds(forbidden, request.url)
        request.meta["fetched_at"] = capture.fetched_at  # one moment in record, row and article
        try:
            capture_id = await asyncio.wrap_future(
                self._spider.session.writer.capture(capture, self._spider.run_id)
            )
        except Redacted:
            raise OutOfBounds("redacted", request.url) from None
        except ArchiveError as error:
            self._spider.stop_with(error)
            raise
        request.meta["capture_id"] = capture_id
        return response

    def _capture(self, request: Request, response: Response, role: Literal["article", "channel"]) -> Capture:
        whole = response.status == 200 and "dataloss" not in response.flags
        headers = tuple((name, value) for name, values in response.headers.items() for value in values)
        said = rights_of(headers, response.body, product_token(self._spider.session.user_agent))
        return Capture(
            url=response.url,
            site=self._spider.name,
            status=response.status,
            headers=headers,
            body=response.body,
            fetched_at=self._spider.session.clock(),
            role=role,
            candidate_id=request.meta.get("candidate_id") if whole else None,
            request_headers=tuple(
                (name, value)
                for name, values in request.headers.items()
                if name.lower() not in _SECRET_HEADERS
                for value in values
            ),
            method=request.method,
            ip=str(response.ip_address) if response.ip_address is not None else None,
            truncated=next((reason for flag, reason in _CUT.items() if flag in response.flags), None),
            rights=joined(said, request.meta.get("site_rights", ())),
        )
