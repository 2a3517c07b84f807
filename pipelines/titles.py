"""The headline a reader sees: without the site's name, the section and the date around it.

A separator is cut only where what stands behind it is known to be no part of the headline: a name of the
site, an outlet of the table, a domain, a section beside such a name, or a date.
"Maroc - Algérie : le dialogue" stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from copy import deepcopy

from lxml.html import HtmlElement

from pipelines.attribution_text import only_date
from pipelines.blocks_tree import DROPPED_TAGS, flat, is_small, strip
from pipelines.outlets import host_of, packaged_table, source_key
from pipelines.persons import SECTION_WORDS
from pipelines.text import clean, fold
from pipelines.urls import canonical_url

_SEPARATOR = re.compile(r"\s+(?:[|•·»›/–—-]|::|//|--)\s+|\s?\|\s?")
_COLON = re.compile(r"\s?:\s")
_GENERIC_HEADING = frozenset(
    (
        "accueil",
        "home",
        "a la une",
        "une",
        "menu",
        "recherche",
        "rechercher",
        "search",
        "actualites",
        "actualite",
        "article",
        "articles",
        "opinion",
        "page non trouvee",
        "newsletter",
        "nos newsletters",
        "archives",
        "commentaires",
        "les plus lus",
        "sur le meme sujet",
        "a lire aussi",
        "articles similaires",
        "mon compte",
        "partager",
        "connexion",
    )
)
_DASHES = ("-", "–", "—", "--")
_COUNTRIES = frozenset(
    (
        "maroc",
        "france",
        "algerie",
        "tunisie",
        "belgique",
        "suisse",
        "canada",
        "senegal",
        "espagne",
        "portugal",
    )
)
_SECTION_LIMIT = 4  # words of a section's name
_KICKER_LIMIT = 5  # words of a kicker
_MARKS = ".:-–—|/"
_LONGEST = 1000  # characters of a heading
_SHORTEST = 3  # words of a heading that is believed without a second witness


def clean_title(raw: str, site_names: Iterable[str]) -> str:
    """The title without names of the site at its ends and the sections between; a lone name stays."""
    title = clean(raw)
    sites = {key for name in site_names for key in _keys(name) if key}
    while True:
        shorter = _without_suffix(title, sites) or _without_prefix(title, sites)
        if shorter is None:
            return title
        title = shorter


def _keys(name: str) -> set[str]:
    """A site is called by its name, by its domain and by its domain's first label."""
    host = host_of(name)
    return {source_key(name)} | ({source_key(host), source_key(host.split(".")[0])} if host else set())


def _is_site(piece: str, sites: set[str]) -> bool:
    piece = piece.strip(" -–—|:.»›")
    if not piece:
        return False
    host = host_of(piece)
    return source_key(piece) in sites or (host is not None and bool(_keys(host) & sites or "." in piece))


def _is_other_name(piece: str) -> bool:
    """An outlet of the table is the tail of a title whatever the site calls itself; common words are not."""
    entry = packaged_table().outlet(piece, None)
    return entry is not None and not entry.common_word


def is_section(piece: str) -> bool | None:
    """True for names of sections, False for others, None for a piece without words."""
    words = fold(piece).split()
    if not words:
        return None
    return len(words) <= _SECTION_LIMIT and all(w in SECTION_WORDS or w in ("et", "a", "la") for w in words)


def _without_suffix(title: str, sites: set[str]) -> str | None:
    """Cut a name of the site at the end, the longest first (it may hold separators), or another outlet's."""
    marks = [m for m in _SEPARATOR.finditer(title) if m.start()]
    for mark in marks:
        if _is_site(title[mark.end() :], sites):
            return _without_sections(title[: mark.start()], mark[0].strip())
    if not marks:
        return None
    tail = title[marks[-1].end() :]
    if _is_other_name(tail):
        return _without_sections(title[: marks[-1].start()], marks[-1][0].strip())
    if only_date(tail) and len(marks) > 1:  # "Titre | DW | 23.05.2011"
        name = title[marks[-2].end() : marks[-1].start()]
        return title[: marks[-1].start()] if _is_site(name, sites) or _is_other_name(name) else None
    return None


def _without_sections(head: str, mark: str) -> str:
    """Before a cut name, sections behind a mark of the same sort go too ("Titre - Sport - Site").

    Countries stay behind a dash: "Mondial : Maroc - Belgique - Site" is about a match.
    """
    dashes = mark in _DASHES
    while True:
        last = next((m for m in reversed(list(_SEPARATOR.finditer(head))) if m.start()), None)
        if last is None or (last[0].strip() in _DASHES and not dashes and mark != "|"):
            return head.strip()
        piece = head[last.end() :]
        country = last[0].strip() in _DASHES and fold(piece) in _COUNTRIES
        if country or is_section(piece) is False:
            return head.strip()
        head = head[: last.start()]


def _without_prefix(title: str, sites: set[str]) -> str | None:
    """Cut "Site : Titre" and "Site | Titre"; another outlet's name may be the subject and stays."""
    for pattern in (_SEPARATOR, _COLON):
        first = pattern.search(title)
        if first is None or not first.start() or not title[first.end() :]:
            continue
        if _is_site(title[: first.start()], sites):
            return title[first.end() :].strip()
    return None


