"""The PostgreSQL role that analysts' SQL runs as: it can SELECT and nothing else."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.engine import URL

from storage.archive import Archive
from storage.errors import ArchiveError

ROLE = "hemero_reader"
HINT = "run `hemero sql --make-reader` and set HEMERO_SQL_URL to what it prints"
_POWERS = "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls FROM pg_roles"
_MAKES_ROLES = "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
_MEMBERSHIPS = """SELECT r.rolname FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid
JOIN pg_roles me ON me.oid = m.member
WHERE me.rolname = current_user AND r.rolname <> 'pg_read_all_data' LIMIT 1"""
_WRITABLE = """SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
AND has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER') LIMIT 1"""


class NotPermitted(ArchiveError):
    """The operator's role may not make roles."""

    exit_code = 2


def why_not_reader(connection: Any) -> str | None:
    """Why the role of this psycopg connection is not one that can only SELECT; None where it is."""
    name = connection.execute("SELECT current_user").fetchone()[0]
    if connection.execute(f"{_POWERS} WHERE rolname = current_user").fetchone()[0]:
        return f"the role {name} can do more than read; {HINT}"
    member = connection.execute(_MEMBERSHIPS).fetchone()
    if member is not None:
        return f"the role {name} is a member of {member[0]}; {HINT}"
    table = connection.execute(_WRITABLE).fetchone()
    return f"the role {name} may write {table[0]}; {HINT}" if table is not None else None


def make_reader(archive: Archive) -> URL:
    """Make the role, or give it a new password; let it read every table and view, later ones too.

    Returns the address analysts use. Raises:
        NotPermitted: the role of the archive's own address may not make roles.
    """
    password = secrets.token_urlsafe(24)
    with archive.write() as session:
        connection = session.connection()
        if not connection.scalar(text(_MAKES_ROLES)):
            raise NotPermitted(
                f"the role {archive.url.username or 'of this address'} may not make roles: let the server's"
                " operator run this command, or see docs/query.md for the statements"
            )
        raw: Any = connection.connection.dbapi_connection
        # a server may log the statement, so it gets what the password is checked by
        secret = raw.pgconn.encrypt_password(password.encode(), ROLE.encode(), b"scram-sha-256").decode()
        for statement in statements(connection, secret):
            connection.exec_driver_sql(statement)
    return archive.url.set(username=ROLE, password=password)


def statements(connection: Connection, password: str) -> list[str]:
    """What makes the reader; `password`, in clear or encrypted, holds no quote."""
    schema, database = connection.execute(text("SELECT current_schema(), current_database()")).one()
    known = connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": ROLE})
    quoted = {name: '"' + name.replace('"', '""') + '"' for name in (schema, database)}
    made = "ALTER" if known else "CREATE"
    return [
        f"{made} ROLE {ROLE} LOGIN NOINHERIT PASSWORD '{password}'",
        f"ALTER ROLE {ROLE} SET default_transaction_read_only = on",
        f"GRANT CONNECT ON DATABASE {quoted[database]} TO {ROLE}",
        f"GRANT USAGE ON SCHEMA {quoted[schema]} TO {ROLE}",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA {quoted[schema]} TO {ROLE}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {quoted[schema]} GRANT SELECT ON TABLES TO {ROLE}",
    ]
