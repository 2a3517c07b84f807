"""The entries of a related block: title, link, teaser, and what was cut off them.

A block arrives as one detached element (`pipelines.blocks` takes it out of the tree) or as lines of plain
text. Sites cut titles and teasers at a number of bytes: a letter or an entity cut in two is dropped here,
flagged, and kept in the raw text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from lxml.html import HtmlElement

from pipelines.blocks_headings import heading_kind
from pipelines.blocks_markup import name_kinds
from pipelines.blocks_tree import BLOCK_TAGS, HEADING_TAGS, flat
from pipelines.text import clean, fold
from pipelines.urls import canonical_url, identity
from pipelines.rules import GENERIC
from storage.records import Block, RelatedLink

MAX_ENTRIES: Final = 60  # a block of more is a listing of the whole site
_ELLIPSIS = re.compile(r"(?:\.{3,}|…|\[(?:\.{3}|…)\]|\((?:\.{3}|…)\))\s*$")
_CUT_LETTER = re.compile(r"(?:\ufffd+|&#?[0-9A-Za-z]{0,6})(?=\s*(?:\.{3,}|…)?\s*$)")
_MORE = re.compile(
    r"(?:lire|voir|decouvrir|en savoir|read|learn|see|continue|mehr|weiter|zum|leer|leggi|ler)?\s?(?:la suite|plus|l article|"
    r"more|reading|article|lesen|erfahren|mas|tutto|mais|suite|full story|the full story)(?: de l article)?|read|lire|voir|"
    r"(?:\d+ )?(?:commentaires?|comments?|partages?|shares?)|photos?|video|videos|\d+|abonnes?|facebook|twitter|partager|"
    r"plus de l auteure?|suivant|precedent|next|previous|reagir|tous les articles|tout voir|voir tout|view all|all|plus"
)
_ONCLICK = re.compile(r"location(?:\.href)?\s*=\s*['\"]([^'\"]+)['\"]|window\.open\(\s*['\"]([^'\"]+)['\"]")
_LABEL = re.compile(
    r"^[\s>»▶►→•*\-–—|\[]*(?:(?:[àa] |et |pour )?(?:lire|relire|voir|revoir|d[ée]couvrir|[ée]couter|regarder|consulter)"
    r"(?:[ \u00a0](?:aussi|[ée]galement|ailleurs|plus|encore|notre|nos|sur le m[êe]me sujet))?|read (?:also|more)|see also|also read|"
    r"lesen sie auch|lees ook|leggi anche|lee tambi[ée]n|leia tamb[ée]m)\]?\s*[:>»\-–—.|]+\s*",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as the page has it, repaired where it was cut."""

    title: str | None
    url: str | None
    teaser: str | None
    title_truncated: bool = False
    teaser_truncated: bool = False
    title_raw: str | None = None
    teaser_raw: str | None = None


def repair(text: str) -> tuple[str, bool]:
    """A text without the letter or entity that a cut left in two, and whether something was dropped.

    The dots that a site adds after the cut stay: "Si l'épid\\ufffd..." -> "Si l'épid...".
    """
    repaired = _CUT_LETTER.sub("", text)
    return clean(repaired), repaired != text


def is_truncated(text: str, limit: int | None = None) -> bool:
    """Whether a teaser ends where the site cut it. With `limit` (bytes of escaped text) it must be that long."""
    match = _ELLIPSIS.search(text)
    if not match:
        return False
    return limit is None or escaped_bytes(text[: match.start()]) >= limit - 3


def escaped_bytes(text: str) -> int:
    """Bytes of a text as a template writes it: UTF-8, with ' " < > & as entities (an apostrophe counts 5)."""
    return len(html.escape(text, quote=True).replace("&#x27;", "&#39;").encode("utf-8", "replace"))


def make_entry(
    title: str | None, url: str | None, teaser: str | None, teaser_bytes: int | None = None
) -> Entry:
    """An entry with its flags and repaired texts. `title_truncated` still lacks what only the block can tell."""
    shown, title_cut = repair(title) if title else (None, False)
    text, teaser_cut = repair(teaser) if teaser else (None, False)
    return Entry(
        title=shown or None,
        url=url,
        teaser=text or None,
        title_truncated=title_cut or bool(title and _ELLIPSIS.search(title)),
        teaser_truncated=teaser_cut or bool(teaser and is_truncated(teaser, teaser_bytes)),
        title_raw=title or None,
        teaser_raw=teaser or None,
    )


