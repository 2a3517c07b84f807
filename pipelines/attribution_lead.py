"""Where agencies sign: the dateline at the head of a text and the signature at its end."""

from __future__ import annotations

import re

from pipelines.attribution_slots import Sources, read_pieces, split_slot
from pipelines.attribution_text import only_date, strip_dates
from pipelines.outlets import host_of, source_key
from pipelines.persons import is_initials, is_person, proper_name
from storage.records import Attribution

_HEAD_BRACKETS = re.compile(
    r"^(?P<place>[^()\[\]!?]{0,60}?)\s?[-–—,/]?\s?"
    r"[(\[](?P<slot>[^()\[\]]{2,40})[)\]]\s?(?P<dash>[-–—:.=]{0,2})\s?(?=\S)"
)
_HEAD_BARE = re.compile(
    r"^(?:(?P<place>[A-ZÀ-Þ][\wÀ-ÿ’' ]{1,30}?)(?:\s?[,/]\s?|\s?[-–—]\s?))?"
    r"(?P<agency>[A-Z][A-Za-zà-ÿ]{1,11}(?:[- /][A-Z][A-Za-zà-ÿ]{1,11})?)"
    r"(?:\s?[-–—]{1,2}\s|\s[-–—]{1,2}|[-–—](?=\d)|\s?:\s|,\s(?=\d)|\s?/\s(?=\d))(?P<rest>.*)$"
)
_PLACE_DASH = re.compile(
    r"^(?P<place>[A-ZÀ-Þ][\wÀ-ÿ’'-]*(?:[ -][A-ZÀ-Þa-z][\wÀ-ÿ’'-]*){0,3})(?:,[^-–—]{0,25})?\s?[-–—]{1,2}\s"
)
_AGENCY_PLACE = re.compile(
    r"^(?P<agency>[A-Z]{2,6})\s?-\s?(?P<place>[A-ZÀ-Þ][\w’' -]{2,25}?)\s?(?=[(,:–—]|-\s)"
)
_COUNTRY_IN_BRACKETS = re.compile(
    r"^(?P<place>[A-ZÀ-Þ][^()]{1,30}?)\s?\((?P<country>[^()]{3,30})\)\s?(?=[-–—(,])"
)
_DAY_MONTH = re.compile(r"\s\d{1,2}[/.]\d{1,2}(?=\s|$)")
_END_BRACKETS = re.compile(r"[(\[](?P<slot>[^()\[\]]{2,60})[)\]]\s?\.?$")
_DESK = re.compile(r"^[(\[]?[A-Za-zé]{1,6}(?:[./-][A-Za-zé]{1,10}){1,5}[)\]]?\.?$")
_INITIALS = re.compile(r"^[a-zé]{1,5}$|^[A-Z]{1,4}$")
_ISSUE = 60  # characters of a line that names one
_LAST_SENTENCE = re.compile(r"(?:[.!?…»”\"]\s?|^)[-–—]?\s?(?P<name>[^.!?…»”\"]{2,40}(?:\.[a-z]{2,5})?)\.?$")


def read_dateline(head: str, tail: str, sources: Sources) -> Attribution | None:
    """Read "PARIS (AFP) - ...", "Rabat, MAP – ...", "(Belga) ...", and "ALGER - ... (APS)".

    `head` and `tail` are the first and the last characters of one paragraph.
    """
    country = _COUNTRY_IN_BRACKETS.match(head)
    if country is not None and not _agencies(country["country"], sources):
        head = f"{country['place']} {head[country.end() :]}"
    return (
        _from_brackets(_HEAD_BRACKETS.match(head), head, sources)
        or _bare(_HEAD_BARE.match(head), sources)
        or _agency_place(_AGENCY_PLACE.match(head), sources)
        or read_end_brackets(head, tail, sources)
    )


def _agencies(slot: str, sources: Sources) -> tuple[str, ...]:
    """The agencies of a signature; empty when anything but agencies, initials and dates stands in it."""
    pieces = read_pieces(
        strip_dates(re.sub(r"^(?:avec|source\s?:)\s", "", slot, flags=re.IGNORECASE)), sources
    )
    agencies = [p.name for p in pieces if p.kind in ("agency", "agencies")]
    others = [p for p in pieces if p.kind not in ("agency", "agencies", "noise")]
    others = [p for p in others if p.kind != "place" or p.name]  # "(TAP/Correspondant)"
    if not agencies or any(p.kind == "newsroom" or not _INITIALS.match(p.name) for p in others):
        return ()
    return tuple(dict.fromkeys(agencies))


def place_name(text: str) -> str | None:
    """The place of a dateline without date and country: "DAKAR, 3 jan" is "Dakar"."""
    first = re.split(r"[|,/]", _DAY_MONTH.sub("|", strip_dates(text)))[0].strip(" -–—.,")
    if not first or not first[0].isupper() or len(first.split()) > 4:
        return None
    return first.title() if first.isupper() else first


def _signed(agencies: tuple[str, ...], raw: str, place: str | None) -> Attribution:
    return Attribution(kind="agency", agencies=agencies, raw=raw.strip(), rule="dateline", dateline=place)


