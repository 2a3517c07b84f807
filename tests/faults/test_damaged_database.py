"""The database damaged, cut, deleted, without its journal, half migrated, too new (F037 to F045)."""

from __future__ import annotations

import dataclasses
import random
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command as alembic
from alembic.config import Config
from sqlalchemy import create_engine, inspect

from benchmarks import invented
from storage import migrations, open_archive, repository
from storage.readings import store_readings
from tests.care.conftest import LATER
from tests.care.kept import READ, Kept
from tests.faults.disk import small_disk
from tests.faults.press import KILLED, Press, press_at

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

PAGE = 4096


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Press]:
    """One crawled archive; tests take copies."""
    with press_at(tmp_path_factory.mktemp("crawled") / "archive", articles=8) as press:
        assert press.crawl().code == 0
        yield press


@pytest.fixture
def press(crawled: Press, tmp_path: Path) -> Press:
    """A copy of that archive; its site has not changed since."""
    folder = tmp_path / "archive"
    shutil.copytree(crawled.folder, folder)
    archive = dataclasses.replace(crawled.archive, folder=folder)
    return Press(archive, crawled.server, Kept(folder), crawled.said)


def overwrite(path: Path, page: int, seed: int) -> None:
    """Random bytes in the place of one page of the database."""
    with path.open("r+b") as file:
        file.seek((page - 1) * PAGE)
        file.write(random.Random(seed).randbytes(PAGE))


@pytest.mark.case("F037")
@pytest.mark.parametrize(
    "page", [3, *(pytest.param(n, marks=pytest.mark.soak) for n in (2, 4, 5, 6, 7, 8, 9, 10))]
)
def test_a_crawl_refuses_a_damaged_database_and_rebuild_makes_it_again(press: Press, page: int) -> None:
    before = press.kept.dump(*READ)
    overwrite(press.kept.database, page, seed=page)
    damaged = press.kept.database.read_bytes()
    asked = len(press.server.hits)
    ended = press.crawl()
    assert ended.code == 4, ended.err
    assert "hemero rebuild" in ended.err
    assert len(press.server.hits) == asked
    assert press.kept.database.read_bytes() == damaged
    rebuilt = press.start("rebuild").wait()
    assert rebuilt.code == 0, rebuilt.err
    assert press.kept.dump(*READ) == before
    assert press.crawl().code == 0
    press.assert_complete()


@pytest.mark.case("F038")
@pytest.mark.parametrize("size", [0, *(pytest.param(n, marks=pytest.mark.soak) for n in (100, 4096, 60_000))])
def test_a_database_that_was_cut_is_never_made_anew_in_silence(press: Press, size: int) -> None:
    with press.kept.database.open("r+b") as file:
        file.truncate(size)
    asked = len(press.server.hits)
    for command in ((), ("status",), ("search", "quartier")):
        ended = press.start(*command).wait()
        assert ended.code == 4, (command, ended.err)
    assert press.kept.database.stat().st_size == size
    assert len(press.server.hits) == asked


@pytest.mark.case("F038")
@pytest.mark.parametrize("how", ["deleted", "replaced", "cut"])
@pytest.mark.soak
def test_a_database_that_goes_while_it_is_in_use(tmp_path: Path, how: str) -> None:
    """The run does not end as if all were well, unless it is; rebuild makes it again from the captures."""
    with press_at(tmp_path / "archive", articles=4, latency=0.1, concurrency=2) as press:
        assert press.crawl().code == 0
        press.server.articles = 16
        running = press.start(HEMERO_PATIENCE="5")
        press.wait_for(lambda: press.articles() >= 6, running)
        if how == "cut":
            with press.kept.database.open("r+b") as file:
                file.truncate(PAGE)
        else:
            press.kept.database.unlink()
        if how == "replaced":
            sqlite3.connect(press.kept.database).close()
            press.kept.database.touch()
        ended = running.wait()
        if how == "cut" and ended.code == 0:  # all that was cut stood in the journal, and was put back
            press.assert_complete(ended.report)
            return
        assert ended.code == 4, (ended.code, ended.err)
        assert "Traceback" not in ended.err
        for ending in ("-wal", "-shm"):
            Path(f"{press.kept.database}{ending}").unlink(missing_ok=True)
        assert press.crawl().code == 4
        assert press.start("rebuild").wait().code == 0
        again = press.crawl()
        assert again.code == 0, again.err
        press.assert_complete()


