"""Bylines and co-signed lines: "Par X avec AFP", "La rédaction (avec Belga)", "De notre envoyé à Y"."""

from __future__ import annotations

import re
from itertools import pairwise

from pipelines.attribution_slots import (
    Credits,
    Piece,
    Sources,
    is_single_name,
    looks_collective,
    read_pieces,
)
from pipelines.attribution_text import AUTHOR_LABEL, GAP, strip_dates
from pipelines.outlets import host_of
from pipelines.persons import COLLECTIVE_WORDS, SECTION_WORDS, is_person, join_compounds, plain, proper_name
from storage.records import Attribution, AttributionKind

_COPYRIGHT = re.compile(r"^(?:copyright|©|\(c\))\s?(?:©\s?)?(?:\(?(?:19|20)\d\d\)?\s?)?", re.IGNORECASE)
_DISPATCH = re.compile(r"^(?:une\s)?d[ée]p[êe]ches?\s(?:de\s)?(?:l['’]|la\s)?", re.IGNORECASE)
_OPENING = re.compile(
    r"^\(?(?:avec\b|(?:la|notre)?\s?r[ée]daction\b|de notre\b|notre (?:correspondan|envoy)"
    r"|nos (?:correspondan|envoy))",
    re.IGNORECASE,
)
# the hands and the addresses behind the writer's name
_OTHERS = re.compile(
    r"(?<=\w)(?:[.,;]\s(?:photos?|photographies?|vid[ée]os?|images?|illustrations?|dessins?|infographies?)\s?:.*$"
    r"|\s@\w{2,30}\b)",
    re.IGNORECASE,
)
_SENTENCE_WORDS = 14  # more words than a byline has
_SHARING = ("avec", "with", "et", "and", "&", "+", "/")


def read_byline(
    line: str, sources: Sources, *, in_slot: bool = True, closing: bool = False
) -> Attribution | None:
    """Read a line as a byline.

    `in_slot` tells that the line stood where the page has its byline: bare names count. Elsewhere it must
    announce itself by "Par", "Avec", "La rédaction" or a known agency; a line that is `closing` the text
    also by "Given SURNAME".
    """
    line = join_compounds(_DISPATCH.sub("", _COPYRIGHT.sub("", line)))
    text = strip_dates(_OTHERS.sub("", line))
    label = AUTHOR_LABEL.search(text)
    if not in_slot and not _announces(text, label, sources, closing):
        return None
    pieces = _trim(read_pieces(AUTHOR_LABEL.sub(GAP, text), sources))
    if not pieces or not _is_byline(text, pieces, label, in_slot):
        return None
    if label is None and len(pieces) == 1 and _is_common(pieces[0], sources):
        return None  # "Enquête" alone names a section
    return attribute(gather(pieces, labelled=label is not None), line, "byline")


def _announces(text: str, label: re.Match[str] | None, sources: Sources, closing: bool) -> bool:
    before = text[: label.start()].strip(" |,–—-(") if label else text
    if label is not None and (not before or sources.known(before) is not None):
        return True
    if _OPENING.match(text):
        return True
    _, mark, rest = text.rpartition(" avec ")
    if mark and (sources.known(rest.strip(" .()")) or re.match(r"agences?\b", rest)):
        return True
    first, slash, _ = text.partition("/")
    if slash and first.strip().isupper() and sources.known(first.strip()):
        return True
    words = text.split() or [""]
    if closing and host_of(words[-1]) is not None and is_person(" ".join(words[:-1])):
        return True
    surname = len(words[-1]) > 3 and words[-1].isupper() and not words[0].isupper()
    return closing and surname and len(words) <= 3 and is_person(text)


def _is_common(piece: Piece, sources: Sources) -> bool:
    entry = sources.known(piece.text) if piece.kind == "outlet" else None
    return entry is not None and entry.common_word


def _trim(pieces: list[Piece]) -> list[Piece]:
    """Without noise and without the town behind an outlet: "Le Temps (Genève)"."""
    kept = [p for p in pieces if p.kind != "noise"]
    pairs = list(pairwise([Piece("noise", ""), *kept]))
    return [two for one, two in pairs if not (one.kind == "outlet" and _is_town(two))]


def _is_town(piece: Piece) -> bool:
    return piece.kind == "unknown" and piece.mark == "(" and is_single_name(piece.name)


