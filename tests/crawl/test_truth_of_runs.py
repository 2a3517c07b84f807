"""Exit codes and rows of runs that go wrong, each against a real server in the trouble it is about."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from demo.server import DemoServer
from tests.crawl.conftest import Crawled
from tests.running import HEMERO, environment, run_preloaded


def last_run(site: Crawled) -> dict[str, object]:
    return site.rows("SELECT * FROM runs ORDER BY id DESC LIMIT 1")[0]


def test_every_run_has_a_row(site: Crawled) -> None:
    site.crawl()
    site.crawl()
    rows = site.rows("SELECT state, exit_code, seen, new, finished_at FROM runs ORDER BY id")
    assert [row["exit_code"] for row in rows] == [0, 0]
    assert [row["new"] for row in rows] == [30, 0]
    assert all(row["finished_at"] for row in rows)


def test_an_unreachable_site_is_5(tmp_path: Path) -> None:
    with DemoServer(articles=5, port=0) as server:
        crawled = Crawled(tmp_path / "archive", server)
        crawled.declare()
    result = crawled.crawl()
    assert result.returncode == 5
    assert "no answer" in result.stdout + result.stderr
    assert last_run(crawled)["exit_code"] == 5


def test_a_site_that_answers_503_to_everything_is_5(site: Crawled) -> None:
    site.crawl()
    site.server.down()
    assert site.crawl().returncode == 5


@pytest.mark.case("F077")
def test_listings_that_lose_their_links_need_a_person(site: Crawled) -> None:
    assert site.crawl().returncode == 0
    site.server.empty()
    result = site.crawl()
    assert result.returncode == 6
    assert "no article link" in result.stderr
    site.server.empty(on=False)
    assert site.crawl().returncode == 0


def test_a_listing_that_lost_its_links_is_asked_in_every_run(site: Crawled) -> None:
    """Although it had not changed for months, and is asked every six hours then: it may be mended by now."""
    assert site.crawl().returncode == 0
    site.write("UPDATE channels SET last_changed_at = '2024-01-01 00:00:00', next_fetch_at = NULL")
    site.server.empty()
    assert site.crawl().returncode == 6
    site.server.empty(on=False)
    site.server.publish(2)
    report = site.report()
    assert report["returncode"] == 0
    assert report["new"] > 0


def test_a_declaration_that_is_mended_is_read_with_at_once(site: Crawled) -> None:
    """The listing's bytes are those of last time, and it was not due: its links are ours now."""
    declared = site.folder / "hemero.toml"
    right = declared.read_text("utf-8")
    declared.write_text(right.replace("article_url = '", "article_url = 'nowhere/"), "utf-8")
    assert site.crawl().returncode == 6
    site.write("UPDATE channels SET next_fetch_at = datetime('now', '+1 hour')")
    declared.write_text(right, "utf-8")
    report = site.report()
    assert report["returncode"] == 0
    assert report["new"] == 30


def test_a_declaration_is_mended_while_the_site_is_down(site: Crawled) -> None:
    """The run that first knows the new rules reads nothing; the one after it does."""
    declared = site.folder / "hemero.toml"
    right = declared.read_text("utf-8")
    declared.write_text(right.replace("article_url = '", "article_url = 'nowhere/"), "utf-8")
    assert site.crawl().returncode == 6
    declared.write_text(right, "utf-8")
    site.server.down()
    assert site.crawl().returncode == 5
    site.server.down(on=False)
    site.write("DELETE FROM hosts")  # an hour later: it is no longer left alone
    assert site.report()["new"] == 30


def test_a_new_site_without_links_is_asked_in_every_run(site: Crawled) -> None:
    site.server.empty()
    assert site.crawl().returncode == 6
    site.write("UPDATE channels SET last_changed_at = '2024-01-01 00:00:00', next_fetch_at = NULL")
    assert site.crawl().returncode == 6
    site.server.empty(on=False)
    assert site.report()["new"] == 30


@pytest.mark.case("F017")
def test_a_trouble_seen_by_a_clock_that_was_ahead_ends_with_it(site: Crawled) -> None:
    """A run that was told it is next year is not the newest one until then."""
    assert site.crawl().returncode == 0
    site.server.empty()
    assert site.crawl().returncode == 6
    site.write("UPDATE runs SET started_at = datetime('now', '+1 year') WHERE exit_code = 6")
    site.server.empty(on=False)
    assert site.crawl().returncode == 0
    site.write("UPDATE channels SET next_fetch_at = datetime('now', '+1 hour')")  # nothing is asked
    assert site.crawl().returncode == 0


