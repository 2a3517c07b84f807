"""PostgreSQL that may only be read, roles that may not do everything: one line, 2, nothing half-done."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.care.kept import DUMPS, READS, Kept, as_role
from tests.postgres import Cluster
from tests.running import PAGE

pytestmark = pytest.mark.postgres
_WRITES = (
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}",
)


def refused(kept: Kept, *command: str) -> str:
    """The one line of a command that must end with 2 and leave everything as it was."""
    ledger = kept.folder / "ledger.jsonl"
    before = ledger.read_bytes() if ledger.exists() else b""
    files = sorted((kept.folder / "captures").rglob("*"))
    result = kept.run(*command)
    assert result.returncode == 2, result.stdout + result.stderr
    (line,) = result.stderr.splitlines()
    assert (ledger.read_bytes() if ledger.exists() else b"") == before
    assert sorted((kept.folder / "captures").rglob("*")) == files
    return str(line)


def writing(kept: Kept, tmp_path: Path) -> list[list[str]]:
    (tmp_path / "page.html").write_text(PAGE.format(number=99), encoding="utf-8")
    url = kept.sql("SELECT url FROM articles ORDER BY id LIMIT 1")[0]["url"]
    return [
        ["crawl", "echo"],
        ["import", str(tmp_path / "page.html")],
        ["redact", url, "--reason", "essai"],
        ["prune", "--older-than", "0"],
        ["repair"],
        ["correct", "1", "section", "Sport"],
        ["rebuild"],
    ]


def test_a_database_that_may_only_be_read(on_server: Kept, tmp_path: Path) -> None:
    before = on_server.dump(*DUMPS)
    name = on_server.sql("SELECT current_database() AS n")[0]["n"]
    on_server.sql(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    for command in writing(on_server, tmp_path):
        line = refused(on_server, *command)
        assert "may only be read" in line or "read-only transaction" in line
    on_server.ok("search", "port")
    assert on_server.dump(*DUMPS) == before


def test_a_role_that_may_only_read(on_server: Kept, tmp_path: Path) -> None:
    before, reader = on_server.dump(*DUMPS), as_role(on_server, READS)
    for command in writing(on_server, tmp_path):
        line = refused(reader, *command)
        assert "may only be read by this role" in line or "permission denied" in line
    reader.ok("search", "port")
    assert on_server.dump(*DUMPS) == before
    on_server.assert_sound()


def test_what_needs_the_tables_owner(on_server: Kept) -> None:
    """PostgreSQL only warns where a table of another is to be rewritten: the text would stay in it."""
    writer = as_role(on_server, *_WRITES)
    url = on_server.sql("SELECT url FROM articles ORDER BY id LIMIT 1")[0]["url"]
    assert "may not rewrite the table" in refused(writer, "redact", url, "--reason", "essai")
    assert "permission denied" in refused(writer, "rebuild")
    writer.ok("correct", "1", "section", "Sport")
    on_server.assert_sound()


def test_a_right_that_is_taken_away_under_a_run(on_server: Kept, postgres: Cluster, tmp_path: Path) -> None:
    """The table that only the reading of a page needs: its capture is kept, and read once that may be."""
    writer = as_role(on_server, *_WRITES)
    role = str(writer.url).partition("://")[2].partition("@")[0]
    (tmp_path / "page.html").write_text(PAGE.format(number=99), encoding="utf-8")
    on_server.sql(f"REVOKE INSERT ON articles FROM {role}")
    result = writer.run("import", str(tmp_path / "page.html"))
    assert result.returncode == 2, result.stderr
    assert "permission denied for table articles" in result.stderr
    on_server.sql(f"GRANT INSERT ON articles TO {role}")
    writer.ok("import", str(tmp_path / "page.html"))
    found = "SELECT count(*) AS n FROM articles WHERE url = 'https://vigie.example/actu/99'"
    assert on_server.sql(found) == [{"n": 1}]
    on_server.assert_sound()
