"""Group E, the page as an attack on its reader: attributes, siblings, nesting, giants (F101-F106, F120).

The installed command reads pages of the size that stops parsers, from files.

"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from tests.hostile.lines import REPEATED, repeated
from tests.hostile.markup import GIANTS, build
from tests.hostile.news import GOOD, LOREM
from tests.hostile.news import page as article_page
from tests.running import HEMERO, environment

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1000)]

FIRST, LAST = "Le conseil de la ville a tenu, mercredi à Fès", "Fin de la page."
# sizes that are dangerous all the same; what is not named has its true size
SIZES = {
    "flat": 100_000,
    "table": 350,
    "nested-div": 200_000,
    "one-line": 80_000,
    "one-word": 3 << 20,
    "giant-attr": 12 << 20,
    "script": 12 << 20,
    "paragraphs": 29_000,
    "entities": 100_000,
    "unclosed": 60_000,
    "flat-spans": 30_000,
    "less-than": 300_000,
    "marks": 100_000,
}
CASES = {
    "F101": ("many-attrs", "many-attrs-quoted", "bare-attrs", "html-attrs", "open-tag"),
    "F102": ("flat", "flat-spans", "flat-links", "flat-lines", "table", "rowspans"),
    "F103": ("nested-div", "nested-mixed", "unclosed", "nested-300", "nested-3000"),
    "F104": (
        *("paragraphs", "one-line", "one-word", "giant-attr", "script", "entities", "comments"),
        *("less-than", "marks", "comment-dashes"),
    ),
    "F105": ("data-uri", "data-uri-charset", "data-uri-plain", "css-data"),
    "F106": ("jsonld-deep", "jsonld-objects", "jsonld-graph", "jsonld-broken", "jsonld-number"),
}  # fmt: skip
NAMED = [pytest.param(name, marks=pytest.mark.case(case)) for case, names in CASES.items() for name in names]
FLAGGED = {
    "attributes_removed": ("many-attrs", "many-attrs-quoted", "bare-attrs", "open-tag"),
    "markup_too_complex": ("flat", "table", "nested-div", "nested-mixed", "unclosed"),
    "nested_too_deep": ("nested-3000",),
    "text_cut": ("one-line", "one-word", "giant-attr", "script"),
    "page_too_large": ("paragraphs",),
    "inline_data_removed": ("data-uri", "data-uri-charset", "data-uri-plain", "css-data"),
}


def _pages() -> Iterator[tuple[str, bytes]]:
    for name in GIANTS:
        yield name, build(name, SIZES.get(name))
    for depth in (300, 3000):
        yield f"nested-{depth}", build("nested-div", depth)
    for name in REPEATED:
        for size in (10_000, 200_000):
            yield f"{name}-{size}", repeated(name, size).encode()
    yield "twice", article_page("Deux fois", (LOREM, LOREM, GOOD[0])).encode()


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What the command says of each page; all of them in one call."""
    folder = tmp_path_factory.mktemp("markup")
    names, entries = [], []
    for name, body in _pages():
        (folder / f"{name}.html").write_bytes(body)
        names.append(name)
        entries.append(json.dumps({"file": f"{name}.html", "url": f"https://vigie.example/actu/{name}"}))
    (folder / "pages.jsonl").write_text("\n".join(entries), encoding="utf-8")
    result = subprocess.run(
        [HEMERO, "read", "--manifest", "pages.jsonl"],
        cwd=folder,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=900,  # only a hang takes that long
        check=False,
    )
    assert result.returncode == 0, result.stderr
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(lines) == len(names)
    return dict(zip(names, lines, strict=True))


@pytest.mark.parametrize("name", NAMED)
def test_what_can_be_saved_is_kept(read: dict[str, dict[str, Any]], name: str) -> None:
    line = read[name]
    assert "error" not in line, line
    assert "read_plainly" not in line["warnings"], "its reader was killed"
    assert FIRST in line["body"]
    if name != "comment-dashes":  # a comment that is never closed: a browser shows nothing after it
        assert LAST in line["body"]
        assert line["published"]["date"] == "2016-03-01"
        assert line["attributions"][0]["outlets"] == ["Atlas Info"]


@pytest.mark.parametrize(
    ("warning", "name"),
    [pytest.param(w, n, marks=pytest.mark.case(c)) for w, ns in FLAGGED.items() for n in ns
     for c, all_of_it in CASES.items() if n in all_of_it],
)  # fmt: skip
def test_what_was_cut_is_told(read: dict[str, dict[str, Any]], warning: str, name: str) -> None:
    assert warning in read[name]["warnings"]


@pytest.mark.case("F120")
@pytest.mark.parametrize("name", REPEATED)
def test_endless_lines_are_read_within_the_deadline(read: dict[str, dict[str, Any]], name: str) -> None:
    for size in (10_000, 200_000):
        line = read[f"{name}-{size}"]
        assert "error" not in line, line
        assert "read_plainly" not in line["warnings"]
        assert FIRST in line["body"]


@pytest.mark.case("F124")
def test_a_paragraph_that_stands_twice_is_kept_twice(read: dict[str, dict[str, Any]]) -> None:
    assert read["twice"]["body"].count(LOREM.strip()) == 4  # the third paragraph is two of it