def read_entries(
    block: HtmlElement, base: str, teaser_bytes: int | None = None, limit: int = MAX_ENTRIES
) -> list[Entry]:
    """The entries of a block in page order; several links to one address are one entry."""
    links = _links(block, base)
    if not links:
        return entries_of_lines(_lines(block), teaser_bytes)
    reach = _reach(block, links)
    groups: dict[str, list[HtmlElement]] = {}
    for element, url in links:
        groups.setdefault(url, []).append(element)
    headed = {url for url, elements in groups.items() if any(_headed(e, block) for e in elements)}
    entries = []
    for url, elements in groups.items():
        if headed and url not in headed and not _stands_alone(elements[0], block, reach, headed):
            continue
        title, node = _title(elements)
        if title is None or node is None:
            continue
        teaser = _teaser(node, elements[0], block, reach, url)
        entries.append(make_entry(title, url, teaser, teaser_bytes))
        if len(entries) >= limit:
            break
    return entries


def _links(block: HtmlElement, base: str) -> list[tuple[HtmlElement, str]]:
    """What leads somewhere: anchors, and elements whose script or data attribute holds an address."""
    found = []
    for element in block.iter("a", "div", "li", "article", "span", "p", "h3", "h4"):
        href = element.get("href") or ""
        if element.tag != "a" or not href or href.startswith(("#", "javascript:")):
            match = _ONCLICK.search(element.get("onclick") or "")
            href = element.get("data-href") or (match and (match.group(1) or match.group(2))) or ""
        if not href or href.startswith(("#", "mailto:", "tel:", "javascript:", "whatsapp:")):
            continue
        rel = element.get("rel") or ""
        if "sponsored" in rel or "tag" in rel.split() or "author" in rel.split():
            continue
        url = canonical_url(href, base)
        if url and identity(url, GENERIC) != identity(base, GENERIC):
            found.append((element, url))
    return found


def _reach(block: HtmlElement, links: Iterable[tuple[HtmlElement, str]]) -> dict[HtmlElement, set[str]]:
    """For every ancestor of a link within the block: the addresses it leads to."""
    reach: dict[HtmlElement, set[str]] = {}
    for element, url in links:
        node: HtmlElement | None = element
        while node is not None and node is not block:
            reach.setdefault(node, set()).add(url)
            node = node.getparent()
    return reach


def _headed(link: HtmlElement, block: HtmlElement) -> bool:
    """Whether a link is, or holds, a heading."""
    if any(True for _ in link.iter(*HEADING_TAGS)):
        return True
    node = link.getparent()
    while node is not None and node is not block:
        if node.tag in HEADING_TAGS:
            return True
        if node.tag in BLOCK_TAGS and node.tag not in ("div",):
            return False
        node = node.getparent()
    return False


def _stands_alone(
    link: HtmlElement, block: HtmlElement, reach: dict[HtmlElement, set[str]], headed: set[str]
) -> bool:
    """Whether a link without heading is an entry of its own: a long title, in no card that a heading names."""
    text = flat(link)
    if len(text) < 25 or _MORE.fullmatch(fold(text)):
        return False
    node, top = link, link
    while node is not None and node is not block:
        top, node = node, node.getparent()
    siblings = [child for child in block if child in reach]
    return len(siblings) < 2 or not (reach.get(top, set()) & headed)


def _title(elements: Sequence[HtmlElement]) -> tuple[str | None, HtmlElement | None]:
    """The title of an entry and the element that holds it, the best of its links."""
    best: tuple[int, str, HtmlElement] | None = None
    for element in elements:
        text, node, rank = _title_of(element)
        if not text or _MORE.fullmatch(fold(text)) or not fold(text):
            continue
        if best is None or rank > best[0]:
            best = (rank, text, node)
    if best is not None:
        return best[1], best[2]
    for element in elements:
        text = clean(element.get("title") or element.get("aria-label") or "")
        if not text:
            text = next((clean(i.get("alt") or "") for i in element.iter("img") if i.get("alt")), "")
        if len(text) > 8:
            return text, element
    return None, None


