"""Many pages in one crawl, many articles in one archive: neither memory nor work grows with their number."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

from benchmarks.large import make
from crawler.runs import CHECK_SECONDS
from storage import open_archive
from tests import oracles
from tests.crawl.hostile_site import Archive, Site
from tests.hostile import HostileServer
from tests.oracles import Held
from tests.running import HEMERO, cpu_of_children, environment
from tests.watching import Watch, bounded

pytestmark = [pytest.mark.slow]

PAGES = int(os.environ.get("HEMERO_PAGES", "20000"))
ARTICLES = int(os.environ.get("HEMERO_ARTICLES", "1000000"))
LARGE = os.environ.get("HEMERO_LARGE")  # a folder in which the large archive is kept for another time
WARM = 1_500  # pages after which every process and cache has its size: readers are replaced after 1,000
MOST = 400.0  # MB of all processes together
SLACK = 1.15  # two looks at the same processes differ by that much


def crawl(archive: Archive, server: HostileServer) -> tuple[int, float, float, Watch]:
    """Exit code, MB at most after WARM pages and after all of them, and the watch over all of the run."""
    said = archive.folder / "said"
    with said.open("wb") as output:
        process = subprocess.Popen(
            archive.command("--limit", str(PAGES + 1)),
            cwd=archive.folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    with Watch(process.pid) as watch:
        while process.poll() is None and len(server.hits) < WARM:
            time.sleep(0.2)
        early = watch.peak_mb
        while process.poll() is None and len(server.hits) < PAGES:
            time.sleep(0.2)
        late = watch.peak_mb
        code = process.wait()
    return code, early, late, watch


@pytest.mark.soak
@pytest.mark.case("F125")
def test_memory_stays_flat(tmp_path: Path) -> None:
    with HostileServer(articles=PAGES) as server:
        settings = {"max_pages": PAGES, "timeout": 20.0}
        # as many readers late as early: a busy machine starts a second one when the first falls behind
        archive = Archive(tmp_path / "archive", settings=settings, more="[readers]\nprocesses = 1\n")
        archive.declare(Site("vigie", server, options={"sitemaps": [server.url("/sm/ok.xml")]}))
        code, early, late, watch = crawl(archive, server)
        took = f"{PAGES} pages in {watch.seconds:.0f} s"
        print(
            f"{took}: {early:.0f} MB after {WARM}, {late:.0f} until the last, {watch.peak_mb:.0f} at its end"
        )
        assert code == 0, (archive.folder / "said").read_text("utf-8")
        held = Held(archive.folder)
        assert oracles.complete(held, "vigie", [truth.url for truth in oracles.news(server)]) == []
        assert oracles.unique(held) == []
        assert late <= SLACK * early
        assert bounded(watch, memory_mb=MOST) == []


def costs(folder: Path, server: HostileServer) -> dict[str, float]:
    """Seconds of processor time of a run without news and of what an analyst asks first, in this archive."""
    archive = Archive(folder, settings={"timeout": 20.0})
    name = f"vigie{server.base_url.rpartition(':')[2]}"  # a folder that is kept knows those of other days
    archive.declare(Site(name, server))
    assert archive.crawl().returncode == 0
    assert oracles.complete(Held(folder), name, [truth.url for truth in oracles.news(server)]) == []
    spent = {}
    commands = (
        *(("crawl", name), ("search", "--json", "pont"), ("status", "--json")),
        *(("show", "1", "--json"), ("runs", "--json"), ("changes", "--json"), ("related", "1", "--json")),
    )
    for words in commands:
        before = cpu_of_children()
        command = [HEMERO, *words, "--archive", folder]
        done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
        assert done.returncode in (0, 1, 6), (words, done.stderr)
        spent[words[0]] = cpu_of_children() - before
    return spent


@pytest.mark.soak
@pytest.mark.case("F149")
def test_a_million_articles_cost_no_more_than_a_thousand(tmp_path: Path) -> None:
    """But for what SQLite's own check of the file may take before a run, and a little for deeper trees."""
    with HostileServer(articles=12) as server:
        few = tmp_path / "few"
        with open_archive(few, create=True) as archive:
            make(archive, 1_000, say=False)
        many = Path(LARGE) if LARGE else tmp_path / "many"
        with open_archive(many, create=True) as archive:
            make(archive, ARTICLES, say=False)
        small, large = costs(few, server), costs(many, server)
    print({name: f"{small[name]:.2f} s, {large[name]:.2f} s" for name in small})
    allowed = {name: 2 * spent + 0.5 for name, spent in small.items()}
    allowed["crawl"] += CHECK_SECONDS
    assert [name for name in large if large[name] > allowed[name]] == []
