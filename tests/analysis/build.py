"""Invented articles as the reader would hand them over, and an archive of several sites."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pipelines.duplicates import content_digest, shingles, text_digest
from storage import Archive, copies
from storage.keys import url_key
from storage.readings import store_readings
from storage.records import Article, Date, Reading
from storage.repository import save_site

NOW = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
_WORDS = [
    "quai",
    "port",
    "criée",
    "barque",
    "filet",
    "houle",
    "digue",
    "phare",
    "mousse",
    "treuil",
    "glace",
    "halle",
    "sel",
    "vent",
    "marée",
    "ancre",
]


def prose(seed: int, words: int) -> str:
    """Words that no other seed puts in the same order, twelve a line."""
    chance = random.Random(seed)
    found = [f"{chance.choice(_WORDS)}{chance.randint(1, 400)}" for _ in range(words)]
    lines = [" ".join(found[start : start + 12]).capitalize() + "." for start in range(0, words, 12)]
    return "\n".join(lines)


def url(site: str, number: int) -> str:
    return f"https://{site}.example/actu/{number}"


def minute(hours: float) -> Date:
    """Published so many hours after midnight of a day of March 2026, UTC."""
    moment = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=hours)
    return Date(moment.date(), "minute", moment.replace(tzinfo=None), "UTC", False, moment, "x", "line")


def day(number: int) -> Date:
    return Date(date(2026, 3, number), "day", timezone="UTC", raw="x", rule="line")


def reading(site: str, number: int, body: str, *, fetched: datetime = NOW, **values: Any) -> Reading:
    """A reading of an article of this site; `values` are the article's."""
    page = Article(
        **(
            {"url": url(site, number), "page_type": "article", "title": f"Titre {number}", "body": body}
            | values
        )
    )
    digest, content = content_digest(page)
    text = "\n".join(part for part in (page.lead, page.body) if part)
    return Reading(
        article=page,
        identity=url_key(page.url),
        content_digest=digest,
        text_digest=text_digest(page),
        extractor="1",
        fetched_at=fetched,
        content_json=content,
        shingles=tuple(shingles(text)),
    )


class Press:
    """An archive with the sites a test names; every article is stored and compared at once."""

    def __init__(self, archive: Archive, *sites: str, country: str = "MA") -> None:
        self.archive = archive
        with archive.write() as session:
            self.sites = {
                name: save_site(session, name, name.title(), f"https://{name}.example/", country, "fr", "UTC")
                for name in sites
            }

    def store(self, *readings: Reading, compare: bool = True) -> list[int]:
        """Ids of the articles, in order. The site is that of the URL's host."""
        items = [(self.sites[_site(reading)], reading, None) for reading in readings]
        with self.archive.write() as session:
            outcomes = store_readings(session, items, NOW)
        if compare:
            self.compare()
        return [outcome.article_id or 0 for outcome in outcomes]

    def compare(self) -> int:
        with self.archive.write() as session:
            return copies.work_off_all(session, NOW)

    def edit(self, before: Reading, **values: Any) -> Reading:
        """The same article fetched an hour later, with other values."""
        page = replace(before.article, **values)
        again = reading(_site(before), 0, page.body or "", fetched=before.fetched_at + HOUR)
        digest, content = content_digest(page)
        return replace(
            again, article=page, identity=before.identity, content_digest=digest, content_json=content
        )


def _site(found: Reading) -> str:
    return found.article.url.partition("://")[2].partition(".")[0]


def lines(text: str, first: int, last: int) -> str:
    """Some of the lines of a text."""
    return "\n".join(text.split("\n")[first:last])


def pairs(archive: Archive) -> dict[tuple[int, int], str]:
    """What the table of copies says: ids -> kind."""
    from sqlalchemy import select

    from storage.models import Copy

    with archive.read() as session:
        return {(row.article_id, row.other_id): row.kind for row in session.scalars(select(Copy))}


def story_sets(archive: Archive) -> list[set[int]]:
    """The stories as sets of articles; the counts in the table are checked on the way."""
    from sqlalchemy import select

    from storage.models import Story, StoryArticle

    with archive.read() as session:
        found: dict[int, set[int]] = {}
        for row in session.scalars(select(StoryArticle)):
            found.setdefault(row.story_id, set()).add(row.article_id)
        counts = {story.id: story.articles for story in session.scalars(select(Story))}
    assert counts == {number: len(members) for number, members in found.items()}
    return sorted(found.values(), key=min)


def shingle_owners(archive: Archive) -> set[int]:
    from sqlalchemy import select

    from storage.models import Shingle

    with archive.read() as session:
        return set(session.scalars(select(Shingle.article_id)))
