"""What an analyst types into the search box, as a structure and as a query of either full-text index. Pure.

    words           all of them, in any form: `ministres travail` also finds "le ministre ... travaux"
    "a phrase"      these words in this order (« » and “ ” do as well); l'été and porte-parole are phrases
    prefix*         words that begin so
    a OR b, a OU b  either; binds closer than the space: `a b OR c` is a and (b or c)
    -word, NOT word without it
    field:word      titre/title, texte/body, tag, related, auteur/author, source
Any text is a valid query; what cannot be a word is passed over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from storage.analyser import STOP_WORDS, WORD, parts, stem

MAX_QUERY = 2_000  # characters read of a query
MAX_TERMS = 64
FIELD_NAMES = {
    "titre": "title",
    "title": "title",
    "texte": "text",
    "text": "text",
    "corps": "text",
    "body": "text",
    "tag": "tags",
    "tags": "tags",
    "mot": "tags",
    "related": "related",
    "relation": "related",
    "liens": "related",
    "auteur": "author",
    "author": "author",
    "source": "source",
}
_OWN = {"related": "_r_"}  # found only where it is asked for: it tells of this page's neighbours
# `credited` is never asked for in words: it is what storage.source_words makes of `source`
FACET_FIELDS = {"author": "_aw_", "source": "_cw_", "credited": "_c"}
LABELS = {"title": "A", "text": "B", "tags": "C"}
_QUOTES = str.maketrans("«»“”„", '"""""')
_CHUNK = re.compile(r'(?P<not>-*)(?:(?P<field>[^\W\d_]+):(?=\S))?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))')
_OR = ("OR", "OU")
_NOT = ("NOT", "SAUF")
_AND = ("AND", "ET")


