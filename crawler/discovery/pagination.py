"""The next page of a listing, in the forms that French sites use.

In this order: rel="next"; a label that says so ("Page suivante", "Suivant ›"); the number after the current
one, which is not a link ("1 [2] 3", SPIP's "0 | 10 | 20"); an arrow; "voir plus". What is weaker than
rel="next" and a clear label counts only where the address is another page of the same listing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

from lxml.html import HtmlElement

from pipelines.text import clean, fold

_CLEAR = re.compile(
    r"(?:aller a )?(?:la )?pages? suivantes?\b.{0,40}|suivante?s?(?: \d+)?|(?:go to )?next(?: page)?"
    r"|(?:articles?|actualites?|resultats?|nouvelles|depeches) suivante?s|(?:articles? )?suivants"
)
_WEAK = re.compile(
    r"(?:articles?|billets|entrees|publications|messages|actualites|posts) "
    r"(?:plus ancien(?:ne)?s?|precedente?s?)"
    r"|plus ancien(?:ne)?s|older(?: posts| entries| articles)?"
    r"|(?:voir|afficher|charger|lire)? ?plus(?: d articles| d actualites| de resultats)?"
    r"|load more|more|voir la suite"
)
_ARROWS = {
    "›": 0,
    ">": 0,
    "→": 0,
    "▶": 0,
    "⟩": 0,
    "❯": 0,
    "»": 1,
    ">>": 1,
    "›››": 1,
}  # 1: may be the last page
_NUMBER = re.compile(r"[\[(]?\s*(\d{1,6})\s*[\])]?")
_PAGE_NAMES = frozenset(
    (
        "page",
        "p",
        "pg",
        "paged",
        "pagination",
        "start",
        "offset",
        "limitstart",
        "pageno",
        "pagenum",
        "num_page",
    )
)
_PAGE_PATH = re.compile(
    r"(?:/(?:page|pages|p)[/_-]?\d{1,6}|[/_,-](?:page[-_]?)?\d{1,6})(?=/?$|\.\w{2,5}$)", re.I
)
_INDEX = re.compile(r"/index\.\w{2,5}$", re.I)
_RANKS = 6

Resolve = Callable[[str], str | None]


def next_page(tree: HtmlElement, url: str, resolve: Resolve) -> str | None:
    """The address of the listing's next page; None where there is none.

    Args:
        url: of this page, canonical.
        resolve: from an href to a canonical address of the same site that is no article, else None.
    """
    best: list[str | None] = [None] * _RANKS
    numbered: list[HtmlElement] = []
    for element in tree.iter("a", "link", "area"):
        href = element.get("href")
        if not href or len(href) > 2000:
            continue
        rank = _rank(element)
        is_number = rank is None and element.tag == "a" and _number(_label(element)) is not None
        if not is_number and (rank is None or best[rank] is not None):
            continue
        target = resolve(href)
        if is_number and target is not None and is_page_of(target, url):
            numbered.append(element)
        elif rank is not None and target not in (None, url) and (rank < 2 or is_page_of(str(target), url)):
            best[rank] = target
            if rank == 0:
                return target
    best[2] = _following_number(numbered, url, resolve) if best[1] is None else None
    return next((target for target in best if target is not None), None)


def _rank(element: HtmlElement) -> int | None:
    """0 rel=next, 1 clear label, 3 arrow, 4 weak label, 5 double arrow; 2 is for numbers."""
    if "next" in (element.get("rel") or "").lower().split():
        return 0
    if element.tag == "link":
        return None
    label = _label(element)
    folded = fold(label)
    if _CLEAR.fullmatch(folded) or _CLEAR.fullmatch(
        fold(element.get("aria-label") or element.get("title") or "")
    ):
        return 1
    if label in _ARROWS:
        return 5 if _ARROWS[label] else 3
    return 4 if folded and _WEAK.fullmatch(folded) else None


def _label(element: HtmlElement) -> str:
    """The visible text, or that of an image in it; long texts are no label."""
    text = clean("".join(_few_texts(element)))
    if not text:
        image = next(element.iter("img"), None)
        text = clean(image.get("alt") or "") if image is not None else ""
    return text[:80]


def _few_texts(element: HtmlElement) -> Iterator[str]:
    for count, text in enumerate(element.itertext()):
        if count == 20:
            return
        yield str(text)[:200]


def _number(text: str) -> int | None:
    match = _NUMBER.fullmatch(text.strip())
    return int(match.group(1)) if match else None


def is_page_of(target: str, url: str) -> bool:
    """Whether two canonical addresses differ only in what says which page of a listing is meant."""
    one, other = urlsplit(target), urlsplit(url)
    return target != url and one.netloc == other.netloc and _without_page(one) == _without_page(other)


def _without_page(parts: SplitResult) -> tuple[str, frozenset[tuple[str, str]]]:
    path = _INDEX.sub("", _PAGE_PATH.sub("", parts.path)).rstrip("/")
    query = parse_qsl(parts.query, keep_blank_values=True)
    return path, frozenset((name, value) for name, value in query if not _says_page(name))


def _says_page(name: str) -> bool:
    name = name.lower()
    return name in _PAGE_NAMES or name.startswith("debut_") or name.endswith(("page", "_p", "paged"))


def _following_number(numbered: list[HtmlElement], url: str, resolve: Resolve) -> str | None:
    """The linked number after the one that is no link, or links to this very page."""
    for anchor in numbered[:5]:
        current: int | None = None
        for number, href in _numbers_around(anchor):
            target = resolve(href) if href else url
            if current is None:
                current = number if target == url else None
            elif target is not None and number > current and is_page_of(target, url):
                return target
    first = numbered[0] if numbered else None
    if first is not None and _number(_label(first)) == 2 and not _names_a_page(urlsplit(url)):
        return resolve(first.get("href") or "")  # "2 3 4": the first page does not name itself
    return None


def _names_a_page(parts: SplitResult) -> bool:
    query = parse_qsl(parts.query, keep_blank_values=True)
    return _PAGE_PATH.search(parts.path) is not None or any(_says_page(name) for name, _ in query)


def _numbers_around(anchor: HtmlElement) -> list[tuple[int, str | None]]:
    """The numbers of the smallest block around an anchor that has two, in page order, with their links."""
    block = anchor
    numbers: list[tuple[int, str | None]] = []
    for _ in range(4):
        parent = block.getparent()
        if parent is None or parent.tag in ("body", "html"):
            break
        block = parent
        numbers = list(_numbers_in(block))
        if len(numbers) > 1:
            break
    return numbers


def _numbers_in(block: HtmlElement) -> Iterator[tuple[int, str | None]]:
    texts: list[Any] = block.xpath("(.//text())[position() <= 400]")
    for text in texts:
        number = _number(text)
        if number is None:
            continue
        owner = text.getparent()
        if text.is_tail:
            owner = owner.getparent()
        link = owner if owner.tag == "a" else next(owner.iterancestors("a"), None)
        yield number, link.get("href") if link is not None else None
