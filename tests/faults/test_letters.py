"""Group E, what pages say wrongly: letters, dates, credits, related articles (F107-F123).

One crawl of all of them by the installed command, on both databases, read from its export.
"""

from __future__ import annotations

import json
import subprocess
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.crawl.hostile_site import Archive, Site
from tests.hostile import HostileServer
from tests.hostile.letters import ACCENTS, LETTERS
from tests.hostile.lines import CREDITS, DATES, RELATED
from tests.hostile.news import LOREM
from tests.postgres import Cluster
from tests.running import environment, run_preloaded

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

NO_PAGES = ("binary", "pdf")
ADDRESSES = [
    *(f"/h/{name}" for name in (*LETTERS, "doctype-xxe", "doctype-laughs", "base-evil")),
    *(f"/d/credit/{name}" for name in CREDITS),
    *(f"/d/related/{name}" for name in RELATED),
    *(f"/d/date?id={number}" for number in range(len(DATES))),
]


@dataclass
class Said:
    """What the archive holds after the crawl: lines of the export by path and query."""

    folder: Path
    env: dict[str, str]
    articles: dict[str, dict[str, Any]]
    day: date

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return run_preloaded(*arguments, "--archive", self.folder, cwd=self.folder.parent, env=self.env)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def said(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Said:
    extra = {}
    if request.param == "postgres":
        cluster: Cluster = request.getfixturevalue("postgres")
        extra["HEMERO_DATABASE_URL"] = cluster.new_database()
    folder = tmp_path_factory.mktemp("letters") / "archive"
    with HostileServer() as server:
        start = "/links?" + "&".join(f"to={path.partition('?')[0]}" for path in ADDRESSES[: -len(DATES)])
        archive = Archive(folder, settings={"timeout": 30.0})
        archive.declare(
            Site("lettres", server, start, "^/(h|d)/"),
            Site("dates", server, f"/links?to=/d/date&n={len(DATES)}", "^/d/date"),
        )
        kept = Said(folder, environment(**extra), {}, datetime.now(UTC).date())
        crawled = kept.run("crawl", "lettres", "dates")
        assert crawled.returncode == 0, crawled.stderr + crawled.stdout
        assert server.canary == []
    exported = kept.run("export", "--format", "jsonl")
    assert exported.returncode == 0, exported.stderr
    for line in exported.stdout.splitlines():
        article = json.loads(line)
        kept.articles[article["url"].removeprefix(server.base_url)] = article
    return kept


def article(said: Said, path: str) -> dict[str, Any]:
    found = said.articles.get(f"{path}?id=0") or said.articles.get(path)
    assert found is not None, (path, sorted(said.articles))
    return found


def _case(name: str) -> str:
    groups = {
        "F107": ("nul", "nul-early"),
        "F108": ("control", "references", "bidi"),
        "F109": ("cut-utf8", "cut-utf8-end"),
        "F110": ("cp1252-as-utf8", "utf8-as-latin1", "meta-conflict", "mixed"),
        "F111": ("double",),
        "F112": ("charset-", "utf7"),
        "F114": ("nfd", "nfc"),
    }
    return next((case for case, names in groups.items() if name.startswith(names)), "F113")


PAGES = [pytest.param(name, marks=pytest.mark.case(_case(name))) for name in LETTERS if name not in NO_PAGES]


@pytest.mark.parametrize("name", PAGES)
def test_every_letter_that_was_sent_whole_is_kept(said: Said, name: str) -> None:
    found = article(said, f"/h/{name}")
    text = f"{found['title']}\n{found['body']}"
    assert LOREM.strip() in unicodedata.normalize("NFC", found["body"])
    assert found["published"]["date"] == "2016-03-01"
    assert "Ã" not in text
    assert "\ufffd" not in text.replace("Demi \ufffd", "")
    assert all(letter.isprintable() or letter in "\n\u00a0\u202f" for letter in text)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        pytest.param("nul", "Titre avec nul", marks=pytest.mark.case("F107")),
        pytest.param("nul-early", "Nul au début", marks=pytest.mark.case("F107")),
        pytest.param("bidi", "Titre gnp.exe abc fin", marks=pytest.mark.case("F108")),
        pytest.param("cp1252-as-utf8", ACCENTS, marks=pytest.mark.case("F110")),
        pytest.param("utf8-as-latin1", ACCENTS, marks=pytest.mark.case("F110")),
        pytest.param("meta-conflict", ACCENTS, marks=pytest.mark.case("F110")),
        pytest.param("double", "L'été à Fès", marks=pytest.mark.case("F111")),
        pytest.param("charset-rot13", ACCENTS, marks=pytest.mark.case("F112")),
        pytest.param("utf16-nobom", ACCENTS, marks=pytest.mark.case("F113")),
        pytest.param("nfd", "Forêt brûlée", marks=pytest.mark.case("F114")),
    ],
)
def test_titles_are_exact(said: Said, name: str, title: str) -> None:
    assert article(said, f"/h/{name}")["title"] == title