@pytest.mark.case("F039")
@pytest.mark.parametrize(
    "step",
    [
        "after_commit:14",
        *(pytest.param(f"after_commit:{n}", marks=pytest.mark.soak) for n in (4, 8, 11, 17, 20)),
    ],
)
@pytest.mark.soak
def test_a_journal_that_is_lost(tmp_path: Path, step: str) -> None:
    """Killed, then the -wal file is gone with all that was not copied home: captures give the rows again."""
    with press_at(tmp_path / "archive", articles=6) as press:
        assert press.crawl().code == 0
        press.server.articles = 18
        assert press.crawl(fault=step).code == KILLED
        fetched = press.asked()
        journal = Path(f"{press.kept.database}-wal")
        assert journal.stat().st_size > 0
        journal.unlink()
        Path(f"{press.kept.database}-shm").unlink(missing_ok=True)
        verified = press.start("verify").wait()
        if fetched > 7:
            assert verified.code == 4, verified.out  # records without rows are named
        ended = press.crawl()
        assert ended.code == 0, ended.err
        assert "an earlier run died" in ended.err
        press.assert_complete()


@pytest.mark.case("F043", "F045")
@pytest.mark.parametrize("database", LATER)
def test_a_newer_schema_is_refused_by_every_command(
    tmp_path: Path, database: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgres").new_database() if database == "postgres" else None
    with press_at(tmp_path / "archive", url, articles=2) as press:
        assert press.crawl().code == 0
        press.kept.sql("UPDATE alembic_version SET version_num = '9999'")
        asked = len(press.server.hits)
        for command in ((), ("status",), ("search", "quartier"), ("verify",), ("migrate",)):
            ended = press.start(*command).wait()
            assert ended.code == 4, (command, ended.err)
            assert "9999" in ended.err + ended.out, command
            assert "newer hemero" in ended.err + ended.out, command
        assert len(press.server.hits) == asked
        assert press.kept.sql("SELECT version_num FROM alembic_version") == [{"version_num": "9999"}]


# --- migrations -----------------------------------------------------------------------------------


def older_database(press: Press, version: str) -> None:
    """Replace the database by one of an older schema, with the same rows (SQLite) or none (PostgreSQL)."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    newer = press.kept.database.rename(press.folder / "newer.db") if press.kept.url is None else None
    url = press.kept.url or f"sqlite:///{press.kept.database}"
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        alembic.upgrade(config, version)
    engine.dispose()
    if newer is not None:
        _copy_rows(newer, press.kept.database)
        newer.unlink()


def _copy_rows(newer: Path, older: Path) -> None:
    with closing(sqlite3.connect(older, isolation_level=None)) as database:
        database.execute("ATTACH ? AS newer", [str(newer)])
        of_index = "name LIKE 'article_index%' AND sql LIKE 'CREATE VIRTUAL%'"
        tables = database.execute(
            f"SELECT name FROM main.sqlite_schema WHERE type = 'table' AND NOT ({of_index})"
            " AND name NOT LIKE 'sqlite%' AND name <> 'alembic_version'"
        ).fetchall()
        for (table,) in tables:
            columns = [row[1] for row in database.execute(f"PRAGMA main.table_info({table})")]
            names = ", ".join(f'"{name}"' for name in columns)
            database.execute(f"DELETE FROM main.{table}")
            database.execute(f"INSERT INTO main.{table} ({names}) SELECT {names} FROM newer.{table}")
        (version,) = database.execute("PRAGMA newer.user_version").fetchone()
        database.execute(f"PRAGMA main.user_version = {version}")


def schema(press: Press) -> dict[str, list[str]]:
    """Names of tables, views and indexes, with their columns."""
    engine = create_engine(
        (press.kept.url or f"sqlite:///{press.kept.database}").replace(
            "postgresql://", "postgresql+psycopg://"
        )
    )
    seen = inspect(engine)
    names = [*seen.get_table_names(), *seen.get_view_names()]
    found = {name: sorted(column["name"] for column in seen.get_columns(name)) for name in names}
    for name in seen.get_table_names():
        found[f"{name} indexes"] = sorted(str(index["name"]) for index in seen.get_indexes(name))
    engine.dispose()
    return found


@pytest.mark.case("F043")
@pytest.mark.parametrize("database", LATER)
@pytest.mark.soak
def test_a_migration_that_dies_or_meets_a_full_disk_never_happened(
    tmp_path: Path, database: str, request: pytest.FixtureRequest
) -> None:
    """At every step, killed and out of space; then it is done, and gives what a new archive has."""
    cluster = request.getfixturevalue("postgres") if database == "postgres" else None
    url = cluster.new_database() if cluster else None
    with press_at(tmp_path / "archive", url, articles=3) as press:
        assert press.crawl().code == 0
        wanted, rows = schema(press), press.kept.dump("articles", "revisions")
        if cluster:
            shutil.rmtree(press.folder / "captures")
            press.kept.url = cluster.new_database()
        older_database(press, "0003")
        for step in (1, 2, 3):
            for action, code in (("", KILLED), (":enospc", 3)):
                ended = press.start("migrate", fault=f"migrate:{step}{action}").wait()
                assert ended.code == code, ended.err
                assert press.kept.sql("SELECT version_num AS v FROM alembic_version") == [{"v": "0003"}]
        migrated = press.start("migrate").wait()
        assert migrated.code == 0, migrated.err
        assert schema(press) == wanted
        if not cluster:
            assert press.kept.dump("articles", "revisions") == rows
        press.server.articles += 2
        again = press.crawl()
        assert again.code == 0, again.err
        press.assert_complete()


def _many_articles(folder: Path, number: int) -> None:
    made = invented.Press()
    with open_archive(folder) as archive:
        with archive.write() as session:
            site = repository.save_site(
                session, "inventé", "I", "https://invente.example/", "MA", "fr", "Africa/Casablanca"
            )
        for start in range(0, number, 500):
            readings = [(site, made.reading(n), None) for n in range(start, start + 500)]
            with archive.write() as session:
                store_readings(session, readings, datetime.now(UTC))


@pytest.mark.case("F044")
@pytest.mark.soak
def test_a_migration_of_many_articles_says_what_it_takes_and_can_be_killed(tmp_path: Path) -> None:
    """3,000 invented articles whose index must be made anew: killed at random moments, then with no room."""
    with small_disk(tmp_path / "disk", 500) as disk, press_at(disk.folder / "archive") as press:
        assert press.crawl().code == 0
        before = press.kept.dump("articles", "revisions")
        _many_articles(press.folder, 3_000)
        older_database(press, "0004")
        press.kept.sql("PRAGMA user_version = 0")
        size = press.kept.database.stat().st_size
        for delay in (0.1, 0.3, 0.6):
            running = press.start("migrate")
            press.wait_for(lambda running=running: "articles are indexed anew" in running.said(), running)  # type: ignore[misc]
            time.sleep(delay)
            assert running.kill().code == KILLED, "the migration was over"
            assert press.kept.sql("SELECT version_num AS v FROM alembic_version") == [{"v": "0004"}]
        disk.fill(leaving=size // 2)
        full = press.start("migrate").wait()
        assert full.code == 3, full.err
        assert "MB are free" in full.err
        disk.empty()
        migrated = press.start("migrate").wait(300)
        assert migrated.code == 0, migrated.err
        assert "3006 articles are indexed anew; less than a minute" in migrated.err
        mine = press.kept.dump("articles", "revisions")
        assert set(before["articles"]) <= set(mine["articles"])
        press.kept.assert_sound()