@dataclass(frozen=True, slots=True)
class Term:
    """Words to be found side by side. `words` are terms of the index; of a prefix, `stump` is the folded
    start of the last word, and `words` ends with the term of that start taken as a word."""

    words: tuple[str, ...]
    field: str | None = None
    stump: str | None = None
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """All clauses must hold; of a clause's terms one. `ignored` are words that are not indexed, `apart` what
    stands beside an OR that cannot join it, for one of both is excluded."""

    clauses: tuple[tuple[Term, ...], ...] = ()
    ignored: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What of the query was not read as it may have been meant, for people."""
        ignored = (f"not indexed: {word}" for word in dict.fromkeys(self.ignored))
        apart = (f"OR joins no excluded word: {word} is a condition of its own" for word in self.apart)
        return (*ignored, *apart)

    @property
    def positive(self) -> tuple[Term, ...]:
        """Terms that a hit contains, for highlighting and ranking."""
        return tuple(term for clause in self.clauses for term in clause if not term.negated)


def parse_query(text: str) -> Query:
    """The structure of a query. Never fails."""
    clauses: list[list[Term]] = []
    ignored: list[str] = []
    apart: list[str] = []
    join = negate = False
    count = 0
    for match in _CHUNK.finditer(text[:MAX_QUERY].translate(_QUOTES)):
        word = match["word"]
        if word in _OR:
            join = bool(clauses)
            continue
        if word in _NOT or word in _AND:
            negate = word in _NOT
            continue
        term = _term(match, negate, ignored)
        negate = False
        if term is None or count >= MAX_TERMS:
            continue
        count += 1
        if join and not term.negated and not clauses[-1][-1].negated:
            clauses[-1].append(term)
        else:
            apart += [match.group()] if join else []
            clauses.append([term])
        join = False
    return Query(tuple(tuple(clause) for clause in clauses), tuple(ignored), tuple(apart))


def _term(match: re.Match[str], negate: bool, ignored: list[str]) -> Term | None:
    content = match["phrase"] if match["phrase"] is not None else match["word"]
    field = FIELD_NAMES.get((match["field"] or "").lower())
    if match["field"] and field is None:
        content = f"{match['field']} {content}"
    found = [part for word in WORD.finditer(content) for part in parts(word.group())]
    is_open = bool(match["word"]) and content.rstrip(")").endswith("*")
    last = found[-1] if found and is_open and len(found[-1]) > 1 else None
    # par* begins parlement, so the word before a star counts whatever it is
    kept = [
        part not in STOP_WORDS or (part == last and at == len(found) - 1) for at, part in enumerate(found)
    ]
    ignored += [part for part, is_kept in zip(found, kept, strict=True) if not is_kept]
    words = tuple(stem(part) for part, is_kept in zip(found, kept, strict=True) if is_kept)
    if not words:
        return None
    return Term(words, field, last, negated=bool(match["not"]) or negate)


def for_sqlite(query: Query, facets: tuple[tuple[str, ...], ...] = ()) -> str:
    """The FTS5 expression; `facets` are sets of facet terms, of each of which one must hold."""
    wanted = [_sqlite_facets(group) for group in facets]
    unwanted: list[str] = []
    for clause in query.clauses:
        part = " OR ".join(_sqlite_term(term) for term in clause)
        (unwanted if clause[0].negated else wanted).append(f"({part})")
    if not wanted:
        wanted = ['("_all")']
    expression = " AND ".join(wanted)
    return f"({expression}) NOT ({' OR '.join(unwanted)})" if unwanted else expression


def _sqlite_facets(group: tuple[str, ...]) -> str:
    return "(" + " OR ".join(f'"{facet}"' for facet in group) + ")"


def _sqlite_term(term: Term) -> str:
    if term.field in FACET_FIELDS:
        return "(" + " AND ".join(f'"{facet}"' for facet in facets_of(term)) + ")"
    column = f"{term.field} : " if term.field in LABELS else ""
    return "(" + " OR ".join(f'{column}"{" ".join(words)}"{star}' for words, star in spellings_of(term)) + ")"


def for_postgres(query: Query, facets: tuple[tuple[str, ...], ...] = ()) -> str:
    """The tsquery literal of the same meaning."""
    wanted = ["(" + " | ".join(f"'{facet}'" for facet in group) + ")" for group in facets]
    for clause in query.clauses:
        part = "(" + " | ".join(_postgres_term(term) for term in clause) + ")"
        wanted.append(f"!{part}" if clause[0].negated else part)
    if all(part.startswith("!") for part in wanted):
        wanted.insert(0, "'_all'")
    return " & ".join(wanted)


def _postgres_term(term: Term) -> str:
    if term.field in FACET_FIELDS:
        return "(" + " & ".join(f"'{facet}'" for facet in facets_of(term)) + ")"
    label = LABELS.get(term.field or "", "")
    spellings = []
    for words, star in spellings_of(term):
        labels = [label] * (len(words) - 1) + [star.strip() + label]
        marks = [f"'{word}'" + (f":{mark}" if mark else "") for word, mark in zip(words, labels, strict=True)]
        spellings.append("(" + " <-> ".join(marks) + ")")
    return "(" + " | ".join(spellings) + ")"


def facets_of(term: Term) -> list[str]:
    """The facets an author's or a source's words stand for."""
    return [FACET_FIELDS[term.field or ""] + word for word in term.words]


def spellings_of(term: Term) -> list[tuple[tuple[str, ...], str]]:
    """The word sequences a term stands for, each with its star.

    The index holds stems, so the start of a word may be longer than the stem of words that begin with it:
    `nationalisat*` must find "nationalis", the stem of nationalisation.
    """
    words = tuple(_OWN.get(term.field or "", "") + word for word in term.words)
    if term.stump is None:
        return [(words, "")]
    head, own = words[:-1], _OWN.get(term.field or "", "")
    shorter = [term.stump[:size] for size in range(len(term.stump) - 1, max(5, len(term.stump) - 6), -1)]
    exact = [word for word in dict.fromkeys([term.words[-1], *shorter]) if word != term.stump]
    return [((*head, own + term.stump), " *"), *(((*head, own + word), "") for word in exact)]
