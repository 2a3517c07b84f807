"""The shape of a person's name: is this one, and how is it written?"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import lru_cache
from importlib.resources import files

_WORDS: dict[str, list[str]] = json.loads(
    files("pipelines").joinpath("data/name_words.json").read_text(encoding="utf-8")
)
PARTICLES = frozenset(_WORDS["particles"])
_AFTER = ("d'apres", "d’apres")  # no name, but whom a text is taken from
_DESCENT = frozenset(("ait", "al", "ben", "bin", "el", "ibn", "mint", "ould"))  # no words of their own
LOWER_PARTICLES = frozenset(("de", "du", "des", "von", "van", "der", "den", "di", "da", "dos"))
COLLECTIVE_WORDS = frozenset(_WORDS["collective"])  # in names of outlets and institutions, not of persons
STAFF_WORDS = frozenset(_WORDS["staff"])  # "Le Journal Editorial Team": those who work there
_NO_PERSON = COLLECTIVE_WORDS | STAFF_WORDS
SECTION_WORDS = frozenset(_WORDS["sections"])
_BETWEEN = frozenset(("a", "la", "et"))  # words of a section's name
_PLACES = frozenset(_WORDS["places"])  # of several words: their shape is that of a name
FIRST_HALVES = frozenset(_WORDS["first_halves"])  # of compound first names: Jean, Marie
SECOND_HALVES = frozenset(_WORDS["second_halves"])
ARTICLES = frozenset(("le", "la", "les", "the", "un", "une", "il", "der", "die", "notre", "nos"))
COMPANY = re.compile(r"\b(?:GmbH|Inc|Ltd|LLC|SARL|SASU?|SpA|GIE|Corp|Limited)\b|\bS\.A\.|\be\.\s?V\.|\sSA$")
_INITIALS = re.compile(r"(?:[A-ZÀ-Þ][a-zà-ÿ]?\.\s?-?){1,4}[A-ZÀ-Þ]?\.?")
# the capitals of other Latin alphabets stand among their small letters: "Đức", "Šimek"
_NAME_WORD = re.compile(
    r"(?:(?:[A-ZÀ-Þ]|(?=[Ā-ſƠƯḀ-ỿ])[^\W_])[\w.’'-]*|[dl]['’][A-ZÀ-Þ][\w’'-]*|(?:al|el)-[A-ZÀ-Þ][\w’'-]*)"
)
_TITLE = re.compile(
    r"^(?:(?:MM\.|Mme|Mlle|Me|Dr\.?(?: med\.)?|Pr\.?|Prof\.?|[Dd]octeure?|[Mm]aître"
    r"|[Pp]rofesseure?|Professor|Rechtsanw[aä]lt(?:in)?)\s(?=[A-ZÀ-Þ]))+"
)
_NUMERAL = re.compile(r"[IVX]{1,4}")
_SPACED_HYPHEN = re.compile(r"(\b[\w’'-]+) - ([\w’'-]+)")


@lru_cache(maxsize=8192)
def plain(word: str) -> str:
    """Lower case without accents."""
    text = unicodedata.normalize("NFKD", word).casefold()
    return "".join(c for c in text if not unicodedata.combining(c))


def is_initials(text: str) -> bool:
    """ "G.A", "E.P.", "L. M."; not "AFP": without full stops it may be an agency."""
    return "." in text and _INITIALS.fullmatch(text.strip()) is not None and len(text.strip()) > 2


@lru_cache(maxsize=4096)
def is_person(text: str) -> bool:
    """Whether a text has the shape of a full name: two to five words, capitals, nothing collective in it."""
    words = text.split()
    if not 2 <= len(words) <= 8 or len(text) > 60 or any(c.isdigit() for c in text) or COMPANY.search(text):
        return False
    folded = [plain(w).strip(".,") for w in words]
    if sum(w not in _DESCENT for w in folded) > 5 or folded[0] in _AFTER:
        return False
    if folded[0] in ARTICLES or folded[0][:2] in ("l'", "l’"):
        return False
    if any(w in COLLECTIVE_WORDS or w in STAFF_WORDS for w in folded) or " ".join(folded) in _PLACES:
        return False
    if all(w in SECTION_WORDS or w in _BETWEEN for w in folded):
        return False
    shaped = [_is_shaped(w) or plain(w) in PARTICLES for w in words]
    capitals = sum(w[0].isupper() or "'" in w or "’" in w or w[:3] in ("al-", "el-") for w in words)
    return all(shaped) and capitals >= 2 and any(c.isupper() for c in words[-1][:4])


def _is_shaped(word: str) -> bool:
    foreign_small = word[0] > "ÿ" and word[0].islower()
    return not foreign_small and _NAME_WORD.fullmatch(word) is not None


def join_compounds(text: str) -> str:
    """ "Jean - Paul" written with spaces is one first name."""

    def glue(match: re.Match[str]) -> str:
        left, right = plain(match[1]), plain(match[2])
        return f"{match[1]}-{match[2]}" if left in FIRST_HALVES and right in SECOND_HALVES else match[0]

    return _SPACED_HYPHEN.sub(glue, text)


def _is_caps(word: str) -> bool:
    letters = [c for c in word if c.isalpha()]
    return len(letters) > 1 and "." not in word and all(c.isupper() for c in letters)


def _capitalised(word: str, first: bool) -> str:
    if word.lower() in LOWER_PARTICLES and not first:
        return word.lower()
    return re.sub(r"[^\W\d_]+", lambda m: m[0][0].upper() + m[0][1:].lower(), word)


@lru_cache(maxsize=4096)
def proper_name(text: str) -> str:
    """The name as one writes it: "Jean-Paul Modele" for "MODELE Jean - Paul" and for "Jean-Paul MODELE"."""
    text = _TITLE.sub("", join_compounds(" ".join(text.split()))).strip(' ,;:|/–—-«»"“”()[]')
    if not re.search(r"(?:^|[\s.])\w\.$", text):
        text = text.rstrip(". ")
    words = text.split()
    if len(words) == 1 and len(text) <= 4:
        return text
    caps = [_is_caps(w) for w in words]
    lead = caps.index(False) if False in caps else 0
    if lead and not any(caps[lead:]) and all(w[0].isupper() for w in words[lead:]) and len(words[0]) > 2:
        words, caps = words[lead:] + words[:lead], caps[lead:] + caps[:lead]
    if len(words) > 1 and not all(caps):
        caps = [c and not _keeps_capitals(words, i) for i, c in enumerate(caps)]
    numbered = enumerate(zip(words, caps, strict=True))
    return " ".join(_capitalised(w, i == 0) if c else w for i, (w, c) in numbered)


def _keeps_capitals(words: list[str], index: int) -> bool:
    """ "PJ" of "PJ Modele" and "VI" of "Jean VI", in a name that is not written in capitals."""
    word = words[index]
    if index == len(words) - 1:
        return _NUMERAL.fullmatch(word) is not None
    return index == 0 and len(word) == 2 and plain(word) not in PARTICLES and not _is_caps(words[1])
