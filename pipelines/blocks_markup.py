"""What class names, ids and roles say of an element: generic habits of press systems, no publisher's own.

A name is looked at word by word ("article-related__links" has the words article, related, links); which
kind a name announces is decided by the first pattern that matches. Whether an element may be cut is not
decided here: `pipelines.blocks` never cuts what holds the article.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from pipelines.blocks_expand import ANY, expansions
from pipelines.blocks_words import read_lists

_WORDS: Final = re.compile(r"[A-Z]?[a-zàâçéèêëîïôûù]+|[A-Z]+(?![a-z])|\d+")
# those of blocks_headings, consent, navigation, margin, embed, caption, hidden; the first that matches counts
_LISTS: Final = read_lists("names.txt")
_KINDS: Final = tuple(_LISTS)
# each name, or its beginning and any one word more, to the place of its kind
_NAMES: Final = {
    name: rank for rank, kind in reversed(tuple(enumerate(_KINDS))) for name in expansions(_LISTS[kind])
}
_FIRST_WORDS: Final = frozenset(name.partition(" ")[0] for name in _NAMES)
# words that only lay out: "col-md-8 related" is about related, "body has-sidebar" is not about a sidebar
_STATE: Final = re.compile(
    r"[\s_-](?:has|no|with|without|is|js|not|u|mt|mb|pt|pb|col|row|lg|md|sm|xs|wp-theme|page-template)[-_][\w-]*"
    # what is too long is hidden, the label of a field, what unfolds, an element on other screens: not what
    # bears the name
    r"|[\s_-](?:overflow(?:-[xy])?|label|panel-?)-hidden"
    r"|\s(?:hidden|hide)-(?:xs|sm|print|phone|tablet|mobile|small|for-small|on-mobile)[\w-]*"
    r"|\s(?:pub[-_]?date|date[-_]pub)(?![a-z])"  # of publication, not of advertising
    # every part of a page that Elementor or Adobe's components build is a "widget" or a "cmp"; how it
    # looks, or of what template it is a part, is a "theme"
    r"|\s(?:elementor-widget-)?theme(?=[-_])|\selementor-(?:widget|element|invisible)(?![a-z])"
    r"|\scmp(?=-(?:title|text|teaser|container|image|list|accordion|tabs|contentfragment)(?![a-z]))",
    re.I,
)


# the words that these begin with: most names have none
_STATE_WORDS: Final = frozenset(
    ["has", "no", "with", "without", "is", "js", "not", "u", "mt", "mb", "pt", "pb", "col", "row", "lg", "md",
     "sm", "xs", "wp", "page", "overflow", "label", "panel", "hidden", "hide", "pub", "pubdate", "date",
     "elementor", "theme", "cmp"]
)  # fmt: skip
_NOTHING: Final[frozenset[str]] = frozenset()
# the same words of a name in lower case, a fifth of the work: what is no letter separates them
_LOWER: Final = "abcdefghijklmnopqrstuvwxyzàâçéèêëîïôûù".encode("latin-1")
_SEPARATED: Final = bytes(code if code in _LOWER else 32 for code in range(256))
_FIRST_BYTES: Final = frozenset(word.encode("latin-1") for word in _FIRST_WORDS)


def byte_words(name: str) -> list[bytes]:
    """The words of a name in lower case, as Latin-1.

    Raises:
        UnicodeEncodeError: the name has other letters.
    """
    return name.encode("latin-1").translate(_SEPARATED).split()


def _may_announce(name: str) -> bool:
    """Whether one of the words of a name begins one of ours."""
    if name.islower():
        try:
            return not _FIRST_BYTES.isdisjoint(byte_words(name))
        except UnicodeEncodeError:
            pass
    return not _FIRST_WORDS.isdisjoint([word.lower() for word in _WORDS.findall(name)])


@lru_cache(maxsize=16384)
def name_kinds(name: str) -> frozenset[str]:
    """The kinds a class or id attribute announces; empty for most names."""
    if not _may_announce(name):
        return _NOTHING  # most elements
    # "md:hidden" holds on some screens only
    found = [kinds for part in name.split() if ":" not in part and (kinds := _part_kinds(part))]
    return _NOTHING.union(*found) if found else _NOTHING


@lru_cache(maxsize=16384)
def _part_kinds(name: str) -> frozenset[str]:
    """The kinds of one class: those of "jp-relatedPosts" are those of the words "jp related posts"."""
    if not _may_announce(name):
        return _NOTHING  # nearly all classes of a page
    parts = [name]
    if "-" in name or "_" in name:
        state = not _STATE_WORDS.isdisjoint(name.lower().replace("_", "-").split("-"))
        parts = _STATE.sub(" ", f" {name}").split() if state else parts
    found = [_kind([word.lower() for word in _WORDS.findall(part)]) for part in parts]
    return frozenset([kind for kind in found if kind is not None])


def _kind(words: list[str]) -> str | None:
    """The kind of all the words, or of their end or their beginning beside neutral ones."""
    if _FIRST_WORDS.isdisjoint(words):
        return None
    rank = _rank(words)
    size = len(words) - 1
    opens = words[0] in _FIRST_WORDS
    while rank is None and size > 0:
        if words[-size] in _FIRST_WORDS:
            rank = _rank(words[-size:])
        if rank is None and opens:
            rank = _rank(words[:size])
        size -= 1
    return None if rank is None else _KINDS[rank]


def _rank(words: list[str]) -> int | None:
    """The place in the order of kinds of the first that the words name."""
    named, opened = _NAMES.get(" ".join(words)), _NAMES.get(" ".join((*words[:-1], ANY)))
    return opened if named is None else named if opened is None else min(named, opened)
