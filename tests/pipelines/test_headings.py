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
    return read_article(Page("https://journal.example/a/1", page.encode(), FETCHED))


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


LINKS = [
    ("https://journal.example/a/10", "La bibliothèque rouvre ses portes samedi matin"),
    ("https://journal.example/a/11", "Un budget en hausse pour les écoles"),
    ("https://journal.example/a/12", "Le tramway attendra encore deux ans"),
]
LINK = f'<a href="{LINKS[0][0]}">{LINKS[0][1]}</a>'
LINES: dict[str, Layout] = {
    "one paragraph": lambda label: f"<p>{label} {LINK}</p>",
    "bold": lambda label: f"<p><strong>{label} {LINK}</strong></p>",
    "a span": lambda label: f"<p><span>{label}</span> {LINK}</p>",
    "a box": lambda label: f"<div><p><em>{label}</em>{LINK}</p></div>",
    "two boxes": lambda label: f"<div><div>{label}</div><div>{LINK}</div></div>",
    "a quotation": lambda label: f"<blockquote><p>{label} {LINK}</p></blockquote>",
    "a heading": lambda label: f"<h4>{label} {LINK}</h4>",
    "two paragraphs": lambda label: f"<p><strong>{label}</strong></p><p>{LINK}</p>",
    "inside the link": lambda label: f'<p><a href="{LINKS[0][0]}">{label} {LINKS[0][1]}</a></p>',
}


def listed(before: str, after: str) -> str:
    return "".join(f'{before}<a href="{url}">{title}</a>{after}' for url, title in LINKS)


BOXES: dict[str, Layout] = {
    "a list": lambda heading: f"<h3>{heading}</h3><ul>{listed('<li>', '</li>')}</ul>",
    "a list under a paragraph": lambda heading: f"<p>{heading}</p><ul>{listed('<li>', '</li>')}</ul>",
    "cards": lambda heading: (
        f"<div><h3>{heading}</h3>{listed('<div><h4>', '</h4><span>12 mars 2026</span></div>')}</div>"
    ),
    "paragraphs": lambda heading: f"<p><strong>{heading}</strong></p>{listed('<p>', '</p>')}",
    "line breaks": lambda heading: f"<p><b>{heading}</b>{listed('<br>', '')}</p>",
    "teasers": lambda heading: (
        f"<div><div><span>{heading}</span></div>"
        f"<div>{listed('<article>', '<p>Un court résumé, en une phrase.</p></article>')}</div></div>"
    ),
}


@pytest.mark.parametrize("layout", LINES)
def test_labels_inside_a_text_lead_elsewhere(layout: str) -> None:
    wrong = {}
    for label in lines("labels.txt"):
        article = read(in_the_middle("<p>", LINES[layout](label), "</p>"))
        whole = all(text in (article.body or "") for text in PARAGRAPHS)
        if not whole or LINKS[0][1] in (article.body or "") or LINKS[0][0] not in addresses(article):
            wrong[label] = (whole, addresses(article))
    assert wrong == {}


@pytest.mark.parametrize("layout", BOXES)
@pytest.mark.parametrize("place", ["in the article", "behind it"])
def test_what_related_headings_head_is_related(layout: str, place: str) -> None:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    wrong = {}
    for heading in (heading for kind, heading in wordings() if kind == "related"):
        box = BOXES[layout](heading)
        article = read(f"{text}{box}" if place == "in the article" else f"{text}</article>{box}<article>")
        whole = all(paragraph in (article.body or "") for paragraph in PARAGRAPHS)
        leaks = any(title in (article.body or "") for _, title in LINKS)
        if not whole or leaks or addresses(article) != [url for url, _ in LINKS]:
            wrong[heading] = (whole, leaks, addresses(article))
    assert wrong == {}


def addresses(article: Article) -> list[str | None]:
    return [link.url for link in article.related]


def test_behind_the_single_link_of_a_box_the_text_goes_on() -> None:
    article = read(
        f"<p>{PARAGRAPHS[0]}</p><p><strong>À lire aussi</strong></p><p>{LINK}</p>"
        f"<p>{PARAGRAPHS[1]}</p><p>{PARAGRAPHS[2]}</p>"
    )
    assert article.body == "\n".join(PARAGRAPHS[:3])
    assert addresses(article) == [LINKS[0][0]]


