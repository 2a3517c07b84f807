"""Who wrote: the authors among the names of a page.

They are looked for in what the page declares of itself and in author lines of the article, never in cards,
comments or boxes: those are cut.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml.html import HtmlElement

from pipelines.article_date_place import signs
from pipelines.article_signatures import closing_names, is_spoken_of, opening_names
from pipelines.authors import choose_authors, is_nobody, parse_byline
from pipelines.blocks import Blocks
from pipelines.blocks_lines import BYLINE, Line, Lines
from pipelines.blocks_tree import text_of
from pipelines.body import Body
from pipelines.outlets import source_key
from pipelines.persons import COMPANY, is_person
from pipelines.structured import Structured
from pipelines.text import clean, fold
from pipelines.text import words as site_words
from storage.records import Evidence

_PUBLISHER = re.compile(r"\W{0,3}(?:publié|posté|mis en ligne|posted|published)\s(?:par|by)\b", re.I)
_ADDRESS = re.compile(r"@|\[at\]|\bwww\.|^[\w.-]+\.[a-z]{2,6}$", re.I)
_HANDLE = re.compile(r"[a-z][a-z0-9_-]{1,15}|[A-Z]{1,2}(?:\s[A-Z]{1,2}){0,2}")
_TOWN = re.compile(r"\w\s\([A-ZÀ-Þ][\w’' -]{2,30}\)$")
_HEAD = ("meta:", "jsonld:WebPage")  # what the system writes, not the author
_Claims = tuple[str, Sequence[str]]


def choose_page_authors(
    structured: Structured,
    blocks: Blocks,
    body: Body,
    lines: Lines,
    sites: Sequence[str],
    french: bool,
    selected: Sequence[str] = (),
    named: Sequence[str] = (),
) -> tuple[tuple[str, ...], list[Evidence]]:
    """The authors, and every claim as evidence; `named` are the texts of author elements (`named_authors`).

    Persons; a news agency where it signs alone. On pages in other languages than French, whose bylines are
    not read as closely, agencies always count and an organisation that is declared the only author stays.
    """
    declared = _declared(structured, french)
    if selected:
        declared.insert(0, ("selector", list(selected)))
    visible = _visible(blocks, body, lines, named, sites, french)
    handle = french and _has_handle(declared, sites)
    handle = handle and (_is_signed(visible, body, sites) or _is_named(visible, sites))
    names, rule = _chosen([] if handle else declared, visible, sites, french)
    evidence = [
        Evidence("authors", value, name, value, name == rule)
        for name, values in (*declared, *visible)
        for value in values[:4]
    ]
    return names, evidence[:20]


def _chosen(
    declared: Sequence[_Claims], visible: Sequence[_Claims], sites: Sequence[str], french: bool
) -> tuple[tuple[str, ...], str | None]:
    """A body or the site's own account gives way to a person who signs, and a head's claim to a byline."""
    linked = [claims for claims in visible if claims[0] == "rel:author"]
    strong = [claims for claims in declared if not _is_weak(claims, sites)]
    accounts = [value for claims in declared if claims not in strong for value in claims[1]]
    others = [*sites, *accounts]
    own = [claims for claims in visible if french and _are_hosts(claims, sites)]
    visible = [claims for claims in visible if claims not in own and not _is_weak(claims, sites)]
    bylines = [claims for claims in visible if claims[0] == "line:byline"]
    if french:
        declared = [claims for claims in declared if not _is_placed(claims)]
        names, rule = choose_authors(strong, visible, others)
        signed, line = choose_authors((), bylines, others) if rule == "meta:author" else ((), None)
        if signed and not set(map(fold, signed)) & set(map(fold, names)):
            return signed, line  # whose account it was that published
        names, rule = (names, rule) if names else choose_authors([*declared, *linked], (), sites)
        names, rule = (names, rule) if names else choose_authors(_nicknames(visible), (), sites)
        names, rule = (names, rule) if names else choose_authors((), own, sites)
        return (names, rule) if names else choose_authors(declared, (), sites, agencies=True)
    signed, line = choose_authors((), bylines, others)
    names, rule = choose_authors(strong, (), sites, agencies=True)
    weaker = rule is not None and rule.startswith(_HEAD) and not set(signed) & set(names)
    if signed and names and (weaker or set(names) < set(signed)):
        return signed, line
    if not names:
        names, rule = choose_authors(_uncased(visible), visible, others)
    if not names:
        names, rule = choose_authors(linked, (), sites, agencies=True)
    if not names:
        names, rule = _organisation(declared)
    return (names, rule) if names else choose_authors((), visible, sites, agencies=True)


def _are_hosts(claims: _Claims, sites: Sequence[str]) -> bool:
    """Whether a claim only names whom the host is called by: a blogger, or the site."""
    hosts = {source_key(site.partition(".")[0]) for site in sites if "." in site and " " not in site}
    if not hosts or not any(key in source_key(value) for value in claims[1] for key in hosts):
        return False
    names = [name for value in claims[1] for name in parse_byline(value, sites)]
    return bool(names) and all(source_key(name) in hosts for name in names)


def _nicknames(visible: Sequence[_Claims]) -> list[_Claims]:
    """Author elements that hold one word: a blogger's pseudonym."""
    return [
        (rule, values)
        for rule, values in visible
        if rule == "name:author" and not any(c.isspace() or c.isdigit() for c in "".join(values))
    ]


