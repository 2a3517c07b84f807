"""Asks each origin for its robots.txt before anything else, and keeps to it (RFC 9309).

A 4xx answer allows everything; after a 5xx answer, 429 or silence the last copy counts for 24 hours from when
it was fetched (2.4), and without one everything is forbidden for now; five redirects are followed, to other
hosts too; at most 512 KiB are fetched; a Crawl-delay becomes the host's delay.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from scrapy import Request, signals
from scrapy.exceptions import IgnoreRequest, StopDownload

from crawler.politeness.bounds import OutOfBounds
from crawler.politeness.hosts import host_key
from crawler.politeness.policy import MAX_BYTES, Policy, parse_robots
from storage import repository

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from sqlalchemy.orm import Session

    from crawler.news import NewsSpider

_MAX_REDIRECTS = 5
_REDIRECTS = {301, 302, 303, 307, 308}
_UNKNOWN = Policy(status=None)
_ABSENT = Policy(status=404)
KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class _Copy:
    """What earlier runs keep of an origin's file."""

    digest: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    policy: Policy | None = None  # of a copy that is young enough to count


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came of this run's request, redirects followed. `text` is None where there is no file."""

    policy: Policy
    response: Response | None = None
    digest: str | None = None
    text: str | None = None


class RobotsRefused(IgnoreRequest):
    """The site's robots.txt does not allow this URL."""


class RobotsUnreachable(IgnoreRequest):
    """robots.txt cannot be had (5xx or no answer): all counts as forbidden for now (RFC 9309, 2.3.1.4)."""


