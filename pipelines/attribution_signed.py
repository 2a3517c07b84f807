"""Persons and outlets that sign beside an agency below a text, without a label: "I. B. (avec Tap)",
"R. E./APS", "AFP, Le Journal".
"""

from __future__ import annotations

import re

from pipelines.attribution_byline import attribute, gather
from pipelines.attribution_slots import Piece, Sources, looks_collective, read_pieces
from pipelines.persons import is_initials, is_person, plain
from storage.records import Attribution

_LINE = 80  # characters of a signature
_SHARED = re.compile(
    r"(?P<who>[^()\[\]|:]{2,60}?)(?:\s?/\s?(?P<of>[^/()]{2,30})|\s?[(\[]avec\s(?P<within>[^()\[\]]{2,30})[)\]]"
    r"|,?\savec\s(?P<beside>[^()]{2,30}))\.?",
    re.IGNORECASE,
)
_SOURCES = ("agency", "agencies", "outlet")
_AGENCIES = ("agency", "agencies")
_ACRONYM = re.compile(r"[A-Z][a-z]{1,4}")


def read_signed(line: str, sources: Sources) -> Attribution | None:
    """A line that is nothing but persons or an outlet beside an agency."""
    if len(line) > _LINE:
        return None
    return _persons(line, sources) or _outlet(line, sources)


def _persons(line: str, sources: Sources) -> Attribution | None:
    """Behind a slash stands an agency: with an outlet there a line credits a picture."""
    match = _SHARED.fullmatch(line)
    if match is None:
        return None
    persons = read_pieces(match["who"], sources)
    if not all(is_person(p.name) or is_initials(p.name) for p in persons):
        return None
    slot = match["of"] or match["within"] or match["beside"]
    if plain(slot).startswith("communique"):
        names = tuple(piece.name for piece in persons)
        return Attribution(kind="press_release", authors=names, raw=line, rule="cosigned")
    found = read_pieces(_spelled(slot, sources), sources)
    if not found or any(piece.kind not in (_AGENCIES if match["of"] else _SOURCES) for piece in found):
        return None
    mark, rule = ("/", "signed") if match["of"] else ("avec", "cosigned")
    first = Piece(found[0].kind, found[0].name, mark, found[0].text)
    return attribute(gather([*persons, first, *found[1:]], labelled=False), line, rule)


def _spelled(slot: str, sources: Sources) -> str:
    """ "Tap" in capitals, if it is known then."""
    is_one = _ACRONYM.fullmatch(slot) is not None and sources.known(slot.upper()) is not None
    return slot.upper() if is_one else slot


def _outlet(line: str, sources: Sources) -> Attribution | None:
    """ "(Belga/L’Avenir)", "AFP, Le Journal": both known, or the second named as outlets are."""
    pieces = read_pieces(line.strip("()[] ."), sources)
    if not any(p.kind in _AGENCIES for p in pieces):
        return None
    strange = [p.name for p in pieces if p.kind not in _SOURCES]
    if strange and not (pieces[0].kind in _AGENCIES and all(map(looks_collective, strange))):
        return None
    shared = [Piece("outlet", p.name, p.mark, p.text) if p.name in strange else p for p in pieces]
    return attribute(gather(shared, labelled=False), line, "signed")
