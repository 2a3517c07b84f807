"""`hemero backup` while a crawl runs, and back; `hemero migrate` from one database to the other."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from demo.server import DemoServer
from tests.care.conftest import LATER
from tests.care.kept import KILLED, READ, Kept, flip
from tests.crawl.conftest import Crawled
from tests.postgres import Cluster
from tests.running import HEMERO


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def restored(kept: Kept, source: Path, name: str = "restored", url: str | None = None) -> Kept:
    made = Kept(kept.folder.parent / name, url)
    made.ok("backup", "--restore", str(source))
    return made


@pytest.mark.parametrize("either", LATER, indirect=True)
def test_back_with_one_command(either: Kept) -> None:
    folder = either.folder.parent / "backup"
    told = json.loads(either.ok("backup", str(folder), "--json"))
    made = restored(either, folder)
    assert made.dump() == either.dump()
    made.assert_sound()
    assert told["articles"] == made.sql("SELECT count(*) AS n FROM articles")[0]["n"]
    assert (made.folder / "hemero.toml").read_text() == (either.folder / "hemero.toml").read_text()
    assert [json.loads(line)["kind"] for line in _lines(either.folder / "ledger.jsonl")] == ["copy"]


@pytest.mark.soak
@pytest.mark.postgres
def test_into_postgresql(kept: Kept, postgres: Cluster) -> None:
    folder = kept.folder.parent / "backup"
    kept.ok("backup", str(folder))
    url = postgres.new_database()
    made = restored(kept, folder, url=url)
    assert made.dump() == kept.dump()
    assert not made.database.exists()
    made.assert_sound()
    postgres.drop_database(url)


@pytest.mark.soak
def test_only_what_is_new_is_copied_again(kept: Kept) -> None:
    folder = kept.folder.parent / "backup"
    kept.ok("backup", str(folder))
    times = {path: path.stat().st_mtime_ns for path in (folder / "captures").rglob("*.warc.gz")}
    page = kept.folder.parent / "page.html"
    page.write_text(
        "<html><head><title>Une</title></head><body><p>Un texte.</p></body></html>", encoding="utf-8"
    )
    kept.ok("import", str(page))
    kept.ok("backup", str(folder))
    assert {path: path.stat().st_mtime_ns for path in times} == times
    assert len(list((folder / "captures").rglob("*.warc.gz"))) == len(times) + 1
    assert len(list(folder.glob("archive-*.db"))) == 1
    assert restored(kept, folder).dump() == kept.dump()


@pytest.mark.case("F048")
@pytest.mark.parametrize("database", LATER)
def test_during_a_crawl(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """A backup within a crawl is one state of it; the next run on the restored archive completes it."""
    url = request.getfixturevalue("postgres").new_database() if database == "postgres" else None
    with DemoServer(articles=40, port=0) as server:
        crawled = Crawled(tmp_path / "archive", server)
        crawled.declare(delay=0.25, concurrency=1)
        kept = Kept(crawled.folder, url)
        command = [str(HEMERO), "crawl", "echo", "--archive", str(kept.folder)]
        crawl = subprocess.Popen(
            command, env=kept.environment(), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        _wait_for_articles(kept, 5)
        folder = tmp_path / "backup"
        told = json.loads(kept.ok("backup", str(folder), "--json"))
        assert kept.run("verify").returncode == 0
        assert crawl.poll() is None, "the crawl was over before the backup"
        assert crawl.wait(60) == 0
        assert 5 <= told["articles"] < 40
        made = restored(kept, folder)
        made.assert_sound()
        assert len(made.sql("SELECT id FROM articles")) >= told["articles"]
        made.ok("crawl", "echo")
        truth = {article.url for article in server.truth()}
        assert sorted(row["url"] for row in made.sql("SELECT url FROM articles")) == sorted(truth)
        made.assert_sound()


def _wait_for_articles(kept: Kept, number: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if kept.sql("SELECT count(*) AS n FROM articles")[0]["n"] >= number:
                return
        except Exception:  # noqa: BLE001  the tables are not there yet
            time.sleep(0.02)
        time.sleep(0.02)
    raise AssertionError("no article came")


def test_a_backup_that_is_not_whole_is_refused(kept: Kept) -> None:
    folder = kept.folder.parent / "backup"
    assert kept.run("backup", str(folder), fault="backup_manifest:1").returncode == KILLED
    made = Kept(kept.folder.parent / "restored")
    result = made.run("backup", "--restore", str(folder))
    assert result.returncode == 2
    assert "no backup" in result.stderr
    kept.ok("backup", str(folder))
    path = next((folder / "captures").rglob("*.warc.gz"))
    flip(path, 50)
    result = made.run("backup", "--restore", str(folder))
    assert (result.returncode, made.folder.exists()) == (2, False)
    assert path.name in result.stderr


def test_a_folder_that_holds_something_else_is_left_alone(kept: Kept) -> None:
    folder = kept.folder.parent / "backup"
    folder.mkdir()
    (folder / "mine.txt").write_text("x")
    assert kept.run("backup", str(folder)).returncode == 2
    (folder / "mine.txt").unlink()
    kept.ok("backup", str(folder))
    result = kept.run("backup", "--restore", str(folder))
    assert result.returncode == 2
    assert "not empty" in result.stderr


def test_a_damaged_capture_file_is_not_backed_up_silently(kept: Kept) -> None:
    flip(kept.files()[0], 500)
    result = kept.run("backup", str(kept.folder.parent / "backup"))
    assert result.returncode == 4
    assert kept.files()[0].name in result.stderr


@pytest.mark.parametrize(
    "where",
    [
        pytest.param("restore_copied:1", marks=pytest.mark.soak),
        pytest.param("backup_database:1", marks=pytest.mark.soak),
        pytest.param("backup_file:1", marks=pytest.mark.soak),
        pytest.param("restore_placed:1", marks=pytest.mark.soak),
    ],
)
def test_killed_and_done_again(kept: Kept, where: str) -> None:
    folder = kept.folder.parent / "backup"
    made = Kept(kept.folder.parent / "restored")
    killed = kept.run("backup", str(folder), fault=where)
    if where.startswith("backup"):
        assert killed.returncode == KILLED
        kept.ok("backup", str(folder))
        made.ok("backup", "--restore", str(folder))
    else:
        assert made.run("backup", "--restore", str(folder), fault=where).returncode == KILLED
        if not made.folder.exists():
            made.ok("backup", "--restore", str(folder))
        else:
            made.run("repair")
    assert made.dump() == kept.dump()
    made.assert_sound()


@pytest.mark.postgres
def test_to_postgresql_and_back(kept: Kept, postgres: Cluster) -> None:
    url = postgres.new_database()
    kept.ok("migrate", "--to", url)
    there = Kept(kept.folder, url)
    assert there.dump() == kept.dump()
    there.assert_sound()
    assert any(f"set aside {kept.database}" in line for line in copies_told(there))
    assert kept.run("migrate", "--to", url).returncode == 2
    # New rows get new numbers: the counters came along.
    page = kept.folder.parent / "page.html"
    page.write_text(_PAGE, encoding="utf-8")
    there.ok("import", str(page))
    there.assert_sound()
    before, rows = there.dump(), there.sql("SELECT max(id) AS n FROM articles")
    shutil.move(kept.database, kept.folder.parent / "old.db")
    there.ok("migrate", "--to", "sqlite")
    assert kept.dump() == before
    kept.assert_sound()
    assert any(f"database {there_name(url)}" in line for line in copies_told(kept))
    assert kept.sql("SELECT seq AS n FROM sqlite_sequence WHERE name = 'articles'") == rows
    postgres.drop_database(url)


def copies_told(kept: Kept) -> list[str]:
    """What a redaction would leave to the operator."""
    url = kept.sql("SELECT url FROM articles ORDER BY id LIMIT 1")[0]["url"]
    told: list[str] = json.loads(kept.ok("redact", url, "--reason", "essai", "--dry-run", "--json"))["copies"]
    return told


def there_name(url: str) -> str:
    """The address of a database as it is told."""
    return url.replace("postgresql://", "postgresql+psycopg://").partition("?")[0]


_PAGE = """<html lang="fr"><head><title>La digue tient</title></head><body><article>
<h1>La digue tient bon</h1>
<p>La digue du vieux port a tenu toute la nuit malgré la houle, disent les gardiens du phare.</p>
<p>Les pêcheurs ont pu rentrer au matin sans dommage, et la criée a rouvert à midi.</p>
</article></body></html>"""


@pytest.mark.soak
@pytest.mark.postgres
def test_a_move_that_is_killed_leaves_the_target_empty(kept: Kept, postgres: Cluster) -> None:
    url = postgres.new_database()
    assert kept.run("migrate", "--to", url, fault="migrate_copied:1").returncode == KILLED
    there = Kept(kept.folder, url)
    assert there.sql("SELECT count(*) AS n FROM articles") == [{"n": 0}]
    kept.ok("migrate", "--to", url)
    assert there.dump(*READ) == kept.dump(*READ)
    postgres.drop_database(url)


def test_a_copy_that_differs_is_refused(kept: Kept) -> None:
    """The comparison itself: a row changed on one side gives another digest."""
    from storage import open_archive
    from storage.copying import digest_tables, snapshot

    with open_archive(kept.folder, database_url="sqlite") as archive, snapshot(archive) as connection:
        before = digest_tables(connection)
    kept.sql("UPDATE tags SET name = name || 'x' WHERE id = 1")
    with open_archive(kept.folder, database_url="sqlite") as archive, snapshot(archive) as connection:
        after = digest_tables(connection)
    assert [name for name in before if before[name] != after[name]] == ["tags"]
