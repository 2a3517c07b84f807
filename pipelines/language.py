"""The language of an article: what the page declares, checked by a vote of its frequent words.

Declarations are often a template's ("en-US" on a French page), so words decide where they are clear. The word
lists are those of justext; a word that several languages share counts less for each.
"""

from __future__ import annotations

import pkgutil
import re
from collections import Counter
from functools import cache

_LISTS = {
    "fr": "French",
    "en": "English",
    "ar": "Arabic",
    "es": "Spanish",
    "de": "German",
    "it": "Italian",
    "pt": "Portuguese",
    "nl": "Dutch",
}
_CODES = tuple(_LISTS)
_ISO_639_2 = {
    "fra": "fr", "fre": "fr", "eng": "en", "ara": "ar", "spa": "es", "deu": "de", "ger": "de", "ita": "it",
    "por": "pt", "nld": "nl", "dut": "nl", "ber": "ber", "zgh": "zgh",
}  # fmt: skip
_NAMES = {
    "french": "fr",
    "français": "fr",
    "francais": "fr",
    "english": "en",
    "anglais": "en",
    "arabic": "ar",
}
_NOT_A_LANGUAGE = frozenset({"und", "mul", "zxx", "mis", "x"})
# (script, its letters, the language it nearly always writes)
_SCRIPTS = (
    ("kana", re.compile("[\u3040-\u30ff]"), "ja"),
    ("hangul", re.compile("[\uac00-\ud7a3]"), "ko"),
    ("han", re.compile("[\u4e00-\u9fff]"), "zh"),
    ("cyrillic", re.compile("[\u0400-\u04ff]"), None),
    ("greek", re.compile("[\u0370-\u03ff]"), "el"),
    ("hebrew", re.compile("[\u0590-\u05ff]"), "he"),
    ("other", re.compile("[\u0530-\u058f\u0900-\u109f\u10a0-\u10ff\u1200-\u137f]"), None),
)
_OTHER_SCRIPT = re.compile("[\u0370-\u05ff\u0900-\u137f\u3040-\ud7a3]")
_WORD = re.compile(r"[^\W\d_]+")
# the letters of western Europe need no expression: one byte each, all else a space; no list has words with œ
_SIGNS = (*((sign, " ") for sign in "’‘“”–—…€•\u202f"), ("œ", "þ"), ("Œ", "þ"))
_LOWER = bytes(ord(chr(code).lower()) if _WORD.match(chr(code)) else 32 for code in range(256))
_MAX_TEXT = 8_000  # characters that vote
_WHOLE = 840  # a word's weight: it can be shared among up to eight languages without a rest
_MIN_WORDS = 20  # fewer cannot outvote a declaration
_CLEAR = 0.12  # share of the words that speak for a language
_FOREIGN = 0.03  # below this share the text is not in that language, whatever the page says
_MARGIN = 1.3  # times as much as the second


def detect(html_lang: str | None, text: str) -> str | None:
    """ISO 639-1 code (639-2 where there is no shorter one) of a text, or None.

    `html_lang`: what the page declares ("fr-MA", "fr_FR", "French"), if anything.
    """
    declared = declared_language(html_lang)
    sample = text[:_MAX_TEXT]
    tokens = _western_words(sample)
    if tokens is None:
        if _OTHER_SCRIPT.search(sample) and (share := _foreign_script(sample)):
            return declared if declared not in _CODES and declared is not None else share[0]
        tokens = _WORD.findall(sample.lower())
    if not tokens:
        return declared
    votes = _votes(tokens)
    (best, score), (_, second) = votes[:2]
    is_clear = score >= _CLEAR * len(tokens) and score >= _MARGIN * second
    if len(tokens) < _MIN_WORDS:
        return declared or (best if is_clear and score >= 1 else None)
    if is_clear and (declared is None or declared in _CODES or score >= 2 * _CLEAR * len(tokens)):
        return best
    if declared in _CODES and dict(votes)[declared] < _FOREIGN * len(tokens):
        return None
    return declared


def _western_words(text: str) -> list[str] | None:
    """The words of a text in lower case, digits and signs left out; None where other letters are in it."""
    plain = text
    for sign, instead in _SIGNS:
        plain = plain.replace(sign, instead)
    try:
        return plain.encode("latin-1").translate(_LOWER).decode("latin-1").split()
    except UnicodeEncodeError:
        return None


def _foreign_script(text: str) -> tuple[str | None] | None:
    """The language of a text most of whose letters are of a script none of the lists is in, if it is one."""
    counts = {name: len(letters.findall(text)) for name, letters, _ in _SCRIPTS}
    if sum(counts.values()) < 0.4 * sum(map(len, _WORD.findall(text))):
        return None
    if counts["kana"] > 0.1 * counts["han"]:
        counts["kana"] += counts["han"]  # Japanese writes both
    best = max(counts, key=lambda name: counts[name])
    return (next(language for name, _, language in _SCRIPTS if name == best),)


def declared_language(value: str | None) -> str | None:
    """The code in an attribute such as "fr-MA"; None where it names no language."""
    if not value:
        return None
    name = re.split(r"[-_,; ]", value.strip().lower()[:50], maxsplit=1)[0]
    if name in _NAMES:
        return _NAMES[name]
    if not re.fullmatch("[a-z]{2,3}", name) or name in _NOT_A_LANGUAGE:
        return None
    return _ISO_639_2.get(name, name)


def _votes(tokens: list[str]) -> list[tuple[str, float]]:
    """(language, weight of the words that are frequent in it), most first."""
    weights = _weights()
    votes = dict.fromkeys(_CODES, 0)
    for token, count in Counter(tokens).items():
        for code, weight in weights.get(token, ()):
            votes[code] += count * weight
    return sorted(((code, vote / _WHOLE) for code, vote in votes.items()), key=lambda vote: -vote[1])


@cache
def _weights() -> dict[str, tuple[tuple[str, int], ...]]:
    """Word -> (language, weight): _WHOLE shared among the languages in which the word is frequent."""
    languages: dict[str, list[str]] = {}
    for code, name in _LISTS.items():
        data = pkgutil.get_data("justext", f"stoplists/{name}.txt") or b""
        for word in {w for line in data.decode("utf-8").lower().splitlines() for w in _WORD.findall(line)}:
            languages.setdefault(word, []).append(code)
    return {word: tuple((code, _WHOLE // len(codes)) for code in codes) for word, codes in languages.items()}
