"""Labels that open a line of links inside a text: "Lire aussi : ...", "Notre dossier : ...".

Some need no mark behind them; the rest, and whatever heads a block of related articles elsewhere, count only
before a colon.
"""

from __future__ import annotations

import re
from typing import Final

from pipelines.blocks_expand import ANY, expansions
from pipelines.blocks_headings import heading_kind
from pipelines.blocks_words import compiled, read_lists
from pipelines.text import clean, fold

MARKS: Final = " \t\n\r\u00a0\u202f>»▶►→•*-–—|[]:.,«“\"'()👉➡🔴📖▪■\ufe0f\u2192"
_LISTS: Final = read_lists("inline.txt")
_LABEL: Final = re.compile(rf"(?:{compiled(_LISTS['related']).pattern})(?: |$)")
_MARKED: Final = compiled(_LISTS["marked"])
# what a label may begin with: a cheap look at the raw text before anything is folded
_OPENING: Final = compiled(_LISTS["openings"])
_LETTERS: Final = 3
_BEGINNINGS: Final = expansions(_LISTS["openings"], _LETTERS)
_FIRST: Final = {text[:1] for text in _BEGINNINGS} | {text[:1].upper() for text in _BEGINNINGS}
_OPEN: Final = tuple(text.removesuffix(ANY) for text in _BEGINNINGS if text.endswith(ANY))
# what a label inside a link says; "Dossier : ..." and "Vidéo : ..." are a title's own
_READING: Final = re.compile(
    r"\b(?:lire|relire|lisez|relisez|voir|revoir|decouvr|ecouter|interess|aimerez|plaire|recommand|conseill|suggere"
    r"|aussi|egalement|meme [a-z]+|(?:article|contenu|sujet)s? (?:lie|connexe|associe|similaire)"
    r"|plus loin|savoir plus|ce (?:sujet|propos)|related|also|read|see)"
)
_NEIGHBOUR: Final = re.compile(r"(?:l )?articles? (?:precedent|suivant)s?")
_MAX_LABEL: Final = 60  # characters before a colon
_MAX_WORDS: Final = 6  # of such a label
_MIN_TITLE: Final = 12  # characters behind a label inside a link


def may_open(text: str) -> bool:
    """Whether a raw text may begin with a label that needs no mark: cheap, asked for every text of a page."""
    head = text.lstrip(MARKS)[:24]
    if head[:1] not in _FIRST:
        return False
    head = head.lower()
    if head[:_LETTERS] not in _BEGINNINGS and not head.startswith(_OPEN):
        return False
    return _OPENING.match(head) is not None


def opens_line(text: str) -> bool:
    """Whether a line begins with a label of related articles that needs no mark."""
    return _LABEL.match(fold(text.lstrip(MARKS)[:120])) is not None


def may_be_marked(text: str) -> bool:
    """Whether a colon stands where one ends a label: cheap."""
    return ":" in text.lstrip(MARKS)[: _MAX_LABEL + 2]


def is_marked(text: str) -> bool:
    """Whether a line begins with a label and its colon."""
    label = _label(text)
    return label != "" and (
        heading_kind(clean(label)) == "related" or _MARKED.fullmatch(fold(label)) is not None
    )


def _label(text: str) -> str:
    """What stands before the first colon of a line; "" where that is no label."""
    head, colon, _ = text.lstrip(MARKS)[: _MAX_LABEL + 2].partition(":")
    label = head.strip(MARKS)
    return label if colon and len(label) > 2 else ""


def is_neighbour(text: str) -> bool:
    """Whether a line only leads to the article before or behind this one."""
    return _NEIGHBOUR.fullmatch(fold(_label(text))) is not None


def is_label(text: str) -> bool:
    """Whether a text is nothing but a label and its colon."""
    return text.endswith(":") and len(text) <= _MAX_LABEL and (opens_line(text) or is_marked(text))


def without_label(title: str) -> str:
    """A title without the label that stands before its colon in the same link."""
    label = _label(title)
    rest = title.partition(":")[2].lstrip(MARKS)
    said = fold(label)
    is_short = len(said.split()) <= _MAX_WORDS
    match = _LABEL.match(said)
    is_one = is_short and _READING.search(said) and (match or is_marked(title))
    if not is_one or len(rest) < _MIN_TITLE:
        return title
    topic = _behind(title.lstrip(MARKS), len(match[0].split())) if match else ""
    # a capital behind the label begins the title: only "LIRE" goes before "Grève : ce qui vous attend"
    is_topic = topic[:1].isupper() and not label.isupper() and len(topic) > len(rest)
    return topic if is_topic else rest


def _behind(text: str, count: int) -> str:
    """A text without its first words, of which a token with an apostrophe has two."""
    for token in re.finditer(r"\S+", text):
        if count <= 0:
            return text[token.start() :].lstrip(MARKS)
        count -= len(fold(token[0]).split())
    return ""
