"""Cut out of the tree what is not the article, and keep what is data.

Order: what can never be text, sponsored and most read, headings and what they head, inline "Lire aussi",
then what class names announce. Nothing that holds the article is ever cut: an element with the page's headline or
with most of its prose stays, whatever it is called. Afterwards the tree is ready for `pipelines.body`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from lxml import etree, html
from lxml.html import HtmlElement

from pipelines.blocks_headings import MAX_HEADING, Kind, heading_kind, is_strong
from pipelines.blocks_markup import name_kinds
from pipelines.blocks_tree import BLOCK_TAGS, DROPPED_TAGS, HEADING_TAGS, cut, flat, text_of
from pipelines.related import Entry, as_links, flag_cut_titles, read_entries
from pipelines.rules import SiteRules
from pipelines.text import clean, fold
from pipelines.urls import canonical_url
from storage.records import Block, RelatedLink, Tag

MAX_PROSE: Final = 0.3  # share of a page's prose that a block may hold and still be cut
_SHARES: Final = {"navigation": 0.1, "hidden": 0.1, "author": 0.1, "paywall": 0.1, "margin": 0.2}
_LISTS: Final = frozenset(("ul", "ol", "table", "tbody", "section", "article", "main", "body"))
_LISTED: Final = frozenset(("related", "most_read", "sponsored"))
_PHRASING: Final = frozenset("a span em strong b i u small mark font q cite abbr sup sub".split())
_WEAK: Final = frozenset(
    ("margin", "navigation", "hidden", "author", "paywall", "tags", "caption", "embed", "share")
)
MAX_LISTED: Final = (
    0.8  # the same for what stands under a related heading: long teasers under a short article
)
_PROSE_MIN: Final = 60  # characters of running text that make a paragraph
_INLINE = re.compile(
    r"(?:(?:a|et|pour|notre article)? ?(?:lire|relire|voir|revoir|decouvrir|ecouter|regarder|consulter) "
    r"(?:aussi|egalement|ailleurs|encore|plus|sur le meme sujet|notre .{3,30}|nos .{3,30}|l (?:article|interview|entretien|analyse|enquete|edito)\b.{0,30}|"
    r"sur .{3,30})|a (?:lire|voir|ecouter|decouvrir|relire)|lire|sur le meme (?:sujet|theme)|pour aller plus loin|pour en savoir plus|en savoir plus|"
    r"read (?:also|more|next)|see also|also read|also see|related|more on this|lesen sie auch|mehr zum thema|lees ook|leggi anche|lee tambien|leia tambem)"
)
_INLINE_PREFIX = re.compile(rf"{_INLINE.pattern}(?: |$)")
_INLINE_TAGS: Final = frozenset("p div li q blockquote span strong h2 h3 h4 h5 em b a".split())
_TAGS_PREFIX = re.compile(
    r"(?:(?:les )?(?:sujets?|themes?|thematiques?|articles?) (?:associee?s?|lies?|abordes?)|(?:les )?(?:tags?|mots cles?|etiquettes?|keywords|"
    r"schlagworte|schlagworter|themen|topics|filed under|tagged|tagged with|posted in|classe dans|publie dans|poste dans|categories?|rubriques?)) "
)
# what a label may begin with: a cheap look before a text is folded
_LABELS = re.compile(
    r"(?:[aàâ]\s|et\s|pour\s|notre article )?(?:lire|relire|voir|revoir|d[ée]couvrir|[ée]couter|regarder|consulter|en savoir|aller plus)\b|"
    r"sur le m[êe]me|read |see also|also |related\b|more on|lesen sie|mehr |lees |leggi |lee |leia |"
    r"(?:les )?(?:sujets?|th[èe]mes?|th[ée]matiques?|articles?|tags?|mots?|[ée]tiquettes?|rubriques?|cat[ée]gor\w*)\b|"
    r"keywords|schlag|themen|topics|filed|tagged|posted|class[ée]|publi[ée]|post[ée] ",
    re.I,
)
_PROMPT = re.compile(
    r"abonn|newsletter|e-?mail|inscri|compte|connect|offre|€|subscri|account|sign[ -]?(?:up|in)|register|log ?in|unlock|follow|suivez|"
    r"partage|share|registrier|anmelden|abo\b|mois|month",
    re.I,
)
_MARKS = " \t\n\r\u00a0\u202f>»▶►→•*-–—|[]:.,«“\"'()👉➡🔴▪■\ufe0f\u2192"


@dataclass(slots=True)
class Blocks:
    """What was cut, as data. `rules` counts the rules that fired; `lines` are texts that only said "this is ..."."""

    related: list[RelatedLink] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    excluded: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    bylines: list[str] = field(default_factory=list)  # short author lines that stood above the text
    elements: list[HtmlElement] = field(
        default_factory=list
    )  # the page before anything was cut, in page order
    gone: set[HtmlElement] = field(default_factory=set)
    foreign: set[HtmlElement] = field(
        default_factory=set
    )  # of these, what belongs to other articles or to the site
    paywall: bool = False
    comments: bool = False
    videos: int = 0


def cut_blocks(tree: HtmlElement, url: str, rules: SiteRules, title: str | None = None) -> Blocks:
    """Cut every block out of `tree` (in place) and return what they held. `title` tells the headline from a logo."""
    cutter = _Cutter(tree, url, rules, title)
    cutter.run()
    cutter.blocks.elements, cutter.blocks.gone = cutter.elements, cutter.gone
    return cutter.blocks


class _Cutter:
    """One page being cut. Methods stand in the order they run."""

    def __init__(self, tree: HtmlElement, url: str, rules: SiteRules, title: str | None) -> None:
        self.tree, self.url, self.rules, self.title = tree, url, rules, title
        self.blocks = Blocks()
        self.prose: dict[HtmlElement, int] = {}
        self.gone: set[HtmlElement] = set()
        self.protected: set[HtmlElement] = set()
        self.elements: list[HtmlElement] = []
        self.named: list[tuple[HtmlElement, frozenset[str]]] | None = None

    def run(self) -> None:
        self._drop_silent()
        self._measure()
        self._by_name(frozenset(("sponsored",)), order="first")
        self._by_name(frozenset(("most_read", "comments", "newsletter")), order="first")
        self._inline()
        self._by_heading()
        self._by_name(frozenset(("related", "tags")), order="last")
        self._by_name(
            frozenset(("share", "author", "paywall", "navigation", "margin", "embed", "caption", "hidden")),
            order="last",
        )
        self._by_tag()

    def _drop_silent(self) -> None:
        tree, blocks = self.tree, self.blocks
        blocks.videos = sum(1 for _ in tree.iter("video")) + sum(
            1
            for frame in tree.iter("iframe")
            if "video" in (frame.get("src") or "") or "embed" in (frame.get("src") or "")
        )
        etree.strip_elements(tree, "script", "style", "select", with_tail=False)
        for form in list(tree.iter("form")):
            fields = [e for e in form.iter("input", "textarea") if e.get("type") not in ("hidden", "submit")]
            if fields and _is_prompt(form):
                self.blocks.rules["tag:form"] += 1
                cut(form)
        etree.strip_elements(tree, *DROPPED_TAGS, with_tail=False)
        for frame in list(tree.iter("nav", "footer", "header")):
            if _is_site_frame(frame):
                blocks.rules[f"tag:{frame.tag}"] += 1
                cut(frame)

    def _measure(self) -> None:
        """Prose characters below every element, and what must stay: the headline's ancestors."""
        self.elements = elements = list(
            self.tree.iter()
        )  # keeps lxml's proxies: making them anew costs more than the rules
        prose = self.prose
        for element in reversed(elements):
            own = prose.get(element, 0)
            if element.tag != "a":
                length = len(element.text.strip()) if element.text else 0
                for child in element:
                    if child.tail:
                        length += len(child.tail)
                if length >= _PROSE_MIN:
                    own += length
                    prose[element] = own
            if own:
                parent = element.getparent()
                if parent is not None:
                    prose[parent] = prose.get(parent, 0) + own
        headlines = list(self.tree.iter("h1"))
        wanted = fold(self.title or "")
        named = [h for h in headlines if wanted and fold(text_of(h)) == wanted]
        for headline in (named or headlines)[:1]:
            self.protected.update((headline, *headline.iterancestors()))
        self.protected.update(self.tree.iter("html", "body"))
        for marked in self.tree.iter("article", "div", "section", "main"):
            if marked.get("itemprop") == "articleBody" or marked.tag == "main":
                self.protected.add(marked)
                self.protected.update(marked.iterancestors())

    def _cuttable(self, element: HtmlElement, share: float = MAX_PROSE) -> bool:
        if element in self.gone or element in self.protected:
            return False
        total = self.prose.get(self.tree, 0)
        return self.prose.get(element, 0) <= share * total + 200

    def _cut(self, element: HtmlElement, rule: str) -> None:
        inner = set(element.iter())
        self.gone |= inner
        if not rule.endswith(("caption", "figcaption", "hidden")):
            self.blocks.foreign |= inner
        lost = self.prose.get(element, 0)
        if lost:
            for ancestor in element.iterancestors():
                self.prose[ancestor] = max(0, self.prose.get(ancestor, 0) - lost)
        self.blocks.rules[rule] += 1
        cut(element)

    # by class name

    def _by_name(self, kinds: frozenset[str], order: str) -> None:
        """Cut what names announce. A kind that would cost the page its prose only cuts what holds none."""
        found: dict[str, list[HtmlElement]] = {}
        within: set[HtmlElement] = set()
        if self.named is None:
            code = {e for outer in self.tree.iter("pre", "code") for e in outer.iter()}
            self.named = [(e, n) for e in self.elements if e.attrib and e not in code and (n := _names(e))]
        for element, names in self.named:
            matched = names & kinds
            if not matched or element in within or element in self.gone:
                continue
            if element.tag in ("body", "html", "h1", "article", "main"):
                continue
            kind = min(matched)
            if element.tag in _PHRASING and kind != "sponsored" and _in_text(element):
                continue
            if self._cuttable(element, _SHARES.get(kind, MAX_PROSE)):
                found.setdefault(kind, []).append(element)
                within.update(element.iter())
        for kind, elements in found.items():
            lost = sum(self.prose.get(e, 0) for e in elements)
            costly = kind in _WEAK and lost > max(
                _SHARES.get(kind, MAX_PROSE) * self.prose.get(self.tree, 0), 400
            )
            for element in elements:
                if element not in self.gone and not (costly and self.prose.get(element, 0)):
                    self._take(element, kind, f"name:{kind}")

    def _take(self, element: HtmlElement, kind: str, rule: str, heading: str | None = None) -> None:
        """Cut a block, keeping what its kind has to say."""
        if kind == "related" and not self._is_note(element):
            self._keep_related(element, heading)
        elif kind == "tags":
            self._keep_tags(element)
        elif kind == "paywall" and heading is not None:
            self.blocks.paywall = True
        elif kind == "comments":
            self.blocks.comments = True
        elif kind == "author" and 2 < len(byline := flat(element)) <= 160:
            self.blocks.bylines.append(byline)
        elif kind == "sponsored":  # what is most read may be related all the same, advertising never is
            for link in element.iter("a"):
                if address := canonical_url(link.get("href") or "", self.url):
                    self.blocks.excluded[address] += 1
        self._cut(element, rule)

    @staticmethod
    def _is_note(element: HtmlElement) -> bool:
        return next(element.iter("a"), None) is None and not element.get("onclick") and len(flat(element)) < 3

    def _keep_related(self, element: HtmlElement, heading: str | None) -> None:
        if heading is None:
            heading = next(
                (flat(h) for h in element.iter(*HEADING_TAGS) if h.find(".//a") is None and flat(h)), None
            )
        self._add_related(
            read_entries(element, self.url, self.rules.teaser_bytes), self._place(element), heading
        )

    def _add_related(self, entries: list[Entry], block: Block, heading: str | None) -> None:
        known = {link.url for link in self.blocks.related if link.url}
        fresh = [
            e for e in entries if not e.url or (e.url not in known and e.url not in self.blocks.excluded)
        ]
        fresh = flag_cut_titles(fresh, self.rules.title_bytes)
        self.blocks.related += as_links(fresh, block, heading, len(self.blocks.related) + 1)

    def _place(self, element: HtmlElement) -> Block:
        """Where a block stands: in an aside, between paragraphs of the text, or after it."""
        for node in (element, *element.iterancestors()):
            if node.tag == "aside":
                return "aside"
        before = any(self.prose.get(node, 0) for node in element.itersiblings(preceding=True))
        after = any(self.prose.get(node, 0) for node in element.itersiblings())
        return "inline" if before and after else "end"

    def _keep_tags(self, element: HtmlElement) -> None:
        known = {fold(tag.name) for tag in self.blocks.tags}
        for link in element.iter("a"):
            name = clean(flat(link).lstrip("#"))
            if 1 < len(name) <= 60 and fold(name) not in known and not heading_kind(name):
                known.add(fold(name))
                self.blocks.tags.append(Tag(name, canonical_url(link.get("href") or "", self.url)))

    # by heading

    def _by_heading(self) -> None:
        for element, where, text in list(_short_texts(self.elements, self.gone)):
            if element in self.gone:
                continue
            kind = heading_kind(text)
            if kind is None:
                continue
            if where == "tail":
                self._after_text(element, kind, text)
            else:
                self._after_heading(element, kind, text)

    def _after_heading(self, element: HtmlElement, kind: Kind, text: str) -> None:
        """Cut what a heading heads: the container it opens, or what follows it."""
        root = _heading_root(element, text)
        if root in self.protected:
            return
        parent = root.getparent()
        if parent is None:
            return
        if (
            self._opens(root, parent)
            and self._cuttable(parent, MAX_LISTED if kind in _LISTED else MAX_PROSE)
            and self._is_block(parent, root, kind, text)
        ):
            self._cut(root, "heading")
            self._take(parent, kind, f"heading:{kind}", text)
            return
        taken = list(self._run(root, kind, text))
        if taken:
            self._take(self._wrapped(root, taken), kind, f"heading:{kind}", text)

    def _after_text(self, element: HtmlElement, kind: Kind, text: str) -> None:
        """As `_after_heading` for a heading that is bare text between line breaks."""
        taken = list(self._run(element, kind, text))
        element.tail = None
        if taken:
            self._take(self._wrapped(element, taken, keep=True), kind, f"heading:{kind}", text)

    def _wrapped(self, root: HtmlElement, taken: list[HtmlElement], keep: bool = False) -> HtmlElement:
        """The nodes of a block in one new element at the place of the first; the heading goes unless `keep`."""
        wrapper = html.Element("div")
        root.addnext(wrapper)
        if not keep and root.tail:
            wrapper.text = None
        for node in taken:
            wrapper.append(node)
        last = taken[-1]
        if last.tail and last.tail.strip():
            wrapper.tail, last.tail = last.tail, None
        self.prose[wrapper] = sum(self.prose.get(node, 0) for node in taken)
        if not keep:
            self._cut(root, "heading")
        return wrapper

    @staticmethod
    def _opens(root: HtmlElement, parent: HtmlElement) -> bool:
        """Whether a heading is the first thing its parent says."""
        if parent.text and parent.text.strip():
            return False
        for sibling in root.itersiblings(preceding=True):
            if (sibling.tail and sibling.tail.strip()) or flat(sibling):
                return False
        return True

    def _is_block(self, parent: HtmlElement, root: HtmlElement, kind: Kind, text: str) -> bool:
        """Whether all that stands beside the heading belongs to the block."""
        rest = [node for node in root.itersiblings() if flat(node) or node.find(".//a") is not None]
        if not rest:
            return kind not in ("related", "tags")
        if kind != "related":
            return True
        return len(list(self._run(root, kind, text))) == len(rest)

    def _run(self, root: HtmlElement, kind: Kind, text: str) -> Iterator[HtmlElement]:
        """The siblings after a heading that belong to its block."""
        strong = kind == "related" and is_strong(text)
        level = root.tag if root.tag in HEADING_TAGS else None
        has_links = any(node.tag == "a" or node.find(".//a") is not None for node in root.itersiblings())
        pending: list[HtmlElement] = []
        entries = 0
        for node in root.itersiblings():
            if node.tag == "hr":
                return
            content = text_of(node)
            if not content and next(node.iter("a", "img"), None) is None:
                pending.append(node)
                continue
            if node in self.protected or not self._belongs(
                node, content, kind, level, strong and not has_links, entries
            ):
                return
            yield from pending
            pending.clear()
            entries += 1
            yield node
            if kind in ("newsletter", "share", "tags", "paywall") and entries >= 3:
                return

    def _belongs(
        self, node: HtmlElement, content: str, kind: Kind, level: str | None, bare: bool, entries: int
    ) -> bool:
        if heading_kind(content) is not None and content:
            return False
        if _opens_another(node):
            return False
        links = sum(len(text_of(a)) for a in node.iter("a"))
        linked = (
            links >= 0.3 * len(content) or links >= 0.2 * len(content) and sum(1 for _ in node.iter("a")) > 2
        )
        linked = linked or node.get("onclick") is not None
        if node.tag in HEADING_TAGS and level is not None and node.tag <= level and not linked:
            return False
        if not self._cuttable(node, MAX_LISTED if kind in _LISTED and (linked or bare) else MAX_PROSE):
            return False
        if kind in ("comments",):
            return True
        if (
            linked
            or next(node.iter("a"), None) is not None
            and len(content) <= 400 * max(1, sum(1 for _ in node.iter("a")))
        ):
            return (
                linked
                or kind == "related"
                and (node.tag in ("div", "li", "article", "ul", "ol", "section") or entries > 0)
            )
        if kind in ("newsletter", "share", "paywall", "author"):
            return len(content) < 400 and bool(_PROMPT.search(content)) or len(content) < 60
        if bare:
            return True
        # a teaser under a linked title
        return kind == "related" and entries > 0 and len(content) <= 300 and _entry_before(node)

    # inline

    def _inline(self) -> None:
        """Cut "Lire aussi : <a>" lines out of the text: a label, links, and hardly anything else."""
        for opening in self.elements:
            words = opening.text
            if not words or opening in self.gone or not _LABELS.match(words.lstrip(_MARKS)[:24]):
                continue
            node: HtmlElement | None = opening
            for _ in range(4):
                if node is None or node in self.protected or node.tag in _LISTS:
                    break
                if node.tag in _INLINE_TAGS and (node.tag == "a" or node.find(".//a") is not None):
                    if self._take_inline(node):
                        break
                node = node.getparent()

    def _take_inline(self, element: HtmlElement) -> bool:
        text = text_of(element)
        if len(text) > 400:
            return False
        if _TAGS_PREFIX.match(fold(text[:60])) and self._is_tag_line(element, text):
            self._take(element, "tags", "inline:tags")
            return True
        if self._is_inline(element, text) and (entries := read_entries(element, self.url)):
            self._add_related(entries, "inline", None)
            self._cut(_outermost(element, text), "inline")
            return True
        return False

    def _is_tag_line(self, element: HtmlElement, text: str) -> bool:
        """ "Sujets associés : A - B": a label and short links."""
        names = [text_of(a) for a in element.iter("a")]
        return all(len(n) <= 60 for n in names) and len(text) - sum(map(len, names)) <= 20 + 4 * len(names)

    def _is_inline(self, element: HtmlElement, text: str) -> bool:
        if element.tag == "div" and element.find(".//h3") is not None or element.find(".//h4") is not None:
            return False
        if element.tag in ("span", "strong", "em", "b", "a") and not _alone(element):
            return False
        folded = fold(text.lstrip(_MARKS)[:120])
        return (
            bool(_INLINE_PREFIX.match(folded)) and _label_then_link(element, text) and self._cuttable(element)
        )

    # by tag

    def _by_tag(self) -> None:
        for element in list(self.tree.iter("nav", "footer", "aside", "figcaption", "form", "header")):
            if element in self.gone:
                continue
            if element.tag in ("footer", "header") and any(
                a.tag in ("article", "main") for a in element.iterancestors()
            ):
                continue
            share = {"nav": 0.3, "figcaption": 0.3, "aside": 0.2, "header": 0.0}.get(element.tag, 0.15)
            if self._cuttable(element, share) and not (
                element.tag == "header" and self.prose.get(element, 0)
            ):
                self._cut(element, f"tag:{element.tag}")