def _title_of(link: HtmlElement) -> tuple[str, HtmlElement, int]:
    """Title, element and rank of one link: a heading beats a named title beats bold beats the bare link."""
    for inner in link.iter(*HEADING_TAGS):
        if text := _without_label(flat(inner)):
            return text, inner, 4
    parent = link.getparent()
    if parent is not None and parent.tag in HEADING_TAGS:
        return _without_label(flat(link)), parent, 4
    for inner in link.iterdescendants("div", "span", "p", "strong", "b"):
        name = f"{inner.get('class') or ''} {inner.get('itemprop') or ''}".lower()
        if ("title" in name or "titre" in name or "headline" in name) and (
            text := _without_label(flat(inner))
        ):
            return text, inner, 3
    blocks = [child for child in link if child.tag in BLOCK_TAGS and flat(child)]
    if len(blocks) > 1:
        text = max((flat(b) for b in blocks[:3] if not _is_note(b)), key=len, default="")
        node = next((b for b in blocks if flat(b) == text), link)
        return _without_label(text), node, 2
    return _without_label(flat(link)), link, 2 if len(flat(link)) > 15 else 1


def _without_label(text: str) -> str:
    """A title without "Lire aussi :" before it, and without the bracket some systems put around both."""
    title = clean(_LABEL.sub("", text))
    if text.lstrip().startswith("[") and title.count("]") > title.count("["):
        title = title.removesuffix("]").rstrip()
    return title


def _is_note(element: HtmlElement) -> bool:
    """Whether a part of a card is a date, a section, a count: neither title nor teaser."""
    if element.tag == "time" or element.find(".//time") is not None and len(flat(element)) < 40:
        return True
    name = f"{element.get('class') or ''}".lower()
    if any(
        word in name
        for word in (
            "date",
            "meta",
            "categor",
            "author",
            "auteur",
            "byline",
            "kicker",
            "time",
            "rubrique",
            "section",
            "label",
        )
    ):
        return True
    return bool(name_kinds(name) & {"share", "comments", "tags", "hidden"})


def _teaser(
    title: HtmlElement, link: HtmlElement, block: HtmlElement, reach: dict[HtmlElement, set[str]], url: str
) -> str | None:
    """The text of a card that is not its title, or what follows a title without a card."""
    scope = link
    node = link.getparent()
    while (
        node is not None
        and node is not block
        and reach.get(node) == {url}
        and node.tag not in ("ul", "ol", "tr")
    ):
        scope, node = node, node.getparent()
    parts = [text for text in _texts(scope, skip=title) if not _MORE.fullmatch(fold(text))]
    if not parts:
        parts = _after(scope, reach)
    text = clean(" ".join(parts))
    return text if len(text) > 12 and fold(text) != fold(flat(title)) else None


def _texts(scope: HtmlElement, skip: HtmlElement) -> list[str]:
    """The texts of a card's paragraphs, without title, dates, sections and captions."""
    if scope is skip or any(a is skip for a in scope.iterancestors()):
        return []
    found: list[str] = []

    def walk(element: HtmlElement) -> None:
        if element is skip or element.tag in ("figcaption", "img", "figure", "time") or _is_note(element):
            return
        if any(child is skip or skip in child.iterdescendants() for child in element):
            if element.text and len(clean(element.text)) > 20:
                found.append(clean(element.text))
            for child in element:
                walk(child)
                if child.tail and len(clean(child.tail)) > 20:
                    found.append(clean(child.tail))
            return
        if any(child.tag in BLOCK_TAGS for child in element):
            for child in element:
                walk(child)
            return
        if element.tag != "a" and (text := flat(element)) and (len(text) > 20 or element.tag == "p"):
            found.append(text)

    walk(scope)
    return found


