"""A small site that grows and an archive of it on either database; what must hold of them whatever happened.

Commands run in their own process; what is judged is read by plain SQL and plain zlib.
"""

from __future__ import annotations

import json
import signal
import subprocess
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.care.kept import KILLED, Kept
from tests.crawl.hostile_site import Archive, Site
from tests.hostile import HostileServer
from tests.hostile.news import article

DUE_PARTS = ("new", "changed", "unchanged", "gone", "not_article", "failed", "refused", "deferred")
SITE = "nouvelles"
_LONG = 100.0  # seconds: a hang fails


@dataclass
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str
    report: dict[str, Any] = field(default_factory=dict)


@dataclass
class Running:
    """A command that runs, in a session of its own; its output goes to files."""

    process: subprocess.Popen[bytes]
    folder: Path
    report: Path

    def wait(self, seconds: float = _LONG) -> Ended:
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.signal(signal.SIGKILL)
            self.process.wait()
            raise AssertionError(f"still running after {seconds} s: {self._text('err')}") from None
        report = json.loads(self.report.read_text("utf-8")) if self.report.exists() else {}
        return Ended(code, self._text("out"), self._text("err"), report)

    def signal(self, number: int) -> None:
        if self.process.poll() is None:
            self.process.send_signal(number)

    def kill(self) -> Ended:
        self.signal(signal.SIGKILL)
        return self.wait()

    def _text(self, name: str) -> str:
        return (self.folder / name).read_text("utf-8", "replace")


@dataclass
class Press:
    """The site `nouvelles` on a hostile server and its archive; `kept.url` names a PostgreSQL database."""

    archive: Archive
    server: HostileServer
    kept: Kept
    said: Path  # where what commands print is kept

    @property
    def folder(self) -> Path:
        return self.archive.folder

    def start(
        self, *arguments: str, wrap: tuple[str, ...] = (), fault: str | None = None, **env: str
    ) -> Running:
        """Begin a crawl, or another command with its arguments; `wrap` goes before the command."""
        outputs = Path(tempfile.mkdtemp(dir=self.said))
        report = outputs / "report.json"
        command = [str(part) for part in self.archive.command("--report", str(report))]
        if arguments:
            command = [command[0], *arguments, "--archive", str(self.folder)]
        if fault is not None:
            env |= {"HEMERO_FAULTS": "1", "FAULT_AT": fault}
        with (outputs / "out").open("wb") as out, (outputs / "err").open("wb") as err:
            process = subprocess.Popen(
                [*wrap, *command],
                cwd=self.folder.parent,
                env=self.kept.environment(**{"HEMERO_PATIENCE": "20"} | env),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )
        return Running(process, outputs, report)

    def crawl(self, *, fault: str | None = None, wrap: tuple[str, ...] = (), **env: str) -> Ended:
        return self.start(fault=fault, wrap=wrap, **env).wait()

    def wait_for(self, what: Callable[[], bool], running: Running, seconds: float = 60.0) -> None:
        """Wait until something is so while a command runs."""
        deadline = time.monotonic() + seconds
        while not what():
            if running.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"it did not come to that: {running.kill().err}")
            time.sleep(0.02)

    def asked(self, since: int = 0) -> int:
        """Article pages the server was asked for, after its first `since` requests."""
        return sum(hit.target.startswith("/news/article/") for hit in self.server.hits[since:])

    def articles(self) -> int:
        """Articles in the archive; 0 while there is none or it does not answer."""
        try:
            return int(self.kept.sql("SELECT count(*) AS n FROM articles")[0]["n"])
        except Exception:  # noqa: BLE001  the tables are being made
            return 0

    # --- what must hold ---------------------------------------------------------------------------

    def assert_complete(self) -> None:
        """After a run that came to its end: nothing lost, doubled, wrong, unreadable, unexplained or owed."""
        self.assert_faithful()
        self.assert_records()
        self.assert_honest()
        self.kept.assert_sound()

    def assert_faithful(self) -> None:
        """Every article of the site once, in one revision, as its page says (O1, O2, O3, O5)."""
        truth = {
            self.server.url(page.path): page
            for page in (article(number, self.server.articles) for number in range(self.server.articles))
        }
        rows = self.kept.sql("SELECT url, title, body, CAST(published_date AS text) AS day FROM articles")
        found = {row["url"]: row for row in rows}
        assert sorted(row["url"] for row in rows) == sorted(truth)
        revisions = self.kept.sql("SELECT article_id, count(*) AS n FROM revisions GROUP BY article_id")
        assert [row["n"] for row in revisions] == [1] * len(truth)
        for url, page in truth.items():
            row = found[url]
            assert (row["title"], row["day"]) == (page.title, page.day.isoformat()), row
            assert all(part.strip() in row["body"] for part in page.paragraphs), row["body"]
        assert self.server.canary == []

    def assert_records(self) -> None:
        """Every row's record is one whole gzip member at its place, every file one chain of them (O4)."""
        self.assert_records_of_rows()
        for path in self.kept.files("article") + self.kept.files("channel"):
            assert sum(whole_members(path.read_bytes())) == path.stat().st_size, path

    def assert_records_of_rows(self) -> None:
        """What was acknowledged can be read, in whatever state the files are."""
        for name, offset, length in self.records():
            data = self._file(name)[offset : offset + length]
            assert whole_members(data) == [length], (name, offset)

    def records(self) -> list[tuple[str, int, int]]:
        rows = self.kept.sql(
            'SELECT f.name, c."offset" AS o, c.length AS l FROM captures c'
            " JOIN capture_files f ON f.id = c.file_id WHERE c.lost_at IS NULL ORDER BY c.id"
        )
        return [(row["name"], row["o"], row["l"]) for row in rows]

    def _file(self, name: str) -> bytes:
        path = self.folder / "captures" / name
        return path.read_bytes() if path.exists() else path.with_name(path.name + ".open").read_bytes()

    def assert_honest(self) -> None:
        """Every run has an end, its counts add up, and nothing is owed to the last one (O6)."""
        runs = self.kept.sql("SELECT * FROM runs ORDER BY id")
        for run in runs:
            assert run["finished_at"] is not None, run
            counts = run["counts"] if isinstance(run["counts"], dict) else json.loads(run["counts"] or "{}")
            if counts:
                assert counts["seen"] == sum(counts[part] for part in DUE_PARTS), counts
        assert runs[-1]["exit_code"] == 0, runs[-1]
        owed = self.kept.sql(
            "SELECT url, state, reason FROM candidates WHERE state NOT IN ('done', 'gone', 'skipped')"
        )
        assert owed == []

    def written(self) -> dict[str, int]:
        """Rows that a run over an unchanged site must not add to (O8)."""
        tables = ("articles", "revisions", "related_links", "article_tags", "attributions", "candidates")
        return {table: self.kept.sql(f"SELECT count(*) AS n FROM {table}")[0]["n"] for table in tables}


