"""Sentences that credit: where an article first stood, who translated it, whose press release it is."""

from __future__ import annotations

import re
from collections.abc import Callable

from pipelines.attribution_labels import cut_slot, read_source_slot
from pipelines.attribution_slots import Credits, Sources, looks_collective
from pipelines.attribution_text import only_date, strip_dates
from pipelines.outlets import host_of
from storage.records import Attribution, AttributionKind

_TEXT = (
    r"(?:articles?|textes?|billets?|contenus?|tribunes?|posts?|papiers?|chroniques?|informations?|reportages?"
    r"|interviews?)"
)
_THIS = rf"(?:(?:cet(?:te)?|ce|l['’]|le|la|un|une)\s?)?{_TEXT}"
_ORIGIN = (
    r"(?:initialement|originellement|originairement|d['’]abord|pr[ée]c[ée]demment|pour la premi[èe]re fois"
    r"|[àa] l['’]origine)"
)
_OUT = r"(?:publi[ée]e?|paru(?:e)?|diffus[ée]e?|mise?\sen\sligne)"
_INTO = r"(?:sur|dans|chez|par|en|via|[àa] partir de)\s(?:le\ssite\s(?:de\s|d['’])?)?"

_READ = (
    r"(?:vous pouvez |[àa] |pour )?(?:re)?(?:lire|lisez|retrouve[rz]|consulte[rz]|d[ée]couvr(?:ir|ez)"
    r"|continuer"
    r"|poursuivre)\s"
)
_WHOLE = r"(?:article\b|suite\b|int[ée]gralit[ée]|texte\b|original|lecture\b)"


def _finder(pattern: str) -> Callable[[str], re.Match[str] | None]:
    """Looks for a pattern; at the beginning only where it is nowhere else, for re would try every place."""
    compiled = re.compile(pattern, re.IGNORECASE)
    return compiled.match if pattern.startswith("^") else compiled.search


