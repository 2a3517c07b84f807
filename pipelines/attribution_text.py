"""Cleaning of a credit line: spaces, dates and hours, labels that announce an author."""

from __future__ import annotations

import re
from functools import lru_cache

LINE_LIMIT = 300  # characters of a line that are looked at: a credit is short, a paragraph is not
GAP = " | "  # what a removed date leaves behind: it separated the names around it

_MONTHS = (
    "janvier|f[ée]vrier|mars|avril|mai|juin|juillet|ao[ûu]t|septembre|octobre|novembre|d[ée]cembre"
    "|janv|f[ée]vr?|mar|avr|juil|aou|sept|sep|oct|nov|d[ée]c|jan"
    "|january|february|march|april|may|june|july|august|september|october|november|december"
    "|feb|apr|jun|jul|aug"
    "|januar|jänner|februar|märz|juni|juli|oktober|dezember"
    "|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
    "|gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre"
)
_DAYS = (
    "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    "|monday|tuesday|wednesday|thursday|friday|saturday|sunday"
    "|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag"
    "|(?:lun|mar|mer|jeu|ven|sam|dim|mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so)(?=[.,]?\\s\\d)"
)
_DATE = (
    rf"(?:\b(?:le|du|ce|en date du|on|am|vom|den|el)\s)?(?:\b(?:{_DAYS})\b[.,]?\s?)?"
    rf"(?:\b\d{{1,2}}(?:-?er|e|\.)?\s?(?:de\s)?(?:{_MONTHS})\b\.?(?:\s?,?\s?(?:de\s)?(?:19|20)\d\d\b)?"
    rf"|\b(?:{_MONTHS})\.?\s\d{{1,2}}(?:st|nd|rd|th)?,?\s(?:19|20)\d\d\b"
    r"|\b\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)?\d\d(?!\d)|\b(?:19|20)\d\d-\d\d-\d\d(?:T[\d:.Z+-]*)?)"
)
_HOUR = (
    r"(?:\b[àa]\s)?\b\d{1,2}\s?[hH:]\s?\d\d(?:\s?:\s?\d\d|\s?min)?\b(?:\s?(?:UTC|GMT)(?:[+-]\d{1,2})?)?"
    r"|\bà\s\d{1,2}\s?h\b"
)
_WHEN = re.compile(f"{_DATE}|{_HOUR}", re.IGNORECASE)
_WHEN_LABEL = re.compile(
    r"\b(?:publi[ée]e?s?|post[ée]e?|m[iı]se?\s(?:à|a)\sjour|mises\s(?:à|a)\sjour|m[àa]j|modifi[ée]e?"
    r"|actualis[ée]e?"
    r"|cr[ée][ée]e?|derni[èe]re\smodification|published|updated)\b(?!\s(?:par|by)\b)"
    r"(?:\s(?:dans|sous|in)\b.*|\s(?:le|à|a|on)\b(?!\s[A-ZÀ-Þ]))?",
    re.IGNORECASE,
)
_GLUED = re.compile(
    r"(?<=[^\W\d_])(?=(?:Mise?|Publi[ée]e?|Modifi[ée]e?)\s)"
)  # "Jeanne XMis à jour", "AFPPublié le"
_GLUED_LABELS = ("Mis", "Publi", "Modifi")
_DIGIT = re.compile(r"\d")  # no date and no hour is without one
# what the labels and the furniture begin with, in lower case: most lines have none of it
_WHEN_STEMS = (
    *("publi", "post", "mis", "maj", "màj", "modifi", "actualis", "cré", "cre", "derni", "updated"),
    "mıs",  # "Mıse À Jour": capitals that a Turkish system made small
)
_CHROME_STEMS = ("partager", "imprimer", "comment", "dition", "°", "lecture", "min", "abonn")
_CHROME = re.compile(
    r"\b(?:partager|imprimer|commenter|\d+\scommentaires?|aucun\scommentaire|[ée]dition\sn\s?°\s?:?\s?\d+"
    r"|n\s?°\s?\d+"
    r"|(?:temps\sde\s)?lecture\s?:?|\d+\s?min(?:utes?\sde\slecture|\sde\slecture)?\b"
    r"|r[ée]serv[ée]\saux\sabonn[ée]s|abonn[ée]s)",
    re.IGNORECASE,
)
# what is asked of the reader behind a name
ASKED = re.compile(
    r"(?<![àa],)(?<!\bà)\s(?:\||\+)?\s?(?:suivre|s['’]abonner|follow|voir (?:tous )?ses articles)\s?(?=$|\|)",
    re.IGNORECASE,
)
_ASKED_STEMS = ("suivre", "abonner", "follow", "ses articles")
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009\u200b\ufeff]+")

