"""Who signs at the ends of a text: names alone on a line above the first or below the last paragraph."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from pipelines.attribution import parse_attribution
from pipelines.attribution_labels import is_photo_credit, read_source_label
from pipelines.attribution_slots import read_pieces, sources_for
from pipelines.attribution_text import fold_line
from pipelines.body_paragraphs import Paragraph
from pipelines.body_trim import is_furniture, is_printed
from pipelines.outlets import host_of, source_key
from pipelines.persons import is_person
from pipelines.text import SENTENCE_END
from pipelines.urls import is_surely_author_page

_ONE: Final = r"(?:[A-ZÀ-Þ][\w'’.-]*\s){1,3}[A-ZÀ-Þ][\w'’.-]+"
_BETWEEN: Final = r"\s?(?:/|,|&|\bet\b|\band\b|\bund\b)\s?"
_PLACE: Final = r"(?:,?\s(?:[àa]|au|aux|en)\s|,\s)[A-ZÀ-Þ][\w’'-]+(?:\s[A-ZÀ-Þ][\w’'-]+)?"
_DASHED: Final = r"\s[–—-]\s[A-ZÀ-Þ][\w’'-]+(?:\s(?:d[eu]\s)?[A-ZÀ-Þ][\w’'-]+)?"
_SIGNATURE: Final = re.compile(  # "Jeanne Modele, à Rabat", "Jeanne Modele – Cité du Vatican"
    rf"(?P<names>{_ONE}(?:{_BETWEEN}{_ONE}){{0,3}})(?:{_PLACE}|(?P<dashed>{_DASHED}))?"
)
_APART: Final = re.compile(_BETWEEN)
_MAIL: Final = re.compile(r"\W*[\w.+-]+@[\w.-]+\W*")
_LAST: Final = 4  # lines that two persons fill with their addresses
_SIGNED: Final = 160  # characters of a signature with an address
_WITH: Final = 80  # of one with an agency
_STATION: Final = 60  # of a line below a name: her outlet, her place
_ABOVE: Final = 3  # lines among which a text begins
_BELOW: Final = 8  # lines under a signature that accompany every text
_BEHIND_NAME: Final = re.compile(
    r"(?:\s?[–(|,-]?\s?\(?[\w.+-]+@[\w.-]+\)?|(?:,\s|\s\()(?i:correspondante?|journaliste|collaborat(?:ion|eur|rice)|envoyée?"
    r"|stagiaire|reporter)\b[^.]{0,40})$"
)
_PART: Final = re.compile(r"\W{0,2}(?:correspondante?|stagiaire|collabora(?:teur|trice))s?\W{0,2}", re.I)
_PHONE: Final = re.compile(
    r"\W{0,2}(?:t[ée]l(?:[ée]phone)?|whats ?app)\b[\s.:]{0,3}[+(]?\d[\d\s()/.+-]{5,30}", re.I
)
_FOR: Final = re.compile(
    r"(?P<name>[^/|,()–—]{5,60}?)(?:\s?[/|,–—]\s?|\s-\s|\spour\s|\s?\()(?P<site>[^/|,()]{3,40})\)?"
)
_SURNAME: Final = re.compile(r"^[A-ZÀ-Þ][a-zà-ÿ][\w'’-]*\s[A-ZÀ-Þ'’-]{4,}$")


def text_end(paragraphs: Sequence[Paragraph]) -> int:
    """Where a text with its signature ends: above addresses, appeals, credits of pictures, the source, links
    to share, what announces other articles, and what a site prints under every text.
    """
    end = len(paragraphs)
    while end > 1 and len(paragraphs) - end < _BELOW and _accompanies(paragraphs[end - 1]):
        end -= 1
    return end


def text_begin(paragraphs: Sequence[Paragraph]) -> int:
    """Where a text begins: below links to share it."""
    return next((place for place, p in enumerate(paragraphs[:_ABOVE]) if not p.is_linked), 0)


def opening_names(paragraphs: Sequence[Paragraph]) -> list[str]:
    """A name alone above the text, in bold or with its surname in capitals; with a place maybe."""
    begin = text_begin(paragraphs)
    marked = [p for p in paragraphs[begin : begin + 1] if _is_marked(p) and not _speaks(p, paragraphs)]
    signed = [found for p in marked if (found := _signature(p.text))]
    return [found["names"] if found["dashed"] else found.string for found in signed]


def closing_names(paragraphs: Sequence[Paragraph], sites: Sequence[str], french: bool) -> list[str]:
    """Names below the text. On French pages the very last line needs no mark, where the text does not speak
    of that person; the name of the site and the place of a correspondent may stand under it.
    """
    said = list(paragraphs[: text_end(paragraphs)])
    said[-_LAST:] = [_unsited(p, sites) for p in said[-_LAST:] if not _is_beside_name(p.text)]
    signed = [p.text for p in said[1:][-2:] if _is_marked(p) and not _speaks(p, said)]
    if not french or signed or len(said) < 2:
        return signed
    if len(said) > 2 and _is_station(said[-1].text, sites):
        said.pop()
    *above, last = said
    if _is_name(last):
        return [last.text] if _is_bare(last, above) else []
    return _beside_agency(last.text) if _ends_text(last, above) else []


def _unsited(paragraph: Paragraph, sites: Sequence[str]) -> Paragraph:
    """A line without the name of the site behind that of a person: "Jeanne Modele/Le Journal"."""
    found = _FOR.fullmatch(paragraph.text) if len(paragraph.text) <= _WITH else None
    if found is None or source_key(found["site"]) not in set(map(source_key, sites)):
        return paragraph
    return replace(paragraph, text=found["name"])


def _is_beside_name(text: str) -> bool:
    """Whether a line below a name, above the next maybe, is an address or a part alone: "(Stagiaire)"."""
    if len(text) > _STATION:
        return False
    if "@" in text and _MAIL.fullmatch(text):
        return True
    return _PART.fullmatch(text) is not None or _PHONE.fullmatch(text) is not None


def is_spoken_of(names: Sequence[str], paragraphs: Sequence[Paragraph]) -> bool:
    """Whether a text speaks of one of these persons: a name under it is no signature then."""
    surnames = [_surname(name) for name in names]
    return any(surname in p.text for p in paragraphs if len(p.text) > _WITH for surname in surnames)


def _surname(name: str) -> str:
    """What a text would call a person: the last word that is no initial."""
    words = [word for word in name.split() if not word.endswith(".")]
    return words[-1] if words else name


def _speaks(paragraph: Paragraph, paragraphs: Sequence[Paragraph]) -> bool:
    """Whether a line stands twice above the last long paragraph: it says who speaks."""
    end = max((place for place, p in enumerate(paragraphs) if len(p.text) > _WITH), default=0)
    return sum(p.text == paragraph.text for p in paragraphs[:end]) > 1


def _is_marked(paragraph: Paragraph) -> bool:
    return (paragraph.strong or _SURNAME.search(paragraph.text) is not None) and _is_name(paragraph)


def _is_name(paragraph: Paragraph) -> bool:
    return not paragraph.is_heading and _signature(paragraph.text) is not None


def _signature(text: str) -> re.Match[str] | None:
    """A name, without the address and the part that follow it: "Jeanne Modele, correspondante"."""
    if len(text) > _SIGNED or text[:5].lower() == "avec ":  # who played, who was asked
        return None
    found = _SIGNATURE.fullmatch(_BEHIND_NAME.sub("", text))
    if found is not None and found["dashed"] and not all(map(is_person, _APART.split(found["names"]))):
        return None  # a country and its town
    return found


def _accompanies(paragraph: Paragraph) -> bool:
    text = paragraph.text
    if len(text) <= _SIGNED:
        if _is_led_on(paragraph) or paragraph.is_heading or text.endswith(":") or _names_source(text):
            return True
        if ("@" in text and _MAIL.fullmatch(text)) or _PHONE.fullmatch(text):
            return True
        if is_photo_credit(fold_line(text), sources_for(None)):
            return True
    return is_furniture(paragraph) or is_printed(text)


def _is_led_on(paragraph: Paragraph) -> bool:
    """Whether a line is a link, and not to whom it names as an author."""
    return paragraph.is_linked and not _leads_to_author(paragraph)


def _leads_to_author(paragraph: Paragraph) -> bool:
    links = list(islice(paragraph.element.iter("a"), 2)) if is_person(paragraph.text) else []
    return len(links) == 1 and is_surely_author_page(links[0].get("href") or "")


def _names_source(text: str) -> bool:
    """Whether a line is the label of a source with its name: "Source : Le Journal"."""
    return "ource" in text and read_source_label(fold_line(text), sources_for(None)) is not None


def _is_station(text: str, sites: Sequence[str]) -> bool:
    """Whether a line says for whom or from where the person above it writes."""
    if len(text) > _STATION:
        return False
    if host_of(text) or source_key(text) in set(map(source_key, sites)):
        return True
    sources = sources_for(None)
    pieces = read_pieces(fold_line(text), sources)
    return sources.known(text) is not None or (bool(pieces) and all(p.kind == "place" for p in pieces))


def _is_bare(last: Paragraph, above: Sequence[Paragraph]) -> bool:
    """Whether a last line without a mark signs: persons of whom the text does not speak."""
    signed = _signature(last.text)
    names = _APART.split(signed["names"]) if signed else []
    if not _ends_text(last, above) or not names or not all(map(is_person, names)):
        return False
    return not any(_surname(name) in p.text for p in above for name in names)


def _ends_text(last: Paragraph, above: Sequence[Paragraph]) -> bool:
    """Whether a line stands alone below a sentence, no item and no link."""
    return (
        last.tag not in ("li", "blockquote")
        and (not last.linked or _leads_to_author(last))
        and not last.is_heading
        and SENTENCE_END.search(above[-1].text) is not None
    )


def _beside_agency(text: str) -> list[str]:
    """The persons of a line that adds whose dispatches they used: "Jeanne Modele (avec AFP)"."""
    if len(text) > _WITH or " avec " not in text.lower().replace("(", " "):
        return []
    found = parse_attribution(text, "tail", None)
    return list(found.authors) if found is not None else []
