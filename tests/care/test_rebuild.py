"""`hemero rebuild`: from captures and ledger the same articles, revisions, links and dates, killed or not."""

from __future__ import annotations

import json
import re

import pytest

from tests.care.conftest import LATER
from tests.care.kept import KILLED, READ, READS, Kept, as_role


@pytest.mark.case("F047")
def test_the_same_articles_revisions_links_and_dates(either: Kept) -> None:
    before = either.dump()
    assert either.sql("SELECT count(*) AS n FROM articles WHERE gone_at IS NOT NULL")[0]["n"] > 0
    assert either.sql("SELECT count(*) AS n FROM related_links WHERE target_id IS NOT NULL")[0]["n"] > 5
    assert len(before["revisions"]) > len(before["articles"]) > 20
    reader = as_role(either, READS) if either.url else either
    result = json.loads(either.ok("rebuild", "--json"))
    reader.ok("search", "port")  # who could read still can
    after = either.dump()
    for name in READ:
        assert after[name] == before[name], name
    assert after["captures"] == before["captures"]
    assert (result["articles"], result["unread"], result["damaged"]) == (len(before["articles"]), [], [])
    either.assert_sound()
    for command in ("status", "copies"):  # beside the tables of the old database
        either.ok(command)
    url = either.sql("SELECT url FROM articles ORDER BY id LIMIT 1")[0]["url"]
    told = json.loads(either.ok("redact", url, "--reason", "essai", "--dry-run", "--json"))
    assert "before_rebuild" in told["copies"][-1].replace("-", "_")  # it still holds the text


@pytest.mark.case("F038")
@pytest.mark.soak
def test_without_any_database(kept: Kept) -> None:
    """The database file is gone: nothing opens the folder but rebuild, which makes it anew."""
    before = kept.dump()
    kept.database.unlink()
    result = kept.run("search", "port")
    assert result.returncode == 4
    assert "hemero rebuild" in result.stderr
    kept.ok("rebuild")
    assert {name: kept.dump(name)[name] for name in READ} == {name: before[name] for name in READ}
    kept.assert_sound()


@pytest.mark.case("F037")
def test_over_a_damaged_database(kept: Kept) -> None:
    before = kept.dump()
    data = bytearray(kept.database.read_bytes())
    data[4096 * 3 : 4096 * 9] = bytes(range(256)) * 96
    kept.database.write_bytes(bytes(data))
    kept.ok("rebuild")
    assert kept.dump("articles", "revisions") == {name: before[name] for name in ("articles", "revisions")}
    assert (kept.folder / "archive.db.before-rebuild").exists()
    kept.assert_sound()


@pytest.mark.soak
def test_what_is_pending_runs_and_due_dates_are_carried_over(kept: Kept) -> None:
    site = kept.sql("SELECT id FROM sites WHERE name = 'echo'")[0]["id"]
    kept.sql(
        "INSERT INTO candidates (site_id, url, identity, kind, state, tries, priority, found_by,"
        " first_seen_at, updated_at, next_try_at, revisits)"
        " VALUES (:s, 'https://x.example/1', 'abc', 'article', 'pending', 0, 100, 'feed',"
        " :t, :t, :t, 0)",
        s=site,
        t="2026-01-01 00:00:00.000000",
    )
    query = "SELECT url, state, next_try_at, found_by FROM candidates ORDER BY url"
    runs = "SELECT id, command, state, new FROM runs ORDER BY id"
    before, history = kept.sql(query), kept.sql(runs)
    kept.ok("rebuild")
    assert kept.sql(query) == before
    assert kept.sql(runs) == history


@pytest.mark.soak
def test_what_analysts_decided_comes_back(kept: Kept) -> None:
    from datetime import UTC, datetime

    from storage import open_archive
    from storage.journal import record

    row = kept.sql("SELECT id, identity, url FROM articles WHERE title IS NOT NULL ORDER BY id LIMIT 1")[0]
    data = {"identity": row["identity"], "url": row["url"], "field": "title", "value": "Titre corrigé",
            "previous": None, "who": "ana"}  # fmt: skip
    with open_archive(kept.folder, database_url="sqlite") as archive:
        record(archive, "correction", data, datetime.now(UTC))
    before = kept.dump("articles")
    assert "Titre corrig" in "".join(before["articles"])
    kept.ok("rebuild")
    assert kept.dump("articles") == before


def test_a_site_that_is_not_declared_any_more(kept: Kept) -> None:
    (kept.folder / "hemero.toml").write_text("", encoding="utf-8")
    before = kept.dump("articles")
    result = kept.run("rebuild")
    assert result.returncode == 2
    assert "'echo'" in result.stderr
    assert kept.dump("articles") == before


@pytest.mark.parametrize("either", LATER, indirect=True)
@pytest.mark.parametrize(
    "where",
    [
        "rebuild_stored:1",
        pytest.param("rebuild_file:1", marks=pytest.mark.soak),
        pytest.param("rebuild_filled:1", marks=pytest.mark.soak),
        pytest.param("rebuild_swap:1", marks=pytest.mark.soak),
    ],
)
def test_killed_at_every_step(either: Kept, where: str) -> None:
    before = either.dump(*READ)
    assert either.run("rebuild", fault=where).returncode == KILLED
    assert either.dump(*READ) == before
    either.ok("rebuild")
    assert either.dump(*READ) == before
    either.assert_sound()


@pytest.mark.parametrize("where", ["rebuild_swap:2", pytest.param("rebuild_done:1", marks=pytest.mark.soak)])
def test_killed_while_the_databases_change_places(kept: Kept, where: str) -> None:
    before = kept.dump(*READ)
    assert kept.run("rebuild", fault=where).returncode == KILLED
    kept.ok("rebuild")
    assert kept.dump(*READ) == before
    kept.assert_sound()


@pytest.mark.soak
def test_a_site_that_was_renamed_and_moved(kept: Kept) -> None:
    """Its captures bear the old name and host; the articles are those of the new one."""
    settings = kept.folder / "hemero.toml"
    text = settings.read_text(encoding="utf-8")
    home = re.search(r'start_urls = \["http://([^/"]+)/"\]', text)
    assert home
    text = text.replace('name = "echo"', 'name = "gazette"\nformer_names = ["echo"]')
    moved = f'start_urls = ["http://gazette.example/"]\nformer_hosts = ["{home[1]}"]'
    settings.write_text(text.replace(home[0], moved), encoding="utf-8")
    kept.ok("sites", "rename", "echo", "gazette", "--url", "http://gazette.example/")
    before = kept.dump(*READ)
    assert "gazette.example" in "".join(before["articles"])
    kept.ok("rebuild")
    assert kept.dump(*READ) == before
    kept.assert_sound()
