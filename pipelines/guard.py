"""Cheap checks of a page before any tree is built, and its text without one.

What has been seen to stop libxml2 or to lose text is taken out first: inline files (data: URIs), pages of
many megabytes, tags with tens of thousands of attributes (47 s for 80,000). What is cut is told in a
warning, never silently. Everything here is linear in the text, whatever the text: no pattern looks twice
for an end that is not there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Final

MAX_CHARS: Final = 8_000_000
MAX_RUN: Final = 2_000_000  # characters without a tag; of a script no more are read
MAX_TAGS: Final = 120_000
MAX_ATTRIBUTES: Final = 500

# references to controls and non-characters: libxml2 takes them into the tree, and then cannot move them
_REFERENCE = re.compile(
    r"&#(?:[xX]0*(?:[0-8bceBCEfF]|1[0-9a-fA-F]|[fF]{3}[eEfF])(?![0-9a-fA-F])|"
    r"0*(?:[0-8]|1[124-9]|2\d|3[01]|6553[45])(?!\d));?"
)
# each takes the whole run, long or short: what was looked at once is not looked at again
_DATA_URI = re.compile(r"data:[\w/+.-]{0,60}(?:;[\w=.-]{0,40}){0,4};base64,[A-Za-z0-9+/=%\s]{3800,}+")
_DATA_TEXT = re.compile(r"data:[\w/+.-]{0,60}(?:;[\w=.-]{0,40}){0,4},[^\"'<>]*+")
_VALUE = re.compile(r"=\s*+(?:\"[^\"<>]*+|'[^'<>]*+)")
_TRIES: Final = 5_000  # ampersands before the expression looks for itself
_BASE64: Final = ";base64,"
_BEFORE: Final = 5 + 60 + 4 * 41  # characters of _DATA_URI before that, at most
_LONG_DATA: Final = 4_096
_LONG_VALUE: Final = 65_536
_OPEN = re.compile(r"<(?=[a-zA-Z!])")
_NAME = re.compile(r"<([a-zA-Z][^\s/>]*+)")
# one attribute as the HTML standard cuts them: after white space, "/" or a quoted value
# (a group that is repeated without going back has an empty last alternative: up to Python 3.11.4 a turn that
# fails leaves the engine where it stopped, not where the turn began)
_ATTRIBUTE = re.compile(
    r"[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^\s>\"'][^\s>]*+|)?+|)?+"
)
_TAG_END = re.compile(r"[\s/]*+>?")
_RAW_NAME = r"(?=[\s/>]|\Z)"
_FEW = rf"(?:{_ATTRIBUTE.pattern}|){{0,{MAX_ATTRIBUTES}}}+[\s/]*+(?![^>])"
# a text whose tags all have few attributes, in one pass of the expression engine: nearly every page
# (its first alternatives are most tags as people write them, and cost less)
_SOUND = re.compile(
    r"(?:[^<]*+(?:<(?:/[^<]*+"
    rf"|(?![sS])[a-zA-Z][a-zA-Z0-9]*+(?: [a-z-]++=\"[^\"]*+\"|){{0,{MAX_ATTRIBUTES - 1}}}+>[^<]*+)|)*+"
    r"(?:<(?![a-zA-Z!])|<!(?!--)[^>]*+|<!(?:[^-]++|-(?!->)|)*+"
    rf"|<(?i:script){_RAW_NAME}{_FEW}(?:[^<]++|<(?!(?i:/script))|)*+"
    rf"|<(?i:style){_RAW_NAME}{_FEW}(?:[^<]++|<(?!(?i:/style))|)*+"
    rf"|<(?!(?i:script|style){_RAW_NAME})[a-zA-Z][^\s/>]*+{_FEW}|)?+|)*+"
)
# re.A: without it "ſ" (U+017F) is an "s" for these expressions, and for nothing else that reads names
_ENDS = {
    name: re.compile(f"</{name}", re.I | re.A)
    for name in ("script", "style", "noscript", "template", "svg", "head")
}
_RAW = ("script", "style")  # no tags inside
_SILENT = re.compile(r"<(script|style|noscript|template|svg|head)\b", re.I | re.A)
_CODE = re.compile(r"<(script|style)\b(?![^>]{0,200}ld\+json)", re.I | re.A)
_BREAK = re.compile(
    r"</?(?:p|div|br|li|h[1-6]|tr|td|th|table|section|article|ul|ol|blockquote)\b[^<>]*>", re.I
)
_TAG = re.compile(r"<[^<>]*>")
_HEADLINE = re.compile(r"<h1\b[^<>]*>(.{1,1000}?)</h1\s*>", re.I | re.S)
_TITLES = (
    re.compile(r"<meta\s[^<>]{0,200}?og:title[\"'][^<>]{0,200}?content=[\"']([^\"'<>]{1,500})", re.I),
    re.compile(r"<title\b[^<>]{0,200}>([^<]{1,500})", re.I),
)
_TAIL: Final = 500_000
_PART: Final = 100_000
_HEAD: Final = 200_000  # characters in which a headline is looked for


def prepared(text: str) -> tuple[str, list[str], bool]:
    """The text a parser may see, warnings, and whether it holds too many tags for any parser.

    Warnings: inline_data_removed, text_cut, page_too_large, attributes_removed.
    """
    warnings: list[str] = []
    before = len(text)
    text = _without_files(text)
    if len(text) > MAX_CHARS:
        text = _cut_runs(_DATA_TEXT, _LONG_VALUE, text)
    if len(text) < before:
        warnings.append("inline_data_removed")
    text = _without_references(text)
    if _long_run(text, 0) >= 0:
        text = _cut_text(_cut_runs(_VALUE, _LONG_VALUE, text, '="'))
        warnings.append("text_cut")
    if len(text) > MAX_CHARS:
        text = _ends(_cut_comments(_cut_elements(text, _CODE)))
        warnings.append("page_too_large")
    text, cut = _cut_attributes(text)
    if cut:
        warnings.append("attributes_removed")
    return text, warnings, len(text) > 2 * MAX_TAGS and text.count("<") > MAX_TAGS


def _long_run(text: str, start: int) -> int:
    """Where a run of more than MAX_RUN characters without a tag begins, from `start` on, or -1."""
    while len(text) - start > MAX_RUN:
        last = text.rfind("<", start, start + MAX_RUN + 1)
        if last < 0:
            return start
        start = last + 1
    return -1


def _cut_text(text: str) -> str:
    """The first MAX_RUN characters of every run without a tag."""
    kept: list[str] = []
    done = 0
    while (run := _long_run(text, done)) >= 0:
        kept.append(text[done : run + MAX_RUN])
        done = text.find("<", run + MAX_RUN)
        if done < 0:
            return "".join(kept)
    return "".join((*kept, text[done:]))


def _without_files(text: str) -> str:
    """Without long files inside the page; most pages hold short ones (icons), which stay."""
    kept: list[str] = []
    done, position = 0, text.find(_BASE64)
    while position >= 0:
        start = text.rfind("data:", max(done, position - _BEFORE), position)
        file = _DATA_URI.match(text, start) if start >= 0 else None
        position += len(_BASE64)
        if file is not None and len(file[0]) > _LONG_DATA:
            kept.append(text[done:start])
            done = position = file.end()
        position = text.find(_BASE64, position)
    return "".join((*kept, text[done:])) if kept else text


def _without_references(text: str) -> str:
    """Without those references; the letters that begin one are rare, and looked for faster than it."""
    position, tries = text.find("&"), 0
    while position >= 0 and tries < _TRIES:
        if text.startswith("#", position + 1) and _REFERENCE.match(text, position):
            break
        position, tries = text.find("&", position + 1), tries + 1
    return text if position < 0 else text[:position] + _REFERENCE.sub(_blank, text[position:])


def _blank(reference: re.Match[str]) -> str:
    """A space, so that words stay apart; nothing where a site cut a teaser inside a reference ("d&#0...")."""
    return "" if reference.string.startswith((".", "…"), reference.end()) else " "


def _ends(text: str) -> str:
    """The beginning and the end of a text that is too long, where dates and credits stand."""
    if len(text) <= MAX_CHARS:
        return text
    head, tail = text[: MAX_CHARS - _TAIL], text[-_TAIL:]
    tag = head.rfind("<")
    if head.find(">", tag) < 0:
        head = head[:tag]
    return head + tail[max(0, tail.find("<")) :]


def _cut_runs(pattern: re.Pattern[str], longest: int, text: str, instead: str = "") -> str:
    """Without the matches that are longer than this."""
    return pattern.sub(lambda match: match[0] if len(match[0]) <= longest else instead, text)


def _cut_elements(text: str, opening: re.Pattern[str]) -> str:
    """Without these elements and what is in them; one that is never closed loses only its tag."""
    kept: list[str] = []
    position, open_ended = 0, set()
    for match in opening.finditer(text):
        name = match[1].lower()
        if match.start() < position or name in open_ended:
            continue
        end = _ENDS[name].search(text, match.end())
        if end is None:
            open_ended.add(name)
            continue
        kept.append(text[position : match.start()])
        position = text.find(">", end.end()) + 1 or len(text)
    return " ".join((*kept, text[position:])) if kept else text


def _cut_comments(text: str) -> str:
    kept: list[str] = []
    position = 0
    while (start := text.find("<!--", position)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        kept.append(text[position:start])
        position = end + 3
    return "".join((*kept, text[position:])) if kept else text


def _cut_attributes(text: str) -> tuple[str, int]:
    """Tags with more than MAX_ATTRIBUTES attributes lose them all."""
    if _SOUND.fullmatch(text):
        return text, 0
    kept: list[str] = []
    position, done, cut = 0, 0, 0
    while (opening := _OPEN.search(text, position)) is not None:
        start = opening.start()
        if text.startswith("<!", start):
            position = _end_of_comment(text, start)
            continue
        name = _NAME.match(text, start)
        assert name is not None
        count, position = 0, name.end()
        while (attribute := _ATTRIBUTE.match(text, position)) is not None:
            count, position = count + 1, attribute.end()
        if count > MAX_ATTRIBUTES:
            kept += (text[done : name.end()], ">")
            done = position = _TAG_END.match(text, position).end()  # type: ignore[union-attr]
            cut += 1
        if (raw := name[1].lower()) in _RAW:
            end = _ENDS[raw].search(text, position)
            position = end.start() if end is not None else len(text)
    kept.append(text[done:])
    return "".join(kept), cut


def _end_of_comment(text: str, start: int) -> int:
    end = text.find("-->", start) if text.startswith("<!--", start) else text.find(">", start)
    return end if end >= 0 else len(text)


def plain_text(markup: str) -> str:
    """The text of markup without a tree, one line a block: the headline, then what follows it.

    For pages no parser should see. The headline is the page's first <h1>, else what its head says.
    """
    headline = _HEADLINE.search(markup, 0, _HEAD)
    found = (headline, *(pattern.search(markup, 0, _HEAD) for pattern in _TITLES))
    titles = (" ".join(_TAG.sub(" ", match[1]).split()) for match in found if match)
    title = next(filter(None, titles), "")
    rest = markup[headline.end() :] if headline else markup
    rest = _cut_comments(_cut_elements(rest, _SILENT))
    return unescape(f"{title}\n") + "".join(
        unescape(_TAG.sub("", _BREAK.sub("\n", part))) for part in _parts(rest)
    )


def _parts(text: str) -> Iterator[str]:
    """The text in parts that begin with a tag: a million matches at once fill the memory."""
    start = 0
    while start < len(text):
        end = text.find("<", start + _PART)
        end = end if end >= 0 else len(text)
        yield text[start:end]
        start = end