def _opens_another(node: HtmlElement) -> bool:
    """Whether a container begins with the heading of a block of its own."""
    for element in node.iter():
        if element.text and element.text.strip():
            return element.tag in HEADING_TAGS and heading_kind(flat(element)) is not None
    return False


def _in_text(element: HtmlElement) -> bool:
    """Whether an inline element stands in a sentence: a linked word with the class "tag" is no list of tags."""
    parent = element.getparent()
    if parent is None:
        return False
    around = len((parent.text or "").strip()) + sum(len((c.tail or "").strip()) for c in parent)
    return around >= 25


def _is_site_frame(element: HtmlElement) -> bool:
    """Whether a menu, a footer or a header is the site's: outside the article, without headline, all links.

    Trails of a few links stay: they name the section.
    """
    if next(element.iter("h1", "article", "main"), None) is not None:
        return False
    if any(above.tag in ("article", "main") for above in element.iterancestors()):
        return False
    links = sum(1 for _ in element.iter("a"))
    return links > 8 and sum(map(len, element.itertext())) < 400 * links


def _is_prompt(form: HtmlElement) -> bool:
    """Whether a form only asks something: systems of the 2000s wrap the whole page in one."""
    if next(form.iter("h1", "article", "main", "form"), None) not in (None, form):
        return False
    return sum(1 for _ in form.iter("p", "h2")) <= 25 and sum(len(t) for t in form.itertext()) <= 4000


_UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_HIDDEN: Final = frozenset(("hidden",))


def _names(element: HtmlElement) -> frozenset[str]:
    style = element.get("style")
    if (
        (style and _UNSEEN.search(style))
        or element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
    ):
        return _HIDDEN
    classes, name = element.get("class"), element.get("id")
    if classes is None:
        return name_kinds(name) if name else frozenset()
    return name_kinds(classes) | name_kinds(name) if name else name_kinds(classes)


def _short_texts(
    elements: Iterable[HtmlElement], gone: set[HtmlElement]
) -> Iterator[tuple[HtmlElement, str, str]]:
    """Every text that may be a heading: (element, "text" or "tail", text)."""
    for element in elements:
        tag = element.tag
        if element in gone:
            continue
        if tag in ("a", "body", "html", "table", "tr", "ul", "ol"):
            if tag == "a":
                parent = element.getparent()
                if parent is None or parent.tag not in HEADING_TAGS:
                    continue
            else:
                continue
        if tag in HEADING_TAGS or (element.text and not element.text.isspace()):
            text = element.text.strip() if element.text and len(element) == 0 else ""
            if not text and len(element) <= 6 and tag != "div":
                text = text_of(element)
            elif not text and len(element) and element.text:
                text = element.text.strip()
            if 3 <= len(text) <= MAX_HEADING:
                yield element, "text", clean(text)
        if (
            (tag == "br" or tag in BLOCK_TAGS)
            and element.tail
            and 3 <= len(element.tail.strip()) <= MAX_HEADING
        ):
            yield element, "tail", clean(element.tail)


