"""Invented articles of six sites with planted copies: what benchmarks/copies.py and its test measure.

Sentences mix Zipf words with stock phrases that many articles share; one article in eight ends with the
boilerplate of an agency, one in twelve is a brief. An original has at most two copies, on other sites.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate

from benchmarks.invented import Press
from pipelines.duplicates import shingles, text_digest
from storage.keys import url_key
from storage.records import Article, Date, Reading

SITES = 6
KINDS = ("changed", "cut", "teaser", "extended", "quoted")
START = datetime(2026, 1, 1, 6, tzinfo=UTC)


@dataclass
class Planted:
    """`readings`: (site, reading) in the order archived; `pairs`: kind -> (number of original, of copy)."""

    readings: list[tuple[int, Reading]] = field(default_factory=list)
    pairs: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    family: dict[int, int] = field(default_factory=dict)  # number -> number of the original


class Text:
    """Words, sentences and the five kinds of copies."""

    def __init__(self, seed: int) -> None:
        self._press = Press(seed=seed)
        self.chance = random.Random(seed)
        self._stock = [self._words(self.chance.randint(5, 9)) for _ in range(2_000)]
        self._weights = list(accumulate(1 / (rank + 5) for rank in range(len(self._stock))))
        self._boilerplate = [self._words(40) for _ in range(5)]

    def _words(self, count: int) -> list[str]:
        return self._press._text(self.chance, count).split()

    def body(self, count: int) -> list[str]:
        words: list[str] = []
        while len(words) < count:
            if self.chance.random() < 0.12:
                words += self.chance.choices(self._stock, cum_weights=self._weights)[0]
            else:
                words += self._words(self.chance.randint(6, 16))
        return words

    def boilerplate(self) -> list[str]:
        return self.chance.choice(self._boilerplate)

    def copy(self, kind: str, words: list[str]) -> list[str]:
        """A copy of a text: 5 % of its words changed, cut to 70 %, its 40-word teaser, 120 words added, or
        35 words of it quoted in a text of its own."""
        if kind == "changed":
            return [self._words(1)[0] if self.chance.random() < 0.05 else word for word in words]
        if kind == "cut":
            return words[: int(len(words) * 0.7)]
        if kind == "teaser":
            start = self.chance.choice((0, 0, self.chance.randrange(max(1, len(words) - 40))))
            return words[start : start + 40]
        if kind == "extended":
            half = self.chance.randrange(len(words))
            return self._words(60) + words[:half] + self._words(60) + words[half:]
        start = self.chance.randrange(max(1, len(words) - 35))
        own = self.body(300)
        return own[:150] + words[start : start + 35] + own[150:]


def plant(count: int, seed: int = 7) -> Planted:
    """About `count` articles; three in ten are copies."""
    text, made = Text(seed), Planted()
    chance = text.chance
    originals: list[tuple[int, int, list[str]]] = []
    for number in range(count):
        kind = chance.choice(KINDS) if originals and chance.random() < 0.3 else None
        if kind is None:
            words = text.body(chance.randint(60, 90) if number % 12 == 0 else chance.randint(250, 600))
            site = chance.randrange(SITES)
            if len(words) >= 150:
                originals += [(number, site, words)] * chance.choice((1, 1, 2))
            made.family[number] = number
        else:
            origin, first_site, source = originals.pop(chance.randrange(len(originals)))
            site = (first_site + chance.randint(1, SITES - 1)) % SITES
            words = text.copy(kind, source)
            made.pairs[kind].append((origin, number))
            made.family[number] = origin
        if chance.random() < 0.125 and kind not in ("teaser", "quoted"):
            words = words + text.boilerplate()
        made.readings.append((site, _reading(number, words)))
    return made


def _reading(number: int, words: list[str]) -> Reading:
    lines = [" ".join(words[start : start + 60]) + "." for start in range(0, len(words), 60)]
    body = "\n".join(lines)
    url = f"https://presse.example/{number}"
    moment = START + timedelta(minutes=number)
    article = Article(
        url=url,
        page_type="article",
        title=" ".join(words[:3]) + f" {number}",
        body=body,
        published=Date(
            date(moment.year, moment.month, moment.day),
            "minute",
            moment.replace(tzinfo=None),
            "UTC",
            False,
            moment,
        ),
    )
    digest = hashlib.sha256(body.encode()).hexdigest()
    return Reading(
        article, url_key(url), digest, text_digest(article), "1", moment, shingles=tuple(shingles(body))
    )


def batches(made: Planted, size: int = 50) -> Iterator[list[tuple[int, Reading]]]:
    for start in range(0, len(made.readings), size):
        yield made.readings[start : start + size]
