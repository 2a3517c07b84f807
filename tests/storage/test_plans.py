"""How SQLite answers what storing asks: never by a look at a whole table, however many rows it has.

SQLite plans without statistics, so its plans are the same for a hundred rows and for millions.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import event

from storage import open_archive
from storage.readings import store_readings
from tests.storage.build import NOW, article, link, reading
from tests.storage.conftest import make_site

MANY = 60  # readings of one transaction: some plans change with the number of values asked for
PLANNED = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
ONE_ROW = "redaction_keys"  # asked only whether there is any


def test_storing_looks_at_no_table_as_a_whole_and_at_no_link_that_waits(tmp_path: Path) -> None:
    plans: dict[str, list[str]] = {}

    def explain(connection: Any, _: Any, statement: str, values: Any, __: Any, is_many: bool) -> None:
        if statement.split()[0] in PLANNED and " VALUES (" not in statement.split("SELECT")[0]:
            cursor = connection.connection.dbapi_connection.cursor()
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", values[0] if is_many else values)
            plans[statement] = [row[3] for row in cursor.fetchall()]

    with open_archive(tmp_path / "archive", create=True) as archive:
        with archive.write() as session:
            site = make_site(session)
        for first in (0, MANY):
            if first:
                event.listen(archive.engine, "before_cursor_execute", explain)
            made = [
                reading(n, of=article(n, related=(link(f"Titre {n}", n + MANY, 1), link("Ailleurs", 999, 2))))
                for n in range(first, first + MANY)
            ]
            with archive.write() as session:
                store_readings(session, [(site, one, None) for one in made], NOW)
    assert any("related_links.target_key IN" in statement for statement in plans)
    scanned = [
        (step, statement)
        for statement, steps in plans.items()
        for step in steps
        if step.startswith("SCAN ") and not step.endswith((ONE_ROW, " ROW", " ROWS", " wanted"))
    ]
    assert scanned == []
    waiting = [
        (steps, statement)
        for statement, steps in plans.items()
        if "target_id IS NULL" in statement and any("(target_id=?)" in step for step in steps)
    ]
    assert waiting == []
