"""`hemero repair`: the damaged is sound again, the lost is said and fetched again, twice equals once."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path

import pytest

from storage import access
from storage.errors import ArchiveBusy
from tests.care.conftest import LATER
from tests.care.kept import KILLED, Kept, flip


def repaired(kept: Kept) -> list[str]:
    """Repair, be sound, and do nothing the second time."""
    result = kept.run("repair", "--json")
    assert result.returncode == 0, result.stderr
    kept.assert_sound()
    again = kept.run("repair", "--json")
    assert (again.returncode, again.stdout) == (0, "")
    return [json.loads(line)["done"] for line in result.stdout.splitlines()]


def lost(kept: Kept) -> set[str]:
    return {row["url"] for row in kept.sql("SELECT url FROM captures WHERE lost_at IS NOT NULL")}


def due(kept: Kept) -> set[str]:
    rows = kept.sql("SELECT url FROM candidates WHERE reason = 'capture_lost' AND next_try_at IS NOT NULL")
    return {row["url"] for row in rows}


@pytest.mark.parametrize("either", LATER, indirect=True)
def test_nothing_to_do(either: Kept) -> None:
    before = either.dump()
    assert repaired(either) == []
    assert either.dump() == before


@pytest.mark.case("F040")
@pytest.mark.parametrize("either", LATER, indirect=True)
def test_a_torn_tail_is_cut_and_the_page_fetched_again(either: Kept) -> None:
    path = either.files()[0]
    name = str(path.relative_to(either.folder / "captures"))
    last = either.capture(f"f.name = '{name}' ORDER BY c.\"offset\" DESC LIMIT 1 --")
    path.write_bytes(path.read_bytes()[: last["start"] + last["length"] // 3])
    plan = either.ok("repair", "--dry-run")
    assert name in plan
    assert either.findings()
    assert any("cut" in line for line in repaired(either))
    assert lost(either) == {last["url"]} == due(either)
    assert path.stat().st_size == last["start"]
    assert gzip.decompress(path.read_bytes())
    assert [p.stat().st_size for p in (either.folder / "quarantine").iterdir()] == [last["length"] // 3]
    assert either.sql("SELECT count(*) AS n FROM articles") == either.sql(
        "SELECT count(*) AS n FROM articles WHERE body IS NOT NULL"
    )


@pytest.mark.case("F041")
def test_a_byte_in_the_middle_costs_one_record(kept: Kept) -> None:
    row = kept.capture()
    flip(row["path"], row["start"] + row["length"] // 2)
    repaired(kept)
    assert lost(kept) == {row["url"]} == due(kept)
    note = json.loads(
        kept.sql("SELECT damaged FROM capture_files WHERE name = :n", n=row["name"])[0]["damaged"]
    )
    assert note == [[row["start"], row["start"] + row["length"]]]


@pytest.mark.case("F041")
@pytest.mark.soak
def test_garbage_behind_the_last_record_goes_to_quarantine(kept: Kept) -> None:
    path = kept.files()[-1]
    path.write_bytes(path.read_bytes() + b"garbage")
    before = kept.dump("captures")
    repaired(kept)
    assert kept.dump("captures") == before
    assert [p.read_bytes() for p in (kept.folder / "quarantine").iterdir()] == [b"garbage"]


@pytest.mark.parametrize("either", LATER, indirect=True)
def test_rows_that_are_gone_or_wrong_are_written_again(either: Kept) -> None:
    before = either.dump("captures")
    row = either.capture("c.role = 'channel'")
    either.sql("DELETE FROM captures WHERE id = :id", id=row["id"])
    other = either.capture()
    either.sql("UPDATE captures SET payload_digest = 'x', payload_length = 1 WHERE id = :id", id=other["id"])
    repaired(either)
    assert either.dump("captures") == before


@pytest.mark.case("F042")
def test_a_file_that_went_and_came_back(kept: Kept) -> None:
    path = kept.files()[0]
    before = kept.dump("captures")
    moved = kept.folder / "elsewhere"
    shutil.move(path, moved)
    repaired(kept)
    assert len(lost(kept)) == len(kept.sql("SELECT 1 AS x FROM captures WHERE lost_at IS NOT NULL")) > 3
    assert lost(kept) & due(kept)
    shutil.move(moved, path)
    repaired(kept)
    assert not lost(kept)
    assert kept.dump("captures") == before


@pytest.mark.soak
def test_a_file_no_row_knows(kept: Kept) -> None:
    path = kept.files()[0]
    name = str(path.relative_to(kept.folder / "captures"))
    before = kept.dump("captures")
    kept.sql(
        "DELETE FROM captures"
        " WHERE id NOT IN (SELECT capture_id FROM revisions WHERE capture_id IS NOT NULL)"
        " AND id NOT IN (SELECT refers_to_id FROM captures WHERE refers_to_id IS NOT NULL)"
    )
    repaired(kept)
    assert kept.dump("captures") == before
    assert name in "".join(before["captures"])


@pytest.mark.case("F046")
@pytest.mark.parametrize("either", LATER, indirect=True)
def test_the_index_is_made_again(either: Kept) -> None:
    either.sql("UPDATE articles SET title = title || ' soudainement' WHERE id = 3")
    assert any("index" in line for line in repaired(either))
    found = [json.loads(line) for line in either.ok("search", "soudainement", "--json").splitlines()]
    assert [hit["article"] for hit in found] == [3]


def test_a_page_that_waits_for_a_record_that_is_not_there(kept: Kept) -> None:
    row = kept.capture("c.candidate_id IS NOT NULL AND c.role = 'article'")
    kept.sql("UPDATE candidates SET state = 'captured' WHERE url = :u", u=row["url"])
    kept.sql("UPDATE captures SET lost_at = '2026-01-01 00:00:00.000000' WHERE url = :u", u=row["url"])
    repaired(kept)
    assert row["url"] in due(kept)


def test_it_waits_for_no_one(kept: Kept) -> None:
    """While another process has the archive, the code is 75 and nothing is touched."""
    import fcntl

    with (kept.folder / "locks" / "archive.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        result = kept.run("repair")
    assert result.returncode == 75
    assert "another process" in result.stderr


@pytest.mark.parametrize(
    "step", [2, pytest.param(1, marks=pytest.mark.soak), pytest.param(3, marks=pytest.mark.soak)]
)
def test_killed_at_every_step(kept: Kept, step: int) -> None:
    path = kept.files()[0]
    path.write_bytes(path.read_bytes()[:-40])
    row = kept.capture(f"f.name LIKE '%{kept.files()[1].name}'") if len(kept.files()) > 1 else kept.capture()
    flip(row["path"], row["start"] + row["length"] // 2)
    assert kept.run("repair", fault=f"repair:{step}").returncode == KILLED
    result = kept.run("repair")
    assert result.returncode == 0
    kept.assert_sound()


def test_what_must_be_alone_and_what_writes_exclude_each_other(tmp_path: Path) -> None:
    """Two who write share the archive; one who replaces files has it alone; a look at it takes no lock."""
    with access.shared(tmp_path), access.shared(tmp_path):
        assert access.in_use(tmp_path)
        with pytest.raises(ArchiveBusy), access.alone(tmp_path):
            pass
    assert not access.in_use(tmp_path)
    with access.alone(tmp_path):
        assert access.in_use(tmp_path)
        with pytest.raises(ArchiveBusy), access.shared(tmp_path):
            pass
    assert not access.in_use(tmp_path)
