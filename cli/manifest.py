"""`hemero read --manifest`: JSON Lines that name pages.

One object a line: `file` (required), `url`, `site`, `fetched_at`; other keys are ignored. The whole manifest
is checked before the first page is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cli.params import moment


class ManifestError(Exception):
    """A manifest that cannot be used; the message names file and line."""

    exit_code = 2


@dataclass(frozen=True)
class Entry:
    """One line: a relative `file` is looked for beside the manifest, then in the current folder."""

    name: str  # `file` as it stands in the line
    file: Path
    url: str | None
    site: str | None
    fetched_at: datetime | None  # aware, UTC


def read_manifest(path: Path) -> list[Entry]:
    """All entries in order; empty lines are skipped.

    Raises:
        ManifestError: unreadable, or a line that is no object with a `file`.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ManifestError(f"{path}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise ManifestError(f"{path}: not UTF-8") from None
    return list(_entries(path, text))


def _entries(path: Path, text: str) -> Iterator[Entry]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield _entry(path.parent, json.loads(line))
            except (ValueError, RecursionError) as error:
                raise ManifestError(f"{path}:{number}: {error}") from None


def _entry(folder: Path, value: Any) -> Entry:
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    if not value.get("file"):
        raise ValueError("key `file` is missing")
    for key in ("file", "url", "site", "fetched_at"):
        if value.get(key) is not None and not isinstance(value[key], str):
            raise ValueError(f"key `{key}`: not a text")
    return Entry(
        name=value["file"],
        file=_located(folder, Path(value["file"])),
        url=value.get("url") or None,
        site=value.get("site") or None,
        fetched_at=_moment(value.get("fetched_at")),
    )


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        return moment(text)
    except ValueError:
        raise ValueError(f"key `fetched_at`: {text!r} is no moment; write 2016-03-01T10:00:00Z") from None


def _located(folder: Path, file: Path) -> Path:
    beside = folder / file
    return beside if file.is_absolute() or beside.exists() else file
