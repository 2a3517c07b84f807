"""Capture files on their way back into the tables: rows of files and records, candidates."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urljoin

from sqlalchemy import Connection, select, update

from storage import warc
from storage.archive import Archive
from storage.capture_rows import file_id, save_captures
from storage.faults import fault
from storage.models import Candidate, Capture, CaptureFile, Site
from storage.recovery import _original, row_of
from storage.repair_files import _ours
from storage.survey import Bad, Seen, file_digest, survey
from storage.tombstones import redacted
from storage.upsert import chunks, upsert

Progress = Callable[[int, int], None]


class Rules(Protocol):
    """What the caller knows of sites. `kind` is the record's: resource for an imported file."""

    def site_name(self, name: str | None) -> str | None: ...
    def site_values(self, name: str, url: str, kind: str) -> dict[str, Any]: ...
    def identity(self, site: str | None, url: str, kind: str) -> str: ...
    def is_article(self, site: str | None, url: str, kind: str) -> bool: ...


@dataclass
class Registered:
    """What was found in the captures folder."""

    files: int = 0
    captures: int = 0
    damaged: list[str] = field(default_factory=list)  # files with stretches that cannot be read


def register(new: Archive, rules: Rules, on_progress: Progress | None = None) -> Registered:
    """Rows for every file and record under captures/, and candidates for the pages that were asked for."""
    result = Registered()
    paths = sorted(new.captures.rglob("*.warc.gz"))
    total, done = sum(path.stat().st_size for path in paths), 0
    for path in paths:
        _File(new, rules, path, result).register()
        done += path.stat().st_size
        if on_progress is not None:
            on_progress(done, total)
        fault("rebuild_file")
    with new.write() as session:
        _tie_revisits(session.connection())
    return result


