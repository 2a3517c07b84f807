"""Giant pages of several hosts at once: each is kept, read from the disk and stored like any other."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from pipelines.flow import GIANT
from storage.archive import open_archive
from storage.captures import place_of
from tests import oracles
from tests.crawl.hostile_site import Archive, Site
from tests.hostile import HostileServer
from tests.hostile.markup import build
from tests.oracles import Held

pytestmark = pytest.mark.slow

NOW = 1e-7
PARAGRAPHS = 9_000
PATH = f"/h/paragraphs?n={PARAGRAPHS}"
SITES = 6
FAILED = "SELECT reason FROM candidates WHERE state = 'failed'"


@pytest.mark.case("F104")
def test_giants_are_stored_and_known_again(tmp_path: Path) -> None:
    assert len(build("paragraphs", PARAGRAPHS)) > 2 * GIANT
    settings = {"timeout": 60.0, "revisit_hours": [NOW] * 5, "revisit_share": 1.0}
    archive = Archive(tmp_path / "archive", settings=settings)
    with ExitStack() as stack:
        for number in range(SITES):
            server = stack.enter_context(HostileServer())
            archive.declare(Site(f"site{number}", server, f"/links?to={PATH}", "^/h/"))
        for counted in ("new", "unchanged"):
            result = archive.crawl()
            assert result.returncode == 0, result.stderr
            assert [site.report[counted] for site in archive.sites.values()] == [1] * SITES
    rows = archive.rows("SELECT body, revision_count FROM articles")
    assert [row["revision_count"] for row in rows] == [1] * SITES
    assert {"Fin de la page." in row["body"] for row in rows} == {True}
    assert oracles.sound(Held(archive.folder)) == []


def test_a_capture_that_repeats_another_has_the_body_of_that(tmp_path: Path) -> None:
    settings = {"timeout": 60.0, "revisit_hours": [NOW] * 5, "revisit_share": 1.0}
    archive = Archive(tmp_path / "archive", settings=settings)
    with HostileServer() as server:
        archive.declare(Site("site", server, f"/links?to={PATH}", "^/h/"))
        archive.crawl()
        archive.crawl()
    captures = archive.rows("SELECT id, kind FROM captures WHERE role = 'article' ORDER BY id")
    assert [row["kind"] for row in captures] == ["response", "revisit"]
    opened = open_archive(archive.folder)
    try:
        bodies = [place_of(opened, row["id"]).read() for row in captures]
    finally:
        opened.close()
    assert bodies == [build("paragraphs", PARAGRAPHS)] * 2


@pytest.mark.case("F050", "F104")
def test_one_that_drips_holds_up_no_other(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive", settings={"timeout": 6.0}, more="[rights]\nask = false\n")
    with ExitStack() as stack:
        sites = [Site("drip", stack.enter_context(HostileServer()), "/links?to=/t/drip-when-heavy", "^/t/")]
        for number in range(16):
            server = stack.enter_context(HostileServer())
            sites.append(Site(f"site{number}", server, "/links?to=/t/heavy", "^/t/"))
        archive.declare(*sites)
        result = archive.crawl()
    assert result.returncode == 0, result.stderr
    assert [site.report["new"] for site in sites] == [0, *[1] * 16]
    assert archive.rows(FAILED) == [{"reason": "timeout"}]


@pytest.mark.case("F104")
def test_who_is_cut_off_while_held_up_is_heard_of(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive", settings={"timeout": 30.0}, more="[rights]\nask = false\n")
    with ExitStack() as stack:
        for number in range(10):
            server = stack.enter_context(HostileServer())
            archive.declare(Site(f"site{number}", server, "/links?to=/t/reset-when-heavy", "^/t/"))
        archive.crawl()
    assert archive.rows(FAILED) == [{"reason": "truncated"}] * 10


@pytest.mark.case("F104")
def test_the_giant_body_of_a_redirect_is_not_its_page(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    with HostileServer() as server:
        archive.declare(Site("site", server, "/links?to=/r/heavy%3Fto=/s/empty", "^/[rs]/"))
        archive.crawl()
    assert archive.rows(FAILED) == [{"reason": "empty"}]
