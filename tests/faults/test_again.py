"""Answers that change between visits: moved, deleted, edited, flaky pages, maintenance, robots.txt.

Four crawls of the same sites with revisits and retries due at once.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.crawl.hostile_site import Archive, Site
from tests.hostile import HostileServer
from tests.running import run_hemero

pytestmark = pytest.mark.slow

NOW = 0.00001  # hours or minutes: due at once
PAGES = {
    "home": ("/s/moved?to=/news/", "^/s/moved"),
    "other": ("/s/moved?to=/news/article/1/x", "^/(s/moved|news/article)"),
    "flaky": ("/s/flaky?fail=2", "^/s/flaky"),
    "flakier": ("/s/flaky?fail=3", "^/s/flaky"),
    "broken": ("/s/flaky?fail=99", "^/s/flaky"),
    "refused": ("/s/flaky?fail=2&status=403", "^/s/flaky"),
    "early": ("/s/flaky?fail=2&status=404", "^/s/flaky"),
    "deleted": ("/s/deleted", "^/s/deleted"),
    "edited": ("/s/changed", "^/s/changed"),
    "churning": ("/s/churn", "^/s/churn"),
}
RUNS = 4


class Again:
    """The archive after the last crawl, and each site's report of each crawl."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.reports: list[dict[str, dict[str, Any]]] = []

    def crawl(self) -> None:
        self.archive.crawl()
        self.reports.append({name: dict(site.report) for name, site in self.archive.sites.items()})

    def article(self, name: str, path: str) -> dict[str, Any]:
        rows = self.archive.rows(
            "SELECT a.* FROM articles a JOIN sites s ON s.id = a.site_id WHERE s.name = ? AND a.url LIKE ?",
            name,
            f"%{path}%",
        )
        assert len(rows) == 1, rows
        return rows[0]


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Again]:
    with ExitStack() as stack:
        archive = Archive(
            tmp_path_factory.mktemp("again") / "archive",
            settings={
                "revisit_hours": [NOW] * 5,
                "retry_minutes": [NOW] * 5,
                "revisit_share": 1.0,
                "backlog_pages": 0,
            },
        )
        for name, (path, pattern) in PAGES.items():
            server = stack.enter_context(HostileServer(articles=3))
            to = path.replace("?", "%3F").replace("=", "%3D").replace("&", "%26")
            archive.declare(Site(name, server, f"/links?to={to}", pattern))
        closed = stack.enter_context(HostileServer(articles=8))
        banning = stack.enter_context(HostileServer(articles=8))
        robots = stack.enter_context(HostileServer(articles=2))
        denying = stack.enter_context(HostileServer(articles=5))
        archive.declare(Site("closed", closed), Site("robots", robots))
        losing = stack.enter_context(HostileServer(articles=6))
        archive.declare(Site("banning", banning), Site("denying", denying), Site("losing", losing))
        again = Again(archive)
        again.crawl()
        closed.mask, robots.robots, robots.articles = "/s/maintenance", "503", 3
        banning.mask, denying.robots, losing.mask = "/s/403", "deny", "/s/404"
        again.crawl()
        with sqlite3.connect(archive.folder / "archive.db") as database:
            database.execute("UPDATE hosts SET robots_expires_at = robots_fetched_at")
        closed.mask, robots.articles = None, 4
        banning.mask, banning.articles, denying.robots, losing.mask = None, 9, "ok", None
        again.crawl()
        robots.robots = "ok"
        again.crawl()
        yield again


@pytest.mark.case("F062")
def test_an_article_that_leads_home_is_gone_and_keeps_its_text(again: Again) -> None:
    row = again.article("home", "/s/moved")
    assert row["gone_at"] is not None
    assert row["title"] == "Article qui partira"
    assert row["revision_count"] == 1


@pytest.mark.case("F062")
def test_an_article_that_leads_to_another_is_not_overwritten_by_it(again: Again) -> None:
    row = again.article("other", "/s/moved")
    assert row["title"] == "Article qui partira"
    assert row["revision_count"] == 1


@pytest.mark.case("F063")
def test_a_flaky_page_is_stored_by_a_later_run(again: Again) -> None:
    assert again.reports[0]["flaky"]["failed_by_cause"] == {"http_500": 1}
    assert again.article("flaky", "/s/flaky")["title"] == "Article guéri"
    assert again.article("flakier", "/s/flaky")["title"] == "Article guéri"
    rows = again.archive.rows(
        "SELECT s.name, c.tries, c.state FROM candidates c JOIN sites s ON s.id = c.site_id"
        " WHERE c.url LIKE '%/s/flaky%' AND s.name <> 'broken' ORDER BY s.name"
    )
    assert [(row["name"], row["tries"], row["state"]) for row in rows] == [
        (name, 0, "done") for name in ("early", "flakier", "flaky", "refused")
    ]


@pytest.mark.case("F063")
def test_a_page_that_never_heals_is_owed(again: Again) -> None:
    rows = again.archive.rows(
        "SELECT c.* FROM candidates c JOIN sites s ON s.id = c.site_id WHERE s.name = 'broken'"
    )
    assert [(row["state"], row["reason"]) for row in rows] == [("failed", "http_500")]
    assert rows[0]["tries"] == RUNS
    assert rows[0]["next_try_at"] is not None


