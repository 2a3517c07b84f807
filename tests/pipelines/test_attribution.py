"""Credits: the labelled lines of tests/data/attributions.jsonl, and what must hold for any line."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.attribution import Position, is_source_line, parse_attribution, without_own
from pipelines.attribution_text import (
    _CHROME,
    _CHROME_STEMS,
    _WHEN_LABEL,
    _WHEN_STEMS,
    fold_line,
    only_date,
    strip_dates,
)
from pipelines.outlets import SourceEntry, extended
from storage.records import Attribution

LABELLED = Path(__file__).parent.parent / "data" / "attributions.jsonl"
CASES: list[dict[str, Any]] = [json.loads(row) for row in LABELLED.read_text(encoding="utf-8").splitlines()]
POSITIONS: tuple[Position, ...] = ("tail", "byline", "lead", "body", "caption", "footer")
FIELDS = ("kind", "outlets", "agencies", "authors", "dateline", "location", "translated_from")


def read(text: str, position: Position = "tail", country: str = "MA") -> Attribution:
    found = parse_attribution(text, position, country)
    assert found is not None, text
    return found


@pytest.mark.parametrize("case", CASES, ids=[f"{c['id']}-{c['cls']}" for c in CASES])
def test_labelled_lines(case: dict[str, Any]) -> None:
    found = parse_attribution(case["input"], **case["context"])
    wanted = case["expected"]
    if wanted is None:
        assert found is None
        return
    assert found is not None
    for field in (f for f in FIELDS if f in wanted):
        value = getattr(found, field)
        assert (list(value) if isinstance(value, tuple) else value) == wanted[field]


def test_the_table_has_enough_lines_that_are_no_credit() -> None:
    assert sum(case["expected"] is None for case in CASES) >= 50


@pytest.mark.parametrize("position", ["body", "caption", "footer"])
def test_a_source_under_a_chart_is_no_credit(position: Position) -> None:
    assert parse_attribution("Source : Médias24", position, "MA") is None
    assert read("Source : Médias24", "tail").outlets == ("Médias24",)


def test_the_word_par_decides_nothing() -> None:
    assert read("Par Le Figaro et AFP", "byline", "FR").kind == "cosigned"
    assert read("Par Jeanne Tilleul", "byline", "FR").kind == "original"
    assert parse_attribution("Par ailleurs, la route rouvre.", "byline", "FR") is None


def test_the_raw_line_the_link_and_the_rule_are_kept() -> None:
    found = read("SOURCE WEB Par https://www.medias24.com/2019/05/titre")
    assert found.raw == "SOURCE WEB Par https://www.medias24.com/2019/05/titre"
    assert found.url == "https://www.medias24.com/2019/05/titre"
    assert found.rule == "source_web"


@pytest.mark.parametrize(
    "line",
    [
        "Une rue de Nouakchott, le 3 avril 2018. MODELE / AFP",
        "Le marché central, le 3 avril 2018. Jeanne Tilleul/AFP",
        "Le marché central, le 3 avril 2018. © Jeanne Tilleul, AFP",
        "AFP/Archives",
    ],
)
def test_who_took_a_picture_is_no_source(line: str) -> None:
    assert parse_attribution(line) is None


@pytest.mark.parametrize(
    ("line", "outlets", "agencies"),
    [
        ("In Le Quotidien d'Oran", ("Le Quotidien d’Oran",), ()),
        ("La suite sur lemonde.fr", ("Le Monde",), ()),
        ("Première publication : Le Devoir", ("Le Devoir",), ()),
        ("Ce texte est repris du journal El Watan.", ("El Watan",), ()),
    ],
)
def test_ways_to_name_a_source(line: str, outlets: tuple[str, ...], agencies: tuple[str, ...]) -> None:
    found = parse_attribution(line, "tail", "DZ")
    assert found is not None
    assert (found.outlets, found.agencies) == (outlets, agencies)


FORMS = [
    ("SOURCE WEB Par Libe.ma / MAP", "tail", "MA", ("Libération (Maroc)",), ("MAP",), ()),
    ("SOURCE WEB Par Médias24 | Nadia Exemple", "tail", "MA", ("Médias24",), (), ("Nadia Exemple",)),
    ("SOURCE WEB Par Le Matin | Le titre", "tail", "MA", ("Le Matin (Maroc)",), (), ()),
    ("SOURCE WEB ParL'Opinion", "tail", "MA", ("L’Opinion (Maroc)",), (), ()),
    ("SOURCE WEB Parisien", "tail", "MA", ("Parisien",), (), ()),
    ("Source : WEB Par TelQuel", "tail", "MA", ("TelQuel",), (), ()),
    ("Par Nadia Exemple pour Le Desk", "byline", "MA", ("Le Desk",), (), ("Nadia Exemple",)),
    ("Nadia Exemple pour Reuters", "byline", "FR", (), ("REUTERS",), ("Nadia Exemple",)),
    ("Par Nadia Exemple pour La Gazette du Ksar", "byline", "MA", (), (), ("Nadia Exemple",)),
    ("Par AFPPublié le 3 mai 2019", "byline", "FR", (), ("AFP",), ()),
    ("Rédaction Ouest-France avec AFP", "byline", "FR", ("Ouest-France",), ("AFP",), ()),
    ("The post Un titre first appeared on Gazette du Sud.", "tail", "FR", ("Gazette du Sud",), (), ()),
    ("Article original : lemonde.fr", "tail", "FR", ("Le Monde",), (), ()),
    ("Article original : Le Devoir", "tail", "CA", ("Le Devoir",), (), ()),
    ("Article original : Le port de Nador rouvre", "tail", "MA", (), (), ()),
    ("El Watan, 3 mai 2019", "tail", "DZ", ("El Watan",), (), ()),
    ("El Watan - 3 mai 2019", "tail", "DZ", ("El Watan",), (), ()),
    ("Le Soleil du vendredi 3 mai 2019", "tail", "SN", ("Le Soleil (Sénégal)",), (), ()),
    ("(Le Soleil du 03/05/2019)", "tail", "SN", ("Le Soleil (Sénégal)",), (), ()),
    ("L'opinion.ma | 3 Mai 2019", "tail", "MA", ("L’Opinion (Maroc)",), (), ()),
    ("Paru dans Le Littoral du 3 mai 2019", "tail", "MA", ("Le Littoral",), (), ()),
    ("Une tribune d'Anne Exemple", "byline", "FR", (), (), ("Anne Exemple",)),
    ("Une correspondance de Serge Exemple", "byline", "CI", (), (), ("Serge Exemple",)),
    ("De notre bureau de Tizi Ouzou, Karim Exemple", "byline", "DZ", (), (), ("Karim Exemple",)),
    ("Texte : Anne Exemple. Photos : Jean Exemple", "byline", "FR", (), (), ("Anne Exemple",)),
    ("Anne Exemple @anne_ex", "byline", "FR", (), (), ("Anne Exemple",)),
    ("Issa Exemple\nLefaso.net", "tail", "BF", ("LeFaso.net",), (), ("Issa Exemple",)),
    ("GABÈS (TAP/Correspondant) - Le port rouvre.", "lead", "TN", (), ("TAP",), ()),
    ("Zurich (ats) Le conseil a voté.", "lead", "CH", (), ("ATS",), ()),
    ("Le Temps (Genève)", "byline", "FR", ("Le Temps",), (), ()),
    ("Imed Exemple (avec Tap)", "tail", "TN", (), ("TAP",), ("Imed Exemple",)),
    ("Imed Exemple et Anne Exemple/APS", "tail", "SN", (), ("APS-SN",), ("Imed Exemple", "Anne Exemple")),
    ("R. E./APS", "tail", "DZ", (), ("APS-DZ",), ("R. E.",)),
    ("M. K. / Agences", "tail", "DZ", (), ("AGENCIES",), ("M. K.",)),
    ("J.A. (avec AFP)", "tail", "FR", (), ("AFP",), ("J.A.",)),
    ("(ats/Newsnet)", "tail", "CH", ("Newsnet",), ("ATS",), ()),
    ("AFP, Le Journal", "tail", "FR", ("Le Journal",), ("AFP",), ()),
    ("Le Monde, AFP", "tail", "FR", ("Le Monde",), ("AFP",), ()),
    ("Source : Communiqué du Port de Nador", "tail", "MA", ("Port de Nador",), (), ()),
]


@pytest.mark.parametrize(("line", "position", "country", "outlets", "agencies", "authors"), FORMS)
def test_forms_of_credits(
    line: str,
    position: Position,
    country: str,
    outlets: tuple[str, ...],
    agencies: tuple[str, ...],
    authors: tuple[str, ...],
) -> None:
    found = read(line, position, country)
    assert (found.outlets, found.agencies, found.authors) == (outlets, agencies, authors)


def test_two_persons_of_one_agency_share_nothing() -> None:
    assert read("Anne Exemple et Jean Exemple, AFP", "byline", "FR").kind == "agency"
    assert read("Anne Exemple et AFP", "byline", "FR").kind == "cosigned"


@pytest.mark.parametrize(
    ("line", "position", "country"),
    [
        ("Enquête", "byline", "FR"),
        ("Société | Bilan | 3 mai 2019", "byline", "FR"),
        ("D’après l’AFP, le port est fermé.", "tail", "FR"),
        ("Selon Le Monde, il pleut.", "tail", "FR"),
        ("Sources : FAO, ministère de la Pêche", "tail", "SN"),
        ("Sources : archives départementales du Var", "tail", "FR"),
        ("Vidéo : Anne Exemple, avec AFP", "tail", "FR"),
        ("AFP photo : la rue", "byline", "FR"),
        ("Le matin du 3 mai 2019", "tail", "MA"),
        ("Le soir du 3 mai", "tail", "BE"),
        ("« Les moyens sont là. » (03/05/2019, AFP)", "tail", "FR"),
        ("Le groupe (afp) Une suite", "lead", "FR"),
        ("Le journaliste (TAP/Correspondant) a dit", "lead", "TN"),
        ("Publié dans Politique du 3 mai", "tail", "FR"),
        ("Anne Exemple pour la paix", "byline", "FR"),
        ("Une correspondance de Dakar", "byline", "SN"),
        ("Le plan de la ville (avec Map)", "tail", "MA"),
        ("IMED EXEMPLE/AFP", "tail", "FR"),
        ("Imed Exemple/Le Monde", "tail", "FR"),
        ("AFP, ministère de la Pêche", "tail", "SN"),
        ("Préfecture de police/AFP", "tail", "FR"),
        ("Société des ponts, AFP", "tail", "FR"),
        ("Jeanne Tilleul (avec ...)", "tail", "FR"),
        (
            "AFP, Reuters, Le Monde, Le Figaro, Libération, Le Parisien, La Croix, Les Échos, Le Point",
            "tail",
            "FR",
        ),
        ("Une enquête d'utilité publique", "byline", "FR"),
        ("Suivez Issa Exemple sur exemple.net", "tail", "BF"),
    ],
)
def test_lines_that_credit_nobody(line: str, position: Position, country: str) -> None:
    assert parse_attribution(line, position, country) is None


def test_who_signs_beside_an_agency_is_kept() -> None:
    found = parse_attribution("Jeanne Tilleul (avec Reuters)")
    assert found is not None
    assert (found.kind, found.authors) == ("cosigned", ("Jeanne Tilleul",))


@pytest.mark.parametrize("line", ["I. T. (avec Tap)", "I.T. (avec Tap)", "I. T. avec Tap", "I. T. / TAP"])
def test_who_signs_with_initials_beside_an_agency_wrote(line: str) -> None:
    found = parse_attribution(line, "tail", "TN")
    assert found is not None
    assert (found.kind, found.agencies) == ("cosigned", ("TAP",))
    assert found.authors == (line.split(" (")[0].split(" avec")[0].split(" /")[0],)


def test_a_label_that_nobody_knows_is_no_outlet() -> None:
    found = parse_attribution("Réalisation : Jeanne Tilleul avec ATS", "byline", "CH")
    assert found is not None
    assert (found.outlets, found.agencies) == ((), ("ATS",))


def test_a_label_is_no_outlet() -> None:
    found = parse_attribution("Adaptation web: Jeanne Tilleul avec ATS", "byline", "CH")
    assert found is not None
    assert (found.kind, found.outlets, found.agencies) == ("cosigned", (), ("ATS",))
    assert found.authors == ("Jeanne Tilleul",)


def test_a_colon_behind_an_acronym_is_no_dateline() -> None:
    assert parse_attribution("MAP : une carte du ciel.", "lead", "FR") is None
    assert parse_attribution("Rabat, MAP : le conseil s'est réuni.", "lead", "MA") is not None


def test_an_unknown_name_is_never_taken_for_a_near_one() -> None:
    assert read("Source : Média 25").outlets == ("Média 25",)
    assert read("Source : Le Matins").outlets == ("Le Matins",)
    assert read("Source : Le Matin", country="BE").outlets == ("Le Matin",)


def test_a_long_paragraph_is_read_at_its_head_and_its_end() -> None:
    middle = "La récolte de dattes a commencé dans toute la vallée. " * 40
    found = read(f"ERRACHIDIA - {middle}(MAP)", "lead")
    assert (found.agencies, found.dateline) == (("MAP",), "Errachidia")
    assert read(f"RABAT (MAP) - {middle}", "lead").dateline == "Rabat"
    assert len(found.raw) <= 300


def test_outlets_may_be_added() -> None:
    entry = SourceEntry(
        "La Feuille des Ksour", countries=("MA",), aliases=("Feuille",), domains=("feuille.example",)
    )
    table = extended([entry])
    for line in ("SOURCE WEB Par Feuille", "Source : www.feuille.example", "Source : la feuille des ksour"):
        found = parse_attribution(line, "tail", "MA", table)
        assert found is not None
        assert found.outlets == ("La Feuille des Ksour",)


def test_a_site_republishes_nobody_by_its_own_name() -> None:
    own = ["L'Opinion", "www.lopinion.ma"]
    assert without_own(read("L'opinion.ma | 20 Avril 2017", "byline"), own, "MA") is None
    signed = without_own(read("Par Karim Zerrad – lopinion.ma – 14/03/2018", "byline"), own, "MA")
    assert signed is not None
    assert (signed.kind, signed.outlets, signed.authors) == ("original", (), ("Karim Zerrad",))
    other = read("Source : TelQuel")
    assert without_own(other, own, "MA") == other
    both = without_own(read("Source : TelQuel et L'Opinion"), own, "MA")
    assert both is not None
    assert both.outlets == ("TelQuel",)


def test_a_site_is_known_by_its_host_that_writes_its_words_together() -> None:
    own = ["lequotidien.example"]
    assert without_own(read("par Le Quotidien", "byline", "SN"), own, "SN") is None
    other = read("Source : TelQuel")
    assert without_own(other, own, "SN") == other


@pytest.mark.parametrize(
    "line",
    [
        "SOURCE WEB Par Atlas Info",
        "SOURCE WEB  Par Atlas Info ",
        "Source web : Yabiladi",
        "Le 14 Juin 2018 SOURCE WEB Par TelQuel",
        "Source : MAP",
        "(Source : AFP)",
        "Avec AFP",
        "Avec LNT",
        "(ats/awp)",
        "(AFP)",
        "MK/od/APA",
        "Cet article Un titre est apparu en premier sur Gazette du Sud.",
        "Lire l'article complet sur : exemple-info.fr",
    ],
)
def test_pure_source_lines(line: str) -> None:
    assert is_source_line(line)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "La source de la rivière est à sec.",
        "Le projet avance, selon une source proche du dossier.",
        "Les travaux reprendront lundi, avec le retour du beau temps.",
        "Le procès reprendra lundi. (AFP)",
        "Par ailleurs, le conseil se réunira lundi.",
        "Source : enquête de terrain, 2019",
        "Photo : AFP",
        "Un long paragraphe " * 20 + "Source : MAP",
        "Avec Jeanne Tilleul, la ville a changé de visage.",
        "Avec : Jeanne Tilleul, Jean Orme.",
        "Source : Bank Al-Maghrib",
    ],
)
def test_lines_with_text_of_their_own(line: str) -> None:
    assert not is_source_line(line)


def test_dates_leave_the_names_around_them() -> None:
    assert strip_dates("Karim Zerrad le 12/03/2019 à 14h30 Rabat").replace("|", "").split() == [
        "Karim",
        "Zerrad",
        "Rabat",
    ]
    assert strip_dates("20 Minutes") == "20 Minutes"
    assert only_date("Le 01 Mars 2016")
    assert not only_date("Le 360")


@given(st.text(max_size=400), st.sampled_from(POSITIONS), st.sampled_from(["MA", "FR", "CH", None]))
def test_any_text_is_read_without_error(text: str, position: Position, country: str | None) -> None:
    found = parse_attribution(text, position, country)
    assert found is None or (found.kind and len(found.raw) <= 300)
    assert is_source_line(text) in (True, False)


CREDIT_PARTS = [
    "Par ",
    "SOURCE WEB ",
    "Source : ",
    "avec ",
    "AFP",
    "Le Matin",
    "Karim Zerrad",
    "La rédaction",
    " / ",
]
CREDIT_PARTS += [
    "(",
    ")",
    " - ",
    ", ",
    " et ",
    "12 mars 2019",
    "à Rabat",
    "https://exemple.ma/a",
    ".",
    "traduit de ",
]


@given(st.lists(st.sampled_from(CREDIT_PARTS), max_size=14), st.sampled_from(POSITIONS))
def test_any_mixture_of_parts_names_nothing_empty(parts: list[str], position: Position) -> None:
    found = parse_attribution("".join(parts), position, "MA")
    if found is not None:
        assert all(name.strip() for name in (*found.outlets, *found.agencies, *found.authors))
        assert len(set(found.agencies)) == len(found.agencies)


HOSTILE = [
    "(" * 5000,
    "Par " * 5000,
    "a " * 20000,
    "Source " * 3000,
    "A-" * 9000,
    "/AFP" * 5000,
    "12 mars " * 3000,
]
HOSTILE += [
    "l'article " * 3000,
    "Traduit de " * 3000,
    "Lire la suite sur " * 2000,
    "É " * 9000,
    " " * 90000 + "AFP",
]


@pytest.mark.parametrize("text", HOSTILE, ids=[h.strip()[:12] for h in HOSTILE])
@pytest.mark.parametrize("position", POSITIONS)
def test_hostile_lines_take_no_time(text: str, position: Position) -> None:
    started = time.process_time()
    parse_attribution(text, position, "MA")
    assert time.process_time() - started < 0.25


def test_a_line_is_cut_before_it_is_read() -> None:
    assert len(fold_line("a" * 100_000)) == 300
    assert fold_line("a\u00a0 \n b") == "a b"


@pytest.mark.parametrize(
    "line",
    [
        "Jeanne Modele Partager",
        "Jeanne Modele 2 commentaires",
        "Jeanne Modele 3 min de lecture",
        "Édition N° : 4567 Jeanne Modele",
        "Jeanne Modele Réservé aux abonnés",
        "Jeanne Modele Publié le 12 mars 2026 à 14h30",
        "Jeanne ModeleMis à jour",
    ],
)
def test_what_stands_beside_a_name_is_taken_out(line: str) -> None:
    assert strip_dates(line).strip(" |") == "Jeanne Modele"


@given(st.from_regex(_WHEN_LABEL, fullmatch=True) | st.from_regex(_CHROME, fullmatch=True))
def test_labels_and_furniture_are_known_by_their_beginnings(found: str) -> None:
    """The cheap look before the two expressions passes over nothing that they take out."""
    lower = found.lower()
    if _WHEN_LABEL.fullmatch(found):
        assert any(stem in lower for stem in _WHEN_STEMS)
    else:
        assert any(stem in lower for stem in _CHROME_STEMS)