def _is_byline(text: str, pieces: list[Piece], label: re.Match[str] | None, slot: bool) -> bool:
    """Refuse sentences ("Par ailleurs, le conseil a voté") and menu entries."""
    if len(text.split()) > _SENTENCE_WORDS and not (slot and label):
        return False
    if label is not None:
        after = text[label.end() :].lstrip(" |(")
        first = next((p for p in pieces if p.kind != "unknown"), None)
        if first is None or (after[:1].islower() and pieces[0].kind == "unknown"):
            return first is None and slot and _lone_name(pieces, after)
        return True
    if any(p.kind in ("agency", "agencies", "newsroom", "place", "url") for p in pieces):
        return slot or _strange_words(pieces) <= 4
    return all(p.kind != "unknown" or p.name[:1].islower() for p in pieces) and pieces[0].kind != "unknown"


def _lone_name(pieces: list[Piece], after: str) -> bool:
    """ "Par Karim" and "Par Radio Exemple": one unknown name that fills the slot."""
    name = pieces[0].name
    if len(pieces) != 1 or not (name[:1].isupper() or name[:1].isdigit()) or len(after.split()) > 6:
        return False
    alone = is_single_name(name) and plain(name) not in COLLECTIVE_WORDS | SECTION_WORDS
    return alone or looks_collective(name)


def _strange_words(pieces: list[Piece]) -> int:
    return sum(len(p.name.split()) for p in pieces if p.kind == "unknown")


def gather(pieces: list[Piece], *, labelled: bool) -> Credits:
    """Put the pieces of a byline where they belong; "AA/Tunis/Modele" is agency, place, author."""
    credits = Credits()
    dispatch = pieces[0].kind == "agency" and len(pieces) > 1 and pieces[1].mark == "/"
    credits.shared = not dispatch and any(
        piece.mark in _SHARING and not before.kind == piece.kind == "person"
        for before, piece in pairwise([Piece("noise", ""), *pieces])
    )
    for index, piece in enumerate(pieces):
        if dispatch and index == 1 and piece.kind in ("unknown", "noise") and is_single_name(piece.name):
            credits.places.append(piece.name)
        else:
            _place(piece, credits, dispatch)
    beside = bool(credits.agencies) or any(p.mark in ("avec", "with") for p in pieces)
    for name in credits.unknown:
        lone = labelled and len(pieces) == 1
        if name[:1].islower() or (not beside and not lone) or ":" in name:  # a label that nobody knows
            continue
        if (lone or dispatch) and is_single_name(name):
            credits.authors.append(proper_name(name))
        elif beside or looks_collective(name):
            credits.outlets.append(name)
    return credits


def _place(piece: Piece, credits: Credits, dispatch: bool) -> None:
    if piece.kind in ("agency", "agencies"):
        credits.agencies.append(piece.name)
    elif piece.kind in ("outlet", "url"):
        credits.outlets.append(piece.name)
    elif piece.kind == "newsroom":
        credits.newsroom = True
        credits.unknown += [] if piece.name == "SELF" else [piece.name]
    elif piece.kind == "person":
        credits.authors.append(piece.name)
        credits.places += [piece.text] if piece.text else []
    elif piece.kind == "place":
        credits.places += [piece.name] if piece.name else [""]
    elif piece.kind == "unknown":
        credits.unknown.append(piece.name)


def attribute(credits: Credits, raw: str, rule: str) -> Attribution | None:
    """The kind that follows from who is named beside whom; None when nobody is."""
    outlets, place = list(dict.fromkeys(credits.outlets)), next((p for p in credits.places if p), None)
    kind: AttributionKind
    if credits.agencies:
        beside = bool(outlets or credits.newsroom or (credits.authors and credits.shared))
        kind = "cosigned" if beside or _begins_with_avec(raw) else "agency"
        if credits.newsroom and not outlets:
            outlets = ["SELF"]
    elif outlets:
        kind = "cosigned" if _begins_with_avec(raw) or " avec " in raw.lower() else "republication"
    elif _begins_with_avec(raw) and not credits.newsroom:
        return None  # "Avec Jeanne Modele, ...": who played, who spoke
    elif credits.authors or credits.newsroom or credits.places:
        kind = "original"
    else:
        return None
    return Attribution(
        kind=kind,
        outlets=tuple(outlets),
        agencies=tuple(dict.fromkeys(credits.agencies)),
        authors=tuple(dict.fromkeys(credits.authors)),
        raw=raw,
        rule="cosigned" if _begins_with_avec(raw) else rule,
        dateline=place if kind == "agency" else None,
        location=place if kind != "agency" else None,
        url=credits.url,
    )


def _begins_with_avec(raw: str) -> bool:
    return re.match(r"\W*(?:avec|with)\s", raw, re.IGNORECASE) is not None
