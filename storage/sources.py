"""Sources: the outlet table a caller hands over, and finding the source a page's credit means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from storage.keys import folded
from storage.models import Source, SourceAlias
from storage.source_ties import tie_unknown
from storage.upsert import chunks, upsert


class Entry(Protocol):
    """One source of the packaged table (pipelines.outlets.SourceEntry), as far as it is stored."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def countries(self) -> Sequence[str]: ...
    @property
    def domains(self) -> Sequence[str]: ...
    @property
    def aliases(self) -> Sequence[str]: ...
    @property
    def home_only(self) -> Sequence[str]: ...


def load_sources(session: Session, entries: Iterable[Entry]) -> int:
    """Bring the sources of the packaged table up to date; an analyst's own sources and aliases win.

    Returns how many sources there are now. Credits stored before their source was known are resolved.
    """
    entries = list(entries)
    connection = session.connection()
    before = _state(connection)
    for entry in entries:
        values = _values(entry)
        if before.get(entry.name) != tuple(values[key] for key in ("name", "kind", "country", "domains")):
            statement = upsert(connection, Source).values(key=entry.name, origin="table", **values)
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["key"], set_=values, where=Source.origin == "table"
                )
            )
    numbers = {row.key: row.id for row in connection.execute(select(Source.key, Source.id))}
    added = _add_aliases(connection, entries, numbers)
    if added:
        tie_unknown(connection)
    return len(numbers)


def _state(connection: Connection) -> dict[str, tuple[Any, ...]]:
    rows = connection.execute(select(Source.key, Source.name, Source.kind, Source.country, Source.domains))
    return {row.key: (row.name, row.kind, row.country, row.domains) for row in rows}


def _values(entry: Entry) -> dict[str, Any]:
    return {
        "name": entry.title or entry.name,
        "kind": entry.kind,
        "country": entry.countries[0] if entry.countries else None,
        "domains": list(entry.domains) or None,
    }


def _add_aliases(connection: Connection, entries: Sequence[Entry], numbers: dict[str, int]) -> int:
    """A name means the first source that bears it, but in its own countries always that country's source."""
    known = {
        (row.folded, row.country)
        for row in connection.execute(select(SourceAlias.folded, SourceAlias.country))
    }
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for entry in entries:
        everywhere = [entry.name, *([entry.title] if entry.title else []), *entry.aliases, *entry.domains]
        pairs = [(alias, country) for alias in everywhere for country in ("", *entry.countries)]
        pairs += [(alias, country) for alias in entry.home_only for country in entry.countries]
        for alias, country in pairs:
            key = (folded(alias), country)
            if key[0] and key not in known:
                row = {"source_id": numbers[entry.name], "alias": alias, "folded": key[0], "country": country}
                rows.setdefault(key, {**row, "origin": "table"})
    for part in chunks(rows.values()):
        connection.execute(upsert(connection, SourceAlias).on_conflict_do_nothing(), part)
    return len(rows)


def resolve(connection: Connection, names: Iterable[str], country: str | None) -> dict[str, int]:
    """Source ids by folded name, for credits on a site of this country."""
    wanted = sorted(set(names))
    found: dict[str, int] = {}
    for part in chunks(wanted):
        rows = connection.execute(
            select(SourceAlias.folded, SourceAlias.country, SourceAlias.source_id)
            .where(SourceAlias.folded.in_(part), SourceAlias.country.in_(("", country or "")))
            .order_by(SourceAlias.country)
        )
        found.update({row.folded: row.source_id for row in rows})  # the country's own comes last and wins
    return found