def test_a_card_of_one_title_in_a_heading_has_its_teaser() -> None:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    boxes = "".join(
        f"<h3>{heading}</h3><h4><a href='{url}'>{title}</a></h4><p>On y lit depuis {n} ans.</p>"
        for n, (heading, (url, title)) in enumerate(
            zip(("Aller plus loin", "Sur le même sujet", "À lire aussi"), LINKS, strict=True)
        )
    )
    article = read(text + boxes)
    assert article.body == "\n".join(PARAGRAPHS)
    assert [(link.title, link.teaser) for link in article.related] == [
        (title, f"On y lit depuis {n} ans.") for n, (_, title) in enumerate(LINKS)
    ]


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


def test_a_label_that_is_a_link_heads_the_list_below() -> None:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    article = read(f"{text}<p><a href='#'>Lire aussi :</a></p><ul><li>{LINK}</li></ul>")
    assert article.body == "\n".join(PARAGRAPHS)
    assert addresses(article) == [LINKS[0][0]]


@pytest.mark.parametrize(
    "line",
    [
        "<p>Article précédent : <a href='/p'>Pluie sur la ville, les jardins revivent</a></p>",
        "<div><a href='/p'>« Article précédent : pluie sur la ville</a></div>",
        "<p>Article suivant : <a href='/p'>Le marché rouvre après l'incendie</a></p>",
        *(
            f"<div class='{box}'><a href='/p' class='{one}'><span>{said[0]}</span><h3>Pluie sur la</h3></a>"
            f"<a href='/q' class='{other}'><span>{said[1]}</span><h3>Le marché rouvre</h3></a></div>"
            for box, one, other, said in [
                ("prevnext", "post prev-post", "post next-post", ("Article précédent", "Article suivant")),
                ("post-nav", "previous-article", "next-article", ("Avant", "Après")),
                ("voisins", "article-precedent", "article-suivant", ("Avant", "Après")),
            ]
        ),
        "<div><span>Plus dans cette catégorie :</span> <a class='itemPrevious' href='/p'>« Pluie</a>"
        " <a class='itemNext' href='/q'>Le marché rouvre »</a></div>",
        "<div><h3>Dans la même rubrique</h3><a rel='prev' href='/p'>Pluie sur la ville</a>"
        " <a rel='next' href='/q'>Le marché rouvre</a></div>",
    ],
)
def test_the_neighbour_of_an_article_is_not_related(line: str) -> None:
    article = read("".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS) + line)
    assert article.related == ()
    assert article.body == "\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    "address",
    ["/-Social-", "/-Vie-sociale-", "/spip.php?rubrique12", "/category/vie-sociale/", "/rubriques/social"],
)
def test_sections_under_a_related_heading_are_not_related(address: str) -> None:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    menu = f"<li><a href='{address}'>Vie sociale</a></li>"
    article = read(f"{text}<h2>Dans la même rubrique</h2><ul>{menu}<li>{LINK}</li></ul>")
    assert addresses(article) == [LINKS[0][0]]


@pytest.mark.parametrize(
    "address", ["/rubrique/2024/03/le-pont-rouvre", "/rubrique/le-pont-rouvre-12.html", "/deurope-"]
)
def test_articles_in_the_folder_of_a_section_are_related(address: str) -> None:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    article = read(
        f"{text}<h2>Dans la même rubrique</h2><ul><li><a href='{address}'>Le pont rouvre</a></li></ul>"
    )
    assert [link.title for link in article.related] == ["Le pont rouvre"]


@pytest.mark.parametrize(
    "prompt", ["Suivez-nous sur WhatsApp", "Partagez", "Abonnez-vous à notre newsletter"]
)
@pytest.mark.parametrize(
    "heading",
    [
        "<h3>Articles similaires</h3>",
        "<h3><em>Articles similaires</em></h3>",
        "<h3><span>Articles <b>similaires</b></span></h3>",
        "<p><strong>Articles similaires</strong></p>",
    ],
)
def test_what_stands_behind_a_prompt_has_its_own_heading(prompt: str, heading: str) -> None:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    article = read(f"{text}<p>{prompt}</p><div>{heading}<ul>{listed('<li>', '</li>')}</ul></div>")
    assert addresses(article) == [url for url, _ in LINKS]
    assert article.body == "\n".join(PARAGRAPHS)


def test_tools_in_a_list_are_not_related() -> None:
    tools = (
        "<li><a href='/modules.php?name=Search&amp;topic=3'>Plus à propos de justice</a></li>"
        "<li><a href='/print.php?sid=15'>Format imprimable</a></li>"
        "<li><a href='/recherche/?q=pont'>Autres nouvelles du pont</a></li>"
        "<li><a href='/recherche/un-pont-qui-se-mesure'>Un pont qui se mesure lui-même [1]</a></li>"
    )
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    article = read(f"{text}<h3>Liens connexes</h3><ul>{tools}</ul>")
    assert [link.title for link in article.related] == ["Un pont qui se mesure lui-même"]
