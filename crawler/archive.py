"""Keeps every response before anything can fail, then undoes its content coding.

A downloader middleware next to the downloader: it sees the undecoded body, every status, redirects and
robots.txt. An item pipeline would see only what a callback yields, decoded.
"""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING, Literal

from crawler.opening import Opened, open_body
from crawler.politeness.bounds import OutOfBounds
from crawler.politeness.policy import product_token
from crawler.politeness.rights import forbidden_by, rights_of
from crawler.politeness.statements import joined
from crawler.wire import TooLarge
from pipelines.decode import breaks_off
from pipelines.flow import GIANT
from storage import repository
from storage.coding import MAX_PAYLOAD
from storage.errors import ArchiveError, Redacted
from storage.faults import fault
from storage.records import Capture

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.news import NewsSpider

_CUT = {"dataloss": "disconnect", "download_stopped": "length"}  # Scrapy's flag, WARC's reason
_SECRET_HEADERS = {b"authorization", b"cookie", b"proxy-authorization"}


GIANT_BODY = "giant_body"  # key of a request's meta: a body that whoever looks at it first lets go
FAULTS = {"dataloss", "encoding", "too_large"}  # flags of a response that is no whole page


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
        try:
            return await self._process(request, response)
        finally:
            self._spider.session.loads.gone(len(response.body))

    async def _process(self, request: Request, response: Response) -> Response:
        if response.status == 304:
            return response  # nothing new was said: no record, the check time moves
        role: Literal["article", "channel"] = request.meta.get("role", "article")
        opened = self._open(response)
        if opened.fault is not None:
            response.flags.append("dataloss" if opened.fault == "truncated" else opened.fault)
        elif await self._lost_its_end(request, response, opened.body):
            response.flags.append("dataloss")
        await self._keep(request, response, role)
        if opened.fault == "too_large":
            raise TooLarge(f"more than {self._limit} bytes after unpacking")
        if role == "article" and "candidate_id" in request.meta and GIANT < len(opened.body) <= MAX_PAYLOAD:
            if response.status == 200:  # a redirect's next request would take it for its own page's
                request.meta[GIANT_BODY] = opened.body
            return response.replace(body=b"")
        return response if opened.body == response.body else response.replace(body=opened.body)

    async def _lost_its_end(self, request: Request, response: Response, body: bytes) -> bool:
        """Whether a page that was kept before breaks off now, and is shorter than it was."""
        known = request.meta.get("fetches") and response.status == 200 and not response.flags
        if not known or not breaks_off(body):
            return False
        candidate: int = request.meta["candidate_id"]
        before = await self._spider.session.read(lambda db: repository.last_length(db, candidate))
        return before is not None and len(response.body) < before

    @property
    def _limit(self) -> int:
        return self._crawler.settings.getint("DOWNLOAD_MAXSIZE")

    def _open(self, response: Response) -> Opened:
        coding = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1")
        content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
        return open_body(response.body, coding, content_type, self._limit)

    async def _keep(self, request: Request, response: Response, role: Literal["article", "channel"]) -> None:
        """The response is on disk when this returns; a channel's only if it is not what it was.

        Raises:
            OutOfBounds: the page may not be kept.
            ArchiveError: the archive cannot take it.
        """
        if role == "channel":
            digest = hashlib.sha256(response.body).hexdigest()
            request.meta["digest"] = digest
            if digest == request.meta.get("known_digest"):
                return
        capture = self._capture(request, response, role)
        forbidden = forbidden_by(capture.rights, self._spider.session.config.rights.obey)
        if role == "article" and forbidden is not None:
            raise OutOfBounds(forbidden, request.url)
        request.meta["fetched_at"] = capture.fetched_at  # one moment in record, row and article
        fault("after_fetch")
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

    def _capture(self, request: Request, response: Response, role: Literal["article", "channel"]) -> Capture:
        whole = response.status == 200 and not FAULTS & set(response.flags)
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
