"""Stories: clusters of copies, kept as rows and brought up to date pair by pair (a union-find on disk)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from storage.models import Copy, Story, StoryArticle
from storage.upsert import chunks, upsert

_MEMBERS: Any = StoryArticle.__table__
_STORIES: Any = Story.__table__


class _Union:
    """Disjoint sets of anything hashable."""

    def __init__(self) -> None:
        self._parent: dict[Any, Any] = {}

    def find(self, item: Any) -> Any:
        root = item
        while (parent := self._parent.setdefault(root, root)) != root:
            root = parent
        while self._parent[item] != root:
            self._parent[item], item = root, self._parent[item]
        return root

    def join(self, one: Any, other: Any) -> None:
        self._parent[self.find(other)] = self.find(one)

    def groups(self) -> list[list[Any]]:
        found: dict[Any, list[Any]] = {}
        for item in self._parent:
            found.setdefault(self.find(item), []).append(item)
        return list(found.values())


def components(pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Connected groups of numbers, each ascending, the largest first. Pure."""
    union = _Union()
    for one, other in pairs:
        union.join(one, other)
    return sorted((sorted(group) for group in union.groups()), key=lambda group: (-len(group), group[0]))


def members(connection: Connection, ids: Collection[int]) -> dict[int, int]:
    """Story by article, of those that have one."""
    found: dict[int, int] = {}
    for part in chunks(sorted(set(ids))):
        query = select(_MEMBERS.c.article_id, _MEMBERS.c.story_id).where(_MEMBERS.c.article_id.in_(part))
        found.update({row.article_id: row.story_id for row in connection.execute(query)})
    return found


def stories_of(connection: Connection, ids: Collection[int]) -> set[int]:
    return set(members(connection, ids).values())


def join(connection: Connection, pairs: Sequence[tuple[int, int]], now: datetime) -> dict[int, int]:
    """Bring both articles of each pair into one story: a new one, theirs, or the larger of two that merge.

    Returns the stories that were merged away, and into which.
    """
    gone: dict[int, int] = {}
    if not pairs:
        return gone
    story = members(connection, {number for pair in pairs for number in pair})
    union = _Union()
    for one, other in pairs:
        union.join(_node(one, story), _node(other, story))
    for group in union.groups():
        old = sorted(number for kind, number in group if kind == "story")
        loose = [number for kind, number in group if kind == "article"]
        if not loose and len(old) < 2:
            continue
        target = _largest(connection, old) if old else _new(connection, now)
        merged = [number for number in old if number != target]
        gone.update(dict.fromkeys(merged, target))
        for part in chunks(merged):
            connection.execute(update(_MEMBERS).where(_MEMBERS.c.story_id.in_(part)).values(story_id=target))
            connection.execute(delete(_STORIES).where(_STORIES.c.id.in_(part)))
        _put(connection, target, loose)
        _count(connection, target, now)
    return gone


def _node(article: int, story: dict[int, int]) -> tuple[str, int]:
    return ("story", story[article]) if article in story else ("article", article)


def _largest(connection: Connection, ids: Sequence[int]) -> int:
    query = (
        select(_STORIES.c.id)
        .where(_STORIES.c.id.in_(ids))
        .order_by(_STORIES.c.articles.desc(), _STORIES.c.id)
    )
    return int(connection.scalars(query.limit(1)).one())


def _new(connection: Connection, now: datetime) -> int:
    made = insert(_STORIES).values(articles=0, updated_at=now).returning(_STORIES.c.id)
    return int(connection.execute(made).scalar_one())


def _put(connection: Connection, story_id: int, articles: Collection[int]) -> None:
    if articles:
        statement = upsert(connection, StoryArticle)
        statement = statement.on_conflict_do_update(
            index_elements=["article_id"], set_={"story_id": statement.excluded.story_id}
        )
        rows = [{"article_id": number, "story_id": story_id} for number in articles]
        connection.execute(statement, rows)


def _count(connection: Connection, story_id: int, now: datetime) -> None:
    number = select(func.count()).where(_MEMBERS.c.story_id == story_id).scalar_subquery()
    values = {"articles": number, "updated_at": now}
    connection.execute(update(_STORIES).where(_STORIES.c.id == story_id).values(values))


def settle(connection: Connection, story_ids: Collection[int], now: datetime | None) -> None:
    """Make stories again from their pairs, some of which are gone: they may fall apart or vanish.

    The largest part keeps the story's number. Without `now`, the time of the last change stays.
    """
    for story_id in sorted(story_ids):
        query = select(_STORIES.c.updated_at, _STORIES.c.articles).where(_STORIES.c.id == story_id)
        story = connection.execute(query).first()
        if story is None:
            continue  # it has become a part of another one
        inside = select(_MEMBERS.c.article_id).where(_MEMBERS.c.story_id == story_id)
        pairs = connection.execute(
            select(Copy.article_id, Copy.other_id).where(
                Copy.in_story, Copy.article_id.in_(inside), Copy.other_id.in_(inside)
            )
        )
        parts = components([(row.article_id, row.other_id) for row in pairs])
        connection.execute(delete(_MEMBERS).where(_MEMBERS.c.story_id == story_id))
        for number, part in enumerate(parts):
            target = story_id if number == 0 else _new(connection, now or story.updated_at)
            _put(connection, target, part)
            if number or len(part) != story.articles:
                _count(connection, target, now or story.updated_at)
        if not parts:
            connection.execute(delete(_STORIES).where(_STORIES.c.id == story_id))


def leave(connection: Connection, ids: Collection[int]) -> None:
    """Take articles out of their stories; `settle` says what is left of those."""
    for part in chunks(sorted(ids)):
        connection.execute(delete(_MEMBERS).where(_MEMBERS.c.article_id.in_(part)))
