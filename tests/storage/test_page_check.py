"""SQLite's check of its pages: what it finds, and that it ends when its time is over."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from storage import page_check
from storage.page_check import quick_check

PAGE = 4096
ROWS = 30_000  # of a page each: SQLite needs a tenth of a second for them


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """A small table that is sound, then a large one whose last pages hold nothing."""
    path = tmp_path / "archive.db"
    with sqlite3.connect(path) as database:
        database.executescript(f"PRAGMA page_size = {PAGE}; CREATE TABLE small (a); CREATE TABLE large (a)")
        database.execute("INSERT INTO small VALUES (1)")
        rows = ((b"x" * 3_000,) for _ in range(ROWS))
        database.executemany("INSERT INTO large VALUES (?)", rows)
    database.close()
    with path.open("r+b") as file:
        file.seek(-200 * PAGE, 2)
        file.write(bytes(100 * PAGE))
    return path


@pytest.mark.parametrize("whole", [10, 1_000_000])
def test_damage_is_found_and_time_ends_the_look(
    damaged: Path, whole: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_check, "_WHOLE", whole)
    engine = create_engine(f"sqlite:///{damaged}")
    with engine.connect() as connection:
        assert quick_check(connection) != []
        assert quick_check(connection, 60) != []
        assert quick_check(connection, 0.001) == []
        assert connection.execute(text("SELECT count(*) FROM small")).scalar_one() == 1
    engine.dispose()
