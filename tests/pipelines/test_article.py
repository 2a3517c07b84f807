"""The one entrance: any bytes give an article, the same bytes the same one, every choice its evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.article import read_article, read_text
from pipelines.flow import rules_of_day
from pipelines.rules import GENERIC, FormerRules, SiteRules
from storage.records import Page

DAY = datetime(2024, 5, 20, 9, tzinfo=UTC)
URL = "https://gazette.example/a/1"
TITLE = "Le pont de la vieille ville rouvre mardi"
SENTENCE = "Le pont rouvrira mardi à six heures, après trois mois de travaux, a promis la commune."
OTHER = "Les autobus suivront une semaine plus tard, si les essais de charge sont concluants."
PAGE = f"""<html lang="fr"><head><title>{TITLE} - La Gazette</title></head><body>
<div class="masthead">La Gazette</div><main><h1>Une tout autre manchette de bandeau</h1>
<div class="vrai-titre">{TITLE}</div>
<div class="resume">Deux reports et une facture doublée pour la commune.</div>
<div class="quand">12 mai 2024</div><div class="qui">Inès Carrel</div><div class="dou">Le Matin</div>
<div class="ou">Vie locale</div>
<div class="propre"><p>{SENTENCE}</p><p>{OTHER}</p>
<p class="promo">Téléchargez notre application, c’est gratuit
et cela nous aide beaucoup, vraiment, merci à toutes et à tous.</p><p>{SENTENCE} Encore.</p></div>
<div class="mots"><a href="/t/pont">Pont</a><a href="/t/ville">Ville</a></div>
<div class="suite"><a href="/a/2">Le bac reste à quai jusqu’à jeudi</a></div></main></body></html>"""
DECLARED = SiteRules(
    site="gazette",
    title=(".absent", ".vrai-titre"),
    lead=(".resume",),
    body=("//div[@class='propre']",),
    date=(".quand",),
    authors=(".qui",),
    attribution=(".dou",),
    section=(".ou",),
    tags=(".mots",),
    related=(".suite",),
    prune=(".promo",),
    country="MA",
)


def page(body: str | bytes, **changes: object) -> Page:
    data = body if isinstance(body, bytes) else body.encode()
    return replace(Page(URL, data, DAY, "text/html; charset=utf-8"), **changes)  # type: ignore[arg-type]


def test_selectors_of_a_declaration_come_first() -> None:
    found = read_article(page(PAGE), DECLARED)
    assert found.site == "gazette"
    assert found.title == TITLE
    assert found.lead == "Deux reports et une facture doublée pour la commune."
    assert found.body == f"{SENTENCE}\n{OTHER}\n{SENTENCE} Encore."
    assert found.published is not None
    assert found.published.date == date(2024, 5, 12)
    assert found.authors == ("Inès Carrel",)
    assert found.section == "Vie locale"
    assert [tag.name for tag in found.tags] == ["Pont", "Ville"]
    assert [link.url for link in found.related] == ["https://gazette.example/a/2"]


def test_a_declared_lead_that_the_text_repeats_stays_in_the_text_alone() -> None:
    repeated = PAGE.replace("Deux reports et une facture doublée pour la commune.", SENTENCE)
    found = read_article(page(repeated), DECLARED)
    assert found.lead is None
    assert (found.body or "").startswith(SENTENCE)


def _news(author: str) -> str:
    data = f'{{"@type":"NewsArticle","headline":"{TITLE}","author":{author}}}'
    return f'<script type="application/ld+json">{data}</script>'


@pytest.mark.parametrize(
    ("head", "top", "end", "wanted"),
    [
        (_news('{"@type":"Organization","name":"La Gazette"}'), "Par Inès Carrel", "", ("Inès Carrel",)),
        (
            _news('{"@type":"Person","name":"Inès Carrel"}'),
            "Par Inès Carrel et Luc Orme",
            "",
            ("Inès Carrel", "Luc Orme"),
        ),
        ('<meta name="author" content="admin">', "Par Inès Carrel", "", ("Inès Carrel",)),
        ('<meta name="author" content="Super User">', "Écrit par Inès Carrel", "", ("Inès Carrel",)),
        ('<meta name="author" content="Luc Orme">', "Par Inès Carrel", "", ("Inès Carrel",)),
        ('<meta name="author" content="Inès Carrel">', "Par Inès CARREL", "", ("Inès Carrel",)),
        ('<meta name="author" content="Luc Orme">', "Inès Carrel", "", ("Luc Orme",)),
        (_news('{"@type":"Person","name":"Luc Orme"}'), "Par Inès Carrel", "", ("Luc Orme",)),
        ("", "", "Inès CARREL", ("Inès Carrel",)),
        ("", "", "<strong>Inès Carrel/Luc Orme</strong>", ("Inès Carrel", "Luc Orme")),
        (_news('{"@type":"Person","name":"La Rédaction"}'), "", "", ()),
    ],
)
def test_who_signs_comes_before_who_publishes(head: str, top: str, end: str, wanted: tuple[str, ...]) -> None:
    link = '<a href="/a/3">Le bac à quai</a> <span class="author">Paul Voisin</span>'
    card = f"<section><h3>À lire aussi</h3>{link}</section>"
    text = f"<p>{SENTENCE}</p><p>{OTHER}</p>" * 2
    body = f"<article><h1>{TITLE}</h1><p>{top}</p>{text}<p>{end}</p></article>{card}"
    found = read_article(
        page(f'<html lang="fr"><head>{head}<title>{TITLE}</title></head><body>{body}</body></html>')
    )
    assert found.authors == wanted


def test_without_the_declaration_the_page_is_read_otherwise() -> None:
    """What the test above sees is the selectors' work."""
    found = read_article(page(PAGE))
    assert "application" in (found.body or "")
    assert found.section is None


