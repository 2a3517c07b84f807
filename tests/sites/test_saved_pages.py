"""Saved pages are the specification: every page under tests/pages/SITE is read as its JSON expects."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from crawler.checking import differences
from crawler.declaration import load_pages
from crawler.loader import packaged_sites
from pipelines.flow import read_page
from storage.records import Page

PAGES = Path(__file__).resolve().parent.parent / "pages"
SITES = packaged_sites()
SAVED = [(site, stem) for site in SITES for stem in load_pages(PAGES / site)]


@pytest.mark.parametrize(("site", "stem"), SAVED)
def test_a_saved_page_is_read_as_expected(site: str, stem: str) -> None:
    saved = load_pages(PAGES / site)[stem]
    page = Page(saved.url, saved.body, datetime.fromisoformat(saved.fetched_at), saved.content_type)
    article = read_page(page, SITES[site].rules).article
    assert differences(article, saved.expected) == []


def test_every_page_has_its_json() -> None:
    pages = {path.with_suffix("") for site in SITES for path in (PAGES / site).glob("*.html")}
    assert {PAGES / site / stem for site, stem in SAVED} == pages
    assert pages
