"""The installed command's exports: full disks, formulas, hard texts, names that lead elsewhere."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet
import pytest

from tests.running import HEMERO, Run, environment

pytestmark = pytest.mark.slow

PAGE = """<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>x</title>{head}
<link rel="canonical" href="https://vigie.example/actu/{number}"></head><body><article><h1>{title}</h1>
<p>Les quais ont rouvert hier matin après huit mois de travaux, en présence des armateurs et des pêcheurs de
la baie, qui attendaient ce jour depuis longtemps.</p><p>{body}</p></article>
<p>Le 14 Avril 2021</p></body></html>"""
SENTENCE = 'La criée, dit-on ; «\u00a0le\u00a0quai\u00a0» "neuf" & l\'été 😀 العيون\u00a0: {n}. '


def import_page(hemero: Run, folder: Path, number: int, title: str, body: str, head: str = "") -> None:
    path = folder / f"{number}.html"
    path.write_text(PAGE.format(number=number, title=title, body=body, head=head), encoding="utf-8")
    result = hemero("import", path)
    assert result.returncode == 0, result.stderr


def articles(hemero: Run) -> list[dict[str, Any]]:
    result = hemero("export", "--format", "jsonl")
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.case("F137", "F138")
def test_formulas_and_long_texts_come_back(hemero: Run, tmp_path: Path) -> None:
    long = "".join(SENTENCE.format(n=n) for n in range(800))
    assert len(long) > 40_000
    import_page(hemero, tmp_path, 1, "=1+1 est un titre qui calcule", long)
    import_page(
        hemero,
        tmp_path,
        2,
        "@SUM(A1) \0 et la suite du titre",
        "Ligne,\nvirgule; \"guillemet\" 'apostrophe'.",
    )
    known = articles(hemero)
    assert len(known) == 2
    for options, prefix in (([], "'"), (["--raw"], "")):
        result = hemero("export", "--format", "csv", "-o", "a.csv", *options)
        assert result.returncode == 0, result.stderr
        text = (tmp_path / "a.csv").read_text(encoding="utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        assert [row["title"] for row in rows] == [prefix + article["title"] for article in known]
        assert [row["body"] for row in rows] == [article["body"] for article in known]
        assert hemero("export", "--format", "xlsx", "-o", "a.xlsx", *options).returncode == 0
        sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["articles"]
        head, *lines = [[cell.value for cell in line] for line in sheet.iter_rows()]
        titles = [line[head.index("title")] for line in lines]
        assert titles == [prefix + article["title"] for article in known]
        assert [line[head.index("cut")] for line in lines].count("body") == 1
    assert hemero("export", "--format", "parquet", "-o", "a.parquet").returncode == 0
    table = pyarrow.parquet.read_table(tmp_path / "a.parquet").to_pylist()
    assert [(row["title"], row["body"]) for row in table] == [(a["title"], a["body"]) for a in known]
    told = hemero("export", "--format", "xlsx", "-o", "a.xlsx").stderr
    assert "1 cells were cut at 32,767 characters" in told


@pytest.mark.case("F031")
@pytest.mark.skipif(os.geteuid() != 0, reason="a small file system is mounted by root")
def test_a_full_disk_leaves_the_old_export(hemero: Run, tmp_path: Path) -> None:
    """A file system of 512 KB in a mount name space of its own; the export needs more."""
    for number in range(1, 4):
        import_page(hemero, tmp_path, number, f"Le port rouvre, épisode {number}", "mot " * 90_000)
    (tmp_path / "small").mkdir()
    for format in ("csv", "jsonl", "xlsx", "parquet", "tei", "wacz", "evidence"):
        script = (
            "mount -t tmpfs -o size=512k tmpfs small && echo old > small/out"
            " && echo before > small/out.manifest.json"
            " && head -c 300000 /dev/urandom > small/filling"
            f" && {HEMERO} export --format {format} -o small/out; echo $?; ls small; cat small/out"
        )
        if format in ("xlsx", "parquet", "tei", "wacz", "evidence"):  # these are packed: leave them less
            script = script.replace("head -c 300000", "head -c 516000")
        done = subprocess.run(
            ["unshare", "-m", "sh", "-c", script],
            cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=100, check=False,
        )  # fmt: skip
        if "mount:" in done.stderr or "unshare:" in done.stderr:
            pytest.skip(f"no file system can be mounted here: {done.stderr}")
        assert done.stdout.split() == ["3", "filling", "out", "out.manifest.json", "old"], (format, done)
        assert "no space left" in done.stderr, (format, done.stderr)
        assert len(done.stderr.splitlines()) == 1


@pytest.mark.case("F139")
def test_no_name_leads_out_of_its_place(hemero: Run, tmp_path: Path) -> None:
    import_page(hemero, tmp_path, 1, "Le port rouvre, épisode 1", "Suite.")
    before = {path for path in tmp_path.rglob("*") if "archive" not in path.parts}
    for name, code in (
        ("a\tb\u202e.csv", 0),
        ("CON", 0),
        ("x" * 300, 2),
        ("absent/x.csv", 2),
        ("archive", 2),
    ):
        result = hemero("export", "--format", "csv", "-o", name)
        assert result.returncode == code, (name, result.stderr)
        assert "\u202e" not in result.stderr
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link.csv").symlink_to("elsewhere/real.csv")
    (tmp_path / "trap.csv.tmp").symlink_to("elsewhere/victim")
    assert hemero("export", "--format", "csv", "-o", "link.csv").returncode == 0
    assert (tmp_path / "link.csv").is_symlink()
    assert hemero("export", "--format", "csv", "-o", "trap.csv").returncode == 2
    made = {path.name for path in (tmp_path / "elsewhere").iterdir()}
    assert made == {"real.csv"}
    for format in ("tei", "wacz", "evidence"):
        assert hemero("export", "--format", format, "-o", "p.zip").returncode == 0
        shutil.unpack_archive(tmp_path / "p.zip", tmp_path / format)
    named = {
        path for path in tmp_path.rglob("*") if "archive" not in path.relative_to(tmp_path).parts[:1]
    } - before
    assert not [path for path in named if ".." in path.parts]


def test_what_is_reserved_is_left_out(hemero: Run, tmp_path: Path) -> None:
    import_page(hemero, tmp_path, 1, "Le port rouvre, épisode 1", "Suite.")
    for number, said in ((2, 'tdm-reservation" content="1'), (3, 'robots" content="noai, noimageai')):
        head = f'<meta name="{said}">'
        import_page(hemero, tmp_path, number, f"Le port rouvre, épisode {number}", "Suite.", head)
    result = hemero("export", "--format", "jsonl", "--purpose", "tdm", "-o", "a.jsonl")
    assert result.returncode == 0, result.stderr
    assert result.stderr.splitlines() == [
        "1 articles in a.jsonl",
        "1 left out: their pages say noai",
        "1 left out: their pages say tdm-reservation",
    ]
    assert json.loads((tmp_path / "a.jsonl").read_text())["url"] == "https://vigie.example/actu/1"
    manifest = json.loads((tmp_path / "a.jsonl.manifest.json").read_text())
    assert manifest["left_out"] == {"noai": 1, "tdm-reservation": 1}
    assert len(articles(hemero)) == 3


def test_a_query_and_a_corpus(hemero: Run, tmp_path: Path) -> None:
    import_page(hemero, tmp_path, 1, "Le port rouvre, épisode 1", "Suite.")
    import_page(hemero, tmp_path, 2, "La gare ferme, épisode 2", "Suite.")
    lines = hemero("export", "gare", "--format", "jsonl").stdout.splitlines()
    assert [json.loads(line)["url"] for line in lines] == ["https://vigie.example/actu/2"]
    assert hemero("corpus", "gares", "--freeze", "gare").returncode == 0
    assert hemero("export", "--corpus", "gares", "--format", "ris", "-o", "g.ris").returncode == 0
    assert json.loads((tmp_path / "g.ris.manifest.json").read_text())["corpus"]["articles"] == 1
    for wrong in (["--corpus", "nulle"], ["gare", "--corpus", "gares"], ["--corpus", "gares", "--tag", "x"]):
        result = hemero("export", "--format", "csv", *wrong)
        assert (result.returncode, len(result.stderr.splitlines())) == (2, 1)


def test_a_killed_export_leaves_the_old_file(hemero: Run, tmp_path: Path) -> None:
    import_page(hemero, tmp_path, 1, "Le port rouvre, épisode 1", "mot " * 50_000)
    (tmp_path / "a.csv").write_text("old")
    killed = subprocess.run(
        [HEMERO, "export", "--format", "csv", "-o", "a.csv"],
        cwd=tmp_path,
        env=environment(HEMERO_FAULTS="1", FAULT_AT="export_written:1"),
        capture_output=True,
    )
    assert killed.returncode == -signal.SIGKILL
    assert (tmp_path / "a.csv.tmp").stat().st_size > 200_000
    assert (tmp_path / "a.csv").read_text() == "old"
    assert hemero("export", "--format", "csv", "-o", "a.csv").returncode == 0
    assert (tmp_path / "a.csv").stat().st_size > 200_000


def test_evidence_on_the_screen_fits(hemero: Run, tmp_path: Path) -> None:
    import_page(hemero, tmp_path, 1, "Le port rouvre, épisode 1", "Suite. " * 40)
    result = hemero("show", "1", "--evidence")
    assert result.returncode == 0, result.stderr
    assert all(len(line) <= 80 for line in result.stdout.splitlines() if "sha256:" not in line), result.stdout
    title = result.stdout.split("\n\n")[1]
    assert title.startswith(
        "title     Le port rouvre, épisode 1\n  read      Le port rouvre, épisode 1 (h1)\n"
    )
    (found,) = [json.loads(line) for line in hemero("show", "1", "--evidence", "--json").stdout.splitlines()]
    page = (tmp_path / "1.html").read_bytes()
    (claim,) = next(entry for entry in found["fields"] if entry["field"] == "title")["claims"]
    place = claim["position"]
    assert page[place["first_byte"] : place["end_byte"]].decode() == "Le port rouvre, épisode 1"
    date = next(entry for entry in found["fields"] if entry["field"] == "published")
    chosen = next(claim for claim in date["claims"] if claim["chosen"])
    assert page[chosen["position"]["first_byte"] : chosen["position"]["end_byte"]] == b"Le 14 Avril 2021"
    for wrong in (["--field", "title"], ["--evidence", "--diff"], ["--evidence", "--field", "prix"]):
        result = hemero("show", "1", *wrong)
        assert (result.returncode, len(result.stderr.splitlines())) == (2, 1)


@pytest.mark.parametrize(
    ("option", "name", "note"),
    [
        ("--source", "Nulle Part", "no source 'Nulle Part' in this archive"),
        ("--tag", "nulle part", "no tag 'nulle part' in this archive"),
        ("--author", "Nulle Part", "no author 'Nulle Part' in this archive"),
    ],
)
def test_a_filter_that_names_nothing_is_told(
    hemero: Run, archive: Path, tmp_path: Path, option: str, name: str, note: str
) -> None:
    """An export says what a search says, and its manifest too: an empty file explains itself."""
    assert note in hemero("search", "", option, name).stderr
    result = hemero("export", "--format", "csv", "-o", "a.csv", option, name)
    assert result.returncode == 0
    assert f"0 articles in a.csv\n{note}" in result.stderr
    assert json.loads((tmp_path / "a.csv.manifest.json").read_text("utf-8"))["notes"] == [note]
    assert note in hemero("export", "--format", "csv", option, name).stderr
    assert hemero("export", "--format", "csv", "--site", "nulle-part").returncode == 2
