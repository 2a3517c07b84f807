"""Putting right what `verify` finds, as far as it can be: nothing is thrown away, everything done is said.

Torn tails are cut at the last whole record (the bytes cut are kept in `quarantine/`), records without row
get one, rows without record are marked lost and their pages fetched again, files are noted as they are, the
index is made again, redactions are finished. Doing it twice equals doing it once; it may be killed at any
moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import select, text, update

from storage import index, journal, ledger
from storage.access import alone
from storage.archive import Archive
from storage.findings import Finding
from storage.models import Candidate, Capture, CaptureFile
from storage.recovery import recover
from storage.redaction import finish_redactions
from storage.repair_files import mend_file
from storage.rewriting import finish_swaps
from storage.verify import verify
from storage.verify_database import check_database
from storage.verify_files import file_names
from storage.verify_index import check_index

Say = Callable[[str], None]


@dataclass
class Repairs:
    """What was done, in order, and what could not be."""

    done: list[str] = field(default_factory=list)
    left: list[Finding] = field(default_factory=list)


def plan(archive: Archive) -> Iterator[str]:
    """What `repair` would do, one line a fault; changes nothing."""
    for finding in verify(archive):
        if finding.is_damage:
            move = _MOVES.get(finding.check, "cannot be repaired; " + (finding.remedy or "see above"))
            yield f"{finding} -> {move}"


_MOVES = {
    "unfinished": "finish and close it",
    "size": "cut a torn tail, note the file as it is",
    "digest": "note the file as it is, once its records are settled",
    "records": "note the file as it is",
    "record": "mark the capture lost and fetch the page again",
    "bytes": "keep what can be read around them",
    "unknown": "add the missing rows",
    "missing": "mark its captures lost and fetch the pages again",
    "pruned": "remove the file",
    "index": "make the index again",
    "candidate": "fetch the page again",
    "ledger": "cut a torn last line",
    "redaction": "finish it",
    "redacted": "redact it again",
}


def repair(archive: Archive, *, patience: float = 0.0) -> Repairs:
    """Repair and say what was done.

    Raises:
        ArchiveBusy: another process writes to the archive.
        ArchiveError: the database cannot be written; it needs `hemero rebuild` or a backup.
    """
    result = Repairs()
    with alone(archive.folder, patience):
        _finish(archive, result.done.append)
        for name in [*file_names(archive), *_unknown_files(archive)]:
            mend_file(archive, name, result.done.append)
        _drop_pruned(archive, result.done.append)
        _owe(archive, result.done.append)
        _database(archive, result.done.append)
        _index(archive, result.done.append)
        result.done += finish_redactions(archive)
        journal.replay(archive)  # what an analyst decided and a dying process did not carry out
    result.left = [finding for finding in verify(archive) if finding.is_damage]
    return result


def _finish(archive: Archive, say: Say) -> None:
    """What a dead process had begun: ledger line, rewritten files, open capture files."""
    cut = ledger.cut_tail(archive.folder)
    if cut:
        say(f"{ledger.NAME}: cut a torn last line of {cut} bytes")
    for name in finish_swaps(archive):
        say(f"{name}: finished its rewriting")
    found = recover(archive)
    for name in found.files:
        say(f"{name}: closed for a process that died")
    for name in found.removed:
        say(f"{name}: removed, it held no whole record")
    if found.records_added:
        say(f"{found.records_added} records got the row they lacked")
    if found.bytes_cut:
        say(f"{found.bytes_cut} bytes of torn records cut")
    if found.lost:
        say(f"{found.lost} captures marked lost; their pages are fetched again")


def _unknown_files(archive: Archive) -> list[str]:
    known = set(file_names(archive))
    found = (str(path.relative_to(archive.captures)) for path in archive.captures.rglob("*.warc.gz"))
    return sorted(set(found) - known)


def _drop_pruned(archive: Archive, say: Say) -> None:
    with archive.read() as session:
        names = session.scalars(select(CaptureFile.name).where(CaptureFile.state == "pruned")).all()
    for name in names:
        if (archive.captures / name).exists():
            (archive.captures / name).unlink()
            say(f"{name}: removed, it had been pruned")


def _owe(archive: Archive, say: Say) -> None:
    """Candidates that count as fetched without a record to read are due again."""
    readable = (
        select(Capture.id)
        .where(
            Capture.candidate_id == Candidate.id, Capture.lost_at.is_(None), Capture.status.between(200, 299)
        )
        .exists()
    )
    now = datetime.now(UTC)
    with archive.write() as session:
        result = session.connection().execute(
            update(Candidate)
            .where(Candidate.state == "captured", ~readable)
            .values(state="pending", reason="capture_lost", next_try_at=now, updated_at=now)
        )
    if result.rowcount:
        say(f"{result.rowcount} candidates without a record are fetched again")


def _database(archive: Archive, say: Say) -> None:
    """Indexes of SQLite can be made again; anything deeper is for `hemero rebuild`."""
    if not archive.is_sqlite:
        return
    faults = [finding for finding in check_database(archive, quick=False) if finding.check == "database"]
    if any("index" in finding.message for finding in faults):
        with archive.write() as session:
            session.execute(text("REINDEX"))
        say("made the database's indexes again")


def _index(archive: Archive, say: Say) -> None:
    if any(check_index(archive, quick=False)):
        with archive.write() as session:
            count = index.rebuild(session.connection())
        say(f"made the full-text index again: {count} articles")
