"""Removing an article for good: text, captures, index, revisions, teasers elsewhere; a tombstone keeps it
away.

In this order, each step repeatable: the ledger says what is to go; rewritten capture files are laid beside
the old ones; one transaction takes the rows, sets the tombstones and moves the rows of what stays; the
files are swapped; the database forgets its free pages. Killed anywhere, `finish_redactions` (hemero repair,
or the same command again) carries on from the ledger.
"""

from __future__ import annotations

import getpass
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select, update

from storage import ledger, quarantine
from storage.access import alone
from storage.archive import DATABASE, Archive
from storage.faults import fault
from storage.keys import url_key
from storage.models import Article, Capture, CaptureFile, Redaction
from storage.rebuild_postgres import schemas_kept
from storage.recovery import recover
from storage.redaction_plan import Target, find, follow_revisits, look_into, sites_of
from storage.redaction_purge import check_owner, purge
from storage.redaction_rows import remove_rows
from storage.rewriting import Rewritten, finish_swaps, rewrite, swap
from storage.verify_files import load_rows


@dataclass
class Redacted:
    """What a redaction did, or would do."""

    url: str | None
    articles: list[str] = field(default_factory=list)  # addresses
    captures: int = 0
    masked: int = 0  # pages of other articles in which its teaser was masked
    channels: int = 0  # feeds and listings that were left out
    teasers: int = 0  # entries of other articles
    files: list[str] = field(default_factory=list)  # rewritten
    same_text: list[str] = field(default_factory=list)  # other articles with the same words: they stay
    copies: list[str] = field(default_factory=list)  # exports, backups and old databases that may hold it
    unread: int = 0


def redact(
    archive: Archive,
    url: str,
    identity: str,
    reason: str,
    *,
    forget_url: bool = False,
    patience: float = 0.0,
    dry_run: bool = False,
) -> Redacted:
    """Remove what stands under this URL and keep it away. An address that is not in the archive is kept
    away too.

    Args:
        url: canonical. identity: of the article behind it, as its site's rules say.
        forget_url: keep only digests of the address, in database and ledger.
        patience: seconds to wait for a crawl to end.

    Raises:
        ArchiveBusy: another process writes to the archive.
        ArchiveNotWritable: the role may not write the tables anew.
    """
    keys = {identity, url_key(url)}
    if dry_run:
        with archive.read() as session:
            target = find(session.connection(), keys)
        look_into(archive, target)
        return _report(archive, target, url)
    check_owner(archive)
    with alone(archive.folder, patience):
        recover(archive)
        with archive.read() as session:
            target = find(session.connection(), keys)
            sites = sites_of(session.connection(), target)
        data = {
            "url": None if forget_url else url,
            "keys": sorted(target.keys),
            "site": sites[0] if sites else None,
            "reason": reason,
            "who": _who(),
        }
        owed = next((one for one in _owed(archive) if keys & set(one.data["keys"])), None)
        if owed is not None:  # the same command was killed: what it asked for is carried on
            with archive.read() as session:
                target = find(session.connection(), keys | set(owed.data["keys"]))
        report = _report(archive, target, url)
        entry = owed or ledger.append(archive.folder, "redaction", data, datetime.now(UTC))
        _carry_out(archive, entry, target, report)
    return report


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a number without a name, as in many containers
        return str(os.getuid())


def finish_redactions(archive: Archive) -> list[str]:
    """Carry out what the ledger asks for and no process finished. For a caller that has the archive alone."""
    done = []
    for entry in _owed(archive):
        with archive.read() as session:
            target = find(session.connection(), entry.data["keys"])
        report = _report(archive, target, entry.data.get("url"))
        _carry_out(archive, entry, target, report)
        where = entry.data.get("url") or "an article"
        done.append(f"finished the redaction of {where}, asked for on {entry.at:%Y-%m-%d}")
    return done


