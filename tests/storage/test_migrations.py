"""The schema: migrations give what the models say, whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from storage import Archive, index, migrations, open_archive
from storage.analyser import VERSION
from storage.index_version import index_version, renew_index
from storage.models import Base
from storage.readings import store_readings
from storage.search import search
from storage.views import VIEWS
from tests.storage.build import NOW, reading

MAKE = """
import sys
from storage import open_archive
open_archive(sys.argv[1], create=True, database_url=sys.argv[2])
"""


def not_the_index(item: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
    """The full-text index is made by hand: its two forms cannot be one model."""
    return not (name or "").startswith("article_index") and "article_index" not in (name or "")


def test_migrated_schema_equals_the_models(archive: Archive) -> None:
    options = {"include_object": not_the_index, "compare_type": True}
    with archive.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []


def test_every_table_and_column_is_commented(archive: Archive) -> None:
    for table in Base.metadata.tables.values():
        assert table.comment, table.name
        assert all(column.comment for column in table.columns), table.name
    if not archive.is_sqlite:
        found = inspect(archive.engine).get_columns("articles")
        comments = {column.name: column.comment for column in Base.metadata.tables["articles"].columns}
        assert {column["name"]: column["comment"] for column in found} == comments


def test_views_exist_with_their_documented_columns(archive: Archive) -> None:
    inspector = inspect(archive.engine)
    for view in VIEWS:
        assert [column["name"] for column in inspector.get_columns(view.name)] == list(view.columns)


def test_versions_name_every_migration_in_order() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    walked = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert tuple(reversed(walked)) == migrations.VERSIONS


def test_an_index_of_another_analyser_is_made_again(archive: Archive, site: int) -> None:
    with archive.write() as session:
        store_readings(session, [(site, reading(1), None)], NOW)
        connection = session.connection()
        assert (index_version(connection), renew_index(connection)) == (VERSION, 0)
        index.remove(connection, index.documents(connection, [1]))
        if archive.is_sqlite:
            connection.exec_driver_sql("PRAGMA user_version=0")
        else:
            connection.exec_driver_sql("COMMENT ON TABLE article_index IS NULL")
        assert search(session, "port").total == 0
        migrations.upgrade(connection)
        assert (index_version(connection), search(session, "port").total) == (VERSION, 1)


def test_upgrading_twice_changes_nothing(archive: Archive) -> None:
    with archive.write() as session:
        migrations.upgrade(session.connection())
    open_archive(archive.folder, database_url=archive.database_url).close()


@pytest.mark.parametrize("step", [1, 2, 3])
def test_an_upgrade_killed_in_the_middle_is_done_again(tmp_path: Path, database_url: str, step: int) -> None:
    environment = os.environ | {"HEMERO_FAULTS": "1", "FAULT_AT": f"migrate:{step}"}
    command = [sys.executable, "-c", MAKE, str(tmp_path / "a"), database_url]
    killed = subprocess.run(command, env=environment, check=False)
    assert killed.returncode == -9
    with open_archive(tmp_path / "a", create=True, database_url=database_url) as archive:
        with archive.engine.connect() as connection:
            assert migrations.current_version(connection) == migrations.HEAD
        test_views_exist_with_their_documented_columns(archive)


def test_two_processes_make_one_archive(tmp_path: Path, database_url: str) -> None:
    command = [sys.executable, "-c", MAKE, str(tmp_path / "a"), database_url]
    running = [subprocess.Popen(command) for _ in range(3)]
    assert [process.wait() for process in running] == [0, 0, 0]