def whole_members(data: bytes) -> list[int]:
    """Lengths of the gzip members that stand one behind the other.

    Raises:
        AssertionError: bytes that are no whole member, or whose checksum is wrong.
    """
    lengths = []
    while data:
        unpacker = zlib.decompressobj(wbits=31)
        try:
            unpacker.decompress(data)
        except zlib.error as error:
            raise AssertionError(f"no gzip member after {sum(lengths)} bytes: {error}") from None
        assert unpacker.eof, f"a member is cut after {sum(lengths)} bytes"
        lengths.append(len(data) - len(unpacker.unused_data))
        data = unpacker.unused_data
    return lengths


def processes_of_session(session: int) -> list[int]:
    """Living processes of a session (that of a command started by `Press.start` is its pid)."""
    found = []
    for path in Path("/proc").iterdir():
        if not path.name.isdigit():
            continue
        try:
            state, *fields = (path / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == session and state not in ("Z", "X"):
            found.append(int(path.name))
    return found


@contextmanager
def press_at(
    folder: Path, url: str | None = None, *, articles: int = 6, latency: float = 0.0, **settings: Any
) -> Iterator[Press]:
    """A site of some articles and an archive folder that declares it. Nothing is crawled yet."""
    site = HostileServer(articles=articles, latency=latency, newest_first=True)
    with site as server, tempfile.TemporaryDirectory() as said:
        more = "[rights]\nask = false\n[readers]\nprocesses = 1\n"
        archive = Archive(folder, settings=settings, more=more)
        archive.declare(Site(SITE, server))
        yield Press(archive, server, Kept(folder, url), Path(said))


__all__ = ["KILLED", "SITE", "Ended", "Press", "Running", "press_at", "processes_of_session", "whole_members"]