# Sentences that are a credit wherever they stand, in a paragraph of the body too. The slot is what follows.
STRONG = tuple(
    _finder(pattern)
    for pattern in (
        r"\best apparu(?:e)? (?:en premier|pour la premi[èe]re fois|initialement|d['’]abord) (?:sur|dans)\s",
        r"\b(?:appeared first|first appeared) on\s",
        rf"^{_THIS}(?:\s\S+){{0,12}}?\s(?:a\s(?:{_ORIGIN}\s)?[ée]t[ée]|est|fut)\s(?:{_ORIGIN}\s)?(?:re"
        rf"|r[ée])?{_OUT}\s(?:{_ORIGIN}\s)?{_INTO}",
        rf"^{_THIS}\s(?:original\s)?(?:est\s|a\s[ée]t[ée]\s)?(?:re)?(?:repris|tir[ée]|extrait|issu|traduit|provient"
        rf"|copi[ée])e?\s(?:sur\s|de\s|(?=d['’]|du\s|des\s))",
    )
)
# Phrases that credit as a line of their own, after the text.
WEAK = tuple(
    _finder(pattern)
    for pattern in (
        rf"^(?:{_THIS}\s)?(?:original\s)?{_OUT}\s{_ORIGIN}\s{_INTO}",
        rf"^(?:{_THIS}\s)?(?:original\s)?{_ORIGIN}\s{_OUT}\s{_INTO}",
        rf"^{_THIS}\s(?:original\s)?{_OUT}\s{_INTO}",
        r"^(?:repris|tir[ée]|extrait|issu|copi[ée])\s(?:de\s|(?=d['’]|du\s|des\s))",
        r"\bavec l['’](?:aimable )?(?:autorisation|accord|concours) (?:de\s|(?=d['’]|du\s|des\s))",
        r"\b(?:reproduit|reproduction|republi[ée]e?|repris)[^.:]{0,30} (?:autorisation|permission"
        r"|accord) (?:de\s|(?=d['’]|du\s|des\s))",
        rf"^{_READ}[^.:]{{0,50}}?{_WHOLE}[^.:]{{0,30}}?\s(?:sur|dans|chez)\s:?\s?(?:le\ssite\s(?:de\s"
        rf"|d['’])?)?",
        r"^premi[èe]re (?:publication|parution)\s?:\s?",
        r"^(?:l['’]|la\s)?(?:int[ée]gralit[ée]|article (?:complet|int[ée]gral|original)|suite)[^.:]{0,30}?"
        r"\s(?:sur|dans|chez)\s",
        r"^(?:lien|voir|source)\s(?:vers\s)?(?:de\s)?l['’]article(?: original| source)?\s?:?\s",
    )
)
_NAMELESS = re.compile(
    r"\b(?:depuis sa source|article original|article source|article complet|lire l['’]original"
    r"|redirecting to full"
    r"|full article|source originale|lien (?:de la |vers la )?source|suite de l['’]article"
    r"|article d['’]origine"
    r"|lire l['’]article (?:complet|int[ée]gral))\b",
    re.IGNORECASE,
)
_AFTER = re.compile(r"^d['’]apr[èe]s\s", re.IGNORECASE)
_ACCORDING = re.compile(r"^selon\s", re.IGNORECASE)
_OUT_IN = re.compile(r"^\(?(?:publi[ée]|paru)e?\s(?:dans|sur|par|en)\s", re.IGNORECASE)
_ISSUE = re.compile(r"\sdu\s(?:\w+\s)?\d")  # "Paru dans Le Littoral du 12 mars"
_ORIGINAL = re.compile(r"^(?:l['’])?article (?:original|d['’]origine|source)\s?[:–—-]\s?", re.IGNORECASE)
_VIA = re.compile(
    r"^\(?(?:via|lu (?:sur|dans)|vu sur|rep[ée]r[ée] (?:sur|par)|signal[ée] par)\s:?\s?", re.IGNORECASE
)
_READ_AT = re.compile(rf"^{_READ}[^.:]{{0,50}}?{_WHOLE}[^.:]{{0,30}}?\s?:\s", re.IGNORECASE)
_IN = re.compile(r"^\(?in\s(?:le\s(?:quotidien|journal)\s(?!d['’eu]))?", re.IGNORECASE)
# A credit only before a source we know; after the first three a name of an outlet's shape will do.
_ONLY_KNOWN = (
    _AFTER,
    _VIA,
    _READ_AT,
    _IN,
    _ACCORDING,
    _ORIGINAL,
    _OUT_IN,
    re.compile(r"^\(?(?:un )?article (?:de|du|d['’])\s?", re.IGNORECASE),
)
_LANGUAGES = {
    "anglais": "en",
    "américain": "en",
    "arabe": "ar",
    "espagnol": "es",
    "allemand": "de",
    "italien": "it",
    "portugais": "pt",
    "brésilien": "pt",
    "néerlandais": "nl",
    "flamand": "nl",
    "russe": "ru",
    "ukrainien": "uk",
    "chinois": "zh",
    "japonais": "ja",
    "coréen": "ko",
    "turc": "tr",
    "hébreu": "he",
    "grec": "el",
    "polonais": "pl",
    "persan": "fa",
    "farsi": "fa",
    "roumain": "ro",
    "suédois": "sv",
    "danois": "da",
    "norvégien": "no",
    "finnois": "fi",
    "hongrois": "hu",
    "tchèque": "cs",
    "bulgare": "bg",
    "serbe": "sr",
    "croate": "hr",
    "catalan": "ca",
    "wolof": "wo",
    "swahili": "sw",
    "malgache": "mg",
    "hindi": "hi",
    "vietnamien": "vi",
    "créole": "ht",
    "lingala": "ln",
    "bambara": "bm",
    "peul": "ff",
    "haoussa": "ha",
    "arménien": "hy",
}
_TRANSLATED = re.compile(
    r"(?P<before>^|^.{2,60}?[\s(/|–—-])"
    r"(?:traduit|traduite|traduction|adapt[ée]|adaptation)(?:\s(?:et|puis)\s(?:adapt|r[ée]dig"
    r"|[ée]dit)[ée]e?)?"
    r"(?:\s?(?P<from>de l['’]|du|de la langue)\s?(?P<language>[a-zà-ÿ]{3,12}))?(?=[\s:.,;)]|$)"
    r"(?P<after>.*)$",
    re.IGNORECASE,
)
_BOOK = re.compile(
    r"\b(?:[ée]ditions?|[ée]d\.|roman|livre|recueil|nouvelles|gallimard|seuil|actes sud|albin michel"
    r"|grasset|pages|p\.|"
    r"traduit(?:e)? (?:en|dans)|essai|po[èe]mes?|ouvrage|biblioth[èe]que|euros|€|film|pi[èe]ce)(?=[\s,.;)]"
    r"|$)",
    re.IGNORECASE,
)
_RUNNING = re.compile(
    r"\b(?:est|sont|ici|vous|nous|qui|que|pour|avec|ont|sera|cette|ces|notre|votre|toute?s?)\b"
)


def _made(
    kind: AttributionKind, credits: Credits, raw: str, rule: str, language: str | None = None
) -> Attribution:
    return Attribution(
        kind=kind,
        outlets=tuple(dict.fromkeys(credits.outlets)),
        agencies=tuple(dict.fromkeys(credits.agencies)),
        authors=tuple(dict.fromkeys(credits.authors)),
        raw=raw,
        rule=rule,
        translated_from=language,
        url=credits.url,
    )


