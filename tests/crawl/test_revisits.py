"""Articles are fetched again when they are due: edits, stealth edits and deletions are found."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from demo.server import DemoServer
from tests.crawl.conftest import Crawled

SOON = 0.5 / 3600  # half a second
ARTICLES = 60


@pytest.mark.case("F066", "F070")
def test_edits_and_deletions_are_found_by_the_next_due_run(tmp_path: Path) -> None:
    with DemoServer(articles=ARTICLES, port=0) as server:
        crawled = Crawled(tmp_path / "archive", server)
        crawled.declare(revisit_hours=(SOON, 24))
        assert crawled.report()["new"] == ARTICLES
        server.publish(2)
        truth = {article.url: article for article in server.truth()}
        edited = {url for url, article in truth.items() if article.change in ("edited", "stealth")}
        stealth = {url for url, article in truth.items() if article.change == "stealth"}
        gone = set(server.gone())
        time.sleep(0.6)
        server.reset()
        server.set(latency=20)
        report = crawled.report()
        stats = server.stats()

        assert report["returncode"] == 0
        assert report["changed"] == len(edited) > 0
        assert report["gone"] == len(gone) > 0
        assert report["new"] == sum(article.change == "new" for article in truth.values()) > 0
        assert 1 < max(stats["max_inflight_per_host"].values()) <= crawled.concurrency
        rows = crawled.rows("SELECT url, gone_at, revision_count, body FROM articles")
        assert {row["url"] for row in rows if row["revision_count"] == 2} == edited
        assert {Path(row["url"]).name for row in rows if row["gone_at"]} == {Path(url).name for url in gone}
        assert all(row["body"] for row in rows)
        marked = crawled.rows(
            "SELECT url FROM articles JOIN revisions ON article_id = articles.id WHERE stealth"
        )
        assert {row["url"] for row in marked} == stealth
        # Every page is asked for once, and those that stayed as they were answer 304.
        assert stats["repeats"] == {}
        paths = {article.path for article in truth.values()}
        same = ARTICLES - len(edited) - len(gone) - _touched(truth)
        assert len(paths & set(stats["not_modified_paths"])) == same

        # Only what was new then is due again: for the others the next age has not come.
        time.sleep(0.6)
        server.reset()
        again = crawled.report()
        new = sum(1 for article in truth.values() if article.change == "new")
        assert again["changed"] == again["gone"] == 0
        assert server.stats()["classes"].get("article", 0) == new == again["unchanged"]


def _touched(truth: dict[str, object]) -> int:
    """Pages whose bytes changed although the article did not."""
    return sum(1 for article in truth.values() if getattr(article, "change", None) == "related")


def test_revisits_take_their_share_only(tmp_path: Path) -> None:
    with DemoServer(articles=30, port=0) as server:
        crawled = Crawled(tmp_path / "archive", server)
        crawled.declare(revisit_hours=(SOON, 24))
        crawled.report()
        time.sleep(0.6)
        server.reset()
        report = crawled.report("--limit", "10")
        assert server.stats()["classes"]["article"] == 2
        assert report["unchanged"] == 2
        assert report["deferred"] == 28
