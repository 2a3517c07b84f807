"""Every export, read back by a program that analysts use, equals the database: both databases, hard texts."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

import bibtexparser
import networkx
import openpyxl
import pandas
import pyarrow.parquet
import pytest
import rispy
from lxml import etree
from openpyxl.utils.escape import unescape
from sqlalchemy import select

from storage import Archive
from storage.export.csv import COLUMNS, harmless
from storage.export.references import plain
from storage.export.values import local_text
from storage.models import Capture, RelatedLink
from storage.stored import Stored
from tests.storage.export_cases import exported, exported_file, fill, stored

DATA = Path(__file__).resolve().parents[1] / "data"
XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@pytest.fixture
def full(archive: Archive, site: int) -> Archive:
    """An archive with the hard articles."""
    fill(archive, site)
    return archive


def names(found: Stored) -> dict[str, list[str]]:
    """The lists of an article, by name."""
    article = found.article
    return {
        "authors": list(article.authors),
        "tags": [tag.name for tag in article.tags],
        "outlets": [name for line in article.attributions for name in line.outlets],
        "agencies": [name for line in article.attributions for name in line.agencies],
    }


def own(found: Stored) -> list[str]:
    """Whom an article credits besides the site's own newsroom."""
    lines = found.article.attributions
    credited = [name for line in lines for name in (*line.outlets, *line.agencies)]
    return [plain(name) for name in credited if name != "SELF"]


def check_table(rows: list[dict[str, Any]], articles: list[Stored]) -> None:
    assert [int(row["id"]) for row in rows] == [found.id for found in articles]
    for row, found in zip(rows, articles, strict=True):
        article = found.article
        for column in ("site", "url", "title", "lead", "body", "language", "section"):
            assert (row[column] or "") == (getattr(article, column) or ""), (found.id, column)
        for column, values in names(found).items():
            assert (row[column] or "") == "; ".join(values)
        assert (row["published"] or "") == (local_text(article.published) or "")


def test_pandas_reads_the_csv(full: Archive) -> None:
    data = exported(full, "csv", raw=True)
    frame = pandas.read_csv(io.BytesIO(data), dtype=str, keep_default_na=False)
    assert tuple(frame.columns) == COLUMNS
    check_table(frame.to_dict("records"), stored(full))


def test_a_spreadsheet_runs_nothing_of_the_csv(full: Archive) -> None:
    frame = pandas.read_csv(io.BytesIO(exported(full, "csv")), dtype=str, keep_default_na=False)
    plain_cells = pandas.read_csv(
        io.BytesIO(exported(full, "csv", raw=True)), dtype=str, keep_default_na=False
    )
    assert not frame.map(lambda cell: cell.lstrip().startswith(("=", "+", "-", "@"))).any(axis=None)
    assert frame.equals(plain_cells.map(harmless))
    assert frame.map(lambda cell: cell.startswith("'")).sum(axis=None) >= 3


def test_openpyxl_reads_the_xlsx_and_knows_what_was_cut(full: Archive, tmp_path: Path) -> None:
    for raw in (True, False):
        contents = exported_file(full, tmp_path / "out.xlsx", "xlsx", raw=raw)
        book = openpyxl.load_workbook(tmp_path / "out.xlsx")
        header, *lines = list(book["articles"].iter_rows())
        assert tuple(cell.value for cell in header) == (*COLUMNS, "cut")
        assert all(cell.data_type in ("s", "n", "inlineStr") for line in lines for cell in line)
        articles = stored(full)
        rows = [{c.value: cell.value for c, cell in zip(header, line, strict=True)} for line in lines]
        (cut,) = [row for row in rows if row["cut"]]
        long = next(found for found in articles if len(found.article.body or "") > 32_767)
        assert (cut["cut"], cut["url"]) == ("body", long.article.url)
        kept = len(cut["body"].encode("utf-16-le")) // 2
        assert 32_766 <= kept <= 32_767
        assert (long.article.body or "").startswith(cut["body"])
        assert any("1 cells were cut at 32,767" in note for note in contents.notes)
        for row in rows:  # control characters are spelled _x0007_ in this format; spreadsheets undo it
            row.update({k: unescape(v) for k, v in row.items() if isinstance(v, str)})
            row["body"] = long.article.body if row is cut else row["body"]
            if not raw:
                row.update({k: v.removeprefix("'") for k, v in row.items() if isinstance(v, str)})
        check_table(rows, articles)


