"""The graph of related links: what an entry means, who points at an article, what hangs together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from storage import stories
from storage.models import Article, Candidate, RelatedLink, Site
from storage.queries import Rows
from storage.shingle_rows import fold_words
from storage.upsert import chunks

State = Literal["resolved", "dead", "pending", "external", "open"]


@dataclass(frozen=True, slots=True)
class Link:
    """One entry that a page shows or showed.

    `state`: resolved (its article is archived), dead (archived or not, the site no longer serves it), pending
    (an address of the same site that is not archived), external (of another site), open (no address, and no
    article found for its title). `full_title` and `full_teaser` complete what the page cut, from the target.
    """

    position: int
    block: str
    heading: str | None
    title: str | None
    title_truncated: bool
    full_title: str | None
    teaser: str | None
    teaser_raw: str | None
    teaser_truncated: bool
    full_teaser: str | None
    url: str | None
    state: State
    target_id: int | None
    method: str | None
    first_seen_at: datetime
    last_seen_at: datetime


def links(session: Session, article_id: int) -> list[Link]:
    """The entries an article's page has ever shown, the latest ones first, then by position."""
    target = Article.__table__.alias("target")
    query = (
        select(
            RelatedLink,
            Site.url.label("site_url"),
            target.c.title.label("target_title"),
            target.c.lead.label("target_lead"),
            target.c.body.label("target_body"),
            target.c.gone_at.label("target_gone"),
        )
        .join(Article, Article.id == RelatedLink.article_id)
        .join(Site, Site.id == Article.site_id)
        .outerjoin(target, target.c.id == RelatedLink.target_id)
        .where(RelatedLink.article_id == article_id)
        .order_by(RelatedLink.last_seen_at.desc(), RelatedLink.position, RelatedLink.id)
    )
    rows = session.execute(query).all()
    waiting = {row.RelatedLink.target_key for row in rows if row.RelatedLink.target_id is None}
    states = candidate_states(session, waiting)
    return [_link(row, states.get(row.RelatedLink.target_key)) for row in rows]


def _link(row: Any, candidate: str | None) -> Link:
    entry = row.RelatedLink
    return Link(
        position=entry.position,
        block=entry.block,
        heading=entry.heading,
        title=entry.title,
        title_truncated=entry.title_truncated,
        full_title=row.target_title if entry.title_truncated else None,
        teaser=entry.teaser,
        teaser_raw=entry.teaser_raw or entry.teaser,
        teaser_truncated=entry.teaser_truncated,
        full_teaser=completed(entry.teaser, row.target_lead, row.target_body)
        if entry.teaser_truncated
        else None,
        url=entry.url,
        state=_state(entry, row, candidate),
        target_id=entry.target_id,
        method=entry.method,
        first_seen_at=entry.first_seen_at,
        last_seen_at=entry.last_seen_at,
    )


def _state(entry: Any, row: Any, candidate: str | None) -> State:
    if entry.target_id is not None:
        return "dead" if row.target_gone is not None else "resolved"
    if entry.url is None:
        return "open"
    if candidate == "gone":
        return "dead"
    if candidate is None and not _same_house(entry.url, row.site_url):
        return "external"
    return "pending"


def _same_house(url: str, site_url: str | None) -> bool:
    """Whether an address stands on the site's host or beneath it."""
    host, home = ((urlsplit(u or "").hostname or "").removeprefix("www.") for u in (url, site_url))
    return bool(home) and (host == home or host.endswith(f".{home}"))


def candidate_states(session: Session, keys: Iterable[int | None]) -> dict[int, str]:
    """State in the frontier by target_key, of the addresses that stand there."""
    found: dict[int, str] = {}
    for part in chunks(sorted(key for key in set(keys) if key is not None), 100):
        heads = {f"{key & 0xFFFFFFFFFFFFFFFF:016x}": key for key in part}
        inside = (Candidate.identity.between(head + "0" * 48, head + "f" * 48) for head in heads)
        rows = session.execute(select(Candidate.identity, Candidate.state).where(or_(*inside)))
        found.update({heads[row.identity[:16]]: row.state for row in rows})
    return found