@pytest.mark.case("F109")
def test_only_the_letter_that_was_cut_is_gone(said: Said) -> None:
    teaser = article(said, "/h/cut-utf8")["related"][0]["teaser"]
    assert teaser.startswith(f"{LOREM[:120].strip()} Si l’épid")
    assert "\ufffd" not in teaser.rstrip("\ufffd. …")


@pytest.mark.case("F113")
def test_files_that_are_no_pages_are_no_articles(said: Said) -> None:
    assert not [url for url in said.articles if url.startswith(("/h/binary", "/h/pdf"))]


@pytest.mark.case("F114")
def test_composed_and_decomposed_letters_are_found_alike(said: Said) -> None:
    found = said.run("search", "brulée", "--json")
    urls = {
        json.loads(line)["url"].rpartition("/")[2].partition("?")[0] for line in found.stdout.splitlines()
    }
    assert {"nfd", "nfc"} <= urls
    assert article(said, "/h/nfd")["body"] == article(said, "/h/nfc")["body"]


@pytest.mark.case("F115")
@pytest.mark.parametrize("name", ["doctype-xxe", "doctype-laughs"])
def test_entities_are_not_expanded_and_the_article_is_read(said: Said, name: str) -> None:
    body = article(said, f"/h/{name}")["body"]
    assert LOREM.strip() in body
    assert "root:" not in body
    assert "haha" not in body


@pytest.mark.parametrize(
    "number",
    [
        pytest.param(n, marks=pytest.mark.case(
            "F119" if "/" in t or "T10" in t else "F117" if t.endswith(("0000", "0016", "9999", "2116"))
            else "F116" if day is None else "F118"
        ))
        for n, (t, day) in enumerate(DATES)
    ],
)  # fmt: skip
def test_a_day_is_the_day_that_was_meant_or_none(said: Said, number: int) -> None:
    meant = DATES[number][1]
    published = article(said, f"/d/date?id={number}")["published"]
    if meant is None:
        assert published is None, DATES[number][0][:60]
    elif meant.startswith("fetched"):
        back = int(meant.partition("-")[2] or 0)
        days = {str(said.day + timedelta(days=step - back)) for step in (0, 1)}
        assert published["date"] in days
        assert published["rule"]
    else:
        assert published["date"] == meant


@pytest.mark.case("F121")
@pytest.mark.parametrize("name", CREDITS)
def test_credits_are_one_rule_and_none_when_unsure(said: Said, name: str) -> None:
    found = article(said, f"/d/credit/{name}")
    outlets = tuple(outlet for credit in found["attributions"] for outlet in credit["outlets"])
    assert outlets == CREDITS[name][1]
    assert len(json.dumps(found["attributions"])) < 10_000
    assert ("SOURCE WEB" in found["body"]) == (name == "long")  # what is no credit stays text


@pytest.mark.case("F122")
def test_related_articles_are_kept_once_and_bounded(said: Said) -> None:
    def titles(name: str) -> list[str]:
        return [link["title"] for link in article(said, f"/d/related/{name}")["related"]]

    assert titles("cycle-a") == ["Article lié, cycle-b"]
    assert titles("cycle-b") == ["Article lié, cycle-a"]
    assert titles("deleted") == ["Un article qui n'est plus là"]
    assert titles("twice") == ["Article lié, cycle-a"]
    assert titles("no-link") == ["Un titre sans adresse"]
    assert 0 < len(titles("many")) <= 5000
    assert titles("itself") in ([], ["Article lié, itself"])


@pytest.mark.case("F123")
def test_the_same_text_under_another_address_is_another_article(said: Said) -> None:
    one, two = article(said, "/h/utf8-as-latin1"), article(said, "/h/meta-conflict")
    assert one["body"] == two["body"]
    found = said.run("copies", one["url"], "--json")
    copies = [json.loads(line) for line in found.stdout.splitlines()]
    assert any(copy["kind"] == "exact" and copy["other_url"] != one["url"] for copy in copies)


def test_the_archive_is_sound(said: Said) -> None:
    verified = said.run("verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
