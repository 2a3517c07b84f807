"""The writer: groups, errors that stay alone, a database that is locked or away, a full disk."""

from __future__ import annotations

import sqlite3
import threading
import time
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from storage import Archive, open_archive
from storage.captures import read_capture, recover
from storage.errors import ArchiveError, DatabaseUnreachable, NoSpace
from storage.models import Article, Candidate, Capture, CaptureFile, Site
from storage.writer import ArchiveWriter
from tests.postgres import Cluster
from tests.storage.build import article, capture, reading
from tests.storage.conftest import Frontier, make_site


def count(archive: Archive, table: Any) -> int:
    with archive.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_many_threads_one_writer(archive: Archive, frontier: Frontier) -> None:
    def work(start: int) -> None:
        for number in range(start, start + 20):
            capture_id = writer.capture(capture(number)).result(timeout=60)
            outcome = writer.store(reading(number, capture_id=capture_id), frontier.site).result(timeout=60)
            assert outcome.kind == "new"

    with ArchiveWriter(archive, None) as writer:
        threads = [threading.Thread(target=work, args=(start,)) for start in range(100, 200, 20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert (count(archive, Capture), count(archive, Article)) == (100, 100)
    assert recover(archive).anything is False


def test_one_bad_reading_fails_alone(archive: Archive, site: int, writer: ArchiveWriter) -> None:
    gate = threading.Event()
    writer.call(lambda session: gate.wait())  # so that all of them form one group
    futures = [
        writer.store(reading(1), site),
        writer.store(reading(2, fetched_at=reading(2).fetched_at.replace(tzinfo=None)), site),
        writer.store(reading(3, capture_id=4711), site),
        writer.call(lambda session: session.execute(text("SELECT nothing FROM nowhere"))),
        writer.store(reading(4), site),
        writer.call(lambda session: make_site(session, "autre")),
    ]
    gate.set()
    results = [future.exception(timeout=30) is None for future in futures]
    assert results == [True, False, False, False, True, True]
    assert count(archive, Article) == 2
    assert count(archive, Site) == 2


def test_what_a_failing_job_wrote_is_undone(archive: Archive, writer: ArchiveWriter) -> None:
    def half(session: Session) -> None:
        make_site(session, "moitie")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        writer.call(half).result()
    with archive.read() as session:
        assert "moitie" not in session.scalars(select(Site.name)).all()


def test_jobs_are_done_in_the_order_given(archive: Archive, site: int) -> None:
    seen: list[int] = []
    with ArchiveWriter(archive, None) as writer:
        for number in range(200):
            writer.call(lambda session, number=number: seen.append(number))  # type: ignore[misc]
    assert seen == list(range(200))


def test_closing_finishes_what_waits_and_twice_is_once(archive: Archive, site: int) -> None:
    writer = ArchiveWriter(archive, None)
    futures = [writer.capture(capture(number)) for number in range(120)]
    writer.close()
    writer.close()
    assert all(future.done() for future in futures)
    assert not list(archive.captures.rglob("*.open"))
    with pytest.raises(RuntimeError):
        writer.capture(capture(1))


def test_a_cancelled_job_is_not_done(archive: Archive, site: int, writer: ArchiveWriter) -> None:
    gate = threading.Event()
    writer.call(lambda session: gate.wait())
    waiting: Future[Any] = writer.call(lambda session: make_site(session, "annule"))
    assert waiting.cancel()
    gate.set()
    writer.call(lambda session: None).result()
    assert count(archive, Site) == 1


def test_an_analyst_who_holds_the_lock_is_waited_for(tmp_path: Path) -> None:
    with open_archive(tmp_path, create=True, database_url="sqlite", patience=30) as archive:
        holder = sqlite3.connect(tmp_path / "archive.db", isolation_level=None, check_same_thread=False)
        holder.execute("BEGIN IMMEDIATE")
        with ArchiveWriter(archive, None) as writer:
            waiting = writer.call(make_site)
            time.sleep(0.5)
            assert not waiting.done()
            holder.execute("ROLLBACK")
            waiting.result(timeout=10)
        holder.close()


def test_a_lock_that_is_never_given_up(tmp_path: Path) -> None:
    with open_archive(tmp_path, create=True, database_url="sqlite", patience=0.3) as archive:
        with archive.write() as session:
            make_site(session)
        holder = sqlite3.connect(tmp_path / "archive.db", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        with ArchiveWriter(archive, None) as writer:
            kept, other = writer.capture(capture(1)), writer.call(make_site)
            for future in (kept, other):
                with pytest.raises(DatabaseUnreachable, match="locked"):
                    future.result(timeout=20)
            holder.execute("ROLLBACK")
            later = writer.capture(capture(2)).result(timeout=20)
        holder.close()
        with archive.read() as session:
            rows = session.scalars(select(Capture).order_by(Capture.id)).all()
        assert [row.url for row in rows] == [
            capture(1).url,
            capture(2).url,
        ]  # the bytes were kept, the row owed
        assert rows[1].id == later
        assert recover(archive).anything is False


def test_a_long_read_does_not_stop_the_writer(archive: Archive, site: int, writer: ArchiveWriter) -> None:
    with archive.read() as session:
        assert session.scalar(select(func.count()).select_from(Article)) == 0
        writer.store(reading(1), site).result(timeout=10)
        assert session.scalar(select(func.count()).select_from(Article)) == 0  # one state from its start on
    assert count(archive, Article) == 1


class FullDisk:
    """Fails the writes to capture files as a full disk does: a part arrives, the rest does not."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        import errno
        import os

        self.full = False
        real = os.write

        def write(descriptor: int, data: Any) -> int:
            if not self.full:
                return real(descriptor, data)
            if len(data) > 10:
                return real(descriptor, data[:10])
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr("storage.capture_files.os.write", write)


def test_a_disk_that_fills_up_and_is_freed(
    archive: Archive, site: int, writer: ArchiveWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = FullDisk(monkeypatch)
    first = writer.capture(capture(1)).result()
    disk.full = True
    with pytest.raises(NoSpace) as caught:
        writer.capture(capture(2)).result()
    assert caught.value.exit_code == 3
    disk.full = False
    third = writer.capture(capture(3)).result()
    writer.close()
    assert [read_capture(archive, number).url for number in (first, third)] == [
        capture(1).url,
        capture(3).url,
    ]
    assert count(archive, Capture) == 2
    with archive.read() as session:
        (file,) = session.scalars(select(CaptureFile))
    assert (archive.captures / file.name).stat().st_size == file.bytes
    assert recover(archive).anything is False


def test_a_file_that_cannot_be_synced_is_left_to_recovery(
    archive: Archive, site: int, writer: ArchiveWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno

    first = writer.capture(capture(1)).result()

    def fail(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr("storage.capture_files.os.fsync", fail)
        with pytest.raises(ArchiveError):
            writer.capture(capture(2)).result()
    third = writer.capture(capture(3)).result()
    writer.close()
    recovered = recover(archive)
    assert (len(recovered.files), recovered.records_added) == (1, 1)  # what did reach the disk is found
    assert [read_capture(archive, n).raw for n in (first, third)] == [capture(1).body, capture(3).body]


def test_new_file_when_one_is_full(archive: Archive, site: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.capture_files.FULL", 2_000)
    with ArchiveWriter(archive, None) as writer:
        ids = [writer.capture(capture(number)).result() for number in range(12)]
    with archive.read() as session:
        files = session.scalars(select(CaptureFile)).all()
    assert len(files) > 2
    assert {file.state for file in files} == {"closed"}
    assert [read_capture(archive, number).raw for number in ids] == [capture(n).body for n in range(12)]


def own_cluster(postgres: Cluster) -> Cluster:
    from tests.postgres import find_programs

    programs = find_programs()
    assert programs is not None
    return Cluster(programs)


@pytest.mark.postgres
@pytest.mark.slow
@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_server_that_is_restarted(postgres: Cluster, tmp_path: Path, mode: str) -> None:
    cluster = own_cluster(postgres)
    try:
        with open_archive(tmp_path, create=True, database_url=cluster.new_database(), patience=30) as archive:
            with archive.write() as session:
                site = make_site(session)
            with ArchiveWriter(archive, None) as writer:
                before = [writer.store(reading(n), site) for n in range(30)]
                before[0].result()
                cluster.stop(mode)
                during = [writer.store(reading(n), site) for n in range(30, 60)]
                kept = [writer.capture(capture(n)) for n in range(20)]
                time.sleep(0.3)
                cluster.start()
                assert {future.result(timeout=60).kind for future in [*before, *during]} <= {
                    "new",
                    "unchanged",
                }
                assert len({future.result(timeout=60) for future in kept}) == 20
            assert (count(archive, Article), count(archive, Capture)) == (60, 20)
            assert recover(archive).anything is False
    finally:
        cluster.close()


@pytest.mark.postgres
@pytest.mark.slow
def test_a_server_that_never_comes_back(postgres: Cluster, tmp_path: Path) -> None:
    """Responses that came meanwhile are on disk and get their rows at the next start."""
    cluster = own_cluster(postgres)
    try:
        url = cluster.new_database()
        with open_archive(tmp_path, create=True, database_url=url, patience=1) as archive:
            with archive.write() as session:
                make_site(session)
            with ArchiveWriter(archive, None) as writer:
                cluster.stop()
                futures = [writer.capture(capture(n)) for n in range(5)]
                for future in futures:
                    with pytest.raises(DatabaseUnreachable):
                        future.result(timeout=60)
                began = time.monotonic()
                with pytest.raises(DatabaseUnreachable):
                    writer.call(make_site).result(timeout=60)
                assert time.monotonic() - began < 5
            assert len(list(archive.captures.rglob("*.open"))) == 1
        cluster.start()
        with open_archive(tmp_path, database_url=url) as archive:
            assert recover(archive).records_added == 5
            assert count(archive, Capture) == 5
    finally:
        cluster.close()


def test_a_refused_candidate_stays_refused(
    archive: Archive, frontier: Frontier, writer: ArchiveWriter
) -> None:
    from storage.repository import mark_candidate

    writer.call(lambda s: mark_candidate(s, frontier.ids[1], "refused", now=reading(1).fetched_at)).result()
    writer.capture(capture(1, candidate_id=frontier.ids[1])).result()
    with archive.read() as session:
        assert session.get_one(Candidate, frontier.ids[1]).state == "refused"


def test_the_clock_of_an_article_is_its_capture(archive: Archive, site: int, writer: ArchiveWriter) -> None:
    writer.store(reading(of=article(1)), site).result()
    with archive.read() as session:
        assert session.get_one(Article, 1).fetched_at == reading(1).fetched_at
