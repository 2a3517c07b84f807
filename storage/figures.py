"""What one run read, in numbers: fields filled, rules that filled them, length of the texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

FIELDS = ("title", "body", "published", "authors", "attributions", "tags", "related", "section")


@dataclass(frozen=True, slots=True)
class Figures:
    """Readings that were stored as new or changed; sums of runs are Figures too.

    `lengths` counts bodies by the bits of their length: 9 is 256 to 511 characters. `fresh` counts new
    articles that were published at most a week before they were fetched, or bear no date: what a site brought
    out, as against what we came to late.
    """

    pages: int = 0
    fresh: int = 0
    filled: Mapping[str, int] = field(default_factory=dict)
    rules: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # field -> rule -> pages
    lengths: Mapping[int, int] = field(default_factory=dict)
    median: int | None = None  # characters of a body; of one run only
    not_article: int = 0  # pages fetched that held no article
    extractor: str | None = None  # version of the reading rules; of one run only

    def as_dict(self) -> dict[str, Any]:
        """For the counts of a run; what is zero is left out."""
        values: dict[str, Any] = {
            "pages": self.pages,
            "fresh": self.fresh,
            "not_article": self.not_article,
            "filled": dict(self.filled),
            "rules": {name: dict(rules) for name, rules in self.rules.items()},
            "lengths": {str(bits): number for bits, number in sorted(self.lengths.items())},
            "median": self.median,
            "extractor": self.extractor,
        }
        return {name: value for name, value in values.items() if value}


def from_dict(values: Mapping[str, Any]) -> Figures:
    """What `as_dict` wrote."""
    lengths = {int(bits): number for bits, number in values.get("lengths", {}).items()}
    return Figures(**{**values, "lengths": lengths})


def total(parts: Iterable[Figures]) -> Figures:
    """The sum of several runs."""
    pages = fresh = not_article = 0
    filled: Counter[str] = Counter()
    lengths: Counter[int] = Counter()
    rules: dict[str, Counter[str]] = {}
    for part in parts:
        pages += part.pages
        fresh += part.fresh
        not_article += part.not_article
        filled.update(part.filled)
        lengths.update(part.lengths)
        for name, counts in part.rules.items():
            rules.setdefault(name, Counter()).update(counts)
    return Figures(pages, fresh, filled, rules, lengths, None, not_article)
