"""Four invented sites that publish by a calendar and get into trouble: what a network would answer."""

from __future__ import annotations

import hashlib
import math
import random
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

FEED_ITEMS, PAGE_LINKS = 15, 20
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Story:
    """An article of the world, with all its states."""

    number: int
    url: str
    published: datetime
    edited: datetime | None
    gone: datetime | None

    def version(self, now: datetime) -> int:
        return 2 if self.edited is not None and self.edited <= now else 1

    def is_online(self, now: datetime) -> bool:
        return self.published <= now and (self.gone is None or self.gone > now)


@dataclass(frozen=True)
class Trouble:
    site: str
    kind: str
    start: datetime
    until: datetime
    over_by: datetime
    states: tuple[str, ...]
    seen_from: datetime
    pages: int

    def holds(self, now: datetime) -> bool:
        return self.start <= now < self.until


@dataclass
class Site:
    """One site: its calendar, its stories, what it answers."""

    name: str
    country: str
    timezone: str
    rates: list[int]
    troubles: list[Trouble]
    quiet_days: list[date] = field(default_factory=list)
    ramadan: float = 1.0
    template: str = ""  # of the pages, where they are served as such (tests.newssite)
    base: str = ""
    stories: list[Story] = field(default_factory=list)

    @property
    def home(self) -> str:
        return self.base or f"https://{self.name}.example/"

    def trouble(self, now: datetime, *kinds: str) -> Trouble | None:
        return next((t for t in self.troubles if t.kind in kinds and t.holds(now)), None)

    def layout(self, now: datetime) -> str:
        """Which layout the pages have; a redesign stays."""
        return "new" if any(t.kind == "redesign" and t.start <= now for t in self.troubles) else "old"

    @cached_property
    def by_url(self) -> dict[str, Story]:
        return {story.url: story for story in self.stories}

    def shown(self, now: datetime) -> list[Story]:
        """What channels list, newest first; a cache that stands still shows the past."""
        frozen = self.trouble(now, "frozen")
        seen = now if frozen is None else frozen.start
        return [story for story in reversed(self.stories) if story.is_online(seen)]


def load(path: Path, bases: Mapping[str, str] | None = None) -> tuple[dict[str, Any], list[Site]]:
    """The truth file and its sites with all their stories; `bases`: where sites are served."""
    truth = tomllib.loads(path.read_text(encoding="utf-8"))
    troubles = [_trouble(table) for table in truth["trouble"]]
    sites = []
    for number, table in enumerate(truth["site"]):
        own = [trouble for trouble in troubles if trouble.site == table["name"]]
        site = Site(**table, troubles=own, base=(bases or {}).get(table["name"], ""))
        site.stories = _stories(site, truth, random.Random(truth["seed"] * 100 + number))
        sites.append(site)
    return truth, sites


def _trouble(table: dict[str, Any]) -> Trouble:
    return Trouble(
        table["site"],
        table["kind"],
        table["from"],
        table["until"],
        table["over_by"],
        tuple(table["states"]),
        table.get("seen_from", table["from"]),
        table.get("pages", 0),
    )


def _stories(site: Site, truth: dict[str, Any], chance: random.Random) -> list[Story]:
    before = truth.get("before", 10)
    first = truth["start"].date() - timedelta(days=before)
    days = before + truth["sparse_days"] + truth["days"] + 2
    moments = [
        moment
        for number in range(days)
        for moment in _moments(site, truth, first + timedelta(days=number), chance)
    ]
    return [_story(site, number, moment, truth, chance) for number, moment in enumerate(sorted(moments), 1)]


def _moments(site: Site, truth: dict[str, Any], day: date, chance: random.Random) -> list[datetime]:
    """When a day's stories come out: 7 to 21 o'clock, most of them in the morning."""
    rate = float(site.rates[day.weekday()])
    if day in site.quiet_days:
        rate *= 0.1
    if "ramadan" in truth and truth["ramadan"][0] <= day <= truth["ramadan"][1]:
        rate *= site.ramadan
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(site.timezone)).astimezone(UTC)
    dying = site.trouble(noon, "dying")
    if dying is not None:
        age = (noon - dying.start).days
        rate = 0.0 if age > 14 else rate * 0.8 ** (age + 1)
    hours = [chance.triangular(7, 21, 10) for _ in range(_poisson(rate, chance))]
    return [noon + timedelta(hours=hour - 12) for hour in hours]


def _poisson(rate: float, chance: random.Random) -> int:
    """Knuth's method."""
    limit, product, count = math.exp(-rate), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count


def _story(site: Site, number: int, moment: datetime, truth: dict[str, Any], chance: random.Random) -> Story:
    """One in twelve is edited in the first thirty hours and one in fifty goes, unless the truth says more."""
    share_edited, share_gone = truth.get("edited", 0.08), truth.get("gone", 0.02)
    edited = moment + chance.random() * 30 * HOUR if chance.random() < share_edited else None
    gone = moment + timedelta(hours=8) + chance.random() * 60 * HOUR if chance.random() < share_gone else None
    return Story(number, site.home + _path(site.template, number, moment), moment, edited, gone)


def _path(template: str, number: int, moment: datetime) -> str:
    if template == "portal":
        return f"actualite/{number}/nouvelles-du-{moment:%d-%m}"
    if template == "wordpress":
        return f"{moment:%Y/%m/%d}/nouvelles-de-{moment:%H-%M}-{number}/"
    return f"article-{number}.html" if template == "plain" else f"article/{number}"


# --- answers -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes = b""
    etag: str | None = None


class Unreachable(OSError):
    pass


def answer(site: Site, url: str, etag: str | None, now: datetime) -> Answer:
    """What the site says at that moment.

    Raises:
        Unreachable: it does not answer.
    """
    if site.trouble(now, "outage"):
        raise Unreachable("no route to host")
    if site.trouble(now, "ban"):
        return Answer(403, b"forbidden")
    given = _content(site, url, now)
    if given.status == 200 and given.etag == etag:
        return Answer(304, b"", etag)
    return given


def _content(site: Site, url: str, now: datetime) -> Answer:
    story = site.by_url.get(url)
    if story is not None:
        if not story.is_online(now):
            return Answer(410)
        text = f"{story.number} {story.version(now)} {site.layout(now)}"
        return Answer(200, text.encode(), f'"{text}"')
    path = url.removeprefix(site.home)
    if path == "feed":
        return _tagged(_feed(site, site.shown(now)[:FEED_ITEMS]))
    page = int(path.removeprefix("page/")) if path.startswith("page/") else 1
    return _tagged(_listing(site, site.shown(now), page))


def _tagged(text: str) -> Answer:
    body = text.encode()
    return Answer(200, body, f'"{hashlib.sha256(body).hexdigest()[:16]}"')


def _feed(site: Site, stories: list[Story]) -> str:
    items = "".join(
        f"<item><title>Titre {s.number}</title><link>{s.url}</link>"
        f"<pubDate>{format_datetime(s.published)}</pubDate></item>"
        for s in stories
    )
    head = f"<title>{site.name}</title><link>{site.home}</link><description>x</description>"
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{items}</channel></rss>'


def _listing(site: Site, stories: list[Story], page: int) -> str:
    part = stories[(page - 1) * PAGE_LINKS : page * PAGE_LINKS]
    links = "".join(f'<li><a href="{s.url}">Titre {s.number}</a></li>' for s in part)
    more = f'<a rel="next" href="{site.home}page/{page + 1}">Page suivante</a>'
    return f"<html><body><ul>{links}</ul>{more if page * PAGE_LINKS < len(stories) else ''}</body></html>"
