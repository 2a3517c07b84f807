"""What a site's selectors find. Each comes before what is read without them, and none has to match."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree
from lxml.html import HtmlElement

from pipelines.article_credits import beside_date
from pipelines.blocks_select import Finder
from pipelines.blocks_tree import HEADING_TAGS, cut, flat
from pipelines.related import as_links, flag_cut_titles, read_entries
from pipelines.rules import SiteRules
from pipelines.text import clean
from pipelines.urls import canonical_url
from storage.records import Block, RelatedLink, Tag


@dataclass(slots=True)
class Declared:
    """Values found by selectors; `tree` is what remains to be read without them."""

    tree: HtmlElement
    title: tuple[str, str] | None = None  # text and selector
    lead: tuple[str, str] | None = None
    section: tuple[str, str] | None = None
    dates: list[str] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    attributions: list[str] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    related: list[RelatedLink] = field(default_factory=list)
    elements: list[HtmlElement] = field(default_factory=list)  # so that lxml makes its objects of them once

    @property
    def credits(self) -> list[str]:
        """The attributions; of a line that is the date's as well, what stands beside the date."""
        return [part for t in self.attributions for part in (beside_date(t) if t in self.dates else [t])]


def read_declared(tree: HtmlElement, rules: SiteRules, url: str) -> Declared:
    """Read by the selectors of a declaration, and cut what they found out of the tree."""
    page = Finder(tree)
    found = Declared(tree, elements=page.elements)
    found.title = page.text(rules.title)
    found.lead = page.text(rules.lead)
    found.section = page.text(rules.section)
    found.dates = _texts(page, rules.date)
    found.authors = _texts(page, rules.authors)
    found.attributions = _texts(page, rules.attribution)
    found.tags = _tags(page, rules, url)
    for block in page.first(rules.related):
        entries = flag_cut_titles(read_entries(block, url, rules.teaser_bytes), rules.title_bytes)
        place: Block = "aside" if _is_aside(block) else "end"
        found.related += as_links(entries, place, _heading(block), len(found.related) + 1)
    taken = [*rules.prune, *rules.related, *rules.tags, *rules.date, *rules.attribution, *rules.lead]
    for element in page.every(taken):
        if next(element.iter("h1"), None) is None:
            cut(element)
    page.forget()
    found.tree = _focused(page, rules)
    return found


def _is_aside(block: HtmlElement) -> bool:
    return block.tag == "aside" or next(block.iterancestors("aside"), None) is not None


def _heading(block: HtmlElement) -> str | None:
    """What a block is headed by: its first heading that is no link, or the heading just before it."""
    inside = (h for h in block.iter(*HEADING_TAGS) if next(h.iter("a"), None) is None)
    before = block.getprevious()
    headings = (*inside, before) if before is not None and before.tag in HEADING_TAGS else inside
    return next((text for heading in headings if (text := flat(heading))), None)


def _texts(page: Finder, selectors: tuple[str, ...]) -> list[str]:
    """Texts of the first selector that yields any; a <time> gives its datetime."""
    nodes = page.first(selectors)
    if nodes:
        texts = [node.get("datetime") or node.get("content") or flat(node) for node in nodes]
        return [text for text in map(clean, texts) if text]
    single = page.text(selectors)
    return [single[0]] if single else []


def _tags(page: Finder, rules: SiteRules, url: str) -> list[Tag]:
    links = [a for node in page.first(rules.tags) for a in (node.iter("a") if node.tag != "a" else (node,))]
    return [
        Tag(name, canonical_url(a.get("href") or "", url)) for a in links if (name := flat(a).lstrip("#"))
    ]


def _focused(page: Finder, rules: SiteRules) -> HtmlElement:
    """A page of only the declared body, or else container, and the headline; else the whole tree."""
    nodes = page.first(rules.body) or page.first(rules.container)
    if not nodes:
        return page.tree
    root = page.tree.makeelement("html")
    body = etree.SubElement(root, "body")
    inside = {element for node in nodes for element in node.iter()}
    for headline in list(page.tree.iter("h1"))[:1]:
        if headline not in inside:
            body.append(headline)
    for node in nodes:
        node.tail = None
        body.append(node)
    return root
