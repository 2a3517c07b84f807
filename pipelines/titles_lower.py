"""A headline that is no <h1>: a lower heading that the page's title holds beside a name of the site."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from pipelines.attribution_text import only_date
from pipelines.text import clean, fold
from pipelines.titles import is_section

_BEHIND: Final = re.compile(r"\s*(?:[|•·»›/:–—-]|::|//|--)\s\s*\S")
_BEFORE: Final = re.compile(r"\S\s*(?:[|•·»›/:–—-]|::|//|--)\s$")
_SHORTEST: Final = 3  # words of a headline
_SHARE: Final = 0.5  # of the title: less may be a section
_DATE_WORDS: Final = 4


def lower_headline(headings: Iterable[str], title: str) -> str | None:
    """The first heading that is the title but for what a mark sets apart; None where one is all of it.

    "Le blé repart" of "Le blé repart – Gazette", of "Gazette: Le blé repart".
    """
    said = fold(title)
    for raw in headings:
        heading = _undated(clean(raw))
        if fold(heading) == said:
            return None
        is_long = len(heading) >= _SHARE * len(title) and len(fold(heading).split()) >= _SHORTEST
        if is_long and not is_section(heading):
            if title.startswith(heading) and _BEHIND.match(title[len(heading) :]):
                return heading
            if title.endswith(heading) and _BEFORE.search(title[: -len(heading)]):
                return heading
    return None


def _undated(heading: str) -> str:
    """A heading without the day that some layouts put before the headline ("14 nov. Le blé repart")."""
    words = heading.split()
    for count in range(min(_DATE_WORDS, len(words) - 1), 1, -1):
        is_begun = words[0][0].isdigit() and words[count - 1].lower() not in ("le", "du")
        if is_begun and only_date(" ".join(words[:count])):
            return " ".join(words[count:])
    return heading
