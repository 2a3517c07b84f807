"""`hemero verify` finds exactly what was planted: one test a fault, each on a sound archive."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pytest

from storage import ArchiveError, open_archive
from storage.captures import read_capture
from storage.errors import CaptureDamaged
from tests.care.conftest import LATER
from tests.care.kept import Kept, flip


def test_a_crawled_archive_is_sound(either: Kept) -> None:
    either.assert_sound()
    assert either.verify("--quick") == (0, [])


def test_every_half_written_tail_is_found(kept: Kept) -> None:
    """Cut the last capture file by any number of bytes: the row and the place are named."""
    path = kept.files()[-1]
    whole = path.read_bytes()
    last = kept.capture(f"f.name LIKE '%{path.name}' ORDER BY c.\"offset\" DESC LIMIT 1 --")
    tail = len(whole) - last["start"]
    for cut in sorted({1, 2, 9, tail // 2, tail - 1}):
        path.write_bytes(whole[:-cut])
        assert {finding["check"] for finding in kept.findings(quick=True)} >= {"size"}
        found = kept.findings()
        damage = [finding for finding in found if finding["check"] in ("record", "bytes")]
        assert [(finding["file"], finding["offset"] >= last["start"]) for finding in damage] == [
            (last["name"], True)
        ]
        assert damage[0]["url"] == last["url"]
    path.write_bytes(whole)
    kept.assert_sound()


@pytest.mark.case("F041")
def test_a_flipped_byte_names_file_offset_and_url(kept: Kept) -> None:
    row = kept.capture()
    flip(row["path"], row["start"] + row["length"] // 2)
    code, found = kept.verify()
    assert code == 4
    records = [finding for finding in found if finding["check"] == "record"]
    assert [(f["file"], f["offset"], f["url"]) for f in records] == [(row["name"], row["start"], row["url"])]
    assert {finding["check"] for finding in found} == {"record", "digest", "records"}
    others = kept.sql("SELECT id FROM captures WHERE id <> :id", id=row["id"])
    with open_archive(kept.folder, read_only=True, database_url="sqlite") as archive:
        assert all(read_capture(archive, other["id"]).url for other in others)
        with pytest.raises(CaptureDamaged):
            read_capture(archive, row["id"])


def test_a_damaged_request_record_is_not_blamed_on_the_response(kept: Kept) -> None:
    row = kept.capture("c.request_length > 0")
    flip(row["path"], row["start"] + row["length"] + row["request_length"] // 2)
    found = kept.findings()
    named = [(f["check"], f["offset"], f["url"]) for f in found if f["offset"] is not None]
    assert named == [("bytes", row["start"] + row["length"], row["url"])]


def test_bytes_that_nothing_explains(kept: Kept) -> None:
    path = kept.files()[0]
    size = path.stat().st_size
    for garbage in (
        b"garbage",
        gzip.compress(b"WARC/1.1\r\nWARC-Type: metadata\r\nContent-Length: 0\r\n\r\n\r\n\r\n"),
    ):
        whole = path.read_bytes()
        path.write_bytes(whole + garbage)
        found = kept.findings()
        assert size in {finding["offset"] for finding in found}
        path.write_bytes(whole)
    kept.assert_sound()


def test_a_record_without_row_and_a_row_without_record(kept: Kept) -> None:
    row = kept.capture("c.role = 'channel'")
    kept.sql("DELETE FROM captures WHERE id = :id", id=row["id"])
    found = kept.findings()
    assert next(f["offset"] for f in found if f["check"] == "unknown") == row["start"]
    other = kept.capture()
    kept.sql('UPDATE captures SET "offset" = "offset" + 1 WHERE id = :id', id=other["id"])
    found = kept.findings()
    assert ("record", other["url"]) in {(f["check"], f["url"]) for f in found}


@pytest.mark.parametrize(
    ("column", "value"),
    [("payload_digest", "'" + "0" * 64 + "'"), ("length", "length - 1"), ("record_id", "'x'"),
     ("url", "'https://elsewhere.example/'"), ("headers_digest", "'x'")],
)  # fmt: skip
def test_a_row_that_says_something_else_than_its_record(kept: Kept, column: str, value: str) -> None:
    row = kept.capture()
    kept.sql(f"UPDATE captures SET {column} = {value} WHERE id = :id", id=row["id"])
    found = kept.findings()
    assert row["start"] in {finding["offset"] for finding in found}


def test_a_revisit_needs_its_original(kept: Kept) -> None:
    revisits = kept.sql("SELECT id, refers_to_id FROM captures WHERE kind = 'revisit'")
    if not revisits:
        original = kept.sql("SELECT id FROM captures WHERE kind = 'response' AND role = 'article' LIMIT 1")[0]
        other = kept.capture(f"c.id <> {original['id']} AND c.kind = 'response' AND c.role = 'article'")
        kept.sql(
            "UPDATE captures SET kind = 'revisit', refers_to_id = :o WHERE id = :i",
            o=original["id"],
            i=other["id"],
        )
    else:
        kept.sql("UPDATE captures SET refers_to_id = NULL WHERE id = :id", id=revisits[0]["id"])
    assert kept.findings()


@pytest.mark.case("F042")
def test_a_missing_file_an_unknown_one_and_a_dead_runs_file(kept: Kept) -> None:
    path = kept.files()[0]
    name = str(path.relative_to(kept.folder / "captures"))
    moved = kept.folder / "elsewhere"
    shutil.move(path, moved)
    code, found = kept.verify("--quick")
    assert code == 4
    assert ("missing", name) in {(f["check"], f["file"]) for f in found}
    article = kept.sql("SELECT id FROM articles LIMIT 1")[0]["id"]
    assert kept.run("show", str(article)).returncode == 0
    shutil.move(moved, path)
    stranger = path.with_name("20200101000000-9-article-00000000.warc.gz")
    shutil.copy(path, stranger)
    assert ("unknown", str(stranger.relative_to(kept.folder / "captures"))) in {
        (f["check"], f["file"]) for f in kept.findings()
    }
    stranger.rename(stranger.with_name(stranger.name + ".open"))
    assert kept.findings()


@pytest.mark.case("F037")
def test_a_database_page_overwritten(kept: Kept) -> None:
    kept.sql("PRAGMA wal_checkpoint(TRUNCATE)")
    pages = kept.database.stat().st_size // 4096
    whole = kept.database.read_bytes()
    seen = set()
    for page in range(2, min(pages, 200), 23):
        data = bytearray(whole)
        data[page * 4096 : page * 4096 + 4096] = bytes(range(256)) * 16
        kept.database.write_bytes(bytes(data))
        seen.add(bool(_found(kept)))
        if page == 2:
            assert kept.run("verify").returncode == 4
    kept.database.write_bytes(whole)
    assert seen == {True}


def _found(kept: Kept) -> list[object]:
    """Damage, or the reason why the database does not even open."""
    try:
        return list(kept.findings())
    except ArchiveError as error:
        return [error]


def test_rows_that_refer_to_nothing(either: Kept) -> None:
    if either.url:
        either.sql("ALTER TABLE revisions DROP CONSTRAINT fk_revisions_capture_id")
        either.sql("UPDATE revisions SET capture_id = 999999 WHERE id = (SELECT min(id) FROM revisions)")
    else:
        either.sql("UPDATE revisions SET capture_id = 999999 WHERE id = (SELECT min(id) FROM revisions)")
    code, found = either.verify()
    assert code == 4
    assert "reference" in {finding["check"] for finding in found}


@pytest.mark.parametrize("either", LATER, indirect=True)
def test_articles_that_do_not_agree_with_their_revisions(either: Kept) -> None:
    either.sql("UPDATE articles SET revision_count = 7 WHERE id = 1")
    either.sql("UPDATE articles SET content_digest = 'x' WHERE id = 2")
    urls = {row["url"] for row in either.sql("SELECT url FROM articles WHERE id IN (1, 2)")}
    found = either.findings()
    assert {f["url"] for f in found if f["check"] == "article"} == urls


@pytest.mark.case("F046")
def test_an_index_out_of_step(either: Kept) -> None:
    """Gone from the index, strange to it, or indexed with other words: all are found."""
    if either.url:
        key = either.sql("SELECT min(order_key) AS k FROM article_index")[0]["k"]
        either.sql("DELETE FROM article_index WHERE order_key = :k", k=key)
    else:
        either.sql("DELETE FROM article_index_docsize WHERE id = (SELECT min(id) FROM article_index_docsize)")
    code, found = either.verify("--quick")
    assert (code, {f["check"] for f in found}) == (4, {"index"})
    either.ok("repair")
    either.assert_sound()
    either.sql("UPDATE articles SET title = title || ' soudainement' WHERE id = 3")
    url = either.sql("SELECT url FROM articles WHERE id = 3")[0]["url"]
    assert {(f["check"], f["url"]) for f in either.findings()} == {("index", url)}
    assert either.findings(quick=True) == []


def test_a_word_replaced_by_another_is_found(kept: Kept) -> None:
    """The same number of terms, another term: sizes alone would not tell."""
    row = kept.sql("SELECT id, title, url FROM articles WHERE title LIKE '% %' LIMIT 1")[0]
    first = row["title"].split()[0]
    kept.sql(
        "UPDATE articles SET title = replace(title, :a, 'Zygomatique') WHERE id = :i", a=first, i=row["id"]
    )
    assert row["url"] in {f["url"] for f in kept.findings()}


def test_the_ledger(kept: Kept) -> None:
    ledger = kept.folder / "ledger.jsonl"
    kept.ok("redact", "http://vigie.example/actu/99", "--reason", "test")
    whole = ledger.read_bytes()
    kept.assert_sound()
    ledger.write_bytes(whole[:-5])
    assert {f["check"] for f in kept.findings()} >= {"ledger"}
    ledger.write_bytes(whole.replace(b"test", b"tost"))
    assert {f["check"] for f in kept.findings()} >= {"ledger"}
    ledger.unlink()
    assert {f["check"] for f in kept.findings()} == {"redaction"}


def test_verify_changes_nothing_and_needs_no_write_access(kept: Kept) -> None:
    before = _state(kept.folder)
    kept.assert_sound()
    assert _state(kept.folder) == before


def _state(folder: Path) -> dict[str, bytes]:
    return {
        str(path): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }
