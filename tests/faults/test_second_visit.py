"""A page that was whole on the first visit and is not on the second: what was kept stays as it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
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
        archive.crawl()
        assert {site.report["new"] for site in archive.sites.values()} == {1}
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
