"""Days, moments and manifests as users write them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import click
import pytest

from cli.main import hemero
from cli.manifest import ManifestError, read_manifest
from cli.params import first_day, last_day, moment, moment_option


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2016-03-01", date(2016, 3, 1), date(2016, 3, 1)),
        ("2016-3-1", date(2016, 3, 1), date(2016, 3, 1)),
        ("2016-02", date(2016, 2, 1), date(2016, 2, 29)),
        ("2016", date(2016, 1, 1), date(2016, 12, 31)),
    ],
)
def test_day_month_or_year(text: str, first: date, last: date) -> None:
    assert first_day(text) == first
    assert last_day(text) == last


@pytest.mark.parametrize("text", ["", "hier", "2016-02-30", "2016-13", "01/03/2016", "2016-03-01T10:00"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is no day"):
        first_day(text)


def test_moment_without_zone_is_utc() -> None:
    assert moment("2020-05-01T10:00:00") == datetime(2020, 5, 1, 10, tzinfo=UTC)
    assert moment("2020-05-01T10:00:00+02:00") == datetime(2020, 5, 1, 8, tzinfo=UTC)
    assert moment("2020-05-01") == datetime(2020, 5, 1, tzinfo=UTC)
    with pytest.raises(click.BadParameter, match="is no moment"):
        moment_option("demain")
    with pytest.raises(ValueError):
        moment("0001-01-01T00:00:00+10:00")


def manifest(folder: Path, *lines: object) -> Path:
    path = folder / "pages.jsonl"
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    path.write_text(text, encoding="utf-8")
    return path


def test_manifest_entries_in_order(tmp_path: Path) -> None:
    (tmp_path / "a.html").touch()
    path = manifest(
        tmp_path, {"file": "a.html", "url": "https://x.ma/1", "label": 3}, "", {"file": "/b", "site": "demo"}
    )
    first, second = read_manifest(path)
    assert (first.name, first.file, first.url, first.fetched_at) == (
        "a.html",
        tmp_path / "a.html",
        "https://x.ma/1",
        None,
    )
    assert (second.file, second.site) == (Path("/b"), "demo")


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("{", "pages.jsonl:2"),
        ("[1]", "not a JSON object"),
        ({"url": "https://x.ma/1"}, "`file` is missing"),
        ({"file": 3}, "`file`: not a text"),
        ({"file": "a", "fetched_at": "hier"}, "`fetched_at`"),
        ("[" * 100_000, "pages.jsonl:2"),
    ],
)
def test_bad_manifest_names_its_line(tmp_path: Path, line: object, word: str) -> None:
    with pytest.raises(ManifestError, match=r"pages.jsonl:2: .*") as caught:
        read_manifest(manifest(tmp_path, {"file": "a"}, line))
    assert word in str(caught.value)
    assert caught.value.exit_code == 2


def test_manifest_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "latin.jsonl").write_bytes(b'{"file": "\xe9"}')
    for name in ("latin.jsonl", "missing.jsonl"):
        with pytest.raises(ManifestError, match=name):
            read_manifest(tmp_path / name)


@pytest.mark.parametrize(
    ("command", "line", "expected"),
    [
        ("search", ["-port"], {"query": "-port"}),
        ("search", ["-port quai", "--site", "demo"], {"query": "-port quai", "site": "demo"}),
        ("search", ["--site", "demo", "-port"], {"query": "-port", "site": "demo"}),
        ("search", ["--tag=x", '-"le port"', "--json"], {"query": '-"le port"', "tag": "x", "as_json": True}),
        ("search", ["-hausse"], {"query": "-hausse"}),  # -h and no further option
        ("search", ["--tag", "-port", "quai"], {"query": "quai", "tag": "-port"}),
        ("search", ["--limit", "5", "--", "--port"], {"query": "--port", "limit": 5}),
        ("search", ["--", "-v"], {"query": "-v"}),
        ("search", ["-"], {"query": "-"}),
        ("export", ["-port", "--format", "csv"], {"query": "-port", "output": None}),
        ("export", ["--format", "csv", "-o", "-x.csv"], {"query": "", "output": Path("-x.csv")}),
        ("export", ["--format", "csv", "-offre"], {"query": "", "output": Path("ffre")}),
        ("export", ["--format", "csv", "-o", "a.csv", "-port"], {"query": "-port", "output": Path("a.csv")}),
    ],
    ids=str,
)
def test_a_query_may_begin_with_a_dash(command: str, line: list[str], expected: dict[str, object]) -> None:
    found = hemero.get_command(click.Context(hemero), command)
    assert found is not None
    values = found.make_context(command, list(line)).params
    assert {name: values[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["-x"], "after --: hemero search [OPTIONS] -- QUERY"),
        (["--port"], "after --: hemero search [OPTIONS] -- QUERY"),
        (["--sit", "demo", "port"], "--site"),
        (["-json"], "-j"),  # one dash too few is no query
        (["port", "-quai"], "unexpected extra argument"),
    ],
    ids=str,
)
def test_what_could_be_an_option_is_no_query(line: list[str], said: str) -> None:
    found = hemero.get_command(click.Context(hemero), "search")
    assert found is not None
    with pytest.raises(click.UsageError) as caught:
        found.make_context("hemero search", list(line))
    assert said in caught.value.format_message()
