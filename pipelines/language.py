"""The language of an article: what the page declares, checked by a vote of its frequent words.

Declarations are often a template's ("en-US" on a French page), so words decide where they are clear. The word
lists are those of justext; a word that several languages share counts less for each.
"""

from __future__ import annotations

import pkgutil
import re
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
_WORD = re.compile(r"[^\W\d_]+")
_MAX_TEXT = 8_000  # characters that vote
_MIN_WORDS = 20  # fewer cannot outvote a declaration
_CLEAR = 0.12  # share of the words that speak for a language
_FOREIGN = 0.03  # below this share the text is not in that language, whatever the page says
_MARGIN = 1.3  # times as much as the second


def detect(html_lang: str | None, text: str) -> str | None:
    """ISO 639-1 code (639-2 where there is no shorter one) of a text, or None.

    `html_lang`: what the page declares ("fr-MA", "fr_FR", "French"), if anything.
    """
    declared = declared_language(html_lang)
    tokens = _WORD.findall(text[:_MAX_TEXT].lower())
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
    votes = dict.fromkeys(_CODES, 0.0)
    for token in tokens:
        for code, weight in weights.get(token, ()):
            votes[code] += weight
    return sorted(votes.items(), key=lambda vote: -vote[1])


@cache
def _weights() -> dict[str, tuple[tuple[str, float], ...]]:
    """Word -> (language, weight): 1 shared among the languages in which the word is frequent."""
    languages: dict[str, list[str]] = {}
    for code, name in _LISTS.items():
        data = pkgutil.get_data("justext", f"stoplists/{name}.txt") or b""
        for word in {w for line in data.decode("utf-8").lower().splitlines() for w in _WORD.findall(line)}:
            languages.setdefault(word, []).append(code)
    return {word: tuple((code, 1 / len(codes)) for code in codes) for word, codes in languages.items()}
