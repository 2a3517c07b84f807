"""After rows were removed for good: what the database files still hold of them on free pages goes too."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storage import index_postgres
from storage.archive import Archive
from storage.base import Base
from storage.database import REFUSED, explain
from storage.errors import ArchiveNotWritable


def purge(archive: Archive) -> None:
    """Merge the full-text index (its old parts name removed words), rewrite the database, empty its journal.

    Raises:
        ArchiveError: somebody holds the database; hemero repair does it later.
    """
    try:
        if archive.is_sqlite:
            _sqlite(archive)
        else:
            _postgres(archive)
    except DBAPIError as error:
        raise explain(error, archive.database_name) from error


def _sqlite(archive: Archive) -> None:
    with archive.write() as session:
        session.execute(text("INSERT INTO article_index(article_index) VALUES ('optimize')"))
    with archive.engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        raw.execute("VACUUM")
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def check_owner(archive: Archive) -> None:
    """Find before anything is removed whether this role may rewrite the tables.

    PostgreSQL only warns where it may not, and the removed text would stay in the files.

    Raises:
        ArchiveNotWritable: it may not.
    """
    if archive.is_sqlite:
        return
    query = text(
        "SELECT relname FROM pg_class WHERE oid = ANY(CAST(:names AS regclass[]))"
        " AND NOT pg_has_role(relowner, 'USAGE') ORDER BY relname LIMIT 1"
    )
    with archive.read() as session:
        name = session.scalar(query, {"names": _tables()})
    if name is not None:
        raise ArchiveNotWritable(
            f"{archive.database_name}: this role may not rewrite the table {name}, which would still hold"
            f" what was removed: {REFUSED}"
        )


def _tables() -> list[str]:
    return [f'"{table.name}"' for table in Base.metadata.sorted_tables] + list(index_postgres.TABLES)


def _postgres(archive: Archive) -> None:
    """Dead rows leave the files only when the tables are written anew."""
    check_owner(archive)
    with archive.write() as session:
        index_postgres.clean(session.connection())
    with archive.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for name in _tables():
            connection.exec_driver_sql(f"VACUUM FULL {name}")
