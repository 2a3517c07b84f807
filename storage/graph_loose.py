"""Related entries without an address: finding the article that a title and a teaser mean.

Candidates share the first words of title or text with the entry; each is then verified on the whole of both.
Nothing is guessed: two articles that fit equally well leave the entry open.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from difflib import SequenceMatcher
from typing import Any, Literal

from sqlalchemy import Connection, Select, and_, delete, or_, select, update

from storage.models import Article, Fingerprint, LooseLink, RelatedLink
from storage.shingle_rows import fold_words, words_key
from storage.upsert import chunks, upsert

Method = Literal["prefix", "title", "similar"]
MAYBE_CUT = 90  # bytes: a title as long as this may be cut without a mark
SIMILAR = 0.6  # share of words in common, in order
_RANK: dict[Method, int] = {"prefix": 3, "title": 2, "similar": 1}
_LINKS: Any = RelatedLink.__table__


def match_entry(
    entry: tuple[str | None, bool, str | None, bool],
    title: str | None,
    lead: str | None,
    body: str | None,
) -> Method | None:
    """How surely an article is the one an entry means; None = it is not. Pure.

    `entry`: title, whether the page cut it, teaser, whether the page cut that.
    prefix: title and teaser are, or begin, those of the article; of an entry without title, at least eight
    words of teaser. title: a whole title of at least four words, where there is no teaser. similar: one of
    the two fits, the other resembles (edited headline, edited opening).
    """
    shown, cut, teaser, teaser_cut = entry
    mine, theirs = fold_words(shown or ""), fold_words(title or "")
    words = fold_words(teaser or "")
    cut = cut or len((shown or "").encode()) >= MAYBE_CUT
    headline = bool(mine) and _begins(theirs, mine, cut=cut)
    texts = [fold_words(part[:2000]) for part in (f"{lead or ''}\n{body or ''}", body or "")]
    opening = bool(words) and any(_begins(text, words, cut=teaser_cut or len(words) > 8) for text in texts)
    if headline and opening:
        return "prefix"
    if headline and not words:
        return "title" if len(mine) >= 4 else None
    if opening and len(words) >= 8 and not mine:
        return "prefix"
    if headline and max(_alike(words, text[: len(words)]) for text in texts) >= SIMILAR:
        return "similar"
    if opening and len(words) >= 8 and _alike(mine, theirs[: len(mine)] if cut else theirs) >= SIMILAR:
        return "similar"
    return None


def _begins(whole: Sequence[str], part: Sequence[str], *, cut: bool) -> bool:
    """Whether `part` is all of `whole` or, where a page cut it, its beginning; the last word may be cut."""
    if not cut:
        return list(part) == list(whole)
    if len(part) > len(whole):
        return False
    last = len(part) - 1
    return list(part[:last]) == list(whole[:last]) and whole[last].startswith(part[last])


def _alike(one: Sequence[str], other: Sequence[str]) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def resolve_for(connection: Connection, article_ids: Collection[int]) -> int:
    """Find the targets of entries these articles show, and the entries that have waited for these articles.

    Returns how many entries were resolved.
    """
    found = 0
    for part in chunks(sorted(article_ids), 500):
        own = _remember(connection, and_(_LINKS.c.article_id.in_(part)))
        pairs = _pairs(connection, LooseLink.link_id.in_(own)) if own else set()
        pairs |= _pairs(connection, Fingerprint.article_id.in_(part))
        found += _settle(connection, pairs)
    return found


def resolve_all(connection: Connection) -> int:
    """Try every open entry without address again. Returns how many were resolved."""
    own = _remember(connection, and_(True))
    return sum(
        _settle(connection, _pairs(connection, LooseLink.link_id.in_(part))) for part in chunks(own, 500)
    )


def _remember(connection: Connection, which: Any) -> list[int]:
    """Note open entries by their keys. Returns them."""
    query = select(
        _LINKS.c.id, _LINKS.c.title, _LINKS.c.title_truncated, _LINKS.c.teaser, _LINKS.c.teaser_truncated
    ).where(which, _LINKS.c.url.is_(None), _LINKS.c.target_id.is_(None))
    rows = []
    for row in connection.execute(query):
        cut = row.title_truncated or len((row.title or "").encode()) >= MAYBE_CUT
        keys = {
            "title_key": words_key(fold_words(row.title or ""), whole=not cut),
            "opening_key": words_key(fold_words(row.teaser or ""), whole=not row.teaser_truncated),
        }
        rows.append({"link_id": row.id, **keys})
    for part in chunks(rows):
        connection.execute(upsert(connection, LooseLink).on_conflict_do_nothing(), part)
    return [row["link_id"] for row in rows]


def _pairs(connection: Connection, which: Any) -> set[tuple[int, int]]:
    """Entries and articles with a key in common: (link id, article id)."""
    found: set[tuple[int, int]] = set()
    for mine, theirs in (
        (LooseLink.title_key, Fingerprint.title_key),
        (LooseLink.opening_key, Fingerprint.opening_key),
    ):
        query = select(LooseLink.link_id, Fingerprint.article_id).join(Fingerprint, mine == theirs)
        found.update((row.link_id, row.article_id) for row in connection.execute(query.where(which)))
    return found


def _settle(connection: Connection, pairs: Collection[tuple[int, int]]) -> int:
    """Verify pairs and point each entry at the one article that fits best."""
    best: dict[int, list[tuple[int, int, Method]]] = {}
    for part in chunks(sorted(pairs), 400):
        wanted = or_(*(and_(_LINKS.c.id == link, Article.id == number) for link, number in part))
        for row in connection.execute(_VERIFIED.where(wanted)):
            entry = (row.link_title, row.title_truncated, row.teaser, row.teaser_truncated)
            method = match_entry(entry, row.title, row.lead, row.body)
            if method is not None:
                best.setdefault(row.link_id, []).append((_RANK[method], row.id, method))
    resolved = []
    for link, fits in best.items():
        fits.sort(reverse=True)
        if len(fits) > 1 and fits[0][0] == fits[1][0]:
            continue
        values = {"target_id": fits[0][1], "method": fits[0][2]}
        connection.execute(update(_LINKS).where(_LINKS.c.id == link).values(values))
        resolved.append(link)
    for done in chunks(resolved):
        connection.execute(delete(LooseLink).where(LooseLink.link_id.in_(done)))
    return len(resolved)


_SHOWN_BY = Article.__table__.alias("shown_by")
_VERIFIED: Select[Any] = (
    select(
        _LINKS.c.id.label("link_id"),
        _LINKS.c.title.label("link_title"),
        _LINKS.c.title_truncated,
        _LINKS.c.teaser,
        _LINKS.c.teaser_truncated,
        Article.id,
        Article.title,
        Article.lead,
        Article.body,
    )
    .select_from(_LINKS)
    .join(_SHOWN_BY, _SHOWN_BY.c.id == _LINKS.c.article_id)
    .join(Article, and_(Article.site_id == _SHOWN_BY.c.site_id, Article.id != _LINKS.c.article_id))
    .where(_LINKS.c.target_id.is_(None))
)
