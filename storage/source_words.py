"""`source:map` also means what is credited under another name of that source: one query's terms, widened."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from storage.analyser import terms
from storage.models import Source, SourceAlias
from storage.query_language import Query, Term

MAX_SOURCES = 200  # that one word may mean: "source:presse" is in the names of many


def with_sources(session: Session, query: Query) -> Query:
    """The query with the sources beside each `source:` term that have its words in a name of theirs."""
    if not any(term.field == "source" for clause in query.clauses for term in clause):
        return query
    names = union(select(Source.name, Source.id), select(SourceAlias.alias, SourceAlias.source_id))
    known = [(frozenset(terms(name)), number) for name, number in session.execute(names)]
    clauses = tuple(
        tuple(dict.fromkeys(one for term in clause for one in (term, *_meant(term, known))))
        for clause in query.clauses
    )
    return replace(query, clauses=clauses)


def _meant(term: Term, known: list[tuple[frozenset[str], int]]) -> list[Term]:
    if term.field != "source":
        return []
    found = sorted({number for words, number in known if words.issuperset(term.words)})
    return [Term((str(number),), "credited", None, term.negated) for number in found[:MAX_SOURCES]]
