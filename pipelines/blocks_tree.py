"""From the text of a page to one tree, and the few things every reader of the tree needs.

Before a tree is made `pipelines.guard` checks the text; nesting beyond what the parser follows is seen after
it. What is cut is told in a warning, never silently.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final, cast

from lxml import etree, html
from lxml.html import HtmlElement

from pipelines.guard import plain_text, prepared
from pipelines.text import clean

_AROUND = 3  # elements that may hold nothing but another one
BLOCK_TAGS: Final = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
        "fieldset",
        "legend",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
MAX_HEADINGS: Final = 50  # <h1>: a page of more has none that says what it is about
HEADING_TAGS: Final = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
# never text of an article; cut before anything is looked at (structured data is read first)
DROPPED_TAGS: Final = (
    "script", "style", "noscript", "template", "svg", "iframe", "object", "embed", "applet", "link", "meta",
    "button", "select", "input", "textarea", "canvas", "map", "head", "audio", "source", "track", "math",
    "amp-twitter", "amp-instagram", "amp-facebook", "amp-social-share", "amp-ad", "amp-sidebar",
)  # fmt: skip

_ENCODING = re.compile(r"\s*<\?xml[^>]*\?>")
# libxml2 reads nothing behind the first </html>, wherever it stands; browsers read on
_PAGE_END = re.compile(rb"</(?:html|body)\b[^<>]*>", re.I)
# one class for all elements: lxml.html's own table is asked in Python each time an element is met
_ELEMENTS = etree.ElementDefaultClassLookup(element=HtmlElement)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A page as one tree. `tree` is None where there is no markup or too much of it; `text` is then plain."""

    tree: HtmlElement | None
    text: str
    warnings: tuple[str, ...] = ()


def parse(decoded: str, data: bytes | None = None) -> Parsed:
    """One parse of a decoded page, after the checks of this module. Never raises on any str.

    `data`: the same text in UTF-8, where the caller has it.
    """
    declaration = _ENCODING.match(decoded)
    text, warnings, is_too_much = prepared(decoded[declaration.end() :] if declaration else decoded)
    if is_too_much:
        return Parsed(None, plain_text(text), (*warnings, "markup_too_complex"))
    if data is None or text is not decoded:
        data = text.encode("utf-8", "replace")
    tree, complete = _tree(data)
    if not complete:
        return Parsed(None, plain_text(text), (*warnings, "nested_too_deep"))
    return Parsed(tree, text, tuple(warnings))


