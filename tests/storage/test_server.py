"""PostgreSQL as operators set it up: encodings, search paths, tables of others, a silent server."""

from __future__ import annotations

import socket
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from sqlalchemy import text

from storage import open_archive
from storage.addresses import parse_url
from storage.errors import ArchiveError, BadSetting, DatabaseUnreachable
from storage.fresh import make_database
from storage.rebuild_postgres import begin_schema, schemas_kept, swap_schemas
from storage.site_holds import SiteHolds
from tests.postgres import Cluster

pytestmark = pytest.mark.postgres


def execute(url: str, *statements: str) -> list[tuple[object, ...]]:
    """The rows of the last statement."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            cursor = connection.execute(statement)  # type: ignore[call-overload]
        return list(cursor) if cursor.description else []


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_a_database_that_cannot_hold_every_letter_is_refused(
    postgres: Cluster, tmp_path: Path, encoding: str
) -> None:
    name = f"press_{encoding.lower()}"
    execute(
        postgres.url("postgres"),
        f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C'",
    )
    for made in (
        lambda: open_archive(tmp_path / "a", create=True, database_url=postgres.url(name)),
        lambda: make_database(tmp_path, postgres.url(name)),
    ):
        with pytest.raises(BadSetting, match=f"has the encoding {encoding}"):
            made()
    postgres.drop_database(postgres.url(name))


def test_the_clients_own_encoding_changes_nothing(
    postgres: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGCLIENTENCODING", "LATIN1")
    url = postgres.new_database()
    with open_archive(tmp_path / "a", create=True, database_url=url) as archive, archive.read() as session:
        assert session.scalar(text("SELECT '’العيون'")) == "’العيون"
    postgres.drop_database(url)


def test_a_search_path_that_leads_nowhere(postgres: Cluster, tmp_path: Path) -> None:
    url = postgres.new_database()
    lost = f"{url}&options={quote('-csearch_path=nulle_part')}"
    with pytest.raises(BadSetting, match="search_path"):
        open_archive(tmp_path / "a", create=True, database_url=lost)
    with pytest.raises(BadSetting, match="search_path"):
        begin_schema(tmp_path, parse_url(lost))
    postgres.drop_database(url)


@pytest.mark.parametrize(
    "theirs",
    [
        ["CREATE TABLE articles (x int)"],
        ["CREATE TABLE customers (x int)"],
        ["CREATE TABLE alembic_version (version_num text)", "INSERT INTO alembic_version VALUES ('abc')"],
    ],
)
def test_a_rebuild_touches_no_tables_of_others(postgres: Cluster, tmp_path: Path, theirs: list[str]) -> None:
    """It would set them aside, and the next one would drop what is set aside."""
    url = postgres.new_database()
    execute(url, *theirs)
    with pytest.raises(ArchiveError):
        begin_schema(tmp_path, parse_url(url))
    found = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    assert len(execute(url, found)) == 1
    assert execute(url, "SELECT 1 FROM pg_namespace WHERE nspname = 'hemero_rebuild'") == []
    postgres.drop_database(url)


@pytest.mark.parametrize("schemas", [("nord", "sud"), ('L\'"Est"', "ouest")])
def test_archives_in_two_schemas_are_rebuilt_apart(
    postgres: Cluster, tmp_path: Path, schemas: tuple[str, str]
) -> None:
    """What one archive's rebuild set aside is not dropped by the other's."""
    url = postgres.new_database()
    kept = []
    for number, schema in enumerate(schemas):
        named = '"{}"'.format(schema.replace('"', '""'))
        execute(url, f"CREATE SCHEMA {named}")
        own = f"{url}&options={quote('-csearch_path=' + named)}"
        with open_archive(tmp_path / str(number), create=True, database_url=own):
            pass
        with begin_schema(tmp_path / str(number), parse_url(own)):
            pass
        kept.append(swap_schemas(parse_url(own)))
        with open_archive(tmp_path / str(number), database_url=own) as archive:
            assert schemas_kept(archive) == [f"schema {kept[-1]} of {archive.database_name}"]
    query = "SELECT count(*) FROM pg_class WHERE relname = 'articles' AND relkind = 'r'"
    assert execute(url, query) == [(4,)]
    assert len(set(kept)) == 2
    postgres.drop_database(url)


def test_a_server_that_says_nothing_is_one_to_wait_for(tmp_path: Path) -> None:
    """Not for ten seconds where the address says two; and as for one that is away."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"postgresql://u:S3CR3T@127.0.0.1:{silent.getsockname()[1]}/x?connect_timeout=2"
        with pytest.raises(DatabaseUnreachable, match="does not answer") as caught:
            open_archive(tmp_path, database_url=url, patience=0)
    assert "S3CR3T" not in str(caught.value)


def test_a_site_is_taken_though_the_server_ended_the_session(postgres: Cluster, tmp_path: Path) -> None:
    url = postgres.new_database()
    with open_archive(tmp_path / "archive", create=True, database_url=url) as archive:
        holds = SiteHolds(archive)
        try:
            assert holds.take("un") is None
            execute(
                url,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                " AND datname = current_database()",
            )
            assert holds.take("deux") is None
        finally:
            holds.close()
    postgres.drop_database(url)


def test_an_attempt_is_made_again_as_long_as_patience_lasts(tmp_path: Path) -> None:
    with open_archive(tmp_path / "archive", create=True, patience=5) as archive:
        answers = iter([DatabaseUnreachable("away"), DatabaseUnreachable("away"), None])

        def attempt() -> str:
            answer = next(answers)
            if answer is not None:
                raise answer
            return "stored"

        assert archive.again(attempt) == "stored"
        archive.patience = 0
        answers = iter([DatabaseUnreachable("gone"), None])
        with pytest.raises(DatabaseUnreachable, match="gone"):
            archive.again(attempt)