def _owed(archive: Archive) -> list[ledger.Entry]:
    """Redactions that are not done, or whose article is there again (an old capture file was put back)."""
    asked = [entry for entry in ledger.read(archive.folder) if entry.kind == "redaction"]
    if not asked:
        return []
    with archive.read() as session:
        done = set(session.scalars(select(Redaction.ledger_id).where(Redaction.done_at.is_not(None))))
        owed = []
        for entry in asked:
            if entry.id not in done or _is_back(session.connection(), entry):
                owed.append(entry)
    return owed


def _is_back(connection: object, entry: ledger.Entry) -> bool:
    target = find(connection, entry.data["keys"])  # type: ignore[arg-type]
    return bool(target.articles or target.captures or target.candidates or target.links)


def _carry_out(archive: Archive, entry: ledger.Entry, target: Target, report: Redacted) -> None:
    finish_swaps(archive)
    look_into(archive, target)
    with archive.read() as session:
        follow_revisits(session.connection(), target)
    report.captures, report.masked = len(target.captures), target.masked
    report.channels, report.unread = target.channels, target.unread
    made = _rewrite_files(archive, target)
    report.files = [file.name for file in made]
    quarantine.drop(archive.folder, [*report.files, ledger.NAME])  # now: a second try may not know the files
    with archive.write() as session:
        remove_rows(session.connection(), entry, target, made)
        fault("redact_commit")
    fault("redact_committed")
    for file in made:
        swap(archive, file)
    ledger.scrub(archive.folder, target.keys)
    fault("redact_purge")
    purge(archive)
    now = datetime.now(UTC)
    with archive.write() as session:
        session.execute(update(Redaction).where(Redaction.ledger_id == entry.id).values(done_at=now))
    fault("redact_done")


def _rewrite_files(archive: Archive, target: Target) -> list[Rewritten]:
    with archive.read() as session:
        names = session.scalars(
            select(CaptureFile.name)
            .join(Capture, Capture.file_id == CaptureFile.id)
            .where(Capture.id.in_(target.edits), CaptureFile.state == "closed")
            .distinct()
            .order_by(CaptureFile.name)
        ).all()
    made: list[Rewritten] = []
    for name in names:
        rows = load_rows(archive, name)
        if rows is not None and (archive.captures / name).exists():
            made.append(rewrite(archive, rows, target.edits))
    return made


def _report(archive: Archive, target: Target, url: str | None) -> Redacted:
    digests = {row.text_digest for row in target.articles.values() if row.body}
    with archive.read() as session:
        same = session.scalars(
            select(Article.url).where(Article.text_digest.in_(digests), Article.id.not_in(target.articles))
        ).all()
    report = Redacted(url, [row.url for row in target.articles.values()], len(target.captures))
    report.masked, report.channels, report.unread = target.masked, target.channels, target.unread
    report.teasers, report.same_text = len(target.links), list(same)
    report.copies = copies_since(archive, target)
    return report


def copies_since(archive: Archive, target: Target) -> list[str]:
    """Exports and backups made since the article was first seen, and databases set aside since."""
    first = min((row.first_seen_at for row in target.articles.values()), default=None)
    found = [
        f"{entry.data['what']} {entry.data['path']} of {entry.at:%Y-%m-%d %H:%M} UTC"
        + ("" if "://" in entry.data["path"] or Path(entry.data["path"]).exists() else " (no longer there)")
        for entry in ledger.copies(archive.folder)
        if (first is None or entry.at >= first) and entry.data["path"] != archive.database_name
    ]
    return found + [f"database set aside {name}" for name in _set_aside(archive)]


def _set_aside(archive: Archive) -> list[str]:
    """Databases in the folder that are not the one in use, and what a rebuild has kept on the server."""
    pattern = f"{DATABASE}.*" if archive.is_sqlite else f"{DATABASE}*"
    endings = (".new", "-wal", "-shm")
    files = sorted(path for path in archive.folder.glob(pattern) if not path.name.endswith(endings))
    return [*map(os.fspath, files), *([] if archive.is_sqlite else schemas_kept(archive))]
