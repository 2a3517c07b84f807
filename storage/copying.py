"""All tables of one archive into the database of another, and the proof that both say the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, Table, bindparam, func, insert, select, text, update

from storage import index
from storage.archive import Archive
from storage.base import Base

BATCH = 500
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Count:
    """The rows of one table: how many, and a digest that does not depend on their order."""

    rows: int
    digest: str


@contextmanager
def snapshot(archive: Archive) -> Iterator[Connection]:
    """One state of the whole archive, whatever is written meanwhile.

    Raises:
        ArchiveError: the database fails.
    """
    with archive.read() as session:
        connection = session.connection()
        connection.execute(text("SELECT count(*) FROM alembic_version"))
        yield connection


def tables() -> list[Table]:
    """Parents before children."""
    return list(Base.metadata.sorted_tables)


def is_empty(connection: Connection) -> bool:
    """Whether no table holds a row."""
    return all(connection.execute(select(table).limit(1)).first() is None for table in tables())


def count_rows(connection: Connection) -> int:
    return sum(connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables())


def copy_tables(source: Connection, target: Connection, on_progress: Progress | None = None) -> None:
    """Copy every row, make the index, set the counters that give new rows their numbers.

    The caller commits: until then the target holds nothing.
    """
    total, done = count_rows(source), 0
    for table in tables():
        for rows in batches(source, table):
            _insert(target, table, rows)
            done += len(rows)
            if on_progress is not None:
                on_progress(done, total)
        _fill_self_references(source, target, table)
    index.rebuild(target)
    set_counters(source, target)


def batches(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    """All rows of a table, a few hundred at a time."""
    query = select(table)
    if "id" in table.columns:
        query = query.order_by(table.c.id)
    result = connection.execution_options(yield_per=BATCH).execute(query)
    for part in result.mappings().partitions(BATCH):
        yield [dict(row) for row in part]


def _self_references(table: Table) -> list[str]:
    return [c.name for c in table.columns for key in c.foreign_keys if key.column.table is table]


def _insert(target: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Rows may refer to later rows of their own table: those references are filled in afterwards."""
    empty = dict.fromkeys(_self_references(table))
    target.execute(insert(table), [row | empty for row in rows])


def _fill_self_references(source: Connection, target: Connection, table: Table) -> None:
    for name in _self_references(table):
        column = table.c[name]
        query = select(table.c.id.label("row"), column.label("value")).where(column.is_not(None))
        statement = update(table).where(table.c.id == bindparam("row")).values({name: bindparam("value")})
        result = source.execution_options(yield_per=BATCH).execute(query)
        for part in result.mappings().partitions(BATCH):
            target.execute(statement, [dict(row) for row in part])


def set_counters(source: Connection, target: Connection) -> None:
    """No number of the old archive is given twice, not even one whose row is gone."""
    for table in tables():
        key = table.columns.get("id")
        if key is None or not _is_number(key):
            continue
        last = max(_counter(source, table), target.scalar(select(func.max(key))) or 0)
        if last == 0:
            continue
        if target.dialect.name == "postgresql":
            target.execute(
                text(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), :last)"), {"last": last}
            )
        elif table.dialect_options["sqlite"]["autoincrement"]:
            target.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
            target.execute(
                text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"),
                {"name": table.name, "last": last},
            )


def _is_number(key: Any) -> bool:
    return isinstance(key.type, BigInteger)


def _counter(source: Connection, table: Table) -> int:
    """The last number a table gave."""
    if source.dialect.name == "sqlite":
        query = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
        return int(source.scalar(query, {"name": table.name}) or 0)
    query = text(
        "SELECT last_value FROM pg_sequences WHERE schemaname = current_schema()"
        " AND quote_ident(sequencename) = split_part(pg_get_serial_sequence(:name, 'id'), '.', 2)"
    )
    return int(source.scalar(query, {"name": table.name}) or 0)


def digest_tables(connection: Connection) -> dict[str, Count]:
    """Every table's rows counted and digested; equal on both databases for equal contents."""
    return {table.name: _digest(connection, table) for table in tables()}


def _digest(connection: Connection, table: Table) -> Count:
    rows = total = 0
    names = [column.name for column in table.columns]
    for part in batches(connection, table):
        for row in part:
            values = [row[name] for name in names]
            line = json.dumps(values, default=_plain, sort_keys=True, ensure_ascii=False)
            total += int.from_bytes(hashlib.sha256(line.encode("utf-8", "replace")).digest(), "big")
            rows += 1
    return Count(rows, f"{total % (1 << 256):064x}")


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    return str(value)
