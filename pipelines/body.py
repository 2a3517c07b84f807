"""The text of the article: the element that holds the prose, and the prose around it, paragraph by paragraph.

`pipelines.blocks` has cut what is data or noise. What is left is read as paragraphs, linear in the size of
the page, identical ones kept. Where that gives little, `pipelines.body_second` asks trafilatura.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

from lxml.html import HtmlElement

from pipelines.body_paragraphs import Paragraph, is_prose, paragraphs
from pipelines.body_trim import is_furniture
from pipelines.text import sums_up

_MIN_WEIGHT: Final = 40  # characters: shorter paragraphs say nothing of where the text is
_LIST_WEIGHT: Final = 0.4  # a menu is a list as well
_HOLDS: Final = 0.6  # share of the prose that makes a child the container
_DECLARED: Final = 0.4  # the same for one that is marked as the article's body
_ADDED: Final = 80  # characters of a paragraph beside the container that belongs to the text
_GAP: Final = 2  # other paragraphs between it and the container
_PARTS: Final = 2  # paragraphs of prose that stand apart from the container and are its text all the same
_LEAVES: Final = frozenset(("p", "blockquote", "ul", "ol", "pre"))
_MARKED: Final = frozenset(("div", "section", "article", "main", "span"))
_CELLS: Final = frozenset(("li", "td", "th", "dd"))


@dataclass(slots=True)
class Body:
    """The paragraphs kept, how they were found, and what the page says above and below them."""

    paragraphs: list[Paragraph] = field(default_factory=list)
    container: HtmlElement | None = None
    rule: str = "none"
    before: list[Paragraph] = field(default_factory=list)
    after: list[Paragraph] = field(default_factory=list)
    head: Sequence[Paragraph] = ()  # of `before`, what stands around and below the headline

    @property
    def text(self) -> str:
        return "\n".join(p.text for p in self.paragraphs)


def read_body(tree: HtmlElement, marked: Sequence[HtmlElement] = ()) -> Body:
    """The body of a pruned tree, furniture included. `marked`: the elements declared to be its text."""
    body = tree.find(".//body")
    root = tree if body is None else body
    everything = _without_cards(root, paragraphs(root))
    container, rule = _container(root, everything, marked)
    inside = set(container.iter())
    places = [i for i, p in enumerate(everything) if p.element in inside]
    if not places:
        return Body(before=everything)
    first, last = _expanded(everything, places[0], places[-1], container)
    return Body(everything[first : last + 1], container, rule, everything[:first], everything[last + 1 :])


def _without_cards(root: HtmlElement, everything: list[Paragraph]) -> list[Paragraph]:
    """Without the articles beside the one that holds the headline: they are cards that lead to others.

    None says more than that one: cards have headlines of the first rank, too, on some sites.
    """
    articles = list(root.iter("article"))
    headed = [article for article in articles if article.find(".//h1") is not None]
    if not headed or len(articles) == len(headed):
        return everything
    leads, weights = set[HtmlElement](), dict[HtmlElement, float]()
    for paragraph in everything:
        weights[paragraph.element] = weights.get(paragraph.element, 0.0) + _weight(paragraph)
        if _leads_away(paragraph):
            leads.add(paragraph.element)
    held = max(sum(weights.get(element, 0.0) for element in article.iter()) for article in headed)
    cards = set[HtmlElement]()
    for article in articles:
        inner = set(article.iter())
        if article in headed or leads.isdisjoint(inner):
            continue
        if sum(weights.get(element, 0.0) for element in inner) < held:
            cards |= inner
    return [p for p in everything if p.element not in cards] if cards else everything


def _weight(paragraph: Paragraph) -> float:
    """How much a paragraph speaks for being prose of an article."""
    size = len(paragraph.text)
    if paragraph.is_linked or paragraph.is_heading or size < _MIN_WEIGHT or is_furniture(paragraph):
        return 0.0
    return (size - paragraph.linked) * (_LIST_WEIGHT if paragraph.tag in _CELLS else 1.0)


def _container(
    root: HtmlElement, everything: Sequence[Paragraph], declared: Sequence[HtmlElement]
) -> tuple[HtmlElement, str]:
    """The smallest element that still holds the prose, and the rule that found it."""
    mass: dict[HtmlElement, float] = {}
    for paragraph in everything:
        mass[paragraph.element] = mass.get(paragraph.element, 0.0) + _weight(paragraph)
    for element in reversed(list(root.iter())):
        held = mass.get(element)
        if held and element is not root and (parent := element.getparent()) is not None:
            mass[parent] = mass.get(parent, 0.0) + held
    current, rule = root, "prose"
    for marked in declared:
        if marked.tag in _MARKED and mass.get(marked, 0.0) >= _DECLARED * mass.get(root, 0.0):
            current, rule = marked, "articleBody"
            break
    while True:
        held = mass.get(current, 0.0)
        best = max(
            (child for child in current if mass.get(child)), key=lambda child: mass[child], default=None
        )
        if best is None or mass[best] < _HOLDS * held or best.tag in _LEAVES:
            return current, rule
        current = best


def _expanded(
    everything: Sequence[Paragraph], first: int, last: int, container: HtmlElement
) -> tuple[int, int]:
    """The range of paragraphs with the prose just before and after the container.

    Systems that put each part of a text into a box of its own bury the container deep: then prose counts up
    to the headline. One paragraph there is a lead or a caption, which other rules look for. A paragraph
    or two below the element that holds text and headline are the site's.
    """
    home = _home(container)
    near = set() if home is None else set(home.iter())
    above = _shared(container, [p.element for p in everything[:first] if p.tag == "h1"])
    article = _article(container)
    holder = above if article is None else article
    first = _reached(everything, first, -1, near)
    reach = _reached(everything, last, 1, near)
    if holder is not None and sum(map(is_prose, everything[last + 1 : reach + 1])) <= _PARTS:
        reach = _reached(everything, last, 1, near.intersection(holder.iter()))
    last = reach
    if above is not None and above not in near:
        start = _reached(everything, first, -1, set(above.iter()))
        if sum(map(is_prose, everything[start:first])) >= _PARTS:
            first = start
    return first, last


def _reached(everything: Sequence[Paragraph], place: int, step: int, near: Collection[HtmlElement]) -> int:
    """How far the text goes from a place in one direction, among these elements."""
    index, gap = place + step, 0
    while 0 <= index < len(everything) and gap <= _GAP:
        paragraph = everything[index]
        if paragraph.tag == "h1" or paragraph.element not in near or (step > 0 and _leads_away(paragraph)):
            break
        gap += 1
        is_text = paragraph.tag not in _CELLS and (_weight(paragraph) >= _ADDED or is_prose(paragraph))
        if is_text or (step < 0 and _sums_up(paragraph)):
            place, gap = index, 0
        index += step
    return place


def _leads_away(paragraph: Paragraph) -> bool:
    """Whether a heading is the link of a card: below the text other articles begin with it."""
    if not (paragraph.is_heading and paragraph.is_linked):
        return False
    links = [*paragraph.element.iter("a"), *paragraph.element.iterancestors("a")]
    return any((link.get("href") or "#")[:1] != "#" for link in links)


def _sums_up(paragraph: Paragraph) -> bool:
    """Whether an item of a list above the text is a sentence: what there is to remember of it."""
    return paragraph.tag == "li" and not paragraph.linked and sums_up(paragraph.text)


def _home(container: HtmlElement) -> HtmlElement | None:
    """The element whose prose beside the container may be of its text: up to three levels above it."""
    home = container.getparent()
    for _ in range(2):
        if home is not None and home.tag not in ("body", "html") and home.getparent() is not None:
            home = home.getparent()
    return home


def _article(container: HtmlElement) -> HtmlElement | None:
    """The <article> or <main> around the container that holds the headline."""
    for node in (container, *container.iterancestors()):
        if node.tag in ("article", "main") and node.find(".//h1") is not None:
            return node
    return None


def _shared(container: HtmlElement, headlines: Sequence[HtmlElement]) -> HtmlElement | None:
    """The innermost element that holds the container and the headline above it."""
    if not headlines:
        return None
    around = {headlines[-1], *headlines[-1].iterancestors()}
    return next((e for e in container.iterancestors() if e in around), None)
