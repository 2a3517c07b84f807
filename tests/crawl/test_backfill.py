"""What lies further back than a first crawl looks, and what came while nobody looked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.crawl.hostile_site import Archive, Site
from tests.hostile import HostileServer
from tests.hostile.news import article

pytestmark = pytest.mark.slow

RULES = {"article_key": "article/{0}"}
ARTICLE = r"^/news/article/(\d+)"
FEW: dict[str, Any] = {"max_listing_pages": 2, "backlog_pages": 0, "id_patience": 3}


def numbers(archive: Archive, site: str) -> set[int]:
    rows = archive.rows(
        "SELECT a.url FROM articles a JOIN sites s ON s.id = a.site_id WHERE s.name = ?", site
    )
    return {int(row["url"].split("/")[5]) for row in rows}


def pages_asked(server: HostileServer) -> Counter[str]:
    return Counter(hit.target for hit in server.hits if hit.target.startswith("/news/?page="))


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    archive = Archive(tmp_path / "archive", settings=FEW)
    with (
        HostileServer(articles=60, newest_first=True) as listed,
        HostileServer(articles=40, newest_first=True) as numbered,
    ):
        archive.declare(
            Site("listed", listed, article_url=ARTICLE, rules=RULES),
            Site(
                "numbered",
                numbered,
                "/links?to=/news/article/29/x",
                ARTICLE,
                {"id_url": numbered.url("/news/article/{0}")},
                RULES,
            ),
        )
        yield archive


def test_a_backfill_goes_on_where_it_ended_until_all_is_there(archive: Archive) -> None:
    listed, numbered = archive.sites["listed"], archive.sites["numbered"]
    assert archive.crawl().returncode == 0
    assert numbers(archive, "listed") == set(range(40, 60))  # two pages of the listing
    assert numbers(archive, "numbered") == set(range(29, 40))  # those that came after the known one
    assert numbered.report["no_such_number"] == 3

    result = archive.crawl("--backfill", "--limit", "15", "-v")
    assert result.returncode == 0, result.stderr
    # Articles name others, so some of the way back is known already.
    assert re.search(r"^listed: \d+ known pages, 1 listing \(1 begun\); at least", result.stderr, re.M)
    waiting, unknown = map(
        int, re.findall(r"^numbered: (\d+) known pages, (\d+) number", result.stderr, re.M)[0]
    )
    assert waiting + unknown >= 28
    assert len(numbers(archive, "listed")) == 35
    assert len(numbers(archive, "numbered")) == 26

    listed.server.hits.clear()
    assert archive.crawl().returncode == 0  # without --backfill nothing further back is asked for
    assert pages_asked(listed.server) == Counter()
    assert len(numbers(archive, "listed")) == 35

    assert archive.crawl("--backfill").returncode == 0
    assert numbers(archive, "listed") == set(range(60))
    assert numbers(archive, "numbered") == set(range(40))
    assert set(pages_asked(listed.server).values()) == {1}

    listed.server.hits.clear()
    result = archive.crawl("--backfill", "-v")
    assert "nothing is left to walk back through" in result.stderr
    assert pages_asked(listed.server) == Counter()
    assert listed.report["fetched"] == numbered.report["fetched"] == 0


def test_an_api_is_polled_where_a_page_names_it_and_walked_back_since_a_day(tmp_path: Path) -> None:
    with HostileServer(articles=320) as server:
        archive = Archive(tmp_path / "archive", settings={**FEW, "max_listing_pages": 1})
        archive.declare(Site("blog", server, "/w/wordpress", ARTICLE, rules=RULES))
        assert archive.crawl("--limit", "3").returncode == 0
        days = {number: article(number, 320).day.isoformat() for number in range(320)}
        newest = sorted(range(220, 320), key=lambda number: days[number])[-3:]
        assert numbers(archive, "blog") == set(newest)
        server.hits.clear()
        result = archive.crawl("--backfill", "--since", "2024-01-15", "--limit", "150")
        assert result.returncode == 0, result.stderr
        since = {number for number, day in days.items() if day >= "2024-01-15"}
        assert numbers(archive, "blog") == set(range(220, 320)) | since
        asked = Counter(hit.target for hit in server.hits if "posts" in hit.target)
        assert len(asked) == 4  # the first page, then those before; the last one is not full
        assert set(asked.values()) == {1}


@pytest.mark.case("F076")
@pytest.mark.parametrize("feed", [True, pytest.param(False, marks=pytest.mark.soak)])
def test_after_an_outage_all_that_came_meanwhile_is_found(tmp_path: Path, feed: bool) -> None:
    with HostileServer(articles=20, newest_first=True) as server:
        archive = Archive(tmp_path / "archive", settings=FEW)
        options = {"feeds": [server.url("/feed/newest.xml")]} if feed else {}
        archive.declare(Site("vigie", server, article_url=ARTICLE, options=options, rules=RULES))
        assert archive.crawl().returncode == 0
        server.down = True
        for _ in range(2):
            assert archive.crawl().returncode == 5
        server.articles, server.down = 160, False
        assert archive.crawl("--limit", "100").returncode == 0
        assert archive.crawl().returncode == 0
        assert numbers(archive, "vigie") == set(range(160))
        server.hits.clear()
        archive.crawl()
        assert pages_asked(server) == Counter()
