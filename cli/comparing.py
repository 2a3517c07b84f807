"""Two readings of one page: which fields the new one gained, lost or changed. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from storage.records import Article, Date

Verdict = Literal["unchanged", "better", "different", "worse"]
_LISTS = ("authors", "tags", "attributions", "related")
_SHORTER = 0.9  # a text that keeps less of its words than this lost something


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed, field by field, and what that makes of the article."""

    verdict: Verdict
    better: tuple[str, ...] = ()
    worse: tuple[str, ...] = ()
    different: tuple[str, ...] = ()


def compare(before: Article, after: Article, counts: Callable[[str], bool]) -> Comparison:
    """A field that is filled now is better, one that is emptied or lost a tenth of its words worse."""
    old, new = _fields(before), _fields(after)
    found: dict[str, list[str]] = {"better": [], "worse": [], "different": []}
    for name in filter(counts, old):
        verdict = _judge(name, old[name], new[name])
        if verdict != "unchanged":
            found[verdict].append(name)
    return _comparison(found)


def compare_contents(before: str, after: str) -> Comparison:
    """The same for the contents of a revision (JSON objects, field to text)."""
    old, new = json.loads(before or "{}"), json.loads(after or "{}")
    found: dict[str, list[str]] = {"better": [], "worse": [], "different": []}
    for name in sorted(old.keys() | new.keys()):
        verdict = _judge(name, old.get(name), new.get(name))
        if verdict != "unchanged":
            found[verdict].append(name)
    return _comparison(found)


def _comparison(found: dict[str, list[str]]) -> Comparison:
    verdict: Verdict = "unchanged"
    if found["worse"]:
        verdict = "worse"
    elif found["better"]:
        verdict = "better"
    elif found["different"]:
        verdict = "different"
    return Comparison(verdict, *(tuple(found[name]) for name in ("better", "worse", "different")))


def _fields(article: Article) -> dict[str, Any]:
    return {
        "title": article.title,
        "lead": article.lead,
        "body": article.body,
        "language": article.language,
        "section": article.section,
        "published": _date(article.published),
        "modified": _date(article.modified),
        "authors": article.authors,
        "tags": tuple(tag.name for tag in article.tags),
        "attributions": tuple((line.kind, line.outlets, line.agencies) for line in article.attributions),
        "related": tuple(sorted((link.url or "", link.title or "") for link in article.related)),
    }


def _date(date: Date | None) -> tuple[Any, ...] | None:
    return None if date is None else (date.date, date.precision, date.datetime, date.utc)


def _judge(name: str, before: Any, after: Any) -> str:
    if before == after:
        return "unchanged"
    if not before:
        return "better" if after else "unchanged"
    if not after:
        return "worse"
    if name in _LISTS and isinstance(before, tuple):
        if set(before) == set(after):
            return "different" if len(before) == len(after) else "better"
        return "better" if set(before) < set(after) else "worse" if set(after) < set(before) else "different"
    if isinstance(before, str) and name in ("body", "lead"):
        return "worse" if len(after.split()) < _SHORTER * len(before.split()) else "different"
    return "different"
