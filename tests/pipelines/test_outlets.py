"""The table of outlets and agencies: what a name means where, and that it does not contradict itself."""

from __future__ import annotations

import json
from collections import defaultdict
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.outlets import (
    AGENCIES,
    OUTLETS,
    SourceEntry,
    extended,
    find_agency,
    find_outlet,
    host_of,
    packaged_table,
    source_key,
    source_table,
)


@pytest.mark.parametrize(
    ("name", "country", "wanted"),
    [
        ("Le Matin", "MA", "Le Matin (Maroc)"),
        ("Le Matin", "CH", "Le Matin (Suisse)"),
        ("Le Matin", "BE", None),
        ("Le Soir", "BE", "Le Soir"),
        ("Le Soir", "DZ", "Le Soir d’Algérie"),
        ("Le Soir", "FR", "Le Soir"),
        ("L'Express", "MG", "L’Express de Madagascar"),
        ("L'Express", "FR", "L’Express"),
        ("L'ECONOMISTE", "MA", "L’Économiste"),
        ("le 360", "FR", "Le360"),
        ("www.leconomiste.com", "FR", "L’Économiste"),
        ("https://fr.le360.ma/a/b", "FR", "Le360"),
        ("m.lefigaro.fr", "FR", "Le Figaro"),
        ("afrique.latribune.fr", "FR", "La Tribune Afrique"),
        ("L'opinion.ma", "MA", "L’Opinion (Maroc)"),
        ("Le Point.fr", "FR", "Le Point"),
        ("LNT", "MA", "La Nouvelle Tribune (Maroc)"),
        ("lnt", "MA", None),
        ("Le Matins", "MA", None),
        ("gazette-inconnue.example", "MA", None),
        ("", "MA", None),
    ],
)
def test_outlets(name: str, country: str, wanted: str | None) -> None:
    assert find_outlet(name, country) == wanted


@pytest.mark.parametrize(
    ("name", "country", "in_slot", "wanted"),
    [
        ("AFP", "MA", True, "AFP"),
        ("AFP", "MA", False, None),
        ("Agence France-Presse", "MA", False, "AFP"),
        ("APS", "DZ", True, "APS-DZ"),
        ("APS", "SN", True, "APS-SN"),
        ("APS", "FR", True, "APS"),
        ("ABP", "BI", True, "ABP-BI"),
        ("ABP", "FR", True, "ABP"),
        ("MAP", "MA", True, "MAP"),
        ("map", "MA", True, None),
        ("Map", "MA", True, None),
        ("ami", "MR", True, None),
        ("ats", "CH", True, "ATS"),
        ("PC", "CA", True, "PC"),
        ("PC", "FR", True, None),
        ("La Presse canadienne", "CA", False, "PC"),
        ("La Presse", "CA", True, None),
        ("mapexpress.ma", "MA", True, "MAP"),
    ],
)
def test_agencies(name: str, country: str, in_slot: bool, wanted: str | None) -> None:
    assert find_agency(name, country, in_slot) == wanted


def test_no_two_outlets_of_a_country_share_a_name() -> None:
    bearers: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for entry in source_table():
        for name in entry.names():
            for country in entry.countries:
                bearers[entry.kind, source_key(name), country].add(entry.name)
    assert {key: names for key, names in bearers.items() if len(names) > 1} == {}


def test_no_two_entries_share_a_domain_and_no_name_stands_twice() -> None:
    raw = json.loads(files("pipelines").joinpath("data/outlets.json").read_text(encoding="utf-8"))
    domains = [domain for row in (*raw["agencies"], *raw["outlets"]) for domain in row["domains"]]
    assert sorted(domains) == sorted(set(domains))
    assert all(host_of(f"www.{domain}") == domain for domain in domains)
    assert len({e.name for e in OUTLETS}) == len(raw["outlets"])
    assert len({e.name for e in AGENCIES}) == len(raw["agencies"])


@pytest.mark.parametrize("entry", source_table(), ids=lambda e: e.name)
def test_every_entry_is_found_by_all_its_names(entry: SourceEntry) -> None:
    assert entry.countries
    for name in (*entry.names(), *entry.domains):
        for country in entry.countries:
            if entry.kind == "agency":
                assert find_agency(name, country, in_slot=True) == entry.name
            else:
                assert find_outlet(name, country) == entry.name


def test_the_countries_of_the_french_language_press_are_there() -> None:
    wanted = "MA DZ TN MR FR BE CH LU CA SN ML CI BF BJ TG NE GN CM GA CG CD MG DJ TD HT LB"
    served = {country for entry in OUTLETS for country in entry.countries}
    assert set(wanted.split()) <= served


def test_added_outlets_leave_the_packaged_table_alone() -> None:
    own = SourceEntry("Le360", countries=("MA",), domains=("le360.example",))
    table = extended([own, SourceEntry("Office Exemple", kind="institution", countries=("MA",))])
    assert find_outlet("le360.example", "MA", table) == "Le360"
    assert find_outlet("Office Exemple", "MA", table) == "Office Exemple"
    assert find_outlet("fr.le360.ma", "MA", table) is None  # replaced, domains included
    assert find_outlet("fr.le360.ma", "MA") == "Le360"
    assert packaged_table().outlet("Office Exemple", "MA") is None


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("http://www.exemple.ma/a?b=c", "exemple.ma"),
        ("exemple.ma", "exemple.ma"),
        ("www.exemple.ma.", "exemple.ma"),
        ("G.A", None),
        ("M. Zerrad", None),
        ("Exemple", None),
        ("a.b", None),
        ("fin.Le", None),
    ],
)
def test_hosts(text: str, host: str | None) -> None:
    assert host_of(text) == host


@given(st.text(max_size=80), st.sampled_from(["MA", "FR", None]))
def test_any_name_is_looked_up_without_error(name: str, country: str | None) -> None:
    names = {entry.name for entry in OUTLETS}
    assert (find_outlet(name, country) or "Le360") in names
    find_agency(name, country, in_slot=True)