class RobotsMiddleware:
    """One policy an origin and run; all who ask meanwhile wait for the same answer."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._policies: dict[str, asyncio.Future[Policy]] = {}
        self._out_of_bounds: dict[str, str] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        middleware = cls(crawler)
        crawler.signals.connect(middleware._bytes_received, signal=signals.bytes_received)
        return middleware

    @property
    def _spider(self) -> NewsSpider:
        return self._crawler.spider  # type: ignore[return-value]

    async def process_request(self, request: Request) -> None:
        if request.meta.get("robots") or not self._spider.session.config.crawl.obey_robots:
            return
        policy = await self.policy(request.url)
        reason = self._out_of_bounds.get(_origin(request.url))
        if reason is not None:
            raise OutOfBounds(reason, request.url)
        if not policy.is_known:
            raise RobotsUnreachable(f"robots.txt of {host_key(request.url)} cannot be had")
        if not policy.allows(request.url):
            raise RobotsRefused("robots.txt does not allow it")
        request.meta["site_rights"] = policy.rights

    async def policy(self, url: str) -> Policy:
        """The policy of a URL's origin, fetched once a run."""
        origin = _origin(url)
        if origin not in self._policies:
            self._policies[origin] = asyncio.ensure_future(self._fetch(origin))
        return await asyncio.shield(self._policies[origin])

    async def _fetch(self, origin: str) -> Policy:
        url = f"{origin}/robots.txt"
        copy = await self._copy(origin)
        try:
            answer = await self._ask(url, copy)
        except OutOfBounds as error:
            # A name that turned out to be a private address: its pages are no less so.
            if _origin(error.url) == origin:
                self._out_of_bounds[origin] = error.reason
            self._spider.tally.note_channel(url, "robots", error=error.reason)
            return _UNKNOWN
        except Exception as error:  # noqa: BLE001  no answer, whatever the cause, has one meaning here
            return self._in_its_place(origin, copy, type(error).__name__)
        await self._save(origin, answer)
        if not answer.policy.is_known and copy.policy is not None:
            return self._in_its_place(origin, copy, f"http_{answer.policy.status}")
        self._spider.robots_seen(origin, answer.policy)
        return answer.policy

    def _in_its_place(self, origin: str, copy: _Copy, why: str) -> Policy:
        """The copy, where the file cannot be had now; without one nothing is known."""
        if copy.policy is None:
            self._spider.tally.note_channel(f"{origin}/robots.txt", "robots", error=why)
            return _UNKNOWN
        self._spider.robots_seen(origin, copy.policy)
        self._spider.tally.note_channel(f"{origin}/robots.txt", "robots", warnings=("robots_copy", why))
        return copy.policy

    async def _ask(self, url: str, copy: _Copy) -> _Answer:
        """The answer at the end of the redirects. What leads nowhere counts as no file (2.3.1.2)."""
        engine = self._crawler.engine
        assert engine is not None
        for _ in range(_MAX_REDIRECTS + 1):
            request = _request(url, copy)
            response = await engine.download_async(request)
            if response.status == 304 and copy.policy is not None:
                return _Answer(copy.policy, response, copy.digest)
            if response.status not in _REDIRECTS:
                policy = await self._policy_of(response)
                text = response.body[:MAX_BYTES] if policy.rules is not None else b""
                return _Answer(policy, response, request.meta.get("digest"), _as_text(text))
            location = response.headers.get("Location")
            if location is None:
                break
            url = urljoin(url, location.decode("utf-8", "replace").strip())
            if urlsplit(url).scheme not in ("http", "https"):
                break
        return _Answer(_ABSENT, text="")

    async def _policy_of(self, response: Response) -> Policy:
        if response.status >= 400:
            return Policy(status=response.status)
        if response.status != 200:
            return _ABSENT
        if "dataloss" in response.flags:
            return _UNKNOWN  # half a file may lack the half that names us
        return await self._parsed(response.body, response.url)

    async def _parsed(self, body: bytes, url: str) -> Policy:
        return await asyncio.to_thread(parse_robots, body, self._spider.session.user_agent, url)

    # --- between runs -----------------------------------------------------------------------------

    async def _copy(self, origin: str) -> _Copy:
        """What the last run was told: the same file is not kept twice, and asked for conditionally."""
        spider, url, key = self._spider, f"{origin}/robots.txt", host_key(origin)
        channel, host = await spider.session.read(
            lambda db: (repository.channel_state(db, spider.site_id, url), repository.host(db, key))
        )
        digest = channel.digest if channel is not None else None
        if host is None or host.robots_expires_at is None or host.robots_fetched_at is None:
            return _Copy(digest)
        now = spider.session.clock()
        if host.robots is None or not host.robots_fetched_at <= now < host.robots_expires_at:
            return _Copy(digest)
        body = host.robots.encode("utf-8", "replace")
        if host.robots_status == 200:
            policy = await self._parsed(body, url)
        else:
            policy = Policy(status=host.robots_status)
        if channel is None or hashlib.sha256(body).hexdigest() != digest:
            return _Copy(digest, policy=policy)  # another site's run has asked since, or it was cut
        return _Copy(digest, channel.etag, channel.last_modified, policy)

    async def _save(self, origin: str, answer: _Answer) -> None:
        """Row of the channel, for this site; row of the host, for all of them."""
        spider, now, url = self._spider, self._spider.session.clock(), f"{origin}/robots.txt"
        headers = answer.response.headers if answer.response is not None else {}
        status = answer.response.status if answer.response is not None else answer.policy.status
        policy = answer.policy
        host: dict[str, object] = {}
        if policy.is_known:
            host = {"robots_status": policy.status, "robots_fetched_at": now, "robots_expires_at": now + KEPT}
            host["crawl_delay"] = policy.crawl_delay
            if answer.text is not None:
                host["robots"] = answer.text

        def save(db: Session) -> None:
            repository.save_channel_state(
                db,
                spider.site_id,
                url,
                "robots",
                status=status,
                digest=answer.digest,
                etag=_text(headers.get("ETag")),
                last_modified=_text(headers.get("Last-Modified")),
                now=now,
                failed=not policy.is_known,
            )
            if host:
                repository.save_host(db, host_key(origin), **host)

        await spider.session.write(save)

    def _bytes_received(self, data: bytes, request: Request, spider: Spider) -> None:
        """Stop a robots.txt once enough has come: some send gigabytes."""
        if not request.meta.get("robots"):
            return
        received = request.meta["robots_bytes"] = request.meta.get("robots_bytes", 0) + len(data)
        if received > MAX_BYTES:
            raise StopDownload(fail=False)


def _origin(url: str) -> str:
    return f"{urlsplit(url).scheme}://{host_key(url)}"


def _request(url: str, copy: _Copy) -> Request:
    headers = {"Accept-Encoding": "identity"}  # what is cut at 512 KiB should still be readable
    if copy.policy is not None and copy.etag:
        headers["If-None-Match"] = copy.etag
    if copy.policy is not None and copy.last_modified:
        headers["If-Modified-Since"] = copy.last_modified
    return Request(
        url,
        headers=headers,
        meta={"robots": True, "role": "channel", "dont_redirect": True, "known_digest": copy.digest},
        dont_filter=True,
        priority=10_000,
    )


def _text(value: bytes | None) -> str | None:
    return value.decode("latin-1") if value is not None else None


def _as_text(body: bytes) -> str:
    """For the row of the host: UTF-8 where it is that, else each byte as a letter."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("latin-1")
