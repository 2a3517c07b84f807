"""`hemero sites` as an operator uses it: add, crawl, check, compare, switch off, rename."""

from __future__ import annotations

import contextlib
import json
import re
import time
import tomllib
from pathlib import Path

import pytest

from tests.running import run_preloaded
from tests.sites.conftest import Added, settled
from tests.sites.layouts import LAYOUTS, serve

pytestmark = pytest.mark.slow
KEYED = {"spip", "numbered", "query", "commas"}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_crawl_finds_every_article_and_nothing_else(added: Added, layout: str) -> None:
    assert added.crawl.returncode == 0, added.crawl.stderr
    base = added.sites[layout].base
    found = {url for (url,) in added.rows("SELECT url FROM articles WHERE url LIKE ?", f"{base}/%")}
    assert found == added.sites[layout].articles


@pytest.mark.parametrize("layout", LAYOUTS)
def test_numbers_become_keys(added: Added, layout: str) -> None:
    path = added.folder / "archive/sites" / f"{added.names[layout]}.toml"
    rules = tomllib.loads(path.read_text(encoding="utf-8"))["rules"]
    assert ("article_key" in rules) == (layout in KEYED)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_survey_asks_little_and_nothing_twice(added: Added, layout: str) -> None:
    asked = added.asked[layout]
    assert len(asked) <= 30
    assert sorted(asked) == sorted(set(asked))


def test_a_typed_loopback_address_is_allowed(added: Added) -> None:
    for name in added.names.values():
        text = (added.folder / "archive/sites" / f"{name}.toml").read_text(encoding="utf-8")
        assert "allow_private = true" in text


def test_sites_are_listed(added: Added) -> None:
    rows = [json.loads(line) for line in added.hemero("sites", "--json").stdout.splitlines()]
    counts = {row["site"]: (row["articles"], row["state"]) for row in rows}
    assert all(counts[name] == (24, "active") for name in added.names.values())


def test_a_declared_site_is_not_added_again(added: Added) -> None:
    result = added.hemero("sites", "add", added.sites["spip"].base)
    assert result.returncode == 2
    assert added.names["spip"] in result.stderr
    assert added.hemero("sites", "import", "feeds.opml").returncode == 0


def test_check_finds_nothing_wrong(added: Added) -> None:
    result = added.hemero("sites", "check", added.names["wordpress"], "--json")
    assert result.returncode == 0, result.stderr
    told = json.loads(result.stdout)
    assert (len(told["pages"]), told["lost"], told["saved_pages_changed"]) == (3, [], {})
    usual = {line["field"]: line["usual"] for line in told["fields"]}
    assert usual["title"] == usual["published"] == 1


def test_check_names_a_field_that_was_lost(added: Added) -> None:
    site = added.sites["drupal"]
    before = dict(site.pages)
    try:
        for address, (kind, text) in before.items():
            site.pages[address] = (kind, re.sub(r'<p class="date">.*?</p>', "", text))
        result = added.hemero("sites", "check", added.names["drupal"])
    finally:
        site.pages.update(before)
    assert result.returncode == 6, result.stdout
    assert "published is on 0 of 3 pages, usually on 100%" in result.stderr


def test_check_of_a_site_that_is_away(added: Added) -> None:
    site = added.sites["dates"]
    before = dict(site.pages)
    try:
        site.pages.clear()
        result = added.hemero("sites", "check", added.names["dates"])
    finally:
        site.pages.update(before)
    assert result.returncode == 5
    assert "HTTP 404" in result.stderr


def test_coverage_by_month(added: Added) -> None:
    result = added.hemero("sites", "coverage", added.names["dates"], "--json")
    assert result.returncode == 0, result.stderr
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert sum(row["listed"] for row in rows) == sum(row["archived"] for row in rows) == 24
    assert [row["month"] for row in rows] == ["2026-09", "2026-10", "2026-11"]
    assert sum(row["missing"] + row["unlisted"] for row in rows) == 0


def test_coverage_sees_what_is_missing(added: Added) -> None:
    site = added.sites["dates"]
    name = "/sitemap-2026-11.xml"
    before = site.pages[name]
    try:
        site.sitemap(name, ["/2026/11/24/un-article-que-personne-n-a/"])
        result = added.hemero("sites", "coverage", added.names["dates"], "--json")
    finally:
        site.pages[name] = before
    rows = {row["month"]: row for row in map(json.loads, result.stdout.splitlines())}
    november = rows["2026-11"]
    assert (november["missing"], november["archived"]) == (1, 0)
    assert november["unlisted"] == 24 - sum(row["archived"] for row in rows.values())


def test_a_disabled_site_rests(added: Added) -> None:
    name = added.names["query"]
    assert added.hemero("sites", "disable", name).stdout == f"{name} is disabled\n"
    added.hemero("sites", "disable", "portailsudmaroc")
    rows = [json.loads(line) for line in added.hemero("sites", "--json").stdout.splitlines()]
    assert {row["site"] for row in rows if row["state"] == "disabled"} == {name, "portailsudmaroc"}
    added.sites["query"].asked.clear()
    result = added.hemero("crawl", "--json")
    assert result.returncode == 0, result.stderr
    crawled = {json.loads(line)["site"] for line in result.stdout.splitlines()}
    assert crawled == set(added.names.values()) - {name}
    assert added.sites["query"].asked == []
    # Crawled by name, then left alone for good: nobody is told that its runs have stopped.
    added.hemero("crawl", name)
    states = {
        row["site"]: row for row in map(json.loads, added.hemero("status", "--json").stdout.splitlines())
    }
    assert (states[name]["state"], states[name]["overdue"], states[name]["advice"]) == (
        "disabled",
        False,
        None,
    )
    assert states[added.names["commas"]]["state"] in ("ok", "quiet")
    assert added.hemero("sites", "enable", name).stdout == f"{name} is active\n"


