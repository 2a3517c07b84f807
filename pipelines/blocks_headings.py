"""The words that head a block of a press page: what follows it is related, tags, comments, a prompt ...

Headings are compared folded (lower case, no accents, no punctuation: `pipelines.text.fold`) and as a whole.
`data/headings.txt` holds the wordings: those of French-language news pages of 2009-2026, and the usual ones
of other languages whose pages are read too. Where a heading is not enough, `pipelines.blocks_runs` looks at
what follows it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, Literal, get_args

from pipelines.blocks_expand import ANY, expansions
from pipelines.blocks_words import compiled, read_lists
from pipelines.text import fold

Kind = Literal[
    "sponsored", "most_read", "tags", "paywall", "comments", "related", "newsletter", "share", "author"
]
MAX_HEADING: Final = 90  # characters: longer text heads nothing

_LISTS: Final = read_lists("headings.txt")
# the first kind that matches counts: "articles sponsorisés" is never related
_KINDS: Final = tuple((kind, compiled(_LISTS[kind])) for kind in get_args(Kind))
_STRONG: Final = compiled(_LISTS["strong"])
# how a heading may begin, or a word that one must hold: most short texts do not, and need no pattern
_LETTERS: Final = 6
_LINES: Final = tuple(line for kind in get_args(Kind) for line in _LISTS[kind])
_BEGUN: Final = {line: expansions((line,), _LETTERS) for line in _LINES}
_BEGINNINGS: Final = set().union(*_BEGUN.values())
_OPEN: Final = tuple(text.removesuffix(ANY) for text in _BEGINNINGS - {ANY} if text.endswith(ANY))
_STEMS: Final = frozenset(
    word[:4] for line, begun in _BEGUN.items() if ANY in begun for word in re.findall(r"[a-z]{4,}", line)
)


@lru_cache(maxsize=8192)
def heading_kind(text: str) -> Kind | None:
    """Which block a heading announces, or None. `text` is the heading as the page has it."""
    if not 3 <= len(text) <= MAX_HEADING:
        return None
    folded = fold(text)
    if not _may_head(folded):
        return None
    return next((kind for kind, pattern in _KINDS if pattern.fullmatch(folded)), None)


def _may_head(folded: str) -> bool:
    if folded[:_LETTERS] in _BEGINNINGS or folded.startswith(_OPEN):
        return True
    return any(word[:4] in _STEMS for word in folded.split())


@lru_cache(maxsize=2048)
def is_strong(text: str) -> bool:
    """Whether a related heading leaves no doubt, so that even entries without links belong to it."""
    return _STRONG.fullmatch(fold(text)) is not None
