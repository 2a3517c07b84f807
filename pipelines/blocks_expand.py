"""The texts that a small regular expression stands for.

The lists of wordings (`pipelines.blocks_words`) are regular expressions, thousands of forms in a few hundred
lines. A page asks about each of its names and short texts whether it is one of them: looking the text up, or
looking its first letters up, costs a hundredth of trying the expressions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_LETTERS: Final = re.compile(r"[^\\.\[\](){}|?*+]+(?![?*+{])")  # none of which is repeated

ANY: Final = "\0"  # ends a text where the expression leaves open what follows


def expansions(alternatives: Iterable[str], limit: int = 1_000) -> set[str]:
    """Every text that one of the expressions may match from its beginning, cut at `limit` characters.

    Read are letters, sets without ranges, groups, alternatives and repeats; all else, and what is repeated
    without end, is `ANY`. Word boundaries are not looked at, so more may be given than matches.
    """
    return {text for alternative in alternatives for text in _Expression(alternative, limit).texts()}


class _Expression:
    def __init__(self, pattern: str, limit: int) -> None:
        self.pattern, self.limit = pattern, limit
        self.place = 0

    def texts(self) -> set[str]:
        found = self._sequence()
        while self._take("|"):
            found |= self._sequence()
        return found

    def _take(self, sign: str) -> bool:
        found = self.pattern.startswith(sign, self.place)
        self.place += len(sign) * found
        return found

    def _sequence(self) -> set[str]:
        found = {""}
        while self.place < len(self.pattern) and self.pattern[self.place] not in "|)":
            parts = self._repeated(self._part())
            found = {
                text if text.endswith(ANY) or len(text) >= self.limit else (text + part)[: self.limit]
                for text in found
                for part in parts
            }
            if all(text.endswith(ANY) or len(text) >= self.limit for text in found):
                self._pass()
        return found

    def _pass(self) -> None:
        """Go to the end of this sequence: nothing more can be added to its texts."""
        depth = 0
        while self.place < len(self.pattern):
            sign = self.pattern[self.place]
            if depth == 0 and sign in "|)":
                return
            depth += (sign == "(") - (sign == ")")
            self.place = self.pattern.index("]", self.place) if sign == "[" else self.place + (sign == "\\")
            self.place += 1

    def _part(self) -> set[str]:
        if plain := _LETTERS.match(self.pattern, self.place):
            self.place = plain.end()
            return {plain[0]}
        if self._take("(?:"):
            found = self.texts()
            self._take(")")
            return found
        if self._take("["):
            end = self.pattern.index("]", self.place)
            letters, self.place = self.pattern[self.place : end], end + 1
            return {ANY} if letters.startswith("^") or "-" in letters or "\\" in letters else set(letters)
        if self._take("\\"):
            self.place += 1
            sign = self.pattern[self.place - 1]
            return {""} if sign == "b" else {ANY} if sign.isalnum() else {sign}
        self.place += 1
        sign = self.pattern[self.place - 1]
        return {ANY} if sign == "." else {sign}

    def _repeated(self, found: set[str]) -> set[str]:
        if self._take("?"):
            return found | {""}
        if self._take("*"):
            return {"", ANY}
        if self._take("+"):
            return {text if text.endswith(ANY) else text + ANY for text in found}
        if self._take("{"):
            end = self.pattern.index("}", self.place)
            fewest, self.place = self.pattern[self.place : end].partition(",")[0], end + 1
            return {ANY} if fewest.strip("0") else {"", ANY}
        return found
