"""How fast a large archive answers: python -m benchmarks.asking FOLDER [--database URL] [--add 1000]

The archive is one that `python -m benchmarks.large` made. Half of the words asked for are in most articles.
With --add, so many articles are stored as a crawl stores them (and stay), and what each costs is printed: the
processor time of this process and, on PostgreSQL, the clock's.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.invented import Press
from benchmarks.large import LargePress
from benchmarks.storage import sizes, store, times
from storage import open_archive
from storage.filters import Filters
from storage.models import Article
from storage.search import search


def questions(seed: int = 3) -> list[str]:
    """A hundred queries: common and rare words, pairs, phrases, words of titles."""
    words, chance = LargePress().words, random.Random(seed)
    pairs = [f"{chance.choice(words[:200])} {chance.choice(words[:2000])}" for _ in range(30)]
    fields = [f"titre:{word}" for word in words[50:55]] + [f'"{word}"' for word in words[:5]]
    return words[:15] + words[200:230] + words[3000:3015] + pairs + fields


def added(folder: Path, database: str, count: int) -> None:
    """Store so many articles, fifty a transaction, and print what one costs."""
    with open_archive(folder, database_url=database) as archive, archive.read() as session:
        known = session.scalar(select(func.count()).select_from(Article)) or 0
    with open_archive(folder, database_url=database) as archive:
        began = time.perf_counter()
        spent = store(archive, Press(seed=known), known, count)
        took = time.perf_counter() - began
    print(f"adding to {known}: {spent / count * 1000:.2f} ms CPU, {took / count * 1000:.2f} ms each")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--database", default="sqlite")
    parser.add_argument("--add", type=int, default=0, metavar="N")
    options = parser.parse_args()
    asked = questions()
    with open_archive(options.folder, read_only=True, database_url=options.database) as archive:
        index, content = sizes(archive)
        print(f"index: {index / content:.2f} of the text ({index >> 20} MiB of {content >> 20} MiB)")
        with archive.read() as session:
            print("newest first:", times(archive, lambda q: search(session, q), asked))
            of_site, of_tag = Filters(site="site1"), Filters(tag="Mot 7")
            print("of a site:", times(archive, lambda q: search(session, q, of_site), asked))
            print("with a tag:", times(archive, lambda q: search(session, q, of_tag), asked))
            print("ranked:", times(archive, lambda q: search(session, q, rank=True), asked))
    if options.add:
        added(options.folder, options.database, options.add)
    print(f"memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MiB")


if __name__ == "__main__":
    main()
