"""A date line in one spelling: what differs between newsrooms but means the same is taken out here."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import NamedTuple

from pipelines.calendars import HIJRI

LINE = 300  # characters of a line that are looked at: no date line is longer, a hostile one may be

# UTF-8 read as a one-byte encoding always shows one of these before a letter that French has no use for
_MOJIBAKE = re.compile("[ÃÂâ√Ø][\x80-\xbf\u0152-\u0192\u02c6-\u02dc\u2013-\u2122©±™\u2248]")
_URL = re.compile(r"(?:https?:?//|www\.)\S{1,300}", re.IGNORECASE)
# "Par Julie Modele (jmodele@journal.example), publié le", "Julie Modele @jmodele Publié le"; a post that is
# quoted ends with its author's account and its day, too
_ADDRESS = r"[\s,(|-]{1,4}[\w.+-]{0,64}@[\w.-]{1,80}\)?"
_OF_BYLINE = re.compile(rf"(?<=\w){_ADDRESS}")
_OF_LABEL = re.compile(
    rf"(?<![\w'.-])([A-Z][\w'.-]{{1,40}}){_ADDRESS}(?=\W{{0,4}}(?i:publi|post|mise?\s|modifi|actualis|updated))"
)
_BYLINE = re.compile(r"\W{0,3}(?:par|by)\s", re.IGNORECASE)
# "N° 297", "Edition N°:6461", "#45": a number that is no day and no year
_TAG = re.compile(r"</?[a-z]{1,6}>", re.I)
# its first letter first, for which the expression engine looks quickly
_ISSUE = re.compile(
    r"(?-i:[nNiIvV#])(?:(?<=#)|(?<=\bn)(?:\s?°|o\.?|umeros?|um\.)|(?<=\bi)ssue|(?<=\bv)ol(?:ume|\.))"
    r"\s?:?\s?\d{1,6}+(?:[/.-]\d{1,4}+(?!\s?[a-zé])|)*+",  # "Loi n° 05-12-06" is no day either
    re.IGNORECASE,
)
# "Jeudi 5 chaabane 1437 - 12 mai 2016", "... 1446H correspondant au mardi 29 avril 2025"
_HIJRI = re.compile(
    rf"(?<!\d)\d{{1,2}}\s?(?:er\s)?\s?(?:{HIJRI})\b[^\d]{{0,25}}\b1[34]\d\d(?!\d)\s?(?:de l'hegire|h\b|ه)?"
    r"[^\w]{0,3}(?:correspond\w{1,5} (?:au|a la date du)|soit|الموافق(?: ل)?)?",
    re.IGNORECASE,
)
# "Inauguré le ..."; not "Publié le", "Santé le", "Yaoundé le"
_TOLD = re.compile(
    r"\W{0,3}(?!(?:publi|post|modifi|actualis|cré|rédig|diffus|ajout|corrig|révis|envoy|partag|sant|soci[ée]t|beaut"
    r"|libert|\w{1,20}it|yaound|bouak|kpalim|sokod|atakpam|ngaoundér|andr|chlo|désir|honor|barnab)é)"
    r"[^\W\d_]{4,20}é(?:es?|s)?\s(?:le|ce)\s",
    re.IGNORECASE,
)
_TOLD_CHARS = 30
_EDITION = re.compile(r"\b[ÉEée]dition (?=n)", re.IGNORECASE)
_SPECIAL = {
    **dict.fromkeys(map(ord, "’‘ʼ`´′"), "'"),
    **dict.fromkeys(map(ord, "−⁻"), "-"),
    ord("،"): ",",
    ord("œ"): "oe",
    ord("ı"): "i",  # capitals that a Turkish system made small: "Mıse À Jour"
    ord("Œ"): "OE",
    ord("\t"): " ",
    ord("\n"): " ",
    ord("\r"): " ",
    ord("ـ"): None,
    ord("\ufffd"): "\ufffd",
}


class _Folding(dict[int, str | None]):
    """str.translate's table, filled as characters are met."""

    def __missing__(self, code: int) -> str | None:
        folded = _folded(chr(code))
        if len(self) < 4096:
            self[code] = folded
        return folded


def _folded(char: str) -> str | None:
    if ord(char) < 128:
        return char if char.isprintable() else None
    category = unicodedata.category(char)
    if category in ("Cf", "Cc", "Mn", "Cs"):
        return None
    if category in ("Zs", "Zl", "Zp"):
        return " "
    if category == "Pd":
        return "-"
    if category == "Nd":
        return str(unicodedata.decimal(char))
    parts = unicodedata.normalize("NFKD", char)
    return "".join(c for c in parts if not unicodedata.combining(c)) or None


_TABLE = _Folding(_SPECIAL)


class Folded(NamedTuple):
    """The same line twice, letter by letter: `cased` tells names from words, `lower` is searched. `told`: it
    opens with what happened on its day ("Inauguré le ..."), which only accents tell from a name.
    """

    cased: str
    lower: str
    told: bool = False


def fold_line(text: str) -> Folded:
    """Entities decoded, mojibake repaired, accents, zero-width characters and exotic digits folded, spaces
    single; web addresses, issue numbers and Hijri dates left out. Only the first 300 characters are read.
    """
    text = text[:LINE]
    if "&" in text and ";" in text:
        text = html.unescape(html.unescape(text))[:LINE]
    if "<" in text and ">" in text:
        text = _TAG.sub("", text)
    told = False
    if not text.isascii():
        if _MOJIBAKE.search(text):
            text = _repaired(text)
        told = "é" in text[:_TOLD_CHARS] and _TOLD.match(text) is not None
        text = text.translate(_TABLE)
    if "//" in text or "www." in text:
        text = _URL.sub(" ", text)
    if "@" in text:
        text = _OF_BYLINE.sub(" ", text) if _BYLINE.match(text) else _OF_LABEL.sub(r"\1 ", text)
    if "°" in text:
        text = _EDITION.sub("", text)  # the day of a numbered issue is no masthead's
    text = _ISSUE.sub(" ", text)
    if "13" in text or "14" in text:
        text = _HIJRI.sub(" ", text)
    cased = " ".join(text.split())
    lower = cased.lower()
    return Folded(cased if len(cased) == len(lower) else lower, lower, told)


def _repaired(text: str) -> str:
    """The text as it was before it was read in the wrong encoding; "Ã" is what is left of a lone "à"."""
    import ftfy  # 15 ms to import, for the one page in a hundred that needs it

    return re.sub(r"(?<!\S)à(?=\d)", "à ", ftfy.fix_encoding(text)).replace("Ã", "à")
