"""An archive on either database with a site whose pages are read run by run, and servers on loopback."""

from __future__ import annotations

import hashlib
import json
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from storage import Archive, repository
from storage.records import Article, Attribution, Date, Evidence, Reading, Tag
from storage.run_sums import last_revision, run_figures

START = datetime(2025, 1, 6, 8, tzinfo=UTC)


def reading(
    number: int, at: datetime, *, rule: str | None = "line:head", body: str = "Un texte. ", **fields: Any
) -> Reading:
    """A page: title by h1, a body of 500 characters, a date by `rule` (None = no date), a credit."""
    published = None
    if rule is not None:
        day = fields.pop("day", at.date())
        published = Date(day, "day", raw=str(day), rule=rule)
    evidence = [Evidence("title", f"Titre {number}", "h1")]
    if rule is not None:
        evidence += [Evidence("published", "x", rule), Evidence("published", "y", "time", chosen=False)]
    text = body * 50
    article = Article(
        f"https://vigie.example/article/{number}",
        "article",
        title=f"Titre {number}",
        body=text,
        published=published,
        attributions=(Attribution("agency", agencies=("AFP",), raw="AFP", rule="tail:agency"),),
        evidence=tuple(evidence),
        **fields,
    )
    return Reading(
        article,
        identity=digest(f"vigie {number}"),
        content_digest=digest(f"{number} {rule} {text} {fields}"),
        text_digest=digest(text),
        extractor="1",
        fetched_at=at,
        content_json="{}",
    )


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass
class Crawls:
    """Runs of one site, made as a crawl makes them."""

    archive: Archive
    site: int
    runs: list[int] = field(default_factory=list)

    def run(self, at: datetime, readings: list[Reading], **end: Any) -> int:
        """One run that stores these; `state`, `code`, `message` and `reader` say how it ended."""
        with self.archive.write() as db:
            after = last_revision(db)
            run = repository.start_run(db, self.site, "crawl", at)
            outcomes = [repository.store_reading(db, self.site, one, run, at) for one in readings]
            db.flush()
            everything, recent = run_figures(db, run, after)
            new = sum(outcome.kind == "new" for outcome in outcomes)
            counts: dict[str, Any] = {"new": new, "changed": len(outcomes) - new}
            counts["reader"] = end.get("reader", "r1")
            if outcomes:
                counts["readings"] = everything.as_dict()
                if recent != everything:
                    counts["recent"] = recent.as_dict()
            code, message = end.get("code", 0), end.get("message", "done")
            state = end.get("state", "ok" if new else "quiet")
            repository.finish_run(db, run, counts, state, code, message, at + timedelta(minutes=1))
        self.runs.append(run)
        return run


@pytest.fixture
def crawls(archive: Archive) -> Crawls:
    with archive.write() as db:
        site = repository.save_site(
            db, "vigie", "La Vigie", "https://vigie.example/", "FR", "fr", "Europe/Paris"
        )
    return Crawls(archive, site)


@dataclass
class Inbox:
    """What a loopback server was sent, in order."""

    port: int
    got: list[tuple[str, str]] = field(default_factory=list)  # path or envelope, content
    status: int = 200

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def json(self) -> list[Any]:
        return [json.loads(content) for _, content in self.got]


@pytest.fixture
def web() -> Iterator[Inbox]:
    """An HTTP server that keeps what is posted to it."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"])).decode()
            inbox.got.append((self.path, content))
            self.send_response(inbox.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        inbox = Inbox(server.server_port)
        yield from _serve(server, inbox)


@pytest.fixture
def smtp() -> Iterator[Inbox]:
    """A mail server that takes everything; `status` 400 and above refuses the sender."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 loopback")
            envelope = ""
            while line := self.rfile.readline().decode().strip():
                word = line.upper().split()[0].partition(":")[0]
                if word == "MAIL" and inbox.status >= 400:
                    self._say("451 not now")
                elif word == "DATA":
                    self._say("354 go on")
                    inbox.got.append((envelope, self._text()))
                    self._say("250 taken")
                elif word == "QUIT":
                    self._say("221 bye")
                    return
                else:
                    envelope += f"{line}\n" if word in ("MAIL", "RCPT") else ""
                    self._say("250 well")

        def _text(self) -> str:
            lines = []
            while (line := self.rfile.readline().decode()) != ".\r\n":
                lines.append(line)
            return "".join(lines)

        def _say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        inbox = Inbox(server.server_address[1])
        yield from _serve(server, inbox)


def _serve(server: socketserver.BaseServer, inbox: Inbox) -> Iterator[Inbox]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield inbox
    server.shutdown()
    thread.join()


__all__ = ["START", "Crawls", "Inbox", "Tag", "date", "reading"]
