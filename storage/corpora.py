"""Frozen corpora: a named set of articles as they were, which can be looked for again and says what moved.

A corpus is known by its digest: equal digests are the same articles saying the same. It stands in
ledger.jsonl with the identities of its articles, so it outlives a rebuild.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from storage import corrections
from storage.filters import Filters
from storage.ledger import Entry
from storage.models import Article, Corpus, CorpusArticle, Site
from storage.named_queries import as_json, matches
from storage.upsert import chunks, upsert


class CorpusError(ValueError):
    """A name that is taken, or a corpus that is not there."""


@dataclass(frozen=True, slots=True)
class Member:
    """An article of a corpus, as far as it is still known."""

    identity: str
    article_id: int | None = None  # None: no longer in the archive (redacted)
    site: str | None = None
    url: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Drift:
    """What happened to a corpus since it was frozen. `same` articles still match and say what they said."""

    same: int
    came: tuple[Member, ...]  # match now
    went: tuple[Member, ...]  # are in the archive and no longer match
    changed: tuple[Member, ...]  # match, with another content
    gone: tuple[Member, ...]  # their site no longer serves them; they are counted above as well
    missing: tuple[Member, ...]  # no longer in the archive

    @property
    def any(self) -> bool:
        return bool(self.came or self.went or self.changed or self.missing)


def digest_of(articles: Iterable[tuple[str, str]]) -> str:
    """SHA-256 over the sorted lines "identity content_digest", each ended by a line feed. Pure."""
    lines = sorted(f"{identity} {content}\n" for identity, content in articles)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def corpora(session: Session, name: str | None = None) -> Sequence[Corpus]:
    """Frozen corpora by name; with `name` that one or none."""
    query = select(Corpus).order_by(Corpus.name)
    return session.scalars(query if name is None else query.where(Corpus.name == name)).all()


def plan(
    session: Session, name: str, query: str, filters: Filters, who: str, note: str | None
) -> dict[str, Any]:
    """What the ledger notes of a corpus: the query, and the articles it finds now.

    Raises:
        CorpusError: the name is taken, or nothing matches.
    """
    if corpora(session, name):
        raise CorpusError(f"there is a corpus {name!r} already; choose another name, or drop it first")
    chosen = as_json(session, filters)
    found = _contents(session, matches(session, query, chosen))
    says = _says(session, found)
    if not found:
        raise CorpusError("no article matches: there is nothing to freeze")
    articles = sorted((row.identity, says[number]) for number, row in found.items())
    return {
        "name": name,
        "query": query,
        "filters": chosen,
        "articles": articles,
        "digest": digest_of(articles),
        "who": who,
        "note": note,
    }


def _contents(session: Session, ids: Sequence[int]) -> dict[int, Any]:
    columns = (Article.id, Article.identity, Article.content_digest, Article.gone_at, Article.url)
    found: dict[int, Any] = {}
    for part in chunks(ids):
        query = select(*columns, Article.title, Site.name.label("site")).join(
            Site, Site.id == Article.site_id
        )
        found.update({row.id: row for row in session.execute(query.where(Article.id.in_(part)))})
    return found


def _says(session: Session, found: Mapping[int, Any]) -> dict[int, str]:
    """Digests of what articles say, corrections included."""
    return corrections.said(session.connection(), {n: row.content_digest for n, row in found.items()})


def apply(session: Session, entry: Entry) -> bool:
    """Carry out a ledger entry of kind `corpus`; twice equals once."""
    data = entry.data
    values = {name: data[name] for name in ("name", "query", "filters", "digest", "who", "note")}
    made = upsert(session, Corpus).values(articles=len(data["articles"]), made_at=entry.at, **values)
    made = made.on_conflict_do_nothing(index_elements=["name"]).returning(Corpus.id)
    number = session.execute(made).scalar_one_or_none()
    if number is None:
        return True
    rows = [
        {"corpus_id": number, "identity": identity, "content_digest": content}
        for identity, content in data["articles"]
    ]
    for part in chunks(rows):
        session.execute(insert(CorpusArticle), list(part))
    return True


def apply_drop(session: Session, entry: Entry) -> bool:
    """Carry out a ledger entry of kind `corpus_dropped`."""
    wanted = Corpus.name == entry.data["name"], Corpus.made_at <= entry.at
    session.execute(delete(Corpus).where(*wanted))
    return True


def members(session: Session, corpus_id: int) -> list[Member]:
    """The articles of a corpus, newest first, those no longer in the archive last."""
    query = (
        select(CorpusArticle.identity, Article.id, Site.name.label("site"), Article.url, Article.title)
        .outerjoin(Article, Article.identity == CorpusArticle.identity)
        .outerjoin(Site, Site.id == Article.site_id)
        .where(CorpusArticle.corpus_id == corpus_id)
        .order_by(Article.id.is_(None), Article.order_key.desc())
    )
    return [Member(row.identity, row.id, row.site, row.url, row.title) for row in session.execute(query)]


def drift(session: Session, corpus: Corpus) -> Drift:
    """Look for the corpus again, and compare."""
    then = {
        row.identity: row.content_digest
        for row in session.execute(
            select(CorpusArticle.identity, CorpusArticle.content_digest).where(
                CorpusArticle.corpus_id == corpus.id
            )
        )
    }
    frozen = members(session, corpus.id)
    found = _contents(session, matches(session, corpus.query, corpus.filters))
    says = _says(session, found)
    now = {row.identity: row for row in found.values()}
    known = {
        row.identity: row
        for row in _contents(session, [m.article_id for m in frozen if m.article_id]).values()
    }
    changed = {key for key, row in now.items() if key in then and says[row.id] != then[key]}
    return Drift(
        same=len(then.keys() & now.keys()) - len(changed),
        came=tuple(_member(row) for key, row in now.items() if key not in then),
        went=tuple(m for m in frozen if m.article_id is not None and m.identity not in now),
        changed=tuple(_member(now[key]) for key in sorted(changed)),
        gone=tuple(_member(row) for row in known.values() if row.gone_at is not None),
        missing=tuple(m for m in frozen if m.article_id is None),
    )


def _member(row: Any) -> Member:
    return Member(row.identity, row.id, row.site, row.url, row.title)
