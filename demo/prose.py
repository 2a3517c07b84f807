"""Writes invented French: sentences, paragraphs and titles from patterns and a section's words.

A `Writer` is deterministic: the same random source and topic give the same text on every machine.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import cache

from demo import phrases, words
from demo.topics import Topic

NBSP, THIN = "\u00a0", "\u202f"
_SLOT = re.compile(r"\{(\w+)\}")
_VOWEL = "aàâeéèêiîïoôuœAÂEÉÈÊIÎOÔUŒ"
_CONTRACTIONS = (
    (re.compile(r"\b([Dd])e le "), r"\1u "),
    (re.compile(r"\b([Dd])e les "), r"\1es "),
    (re.compile(r"\bà le "), "au "),
    (re.compile(r"\bà les "), "aux "),
    (re.compile(rf"\b([Dd]|[Qq]u)e (?=[{_VOWEL}])"), r"\1'"),
)


@cache
def _parse(pattern: str) -> tuple[str, ...]:
    """Literals at even places, slot names at odd ones."""
    return tuple(_SLOT.split(pattern))


def contract(text: str) -> str:
    """Join prepositions and articles as French does: de le -> du, à les -> aux, de Agadir -> d'Agadir."""
    for pattern, new in _CONTRACTIONS:
        text = pattern.sub(new, text)
    return text


def capital(text: str) -> str:
    """First letter in upper case, behind an opening quotation mark too."""
    start = 2 if text.startswith("«") else 0
    return text[:start] + text[start : start + 1].upper() + text[start + 1 :]


_SHARED: dict[str, tuple[str, ...]] = {
    "R": words.ROLES, "V": words.VERBS, "INF": words.INFINITIVES, "OPEN": words.OPENERS, "WHY": words.REASONS,
    "PROCESS": words.PROCESSES, "Q": phrases.QUOTES, "OBSTACLE": words.OBSTACLES, "HURDLE": words.HURDLES,
    "HELP": words.HELPS, "WAIT": words.WAITS, "EVENT": words.EVENTS, "CROWD": words.CROWDS,
    "AR": words.ARABIC, "VALUE": words.VALUES, "PAPER": words.PAPERS, "TALKS": words.TALKS,
    "MONTH": words.MONTHS, "DAY": words.DAYS, "UNIT": words.UNITS,
}  # fmt: skip


class Writer:
    """Fills patterns. `about` picks what the text is about, `r` the words; the rest is typography."""

    def __init__(
        self, r: random.Random, about: random.Random, topic: Topic, space: str = NBSP, apostrophe: str = "'"
    ) -> None:
        self.r = r
        self.space = space
        self.apostrophe = apostrophe
        lists = _SHARED | {
            "P": few(words.PLACES, 6, about),
            "K": few(words.QUARTERS, 3, about),
            "O": few(topic.objects, 7, about),
            "GROUP": few(topic.groups, 5, about),
            "BODY": few(words.BODIES, 6, about),
            "B": few(words.OFFICES, 5, about),
        }
        self._lists = lists
        self._decks: dict[int, list[str]] = {}
        self._made: dict[str, Callable[[], str]] = {
            "A": lambda: f"{self._draw(lists['BODY'])} {self._draw(lists['GROUP'])}",
            "T": lambda: f"{self._draw(lists['PROCESS'])} de {self._draw(lists['O'])}",
            "F": self.person,
            "N": lambda: grouped(r.choice((r.randint(12, 99), r.randint(100, 999), r.randint(1000, 98000)))),
            "NS": lambda: str(r.randint(2, 23)),
            "NM": lambda: f"{r.randint(2, 11) * 5:02d}",
            "PCT": lambda: f"{r.randint(2, 90)}" + r.choice(("~%", f",{r.randint(1, 9)}~%")),
            "Y": lambda: str(r.randint(1956, 2015)),
        }

    def person(self) -> str:
        """First and last name of nobody."""
        return f"{self._draw(words.FIRST)} {self._draw(words.LAST)}"

    def _slot(self, name: str) -> str:
        made = self._made.get(name)
        if made is not None:
            return made()
        options = self._lists.get(name)
        if options is not None:
            return self._fill(self._draw(options))
        if name[-1] == "C":  # OC, TC, BC, WHYC: the same with a capital letter
            return capital(self._slot(name[:-1]))
        return self._slot(name[:-1])  # O2, O3: another one

    def _draw(self, options: tuple[str, ...]) -> str:
        """The next of `options`, none twice before all were drawn."""
        deck = self._decks.get(id(options))
        if not deck:
            deck = self._decks[id(options)] = self.r.sample(options, len(options))
        return deck.pop()

    def _fill(self, pattern: str) -> str:
        parts = _parse(pattern)
        if len(parts) == 1:
            return pattern
        return "".join(self._slot(part) if place % 2 else part for place, part in enumerate(parts))

    def write(self, patterns: tuple[str, ...]) -> str:
        """One filled pattern with its typography."""
        text = capital(contract(self._fill(self._draw(patterns))))
        if self.apostrophe != "'":
            text = text.replace("'", self.apostrophe)
        return text.replace("~", self.space)

    def title(self) -> str:
        return self.write(phrases.TITLES)

    def lead(self) -> str:
        return self.write(phrases.LEADS)

    def paragraph(self, sentences: int) -> str:
        return " ".join(self.write(phrases.SENTENCES) for _ in range(sentences))

    def body(self, target: int) -> list[str]:
        """Paragraphs of about `target` words in all, the first of them the news itself."""
        first = self.lead()
        if self.r.random() < 0.8:  # the others stay short: a related teaser may be complete
            first += " " + self.paragraph(self.r.randint(1, 2))
        out, count = [first], len(first.split())
        while count < target or len(out) < 3:
            out.append(self.paragraph(self.r.randint(2, 4)))
            count += len(out[-1].split())
        return out


def few(options: tuple[str, ...], count: int, r: random.Random) -> tuple[str, ...]:
    """What one article is about: a handful of a longer list."""
    return tuple(r.sample(options, min(count, len(options))))


def grouped(number: int) -> str:
    """12450 -> 12~450: French groups thousands by a space that does not break."""
    return f"{number:,}".replace(",", "~")
