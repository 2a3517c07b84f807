"""Titles: site names and sections are cut, dashes of the headline stay, the visible headline wins."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.titles import choose_title, clean_title, editorial_title
from pipelines.titles_lower import lower_headline

SITES = ("Gazette du Sud", "www.gazette-sud.example")


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("Le blé repart | Gazette du Sud", "Le blé repart"),
        ("Le blé repart - Économie - Gazette du Sud", "Le blé repart"),
        ("Le blé repart – Economie | Gazette du Sud", "Le blé repart"),
        ("Le blé repart | Gazette-Sud", "Le blé repart"),
        ("Le blé repart | gazette-sud.example", "Le blé repart"),
        ("Le blé repart :: GAZETTE DU SUD", "Le blé repart"),
        ("Le blé repart | Gazette du Sud | Gazette du Sud", "Le blé repart"),
        ("Gazette du Sud : Le blé repart", "Le blé repart"),
        ("Gazette du Sud - Le blé repart", "Le blé repart"),
        ("Le blé repart - Le Figaro", "Le blé repart"),
        ("Le blé repart | Le Figaro | 23.05.2011", "Le blé repart"),
        ("Maroc - Algérie : le dialogue reprend", "Maroc - Algérie : le dialogue reprend"),
        ("Mondial : Maroc - Belgique - Gazette du Sud", "Mondial : Maroc - Belgique"),
        ("Paris – Dakar : la dernière étape - Gazette du Sud", "Paris – Dakar : la dernière étape"),
        ("Un an après – 13 novembre 2015", "Un an après – 13 novembre 2015"),
        ("L'usine recrute - Capital", "L'usine recrute - Capital"),
        ("Le Figaro : une histoire du journal", "Le Figaro : une histoire du journal"),
        ("« Je pars », dit-il - Sport - Gazette du Sud", "« Je pars », dit-il"),
        ("Gazette du Sud", "Gazette du Sud"),
        ("  Le   blé\trepart ", "Le blé repart"),
        ("", ""),
    ],
)
def test_names_of_the_site_are_cut(raw: str, wanted: str) -> None:
    assert clean_title(raw, SITES) == wanted


def test_a_site_name_may_hold_a_separator() -> None:
    site = "Sud média - Analyse Opinion"
    assert clean_title(f"Pour une retraite | {site}", [site]) == "Pour une retraite"


def test_what_heading_and_data_agree_on_is_the_title_whatever_is_called_so() -> None:
    title = "Le blé repart : les moulins attendent"
    assert choose_title([title], title, title, None, (*SITES, title)) == (title, "h1")
    site = SITES[0]
    assert (
        choose_title([site], site, "Le blé repart dans le sud", None, SITES)[0] == "Le blé repart dans le sud"
    )


def test_the_visible_headline_wins() -> None:
    found = choose_title(
        ["Le blé repart, les moulins attendent"],
        "Prix du blé : ce qu'il faut savoir",
        "Le blé repart, les moulins attendent",
        "Prix du blé : ce qu'il faut savoir | Gazette du Sud",
        SITES,
    )
    assert found == ("Le blé repart, les moulins attendent", "h1")


@pytest.mark.parametrize(
    "heading", ["Gazette du Sud", "Économie", "gazette-sud.example", "Accueil", "12 mars 2019", ""]
)
def test_a_heading_that_is_no_headline_is_passed_over(heading: str) -> None:
    found = choose_title([heading], "Le blé repart - Gazette du Sud", None, None, SITES)
    assert found == ("Le blé repart", "og")


def test_of_several_headings_the_one_the_page_declares_is_taken() -> None:
    h1s = [
        "Gazette du Sud L'action des oasis",
        "Le blé repart dans le sud",
        "Recevez nos alertes chaque matin",
    ]
    assert choose_title(h1s, "Le blé repart dans le Sud", None, None, SITES) == (h1s[1], "h1")
    assert choose_title(h1s[1:], None, None, None, SITES) == (h1s[1], "h1")


def test_a_short_heading_unlike_every_declared_title_is_not_believed() -> None:
    assert choose_title(["O Tribune"], "Le blé repart dans le sud", None, None, SITES)[1] == "og"


def test_without_a_heading_declared_titles_follow_in_order() -> None:
    assert choose_title([], "Un", "Deux", "Trois", SITES) == ("Deux", "jsonld")
    assert choose_title([], None, None, "Le blé repart | Gazette du Sud", SITES) == ("Le blé repart", "title")
    assert choose_title([], None, None, None, SITES) == (None, "none")
    assert choose_title([], " ", "", None, SITES) == (None, "none")


@pytest.mark.parametrize(
    ("heading", "og", "jsonld", "wanted"),
    [
        ("Fès Un marché rouvre", "Fès. Un marché rouvre", "Fès | Un marché rouvre", "Un marché rouvre"),
        ("Ligue des oasis Un club monte", "Un club monte", None, "Un club monte"),
        (
            "Culture : Un musée rouvre ici",
            "Un musée rouvre ici",
            "Un musée rouvre ici",
            "Un musée rouvre ici",
        ),
        (
            "Ligue des oasis Un club monte",
            "Ligue des oasis : un club monte",
            None,
            "Ligue des oasis Un club monte",
        ),
    ],
)
def test_a_kicker_glued_before_the_headline_is_cut(
    heading: str, og: str, jsonld: str | None, wanted: str
) -> None:
    assert choose_title([heading], og, jsonld, None, SITES) == (wanted, "h1")


def test_a_marked_opening_stays_unless_the_page_says_the_rest_twice() -> None:
    heading = "TÉMOIGNAGE. À Fès, les nuits du potier"
    assert choose_title([heading], "À Fès, les nuits du potier", None, None, SITES)[0] == heading


@given(st.text(max_size=120), st.lists(st.text(max_size=20), max_size=3))
def test_cleaning_twice_is_cleaning_once(raw: str, sites: list[str]) -> None:
    once = clean_title(raw, sites)
    assert clean_title(once, sites) == once
    assert len(once) <= 4 * len(raw)


PARTS = st.sampled_from(
    ["Maroc", " - ", " | ", "Gazette du Sud", "Le blé repart", " : ", "Sport", "Le Figaro", "12/03/2019"]
)


@given(st.lists(PARTS, max_size=8))
def test_any_mixture_is_cleaned_once_and_never_to_nothing(parts: list[str]) -> None:
    raw = "".join(parts)
    once = clean_title(raw, SITES)
    assert clean_title(once, SITES) == once
    assert bool(once) == bool(raw.strip())


@given(st.lists(st.text(max_size=60), max_size=3), st.text(max_size=60), st.text(max_size=60))
def test_any_claims_give_a_title_or_none(h1s: list[str], og: str, title: str) -> None:
    found, rule = choose_title(h1s, og, None, title, SITES)
    assert (found is None) == (rule == "none")
    assert found is None or found.strip()


def test_a_heading_written_for_search_engines_gives_way_to_the_newsroom_s_headline() -> None:
    seo, own = "Hafen Nordstadt: Neue Fähre ab Mai", "Eine Fähre, auf die alle zehn Jahre gewartet haben"
    page = f"{seo} | Nordbote"
    assert editorial_title(seo, own, None, page, ["Nordbote"]) == (own, "jsonld:editorial")
    assert editorial_title(seo, None, own, page, ["Nordbote"]) == (own, "og:editorial")


@pytest.mark.parametrize(
    "other",
    [
        "Hafen Nordstadt: Neue Fähre ab Mai und was sie kostet",  # lengthened
        "Neue Fähre ab Mai",  # shortened
        "Eine Fähre, auf die alle zehn Jahre …",  # cut
        "Fähre fährt",  # too short to be a headline
    ],
)
def test_another_form_of_the_heading_is_no_other_headline(other: str) -> None:
    seo = "Hafen Nordstadt: Neue Fähre ab Mai"
    assert editorial_title(seo, other, other, f"{seo} | Nordbote", ["Nordbote"]) is None


def test_a_heading_that_is_not_the_page_title_stays() -> None:
    assert editorial_title("Was das Schiff kostet", "Eine ganz andere Zeile", None, "Hafen", []) is None


LOWER = "Le blé repart dans le sud"


@pytest.mark.parametrize(
    "title",
    [
        f"{LOWER} – Brise du Large",
        f"{LOWER} | Brise du Large",
        f"Brise du Large: {LOWER}",
        f"Brise du Large - {LOWER}",
    ],
)
@pytest.mark.parametrize("heading", [LOWER, f"14 nov. {LOWER}", f"14 novembre 2025 {LOWER}"])
def test_a_lower_heading_tells_what_of_the_title_is_the_headline(title: str, heading: str) -> None:
    assert lower_headline(["Actualités", "Brise du Large", heading, "Le port rouvre"], title) == LOWER


@pytest.mark.parametrize(
    ("headings", "title"),
    [
        (["Maroc : le blé repart dans le sud", LOWER], f"Maroc : {LOWER}"),  # printed as it is declared
        (["Faits divers et justice"], "Feu à Gao | Faits divers et justice"),  # a section
        (["Le blé repart"], f"{LOWER} – Brise du Large"),  # another title
        (["Le blé-roi des oasis"], "Le blé-roi des oasis-sud"),
        (["Un port rouvre au nord"], f"{LOWER} – Brise du Large"),
        (["Feu à"], "Feu à - Gao"),
        ([], LOWER),
    ],
)
def test_not_every_lower_heading_is_the_headline(headings: list[str], title: str) -> None:
    assert lower_headline(headings, title) is None