def _heading_root(element: HtmlElement, text: str) -> HtmlElement:
    """The highest element that says nothing but the heading."""
    root = element
    while True:
        parent = root.getparent()
        if parent is None or parent.tag in ("body", "html") or (root.tail and root.tail.strip()):
            return root
        if parent.text and parent.text.strip():
            return root
        if any(
            sibling is not root
            and (
                text_of(sibling)
                or (sibling.tail and sibling.tail.strip())
                or next(sibling.iter("a"), None) is not None
            )
            for sibling in parent
        ):
            return root
        root = parent


def _entry_before(node: HtmlElement) -> bool:
    """Whether the element before a text is a linked title."""
    previous = node.getprevious()
    while previous is not None and not text_of(previous):
        previous = previous.getprevious()
    return previous is not None and next(previous.iter("a"), None) is not None


def _alone(element: HtmlElement) -> bool:
    """Whether an inline element is all its parent says."""
    parent = element.getparent()
    if parent is None or (element.tail and element.tail.strip()) or (parent.text and parent.text.strip()):
        return False
    return all(c is element or not text_of(c) and not (c.tail and c.tail.strip()) for c in parent)


def _label_then_link(element: HtmlElement, text: str) -> bool:
    """Whether a paragraph is a label and links, with hardly any text of its own."""
    linked = sum(len(text_of(a)) for a in element.iter("a"))
    unlinked = len(text) - linked
    if linked >= 12 and unlinked <= 45:
        return True
    named = name_kinds(element.get("class") or "")
    return bool(named & {"related"}) and linked > 0


def _outermost(element: HtmlElement, text: str) -> HtmlElement:
    node = element
    while True:
        parent = node.getparent()
        if parent is None or parent.tag in ("body", "article", "main") or text_of(parent) != text:
            return node
        node = parent


def unique(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))
