"""Authors: the persons a page names, without the labels, hours, roles, outlets and agencies around them.

`clean_authors` takes values a page declares as authors (JSON-LD, meta, rel=author) and trusts them unless
they are known to be something else: a pseudonym stays. `parse_byline` takes a visible line and keeps only
what has the shape of a name. Both keep the order and drop repetitions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import chain

from pipelines.attribution_slots import (
    Piece,
    Sources,
    is_single_name,
    looks_collective,
    read_pieces,
    sources_for,
)
from pipelines.attribution_text import GAP, fold_line, strip_dates
from pipelines.authors_lines import bare_line
from pipelines.outlets import host_of, source_key
from pipelines.persons import (
    COLLECTIVE_WORDS,
    COMPANY,
    PARTICLES,
    STAFF_WORDS,
    is_initials,
    is_person,
    join_compounds,
    plain,
    proper_name,
)

_ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s,;|]{1,300}|[\w.+-]{1,64}@[\w.-]{1,100}|(?<!\w)@\w{1,40}", re.I
)
_NOBODY = re.compile(
    r"(?:(?:super )?\w{0,12}admin(?:istrat(?:eur|rice|or))?\d*|super (?:user|utilisateur)"
    r"|webmaster|web|root|user\d*|auteure?s?|author|anonyme|anonymous"
    r"|guest|invit[ée]e?s?"
    r"|contribut(?:eur|rice|or)s?|collectif|staff|newsroom|desk|editor|[ée]diteur|editorial|redac\w*|none"
    r"|null|unknown|no author|developer"
    r"|inconnue?|non renseign[ée]|agence|agences|afp agence|test|wp|wordpress|default|n/?a|xx+|dr|plus"
    r"|suivre|partager"
    r"|biographie|voir (?:tous|plus).*|ses (?:derniers )?articles|tous (?:ses|les) articles|follow.*"
    r"|contact.*"
    r"|(?:privacy|cookies?) (?:policy|notice)|terms (?:of (?:use|service|sale)|(?:and|&) conditions)"
    r"|politique (?:de|d['’]).*|conditions g[ée]n[ée]rales.*|mentions l[ée]gales"
    r"|datenschutz\w*|nutzungsbedingungen)",
    re.IGNORECASE,
)
_NOT_WRITING = re.compile(
    r"\W*(?:photos?|photographies?|illustrations?|dessins?|vid[ée]os?|images?|infographies?|cartes?|montage"
    r"|traduit"
    r"|traduction|cr[ée]dits?|copyright|©|avec|published|publi[ée]|lire|voir|suivez|mise? en)\b",
    re.IGNORECASE,
)
_AGENCY_WORD = re.compile(r"\sagence$", re.IGNORECASE)
_REPORTER = re.compile(r"\s기자(?:\s.*)?$")
_JOINED = re.compile(r"\s(?:y|e|i|ja|ve|en|a)\s")
_ACCOUNT = re.compile(r"[a-z][\w-]{2,24}")  # "gizzmo", after a label
_VALUE_LIMIT = 300
_BYLINE_LIMIT = 150  # what follows in a longer line is the article
_LONGEST_NAME = 60


def clean_authors(
    values: Iterable[str], site_names: Iterable[str], *, agencies: bool = False
) -> tuple[str, ...]:
    """Names of persons out of declared values; `site_names` are never authors.

    With `agencies` a news agency counts as an author, as printed ("AFP"), where the value names one.
    """
    sites = {source_key(name) for name in site_names}
    found = chain.from_iterable(_names(value, sites, agencies, trusted=True) for value in values)
    return _distinct(found)


def parse_byline(text: str, site_names: Iterable[str], *, agencies: bool = False) -> tuple[str, ...]:
    """Names of persons out of a visible line ("Par A et B, à Rabat, le 1er mars"); empty when it has none."""
    sites = {source_key(name) for name in site_names}
    return _distinct(_names(text, sites, agencies, trusted=False))


def choose_authors(
    declared: Sequence[tuple[str, Sequence[str]]],
    visible: Sequence[tuple[str, Sequence[str]]],
    site_names: Iterable[str],
    *,
    agencies: bool = False,
) -> tuple[tuple[str, ...], str | None]:
    """The authors of a page and the rule that gave them.

    Claims are (rule, values) in order of trust: `declared` as for `clean_authors`, `visible` lines as for
    `parse_byline`. The first that yields a name wins; a later one that has all its names and more replaces it
    (JSON-LD often drops the second author that the byline shows).
    """
    sites = {source_key(name) for name in site_names}
    best: tuple[str, ...] = ()
    chosen = None
    for claims, trusted in ((declared, True), (visible, False)):
        for rule, values in claims:
            names = _distinct(n for v in values for n in _names(v, sites, agencies, trusted=trusted))
            if names and {plain(n) for n in best} < {plain(n) for n in names}:
                best, chosen = names, rule
    return best, chosen


def is_nobody(value: str) -> bool:
    """Whether a declared author is an account or a label: "admin", "Auteur", "Follow us"."""
    return _NOBODY.fullmatch(value.strip()) is not None


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    seen: dict[str, str] = {}
    for name in names:
        seen.setdefault(source_key(name) or name, name)
    return tuple(seen.values())


def _names(value: str, sites: set[str], agencies: bool, *, trusted: bool) -> list[str]:
    line = _ADDRESS.sub(GAP, fold_line(value, _VALUE_LIMIT if trusted else _BYLINE_LIMIT))
    if not any(c.isalpha() for c in line) or host_of(line) or (trusted and COMPANY.search(line)):
        return []
    text = strip_dates(join_compounds(_REPORTER.sub("", line)))
    text, labelled = bare_line(text)
    sources = sources_for(None)
    pieces = [p for p in read_pieces(_turned(text, sources), sources) if source_key(p.name) not in sites]
    if labelled and pieces and _is_account(pieces[0]):
        return []  # "par admin | Société, À la une": what follows files the article
    if not agencies and any(p.kind == "person" for p in pieces):  # "Jeanne Modele, Rabat": her place
        pieces = [p for p in pieces if p.mark not in (",", "、", "(") or p.kind != "unknown" or " " in p.name]
    elif pieces and pieces[0].kind in ("outlet", "unknown") and not is_single_name(pieces[0].name):
        town = [p for p in pieces[1:] if p.mark == "(" and p.kind == "unknown"]  # "Le Temps (Genève)"
        pieces = [p for p in pieces if p not in town]
    alone = len(pieces) == 1 or (agencies and len(pieces) == 2 and pieces[1].mark in ("and", "und", "&"))
    names = [_person(p, alone, sites, labelled, agencies, trusted) for p in pieces]
    return [one for name in names if name for one in _two(name)]


def _is_account(piece: Piece) -> bool:
    return piece.kind in ("person", "unknown") and _NOBODY.fullmatch(piece.name) is not None


def _two(name: str) -> list[str]:
    """ "Ana Tipo y Luis Modelo" are two persons, "José Ortega y Gasset" is one."""
    parts = _JOINED.split(name)
    return parts if len(parts) > 1 and all(is_person(part) for part in parts) else [name]


def _turned(text: str, sources: Sources) -> str:
    """ "Modele, Jean" is one person whose names are turned; "A. Modele, B. Modele" are two."""
    parts = [p.strip() for p in text.split(",")]
    if len(parts) != 2 or not all(is_single_name(p) for p in parts):
        return text
    return text if any(sources.known(p) for p in parts) else f"{parts[1]} {parts[0]}"


def _person(
    piece: Piece, alone: bool, sites: set[str], labelled: bool, agencies: bool, trusted: bool
) -> str | None:
    """The name a piece gives, or None when it is something else."""
    name = piece.name
    if piece.kind == "person":
        return None if _NOT_WRITING.match(name) or _NOBODY.fullmatch(name) else _trim(name, sites)
    if piece.kind == "agency":
        return _AGENCY_WORD.sub("", piece.text.strip(" |")) if agencies else None
    if piece.kind != "unknown" or len(name) > _LONGEST_NAME:
        return None
    if _NOBODY.fullmatch(name) or _NOT_WRITING.match(name):
        return None
    before = _before_role(name)
    if before:
        return proper_name(before)
    if not trusted:
        named = is_single_name(name) or (agencies and _ACCOUNT.fullmatch(name) is not None)
        return proper_name(name) if labelled and alone and named else None
    if any(plain(w) in STAFF_WORDS for w in name.split()):
        return name if agencies and alone else None
    return _pseudonym(name, alone)


def _trim(name: str, sites: set[str]) -> str | None:
    """Leave out the site's name that follows a person's ("Jeanne Modele Le Journal")."""
    words = name.split()
    for cut in range(len(words) - 1, 1, -1):
        if source_key(" ".join(words[cut:])) in sites:
            return " ".join(words[:cut])
    return proper_name(name)


def _before_role(text: str) -> str | None:
    """The person in "Jeanne MODELE Equipe de rédaction": what stands before the first word of a body."""
    words = text.split()
    for index, word in enumerate(words):
        if plain(word).strip(".,") in COLLECTIVE_WORDS:
            articles = index and plain(words[index - 1]).strip("'’") in ("le", "la", "les", "l", "the")
            head = " ".join(words[: index - bool(articles)])
            return head if is_person(head) else None
    return None


def _pseudonym(name: str, alone: bool) -> str | None:
    """A declared author without the shape of a full name: kept if it is short and no role or institution."""
    words = name.split()
    if len(words) > 4 or looks_collective(name) or any(plain(w) in COLLECTIVE_WORDS for w in words):
        return None
    if name[0].islower() and plain(words[0]) not in PARTICLES and not alone:
        return None  # "professeur de droit" after a name
    if any(c.isdigit() for c in name) and len(words) > 1:
        return None
    if len(name) < 2 and not is_initials(name):
        return None
    return proper_name(name) if len(words) == 1 else name
