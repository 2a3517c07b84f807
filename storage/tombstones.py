"""What was redacted stays away: the keys that nothing stored or fetched may bear."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from storage.models import RedactionKey
from storage.upsert import chunks


def redacted(connection: Connection, keys: Iterable[str]) -> set[str]:
    """Which of these identities, url_keys and entry marks were redacted."""
    found: set[str] = set()
    if connection.scalar(select(RedactionKey.key).limit(1)) is None:
        return found
    for part in chunks(sorted(set(keys))):
        found.update(connection.scalars(select(RedactionKey.key).where(RedactionKey.key.in_(part))))
    return found


def entry_mark(entry_key: int) -> str:
    """The tombstone of a related link without address, by its entry_key."""
    return f"e{entry_key}"
