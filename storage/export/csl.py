"""CSL-JSON: an array of `article-newspaper` items, for pandoc, Zotero and citation processors."""

from __future__ import annotations

import json
from typing import Any, BinaryIO

from storage.export.contents import Contents
from storage.export.references import Reference, date_parts, references


def write_csl(contents: Contents, output: BinaryIO) -> int:
    """Write one item an article. Returns how many."""
    count = 0
    for reference in references(contents):
        output.write(b",\n" if count else b"[\n")
        output.write(json.dumps(_item(reference), ensure_ascii=False).encode("utf-8", "replace"))
        count += 1
    output.write(b"\n]\n" if count else b"[]\n")
    return count


def _item(reference: Reference) -> dict[str, Any]:
    accessed = reference.accessed
    date = date_parts(reference.published)
    item: dict[str, Any] = {
        "id": reference.key,
        "type": "article-newspaper",
        "title": reference.title,
        "author": [{"literal": name} for name in reference.authors],
        "container-title": reference.container,
        "section": reference.section,
        "issued": {"date-parts": [date]} if date else None,
        "accessed": {"date-parts": [[accessed.year, accessed.month, accessed.day]]},
        "URL": reference.url,
        "language": reference.language,
        "abstract": reference.abstract,
        "keyword": ", ".join(reference.tags),
        "original-publisher": "; ".join(reference.original),
        "note": "\n".join(reference.credit),
        "archive": "hemero" if reference.archived else None,
        "archive_location": reference.archived,
    }
    return {name: value for name, value in item.items() if value}
