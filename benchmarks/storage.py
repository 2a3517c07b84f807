"""How fast the archive stores and finds: python -m benchmarks.storage [--articles 2000] [--database URL]

Prints CPU seconds per 1,000 articles (with related links, tags, evidence and full text), index size against
text size, capture writing and reading, and search times.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from benchmarks.invented import Press
from storage import Archive, open_archive
from storage.captures import read_capture
from storage.readings import store_readings
from storage.records import Capture
from storage.repository import save_site
from storage.search import Filters, search
from storage.writer import ArchiveWriter


def cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def store(archive: Archive, press: Press, start: int, count: int, batch: int = 50) -> float:
    """CPU seconds for storing `count` articles; making them does not count."""
    with archive.write() as session:
        site = save_site(
            session, "presse", "Presse", "https://presse.example/", "MA", "fr", "Africa/Casablanca"
        )
    spent = 0.0
    for first in range(start, start + count, batch):
        readings = [press.reading(n) for n in range(first, min(first + batch, start + count))]
        before = cpu()
        with archive.write() as session:
            store_readings(session, [(site, reading, None) for reading in readings], datetime.now(UTC))
        spent += cpu() - before
    return spent


def sizes(archive: Archive) -> tuple[int, int]:
    """Bytes of the full-text index and of the text it covers."""
    if archive.is_sqlite:
        index = "SELECT sum(length(block)) FROM article_index_data"
        size = "length(CAST({} AS BLOB))"
    else:
        index = (
            "SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c WHERE c.relkind = 'r'"
            " AND c.relname LIKE 'article_index%' AND pg_table_is_visible(c.oid)"
        )
        size = "octet_length({})"
    words = "SELECT (SELECT sum({}) FROM articles) + (SELECT sum({}) FROM related_links)"
    content = words.format(size.format("title || lead || body"), size.format("title || teaser"))
    with archive.read() as session:
        return int(session.scalar(text(index)) or 0), int(session.scalar(text(content)) or 0)


def captures(archive: Archive, count: int) -> tuple[float, float]:
    """Records a second written through the writer, and read back."""
    body = os.urandom(8_000) * 2 + b"<p>texte</p>" * 4_000
    began = time.perf_counter()
    with ArchiveWriter(archive, None) as writer:
        futures = [
            writer.capture(
                Capture(
                    f"https://presse.example/{n}",
                    "presse",
                    200,
                    ((b"Content-Type", b"text/html"),),
                    body + str(n).encode(),
                    datetime.now(UTC),
                )
            )
            for n in range(count)
        ]
        ids = [future.result() for future in futures]
    written = count / (time.perf_counter() - began)
    began = time.perf_counter()
    for number in ids:
        read_capture(archive, number)
    return written, count / (time.perf_counter() - began)


def times(archive: Archive, ask: Callable[[str], object], queries: list[str]) -> str:
    spent = []
    for query in queries:
        began = time.perf_counter()
        ask(query)
        spent.append((time.perf_counter() - began) * 1000)
    spent.sort()
    p95 = spent[int(len(spent) * 0.95)]
    return f"median {statistics.median(spent):.1f} ms, p95 {p95:.1f} ms, max {spent[-1]:.1f} ms"


def searches(archive: Archive, press: Press) -> None:
    vocabulary = press.words
    queries = (
        vocabulary[:20]
        + vocabulary[500:540]
        + [f"{a} {b}" for a, b in zip(vocabulary[:30], vocabulary[30:60], strict=True)]
    )
    queries += [f'"{word}"' for word in vocabulary[:10]] + [f"{word[:4]}*" for word in vocabulary[100:110]]
    with archive.read() as session:
        print("  newest first:", times(archive, lambda q: search(session, q), queries))
        print(
            "  with site filter:",
            times(archive, lambda q: search(session, q, Filters(site="presse")), queries),
        )
        print(
            "  with tag filter:", times(archive, lambda q: search(session, q, Filters(tag="Mot 7")), queries)
        )
        print("  ranked:", times(archive, lambda q: search(session, q, rank=True), queries))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=2_000)
    parser.add_argument("--captures", type=int, default=1_000)
    parser.add_argument("--database", default="sqlite")
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    press = Press()
    with tempfile.TemporaryDirectory() as folder:
        archive = open_archive(Path(folder) / "archive", create=True, database_url=options.database)
        store(archive, press, 10_000_000, 100)
        profile = cProfile.Profile()
        if options.profile:
            profile.enable()
        spent = store(archive, press, 100_000, options.articles)
        profile.disable()
        print(
            f"store: {spent / options.articles * 1000:.2f} s CPU per 1,000 articles"
            f" ({options.articles} articles)"
        )
        if options.profile:
            pstats.Stats(profile).sort_stats("tottime").print_stats(35)
        index, content = sizes(archive)
        print(f"index: {index / content:.2f} of the text ({index >> 10} KiB of {content >> 10} KiB)")
        if options.captures:
            written, read = captures(archive, options.captures)
            print(f"captures of 64 KB: {written:.0f} written a second, {read:.0f} read back a second")
        print("search:")
        searches(archive, press)
        archive.close()


if __name__ == "__main__":
    main()
