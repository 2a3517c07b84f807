"""The commands of the analysis, as they are installed, on the press cycle."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from cli.press_cycle import play
from demo import press_cycle as truth
from pipelines.flow import read_page
from storage import open_archive
from tests.running import run_preloaded

pytestmark = pytest.mark.slow
ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    folder = tmp_path_factory.mktemp("played") / "archive"
    with open_archive(folder, create=True, database_url="sqlite") as archive:
        return folder, play(archive, read_page)


@pytest.fixture
def ids(played: tuple[Path, dict[str, int]]) -> dict[str, int]:
    return played[1]


Hemero = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def hemero(played: tuple[Path, dict[str, int]], tmp_path: Path) -> Hemero:
    """The command on a copy of the archive; a test names the exit code where that is not 0."""
    shutil.copytree(played[0], tmp_path / "archive")

    def run(*arguments: str | int, code: int = 0) -> subprocess.CompletedProcess[str]:
        result = run_preloaded(*map(str, arguments), cwd=tmp_path)
        assert result.returncode == code, result.stderr
        return result

    return run


def objects(result: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_changes_as_text_json_and_atom(hemero: Hemero, ids: dict[str, int]) -> None:
    assert "edited without a word (body, title)" in hemero("changes").stdout
    rows = objects(hemero("changes", "--json"))
    assert [(row["kind"], row["article"]) for row in rows] == [
        ("back", ids["deleted"]),
        ("gone", ids["deleted"]),
        ("stealth", ids["corrected"]),
    ]
    assert rows[2]["title_before"] == truth.texts.TITLE
    assert objects(hemero("changes", "--json", "--site", "map")) == []
    assert len(objects(hemero("changes", "--json", "--field", "title"))) == 1
    assert len(objects(hemero("changes", "--json", "--since", "2026-11-18"))) == 1
    feed = etree.fromstring(hemero("changes", "--atom").stdout.encode())
    entries = feed.findall("a:entry", ATOM)
    assert len({entry.findtext("a:id", namespaces=ATOM) for entry in entries}) == 3
    assert hemero("changes", "--atom", "--json", code=2).stdout == ""


def test_show_diff(hemero: Hemero, ids: dict[str, int]) -> None:
    screen = hemero("show", ids["corrected"], "--diff").stdout
    assert "[-huit-]{+neuf+}" in screen
    assert max(map(len, screen.splitlines())) <= 80
    first = screen.split("    ... ")[1].split()[0]
    assert first in " ".join(truth.texts.DISPATCH).split()  # not cut within a word
    (row,) = objects(hemero("show", ids["corrected"], "--diff", "--json"))
    title = next(change for change in row["revisions"][1]["changes"] if change["field"] == "title")
    assert (title["before"], title["after"]) == (truth.texts.TITLE, truth.texts.FIXED_TITLE)
    assert "".join(text for op, text in title["pieces"] if op != "new") == truth.texts.TITLE
    (row,) = objects(hemero("show", ids["deleted"], "--diff", "--json"))
    assert len(row["absences"]) == 1


def test_copies_and_stories(hemero: Hemero, ids: dict[str, int]) -> None:
    rows = objects(hemero("copies", ids["cut"], "--json", "--added"))
    dispatch = next(row for row in rows if row["other"] == ids["dispatch"])
    assert (dispatch["kind"], dispatch["share"], dispatch["first_published"]) == (
        "part",
        1.0,
        ids["dispatch"],
    )
    assert dispatch["only_here"] == []
    assert dispatch["only_there"]
    assert len(objects(hemero("copies", "--json", "--limit", "100"))) == len(truth.COPIES)
    assert len(objects(hemero("copies", "--json", "--kind", "passage"))) == len(truth.STORY)
    assert "0 articles compared" in hemero("copies", "--compare").stderr
    (story,) = objects(hemero("stories", "--json"))
    assert (story["articles"], story["sites"]) == (len(truth.STORY), len(truth.STORY))
    members = objects(hemero("stories", story["story"], "--json"))
    assert {row["article"] for row in members} == {ids[name] for name in truth.STORY}
    assert objects(hemero("stories", "--article", ids["portal"], "--json")) == members
    assert "no copies" in hemero("stories", "--article", ids["topic"]).stderr
    hemero("stories", 999, code=2)


def test_sources(hemero: Hemero, ids: dict[str, int]) -> None:
    rows = objects(hemero("sources", "--unresolved", "--json"))
    assert {row["name"]: row["articles"] for row in rows} == truth.UNRESOLVED
    hemero("sources", "--assign", "L'Écho de l'Oued", "Écho de l'Oued", code=2)
    hemero("sources", "--assign", "L'Écho de l'Oued", "Écho de l'Oued", "--kind", "outlet")
    assert len(objects(hemero("sources", "--unresolved", "--json"))) == 1
    steps = objects(hemero("sources", "--chain", ids["portal"], "--json"))
    assert [(step["role"], step["source"], step["article"]) for step in steps] == [
        ("publisher", None, ids["portal"]),
        ("outlet", "Écho de l'Oued", ids["copy"]),
    ]
    found = objects(hemero("search", "", "--source", "Écho de l'Oued", "--json"))
    assert {row["article"] for row in found} == {ids["portal"], ids["older"]}
    shares = objects(hemero("sources", "--share", "--site", "atlas", "--json"))
    assert {row["kind"] for row in shares} == {"copied", "own"}
    assert sum(row["share"] for row in shares) == pytest.approx(1)
    assert [row["source"] for row in objects(hemero("sources", "--json"))] == ["MAP", "Écho de l'Oued"]


def test_related(hemero: Hemero, ids: dict[str, int], tmp_path: Path) -> None:
    rows = objects(hemero("related", ids["portal"], "--json"))
    assert [row["state"] for row in rows] == ["resolved", "pending", "dead", "external"]
    assert rows[0]["full_teaser"] == truth.texts.OLDER[0]
    assert {row["article"] for row in objects(hemero("related", "--json"))} == {ids["older"], ids["portal"]}
    near = objects(hemero("related", ids["older"], "--depth", "2", "--json"))
    assert [(row["article"], row["distance"]) for row in near] == [(ids["portal"], 1), (ids["pasted"], 2)]
    (group,) = objects(hemero("related", "--components", "--json"))
    assert group["articles"] == 3
    for kind in ("graphml", "gexf"):
        hemero("related", "--graph", kind, "--of", "copies", "-o", f"copies.{kind}")
        tree = etree.parse(tmp_path / f"copies.{kind}")
        assert len(tree.xpath("//*[local-name() = 'edge']")) == len(truth.COPIES)
    hemero("related", "--graph", "gexf", code=2)


@pytest.mark.parametrize(
    "line",
    [
        "changes",
        "copies",
        "copies --compare",
        "stories",
        "sources",
        "sources --share",
        "sources --unresolved",
        "related",
        "related --components",
        "related --graph gexf -o graph.gexf",
    ],
)
def test_a_site_that_is_not_there_is_2(hemero: Hemero, tmp_path: Path, line: str) -> None:
    result = hemero(*line.split(), "--site", "oueds", code=2)
    assert "no site 'oueds' in this archive; did you mean oued?" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout == ""
    assert not list(tmp_path.glob("graph*"))


def test_a_field_that_is_not_there_is_2(hemero: Hemero, ids: dict[str, int]) -> None:
    for line in (["changes"], ["show", ids["cut"], "--evidence"]):
        result = hemero(*line, "--field", "prix", code=2)
        assert "no field 'prix'; one of title, lead, body" in result.stderr


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("copies 1 --site oued", "--site"),
        ("copies 1 --since 2030", "--since"),
        ("stories 1 --site atlas", "--site"),
        ("stories --article 1 --site atlas", "--site"),
        ("stories 1 --article 3", "--article"),
        ("sources --chain 1 --site oued", "--site"),
        ("sources --assign a b --site oued", "--site"),
        ("sources --kind agency", "--kind"),
        ("sources --country MA", "--country"),
        ("related 1 --site oued", "--site"),
        ("related 1 --components", "--components"),
        ("related 1 --graph gexf -o graph.gexf", "--graph"),
        ("related --components --graph gexf -o graph.gexf", "--graph"),
        ("related --of copies", "--of"),
        ("corpus --site oued", "--freeze"),
        ("corpus quais --check --tag port", "--freeze"),
        ("alerts --site oued", "--save"),
        ("alerts --send https://x.example/hook", "--save"),
    ],
)
def test_an_option_that_would_do_nothing_is_2(hemero: Hemero, tmp_path: Path, line: str, named: str) -> None:
    result = hemero(*line.split(), code=2)
    assert named in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not list(tmp_path.glob("graph*"))


def test_related_counts_what_was_asked_for(hemero: Hemero, ids: dict[str, int]) -> None:
    counts = [hemero("related", *more).stderr for more in ((), ("--site", "portail"), ("--site", "map"))]
    assert "0 entries on pages of map: 0 resolved" in counts[2]
    assert "entries on pages of portail: " in counts[1]
    assert counts[0].split()[0] == counts[1].split()[0] != "0"  # only the portal shows any
    part = hemero("related", ids["portal"], "--limit", 2)
    assert "the first 2 of 4 entries" in part.stderr
    assert len(objects(hemero("related", ids["portal"], "--limit", 2, "--json"))) == 2
    assert len(objects(hemero("sources", "--chain", ids["portal"], "--limit", 1, "--json"))) == 1


def test_names_nobody_bears_are_said(hemero: Hemero) -> None:
    for option in ("--source", "--author", "--tag"):
        said = f"no {option[2:]} 'Personne' in this archive"
        assert said in hemero("search", "", option, "Personne").stderr
        assert said in hemero("alerts", "x", "--save", "", option, "Personne").stderr


def test_correct(hemero: Hemero, ids: dict[str, int]) -> None:
    hemero("correct", ids["quote"], "section", "Débats", "--note", "rubrique", "--who", "Ida")
    (row,) = objects(hemero("show", ids["quote"], "--json"))
    assert row["section"] == "Débats"
    (made,) = objects(hemero("correct", ids["quote"], "--json"))
    assert (made["field"], made["value"], made["who"], made["note"]) == (
        "section",
        "Débats",
        "Ida",
        "rubrique",
    )
    hemero("reprocess", "--generic")
    (row,) = objects(hemero("show", ids["quote"], "--json"))
    assert row["section"] == "Débats"
    hemero("correct", ids["quote"], "section", "--withdraw")
    (row,) = objects(hemero("show", ids["quote"], "--json"))
    assert row["section"] is None
    assert "is no date" in hemero("correct", ids["quote"], "published", "hier", code=2).stderr
    hemero("correct", ids["quote"], "section", code=2)


def test_corpus(hemero: Hemero, ids: dict[str, int]) -> None:
    made = hemero("corpus", "quais", "--freeze", "quais", "--site", "oued").stdout
    (row,) = objects(hemero("corpus", "--json"))
    assert (row["articles"], row["filters"]) == (2, {"site": "oued"})
    assert row["digest"] in made
    assert {m["article"] for m in objects(hemero("corpus", "quais", "--json"))} == {
        ids["copy"],
        ids["headline"],
    }
    hemero("correct", ids["headline"], "title", "Autre chose")
    (found,) = objects(hemero("corpus", "quais", "--check", "--json"))
    assert ([m["article"] for m in found["went"]], found["same"]) == ([ids["headline"]], 1)
    hemero("corpus", "quais", "--freeze", "", code=2)
    hemero("corpus", "quais", "--drop")
    hemero("corpus", "quais", code=2)


def test_alerts(hemero: Hemero, ids: dict[str, int]) -> None:
    hemero("alerts", "greves", "--save", "grève", "--send", "https://x.example/hook")
    hemero("alerts", "debats", "--save", "titre:débats")
    assert objects(hemero("alerts", "--json")) == []
    assert len(objects(hemero("alerts", "--list", "--json"))) == 2
    hemero("correct", ids["quote"], "title", "Débats au port")
    feed = etree.fromstring(hemero("alerts", "--atom").stdout.encode())
    assert [link.get("href") for link in feed.iterfind("a:entry/a:link", ATOM)] == [
        "https://agora.cycle.example/1-opinion"
    ]
    (row,) = objects(hemero("alerts", "debats", "--json"))
    assert (row["search"], row["article"]) == ("debats", ids["quote"])
    assert objects(hemero("alerts", "--json")) == []
    assert len(objects(hemero("alerts", "--all", "--json"))) == 1
    assert "0 messages sent" in hemero("alerts", "--deliver").stderr
    hemero("alerts", "x", "--save", "y", "--send", "ftp://z", code=2)
    hemero("alerts", "greves", "--drop")
    hemero("alerts", "greves", code=2)


def test_the_press_cycle_is_played_by_the_demo(tmp_path: Path) -> None:
    from tests.running import environment

    result = run_preloaded("demo", "--press-cycle", cwd=tmp_path, env=environment(TMPDIR=str(tmp_path)))
    assert result.returncode == 0, result.stderr
    lines = [line.strip() for line in result.stdout.splitlines() if line.startswith("  hemero")]
    assert len(lines) == 7
    shown = run_preloaded(*lines[1].split()[1:], cwd=tmp_path)
    assert "only there" in shown.stdout