class _File:
    """One capture file on its way into the tables."""

    def __init__(self, new: Archive, rules: Rules, path: Path, result: Registered) -> None:
        self._new, self._rules, self._path, self._result = new, rules, path, result
        self._name = str(path.relative_to(new.captures))
        self._led_from: dict[tuple[str | None, str], str] = {}  # (run, address) -> the address first asked
        self._records = 0
        self._damaged: list[list[int]] = []
        self._number: int | None = None

    def register(self) -> None:
        for part in chunks(self._items(), 200):
            self._save(part)
        if self._number is None:
            return  # not one record of ours
        with self._new.write() as session:
            session.execute(
                update(CaptureFile)
                .where(CaptureFile.id == self._number)
                .values(
                    state="closed",
                    bytes=self._path.stat().st_size,
                    records=self._records,
                    sha256=file_digest(self._path),
                    closed_at=datetime.fromtimestamp(self._path.stat().st_mtime, UTC),
                    damaged=self._damaged or None,
                )
            )
        self._result.files += 1
        if self._damaged:
            self._result.damaged.append(self._name)

    def _items(self) -> Iterator[tuple[Seen, int]]:
        """Records of ours with the length of the request that follows each."""
        before: Seen | None = None
        for item in survey(self._path):
            if isinstance(item, Bad):
                self._damaged.append([item.offset, item.end])
                continue
            self._records += 1
            if before is not None:
                yield before, item.length if item.kind == "request" and item.offset == before.end else 0
            before = item if _ours(item) else None
        if before is not None:
            yield before, 0

    def _save(self, part: Sequence[tuple[Seen, int]]) -> None:
        now = datetime.now(UTC)
        with self._new.write() as session:
            connection = session.connection()
            if self._number is None:
                self._number = self._file_row(connection, part[0][0])
            rows = [row_of(item.member, item.digest, self._number, request) for item, request in part]
            for row in rows:
                row["site"] = self._rules.site_name(row["site"])
            self._sites(connection, rows)
            self._candidates(connection, part, rows)
            marks = [row.pop("refers_to") for row in rows]
            ids = save_captures(connection, [row | {"refers_to_id": None} for row in rows], now)
            for number, mark in zip(ids, marks, strict=True):
                if mark is not None:
                    _note_revisit(connection, number, mark)
        self._result.captures += len(ids)

    def _file_row(self, connection: Connection, first: Seen) -> int:
        run = first.fields.get("hemero-run")
        created = warc.parse_date(first.fields["warc-date"])
        return file_id(
            connection, self._name, first.fields["hemero-role"], int(run) if run else None, created
        )

    def _sites(self, connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
        named = {row["site"]: row for row in rows if row["site"] is not None}
        for name, row in named.items():
            values = self._rules.site_values(name, row["url"], row["kind"])
            statement = upsert(connection, Site).values(
                name=name, state="active", created_at=row["fetched_at"], **values
            )
            connection.execute(statement.on_conflict_do_nothing())

    def _candidates(
        self, connection: Connection, part: Sequence[tuple[Seen, int]], rows: Sequence[dict[str, Any]]
    ) -> None:
        """Pages that were asked for get a candidate again, under the address that was asked for first."""
        wanted: dict[str, dict[str, Any]] = {}
        owners: list[str | None] = []
        for (item, _), row in zip(part, rows, strict=True):
            origin = self._origin(item, row)
            asked = row["role"] == "article" and "hemero-candidate" in item.fields and row["site"] is not None
            if not asked:
                owners.append(None)
                continue
            identity = self._rules.identity(row["site"], origin, row["kind"])
            owners.append(identity)
            wanted.setdefault(identity, _candidate(origin, identity, row))
        ids = _save_candidates(connection, wanted)
        for row, owner in zip(rows, owners, strict=True):
            row["candidate_id"] = ids.get(owner) if owner is not None else None

    def _origin(self, item: Seen, row: dict[str, Any]) -> str:
        """The address a chain of redirects began with."""
        run = item.fields.get("hemero-run")
        origin: str = self._led_from.get((run, row["url"]), row["url"])
        if 300 <= row["status"] < 400 and row["role"] == "article":
            target = _location(item.head)
            if target:
                self._led_from[run, urljoin(row["url"], target)] = origin
        return origin


def _location(head: bytes) -> str | None:
    for line in head.decode("latin-1").split("\r\n"):
        name, _, value = line.partition(":")
        if name.strip().lower() == "location":
            return value.strip()
    return None


def _candidate(url: str, identity: str, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "site": row["site"],
        "url": url,
        "identity": identity,
        "kind": "article",
        "state": "pending",
        "found_by": "rebuild",
        "first_seen_at": row["fetched_at"],
        "updated_at": row["fetched_at"],
    }


def _save_candidates(connection: Connection, wanted: dict[str, dict[str, Any]]) -> dict[str, int]:
    gone = redacted(connection, wanted)
    sites = {row.name: row.id for row in connection.execute(select(Site.name, Site.id))}
    rows = []
    for identity, row in wanted.items():
        if identity not in gone:
            rows.append({**{k: v for k, v in row.items() if k != "site"}, "site_id": sites[row["site"]]})
    if rows:
        connection.execute(upsert(connection, Candidate).on_conflict_do_nothing(), rows)
    found = connection.execute(select(Candidate.identity, Candidate.id).where(Candidate.identity.in_(wanted)))
    return {row.identity: row.id for row in found}


def _note_revisit(connection: Connection, number: int, record_id: str) -> None:
    """Its original may stand in a file that comes later: remember the record id until all files are in."""
    connection.execute(update(Capture).where(Capture.id == number).values(rights={"refers_to": record_id}))


def _tie_revisits(connection: Connection) -> None:
    rows = connection.execute(
        select(Capture.id, Capture.payload_digest, Capture.rights).where(Capture.kind == "revisit")
    ).all()
    for row in rows:
        mark = (row.rights or {}).get("refers_to")
        if mark is not None:
            original = _original(connection, mark, row.payload_digest)
            values: dict[str, Any] = {"refers_to_id": original, "rights": None}
            if original is None:  # its payload is nowhere: it cannot be read
                values["lost_at"] = datetime.now(UTC)
            connection.execute(update(Capture).where(Capture.id == row.id).values(**values))
