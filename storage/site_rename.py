"""A site gets another name, or its domain does: its rows follow, its articles stay the ones they were.

Identities do not change: the declaration goes on computing them as under the first name and host. What
changes is where things are now: the addresses of articles, candidates and channels.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from storage.errors import ArchiveError
from storage.keys import url_key
from storage.models import Article, ArticleUrl, Candidate, Capture, Channel, Run, Site
from storage.upsert import chunks, upsert

Moved = Callable[[str], str | None]
_BATCH = 1000


class NameTaken(ArchiveError):
    """Another site of the archive has that name."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Renamed:
    """How many rows followed."""

    articles: int = 0
    candidates: int = 0
    channels: int = 0


def rename_site(
    session: Session, old: str, new: str, url: str, title: str | None, moved: Moved, now: datetime
) -> Renamed | None:
    """Rename the row of a site and move the addresses of what belongs to it; None where there is no such row.

    Twice is once. Every old address stays in `article_urls`, the new ones stand beside them.

    Args:
        url: its home page now. title: None leaves it.
        moved: the new address of an old one; None for one that stays.

    Raises:
        NameTaken: a site with rows of its own is called `new`.
    """
    site = session.scalar(select(Site).where(Site.name == old))
    if site is None:
        return None
    if new != old:
        _make_room(session, new)
    site.name, site.url = new, url
    if title is not None:
        site.title = title
    session.flush()
    return Renamed(
        _move_articles(session, site.id, moved, now),
        _move_candidates(session, site.id, moved),
        _move_channels(session, site.id, moved),
    )


def _make_room(session: Session, name: str) -> None:
    """A row of that name that nothing belongs to (a site that was switched off and never crawled) goes."""
    number = session.scalar(select(Site.id).where(Site.name == name))
    if number is None:
        return
    for table in (Article, Candidate, Capture, Run, Channel):
        count: Any = select(func.count()).select_from(table).where(table.site_id == number)
        if session.scalar(count):
            raise NameTaken(f"the archive has a site {name!r} already: two sites cannot become one")
    session.execute(delete(Site).where(Site.id == number))


def _rows(session: Session, table: Any, site_id: int) -> Iterator[Any]:
    """Id and URL of all rows of a site."""
    return iter(session.execute(select(table.id, table.url).where(table.site_id == site_id)).all())


def _move_articles(session: Session, site_id: int, moved: Moved, now: datetime) -> int:
    count = 0
    for part in chunks(_rows(session, Article, site_id), _BATCH):
        targets = {row.id: target for row in part if (target := moved(row.url)) is not None}
        if not targets:
            continue
        session.execute(update(Article), [{"id": key, "url": url} for key, url in targets.items()])
        session.execute(
            update(ArticleUrl)
            .where(ArticleUrl.article_id.in_(targets), ArticleUrl.kind == "canonical")
            .values(kind="alias")
        )
        count += len(targets)
    _add_addresses(session, site_id, moved, now)
    return count


def _add_addresses(session: Session, site_id: int, moved: Moved, now: datetime) -> None:
    """The new address beside every old one, aliases included; one that another article has stays there."""
    query = (
        select(ArticleUrl.article_id, ArticleUrl.url, Article.url.label("current"))
        .join(Article, Article.id == ArticleUrl.article_id)
        .where(Article.site_id == site_id)
    )
    for part in chunks(session.execute(query).all(), _BATCH):
        rows = [
            {
                "article_id": row.article_id,
                "url": target,
                "url_key": url_key(target),
                "kind": "canonical" if target == row.current else "alias",
                "first_seen_at": now,
            }
            for row in part
            if (target := moved(row.url)) is not None
        ]
        if rows:
            session.execute(upsert(session, ArticleUrl).on_conflict_do_nothing(), rows)


def _move_candidates(session: Session, site_id: int, moved: Moved) -> int:
    """What is still to be fetched, or again, is fetched at the new address; no ETag is carried over."""
    count = 0
    for part in chunks(_rows(session, Candidate, site_id), _BATCH):
        values = [
            {"id": row.id, "url": target, "etag": None, "last_modified": None}
            for row in part
            if (target := moved(row.url)) is not None
        ]
        if values:
            session.execute(update(Candidate), values)
        count += len(values)
    return count


def _move_channels(session: Session, site_id: int, moved: Moved) -> int:
    """Channels keep what is usual of them; one that is known under its new address already is not doubled."""
    channels = list(session.scalars(select(Channel).where(Channel.site_id == site_id).order_by(Channel.id)))
    known = {channel.url_key for channel in channels}
    count = 0
    for channel in channels:
        target = moved(channel.url)
        if target is None:
            continue
        key = hashlib.sha256(target.encode()).hexdigest()
        if key in known:
            session.delete(channel)
            continue
        known.add(key)
        channel.url, channel.url_key = target, key
        channel.etag = channel.last_modified = channel.digest = channel.next_fetch_at = None
        count += 1
    session.flush()
    return count
