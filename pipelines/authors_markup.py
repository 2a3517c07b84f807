"""What the markup of an author's element or box sets apart: names, their outlet, who took the photographs."""

from __future__ import annotations

import re
from itertools import islice, takewhile
from typing import Final

from lxml.html import HtmlElement

from pipelines.attribution_text import ASKED, AUTHOR_LABEL
from pipelines.blocks_tree import flat, text_before
from pipelines.persons import is_person
from pipelines.text import fold
from pipelines.urls import is_surely_author_page

_NAME: Final = range(4, 60)  # characters
_APART: Final = frozenset(("li", "div", "p", "ul", "h2", "h3", "h4", "h5"))
_COUNTS: Final = re.compile(r"[(\d]")  # "(son site)", "14 réactions"
_SHARED: Final = re.compile(r"(?:^|\w\s)\(?avec\s")
_HANDS: Final = re.compile(
    r"\b(?:[ée]dit[ée]|relu|rep[ée]r[ée]|traduit|illustr[ée]|photos?|vid[ée]os?|images?|dessins?)\s?(?:par|de|:)\s*$",
    re.I,
)
_QUOTE: Final = re.compile(r"(?:^|[\s_-])(?:pull-?)?(?:quote|citation|verbatim|exergue)(?:$|[\s_-])", re.I)
_COUNTED: Final = re.compile(r"\d")  # in a day, an hour
_NAMED: Final = re.compile(r"(?:^|[\s_-])(?:name|nom)(?:$|[\s_-])", re.I)
_LEVELS: Final = 3  # elements around a link
_PICTURES: Final = frozenset(("photo", "photos", "photographe", "photographies", "video", "videos", "images"))


def author_line(element: HtmlElement) -> str:
    """The text of an author's element on one line: names apart where markup sets them apart, without what is
    asked of the reader.
    """
    links = [a for a in element.iter("a") if len(text := flat(a)) in _NAME and not _COUNTS.match(text)]
    holder = _holder(element)
    parts = [part for part in map(flat, holder) if part]
    credit = next(filter(_SHARED.search, parts), None) if _are_apart(holder) else None
    if len(links) > 1:
        authored = [link for link in links if is_surely_author_page(link.get("href") or "")]
        writers = authored or [link for link in links if not _has_another_part(link)] or links
        line = " et ".join(map(flat, writers))
        return f"{line} | {credit}" if authored and credit else line
    text = flat(element)
    if credit:
        return " | ".join([*filter(is_person, parts), credit])  # what the others say is no part of it
    behind_outlet = len(parts) > 1 and not (holder.text or "").strip() and not _COUNTED.search(parts[0])
    if behind_outlet and (named := [flat(part) for part in holder if _is_named(part)]):
        return " | ".join(part for part in parts if part in named or not is_person(part))
    is_told = parts and (is_person(parts[0]) or any(map(AUTHOR_LABEL.match, parts[1:])))
    if is_told and len(parts) > 1 and _are_apart(holder):
        text = " | ".join(parts)
    return ASKED.sub("", text)


def _is_named(part: HtmlElement) -> bool:
    """Whether a part that follows another says by its name that it is a person's."""
    name: str | None = part.get("class") if part.getprevious() is not None else None
    return name is not None and _NAMED.search(name) is not None and is_person(flat(part).rstrip("."))


def is_quoted(element: HtmlElement) -> bool:
    """Whether an element names who said what is quoted."""
    around = [element, *islice(element.iterancestors(), _LEVELS)]
    return any(node.tag == "blockquote" or _QUOTE.search(node.get("class") or "") for node in around)


def _holder(element: HtmlElement) -> HtmlElement:
    """The innermost element that says all that this one does; pictures say nothing."""
    while not (element.text or "").strip() and not any((child.tail or "").strip() for child in element):
        telling = [child for child in element if flat(child)]
        if len(telling) != 1:
            break
        element = telling[0]
    return element


def _are_apart(holder: HtmlElement) -> bool:
    """Whether children are lines of their own, or stand side by side without a space: style parts them."""
    if (holder.text or "").strip():
        return False
    return any(child.tag in _APART for child in holder) or not any(child.tail for child in holder)


def _has_another_part(link: HtmlElement) -> bool:
    """Whether the words around a name give it another part than the writer's: "Jean Modele, Photos"."""
    if _HANDS.search(text_before(link)):
        return True
    following = takewhile(lambda node: node.tag != "a", link.itersiblings())
    said = " ".join([link.tail or "", *(f"{flat(node)} {node.tail or ''}" for node in following)])
    words = fold(said).split()
    return bool(words) and words[0] in _PICTURES
