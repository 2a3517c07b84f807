"""backup.json: what a backup holds. Without it a folder is no backup."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from storage.errors import ArchiveError
from storage.release import release

MANIFEST = "backup.json"


class BadBackup(ArchiveError):
    """A folder that is no backup, or not whole, or not where one may be put."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a backup. `name` is its path in the folder."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds."""

    folder: Path
    made_at: datetime
    database: Part
    files: tuple[Part, ...]
    articles: int
    captures: int
    missing: tuple[str, ...] = ()  # capture files that were gone already

    @property
    def bytes(self) -> int:
        return self.database.bytes + sum(part.bytes for part in self.files)


def load(folder: Path) -> Backup:
    """Read the manifest of a backup.

    Raises:
        BadBackup: there is none, or it cannot be read.
    """
    try:
        data = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return Backup(
            folder,
            datetime.fromisoformat(data["made_at"]),
            Part(**data["database"]),
            tuple(Part(**part) for part in data["files"]),
            data["articles"],
            data["captures"],
            tuple(data["missing"]),
        )
    except FileNotFoundError:
        raise BadBackup(f"{folder} is no backup, or not a finished one ({MANIFEST} is missing)") from None
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise BadBackup(f"{folder / MANIFEST} cannot be read ({error})") from None


def as_dict(made: Backup) -> dict[str, Any]:
    def part(value: Part) -> dict[str, Any]:
        return {"name": value.name, "bytes": value.bytes, "sha256": value.sha256}

    return {
        "hemero": release(),
        "made_at": made.made_at.isoformat(),
        "articles": made.articles,
        "captures": made.captures,
        "database": part(made.database),
        "files": [part(value) for value in made.files],
        "missing": list(made.missing),
    }
