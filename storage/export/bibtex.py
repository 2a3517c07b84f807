"""BibTeX, UTF-8, for biblatex and for classic styles: `date` beside `year` and `month`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from storage.export.contents import Contents
from storage.export.references import Reference, date_parts, references

_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{char: f"\\{char}" for char in "&%$#_"},
}
_SPECIAL = re.compile(r"[\\{}~^&%$#_]")


def write_bibtex(contents: Contents, output: BinaryIO) -> int:
    """Write one @article an article. Returns how many."""
    count = 0
    for reference in references(contents):
        lines = [f"@article{{{reference.key},"]
        lines += [f"  {name} = {{{value}}}," for name, value in _fields(reference)]
        output.write(("\n".join([*lines, "}", "", ""])).encode("utf-8", "replace"))
        count += 1
    return count


def tex(text: str) -> str:
    """Text with TeX's own characters spelled out."""
    return _SPECIAL.sub(lambda match: _TEX[match[0]], text)


def _fields(reference: Reference) -> Iterator[tuple[str, str]]:
    date = date_parts(reference.published)
    if reference.authors:
        yield "author", " and ".join(f"{{{tex(name)}}}" for name in reference.authors)
    yield "title", f"{{{tex(reference.title)}}}"  # twice in braces: styles keep the capitals
    yield "journal", tex(reference.container)
    if date:
        yield "date", "-".join(f"{part:02d}" for part in date)
        yield "year", f"{date[0]:04d}"
        yield "month", str(date[1])
    yield "url", reference.url.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")
    yield "urldate", f"{reference.accessed:%Y-%m-%d}"
    if reference.original:
        yield "origpublisher", tex("; ".join(reference.original))
    notes = [*reference.credit]
    if reference.archived:
        notes.append(f"Archived {reference.accessed:%Y-%m-%dT%H:%M:%SZ} as {reference.archived}")
    if notes:
        yield "note", tex(". ".join(notes))
    for name, value in (("langid", reference.language), ("abstract", reference.abstract)):
        if value:
            yield name, tex(value)
    if reference.tags:
        yield "keywords", tex(", ".join(reference.tags))
