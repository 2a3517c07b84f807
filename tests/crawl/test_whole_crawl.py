"""A whole crawl of 300 articles, compared with the truth of the site, and once more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from demo.facts import TruthArticle
from demo.server import DemoServer
from tests.crawl.conftest import Crawled
from tests.running import run_preloaded

ARTICLES = 300

Whole = tuple[Crawled, dict[str, Any], dict[str, Any]]


@pytest.fixture(scope="module")
def first(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Whole]:
    """One crawl at one request at a time: archive, report, and what the server counted."""
    with DemoServer(articles=ARTICLES, port=0) as server:
        crawled = Crawled(tmp_path_factory.mktemp("whole") / "archive", server)
        crawled.declare(concurrency=1)
        report = crawled.report()
        yield crawled, report, server.stats()


@pytest.fixture(scope="module")
def by_url(first: Whole) -> dict[str, dict[str, Any]]:
    """Every article as `hemero export` gives it."""
    crawled = first[0]
    folder = crawled.folder
    result = run_preloaded("export", "--format", "jsonl", "--archive", folder, cwd=folder.parent)
    assert result.returncode == 0, result.stderr
    return {row["url"]: row for row in map(json.loads, result.stdout.splitlines())}


def truths(first: Whole) -> list[TruthArticle]:
    return first[0].server.truth()


def test_the_run_is_honest(first: Whole) -> None:
    _, report, _ = first
    assert report["returncode"] == 0
    assert report["state"] == "ok"
    assert report["new"] == report["fetched"] == report["seen"] == ARTICLES


def test_every_article_once(first: Whole) -> None:
    crawled, _, stats = first
    urls = [row["url"] for row in crawled.rows("SELECT url FROM articles")]
    assert sorted(urls) == sorted(truth.url for truth in truths(first))
    assert stats["classes"]["article"] == ARTICLES


def test_one_request_in_flight(first: Whole) -> None:
    assert set(first[2]["max_inflight_per_host"].values()) == {1}


def test_an_honest_user_agent(first: Whole) -> None:
    agents = first[2]["user_agents"]
    assert len(agents) == 1
    assert "hemerotheque/" in next(iter(agents))
    assert "(+" in next(iter(agents))


@pytest.mark.parametrize("field", ["title", "lead", "body", "section", "language"])
def test_texts_are_the_truth(first: Whole, by_url: dict[str, dict[str, Any]], field: str) -> None:
    wrong = [t.url for t in truths(first) if by_url[t.url][field] != getattr(t, field)]
    assert wrong == []


def test_authors_and_tags_are_the_truth(first: Whole, by_url: dict[str, dict[str, Any]]) -> None:
    truth = {t.url: (list(t.authors), [tag.name for tag in t.tags]) for t in truths(first)}
    found = {
        url: (list(row["authors"]), [tag if isinstance(tag, str) else tag["name"] for tag in row["tags"]])
        for url, row in by_url.items()
    }
    assert found == truth


@pytest.mark.parametrize("kind", ["published", "modified"])
def test_dates_are_the_truth(first: Whole, by_url: dict[str, dict[str, Any]], kind: str) -> None:
    wrong = []
    for truth in truths(first):
        wanted, found = getattr(truth, kind), by_url[truth.url][kind]
        if wanted is None or found is None:
            same = wanted is found
        else:
            same = (wanted.date, wanted.precision, _moment(wanted.utc)) == (
                found["date"],
                found["precision"],
                _moment(found["utc"]),
            )
        if not same:
            wrong.append((truth.url, wanted, found))
    assert wrong == []


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def test_attributions_are_the_truth(first: Whole, by_url: dict[str, dict[str, Any]]) -> None:
    """Names exactly; of a byline the credit may stand in a longer line with the date."""
    wrong = []
    for truth in truths(first):
        lines = [a for a in by_url[truth.url]["attributions"] if a["kind"] != "original"]
        wanted = truth.attribution
        if wanted is None or wanted.kind == "original":
            same = not lines
        else:
            names = [(a["kind"], a["outlets"], a["agencies"]) for a in lines]
            same = names == [(wanted.kind, list(wanted.outlets), list(wanted.agencies))]
            same = same and (wanted.raw == lines[0]["raw"] or wanted.position == "byline")
            same = same and wanted.raw in lines[0]["raw"]
        if not same:
            wrong.append((truth.url, wanted, lines))
    assert wrong == []


def test_related_links_are_the_truth(first: Whole, by_url: dict[str, dict[str, Any]]) -> None:
    keys = ("url", "title", "title_truncated", "teaser", "teaser_truncated", "position", "block")
    wrong = []
    for truth in truths(first):
        wanted = [{key: getattr(link, key) for key in keys} for link in truth.related]
        found = [{key: link[key] for key in keys} for link in by_url[truth.url]["related"]]
        if wanted != found:
            wrong.append((truth.url, wanted, found))
    assert wrong == []


def test_related_links_resolve_to_archived_articles(first: Whole) -> None:
    crawled = first[0]
    unresolved = crawled.rows("SELECT url FROM related_links WHERE target_id IS NULL")
    assert unresolved == []


def test_every_capture_is_on_disk(first: Whole) -> None:
    crawled = first[0]
    assert list((crawled.folder / "captures").rglob("*.open")) == []
    for row in crawled.rows("SELECT name, bytes FROM capture_files"):
        assert (crawled.folder / "captures" / row["name"]).stat().st_size == row["bytes"]
    captured = crawled.rows("SELECT count(*) AS n FROM captures WHERE role = 'article' AND status = 200")
    assert captured[0]["n"] == ARTICLES


def test_z_a_second_run_fetches_and_writes_nothing(first: Whole) -> None:
    """Runs last: it is about the state the other tests leave."""
    crawled = first[0]
    before = _content(crawled)
    crawled.server.reset()
    report = crawled.report()
    stats = crawled.server.stats()
    assert report["returncode"] == 0
    assert report["state"] == "quiet"
    assert report["new"] == report["changed"] == report["fetched"] == 0
    assert stats["classes"].get("article", 0) == 0
    feeds = [row["url"] for row in crawled.rows("SELECT url FROM channels WHERE kind = 'feed'")]
    assert feeds
    asked = stats["classes"]
    assert stats["not_modified"] >= asked["feed"] == len(feeds)
    # Each request has its reason, and all but the files that speak for the whole site are conditional.
    counted = crawled.server.state.counters
    channels = {"/" + row["url"].split("/", 3)[3] for row in crawled.rows("SELECT url FROM channels")}
    statements = {"/robots.txt", "/ai.txt", "/.well-known/tdmrep.json"}
    assert set(counted.paths.values()) == {1}
    assert set(counted.paths) <= channels | statements
    assert set(counted.paths) - set(counted.not_modified) <= statements
    assert _content(crawled) == before


def _content(crawled: Crawled) -> dict[str, list[dict[str, Any]]]:
    tables = ("articles", "revisions", "related_links", "field_evidence", "captures", "article_urls")
    return {name: crawled.rows(f"SELECT * FROM {name} ORDER BY id") for name in tables}


def test_a_new_edition_is_found(tmp_path: Path) -> None:
    with DemoServer(articles=60, port=0) as server:
        crawled = Crawled(tmp_path / "archive", server)
        crawled.declare()
        assert crawled.report()["new"] == 60
        server.publish(2)
        new = {t.url for t in server.truth() if t.change == "new"}
        report = crawled.report()
        assert report["new"] == len(new) > 0
        assert new <= {row["url"] for row in crawled.rows("SELECT url FROM articles")}
