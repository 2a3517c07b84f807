"""Each command as users run it: an installed program in its own process, on one crawled archive."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from storage.article_json import KEYS
from tests.running import HEMERO, PAGE, Run, cpu_of_children, environment, run_hemero

pytestmark = pytest.mark.slow


def objects(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


# --- help and first steps -------------------------------------------------------------------------


def test_help_is_quick_and_complete(tmp_path: Path) -> None:
    """Quick in seconds of CPU: other tests run at the same time."""
    run_hemero("--help", cwd=tmp_path)
    best = 9.0
    for _ in range(5):
        before = cpu_of_children()
        result = run_hemero("--help", cwd=tmp_path)
        best = min(best, cpu_of_children() - before)
    assert result.returncode == 0
    for name in ("crawl", "demo", "export", "import", "read", "runs", "search", "show", "sites"):
        assert f"  {name} " in result.stdout
    assert best < 0.5  # 0.2 s


def test_without_a_command_it_says_what_to_do_next(hemero: Run, crawled: Path) -> None:
    empty = hemero()
    assert empty.returncode == 0
    assert "hemero crawl demo" in empty.stdout
    full = hemero(cwd=crawled)
    assert full.returncode == 0
    assert "12 articles" in full.stdout
    assert "hemero search" in full.stdout


def test_help_loads_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys; sys.argv = ['hemero', '--help']\n"
        "from cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'sqlalchemy', 'scrapy', 'twisted', 'rich', 'lxml', 'msgspec', 'trafilatura'}\n"
        "sys.exit(' '.join(heavy & set(sys.modules)) or 0)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr


# --- crawl ----------------------------------------------------------------------------------------


def test_summary_and_report_say_the_same(crawled: Path) -> None:
    report = json.loads((crawled / "run.json").read_text(encoding="utf-8"))
    (site,) = report["sites"]
    assert report["exit_code"] == 0
    assert (site["site"], site["new"], site["fetched"], site["failed"]) == ("demo", 12, 12, 0)
    header, row = (crawled / "summary.txt").read_text(encoding="utf-8").splitlines()[:2]
    assert header.split() == [
        "site",
        "fetched",
        "new",
        "changed",
        "unchanged",
        "failed",
        "refused",
        "seconds",
    ]
    assert row.split()[:7] == ["demo", "12", "12", "0", "0", "0", "0"]


def test_url_of_an_undeclared_site_is_saved_now(hemero: Run, tmp_path: Path, local_site: str) -> None:
    result = hemero("crawl", "--url", f"{local_site}/p1.html", "--json")
    assert result.returncode == 0, result.stderr
    shown = hemero("search", "armateurs", "--json")
    (hit,) = objects(shown.stdout)
    assert hit["url"] == f"{local_site}/p1.html"


def test_url_that_does_not_exist_is_not_a_success(hemero: Run, local_site: str) -> None:
    result = hemero("crawl", "--url", f"{local_site}/absent.html")
    assert result.returncode == 5


# --- import and read --------------------------------------------------------------------------------


def test_import_twice_equals_once(hemero: Run, pages: Path) -> None:
    first = hemero("import", pages, "--json")
    assert first.returncode == 0, first.stderr
    assert [row["outcome"] for row in objects(first.stdout)] == ["new"] * 3
    second = hemero("import", pages, "--json")
    assert [row["outcome"] for row in objects(second.stdout)] == ["unchanged"] * 3
    assert len(objects(hemero("search", "armateurs", "--json").stdout)) == 3
    captures = hemero("runs", "--json")
    assert [(run["command"], run["new"], run["unchanged"]) for run in objects(captures.stdout)] == [
        ("import", 0, 3),
        ("import", 3, 0),
    ]


def test_imported_page_with_other_text_is_a_revision(hemero: Run, pages: Path) -> None:
    hemero("import", pages / "p1.html")
    page = (pages / "p1.html").read_text(encoding="utf-8").replace("huit mois", "neuf mois")
    (pages / "p1.html").write_text(page, encoding="utf-8")
    result = hemero("import", pages / "p1.html", "--json")
    assert [row["outcome"] for row in objects(result.stdout)] == ["changed"]


def test_import_of_gzip_text_and_folder_with_other_files(hemero: Run, tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "a.html.gz").write_bytes(gzip.compress(PAGE.format(number=4).encode()))
    (folder / "labels.jsonl").write_text("{}", encoding="utf-8")
    (folder / "broken.html").write_bytes(b"\x00\x01")
    result = hemero("import", folder)
    assert result.returncode == 0, result.stderr
    assert "broken.html: neither HTML nor text" in result.stderr
    assert result.stdout.splitlines()[-1].split() == ["2", "1", "0", "0", "0", "0", "1"]


def test_list_of_urls_becomes_candidates(hemero: Run, tmp_path: Path) -> None:
    urls = tmp_path / "urls.txt"
    urls.write_text("http://127.0.0.1:8765/actualite/1/x\nhttps://nulle.example/a\n", encoding="utf-8")
    result = hemero("import", urls, "--json")
    assert result.returncode == 0, result.stderr
    (row,) = objects(result.stdout)
    assert (row["new"], row["sites"], row["refused"]) == (1, ["demo"], ["https://nulle.example/a"])


def test_read_prints_the_documented_keys_and_stores_nothing(hemero: Run, pages: Path, tmp_path: Path) -> None:
    result = hemero("read", pages / "p2.html", "--fetched-at", "2021-04-15T08:00:00Z")
    assert result.returncode == 0, result.stderr
    (article,) = objects(result.stdout)
    assert tuple(article) == KEYS
    assert article["url"] == "https://vigie.example/actu/2"
    assert article["title"] == "Le port rouvre après les travaux, épisode 2"
    assert article["published"]["date"] == "2021-04-14"  # type: ignore[index]
    assert not (tmp_path / "archive").exists()


def test_read_takes_a_url(hemero: Run, local_site: str, tmp_path: Path) -> None:
    result = hemero("read", f"{local_site}/p3.html")
    assert result.returncode == 0, result.stderr
    (article,) = objects(result.stdout)
    assert article["title"] == "Le port rouvre après les travaux, épisode 3"
    assert not (tmp_path / "archive").exists()


def test_manifest_gives_one_line_a_page_in_order(hemero: Run, pages: Path, tmp_path: Path) -> None:
    (pages / "empty.html").touch()
    files = ["p3.html", "absent.html", "p1.html", "empty.html", "p2.html"]
    manifest = pages / "pages.jsonl"
    manifest.write_text("".join(json.dumps({"file": file}) + "\n" for file in files), encoding="utf-8")
    result = hemero("read", "--manifest", manifest)
    assert result.returncode == 0, result.stderr
    lines = objects(result.stdout)
    assert [line.get("title", "?")[-1:] if "error" not in line else line["file"] for line in lines] == [  # type: ignore[index]
        "3",
        "absent.html",
        "1",
        "empty.html",
        "2",
    ]


def test_bad_manifest_is_2_and_prints_no_line(hemero: Run, pages: Path) -> None:
    manifest = pages / "pages.jsonl"
    for bad in ('{"url": "https://x.example/"}', '{"file": "p1.html", "site": "nulle-part"}', "{"):
        manifest.write_text('{"file": "p1.html"}\n' + bad + "\n", encoding="utf-8")
        result = hemero("read", "--manifest", manifest)
        assert (result.returncode, result.stdout) == (2, "")
        assert len(result.stderr.splitlines()) == 1


# --- query ------------------------------------------------------------------------------------------


def test_search_show_and_export_agree(hemero: Run, crawled: Path) -> None:
    exported = objects(hemero("export", "--format", "jsonl", cwd=crawled).stdout)
    assert len(exported) == 12
    one = exported[0]
    shown = hemero("show", str(one["url"]), "--json", cwd=crawled)
    (article,) = objects(shown.stdout)
    assert set(KEYS) <= set(article)
    assert (article["title"], article["body"]) == (one["title"], one["body"])
    word = str(one["title"]).split()[0]
    hits = objects(hemero("search", f'"{one["title"]}"', "--json", cwd=crawled).stdout)
    assert one["url"] in [hit["url"] for hit in hits], word
    table = hemero("export", "--format", "csv", "-o", crawled.parent / "out.csv", cwd=crawled)
    assert (table.returncode, table.stdout) == (0, "")
    with (crawled.parent / "out.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["url"] for row in rows} == {line["url"] for line in exported}


def test_filters_narrow(hemero: Run, crawled: Path) -> None:
    def count(*filters: str) -> int:
        return len(objects(hemero("export", "--format", "jsonl", *filters, cwd=crawled).stdout))

    assert count("--site", "demo") == 12
    assert count("--site", "portailsudmaroc") == 0
    assert count("--from", "1990", "--to", "2100") == 12
    assert count("--to", "1990") == 0


def test_show_for_people_and_raw(hemero: Run, crawled: Path) -> None:
    shown = hemero("show", "1", cwd=crawled)
    assert shown.returncode == 0, shown.stderr
    assert "http://127.0.0.1:8765/" in shown.stdout
    raw = subprocess.run(
        [HEMERO, "show", "1", "--raw"], cwd=crawled, env=environment(), capture_output=True, check=True
    )
    assert b"<html" in raw.stdout.lower()


def test_runs_and_sites(hemero: Run, crawled: Path) -> None:
    (run,) = objects(hemero("runs", "--json", cwd=crawled).stdout)
    assert (run["site"], run["command"], run["exit_code"], run["new"]) == ("demo", "crawl", 0, 12)
    assert "demo" in hemero("runs", cwd=crawled).stdout
    sites = {site["site"]: site for site in objects(hemero("sites", "--json", cwd=crawled).stdout)}
    assert sites["demo"]["articles"] == 12
    assert sites["portailsudmaroc"]["articles"] == 0


def test_a_site_known_from_imports_alone_is_listed(hemero: Run, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE.format(number=1), encoding="utf-8")
    assert hemero("import", "page.html", cwd=tmp_path).returncode == 0
    sites = {site["site"]: site for site in objects(hemero("sites", "--json", cwd=tmp_path).stdout)}
    assert (sites["vigie.example"]["articles"], sites["vigie.example"]["state"]) == (1, "undeclared")
    assert sites["portailsudmaroc"]["state"] == "active"
    assert "undeclared" in hemero("sites", cwd=tmp_path).stdout
    (status,) = objects(hemero("status", "vigie.example", "--json", cwd=tmp_path).stdout)
    assert (status["articles"], status["state"], status["advice"]) == (1, "undeclared", None)
    unknown = hemero("status", "vigie", cwd=tmp_path)
    assert (unknown.returncode, "no site 'vigie'" in unknown.stderr) == (2, True)


# --- streams ----------------------------------------------------------------------------------------


def test_output_is_utf8_in_a_bare_environment(crawled: Path) -> None:
    for command in (["export", "--format", "csv"], ["show", "1"], ["search", "a"]):
        result = subprocess.run(
            [HEMERO, *command, "--archive", crawled / "archive"],
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            capture_output=True,
            check=False,
        )
        assert result.returncode == 0, result.stderr
        result.stdout.decode("utf-8")


def test_reader_that_leaves_is_no_fault(crawled: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    result = subprocess.run(
        [HEMERO, "export", "--format", "jsonl"],
        cwd=crawled,
        env=environment(),
        stdout=write,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(write)
    assert result.returncode == 141
    assert result.stderr == b""


def test_closed_stdout_is_no_fault(crawled: Path) -> None:
    command = f'exec "{HEMERO}" runs >&-'
    result = subprocess.run(
        ["bash", "-c", command], cwd=crawled, env=environment(), capture_output=True, check=False
    )
    assert (result.returncode, result.stderr) == (0, b"")


def test_wide_text_keeps_to_80_columns_where_it_can(hemero: Run, crawled: Path) -> None:
    for command in (["search", "a"], ["runs"], ["sites"]):
        result = hemero(*command, cwd=crawled)
        assert result.returncode == 0, result.stderr
        for line in result.stdout.splitlines():
            assert len(line) <= 80 or "http" in line, line


@pytest.mark.case("F108")
def test_escapes_of_a_page_do_nothing(hemero: Run, tmp_path: Path) -> None:
    page = PAGE.format(number=9).replace(
        "Le port rouvre après", "Le port \x1b[31mrouvre\x07 \u202eaprès\x9b2J"
    )
    (tmp_path / "p.html").write_text(page, encoding="utf-8")
    outputs = [
        hemero("import", "p.html"),
        hemero("search", "armateurs"),
        hemero("search", "armateurs", "--json"),
        hemero("show", "1"),
        hemero("show", "1", "--json"),
        hemero("read", "p.html"),
        hemero("runs"),
        hemero("export", "--format", "csv"),
        hemero(),
    ]
    for result in outputs:
        assert result.returncode == 0, result.stderr
        assert not set(result.stdout + result.stderr) & set("\x1b\x07\x9b\u202e")


@pytest.mark.case("F137")
def test_formulas_are_disarmed_in_csv(hemero: Run, tmp_path: Path) -> None:
    page = PAGE.format(number=8).replace("Le port rouvre", '=HYPERLINK("http://x.example")')
    (tmp_path / "p.html").write_text(page, encoding="utf-8")
    hemero("import", "p.html")
    text = hemero("export", "--format", "csv").stdout.lstrip("\ufeff")
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert not [cell for cell in cells if cell[:1] in tuple("=+@\t\r")]
    assert any("HYPERLINK" in cell for cell in cells)


def test_runner_isolates_the_environment(tmp_path: Path) -> None:
    result = run_hemero("sites", cwd=tmp_path, env=environment(HEMERO_ARCHIVE=str(tmp_path / "elsewhere")))
    assert result.returncode == 0, result.stderr
