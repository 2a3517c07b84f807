"""What stands around a name in an author's line and is none: labels, other hands, degrees."""

from __future__ import annotations

import re
from typing import Final

from pipelines.attribution_text import AUTHOR_LABEL, GAP
from pipelines.persons import is_person

# "Posted by", "Veröffentlicht von", "Text & Fotos:", "Por", "Автор:": announced as the one who wrote
_VERB = (
    r"posted|published|story|words|reported|recipe|article|authored|contributed|submitted|report|post"
    r"|verfasst|geschrieben|veröffentlicht|gepostet|erstellt|ein (?:artikel|beitrag|gastbeitrag)|text"
    r"|escrito|publicado|scritto|pubblicato|geschreven|gepubliceerd|skrevet|skriven"
)
_PREPOSITION = r"by|von|por|di|da|door|av|af"
_NOUN = (
    r"texte?s?|texto|testi?|tekst|interviews?|entretien|story|words|bericht|beitrag|protokoll|reportage|reporter"
    r"|autor(?:in|en)?|autore|auteure?|authors?|author name|journaliste?|redakt(?:eur|ion)"
    r"|redactie|redacción|автор|авторка|yazar|kirjoittaja|作者|記者|记者|文|取材・文|بقلم|كتب"
)
_LABEL: Final = re.compile(
    rf"^\W{{0,3}}(?:(?:{_VERB})\s(?:{_PREPOSITION})(?=[\s:])\s?:?"
    rf"|(?:billet|[ée]dito(?:rial)?|tribune|opinion|chronique|analyse|point de vue)\s?[:：]"
    rf"|(?:textes?|synth[èe]se)\s(?-i:(?=[A-ZÀ-Þ]))|(?:{_NOUN})(?:\s?(?:&|/|\+|und|et|and|y|e)\s?\w{{3,14}})?\s?[:：]"
    r"|(?:autor(?:in)?|author)\s(?-i:(?=[A-ZÀ-Þ]))|بقلم\s)\s?",
    re.I,
)
# the hands after the writer's: editors, reviewers, photographers
_OTHER_HANDS: Final = re.compile(
    r"(?:^|(?<=[\s|,;.(–-])|(?-i:(?<=[a-zà-ÿ])(?=[A-Z])))(?:et\s)?"
    r"(?:(?:medically |clinically |expert |legally )?(?:fact[ -]?checked|reviewed|edited|photographed"
    r"|illustrated|translated|approved|verified|updated)\sby"
    r"|(?:photos?|photograph(?:y|ie|ies|s)|illustrations?|images?|fotos?|bilder|vid[ée]os?|dessins?"
    r"|infographies?)\s?(?:by|de|von|:|(?-i:\s(?=[A-ZÀ-Þ])))|(?:textes?\s)?(?:traduite?|adaptée?)s?(?:\sde\sl['’]\w+|\sdu\s\w+)?"
    r"\spar|traduction\s?:|in conversation with|im gespräch mit|(?:relu|rep[ée]r[ée])\spar|édité\spar)\b.*",
    re.I | re.S,
)
_DEGREE: Final = re.compile(
    r",?\s(?:Ph\.?\s?D|M\.\s?D|MD|DVM|D\.?O|MBA|R\.?N|Esq|J\.?D|MPH|M\.?Sc|B\.?Sc|CPA|CFP|RDN?|LCSW|Pharm\.?D"
    r"|LL\.?[MB])\b\.?(?:\s[A-Z.]{2,8})*(?=\s?(?:[,;|&]|$|and\s))"
)
_NICKNAME: Final = re.compile(r"(?<=\w) [(“\"][^()“”\"]{1,20}[)”\"] (?=[A-ZÀ-Þ][\w’'-]+$)")
# "... et Jean Modele (photos)"; "Jeanne Modele*", of whom a note says more
_PICTURED: Final = re.compile(
    r"(?:,|\s(?:et|&))\s[^,(|]{3,40}\s\((?:photos?|vid[ée]os?|images?|illustrations?|dessins?|infographies?|son)\)",
    re.I,
)
# the author as one of several fields of a line
_FIELD: Final = re.compile(r"[|•·]\s?(?:auteure?s?|author)\s?:\s?(?P<name>[^|•·]{3,60})", re.I)
_NOTED: Final = re.compile(r"(?<=\w)[*†]+")
# "Par M. Jean Modele"; elsewhere "M." is a first name
_HONOUR: Final = re.compile(
    r"\b(?:le|la)\s(?=(?:pr|dr|prof|docteure?|professeure?|ma[îi]tre|me)\.?\s(?-i:[A-ZÀ-Þ]))"
    r"|(?<=\bpar )m\.\s(?=\S+\s\S)",
    re.I,
)
_DANGLING: Final = re.compile(
    r"\s(?:on|am|le|el|den|the|um|at|@|ce)\s?:?\s?(?=\|)"
    r"|\s(?:le|ce|on|am)\s(?:(?:lun|mar|mercre|jeu|vendre|same)di|dimanche|\w{3,6}day)\b.*$",
    re.I,
)
_BEHIND: Final = re.compile(r"\s(?:in|dans|sous|\|\s?In)\s(?!\w+\s(?:by|par|von)\s).*$")
# "Société | Par Jeanne Modele", "JM / Par Jeanne Modele": a country, a theme, initials stand before her
_BESIDE: Final = re.compile(
    r"^[^:]{1,80}?(?:\s?[|•·/]|\s[–—-])\s?(?=(?:par|(?:[ée]crit|r[ée]dig[ée])\spar)"
    r"\s(?P<name>[^|,;/(–—]{3,60}))",
    re.I,
)


def bare_line(text: str) -> tuple[str, bool]:
    """The line without what announces and accompanies the names, and whether they were announced."""
    if field := _FIELD.search(text):
        text = field["name"]
    if (beside := _BESIDE.match(text)) and is_person(beside["name"].partition(" et ")[0].strip()):
        text = text if AUTHOR_LABEL.search(beside[0]) else text[beside.end() :]
    text = _PICTURED.sub("", _NOTED.sub("", _HONOUR.sub("", text)))
    text = _OTHER_HANDS.sub(GAP, text)
    text = _NICKNAME.sub(" ", _DEGREE.sub("", text))
    text = _DANGLING.sub(" ", text)
    bare = _LABEL.sub("", text, count=1)
    labelled = bare != text or AUTHOR_LABEL.search(text) is not None
    bare = AUTHOR_LABEL.sub(GAP, bare)
    return (_BEHIND.sub("", bare) if labelled else bare), labelled
