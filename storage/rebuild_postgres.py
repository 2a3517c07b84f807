"""The rebuild's database on PostgreSQL: a schema of its own, swapped with the one in use at once."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from storage.addresses import shown
from storage.archive import PATIENCE, Archive
from storage.database import WRITE, engine_for, explain
from storage.errors import DatabaseDamaged, NotAnArchive
from storage.faults import fault
from storage.fresh import make_database
from storage.migrations import check_version, current_version

_PLAIN = re.compile(r"[a-z_][a-z0-9_]{0,39}")
logger = logging.getLogger(__name__)


def _schemas(connection: Connection) -> tuple[str, str, str]:
    """The archive's own schema, the one a rebuild fills, and the one that keeps what was there before.

    Archives in several schemas of one database have each their own; the one in `public` has "hemero_...".
    """
    here = str(connection.scalar(text("SELECT current_schema()")))
    name = "hemero" if here == "public" else here
    if not _PLAIN.fullmatch(name):
        name = f"hemero_{hashlib.sha256(name.encode()).hexdigest()[:12]}"
    return here, f"{name}_rebuild", f"{name}_before_rebuild"


def begin_schema(folder: Path, url: URL) -> Archive:
    """An empty archive in a schema of its own, `hemero_rebuild`, of the same database.

    Raises:
        ArchiveError: the database fails, may not be written by this role, or holds tables of somebody else
            or of a newer hemero: a rebuild would set them aside, and the next one drop them.
    """
    with _transaction(url) as connection:
        try:
            check_version(current_version(connection))
        except NotAnArchive:
            raise
        except DatabaseDamaged as error:
            logger.warning("%s", error)  # that is what a rebuild is for
        _, new, _ = _schemas(connection)
        connection.execute(text(f"DROP SCHEMA IF EXISTS {new} CASCADE"))
        connection.execute(text(f"CREATE SCHEMA {new}"))
    return make_database(folder, url.update_query_dict({"options": f"-csearch_path={new}"}))


def swap_schemas(url: URL) -> str:
    """Tables and views of both schemas change places. Returns the schema that keeps the old ones.

    Raises:
        ArchiveError: as `begin_schema`.
    """
    with _transaction(url) as connection:
        here, new, before = _schemas(connection)
        connection.execute(text(f"DROP SCHEMA IF EXISTS {before} CASCADE"))
        connection.execute(text(f"CREATE SCHEMA {before}"))
        ours = set(_relations(connection, new))
        quoted = '"{}"'.format(here.replace('"', '""'))
        for kind, name in _relations(connection, here):
            if (kind, name) in ours:
                connection.exec_driver_sql(f'ALTER {kind} {quoted}."{name}" SET SCHEMA {before}')
        for kind, name in ours:
            connection.exec_driver_sql(f'ALTER {kind} {new}."{name}" SET SCHEMA {quoted}')
        connection.execute(text(f"DROP SCHEMA {new} CASCADE"))
        for grant in connection.scalars(_GRANTS, {"before": before, "here": here}).all():
            connection.exec_driver_sql(grant)
        fault("rebuild_swap")
    return before


# Who could read the old tables (the analysts' role) can read the new ones.
_GRANTS = text("""
SELECT format('GRANT %s ON %s%I.%I TO %s%s', a.privilege_type,
    CASE c.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE '' END, CAST(:here AS text), c.relname,
    CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
    CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) a
WHERE n.nspname = :before AND c.relkind IN ('r', 'p', 'v', 'S') AND a.grantee <> c.relowner
""")


@contextmanager
def _transaction(url: URL) -> Iterator[Connection]:
    engine = engine_for(url, wait=PATIENCE)
    try:
        with engine.connect().execution_options(**WRITE) as connection, connection.begin():
            yield connection
    except DBAPIError as error:
        raise explain(error, shown(url)) from error
    finally:
        engine.dispose()


def schemas_kept(archive: Archive) -> list[str]:
    """What a rebuild, whole or killed, has left of other databases beside the one in use."""
    query = text("SELECT nspname FROM pg_namespace WHERE nspname IN (:new, :before) ORDER BY nspname")
    with archive.read() as session:
        _, new, before = _schemas(session.connection())
        names = session.scalars(query, {"new": new, "before": before})
        return [f"schema {name} of {archive.database_name}" for name in names]


def _relations(connection: Connection, schema: str) -> list[tuple[str, str]]:
    query = text(
        "SELECT CASE c.relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END, c.relname FROM pg_class c"
        " JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = :schema AND c.relkind IN ('r', 'p', 'v') ORDER BY c.relname"
    )
    return [(kind, name) for kind, name in connection.execute(query, {"schema": schema})]
