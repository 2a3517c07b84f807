"""After a crash: killed at every step, on either database, nothing is lost, nothing is doubled."""

from __future__ import annotations

import gzip
import os
import zlib
from pathlib import Path

import pytest
from sqlalchemy import func, select

from storage import Archive, open_archive
from storage.captures import read_capture, recover
from storage.members import BadMember, walk
from storage.models import Article, Candidate, Capture, CaptureFile, Revision
from storage.repository import captured_candidates
from storage.writer import ArchiveWriter
from tests.running import run_program
from tests.storage.build import NOW, capture, reading, url
from tests.storage.conftest import Frontier

PAGES = range(1, 11)
# A crawl in small: recover, read what is left, fetch what is due. Run again and again until nothing is owed.
CRAWL = """
import sys
from datetime import datetime, UTC
from sqlalchemy import select
from storage import open_archive
from storage.captures import read_capture, recover
from storage.models import Site
from storage.repository import captured_candidates, due_candidates
from storage.writer import ArchiveWriter
from tests.storage.build import NOW, capture, reading

archive = open_archive(sys.argv[1], database_url=sys.argv[2])
recover(archive)
with archive.read() as session:
    site = session.scalar(select(Site.id))
    left = captured_candidates(session, site)
    due = due_candidates(session, site, datetime.now(UTC), 100)
def number(url):
    return int(url.rpartition("/")[2])
with ArchiveWriter(archive, None, batch=3) as writer:
    stored = []
    for row in left:
        assert read_capture(archive, row.capture).raw == capture(number(row.url)).body
        made = reading(number(row.url), candidate_id=row.id, capture_id=row.capture.id)
        stored.append(writer.store(made, site))
    fetched = [(row, writer.capture(capture(number(row.url), candidate_id=row.id,
                                            request_headers=((b"Accept", b"*/*"),)))) for row in due]
    for row, future in fetched:
        made = reading(number(row.url), candidate_id=row.id, capture_id=future.result())
        stored.append(writer.store(made, site))
    for future in stored:
        future.result()
"""
POINTS = ("before_warc", "mid_warc", "after_warc", "before_commit", "after_commit", "before_rename")


def crawl(archive: Archive, fault: str = "") -> int:
    done = run_program(CRAWL, archive.folder, archive.database_url, HEMERO_FAULTS="1", FAULT_AT=fault)
    assert done.returncode in (0, -9), done.stderr
    return done.returncode


def assert_complete(archive: Archive) -> None:
    """Every page once, every record readable, every byte explained, nothing owed."""
    with archive.read() as session:
        articles = session.scalars(select(Article).order_by(Article.url)).all()
        captures = session.scalars(select(Capture)).all()
        files = session.scalars(select(CaptureFile)).all()
        states = set(session.scalars(select(Candidate.state)))
        revisions = session.scalar(select(func.count()).select_from(Revision))
    assert sorted(article.url for article in articles) == sorted(url(number) for number in PAGES)
    assert (states, revisions) == ({"done"}, len(PAGES))
    for row in captures:
        assert read_capture(archive, row).raw == capture(int(row.url.rpartition("/")[2])).body
    on_disk = {
        str(path.relative_to(archive.captures)) for path in archive.captures.rglob("*") if path.is_file()
    }
    assert on_disk == {file.name for file in files if file.state == "closed"}
    for file in files:
        if file.state == "closed":
            path = archive.captures / file.name
            gzip.decompress(path.read_bytes())
            first = next(walk(path)).length
            rows = [row for row in captures if row.file_id == file.id]
            assert (
                path.stat().st_size
                == file.bytes
                == first + sum(row.length + row.request_length for row in rows)
            )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("archive_url", "point"),
    [("sqlite", point) for point in POINTS]  # what happens to files does not depend on the database
    + [pytest.param("postgres", f"{at}_commit", marks=pytest.mark.postgres) for at in ("before", "after")],
    indirect=["archive_url"],
)
def test_killed_at_every_step(archive: Archive, frontier: Frontier, point: str) -> None:
    """Killed at the first, then at the third time the step is passed, then run to the end."""
    assert crawl(archive, f"{point}:1") == -9
    crawl(archive, f"{point}:3")
    assert crawl(archive) == 0
    assert_complete(archive)
    assert recover(archive).anything is False


