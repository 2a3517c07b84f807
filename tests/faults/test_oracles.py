"""Each oracle is green on a crawled archive, and red on every defect planted for it."""

from __future__ import annotations

import gzip
import http.client
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests import oracles
from tests.crawl.hostile_site import Archive, Site
from tests.hostile import SECRET, HostileServer
from tests.oracles import Held
from tests.watching import Watch, bounded

pytestmark = pytest.mark.slow
SITE = "vigie"


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """A site of eight articles, crawled once; tests damage copies of it."""
    with HostileServer(articles=8) as server:
        archive = Archive(tmp_path_factory.mktemp("oracles") / "archive")
        archive.declare(Site(SITE, server))
        assert archive.crawl().returncode == 0
        yield archive


class Copy(Held):
    """An archive that may be damaged."""

    def change(self, *statements: str) -> None:
        with closing(sqlite3.connect(self.folder / "archive.db")) as database, database:
            for statement in statements:
                assert database.execute(statement).rowcount != 0, statement

    def file(self, role: str = "article") -> Path:
        return next(self.captures.rglob(f"*-{role}-*.warc.gz"))


@pytest.fixture
def copy(crawled: Archive, tmp_path: Path) -> Copy:
    shutil.copytree(crawled.folder, tmp_path / "copy")
    return Copy(tmp_path / "copy")


@pytest.fixture
def server(crawled: Archive) -> HostileServer:
    return crawled.sites[SITE].server


@pytest.fixture
def urls(server: HostileServer) -> list[str]:
    return [truth.url for truth in oracles.news(server)]


@pytest.fixture
def report(crawled: Archive) -> dict[str, Any]:
    return dict(crawled.sites[SITE].report)


def test_all_is_well(copy: Copy, server: HostileServer, urls: list[str], report: dict[str, Any]) -> None:
    assert oracles.complete(copy, SITE, urls) == []
    assert oracles.unique(copy) == []
    assert oracles.faithful(copy, SITE, oracles.news(server)) == []
    assert oracles.raw(copy) == []
    assert oracles.nobody_in(copy, [server]) == []
    assert oracles.honest(copy, report, urls) == []
    assert oracles.idempotent(oracles.content(copy), oracles.content(copy)) == []
    assert oracles.sound(copy) == []
    assert oracles.quiet(copy, ["S3CR3T"], {"log": "nothing"}) == []


def test_o1_a_lost_article_and_a_strange_one(copy: Copy, urls: list[str]) -> None:
    copy.change("DELETE FROM articles WHERE id = 1", "UPDATE articles SET url = 'http://x/' WHERE id = 2")
    found = oracles.complete(copy, SITE, urls)
    assert sorted(line.split(":")[0] for line in found) == ["missing", "missing", "not of the site"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE articles SET url = (SELECT url FROM articles WHERE id = 1) WHERE id = 2",
        "UPDATE articles SET title = (SELECT title FROM articles WHERE id = 1),"
        " body = (SELECT body FROM articles WHERE id = 1) WHERE id = 2",
        "UPDATE article_urls SET url = (SELECT url FROM article_urls WHERE id = 1) WHERE id = 2",
        "INSERT INTO revisions (article_id, number, fetched_at, extractor, content_digest, text_digest,"
        " content, stealth, extractor_changed) SELECT article_id, 2, fetched_at, extractor, content_digest,"
        " text_digest, content, stealth, extractor_changed FROM revisions WHERE id = 1",
        "UPDATE captures SET record_id = (SELECT record_id FROM captures WHERE id = 1) WHERE id = 2",
    ],
)
def test_o2_what_is_there_twice(copy: Copy, statement: str) -> None:
    copy.change(statement)
    assert len(oracles.unique(copy)) == 1


@pytest.mark.parametrize(
    ("statement", "field"),
    [
        ("UPDATE articles SET title = title || ' ' WHERE id = 3", "title"),
        ("UPDATE articles SET published_date = '2020-01-01' WHERE id = 3", "day"),
        ("UPDATE attribution_sources SET name = 'Autre' WHERE attribution_id = 3", "source"),
        ("UPDATE related_links SET url = 'http://x/' WHERE id = 3", "related"),
        ("DELETE FROM related_links WHERE id = 3", "related"),
        ("UPDATE articles SET body = replace(body, 'Fès', 'Fes') WHERE id = 3", "body"),
    ],
)
def test_o3_a_field_that_is_not_the_truth(
    copy: Copy, server: HostileServer, statement: str, field: str
) -> None:
    copy.change(statement)
    found = oracles.faithful(copy, SITE, oracles.news(server))
    assert [line.split(": ", 1)[1].split()[0] for line in found] == [field]


def test_o4_bytes_that_are_not_what_was_received(copy: Copy) -> None:
    path = copy.file()
    whole = path.read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 0xFF
    stranger = gzip.compress(b"WARC/1.1\r\nWARC-Type: response\r\nContent-Length: 0\r\n\r\n\r\n\r\n")
    for damaged in (bytes(flipped), whole[:-1], whole[:-400], whole + b"garbage", whole + stranger, b""):
        path.write_bytes(damaged)
        assert oracles.raw(copy)
    path.write_bytes(whole)
    assert oracles.raw(copy) == []
    path.rename(path.with_name(path.name + ".open"))
    assert any("left open" in line for line in oracles.raw(copy))


