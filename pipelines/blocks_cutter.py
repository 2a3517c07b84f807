"""One page being cut: what is measured of it, what may go, and where what was cut is kept."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from lxml.html import HtmlElement

from pipelines.authors_markup import author_line, is_quoted
from pipelines.blocks_elements import Elements
from pipelines.blocks_headings import heading_kind
from pipelines.blocks_tree import HEADING_TAGS, MAX_HEADINGS, cut, flat, is_small, text_of
from pipelines.blocks_words import compiled, read_lists
from pipelines.related import Entry, as_links, flag_cut_titles, read_entries
from pipelines.rules import SiteRules
from pipelines.text import SENTENCE_END, clean, fold
from pipelines.urls import canonical_url, is_surely_author_page, is_tag_page
from storage.records import Block, RelatedLink, Tag

MAX_PROSE: Final = 0.3  # share of a page's prose that a block may hold and still be cut
MAX_LISTED: Final = 0.8  # the same under a heading of links: long teasers under a short article
MAX_SIBLINGS: Final = 300  # how far to look beside an element: a page of 100,000 siblings stays linear
MAX_READ: Final = 10_000_000  # characters that are read to find what a heading heads: some are read again
_READ: Final = 50  # what reading an element costs beside its text, in characters
SLACK: Final = 200  # characters of prose that any block may hold
_RUNS_ON: Final = 300  # characters of prose below a list of links that are the text, not a note at its end
_PARAGRAPH: Final = 60  # characters of running text that make a paragraph
_LABELS: Final = ("tags", "related", "share", "comments")  # links of these words are no tags
_SHARING: Final = re.compile(
    r"/sharer|/intent/|/share[?/]|/shareArticle|^(?:mailto|javascript|whatsapp):|//wa\.me/"
)
_TAG_WORDS: Final = 4
MANY_TAGS: Final = 20  # links: more are an index of tags
_FILED: Final = re.compile(rf"(?:{compiled(read_lists('inline.txt')['filed']).pattern})(?: |$)")
_FILES: Final = re.compile(r"categor|cat-links", re.I)  # in classes
_BYLINE: Final = range(3, 161)  # characters of an author line


@dataclass(slots=True)
class Blocks:
    """What was cut, as data.

    `filed` are the sections that a line files the article under: tags where it has no others. `rules` counts
    the rules that fired; `bylines` are short author lines that were cut; `elements` are those of the page
    before anything was cut, `bodies` those marked as the article's text; `gone` those that were cut,
    `foreign` of these the ones that belong to other articles or to the site; `beside` all that stands in the
    site's menus and margins, cut or not.
    """

    related: list[RelatedLink] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    filed: list[Tag] = field(default_factory=list)
    excluded: set[str] = field(default_factory=set)  # addresses that advertising leads to
    rules: Counter[str] = field(default_factory=Counter)
    bylines: list[str] = field(default_factory=list)
    elements: Elements = field(default_factory=Elements)
    bodies: list[HtmlElement] = field(default_factory=list)
    gone: set[HtmlElement] = field(default_factory=set)
    foreign: set[HtmlElement] = field(default_factory=set)
    beside: set[HtmlElement] = field(default_factory=set)
    paywall: bool = False
    comments: bool = False
    videos: int = 0


class Cutter:
    """A tree, the prose below each of its elements, and the blocks cut out of it so far."""

    def __init__(
        self, tree: HtmlElement, url: str, rules: SiteRules, title: str | None, is_marked: bool = True
    ) -> None:
        self.tree, self.url, self.rules = tree, url, rules
        self.blocks = Blocks()
        self.prose: dict[HtmlElement, int] = {}
        self.protected: set[HtmlElement] = set()
        self.title = fold(title or "")
        self.is_marked = is_marked
        self.room = MAX_READ
        self._known: set[str] = set()  # addresses of the related

    @property
    def elements(self) -> Elements:
        return self.blocks.elements

    @property
    def gone(self) -> set[HtmlElement]:
        return self.blocks.gone

    def measure(self) -> None:
        """Characters of prose below every element, and what must stay whatever it is called."""
        self.blocks.elements = elements = Elements(self.tree, is_marked=self.is_marked)
        prose, behind = self.prose, dict[HtmlElement, int]()
        for element, tag in zip(reversed(elements.all), reversed(elements.tags), strict=True):
            total, length = prose.get(element, 0), behind.get(element, 0)
            if tag != "a":
                length += len(text.strip()) if (text := element.text) else 0
                if length >= _PARAGRAPH:
                    prose[element] = total = total + length
            tail = element.tail
            if (total or tail) and (parent := element.getparent()) is not None:
                if tail:
                    behind[parent] = behind.get(parent, 0) + len(tail)
                if total:
                    prose[parent] = prose.get(parent, 0) + total
        self._protect()

    def _protect(self) -> None:
        """The headline, declared bodies, and all that holds them."""
        headlines = self.elements.of(("h1",))[:MAX_HEADINGS]
        named = [h for h in headlines if self.title and fold(text_of(h)) == self.title]
        kept = (named or headlines)[:1]
        self.blocks.bodies = [e for e in self.elements.marked if e.get("itemprop") == "articleBody"]
        kept += [e for e in self.blocks.bodies if e.tag in ("article", "div", "section")]
        kept += self.elements.of(("main", "html", "body"))
        for element in kept:
            self.protected.update((element, *element.iterancestors()))

    def read(self, element: HtmlElement) -> str:
        """The text of an element, taken from what may be read of a page; "" where nothing is left of that."""
        if self.room < 0:
            return ""
        text = text_of(element)
        self.room -= len(text) + _READ
        return text

    def may_cut(self, element: HtmlElement, share: float = MAX_PROSE) -> bool:
        if element in self.gone or element in self.protected:
            return False
        return self.prose.get(element, 0) <= share * self.prose.get(self.tree, 0) + SLACK

    def cut(self, element: HtmlElement, rule: str) -> None:
        """Take an element out of the tree, and its prose from the elements around it."""
        inner = set(element.iter())
        self.blocks.gone |= inner
        if not rule.endswith(("caption", "figcaption", "hidden")):
            self.blocks.foreign |= inner
        lost = self.prose.get(element, 0)
        if lost:
            for ancestor in element.iterancestors():
                self.prose[ancestor] = max(0, self.prose.get(ancestor, 0) - lost)
        self.blocks.rules[rule] += 1
        cut(element)

    def take(self, element: HtmlElement, kind: str, rule: str, heading: str | None = None) -> None:
        """Cut a block, keeping what its kind has to say."""
        if kind == "related" and leads_to_tags(element):
            kind = "tags"  # "Sur le même thème" announces both
        if kind == "related":
            self._keep_related(element, heading)
        elif kind == "tags" and not self.lists_site(element):
            self._keep_tags(element, heading)
        elif kind == "paywall" and heading is not None:
            self.blocks.paywall = True
        elif kind == "comments":
            self.blocks.comments = True
        elif kind in ("author", "caption") and is_quoted(element):
            self._cut_part_of(element, rule)
        elif kind == "author" and len(byline := author_line(element)) in _BYLINE:
            self.blocks.bylines.append(byline)
        elif kind == "sponsored":  # what is most read may be related all the same, advertising never is
            addresses = (canonical_url(a.get("href") or "", self.url) for a in element.iter("a"))
            self.blocks.excluded.update(address for address in addresses if address)
        self.cut(element, rule)

    def _cut_part_of(self, speaker: HtmlElement, rule: str) -> None:
        """Cut the line below who is quoted that says what they are: "Directrice générale"."""
        following = speaker.getnext()
        if following is None or following.tag != speaker.tag or not is_small(following):
            return
        text = flat(following)
        if text and len(text) < _PARAGRAPH and SENTENCE_END.search(text) is None:
            self.cut(following, rule)

    def _keep_related(self, element: HtmlElement, heading: str | None) -> None:
        if heading is None:
            titles = (h for h in element.iter(*HEADING_TAGS) if h.find(".//a") is None)
            heading = next((text for h in titles if (text := flat(h))), None)
        # a card that is one link has its label in it
        link = next((link for link in element.iterancestors("a") if link.get("href")), None)
        entries = read_entries(element if link is None else link, self.url, self.rules.teaser_bytes)
        self.add_related(entries, self.place(element if link is None else _alone(link)), heading)

    def add_related(self, entries: list[Entry], block: Block, heading: str | None) -> None:
        """Entries that no block gave before and no advertising leads to."""
        fresh = flag_cut_titles([e for e in entries if self._is_fresh(e)], self.rules.title_bytes)
        self._known.update(e.url for e in fresh if e.url)
        self.blocks.related += as_links(fresh, block, heading, len(self.blocks.related) + 1)

    def _is_fresh(self, entry: Entry) -> bool:
        if not entry.url:
            return not heading_kind(entry.title or "")
        return entry.url not in self._known and entry.url not in self.blocks.excluded

    def place(self, element: HtmlElement) -> Block:
        """Where a block stands: in an aside, between paragraphs of the text, or after it."""
        aside = next((n for n in (element, *element.iterancestors()) if n.tag == "aside"), None)
        outer = element if aside is None else aside
        above, below = (
            sum(self.prose.get(node, 0) for node in islice(outer.itersiblings(preceding=way), MAX_SIBLINGS))
            for way in (True, False)
        )
        is_one = len({link.get("href") for link in islice(outer.iter("a"), MAX_SIBLINGS)}) < 2
        if above and below and (is_one or (aside is None and below >= min(_RUNS_ON, 0.2 * above))):
            return "inline"
        return "end" if aside is None else "aside"

    def lists_site(self, element: HtmlElement) -> bool:
        """Whether what looks like tags is the site's, for it stands beside the article: there only a few that
        are marked as the page's own (rel="tag") are its tags.
        """
        if element not in self.blocks.beside:
            return False
        rels = [(link.get("rel") or "").split() for link in islice(element.iter("a"), MANY_TAGS + 1)]
        return not 0 < len(rels) <= MANY_TAGS or any(rel != ["tag"] for rel in rels)

    def _keep_tags(self, element: HtmlElement, heading: str | None) -> None:
        known = {fold(tag.name) for tag in (*self.blocks.tags, *self.blocks.filed)}
        said = heading or (flat(element) if is_small(element) else "")
        is_filed = _FILED.match(fold(said[:60])) or _FILES.search(element.get("class") or "")
        links = list(islice(element.iter("a"), MAX_SIBLINGS))
        if 2 * sum(len(flat(link).split()) > _TAG_WORDS for link in links) > len(links):
            return  # titles of articles on one theme
        for link in links:
            if _SHARING.search(href := link.get("href") or "") or is_surely_author_page(href):
                continue
            name = clean(flat(link).lstrip("#"))
            if 1 < len(name) <= 60 and fold(name) not in known and heading_kind(name) not in _LABELS:
                known.add(fold(name))
                files = is_filed or "category" in (link.get("rel") or "").split()
                tags = self.blocks.filed if files else self.blocks.tags
                tags.append(Tag(name, canonical_url(href, self.url)))


def _alone(link: HtmlElement) -> HtmlElement:
    """A link, or the highest element that holds nothing beside it."""
    element, parent = link, link.getparent()
    while parent is not None and len(parent) == 1 and parent.tag in ("div", "p", "section", "figure"):
        element, parent = parent, parent.getparent()
    return element


def leads_to_tags(element: HtmlElement) -> bool:
    """Whether an element has links, and all of them to tags."""
    targets = [link.get("href") or "" for link in islice(element.iter("a"), MAX_SIBLINGS)]
    return bool(targets) and all(map(is_tag_page, targets))
