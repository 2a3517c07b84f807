"""Cut out of the tree what is not the article, and keep what is data.

Order: what markup alone tells, advertising, lists of what is most read, comments, lines such as "Lire aussi",
headings and what they head, cards without a label, then what class names announce. Nothing that holds the
article is ever cut: an element with the headline or with most of the page's prose stays, whatever it is
called. What is left is for `pipelines.body`.
"""

from __future__ import annotations

from typing import Final

from lxml.html import HtmlElement

from pipelines.blocks_beside import note_beside
from pipelines.blocks_calls import cut_calls
from pipelines.blocks_cards import cut_cards
from pipelines.blocks_cutter import Blocks, Cutter
from pipelines.blocks_frames import cut_by_tag, cut_speakers, drop_silent
from pipelines.blocks_inline import cut_embedded, cut_inline, cut_marked
from pipelines.blocks_names import cut_by_name, named_elements
from pipelines.blocks_runs import cut_by_heading
from pipelines.rules import SiteRules

__all__ = ["Blocks", "cut_blocks"]

_LAST: Final = ("share", "author", "paywall", "consent", "navigation", "margin", "embed", "caption", "hidden")


def cut_blocks(
    tree: HtmlElement, url: str, rules: SiteRules, title: str | None = None, *, is_marked: bool = True
) -> Blocks:
    """Cut every block out of `tree` (in place) and return what they held.

    `title`, the headline where it is known, tells the <h1> that must stay from a logo. Where nothing
    `is_marked` as a property (itemprop) no declared body is looked for.
    """
    cutter = Cutter(tree, url, rules, title, is_marked)
    drop_silent(cutter)
    cutter.measure()
    note_beside(cutter)
    named = named_elements(cutter)
    cut_by_name(cutter, named, ("sponsored",))
    cut_by_name(cutter, named, ("most_read", "comments", "newsletter"))
    colons = cut_inline(cutter)
    cut_by_heading(cutter)
    cut_marked(cutter, colons)
    cut_embedded(cutter)
    cut_by_name(cutter, named, ("related", "tags"))
    cut_calls(cutter)
    cut_cards(cutter)
    cut_by_name(cutter, named, _LAST)
    cut_by_tag(cutter)
    cut_speakers(cutter)
    return cutter.blocks