def test_a_page_that_is_refused_for_a_while_is_stored_by_a_later_run(again: Again) -> None:
    assert again.reports[0]["refused"]["refused_by_reason"] == {"http_403": 1}
    assert again.article("refused", "/s/flaky")["title"] == "Article guéri"


def test_a_page_that_is_named_before_it_is_there_is_stored_by_a_later_run(again: Again) -> None:
    counted = [(reports["early"]["gone"], reports["early"]["new"]) for reports in again.reports]
    assert counted == [(1, 0), (0, 0), (0, 1), (0, 0)]
    assert again.article("early", "/s/flaky")["gone_at"] is None


def test_articles_that_were_gone_by_mistake_come_back(again: Again) -> None:
    _, during, after, _ = (reports["losing"] for reports in again.reports)
    assert (during["gone"], after["gone"], after["unchanged"]) == (6, 0, 6)
    rows = again.archive.rows(
        "SELECT a.gone_at, d.gone_at < d.back_at AS back FROM articles a JOIN sites s ON s.id = a.site_id"
        " JOIN disappearances d ON d.article_id = a.id WHERE s.name = 'losing'"
    )
    assert rows == [{"gone_at": None, "back": 1}] * 6


@pytest.mark.case("F065", "F095")
@pytest.mark.parametrize(("site", "reason", "new"), [("banning", "http_403", 1), ("denying", "robots", 0)])
def test_a_refusal_does_not_end_the_revisits_of_an_article(
    again: Again, site: str, reason: str, new: int
) -> None:
    before, during, after, _ = (reports[site] for reports in again.reports)
    assert during["refused_by_reason"] == {reason: before["new"]}
    assert (during["state"], during["exit_code"]) == ("blocked", 6)
    assert (after["unchanged"], after["new"], after["refused"]) == (before["new"], new, 0)


@pytest.mark.case("F066")
def test_a_deleted_article_keeps_its_text(again: Again) -> None:
    row = again.article("deleted", "/s/deleted")
    assert row["gone_at"] is not None
    assert row["body"]
    assert sum(reports["deleted"]["gone"] for reports in again.reports) == 1


@pytest.mark.case("F066")
def test_a_deleted_article_is_still_found(again: Again) -> None:
    folder = again.archive.folder
    found = run_hemero("search", "bientôt supprimé", "--archive", folder, cwd=folder.parent)
    assert found.returncode == 0
    assert "Bientôt supprimé" in found.stdout


@pytest.mark.case("F070")
def test_every_version_of_an_edited_article_is_kept(again: Again) -> None:
    row = again.article("edited", "/s/changed")
    assert row["revision_count"] == RUNS
    assert f"Version {RUNS}." in row["body"]


@pytest.mark.case("F071")
def test_counters_and_tokens_make_no_version(again: Again) -> None:
    assert again.article("churning", "/s/churn")["revision_count"] == 1
    assert [reports["churning"]["unchanged"] for reports in again.reports] == [0, 1, 1, 1]


@pytest.mark.case("F068")
def test_a_maintenance_page_on_every_address_changes_nothing_and_is_told(again: Again) -> None:
    assert again.reports[0]["closed"]["new"] == 8
    during = again.reports[1]["closed"]
    assert during["changed"] == 0
    assert (during["state"], during["exit_code"]) == ("drifted", 6)
    rows = again.archive.rows(
        "SELECT revision_count, gone_at FROM articles a JOIN sites s ON s.id = a.site_id"
        " WHERE s.name = 'closed'"
    )
    assert rows == [{"revision_count": 1, "gone_at": None}] * 8
    assert again.reports[2]["closed"]["unchanged"] == 8


@pytest.mark.case("F093")
def test_a_robots_txt_that_cannot_be_had_is_replaced_by_its_copy_for_a_day(again: Again) -> None:
    fetched = [reports["robots"]["new"] for reports in again.reports]
    assert fetched == [2, 1, 0, 1]  # the copy counts; then it is too old; then the file is back
    assert again.reports[2]["robots"]["exit_code"] == 5


def test_every_page_of_every_run_is_accounted_for(again: Again) -> None:
    parts = ("new", "changed", "unchanged", "gone", "not_article", "failed", "refused", "deferred")
    for reports in again.reports:
        for report in reports.values():
            assert report["seen"] == sum(report[part] for part in parts), report


def test_a_visit_whose_page_cannot_be_read_is_not_the_last(tmp_path: Path) -> None:
    """The text that is there stays, and its page is looked at again at its next age."""
    with HostileServer(articles=1) as server:
        archive = Archive(tmp_path / "archive", settings={"revisit_hours": [NOW, 1.0, 2.0]})
        archive.declare(Site("vigie", server))
        assert archive.crawl().returncode == 0
        before = archive.rows("SELECT title, body, revision_count FROM articles")
        archive.more = "[readers]\ndeadline = 0.000001\n"
        archive.declare()
        archive.crawl()
        assert archive.sites["vigie"].report["failed_by_cause"] == {"read_timeout": 1}
        (row,) = archive.rows("SELECT next_try_at FROM candidates WHERE url LIKE '%article%'")
        assert row["next_try_at"] is not None
        assert archive.rows("SELECT title, body, revision_count FROM articles") == before
