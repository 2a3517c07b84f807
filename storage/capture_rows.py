"""Rows of captures and their files: written once the bytes are on disk, by the writer and by recovery."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.orm import Session

from storage.models import Candidate, Capture, CaptureFile, Run, Site

_CAPTURES: Any = Capture.__table__
_CANDIDATES: Any = Candidate.__table__
_FILES: Any = CaptureFile.__table__


def file_id(connection: Connection, name: str, role: str, run_id: int | None, created_at: datetime) -> int:
    """The row of a capture file, made if it is missing."""
    found = connection.scalar(select(_FILES.c.id).where(_FILES.c.name == name))
    if found is not None:
        return int(found)
    run_id = run_id if run_id is not None and known(connection, Run.id, [run_id]) else None
    row = {"name": name, "role": role, "run_id": run_id, "created_at": created_at, "state": "open"}
    return int(connection.execute(insert(_FILES).values(row).returning(_FILES.c.id)).scalar_one())


def close_file(
    connection: Connection, name: str, *, size: int, records: int, sha256: str, now: datetime
) -> None:
    """Write down what a closed file must look like from now on."""
    connection.execute(
        update(_FILES)
        .where(_FILES.c.name == name)
        .values(state="closed", bytes=size, records=records, sha256=sha256, closed_at=now)
    )


def known(connection: Connection, column: Any, values: Iterable[Any]) -> set[Any]:
    """Which of these values stand in the column."""
    wanted = {value for value in values if value is not None}
    return set(connection.scalars(select(column).where(column.in_(wanted)))) if wanted else set()


def site_ids(connection: Connection, names: Iterable[str | None]) -> dict[str, int]:
    wanted = {name for name in names if name is not None}
    if not wanted:
        return {}
    rows = connection.execute(select(Site.name, Site.id).where(Site.name.in_(wanted)))
    return {row.name: row.id for row in rows}


def save_captures(connection: Connection, rows: Sequence[dict[str, Any]], now: datetime) -> list[int]:
    """Insert rows (with key "site", a name) and mark their candidates captured. Returns ids, in order.

    A row never fails for a run, site or candidate that is not there: the response counts, not the pointer.
    A candidate is captured when a whole 2xx answer came; any other answer leaves its state to the crawler.
    """
    sites = site_ids(connection, (row["site"] for row in rows))
    candidates = known(connection, Candidate.id, (row["candidate_id"] for row in rows))
    runs = known(connection, Run.id, (row["run_id"] for row in rows))
    values = []
    for row in rows:
        value = {name: item for name, item in row.items() if name not in ("site", "etag", "last_modified")}
        value["site_id"] = sites.get(row["site"])
        value["candidate_id"] = row["candidate_id"] if row["candidate_id"] in candidates else None
        value["run_id"] = row["run_id"] if row["run_id"] in runs else None
        values.append(value)
    inserted = connection.execute(
        insert(_CAPTURES).returning(_CAPTURES.c.id, _CAPTURES.c.file_id, _CAPTURES.c.offset), values
    )
    ids = {(row.file_id, row.offset): row.id for row in inserted}
    _mark_captured(connection, [row for row in rows if row["candidate_id"] in candidates], now)
    return [ids[row["file_id"], row["offset"]] for row in rows]


_MARK = (
    update(_CANDIDATES)
    .where(_CANDIDATES.c.id == bindparam("row_id"), _CANDIDATES.c.state != "refused")
    .values(
        state="captured",
        reason=None,
        status=bindparam("new_status"),
        tries=0,
        next_try_at=None,
        updated_at=bindparam("now"),
        etag=bindparam("new_etag"),
        last_modified=bindparam("new_modified"),
    )
)


def _mark_captured(connection: Connection, rows: Sequence[dict[str, Any]], now: datetime) -> None:
    marks = [
        {
            "row_id": row["candidate_id"],
            "new_status": row["status"],
            "now": now,
            "new_etag": row.get("etag"),
            "new_modified": row.get("last_modified"),
        }
        for row in rows
        if 200 <= row["status"] < 300 and row["truncated"] is None and row["role"] == "article"
    ]
    if marks:
        connection.execute(_MARK, marks)


def last_length(session: Session, candidate_id: int) -> int | None:
    """Bytes of the newest whole 200 answer that was kept for a candidate; None where there is none."""
    return session.scalar(
        select(_CAPTURES.c.payload_length)
        .where(
            _CAPTURES.c.candidate_id == candidate_id,
            _CAPTURES.c.role == "article",
            _CAPTURES.c.status == 200,
            _CAPTURES.c.truncated.is_(None),
        )
        .order_by(_CAPTURES.c.id.desc())
        .limit(1)
    )
