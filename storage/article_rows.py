"""From a reading to the rows it becomes. Pure."""

from __future__ import annotations

import json
from typing import Any

from storage.base import storable_json
from storage.keys import folded
from storage.records import Article, Date, Reading

MAX_EVIDENCE = 2_000
_WORDS_OF = ("title", "lead", "body")


def article_values(reading: Reading) -> dict[str, Any]:
    """The columns of `articles` that a reading decides."""
    article = reading.article
    images = [{"url": i.url, "caption": i.caption, "credit": i.credit} for i in article.images]
    return {
        "url": article.url,
        "declared_url": article.canonical_url,
        "title": article.title,
        "lead": article.lead,
        "body": article.body,
        "language": article.language,
        "section": article.section,
        **date_values("published", article.published),
        **date_values("modified", article.modified),
        "paywalled": article.paywalled,
        "truncated": article.truncated,
        "encoding": article.encoding,
        "images": images or None,
        "warnings": list(article.warnings) or None,
        "words": len((article.lead or "").split()) + len((article.body or "").split()),
        "content_digest": reading.content_digest,
        "text_digest": reading.text_digest,
        "extractor": reading.extractor,
        "capture_id": reading.capture_id,
        "fetched_at": reading.fetched_at,
    }


def date_values(prefix: str, date: Date | None) -> dict[str, Any]:
    """The eight columns of a date; all NULL where it is unknown."""
    if date is None:
        return dict.fromkeys((f"{prefix}_{name}" for name in _DATE_COLUMNS), None)
    values = (
        date.date,
        date.precision,
        date.datetime,
        date.timezone,
        date.timezone_assumed,
        date.utc,
        date.raw,
        date.rule,
    )
    return {f"{prefix}_{name}": value for name, value in zip(_DATE_COLUMNS, values, strict=True)}


_DATE_COLUMNS = ("date", "precision", "local", "timezone", "timezone_assumed", "utc", "raw", "rule")


def revision_values(reading: Reading, article_id: int, number: int, run_id: int | None) -> dict[str, Any]:
    modified = reading.article.modified
    return {
        "article_id": article_id,
        "number": number,
        "run_id": run_id,
        "capture_id": reading.capture_id,
        "fetched_at": reading.fetched_at,
        "extractor": reading.extractor,
        "content_digest": reading.content_digest,
        "text_digest": reading.text_digest,
        "content": storable_json(reading.content_json or "{}"),
        "changed": None,
        "stealth": False,
        "extractor_changed": False,
        "modified_utc": None if modified is None else modified.utc,
        "modified_raw": None if modified is None else modified.raw,
    }


def changed_fields(before: str, after: str) -> list[str]:
    """Fields whose text differs between two contents (JSON objects), sorted."""
    old, new = _content(before), _content(after)
    return sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))


def _content(text: str) -> dict[str, Any]:
    value = json.loads(text or "{}")
    return value if isinstance(value, dict) else {}


def is_stealth(changed: list[str], before: tuple[Any, Any], after: tuple[Any, Any]) -> bool:
    """Text changed while the page's modified date (utc, raw) did not."""
    return bool(set(changed) & set(_WORDS_OF)) and before == after


def evidence_rows(reading: Reading, revision_id: int) -> list[dict[str, Any]]:
    return [
        {
            "revision_id": revision_id,
            "field": claim.field,
            "value": _cut(claim.value),
            "rule": claim.rule,
            "raw": _cut(claim.raw),
            "chosen": claim.chosen,
            "extractor": reading.extractor,
        }
        for claim in reading.article.evidence
    ]


def _cut(text: str | None) -> str | None:
    return text if text is None or len(text) <= MAX_EVIDENCE else text[:MAX_EVIDENCE]


def attribution_rows(article: Article, article_id: int) -> list[dict[str, Any]]:
    return [
        {
            "article_id": article_id,
            "position": position,
            "kind": line.kind,
            "raw": line.raw,
            "rule": line.rule,
            "authors": list(line.authors) or None,
            "dateline": line.dateline,
            "translated_from": line.translated_from,
            "location": line.location,
            "url": line.url,
        }
        for position, line in enumerate(article.attributions, 1)
    ]


def credited(article: Article) -> list[tuple[int, int, str, str]]:
    """Names the attributions credit: (attribution's position, own position, role, name)."""
    names = []
    for position, line in enumerate(article.attributions, 1):
        pairs = [("outlet", name) for name in line.outlets] + [("agency", name) for name in line.agencies]
        names += [(position, number, role, name) for number, (role, name) in enumerate(pairs, 1)]
    return names


def unique_names(names: tuple[str, ...] | list[str]) -> dict[str, str]:
    """Names by folded name, in order, the first spelling of each."""
    found: dict[str, str] = {}
    for name in names:
        key = folded(name)
        if key:
            found.setdefault(key, name)
    return found
