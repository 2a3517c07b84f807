"""RIS: newspaper articles (NEWS), UTF-8, one tag a line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from storage.export.contents import Contents
from storage.export.references import Reference, date_parts, references


def write_ris(contents: Contents, output: BinaryIO) -> int:
    """Write one record an article. Returns how many."""
    count = 0
    for reference in references(contents):
        lines = [f"{tag}  - {value}" for tag, value in _tags(reference) if value]
        output.write("\r\n".join([*lines, "ER  - ", "", ""]).encode("utf-8", "replace"))
        count += 1
    return count


def _tags(reference: Reference) -> Iterator[tuple[str, str | None]]:
    date = date_parts(reference.published)
    yield "TY", "NEWS"
    yield "ID", reference.key
    yield "TI", reference.title
    yield from (("AU", name) for name in reference.authors)
    yield "T2", reference.container
    yield "SE", reference.section
    if date:
        yield "PY", f"{date[0]:04d}"
        yield "DA", "/".join([*(f"{part:02d}" for part in date), "", ""][:3]) + "/"
    yield "UR", reference.url
    yield "Y2", f"{reference.accessed:%Y/%m/%d}/"
    yield "LA", reference.language
    yield "AB", reference.abstract
    yield from (("KW", tag) for tag in reference.tags)
    yield "OP", "; ".join(reference.original)  # original publication
    yield from (("N1", line) for line in reference.credit)
    yield "DB", "hemero"
    yield "AN", reference.archived
