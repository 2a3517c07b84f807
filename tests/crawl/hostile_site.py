"""Sites that stand on hostile servers, crawled by the command in one archive."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.hostile import HostileServer
from tests.running import HEMERO, environment, run_preloaded

SETTINGS = {
    "contact": "archive@presse.example",
    "timeout": 2.0,
    "delay": 0.0,
    "retry_unit": 0.02,
    "concurrency": 4,
}


@dataclass
class Site:
    """A declaration and, once crawled, its part of the report."""

    name: str
    server: HostileServer
    start: str = "/news/"
    article_url: str = "^/news/article/"
    options: dict[str, Any] = field(default_factory=dict)
    rules: dict[str, Any] = field(default_factory=dict)
    report: dict[str, Any] = field(default_factory=dict)

    def table(self) -> str:
        options = {"start_urls": [self.server.url(self.start)], "allow_private": True, **self.options}
        rules = {"article_url": self.article_url, **self.rules}
        lines = [f"{key} = {json.dumps(value)}" for key, value in options.items()]
        ruled = [f"{key} = {json.dumps(value)}" for key, value in rules.items()]
        return "\n".join(["[[site]]", f'name = "{self.name}"', *lines, "[site.rules]", *ruled, ""])


@dataclass
class Archive:
    """An archive folder whose hemero.toml declares these sites."""

    folder: Path
    sites: dict[str, Site] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    more: str = ""  # further tables
    env: dict[str, str] = field(default_factory=dict)  # HEMERO_ names for its commands
    is_preloaded: bool = True  # crawl() asks the waiting process; no peak_mb then
    peak_mb: int = 0  # memory of the last crawl's process, readers not counted

    def declare(self, *sites: Site) -> None:
        self.sites |= {site.name: site for site in sites}
        self.folder.mkdir(parents=True, exist_ok=True)
        settings = SETTINGS | self.settings
        lines = [f"{key} = {json.dumps(value)}" for key, value in settings.items()]
        tables = [site.table() for site in self.sites.values()]
        text = "\n".join(["[crawl]", *lines, self.more, *tables])
        (self.folder / "hemero.toml").write_text(text, encoding="utf-8")

    def command(self, *options: str, sites: Iterable[str] = ()) -> list[str | Path]:
        return [HEMERO, "crawl", *(sites or self.sites), "--archive", self.folder, *options]

    def crawl(self, *options: str, sites: Iterable[str] = ()) -> subprocess.CompletedProcess[str]:
        """Crawl and keep each site's part of the report."""
        path = self.folder.parent / f"{self.folder.name}.json"
        path.unlink(missing_ok=True)
        command = self.command(*options, "--report", str(path), sites=sites)
        if self.is_preloaded:
            result = run_preloaded(*command[1:], cwd=self.folder.parent, env=environment(**self.env))
        else:
            result = self._run(command)
        if path.exists():
            for part in json.loads(path.read_text(encoding="utf-8"))["sites"]:
                self.sites[part["site"]].report = part
        return result

    def _run(self, command: list[str | Path]) -> subprocess.CompletedProcess[str]:
        self.peak_mb = 0
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(
                command,
                cwd=self.folder.parent,
                env=environment(**self.env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
            )
            deadline = time.monotonic() + 280
            try:
                while True:
                    ended, status = os.waitpid(process.pid, os.WNOHANG)
                    if ended:
                        break
                    self._look_at(process)
                    if time.monotonic() > deadline:
                        process.kill()
                    time.sleep(0.05)
            except BaseException:  # the test's own time is over
                process.kill()
                raise
            process.returncode = os.waitstatus_to_exitcode(status)
            texts = []
            for file in (output, errors):
                file.seek(0)
                texts.append(file.read().decode("utf-8"))
        return subprocess.CompletedProcess(command, process.returncode, *texts)

    def _look_at(self, process: subprocess.Popen[bytes]) -> None:
        """Its most memory until now; ru_maxrss would count what pytest held when it was forked."""
        with contextlib.suppress(OSError, StopIteration):
            lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
            peak = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
            self.peak_mb = max(self.peak_mb, peak // 1024)

    def start(self, *options: str, sites: Iterable[str] = ()) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*options, sites=sites),
            env=environment(**self.env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def rows(self, query: str, *parameters: object) -> list[dict[str, Any]]:
        """What the database says, by plain SQL: no code of ours between."""
        database = sqlite3.connect(self.folder / "archive.db")
        try:
            database.row_factory = sqlite3.Row
            return [dict(row) for row in database.execute(query, parameters)]
        finally:
            database.close()