@pytest.mark.parametrize(
    "field", ["title", "lead", "section", "published", "authors", "tags", "body", "page_type"]
)
def test_every_chosen_field_has_its_evidence(field: str) -> None:
    found = read_article(page(PAGE), DECLARED)
    chosen = [e for e in found.evidence if e.field == field and e.chosen]
    assert chosen
    assert all(e.rule for e in chosen)


def test_selectors_are_named_in_the_evidence() -> None:
    rules = {e.field: e.rule for e in read_article(page(PAGE), DECLARED).evidence if e.chosen}
    assert rules["title"] == "selector:.vrai-titre"
    assert rules["lead"] == "selector:.resume"
    assert rules["tags"] == "selector"


def test_a_losing_date_stays_as_evidence() -> None:
    meta = '<meta property="article:published_time" content="2024-05-11T08:00:00+02:00"></head>'
    found = read_article(page(PAGE.replace("</head>", meta)), DECLARED)
    days = {(e.value or "")[:10]: e.chosen for e in found.evidence if e.field == "published"}
    assert days == {"2024-05-12": True, "2024-05-11": False}
    assert "date_conflict" not in found.warnings  # one day apart


FORMER = replace(DECLARED, title=("h1",))
OLDER = replace(DECLARED, title=(".masthead",))


@pytest.mark.parametrize(
    ("day", "title"),
    [
        (datetime(2019, 12, 31, 23, tzinfo=UTC), "La Gazette"),
        (datetime(2020, 1, 1, tzinfo=UTC), "Une tout autre manchette de bandeau"),
        (datetime(2022, 5, 31, tzinfo=UTC), "Une tout autre manchette de bandeau"),
        (datetime(2022, 6, 1, tzinfo=UTC), TITLE),
    ],
)
def test_a_former_layout_is_read_with_the_rules_of_its_day(day: datetime, title: str) -> None:
    """`until` is the first day of the new layout; the order of the declaration does not matter."""
    former = (FormerRules(date(2022, 6, 1), FORMER), FormerRules(date(2020, 1, 1), OLDER))
    old = page(PAGE, fetched_at=day)
    assert read_article(old, rules_of_day(old, replace(DECLARED, former_rules=former))).title == title


def test_reading_twice_is_reading_once() -> None:
    assert read_article(page(PAGE), DECLARED) == read_article(page(PAGE), DECLARED)
    assert read_article(page(PAGE)) == read_article(page(PAGE))


