"""Exports: equal to the archive, whole or not there, harmless in a spreadsheet."""

from __future__ import annotations

import csv
import errno
import hashlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from storage import Archive
from storage.corpora import apply as freeze
from storage.corpora import plan
from storage.dictionary import render
from storage.errors import ArchiveBusy, ArchiveError, ArchiveNotWritable, NoSpace
from storage.export import FORMATS, Contents, export_file
from storage.export.csv import COLUMNS, harmless
from storage.filters import Filters
from storage.ledger import Entry, copies
from storage.readings import store_readings
from storage.stored import load_article
from storage.views import VIEWS
from tests.storage.build import NOW, article, reading, rich_article, url
from tests.storage.export_cases import HARD, RESERVED, exported, exported_file
from tests.storage.export_cases import fill as keep

ROOT = Path(__file__).resolve().parents[2]
TEXTUAL = ("csv", "jsonl", "bibtex", "ris", "csl", "iramuteq", "graphml", "gexf")


def fill(archive: Archive, site: int, *pages: Any) -> None:
    with archive.write() as session:
        store_readings(session, [(site, reading(of=page), None) for page in pages], NOW)


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_json_lines_equal_the_archive(archive: Archive, site: int) -> None:
    fill(archive, site, rich_article(1), article(2, body='a\nb "c" \u2028 😀', published=None))
    lines = [json.loads(line) for line in exported(archive, "jsonl").decode().rstrip("\n").split("\n")]
    assert [line["url"] for line in lines] == [url(1), url(2)]
    with archive.read() as session:
        stored = load_article(session, lines[0]["id"])
    assert stored is not None
    assert lines[0]["published"]["utc"] == "2021-04-14T09:05:00+00:00"
    assert lines[0]["tags"] == [tag.name for tag in stored.article.tags]
    assert [link["title"] for link in lines[0]["related"]] == [link.title for link in stored.article.related]
    assert lines[1]["body"] == 'a\nb "c" \u2028 😀'
    assert lines[1]["published"] is None


def test_csv_equals_the_archive(archive: Archive, site: int) -> None:
    body = 'virgule, point-virgule; "guillemets"\nligne deux\r\n' + "x" * 40_000
    fill(archive, site, rich_article(1), article(2, body=body))
    first, second = rows_of(exported(archive, "csv"))
    assert tuple(first) == COLUMNS
    assert (first["authors"], first["outlets"], first["agencies"]) == (
        "Élodie Martin; Omar Alami",
        "Atlas Info",
        "MAP; AFP",
    )
    assert (first["published"], first["published_utc"]) == ("2021-04-14T09:05:00", "2021-04-14T09:05:00Z")
    assert (second["published"], second["published_precision"], second["gone_at"]) == (
        "2021-04-14",
        "day",
        "",
    )
    assert second["body"] == body


@pytest.mark.parametrize("cell", ["=1+1", "+33 1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =cmd|' /C calc'!A0"])
def test_a_formula_becomes_text(archive: Archive, site: int, cell: str) -> None:
    fill(archive, site, article(1, title=cell))
    (row,) = rows_of(exported(archive, "csv"))
    assert row["title"] == "'" + cell
    assert rows_of(exported(archive, "csv", raw=True))[0]["title"] == cell


def test_ordinary_cells_stay_as_they_are() -> None:
    for cell in ("", "Le port", "2021-04-14", "«=»", "a=b"):
        assert harmless(cell) == cell


def test_the_filters_of_search_hold(archive: Archive, site: int) -> None:
    fill(archive, site, article(1, title="Le port"), article(2, title="La gare", published=None))
    for format in TEXTUAL:
        everything = exported(archive, format)
        found = exported(archive, format, query="port")
        assert found.count(b"Le port") == everything.count(b"Le port") > 0, format
        assert b"La gare" in everything
        assert b"La gare" not in found
        assert b"Le port" not in exported(archive, format, filters=Filters(site="inconnu"))


