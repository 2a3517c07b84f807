"""Who stands in the slot of a credit: agencies, outlets, the newsroom, persons, places.

A slot is what follows "Par", "Source :", "avec", or stands in parentheses or in a byline. It is split at its
strong marks first (bars, spaced dashes, parentheses), then at slashes, commas, "avec" and "et"; a piece that
is known as a whole is never split ("Keystone/ATS").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from pipelines.outlets import SourceEntry, SourceTable, host_of, packaged_table
from pipelines.persons import COLLECTIVE_WORDS, SECTION_WORDS, is_initials, is_person, plain, proper_name

PieceKind = Literal["agency", "outlet", "newsroom", "agencies", "person", "place", "url", "noise", "unknown"]

_LEVELS = (
    re.compile(r"(\s?[|•·;()\[\]]\s?|\s[-–—]{1,2}(?:\s|$))"),
    re.compile(r"(\s?/\s?)"),
    re.compile(r"(\s?,\s|,$|^,|[、，])"),
    re.compile(r"((?:^|\s)(?:avec|with)\s)", re.IGNORECASE),
    re.compile(r"((?:^|\s)(?:et|ET|Et|and|AND|und|og|och|&|\+)\s)"),
    re.compile(r"((?:^|\s)par\s)"),
)
_NEWSROOM = re.compile(
    r"(?:(?:la|notre|avec la)\s)?r[ée]daction(?P<desk>\s(?:web|digitale|num[ée]rique|internet|en ligne"
    r"|nationale|"
    r"r[ée]gionale|centrale|locale|sports?|monde|politique|[ée]conomi(?:e|que)|soci[ée]t[ée]|culture"
    r"|africaine))?"
    r"(?:\s(?P<of>d[eu]s?\s|d['’])?(?P<name>.{2,50}))?",
    re.IGNORECASE,
)
_OWN_STAFF = re.compile(
    r"(?:la )?r[ée]dac['’]?|nos (?:soins|services|journalistes)|notre (?:journal|[ée]quipe)", re.I
)
_AGENCIES = re.compile(
    r"(?:(?:les|des|d['’]|avec)\s?)?(?:agences?(?: de presse)?|agencies|d[ée]p[êe]ches)", re.IGNORECASE
)
_GENERIC = re.compile(
    r"(?:(?:[àa]|au|sur|dans|de|du|d['’])\s?)?(?:(?:le|la|l['’]|les|des|notre|nos|un|une|leur)\s?)?"
    r"(?:informations|sites?(?: web| internet)?(?: d['’]informations?)?|journal|quotidien|magazine"
    r"|hebdomadaire|mensuel|revue|portail"
    r"|blog|m[ée]dias?(?: en ligne)?|confr[èe]res?|agence(?: de presse| officielle)?|d[ée]p[êe]che)"
    r"(?: (?:de la |de l['’]|de|du|d['’]))?\s?(?=\S)",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"(?:de la |de l['’]|la |l['’]|le )(?=[A-ZÀ-Þ])", re.IGNORECASE)
_ROLE = re.compile(
    r"\b(?:(?:de\s)?notre\s|nos\s|notre\s)?(?:correspondan(?:te?s?|ce)|envoy[ée]e?s?\s(?:sp[ée]ciale?s?"
    r"|permanente?s?)"
    r"|journalistes?|r[ée]dact(?:eur|rice)s?|reporters?|stagiaire|pigiste|photographe|[ée]ditorialiste"
    r"|chroniqueu(?:r|se)"
    r"|sp[ée]cial pour|bureau d[eu]|chef|directeur|directrice"
    r"|(?:(?:senior|staff|content|freelance|chief|managing|deputy|associate|contributing|executive|guest"
    r"|lead|news|political|sports?|health|science|business|tech|marketing|creative|research|product)\s)*"
    r"(?:writer|editor|columnist|correspondent|contributor|author|director|manager|analyst|specialist)"
    r"|(?:chef)?redakteur(?:in)?|korrespondent(?:in)?|volont[äa]r(?:in)?|periodista|giornalista)\b",
    re.IGNORECASE,
)
_WHERE = re.compile(r"\b(?:[àa]|au|aux|en|depuis|bureau d[eu])\s(?P<place>[A-ZÀ-Þ][\wÀ-ÿ’' -]{1,40})")
# three letters that are no surname: "DIA" is an agency and a family
_UNSPEAKABLE = re.compile(r"(?=[A-Z]?[B-DF-HJ-NP-TV-XZ]{2})[A-Z]{2,3}")
_ENDS_WITH_INITIAL = re.compile(r"(?:^|[\s.])\w\.$")
_TWO_INITIALS = re.compile(r"[A-ZÀ-Þ]\.\s?-?[A-ZÀ-Þ]\.?")
_EDGES = ' ,:|/–—-«»"“”'
_CAPITAL_WORD = re.compile(r"[A-ZÀ-Þ][\w’'-]*")


@dataclass(frozen=True, slots=True, eq=False)  # the cache keys of all that is asked below: see sources_for
class Sources:
    """The table and the country of the site that prints the credit."""

    table: SourceTable
    country: str | None

    def known(self, text: str) -> SourceEntry | None:
        """The agency or outlet a piece means, if its plain text is that of a known one."""
        return _known(self, text)


@lru_cache(maxsize=64)
def sources_for(country: str | None, table: SourceTable | None = None) -> Sources:
    """The sources of a country's sites, out of the packaged table where none is given; one object each."""
    return Sources(packaged_table() if table is None else table, country)


