"""Evidence: where each field of an article comes from, down to the bytes of the stored page.

For each field: its value, every claim the page makes with rule and raw text and the place in the capture,
what earlier revisions said, and what analysts corrected.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import asdict
from itertools import pairwise
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import queries
from storage.archive import Archive
from storage.article_json import article_json
from storage.captures import StoredResponse, read_capture
from storage.errors import CaptureDamaged
from storage.located import Source
from storage.models import Capture, CaptureFile, Revision
from storage.stored import Stored

FIELDS = (
    *("title", "lead", "body", "authors", "section", "tags", "published", "modified", "attributions"),
    *("related", "language"),
)


def evidence_of(
    archive: Archive, session: Session, stored: Stored, fields: Collection[str] = ()
) -> dict[str, Any]:
    """One object: `article identity site url title capture fields`.

    Args:
        fields: only these; () = all that have a value, a claim, an earlier value or a correction.
    """
    article = stored.article
    capture, response, trouble = _capture(archive, session, stored)
    source = None if response is None else Source(response.payload, article.encoding)
    if capture is not None:
        capture["encoding"] = None if source is None else source.encoding
    found = []
    values, claims = article_json(article), _claims(session, stored.id)
    earlier, corrections = _earlier(session, stored), _corrections(session, stored.id)
    for name in (*FIELDS, *(name for name in claims if name not in FIELDS)):
        if fields and name not in fields:
            continue
        entry = {
            "field": name,
            "value": values.get(name),
            "claims": [_claim(row, source) for row in claims.get(name, [])],
            "positions": [] if source is None else list(_positions(stored, name, source)),
            "earlier": earlier.get(name, []),
            "corrections": corrections.get(name, []),
        }
        if fields or any(entry[key] for key in ("value", "claims", "earlier", "corrections")):
            found.append(entry)
    return {
        "article": stored.id,
        "identity": stored.identity,
        "site": article.site,
        "url": article.url,
        "title": article.title,
        "extractor": stored.extractor,
        "capture": capture,
        "trouble": trouble,
        "fields": found,
    }


def _capture(
    archive: Archive, session: Session, stored: Stored
) -> tuple[dict[str, Any] | None, StoredResponse | None, str | None]:
    """The capture as it is kept, the response in it (None where it cannot be read), and why not."""
    query = select(Capture, CaptureFile).join(CaptureFile, CaptureFile.id == Capture.file_id)
    row = session.execute(query.where(Capture.id == stored.capture_id)).first()
    if row is None:
        return None, None, "no capture is stored"
    capture, file = row
    try:
        response, trouble = read_capture(archive, capture), None
    except CaptureDamaged as error:
        response, trouble = None, str(error)
    return capture_json(capture, file, response), response, trouble


def capture_json(capture: Any, file: Any, response: StoredResponse | None) -> dict[str, Any]:
    """A capture record: what was asked, when, what came, where it is kept, and its digests."""
    return {
        "capture": capture.id,
        "record_id": f"urn:uuid:{capture.record_id}",
        "url": capture.url,
        "method": capture.method,
        "fetched_at": capture.fetched_at.isoformat(),
        "status": capture.status,
        "ip": capture.ip,
        "kind": capture.kind,
        "headers": None if response is None else [list(pair) for pair in response.headers],
        "headers_digest": f"sha256:{capture.headers_digest}",
        "payload_digest": f"sha256:{capture.payload_digest}",
        "payload_length": capture.payload_length,
        "truncated": capture.truncated,
        "rights": capture.rights,
        "file": file.name,
        "file_sha256": file.sha256,
        "offset": capture.offset,
        "length": capture.length,
    }


def _claims(session: Session, article_id: int) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in session.scalars(queries.evidence(article_id)):
        found.setdefault(row.field, []).append(row)
    return found


def _claim(row: Any, source: Source | None) -> dict[str, Any]:
    text = row.raw or row.value
    place = None if source is None or not text else source.find(text, row.rule)
    return {
        "value": row.value,
        "rule": row.rule,
        "raw": row.raw,
        "chosen": row.chosen,
        "extractor": row.extractor,
        "position": None if place is None else asdict(place),
    }


def _positions(stored: Stored, field: str, source: Source) -> Iterator[dict[str, Any]]:
    """Where each part of a value stands: paragraphs, names, tags, titles of related entries."""
    for text in _parts(stored, field):
        place = source.find(text)
        yield {"text": text, "position": None if place is None else asdict(place)}


def _parts(stored: Stored, field: str) -> Iterator[str]:
    article = stored.article
    if field in ("title", "lead", "section"):
        yield from (text for text in (getattr(article, field),) if text)
    elif field == "body":
        yield from (paragraph for paragraph in (article.body or "").split("\n") if paragraph.strip())
    elif field == "authors":
        yield from article.authors
    elif field == "tags":
        yield from (tag.name for tag in article.tags)
    elif field == "attributions":
        yield from (line.raw for line in article.attributions if line.raw)
    elif field == "related":
        yield from (text for link in article.related if (text := link.title_raw or link.title))
    elif field in ("published", "modified"):
        date = getattr(article, field)
        yield from (text for text in (date.raw if date is not None else None,) if text)


def _earlier(session: Session, stored: Stored) -> dict[str, list[dict[str, Any]]]:
    """What earlier revisions said, where that differs from the revision after; oldest first."""
    rows = list(session.scalars(queries.revisions(stored.id)))
    found: dict[str, list[dict[str, Any]]] = {}
    for before, after in pairwise(rows):
        old, new = _content(before), _content(after)
        for name in sorted(old.keys() | new.keys()):
            if old.get(name) != new.get(name):
                found.setdefault(name, []).append(
                    {
                        "revision": before.number,
                        "value": old.get(name),
                        "fetched_at": before.fetched_at.isoformat(),
                        "capture": before.capture_id,
                        "extractor": before.extractor,
                    }
                )
    return found


def _content(revision: Revision) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(revision.content or "{}")
    return value


def _corrections(session: Session, article_id: int) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in session.scalars(queries.corrections(article_id)):
        entry = {key: getattr(row, key) for key in ("value", "previous", "who", "note")}
        field = "attributions" if row.field == "source" else row.field
        found.setdefault(field, []).append(entry | {"made_at": row.made_at.isoformat()})
    return found
