"""A crawl under cron: silent when all is well, notices when it is not."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.server import DemoServer
from tests.crawl.conftest import Crawled
from tests.status.conftest import Inbox

pytestmark = pytest.mark.slow


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Crawled]:
    with DemoServer(articles=30, port=0) as server:
        crawled = Crawled(tmp_path / "archive", server)
        crawled.declare()
        yield crawled


def add(site: Crawled, text: str) -> None:
    path = site.folder / "hemero.toml"
    path.write_text(f"{text}\n{path.read_text(encoding='utf-8')}", encoding="utf-8")


def test_nothing_is_printed_when_nothing_is_wrong(site: Crawled) -> None:
    first, second, asked = site.crawl(), site.crawl(), site.crawl("-v")
    assert (first.returncode, first.stdout, first.stderr) == (0, "", "")
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    assert "nothing new" in asked.stdout
    assert asked.stderr == ""
    site.server.empty()
    wrong = site.crawl()
    assert wrong.returncode == 6
    assert "no article link" in wrong.stderr


def test_a_trouble_is_printed_once(site: Crawled) -> None:
    """Cron mails what is printed; the code says it each time."""
    site.crawl()
    site.server.empty()
    said, again, asked = site.crawl(), site.crawl(), site.crawl("-v")
    assert [run.returncode for run in (said, again, asked)] == [6, 6, 6]
    assert "no article link" in said.stderr
    assert (again.stdout, again.stderr) == ("", "")
    assert "no article link" in asked.stderr
    site.server.empty(on=False)
    well = site.crawl()
    assert (well.returncode, well.stdout, well.stderr) == (0, "", "")
    site.server.empty()
    assert "no article link" in site.crawl().stderr  # another one


def test_a_run_keeps_what_its_pages_held(site: Crawled) -> None:
    report = site.report()
    assert report["readings"]["filled"]["title"] == 30
    counts = json.loads(site.rows("SELECT counts FROM runs")[0]["counts"])
    assert counts["readings"]["pages"] == report["new"] == 30
    assert counts["readings"]["filled"]["title"] == 30
    assert sum(counts["readings"]["lengths"].values()) == 30
    assert counts["readings"]["rules"]["title"]
    assert len(counts["reader"]) == 12


def test_a_crawl_pings_and_tells(site: Crawled, web: Inbox) -> None:
    add(site, f'[notify]\nping_url = "{web.url}/ping"\nwebhook_url = "{web.url}/hook"')
    assert site.crawl().returncode == 0
    site.server.empty()
    for _ in range(2):
        assert site.crawl().returncode == 6
    site.server.empty(on=False)
    assert site.crawl().returncode == 0
    paths = [path for path, _ in web.got]
    assert paths == [
        "/ping/start",
        "/ping",
        "/ping/start",
        "/ping/fail",
        "/hook",
        "/ping/start",
        "/ping/fail",
        "/ping/start",
        "/ping",
        "/hook",
    ]
    told = [json.loads(text)["changes"][0]["state"] for path, text in web.got if path == "/hook"]
    assert told == ["drifted", "ok"]


def test_an_expectation_that_is_not_met_is_6(site: Crawled) -> None:
    path = site.folder / "hemero.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("[site.rules]", "expect = { articles_per_week = 1000 }\n[site.rules]"), "utf-8"
    )
    assert site.crawl().returncode == 0  # not watched for a week yet
    with sqlite3.connect(site.folder / "archive.db") as database:
        for days in range(1, 10):
            database.execute(
                "INSERT INTO runs (site_id, command, started_at, finished_at, state, exit_code, seen, new,"
                " changed, unchanged, gone, not_article, failed, refused, deferred) SELECT site_id, command,"
                f" datetime(started_at, '-{days} days') || '.000000', finished_at, 'quiet', 0,"
                " 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM runs WHERE id = 1"
            )
    database.close()
    said = site.crawl()
    assert said.returncode == 6
    assert "where the declaration expects 1000" in said.stderr


def test_a_wrong_expectation_is_a_wrong_declaration(site: Crawled) -> None:
    path = site.folder / "hemero.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("[site.rules]", "expect = { fill = { sections = 0.9 } }\n[site.rules]"), "utf-8"
    )
    wrong = site.crawl()
    assert wrong.returncode == 2
    assert "expect" in wrong.stderr
