"""A large invented archive, made fast: rows in bulk, the index through its own code.

python -m benchmarks.large FOLDER [--articles 1000000] [--database URL]

What a crawl would have written beside it (captures, evidence, revisions' contents, shingles) is left out;
everything that search, lists and `hemero status` read is there. Can be broken off and taken up again.
"""

from __future__ import annotations

import argparse
import hashlib
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy
from sqlalchemy import event, func, insert, select, text

from benchmarks.invented import GLUE, Press
from storage import Archive, index, open_archive
from storage.keys import folded, url_key
from storage.models import (
    Article,
    ArticleAuthor,
    ArticleTag,
    ArticleUrl,
    Author,
    Candidate,
    RelatedLink,
    Run,
    Site,
    Tag,
)
from storage.order import SLOTS

BATCH = 5_000
SITES, TAGS, AUTHORS, RELATED = 5, 3_000, 300, 4
FIRST = datetime(2016, 1, 1)  # noqa: DTZ001  (local)
FETCHED = datetime(2026, 1, 1, tzinfo=UTC)


class LargePress:
    """Texts of the vocabulary of `Press`, drawn in one go: 400 words a body, 25 a lead, 9 a title."""

    def __init__(self, seed: int = 1) -> None:
        self.words = Press(seed=seed).words
        vocabulary = numpy.array([*self.words, *GLUE], dtype=object)
        weights = [0.58 / (rank + 2) for rank in range(len(self.words))]
        scale = 0.58 / sum(weights)
        shares = [weight * scale for weight in weights] + [0.42 / len(GLUE)] * len(GLUE)
        self._vocabulary = vocabulary
        self._bounds = numpy.array(list(accumulate(shares)))
        self._chance = numpy.random.default_rng(seed)

    def texts(self, count: int, length: int) -> list[str]:
        drawn = self._bounds.searchsorted(self._chance.random(count * length))
        words = self._vocabulary[numpy.minimum(drawn, len(self._vocabulary) - 1)].tolist()
        return [" ".join(words[start : start + length]) for start in range(0, count * length, length)]

    def numbers(self, count: int, below: int) -> list[int]:
        return [int(n) for n in self._chance.integers(0, below, count)]


