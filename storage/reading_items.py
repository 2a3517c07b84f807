"""One reading on its way into the archive, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from storage.records import Reading

Kind = Literal["new", "changed", "unchanged", "not_article"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a reading. `reread`: a stored revision now says what this reading of it says."""

    kind: Kind
    article_id: int | None = None
    reread: bool = False


@dataclass(slots=True)
class Item:
    site_id: int
    reading: Reading
    run_id: int | None
    stored: Any = None  # the article's row, where there is one
    kind: str = ""
    article_id: int | None = None
    old_order: int | None = None

    @property
    def outcome(self) -> Outcome:
        kinds = {"new": "new", "changed": "changed", "not_article": "not_article", "redacted": "not_article"}
        kind = kinds.get(self.kind, "unchanged")
        return Outcome(kind, self.article_id, reread=self.kind in ("reread", "refresh"))  # type: ignore[arg-type]
