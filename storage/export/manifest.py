"""The manifest beside an export: what was asked for, what came out, and the digest of the file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import select

from storage.corrections import said
from storage.export.contents import Contents, program
from storage.export.files import atomic, digest
from storage.models import Article, Corpus, CorpusArticle
from storage.named_queries import as_json

MANIFEST = ".manifest.json"


def manifest_of(contents: Contents, format: str, count: int, name: str, file: BinaryIO) -> dict[str, Any]:
    """Query, filters, counts, SHA-256, version and date of an export; of a corpus, its name and digest."""
    size, sha256 = digest(file)
    value: dict[str, Any] = {
        "file": name,
        "format": format,
        "articles": count,
        "bytes": size,
        "sha256": sha256,
        "query": contents.selection.query,
        "filters": as_json(contents.session, contents.selection.filters),
    }
    if contents.selection.corpus is not None:
        value["corpus"] = _corpus(contents, contents.selection.corpus)
    return value | {
        "left_out": dict(sorted(contents.left_out.items())),
        "notes": contents.notes,
        "raw_cells": contents.raw,
        "made_at": contents.now.isoformat(timespec="seconds"),
        "program": program(),
    }


def _corpus(contents: Contents, name: str) -> dict[str, Any]:
    """A frozen corpus, and how many of its articles say something else by now, or have left the archive."""
    row = contents.session.scalars(select(Corpus).where(Corpus.name == name)).one()
    members = select(CorpusArticle.content_digest, Article.id, Article.content_digest.label("now")).outerjoin(
        Article, Article.identity == CorpusArticle.identity
    )
    found = contents.session.execute(members.where(CorpusArticle.corpus_id == row.id)).all()
    known = {number: (then, now) for then, number, now in found if number is not None}
    says = said(contents.session.connection(), {number: now for number, (_, now) in known.items()})
    changed = sum(then != says[number] for number, (then, _) in known.items())
    missing = len(found) - len(known)
    return {
        "name": row.name,
        "digest": row.digest,
        "made_at": row.made_at.isoformat(timespec="seconds"),
        "query": row.query,
        "filters": row.filters,
        "articles": row.articles,
        "changed": changed,
        "missing": missing,
    }


def write_manifest(path: Path, manifest: dict[str, Any]) -> None:
    """As JSON that people read, too.

    Raises:
        ArchiveError: it cannot be written.
    """
    with atomic(path) as output:
        text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
        output.write(text.encode("utf-8", "replace"))
