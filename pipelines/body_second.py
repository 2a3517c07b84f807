"""A second chance for pages whose paragraphs say little: trafilatura, precision, on the same pruned tree."""

from __future__ import annotations

from copy import deepcopy
from typing import Final

from lxml.html import HtmlElement

from pipelines.body import Body
from pipelines.body_paragraphs import Paragraph
from pipelines.body_trim import trimmed
from pipelines.text import clean

MIN_TEXT: Final = 150  # characters: less is no article's text
MIN_SHARE: Final = 0.5  # of the text that is left on the page and is no link
MIN_GAIN: Final = 1.15
MIN_ADDED: Final = 200  # characters: a headline and a date line are no gain
MAX_SIBLINGS: Final = 2_000  # trafilatura is quadratic in siblings, and loses what lies deeper than 256
MAX_ELEMENTS: Final = 20_000
MAX_DEPTH: Final = 200


def second_chance(tree: HtmlElement, body: Body) -> Body:
    """The body, or trafilatura's where the paragraphs found are few and it finds more of the page."""
    size = sum(len(p.text) for p in trimmed(body.paragraphs))
    said = (*body.before, *body.paragraphs, *body.after)
    visible = sum(len(p.text) - p.linked for p in said)
    if body.container is None or (size >= MIN_TEXT and size >= MIN_SHARE * visible) or not _is_small(tree):
        return body
    text = _extract(tree)
    if len(text) <= max(MIN_GAIN * size, size + MIN_ADDED):
        return body
    lines = [line for line in map(clean, text.split("\n")) if line]
    found = [Paragraph(line.removeprefix("- "), body.container, "p", 0) for line in lines]
    return Body(found, body.container, "trafilatura", body.before, body.after, body.head)


def _extract(tree: HtmlElement) -> str:
    from trafilatura import bare_extraction  # 0.3 s to import, needed for few pages

    try:
        document = bare_extraction(
            deepcopy(tree), favor_precision=True, include_comments=False, with_metadata=False
        )
    except (AttributeError, IndexError, TypeError, ValueError):  # it raises these on odd trees
        return ""
    return "" if document is None or isinstance(document, dict) else document.text or ""


def _is_small(tree: HtmlElement) -> bool:
    """Whether trafilatura may be given the tree at all."""
    depth: dict[HtmlElement | None, int] = {}
    for count, element in enumerate(tree.iter()):
        level = depth[element] = depth.get(element.getparent(), 0) + 1
        if count > MAX_ELEMENTS or level > MAX_DEPTH or len(element) > MAX_SIBLINGS:
            return False
    return True
