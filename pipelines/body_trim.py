"""Which paragraphs of a body are its text: furniture at both ends, copies and repeats go, the rest stays."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

from pipelines.blocks_expand import ANY, expansions
from pipelines.blocks_tree import HEADING_TAGS
from pipelines.blocks_words import compiled, read_lists
from pipelines.body_ends import below_lead, closing, opens_text, speaks_again
from pipelines.body_paragraphs import Paragraph, is_prose
from pipelines.body_tables import DataTables
from pipelines.related_titles import GENRES
from pipelines.text import fold, shared

_LINKED: Final = 200  # characters: a longer paragraph of links may be text
_CREDITED: Final = 120  # a longer one is a caption at least
_BESIDE_NAME: Final = 10  # characters: "Jeanne Modèle/AFP"
_COLUMN: Final = GENRES | {"le", "la", "l", "un", "une", "de", "d", "du", "par", "tribune", "humeur"}
_TITLED: Final = 0.7  # of the words of a heading, where it is the title
_STANDING: Final = 2  # long paragraphs: a lead, and fewer than a text
_COPY_PARAGRAPHS: Final = 3
_COPY_CHARS: Final = 200
_WHOLE_CHARS: Final = 1_000  # characters of a copy in one paragraph
_PROBES: Final = 40  # places at which it is compared
_PROBE: Final = 25  # characters that are looked for there: short enough to lie within a paragraph, mostly
_SAID: Final = 0.7
_MAX_COMPARED: Final = 500_000_000  # paragraphs times characters they are looked for in
_MAX_RUN: Final = 2_000

_OPEN_END: Final = re.compile(r"(?:\.{3}|…)\W{0,3}$")
_TEMPLATE: Final = [
    "{{",
    "{*",
    "{|",
    "{%",
    "%}",
    "|}",
    "*}",
    "}}",
    "<%",
    "%>",
]  # what a script would have filled in
_PRINTED: Final = 250  # characters of a line that is printed with every text
_LISTS: Final = read_lists("furniture.txt")
_LINES: Final = compiled([*_LISTS["lines"], *_LISTS["open"]])
_OPEN_LINES: Final = compiled(_LISTS["open"])
_STEMS: Final = ("droits", "soute", "reproduction")  # one of them is in each of the open ones
# what the others begin with: most paragraphs need no pattern
_LETTERS: Final = 3
_BEGINNINGS: Final = {text.removesuffix(ANY) for text in expansions(_LISTS["lines"], _LETTERS)}
_CONSENT: Final = re.compile(r"\b(?:cookies?|consentement|consent|einwilligung|datenschutzerkl)", re.I)
_CONSENT_STEMS: Final = ("cookie", "consent", "einwilligung", "datenschutz")
_ASKING: Final = (*_CONSENT_STEMS, "dons", "un don", "donnez", "soutien", "soutenez", "contribu")
_OURS: Final = re.compile(r"\b(?:nous|notre|nos|ce (?:média|journal|site))\b")
_YOURS: Final = re.compile(r"\b(?:vous|votre|vos)\b|\b(?:donnez|soutenez|contribuez)\b")
_GIFT: Final = re.compile(
    r"\b(?:vos dons?|fai(?:tes?|re|sant) un don|nous soutenir|donnez|soutenez|soutien|contribu)"
)
_APPEAL: Final = tuple(
    map(
        re.compile,
        (
            r"\b(?:média|journal|presse|rédaction|journalisme)",
            r"\bindépendan|\bsans (?:publicité|actionnaire|milliardaire)|\baccès libre|\bliberté",
            r"\b(?:lecteurs|lectrices|abonnées?|abonnés|donateurs)\b",
            r"\bdéducti|\bdéfiscalis|\d ?(?:€|euros?)\b|\bfinanc",
        ),
    )
)
_COLLECTED: Final = re.compile(r"(?:tous )?propos recueillis\b[^.!?]{0,30}\bpar\s[^!?]+$", re.I)
_COLLECTING: Final = ("propos r", "tous pro")
_CREDIT: Final = re.compile(
    r"^\W*(?:cr[ée]dits?(?: photos?)?|(?:photos?|image)(?: de couverture| à la une)?|illustration|foto|bild"
    r"|©|\(c\)|copyright|picture|source photo|ph\.?)\s?(?:[:©/]|\(c\))",
    re.I,
)


def is_furniture(paragraph: Paragraph) -> bool:
    """What no text of an article says, wherever it stands: template marks, consent banners."""
    size = len(paragraph.text)
    if _is_template(paragraph.text):
        return True
    if not 60 < size < 1200:
        return False
    lower = paragraph.text.lower()
    for stem in _ASKING:
        if stem in lower:
            return len(_CONSENT.findall(lower)) >= 2 + size // 500 or _is_appeal(lower)
    return False


def _is_appeal(lower: str) -> bool:
    """Whether a newsroom asks its readers for money: we, you, giving, and two other things."""
    asks = len(set(_GIFT.findall(lower)))
    if not asks or not (_OURS.search(lower) and _YOURS.search(lower)):
        return False
    return asks + sum(pattern.search(lower) is not None for pattern in _APPEAL) > 2


def _is_template(text: str) -> bool:
    return ("{" in text or "}" in text or "%" in text) and any(mark in text for mark in _TEMPLATE)


def trimmed(found: Sequence[Paragraph]) -> list[Paragraph]:
    """Without links standing alone, credits, and the furniture above and below the text."""
    tables = DataTables()
    kept = [p for p in found if not _is_aside(p) or (p.is_linked and (tables.holds(p) or _opens_itself(p)))]
    prose = [i for i, p in enumerate(kept) if is_prose(p)]
    if not prose:
        return kept
    first, last = prose[0], prose[-1]
    inner = below_lead(kept, prose) if len(prose) > _STANDING else kept[first + 1 : last + 1]
    opening = [p for p in kept[:first] if opens_text(p) or speaks_again(p, kept[first + 1 : last])]
    return [*opening, kept[first], *inner, *closing(kept, last, tables)]


def _is_aside(paragraph: Paragraph) -> bool:
    size = len(paragraph.text)
    if (paragraph.is_linked and size < _LINKED) or (size < _CREDITED and _CREDIT.match(paragraph.text)):
        return True
    return is_furniture(paragraph) or is_printed(paragraph.text) or _collects(paragraph.text)


def _collects(text: str) -> bool:
    """Whether a line says who asked: "Propos recueillis par Jeanne Modele." is no sentence of the text."""
    return text[:8].lower() in _COLLECTING and len(text) < _CREDITED and _COLLECTED.match(text) is not None


def is_printed(text: str) -> bool:
    """Whether a site prints a line with every text: where to follow it, what is reserved, how long it is."""
    if len(text) > _PRINTED:
        return False
    folded = fold(text)
    if folded[:1].isdigit() or folded[:_LETTERS] in _BEGINNINGS:
        return _LINES.fullmatch(folded) is not None
    return any(stem in folded for stem in _STEMS) and _OPEN_LINES.fullmatch(folded) is not None


def _opens_itself(paragraph: Paragraph) -> bool:
    """Whether a heading is a link to its own part: what unfolds on a click, or a permanent address."""
    if not paragraph.is_heading:
        return False
    around = (paragraph.element, *paragraph.element.iterancestors())
    heading = next(element for element in around if element.tag in HEADING_TAGS)
    links = [link.get("href", "#" + (link.get("name") or link.get("id") or "")) for link in heading.iter("a")]
    return bool(links) and all(len(link) > 1 and link[0] == "#" for link in links)


def bounded(kept: Sequence[Paragraph], witness: str | None) -> list[Paragraph]:
    """Up to the last paragraph that the page's own data has in its article body (a lead may stand above it).

    Only where that text and the paragraphs agree for the most part: many sites declare a teaser there.
    """
    said = fold(witness or "")
    prose = [i for i, p in enumerate(kept) if is_prose(p)] if len(said) >= 300 else []
    if len(prose) * len(said) > _MAX_COMPARED:
        return list(kept)
    found = [i for i in prose if fold(kept[i].text[:120]) in said]
    size = sum(len(kept[i].text) for i in found)
    if len(found) < 3 or size < 0.8 * len(said) or size < 0.5 * sum(len(kept[i].text) for i in prose):
        return list(kept)
    return list(kept[: found[-1] + 1])


def without_copies(kept: Sequence[Paragraph]) -> list[Paragraph]:
    """Without a second printing of the text: for another screen size, for the printer, to be read aloud.

    One paragraph may well stand twice in a text; three in the same order do not.
    """
    return _without_whole(_without_runs(kept))


def _without_whole(kept: list[Paragraph]) -> list[Paragraph]:
    """Without a paragraph that says again, in one piece, what the others say."""
    longest = max(kept, key=lambda p: len(p.text), default=None)
    size = sum(len(p.text) for p in kept)
    if (
        longest is None
        or not _WHOLE_CHARS <= len(longest.text) <= 0.7 * size
        or len(longest.text) < 0.3 * size
    ):
        return kept
    others = [p for p in kept if p is not longest]
    said = " ".join(p.text for p in others)
    step = len(longest.text) // _PROBES
    probes = [longest.text[place : place + _PROBE] for place in range(0, step * _PROBES, step)]
    return others if sum(probe in said for probe in probes) >= _SAID * _PROBES else kept


def _without_runs(kept: Sequence[Paragraph]) -> list[Paragraph]:
    places: dict[str, list[int]] = {}
    result: list[Paragraph] = []
    index = 0
    while index < len(kept):
        starts = places.setdefault(kept[index].text, [])
        size = max((_run_length(kept, start, index) for start in starts), default=0)
        chars = sum(len(p.text) for p in kept[index : index + size])
        if size >= _COPY_PARAGRAPHS and chars >= _COPY_CHARS:
            index += size
            continue
        if len(starts) < 5:
            starts.append(index)
        result.append(kept[index])
        index += 1
    return result


def _run_length(kept: Sequence[Paragraph], start: int, again: int) -> int:
    size = 0
    while size < min(len(kept) - again, again - start, _MAX_RUN):
        if kept[start + size].text != kept[again + size].text:
            break
        size += 1
    return size


def without_repeats(
    kept: Sequence[Paragraph], title: str | None, authors: Sequence[str], sites: Sequence[str] = ()
) -> list[Paragraph]:
    """Neither the title above the text nor an author's bare name at its ends; above it the name may stand
    with the site's, or with what the author writes.
    """
    own = set(map(fold, sites))
    names = set(map(fold, authors)) - {""}
    said = {fold(title or ""), *names} - {""}
    prose = [i for i, p in enumerate(kept) if is_prose(p)]
    first, last = (prose[0], prose[-1]) if prose else (len(kept), -1)
    below = range(first + 1, prose[1]) if len(prose) > 1 else ()  # under a lead, with an agency's name maybe
    return [
        p
        for i, p in enumerate(kept)
        if not (_signs(p, names) if i in below else not first < i < last and fold(p.text) in said)
        and not (i < first and not p.is_heading and _signs(p, names, own))
        and not (p.tag == "h1" and i < first and shared(p.text, title or "") >= _TITLED)
    ]


def _signs(paragraph: Paragraph, names: Collection[str], sites: Collection[str] = ()) -> bool:
    """Whether a line is hardly more than authors' names."""
    line = rest = fold(paragraph.text)
    for name in names:
        rest = rest.replace(name, "")
    if rest == line:
        return False
    return len(rest) <= _BESIDE_NAME or rest.strip() in sites or _COLUMN.issuperset(rest.split())


def ends_open(text: str) -> bool:
    """Whether a text breaks off with dots."""
    return _OPEN_END.search(text[-20:]) is not None
