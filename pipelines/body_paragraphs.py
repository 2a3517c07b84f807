"""A tree as its paragraphs, in page order: what every later rule about the body looks at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from unicodedata import category

from lxml import etree
from lxml.html import HtmlElement

from pipelines.blocks_tree import BLOCK_TAGS, HEADING_TAGS
from pipelines.text import clean

_BOLD = frozenset(("b", "strong"))


@dataclass(slots=True)
class Paragraph:
    """One run of text between two block boundaries or line breaks."""

    text: str
    element: HtmlElement  # the nearest block element
    tag: str  # of that element, or of the nearest list item, quotation or heading around it
    linked: int  # characters that are link text
    strong: bool = False  # the whole of it is bold

    @property
    def is_heading(self) -> bool:
        return self.tag in HEADING_TAGS

    @property
    def is_linked(self) -> bool:
        """Hardly more than links."""
        return self.linked > 0.7 * len(self.text)


def paragraphs(root: HtmlElement, skip: Iterable[HtmlElement] = ()) -> list[Paragraph]:
    """The paragraphs below an element. Linear in the size of the tree."""
    return _Walk(root, set(skip)).run()


class _Walk:
    def __init__(self, root: HtmlElement, skip: set[HtmlElement]) -> None:
        self.root, self.skip = root, skip
        self.found: list[Paragraph] = []
        self.parts: list[str] = []
        self.linked = 0
        self.bold = 0
        self.chars = 0

    def run(self) -> list[Paragraph]:
        root, skip, parts = self.root, self.skip, self.parts
        in_link = in_bold = skipped = 0
        blocks: list[HtmlElement] = []
        for event, node in etree.iterwalk(root, events=("start", "end")):
            tag = node.tag
            step = 1 if event == "start" else -1
            if skip and node in skip:
                skipped += step
            if tag in BLOCK_TAGS or node is root:
                if parts:
                    self._flush(blocks)
                if step > 0:
                    blocks.append(node)
                else:
                    blocks.pop()
            elif tag == "a":
                in_link += step
            elif tag in _BOLD:
                in_bold += step
            elif tag == "br" and step > 0 and parts:
                self._flush(blocks)
            text = node.text if step > 0 else node.tail if node is not root else None
            if text and not skipped:
                parts.append(text)
                if not text.isspace():
                    self._count(len(text.strip()), in_link, in_bold)
        return self.found

    def _count(self, size: int, in_link: int, in_bold: int) -> None:
        self.chars += size
        if in_link:
            self.linked += size
        if in_bold:
            self.bold += size

    def _flush(self, blocks: list[HtmlElement]) -> None:
        if self.chars:
            text = clean("".join(self.parts))
            if text and (text[0].isalnum() or any(map(_says, text))):
                element = blocks[-1]
                self.found.append(
                    Paragraph(text, element, _role(blocks), self.linked, self.bold >= self.chars)
                )
        self.parts.clear()
        self.linked = self.bold = self.chars = 0


def _says(sign: str) -> bool:
    """Letters, digits and symbols say something; a rule of stars, a lone dash and what is not seen do not."""
    return sign.isalnum() or category(sign)[0] == "S"


def _role(blocks: list[HtmlElement]) -> str:
    """The tag that says what a paragraph is: a heading, item, quotation or cell around it, or its block."""
    for node in reversed(blocks[-4:]):
        if node.tag in HEADING_TAGS or node.tag in (
            "li",
            "blockquote",
            "figcaption",
            "td",
            "th",
            "dt",
            "dd",
            "pre",
        ):
            return str(node.tag)
    return str(blocks[-1].tag)