def _tree(data: bytes) -> tuple[HtmlElement | None, bool]:
    """The tree, and whether the parser followed the page to its end."""
    parser = html.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True, collect_ids=False
    )
    parser.set_element_class_lookup(_ELEMENTS)
    try:
        tree = html.document_fromstring(_PAGE_END.sub(b"", data), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None, True  # an empty page
    last = parser.error_log.last_error  # libxml2 stops at the depth it does not follow
    return tree, last is None or "depth" not in last.message


# typed loosely: which kind of value an expression gives, only the expression tells
_STRING: Callable[[HtmlElement], Any] = etree.XPath("string()", smart_strings=False)
_TEXTS: Callable[[HtmlElement], Any] = etree.XPath("descendant::text()", smart_strings=False)
# by attributes, not by elements: half the work
_MARKED = etree.XPath("descendant-or-self::*/@itemprop/..")
_SMALL: Final = 10_000  # characters
_IS_SMALL = etree.XPath(f"not(descendant::*[250]) and string-length() < {_SMALL}")
_BREAKING = BLOCK_TAGS | {"br"}


def properties_of(element: HtmlElement) -> list[HtmlElement]:
    """The elements marked with itemprop in an element, itself included, in page order."""
    return cast("list[HtmlElement]", _MARKED(element))


def text_length(element: HtmlElement) -> int:
    """Characters of all text below an element, white space included."""
    return len(str(_STRING(element)))


def is_small(element: HtmlElement) -> bool:
    """Whether an element may be a heading or a line. Asked before its text is read, a page with elements
    nested a thousand deep is not read again at each level.
    """
    if len(element) == 0:  # half of those that are asked about
        return len(element.text or "") < _SMALL
    return bool(_IS_SMALL(element))


def text_of(element: HtmlElement) -> str:
    """The text of an element on one line, quickly: a space between any two text nodes.

    Only once `strip` has run, for what lxml drops leaves text in two nodes where one is meant.
    """
    count = len(element)
    if count == 0:
        return clean(element.text) if element.text else ""
    if count <= 3:  # most links and lines: a few leaves need no XPath
        parts = [element.text]
        for child in element:
            if len(child):
                break
            parts += (child.text, child.tail)
        else:
            return " ".join(" ".join(filter(None, parts)).split())
    return " ".join(" ".join(_TEXTS(element)).split())


_UNITS: Final = ("%", "€", "$")  # "64 %" and "C’est la part des foyers"


def are_glued(before: str, after: str) -> bool:
    """Whether two text nodes are words of their own although no white space parts them: "Par Anne
    Modele" and "2 avril" in two spans side by side, set apart by the page's style alone.
    """
    last, first = before[-1:], after[:1]
    if first.isdigit():  # "m" and a raised "2" are one word
        return last.islower() and not after.strip().isdigit()
    if not first.isupper():
        return first == "«" and last.isalnum() and after.rstrip().endswith("»")  # a quotation as a whole
    if last.isupper():  # "FOLIE" and "Menés": a label and the text
        return before[-2:-1].isupper() and after[1:2].islower()
    return last.islower() or last.isdigit() or last in _UNITS


def _joined(parts: Iterable[str]) -> str:
    joined: list[str] = []
    for part in parts:
        if joined and are_glued(joined[-1], part):
            joined.append(" ")
        joined.append(part)
    return "".join(joined)


def text_before(element: HtmlElement) -> str:
    """The text node right before an element, or before what holds nothing else above it."""
    for _ in range(_AROUND):
        before, parent = element.getprevious(), element.getparent()
        if parent is None:
            break
        text: str = (parent.text if before is None else before.tail) or ""
        if before is not None or text.strip():
            return text
        element = parent
    return ""


def flat(element: HtmlElement) -> str:
    """The text of an element on one line: a space where a block or a line break ends, or words are glued."""
    if len(element) == 0:
        return clean(element.text) if element.text else ""
    if not any(node.tag in _BREAKING for node in element.iterdescendants()):
        return clean(_joined(_TEXTS(element)))
    parts: list[str] = []
    _collect(element, parts)
    return clean(_joined(parts))


def _collect(element: HtmlElement, parts: list[str]) -> None:
    for event, node in etree.iterwalk(element, events=("start", "end")):
        tag = node.tag
        if event == "start":
            if tag == "br" or tag in BLOCK_TAGS:
                parts.append(" ")
            if node.text:
                parts.append(node.text)
        else:
            if tag in BLOCK_TAGS:
                parts.append(" ")
            if node.tail and node is not element:
                parts.append(node.tail)


def strip(tree: HtmlElement, tags: Collection[str]) -> None:
    """Take all elements of some tags out of a tree; the texts around them are one text then."""
    for element in reversed(list(tree.iter(*tags))):
        tail = element.tail
        if tail and not tail.isspace():
            cut(element)
    etree.strip_elements(tree, *tags, with_tail=False)


def cut(element: HtmlElement) -> None:
    """Take an element out of the tree; the text after it stays."""
    parent = element.getparent()
    if parent is None:
        return
    tail = element.tail
    if tail:
        previous = element.getprevious()
        if previous is not None:
            previous.tail = (previous.tail or "") + tail
        else:
            parent.text = (parent.text or "") + tail
        element.tail = None
    parent.remove(element)
