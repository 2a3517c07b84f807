"""Which lines are date lines: decided without a clock."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.calendars import MONTHS
from pipelines.dates_fold import fold_line
from pipelines.dates_lines import is_date_line
from pipelines.dates_marks import find_marks


@pytest.mark.parametrize(
    "text",
    [
        "Le 01 Mars 2016",
        "Le 04 Mai 2020SOURCE WEB Par Gazette Fictive",
        "Publié le 12 mars 2019 à 10h15 par Anne Fictive",
        "Par Anne Fictive, publié hier à 10h15, mis à jour à 11h",
        "Mis à jour le 3 mai 2021",
        "il y a 3 heures",
        "Aujourd'hui à 8h05",
        "12/03/2019 | 10:15 | 3 commentaires",
        "mercredi 12 mars 2019 - 4 min de lecture",
        "الخميس 14 نونبر 2019",
        "Octobre - Novembre 2017",
        "12 mars 2019, 16:20 par kmod",
        "12.03.2019 (ch)",
        "En ligne depuis le 12 mars 2019",
        "Hier par Anne Fictive",
        "Publié hier à 18h, mis à jour à 21h15",
        "Publié le 2 avril 2018 à 23h05 | Mis à jour à 00h30",
        "14 novembre 2018 • 1.2k vues • 3 mins",
        "Publié ce lundi",
        "Dossier 12 mars 2021",
        "N°45-12 mars 2018",
        "Nouakchott, le 3 avril 2018 - Culture / Cinéma",
        "Article, 12 mars 2021",
        "Par Anne Fictive, le 3 mars 2018 | Photo : Jean Modele",
        "Soumis par bureau7 le ven, 06/03/2020 - 11:15",
        "Publié le 12 mars 2019 à 10h12 - 1 204 visites",
        "12 mars 2019 | 1 visite | 3 commentaires",
        "12 mars 2019 - 312 visiteurs",
        "par Anne Fictive (son site) mardi 12 mars 2019",
        "Par Anne Fictive (son blog perso), 12 mars 2019",
    ],
)
def test_date_lines(text: str) -> None:
    assert is_date_line(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Une phrase sans date",
        "Le 12 mars 2019, le ministre a annoncé une réforme.",
        "Dakar, 3 jan 2024 (APS) – Le texte inventé de la dépêche",
        "ABC-05 septembre 2019: Dans un communiqué, la direction précise",
        "La réunion est prévue le 7 mai prochain.",
        "Photo prise le 14 juillet 2015",
        "Edition du lundi 12 octobre 2020",
        "Source : Aujourd'hui le Littoral",
        "Le Littoral d'aujourd'hui",
        "Littoral Today",
        "Today's word",
        "Le 31 février 2019 restera dans les mémoires",
        "2 avril 2026 - Le maire démissionne",
        "Tél. : 05 28 00 00 00",
        "Il y a 3 heures, un incendie s'est déclaré dans le port",
        "17h17 Football. Les matches annulés ce week-end",
        "Nouakchott, le 3 avril 2018. MODELE / AFP",
        "Manifestants à Nouakchott, le 3 avril 2018. © Anne Fictive, AFP",
        "(Crédits : Agence Fictive, 3 avril 2018)",
        "Prise de vue : 03/04/2018",
        "Départ : 3 avril 2018 à 08h00",
        "Diffusion le 3 avril 2018 à 20h50 sur la 2",
        "Match Littoral - Montagne, 3 avril 2018 à 20h",
        "Loi n° 05-12-06",
        "Dahir n° 1-11-03 du 18 février 2011",
        "Circulaire n° 12/03/2018",
        "Version 2.10.18",
        "Élu par acclamation le 12 mars 2020",
        "Dossier 12.03.18",
        "Lun. 19 novembre 2018 | 18° Rabat",
        "Note : 12/20",
        "Visite du préfet le 12 mars 2019",
        "Visites guidées : 12 mars 2019 à 10h",
        "Mardi 12 mars 2019 de 8h à 12h",
        "12 mars 2019 8h30 - 12h",
        "Val-Perdu, Brise et Port-Neuf : mardi 12 mars 2019 à 6h00",
        "Val-Perdu et Port-Neuf, de lundi 9 heures à mardi 3 heures ;",
        "Val-Perdu : samedi 8h, dimanche 12h",
        "Publié le 3 mai 2015 chez un petit éditeur, ce roman a été traduit",
    ],
)
def test_other_lines(text: str) -> None:
    assert not is_date_line(text)


@pytest.mark.parametrize(
    "text",
    [
        "Publié le 12 mars 2019 8h - 9h",
        "12 mars 2019 - 8h",
        "12 mars 2019 10h12 - 12 vues",
        "Société, Région : 12 mars 2019",
        "Mardi 14:30",
        "Publié samedi à 8h, mis à jour dimanche à 12h",
    ],
)
def test_lines_that_only_look_like_a_timetable(text: str) -> None:
    assert is_date_line(text)


@settings(deadline=None)
@given(st.text(max_size=400))
def test_any_text_has_an_answer(text: str) -> None:
    assert is_date_line(text) in (True, False)


@settings(deadline=None)  # the first call compiles what it needs
@given(st.text(max_size=400))
def test_the_two_spellings_of_a_line_stay_aligned(text: str) -> None:
    folded = fold_line(text)
    assert len(folded.cased) == len(folded.lower)
    assert folded.cased.lower() == folded.lower


@given(st.text(alphabet="0123456789/.-: hàmarsjuinoctobre", max_size=120))
def test_marks_stand_in_order_and_inside_the_line(text: str) -> None:
    lower = fold_line(text).lower
    end = 0
    for mark in find_marks(lower):
        assert end <= mark.start < mark.end <= len(lower)
        end = mark.end


def test_month_names_are_folded() -> None:
    """A name that folding would change could never be found in a folded line."""
    assert {name: fold_line(name).lower for name in MONTHS} == {name: name for name in MONTHS}
    assert set(MONTHS.values()) == set(range(1, 13))
