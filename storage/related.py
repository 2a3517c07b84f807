"""Related links: one row per entry a page ever showed, resolved once the article it means is archived."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from storage.keys import folded, short_key, text_key, url_key
from storage.models import Article, ArticleUrl, RelatedLink
from storage.records import Reading
from storage.records import RelatedLink as Entry
from storage.tombstones import entry_mark, redacted
from storage.upsert import chunks

_LINKS: Any = RelatedLink.__table__


def link_rows(reading: Reading, article_id: int) -> list[dict[str, Any]]:
    """Rows of the entries of one reading, one per target (or title, where there is no link). Pure."""
    entries = reading.article.related
    identities = reading.related_identities or (None,) * len(entries)
    rows: dict[int, dict[str, Any]] = {}
    for entry, identity in zip(entries, identities, strict=True):
        target = identity or (url_key(entry.url) if entry.url else None)
        key = short_key(target) if target else text_key(folded(entry.title or entry.teaser or ""))
        rows.setdefault(key, _row(entry, article_id, key, target, reading.fetched_at))
    return list(rows.values())


def _row(entry: Entry, article_id: int, key: int, target: str | None, seen: datetime) -> dict[str, Any]:
    return {
        "article_id": article_id,
        "entry_key": key,
        "position": entry.position,
        "block": entry.block,
        "heading": entry.heading,
        "title": entry.title,
        "title_raw": entry.title_raw if entry.title_raw != entry.title else None,
        "title_truncated": entry.title_truncated,
        "teaser": entry.teaser,
        "teaser_raw": entry.teaser_raw if entry.teaser_raw != entry.teaser else None,
        "teaser_truncated": entry.teaser_truncated,
        "url": entry.url,
        "target_key": short_key(target) if target else None,
        "target_id": None,
        "method": None,
        "first_seen_at": seen,
        "last_seen_at": seen,
        "target": target,
    }


def insert_links(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Add entries that are not there yet, pointing at their targets where those are archived."""
    rows = allowed(connection, rows)
    if not rows:
        return
    targets = find_targets(connection, {row["target"] for row in rows if row["target"]})
    values = []
    for row in rows:
        value = {name: item for name, item in row.items() if name != "target"}
        if row["target"] in targets:
            value["target_id"], value["method"] = targets[row["target"]]
        values.append(value)
    connection.execute(insert(_LINKS), values)


def allowed(connection: Connection, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows but those that tell of a redacted article."""
    marks = {row["entry_key"]: (row["target"], entry_mark(row["entry_key"])) for row in rows}
    gone = redacted(connection, (mark for pair in marks.values() for mark in pair if mark))
    return [row for row in rows if not gone.intersection(marks[row["entry_key"]])] if gone else list(rows)


def find_targets(connection: Connection, identities: set[str]) -> dict[str, tuple[int, str]]:
    """Archived articles by identity, else by an address they were seen under: (id, method)."""
    found: dict[str, tuple[int, str]] = {}
    for part in chunks(sorted(identities)):
        rows = connection.execute(
            select(ArticleUrl.url_key, ArticleUrl.article_id).where(ArticleUrl.url_key.in_(part))
        )
        found.update({row.url_key: (row.article_id, "alias") for row in rows})
        rows = connection.execute(select(Article.identity, Article.id).where(Article.identity.in_(part)))
        found.update({row.identity: (row.id, "identity") for row in rows})
    return found


def merge_links(connection: Connection, rows: Sequence[dict[str, Any]]) -> set[int]:
    """Bring the entries of articles that are already archived up to date.

    Returns the ids of articles whose entries' words changed: their place in the index must be made again.
    """
    rows = allowed(connection, rows)
    known = _known(connection, {row["article_id"] for row in rows})
    new = [row for row in rows if (row["article_id"], row["entry_key"]) not in known]
    insert_links(connection, new)
    touched = {row["article_id"] for row in new}
    marks = []
    for row in rows:
        old = known.get((row["article_id"], row["entry_key"]))
        if old is None:
            continue
        if (old.title, old.teaser) != (row["title"], row["teaser"]):
            touched.add(row["article_id"])
        first, last = min(old.first_seen_at, row["first_seen_at"]), max(old.last_seen_at, row["last_seen_at"])
        keep = {name: row[name] for name in _UPDATED}
        marks.append(
            {f"new_{name}": value for name, value in keep.items()} | {"row": old.id, "a": first, "z": last}
        )
    if marks:
        connection.execute(_UPDATE, marks)
    return touched


_UPDATED = (
    "position",
    "block",
    "heading",
    "title",
    "title_raw",
    "title_truncated",
    "teaser",
    "teaser_raw",
    "teaser_truncated",
    "url",
)
_UPDATE = (
    update(_LINKS)
    .where(_LINKS.c.id == bindparam("row"))
    .values(
        first_seen_at=bindparam("a"),
        last_seen_at=bindparam("z"),
        **{name: bindparam(f"new_{name}") for name in _UPDATED},
    )
)


def _known(connection: Connection, article_ids: set[int]) -> dict[tuple[int, int], Any]:
    columns = (
        _LINKS.c.id,
        _LINKS.c.article_id,
        _LINKS.c.entry_key,
        _LINKS.c.title,
        _LINKS.c.teaser,
        _LINKS.c.first_seen_at,
        _LINKS.c.last_seen_at,
    )
    found = {}
    for part in chunks(sorted(article_ids)):
        for row in connection.execute(select(*columns).where(_LINKS.c.article_id.in_(part))):
            found[row.article_id, row.entry_key] = row
    return found


def resolve_arrivals(connection: Connection, arrivals: Sequence[tuple[int, str, str]]) -> None:
    """Point waiting links at articles that have just come. `arrivals`: (id, identity or key, method)."""
    waiting = {short_key(key): (number, method) for number, key, method in arrivals}
    found: set[int] = set()
    for part in chunks(sorted(waiting)):
        found.update(
            connection.scalars(
                select(_LINKS.c.target_key)
                .where(_LINKS.c.target_key.in_(part), _LINKS.c.target_id.is_(None))
                .distinct()
            )
        )
    marks = [{"key": key, "found": waiting[key][0], "how": waiting[key][1]} for key in sorted(found)]
    if marks:
        connection.execute(_RESOLVE, marks)


_RESOLVE = (
    update(_LINKS)
    .where(_LINKS.c.target_key == bindparam("key"), _LINKS.c.target_id.is_(None))
    .values(target_id=bindparam("found"), method=bindparam("how"))
)
