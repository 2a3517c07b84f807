"""Capture files against their rows: every row a whole record with its digest, every byte explained."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from storage.archive import Archive
from storage.capture_files import OPEN
from storage.findings import Finding, note
from storage.models import Capture, CaptureFile
from storage.survey import PAYLOADS, Bad, Seen, file_digest, survey

Progress = Callable[[int, int], None]
FILES = "*.warc.gz"


@dataclass(frozen=True, slots=True)
class FileRows:
    """One row of capture_files and the captures in it, by offset, as they were at one moment."""

    file: Any
    captures: dict[int, Any]

    @property
    def end(self) -> int:
        """The first byte behind what the rows know."""
        return max((o + r.length + r.request_length for o, r in self.captures.items()), default=0)

    @property
    def anchors(self) -> list[int]:
        places = set()
        for offset, row in self.captures.items():
            if offset < 0:  # a lost record whose bytes were left out when the file was rewritten
                continue
            places |= {offset, offset + row.length, offset + row.length + row.request_length}
        return sorted(places)


def load_rows(archive: Archive, name: str) -> FileRows | None:
    """What the database says of a file now; None where it knows none."""
    with archive.read() as session:
        file = session.scalar(select(CaptureFile).where(CaptureFile.name == name))
        if file is None:
            return None
        columns = (
            Capture.id,
            Capture.offset,
            Capture.length,
            Capture.request_length,
            Capture.record_id,
            Capture.url,
            Capture.kind,
            Capture.refers_to_id,
            Capture.candidate_id,
            Capture.payload_digest,
            Capture.payload_length,
            Capture.headers_digest,
            Capture.lost_at,
        )
        rows = session.execute(select(*columns).where(Capture.file_id == file.id)).all()
    return FileRows(file, {row.offset: row for row in rows})


def file_names(archive: Archive) -> list[str]:
    with archive.read() as session:
        return list(session.scalars(select(CaptureFile.name).order_by(CaptureFile.name)))


def check_files(
    archive: Archive, *, quick: bool, in_use: bool, on_progress: Progress | None = None
) -> Iterator[Finding]:
    """All faults of the captures folder.

    Args:
        quick: sizes and places only; no record is unpacked.
        in_use: another process writes now, so open files and missing ends are its business.
    """
    names = file_names(archive)
    total = sum(path.stat().st_size for path in archive.captures.rglob("*") if path.is_file())
    done = 0
    for name in names:
        yield from check_file(archive, name, quick=quick, in_use=in_use)
        path = archive.captures / name
        done += path.stat().st_size if path.exists() else 0
        if on_progress is not None:
            on_progress(done, total)
    yield from _strangers(archive, in_use=in_use)


def check_file(archive: Archive, name: str, *, quick: bool, in_use: bool) -> list[Finding]:
    """The faults of one file; looked at again if it was closed, pruned or rewritten meanwhile."""
    while True:
        before = load_rows(archive, name)
        if before is None:
            return []
        found = list(_check(archive, before, quick=quick, in_use=in_use))
        after = load_rows(archive, name)
        if not found or (after is not None and _same(before.file, after.file)):
            return found


def _same(before: Any, after: Any) -> bool:
    return (before.state, before.sha256, before.bytes) == (after.state, after.sha256, after.bytes)


def _check(archive: Archive, rows: FileRows, *, quick: bool, in_use: bool) -> Iterator[Finding]:
    name = rows.file.name
    path, opened = archive.captures / name, archive.captures / (name + OPEN)
    there = path if path.exists() else opened if opened.exists() else None
    if rows.file.state == "pruned":
        if there is not None:
            yield Finding("pruned", "the file was pruned and is still there", file=name)
        return
    if there is None:
        yield from _missing(rows)
        return
    if rows.file.state == "missing":
        yield Finding("missing", "the file was noted as missing and is there again", file=name)
    if rows.file.state == "open" and not in_use:
        yield Finding("unfinished", "left open by a process that died", file=name)
    if rows.file.state == "closed" and there is opened:
        yield Finding("unfinished", "the row says closed, the file is still open", file=name)
    yield from _file_numbers(rows, there, quick=quick)
    if quick:
        yield from _places(rows, there)
    else:
        limit = rows.end if rows.file.state == "open" and in_use else None
        yield from check_records(archive, rows, there, limit)


def _missing(rows: FileRows) -> Iterator[Finding]:
    name = rows.file.name
    kept = [row for row in rows.captures.values() if row.lost_at is None]
    if rows.file.state != "missing" or kept:
        yield Finding("missing", f"the file is gone, and with it {len(kept)} captures", file=name)
    elif rows.captures:
        yield note("lost", f"the file is gone; its {len(rows.captures)} captures are marked lost", file=name)
    for row in kept:
        yield _of_row(rows, row, "missing", "the record is gone with its file")


def _file_numbers(rows: FileRows, path: Path, *, quick: bool) -> Iterator[Finding]:
    if rows.file.state != "closed":
        return
    size = path.stat().st_size
    if size != rows.file.bytes:
        message = f"the file has {size} bytes, {rows.file.bytes} when it was closed"
        yield Finding("size", message, file=rows.file.name)
    elif not quick and file_digest(path) != rows.file.sha256:
        yield Finding("digest", "the file is not as it was closed (SHA-256 differs)", file=rows.file.name)


def _places(rows: FileRows, path: Path) -> Iterator[Finding]:
    size = path.stat().st_size
    for row in rows.captures.values():
        if row.lost_at is None and row.offset + row.length + row.request_length > size:
            yield _of_row(rows, row, "record", "the record stands behind the end of the file")


def check_records(archive: Archive, rows: FileRows, path: Path, limit: int | None) -> Iterator[Finding]:
    """Walk the whole file beside its rows."""
    met: set[int] = set()
    count = 0
    request_of: Any = None  # the row whose request record must come next
    for item in survey(path, rows.anchors, limit):
        row = rows.captures.get(item.offset)
        if isinstance(item, Bad):
            met.add(item.offset)
            yield from _bad(rows, item)
            request_of = row if row is not None and row.request_length else None
            continue
        count += 1
        if row is not None:
            met.add(item.offset)
            if row.lost_at is None:
                yield from _record(archive, rows, row, item)
        elif item.kind in PAYLOADS:
            yield _at(rows, item, "unknown", "a record that no row knows", item.fields.get("warc-target-uri"))
        elif not (item.offset == 0 and item.kind == "warcinfo") and not _is_request(item, request_of):
            yield _at(rows, item, "unknown", f"a {item.kind or 'nameless'} record that nothing explains")
        request_of = row if row is not None and row.request_length else None
    if rows.file.state == "closed" and rows.file.records not in (None, count):
        yield Finding(
            "records", f"{count} whole records, {rows.file.records} when closed", file=rows.file.name
        )
    for row in rows.captures.values():
        if row.offset not in met and row.lost_at is None:
            yield _of_row(rows, row, "record", "no record begins where its row says")


def _bad(rows: FileRows, bad: Bad) -> Iterator[Finding]:
    if [bad.offset, bad.end] in (rows.file.damaged or []):
        return  # known and noted
    owner = rows.captures.get(bad.offset)
    near = owner or next((row for at, row in rows.captures.items() if at + row.length == bad.offset), None)
    size = bad.end - bad.offset
    yield Finding(
        "bytes" if owner is None else "record",
        bad.reason if owner is not None else f"{size} bytes that are no record ({bad.reason})",
        file=rows.file.name,
        offset=bad.offset,
        end=bad.end,
        url=None if near is None else near.url,
        capture_id=None if owner is None else owner.id,
    )


def _is_request(item: Seen, row: Any) -> bool:
    return (
        row is not None
        and item.kind == "request"
        and item.offset == row.offset + row.length
        and item.length == row.request_length
    )


def _record(archive: Archive, rows: FileRows, row: Any, seen: Seen) -> Iterator[Finding]:
    """One record against its row."""
    wrong = [text for text, ok in _facts(row, seen) if not ok]
    if not wrong and row.kind == "revisit":
        wrong = _revisit(archive, row)
    if wrong:
        yield _of_row(rows, row, "record", ", ".join(wrong))


def _facts(row: Any, seen: Seen) -> Sequence[tuple[str, bool]]:
    claimed = seen.fields.get("warc-payload-digest", "").removeprefix("sha256:")
    whole = [
        ("another length", seen.length == row.length),
        ("another record id", seen.member.record_id == row.record_id),
        ("another kind", seen.kind == row.kind),
        ("another URL", seen.fields.get("warc-target-uri") == row.url),
        ("other headers", hashlib.sha256(seen.head).hexdigest() == row.headers_digest),
        ("the record's digest is not the row's", claimed == row.payload_digest),
    ]
    if row.kind != "revisit":
        whole.append(("the payload's digest is not the row's", seen.digest == row.payload_digest))
        whole.append(("another payload length", seen.size == row.payload_length))
    return whole


def _revisit(archive: Archive, row: Any) -> list[str]:
    if row.refers_to_id is None:
        return ["a revisit that refers to no record"]
    with archive.read() as session:
        original = session.execute(
            select(Capture.kind, Capture.payload_digest, Capture.lost_at).where(
                Capture.id == row.refers_to_id
            )
        ).first()
    if original is None or original.kind != "response":
        return ["a revisit of a record without payload"]
    if original.lost_at is not None:
        return ["a revisit of a record that is lost"]
    return [] if original.payload_digest == row.payload_digest else ["a revisit of another payload"]


def _of_row(rows: FileRows, row: Any, check: str, message: str) -> Finding:
    return Finding(
        check, message, file=rows.file.name, offset=row.offset, end=row.offset + row.length, url=row.url,
        capture_id=row.id,
    )  # fmt: skip


def _at(rows: FileRows, item: Seen, check: str, message: str, url: str | None = None) -> Finding:
    return Finding(check, message, file=rows.file.name, offset=item.offset, end=item.end, url=url)


def _strangers(archive: Archive, *, in_use: bool) -> Iterator[Finding]:
    """Files under captures/ that no row knows."""
    found = {
        str(path.relative_to(archive.captures)) for path in archive.captures.rglob("*") if path.is_file()
    }
    known = set(file_names(archive))  # asked after the folder, so that no new file looks strange
    for name in sorted(found):
        bare = name.removesuffix(OPEN)
        if bare in known or (in_use and name.endswith(OPEN)):
            continue
        if bare.endswith(".warc.gz"):
            yield Finding("unknown", "a capture file that no row knows", file=name)
        elif name.endswith(".new"):
            yield Finding("unfinished", "half of a rewriting that died", file=name)
        else:
            yield note("unknown", "not a capture file", file=name)
