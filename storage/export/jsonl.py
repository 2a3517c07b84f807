"""JSON Lines: one object an article, the keys of `hemero show --json` and what the archive adds."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, BinaryIO

from storage.article_json import article_json
from storage.export.contents import Contents
from storage.stored import Stored


def write_jsonl(contents: Contents, output: BinaryIO) -> int:
    """Write the articles, UTF-8, one line each. Returns how many."""
    count = 0
    for stored in contents.articles():
        line = json.dumps(as_object(stored), ensure_ascii=False, separators=(",", ":"))
        output.write(line.encode("utf-8", "replace") + b"\n")
        count += 1
    return count


def as_object(stored: Stored) -> dict[str, Any]:
    """One article; times of the archive are UTC."""
    return {
        **article_json(stored.article),
        "id": stored.id,
        "identity": stored.identity,
        "fetched_at": _time(stored.fetched_at),
        "first_seen_at": _time(stored.first_seen_at),
        "last_seen_at": _time(stored.last_seen_at),
        "gone_at": _time(stored.gone_at),
        "revisions": stored.revisions,
        "capture": stored.capture_id,
        "content_digest": stored.content_digest,
        "text_digest": stored.text_digest,
        "extractor": stored.extractor,
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