def _is_headline(heading: str, sites: set[str]) -> bool:
    """Whether a heading may be a headline: no site name, no section, no furniture."""
    folded = fold(heading)
    if not folded or folded in _GENERIC_HEADING or _is_site(heading, sites) or only_date(heading):
        return False
    return is_section(heading) is not True


def _likeness(one: str, other: str) -> float:
    """Share of the shorter title's words that the other has too."""
    a, b = set(fold(one).split()), set(fold(other).split())
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0


def choose_title(
    h1s: Sequence[str],
    og: str | None,
    jsonld: str | None,
    meta_title: str | None,
    site_names: Iterable[str],
) -> tuple[str | None, str]:
    """The headline and the rule that found it ("h1", "jsonld", "og", "title" or "none").

    `h1s` are in page order, those of the article's own element first. A heading the reader sees wins over
    titles written for search engines and social networks; these decide between several headings.
    """
    agreed = {fold(h) for h in h1s if fold(h) == fold(og or "") == fold(jsonld or "")}
    names = tuple(name for name in site_names if fold(name) not in agreed)  # whatever calls itself so
    sites = {key for name in names for key in _keys(name) if key}
    witnesses = [
        (rule, clean_title(value, names))
        for rule, value in (("jsonld", jsonld), ("og", og), ("title", meta_title))
        if value and value.strip() and len(value) <= _LONGEST
    ]
    witnesses = [(rule, value) for rule, value in witnesses if _is_headline(value, sites)]
    headings = [
        h for h in (clean_title(raw, names) for raw in h1s if len(raw) <= _LONGEST) if _is_headline(h, sites)
    ]
    best = _best_heading(headings, [value for _, value in witnesses])
    if best is not None:
        return _without_kicker(best, [value for _, value in witnesses]), "h1"
    if witnesses:
        return witnesses[0][1], witnesses[0][0]
    return None, "none"


def editorial_title(
    title: str, data: str | None, social: str | None, meta_title: str | None, site_names: Iterable[str]
) -> tuple[str, str] | None:
    """The newsroom's own headline where the visible one was written for search engines, else None.

    German, British and American newsrooms show the line of <title> as heading and keep the headline as it
    was written in JSON-LD or og:title. A line that was cut, or that only lengthens or shortens the heading,
    is not another headline. Not for French pages: there the heading is the headline.
    """
    if not fold(title) or not fold(meta_title or "").startswith(fold(title)):
        return None
    names = tuple(site_names)
    for rule, raw in (("jsonld", data), ("og", social)):
        if not raw or raw.rstrip().endswith(("...", "…")):
            continue
        other = clean_title(raw, names)
        long_enough = len(fold(other).split()) >= _SHORTEST
        if long_enough and fold(other) not in fold(title) and fold(title) not in fold(other):
            return other, f"{rule}:editorial"
    return None


def _best_heading(headings: list[str], witnesses: list[str]) -> str | None:
    """The heading most like the page's own titles; without any likeness the first that is long enough."""
    scored = [(max((_likeness(h, w) for w in witnesses), default=0.0), -i, h) for i, h in enumerate(headings)]
    if not scored:
        return None
    likeness, _, best = max(scored)
    if likeness >= 0.5 or not witnesses:
        return best
    return next((h for h in headings if len(fold(h).split()) >= _SHORTEST), None)


def _without_kicker(heading: str, witnesses: list[str]) -> str:
    """Cut a place or a theme glued before the headline ("Fès Un marché rouvre").

    The page must say the rest alone: once where nothing separates the two, twice where a mark does.
    """
    folded = fold(heading)
    rests = [part for value in witnesses for part in dict.fromkeys(map(fold, (value, *value.split(" | "))))]
    for rest in dict.fromkeys(rests):
        kicker = folded.removesuffix(f" {rest}").split()
        cut = _position(heading, len(kicker))
        if cut is None or len(rest.split()) < _SHORTEST or len(kicker) > _KICKER_LIMIT:
            continue
        marked = heading[:cut].rstrip()[-1:] in _MARKS
        if rests.count(rest) >= (2 if marked else 1):
            return heading[cut:].strip()
    return heading


def _position(text: str, count: int) -> int | None:
    """Where the text after its first `count` folded words begins; None inside a word or at the end."""
    seen = 0
    for token in re.finditer(r"\S+", text):
        if seen == count and any(c.isalnum() or c in "«\"“‘'" for c in token[0]):
            return token.start()
        seen += len(fold(token[0]).split())
    return None


def heading_text(heading: HtmlElement) -> str:
    """What a heading says to who sees it: no styles, drawings and buttons, which stand in some."""
    if not is_small(heading) or not any(node.tag in DROPPED_TAGS for node in heading.iterdescendants()):
        return flat(heading)
    shown = deepcopy(heading)
    strip(shown, DROPPED_TAGS)
    return flat(shown) or flat(heading)  # one that is a button as a whole


def is_logo(heading: HtmlElement, url: str) -> bool:
    """Whether a heading is only a link to the home page: old blogs and portals print their name as <h1>."""
    links = [a for a in heading.iter("a") if flat(a)]
    home = canonical_url("/", url)
    target = canonical_url(links[0].get("href") or "", url) if len(links) == 1 else None
    return target is not None and target == home and flat(links[0]) == flat(heading)
