"""Bylines, signatures and credits in the places where newsrooms print them."""

from __future__ import annotations

import json

import pytest

from tests.pipelines import test_places_of_lines as places
from tests.pipelines.test_signatures import PROSE, TITLE, credits, declared, read

LINKS = "<p><a href='https://www.facebook.com/sharer'>Partager</a></p>"


@pytest.mark.parametrize(
    "line",
    [
        "<p><b>Entretien réalisé par : Hortense Modele</b></p>",
        "<p>Interview réalisée par Hortense Modele</p>",
        "<p>Dossier réalisé par Hortense Modele</p>",
        "<p>Entretien mené par Hortense Modele</p>",
    ],
)
def test_who_made_an_interview_or_a_report_wrote_it(line: str) -> None:
    assert read(line).authors == ("Hortense Modele",)
    assert read("", above=line).authors == ("Hortense Modele",)
    assert (read("", above=line).body or "").split("\n") == PROSE


def test_what_was_made_by_a_company_has_no_author() -> None:
    below = "<p>Le reportage réalisé par la chaîne sera diffusé mardi.</p>"
    assert read(below).authors == ()
    assert (read(below).body or "").endswith("mardi.")


@pytest.mark.parametrize(
    "below",
    [
        "<p><b>Hortense MODELE</b><br>hmodele@vigie.example</p><p><b>Karim TIPE</b><br>(Correspondant)</p>",
        "<p>Hortense MODELE<br>hmodele@vigie.example</p><p>Karim TIPE<br>ktipe@vigie.example</p>",
        "<p><b>Hortense MODELE</b></p><p><b>Karim TIPE</b></p><p>(Stagiaires)</p>",
    ],
)
def test_all_sign_who_stand_below_the_text_with_an_address_or_a_part(below: str) -> None:
    found = read(below)
    assert found.authors == ("Hortense Modele", "Karim Tipe")
    assert (found.body or "").split("\n") == PROSE


def test_an_agency_opens_the_text_below_links_to_share() -> None:
    signed = "<p><b>AA / Tunis / Hortense Modele</b></p>"
    found = places.read(places.page(body=f"{LINKS}{signed}{places.paragraphs(*PROSE)}"))
    assert credits(found) == [((), ("AA",))]
    assert found.authors == ("Hortense Modele",)


@pytest.mark.parametrize("label", ["Source: Belga", "Source : Belga"])
def test_a_source_stands_behind_the_hour_of_a_line(label: str) -> None:
    line = f"<div class='meta'><span>Rédaction</span> <time>12-05-23, 14:11</time> <span>{label}</span></div>"
    assert credits(read("", above=line, country="BE")) == [((), ("BELGA",))]


def test_small_capitals_of_a_turkish_system_name_nobody() -> None:
    found = read("", above="<p>Hortense Modele | 12.05.2023 - Mıse À Jour : 13.05.2023</p>")
    assert found.authors == ("Hortense Modele",)
    assert found.modified is not None
    assert str(found.modified.date) == "2023-05-13"


@pytest.mark.parametrize(
    "credit",
    [
        "<p><em>Image de couverture : la halle, en 2019. Photo : Karim Tipe-Roc</em></p>",
        "<p>Photo de couverture : la halle de Brévilliers, en hiver.</p>",
        "<p>Image à la une : le café, avant sa fermeture. Crédit : Karim Tipe</p>",
    ],
)
def test_the_credit_of_the_picture_above_a_text_is_none_of_it(credit: str) -> None:
    assert (read(credit).body or "").split("\n") == PROSE


def created(day: str) -> str:
    data = {"@type": "NewsArticle", "headline": TITLE, "dateCreated": f"{day}T10:00:00+01:00"}
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


def test_the_day_of_publication_in_sight_beats_that_of_the_draft() -> None:
    line = "<p>Publié le 5 mars 2022 à 7h55</p>"
    for above, day in ((line, "2022-03-05"), ("", "2022-03-01")):
        found = read("", head=created("2022-03-01"), above=above).published
        assert found is not None
        assert str(found.date) == day


