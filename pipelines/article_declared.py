"""What a site's selectors find. Each comes before what is read without them, and none has to match."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import html
from lxml.html import HtmlElement

from pipelines.blocks_select import select, select_all, select_text
from pipelines.blocks_tree import cut, flat
from pipelines.related import as_links, flag_cut_titles, read_entries
from pipelines.rules import SiteRules
from pipelines.text import clean
from pipelines.urls import canonical_url
from storage.records import RelatedLink, Tag


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


def read_declared(tree: HtmlElement, rules: SiteRules, url: str) -> Declared:
    """Read by the selectors of a declaration, and cut what they found out of the tree."""
    found = Declared(tree)
    found.title = select_text(tree, rules.title)
    found.lead = select_text(tree, rules.lead)
    found.section = select_text(tree, rules.section)
    found.dates = _texts(tree, rules.date)
    found.authors = _texts(tree, rules.authors)
    found.attributions = _texts(tree, rules.attribution)
    found.tags = _tags(tree, rules, url)
    for block in select(tree, rules.related):
        entries = flag_cut_titles(read_entries(block, url, rules.teaser_bytes), rules.title_bytes)
        found.related += as_links(entries, "end", None, len(found.related) + 1)
    taken = [*rules.prune, *rules.related, *rules.tags, *rules.date, *rules.attribution, *rules.lead]
    for element in select_all(tree, taken):
        if next(element.iter("h1"), None) is None:
            cut(element)
    found.tree = _focused(tree, rules)
    return found


def _texts(tree: HtmlElement, selectors: tuple[str, ...]) -> list[str]:
    """Texts of the first selector that yields any; a <time> gives its datetime."""
    nodes = select(tree, selectors)
    if nodes:
        texts = [node.get("datetime") or node.get("content") or flat(node) for node in nodes]
        return [text for text in map(clean, texts) if text]
    single = select_text(tree, selectors)
    return [single[0]] if single else []


def _tags(tree: HtmlElement, rules: SiteRules, url: str) -> list[Tag]:
    links = [a for node in select(tree, rules.tags) for a in (node.iter("a") if node.tag != "a" else (node,))]
    return [
        Tag(name, canonical_url(a.get("href") or "", url)) for a in links if (name := flat(a).lstrip("#"))
    ]


def _focused(tree: HtmlElement, rules: SiteRules) -> HtmlElement:
    """A page of only the declared body, or else container, and the headline; else the whole tree."""
    nodes = select(tree, rules.body) or select(tree, rules.container)
    if not nodes:
        return tree
    page = html.Element("html")
    body = html.Element("body")
    page.append(body)
    inside = {element for node in nodes for element in node.iter()}
    for headline in list(tree.iter("h1"))[:1]:
        if headline not in inside:
            body.append(headline)
    for node in nodes:
        node.tail = None
        body.append(node)
    return page
