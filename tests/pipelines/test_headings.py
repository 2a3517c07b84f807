"""Headings: the wordings of the press are known, and titles inside a text take nothing from it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.article import read_article
from pipelines.blocks_headings import heading_kind
from storage.records import Article, Page

HERE = Path(__file__).parent
TITLE = "Le pont de la ville sera rénové au printemps"
PARAGRAPHS = [
    f"Le conseil a adopté lundi la délibération numéro {n}, qui prévoit la rénovation du pont et des berges, "
    "après un long débat entre les élus de la majorité et ceux de l'opposition. Les travaux vont commencer."
    for n in range(8)
]
FETCHED = datetime(2026, 11, 30, tzinfo=UTC)
Layout = Callable[[str], str]


def lines(name: str) -> list[str]:
    text = (HERE / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def wordings() -> list[tuple[str, str]]:
    """(kind, heading); the kind "nothing" for what heads no block."""
    found, kind = [], ""
    for line in lines("headings.txt"):
        if line.startswith("["):
            kind = line.strip("[]")
        else:
            found.append((kind, line))
    return found


def in_the_middle(before: str, between: str, after: str) -> str:
    return "".join(before + text + after + (between if n == 3 else "") for n, text in enumerate(PARAGRAPHS))


LAYOUTS: dict[str, Layout] = {
    "a heading between paragraphs": lambda title: in_the_middle("<p>", f"<h2>{title}</h2>", "</p>"),
    "a bold paragraph": lambda title: in_the_middle("<p>", f"<p><strong>{title}</strong></p>", "</p>"),
    "a section each": lambda title: (
        "<section>" + in_the_middle("<p>", f"</section><section><h3>{title}</h3>", "</p>") + "</section>"
    ),
    "a box each": lambda title: in_the_middle(
        '<div class="bloc"><p>', f'<div class="bloc"><h2>{title}</h2></div>', "</p></div>"
    ),
    "a box of its own": lambda title: (
        "<div>" + in_the_middle("<p>", f'</div><div class="partie"><h2>{title}</h2>', "</p>") + "</div>"
    ),
    "line breaks": lambda title: (
        "<div>" + in_the_middle("", f"<b>{title}</b><br><br>", "<br><br>") + "</div>"
    ),
}


def read(inside: str) -> Article:
    page = (
        f"<html lang=fr><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1>"
        f"<article>{inside}</article></body></html>"
    )
    return read_article(
        Page("https://journal.example/a/1", page.encode(), datetime(2026, 11, 30, tzinfo=UTC))
    )


@pytest.mark.parametrize(("kind", "heading"), wordings())
def test_wordings_of_the_press(kind: str, heading: str) -> None:
    assert (heading_kind(heading) or "nothing") == kind


@pytest.mark.parametrize("layout", LAYOUTS)
def test_titles_inside_a_text_take_nothing_from_it(layout: str) -> None:
    lost = {}
    for title in lines("intertitles.txt"):
        article = read(LAYOUTS[layout](title))
        said = f"{article.lead or ''}\n{article.body or ''}"
        missing = [text for text in PARAGRAPHS if text not in said]
        if missing:
            lost[title] = len(missing)
    assert lost == {}


@pytest.mark.parametrize("heading", ["Réactions", "Discussion", "2 réponses"])
def test_comments_in_their_boxes_are_cut_all_the_same(heading: str) -> None:
    comments = "".join(
        f"<div><b>Lecteur {n}</b><p>Je suis tout à fait de cet avis, et je l'ai dit au maire lors du "
        f"dernier conseil de quartier, qui en comptait {n}.</p></div>"
        for n in range(3)
    )
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    article = read(f"{text}<div><h3>{heading}</h3>{comments}</div>")
    assert article.body is not None
    assert "Lecteur" not in article.body
    assert "je l'ai dit" not in article.body
