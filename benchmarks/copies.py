"""How surely copies are found, how fast: python -m benchmarks.copies [--articles 20000] [--database URL]

Stores invented articles with planted copies and has them compared in batches, as a crawl does. Prints recall
by kind of copy, precision over all pairs reported, milliseconds of CPU an article, and the size of the table.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from benchmarks.planted import SITES, Planted, batches, plant
from storage import Archive, copies, open_archive
from storage.models import Article, Copy
from storage.readings import store_readings
from storage.repository import save_site
from storage.shingle_rows import shingle_state


def store(archive: Archive, made: Planted) -> float:
    """Store and compare everything. Returns seconds of CPU spent on comparing."""
    with archive.write() as session:
        sites = [
            save_site(session, f"site{n}", f"Site {n}", f"https://s{n}.example/", "MA", "fr", "UTC")
            for n in range(SITES)
        ]
    spent = 0.0
    for part in batches(made):
        with archive.write() as session:
            items = [(sites[site], reading, None) for site, reading in part]
            store_readings(session, items, datetime.now(UTC))
        before = time.process_time()
        with archive.write() as session:
            copies.work_off(session, datetime.now(UTC), len(part))
        spent += time.process_time() - before
    return spent


def found(archive: Archive) -> dict[tuple[int, int], str]:
    """Pairs reported: numbers of the planted articles, and the kind."""
    with archive.read() as session:
        rows = session.execute(select(Article.id, Article.url))
        number = {row.id: int(row.url.rpartition("/")[2]) for row in rows}
        pairs = session.execute(select(Copy.article_id, Copy.other_id, Copy.kind)).all()
    return {(min(number[a], number[b]), max(number[a], number[b])): kind for a, b, kind in pairs}


def recall(made: Planted, pairs: dict[tuple[int, int], str]) -> dict[str, float]:
    """Share of the planted pairs that were reported, by kind of copy."""
    return {
        kind: sum(pair in pairs for pair in planted) / len(planted)
        for kind, planted in made.pairs.items()
        if planted
    }


def wrong(made: Planted, pairs: dict[tuple[int, int], str]) -> list[tuple[tuple[int, int], str]]:
    """Pairs reported that have no original in common."""
    return [(pair, kind) for pair, kind in pairs.items() if made.family[pair[0]] != made.family[pair[1]]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--database", default="sqlite")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    made = plant(options.articles, options.seed)
    with (
        tempfile.TemporaryDirectory() as folder,
        open_archive(Path(folder) / "a", create=True, database_url=options.database) as archive,
    ):
        began = time.perf_counter()
        spent = store(archive, made)
        took = time.perf_counter() - began
        pairs = found(archive)
        with archive.read() as session:
            state = shingle_state(session.connection())
    errors = wrong(made, pairs)
    for kind, share in recall(made, pairs).items():
        told = Counter(pairs.get(pair, "missed") for pair in made.pairs[kind])
        print(f"recall {kind}: {share:.4f} of {len(made.pairs[kind])}  {dict(told)}")
    kinds = Counter(kind for _, kind in errors)
    print(f"precision: {1 - len(errors) / len(pairs):.4f} of {len(pairs)} pairs  {dict(kinds)}")
    print(f"compared: {spent / len(made.readings) * 1000:.2f} ms CPU an article")
    print(f"stored and compared: {took / len(made.readings) * 1000:.2f} ms an article")
    print(f"table: {state.rows} rows, {state.bytes >> 10} KiB, {state.stops} boilerplate shingles")


if __name__ == "__main__":
    main()
