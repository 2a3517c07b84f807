"""Links that stand alone between the paragraphs of a text: teasers of other articles without a label."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from pipelines.body_paragraphs import Paragraph
from pipelines.related import as_links, read_entries
from pipelines.related_cards import find_links
from pipelines.rules import SiteRules
from pipelines.urls import is_surely_author_page, matches_article, same_site
from storage.records import RelatedLink

_WORDS: Final = 4  # of a title
_LONGEST: Final = 250  # characters
_MOST: Final = 20  # teasers of one text
# where no form is declared: an article's address has its title or its number in its last part
_ARTICLE: Final = re.compile(r"[^/]*(?:[^/-]+-[^/-]+-[^/-]+|\d{4,})[^/]*/?$")


def teasers_in_text(
    found: Sequence[Paragraph],
    kept: Sequence[Paragraph],
    url: str,
    rules: SiteRules,
    known: Collection[str | None],
) -> list[RelatedLink]:
    """The related links of a body's paragraphs that are none of its text and hold one link to the same site.

    `found` are all paragraphs of the body in page order, `kept` those that are its text; `known` addresses
    are left out.
    """
    text = {id(paragraph) for paragraph in kept}
    places = [i for i, paragraph in enumerate(found) if id(paragraph) in text and not paragraph.is_linked]
    if not places:
        return []
    taken = set(known)
    links: list[RelatedLink] = []
    for paragraph in found[places[0] : places[-1]]:
        if id(paragraph) in text or not paragraph.is_linked or len(links) >= _MOST:
            continue
        target = _target(paragraph, url, rules)
        if target is not None and target not in taken:
            taken.add(target)
            links += as_links(read_entries(paragraph.element, url)[:1], "inline", None, len(links) + 1)
    return links


def _target(paragraph: Paragraph, url: str, rules: SiteRules) -> str | None:
    """The address that a paragraph leads to, if it is another article's of this site."""
    if len(paragraph.text) > _LONGEST or len(paragraph.text.split()) < _WORDS:
        return None
    return article_of(paragraph.element, url, rules)


def article_of(element: HtmlElement, url: str, rules: SiteRules) -> str | None:
    """The only address that an element leads to, if it is another article's of this site."""
    targets = {target for _, target in find_links(element, url)}
    if len(targets) != 1:
        return None
    target = targets.pop()
    if not same_site(target, url) or is_surely_author_page(target):
        return None
    if rules.article_pattern is not None:
        return target if matches_article(target, rules) else None
    return target if _ARTICLE.search(urlsplit(target).path) else None
