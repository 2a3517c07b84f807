"""Forms of article URLs whose id stands in the query: "article.php?id=12", "spip.php?article717". Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from crawler.url_tokens import EXTENSION, MOST, WORD_NUMBER, Form, are_ids, literal

_PARAMETER = re.compile(r"([^=&]+)(?:=([^&]*))?")


def has_number(query: str) -> bool:
    return re.search(r"(?:^|[=/]|^[a-z_]+)\d+(?:[:&]|$)|^[A-Za-z_]+\d+(?:&|$)", query) is not None


def parameter_word(query: str) -> object:
    """The word of a first parameter without value ("article717"), else nothing: others may come and go."""
    first = query.partition("&")[0]
    match = WORD_NUMBER.fullmatch(first)
    return match[1] if match and "=" not in first else None


def query_form(urls: Sequence[str]) -> Form | None:
    """ "article.php?id=12", "spip.php?article717", "?q=node/12", "index.php?option=...&id=12:slug"."""
    path = literal(urlsplit(urls[0]).path)
    rows = [dict(_PARAMETER.findall(urlsplit(url).query)) for url in urls]
    names = [name for name in rows[0] if all(name in row for row in rows)]
    bare = [WORD_NUMBER.fullmatch(next(iter(row))) for row in rows if next(iter(row.values())) == ""]
    if len(bare) == len(rows) and all(bare) and are_ids([match[2] for match in bare if match]):
        word = bare[0][1] if bare[0] else ""
        return Form(rf"{path}\?{literal(word)}(\d+)(?:$|&)", word.strip("-_,/") or "article", tuple(urls))
    constant = [
        name for name in names if len({row[name] for row in rows}) == 1 and not rows[0][name].isdecimal()
    ]
    for name in sorted(names, key=lambda name: (not name.lower().endswith("id"), len(name))):
        prefix = _id_prefix([row[name] for row in rows])
        if prefix is None:
            continue
        fixed = [other for other in constant if other != name and (len(rows) > 1 or rows[0][other])]
        wanted = "".join(rf"(?=.*[?&]{literal(n)}={literal(rows[0][n])}(?:&|$))" for n in fixed)
        found = rf"(?:.*&)?{literal(name)}={literal(prefix)}(\d+)"
        stem = prefix.strip("-_,/") or EXTENSION.sub("", path.replace("\\", "").rpartition("/")[2])
        named = stem if stem and stem != "index" else "article"
        return Form(rf"{path}{wanted}\?{found}(?:$|[&:])", named, tuple(urls))
    return None


def _id_prefix(values: Sequence[str]) -> str | None:
    """What stands before the number in a parameter's values ("node/"), where the numbers are ids."""
    matches = [re.fullmatch(r"([A-Za-z_]*/?)(\d+)(?::.*)?", value) for value in values]
    found = [match for match in matches if match is not None]
    if len(found) < MOST * len(values) or len({match[1] for match in found}) != 1:
        return None
    return found[0][1] if are_ids([match[2] for match in found]) else None
