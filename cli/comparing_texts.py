"""Comparing texts that were stored without it: by an older version, or by a process that died."""

from __future__ import annotations

from datetime import UTC, datetime

from cli.output import counted
from pipelines.duplicates import shingles
from storage import copies, graph_loose
from storage.archive import Archive
from storage.records import Article, Reading
from storage.shingle_rows import save_fingerprints

BATCH = 200


def compare_all(archive: Archive) -> int:
    """Make missing fingerprints, compare all articles that wait, look for open related entries again.

    Returns how many articles were compared. Ended in the middle, the next call carries on.
    """
    while _add_missing(archive):
        pass
    steps = iter(lambda: _next(archive), 0)
    done = sum(counted(steps, _waiting(archive) // BATCH + 1, "comparing"))
    with archive.write() as session:
        graph_loose.resolve_all(session.connection())
    return done


def _next(archive: Archive) -> int:
    with archive.write() as session:
        return copies.work_off(session, datetime.now(UTC), BATCH)


def _waiting(archive: Archive) -> int:
    from storage.shingle_rows import shingle_state

    with archive.read() as session:
        return shingle_state(session.connection()).waiting


def _add_missing(archive: Archive) -> int:
    """Fingerprints of the next articles without one. The shingles are made outside the transaction."""
    with archive.read() as session:
        rows = session.execute(copies.missing(BATCH)).all()
    readings = {row.id: _reading(row.title, row.lead, row.body) for row in rows}
    if readings:
        with archive.write() as session:
            save_fingerprints(session.connection(), readings, known=readings.keys())
    return len(readings)


def _reading(title: str | None, lead: str | None, body: str | None) -> Reading:
    text = "\n".join(part for part in (lead, body) if part)
    article = Article("", "article", title=title, lead=lead, body=body)
    return Reading(article, "", "", "", "", datetime.now(UTC), shingles=tuple(shingles(text)))
