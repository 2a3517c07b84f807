"""Whether what stands under "Réactions", "12 commentaires" or "Partager" is comments and buttons, or text.

These words head the parts of articles, too, and stand beside the byline. Comments are told by what they look
like or by where they stand; what looks like the paragraphs above is the text, and nothing of that may go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice, takewhile
from typing import Final

from lxml.html import HtmlElement

from pipelines.blocks_cutter import MAX_PROSE, MAX_SIBLINGS, SLACK, Cutter
from pipelines.blocks_headings import heading_kind
from pipelines.blocks_lines import BYLINE
from pipelines.blocks_markup import name_kinds
from pipelines.blocks_prose import is_prompt
from pipelines.blocks_tree import HEADING_TAGS, flat, is_small
from pipelines.blocks_words import compiled, read_lists
from pipelines.dates_fold import fold_line
from pipelines.dates_lines import read_line
from pipelines.text import SENTENCE_END, fold
from pipelines.urls import is_author_page

_FIRST: Final = 3  # elements behind a heading that show whether they are comments
_INNER: Final = 60  # elements of one of them that are looked at
_LINE: Final = range(4, 81)  # characters of a line that says who wrote a comment, and when
_BARE: Final = 60  # characters of running text that no element holds
_BEFORE: Final = 0.4  # share of a page's prose that stands above its comments
_BEFORE_ENTRIES: Final = 0.2  # the same above a list of boxes, each with its name
_PROMPT: Final = 400  # characters
_SAID: Final = 3  # words of a heading that ends like a sentence and is none: "Aucun commentaire."
_ANSWER: Final = re.compile(
    r"repondre(?: a .{1,40})?|reply|signaler(?: (?:un abus|ce commentaire))?|antworten"
)
# who says what in an article: "Jean Modele, maire : « ... »"
_QUOTED: Final = re.compile(r"[A-ZÀ-Þ][\w'’.-]*(?:\s[\w'’.-]+){1,4},\s[^:«»]{3,60}\s?:\s?«")
_ADDRESSED: Final = re.compile(r"\b(?:vous|votre|soyez)\b")
_QUOTES: Final = frozenset(("blockquote", "q", "figure", "img", "video", "table"))
_ENTRIES: Final = frozenset(("div", "li", "article", "section"))
_LISTS: Final = read_lists("furniture.txt")
_BUTTON: Final = compiled([*_LISTS["networks"], *_LISTS["buttons"]]).pattern
_BUTTONS: Final = re.compile(rf"(?:{_BUTTON})(?: (?:{_BUTTON}))*")
_COUNT: Final = re.compile(r"\d+ (?:commentaires?|reactions?|comments?|kommentare?|comentarios?)")
_SIGNED: Final = re.compile(r"auth?or(?!i)|auteur|byline|signature", re.I)  # classes of a byline
_LINES: Final = frozenset(("div", "p", "ul"))
_MAX_BUTTONS: Final = 120  # characters

Dress = tuple[str, str]


def told_comments(
    cutter: Cutter, root: HtmlElement, nodes: Sequence[HtmlElement], text: str
) -> list[HtmlElement]:
    """Those of the elements behind a heading of comments that are comments: all of them, or none.

    Above the text such words count the comments, and head at most buttons.
    """
    said = [node for node in nodes if cutter.read(node)]
    if any(_is_comment(node) for node in said[:_FIRST]):
        return list(nodes)
    are_entries = _are_entries(said)
    if not _stands_below(cutter, root, _BEFORE_ENTRIES if are_entries else _BEFORE):
        return told_buttons(cutter, root, nodes, text)
    is_costly = _cost(cutter, nodes) > MAX_PROSE * cutter.prose.get(cutter.tree, 0) + SLACK
    if is_costly and not are_entries:
        return []
    if any(_is_dated(node) for node in said[:_FIRST]) or _heads_box(cutter, root):
        return list(nodes)
    if is_costly and any(node.tag == "p" for node in _above(cutter, root)):
        return []  # boxes beside the paragraphs of the text: "Jean Modele, maire" and what he says
    if _is_sentence(text) or _goes_on(cutter, root, nodes) or any(_is_quoted(cutter, node) for node in said):
        return []
    return [] if said and said[0].tag in _QUOTES and not _asks(cutter, said[0]) else list(nodes)


def told_buttons(
    cutter: Cutter, root: HtmlElement, nodes: Sequence[HtmlElement], _: str
) -> list[HtmlElement]:
    """Those of the elements behind "Partager" that are links, buttons or names of networks.

    Below the text they may also ask for something; never are they a byline, a date, prose or a picture.
    """
    below = _stands_below(cutter, root)
    return list(takewhile(lambda node: _is_button(cutter, node, below), nodes))


def is_bare_label(root: HtmlElement, text: str) -> bool:
    """Whether an element is a line that is nothing but a button or a count: "Partager", "12 commentaires"."""
    if root.tag not in _LINES or not is_small(root) or flat(root) != text:
        return False
    folded = fold(text)
    return _BUTTONS.fullmatch(folded) is not None or _COUNT.fullmatch(folded) is not None


def asks_to_comment(text: str) -> bool:
    """Whether a line that could head comments only asks for them: "Soyez le premier à commenter"."""
    return heading_kind(text) == "comments" and _ADDRESSED.search(fold(text)) is not None


def _is_button(cutter: Cutter, node: HtmlElement, below: bool) -> bool:
    content = cutter.read(node)
    if next(node.iter("figure", "time", "h1"), None) is not None or BYLINE.match(content):
        return False
    if any(image.getparent() is not None and not _is_linked(image) for image in node.iter("img")):
        return False
    links = list(islice(node.iter("a"), MAX_SIBLINGS))
    if _SIGNED.search(node.get("class") or "") or any(is_author_page(a.get("href") or "") for a in links):
        return False
    if not content or heading_kind(content) in ("share", "comments"):
        return not SENTENCE_END.search(content)
    unseen = any(inner.get("hidden") is not None for inner in islice(node.iter(), _INNER))
    if (below or unseen) and (node.tag not in HEADING_TAGS) and len(content) < _PROMPT and is_prompt(content):
        return True
    if cutter.prose.get(node, 0) or read_line(fold_line(content[:_PROMPT])).claims:
        return False
    linked = sum(len(flat(link)) for link in links)
    is_list = len(content) <= _MAX_BUTTONS and _BUTTONS.fullmatch(fold(content)) is not None
    if links and not is_list and next(node.iter(*HEADING_TAGS), None) is not None:
        return False  # a card
    return is_list or linked >= 0.8 * len(content) or (below and linked >= 0.3 * len(content))


def _is_linked(element: HtmlElement) -> bool:
    return any(node.tag == "a" for node in element.iterancestors())


def _is_comment(node: HtmlElement) -> bool:
    """Whether an element is called a comment, or offers to answer."""
    for inner in islice(node.iter(), _INNER):
        if "comments" in name_kinds(inner.get("class") or "") or "comments" in name_kinds(
            inner.get("id") or ""
        ):
            return True
        text = (inner.text or "").strip()
        if not text or len(text) > _BARE or inner.tag in HEADING_TAGS or (inner.tail or "").strip():
            continue  # "<b>Répondre</b> aux critiques" is said in the text
        if _ANSWER.fullmatch(fold(text)):
            return True
    return False


def _heads_box(cutter: Cutter, root: HtmlElement) -> bool:
    """Whether a box named after comments stood right below a heading: a script fills it."""
    below = cutter.elements.place(root) + sum(1 for _ in root.iter())
    if below >= len(cutter.elements.all):
        return False
    box = cutter.elements.all[below]
    names = name_kinds(box.get("class") or "") | name_kinds(box.get("id") or "")
    return "comments" in names


def _is_dated(node: HtmlElement) -> bool:
    """Whether a line of an element says who wrote and when."""
    return any(
        _is_date(text)
        for inner in islice(node.iter(), _INNER)
        if (text := flat(inner) if is_small(inner) else "")
    )


def _is_date(text: str) -> bool:
    return (
        len(text) in _LINE
        and any(sign.isdigit() for sign in text)
        and SENTENCE_END.search(text) is None
        and bool(read_line(fold_line(text)).claims)
    )


def _is_sentence(text: str) -> bool:
    """Whether a line tells something or announces a quotation: "Réaction du maire :"."""
    return text.rstrip("»” ").endswith((".", ":", "…")) and len(text.split()) >= _SAID


def _is_quoted(cutter: Cutter, node: HtmlElement) -> bool:
    """Whether an element, with the text behind it, begins with a person, an office and a quotation."""
    return _QUOTED.match(f"{cutter.read(node)} {(node.tail or '').strip()}") is not None


def _are_entries(said: Sequence[HtmlElement]) -> bool:
    """Whether elements are boxes of one kind that each begin with a short line: who says what follows."""
    if len(said) < 2 or len({_dress(node) for node in said}) > 1 or said[0].tag not in _ENTRIES:
        return False
    firsts = (
        next((text for inner in node.iter() if (text := (inner.text or "").strip())), "") for node in said
    )
    return all(0 < len(first) < _BARE and SENTENCE_END.search(first) is None for first in firsts)


def _stands_below(cutter: Cutter, root: HtmlElement, share: float = _BEFORE) -> bool:
    """Whether a good part of the page's prose stands above an element."""
    total = cutter.prose.get(cutter.tree, 0)
    above = sum(
        cutter.prose.get(sibling, 0)
        for node in (root, *root.iterancestors())
        for sibling in islice(node.itersiblings(preceding=True), MAX_SIBLINGS)
    )
    return above + sum(map(len, _bare(root))) >= share * total


