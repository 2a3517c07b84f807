"""What all tables share: the declarative base, names of constraints, and the column types."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Integer, MetaData, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

# Named constraints can be altered by a later migration on both databases.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)


_REFUSED = re.compile("[\\0\ud800-\udfff]")
_ESCAPED = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")


def storable(text: str) -> str:
    """The text without what a database refuses: NUL is dropped, a lone surrogate becomes U+FFFD."""
    if text.isascii():
        return text.replace("\0", "") if "\0" in text else text
    return _REFUSED.sub(_replacement, text) if _REFUSED.search(text) else text


def _replacement(match: re.Match[str]) -> str:
    return "" if match.group() == "\0" else "\ufffd"


def storable_json(text: str) -> str:
    """A JSON text whose strings are storable, written as escapes or not."""
    if _ESCAPED.search(text):
        text = json_text(json.loads(text))
    return storable(text)


def json_text(value: Any) -> str:
    """JSON that an analyst can read and search: letters as letters, and nothing a database refuses."""
    text = json.dumps(value, ensure_ascii=False)
    return json.dumps(_cleaned(value), ensure_ascii=False) if _ESCAPED.search(text) else storable(text)


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(str(name)): _cleaned(item) for name, item in value.items()}
    return [_cleaned(item) for item in value] if isinstance(value, list | tuple) else value


class Words(TypeDecorator[str]):
    """Text of any length that came from outside: made storable wherever it is written."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else storable(value)


class Instant(TypeDecorator[datetime]):
    """A moment in UTC: aware in Python; `timestamptz` in PostgreSQL, "YYYY-MM-DD HH:MM:SS.ffffff" in SQLite.

    Raises:
        ValueError: a naive time, whose zone nobody could tell later.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(_SqliteInstant() if dialect.name == "sqlite" else self.impl_instance)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without zone: {value}")
        return _sqlite_text(value) if dialect.name == "sqlite" else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value).replace(tzinfo=UTC)
        return value.astimezone(UTC)  # type: ignore[no-any-return]


class _SqliteInstant(UserDefinedType[str]):
    """Declared DATETIME for whoever looks at the schema; kept as text."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "DATETIME"


@lru_cache(maxsize=4096)
def _sqlite_text(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


Code = Text  # a word of our own making: nothing in it needs care
Document = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
Long = BigInteger().with_variant(Integer, "sqlite")  # SQLite's INTEGER has 64 bits and can be a row id


def col(comment: str, kind: Any = None, *args: Any, **options: Any) -> Any:
    """A column with its comment first, so that the tables read as a dictionary."""
    if kind is None:
        return mapped_column(*args, comment=comment, **options)
    return mapped_column(kind, *args, comment=comment, **options)


def key() -> Any:
    return mapped_column(Long, primary_key=True, comment="Row number.")