def _from_brackets(match: re.Match[str] | None, head: str, sources: Sources) -> Attribution | None:
    """A dateline needs a mark behind its brackets, or a date or capitals before them."""
    agencies = _agencies(match["slot"], sources) if match else ()
    if match is None or not agencies:
        return None
    before, next_char = match["place"].strip(" ,-–—"), head[match.end() :][:1]
    place = place_name(before)
    if before and not only_date(before) and place is None:
        return None
    dated = _DAY_MONTH.sub("|", strip_dates(before))
    sure = place is None or dated != before or dated.strip(" ,-").isupper()
    # "Berne (ats) Le ...": only capitals spell a name out
    sure = sure or (match["slot"].islower() and all(word[0].isupper() for word in before.split()))
    begins = next_char.isupper() or next_char in "«\"“'"
    if not match["dash"] and not (begins and sure):
        return None
    return _signed(agencies, match[0], place)


def _bare(match: re.Match[str] | None, sources: Sources) -> Attribution | None:
    """ "Rabat, MAP – ...", "MAP - ...", "DIA-05 septembre 2019: ..."."""
    if match is None or not match["rest"].strip():
        return None
    agencies, place = _agencies(match["agency"], sources), match["place"]
    if not agencies or (place is None and match.string[: match.start("rest")].rstrip().endswith(":")):
        return None  # "MAP : une carte du ciel"
    if place is not None and (only_date(place) or len(place.split()) > 4):
        place = None
    return _signed(agencies, match.string[: match.start("rest")], place_name(place) if place else None)


def _agency_place(match: re.Match[str] | None, sources: Sources) -> Attribution | None:
    """ "APA-Dakar (Sénégal) ..."."""
    agencies = _agencies(match["agency"], sources) if match else ()
    return _signed(agencies, match[0], place_name(match["place"])) if match and agencies else None


def read_end_brackets(head: str, tail: str, sources: Sources) -> Attribution | None:
    """Read "... (APS)" at the end; "l'Agence France-Presse (AFP)" only spells an acronym out."""
    match = _END_BRACKETS.search(tail)
    agencies = _agencies(match["slot"], sources) if match else ()
    if match is None or not agencies or any(c.isdigit() for c in match["slot"]):
        return None  # "(AFP, 25/11/2019)" gives the origin of a quotation
    before = tail[: match.start()].rstrip()
    names = {source_key(n) for e in sources.table.entries if e.name in agencies for n in e.names()}
    spelled = source_key(before[-60:])
    if any(spelled.endswith(name) for name in names) or re.search(
        r"(?:l['’]|\b(?:la|le|les|à|de|du|par))$", before
    ):
        return None
    place = _PLACE_DASH.match(head)
    avec = re.match(r"avec\s", match["slot"], re.IGNORECASE)
    return Attribution(
        kind="cosigned" if avec else "agency",
        agencies=agencies,
        raw=match[0],
        authors=(proper_name(before),) if is_person(before) or is_initials(before) else (),
        rule="end_brackets" if before else "signature",
        dateline=place_name(place["place"]) if place else None,
    )


def read_signature(line: str, sources: Sources) -> Attribution | None:
    """A line that is nothing but a signature: "(ats/nxp)", "MS/cat/APA", "AFP", "MAP."."""
    if _DESK.match(line):
        parts = [text for _, text in split_slot(line.strip("()[]. "), sources)]
        known = [sources.known(p) for p in parts]
        trailing: list[str] = []
        for entry in reversed(known):
            if entry is None or entry.kind != "agency":
                break
            trailing.insert(0, entry.name)
        short = all(_INITIALS.match(p) or known[i] for i, p in enumerate(parts))
        if trailing and short:
            return Attribution(kind="agency", agencies=tuple(trailing), raw=line, rule="signature")
    agencies = _agencies(line.strip("()[]. –—-"), sources) if len(line) <= 60 else ()
    if agencies:
        avec = re.match(r"\W*avec\s", line, re.IGNORECASE)
        return Attribution(
            kind="cosigned" if avec else "agency", agencies=agencies, raw=line, rule="signature"
        )
    return None


def _without_issue(line: str) -> str:
    """An outlet without the day of its issue: "El Watan, 12 mars 2021", "L'opinion.ma | 20 Avril 2017"."""
    if len(line) > _ISSUE:
        return line
    name, mark, rest = strip_dates(line).partition("|")
    name = name.strip(" (,–—-")
    if not mark or not name or rest.strip(" |,.)–—-"):
        return line
    named = not name.split()[-1][0].islower() or host_of(name) is not None  # not "le matin du 12 mars"
    return name if named else line


def read_last_name(line: str, sources: Sources) -> Attribution | None:
    """A known outlet or agency alone at the end: "... la saison. Le 360", "lemag", "exemple.ma"."""
    whole, line = line, _without_issue(line)
    match = _LAST_SENTENCE.search(line)
    if match is None:
        return None
    name = match["name"].strip(" -–—|")
    alone = match.start() == 0 and len(name) == len(line.strip(" .-–—|"))
    entry = sources.known(name)
    if entry is None:
        host = host_of(name) if alone else None
        return (
            Attribution(kind="republication", outlets=(name,), raw=whole, rule="last_name") if host else None
        )
    if entry.common_word or (name[0].islower() and not alone and host_of(name) is None):
        return None
    agency = entry.kind == "agency"
    return Attribution(
        kind="agency" if agency else "republication",
        outlets=() if agency else (entry.name,),
        agencies=(entry.name,) if agency else (),
        raw=whole if alone else name,
        rule="last_name",
    )