@lru_cache(maxsize=4096)  # a name without separators is asked for at every level of a slot
def _known(sources: Sources, text: str) -> SourceEntry | None:
    table, country = sources.table, sources.country
    for form in _forms(text):
        if not table.may_know(form):
            continue
        entry = table.agency(form, country, in_slot=True)
        if entry is None and not _TWO_INITIALS.fullmatch(form):  # "J.A." is a person
            entry = table.outlet(form, country)
        if entry is not None:
            return entry
        if table.is_shared_acronym(form):
            return SourceEntry(form, "agency")
    return None


def _forms(text: str) -> Iterator[str]:
    """A name with and without what French puts before it: "l'agence Belga", "du Monde"."""
    yield text
    match = _GENERIC.match(text)
    bare = text[match.end() :] if match else text
    if bare != text:
        yield bare
    for contraction, full in (("du ", "Le "), ("des ", "Les "), ("au ", "Le "), ("aux ", "Les ")):
        if bare.lower().startswith(contraction):
            yield full + bare[len(contraction) :]
            yield bare[len(contraction) :]
    for prefix in ("de ", "d’", "d'"):
        if bare.lower().startswith(prefix):
            yield bare[len(prefix) :]
    if text.endswith(" agence"):  # "AFP agence": a system that wants a first and a last name
        yield text.removesuffix(" agence")
    for name in (text, bare):
        article = _ARTICLE.match(name)
        if article:
            yield name[article.end() :]


@dataclass(frozen=True, slots=True)
class Piece:
    """One name of a slot: what it is, its canonical or cleaned name, and the mark before it."""

    kind: PieceKind
    name: str
    mark: str = ""
    text: str = ""


@dataclass(slots=True)
class Credits:
    """What a slot says, in order. `places` of correspondents; `url` where a name is one."""

    outlets: list[str] = field(default_factory=list)
    agencies: list[str] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    newsroom: bool = False
    shared: bool = False  # "avec", "et" or a slash stands between the names
    url: str | None = None


def split_slot(slot: str, sources: Sources) -> list[tuple[str, str]]:
    """Pairs (mark before, piece), in order; empty pieces are left out."""

    def cut(text: str, mark: str, level: int) -> Iterator[tuple[str, str]]:
        text = text.strip(_EDGES).lstrip(".")
        if text.endswith(".") and not _ENDS_WITH_INITIAL.search(text):
            text = text.rstrip(". ")
        if not text:
            return
        if level == len(_LEVELS) or host_of(text) or sources.known(text) is not None:
            yield mark, text
            return
        parts = _LEVELS[level].split(text)
        for index in range(0, len(parts), 2):
            sign = parts[index - 1].strip().lower() if index else mark
            yield from cut(parts[index], sign, level + 1)

    return list(cut(slot, "", 0))


def classify(text: str, mark: str, sources: Sources) -> Piece:
    """One piece. The order matters: a known name wins over the shape of a person's name."""
    if "://" in text or text.lower().startswith("www."):
        entry = sources.table.by_host(host_of(text) or "")
        if entry is None:
            return Piece("url", host_of(text) or text, mark, text)
    else:
        entry = sources.known(text)
    if entry is not None:
        return Piece("agency" if entry.kind == "agency" else "outlet", entry.name, mark, text)
    if host_of(text):
        return Piece("url", text, mark, text)
    if _AGENCIES.fullmatch(text):
        return Piece("agencies", "AGENCIES", mark, text)
    newsroom = _newsroom(text, mark, sources)
    return newsroom if newsroom is not None else _person_or_place(text, mark)


def _newsroom(text: str, mark: str, sources: Sources) -> Piece | None:
    """ "La rédaction" is the site itself, "La rédaction de X" is X."""
    if _OWN_STAFF.fullmatch(text):
        return Piece("newsroom", "SELF", mark, text)
    match = _NEWSROOM.fullmatch(text)
    if match is None:
        return None
    name = match["name"]
    if name and (not any(c.isupper() for c in name[:30]) or len(name.split()) > 6):
        return None  # "La rédaction vous conseille"
    entry = sources.known(name) if name else None
    if not name or not (match["of"] or entry):
        return Piece("newsroom", "SELF", mark, text)
    return Piece("newsroom", entry.name if entry else name, mark, text)


