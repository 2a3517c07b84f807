"""The one text analyser: what is indexed on both databases, and what a query is compared with. Pure.

text -> words (elided l', d', qu' taken off, typographic apostrophes as plain ones, hyphens divide) -> lower
case, no accents, no ligatures -> Snowball stem for French. Folding comes before stemming, so that "publiee"
and "publiée" always end alike; Snowball alone would keep them apart. Arabic words lose vowel signs, variants
of alef, yeh and teh marbuta, and the article. Articles, prepositions and the like are not indexed: a phrase
is matched without them. A change of any rule here is a new VERSION and a new migration: it makes the index
again (storage.index_version).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import Stemmer

VERSION = "1"
MAX_WORD = 64  # characters; longer ones are cut, they are no words
MAX_REPEATS = 150  # PostgreSQL keeps 256 positions a word over all fields, so neither database is given more

_INSIDE = r"[\w\u0300-\u036f\u0640\u064b-\u065f\u0670\u00ad]+"
_ACRONYM = r"(?:[dlDL]['’])?(?:[^\W\d_]\.){2,}[^\W\d_]?(?!\w)"  # S.N.C.F. is one word
WORD = re.compile(rf"{_ACRONYM}|{_INSIDE}(?:['’ʼ‘´]{_INSIDE})*")
_MARKS = '.,;:!?()[]«»"“”…'
_PIECE = re.compile(r"[^\W_]+")
_ELIDED = re.compile(r"(?:[ldjmtnsc]|qu|jusqu|lorsqu|puisqu|quoiqu|presqu|quelqu)'", re.IGNORECASE)
_APOSTROPHES = str.maketrans({"’": "'", "ʼ": "'", "‘": "'", "´": "'", "\u00ad": None, "\u0640": None})
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ł": "l", "ı": "i"})
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_ARABIC_LETTERS = (
    str.maketrans(  # what NFKD does not take apart: alef wasla, alef maqsura, yeh, teh marbuta, kaf
        {"\u0671": "\u0627", "\u0649": "\u064a", "\u06cc": "\u064a", "\u0629": "\u0647", "\u06a9": "\u0643"}
    )
)
_ARABIC_ARTICLE = re.compile("^(?:[\u0648\u0641\u0628\u0643]?\u0627\u0644|\u0644\u0644)(?=.{2,}$)")
_FEMININE = re.compile(r"(?<=..)ees?$")

# Words that carry no meaning of their own; chosen short: "été", "fait", "son" and their like can be nouns.
STOP_WORDS = frozenset(
    [
        "le",
        "la",
        "les",
        "un",
        "une",
        "des",
        "du",
        "de",
        "au",
        "aux",
        "et",
        "ou",
        "en",
        "a",
        "que",
        "qui",
        "qu",
        "l",
        "d",
        "c",
        "s",
        "n",
        "j",
        "m",
        "t",
        "ce",
        "ces",
        "cet",
        "cette",
        "se",
        "sa",
        "ses",
        "il",
        "elle",
        "ils",
        "elles",
        "on",
        "nous",
        "vous",
        "je",
        "tu",
        "est",
        "dans",
        "par",
        "pour",
        "sur",
        "avec",
        "ne",
        "pas",
    ]
)

_stem = Stemmer.Stemmer("french", 0).stemWord


@dataclass(frozen=True, slots=True)
class Token:
    """One indexed word and where it stands in the text (characters)."""

    term: str
    start: int
    end: int


def fold(word: str) -> str:
    """Lower case without accents and ligatures; Arabic letters in one form each; all digits as ASCII."""
    word = word.lower()
    if word.isascii():
        return word
    word = unicodedata.normalize("NFKD", word.translate(_APOSTROPHES).translate(_LIGATURES))
    word = "".join(c for c in word if not unicodedata.combining(c)).lower()  # "𝑨" only now is an A
    if _ARABIC.search(word):
        word = word.translate(_ARABIC_LETTERS)
    return "".join(str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in word)


class _Known(dict[str, tuple[str, ...]]):
    """The terms of every piece between spaces met before: a press repeats itself, most need no work."""

    SIZE = 150_000

    def __missing__(self, piece: str) -> tuple[str, ...]:
        if len(self) >= self.SIZE:
            self.clear()
        bare = piece.strip(_MARKS)
        if bare.isalpha():  # most are: no need to look for words within
            found = self[bare] if bare != piece else tuple(analyse(bare))
        else:
            found = tuple(term for match in WORD.finditer(piece) for term in analyse(match.group()))
        self[piece] = found
        return found


_known = _Known()
known_terms = _known.__getitem__  # the terms of one piece of text without spaces


def analyse(word: str) -> Iterator[str]:
    """The terms of one word as WORD finds it: none for a stop word, two for "aujourd'hui"."""
    return (term for part in parts(word) if part not in STOP_WORDS and (term := stem(part)))


def terms(text: str | None, repeats: int = MAX_REPEATS) -> list[str]:
    """The terms of a text in its order. A term is left out from its `repeats`-th occurrence on."""
    if not text:
        return []
    found = list(chain.from_iterable(map(_known.__getitem__, text.split())))  # no word spans a space
    return limited(found, repeats)


def limited(found: list[str], repeats: int) -> list[str]:
    """The terms without those from the `repeats`-th occurrence of each on."""
    if len(found) < repeats or max(Counter(found).values()) < repeats:
        return found
    counts: Counter[str] = Counter()
    kept = []
    for term in found:
        counts[term] += 1
        if counts[term] < repeats:
            kept.append(term)
    return kept


def tokens(text: str) -> Iterator[Token]:
    """The terms of a text with their places: for highlighting."""
    for match in WORD.finditer(text):
        for term in analyse(match.group()):
            yield Token(term, match.start(), match.end())


def parts(word: str) -> list[str]:
    """The folded words within one match of WORD: elisions off, other apostrophes divide."""
    if word.isascii() and word.isalpha():
        return [word.lower()[:MAX_WORD]]
    plain = unicodedata.normalize("NFC", word.translate(_APOSTROPHES))
    while match := _ELIDED.match(plain):
        plain = plain[match.end() :]
    if "." in plain:  # S.N.C.F.
        plain = plain.replace(".", "")
    return [part[:MAX_WORD] for piece in plain.split("'") for part in _PIECE.findall(fold(piece))]


def stem(part: str) -> str:
    """The term of one folded word."""
    if part.isascii():
        if not part.isalpha():
            return part
        if len(part) > 4:
            part = _FEMININE.sub("e", part)
        term: str = _stem(part)
        while len(term) > 3 and term.endswith("e"):
            term = term[:-1]
        return term
    if _ARABIC.search(part):
        return _ARABIC_ARTICLE.sub("", part)
    return part
