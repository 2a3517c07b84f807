"""Bad input: one clear line, the documented exit code, nothing half-written."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.running import Run, environment

pytestmark = pytest.mark.slow


def line_of(result: object) -> str:
    """The one line on stderr; nothing may stand on stdout, no traceback anywhere."""
    lines = result.stderr.splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 1, result.stderr  # type: ignore[attr-defined]
    assert result.stdout == ""  # type: ignore[attr-defined]
    return str(lines[0])


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["crawl", "portailsudmaro"], "portailsudmaroc"),
        (["crawl", "nulle-part"], "hemero sites"),
        (["crawl", "--url", "pas une adresse"], "no URL"),
        (["crawl", "--url", "ftp://exemple.ma/a"], "no URL"),
        (["crawl", "demo", "--limit", "0"], "--limit"),
        (["crawl", "demo", "--max-minutes", "-1"], "--max-minutes"),
        (["crawl", "demo", "--report", "absent/run.json"], "absent"),
        (["crawl", "demo", "--url", "https://exemple.ma/a"], "--url"),
        (["import", "absent.html"], "absent.html"),
        (["import"], "PATH"),
        (["read"], "--manifest"),
        (["read", "absent.html"], "absent.html"),
        (["read", "--manifest", "absent.jsonl"], "absent.jsonl"),
        (["read", "absent.html", "--site", "nulle-part"], "absent.html"),
        (["search", "port", "--from", "hier"], "hier"),
        (["search", "port"], "archive"),
        (["show", "1"], "archive"),
        (["runs"], "archive"),
        (["export", "--format", "csv"], "archive"),
        (["export", "--format", "docx"], "docx"),
        (["serch", "port"], "search"),
        (["--nope"], "--nope"),
        (["crawl", "--config", "absent.toml"], "absent.toml"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_usage_is_2_and_writes_nothing(hemero: Run, tmp_path: Path, arguments: list[str], word: str) -> None:
    result = hemero(*arguments)
    assert result.returncode == 2, result.stderr
    line = line_of(result)
    assert line.startswith("hemero: ")
    assert word in line
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_page_stops_the_import_before_it_begins(
    hemero: Run, pages: Path, tmp_path: Path
) -> None:
    photo = tmp_path / "photo.html"
    photo.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    result = hemero("import", pages, photo)
    assert result.returncode == 2
    assert "photo.html: neither HTML nor text" in line_of(result)
    assert not (tmp_path / "archive").exists()


def test_archive_folder_that_cannot_be_made(hemero: Run, pages: Path, tmp_path: Path) -> None:
    for folder in ("/proc/archive", str(pages / "p1.html")):
        result = hemero("import", pages, "--archive", folder)
        assert result.returncode == 2, result.stderr
        assert folder in line_of(result)


@pytest.mark.case("F152")
def test_settings_fault_names_file_line_and_key(hemero: Run, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('[crawl]\ncontact = "a@example.org"\ndelya = 2\n', encoding="utf-8")
    result = hemero("sites", "--config", path)
    assert result.returncode == 2
    assert "mine.toml:3" in line_of(result)
    assert "delya" in result.stderr


@pytest.mark.parametrize("arguments", [("--archive", "b\udce9", "verify"), ("backup", "b\udce9")])
def test_a_folder_whose_name_is_not_utf8_is_refused(
    hemero: Run, archive: Path, arguments: tuple[str, ...]
) -> None:
    result = hemero(*arguments)
    assert result.returncode == 2
    assert "b\\xe9 has a name that is not UTF-8" in result.stderr


@pytest.mark.parametrize("value", ["nan", "inf", "-1", "longtemps"])
def test_a_patience_that_is_no_number_of_seconds_is_refused(hemero: Run, archive: Path, value: str) -> None:
    result = hemero("runs", env=environment(HEMERO_PATIENCE=value))
    assert result.returncode == 2
    assert f"HEMERO_PATIENCE is a number of seconds, not '{value}'" in line_of(result)


def test_settings_nested_without_end_are_refused(hemero: Run, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("a=" + "[" * 3_000 + "]" * 3_000, encoding="utf-8")
    result = hemero("sites", "--config", path)
    assert result.returncode == 2
    assert "mine.toml: nested too deep" in line_of(result)


@pytest.mark.case("F152")
def test_wrong_declaration_fails_at_start(hemero: Run, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        '[[site]]\nname = "vigie"\nstart_urls = ["https://vigie.example/"]\n'
        '[site.rules]\narticle_url = "("\n',
        encoding="utf-8",
    )
    result = hemero("crawl", "vigie", "--config", path)
    assert result.returncode == 2
    assert "article_url" in line_of(result)


@pytest.mark.case("F045")
def test_database_of_a_newer_version_is_refused_and_left_alone(hemero: Run, archive: Path) -> None:
    database = archive / "archive.db"
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    before = database.read_bytes()
    for arguments in (["search", "port"], ["crawl", "demo"], ["runs"], ["import", "x.html"]):
        (archive.parent / "x.html").write_text("<p>x</p>", encoding="utf-8")
        result = hemero(*arguments)
        assert result.returncode == 4, (arguments, result.stderr)
        assert "newer" in line_of(result)
    assert database.read_bytes() == before


def test_file_that_is_no_database(hemero: Run, tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "archive.db").write_text("autre chose" * 100, encoding="utf-8")
    result = hemero("search", "port")
    assert result.returncode == 4
    assert "archive.db" in line_of(result)


def test_database_server_that_does_not_answer(hemero: Run) -> None:
    url = "postgresql://nobody@127.0.0.1:1/none?connect_timeout=2"
    result = hemero("search", "port", env=environment(HEMERO_DATABASE_URL=url, HEMERO_PATIENCE="0"))
    assert result.returncode == 4, result.stderr
    assert "127.0.0.1" in line_of(result)


def test_unknown_article(hemero: Run, archive: Path) -> None:
    for article in ("999999", "https://exemple.ma/absent", "rien"):
        result = hemero("show", article)
        assert result.returncode == 2
        assert article in line_of(result)


def test_debug_shows_where(hemero: Run) -> None:
    result = hemero("search", "port", "--debug")
    assert result.returncode == 2
    assert "Traceback" in result.stderr