def _after(scope: HtmlElement, reach: dict[HtmlElement, set[str]]) -> list[str]:
    """The text that follows a title standing alone, up to the next entry."""
    parts = [clean(scope.tail)] if scope.tail and clean(scope.tail) else []
    node = scope.getnext()
    while node is not None and node not in reach and node.tag not in HEADING_TAGS:
        if heading_kind(flat(node)):
            break
        if not _is_note(node) and (text := flat(node)):
            parts.append(text)
        if node.tail and clean(node.tail):
            parts.append(clean(node.tail))
        node = node.getnext()
    return parts if sum(map(len, parts)) <= 600 else []


def _lines(block: HtmlElement) -> list[tuple[str, bool]]:
    """The lines of a block without links; True for those that are headings or bold as a whole."""
    lines: list[tuple[str, bool]] = []
    parts: list[tuple[str, bool]] = []

    def end() -> None:
        text = clean("".join(t for t, _ in parts))
        if text:
            lines.append((text, all(strong for t, strong in parts if t.strip())))
        parts.clear()

    def walk(element: HtmlElement, strong: bool) -> None:
        tag = element.tag
        if tag == "br" or tag in BLOCK_TAGS:
            end()
        inner = strong or tag in HEADING_TAGS or tag in ("b", "strong", "dt")
        if element.text:
            parts.append((element.text, inner))
        for child in element:
            walk(child, inner)
            if child.tail:
                parts.append((child.tail, inner))
        if tag in BLOCK_TAGS:
            end()

    walk(block, False)
    end()
    return lines


def entries_of_lines(lines: Sequence[tuple[str, bool]], teaser_bytes: int | None = None) -> list[Entry]:
    """Entries without links: titles are the marked lines, or else every line that no teaser can be."""
    lines = [(text, strong) for text, strong in lines if not _MORE.fullmatch(fold(text))]
    marked = any(strong for _, strong in lines)
    entries: list[tuple[str, str | None]] = []
    for text, strong in lines:
        open_title = bool(entries) and entries[-1][1] is None
        is_teaser = not strong if marked else open_title
        if is_teaser and open_title:
            entries[-1] = (entries[-1][0], text)
        elif is_teaser and entries and marked:
            entries[-1] = (entries[-1][0], f"{entries[-1][1]} {text}")
        elif not is_teaser:
            entries.append((text, None))
    return [make_entry(title, None, teaser, teaser_bytes) for title, teaser in entries[:MAX_ENTRIES]]


def flag_cut_titles(entries: Sequence[Entry], title_bytes: int | None = None) -> list[Entry]:
    """Titles cut without a mark, flagged.

    Where the site declares no `title_bytes`, a title of 99 or 100 bytes counts as cut only in a block whose
    teasers are cut by bytes too (157 to 160 of escaped text): the same template cuts both.
    """
    limit = title_bytes
    if limit is None:
        if not any(e.teaser_raw and e.teaser_truncated and _cut_by_bytes(e.teaser_raw) for e in entries):
            return list(entries)
        limit = 100
    return [_flagged(entry) if _is_cut(entry, limit) else entry for entry in entries]


def _cut_by_bytes(teaser: str) -> bool:
    text = _ELLIPSIS.sub("", teaser)
    return 155 <= escaped_bytes(text) <= 163


def _is_cut(entry: Entry, limit: int) -> bool:
    return (
        bool(entry.title_raw)
        and limit - 1 <= len((entry.title_raw or "").encode("utf-8", "replace")) <= limit
    )


def _flagged(entry: Entry) -> Entry:
    return Entry(
        entry.title, entry.url, entry.teaser, True, entry.teaser_truncated, entry.title_raw, entry.teaser_raw
    )


def as_links(entries: Iterable[Entry], block: Block, heading: str | None, start: int) -> list[RelatedLink]:
    """Entries as records, numbered from `start`."""
    return [
        RelatedLink(
            title=entry.title,
            url=entry.url,
            teaser=entry.teaser,
            title_truncated=entry.title_truncated,
            teaser_truncated=entry.teaser_truncated,
            position=position,
            block=block,
            heading=heading,
            title_raw=entry.title_raw,
            teaser_raw=entry.teaser_raw,
        )
        for position, entry in enumerate(entries, start)
    ]
