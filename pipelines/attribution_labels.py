"""Labels that announce a source ("SOURCE WEB Par X", "Source : X") and those that announce others."""

from __future__ import annotations

import re

from pipelines.attribution_slots import Credits, Sources, looks_collective, read_pieces, split_slot
from pipelines.attribution_text import only_date, strip_dates
from pipelines.outlets import host_of
from pipelines.persons import is_initials, is_person, plain, proper_name
from storage.records import Attribution

_LABEL = re.compile(r"(?:^|(?<=[\s.!?…)\]»(|:,;\d–—-]))sources?(?=\b|web)", re.IGNORECASE)
_AFTER = re.compile(
    r"\s?(?:[:：]\s?(?=web\s?par\b))?(?P<web>web|internet|du web|en ligne)?\s?"
    r"(?P<origin>originale?|de l['’]article|article)?\s?"
    r"(?P<mark>[:：=|>»/.]|[-–—](?=\s)|de\s:)?\s?(?P<par>par(?=[\s:]|$)|Par(?=(?-i:[A-ZÀ-Þ][a-zà-ÿ'’])))?\s?:?\s?",
    re.IGNORECASE,
)
_OTHER_SOURCE = re.compile(
    r"\s?(?:[:=]\s?)?(?:des?\s)?(?:(?:l['’]|la\s|du\s)?(?:photos?|image|illustration|vid[ée]o|visuel"
    r"|graphique|carte|audio)"
    r"|donn[ée]es|officielle|proche|s[ûu]re|concordante|s[ée]curitaire|polici[èe]re|judiciaire|diplomatique"
    r"|anonyme)\b",
    re.IGNORECASE,
)
_DATA = re.compile(
    r"\b(?:enqu[êe]tes?|donn[ée]es|calculs?|statistiques?|[ée]tudes?|rapports?|sondages?|recensement"
    r"|estimations?"
    r"|projections?|barom[èe]tre|graphique|tableau|infographie|annuaire|chiffres|traitement|fichiers?|carte"
    r"|insee|eurostat|ined|hcp|ocde|fmi|banque mondiale|base de|bank al-maghrib|banque centrale|bceao|beac"
    r"|office des changes|wikip[ée]dia)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:,\s?|\s\(?)(?:19|20)\d\d(?:[-–/](?:19|20)?\d\d)?\)?\.?$")
