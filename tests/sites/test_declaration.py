"""Declarations as files: TOML and Python say the same, what is there is never replaced."""

from __future__ import annotations

import importlib.util
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import crawler
from crawler.config import Config, ConfigError
from crawler.declaration import (
    DeclarationError,
    SavedPage,
    as_python,
    as_toml,
    checkout,
    load_pages,
    places,
    saved_page,
    table_of,
    write_site,
)
from crawler.loader import load_sites, site_from_table
from crawler.news import DECLARED, NewsSpider
from crawler.surveying import Surveyed
from pipelines.rules import SiteRules
from storage.records import Article, Page

RULES = SiteRules(article_url=r"^/actu/(\d+)(?:/|$)", article_key="actu/{0}", listing_url="^/rubrique/")
SITE = Surveyed(
    url="https://courrier.example/",
    title='Le "Courrier" de l\'Oued',
    country="MA",
    language="fr",
    timezone="Africa/Casablanca",
    rules=RULES,
    feeds=("https://courrier.example/feed/",),
)
PAGE = Page(
    "https://courrier.example/actu/1", b"<h1>Le port</h1>", datetime(2026, 11, 24, tzinfo=UTC), "text/html"
)
SAVED = saved_page(PAGE, Article(PAGE.url, "article", title="Le port"))


def loaded(text: str, path: Path) -> type[NewsSpider]:
    """The class that a generated module declares."""
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("generated", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = [v for v in vars(module).values() if isinstance(v, type) and v.__module__ == "generated"]
    assert len(found) == 1
    return found[0]


def said(site: type[NewsSpider]) -> dict[str, Any]:
    values = {key: getattr(site, key) for key in DECLARED}
    return {k: tuple(v) if isinstance(v, list | tuple) else v for k, v in values.items()} | {
        "rules": site.rules
    }


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(TEXTS, st.text("abc\\'\"(d+)/|", max_size=12))
def test_both_forms_say_the_same(tmp_path_factory: pytest.TempPathFactory, title: str, tail: str) -> None:
    table = table_of("courrier", SITE) | {"title": title}
    table["rules"] = table["rules"] | {"article_url": "^/actu/" + _valid(tail)}
    table["rules"].pop("article_key")
    one = site_from_table(tomllib.loads(as_toml(table)), "a.toml")
    # a folder each: Python takes a file of the same second and size for the one it has compiled
    other = loaded(as_python(table), tmp_path_factory.mktemp("generated") / "generated.py")
    assert said(one) == said(other) == said(site_from_table(table, "table"))
    assert other.name == "courrier"


def _valid(expression: str) -> str:
    import re

    try:
        re.compile(expression)
    except re.error:
        return re.escape(expression)
    return expression


def test_files_are_written_once(tmp_path: Path) -> None:
    at = places("courrier", tmp_path, None)
    written = write_site(table_of("courrier", SITE), [SAVED], at)
    assert [path.relative_to(tmp_path).as_posix() for path in written] == [
        "sites/courrier.toml",
        "sites/pages/courrier/1.html",
        "sites/pages/courrier/1.json",
    ]
    assert load_sites(Config(), tmp_path)["courrier"].rules.article_key == "actu/{0}"
    with pytest.raises(DeclarationError, match="exists already"):
        write_site(table_of("courrier", SITE), [SAVED], at)


def test_what_the_loader_refuses_is_not_written(tmp_path: Path) -> None:
    table = table_of("courrier", SITE)
    table["rules"] = {"article_url": "("}
    with pytest.raises(ConfigError, match="article_url"):
        write_site(table, [SAVED], places("courrier", tmp_path, None))
    assert list(tmp_path.iterdir()) == []


def test_saved_pages_come_back(tmp_path: Path) -> None:
    at = places("courrier", tmp_path, None)
    write_site(table_of("courrier", SITE), [SAVED, SAVED], at)
    assert load_pages(at.pages) == {"1": SAVED, "2": SAVED}
    assert "evidence" not in SAVED.expected
    (at.pages / "1.json").write_text('{"url": "x"}', encoding="utf-8")
    with pytest.raises(DeclarationError, match=r"1\.json"):
        load_pages(at.pages)


def test_no_pages_where_no_folder_is(tmp_path: Path) -> None:
    assert load_pages(tmp_path / "nowhere") == {}


def test_a_checkout_takes_a_spider_and_pages_of_the_tests(tmp_path: Path) -> None:
    at = places("le-courrier", tmp_path / "archive", tmp_path)
    write_site(table_of("le-courrier", SITE, allow_private=True), [SAVED], at)
    assert (tmp_path / "tests/pages/le-courrier/1.json").is_file()
    spider = loaded(
        (tmp_path / "crawler/spiders/le_courrier.py").read_text(encoding="utf-8"), tmp_path / "copy.py"
    )
    assert spider.name == "le-courrier"
    assert spider.allow_private
    assert not (tmp_path / "archive").exists()


def test_a_checkout_is_where_one_stands_in_it(tmp_path: Path) -> None:
    root = Path(crawler.__file__).resolve().parent.parent
    assert checkout(tmp_path) is None
    assert checkout(root / "docs") == root


def test_a_page_keeps_its_bytes(tmp_path: Path) -> None:
    odd = SavedPage(PAGE.url, SAVED.fetched_at, None, bytes(range(256)), {})
    at = places("courrier", tmp_path, None)
    write_site(table_of("courrier", SITE), [odd], at)
    assert load_pages(at.pages)["1"] == odd