@pytest.mark.slow
@pytest.mark.parametrize(
    ("archive_url", "point"),
    [
        ("sqlite", "mid_warc"),
        pytest.param("sqlite", "after_warc", marks=pytest.mark.soak),
        pytest.param("postgres", "mid_warc", marks=[pytest.mark.postgres, pytest.mark.soak]),
        pytest.param("postgres", "after_warc", marks=pytest.mark.postgres),
    ],
    indirect=["archive_url"],
)
def test_recovery_can_be_killed(archive: Archive, frontier: Frontier, point: str) -> None:
    """Killed later and later within the recovery, until it gets through."""
    assert crawl(archive, f"{point}:2") == -9
    killed = [crawl(archive, f"recover:{number}") == -9 for number in range(1, 6)]
    assert killed[:3] == [True, True, True]
    assert crawl(archive) == 0
    assert_complete(archive)


def torn(archive: Archive, cut: int) -> Path:
    """A dead run's file with 5 records of which the last has lost `cut` bytes."""
    with ArchiveWriter(archive, None) as writer:
        for number in range(1, 6):
            writer.capture(capture(number)).result()
    (path,) = archive.captures.rglob("*.warc.gz")
    content = path.read_bytes()
    path.with_name(path.name + ".open").write_bytes(content[: len(content) - cut])
    path.unlink()
    return path


@pytest.mark.parametrize("cut", [1, 7, 8, 9, 60, 300])
def test_a_torn_tail_is_cut_and_its_page_fetched_again(
    archive: Archive, frontier: Frontier, cut: int
) -> None:
    with ArchiveWriter(archive, None) as writer:
        ids = [writer.capture(capture(n, candidate_id=frontier.ids[n])).result() for n in range(1, 6)]
    (path,) = archive.captures.rglob("*.warc.gz")
    content = path.read_bytes()
    path.with_name(path.name + ".open").write_bytes(content[:-cut])
    path.unlink()
    recovered = recover(archive)
    assert (recovered.lost, recovered.records_added, len(recovered.files)) == (1, 0, 1)
    assert recovered.bytes_cut > 0
    assert [read_capture(archive, number).url for number in ids[:4]] == [url(n) for n in range(1, 5)]
    with archive.read() as session:
        assert session.get_one(Capture, ids[4]).lost_at is not None
        assert session.get_one(Candidate, frontier.ids[5]).state == "pending"
        assert len(captured_candidates(session, frontier.site)) == 4
    assert recover(archive).anything is False


@pytest.mark.parametrize(
    "garbage", [b"\0" * 500, b"\x1f\x8b\x08\0garbage", gzip.compress(b"no warc", mtime=0), b"x"]
)
def test_garbage_behind_the_last_record_is_cut(archive: Archive, site: int, garbage: bytes) -> None:
    path = torn(archive, 0)
    with path.with_name(path.name + ".open").open("ab") as file:
        file.write(garbage)
    assert recover(archive).bytes_cut == len(garbage)
    assert len(list(walk(path))) == 6