def local_time(number: int, total: int) -> datetime:
    """Article `number` of `total`, spread over ten years."""
    return FIRST + timedelta(minutes=number * 5_256_000 // total)


def prepare(archive: Archive) -> None:
    """Sites, tags and authors, once."""
    with archive.write() as session:
        if session.scalar(select(func.count()).select_from(Site)):
            return
        session.execute(
            insert(Site),
            [
                {
                    "id": n + 1,
                    "name": f"site{n}",
                    "title": f"Site {n}",
                    "url": f"https://s{n}.example/",
                    "country": "MA",
                    "language": "fr",
                    "timezone": "Africa/Casablanca",
                    "created_at": FETCHED,
                }
                for n in range(SITES)
            ],
        )
        for table, what, count in ((Tag, "Mot", TAGS), (Author, "Auteur", AUTHORS)):
            names = [f"{what} {n}" for n in range(count)]
            rows = [{"id": n + 1, "name": name, "folded": folded(name)} for n, name in enumerate(names)]
            session.execute(insert(table), rows)
        runs = [
            {
                "site_id": 1 + n % SITES,
                "command": "crawl",
                "started_at": FETCHED + timedelta(hours=n),
                "finished_at": FETCHED + timedelta(hours=n, minutes=5),
                "exit_code": 0,
                "state": "ok",
            }
            for n in range(10_000)
        ]
        session.execute(insert(Run), runs)


def batch(
    press: LargePress, first: int, count: int, total: int
) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    """Rows by table, parents first."""
    titles, leads, bodies = (press.texts(count, length) for length in (9, 25, 400))
    numbers = range(first, first + count)
    urls = [f"https://s{n % SITES}.example/actualite/{n}/titre" for n in numbers]
    yield (
        Article,
        [article_row(n, urls[i], titles[i], leads[i], bodies[i], total) for i, n in enumerate(numbers)],
    )
    keys = [url_key(url) for url in urls]
    yield (
        ArticleUrl,
        [
            {
                "article_id": n + 1,
                "url": urls[i],
                "url_key": keys[i],
                "kind": "canonical",
                "first_seen_at": FETCHED,
            }
            for i, n in enumerate(numbers)
        ],
    )
    yield (
        Candidate,
        [
            {
                "site_id": n % SITES + 1,
                "url": urls[i],
                "identity": keys[i],
                "kind": "article",
                "state": "done",
                "found_by": "feed",
                "first_seen_at": FETCHED,
                "updated_at": FETCHED,
            }
            for i, n in enumerate(numbers)
        ],
    )
    tags = press.numbers(count, TAGS)
    yield (
        ArticleTag,
        [
            {"article_id": n + 1, "tag_id": (tags[i] + step * 7) % TAGS + 1, "position": step + 1}
            for i, n in enumerate(numbers)
            for step in range(3)
        ],
    )
    yield ArticleAuthor, [{"article_id": n + 1, "author_id": n % AUTHORS + 1, "position": 1} for n in numbers]
    entries, teasers = press.texts(count, 9), press.texts(count, 24)
    yield (
        RelatedLink,
        [
            related_row(n + 1, place, entries[other], teasers[other], urls[other])
            for i, n in enumerate(numbers)
            for place in range(1, RELATED + 1)
            for other in [(i + place) % count]
        ],
    )


def article_row(number: int, url: str, title: str, lead: str, body: str, total: int) -> dict[str, Any]:
    moment = local_time(number, total)
    minutes = moment.toordinal() * 1440 + moment.hour * 60 + moment.minute
    digest = hashlib.sha256(body.encode()).hexdigest()
    return {
        "id": number + 1,
        "identity": url_key(url),
        "order_key": minutes * SLOTS + number % 8,
        "site_id": number % SITES + 1,
        "url": url,
        "title": title,
        "lead": lead,
        "body": body,
        "language": "fr",
        "section": "Économie",
        "published_date": moment.date(),
        "published_precision": "minute",
        "published_local": moment,
        "published_utc": moment.replace(tzinfo=UTC),
        "words": 425,
        "content_digest": digest,
        "text_digest": digest,
        "extractor": "1",
        "fetched_at": FETCHED,
        "first_seen_at": FETCHED,
        "last_seen_at": FETCHED,
    }


def related_row(article: int, place: int, title: str, teaser: str, url: str) -> dict[str, Any]:
    return {
        "article_id": article,
        "entry_key": place,
        "position": place,
        "title": title,
        "url": url,
        "teaser": teaser,
        "title_truncated": False,
        "teaser_truncated": True,
        "block": "end",
        "first_seen_at": FETCHED,
        "last_seen_at": FETCHED,
    }


def make(archive: Archive, total: int, say: bool = True) -> None:
    """Bring the archive to `total` articles."""
    if archive.is_sqlite:  # a power cut may cost this archive, not a crawled one
        archive.engine.dispose()
        event.listen(archive.engine, "connect", _unsynced)
    prepare(archive)
    with archive.read() as session:
        first = session.scalar(select(func.count()).select_from(Article)) or 0
    press = LargePress(seed=first + 1)
    while first < total:
        count, began, spent = min(BATCH, total - first), time.perf_counter(), time.process_time()
        rows = list(batch(press, first, count, total))
        with archive.write() as session:
            connection = session.connection()
            for table, values in rows:
                connection.execute(insert(table.__table__), values)
            index.add(connection, index.documents(connection, range(first + 1, first + count + 1)))
            if not archive.is_sqlite:  # rows come with their numbers, which its counters do not see
                for table in (Site, Tag, Author, Article):
                    name = table.__tablename__
                    top = f"(SELECT max(id) FROM {name})"
                    connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {top})"))
        first += count
        if say and first % 20_000 == 0:
            took, used = time.perf_counter() - began, time.process_time() - spent
            print(
                f"{first} articles; {took / count * 1000:.2f} ms, {used / count * 1000:.2f} ms CPU each",
                flush=True,
            )


def _unsynced(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA cache_size=-500000")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--database", default="sqlite")
    options = parser.parse_args()
    with open_archive(options.folder, create=True, database_url=options.database) as archive:
        make(archive, options.articles)


if __name__ == "__main__":
    main()
