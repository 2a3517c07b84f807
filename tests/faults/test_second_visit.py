"""A page that was whole on the first visit and is not on the second: what was kept stays as it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests import oracles
from tests.crawl.hostile_site import Archive, Site
from tests.hostile import HostileServer
from tests.oracles import Held

pytestmark = pytest.mark.slow

NOW = 0.00001  # hours or minutes: due at once
FIRST = "Le texte entier du premier jour."
# What the second visit meets -> its case, and how that run counts the page.
SECOND = {
    "/t/hang-mid-body": ("F049", "failed"),
    "/t/reset": ("F052", "failed"),
    "/t/huge": ("F053", "failed"),
    "/z/gzip-bomb": ("F054", "failed"),
    "/z/gzip-truncated": ("F055", "failed"),
    "/z/gzip-badcrc": ("F055", "failed"),
    "/z/unknown": ("F056", "failed"),
    "/t/cl-too-big": ("F057", "failed"),
    "/t/cl-too-small": ("F057", "failed"),
    "/t/chunked-broken": ("F058", "failed"),
    "/t/204-body": ("F060", "failed"),
    "/t/304": ("F060", "failed"),
    "/t/status-999": ("F060", "failed"),
    "/s/soft404": ("F067", "not_article"),
    "/s/cookie-wall": ("F069", "not_article"),
    "/s/js-wall": ("F069", "not_article"),
    "/s/empty": ("F072", "failed"),
}

# What stands in the place of a feed that was good. A cut one still names articles.
FEEDS = {"html": 6, "empty": 6, "noguid": 6, "jslink": 6, "xxe": 0, "malformed": 0}


def name_of(path: str) -> str:
    return path.strip("/").replace("/", "-")


@pytest.fixture(scope="module")
def visited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with ExitStack() as stack:
        settings = {"revisit_hours": [NOW] * 5, "retry_minutes": [NOW] * 5, "revisit_share": 1.0}
        archive = Archive(
            tmp_path_factory.mktemp("second") / "archive", settings=settings | {"max_body_mb": 4}
        )
        for path in SECOND:
            server = stack.enter_context(HostileServer(articles=1, scale=0.05))
            archive.declare(Site(name_of(path), server, f"/links?to=/s/then%3Fto={path}", "^/s/then"))
        for name in FEEDS:
            server = stack.enter_context(HostileServer(articles=6))
            feed = server.url(f"/feed/then.xml?to={name}")
            archive.declare(Site(f"feed-{name}", server, "/", "^/news/article/.*/x$", {"feeds": [feed]}))
        archive.crawl()
        assert [site.report["new"] for site in archive.sites.values()] == [1] * len(SECOND) + [6] * len(FEEDS)
        for name in FEEDS:
            archive.sites[f"feed-{name}"].server.counters["feed"] = 1
        archive.crawl()
        yield archive


@pytest.mark.parametrize(
    ("path", "counted"),
    [pytest.param(path, counted, marks=pytest.mark.case(case)) for path, (case, counted) in SECOND.items()],
)
def test_the_first_text_stays(visited: Archive, path: str, counted: str) -> None:
    rows = oracles.of_site(Held(visited.folder), name_of(path))
    assert [(row["title"], row["revision_count"]) for row in rows] == [("Article entier", 1)]
    assert FIRST in rows[0]["body"]
    report: dict[str, Any] = visited.sites[name_of(path)].report
    assert report[counted] == 1, report


def test_all_is_accounted_for(visited: Archive) -> None:
    held = Held(visited.folder)
    assert oracles.raw(held) == []
    assert oracles.sound(held) == []
    for site in visited.sites.values():
        assert oracles.honest(held, site.report) == []


@pytest.mark.case("F100")
@pytest.mark.parametrize("name", FEEDS)
def test_a_feed_that_was_good_before(visited: Archive, name: str) -> None:
    report = visited.sites[f"feed-{name}"].report
    assert report["exit_code"] == FEEDS[name], report
    if FEEDS[name]:
        assert report["state"] == "drifted"
        assert f"/feed/then.xml?to={name}" in report["message"]
    assert len(oracles.of_site(Held(visited.folder), f"feed-{name}")) == 6


@pytest.mark.case("F099")
def test_a_sitemap_that_is_always_of_this_moment_is_no_reason_to_fetch(tmp_path: Path) -> None:
    with HostileServer(articles=5) as server:
        archive = Archive(tmp_path / "archive")
        site = Site("now", server, "/", "^/news/article/", {"sitemaps": [server.url("/sm/now.xml")]})
        archive.declare(site)
        fetched = []
        for articles in (5, 5, 7):
            server.articles = articles
            archive.crawl()
            fetched.append(site.report["fetched"])
        assert fetched == [5, 0, 2]
        assert server.paths()["/sm/now.xml"] >= 3  # it was read again each time
        pages = [path for path in server.paths().elements() if path.startswith("/news/article/")]
        assert len(pages) == len(set(pages)) == 7
