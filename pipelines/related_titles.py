"""What a linked card is called: its headline, without labels, kickers and what nobody sees."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from typing import Final

from lxml.html import HtmlElement

from pipelines.blocks_labels import without_label
from pipelines.blocks_markup import name_kinds
from pipelines.blocks_tree import BLOCK_TAGS, HEADING_TAGS, flat
from pipelines.blocks_words import compiled, read_lists
from pipelines.persons import ARTICLES, SECTION_WORDS
from pipelines.text import clean, fold

_FEW: Final = 3  # elements of a link before its title
_TITLE_WORDS: Final = 4
_SEPARATORS: Final = " \u00a0|·•–—-"
_KICKER_WORDS: Final = 3

_LISTS: Final = read_lists("cards.txt")
_MORE: Final = compiled(_LISTS["more"])
GENRES: Final = frozenset(_LISTS["genres"])
_NOTE: Final = compiled(_LISTS["notes"])
_LABEL: Final = re.compile(
    rf"^[\s>»▶►→•*\-–—|\[👉🔴📖]*(?:{compiled(_LISTS['labels']).pattern})\]?\s*[:>»►▶→•\-–—.|]+\s*", re.I
)
# the surest of them, in brackets or before a capital, need no mark
_BARE: Final = re.compile(
    r"^(?P<bracket>\[)?(?i:(?:[àa]\s)?(?:lire|voir)\s(?:aussi|[ée]galement))(?(bracket)\]\s*|\s+)(?=[A-ZÀ-Þ«“\"0-9])"
)
_TITLED: Final = re.compile(
    r"(?<!sur)(?<!sur-)(?<!sous-)(?<!sous)(?<!sub)(?<!sub-)(?<!over)(?<!over-)(?:titre|title|headline)"
)
_NOTE_MARK: Final = re.compile(r"\s?\[\d{1,2}\]$")  # of a footnote, behind a title


def is_more(text: str) -> bool:
    """Whether a text only says "go on", or counts: "Lire la suite", "12 commentaires"."""
    return _MORE.fullmatch(fold(text)) is not None


def best_title(links: Sequence[HtmlElement]) -> tuple[str | None, HtmlElement | None]:
    """The title of an entry and the element that holds it, the best of its links."""
    best: tuple[int, str, HtmlElement] | None = None
    for link in links:
        text, holder, rank = _title_of(link)
        folded = fold(text)
        if folded and not _MORE.fullmatch(folded) and (best is None or rank > best[0]):
            best = (rank, text, holder)
    if best is not None:
        return best[1], best[2]
    for link in links:
        named = (link.get("title"), link.get("aria-label"), *(i.get("alt") for i in link.iter("img")))
        text = next((clean(name) for name in named if name), "")
        if len(text) > 8:
            return text, link
    return None, None


def _title_of(link: HtmlElement) -> tuple[str, HtmlElement, int]:
    """Title, element and rank of one link: headings beat named titles, these long links, these short ones."""
    for inner in link.iter(*HEADING_TAGS):
        if text := _without_label(_without_kicker(inner)):
            return text, inner, 4
    parent = link.getparent()
    if parent is not None and parent.tag in HEADING_TAGS:
        return _without_label(_without_kicker(link)), parent, 4
    for inner in link.iterdescendants("div", "span", "p", "strong", "b"):
        name = f"{inner.get('class') or ''} {inner.get('itemprop') or ''}".lower()
        is_named = _TITLED.search(name) is not None
        if is_named and (text := _without_label(_without_kicker(inner))):
            return text, inner, 3
    parts = _parts(link)
    if len(parts) > 1:
        title = max((p for p in parts[:3] if not is_note(p)), key=lambda p: len(flat(p)), default=link)
        return _without_label(_without_call(title)), title, 2
    text = _without_kicker(link)
    return _without_label(text), link, 2 if len(text) > 15 else 1


def _parts(link: HtmlElement) -> list[HtmlElement]:
    """The blocks of a linked card: kicker, title, date."""
    holder = link
    while len(said := [child for child in holder if flat(child)]) == 1 and said[0].tag in BLOCK_TAGS:
        holder = said[0]
    return [child for child in said if child.tag in BLOCK_TAGS]


def _without_kicker(title: HtmlElement) -> str:
    """What a title says, without what nobody sees, a kicker that style sets apart and a call to read on."""
    text = _without_call(title)
    for child in islice(title, _FEW):
        said = flat(child)
        rest = text.removeprefix(said).lstrip() if said else text
        if not said or rest == text:
            continue
        if len(rest.split()) < _TITLE_WORDS:
            continue
        unseen = any("hidden" in name_kinds(node.get("class") or "") for node in child.iter())
        if unseen or (rest[0].isupper() and _is_kicker(child, said)):
            return rest
    return text


def _without_call(title: HtmlElement) -> str:
    """What a title says, without "Lire" or "Lire la suite" in an element of its own at its end."""
    text, last = flat(title), title
    while len(last) and not (last[-1].tail or "").strip():
        last = last[-1]
        if (said := flat(last)) and is_more(said):
            rest = text.removesuffix(said).rstrip(_SEPARATORS)
            return rest if len(rest.split()) >= _TITLE_WORDS else text
    return text


def _is_kicker(element: HtmlElement, said: str) -> bool:
    """Whether an inline element names a genre or a section, or stands beside the title in one like it."""
    words = fold(said).split()
    if not 0 < len(words) <= _KICKER_WORDS or said[-1:] in ".,;!?…»":
        return False
    following = element.getnext()
    is_apart = following is not None and following.tag == element.tag and not (element.tail or "").strip()
    return (is_apart and words[0] not in ARTICLES) or all(
        word in SECTION_WORDS or word in GENRES for word in words
    )


def _without_label(text: str) -> str:
    """A title without "Lire aussi :" before it, and without the bracket some systems put around both."""
    title = without_label(clean(_BARE.sub("", _LABEL.sub("", text))))
    if title.endswith("]"):
        title = _NOTE_MARK.sub("", title)
    if text.lstrip().startswith("[") and title.count("]") > title.count("["):
        title = title.removesuffix("]").rstrip()
    return title


def is_note(element: HtmlElement) -> bool:
    """Whether a part of a card is a date, a section, a count: neither title nor teaser."""
    if element.tag == "time" or (element.find(".//time") is not None and len(flat(element)) < 40):
        return True
    name = (element.get("class") or "").lower()
    return bool(name) and (
        _NOTE.search(name) is not None or bool(name_kinds(name) & {"share", "comments", "tags", "hidden"})
    )