def test_z_sites_that_moved_keep_their_articles(added: Added) -> None:
    """Runs last: it renames two sites, one that knows articles by numbers and one by addresses."""
    query = "SELECT identity FROM articles WHERE url LIKE ? ORDER BY identity"
    moves = {"dates": "delta", "commas": "virgule"}
    before = {layout: added.rows(query, f"{added.sites[layout].base}/%") for layout in moves}
    with contextlib.ExitStack() as stack:
        moved = {layout: stack.enter_context(serve(layout)) for layout in moves}
        for layout, new in moves.items():
            url = f"{moved[layout].base}/"
            result = added.hemero("sites", "rename", added.names[layout], new, "--url", url)
            assert result.returncode == 0, result.stderr
        assert added.hemero("sites", "rename", added.names["commas"], new, "--url", url).returncode == 0
        crawl = added.hemero("crawl", *moves.values(), "--json")
        assert crawl.returncode == 0, crawl.stderr
        told = [json.loads(line) for line in crawl.stdout.splitlines()]
        assert [(one["new"], one["discovered"]) for one in told] == [(0, 0), (0, 0)]
    assert added.hemero("rebuild").returncode == 0
    for layout, new in moves.items():
        assert added.rows(query, f"{moved[layout].base}/%") == before[layout]
        names = added.rows("SELECT name FROM sites WHERE name IN (?, ?)", added.names[layout], new)
        assert names == [(new,)]
    old = min(added.sites["dates"].articles)
    assert json.loads(added.hemero("show", old, "--json").stdout)["url"].startswith(moved["dates"].base)


# --- one site ---------------------------------------------------------------------------------------


def test_a_working_site_in_two_minutes(tmp_path: Path) -> None:
    folder = settled(tmp_path)
    started = time.monotonic()
    with serve("commas") as site:
        shown = run_preloaded("sites", "add", f"{site.base}/", cwd=folder)
        assert shown.returncode == 0, shown.stderr
        assert not (folder / "archive/sites").exists()
        added = run_preloaded(
            "sites", "add", site.base, "--name", "virgule", "--country", "ma", "--yes", cwd=folder
        )
        assert added.returncode == 0, added.stderr
        result = run_preloaded("crawl", "virgule", cwd=folder)
        assert result.returncode == 0, result.stderr
    assert time.monotonic() - started < 120
    assert "--yes writes it" in shown.stdout
    lines = {line.split()[0]: line for line in _table(shown.stdout)}
    assert max(map(len, lines.values())) <= 80
    assert {"title", "body", "published", "authors", "tags", "related"} <= set(lines)
    assert "3/3" in lines["title"]
    assert "h1" in lines["title"]
    declared = tomllib.loads((folder / "archive/sites/virgule.toml").read_text(encoding="utf-8"))
    assert (declared["country"], declared["timezone"]) == ("MA", "Africa/Casablanca")
    assert len(list((folder / "archive/sites/pages/virgule").iterdir())) == 6


def _table(text: str) -> list[str]:
    lines = text.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("field"))
    return lines[start : start + 12]


REFUSED = {
    "no URL": (["courrier.example"], 2, "is no URL"),
    "a bad name": (["https://courrier.example/", "--name", "Le Courrier"], 2, "--name"),
    "a taken name": (["https://courrier.example/", "--name", "demo"], 2, "exists already"),
    "no country": (["https://courrier.example/", "--country", "ZZ"], 2, "ISO 3166"),
    "no zone": (["https://courrier.example/", "--timezone", "Mars/Olympus"], 2, "time zone"),
    "nobody there": (["http://127.0.0.1:9/"], 5, "cannot be had"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_in_one_line(tmp_path: Path, case: str) -> None:
    arguments, code, words = REFUSED[case]
    result = run_preloaded("sites", "add", *arguments, "--yes", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (code, "")
    assert words in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not (tmp_path / "archive").exists()


def test_a_site_without_articles_is_refused(tmp_path: Path) -> None:
    with serve("spip") as site:
        site.pages.clear()
        site.html("/", "Rien", "<p>En travaux</p>")
        result = run_preloaded("sites", "add", site.base, "--yes", cwd=settled(tmp_path))
    assert result.returncode == 6
    assert "no page that reads as an article" in result.stderr


def test_robots_are_obeyed(tmp_path: Path) -> None:
    with serve("spip") as site:
        site.pages["/robots.txt"] = ("text/plain", "User-agent: *\nDisallow: /\n")
        result = run_preloaded("sites", "add", site.base, "--yes", cwd=settled(tmp_path))
        assert site.asked == ["/robots.txt"]
    assert result.returncode == 6
    assert "robots.txt" in result.stderr