def _person_or_place(text: str, mark: str) -> Piece:
    role = _ROLE.search(text)
    where = _WHERE.search(text)
    if role is not None and (role.start() == 0 or is_person(text[: role.start()].strip())):
        office = "bureau" in role[0].lower()  # "de notre bureau de X": a town
        after = "" if office else _named_after(text[role.end() :])
        name = proper_name(text[: role.start()]) if role.start() else after
        place = where["place"].strip() if where else ""
        return Piece("place" if not name else "person", name or place, mark, place)
    if role is not None and mark == "," and role.end() == len(text):
        return Piece("noise", text, mark)  # "Jeanne Modele, ABC Columnist"
    if where is not None and is_person(text[: where.start()].strip()):
        return Piece("person", proper_name(text[: where.start()]), mark, where["place"].strip())
    if where is not None and where.start() == 0:
        return Piece("place", where["place"].strip(), mark, where["place"].strip())
    if is_person(text) or is_initials(text):
        return Piece("person", proper_name(text), mark)
    words = [plain(w) for w in text.split()]
    if all(w in SECTION_WORDS for w in words) or not any(c.isalpha() for c in text):
        return Piece("noise", text, mark)
    return Piece("unknown", text, mark)


def _named_after(text: str) -> str:
    """The person in "Correspondance particulière de X"."""
    match = re.match(r"(?:\s[a-zà-ÿ]+)?\s?(?:de\s|:\s?)?(?P<name>[^a-z].+)$", text)
    return proper_name(match["name"]) if match and is_person(match["name"]) else ""


def read_pieces(slot: str, sources: Sources) -> list[Piece]:
    """All pieces of a slot, classified; "agency à Place" gives the agency and the place."""
    return list(_pieces(slot, sources))


@lru_cache(maxsize=2048)  # a line is read as a credit of its place, as a byline and as an author's name
def _pieces(slot: str, sources: Sources) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    for mark, text in split_slot(slot, sources):
        piece = _agency_at(text, mark, sources) or classify(text, mark, sources)
        where = _WHERE.search(text) if piece.kind == "unknown" else None
        entry = sources.known(text[: where.start()].strip()) if where else None
        if where is not None and entry is not None:
            pieces.append(Piece("agency" if entry.kind == "agency" else "outlet", entry.name, mark, text))
            piece = Piece("place", where["place"].strip(), "à", where["place"].strip())
        pieces += _signed_by_agency(piece, sources) if piece.kind in ("unknown", "person") else [piece]
    return tuple(pieces)


def _agency_at(text: str, mark: str, sources: Sources) -> Piece | None:
    """ "AFP Dakar", whose shape is that of a surname and a first name."""
    first, _, rest = text.partition(" ")
    if not _UNSPEAKABLE.fullmatch(first) or not rest[1:].islower() or " " in rest:
        return None
    entry = sources.known(first)
    return Piece("agency", entry.name, mark, first) if entry is not None and entry.kind == "agency" else None


def _signed_by_agency(piece: Piece, sources: Sources) -> list[Piece]:
    """ "Jeanne X Agence France-Presse", "Jeanne X pour Le Journal", "Jeanne X journal.example": a person and
    a source; other pieces stay as they are.
    """
    name, _, source = piece.name.partition(" pour ")
    if source and not (sources.known(source) or looks_collective(source)):
        return [piece]
    if not source and host_of(piece.name.rpartition(" ")[2]):
        name, _, source = piece.name.rpartition(" ")
    if source and is_person(name):
        return [Piece("person", proper_name(name), piece.mark), classify(source, "", sources)]
    words = piece.name.split()
    for cut in range(2, len(words)):
        tail = " ".join(words[cut:])
        entry = sources.table.agency(tail, sources.country, in_slot=False)
        if entry is not None and is_person(" ".join(words[:cut])):
            head = Piece("person", proper_name(" ".join(words[:cut])), piece.mark)
            return [head, Piece("agency", entry.name, "", tail)]
    return [piece]


def looks_collective(text: str) -> bool:
    """Whether an unknown name is one of an outlet or a body rather than of a person or of nothing."""
    words = [plain(w).strip(".,'’") for w in text.split()]
    if not 1 <= len(words) <= 8 or not (text[0].isupper() or text[0].isdigit()):
        return False
    named = any(w in COLLECTIVE_WORDS for w in words) or any(c.isdigit() for c in text)
    return named or ((len(words) > 1 and words[0] in ("le", "la", "les", "the")) or words[0][:2] == "l'")


def is_single_name(text: str) -> bool:
    """One capitalised word, such as a surname after an agency and a place ("AA/Tunis/Modele")."""
    return _CAPITAL_WORD.fullmatch(text) is not None
