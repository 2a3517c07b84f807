"""Sites and their channels and hosts: what is polled, and what a host asks of us."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storage.models import Channel, Host, Site
from storage.upsert import upsert


def save_site(
    session: Session,
    name: str,
    title: str,
    url: str | None,
    country: str | None,
    language: str | None,
    timezone: str | None,
) -> int:
    """The row of a site, made or brought up to date. Its state (active, disabled) is left alone."""
    values = {
        "name": name,
        "title": title,
        "url": url,
        "country": country,
        "language": language,
        "timezone": timezone,
    }
    number = site_id(session, name)
    if number is None:
        made = {**values, "state": "active", "created_at": datetime.now(UTC)}
        session.execute(upsert(session, Site).values(made).on_conflict_do_nothing())
        number = site_id(session, name)
        assert number is not None
        return number
    changed = [getattr(Site, key) != value for key, value in values.items() if value is not None]
    if changed:
        session.execute(update(Site).where(Site.id == number).values(values))
    return number


def site_id(session: Session, name: str) -> int | None:
    return session.scalar(select(Site.id).where(Site.name == name))


def channels(session: Session, site_id: int) -> Sequence[Channel]:
    """What earlier runs found to poll, oldest first."""
    return session.scalars(select(Channel).where(Channel.site_id == site_id).order_by(Channel.id)).all()


def channel_state(session: Session, site_id: int, url: str) -> Channel | None:
    key = hashlib.sha256(url.encode()).hexdigest()
    return session.scalar(select(Channel).where(Channel.site_id == site_id, Channel.url_key == key))


def save_channel_state(
    session: Session, site_id: int, url: str, kind: str, *, now: datetime, failed: bool = False, **state: Any
) -> int:
    """Note that a channel was asked at `now`. `state`: etag, last_modified, digest, status, links, interval,
    next_fetch_at; what is left out, or None, keeps its value. A new digest moves last_changed_at."""
    row = channel_state(session, site_id, url)
    if row is None:
        key = hashlib.sha256(url.encode()).hexdigest()
        row = Channel(site_id=site_id, url=url, url_key=key, kind=kind)
        session.add(row)
    if state.get("digest") is not None and state["digest"] != row.digest:
        row.last_changed_at = now
    for name, value in state.items():
        if not hasattr(Channel, name):
            raise TypeError(f"a channel has no {name}")
        if value is not None:
            setattr(row, name, value)
    row.kind, row.last_fetched_at = kind, now
    row.failures = (row.failures or 0) + 1 if failed else 0
    session.flush()
    return row.id


def forget_answers(session: Session, site_id: int, kinds: Sequence[str]) -> None:
    """A site's channels of these kinds are due, and are read whatever they answer."""
    session.execute(
        update(Channel)
        .where(Channel.site_id == site_id, Channel.kind.in_(kinds))
        .values(etag=None, last_modified=None, digest=None, next_fetch_at=None)
    )


def host(session: Session, name: str) -> Host | None:
    return session.scalar(select(Host).where(Host.name == name))


def save_host(session: Session, name: str, **state: Any) -> None:
    """Note what a host asks of us. `state`: columns of `hosts`."""
    row = host(session, name)
    if row is None:  # two processes may crawl one host
        session.execute(upsert(session, Host).values(name=name, failures=0).on_conflict_do_nothing())
        row = host(session, name)
        assert row is not None
    for key, value in state.items():
        if not hasattr(Host, key):
            raise TypeError(f"a host has no {key}")
        setattr(row, key, value)
    session.flush()
