"""Who wrote and whom the page credits: authors, attributions.

Authors are looked for in what the page declares of itself and in author lines of the article, never in cards,
comments or boxes: those are cut. A credit counts by its place: byline, dateline of the first paragraph, end of the
text, footer of the article.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from lxml.html import HtmlElement

from pipelines.attribution import parse_attribution
from pipelines.authors import choose_authors
from pipelines.blocks import Blocks
from pipelines.blocks_lines import Lines
from pipelines.blocks_tree import flat, text_of
from pipelines.body import Body
from pipelines.rules import SiteRules
from pipelines.structured import Structured
from storage.records import Attribution, Evidence

_AUTHORED = re.compile(
    r"(?:^|[\s_-])(?:authors?|auteurs?|autor(?:en|es)?|byline|bylines|signature|writer|journaliste?|redacteur|contributor)(?![a-z])|"
    r"author(?:name|link|s)?\b|byline",
    re.I,
)
_NOT_AUTHORED = re.compile(
    r"box|bio|avatar|image|photo|img|related|comment|share|social|follow|date|more|desc", re.I
)
_BYLINE = re.compile(
    r"^\W{0,3}(?:par|by|von|de|écrit par|rédigé par|publié par|posté par|proposé par|propos recueillis par|recueilli par|auteure?s?|texte|text|"
    r"written by|posted by|autor(?:in)?|une? (?:article|enquête|reportage|tribune) de)\b[\s:]",
    re.I,
)


def choose_page_authors(
    structured: Structured, blocks: Blocks, body: Body, lines: Lines, sites: Sequence[str]
) -> tuple[tuple[str, ...], list[Evidence]]:
    """The authors, and every claim as evidence. A news agency that signs alone counts as author."""
    declared = _declared(structured)
    visible = _visible(blocks, body, lines)
    names, rule = choose_authors(declared, visible, sites)
    if not names:
        names, rule = choose_authors(declared, visible, sites, agencies=True)
    evidence = [
        Evidence("authors", value, name, value, name == rule)
        for name, values in (*declared, *visible)
        for value in values[:4]
    ]
    return names, evidence[:20]


def _declared(structured: Structured) -> list[tuple[str, list[str]]]:
    groups: dict[str, list[str]] = {}
    for claim in structured.authors:
        groups.setdefault(claim.rule, []).append(claim.value)
    return list(groups.items())


def _visible(blocks: Blocks, body: Body, lines: Lines) -> list[tuple[str, list[str]]]:
    named = _named(blocks, body)
    found = [("name:author", named[:6])] if named else []
    if blocks.bylines:
        found.append(("box:author", blocks.bylines[:2]))
    found += [("line:byline", [line.text]) for line in lines.others if _BYLINE.match(line.text)]
    found += [("line:date", [line.text]) for line in lines.dates if line.zone == "head"]
    return found


def _named(blocks: Blocks, body: Body) -> list[str]:
    """Texts of elements that say they hold the author, down to the end of the text; the outermost short ones."""
    last = body.paragraphs[-1].element if body.paragraphs else None
    found: list[str] = []
    within: set[HtmlElement] = set()
    for element in blocks.elements:
        if element is last:
            break
        if element in blocks.gone or element in within or not _is_authored(element):
            continue
        text = text_of(element)
        if 3 < len(text) <= 160:
            within.update(element.iter())
            links = [flat(a) for a in element.iter("a") if 3 < len(flat(a)) < 60]
            found.append(text if len(links) < 2 else " et ".join(links))
    return list(dict.fromkeys(found))


def _is_authored(element: HtmlElement) -> bool:
    if element.tag in ("body", "html", "img", "figure", "input"):
        return False
    if element.get("rel") == "author" or element.get("itemprop") == "author":
        return True
    name = f"{element.get('class') or ''} {element.get('id') or ''}"
    return bool(name.strip()) and bool(_AUTHORED.search(name)) and not _NOT_AUTHORED.search(name)


def page_attributions(
    body: Body, lines: Lines, structured: Structured, rules: SiteRules
) -> tuple[list[Attribution], list[Evidence]]:
    """Every credit of the page, each text once, the strongest kinds first."""
    found: list[Attribution] = []
    evidence: list[Evidence] = []
    for text, position in _credit_lines(body, lines, structured):
        one = parse_attribution(text, position, rules.country)  # type: ignore[arg-type]
        if one is None or any(_says_no_more(one, other) for other in found):
            continue
        found.append(replace(one, rule=f"{position}:{one.rule}"))
        evidence.append(
            Evidence(
                "attributions",
                ", ".join((*one.outlets, *one.agencies, *one.authors)),
                f"{position}:{one.rule}",
                text,
            )
        )
    return found, evidence


def _says_no_more(one: Attribution, other: Attribution) -> bool:
    """Whether a credit only repeats a part of one that stands already."""
    return (
        set(one.outlets) <= set(other.outlets)
        and set(one.agencies) <= set(other.agencies)
        and set(one.authors) <= set(other.authors)
    )


def _credit_lines(body: Body, lines: Lines, structured: Structured) -> Iterable[tuple[str, str]]:
    for line in lines.sources:
        yield line.text, "byline" if line.zone == "head" else "tail"
    for line in lines.others:
        if _BYLINE.match(line.text):
            yield line.text, "byline"
    for claim in structured.authors[:6]:
        yield claim.value, "byline"
    if body.paragraphs:
        yield body.paragraphs[0].text, "lead"
        if len(body.paragraphs) > 1:
            yield body.paragraphs[-1].text, "tail"
