"""`hemero reprocess` replaces readings and adds no revision; prune, doctor, the free-space floor."""

from __future__ import annotations

import json
import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.care.conftest import LATER
from tests.care.kept import KILLED, Kept
from tests.running import run_hemero


def results(kept: Kept, *options: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for line in kept.ok("reprocess", "--json", *options).splitlines():
        row = json.loads(line)
        found.setdefault(row["verdict"], []).append(row)
    return found


@pytest.mark.parametrize("either", LATER, indirect=True)
def test_reading_again_changes_nothing(either: Kept) -> None:
    before = either.dump()
    found = results(either)
    assert set(found) == {"unchanged"}
    assert len(found["unchanged"]) >= len(before["revisions"])
    assert either.dump() == before
    either.assert_sound()
    run = either.sql("SELECT command, state, unchanged FROM runs ORDER BY id DESC LIMIT 1")[0]
    assert (run["command"], run["state"]) == ("reprocess", "done")


@pytest.mark.parametrize("either", LATER, indirect=True)
def test_better_and_worse_are_named_and_mended(either: Kept) -> None:
    """What the tables say is made worse and better than the reader would; it says so, and puts it right."""
    rows = either.sql(
        "SELECT id, url FROM articles WHERE section IS NOT NULL AND language IS NOT NULL ORDER BY id"
    )
    before = either.dump()
    either.sql("UPDATE articles SET section = NULL WHERE id = :i", i=rows[0]["id"])
    either.sql("UPDATE articles SET body = body || ' ' || body WHERE id = :i", i=rows[1]["id"])
    either.sql("UPDATE articles SET title = 'Tout autre chose' WHERE id = :i", i=rows[2]["id"])
    planned = results(either, "--dry-run")
    assert [(r["article"], r["better"]) for r in planned["better"]] == [(rows[0]["id"], ["section"])]
    assert [(r["article"], r["worse"]) for r in planned["worse"]] == [(rows[1]["id"], ["body"])]
    assert [(r["article"], r["different"]) for r in planned["different"]] == [(rows[2]["id"], ["title"])]
    assert either.sql("SELECT title FROM articles WHERE id = :i", i=rows[2]["id"]) == [
        {"title": "Tout autre chose"}
    ]
    assert results(either) == planned
    assert either.dump() == before


@pytest.mark.soak
def test_new_rules_of_a_site_reach_stored_pages(kept: Kept) -> None:
    """Another declaration gives other titles: the same revisions, which now say so."""
    settings = kept.folder / "hemero.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("[site.rules]", '[site.rules]\ntitle = ["h2", "h1"]'), encoding="utf-8")
    revisions = kept.sql("SELECT article_id, number FROM revisions ORDER BY 1, 2")
    found = results(kept, "--site", "echo")
    assert set(found) - {"unchanged"}
    assert kept.sql("SELECT article_id, number FROM revisions ORDER BY 1, 2") == revisions
    assert set(results(kept, "--dry-run")) == {"unchanged"}
    # The index has the new words; nothing else may be out of step.
    kept.assert_sound()


@pytest.mark.soak
def test_a_page_that_was_no_article_can_become_one(kept: Kept) -> None:
    row = kept.sql("SELECT a.identity, a.url FROM articles a JOIN candidates c ON c.identity = a.identity"
                   " WHERE a.revision_count = 1 AND a.gone_at IS NULL ORDER BY a.id LIMIT 1")[0]  # fmt: skip
    before = kept.dump("articles")
    kept.sql(
        "DELETE FROM revisions WHERE article_id = (SELECT id FROM articles WHERE identity = :i)",
        i=row["identity"],
    )
    kept.sql("DELETE FROM articles WHERE identity = :i", i=row["identity"])
    kept.sql(
        "UPDATE candidates SET state = 'failed', reason = 'read_timeout' WHERE identity = :i",
        i=row["identity"],
    )
    found = results(kept)
    assert [r["url"] for r in found["better"]] == [row["url"]]
    assert kept.dump("articles") == before


@pytest.mark.soak
def test_a_gone_article_stays_gone(kept: Kept) -> None:
    gone = kept.sql("SELECT url, gone_at FROM articles WHERE gone_at IS NOT NULL ORDER BY url")
    assert gone
    results(kept)
    assert kept.sql("SELECT url, gone_at FROM articles WHERE gone_at IS NOT NULL ORDER BY url") == gone


def test_prune_drops_channels_only(kept: Kept) -> None:
    articles, channels = kept.files("article"), kept.files("channel")
    assert articles
    assert channels
    before = kept.dump()
    assert "would be dropped" in kept.ok("prune", "--older-than", "0", "--dry-run")
    assert kept.files("channel") == channels
    assert "0 files" in kept.ok("prune", "--older-than", "1")
    assert kept.run("prune", "--older-than", "0", fault="prune:1").returncode == KILLED
    assert kept.findings()
    kept.ok("prune", "--older-than", "0")
    assert (kept.files("article"), kept.files("channel")) == (articles, [])
    assert kept.dump() == before
    kept.assert_sound()


def doctor(kept: Kept, **extra: str) -> tuple[int, dict[str, dict[str, Any]]]:
    result = kept.run("doctor", "--json", **extra)
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    return result.returncode, {row["check"]: row for row in rows}


@pytest.mark.parametrize("either", LATER, indirect=True)
def test_doctor_of_a_sound_archive(either: Kept) -> None:
    code, found = doctor(either)
    assert code == 0, found
    assert {"versions", "disk", "permissions", "open files", "database", "clock", "index", "ledger", "locks",
            "leftovers", "contact"} <= set(found)  # fmt: skip
    assert not [row for row in found.values() if row["ok"] is False]


def test_doctor_says_what_is_wrong(kept: Kept) -> None:
    kept.sql("UPDATE captures SET fetched_at = '2099-01-01 00:00:00.000000' WHERE id = 1")
    kept.sql("DELETE FROM article_index_docsize WHERE id = (SELECT min(id) FROM article_index_docsize)")
    (kept.folder / "ledger.jsonl").write_bytes(b'{"torn')
    code, found = doctor(kept)
    assert code == 2
    assert {name for name, row in found.items() if row["ok"] is False} == {"clock", "index", "ledger"}
    kept.database.write_bytes(b"no database")
    assert doctor(kept)[1]["database"]["ok"] is False


def test_doctor_without_an_archive(tmp_path: Path) -> None:
    result = run_hemero("doctor", cwd=tmp_path)
    assert result.returncode == 2
    assert "no archive" in result.stdout


def test_doctor_sees_few_open_files(kept: Kept) -> None:
    from tests.running import HEMERO

    command = f"ulimit -n 64; exec {HEMERO} doctor --json --archive {kept.folder}"
    result = subprocess.run(
        ["sh", "-c", command], capture_output=True, text=True, env=kept.environment(), check=False
    )
    row = next(r for r in map(json.loads, result.stdout.splitlines()) if r["check"] == "open files")
    assert (result.returncode, row["ok"]) == (2, False)


def test_the_floor_stops_a_crawl_before_the_disk_is_full(kept: Kept) -> None:
    """Asked for more free space than there is: code 3, nothing fetched; the same crawl ends well without."""
    free = os.statvfs(kept.folder)
    wanted = (free.f_bavail * free.f_frsize >> 20) + 1000
    settings = kept.folder / "hemero.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(f"[archive]\nmin_free_mb = {wanted}\n{text}", encoding="utf-8")
    before = kept.dump("captures")
    result = kept.run("crawl", "echo")
    total = free.f_blocks * free.f_frsize
    if free.f_bavail * free.f_frsize >= total // 10:  # never more than a tenth of the disk is asked for
        assert result.returncode == 0, result.stderr
        assert doctor(kept)[1]["disk"]["ok"] is True
    else:
        assert result.returncode == 3
        assert "min_free_mb" in result.stderr
        assert kept.dump("captures") == before


@pytest.mark.parametrize(("free", "wanted", "stops"), [(99, 100, True), (100, 100, False), (50, 0, False)])
def test_the_floor_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, wanted: int, stops: bool
) -> None:
    from storage import space
    from storage.errors import NoSpace

    monkeypatch.setattr(space, "space_of", lambda folder: space.Space(free, 10_000))
    if stops:
        with pytest.raises(NoSpace):
            space.check_space(tmp_path, wanted)
    else:
        space.check_space(tmp_path, wanted)


def test_now_is_never_the_fetch_time(kept: Kept) -> None:
    """A record, its row, its revision and its article name one moment: a rebuild depends on it."""
    rows = kept.sql(
        "SELECT r.fetched_at AS a, c.fetched_at AS b FROM revisions r JOIN captures c ON c.id = r.capture_id"
    )
    assert rows
    assert all(row["a"] == row["b"] for row in rows)
    assert max(row["a"] for row in rows) < datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