def test_pyarrow_reads_the_parquet(full: Archive, tmp_path: Path) -> None:
    exported_file(full, tmp_path / "out.parquet", "parquet")
    rows = pyarrow.parquet.read_table(tmp_path / "out.parquet").to_pylist()
    articles = stored(full)
    assert [row["id"] for row in rows] == [found.id for found in articles]
    for row, found in zip(rows, articles, strict=True):
        article = found.article
        for column in ("site", "url", "title", "lead", "body", "language", "section", "paywalled"):
            assert row[column] == getattr(article, column), column
        assert {name: row[name] for name in names(found)} == names(found)
        assert [line["raw"] for line in row["attributions"]] == [line.raw for line in article.attributions]
        assert [link["title"] for link in row["related"]] == [link.title for link in article.related]
        assert row["published_date"] == (article.published.date if article.published else None)
        assert row["published_utc"] == (article.published.utc if article.published else None)
        assert row["fetched_at"] == found.fetched_at.astimezone(UTC)
        assert (row["identity"], row["content_digest"]) == (found.identity, found.content_digest)


def test_parquet_without_its_library_names_the_extra(full: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from storage.export.parquet import LibraryMissing

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(LibraryMissing, match=r"pip install 'hemerotheque\[parquet\]'"):
        exported(full, "parquet")


def test_json_lines_are_read_back(full: Archive) -> None:
    rows = [json.loads(line) for line in exported(full, "jsonl").decode().split("\n") if line]
    for row, found in zip(rows, stored(full), strict=True):
        for column in ("site", "url", "title", "lead", "body", "language", "section"):
            assert row[column] == getattr(found.article, column)
        assert (row["authors"], row["tags"]) == (names(found)["authors"], names(found)["tags"])


_TEX = {r"\textbackslash{}": "\\", r"\textbraceleft{}": "{", r"\textbraceright{}": "}"}
_TEX |= {r"\textasciitilde{}": "~", r"\textasciicircum{}": "^", **{f"\\{c}": c for c in "&%$#_"}}
_SPELLED = re.compile("|".join(re.escape(spelled) for spelled in _TEX))


def untex(text: str) -> str:
    return _SPELLED.sub(lambda match: _TEX[match[0]], text)


def captures(archive: Archive) -> dict[int, Capture]:
    with archive.read() as session:
        return {row.id: row for row in session.scalars(select(Capture))}


def test_bibtexparser_reads_the_bibtex(full: Archive) -> None:
    parser = bibtexparser.bparser.BibTexParser(common_strings=True)
    entries = bibtexparser.loads(exported(full, "bibtex").decode(), parser).entries
    articles, kept = stored(full), captures(full)
    assert [entry["ID"] for entry in entries] == [f"vigie-{found.identity[:12]}" for found in articles]
    for entry, found in zip(entries, articles, strict=True):
        article = found.article
        title = entry["title"]
        assert title.startswith("{")
        assert title.endswith("}")
        assert untex(title[1:-1]) == plain(article.title or article.url)
        assert untex(entry["journal"]) == "La Vigie"
        written = entry.get("author", "")
        people = [untex(name[1:-1]) for name in re.split(r" and (?=\{)", written)] if written else []
        assert people == list(article.authors)
        assert entry["url"] == article.url
        assert entry["urldate"] == f"{found.fetched_at:%Y-%m-%d}"
        assert entry.get("date", "") == (local_text(article.published) or "")[:10]
        assert untex(entry.get("origpublisher", "")) == "; ".join(own(found))
        assert f"urn:uuid:{kept[found.capture_id or 0].record_id}" in entry["note"]
        for line in article.attributions:
            assert plain(line.raw) in untex(entry["note"])


def test_rispy_reads_the_ris(full: Archive) -> None:
    entries = rispy.loads(exported(full, "ris").decode())
    articles, kept = stored(full), captures(full)
    assert len(entries) == len(articles)
    for entry, found in zip(entries, articles, strict=True):
        article = found.article
        assert entry["type_of_reference"] == "NEWS"
        assert entry["title"] == plain(article.title or article.url)
        assert entry["secondary_title"] == "La Vigie"
        assert entry.get("authors", []) == [plain(name) for name in article.authors]
        assert entry["urls"] == [article.url]
        assert entry["access_date"] == f"{found.fetched_at:%Y/%m/%d}/"
        day = (local_text(article.published) or "")[:10].replace("-", "/")
        assert entry.get("date", "").rstrip("/") == day
        assert entry.get("original_publication", "") == "; ".join(own(found))
        assert kept[found.capture_id or 0].record_id in entry["accession_number"]
        assert entry.get("notes", []) == [plain(line.raw) for line in article.attributions]


def test_csl_json_has_what_a_citation_needs(full: Archive) -> None:
    items = json.loads(exported(full, "csl"))
    articles, kept = stored(full), captures(full)
    assert len({item["id"] for item in items}) == len(articles) == len(items)
    for item, found in zip(items, articles, strict=True):
        article = found.article
        assert item["type"] == "article-newspaper"
        assert item["title"] == plain(article.title or article.url)
        assert [name["literal"] for name in item.get("author", [])] == list(article.authors)
        assert (item["container-title"], item["URL"]) == ("La Vigie", article.url)
        assert item["accessed"]["date-parts"] == [[2026, 3, 2]]
        day = (local_text(article.published) or "")[:10]
        parts = [int(part) for part in day.split("-")] if day else None
        assert item.get("issued", {}).get("date-parts") == ([parts] if parts else None)
        assert item.get("original-publisher", "") == "; ".join(own(found))
        assert kept[found.capture_id or 0].payload_digest in item["archive_location"]
    assert json.loads(exported(full, "csl", query="rien-de-tel")) == []


def test_iramuteq_finds_each_text_under_its_variables(full: Archive) -> None:
    texts = re.split(r"^\*{4} (.*)\n", exported(full, "iramuteq").decode(), flags=re.M)[1:]
    articles = [found for found in stored(full) if found.article.body]
    assert len(texts) == 2 * len(articles)
    for line, body, found in zip(texts[::2], texts[1::2], articles, strict=True):
        article = found.article
        assert re.fullmatch(r"(?:\*[a-z]+_[a-z0-9]+ ?)+", line)
        variables = dict(part[1:].split("_") for part in line.split())
        assert (variables["article"], variables["site"]) == (str(found.id), "vigie")
        assert "*" not in body
        parts = [text for text in (article.title, article.lead, article.body) if text]
        assert body.rstrip("\n") == "\n".join(parts).replace("*", " ")
    by_id = {found.id: found for found in articles}
    dated = [dict(part[1:].split("_") for part in line.split()) for line in texts[::2]]
    for variables in dated:
        day = (local_text(by_id[int(variables["article"])].article.published) or "")[:10].replace("-", "")
        assert (variables["date"], variables["month"]) == (day if len(day) == 8 else "na", day[:6])


def members(data: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert package.testzip() is None
        for name in package.namelist():
            yield name, package.read(name)


def test_tei_is_valid_and_says_what_the_database_says(full: Archive) -> None:
    schema = etree.RelaxNG(etree.parse(DATA / "tei.rng"))
    found = dict(members(exported(full, "tei")))
    table = found.pop("texts/metadata.csv").decode()
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(table, newline=""))}
    articles = {f"texts/a{one.id}.xml": one for one in stored(full)}
    assert set(found) == set(articles)
    spaces = {"t": "http://www.tei-c.org/ns/1.0"}
    for name, one in articles.items():
        article, tree = one.article, etree.fromstring(found[name])
        schema.assertValid(tree)
        paragraphs = ["".join(p.itertext()) for p in tree.iterfind(".//t:body//t:p", spaces)]
        texts = [t for text in (article.lead, article.body) for t in (text or "").split("\n") if t]
        assert [text for text in paragraphs if text] == [XML.sub("\ufffd", text) for text in texts]
        assert tree.findtext(".//t:body//t:head", None, spaces) == (
            XML.sub("\ufffd", article.title) if article.title else None
        )
        assert [e.text for e in tree.iterfind(".//t:titleStmt/t:author", spaces)] == list(article.authors)
        tags = [e.text for e in tree.iterfind(".//t:term[@type='tag']", spaces)]
        assert tags == [tag.name for tag in article.tags]
        row = rows[f"a{one.id}"]
        assert (row["url"], row["outlet"]) == (article.url, "La Vigie")
        assert row["title"] == " ".join((article.title or "").split())
    assert len(rows) == len(articles)


@pytest.mark.parametrize("format", ["graphml", "gexf"])
def test_networkx_reads_the_graph(full: Archive, tmp_path: Path, format: str) -> None:
    exported_file(full, tmp_path / "out", format)
    read = networkx.read_graphml if format == "graphml" else networkx.read_gexf
    graph = read(tmp_path / "out")
    articles = stored(full)
    assert {int(node) for node in graph.nodes} == {found.id for found in articles}
    with full.read() as session:
        rows = session.execute(
            select(RelatedLink.article_id, RelatedLink.target_id).where(RelatedLink.target_id.is_not(None))
        ).all()
    assert {(int(a), int(b)) for a, b in graph.edges()} == {tuple(row) for row in rows} != set()
    for found in articles:
        assert graph.nodes[str(found.id)]["url"] == found.article.url
    exported_file(full, tmp_path / "one", format, query="العيون")
    assert read(tmp_path / "one").number_of_edges() == 0