def _bare(root: HtmlElement) -> Iterator[str]:
    """Running text above an element that stands in its parent, in no element of its own."""
    parent = root.getparent()
    if parent is not None and len(text := (parent.text or "").strip()) >= _BARE:
        yield text
    for sibling in islice(root.itersiblings(preceding=True), MAX_SIBLINGS):
        if len(text := (sibling.tail or "").strip()) >= _BARE:
            yield text


def _cost(cutter: Cutter, nodes: Sequence[HtmlElement]) -> int:
    tails = (len((node.tail or "").strip()) for node in nodes)
    return sum(cutter.prose.get(node, 0) for node in nodes) + sum(size for size in tails if size >= _BARE)


def _goes_on(cutter: Cutter, root: HtmlElement, nodes: Sequence[HtmlElement]) -> bool:
    """Whether the text goes on: in the dress of the paragraphs above, under the heading or further down."""
    above = {_dress(node) for node in _above(cutter, root)}
    if next(_bare(root), None) is not None and any((node.tail or "").strip() for node in nodes):
        return True
    if any(_dress(node) in above and not _asks(cutter, node) for node in nodes if cutter.read(node)):
        return True
    parent = root.getparent()
    if parent is None or parent.tag in ("body", "html"):
        return False
    boxes = {_box(node) for node in _above(cutter, parent)}
    following = islice(parent.itersiblings(), MAX_SIBLINGS)
    return any(cutter.prose.get(node, 0) and _box(node) in boxes for node in following)


def _above(cutter: Cutter, root: HtmlElement) -> Iterator[HtmlElement]:
    """The elements of prose above one, beside it; where it opens its box, those in boxes like that."""
    before = islice(root.itersiblings(preceding=True), MAX_SIBLINGS)
    found = [node for node in before if cutter.prose.get(node, 0)]
    yield from found
    parent = root.getparent()
    if found or parent is None or parent.tag in ("body", "html"):
        return
    for box in islice(parent.itersiblings(preceding=True), MAX_SIBLINGS):
        if _box(box) == _box(parent):
            yield from (node for node in islice(box, MAX_SIBLINGS) if cutter.prose.get(node, 0))


def _dress(node: HtmlElement) -> Dress:
    return node.tag, node.get("class") or ""


def _box(node: HtmlElement) -> tuple[Dress, str]:
    return _dress(node), node.get("id") or ""


def _asks(cutter: Cutter, node: HtmlElement) -> bool:
    """Whether a paragraph speaks of commenting, or of an account for it."""
    content = cutter.read(node)
    return "comment" in fold(content[:_PROMPT]) or (len(content) < _PROMPT and is_prompt(content))
