"""XML, streamed: whatever a page says becomes text that XML 1.0 can hold."""

from __future__ import annotations

import re
from typing import BinaryIO
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class XmlWriter:
    """Elements in order. Attribute names that Python reserves are given with `_` after them."""

    def __init__(self, output: BinaryIO) -> None:
        self.xml = XMLGenerator(output, "utf-8", short_empty_elements=True)

    def open(self, name: str, **attributes: str) -> None:
        values = {key.rstrip("_"): clean(value) for key, value in attributes.items()}
        self.xml.startElement(name, AttributesImpl(values))

    def close(self, *names: str) -> None:
        for name in names:
            self.xml.endElement(name)

    def empty(self, name: str, **attributes: str) -> None:
        self.open(name, **attributes)
        self.close(name)

    def text(self, name: str, content: str, **attributes: str) -> None:
        self.open(name, **attributes)
        self.xml.characters(clean(content))
        self.close(name)


def clean(text: str) -> str:
    """Characters that XML 1.0 cannot hold become U+FFFD."""
    return _NOT_XML.sub("\ufffd", text)
