"""Saved pages are the specification: each HTML file in tests/pages is read as the JSON beside it says.

The JSON holds `url`, `fetched_at`, `content_type`, maybe `site` (a declared one; a page in a folder belongs
to the site the folder is called after), and `expected`: what `hemero read` prints. Only what the JSON names
is compared, inside dates, attributions and related links too; lists must have the same length.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from crawler.loader import packaged_sites
from pipelines.article import read_article
from pipelines.flow import rules_of_day
from pipelines.rules import GENERIC, SiteRules
from storage.article_json import KEYS, article_json
from storage.records import Page

PAGES = Path(__file__).parents[1] / "pages"
SAVED = sorted(path.relative_to(PAGES).with_suffix("").as_posix() for path in PAGES.rglob("*.html"))
ABOUT = {"url", "fetched_at", "content_type", "site", "expected"}


@cache
def declared_rules(site: str) -> SiteRules:
    return packaged_sites()[site].rules if site else GENERIC


def saved_page(name: str) -> tuple[Page, SiteRules, dict[str, Any]]:
    """The page, the rules it is read with, and what is expected."""
    path = PAGES / f"{name}.json"
    about = json.loads(path.read_text(encoding="utf-8"))
    assert set(about) <= ABOUT, f"{path.name}: unknown keys {sorted(set(about) - ABOUT)}"
    page = Page(
        url=about["url"],
        body=path.with_suffix(".html").read_bytes(),
        fetched_at=datetime.fromisoformat(about["fetched_at"]),
        content_type=about["content_type"],
    )
    site = about.get("site") or (Path(name).parts[0] if "/" in name else "")
    return page, rules_of_day(page, declared_rules(site)), about["expected"]


def differences(expected: Any, found: Any, where: str) -> Iterator[str]:
    """What was read otherwise, one line a value. Keys of `found` that `expected` does not name are free."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for key, value in expected.items():
            if key not in found:
                yield f"{where}.{key}: no such key"
            else:
                yield from differences(value, found[key], f"{where}.{key}")
    elif isinstance(expected, list) and isinstance(found, list):
        if len(expected) != len(found):
            yield f"{where}: {len(expected)} expected, {len(found)} read"
            yield f"  expected {expected}\n  read     {found}"
            return
        for index, (one, other) in enumerate(zip(expected, found, strict=True)):
            yield from differences(one, other, f"{where}[{index}]")
    elif isinstance(expected, str) and isinstance(found, str) and expected.count("\n") and expected != found:
        yield from differences(expected.split("\n"), found.split("\n"), where)
    elif expected != found:
        yield f"{where}:\n  expected {expected!r}\n  read     {found!r}"


@pytest.mark.parametrize("name", SAVED)
def test_a_saved_page_is_read_as_its_json_says(name: str) -> None:
    page, rules, expected = saved_page(name)
    found = article_json(read_article(page, rules))
    wrong = [line for key, value in expected.items() for line in differences(value, found.get(key), key)]
    assert not wrong, f"{name}\n" + "\n".join(wrong)


@pytest.mark.parametrize("name", SAVED)
def test_a_saved_page_expects_something(name: str) -> None:
    expected = saved_page(name)[2]
    assert "page_type" in expected
    assert set(expected) <= set(KEYS)


def test_every_json_has_its_page() -> None:
    described = {path.relative_to(PAGES).with_suffix("").as_posix() for path in PAGES.rglob("*.json")}
    assert described == set(SAVED)
    assert len(SAVED) >= 30
