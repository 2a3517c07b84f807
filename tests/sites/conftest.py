"""Seven small sites, surveyed by one process and crawled by another, for all the tests of this folder."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import pytest

from tests.running import run_preloaded
from tests.sites.layouts import LAYOUTS, Layout, serve

SETTINGS = "[crawl]\ndelay = 0.0\n"


@dataclass
class Added:
    """An archive folder whose sites were added by the command, and the sites themselves."""

    folder: Path
    sites: dict[str, Layout]
    names: dict[str, str]  # layout -> what the site is called
    survey: subprocess.CompletedProcess[str]
    crawl: subprocess.CompletedProcess[str]
    asked: dict[str, list[str]]  # layout -> addresses requested by the survey

    def hemero(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return run_preloaded(*arguments, cwd=self.folder)

    def rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(self.folder / "archive/archive.db")) as database:
            return database.execute(query, parameters).fetchall()


def settled(folder: Path) -> Path:
    """An archive folder with settings for loopback."""
    (folder / "archive").mkdir(parents=True)
    (folder / "archive/hemero.toml").write_text(SETTINGS, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Added]:
    folder = settled(tmp_path_factory.mktemp("sites"))
    with contextlib.ExitStack() as stack:
        sites = {name: stack.enter_context(serve(name)) for name in LAYOUTS}
        outlines = "".join(f'<outline text="{escape(s.title)}" htmlUrl="{s.base}/"/>' for s in sites.values())
        (folder / "feeds.opml").write_text(
            f'<opml version="2.0"><body>{outlines}</body></opml>', encoding="utf-8"
        )
        survey = run_preloaded("sites", "import", "feeds.opml", "--yes", "--json", cwd=folder)
        assert survey.returncode == 0, survey.stderr
        starts = {
            json.loads(line)["declaration"]["start_urls"][0]: json.loads(line)["site"]
            for line in survey.stdout.splitlines()
        }
        names = {layout: starts[f"{site.base}/"] for layout, site in sites.items()}
        asked = {layout: list(site.asked) for layout, site in sites.items()}
        crawl = run_preloaded("crawl", *names.values(), cwd=folder)
        yield Added(folder, sites, names, survey, crawl, asked)
