"""Schema versions. Alembic is run from code, so an installed wheel can make and upgrade its own database.

`VERSIONS` names them in order; a database whose version is not among them was written by a newer hemero.
An upgrade is one transaction on both databases: killed in the middle, it never happened.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from storage.errors import BadSetting, DatabaseDamaged, DatabaseTooNew, NotAnArchive
from storage.faults import fault
from storage.views import create_views

VERSIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008")
HEAD = VERSIONS[-1]


def current_version(connection: Connection) -> str | None:
    """The version the database says it has; None for an empty one.

    Raises:
        BadSetting: a PostgreSQL database that cannot hold an archive.
        NotAnArchive: tables that are not ours.
        DatabaseDamaged: a version table that is not as we leave it.
    """
    if connection.dialect.name != "sqlite":
        _check_server(connection)
    tables = set(inspect(connection).get_table_names())
    if "alembic_version" not in tables:
        if tables:
            raise NotAnArchive("the database holds tables that are not a hemero archive: choose another one")
        return None
    rows = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    if len(rows) != 1:
        raise DatabaseDamaged("the schema version of the database cannot be read: restore a backup")
    return str(rows[0])


def _check_server(connection: Connection) -> None:
    """Raises: BadSetting."""
    query = text("SELECT current_setting('server_encoding') AS encoding, current_schema() AS place")
    found = connection.execute(query).one()
    if found.encoding != "UTF8":
        raise BadSetting(f"the database has the encoding {found.encoding}: make one with ENCODING 'UTF8'")
    if found.place is None:
        raise BadSetting("the database's search_path names no schema that is there: make one, or mend it")


def check_version(version: str | None) -> None:
    """Refuse a database that only a newer hemero understands.

    Raises:
        DatabaseTooNew: its version is not one of ours.
    """
    if version is not None and version not in VERSIONS:
        raise DatabaseTooNew(
            f"the database has schema {version}, this hemero knows {HEAD} at most: install a newer hemero"
        )


def upgrade(connection: Connection) -> None:
    """Bring the schema to HEAD within the caller's transaction."""
    from alembic import command
    from alembic.config import Config

    from storage.index_version import renew_index

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    fault("migrate")
    command.upgrade(config, HEAD)
    fault("migrate")
    create_views(connection)
    renew_index(connection)
    fault("migrate")