_PHOTO = re.compile(
    r"^\W{0,3}(?:©|\(c\)|cr[ée]dits?\b|photos?\b|photographies?\b|ph\s?[.:]|phs\b|illustrations?\b"
    r"|images?\b|visuel\b"
    r"|capture d['’][ée]cran|infographie\b|vid[ée]os?\s?:|l[ée]gende\b|dessin\b"
    r"|afp\.com/|getty\b|d\.?\s?r\.?\s?$|dr\s?/"
    r"|(?:file|handout|archives?)\s?/|[-–—]\s?/)",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(r"^(?:©|\(c\)|copyright)\s?(?:©\s?)?(?:\(?(?:19|20)\d\d\)?\s?)?", re.IGNORECASE)
# a picture's text, then whose it is
_CREDITED = re.compile(r"^(?!par\b|©)[^©]{12,}[\s.,)]©\s?\w", re.IGNORECASE)
# ... or its day and its place end it
_CAPTION = re.compile(r".{3,120}?\b(?:19|20)\d\d(?:\sà\s[^.]{2,40})?\.\s")
_OF_AGENCY = re.compile(r"[A-Z]{2,8}\s?/\s?archives?\.?", re.IGNORECASE)
_SPONSORED = re.compile(
    r"\b(?:publi[- ]?(?:r[ée]dactionnel|reportage|communiqu[ée]|information)|advertorial"
    r"|contenu (?:sponsoris|partenaire)"
    r"|sponsoris[ée] par|en partenariat avec|propos[ée] par|annonceur|publicit[ée])",
    re.IGNORECASE,
)
_NAMELESS = re.compile(
    r"(?:web|internet|r[ée]seaux sociaux|presse|m[ée]dias?|autre|divers|externe|ici|lien|site|article)",
    re.IGNORECASE,
)
_RELEASE = re.compile(
    r"^\W{0,2}(?:source\s?:\s?)?(?:un\s)?communiqu[ée](?P<press>\s(?:de presse|officiel|conjoint|final"
    r"|commun))?"
    r"(?:\s?(?::|[-–—/|])\s?|\s(?:[ée]manant )?(?:de la|de l['’]|de|du|des|d['’])\s?(?!presse)|\W*$"
    r"|(?(press)\s|(?!)))"
    r"(?P<name>.*)$",
    re.IGNORECASE,
)
# the zone of the hour, and who sent it
_SENDER = re.compile(r"^\s*,?\s*(?:[A-Z]{2,4}\s)?(?:par|de)\s")
_TAIL_OF_SLOT = re.compile(
    r"(?<=\w)[.!?](?:\s(?=[A-ZÀ-Þ«\"])|$)|\s(?:cr[ée]dits?|photos?)\s:|\s\|\s"
    r"|,\s(?:adaptation|traduction|adapt[ée]|traduit)\b",
    re.IGNORECASE,
)


def is_photo_credit(line: str, sources: Sources) -> bool:
    """Whether the line credits a picture: by its start, or as "NAME / AGENCY" or "(Name / Agency)"."""
    if _CREDITED.search(line) or _OF_AGENCY.fullmatch(line):
        return True
    if _PHOTO.match(line):
        rest = _COPYRIGHT.sub("", line)
        entry = sources.known(strip_dates(rest).strip(" |.")) if rest != line else None
        return entry is None or entry.kind != "agency"
    caption = _CAPTION.match(line)
    core = line[caption.end() :].strip("() .") if caption else line.strip("() .")
    parts = [part for _, part in split_slot(core, sources)] if "/" in core else []
    if len(parts) != 2:
        return False
    entry = sources.known(parts[1])
    shouted = parts[0].isupper() and len(parts[0]) > 3 and sources.known(parts[0]) is None
    shouted = shouted and not is_initials(f"{parts[0]}.")  # "R. E./APS" signs
    bracketed = (caption is not None or line.startswith("(")) and is_person(parts[0])
    return entry is not None and entry.kind == "agency" and (shouted or bracketed)


def is_sponsored(line: str) -> bool:
    """Advertising is flagged elsewhere; its client is not a source."""
    return _SPONSORED.search(line) is not None


def read_source_label(line: str, sources: Sources, *, only_web: bool = False) -> Attribution | None:
    """Read "SOURCE WEB Par X", "Source : X", "(Source : X)", also after a date or a sentence."""
    for label in list(_LABEL.finditer(line))[:3]:
        after = _AFTER.match(line, label.end())
        if after is None or not _opens(line[: label.start()]) or _OTHER_SOURCE.match(line, label.end()):
            continue
        web = after["web"] is not None
        if only_web and not web:
            continue
        slot = cut_slot(line[after.end() :])
        marked = web or after["mark"] or after["par"] or (after["origin"] and not slot)
        if not marked and not _unmarked(slot, label[0]):
            continue
        plural = label[0].lower() == "sources"
        if not web and _is_data(slot, sources, plural=plural):
            return None
        return _credit(slot, sources, line, plural, "source_web" if web else "source_label")
    return None


def _opens(before: str) -> bool:
    """Whether a label may stand after this text: at a start, after a bracket, a date, a full stop."""
    before = before.rstrip(" |–—-")
    return not before or before[-1] in ".!?…»)(]|:" or only_date(before)


def _unmarked(slot: str, label: str) -> bool:
    """ "Source Tribune Afrique": without colon the name is short, capitalised and alone."""
    if not slot:
        return True
    words = slot.split()
    named = sum(w[0].isupper() or w[0].isdigit() for w in words)
    return label.lower() == "source" and slot[0].isupper() and len(words) <= 5 and named * 2 >= len(words)


def cut_slot(rest: str) -> str:
    """The slot alone: up to the end of its sentence, without date and brackets."""
    rest = rest.strip()
    if host_of(rest.split(" ")[0].rstrip(").,;")) is None:
        end = _TAIL_OF_SLOT.search(rest)
        signed = end is not None and end[0] == " | " and is_person(strip_dates(rest[end.end() :]).strip(" |"))
        rest = rest[: end.start()] if end and not signed else rest
    if rest.count(")") > rest.count("("):
        rest = rest[: rest.rindex(")")]
    return strip_dates(rest).strip(' |:–—-,;.«»"“”')


def _is_data(slot: str, sources: Sources, *, plural: bool) -> bool:
    """A chart's or table's source: statistics, an unknown body with a bare year, several without names."""
    if sources.known(slot) is not None:
        return False
    pieces = read_pieces(slot, sources) if plural else []
    if any(p.kind == "unknown" and p.name[:1].islower() for p in pieces):
        return all(p.kind in ("unknown", "noise", "person") for p in pieces)
    return _DATA.search(slot) is not None or (_YEAR.search(slot) is not None and "/" not in slot)


def _credit(slot: str, sources: Sources, line: str, plural: bool, rule: str) -> Attribution:
    if not slot or _NAMELESS.fullmatch(slot):
        return Attribution(kind="unknown_source", raw=line, rule=rule)
    if plain(slot).startswith("communique"):
        released = read_press_release(slot, sources)
        outlets = released.outlets if released is not None else ()
        return Attribution(kind="press_release", outlets=outlets, raw=line, rule=rule)
    credits = read_source_slot(slot, sources)
    if not credits.outlets and not credits.agencies:
        return Attribution(kind="unknown_source", raw=line, rule=rule)
    bracketed = line.startswith("(") and line.rstrip(".").endswith(")")
    signed = credits.agencies and not credits.outlets and rule == "source_label"
    agency = bool(signed and (plural or bracketed or credits.agencies == ["AGENCIES"]))
    return Attribution(
        kind="agency" if agency else "republication",
        outlets=tuple(dict.fromkeys(credits.outlets)),
        agencies=tuple(dict.fromkeys(credits.agencies)),
        authors=tuple(dict.fromkeys(credits.authors)),
        raw=line,
        rule=rule,
        url=credits.url,
    )


def read_source_slot(slot: str, sources: Sources) -> Credits:
    """Names after a source label: known ones, the rest verbatim; persons beside a name are authors."""
    credits = Credits()
    pieces = read_pieces(slot, sources)
    known = any(p.kind in ("agency", "agencies", "outlet") for p in pieces)
    for index, piece in enumerate(pieces):
        if piece.kind in ("agency", "agencies"):
            credits.agencies.append(piece.name)
        elif piece.kind == "outlet" or (piece.kind == "url" and not known and not credits.outlets):
            credits.outlets.append(piece.name)
        elif piece.kind == "person" and (known or index) and piece.mark not in ("et", "&"):
            credits.authors.append(piece.name)
        elif known and piece.kind == "unknown" and looks_collective(piece.name):
            credits.outlets.append(piece.name)
        if "://" in piece.text:
            credits.url = piece.text
    if not known and not credits.outlets:
        _keep_verbatim(slot, credits)
    return credits


def _keep_verbatim(slot: str, credits: Credits) -> None:
    """No name is known: the slot is one name, unless a strong mark separates an author from it."""
    parts = [p.strip(' «»"“”,') for p in re.split(r"\s?[/|•·]\s?|\s[-–—]\s|,\spar\s|\spar\s", slot)]
    parts = [p for p in parts if any(c.isalnum() for c in p)]
    credits.authors.clear()
    credits.outlets += parts[:1]
    for part in parts[1:]:
        if is_person(part):
            credits.authors.append(proper_name(part))
        elif looks_collective(part):
            credits.outlets.append(part)


def read_press_release(line: str, sources: Sources) -> Attribution | None:
    """ "Communiqué de presse de l'Office X": the outlet is who released it, known or not."""
    match = _RELEASE.match(line)
    if match is None or len(line) > 140:
        return None
    name = _SENDER.sub("", strip_dates(match["name"]).rpartition("|")[2]).strip(" .)(:–—-«»|")
    if not name:
        return Attribution(kind="press_release", raw=line, rule="press_release")
    if not any(c.isupper() for c in name[:60]) or re.search(r"[.!?;]\s", name) or len(name.split()) > 12:
        return None
    credits = read_source_slot(name, sources) if sources.known(name) else Credits(outlets=[name])
    return Attribution(
        kind="press_release",
        outlets=tuple(dict.fromkeys(credits.outlets)),
        agencies=tuple(dict.fromkeys(credits.agencies)),
        authors=tuple(dict.fromkeys(credits.authors)),
        raw=line,
        rule="press_release",
        url=credits.url,
    )
