"""Which articles a query with its filters means, or a frozen corpus: ids, newest first, a few at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.filters import Filters, narrow
from storage.models import Article, Corpus, CorpusArticle
from storage.search import stream_keys
from storage.spellings import understood
from storage.upsert import chunks

_GROUP = 500


@dataclass(frozen=True, slots=True)
class Selection:
    """A query and its filters; or the name of a corpus, of which the filters are not asked."""

    query: str = ""
    filters: Filters = field(default_factory=Filters)
    corpus: str | None = None


def stream_ids(session: Session, selection: Selection) -> Iterator[int]:
    """Ids of the articles meant, newest first. Of a corpus, those that are still in the archive."""
    if selection.corpus is not None:
        yield from _corpus_ids(session, selection.corpus)
        return
    parsed = understood(session, selection.query)
    narrowed = narrow(session, selection.filters)
    if narrowed.impossible or (selection.query.strip() and not parsed.clauses):
        return
    for part in chunks(stream_keys(session, parsed, narrowed), _GROUP):
        rows = session.execute(select(Article.order_key, Article.id).where(Article.order_key.in_(part)))
        found = {row.order_key: row.id for row in rows}
        yield from (found[key] for key in part if key in found)


def _corpus_ids(session: Session, name: str) -> Iterator[int]:
    query = (
        select(Article.id)
        .join(CorpusArticle, CorpusArticle.identity == Article.identity)
        .join(Corpus, Corpus.id == CorpusArticle.corpus_id)
        .where(Corpus.name == name)
        .order_by(Article.order_key.desc())
    )
    yield from session.scalars(query.execution_options(yield_per=_GROUP))


def article_ids(session: Session, query: str = "", filters: Filters | None = None) -> list[int]:
    """Ids of all articles that a search with these filters finds, newest first."""
    return list(stream_ids(session, Selection(query, filters or Filters())))
