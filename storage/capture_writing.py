"""The writer's half that deals with WARC files: which are open, what was written, which rows are owed."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from storage import warc
from storage.archive import Archive
from storage.capture_files import OpenFile
from storage.capture_rows import close_file, file_id, save_captures, site_ids
from storage.database import explain
from storage.errors import ArchiveError, Redacted
from storage.keys import url_key
from storage.models import Capture as CaptureRow
from storage.records import Capture
from storage.space import check_space
from storage.tombstones import redacted

Transaction = Callable[[Callable[[Session], list[Any]]], list[Any]]


@dataclass(slots=True)
class _Written:
    """A record on disk whose row is still to be written."""

    file: OpenFile
    row: dict[str, Any]


class CaptureWriting:
    """Open capture files by role and run. Used by one thread."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._files: dict[tuple[str, int | None], OpenFile] = {}
        self._owed: list[_Written] = []  # on disk, but the database was away: rows come with the next group
        self._retired: list[OpenFile] = []  # full, to be closed once their rows are written
        self._left: set[str] = set()  # names of files that recovery has to look at

    def keep(self, captures: Sequence[tuple[Capture, int | None]], transaction: Transaction) -> list[Any]:
        """Write and sync the group, then its rows. Each result is a capture id or the error of that capture.

        Raises:
            ArchiveError: the database failed; the bytes stay and their rows are owed.
        """
        check_space(self._archive.captures, self._archive.min_free)
        results = self._refused(captures)
        written: list[tuple[int, _Written]] = []
        originals = self._originals(captures)
        groups: dict[tuple[str, int | None], list[int]] = {}
        for index, (capture, run_id) in enumerate(captures):
            if results[index] is None:
                groups.setdefault((capture.role, run_id), []).append(index)
        for key, indexes in groups.items():
            try:
                records = self._write(key, [captures[i][0] for i in indexes], originals)
            except OSError as error:
                reason = explain(error, str(self._archive.captures))
                for index in indexes:
                    results[index] = reason
            else:
                written += zip(indexes, records, strict=True)
        if written:
            ids = self._save([item for _, item in written], transaction)
            for (index, _), number in zip(written, ids, strict=True):
                results[index] = number
        return results

    def _refused(self, captures: Sequence[tuple[Capture, int | None]]) -> list[Any]:
        """For each capture None, or the error of a page that was redacted: its bytes are not kept again."""
        keys = [url_key(capture.url) for capture, _ in captures]
        try:
            with self._archive.read() as session:
                gone = redacted(session.connection(), keys)
        except (ArchiveError, SQLAlchemyError):  # what slips through is found by hemero verify
            gone = set()
        return [
            Redacted(f"{capture.url} was redacted and stays away") if key in gone else None
            for (capture, _), key in zip(captures, keys, strict=True)
        ]

    def _originals(
        self, captures: Sequence[tuple[Capture, int | None]]
    ) -> dict[tuple[str | None, str], warc.Original]:
        """Earlier captures of the same site and payload. Without an answer everything is kept whole."""
        wanted = {
            (capture.site, warc.payload_digest(capture))
            for capture, _ in captures
            if capture.role == "article" and capture.body and not capture.is_resource
        }
        if not wanted:
            return {}
        try:
            with self._archive.read() as session:
                return _find_originals(session.connection(), wanted)
        except (ArchiveError, SQLAlchemyError):
            return {}

    def _write(
        self,
        key: tuple[str, int | None],
        captures: Sequence[Capture],
        originals: dict[tuple[str | None, str], warc.Original],
    ) -> list[_Written]:
        file = self._file(key)
        records = []
        for capture in captures:
            digest = warc.payload_digest(capture)
            original = originals.get((capture.site, digest))
            records.append(warc.build(capture, str(uuid.uuid4()), key[1], digest, original))
        members = [part for record in records for part in (record.member, record.request) if part]
        offsets = iter(file.append(members))
        try:
            file.sync()
        except OSError:  # after a failed fsync nobody knows what is on the disk: leave the file to recovery
            self._files.pop(key)
            file.abandon()
            raise
        written = []
        for capture, record in zip(captures, records, strict=True):
            offset = next(offsets)
            if record.request:
                next(offsets)
            original = originals.get((capture.site, record.payload_digest))
            written.append(_Written(file, _row(capture, record, key[1], offset, original)))
        return written

    def _file(self, key: tuple[str, int | None]) -> OpenFile:
        file = self._files.get(key)
        if file is not None and file.full:
            self._retired.append(self._files.pop(key))
            file = None
        if file is None:
            role, run_id = key
            file = self._files[key] = OpenFile(self._archive.captures, role, run_id, datetime.now(UTC))
        return file

    def _save(self, items: Sequence[_Written], transaction: Transaction) -> list[Any]:
        self._owed += items
        waiting = list(self._owed)

        def save(session: Session) -> list[Any]:
            connection = session.connection()
            numbers: dict[str, int] = {}
            for item in waiting:
                file = item.file
                if file.name not in numbers:
                    numbers[file.name] = file_id(
                        connection, file.name, file.role, file.run_id, file.created_at
                    )
                item.row["file_id"] = numbers[file.name]
            return save_captures(connection, [item.row for item in waiting], datetime.now(UTC))

        try:
            ids = transaction(save)
        except ArchiveError:
            raise
        except Exception:  # these rows cannot be written in a group: recovery will add them one by one
            self._left |= {item.file.name for item in waiting}
            self._owed.clear()
            raise
        self._owed.clear()
        full = [file for file in self._retired if file.name not in self._left]
        self._close(full, transaction)
        self._retired = [file for file in self._retired if file not in full]
        return ids[len(ids) - len(items) :]

    def finish(self, transaction: Transaction) -> None:
        """Close every file whose rows are all written; leave the others to the next start's recovery."""
        if self._owed:
            with contextlib.suppress(ArchiveError, SQLAlchemyError):
                self._save([], transaction)
        files = [*self._files.values(), *self._retired]
        owing = {item.file.name for item in self._owed} | self._left
        self._close([file for file in files if file.name not in owing], transaction)
        for file in files:
            if file.name in owing:
                file.abandon()
        self._files.clear()

    def _close(self, files: Sequence[OpenFile], transaction: Transaction) -> None:
        """Final names first, then rows: what is killed in between is finished by recovery."""
        closed = []
        for file in files:
            try:
                file.close()
            except OSError:
                file.abandon()
            else:
                closed.append(file)
        if not closed:
            return

        def save(session: Session) -> list[Any]:
            for file in closed:
                close_file(
                    session.connection(),
                    file.name,
                    size=file.size,
                    records=file.records,
                    sha256=file.sha256,
                    now=datetime.now(UTC),
                )
            return []

        with contextlib.suppress(ArchiveError, SQLAlchemyError):
            transaction(save)


