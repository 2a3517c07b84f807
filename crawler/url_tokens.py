"""What the learners of URL forms share: the form itself, and what makes a number an id. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipelines.urls import canonical_url

MOST = 0.95  # of the examples must agree; feeds hold a stray link now and then
EXTENSION = re.compile(r"\.(?:x|s)?html?$|\.(?:php|aspx?|cfm|jsp)$", re.I)
YEAR = re.compile(r"(?:19[89]|20\d)\d")
DATE = re.compile(r"(?:19|20)\d{2}([-_]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])")
WORD_NUMBER = re.compile(r"([A-Za-z][A-Za-z_]*?[-_,/]?)(\d+)")


@dataclass(frozen=True, slots=True)
class Form:
    """One form of article URLs: an expression over path and query without its leading "^".

    `id_name` names what the expression's one group numbers ("actualite"); None where nothing is an id, and
    then there is no group.
    """

    expression: str
    id_name: str | None
    examples: tuple[str, ...]  # canonical URLs, in the order given

    @property
    def names_its_kind(self) -> bool:
        """Whether a word in it says what the addresses are ("/rubrique/...", "rubrique12")."""
        return self.id_name is not None or re.match(r"/[A-Za-z][\w-]*/", self.expression) is not None

    def matches(self, url: str) -> bool:
        return re.match(self.expression, address(url)) is not None


def address(url: str) -> str:
    parts = urlsplit(canonical_url(url) or url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def literal(text: str) -> str:
    return re.escape(text).replace(r"\-", "-")


def mostly(values: Sequence[str], test: Callable[[str], bool]) -> bool:
    return sum(1 for value in values if test(value)) >= MOST * len(values)


def are_ids(numbers: Sequence[str]) -> bool:
    """Another number for every article, and not years. One example alone must be a long number."""
    if mostly(numbers, lambda number: DATE.fullmatch(number) is not None):
        return False
    if len(numbers) == 1:
        return len(numbers[0]) >= 3 and YEAR.fullmatch(numbers[0]) is None
    distinct = set(numbers)
    years = sum(1 for number in distinct if YEAR.fullmatch(number))
    return len(distinct) >= MOST * len(numbers) and years < max(2, len(distinct) // 2)
