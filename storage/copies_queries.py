"""What is known of copies and stories: pairs with direction, the sentences added, the cluster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session, aliased

from storage.copies_measure import Kind
from storage.diffs import sentences
from storage.models import Article, Copy, Site, Story, StoryArticle
from storage.queries import Rows
from storage.shingle_rows import fold_words

MINE_FROM = 0.5  # share of a sentence's words in runs that the other text has, from which it is not added


@dataclass(frozen=True, slots=True)
class Pair:
    """Two articles with text in common, seen from `article_id`.

    `share` of its words stand in the other one, `other_share` of the other's in it. `first_published` and
    `first_seen` are article ids; None where the dates leave it open.
    """

    article_id: int
    other_id: int
    other_site: str
    other_url: str
    other_title: str | None
    kind: Kind
    share: float
    other_share: float
    common_words: int
    longest_run: int
    in_story: bool
    first_published: int | None
    first_seen: int | None


def pairs_of(session: Session, article_id: int) -> list[Pair]:
    """Pairs of one article, the closest first."""
    rows = session.execute(
        _pairs().where(or_(Copy.article_id == article_id, Copy.other_id == article_id))
    ).all()
    found = [_pair(row, article_id) for row in rows]
    return sorted(found, key=lambda pair: (-pair.share - pair.other_share, pair.other_id))


def newest_pairs(
    session: Session,
    *,
    site: str | None = None,
    kinds: Sequence[str] = (),
    across: bool = True,
    since: datetime | None = None,
    limit: int = 50,
) -> list[Pair]:
    """Pairs found last, each seen from the article that came later (seen time).

    `across`: of two sites only; `site`: one of the two stands there; `since`: when it was found.
    """
    query = _pairs().order_by(Copy.id.desc()).limit(limit)
    if site is not None:
        query = query.where(or_(_MINE_SITE.name == site, _THEIR_SITE.name == site))
    if kinds:
        query = query.where(Copy.kind.in_(kinds))
    if across:
        query = query.where(_MINE.site_id != _THEIRS.site_id)
    if since is not None:
        query = query.where(Copy.found_at >= since)
    return [_pair(row, _later(row)) for row in session.execute(query)]


_MINE, _THEIRS = aliased(Article), aliased(Article)
_MINE_SITE, _THEIR_SITE = aliased(Site), aliased(Site)


def _pairs() -> Rows:
    query: Rows = (
        select(
            Copy,
            _MINE.url.label("mine_url"),
            _MINE.title.label("mine_title"),
            _MINE.first_seen_at.label("mine_seen"),
            _MINE_SITE.name.label("mine_site"),
            _THEIRS.url.label("their_url"),
            _THEIRS.title.label("their_title"),
            _THEIRS.first_seen_at.label("their_seen"),
            _THEIR_SITE.name.label("their_site"),
        )
        .join(_MINE, _MINE.id == Copy.article_id)
        .join(_THEIRS, _THEIRS.id == Copy.other_id)
        .join(_MINE_SITE, _MINE_SITE.id == _MINE.site_id)
        .join(_THEIR_SITE, _THEIR_SITE.id == _THEIRS.site_id)
    )
    return query


def _later(row: Any) -> int:
    first = _first_seen(row)
    return int(row.Copy.other_id if first in (None, row.Copy.article_id) else row.Copy.article_id)


def _first_seen(row: Any) -> int | None:
    if row.mine_seen == row.their_seen:
        return None
    return int(row.Copy.article_id if row.mine_seen < row.their_seen else row.Copy.other_id)


def _pair(row: Any, article_id: int) -> Pair:
    copy = row.Copy
    mine = copy.article_id == article_id
    return Pair(
        article_id=article_id,
        other_id=copy.other_id if mine else copy.article_id,
        other_site=row.their_site if mine else row.mine_site,
        other_url=row.their_url if mine else row.mine_url,
        other_title=row.their_title if mine else row.mine_title,
        kind=copy.kind,
        share=copy.share if mine else copy.other_share,
        other_share=copy.other_share if mine else copy.share,
        common_words=copy.common_words,
        longest_run=copy.longest_run,
        in_story=copy.in_story,
        first_published=copy.first_published_id,
        first_seen=_first_seen(row),
    )


def added_sentences(session: Session, article_id: int, other_id: int) -> tuple[list[str], list[str]]:
    """Sentences of the first article that the second one does not have, and the reverse."""
    columns = select(Article.id, Article.lead, Article.body).where(Article.id.in_((article_id, other_id)))
    texts = {
        row.id: "\n".join(part for part in (row.lead, row.body) if part) for row in session.execute(columns)
    }
    mine, theirs = texts.get(article_id, ""), texts.get(other_id, "")
    return only_in(mine, theirs), only_in(theirs, mine)


def only_in(text: str, other: str) -> list[str]:
    """Sentences of `text` of which at most half the words stand in `other` in runs of three. Pure."""
    words = fold_words(other)
    known = set(zip(words, words[1:], words[2:], strict=False))
    added = []
    for sentence in sentences(text):
        mine = fold_words(sentence)
        held = [False] * len(mine)
        for place, gram in enumerate(zip(mine, mine[1:], mine[2:], strict=False)):
            if gram in known:
                held[place : place + 3] = [True] * 3
        if not mine or sum(held) <= MINE_FROM * len(mine):
            added.append(sentence)
    return added


def stories(*, site: str | None = None, across: bool = True) -> Rows:
    """Stories, the last touched first.

    Columns: story, articles, sites, first_seen_at, first_published_date, updated_at.
    """
    query: Rows = (
        select(
            Story.id.label("story"),
            Story.articles,
            func.count(Article.site_id.distinct()).label("sites"),
            func.min(Article.first_seen_at).label("first_seen_at"),
            func.min(Article.published_date).label("first_published_date"),
            Story.updated_at,
        )
        .join(StoryArticle, StoryArticle.story_id == Story.id)
        .join(Article, Article.id == StoryArticle.article_id)
        .join(Site, Site.id == Article.site_id)
        .group_by(Story.id, Story.articles, Story.updated_at)
        .order_by(Story.updated_at.desc(), Story.id.desc())
    )
    if site is not None:
        query = query.having(func.sum(case((Site.name == site, 1), else_=0)) > 0)
    return query.having(func.count(Article.site_id.distinct()) > 1) if across else query


def story_members(story_id: int) -> Rows:
    """Articles of a story, the first published first, undated last.

    Columns: id, site, url, title, published_date, published_precision, published_utc, first_seen_at, gone_at,
    words.
    """
    query: Rows = (
        select(
            Article.id,
            Site.name.label("site"),
            Article.url,
            Article.title,
            Article.published_date,
            Article.published_precision,
            Article.published_utc,
            Article.first_seen_at,
            Article.gone_at,
            Article.words,
        )
        .join(StoryArticle, StoryArticle.article_id == Article.id)
        .join(Site, Site.id == Article.site_id)
        .where(StoryArticle.story_id == story_id)
    )
    undated = Article.published_date.is_(None)
    return query.order_by(undated, Article.order_key, Article.first_seen_at, Article.id)


def story_of(session: Session, article_id: int) -> int | None:
    """The story an article belongs to."""
    return session.scalar(select(StoryArticle.story_id).where(StoryArticle.article_id == article_id))
