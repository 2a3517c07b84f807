"""What changed: edits, stealth edits, headlines, articles gone and come back; one article's history.

An edit is a revision after the first. Where the revision before was read by other rules, differences may be
ours: such a change is listed only on request.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.diffs import Piece, word_diff
from storage.models import Article, Disappearance, Revision, Site
from storage.queries import Rows

Kind = Literal["edit", "stealth", "gone", "back"]
KINDS: tuple[Kind, ...] = ("edit", "stealth", "gone", "back")
FIELDS = ("title", "lead", "body", "authors", "section", "tags", "published", "attributions")


@dataclass(frozen=True, slots=True)
class Change:
    """One event. `at`: the fetch that showed it, UTC. `fields`: what an edit touched."""

    key: str  # the same in every process: what a feed knows it by
    kind: Kind
    at: datetime
    article_id: int
    site: str
    url: str
    title: str | None
    revision: int | None = None
    fields: tuple[str, ...] = ()
    title_before: str | None = None  # where the headline changed

    @property
    def is_headline(self) -> bool:
        return "title" in self.fields


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of one edit, before and after, and word by word."""

    field: str
    before: str
    after: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class State:
    """One revision of an article: when it was fetched, and what differs from the one before."""

    number: int
    fetched_at: datetime
    stealth: bool
    rules_changed: bool  # the one before was read by other rules
    capture_id: int | None
    changes: tuple[FieldChange, ...]


def changes(
    session: Session,
    *,
    site: str | None = None,
    article_id: int | None = None,
    since: datetime | None = None,
    kinds: tuple[Kind, ...] = KINDS,
    fields: tuple[str, ...] = (),
    ours: bool = False,
    limit: int = 50,
) -> list[Change]:
    """Events, newest first.

    Args:
        since: fetched at this moment (aware) or later.
        fields: edits that touch one of these; () = any.
        ours: also edits between readings by different rules.
    """
    found: list[Change] = []
    if {"edit", "stealth"} & set(kinds):
        query = _narrow(_edits(ours=ours), Revision.fetched_at, site, article_id, since)
        for row in session.execute(query.execution_options(yield_per=200)):
            change = _edit(session, row)
            if change.kind in kinds and (not fields or set(fields) & set(change.fields)):
                found.append(change)
                if len(found) >= limit:
                    break
    if {"gone", "back"} & set(kinds) and not fields:
        found += _absences(session, kinds, site, article_id, since, limit)
    return sorted(found, key=lambda change: (change.at, change.key), reverse=True)[:limit]


def _edits(*, ours: bool) -> Rows:
    query: Rows = (
        select(Revision, Article.url, Article.title, Site.name.label("site"))
        .join(Article, Article.id == Revision.article_id)
        .join(Site, Site.id == Article.site_id)
        .where(Revision.number > 1)
        .order_by(Revision.fetched_at.desc(), Revision.id.desc())
    )
    return query if ours else query.where(~Revision.extractor_changed)


def _narrow(
    query: Rows, moment: Any, site: str | None, article_id: int | None, since: datetime | None
) -> Rows:
    if site is not None:
        query = query.where(Site.name == site)
    if article_id is not None:
        query = query.where(Article.id == article_id)
    return query if since is None else query.where(moment >= since)


def _edit(session: Session, row: Any) -> Change:
    revision = row.Revision
    touched = tuple(revision.changed or ())
    before = None
    if "title" in touched:
        old = session.scalar(
            select(Revision.content).where(
                Revision.article_id == revision.article_id, Revision.number == revision.number - 1
            )
        )
        before = json.loads(old or "{}").get("title")
    return Change(
        key=f"revision-{revision.id}",
        kind="stealth" if revision.stealth else "edit",
        at=revision.fetched_at,
        article_id=revision.article_id,
        site=row.site,
        url=row.url,
        title=json.loads(revision.content).get("title") or row.title,
        revision=revision.number,
        fields=touched,
        title_before=before,
    )


def _absences(
    session: Session,
    kinds: tuple[Kind, ...],
    site: str | None,
    article_id: int | None,
    since: datetime | None,
    limit: int,
) -> Iterator[Change]:
    columns = {"gone": Disappearance.gone_at, "back": Disappearance.back_at}
    for kind, moment in columns.items():
        if kind not in kinds:
            continue
        query: Rows = (
            select(Disappearance.id, moment.label("at"), Article, Site.name.label("site"))
            .join(Article, Article.id == Disappearance.article_id)
            .join(Site, Site.id == Article.site_id)
            .where(moment.is_not(None))
            .order_by(moment.desc(), Disappearance.id.desc())
            .limit(limit)
        )
        for row in session.execute(_narrow(query, moment, site, article_id, since)):
            article = row.Article
            yield Change(f"{kind}-{row.id}", kind, row.at, article.id, row.site, article.url, article.title)


def history(session: Session, article_id: int) -> list[State]:
    """All revisions of an article, oldest first, each with what differs from the one before."""
    states: list[State] = []
    before: dict[str, str] = {}
    rows = session.scalars(
        select(Revision).where(Revision.article_id == article_id).order_by(Revision.number)
    )
    for row in rows:
        content: dict[str, str] = json.loads(row.content or "{}")
        differ = [name for name in _names(before, content) if before.get(name) != content.get(name)]
        touched = tuple(_field(name, before, content) for name in differ) if states else ()
        states.append(
            State(row.number, row.fetched_at, row.stealth, row.extractor_changed, row.capture_id, touched)
        )
        before = content
    return states


def _names(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Fields in reading order, those of a newer version last."""
    names = before.keys() | after.keys()
    return [name for name in FIELDS if name in names] + sorted(names - set(FIELDS))


def _field(name: str, before: dict[str, str], after: dict[str, str]) -> FieldChange:
    old, new = before.get(name) or "", after.get(name) or ""
    return FieldChange(name, old, new, word_diff(old, new))


def absences(session: Session, article_id: int) -> list[tuple[datetime, datetime | None]]:
    """When a site stopped serving an article, and when it served it again (None: not yet), oldest first."""
    query = select(Disappearance.gone_at, Disappearance.back_at).order_by(Disappearance.id)
    rows = session.execute(query.where(Disappearance.article_id == article_id))
    return [(row.gone_at, row.back_at) for row in rows]
