"""What stands beside an article: the site's menus, its margins and their widgets, and the foot of the page.

A list of sections or tags there is the site's. Below the text the same list, with the same heading, is the
article's: "Libellés : ponts, voirie".
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from pipelines.blocks_cutter import Cutter
from pipelines.blocks_elements import Names
from pipelines.blocks_markup import name_kinds

_TAGS: Final = ("nav", "aside", "footer")
# of widgets those that list what the site has, and their column: one below the text may be the article's
_MENU: Final = re.compile(
    r"(?:^|[\s_-])(?:(?:main|sub|mega)?menu|nav(?:bar|igation)?"
    r"|widgets?[\s_-](?:area|categor(?:y|ies)|tag[_-]?cloud|label))(?:$|[\s_-])",
    re.I,
)
# the foot of a text, not of the page
FOOT: Final = re.compile(
    r"(?:^|\s)(?:card|post|entry|article|story)-(?:footer|foot|bottom|meta|utility)(?:$|\s)"
)
_MAX_PROSE: Final = 0.2  # share of a page's prose: what holds more is the text, though it is called a widget


def note_beside(cutter: Cutter) -> None:
    """Note all elements beside the article, while what holds them is there."""
    elements, beside = cutter.elements, cutter.blocks.beside
    own = _own_article(cutter)
    found = {place for tag in _TAGS for place in elements.tagged(tag)}
    found |= {p for names, places in elements.places.items() if _is_called_beside(names) for p in places}
    for place in sorted(found):  # the outermost first: none is looked through twice
        element = elements.all[place]
        if element in beside or place in own or FOOT.search(element.get("class") or ""):
            continue
        if cutter.may_cut(element, _MAX_PROSE):
            beside.update(element.iter())


@lru_cache(maxsize=16384)
def _is_called_beside(names: Names) -> bool:
    for name in names:
        if not name or not (kinds := name_kinds(name)):
            continue  # nearly all
        if "margin" in kinds or ("navigation" in kinds and any(map(_MENU.search, filter(None, names)))):
            return True
    return False


def _own_article(cutter: Cutter) -> range:
    """The places in the page's own <article>: the first with the headline or a good part of the prose."""
    elements = cutter.elements
    for place in elements.tagged("article"):
        article = elements.all[place]
        if not cutter.may_cut(article):
            return range(place, place + len(list(article.iter())))
    return range(0)
