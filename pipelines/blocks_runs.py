"""Headings and what they head: the container a heading opens, or the elements that follow it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from lxml.html import HtmlElement

from pipelines.blocks_comments import asks_to_comment, is_bare_label, told_buttons, told_comments
from pipelines.blocks_cutter import MAX_LISTED, MAX_PROSE, MAX_SIBLINGS, Cutter
from pipelines.blocks_headings import MAX_HEADING, Kind, heading_kind, is_strong
from pipelines.blocks_labels import is_label
from pipelines.blocks_markup import name_kinds
from pipelines.blocks_places import heading_root, heads_related, opens
from pipelines.blocks_prose import has_links, heads_text, is_prompt, lists_sections
from pipelines.blocks_tree import BLOCK_TAGS, HEADING_TAGS, flat, is_small, text_of
from pipelines.text import SENTENCE_END, clean

MAX_BLOCKS: Final = 300  # headed blocks on one page
_MOST: Final = 0.5  # share of a page's prose that is its text
_TEASER: Final = 60  # characters: a title is shorter, and a teaser that is not cut
_FEW: Final = 150  # characters of prose without links that a list of links may hold
_LISTED: Final = frozenset(("related", "most_read", "sponsored"))
_SHORT: Final = frozenset(("newsletter", "share", "tags", "paywall"))  # three elements at most
_TOLD: Final = frozenset(("comments", "share", "newsletter", "tags"))  # their words head texts, too
_PROMPTS: Final = frozenset(("newsletter", "share", "paywall", "author"))
_ASIDE: Final = frozenset(("newsletter", "most_read"))  # first in a box, they head no related block in it
_TELLERS: Final = {"comments": told_comments, "share": told_buttons}
_NO_HEADING: Final = frozenset(("body", "html", "table", "tr", "ul", "ol"))
_BOLD: Final = frozenset(("strong", "b"))
_INLINE: Final = frozenset(("b", "strong", "em", "i", "u", "span"))
_MARKS: Final = " \u00a0:.,–—-"  # between a heading and what stands behind it on its line
_CARDS: Final = frozenset(("div", "li", "article", "ul", "ol", "section"))


def cut_by_heading(cutter: Cutter) -> None:
    """Cut every block that a heading announces, in page order."""
    count = 0
    for element, is_tail, text in _short_texts(cutter):
        kind = heading_kind(text)
        if kind is None and is_label(text):
            kind = "related"
        if kind is None or element in cutter.gone or _goes_on(element):
            continue
        if kind == "tags" and lists_sections(cutter, element, text):
            kind = "most_read"  # a list that leads elsewhere
        count += 1
        if count > MAX_BLOCKS or cutter.room < 0:
            return
        if is_tail:
            _cut_after_text(cutter, element, kind, text)
        else:
            _cut_headed(cutter, element, kind, text)


def _short_texts(cutter: Cutter) -> Iterator[tuple[HtmlElement, bool, str]]:
    """Every text that may be a heading, and whether it stands behind its element rather than in it."""
    gone = cutter.gone
    for element, tag in zip(cutter.elements.all, cutter.elements.tags, strict=True):
        if element in gone or tag in _NO_HEADING or (tag == "a" and not _is_headline_link(element)):
            continue
        text = (element.text or "").strip()
        if text or tag in HEADING_TAGS:
            text = _own_text(element, text)
            if 3 <= len(text) <= MAX_HEADING:
                yield element, False, clean(text)
        tail = element.tail
        is_apart = tail and not tail.isspace() and (tag == "br" or tag in BLOCK_TAGS)
        if is_apart and 3 <= len(tail.strip()) <= MAX_HEADING:
            yield element, True, clean(tail)


def _goes_on(element: HtmlElement) -> bool:
    """Whether a line goes on: "<b>Répondre</b> aux critiques", "<b>Réactions.</b> Le maire part." """
    said = (element.tail or "").lstrip(_MARKS) if element.tag in _INLINE else ""
    return said[:1].islower() or (SENTENCE_END.search(said) is not None and not is_prompt(said))


def _is_headline_link(element: HtmlElement) -> bool:
    """Whether a link may be a heading: it stands in one, or leads nowhere and ends with a colon."""
    parent = element.getparent()
    if parent is not None and parent.tag in HEADING_TAGS:
        return True
    return element.get("href") == "#" and (element.text or "").rstrip().endswith(":")


def _own_text(element: HtmlElement, text: str) -> str:
    """The text of a small element, or what a larger one says before its first child, which is `text`."""
    if 0 < len(element) <= 6 and element.tag != "div":
        return text_of(element) if is_small(element) else ""
    return text


def _cut_headed(cutter: Cutter, element: HtmlElement, kind: Kind, text: str) -> None:
    root = heading_root(cutter, element)
    parent = root.getparent()
    if root in cutter.protected or parent is None or (kind in _TOLD and heads_text(cutter, root, text)):
        return
    share = MAX_LISTED if kind in _LISTED else MAX_PROSE
    whole = opens(cutter, root) and cutter.may_cut(parent, share) and not _is_the_text(cutter, parent, kind)
    if whole and _is_all(cutter, root, kind, text):
        cutter.cut(root, "heading")
        cutter.take(parent, kind, f"heading:{kind}", text)
        return
    nodes = _headed(cutter, root, kind, text)
    if nodes and _may_cut_all(cutter, nodes):
        block = _wrapped(cutter, root, nodes)
        cutter.cut(root, "heading")
        cutter.take(block, kind, f"heading:{kind}", text)
    elif not nodes and kind in _TELLERS and is_bare_label(root, text):
        cutter.cut(root, "heading")
    elif not nodes and (kind == "sponsored" or (kind == "related" and is_strong(text))):
        cutter.cut(root, "heading")  # "- Publicité -", or "À lire aussi", above a paragraph of the text


def _headed(cutter: Cutter, root: HtmlElement, kind: Kind, text: str) -> list[HtmlElement]:
    """The siblings after a heading that belong to its block."""
    nodes = list(_run(cutter, root, kind, text))
    told = _TELLERS.get(kind)
    return nodes if told is None else told(cutter, root, nodes, text)


def _is_the_text(cutter: Cutter, parent: HtmlElement, kind: Kind) -> bool:
    """Whether a heading stands on top of running text: advertising there heads nothing, a prompt a little."""
    held = cutter.prose.get(parent, 0)
    if kind == "comments" and held == cutter.prose.get(cutter.tree, 0):
        return held > 0
    most = _FEW if kind in _LISTED else max(_FEW, _MOST * cutter.prose.get(cutter.tree, 0))
    return held > most and not _is_linked(cutter, parent, cutter.read(parent))


def _cut_after_text(cutter: Cutter, element: HtmlElement, kind: Kind, text: str) -> None:
    """A heading that is bare text between line breaks or blocks."""
    nodes = _headed(cutter, element, kind, text)
    if kind in _TELLERS and not nodes:
        return
    element.tail = None
    if nodes and _may_cut_all(cutter, nodes):
        cutter.take(_wrapped(cutter, element, nodes), kind, f"heading:{kind}", text)


def _may_cut_all(cutter: Cutter, nodes: list[HtmlElement]) -> bool:
    """Whether a run is no more than a block may hold: each paragraph of an article alone is little."""
    held = sum(cutter.prose.get(node, 0) for node in nodes)
    if held and held == cutter.prose.get(cutter.tree, 0) and not any(map(has_links, nodes)):
        return False  # a heading that heads all the page says, and nothing that leads elsewhere
    return held <= MAX_LISTED * cutter.prose.get(cutter.tree, 0) + 200


def _wrapped(cutter: Cutter, before: HtmlElement, nodes: list[HtmlElement]) -> HtmlElement:
    """The nodes of a block in one new element; text behind the last of them stays where it was."""
    block = before.makeelement("div")
    before.addnext(block)
    for node in nodes:
        block.append(node)
    last = nodes[-1]
    teasers = any(node.tag == "br" and (node.tail or "").strip() for node in nodes[:-1])
    is_teaser = teasers and last.tag == "br" and block.getnext() is None
    if last.tail and last.tail.strip() and not is_teaser:
        block.tail, last.tail = last.tail, None
    cutter.prose[block] = sum(cutter.prose.get(node, 0) for node in nodes)
    return block


def _is_all(cutter: Cutter, root: HtmlElement, kind: Kind, text: str) -> bool:
    """Whether all that stands beside the heading belongs to the block."""
    rest = [node for node in root.itersiblings() if cutter.read(node) or has_links(node)]
    if not rest:
        return kind not in ("related", "tags")
    if kind != "tags" and any(map(_lists_tags, rest)):
        return False
    if kind in _ASIDE and any(map(heads_related, rest)):
        return False
    if kind == "most_read":
        return any(map(has_links, rest))  # "En bref" heads a box of the text as well
    if (told := _TELLERS.get(kind)) is not None:
        return len(told(cutter, root, rest, text)) == len(rest)
    if kind != "related":
        return True
    return sum(bool(cutter.read(node)) or has_links(node) for node in _run(cutter, root, kind, text)) == len(
        rest
    )


def _lists_tags(node: HtmlElement) -> bool:
    return "tags" in name_kinds(node.get("class") or "")


def _run(cutter: Cutter, root: HtmlElement, kind: Kind, text: str) -> Iterator[HtmlElement]:
    """The siblings after a heading that belong to its block."""
    beside = islice(root.itersiblings(), MAX_SIBLINGS)
    texts = _bare_texts(cutter, list(beside)) if kind == "related" and is_strong(text) else frozenset()
    empty: list[HtmlElement] = []
    count = 0
    for node in islice(root.itersiblings(), MAX_SIBLINGS):
        content = cutter.read(node)
        if cutter.room < 0 or node.tag == "hr" or node in cutter.protected:
            return
        if not content and next(node.iter("a", "img"), None) is None:
            empty.append(node)
            continue
        if kind != "tags" and _lists_tags(node):
            return
        if kind in _ASIDE and heads_related(node):
            return
        if _starts_another(cutter, node, content, root, kind) or not _belongs(
            cutter, node, content, kind, content in texts, count
        ):
            return
        yield from empty
        empty.clear()
        count += 1
        yield node
        if kind in _SHORT and count >= 3:
            return


def _bare_texts(cutter: Cutter, nodes: list[HtmlElement]) -> frozenset[str]:
    """The texts of entries that lost their links: where teasers are cut all that follows, else titles."""
    if any(map(has_links, nodes)):
        return frozenset()
    texts = frozenset(map(cutter.read, nodes))
    if any(text.endswith(("...", "…")) for text in texts):
        return texts
    held = sum(cutter.prose.get(node, 0) for node in nodes)
    if held > _MOST * cutter.prose.get(cutter.tree, 0):
        return frozenset()
    # a label whose links a script would have filled in: the text goes on
    return frozenset(text for text in texts if len(text) < _TEASER or SENTENCE_END.search(text) is None)


def _starts_another(cutter: Cutter, node: HtmlElement, content: str, root: HtmlElement, kind: Kind) -> bool:
    """Whether an element is, or begins with, the heading of another block, or of a part of the text."""
    if heading_kind(content) is not None:
        return kind != "comments" or not asks_to_comment(content)
    first = _first_heading(node)
    if first is not None and is_small(first) and heading_kind(flat(first)) is not None:
        return True
    is_part = node.tag in HEADING_TAGS and root.tag in HEADING_TAGS and node.tag <= root.tag
    return is_part and not _is_linked(cutter, node, content)


def _first_heading(node: HtmlElement) -> HtmlElement | None:
    """The heading, or the paragraph in bold, that holds the first words of an element."""
    first = next((e for e in node.iter() if e.text and e.text.strip()), None)
    if first is None:
        return None
    for element in (first, *first.iterancestors()):
        if element.tag in HEADING_TAGS or (element.tag == "p" and first.tag in _BOLD):
            return element
        if element is node:
            break
    return None


def _is_linked(cutter: Cutter, node: HtmlElement, content: str) -> bool:
    """Whether links are a good part of what an element says."""
    texts = [len(cutter.read(link)) for link in node.iter("a")]
    share = 0.2 if len(texts) > 2 else 0.3
    return sum(texts) >= share * len(content) or node.get("onclick") is not None


def _belongs(cutter: Cutter, node: HtmlElement, content: str, kind: Kind, is_bare: bool, count: int) -> bool:
    """Whether an element after a heading is part of its block; `count` elements were."""
    linked = _is_linked(cutter, node, content)
    if not cutter.may_cut(node, MAX_LISTED if kind in _LISTED and (linked or is_bare) else MAX_PROSE):
        return False
    if kind == "comments" or linked:
        return True
    links = sum(1 for _ in node.iter("a"))
    if links and len(content) <= 400 * links:
        return kind == "related" and (node.tag in _CARDS or count > 0)
    if kind in _PROMPTS:
        if len(content) < 60:  # "Non, dit-il." is said in the text
            return node.tag != "p" or count > 0 or not _is_said(content)
        return len(content) < 400 and is_prompt(content)
    return is_bare or (
        kind == "related" and count > 0 and len(content) <= 300 and _is_teaser(cutter, node, count)
    )


def _is_said(content: str) -> bool:
    return SENTENCE_END.search(content) is not None and len(content.split()) > 2 and not is_prompt(content)


def _is_teaser(cutter: Cutter, node: HtmlElement, count: int) -> bool:
    """Whether a text is the teaser of the linked title before it: another title follows, or the last of
    several has its teaser, too. Behind a single link, unless it is a heading, the article goes on.
    """
    title = next((p for p in node.itersiblings(preceding=True) if cutter.read(p)), None)
    if title is None or title.tag in ("ul", "ol", "dl", "table") or next(title.iter("a"), None) is None:
        return False  # behind a whole list the text goes on
    following = next((n for n in node.itersiblings() if cutter.read(n)), None)
    if title.tag in HEADING_TAGS and (following is None or following.tag in HEADING_TAGS):
        return True
    return count > 2 or (following is not None and _is_linked(cutter, following, cutter.read(following)))
