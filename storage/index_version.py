"""Which version of the analyser the full-text index was made with: another one means other terms.

Noted where each database keeps such things (`PRAGMA user_version`, the comment of the table), so that
`article_index` stays one table. An upgrade of the schema makes an outdated index again; whoever changes the
analyser therefore adds a migration, if need be an empty one.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from storage import index
from storage.analyser import VERSION


def index_version(connection: Connection) -> str:
    """The version noted; "0" where none is."""
    if connection.dialect.name == "sqlite":
        return str(connection.execute(text("PRAGMA user_version")).scalar_one())
    comment = connection.execute(text("SELECT obj_description('article_index'::regclass)")).scalar()
    return str(comment or "analyser 0").removeprefix("analyser ")


def renew_index(connection: Connection) -> int:
    """Make the index again if another analyser made it. Returns the number of articles indexed anew."""
    if index_version(connection) == VERSION:
        return 0
    count = index.rebuild(connection)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA user_version={int(VERSION)}")
    else:
        connection.exec_driver_sql(f"COMMENT ON TABLE article_index IS 'analyser {int(VERSION)}'")
    return count
