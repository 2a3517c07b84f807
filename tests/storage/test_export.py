"""Exports: equal to the archive, whole or not there, harmless in a spreadsheet."""

from __future__ import annotations

import csv
import errno
import io
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from storage import Archive
from storage.dictionary import render
from storage.errors import ArchiveNotWritable, NoSpace
from storage.export import FORMATS, export, export_file
from storage.export.csv import COLUMNS, harmless, write_csv
from storage.filters import Filters
from storage.readings import store_readings
from storage.stored import load_article
from storage.views import VIEWS
from tests.storage.build import NOW, article, reading, rich_article, url

ROOT = Path(__file__).resolve().parents[2]


def fill(archive: Archive, site: int, *pages: Any) -> None:
    with archive.write() as session:
        store_readings(session, [(site, reading(of=page), None) for page in pages], NOW)


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def exported(archive: Archive, format: str, query: str = "", filters: Filters | None = None) -> bytes:
    output = io.BytesIO()
    with archive.read() as session:
        export(session, output, format, query, filters)
    return output.getvalue()


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
    output = io.BytesIO()
    with archive.read() as session:
        stored = load_article(session, 1)
    assert stored is not None
    write_csv(iter([stored]), output, raw=True)
    assert rows_of(output.getvalue())[0]["title"] == cell


def test_ordinary_cells_stay_as_they_are() -> None:
    for cell in ("", "Le port", "2021-04-14", "«=»", "a=b"):
        assert harmless(cell) == cell


def test_the_filters_of_search_hold(archive: Archive, site: int) -> None:
    fill(archive, site, article(1, title="Le port"), article(2, title="La gare", published=None))
    for format in FORMATS:
        assert exported(archive, format, "port").count(url(1).encode()) == exported(archive, format).count(
            url(1).encode()
        )
        assert url(2).encode() not in exported(archive, format, "port")
        assert b"vigie.example/actu" not in exported(archive, format, "", Filters(site="inconnu"))


def test_more_than_one_group_stays_in_order(
    archive: Archive, site: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.export._GROUP", 3)
    fill(archive, site, *(article(number) for number in range(10)))
    ids = [json.loads(line)["id"] for line in exported(archive, "jsonl").splitlines()]
    assert ids == list(range(10, 0, -1))


def test_a_file_is_whole_or_as_before(
    archive: Archive, site: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(archive, site, article(1))
    target = tmp_path / "export.csv"
    with archive.read() as session:
        assert export_file(session, target, "csv") == 1
    before = target.read_bytes()

    def full(*_: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setitem(FORMATS, "csv", full)
    with archive.read() as session, pytest.raises(NoSpace):
        export_file(session, target, "csv")
    monkeypatch.setitem(FORMATS, "csv", lambda articles, output: output.write(b"half") and 1 // 0)
    with pytest.raises(ZeroDivisionError), archive.read() as session:
        export_file(session, target, "csv")
    assert target.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("export")] == ["export.csv"]
    with archive.read() as session, pytest.raises(ArchiveNotWritable):
        export_file(session, tmp_path / "missing" / "x.csv", "jsonl")


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
