"""A new database from the captures and the ledger: what the tables say is read again, not trusted.

Storage walks the capture files and makes rows of records; who calls it knows the sites' rules and reads the
pages (`Rules`). The new database grows beside the one in use and takes its place by one rename (SQLite) or
one transaction (PostgreSQL): killed at any moment, the old one is in use, or the new one is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from storage import ledger
from storage.archive import DATABASE, Archive
from storage.capture_files import lock, sync_folder
from storage.faults import fault
from storage.fresh import close_file, make_database, remove_database, sqlite_url
from storage.models import Article, Candidate, Capture, CaptureFile, Redaction, RedactionKey, Revision, Site
from storage.rebuild_files import Rules
from storage.recovery import Recovery, _cut
from storage.upsert import chunks, upsert

REBUILDING, REBUILT, BEFORE = ".rebuilding", ".rebuilt", ".before-rebuild"
GONE = (404, 410)


@dataclass(frozen=True, slots=True)
class Visit:
    """One fetch of a page, to be played again in the order of time."""

    capture_id: int
    candidate_id: int | None
    site_id: int | None
    site: str | None
    url: str
    kind: str
    fetched_at: datetime
    gone: bool  # the page was not there: nothing to read


def begin_file(folder: Path) -> Archive:
    """A new SQLite database beside archive.db."""
    path = folder / (DATABASE + REBUILDING)
    remove_database(path)
    return make_database(folder, sqlite_url(path))


def close_open_files(folder: Path) -> None:
    """Capture files of dead runs: cut at the last whole record, given their final name."""
    captures = folder / "captures"
    for path in sorted(captures.rglob("*.warc.gz.open")):
        name = str(path.relative_to(captures)).removesuffix(".open")
        with path.open("rb+") as file:
            if not lock(file.fileno()):
                continue
            walked = _cut(folder, path, name, file.fileno(), Recovery())
        if walked.records == 0:
            path.unlink()
        else:
            path.rename(path.with_name(path.name.removesuffix(".open")))
        sync_folder(path.parent)


def plant_tombstones(new: Archive) -> None:
    """Redactions first, so that nothing redacted comes back.

    Raises:
        LedgerDamaged: the ledger is not whole; a rebuild without it would bring back what was removed.
    """
    entries = [entry for entry in ledger.read(new.folder) if entry.kind == "redaction"]
    with new.write() as session:
        for entry in entries:
            data = entry.data
            row = {key: data.get(key) for key in ("site", "url", "reason", "who")}
            values = {**row, "ledger_id": entry.id, "made_at": entry.at, "done_at": entry.at}
            made = session.execute(insert(Redaction).values(values).returning(Redaction.id)).scalar_one()
            rows = [{"key": key, "redaction_id": made} for key in data["keys"]]
            statement = upsert(session, RedactionKey).on_conflict_do_nothing()
            session.connection().execute(statement, rows)


def visit_ids(new: Archive) -> list[int]:
    """Captures of every fetch of a page, in the order of time."""
    query = (
        select(Capture.id)
        .where(
            Capture.role == "article",
            Capture.truncated.is_(None),
            Capture.lost_at.is_(None),
            Capture.status.in_((200, *GONE)),
            Capture.candidate_id.is_not(None) | (Capture.kind == "resource") | (Capture.status != 200),
        )
        .order_by(Capture.fetched_at, Capture.id)
    )
    with new.read() as session:
        return list(session.scalars(query))


def visits(new: Archive, rules: Rules, ids: Sequence[int]) -> Iterator[Visit]:
    """These fetches, each to be read or found gone."""
    columns = (
        Capture.id,
        Capture.candidate_id,
        Capture.site_id,
        Capture.url,
        Capture.kind,
        Capture.fetched_at,
        Capture.status,
        Site.name.label("site"),
        Candidate.url.label("asked"),
    )
    query = (
        select(*columns)
        .outerjoin(Site, Site.id == Capture.site_id)
        .outerjoin(Candidate, Candidate.id == Capture.candidate_id)
    )
    for part in chunks(ids):
        with new.read() as session:
            rows = {row.id: row for row in session.execute(query.where(Capture.id.in_(part)))}
        for number in part:
            yield _visit(new, rules, rows[number])


def _visit(new: Archive, rules: Rules, row: Any) -> Visit:
    """A 404, or a redirect from an article to a page that is none, means gone."""
    led_away = (
        row.asked is not None
        and row.asked != row.url
        and rules.is_article(row.site, row.asked, row.kind)
        and not rules.is_article(row.site, row.url, row.kind)
    )
    candidate = row.candidate_id
    if row.status in GONE and candidate is None:
        identity = rules.identity(row.site, row.url, row.kind)
        with new.read() as session:
            candidate = session.scalar(select(Candidate.id).where(Candidate.identity == identity))
    return Visit(row.id, candidate, row.site_id, row.site, row.url, row.kind, row.fetched_at,
                 row.status in GONE or led_away)  # fmt: skip


def put_in_place(new: Archive, folder: Path) -> Path | None:
    """Let the new SQLite database take the old one's place. Returns where the old one is kept."""
    close_file(new)
    (folder / (DATABASE + REBUILDING)).rename(folder / (DATABASE + REBUILT))
    sync_folder(folder)
    fault("rebuild_done")
    return finish_swap(folder)


def finish_swap(folder: Path) -> Path | None:
    """The swap itself; also for a rebuilt database that a killed process left ready."""
    path, rebuilt, before = (folder / (DATABASE + ending) for ending in ("", REBUILT, BEFORE))
    kept = None
    if path.exists():
        _empty_journal(path)
        for ending in ("", "-wal"):
            old = Path(f"{path}{ending}")
            Path(f"{before}{ending}").unlink(missing_ok=True)
            if old.exists():
                Path(f"{before}{ending}").hardlink_to(old)
        kept = before
    fault("rebuild_swap")
    remove_database(path, only_journals=True)
    fault("rebuild_swap")
    rebuilt.rename(path)
    sync_folder(folder)
    return kept


def _empty_journal(path: Path) -> None:
    """Play the journal into the old file, if it is one that still can be opened."""
    try:
        with closing(sqlite3.connect(path, timeout=5)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error:
        return


def site_examples(session: Session) -> list[tuple[str, str]]:
    """Every site of article captures with one of its URLs."""
    query = (
        select(Site.name, func.max(Capture.url))
        .join(Capture, Capture.site_id == Site.id)
        .where(Capture.role == "article")
        .group_by(Site.name)
    )
    return [(name, url) for name, url in session.execute(query)]


def count(session: Session) -> tuple[int, int]:
    """Articles and revisions."""
    return _rows(session, Article), _rows(session, Revision)


def count_captures(session: Session) -> tuple[int, int]:
    """Capture files and captures."""
    return _rows(session, CaptureFile), _rows(session, Capture)


def _rows(session: Session, table: Any) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0
