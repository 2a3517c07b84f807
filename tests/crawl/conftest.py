"""The demo site on a port of its own, and the command that crawls it."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from demo import ARTICLE_KEY, ARTICLE_URL, ZONE
from demo.server import DemoServer
from tests.running import run_preloaded

_DECLARATION = """
[crawl]
revisit_hours = {revisit_hours}
[[site]]
name = "echo"
title = "L'Écho des Arganiers"
country = "MA"
timezone = "{zone}"
start_urls = ["{url}/"]
allow_private = true
delay = {delay}
concurrency = {concurrency}
[site.rules]
article_url = '{article_url}'
article_key = "{article_key}"
"""


@dataclass
class Crawled:
    """An archive folder and the site it is crawled from."""

    folder: Path
    server: DemoServer
    concurrency: int = 4

    def declare(
        self,
        *,
        delay: float = 0.0,
        concurrency: int | None = None,
        revisit_hours: tuple[float, ...] = (1, 6, 24),
    ) -> None:
        self.concurrency = concurrency or self.concurrency
        self.folder.mkdir(parents=True, exist_ok=True)
        text = _DECLARATION.format(
            url=self.server.base_url,
            zone=ZONE,
            article_url=ARTICLE_URL,
            article_key=ARTICLE_KEY,
            delay=delay,
            revisit_hours=list(revisit_hours),
            concurrency=self.concurrency,
        )
        (self.folder / "hemero.toml").write_text(text, encoding="utf-8")

    def crawl(self, *options: str) -> subprocess.CompletedProcess[str]:
        """As the next run of cron: a channel is asked again after a tenth of the time since it changed."""
        if (self.folder / "archive.db").exists():
            soon = datetime.now(UTC).replace(tzinfo=None) + timedelta(seconds=3)
            due = self.rows(
                "SELECT max(next_fetch_at) AS at FROM channels WHERE next_fetch_at < ?", str(soon)
            )
            if due[0]["at"] is not None:
                wait = datetime.fromisoformat(due[0]["at"]) - datetime.now(UTC).replace(tzinfo=None)
                time.sleep(max(0.0, wait.total_seconds()))
        return run_preloaded("crawl", "echo", "--archive", self.folder, *options, cwd=self.folder.parent)

    def report(self, *options: str) -> dict[str, Any]:
        """Crawl and give the site's part of the report, with the exit code."""
        path = self.folder.parent / "report.json"
        result = self.crawl("--report", str(path), *options)
        assert path.exists(), result.stderr
        report = json.loads(path.read_text(encoding="utf-8"))
        return dict(report["sites"][0]) | {"returncode": result.returncode, "stderr": result.stderr}

    def rows(self, query: str, *parameters: object) -> list[dict[str, Any]]:
        """What the database says, by plain SQL: no code of ours between."""
        with sqlite3.connect(self.folder / "archive.db") as database:
            database.row_factory = sqlite3.Row
            found = [dict(row) for row in database.execute(query, parameters)]
        database.close()
        return found

    def write(self, statement: str) -> None:
        """What a test makes of the past."""
        with sqlite3.connect(self.folder / "archive.db") as database:
            database.execute(statement)
        database.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Crawled]:
    """A small edition of the demo, and an empty archive that declares it."""
    with DemoServer(articles=30, port=0) as server:
        crawled = Crawled(tmp_path / "archive", server)
        crawled.declare()
        yield crawled