def _uncased(visible: Sequence[_Claims]) -> list[_Claims]:
    """Author elements in scripts without capitals, where a name has no shape to be known by."""
    named = [(rule, [v for v in values if len(v) <= 30]) for rule, values in visible if rule == "name:author"]
    return [
        (rule, values)
        for rule, values in named
        if values and not any(c.isupper() or c.islower() or c.isdigit() for c in "".join(values))
    ]


def _is_weak(claims: _Claims, sites: Sequence[str]) -> bool:
    """Whether a claim names a body or an account of the site: "Le Journal D", "Journal Exemple SARL"."""
    rule, values = claims
    if rule.endswith(":organization"):
        return True
    first = {words[0] for site in sites if (words := site_words(site)) and len(words[0]) > 3}
    return all(_is_account(value, first, sites) for value in values)


def _is_placed(claims: _Claims) -> bool:
    """Whether bodies are named with their town, as outlets are: "La Tribune (Genève)"."""
    return claims[0].endswith(":organization") and all(map(_TOWN.search, claims[1]))


def _is_account(value: str, first: set[str], sites: Sequence[str]) -> bool:
    words = site_words(value)
    if not words or len(words) > 4 or (words[0] not in first and not COMPANY.search(value)):
        return False
    persons = parse_byline(value, sites)  # "Le Journal - Jeanne Modele"
    return all(site_words(name)[0] in first for name in persons)


def _organisation(declared: Sequence[tuple[str, Sequence[str]]]) -> tuple[tuple[str, ...], str | None]:
    """The author a page declares, whoever it is: first of all in JSON-LD."""
    for begin in ("jsonld", ""):
        for rule, values in declared:
            names = [clean(v) for v in values if 1 < len(v) <= 60 and "://" not in v and not is_nobody(v)]
            if not begin:
                names = [name for name in names if not _ADDRESS.search(name)]
            if rule.startswith(begin) and any(c.isalpha() for name in names for c in name):
                return tuple(names[:3]), rule
    return (), None


def _has_handle(declared: Sequence[_Claims], sites: Sequence[str]) -> bool:
    """Whether a page declares no more of its author than the handle of who posted it: "bko", "K B"."""
    values = [value.strip() for claims in declared if not _is_weak(claims, sites) for value in claims[1]]
    return bool(values) and all(_HANDLE.fullmatch(value) for value in values)


def _is_signed(visible: Sequence[_Claims], body: Body, sites: Sequence[str]) -> bool:
    """Whether somebody signs, below the text or as its author, of whom it does not speak."""
    below = [claims for claims in visible if claims[0] in ("line:signature", "line:byline")]
    signed, _ = choose_authors((), below, sites)
    return bool(signed) and not is_spoken_of(signed, body.paragraphs)


def _beside_day(lines: Lines) -> list[str]:
    """Names alone on a line of the element by the headline in which another line says the day."""
    dated = {_holder(line) for line in lines.dates if line.zone == "head"}
    names = (line for line in lines.others if line.zone == "head" and _holder(line) in dated)
    return [line.text for line in names if is_person(line.text)]


def _holder(line: Line) -> HtmlElement:
    """The element that holds a line; of an item of a list that list."""
    element = line.paragraph.element
    return element.getparent() if element.tag == "li" else element


def _is_named(visible: Sequence[_Claims], sites: Sequence[str]) -> bool:
    """Whether the first element that says it holds the author names a person."""
    names, _ = choose_authors((), [claims for claims in visible if claims[0] == "name:author"][:1], sites)
    return bool(names) and all(map(is_person, names))


def _declared(structured: Structured, french: bool) -> list[tuple[str, list[str]]]:
    groups: dict[str, list[str]] = {}
    for claim in structured.authors:
        groups.setdefault(claim.rule, []).append(claim.value)
    if groups.get("jsonld:author") and not french:
        groups["jsonld:author"] += groups.pop("jsonld:author:organization", [])
    best = next((rule for rule in groups if rule.startswith("jsonld:author")), None)
    # microdata and meta of a page with JSON-LD often name the authors of its cards
    if best is not None and not best.endswith(":organization"):
        return [(best, groups.pop(best)), *((r, v) for r, v in groups.items() if r.startswith("jsonld"))]
    return list(groups.items())


def _visible(
    blocks: Blocks, body: Body, lines: Lines, named: Sequence[str], sites: Sequence[str], french: bool
) -> list[tuple[str, list[str]]]:
    found = [("name:author", [text]) for text in named]
    boxes = blocks.bylines[:2]
    if written := [text for text in boxes if not _PUBLISHER.match(text)]:
        found.append(("box:author", written))
    found += [("line:byline", [line.text]) for line in lines.others if BYLINE.match(line.text)]
    found += [("line:date", [line.text]) for line in lines.dates if line.zone == "head"]
    found += [("line:beside", [name]) for name in (_beside_day(lines) if french else ())]
    opening = opening_names(body.paragraphs)
    signed = closing_names(body.paragraphs, sites, french and not opening)
    found += [("line:name", [name]) for name in opening]
    found += [("line:signature", signed)] if signed else []
    if accounts := [text for text in boxes if _PUBLISHER.match(text)]:
        found.append(("box:author", accounts))
    # a day alone above the headline may be a masthead's, and "Par X, le ..." is not
    above = [line.text for line in lines.dates if line.zone == "above"] if french else []
    found += [("line:above", [text]) for text in above if signs(text)]
    elements = blocks.elements
    signing = (elements.all[place] for place, rel in elements.rels.items() if rel == "author")
    linked = {text_of(element) for element in signing if element.tag == "a"} - {""}
    if len(linked) == 1:
        found.append(("rel:author", list(linked)))
    return found
