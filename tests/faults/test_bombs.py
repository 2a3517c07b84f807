"""All bombs at once: the memory of all processes stays bounded, and another site is crawled meanwhile."""

from __future__ import annotations

import subprocess
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.crawl.hostile_site import Archive, Site
from tests.hostile import HostileServer
from tests.hostile.markup import GIANTS
from tests.running import environment
from tests.watching import Watch, bounded

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

MOST = 400.0  # MB of all processes together
RATE = 0.8  # of what the other site is crawled at alone
FEW = ("/z/gzip-bomb?mb=300", "/z/br-bomb?mb=64", "/h/many-attrs?n=80000", "/h/one-word?n=12000000")
PACKED = (
    *("/z/gzip-bomb?mb=1024", "/z/gzip-members?n=1000", "/z/gzip-twice?mb=1024", "/z/deflate-bomb?mb=256"),
    *("/z/br-bomb?mb=1024", "/z/zstd-bomb?mb=256", "/t/huge?mb=10240", "/t/huge-nolen?mb=256"),
    *("/t/infinite", "/t/header-bomb?mb=20", "/t/header-many?n=200000"),
)
SITEMAPS = ("/sm/bomb.xml.gz?mb=1024", "/sm/laughs.xml", "/sm/quadratic.xml?n=20000", "/sm/50k.xml?n=50000")


@dataclass
class Crawled:
    code: int
    peak_mb: float
    rate: float  # articles a second of the other site
    faults: list[str]
    said: str


def crawl(folder: Path, bombs: tuple[str, ...], articles: int, sitemaps: tuple[str, ...] = ()) -> Crawled:
    """Crawl a server a bomb and one sound site, in one command, and watch it."""
    with ExitStack() as stack:

        def server(**options: object) -> HostileServer:
            return stack.enter_context(HostileServer(**options))  # type: ignore[arg-type]

        archive = Archive(
            folder / "archive", settings={"delay": 0.3, "timeout": 20.0}, more="[rights]\nask = false\n"
        )
        sound = server(articles=articles)
        sites = [Site("nouvelles", sound, options={"delay": 0.3})]
        for number, path in enumerate(bombs):
            start = f"/links?to={path.replace('&', '%26')}"
            sites.append(Site(f"bombe{number}", server(), start, "^/[zth]/"))
        for number, path in enumerate(sitemaps):
            one = server()
            sites.append(Site(f"plan{number}", one, options={"sitemaps": [one.url(path)]}))
        if sitemaps:
            sites.append(Site("robots", server(robots="huge")))
        archive.declare(*sites)
        log = folder / "said"
        with log.open("wb") as said:
            process = subprocess.Popen(
                archive.command("--limit", str(articles + 50)),
                cwd=folder,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )
            with Watch(process.pid) as watch:
                code = process.wait(800)
        times = [hit.at for hit in sound.hits if hit.target.startswith("/news/article/")]
        assert len(times) == articles, log.read_text("utf-8")
        rows = archive.rows("SELECT count(*) AS n FROM articles a JOIN sites s ON s.id = a.site_id"
                            " WHERE s.name = 'nouvelles'")  # fmt: skip
        assert rows == [{"n": articles}]
        rate = (articles - 1) / (max(times) - min(times))
        return Crawled(code, watch.peak_mb, rate, bounded(watch, memory_mb=MOST), log.read_text("utf-8"))


@pytest.mark.case("F054", "F104")
def test_a_few_bombs_stay_within_bounds(tmp_path: Path) -> None:
    crawled = crawl(tmp_path, FEW, 3)
    print(f"{crawled.peak_mb:.0f} MB at most")
    assert crawled.faults == [], crawled.said
    assert crawled.code in (0, 5, 6), crawled.said


@pytest.mark.soak
@pytest.mark.case("F053", "F054", "F098", "F104")
def test_all_bombs_at_once_and_another_site(tmp_path: Path) -> None:
    (tmp_path / "alone").mkdir()
    alone = crawl(tmp_path / "alone", (), 100)
    bombs = (*PACKED, *(f"/h/{name}?n={giant.size}" for name, giant in GIANTS.items()))
    crawled = crawl(tmp_path, bombs, 100, SITEMAPS)
    print(
        f"{len(bombs) + len(SITEMAPS) + 1} bombs: {crawled.peak_mb:.0f} MB at most; another site"
        f" {crawled.rate:.2f} pages a second, alone {alone.rate:.2f} ({crawled.rate / alone.rate:.0%})"
    )
    assert crawled.faults == [], crawled.said
    assert crawled.code in (0, 5, 6), crawled.said
    assert crawled.rate > RATE * alone.rate
