"""IRaMuTeQ: one text file; each article opens with a line of starred variables.

`**** *article_12 *site_vigie *source_atlasinfo *date_20210414 *month_202104 *year_2021 *kind_republication`
Values have letters and digits only, because a space or an underscore would end them; what is not known is
`na`. An asterisk in a text would open a variable: it becomes a space.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from storage.export.contents import Contents
from storage.export.values import credited, local_text
from storage.keys import folded
from storage.stored import Stored

UNKNOWN = "na"


def write_iramuteq(contents: Contents, output: BinaryIO) -> int:
    """Write the articles that have a text. Returns how many."""
    count = empty = 0
    for stored in contents.articles():
        article = stored.article
        parts = [text for text in (article.title, article.lead, article.body) if text]
        if not (article.lead or article.body):
            empty += 1
            continue
        line = " ".join(["****", *(f"*{name}_{value}" for name, value in variables(stored))])
        text = "\n".join(part.replace("*", " ") for part in parts)
        output.write(f"{line}\n{text}\n\n".encode("utf-8", "replace"))
        count += 1
    if empty:
        contents.notes.append(f"{empty} articles without text are left out")
    return count


def variables(stored: Stored) -> Iterator[tuple[str, str]]:
    """What an analyst compares by: names and modalities."""
    article, lines = stored.article, stored.article.attributions
    sources = credited(article)
    day = (local_text(article.published) or "")[:10].replace("-", "")
    yield "article", str(stored.id)
    yield "site", modality(article.site)
    yield "source", modality(sources[0] if sources else None)
    yield "date", day if len(day) == 8 else UNKNOWN
    yield "month", day[:6] or UNKNOWN
    yield "year", day[:4] or UNKNOWN
    yield "kind", modality(lines[0].kind if lines else None)
    yield "section", modality(article.section)


def modality(value: str | None) -> str:
    """Folded letters and digits of a value."""
    return "".join(char for char in folded(value or "") if char.isascii() and char.isalnum()) or UNKNOWN