def read_phrase(line: str, sources: Sources, *, strong_only: bool = False) -> Attribution | None:
    """Read "Article repris de X", "... est apparu en premier sur X", "In X du 12 mars"."""
    for sentence in _sentences(line):
        for find in STRONG if strong_only else (*STRONG, *WEAK):
            match = find(sentence)
            slot = cut_slot(_stop(sentence[match.end() :])) if match else ""
            if slot and _is_name(slot):
                return _made("republication", _credits(slot, sources), line, "phrase")
    if strong_only:
        return None
    named = _read_known_only(line, sources)
    if named is None and len(line) <= 120 and _NAMELESS.search(line):
        return Attribution(kind="unknown_source", raw=line, rule="phrase")
    return named


def _sentences(line: str) -> list[str]:
    return [s.strip() for s in re.split(r"(?<=[\w)»”\"][.!?])\s(?=[A-ZÀ-Þ])", line)]


def _stop(slot: str) -> str:
    """What follows the name is left out: the licence, the link, the date's words."""
    return re.split(
        r"\ssous licence\b|\savec l['’]|\s\(?lire\s|,?\sdans (?:son|sa|le cadre)|\sle\s(?=\d)|,\s(?:le|du"
        r"|dat)",
        slot,
    )[0]


def _is_name(slot: str) -> bool:
    """A name or a domain: short, with a capital, no running text."""
    if host_of(slot) is not None:
        return True
    named = any(c.isupper() or c.isdigit() for c in slot)
    return named and len(slot) <= 80 and len(slot.split()) <= 9 and _RUNNING.search(slot) is None


def _credits(slot: str, sources: Sources) -> Credits:
    """Contractions are undone where the name is known ("du Monde"); an unknown one loses its preposition."""
    if sources.known(slot) is None:
        slot = re.sub(
            r"^(?:(?:du|le|au|sur le) (?:site|journal|quotidien|magazine|portail|blog)(?: web| internet)?\s"
            r"(?:de la |de l['’](?=\w)|de |du |d['’])?|d['’]|du |des |de l['’]|de la |de )",
            "", slot, flags=re.IGNORECASE,
        ) or slot  # fmt: skip
    return read_source_slot(slot, sources)


def _read_known_only(line: str, sources: Sources) -> Attribution | None:
    """Phrases that mean a credit only before a source we know: "D'après X", "In X du 12 mars"."""
    if len(line) > 100:
        return None
    for pattern in _ONLY_KNOWN:
        match = pattern.match(line)
        if match is None:
            continue
        rest = line[match.end() :]
        slot = re.split(r",\s|\s(?:du|de|n[°o]|num[ée]ro)\s?(?=\d|\||$)", cut_slot(rest))[0].strip(" |")
        if not slot or len(slot.split()) > 6:
            continue
        if _goes_on(rest, is_told=pattern in (_AFTER, _ACCORDING)):
            return None
        contracted = f"du {slot}" if match[0].rstrip().lower().endswith("du") else slot
        is_issue = pattern is _IN or (pattern is _OUT_IN and looks_collective(slot) and _ISSUE.search(rest))
        dated = is_issue and slot[0].isupper() and strip_dates(rest) != rest
        if "|" in rest and not only_date(rest.partition("|")[2]):
            return None  # "Lu sur X | Titre" links elsewhere
        hosted = host_of(slot) is not None and (pattern in _ONLY_KNOWN[:3] or pattern is _ORIGINAL)
        unknown_source = dated or hosted or (pattern in _ONLY_KNOWN[:3] and looks_collective(slot))
        if sources.known(contracted) is not None or unknown_source:
            return _made("republication", read_source_slot(contracted, sources), line, "phrase")
    return None


def _goes_on(rest: str, *, is_told: bool) -> bool:
    """Whether what follows a name and a comma is a sentence: "Selon X, l'accord est proche"."""
    words = strip_dates(rest.partition(", ")[2]).split()
    lower = sum(word[0].islower() for word in words)
    return lower > 2 or (is_told and bool(words) and words[0][0].islower())


def read_translation(line: str, sources: Sources) -> Attribution | None:
    """ "Traduit de l'anglais par X", "The Journal / Traduit de l'arabe"; a translated book is none."""
    match = _TRANSLATED.match(line.strip("()[]"))
    if match is None or _BOOK.search(line) or len(line) > 200:
        return None
    before = re.sub(rf"^{_THIS}$", "", match["before"].strip(" (/|–—-.,"), flags=re.IGNORECASE)
    if not match["language"] and not re.match(r"\s?(?::|par\b|[-–—]|$|\.)", match["after"]):
        return None
    if before and (not before[0].isupper() or len(before.split()) > 6 or "," in before or "«" in before):
        return None
    credits = read_source_slot(before, sources) if before else Credits()
    credits.authors.clear()
    rest = read_phrase(match["after"].partition(". ")[2], sources) if ". " in match["after"] else None
    if rest is not None:
        credits.outlets += rest.outlets
        credits.agencies += rest.agencies
    language = match["language"].lower() if match["language"] else ""
    return _made("translation", credits, line, "translation", _LANGUAGES.get(language))
