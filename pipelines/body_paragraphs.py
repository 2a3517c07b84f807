"""A tree as its paragraphs, in page order: what every later rule about the body looks at."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from unicodedata import category

from lxml.html import HtmlElement

from pipelines.blocks_tree import BLOCK_TAGS, HEADING_TAGS, are_glued
from pipelines.text import SENTENCE_END, clean

_BOLD = frozenset(("b", "strong"))
_LONG: Final = 140  # characters: only running text is that long
_DRAWN: Final = "\U0001f000"  # the first of the planes of pictographs
_SENTENCE: Final = 60  # with a full stop at its end this is running text
_WIDE: Final = re.compile(
    r"[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff]"
)  # a letter is a word there


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


def is_prose(paragraph: Paragraph) -> bool:
    """A paragraph that can only be text: long, or a sentence of some length."""
    if paragraph.is_linked or paragraph.is_heading:
        return False
    size = len(paragraph.text)
    if _SENTENCE // 2 <= size < _LONG and _WIDE.search(paragraph.text):
        size *= 2
    return size >= _LONG or (size >= _SENTENCE and SENTENCE_END.search(paragraph.text) is not None)


def paragraphs(root: HtmlElement, skip: Iterable[HtmlElement] = ()) -> list[Paragraph]:
    """The paragraphs below an element. Linear in the size of the tree."""
    return _Walk(root, set(skip)).run()


class _Walk:
    def __init__(self, root: HtmlElement, skip: set[HtmlElement]) -> None:
        self.root, self.skip = root, skip
        self.found: list[Paragraph] = []
        self.parts: list[str] = []
        self.blocks: list[HtmlElement] = []
        self.in_link = self.in_bold = self.skipped = 0
        self.linked = 0
        self.bold = 0
        self.chars = 0

    def run(self) -> list[Paragraph]:
        around: list[HtmlElement] = []  # the elements that are open
        for node in self.root.iter():
            parent = node.getparent() if around else None
            while around and around[-1] is not parent:
                self._close(around.pop())
            around.append(node)
            self._open(node, node.tag)
        while around:
            self._close(around.pop())
        return self.found

    def _open(self, node: HtmlElement, tag: str) -> None:
        if tag in BLOCK_TAGS or node is self.root:
            self._flush()
            self.blocks.append(node)
        elif tag == "br":
            self._flush()
        else:
            self._step(tag, 1)
        if node in self.skip:
            self.skipped += 1
        if text := node.text:
            self._add(text)

    def _close(self, node: HtmlElement) -> None:
        tag = node.tag
        if node in self.skip:
            self.skipped -= 1
        if tag in BLOCK_TAGS or node is self.root:
            self._flush()
            self.blocks.pop()
        else:
            self._step(tag, -1)
        if node is not self.root and (tail := node.tail):
            self._add(tail)

    def _step(self, tag: str, step: int) -> None:
        if tag == "a":
            self.in_link += step
        elif tag in _BOLD:
            self.in_bold += step

    def _add(self, text: str) -> None:
        if self.skipped:
            return
        if self.parts and are_glued(self.parts[-1], text):
            self.parts.append(" ")
        self.parts.append(text)
        if not text.isspace():
            size = len(text.strip())
            self.chars += size
            if self.in_link:
                self.linked += size
            if self.in_bold:
                self.bold += size

    def _flush(self) -> None:
        if not self.parts:
            return
        blocks = self.blocks
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
    """Letters, digits and symbols say something; a rule of stars, a lone dash, what is not seen and drawn
    signs alone do not.
    """
    return sign.isalnum() or (sign < _DRAWN and category(sign)[0] == "S")


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