SITE = '<meta property="og:site_name" content="La Vigie">'


@pytest.mark.parametrize(
    "below",
    [
        "<p>Hortense Modele/La Vigie</p>",
        "<p>Hortense Modele | La Vigie</p>",
        "<p>Hortense Modele, La Vigie</p>",
        "<p>Hortense Modele pour La Vigie</p>",
        "<p>Hortense Modele (La Vigie)</p>",
        "<p>Hortense Modele (stagiaire)</p>",
        "<p>Hortense Modele (Correspondante à Béjaïa)</p>",
        "<p>Signé : Hortense Modele</p>",
        "<p>Article rédigé par Hortense Modele</p>",
        "<p><a href='/auteur/hortense-modele/'>Hortense Modele</a></p>",
        "<p>Hortense Modele</p><p>Tél : +221 77 555 00 00</p>",
        "<p>Hortense Modele<br>hmodele@vigie.example</p><p>WhatsApp : 77 555 00 00</p>",
    ],
)
def test_a_signature_with_the_site_a_part_a_link_or_a_telephone(below: str) -> None:
    assert read(below, head=SITE).authors == ("Hortense Modele",)


@pytest.mark.parametrize(
    "below",
    [
        "<p>Hortense Modele/Le Rempart</p>",
        "<p><a href='/films/hortense-modele/'>Hortense Modele</a></p>",
        "<p>La halle, La Vigie</p>",
        "<p>Signé à Kaya, le texte entre en vigueur.</p>",
        "<p>La mairie répond au 77 555 00 00.</p>",
    ],
)
def test_lines_that_look_like_such_a_signature_sign_nothing(below: str) -> None:
    assert read(below, head=SITE).authors == ()


@pytest.mark.parametrize(
    "line", ["Propos recueillis par Hortense Modele", "Texte et photos : Hortense Modele"]
)
def test_a_byline_below_the_text_comes_before_the_handle_of_who_posted(line: str) -> None:
    assert read(f"<p>{line}</p>", head=declared("vigie2")).authors == ("Hortense Modele",)
    assert read("", head=declared("vigie2")).authors == ("vigie2",)


DAY = "<p>Publié le 12 mai 2024</p>"


@pytest.mark.parametrize(
    ("above", "author"),
    [
        ("<p>14:22 | 12/05/2024 - Trần Văn Đức</p>", "Trần Văn Đức"),
        ("<p>12 mai 2024 | Jana Šimková</p>", "Jana Šimková"),
        (f"<p>Par Mohamed El Hadi Ben Yahia Ould Sidi</p>{DAY}", "Mohamed El Hadi Ben Yahia Ould Sidi"),
        ("<p>Par : Hortense Modele&nbsp; Le : 12/05/2024</p>", "Hortense Modele"),
        (f"<p>Tribune de Hortense Modele, économiste</p>{DAY}", "Hortense Modele"),
        (f"<p>Synthèse d’Hortense Modele</p>{DAY}", "Hortense Modele"),
        (
            "<ul class='infos'><li>12 mai 2024</li><li>Hortense Modele</li><li>Voirie</li></ul>",
            "Hortense Modele",
        ),
    ],
)
def test_who_wrote_in_lines_by_the_headline(above: str, author: str) -> None:
    found = read("", above=above)
    assert found.authors == (author,)
    assert str(found.published and found.published.date) == "2024-05-12"
    assert (found.body or "").split("\n") == PROSE


@pytest.mark.parametrize(
    "above",
    [
        "<ul class='infos'><li>12 mai 2024</li><li>Grand Est</li><li>Voirie</li></ul>",
        f"<p>Tribune de la halle</p>{DAY}",
        f"<p>Reportage de nuit</p>{DAY}",
    ],
)
def test_lines_by_the_headline_that_name_nobody(above: str) -> None:
    assert read("", above=above).authors == ()


@pytest.mark.parametrize("source", ["AFP", "Jeune Afrique"])
def test_whom_a_text_is_taken_from_is_no_author(source: str) -> None:
    found = read(f"<p>D’après {source}</p>")
    assert found.authors == ()
    assert source in str(credits(found))
