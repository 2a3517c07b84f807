"""Opening archives: what is made, what is refused, and with which words."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storage import Archive, open_archive
from storage.errors import (
    ArchiveNotFound,
    ArchiveNotWritable,
    BadSetting,
    DatabaseDamaged,
    DatabaseTooNew,
    DatabaseTooOld,
    DatabaseUnreachable,
)
from storage.models import Site
from tests.storage.conftest import make_site


def test_made_once_opened_again(archive: Archive, site: int) -> None:
    again = open_archive(archive.folder, database_url=archive.database_url)
    with again, again.read() as session:
        assert session.get_one(Site, site).title == "La Vigie"


def test_opens_by_its_file_and_by_its_address(tmp_path: Path) -> None:
    with open_archive(tmp_path / "a", create=True) as made, made.write() as session:
        make_site(session)
    for name in (tmp_path / "a" / "archive.db", str(tmp_path / "a"), f"sqlite:///{tmp_path}/a/archive.db"):
        with open_archive(name) as opened, opened.read() as session:
            assert session.query(Site).count() == 1
            assert opened.captures == tmp_path / "a" / "captures"


def test_the_environment_names_folder_and_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres: object
) -> None:
    monkeypatch.setenv("HEMERO_ARCHIVE", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("HEMERO_DATABASE_URL", postgres.new_database())  # type: ignore[attr-defined]
    with open_archive(create=True) as opened:
        assert opened.folder == tmp_path / "elsewhere"
        assert not opened.is_sqlite
    assert not (tmp_path / "elsewhere" / "archive.db").exists()


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(ArchiveNotFound, match="no archive in") as caught:
        open_archive(tmp_path / "missing")
    assert caught.value.exit_code == 2
    assert not (tmp_path / "missing").exists()


def test_an_empty_postgres_is_no_archive(tmp_path: Path, postgres: object) -> None:
    with pytest.raises(ArchiveNotFound):
        open_archive(tmp_path, database_url=postgres.new_database())  # type: ignore[attr-defined]


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ArchiveNotWritable, match="cannot be written"):
        open_archive(tmp_path / "file" / "archive", create=True)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder(tmp_path: Path) -> None:
    open_archive(tmp_path / "a", create=True).close()
    (tmp_path / "a").chmod(0o500)
    with pytest.raises(ArchiveNotWritable):
        open_archive(tmp_path / "a")


def test_captures_without_their_database(tmp_path: Path) -> None:
    """A lost database is never replaced by an empty one."""
    folder = tmp_path / "a" / "captures" / "2026"
    folder.mkdir(parents=True)
    (folder / "x.warc.gz").write_bytes(b"")
    with pytest.raises(DatabaseDamaged, match="no database"):
        open_archive(tmp_path / "a", create=True)
    assert not (tmp_path / "a" / "archive.db").exists()


@pytest.mark.parametrize("content", [b"not a database, but long enough to be read as one" * 50, b"\0" * 5000])
def test_not_a_database(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "archive.db").write_bytes(content)
    with pytest.raises(DatabaseDamaged) as caught:
        open_archive(tmp_path, create=True)
    assert caught.value.exit_code == 4
    assert (tmp_path / "archive.db").read_bytes() == content


def test_the_database_of_another_program(tmp_path: Path) -> None:
    import sqlite3

    with sqlite3.connect(tmp_path / "archive.db") as connection:
        connection.execute("CREATE TABLE theirs (a)")
    connection.close()
    with pytest.raises(DatabaseDamaged, match="not a hemero archive"):
        open_archive(tmp_path, create=True)


def test_a_newer_schema_is_refused(archive: Archive) -> None:
    with archive.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for read_only in (True, False):
        with pytest.raises(DatabaseTooNew, match="schema 9999") as caught:
            open_archive(archive.folder, database_url=archive.database_url, read_only=read_only)
        assert caught.value.exit_code == 4


def test_reading_only(archive: Archive, site: int) -> None:
    with open_archive(archive.folder, database_url=archive.database_url, read_only=True) as opened:
        with opened.read() as session:
            assert session.get(Site, site) is not None
        with pytest.raises(ArchiveNotWritable):
            opened.write().__enter__()
        with opened.read() as session, pytest.raises(DBAPIError, match=r"(?i)read.?only"):
            session.execute(text("DELETE FROM sites"))


def test_reading_only_never_makes_a_schema(tmp_path: Path, postgres: object) -> None:
    url = postgres.new_database()  # type: ignore[attr-defined]
    with pytest.raises((ArchiveNotFound, DatabaseTooOld)):
        open_archive(tmp_path, database_url=url, read_only=True)


@pytest.mark.parametrize(
    ("address", "code"),
    [("mysql://a:S3CR3T@h/x", 2), ("postgresql://u:S3CR3T@127.0.0.1:1/x", 4), ("S3CR3T://", 2)],
)
def test_addresses_that_cannot_work_keep_their_password(tmp_path: Path, address: str, code: int) -> None:
    with pytest.raises(BadSetting if code == 2 else DatabaseUnreachable) as caught:
        open_archive(tmp_path, database_url=address, patience=0)
    assert "S3CR3T" not in str(caught.value)
    assert caught.value.exit_code == code
    assert "\n" not in str(caught.value)


def test_a_write_that_fails_leaves_nothing(archive: Archive) -> None:
    def fail() -> None:
        with archive.write() as session:
            make_site(session)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with archive.read() as session:
        assert session.query(Site).count() == 0
