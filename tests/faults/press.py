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
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.exc import OperationalError, ProgrammingError

from tests import oracles
from tests.care.kept import KILLED, Kept
from tests.crawl.hostile_site import Archive, Site
from tests.hostile import HostileServer
from tests.oracles import Held
from tests.preloaded import Child
from tests.running import start_hemero

SITE = "nouvelles"
_LONG = 100.0  # seconds: a hang fails
_LONGEST_POLL = 6 * 3600.0  # seconds between two looks at a listing, whatever it did


def _aware(moment: str | datetime) -> datetime:
    """A moment as either database gives it; without a zone it is UTC."""
    value = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return value if value.tzinfo else value.replace(tzinfo=UTC)


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

    process: subprocess.Popen[bytes] | Child
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

    def said(self) -> str:
        """What stands on its stderr by now."""
        return self._text("err")

    def _text(self, name: str) -> str:
        return (self.folder / name).read_text("utf-8", "replace")


@dataclass
class Press:
    """The site `nouvelles` on a hostile server and its archive; `kept.url` names a PostgreSQL database."""

    archive: Archive
    server: HostileServer
    kept: Kept
    said: Path  # where what commands print is kept
    started: list[Running] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        return self.archive.folder

    def start(
        self, *arguments: str, wrap: tuple[str, ...] = (), fault: str | None = None, **env: str
    ) -> Running:
        """Begin a crawl, or another command with its arguments; `wrap` goes before the command."""
        outputs = Path(tempfile.mkdtemp(dir=self.said))
        report = outputs / "report.json"
        command = [str(part) for part in self.archive.command("--report", str(report))[1:]]
        if arguments:
            command = [*arguments, "--archive", str(self.folder)]
        if fault is not None:
            env |= {"HEMERO_FAULTS": "1", "FAULT_AT": fault}
        settings = self.kept.environment(**{"HEMERO_PATIENCE": "20"} | env)
        place = self.folder.parent
        with (outputs / "out").open("wb") as out, (outputs / "err").open("wb") as err:
            process = start_hemero(command, place, settings, out, err, wrap)
        self.started.append(Running(process, outputs, report))
        return self.started[-1]

    def end(self) -> None:
        """Kill what still runs: a trial that failed leaves nothing for the next one to stumble over."""
        for running in self.started:
            running.signal(signal.SIGKILL)
            running.process.wait()

    def crawl(self, *, fault: str | None = None, wrap: tuple[str, ...] = (), **env: str) -> Ended:
        return self.start(fault=fault, wrap=wrap, **env).wait()

    def until_due(self) -> float:
        """Wait as cron would: a channel is asked again after a tenth of the time since it changed.

        Returned are seconds too long to wait, by which a clock is to be set forward: what a clock that was
        behind saw change seems to be long ago.
        """
        rows = self.kept.sql("SELECT next_fetch_at AS due FROM channels WHERE next_fetch_at IS NOT NULL")
        now = datetime.now(UTC)
        waits = [(_aware(row["due"]) - now).total_seconds() for row in rows]
        ahead = max([0.0, *(wait for wait in waits if wait <= _LONGEST_POLL)])  # beyond: of a clock ahead
        if ahead >= _LONG:
            return ahead
        time.sleep(ahead)
        return 0.0

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

    def has_tables(self) -> bool:
        """Whether the archive was made: a process may die, or meet a full disk, before that."""
        if self.kept.url is None and not self.kept.database.exists():
            return False
        try:
            self.kept.sql("SELECT id FROM captures LIMIT 1")
        except (OperationalError, ProgrammingError) as error:
            if "no such table" in str(error) or "does not exist" in str(error):
                return False
            raise
        return True

    # --- what must hold ---------------------------------------------------------------------------

    def assert_complete(self, report: dict[str, Any] | None = None) -> None:
        """After a run that came to its end: nothing lost, doubled, wrong, unreadable, unexplained or owed."""
        held, truth = Held(self.folder, self.kept.url), oracles.news(self.server)
        urls = [wanted.url for wanted in truth]
        assert oracles.complete(held, SITE, urls) == []
        assert oracles.unique(held) == []
        # What a page lists as related depends on how many articles there were when it was fetched.
        assert [x for x in oracles.faithful(held, SITE, truth) if ": related " not in x] == []
        assert oracles.raw(held) == []
        assert oracles.nobody_in(held, [self.server]) == []
        assert oracles.sound(held) == []
        assert [row["n"] for row in self._revisions()] == [1] * len(urls)
        if report is not None:
            assert oracles.honest(held, report["sites"][0], urls) == []
        self.assert_nothing_owed()
        self.kept.assert_sound()

    def _revisions(self) -> list[dict[str, Any]]:
        return self.kept.sql("SELECT count(*) AS n FROM revisions GROUP BY article_id")

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

    def assert_nothing_owed(self) -> None:
        """Every run has an end, the last one ended well, and no page waits."""
        runs = self.kept.sql("SELECT * FROM runs ORDER BY id")
        assert [run for run in runs if run["finished_at"] is None] == []
        assert runs[-1]["exit_code"] == 0, runs[-1]
        waiting = "SELECT url, state, reason FROM candidates WHERE state NOT IN ('done', 'gone', 'skipped')"
        assert self.kept.sql(waiting) == []

    def content(self) -> dict[str, list[str]]:
        """What a run over an unchanged site must leave as it is (O8)."""
        return oracles.content(Held(self.folder, self.kept.url))


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
        patient = {"timeout": 20.0} | settings  # on a busy machine a loopback answer may take seconds
        archive = Archive(folder, settings=patient, more=more)
        archive.declare(Site(SITE, server))
        press = Press(archive, server, Kept(folder, url), Path(said))
        try:
            yield press
        finally:
            press.end()


__all__ = ["KILLED", "SITE", "Ended", "Press", "Running", "press_at", "processes_of_session", "whole_members"]
