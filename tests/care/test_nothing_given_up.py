"""What only a backup, a damaged file or a dead process's ledger still holds is not given up."""

from __future__ import annotations

import fcntl
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.server import DemoServer
from tests.care.kept import KILLED, Kept, flip
from tests.care.test_redact import REASON, most_linked
from tests.crawl.conftest import Crawled
from tests.faults.disk import small_disk
from tests.running import HEMERO, environment, run_hemero


def test_a_backup_keeps_the_files_its_archive_has_lost(kept: Kept) -> None:
    folder = kept.folder.parent / "backup"
    kept.ok("backup", str(folder))
    lost = kept.files()[0]
    copy = folder / "captures" / lost.relative_to(kept.folder / "captures")
    content = lost.read_bytes()
    lost.unlink()
    kept.ok("repair")
    kept.ok("backup", str(folder))
    assert copy.read_bytes() == content


def test_a_folder_with_the_backup_of_another_archive_is_refused(kept: Kept, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    kept.ok("backup", str(folder))
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with DemoServer(articles=3, port=0) as server:
        crawled = Crawled(tmp_path / "other", server)
        crawled.declare()
        assert crawled.crawl().returncode == 0
    result = Kept(tmp_path / "other").run("backup", str(folder))
    assert result.returncode == 2
    assert "another archive" in result.stderr
    assert not (tmp_path / "other" / "ledger.jsonl").exists()  # no copy was made, so none is noted
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_first_backup_that_died_while_copying_the_database_is_made_again(
    kept: Kept, tmp_path: Path
) -> None:
    folder = tmp_path / "backup"
    folder.mkdir()
    (folder / "archive-20260101T000000000000Z.db.new").write_bytes(b"half a database")
    kept.ok("backup", str(folder))
    assert [path.name for path in folder.glob("*.new")] == []


@pytest.mark.parametrize("settings", [False, True])
def test_a_restore_into_a_folder_that_is_there_can_die_anywhere(
    kept: Kept, tmp_path: Path, settings: bool
) -> None:
    kept.ok("backup", str(tmp_path / "backup"))
    (tmp_path / "disk").mkdir()
    (tmp_path / "link").symlink_to("disk")
    if settings:
        (tmp_path / "disk" / "hemero.toml").write_text("[crawl]\n", "utf-8")
    made = Kept(tmp_path / "link")
    for step in range(1, 10):
        ended = made.run("backup", "--restore", str(tmp_path / "backup"), fault=f"restore_place:{step}")
        if ended.returncode != KILLED:
            break
    assert ended.returncode == 0, ended.stderr
    assert step > 2
    assert made.dump() == kept.dump()
    assert not (tmp_path / "disk" / ".restoring").exists()
    assert (tmp_path / "link").is_symlink()
    if settings:
        assert (tmp_path / "disk" / "hemero.toml").read_text("utf-8") == "[crawl]\n"


def test_a_backup_for_which_there_is_no_room_is_3_and_names_its_folder(kept: Kept, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 1) as disk:
        # started anew: a process that waits since before does not see the disk
        result = run_hemero("backup", disk.folder / "b", "--archive", kept.folder, cwd=tmp_path)
    assert result.returncode == 3, result.stderr
    assert str(disk.folder) in result.stderr


def test_a_damaged_ledger_takes_the_place_of_no_good_one(kept: Kept, tmp_path: Path) -> None:
    folder, ledger = tmp_path / "backup", kept.folder / "ledger.jsonl"
    kept.ok("backup", str(folder))
    good = (folder / "ledger.jsonl").read_bytes()
    flip(ledger, 10)
    ledger.write_bytes(ledger.read_bytes() + b"{}\n")
    result = kept.run("backup", str(folder))
    assert result.returncode == 4
    assert "ledger.jsonl, line 1" in result.stderr
    assert (folder / "ledger.jsonl").read_bytes() == good


def test_two_backups_into_one_folder_are_not_made_at_once(kept: Kept, tmp_path: Path) -> None:
    (tmp_path / "backup").mkdir()
    held = os.open(tmp_path / "backup", os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)  # as the other one does
        result = kept.run("backup", str(tmp_path / "backup"))
    finally:
        os.close(held)
    assert result.returncode == 75, result.stderr
    assert "another backup" in result.stderr
    assert not list((tmp_path / "backup").iterdir())
    kept.ok("backup", str(tmp_path / "backup"))


def test_a_ledger_line_without_its_line_feed_counts(kept: Kept, tmp_path: Path) -> None:
    marked = most_linked(kept)
    kept.ok("redact", marked.url, *REASON)
    ledger = kept.folder / "ledger.jsonl"
    os.truncate(ledger, ledger.stat().st_size - 1)
    kept.assert_sound()
    assert kept.run("repair").stdout == ""
    kept.ok("backup", str(tmp_path / "backup"))  # it writes a line
    kinds = [line.count(b'"kind"') for line in ledger.read_bytes().splitlines()]
    assert kinds == [1, 1]
    kept.assert_sound()


def test_damage_in_the_file_of_a_dead_run_costs_no_byte(tmp_path: Path) -> None:
    with DemoServer(articles=40, port=0) as server:
        crawled = Crawled(tmp_path / "archive", server)
        crawled.declare()
        kept = Kept(crawled.folder)
        assert kept.run("crawl", "echo", fault="after_warc:11").returncode == KILLED
        path = max(kept.folder.rglob("*.warc.gz.open"), key=lambda one: one.stat().st_size)
        flip(path, 700)  # its first or second record
        content = path.read_bytes()
        assert kept.run("repair").returncode == 0
        (held,) = (kept.folder / "quarantine").iterdir()
        closed = path.with_name(path.name.removesuffix(".open"))
        whole = closed.read_bytes() if closed.exists() else b""
        assert whole + held.read_bytes() == content
        kept.assert_sound()
        kept.ok("crawl", "echo")
        assert kept.sql("SELECT count(*) AS n FROM articles") == [{"n": 40}]


def test_the_same_redaction_again_carries_on_and_quarantine_is_emptied(kept: Kept) -> None:
    marked = most_linked(kept)
    row = kept.sql(
        "SELECT f.name FROM captures c JOIN capture_files f ON f.id = c.file_id WHERE c.url = :u LIMIT 1",
        u=marked.url,
    )[0]
    held = kept.folder / "quarantine" / f"{row['name'].replace('/', '_')}.77"
    held.parent.mkdir(exist_ok=True)
    held.write_bytes(b"cut off once")
    assert kept.run("redact", marked.url, *REASON, fault="redact_committed:1").returncode == KILLED
    kept.ok("redact", marked.url, *REASON)
    assert marked.traces(kept) == []
    assert not held.exists()
    kept.assert_sound()
    assert (kept.folder / "ledger.jsonl").read_text("utf-8").count('"redaction"') == 1


@pytest.fixture
def memory() -> Iterator[Path]:
    """A folder in memory: there files keep any time."""
    if not os.access("/dev/shm", os.W_OK):
        pytest.skip("there is no /dev/shm here")
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        yield Path(folder)


@pytest.mark.parametrize("time", [999_999_999_999, -99_999_999_999])
def test_a_file_with_an_impossible_time_is_refused_by_name(kept: Kept, memory: Path, time: int) -> None:
    page = memory / "page.html"
    page.write_text("<html><body><p>Un texte.</p></body></html>", "utf-8")
    os.utime(page, (time, time))
    result = kept.run("import", str(page))
    assert result.returncode == 2
    assert "page.html: its time of change" in result.stderr


def test_a_file_that_is_too_large_is_not_read(kept: Kept, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    with page.open("wb") as file:
        file.truncate(6 << 30)
    words = [
        "sh",
        "-c",
        'ulimit -v 3000000; exec "$0" "$@"',
        HEMERO,
        "import",
        page,
        "--archive",
        kept.folder,
    ]
    result = subprocess.run(words, env=environment(), capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "larger than 16 MiB" in result.stderr
