"""`hemero redact`: no trace of the text is left, it stays away, the archive is sound; killed or not."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.care.kept import KILLED, Kept, words_of

REASON = ("--reason", "ordonnance 12/2026")
OFTEN = ("redact_committed",)
STEPS = [
    *OFTEN,
    *(
        pytest.param(step, marks=pytest.mark.soak)
        for step in (
            "mid_ledger",
            "after_ledger",
            "redact_file",
            "redact_commit",
            "redact_swap",
            "redact_purge",
            "redact_done",
        )
    ),
]


@dataclass
class Marked:
    """An article that others link to, and passages by which any trace of it is known."""

    url: str
    identity: str
    passages: list[str]

    def traces(self, kept: Kept) -> list[str]:
        text = kept.everything()
        plain = words_of(text)
        return [passage for passage in self.passages if passage in text or passage in plain]


def most_linked(kept: Kept) -> Marked:
    """The article most others show, with its title and pieces of each of its texts."""
    row = kept.sql(
        "SELECT a.id, a.url, a.identity, a.title, a.body FROM articles a"
        " JOIN sites s ON s.id = a.site_id WHERE s.name = 'echo' AND a.body IS NOT NULL"
        " ORDER BY a.revision_count > 1 DESC,"
        " (SELECT count(*) FROM related_links l WHERE l.target_id = a.id) DESC, a.id LIMIT 1"
    )[0]
    texts = [row["body"]]
    texts += [json.loads(r["content"]).get("body", "") for r in kept.sql(
        "SELECT content FROM revisions WHERE article_id = :a", a=row["id"])]  # fmt: skip
    texts += [
        r["teaser"] for r in kept.sql("SELECT teaser FROM related_links WHERE target_id = :a", a=row["id"])
    ]
    passages = {row["title"]}
    for text in filter(None, texts):
        words = text.replace("\n", " ").split()
        for start in (0, len(words) // 2, max(0, len(words) - 12)):
            passages.add(" ".join(words[start : start + 10]))
    return Marked(row["url"], row["identity"], sorted(p for p in passages if len(p) > 25))


@pytest.mark.case("F151")
def test_no_trace_is_left(either: Kept) -> None:
    marked = most_linked(either)
    others = {row["url"] for row in either.sql("SELECT url FROM articles WHERE url <> :u", u=marked.url)}
    assert len(marked.traces(either)) == len(marked.passages) if not either.url else marked.traces(either)
    linking = either.sql(
        "SELECT count(*) AS n FROM related_links l JOIN articles a ON a.id = l.target_id WHERE a.url = :u",
        u=marked.url,
    )[0]["n"]
    plan = json.loads(either.ok("redact", marked.url, *REASON, "--dry-run", "--json"))
    assert marked.traces(either)
    told = json.loads(either.ok("redact", marked.url, *REASON, "--json"))
    assert told["articles"] == plan["articles"] == [marked.url]
    assert told["teasers"] == linking
    assert marked.traces(either) == []
    if either.url:
        assert _in_tables(either, marked) == []
    assert {row["url"] for row in either.sql("SELECT url FROM articles")} == others
    either.assert_sound()
    words = marked.passages[0].split()[:3]
    hits = [
        json.loads(line) for line in either.ok("search", '"' + " ".join(words) + '"', "--json").splitlines()
    ]
    assert marked.url not in {hit["url"] for hit in hits}


def _in_tables(kept: Kept, marked: Marked) -> list[str]:
    """Passages in any column of any PostgreSQL table."""
    names = kept.sql(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    text = "\n".join(
        str(row["line"])
        for name in names
        for row in kept.sql(f'SELECT t::text AS line FROM "{name["relname"]}" t')
    )
    return [passage for passage in marked.passages if passage in text]


@pytest.mark.case("F151")
def test_it_stays_away(kept: Kept, echo: Any) -> None:
    """Not crawled again, not fetched by name, not rebuilt; its teasers do not come back either."""
    marked = most_linked(kept)
    kept.ok("redact", marked.url, *REASON)
    echo.publish(2)
    echo.reset()
    kept.sql(
        "UPDATE candidates SET next_try_at = '2020-01-01 00:00:00.000000', etag = NULL, last_modified = NULL"
    )
    kept.sql("UPDATE channels SET etag = NULL, last_modified = NULL, digest = NULL, next_fetch_at = NULL")
    kept.ok("crawl", "echo")
    asked = set(echo.state.counters.paths)
    assert len(asked) > 10
    assert marked.url.removeprefix(echo.base_url) not in asked
    result = kept.run("crawl", "--url", marked.url)
    assert result.returncode == 2
    assert "redacted" in result.stderr
    assert kept.sql("SELECT count(*) AS n FROM articles WHERE identity = :i", i=marked.identity) == [{"n": 0}]
    titles = kept.sql("SELECT count(*) AS n FROM related_links WHERE title = :t", t=marked.passages[0])
    assert titles == [{"n": 0}]
    kept.assert_sound()
    kept.ok("rebuild")
    assert kept.sql("SELECT count(*) AS n FROM articles WHERE identity = :i", i=marked.identity) == [{"n": 0}]
    assert kept.sql("SELECT count(*) AS n FROM redactions WHERE done_at IS NOT NULL") == [{"n": 1}]
    kept.assert_sound()


@pytest.mark.soak
def test_an_import_of_it_is_refused(kept: Kept) -> None:
    url = "https://vigie.example/actu/7"
    kept.ok("redact", url, *REASON)
    assert kept.sql("SELECT count(*) AS n FROM articles WHERE url = :u", u=url) == [{"n": 0}]
    page = next((p for p in (kept.folder.parent).rglob("7.html")), None)
    if page is None:
        from tests.running import PAGE

        page = kept.folder.parent / "7.html"
        page.write_text(PAGE.format(number=7), encoding="utf-8")
    result = kept.run("import", str(page))
    assert "redacted" in result.stderr
    assert kept.sql("SELECT count(*) AS n FROM articles WHERE url = :u", u=url) == [{"n": 0}]
    kept.assert_sound()


def test_an_address_that_is_not_kept_is_kept_away(kept: Kept) -> None:
    before = kept.dump()
    assert "no article" in kept.ok("redact", "http://127.0.0.1:9/never/seen", *REASON, "--forget-url")
    assert kept.dump() == before
    assert kept.sql("SELECT url, reason FROM redactions") == [{"url": None, "reason": REASON[1]}]
    assert "never/seen" not in kept.everything()
    kept.assert_sound()


@pytest.mark.soak
def test_copies_of_the_same_bytes_follow(kept: Kept) -> None:
    """Another address whose record refers to this one's payload holds the same text."""
    marked = most_linked(kept)
    own = kept.sql("SELECT capture_id AS id, id AS article FROM articles WHERE url = :u", u=marked.url)[0]
    other = kept.sql("SELECT id, capture_id, url FROM articles WHERE url <> :u AND capture_id IS NOT NULL"
                     " AND url LIKE 'http://127%' ORDER BY id DESC LIMIT 1", u=marked.url)[0]  # fmt: skip
    digest = kept.sql("SELECT payload_digest AS d FROM captures WHERE id = :i", i=own["id"])[0]["d"]
    kept.sql("UPDATE captures SET payload_digest = :d WHERE id = :i", d=digest, i=other["capture_id"])
    told = json.loads(kept.ok("redact", marked.url, *REASON, "--json"))
    assert set(told["articles"]) >= {marked.url, other["url"]}
    kept.assert_sound()


