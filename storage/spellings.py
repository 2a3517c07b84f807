"""Spellings that mean the same in a search: transliterations (Hassad, حصاد) and names (Laâyoune, El Aaiún).

A search for one finds the others; the index knows nothing of it, so an edit counts at once. A small table
comes with hemero; what analysts add or take out goes before it, and stands in `spellings` and ledger.jsonl.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.analyser import terms
from storage.ledger import Entry
from storage.models import Spelling
from storage.query_language import Query, Term, parse_query
from storage.source_words import with_sources
from storage.upsert import upsert

Words = tuple[str, ...]
_PACKAGED = (
    "Agadir|أكادير",
    "Boujdour|Bojador|بوجدور",
    "Casablanca|Dar el Beida|الدار البيضاء",
    "Dakhla|Villa Cisneros|الداخلة",
    "Essaouira|Mogador|الصويرة",
    "Fès|Fez|فاس",
    "Guelmim|Goulimine|كلميم",
    "Hassad|Hassâd|حصاد",
    "Laâyoune|Laayoun|El Aaiún|El Ayoun|العيون",
    "Marrakech|Marrakesh|مراكش",
    "Meknès|Meknez|مكناس",
    "Mohammed|Mohamed|Muhammad|محمد",
    "Nouakchott|نواكشوط",
    "Oujda|Ujda|وجدة",
    "Ouarzazate|Warzazat|ورزازات",
    "Rabat|الرباط",
    "Smara|Es Semara|السمارة",
    "Tanger|Tangier|طنجة",
    "Tétouan|Tetuan|تطوان",
    "Tindouf|تندوف",
)


class SpellingError(ValueError):
    """Spellings that cannot be kept. The message says why."""


def groups(session: Session) -> dict[str, list[str]]:
    """Spellings that mean the same, by the name of their group."""
    found: dict[str, list[str]] = {}
    for _, (spelling, group) in sorted(_table(session).items(), key=lambda item: item[1]):
        if group is not None:
            found.setdefault(group, []).append(spelling)
    return {group: spellings for group, spellings in found.items() if len(spellings) > 1}


def _table(session: Session) -> dict[Words, tuple[str, str | None]]:
    """By index terms: the spelling, and the name of its group (None: taken out of one)."""
    table: dict[Words, tuple[str, str | None]] = {}
    for line in _PACKAGED:
        first, *others = line.split("|")
        for spelling in (first, *others):
            table.setdefault(tuple(terms(spelling)), (spelling, first))
    for row in session.execute(select(Spelling.terms, Spelling.spelling, Spelling.meaning)):
        table[tuple(row.terms.split())] = (row.spelling, row.meaning)
    return table


def check(spellings: Sequence[str]) -> None:
    """Whether these can be made to mean the same, or taken out.

    Raises:
        SpellingError: one of them has no word that is indexed.
    """
    for spelling in spellings:
        if not terms(spelling):
            raise SpellingError(f"{spelling!r} has no word that is indexed")


def apply(session: Session, entry: Entry) -> bool:
    """Carry out a ledger entry of kind `spelling`: these mean the same from now on, with all they meant."""
    table, wanted = _table(session), entry.data["spellings"]
    named = {group for word in wanted if (group := table.get(tuple(terms(word)), ("", None))[1]) is not None}
    meaning = min(named) if named else wanted[0]
    joined = [spelling for spelling, group in table.values() if group in named]
    for spelling in (*joined, *wanted):
        _keep(session, entry, spelling, meaning)
    return True


def apply_removal(session: Session, entry: Entry) -> bool:
    """Carry out a ledger entry of kind `spelling_removed`: these stand for themselves alone."""
    for spelling in entry.data["spellings"]:
        _keep(session, entry, spelling, None)
    return True


def _keep(session: Session, entry: Entry, spelling: str, meaning: str | None) -> None:
    values = {"spelling": spelling, "meaning": meaning, "who": entry.data["who"], "made_at": entry.at}
    made = upsert(session, Spelling).values(terms=" ".join(terms(spelling)), **values)
    session.execute(made.on_conflict_do_update(index_elements=["terms"], set_=values))


def understood(session: Session, text: str) -> Query:
    """A query with everything its words may also be written as."""
    query = parse_query(text)
    return with_sources(session, widened(query, _table(session))) if query.clauses else query


def widened(query: Query, table: dict[Words, tuple[str, Any]]) -> Query:
    """The query with the other spellings beside each one. Pure.

    Words side by side (dar el beida) are a spelling too: each of them may then be replaced by the others.
    """
    same: dict[str, list[Words]] = {}
    for words, (_, group) in table.items():
        if group is not None:
            same.setdefault(group, []).append(words)

    def others(words: Words) -> list[Words]:
        group = table.get(words, ("", None))[1]
        return [other for other in same.get(group, []) if other != words] if group is not None else []

    clauses = [list(clause) for clause in query.clauses]
    for clause in clauses:
        for term in [term for term in clause if term.stump is None]:
            clause += [Term(words, term.field, None, term.negated) for words in others(term.words)]
    for first, last in _runs(query, max(map(len, table), default=0)):
        spelled = tuple(word for clause in query.clauses[first:last] for word in clause[0].words)
        for place in range(first, last):
            field = query.clauses[place][0].field
            clauses[place] += [Term(words, field) for words in others(spelled)]
    return Query(tuple(tuple(dict.fromkeys(clause)) for clause in clauses), query.ignored, query.apart)


def _runs(query: Query, longest: int) -> Iterator[tuple[int, int]]:
    """Stretches of two and more clauses that are one plain word each, of the same field."""
    plain = [len(c) == 1 and c[0].stump is None and not c[0].negated for c in query.clauses]
    for first in range(len(plain)):
        for last in range(first + 2, min(len(plain), first + longest) + 1):
            part = query.clauses[first:last]
            if all(plain[first:last]) and len({clause[0].field for clause in part}) == 1:
                yield first, last