def test_rows_come_back_as_they_were(archive: Archive, frontier: Frontier) -> None:
    """Everything a row says stands in its record too."""
    body = b"<p>le texte</p>" * 30
    responses = [
        capture(1, body, candidate_id=frontier.ids[1], ip="192.0.2.1", rights=(("noarchive", "1"),)),
        capture(2, status=404, request_headers=((b"Accept", b"*/*"),)),
        capture(1, body, candidate_id=frontier.ids[1], fetched_at=NOW.replace(microsecond=7)),
        capture(3, b"Un", is_resource=True, headers=((b"Content-Type", b"text/plain"),)),
        capture(4, truncated="length", method="POST"),
    ]
    with ArchiveWriter(archive, None) as writer:
        for response in responses:
            writer.capture(response).result()
    before = snapshot(archive)
    (path,) = archive.captures.rglob("*.warc.gz")
    path.rename(path.with_name(path.name + ".open"))
    with archive.write() as session:
        session.query(Capture).filter(Capture.refers_to_id.is_not(None)).delete()
        session.query(Capture).delete()
        session.query(CaptureFile).delete()
    assert recover(archive).records_added == 5
    assert snapshot(archive) == before


def snapshot(archive: Archive) -> list[tuple[object, ...]]:
    ignored = {"id", "file_id", "refers_to_id"}
    with archive.read() as session:
        rows = session.scalars(select(Capture).order_by(Capture.offset)).all()
        names = [name for name in Capture.__table__.columns.keys() if name not in ignored]  # noqa: SIM118
        files = session.execute(
            select(CaptureFile.name, CaptureFile.sha256, CaptureFile.bytes, CaptureFile.records)
        )
        return [tuple(getattr(row, name) for name in names) for row in rows] + [tuple(row) for row in files]


def test_a_living_writer_is_left_alone(archive: Archive, site: int, writer: ArchiveWriter) -> None:
    number = writer.capture(capture(1)).result()
    assert recover(archive).anything is False
    assert len(list(archive.captures.rglob("*.open"))) == 1
    assert writer.capture(capture(2)).result() == number + 1


def test_an_empty_file_of_a_dead_run_goes(archive: Archive, site: int) -> None:
    path = archive.captures / "2026" / "03" / "x-article-1.warc.gz.open"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"")
    assert recover(archive).removed == ["2026/03/x-article-1.warc.gz"]
    assert not path.exists()


def test_a_closed_file_without_row_is_taken_in(archive: Archive, site: int) -> None:
    """Power was lost after the rename, before the database's own disk."""
    with ArchiveWriter(archive, None) as writer:
        writer.capture(capture(1)).result()
    with archive.write() as session:
        session.query(Capture).delete()
        session.query(CaptureFile).delete()
    assert recover(archive).records_added == 1
    with archive.read() as session:
        (file,) = session.scalars(select(CaptureFile))
    assert (file.state, file.records) == ("closed", 2)


@pytest.mark.parametrize("step", range(0, 2000, 37))
def test_no_prefix_of_a_file_yields_a_broken_record(tmp_path: Path, whole_file: bytes, step: int) -> None:
    path = tmp_path / "cut.warc.gz"
    path.write_bytes(whole_file[: max(0, len(whole_file) - step)])
    found = []
    try:
        for member in walk(path):
            found.append(member)
    except BadMember:
        pass
    else:
        assert sum(member.length for member in found) == path.stat().st_size
    for member in found:
        piece = whole_file[member.offset : member.offset + member.length]
        assert zlib.decompress(piece, 31).endswith(member.block + b"\r\n\r\n")


@pytest.fixture(scope="session")
def whole_file(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("whole")
    with (
        open_archive(folder, create=True, database_url="sqlite") as archive,
        ArchiveWriter(archive, None) as writer,
    ):
        for number in range(6):
            writer.capture(capture(number, os.urandom(300), request_headers=((b"Accept", b"*/*"),))).result()
    (path,) = folder.rglob("*.warc.gz")
    return path.read_bytes()


def test_what_was_read_twice_is_stored_once(
    archive: Archive, frontier: Frontier, writer: ArchiveWriter
) -> None:
    number = writer.capture(capture(1, candidate_id=frontier.ids[1])).result()
    made = reading(1, candidate_id=frontier.ids[1], capture_id=number)
    kinds = [writer.store(made, frontier.site).result().kind for _ in range(3)]
    assert kinds == ["new", "unchanged", "unchanged"]