def test_exports_and_backups_are_listed(kept: Kept) -> None:
    marked = most_linked(kept)
    folder = kept.folder.parent / "backup"
    kept.ok("backup", str(folder))
    export = kept.folder.parent / "articles.csv"
    kept.ok("export", "--format", "csv", "-o", str(export))
    told = json.loads(kept.ok("redact", marked.url, *REASON, "--json"))
    assert [str(path) in line for path, line in zip((folder, export), told["copies"], strict=True)] == [
        True,
        True,
    ]


@pytest.mark.case("F151")
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_every_step(kept: Kept, step: str) -> None:
    marked = most_linked(kept)
    assert kept.run("redact", marked.url, *REASON, fault=f"{step}:1").returncode == KILLED
    # What a killed process left is finished by repair; before the ledger knew of it nothing has happened.
    kept.ok("repair")
    if step == "mid_ledger":
        assert marked.traces(kept) == sorted(marked.passages)
        kept.ok("redact", marked.url, *REASON)
    assert marked.traces(kept) == []
    kept.assert_sound()


@pytest.mark.soak
def test_a_start_after_a_kill_does_not_bring_it_back(kept: Kept) -> None:
    """The next crawl or import opens the archive between the steps: files are swapped, nothing returns."""
    marked = most_linked(kept)
    assert kept.run("redact", marked.url, *REASON, fault="redact_swap:1").returncode == KILLED
    kept.run("import", str(Path(__file__)))
    kept.ok("crawl", "echo", "--limit", "1")
    kept.ok("repair")
    assert marked.traces(kept) == []
    kept.assert_sound()


@pytest.mark.soak
def test_two_revisions_and_a_correction_go_with_it(kept: Kept) -> None:
    from datetime import UTC, datetime

    from storage import open_archive
    from storage.journal import record

    marked = most_linked(kept)
    assert kept.sql("SELECT revision_count AS n FROM articles WHERE url = :u", u=marked.url)[0]["n"] > 1
    data = {
        "identity": marked.identity,
        "url": marked.url,
        "field": "lead",
        "value": "Chapeau tout à fait corrigé",
        "previous": None,
        "who": "ana",
    }
    with open_archive(kept.folder, database_url="sqlite") as archive:
        record(archive, "correction", data, datetime.now(UTC))
    assert "Chapeau tout" in (kept.folder / "ledger.jsonl").read_text()
    with (kept.folder / "ledger.jsonl").open("a", encoding="utf-8") as ledger:
        ledger.write('{"torn":"Chapeau tout à fait')  # what is cut off is kept, but not this
    kept.ok("redact", marked.url, *REASON)
    assert "Chapeau tout" not in kept.everything()
    assert marked.traces(kept) == []
    kept.assert_sound()
