"""What a run writes down about the channels it asked, for the next one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from crawler.polled import PAGED, Visit
from crawler.schedule import next_poll
from storage import repository

if TYPE_CHECKING:
    from crawler.news import NewsSpider

_OLD = timedelta(days=7)  # a sitemap that only a backfill asked for is looked at again after this time
_PATIENCE = {400, 404, 405, 406, 410, 415}  # a channel that is not there is asked ever more seldom


class ChannelRows:
    """The rows of one site's channels."""

    def __init__(self, spider: NewsSpider) -> None:
        self._spider = spider
        self._session = spider.session

    async def finished(self, visit: Visit, *, next_page: str | None = None, whole: bool = False) -> None:
        """The channel was read to where this run wanted.

        Args:
            next_page: the first page that was not asked for.
            whole: it was read now, and nothing that it names was left out.
        """
        channel, now = visit.channel, self._session.clock()
        etag, modified, digest = visit.etag, visit.last_modified, visit.digest or channel.digest
        is_bare = not visit.links and bool(channel.links or channel.declared)
        if visit.links == 0 and channel.links:
            # A channel that lost its links keeps their last number, the old ETag and digest: a 304 for
            # the empty page, or its same bytes, would hide the trouble in the next run.
            etag, modified, digest = None, None, channel.digest
        changed = now if digest != channel.digest else channel.last_changed_at
        state: dict[str, Any] = {
            "etag": etag or channel.etag,
            "last_modified": modified or channel.last_modified,
            "digest": digest,
            "links": visit.links or None,
            "status": visit.status,
            # one that should have links is asked in every run: mended, it is seen to be mended at once
            "next_fetch_at": now if is_bare else next_poll(channel.kind, changed, 0, now),
        }
        if channel.kind in PAGED:
            state["caught_up_at"] = now
            if channel.caught_up_at is None and next_page is not None:
                state["backfill_page"] = next_page
        at_the_end = channel.kind != "feed" and whole and next_page is None
        if at_the_end and (channel.kind == "sitemap" or channel.caught_up_at is None):
            state["backfilled_at"] = now
        await self._save(visit, **state)

    async def failed(self, visit: Visit, status: int) -> None:
        """It could not be read. One that is not there, and not declared, is asked ever more seldom."""
        channel, state = visit.channel, dict[str, Any]()
        if not channel.declared and visit.page == 1 and status in _PATIENCE:
            now = self._session.clock()
            state["next_fetch_at"] = next_poll(
                channel.kind, channel.last_changed_at, channel.failures + 1, now
            )
        await self._save(visit, failed=True, status=status, **state)

    async def walked(self, visit: Visit, next_page: str | None) -> None:
        """A backfill has read one more page of it; None means that this was the last."""
        now = self._session.clock()
        state: dict[str, Any] = {"backfill_page": next_page}
        if next_page is None:
            state = {"backfilled_at": now}
        if visit.channel.kind == "sitemap":
            state |= {"etag": visit.etag, "last_modified": visit.last_modified, "digest": visit.digest}
            state |= {"links": visit.links or None, "status": visit.status, "next_fetch_at": now + _OLD}
        await self._save(visit, **state)

    async def _save(self, visit: Visit, *, failed: bool = False, **state: Any) -> None:
        channel, now, site_id = visit.channel, self._session.clock(), self._spider.site_id
        await self._session.write(
            lambda db: repository.save_channel_state(
                db, site_id, channel.url, channel.kind, failed=failed, now=now, depth=channel.depth, **state
            )
        )