AUTHOR_LABEL = re.compile(
    r"(?:^|(?<=[\s|:,;(/–—-]))(?:"
    r"(?:(?:(?:un|une|des|le|la|les)\s)?(?:propos|texte|textes|entretien|interview|enqu[êe]te|reportage"
    r"|dossier|article"
    r"|analyse|tribune|chronique|billet|synth[èe]se|s[ée]lection)\s)?"
    r"(?:r[ée]dig[ée]e?s?|[ée]crite?s?|recueillie?s?|r[ée]alis[ée]e?s?|sign[ée]e?s?|publi[ée]e?s?"
    r"|post[ée]e?s?"
    r"|pr[ée]par[ée]e?s?|men[ée]e?s?|conduite?s?|compil[ée]e?s?|coordonn[ée]e?s?|trait[ée]e?s?)\spar"
    r"|par)(?=[\s:]|$)\s?:?\s?"
    r"|(?:^|(?<=\|\s))(?:by|written by|von(?! de[rnm] )|por)(?=[\s:]|$)\s?:?\s?"
    r"|^(?-i:di|door|av|oprac\.)\s(?-i:(?=[A-ZÀ-Þ]))"
    r"|^(?:textes? ?:|auteure?s? ?:|auteur\(s\) ?:|journalistes? ?:|r[ée]dacteur ?:"
    r"|adaptation(?: web)? ?:|sujet (?:radio|tv|t[ée]l[ée]) ?:|synth[èe]se ?:"
    r"|r[ée]daction ?:|sign[ée] ?:?"
    r"|(?:(?:un|une|la|le|les|des) )?(?:textes?|enqu[êe]te|reportage|chronique|synth[èe]se|analyse|tribune"
    r"|billet|[ée]dito"
    r"|[ée]ditorial) (?:de(?= [A-ZÀ-Þ])|d['’](?=(?-i:[A-ZÀ-Þ])))"
    r"|une correspondance (?:de\s|d['’])(?=(?-i:[A-ZÀ-Þ]\S+ [A-ZÀ-Þ])))(?=[\s\w:]|$)\s?",
    re.IGNORECASE,
)


def fold_line(text: str, limit: int = LINE_LIMIT) -> str:
    """One line, one kind of space, at most `limit` characters (cut before anything else is tried)."""
    return _one_spaced(text[: 2 * limit])[:limit]


def _one_spaced(text: str) -> str:
    if "\u200b" in text or "\ufeff" in text:
        return _SPACES.sub(" ", text).strip()
    return " ".join(text.split())


@lru_cache(maxsize=2048)
def strip_dates(line: str) -> str:
    """The line with dates, hours, "publié le", reading times and page furniture replaced by " | "."""
    if any(label in line for label in _GLUED_LABELS):
        line = _GLUED.sub(" ", line)
    if _DIGIT.search(line):
        line = _WHEN.sub(GAP, line)
    lower = line.lower()
    if any(stem in lower for stem in _WHEN_STEMS):
        line = _WHEN_LABEL.sub(GAP, line)
    if any(stem in lower for stem in _CHROME_STEMS):
        line = _CHROME.sub(GAP, line)
    if any(stem in lower for stem in _ASKED_STEMS):
        line = ASKED.sub("", line)
    return _one_spaced(line)


def only_date(text: str) -> bool:
    """Whether nothing but a date (and punctuation) stands here."""
    return not any(c.isalnum() for c in re.sub(r"\b(?:le|du)\b", "", strip_dates(text), flags=re.IGNORECASE))
