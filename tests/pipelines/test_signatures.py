"""Who signs below a text, and what stands around a signature: sites, places, agencies, appeals, handles."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from pipelines.article import read_article
from pipelines.rules import SiteRules
from storage.records import Article, Page

FETCHED = datetime(2026, 11, 23, 9, tzinfo=UTC)
TITLE = "La halle de Brévilliers rouvre en juin"
PROSE = [
    "Fermée depuis deux ans, la halle aux grains de Brévilliers rouvre ses portes au début du mois de juin.",
    "Les travaux ont coûté un tiers de plus que prévu, à cause d'une charpente rongée par les insectes.",
    "Le conseil cherche encore un exploitant pour le café, qui occupera l'aile nord du bâtiment.",
]
APPEAL = (
    "La Vigie est une association qui tient à son indépendance. Vous pouvez nous soutenir en faisant un don."
)


def read(below: str, head: str = "", above: str = "", country: str = "FR") -> Article:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PROSE)
    html = (
        f'<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>{TITLE}</title>{head}</head>'
        f"<body><article><h1>{TITLE}</h1>{above}<div class='texte'>{text}{below}</div></article></body>"
        "</html>"
    )
    page = Page("https://vigie.example/actu/halle-12", html.encode(), FETCHED)
    return read_article(page, SiteRules(country=country))


def declared(name: str, kind: str = "Person") -> str:
    data = {"@type": "NewsArticle", "headline": TITLE, "author": {"@type": kind, "name": name}}
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


def credits(article: Article) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    return [(one.outlets, one.agencies) for one in article.attributions]


@pytest.mark.parametrize(
    ("below", "authors"),
    [
        ("<p>Hortense Modele<br>vigie.example</p>", ("Hortense Modele",)),
        ("<p>Hortense Modele<br>Correspondante à Kaya</p>", ("Hortense Modele",)),
        ("<p>Hortense Modele</p><p>Lefaso.net</p>", ("Hortense Modele",)),
        ("<p><b>Hortense Modele</b> et <b>Karim Tipe</b></p>", ("Hortense Modele", "Karim Tipe")),
        ("<p>Hortense Modele, Karim Tipe</p>", ("Hortense Modele", "Karim Tipe")),
        ("<p>Hortense Modele &amp; Karim Tipe</p>", ("Hortense Modele", "Karim Tipe")),
        ("<p>H. Modele et K. Tipe</p>", ("H. Modele", "K. Tipe")),
        ("<p>Synthèse K. T.</p>", ("K. T.",)),
        (f"<p>Hortense Modele</p><p>{APPEAL}</p>", ("Hortense Modele",)),
        ("<p>Hortense Modele</p><p>Photo : Karim Tipe</p>", ("Hortense Modele",)),
        ("<p>Hortense Modele</p><p>Crédit photo : DR</p>", ("Hortense Modele",)),
        ("<p>Hortense Modele</p><p>Source : Le Journal</p><div><a>Facebook</a></div>", ("Hortense Modele",)),
        ("<p>Hortense Modele (avec AFP)</p><p><b>Du même auteur :</b></p>", ("Hortense Modele",)),
    ],
)
def test_who_signs_below_the_text_is_its_author(below: str, authors: tuple[str, ...]) -> None:
    found = read(below)
    assert found.authors == authors
    assert (found.body or "").split("\n") == PROSE


@pytest.mark.parametrize(
    "below",
    [
        "<p>La charpente est de Luc Exemple et de Karim Tipe.</p><p>Luc Exemple, Karim Tipe</p>",
        "<p>Avec Hortense Modele, Karim Tipe</p>",
        "<p>Ils ont voté contre :</p><p>Hortense Modele<br>vigie.example</p>",
        "<p>Brévilliers<br>vigie.example</p>",
        "<ul><li>Hortense Modele</li><li>Karim Tipe</li></ul>",
    ],
)
def test_other_names_below_the_text_sign_nothing(below: str) -> None:
    assert read(below).authors == ()


def test_a_name_above_a_long_list_of_links_signs_nothing() -> None:
    songs = "".join(f"<li><a href='/chansons/{n}'>La chanson numéro {n}</a></li>" for n in range(12))
    found = read(f"<p><b>Hortense Modele</b></p><ul>{songs}</ul>", above="<p>Publié le 5 avril 2026</p>")
    assert found.authors == ()
    assert (found.body or "").split("\n")[:3] == PROSE


@pytest.mark.parametrize(
    ("line", "country", "authors", "outlets", "agencies"),
    [
        ("Imed Modele (avec Tap)", "TN", ("Imed Modele",), (), ("TAP",)),
        ("I. B. (avec Tap)", "TN", ("I. B.",), (), ("TAP",)),
        ("J.A. (avec AFP)", "FR", ("J.A.",), (), ("AFP",)),
        ("Imed Modele/AFP", "TN", ("Imed Modele",), (), ("AFP",)),
        ("R. E./APS", "DZ", ("R. E.",), (), ("APS-DZ",)),
        ("M. K. / Agences", "DZ", ("M. K.",), (), ("AGENCIES",)),
        ("I. B. (avec communiqué)", "TN", ("I. B.",), (), ()),
        ("Imed Modele / communiqué", "TN", ("Imed Modele",), (), ()),
        ("Imed Modele (avec Rfi)", "TN", ("Imed Modele",), ("RFI",), ()),
        ("AFP, Reuters et Le Monde", "FR", (), ("Le Monde",), ("AFP", "REUTERS")),
        ("(ats/Newsnet)", "CH", (), ("Newsnet",), ("ATS",)),
        ("(Belga/L’Avenir)", "BE", (), ("L’Avenir",), ("BELGA",)),
        ("AFP, Le Journal", "FR", (), ("Le Journal",), ("AFP",)),
    ],
)
@pytest.mark.parametrize("under", ["", f"<p>{APPEAL}</p>"])
def test_who_signs_beside_an_agency(
    line: str,
    country: str,
    authors: tuple[str, ...],
    outlets: tuple[str, ...],
    agencies: tuple[str, ...],
    under: str,
) -> None:
    found = read(f"<p>{line}</p>{under}", country=country)
    assert found.authors == authors
    assert credits(found) == [(outlets, agencies)]
    assert (found.body or "").split("\n") == PROSE


@pytest.mark.parametrize("handle", ["bko", "K B", "redac2"])
@pytest.mark.parametrize("line", ["<b>Imed Modele</b>", "Imed Modele", "<b>Imed Modele (avec Tap)</b>"])
def test_a_signature_comes_before_the_handle_of_who_posted(handle: str, line: str) -> None:
    for head in (declared(handle), f'<meta name="author" content="{handle}">'):
        assert read(f"<p>{line}</p>", head).authors == ("Imed Modele",)


@pytest.mark.parametrize(
    ("name", "above"),
    [
        ("Karim Tipe", ""),
        ("Zoubeida", ""),
        ("bko", "<p>L'architecte, Imed Modele, a conservé la façade nord de la halle, qui date de 1840.</p>"),
    ],
)
def test_other_declared_names_stay(name: str, above: str) -> None:
    assert read(f"{above}<p><b>Imed Modele</b></p>", declared(name)).authors == (name,)
    assert read(above, declared(name)).authors == (name,)


@pytest.mark.parametrize(
    ("above", "outlets", "authors"),
    [
        ("<div>franceinfo avec AFP</div><div>Radio France</div>", ("France Info",), ()),
        ("<p>Le Monde avec AFP</p><p>Groupe Exemple</p>", ("Le Monde",), ()),
        ("<span>Le Monde avec AFP</span><span>Groupe Exemple</span>", ("Le Monde",), ()),
        ("<div>Imed Modele avec AFP</div><div>Exemple</div>", (), ("Imed Modele",)),
    ],
)
def test_a_line_beside_a_shared_credit_is_no_part_of_it(
    above: str, outlets: tuple[str, ...], authors: tuple[str, ...]
) -> None:
    for name in ("author", "c-signature"):
        found = read("", above=f"<div class='{name}'>{above}</div>")
        assert credits(found) == [(outlets, ("AFP",))]
        assert found.authors == authors


@pytest.mark.parametrize(
    "above",
    [
        "<div>Texte par : <span>Florent Modele</span> <span>Suivre</span></div>",
        "<div><span>Par</span> <b>Florent Modele</b> <span>+ Suivre</span></div>",
        "<p>Par Florent Modele S’abonner</p>",
        "<p>Par Florent Modele, à suivre</p>",
        "<div class='article_auteur'>par <a href='/a/f'><b>Florent Modele</b></a><br>"
        "<a href='#'>(son site)</a> 2 avril 2026 <a href='#f'>14 réactions</a></div>",
    ],
)
def test_what_is_asked_of_the_reader_is_no_name(above: str) -> None:
    assert read("", above=above).authors == ("Florent Modele",)


def test_an_outlet_to_follow() -> None:
    above = "<div><span>Par :</span><a href='/fr/auteur/journal/'>LE JOURNAL</a><a>Suivre</a></div>"
    assert credits(read("", above=above)) == [(("LE JOURNAL",), ())]


@pytest.mark.parametrize(
    "above",
    [
        "<p>Par Julie Modele (jmodele@journal.example), publié le 05/04/2026 à 18:15</p>",
        "<p>Par Julie Modele (@jmodele), publié le 05/04/2026 à 18:15</p>",
        "<p>Julie Modele @jmodele Publié le 5 avril 2026 à 18h15</p>",
        "<p>Julie Modele, jmodele@journal.example | Publié le 5 avril 2026</p>",
    ],
)
def test_an_address_behind_a_name_hides_no_date(above: str) -> None:
    found = read("", above=above)
    assert found.authors == ("Julie Modele",)
    assert found.published is not None
    assert found.published.date.isoformat() == "2026-04-05"
    assert (found.body or "").split("\n") == PROSE


@pytest.mark.parametrize(
    "above",
    [
        "<p>— Julie Modele (@jmodele) 5 avril 2026</p>",
        "<p>Écrire à info@journal.example avant le 5 avril 2026</p>",
        "<p>Inscription : info@journal.example, le 5 avril 2026 au plus tard</p>",
    ],
)
def test_an_address_makes_no_date_line(above: str) -> None:
    assert read("", above=above).published is None


@pytest.mark.parametrize("name", ["Le Temps (Genève)", "Der Tagesbote (Berlin)", "La Feuille Exemple (Oran)"])
def test_an_outlet_with_its_town_is_no_person(name: str) -> None:
    found = read("", declared(name, "Organization"))
    assert found.authors == ()
    assert credits(found) == ([(("Le Temps",), ())] if "Temps" in name else [])


def test_a_town_beside_an_author_is_no_person() -> None:
    assert read("", declared("Julie Modele (Genève)")).authors == ("Julie Modele",)
    assert read("", declared("Der Tagesbote (Berlin)")).authors == ("Der Tagesbote",)


def test_initials_are_no_outlet() -> None:
    found = read("", declared("J.A. (avec AFP)"))
    assert found.authors == ("J.A.",)
    assert credits(found) == [((), ("AFP",))]


def test_a_picture_beside_an_author_glues_nothing() -> None:
    names = "<p class='authorName'>Josée Modele-Roy</p><p class='authorOrg'>La Nouvelle</p>"
    box = f"<div class='authorModule'><img src='j.jpg'><div class='author'>{names}</div></div>"
    assert read("", above=f"{box}<p>Publié le 15/03/2024</p>").authors == ("Josée Modele-Roy",)


def test_an_agency_right_before_the_day_is_credited() -> None:
    found = read("", above="<div>Nadia Modele / APS 15 mars 2024 à 12:31</div>", country="DZ")
    assert [one.agencies for one in found.attributions] == [("APS-DZ",)]
    assert found.authors == ("Nadia Modele",)


@pytest.mark.parametrize(
    "box", ["<p class='author-name'>Hortense Modele</p>", "<div class='byline'>{}</div>"]
)
def test_a_person_named_as_author_comes_before_the_handle_of_who_posted(box: str) -> None:
    named = box.format("Par Hortense Modele")
    assert read("", head=declared("hmodele"), above=named).authors == ("Hortense Modele",)


@pytest.mark.parametrize("apart", ["span", "div"])
def test_the_agency_beside_a_linked_author_is_credited(apart: str) -> None:
    box = (
        "<div class='auteur-bloc'><a href='/auteur/hortense-modele'>Hortense Modele</a>"
        f"<{apart}>La Vigie</{apart}> <{apart}>avec La Presse canadienne</{apart}><div>24 mars 2023</div>"
        "<ul><li><a href='/societe'>Société</a></li><li><a href='/transports'>Transports</a></li></ul></div>"
    )
    found = read("", head=declared("Hortense Modele"), above=box, country="CA")
    assert [agency for one in found.attributions for agency in one.agencies] == ["PC"]
    assert found.authors == ("Hortense Modele",)


@pytest.mark.parametrize(
    "line",
    [
        "<p><em>hm/www.vigie.example/redaction.actu@vigie.example</em></p>",
        "<p><em>Tous propos recueillis par Hortense Modele.</em></p>",
        "<p>Tous propos recueillis par HM.</p>",
        "<p>Propos recueillis par Hortense Modele et Karim Tipe, à Brévilliers.</p>",
    ],
)
def test_marks_of_the_newsroom_below_the_text_are_none_of_it(line: str) -> None:
    assert (read(line).body or "").split("\n") == PROSE
