"""A crawl that dies, a disk that lies: verify names it, repair mends it, the next crawl completes it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from demo.server import DemoServer
from tests.care.kept import KILLED, Kept
from tests.crawl.conftest import Crawled


@pytest.fixture
def site(tmp_path: Path) -> Crawled:
    server = DemoServer(articles=12, port=0)
    return Crawled(tmp_path / "archive", server)


@pytest.mark.case("F002", "F014")
@pytest.mark.parametrize(
    "step",
    ["mid_warc:4", *(pytest.param(s, marks=pytest.mark.soak) for s in
     ("before_commit:6", "before_warc:3", "after_warc:5", "after_commit:8", "before_rename:1",
      "mid_warc:9", "after_warc:11"))],
)  # fmt: skip
def test_a_dead_crawl_is_seen_repaired_and_completed(site: Crawled, step: str) -> None:
    with site.server as server:
        site.declare()
        kept = Kept(site.folder)
        assert kept.run("crawl", "echo", fault=step).returncode == KILLED
        # A file without a row yet, or one whose row says open: either way a process died there.
        assert {finding["check"] for finding in kept.findings()} & {"unfinished", "unknown"}
        assert kept.run("repair").returncode == 0
        kept.assert_sound()
        kept.ok("crawl", "echo")
        truth = sorted(article.url for article in server.truth())
        assert sorted(row["url"] for row in kept.sql("SELECT url FROM articles")) == truth
        kept.assert_sound()


@pytest.mark.case("F015")
@pytest.mark.parametrize("seed", [1, *(pytest.param(n, marks=pytest.mark.soak) for n in range(2, 30))])
def test_a_power_cut_that_took_synced_bytes(kept: Kept, seed: int) -> None:
    """Files end anywhere: exactly the records that are gone are named, marked lost, and fetched again."""
    chance = random.Random(seed)
    gone: set[tuple[str, int]] = set()
    for path in [*kept.files("article"), *kept.files("channel")]:
        name = str(path.relative_to(kept.folder / "captures"))
        end = chance.randrange(path.stat().st_size + 1)
        path.write_bytes(path.read_bytes()[:end])
        rows = kept.sql(
            'SELECT c."offset" AS o, c.length AS l FROM captures c JOIN capture_files f ON f.id = c.file_id'
            " WHERE f.name = :n",
            n=name,
        )
        gone |= {(name, row["o"]) for row in rows if row["o"] + row["l"] > end}
    named = {(f["file"], f["offset"]) for f in kept.findings() if f["check"] == "record"}
    assert named == gone
    kept.ok("repair")
    kept.assert_sound()
    lost = kept.sql(
        'SELECT f.name, c."offset" AS o FROM captures c JOIN capture_files f ON f.id = c.file_id'
        " WHERE c.lost_at IS NOT NULL AND c.kind <> 'revisit'"
    )
    assert {(row["name"], row["o"]) for row in lost} <= gone
    assert kept.run("repair").stdout == ""


@pytest.mark.case("F015")
def test_lost_pages_are_fetched_again_whole(kept: Kept, echo: DemoServer) -> None:
    """After a repair the next crawl asks without conditions, so the bytes come back, not a 304."""
    echo.publish(2)
    row = kept.sql(
        "SELECT c.id, c.url FROM captures c JOIN articles a ON a.capture_id = c.id"
        " WHERE a.gone_at IS NULL AND a.url LIKE 'http://127%' ORDER BY a.id LIMIT 1"
    )[0]
    capture = kept.capture(f"c.id = {row['id']}")
    data = bytearray(capture["path"].read_bytes())
    data[capture["start"] + 200] ^= 0xFF
    capture["path"].write_bytes(bytes(data))
    kept.ok("repair")
    revisions = kept.sql("SELECT count(*) AS n FROM revisions")
    kept.ok("crawl", "echo")
    again = kept.sql(
        "SELECT kind FROM captures WHERE url = :u AND lost_at IS NULL AND status = 200", u=row["url"]
    )
    assert [found["kind"] for found in again] == ["response"]
    assert kept.sql("SELECT count(*) AS n FROM revisions") == revisions
    kept.assert_sound()


@pytest.mark.case("F039")
def test_a_database_copied_without_its_journal(kept: Kept) -> None:
    """Rows of the last minutes are not in the copy: their records are named, and get their rows again."""
    before = kept.dump("captures")
    last = kept.sql("SELECT max(file_id) AS f FROM captures")[0]["f"]
    name = kept.sql("SELECT name FROM capture_files WHERE id = :f", f=last)[0]["name"]
    of_file = "SELECT id FROM captures WHERE file_id = :f"
    for statement in (
        f"UPDATE articles SET capture_id = NULL WHERE capture_id IN ({of_file})",
        f"UPDATE revisions SET capture_id = NULL WHERE capture_id IN ({of_file})",
        "DELETE FROM captures WHERE file_id = :f",
        "DELETE FROM capture_files WHERE id = :f",
    ):
        kept.sql(statement, f=last)
    assert [(f["check"], f["file"]) for f in kept.findings()] == [("unknown", name)]
    kept.ok("repair")
    assert kept.dump("captures") == before


@pytest.mark.case("F038")
@pytest.mark.parametrize(
    "content",
    [
        b"",
        pytest.param(b"not a database at all", marks=pytest.mark.soak),
        pytest.param(b"SQLite format 3\0" + bytes(84), marks=pytest.mark.soak),
    ],
)
def test_a_database_that_is_none(kept: Kept, content: bytes) -> None:
    """Never an empty archive in its place: every command refuses, rebuild makes it anew."""
    kept.database.write_bytes(content)
    for command in ("status", "verify", "repair"):
        result = kept.run(command)
        assert result.returncode == 4, result.stdout
    assert kept.database.read_bytes() == content
