"""JSON as pages hold it: wrapped in comments, escaped, broken, endless. What can be read is read.

Every step is linear in the text, and nothing raises.
"""

from __future__ import annotations

import html
import json
import re
from typing import Any

MAX_SCRIPT = 2_000_000  # characters of one script
MAX_REPAIRED = 200_000  # of a script that is worth mending
_DECODER = json.JSONDecoder(strict=False)  # control characters in strings are common
_WRAPPING = re.compile(r"^[\s;]*(?:(?://|/\*)?\s*(?:<!--|<!\[CDATA\[)\s*(?:\*/)?)?[\s\ufeff]*")
_START = re.compile(r"[{\[]")
_COMMENTS = r'(?P<kept>//[^\n"]*+(?="))|//[^\n"]*+\n?|/\*.{0,200}?\*/|,(?=\s*[}\]])'
# a string, or a quotation mark nothing closes: then none of those after it is closed either
_LITTER = re.compile(rf'("(?:[^"\\]|\\.|)*+")|("(?:[^"\\]|\\.|)*+\\?\Z)|{_COMMENTS}', re.S)
_OPEN_LITTER = re.compile(_COMMENTS, re.S)
# a quotation mark that ends a string: what follows is a colon, the end of an object or list, or a next value
_STRING_END = re.compile(r'(?<!\\)"(?=\s*(?::|[}\]]|$|,\s*["{\[\d}\]-]|,\s*(?:true|false|null)\b))')
_INSIDE = re.compile(r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})|["\\]')
_SALVAGED = re.compile(
    r'"(headline|datePublished|dateModified|dateCreated|articleSection|description|inLanguage|'
    r'isAccessibleForFree|@type)"\s*:\s*(?:"((?:[^"\\]|\\.){1,1000})"|(true|false))'
)
_SALVAGED_AUTHORS = re.compile(r'"author"\s*:\s*(?:\[[^\]]{0,2000}\]|\{[^}]{0,1000}\})')
_SALVAGED_NAME = re.compile(r'"name"\s*:\s*"((?:[^"\\]|\\.){1,200})"')


def load_json(text: str) -> tuple[list[Any], str | None]:
    """The values a script holds, and what was wrong with it.

    None, "mended", "salvaged", "broken" (nothing read), "too_large" or "too_deep" (not read).
    Salvaged = one flat object of the fields that could be found in a text that is no JSON.
    """
    if len(text) > MAX_SCRIPT:
        return [], "too_large"
    text = _WRAPPING.sub("", text, count=1)
    try:
        if values := _values(text):
            return values, None
        if not text.strip():
            return [], None
        return _mended(text)
    except RecursionError:
        return [], "too_deep"


def _values(text: str) -> list[Any]:
    """All values that stand one after another; nothing where the first is broken."""
    values: list[Any] = []
    match = _START.search(text)
    while match is not None and len(values) < 50:
        try:
            value, end = _DECODER.raw_decode(text, match.start())
        except ValueError:
            break
        values.append(value)
        match = _START.search(text, end)
    return values


def _mended(text: str) -> tuple[list[Any], str]:
    text = text[:MAX_REPAIRED]
    if "&quot;" in text:
        text = html.unescape(text)
    for mend in (_without_litter, _requoted):
        text = mend(text)
        if values := _values(text):
            return values, "mended"
    found = _salvaged(text)
    return ([found], "salvaged") if found else ([], "broken")


def _without_litter(text: str) -> str:
    """Without comments and trailing commas; strings are left alone."""
    return _LITTER.sub(_without, text)


def _without(match: re.Match[str]) -> str:
    string, unclosed, kept = match[1], match[2], match["kept"]
    if unclosed:
        return '"' + _OPEN_LITTER.sub(lambda found: found["kept"] or "", unclosed[1:])
    return string or kept or ""


def _requoted(text: str) -> str:
    """Quotation marks and backslashes inside strings escaped, where the end of the string can be told."""
    parts: list[str] = []
    position = 0
    while (start := text.find('"', position)) >= 0:
        end = _STRING_END.search(text, start + 1)
        if end is None:
            break
        inside = _INSIDE.sub(_escaped, text[start + 1 : end.start()])
        parts += (text[position:start], '"', inside, '"')
        position = end.end()
    parts.append(text[position:])
    return "".join(parts)


def _escaped(match: re.Match[str]) -> str:
    found = match.group()
    return found if len(found) > 1 else "\\" + found


def _salvaged(text: str) -> dict[str, Any]:
    """Fields of the one article a broken text speaks of; nothing where it speaks of several."""
    if text.count('"headline"') != 1:
        return {}
    found: dict[str, Any] = {}
    for key, string, flag in _SALVAGED.findall(text):
        found.setdefault(key, _unquoted(string) if string else flag == "true")
    block = _SALVAGED_AUTHORS.search(text)
    names = _SALVAGED_NAME.findall(block.group()) if block else ()
    authors = [{"name": _unquoted(name)} for name in names]
    return {**found, "author": authors} if authors else found


def _unquoted(string: str) -> str:
    try:
        return str(_DECODER.decode(f'"{string}"'))
    except ValueError:
        return string