def test_more_than_one_group_stays_in_order(
    archive: Archive, site: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.export.contents._GROUP", 3)
    monkeypatch.setattr("storage.selection._GROUP", 4)
    fill(archive, site, *(article(number) for number in range(10)))
    ids = [json.loads(line)["id"] for line in exported(archive, "jsonl").splitlines()]
    assert ids == list(range(10, 0, -1))


def test_a_manifest_says_what_was_asked_and_what_came(archive: Archive, site: int, tmp_path: Path) -> None:
    keep(archive, site)
    for format in FORMATS:
        path = tmp_path / f"out.{format}"
        exported_file(archive, path, format, query="port", filters=Filters(site="vigie"), now=NOW)
        manifest = json.loads((tmp_path / f"out.{format}.manifest.json").read_text())
        data = path.read_bytes()
        assert manifest["sha256"] == hashlib.sha256(data).hexdigest()
        assert (manifest["bytes"], manifest["file"], manifest["format"]) == (len(data), path.name, format)
        assert (manifest["query"], manifest["filters"], manifest["articles"]) == (
            "port",
            {"site": "vigie"},
            1,
        )
        assert manifest["made_at"] == "2026-03-02T10:30:15+00:00"
        assert manifest["program"].startswith("hemero ")
    told = [entry.data["path"] for entry in copies(archive.folder)]
    assert told == [str(tmp_path / f"out.{format}") for format in FORMATS]


def test_what_is_reserved_is_left_out_and_said(archive: Archive, site: int, tmp_path: Path) -> None:
    keep(archive, site, HARD[:1])
    keep(archive, site, HARD[2:4], rights=RESERVED)
    path = tmp_path / "mine.jsonl"
    contents = exported_file(archive, path, "jsonl", forbids=lambda said: "no" if said else None)
    assert [json.loads(line)["url"] for line in path.read_text().splitlines()] == [url(1)]
    assert dict(contents.left_out) == {"no": 2}
    assert json.loads((tmp_path / "mine.jsonl.manifest.json").read_text())["left_out"] == {"no": 2}


def test_a_corpus_is_exported_as_it_was_chosen(archive: Archive, site: int, tmp_path: Path) -> None:
    fill(archive, site, article(1, title="Le port"), article(2, title="Le port"), article(3, title="La gare"))
    with archive.write() as session:
        chosen = plan(session, "ports", "port", Filters(), "anne", None)
        freeze(session, Entry("1", NOW, "corpus", chosen))
    fill(archive, site, article(2, title="Le port, corrigé"), article(4, title="Le port, encore"))
    path = tmp_path / "ports.csv"
    exported_file(archive, path, "csv", corpus="ports")
    assert sorted(row["url"] for row in rows_of(path.read_bytes())) == [url(1), url(2)]
    corpus = json.loads((tmp_path / "ports.csv.manifest.json").read_text())["corpus"]
    assert (corpus["digest"], corpus["query"], corpus["articles"]) == (chosen["digest"], "port", 2)
    assert (corpus["changed"], corpus["missing"]) == (1, 0)


def test_a_file_is_whole_or_as_before(archive: Archive, site: int, tmp_path: Path) -> None:
    """The disk fills, or a fault of ours happens, when all but the last article is written."""
    keep(archive, site)
    failure: list[BaseException] = []

    class Failing(Contents):
        def ids(self) -> Any:
            yield from super().ids()
            raise failure[0]

    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    for format in FORMATS:
        target = tmp_path / format / "export"
        target.parent.mkdir()
        exported_file(archive, target, format, query="port")
        before = {path.name: path.read_bytes() for path in target.parent.iterdir()}
        assert set(before) == {"export", "export.manifest.json"}
        for raised, told in ((full, NoSpace), (ZeroDivisionError(), ZeroDivisionError)):
            failure[:] = [raised]
            with pytest.raises(told), archive.read() as session:
                export_file(Failing(archive, session), target, format)
        assert {path.name: path.read_bytes() for path in target.parent.iterdir()} == before, format
    assert len(copies(archive.folder)) == len(FORMATS)


def test_a_place_that_cannot_be_written_is_named(archive: Archive, site: int, tmp_path: Path) -> None:
    fill(archive, site, article(1))
    for path in (tmp_path / "missing" / "x.csv", tmp_path / ("x" * 300)):
        with pytest.raises(ArchiveNotWritable, match="another place"):
            exported_file(archive, path, "jsonl")
    (tmp_path / "a.csv.manifest.json").mkdir()
    with pytest.raises(ArchiveError, match="another name"):
        exported_file(archive, tmp_path / "a.csv", "csv")


def test_two_exports_to_one_name_do_not_mix(archive: Archive, site: int, tmp_path: Path) -> None:
    fill(archive, site, article(1))
    target = tmp_path / "out.csv"
    code = "import fcntl, sys, time; f = open(sys.argv[1], 'w'); fcntl.flock(f, 2); print(flush=True)"
    command = [sys.executable, "-c", f"{code}; time.sleep(99)", f"{target}.tmp"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(ArchiveBusy, match="another process"):
            exported_file(archive, target, "csv")
        other.kill()
    exported_file(archive, target, "csv")  # what it left is no obstacle
    assert not target.with_name("out.csv.tmp").exists()
    assert len(rows_of(target.read_bytes())) == 1


def test_views_answer(archive: Archive, site: int) -> None:
    fill(archive, site, rich_article(1), rich_article(2))
    with archive.read() as session:
        for view in VIEWS:
            rows = session.execute(text(f"SELECT * FROM {view.name}")).mappings().all()
            assert bool(rows) == (view.name not in ("v_copies", "v_stories")), view.name
        row = session.execute(text("SELECT * FROM v_articles WHERE article_id = 1")).mappings().one()
        assert (row["authors"], row["tags"]) == ("Élodie Martin; Omar Alami", "Pêche; Port")
        assert row["credited"] == "Atlas Info; MAP; AFP"
        states = session.execute(
            text("SELECT state, target_url FROM v_related WHERE article_id = 1 ORDER BY position")
        ).all()
        assert [tuple(state) for state in states] == [("resolved", url(2)), ("no_link", None)]
        share = session.execute(text("SELECT site, month, kind, articles FROM v_source_share")).all()
        assert [tuple(line) for line in share] == [("vigie", "2021-04", "cosigned", 2)]
        title = session.execute(
            text("SELECT title FROM v_revisions WHERE article_id = 2 AND number = 1")
        ).scalar()
        assert title == rich_article(2).title


def test_the_data_dictionary_is_up_to_date() -> None:
    """Written anew by `python -m storage.dictionary`."""
    assert (ROOT / "docs" / "data-dictionary.md").read_text(encoding="utf-8") == render()
