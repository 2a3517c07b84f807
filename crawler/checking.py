"""Whether a site is still read as it used to be: a few pages of today against what is usual. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import comb
from typing import Any

from storage.article_json import article_json
from storage.records import Article

_CHANCE = 0.01  # of so few filled fields by accident, at most
# Worth a person's time; what no page of some sites has (tags, authors) is judged by the site's own past.
JUDGED = ("title", "body", "published", "authors", "attributions", "tags", "related", "section")


@dataclass(frozen=True, slots=True)
class Usual:
    """How many of the pages seen before had a field."""

    filled: int
    pages: int

    def __add__(self, other: Usual) -> Usual:
        return Usual(self.filled + other.filled, self.pages + other.pages)

    def __str__(self) -> str:
        return f"{self.filled / self.pages:.0%}" if self.pages else ""


def usual_of_saved(expected: Iterable[Mapping[str, Any]]) -> dict[str, Usual]:
    """What the saved pages of a site had, from their expected JSON."""
    pages = list(expected)
    return {name: Usual(sum(bool(page.get(name)) for page in pages), len(pages)) for name in JUDGED}


def lost_fields(articles: Sequence[Article], usual: Mapping[str, Usual]) -> list[str]:
    """A sentence on each field that fewer of these pages have than chance explains.

    Three empty pages are enough for a field that nine of ten pages had, and not for one that half had.
    """
    lost: list[str] = []
    for name, before in usual.items():
        filled = sum(1 for article in articles if getattr(article, name))
        # One page with and one without are added: three of three say "often", not "always".
        rate = (before.filled + 1) / (before.pages + 2)
        if before.pages and filled < len(articles) * rate and _chance(filled, len(articles), rate) < _CHANCE:
            now = f"{filled} of {len(articles)} pages"
            lost.append(f"{name} is on {now}, usually on {before}: check the rules of {name}")
    return lost


def _chance(hits: int, pages: int, rate: float) -> float:
    return sum(comb(pages, k) * rate**k * (1 - rate) ** (pages - k) for k in range(hits + 1))


def differences(article: Article, expected: Mapping[str, Any]) -> list[str]:
    """The fields of a saved page that are read otherwise than its JSON expects, in the JSON's order."""
    found = article_json(article)
    return [name for name, value in expected.items() if name in found and found[name] != value]