def _find_originals(
    connection: Connection, wanted: set[tuple[str | None, str]]
) -> dict[tuple[str | None, str], warc.Original]:
    sites = {number: name for name, number in site_ids(connection, (site for site, _ in wanted)).items()}
    rows = connection.execute(
        select(
            CaptureRow.id,
            CaptureRow.site_id,
            CaptureRow.payload_digest,
            CaptureRow.record_id,
            CaptureRow.url,
            CaptureRow.fetched_at,
        )
        .where(
            CaptureRow.payload_digest.in_({digest for _, digest in wanted}),
            CaptureRow.kind == "response",
            CaptureRow.role == "article",
            CaptureRow.lost_at.is_(None),
        )
        .order_by(CaptureRow.id.desc())
    )
    return {
        (sites.get(row.site_id), row.payload_digest): warc.Original(
            row.id, row.record_id, row.url, row.fetched_at
        )
        for row in rows
        if row.site_id is None or row.site_id in sites
    }


def _row(
    capture: Capture, record: warc.Record, run_id: int | None, offset: int, original: warc.Original | None
) -> dict[str, Any]:
    headers = {name.lower(): value.decode("latin-1") for name, value in reversed(capture.headers)}
    return {
        "site": capture.site,
        "run_id": run_id,
        "candidate_id": capture.candidate_id,
        "offset": offset,
        "length": len(record.member),
        "request_length": len(record.request),
        "record_id": record.record_id,
        "url": warc.one_line(capture.url),
        "role": capture.role,
        "kind": record.kind,
        "refers_to_id": original.id if original is not None and record.kind == "revisit" else None,
        "method": capture.method,
        "status": capture.status,
        "content_type": headers.get(b"content-type"),
        "fetched_at": capture.fetched_at,
        "payload_digest": record.payload_digest,
        "payload_length": len(capture.body),
        "headers_digest": record.headers_digest,
        "ip": capture.ip,
        "truncated": capture.truncated,
        "rights": dict(capture.rights) or None,
        "etag": headers.get(b"etag"),
        "last_modified": headers.get(b"last-modified"),
    }
