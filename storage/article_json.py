"""An article as one JSON object: the form `hemero read` and `hemero show --json` share.

Keys are those of `KEYS`, always all of them. Days and moments are ISO 8601: `datetime` is local and naive,
`utc` has its offset. `tags` are names; where they link to stands in no key.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from storage.records import Article, Attribution, Date, Evidence, RelatedLink

KEYS = (
    *("url", "canonical_url", "site", "title", "lead", "body", "language", "authors", "section", "tags"),
    *("published", "modified", "attributions", "related", "listing", "page_type", "paywalled", "truncated"),
    *("encoding", "warnings", "evidence"),
)
_RELATED = ("title", "url", "teaser", "title_truncated", "teaser_truncated", "position", "block", "heading")
_ATTRIBUTION = (
    *("kind", "outlets", "agencies", "authors", "raw", "rule"),
    *("dateline", "translated_from", "location"),
)


def article_json(article: Article) -> dict[str, Any]:
    """All keys of `KEYS`, in that order."""
    special: dict[str, Any] = {
        "tags": [tag.name for tag in article.tags],
        "published": date_json(article.published),
        "modified": date_json(article.modified),
        "attributions": [attribution_json(a) for a in article.attributions],
        "related": [related_json(r) for r in article.related],
        "evidence": [evidence_json(e) for e in article.evidence],
    }
    return {key: special[key] if key in special else _plain(getattr(article, key)) for key in KEYS}


def date_json(date: Date | None) -> dict[str, Any] | None:
    if date is None:
        return None
    return {
        "date": date.date.isoformat(),
        "datetime": date.datetime.isoformat() if date.datetime is not None else None,
        "precision": date.precision,
        "timezone": date.timezone,
        "utc": date.utc.isoformat() if date.utc is not None else None,
        "raw": date.raw,
        "rule": date.rule,
    }


def attribution_json(attribution: Attribution) -> dict[str, Any]:
    return {key: _plain(getattr(attribution, key)) for key in _ATTRIBUTION}


def related_json(link: RelatedLink) -> dict[str, Any]:
    return {key: getattr(link, key) for key in _RELATED}


def evidence_json(evidence: Evidence) -> dict[str, Any]:
    return asdict(evidence)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