@pytest.mark.parametrize(
    "change",
    [
        "payload_digest = '0'",
        "payload_length = payload_length - 1",
        "length = length - 1",
        "length = length + request_length",
        '"offset" = "offset" + 1',
        "url = 'http://x/'",
        "record_id = 'x'",
    ],
)
def test_o4_a_row_that_says_something_else(copy: Copy, change: str) -> None:
    copy.change(f"UPDATE captures SET {change} WHERE id = 3")
    assert oracles.raw(copy)


def test_o4_a_record_without_its_row(copy: Copy) -> None:
    copy.change("DELETE FROM captures WHERE id = 3")
    assert [line.rpartition(": ")[2] for line in oracles.raw(copy)] == [
        f"no row explains a {kind}" for kind in ("response", "request")
    ]


def test_o5_an_internal_service_that_was_asked(copy: Copy) -> None:
    with HostileServer() as other:
        connection = http.client.HTTPConnection("127.0.0.1", other.canary_port, timeout=5)
        connection.request("GET", "/secret")
        assert SECRET in connection.getresponse().read().decode()
        connection.close()
        assert len(oracles.nobody_in(copy, [other])) == 1


def test_o5_what_came_in(copy: Copy) -> None:
    (copy.folder / "run.log").write_text(f"it said {SECRET}")
    copy.change("UPDATE articles SET body = body || 'root:x:0:0' WHERE id = 1")
    packed = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(SECRET.encode())
    path = copy.file()
    path.write_bytes(path.read_bytes() + gzip.compress(b"WARC/1.1\r\n\r\n" + packed))
    found = oracles.nobody_in(copy, [], {"export": "root:x:0:0"})
    assert {line.split()[0] for line in found} >= {"run.log", "archive.db", path.name, "export"}


@pytest.mark.parametrize(
    ("part", "value"), [("new", 7), ("failed", 3), ("seen", 9), ("exit_code", 5), ("state", "quiet")]
)
def test_o6_a_report_that_does_not_add_up(
    copy: Copy, report: dict[str, Any], part: str, value: object
) -> None:
    assert oracles.honest(copy, report | {part: value})


def test_o6_failures_that_end_with_0(copy: Copy, report: dict[str, Any]) -> None:
    copy.change("UPDATE runs SET new = 5, failed = 3")
    wrong = report | {"new": 5, "fetched": 5, "failed": 3, "failed_by_cause": {"timeout": 3}}
    assert oracles.honest(copy, wrong) == ["3 of 8 pages failed, and the code is 0"]


def test_o6_pages_that_nobody_owes(copy: Copy, report: dict[str, Any], urls: list[str]) -> None:
    copy.change(
        "DELETE FROM articles WHERE id IN (1, 2, 3)",
        "DELETE FROM candidates WHERE url = (SELECT url FROM candidates WHERE id = 1)",
        "UPDATE candidates SET state = 'failed', reason = NULL, next_try_at = '2030-01-01' WHERE id <> 1",
        "UPDATE candidates SET next_try_at = NULL WHERE id = 2",
    )
    found = oracles.honest(copy, report, urls)
    kinds = {line.split(":")[0] for line in found}
    assert kinds <= {"forgotten", "failed without a next try", "failed without a cause"}
    assert len(found) == 3


def test_o7_memory_files_and_command_lines_of_all_processes() -> None:
    hungry = (
        "import os, time; x = b'x' * (90 << 20); f = [open(os.devnull) for _ in range(60)]; time.sleep(60)"
    )
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {hungry!r}, 'S3CR3T'])"
    process = subprocess.Popen([sys.executable, "-c", parent], start_new_session=True)
    with Watch(process.pid) as watch:
        while watch.peak_mb < 90 and watch.peak_files < 60:
            assert process.poll() is None
    for pid in sorted(watch.processes, reverse=True):
        subprocess.run(["kill", "-9", str(pid)], check=False)
    process.wait()
    assert len(bounded(watch, memory_mb=80, files=50, seconds=0.001)) >= 2
    assert bounded(watch, memory_mb=900, files=500, seconds=600) == []
    assert any("S3CR3T" in line for line in watch.commands)


def test_o8_a_row_more_and_a_row_changed(copy: Copy) -> None:
    before = oracles.content(copy)
    copy.change("UPDATE articles SET title = 'x' WHERE id = 1", "DELETE FROM article_urls WHERE id = 1")
    assert len(oracles.idempotent(before, oracles.content(copy))) == 3


def test_o9_pages_references_and_index(copy: Copy) -> None:
    path = copy.folder / "archive.db"
    whole = path.read_bytes()
    copy.change("PRAGMA foreign_keys = OFF")
    copy.change("DELETE FROM runs")
    assert any("refers to no runs" in line for line in oracles.sound(copy))
    path.write_bytes(whole)
    copy.change("DELETE FROM article_index_docsize WHERE id = (SELECT min(id) FROM article_index_docsize)")
    assert oracles.sound(copy)
    path.write_bytes(whole)
    copy.change("UPDATE article_index_data SET block = x'00' WHERE id > 10")
    assert oracles.sound(copy)
    damaged = bytearray(whole)
    damaged[4096 * 4 : 4096 * 6] = bytes(range(256)) * 32
    path.write_bytes(bytes(damaged))
    assert oracles.sound(copy)


def test_o10_secrets_that_got_out(copy: Copy) -> None:
    (copy.folder / "run.log").write_text("postgresql://u:S3CR3T@h/d")
    found = oracles.quiet(copy, ["S3CR3T"], {"stderr": "S3CR3T"}, ["hemero\0S3CR3T"])
    assert found == ["run.log holds S3CR3T", "stderr holds S3CR3T", "process 0 holds S3CR3T"]
