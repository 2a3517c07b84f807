"""Addresses of databases as operators write them, and as they may be printed."""

from __future__ import annotations

import os

from sqlalchemy import make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError

from storage.errors import BadSetting

ADDRESS = "HEMERO_DATABASE_URL"
_FORM = "postgresql://user@host/name"
# what libpq refuses only when it connects (PostgreSQL's manual, "Parameter Key Words"): then it looks like a
# database that is away
_CHOICES = {
    "sslmode": ("disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
    "channel_binding": ("disable", "prefer", "require"),
    "gssencmode": ("disable", "prefer", "require"),
    "target_session_attrs": ("any", "read-write", "read-only", "primary", "standby", "prefer-standby"),
}


def parse_url(text_url: str, setting: str = ADDRESS) -> URL:
    """The SQLAlchemy URL of what an operator wrote.

    Args:
        setting: where it was written, for the message.

    Raises:
        BadSetting: not the address of a SQLite file or of a PostgreSQL database. The message never shows a
            password.
    """
    try:
        url = make_url(text_url)
        backend = url.get_backend_name()
    except (ArgumentError, ValueError):
        raise BadSetting(f"{setting} is no address: write {_FORM}") from None
    if backend in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
        _check_postgres(url, setting)
        return url
    if backend != "sqlite":
        raise BadSetting(f"{setting}: only SQLite (the default) and {_FORM} can hold an archive")
    if not url.database:
        raise BadSetting(f"{setting} names no file: write sqlite:///archive.db, or leave it out")
    return url.set(drivername="sqlite+pysqlite")


def _check_postgres(url: URL, setting: str) -> None:
    """Find before anything is asked what libpq would refuse.

    Raises:
        BadSetting: no database, a port that is none, a parameter or a value that libpq does not know.
    """
    if not (
        url.database
        or {"dbname", "service"} & set(url.query)
        or {"PGDATABASE", "PGSERVICE"} & set(os.environ)
    ):
        raise BadSetting(f"{setting} names no database: write {_FORM}")
    if url.port is not None and not 0 < url.port < 65536:
        raise BadSetting(f"{setting}: {url.port} is no port, they end with 65535")
    for name, choices in _CHOICES.items():
        said = url.query.get(name)
        if said is not None and said not in choices:
            raise BadSetting(f"{setting}: {name} is one of {', '.join(choices)}")
    try:
        from psycopg import ProgrammingError, conninfo  # takes 0.1 s: only where it is needed
    except ImportError:
        raise BadSetting(
            f"{setting}: PostgreSQL needs psycopg: pip install 'hemerotheque[postgres]'"
        ) from None
    try:
        _, arguments = url.get_dialect()().create_connect_args(url)
        conninfo.timeout_from_conninfo(conninfo.conninfo_to_dict(conninfo.make_conninfo(**arguments)))
    except (ArgumentError, ProgrammingError) as error:
        said = str(error).partition("\n")[0].partition("(")[0]
        raise BadSetting(f"{setting}: {said.strip()}") from None


def shown(url: URL) -> str:
    """An address as it may be printed: without passwords, wherever they stand in it."""
    query = {key: "***" if "password" in key else value for key, value in url.query.items()}
    return url.set(query=query).render_as_string(hide_password=True)
