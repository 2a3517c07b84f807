"""What a page says does nothing to a terminal, and JSON stays JSON."""

from __future__ import annotations

import json
import unicodedata

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.output import folded, safe, safe_line, to_json

HOSTILE = {
    "title colour": "\x1b[31mrouge\x1b[0m",
    "window title": "\x1b]0;pris\x07",
    "one-byte CSI": "\x9b2J",
    "carriage return": "vrai\rfaux",
    "override": "abc\u202edcba",
    "isolate": "\u2066x\u2069",
    "zero width": "mo\u200bt",
    "tag": "a\U000e0041",
    "byte order mark": "\ufeffdébut",
    "lone surrogate": "\udc80",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_active_characters_are_spelled(text: str) -> None:
    shown = safe(text)
    assert "\\" in shown
    assert all(c == "\n" or c == "\t" or unicodedata.category(c) not in ("Cc", "Cs") for c in shown)


def test_french_text_is_left_alone() -> None:
    text = "« L’été » à Fès\u202f: 12\u00a0%, œuvre, 👩\u200d🌾, العربية\tfin\nligne"
    assert safe(text) == text


def test_line_has_no_line_break() -> None:
    assert safe_line("un\n deux\u2028trois\x85quatre") == "un deux trois quatre"


@given(st.text(alphabet=st.characters()))
def test_safe_is_idempotent_and_inert(text: str) -> None:
    shown = safe(text)
    assert safe(shown) == shown
    assert not any(unicodedata.category(c) == "Cc" and c not in "\n\t" for c in shown)


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_json_means_the_same_and_is_inert(text: str) -> None:
    line = to_json({"t": text})
    assert json.loads(line)["t"] == text
    assert safe(line) == line
    assert "\n" not in line


def test_coloured_lines_are_folded_by_what_is_seen() -> None:
    line = click.style("mot " * 30, fg="red") + click.style("été", fg="green")
    lines = list(folded(line, indent=4))
    seen = [click.unstyle(part) for part in lines]
    assert max(map(len, seen)) <= 80
    assert " ".join(part.strip() for part in seen).split() == ["mot"] * 30 + ["été"]
    assert list(folded("", indent=2)) == ["  "]
    assert len(list(folded("x" * 200))) == 1