PIECES = st.sampled_from(
    [
        *(
            b"<p>",
            b"</div>",
            b"<table><tr><td>",
            b"<h1>Titre",
            b"<a href='http://[::1'>lien",
            b"<!--",
            b"<br>",
        ),
        *(b"\x00", b"\xff\xfe", b"\xe9", "é".encode(), b"&#55555555;", b"<![CDATA[", b"SOURCE WEB Par "),
        *(b"<h3>Articles similaires</h3>", b"<?xml encoding='utf-16'?>", b"<time datetime='2024-99-99'>"),
        b"<script type='application/ld+json'>{\"@type\":",
    ]
)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.one_of(PIECES, st.binary(max_size=30)), max_size=12).map(b"".join))
@example(b"<h3>Articles similaires</h3>\x01<a href='http://[::1'>lien")
def test_any_bytes_give_an_article(body: bytes) -> None:
    for content_type in ("text/html; charset=utf-8", None):
        one = page(body, content_type=content_type)
        found = read_article(one)
        assert found.url == URL
        assert found == read_article(one)
        assert read_text(one).url == URL


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_make_a_page_of_noise_an_article_without_text(body: bytes) -> None:
    found = read_article(page(body))
    assert found.page_type != "article" or found.body


PROSE = f"<p>{SENTENCE}</p><p>{OTHER}</p>" * 3


@pytest.mark.parametrize(
    ("markup", "warning"),
    [
        ("<div>" * 3000 + PROSE + "</div>" * 3000, "nested_too_deep"),
        (f"<div {' '.join(f'data-a{n}={n}' for n in range(5000))}>{PROSE}</div>", "attributes_removed"),
        (f"<img src='data:image/png;base64,{'A' * 8000}'>{PROSE}", "inline_data_removed"),
        (PROSE + "<b></b>" * 110_000, "markup_too_complex"),
        (PROSE + "<i>x" + " " * 8_000_000, "text_cut"),
        (PROSE + f"<i>{'x' * 200}" * 50_000, "page_too_large"),
    ],
)
def test_a_hostile_page_gives_its_text_and_a_warning(markup: str, warning: str) -> None:
    found = read_article(page(f"<html><body><h1>{TITLE}</h1>{markup}</body></html>"))
    assert warning in found.warnings
    assert SENTENCE in (found.body or "")
    assert OTHER in (found.body or "")


def test_a_depth_of_six_hundred_is_read() -> None:
    nested = "<div>" * 600 + PROSE + "</div>" * 600
    assert SENTENCE in (read_article(page(f"<html><body><h1>{TITLE}</h1>{nested}</body></html>")).body or "")


def test_twenty_thousand_siblings_are_read() -> None:
    many = "".join(
        f"<p>Ligne {n} du registre des barques, tenue par la capitainerie du port.</p>" for n in range(20_000)
    )
    whole = f"<html><body><h1>{TITLE}</h1><div>{many}</div></body></html>"
    body = read_article(page(whole)).body or ""
    assert body.count("\n") == 19_999
    assert body.endswith("Ligne 19999 du registre des barques, tenue par la capitainerie du port.")


def test_the_plain_text_of_a_page() -> None:
    teaser = f"La houle retient le bac depuis {'a' * 129}..."
    text = f"""{TITLE}\n\n{SENTENCE}\n{OTHER}\nLe 12 Mai 2024\nSOURCE WEB Par Le 360\nLes tags en relation\n
Les articles en relation\nLe bac reste à quai\n{teaser}\n\nLa rocade ferme\nCourt.\n"""
    found = read_text(page(text, content_type="text/plain"), replace(GENERIC, country="MA", teaser_bytes=160))
    assert (found.title, found.body, found.tags) == (TITLE, f"{SENTENCE}\n{OTHER}", ())
    assert found.published is not None
    assert found.published.date == date(2024, 5, 12)
    assert [a.outlets for a in found.attributions] == [("Le360",)]
    assert [(r.title, r.teaser_truncated) for r in found.related] == [
        ("Le bac reste à quai", True),
        ("La rocade ferme", False),
    ]
