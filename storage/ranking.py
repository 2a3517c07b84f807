"""Order by relevance, computed from the stored text, so that both databases give the same order."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.analyser import terms
from storage.models import Article
from storage.query_language import Query, Term

TERMS_RANKED = 8
POOL = 150  # articles whose text is looked at; those behind keep their order
TITLE, LEAD = 6.0, 2.0
SATURATION = 1.5  # as BM25's k1: the tenth mention says less than the second
LENGTH = 300  # terms of an ordinary article


def best(session: Session, query: Query, order: Sequence[int], offset: int, limit: int) -> list[int]:
    """`offset` to `offset + limit` of these order keys, the first POOL of them by their score."""
    pool, rest = list(order[:POOL]), list(order[POOL:])
    if offset < POOL:
        rows = session.execute(
            select(Article.order_key, Article.title, Article.lead, Article.body).where(
                Article.order_key.in_(pool)
            )
        )
        scores = {row.order_key: score(query, row.title, row.lead, row.body) for row in rows}
        pool.sort(key=lambda key: (-scores.get(key, 0.0), -key))
    return (pool + rest)[offset : offset + limit]


def score(query: Query, title: str | None, lead: str | None, body: str | None) -> float:
    """How well an article matches: mentions, saturating and relative to length; title and lead count more."""
    in_title, in_lead, in_body = terms(title), terms(lead), terms(body)
    length = 0.4 + 0.6 * (len(in_lead) + len(in_body)) / LENGTH
    total = 0.0
    for term in query.positive[:TERMS_RANKED]:
        mentions = LEAD * count(term, in_lead) + count(term, in_body)
        total += mentions * (SATURATION + 1) / (mentions + SATURATION * length)
        total += TITLE * min(1, count(term, in_title))
    return round(total, 6)


def count(term: Term, found: Sequence[str]) -> int:
    """How often a term (word, phrase or prefix) occurs in a list of index terms."""
    size = len(term.words)
    head, last = term.words[:-1], term.words[-1]
    hits = 0
    for position, word in enumerate(found):
        ends = word == last or (term.stump is not None and word.startswith(term.stump))
        if ends and (size == 1 or tuple(found[position - size + 1 : position]) == head):
            hits += 1
    return hits