def completed(teaser: str | None, lead: str | None, body: str | None) -> str | None:
    """What a cut teaser says in full: the paragraphs of the target in which it stands. Pure.

    None where the target's text does not begin with the teaser, or no longer does.
    """
    words = fold_words(teaser or "")
    if len(words) < 2:
        return None
    for text in (f"{lead}\n{body or ''}" if lead else "", body or "", lead or ""):
        paragraphs: list[str] = []
        have: list[str] = []
        for paragraph in text.split("\n"):
            if len(have) >= len(words):
                break
            paragraphs.append(paragraph)
            have += fold_words(paragraph)
        last = len(words) - 1
        if have[:last] == words[:last] and len(have) > last and have[last].startswith(words[last]):
            return "\n".join(paragraphs)
    return None


def in_degree(site: str | None = None) -> Rows:
    """Articles by how many others show them as related, most first: id, site, url, title, shown_by."""
    shown_by = func.count(RelatedLink.article_id.distinct())
    query: Rows = (
        select(Article.id, Site.name.label("site"), Article.url, Article.title, shown_by.label("shown_by"))
        .join(RelatedLink, RelatedLink.target_id == Article.id)
        .join(Site, Site.id == Article.site_id)
        .group_by(Article.id, Site.name, Article.url, Article.title)
        .order_by(shown_by.desc(), Article.id)
    )
    return query if site is None else query.where(Site.name == site)


def edges(site: str | None = None) -> Rows:
    """Resolved links, one row an entry: article_id, target_id."""
    query: Rows = select(RelatedLink.article_id, RelatedLink.target_id).where(
        RelatedLink.target_id.is_not(None)
    )
    if site is None:
        return query
    return query.where(RelatedLink.article_id.in_(_articles_of(site)))


def _articles_of(site: str) -> Select[Any]:
    return select(Article.id).join(Site, Site.id == Article.site_id).where(Site.name == site)


def components(session: Session, site: str | None = None) -> list[list[int]]:
    """Groups of articles that related links connect, whatever their direction; the largest first."""
    pairs = ((row.article_id, row.target_id) for row in session.execute(edges(site)))
    return stories.components(pairs)


def neighbours(session: Session, article_id: int, depth: int = 1) -> dict[int, int]:
    """Articles within `depth` links of one, in either direction: id -> distance. Without itself."""
    distance = {article_id: 0}
    border = [article_id]
    for step in range(1, depth + 1):
        reached = _beside(session, border) - distance.keys()
        distance.update(dict.fromkeys(reached, step))
        border = sorted(reached)
    del distance[article_id]
    return distance


def _beside(session: Session, ids: Sequence[int]) -> set[int]:
    found: set[int] = set()
    for part in chunks(ids):
        out = select(RelatedLink.target_id).where(RelatedLink.article_id.in_(part))
        back = select(RelatedLink.article_id).where(RelatedLink.target_id.in_(part))
        found.update(session.scalars(out.where(RelatedLink.target_id.is_not(None))))
        found.update(session.scalars(back))
    return found


@dataclass(frozen=True, slots=True)
class GraphState:
    """Related entries in numbers."""

    entries: int
    resolved: dict[str, int]  # by method
    without_target: int  # with an address
    open: int  # without address and without article


def graph_state(session: Session, site: str | None = None) -> GraphState:
    """How many entries there are, on pages of one site or of all, and how they were resolved."""
    query = (
        select(RelatedLink.method, RelatedLink.url.is_(None).label("bare"), func.count().label("number"))
        .where(or_(RelatedLink.target_id.is_not(None), RelatedLink.method.is_(None)))
        .group_by(RelatedLink.method, RelatedLink.url.is_(None))
    )
    if site is not None:
        query = query.where(RelatedLink.article_id.in_(_articles_of(site)))
    rows = session.execute(query).all()
    resolved: dict[str, int] = {}
    for row in rows:
        if row.method is not None:
            resolved[row.method] = resolved.get(row.method, 0) + row.number
    return GraphState(
        entries=sum(row.number for row in rows),
        resolved=resolved,
        without_target=sum(row.number for row in rows if row.method is None and not row.bare),
        open=sum(row.number for row in rows if row.method is None and row.bare),
    )