def test_a_pipeline_that_raises_is_our_fault(site: Crawled) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from crawler.config import load_config\n"
        "from crawler.loader import load_sites\n"
        "from crawler.runs import prepare_archive, run_crawl\n"
        "from crawler.session import CrawlOptions\n"
        "if __name__ == '__main__':\n"
        "    folder = Path(sys.argv[1])\n"
        "    config = load_config(folder / 'hemero.toml')\n"
        "    steps = {'pipelines.steps.ReadStep': 100, 'tests.crawl.raising.RaisingStep': 500}\n"
        "    result = run_crawl(prepare_archive(folder), [load_sites(config, folder)['echo']],\n"
        "        CrawlOptions(), config, settings={'ITEM_PIPELINES': steps})\n"
        "    sys.exit(result.exit_code)\n"
    )
    root = Path(__file__).parents[2]
    result = subprocess.run(
        [sys.executable, "-c", program, str(site.folder)],
        cwd=root,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert result.returncode == 1, result.stderr
    row = last_run(site)
    assert row["exit_code"] == 1
    assert "RuntimeError" in str(row["message"])
    again = site.report()
    assert again["returncode"] == 0
    assert len(site.rows("SELECT id FROM articles")) == 30


def test_a_limit_ends_the_run_and_the_next_one_goes_on(site: Crawled) -> None:
    first = site.report("--limit", "10")
    assert (first["returncode"], first["fetched"], first["new"]) == (0, 10, 10)
    assert first["seen"] == 30
    assert first["deferred_by_reason"] == {"limit": 20}
    second = site.report()
    assert second["new"] == 20


@pytest.mark.case("F008", "F009")
def test_two_runs_of_one_site_do_not_overlap(tmp_path: Path) -> None:
    with DemoServer(articles=30, port=0) as server:
        crawled = Crawled(tmp_path / "archive", server)
        crawled.declare(delay=0.2, concurrency=1)
        command = [HEMERO, "crawl", "echo", "--archive", crawled.folder]
        with subprocess.Popen(command, env=environment(), stdout=subprocess.DEVNULL) as first:
            while not (crawled.folder / "locks" / "echo.lock").exists():
                time.sleep(0.05)
            second = crawled.crawl()
            assert second.returncode == 75
            assert f"pid {first.pid}" in second.stdout + second.stderr
            first.send_signal(signal.SIGKILL)
        third = crawled.crawl("--limit", "1")
        assert third.returncode == 0, third.stderr


@pytest.mark.case("F005")
@pytest.mark.parametrize("number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.soak)])
def test_a_signal_ends_a_run_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    with DemoServer(articles=30, port=0) as server:
        crawled = Crawled(tmp_path / "archive", server)
        crawled.declare(delay=0.2, concurrency=1)
        command = [HEMERO, "crawl", "echo", "--archive", crawled.folder]
        with subprocess.Popen(
            command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            while server.stats()["classes"].get("article", 0) < 3:
                time.sleep(0.05)
            process.send_signal(number)
            output, errors = process.communicate(timeout=30)
        assert process.returncode == 128 + number, errors
        assert "echo" in output
        assert last_run(crawled)["finished_at"] is not None
        assert list((crawled.folder / "captures").rglob("*.open")) == []
        crawled.declare()
        assert crawled.crawl().returncode == 0
        assert len(crawled.rows("SELECT id FROM articles")) == 30


def test_one_page_of_an_undeclared_site_is_saved(site: Crawled, tmp_path: Path) -> None:
    url = site.server.truth()[0].url
    result = run_preloaded("crawl", "--url", url, "--archive", tmp_path / "other", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    other = Crawled(tmp_path / "other", site.server)
    assert [row["url"] for row in other.rows("SELECT url FROM articles")] == [url]
    assert site.server.truth()[0].title.split(" ")[0] in result.stdout


def test_plain_scrapy_crawl_works(site: Crawled) -> None:
    root = Path(__file__).parents[2]
    scrapy = Path(sys.executable).parent / "scrapy"
    listed = subprocess.run([scrapy, "list"], cwd=root, capture_output=True, text=True, check=True)
    assert listed.stdout.split() == ["demo", "portailsudmaroc"]
