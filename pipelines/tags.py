"""The tags of an article: those a reader sees before those the page declares."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from lxml.html import HtmlElement

from pipelines.blocks import Blocks
from pipelines.blocks_beside import FOOT
from pipelines.blocks_cutter import MANY_TAGS
from pipelines.blocks_tree import flat, is_small, text_of
from pipelines.structured import Structured
from pipelines.text import fold
from pipelines.urls import canonical_url, is_tag_page
from storage.records import Tag

_LONGEST: Final = 60  # characters of a tag that is a link
_LONGEST_DECLARED: Final = 80
_OWN: Final = "meta:article:tag"  # of the article, as keywords often are not
_TWICE: Final = 2  # above and below the text; what stands there more often labels cards
_TOGETHER: Final = 2  # links that make a list
_BETWEEN: Final = 4  # characters between two of them
# systems mark sections with rel="tag" as well: only these addresses are those of tags
_TAG_ADDRESS: Final = re.compile(
    r"/(?:(?:tag|mots?-?cle|etiquette|label|topic|sujet|theme|keyword|hashtag|tema|schlagwort)[a-z-]*|mots?)"
    r"(?:/|\.php|$)"
)


def choose_tags(
    selected: Sequence[Tag], blocks: Blocks, structured: Structured, url: str
) -> tuple[tuple[Tag, ...], str | None]:
    """The tags, and the rule that found them. What a page declares gets the addresses its links have."""
    if selected:
        return tuple(selected), "selector"
    usable = [claim for claim in structured.tags if len(claim.value) <= _LONGEST_DECLARED]
    named = {key: claim for claim in reversed(usable) if (key := fold(claim.value))}
    shown = {fold(tag.name): tag for tag in blocks.tags}
    is_label = len(shown) == 1 and shown.keys() < named.keys() and any(c.rule == _OWN for c in usable)
    if shown and not is_label:
        return tuple(blocks.tags), "block"
    linked = shown if is_label else _linked(blocks, url)
    if not named and not linked and blocks.filed:
        return tuple(blocks.filed), "block:filed"
    if not named:
        return tuple(linked.values()), "rel:tag" if linked else None
    claims = list(reversed(named.items()))
    tags = (Tag(claim.value, linked[key].url if key in linked else None) for key, claim in claims)
    return tuple(tags), claims[0][1].rule


def _linked(blocks: Blocks, url: str) -> dict[str, Tag]:
    """Links with rel="tag" (the microformat of that name) in no list that a heading or a name announces, or
    the one list below the headline that is nothing but links to tags.
    """
    elements = blocks.elements
    places = [place for place, rel in elements.rels.items() if rel.split() == ["tag"]]
    links = [link for p in places if (link := elements.all[p]).tag == "a" and link not in blocks.foreign]
    links = links if places else _listed(blocks)
    found: dict[str, Tag] = {}
    targets = [canonical_url(link.get("href") or "", url) for link in links]
    for link, target in zip(links, targets, strict=True):
        name = flat(link).lstrip("#").strip()
        if 1 < len(name) <= _LONGEST and target and _TAG_ADDRESS.search(target):
            found.setdefault(fold(name), Tag(name, target))
    often = max(Counter(targets).values(), default=0)
    return {} if len(links) > MANY_TAGS or often > _TWICE else found


def _listed(blocks: Blocks) -> list[HtmlElement]:
    """The links of the one list of tags below the headline; where there are several, they are of cards."""
    elements = blocks.elements
    headline = max(elements.tagged("h1"), default=len(elements.all))
    lists: dict[HtmlElement, list[HtmlElement]] = {}
    for place in elements.tagged("a"):
        href = elements.all[place].get("href") or ""
        if place > headline and is_tag_page(href):
            link = elements.all[place]
            around = link.getparent()
            while around is not None and around.tag in ("li", "span"):
                around = around.getparent()
            if around is not None and (link not in blocks.foreign or FOOT.search(around.get("class") or "")):
                lists.setdefault(around, []).append(link)
    around, links = next(iter(lists.items()), (None, []))
    if around is None or len(lists) > 1 or len(links) < _TOGETHER or not is_small(around):
        return []
    named = sum(len(text_of(link)) for link in links)
    return links if len(text_of(around)) <= named + _BETWEEN * len(links) else []
