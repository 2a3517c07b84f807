"""What class names, ids and roles say of an element: generic habits of press systems, no publisher's own.

A name is looked at word by word ("article-related__links" has the words article, related, links); which
kind a name announces is decided by the first pattern that matches. Whether an element may be cut is not
decided here: `pipelines.blocks` never cuts what holds the article.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from pipelines.blocks_words import compiled, read_lists

_WORDS: Final = re.compile(r"[A-Z]?[a-zàâçéèêëîïôûù]+|[A-Z]+(?![a-z])|\d+")
# those of blocks_headings, and navigation, margin, embed, caption, hidden; the first that matches counts
_COMPILED: Final = tuple((kind, compiled(names)) for kind, names in read_lists("names.txt").items())
# words that only lay out: "col-md-8 related" is about related, "body has-sidebar" is not about a sidebar
_STATE: Final = re.compile(
    r"(?:^|[\s_-])(?:has|no|with|without|is|js|not|u|mt|mb|pt|pb|col|row|lg|md|sm|xs|wp-theme|page-template)[-_][\w-]*",
    re.I,
)


def tokens(name: str) -> tuple[str, ...]:
    """Each class or id as lower-case words: "jp-relatedPosts box" -> ("jp related posts", "box")."""
    return tuple(
        " ".join(word.lower() for word in _WORDS.findall(part))
        for part in _STATE.sub(" ", f" {name}").split()
    )


@lru_cache(maxsize=16384)
def name_kinds(name: str) -> frozenset[str]:
    """The kinds a class or id attribute announces, best match first; empty for most names."""
    found = []
    for token in tokens(name):
        kind = _token_kind(token)
        if kind:
            found.append(kind)
    return frozenset(found)


@lru_cache(maxsize=16384)
def _token_kind(token: str) -> str | None:
    """The kind of one class: the whole of it, or its end or its beginning after a neutral word."""
    for kind, pattern in _COMPILED:
        if pattern.fullmatch(token):
            return kind
    words = token.split(" ")
    for size in range(len(words) - 1, 0, -1):
        for part in (" ".join(words[-size:]), " ".join(words[:size])):
            for kind, pattern in _COMPILED:
                if pattern.fullmatch(part):
                    return kind
    return None
