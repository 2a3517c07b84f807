"""French dates: the labelled strings of tests/data/dates.jsonl, and what must hold for any string."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.calendars import zone
from pipelines.dates import Kind, in_zone, parse_claims, parse_date
from storage.records import Date

LABELLED = Path(__file__).parent.parent / "data" / "dates.jsonl"
CASES: list[dict[str, Any]] = [json.loads(row) for row in LABELLED.read_text(encoding="utf-8").splitlines()]
FETCHED_AT = datetime(2026, 3, 20, 9, 0, tzinfo=zone("Europe/Paris"))
KINDS: tuple[Kind, ...] = ("line", "text", "meta")
MONTH_NAMES = (
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()  # noqa: SIM905
)
WEEKDAY_NAMES = "lundi mardi mercredi jeudi vendredi samedi dimanche".split()  # noqa: SIM905


def line(text: str, **given: Any) -> Date | None:
    arguments: dict[str, Any] = {"fetched_at": FETCHED_AT, "timezone": "Europe/Paris", "kind": "line"} | given
    return parse_date(text, **arguments)


def printed(found: Date | None) -> str | None:
    """The date as the labels write it: as much of ISO 8601 as its precision has."""
    if found is None:
        return None
    if found.datetime is None:
        return found.date.isoformat()[: 7 if found.precision == "month" else 10]
    return found.datetime.isoformat(timespec="seconds" if found.precision == "second" else "minutes")


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['id']}-{case['cls']}")
def test_labelled_strings(case: dict[str, Any]) -> None:
    context = case["context"]
    published, modified = parse_claims(
        case["input"],
        fetched_at=datetime.fromisoformat(context["base"]).replace(tzinfo=zone(context["tz"])),
        timezone=context["tz"],
        kind=case["kind"],
        url=context.get("url"),
    )
    assert printed(published) == case["expected"]
    assert printed(modified) == case.get("expected_updated")
    if published is not None:
        assert published.precision == case["precision"]
    if published is not None and "expected_utc" in case:
        assert published.utc == datetime.fromisoformat(case["expected_utc"])


def test_a_day_has_no_hour_and_no_utc() -> None:
    found = line("Le 01 Mars 2016", timezone="Africa/Casablanca")
    assert found is not None
    assert (found.datetime, found.utc, found.precision) == (None, None, "day")
    assert (found.timezone, found.timezone_assumed) == ("Africa/Casablanca", True)
    assert (found.raw, found.rule) == ("Le 01 Mars 2016", "line.named")


def test_a_printed_offset_is_not_an_assumption() -> None:
    found = line("12 mai 2021 à 10:00 (GMT+1)", timezone="Africa/Casablanca")
    assert found is not None
    assert (found.timezone, found.timezone_assumed) == ("UTC+01:00", False)
    assert found.utc == datetime(2021, 5, 12, 9, tzinfo=UTC)


def test_the_update_of_the_line_is_kept_beside_the_publication() -> None:
    found = line("Publié le 5 mars 2020 à 09:00, mis à jour le 6 mars 2020 à 10:15")
    assert found is not None
    assert found.modified is not None
    assert printed(found.modified) == "2020-03-06T10:15"
    assert line("Mis à jour le 6 mars 2020") is None


def test_a_zone_may_be_given_as_an_object() -> None:
    assert line("3 mai 2021 à 10h", timezone=ZoneInfo("Africa/Tunis")) == line(
        "3 mai 2021 à 10h", timezone="Africa/Tunis"
    )


def test_casablanca_has_a_history() -> None:
    """UTC in winter until 2018, summer time with a pause in Ramadan, UTC+1 since, UTC in Ramadan."""
    hours = {
        "12 janvier 2017 à 12h": 12,
        "3 juin 2014 à 12h": 11,
        "3 juillet 2014 à 12h": 12,
        "12 janvier 2020 à 12h": 11,
        "20 mai 2019 à 12h": 12,
    }
    for text, hour in hours.items():
        found = line(text, timezone="Africa/Casablanca")
        assert found is not None
        assert found.utc is not None
        assert found.utc.hour == hour, text


def test_a_wrong_weekday_is_flagged_not_corrected() -> None:
    found = line("Mercredi 01 Mars 2016")
    assert found is not None
    assert (found.date, found.rule) == (date(2016, 3, 1), "line.named+weekday_differs")


def test_only_a_weekday_that_fits_turns_day_and_month() -> None:
    turned = line("jeu, 03/04/2021 - 10:11", kind="meta")
    kept = line("lun, 03/04/2021 - 10:11", kind="meta")
    assert turned is not None
    assert kept is not None
    assert (turned.date, kept.date) == (date(2021, 3, 4), date(2021, 4, 3))


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("jeu, 07/25/2024 - 10:00", "line", "2024-07-25T10:00"),
        ("ven, 07/25/2024 - 10:00", "line", None),  # a weekday that does not fit
        ("03/25/2024 08:30", "meta", "2024-03-25T08:30"),
        ("03/25/2024 08:30", "line", None),
        ("2024-03-05T8:30:00+01:00", "meta", "2024-03-05T08:30:00"),
        ("12 آذار/مارس 2021", "line", "2021-03-12"),
        ("الخميس 9 ماي 2024 - 10:15 م", "line", "2024-05-09T22:15"),
        ("الخميس 9 ماي 2024 - 10:15 ص", "line", "2024-05-09T10:15"),
        ("le 1°r avril 2015", "line", "2015-04-01"),
        ("3/5/2021 6:45:00 PM", "meta", "2021-03-05T18:45:00"),
        ("3/5/2021 6:45 PM", "line", "2021-05-03T18:45"),
        ("3/5/2021 18:45:00", "meta", "2021-05-03T18:45:00"),
        ("Publié mercredi", "line", "2026-03-18"),
        ("N°45-12 mars 2018", "line", "2018-03-12"),
        ("7 juin 18 09h40", "line", "2018-06-07T09:40"),
        ("Publié le 7 sept. 18 14h20", "line", "2018-09-07T14:20"),
        ("7-mar-18 10:12", "line", "2018-03-07T10:12"),
        ("7 juin '18 Culture", "line", "2018-06-07"),
        ("7 mars 18 Culture", "line", None),  # never the last 7 March
        ("Publié le 7 mars 24 Heures", "line", None),
        ("7 mars 12 min", "line", "2026-03-07"),
        ("7 mars 12 visites", "line", "2026-03-07"),
        ("7 mars 2019312 visites", "line", "2019-03-07"),
        ("7 mars 2019 à 9h 12 visites", "line", "2019-03-07T09:00"),
        ("7 mars 20h30", "line", "2026-03-07T20:30"),
        ("Jeudi 4, vendredi 5 et samedi 6 juin 2020", "line", "2020-06-04"),
        ("4, 5 et 6 juin 2020", "line", "2020-06-04"),
        ("Chapitre 2, 5 et 6 juin 2020", "line", "2020-06-06"),
        ("Édition n° 512 du 6 juin 2020", "line", "2020-06-06"),
        ("Édition du 6 juin 2020", "line", None),
        ("cette nuit à 03h10", "line", "2026-03-20T03:10"),
        ("cette nuit à 23h10", "line", None),  # of which evening?
        ("cette nuit", "line", None),
    ],
)
def test_seldom_forms(text: str, kind: Kind, expected: str | None) -> None:
    assert printed(line(text, kind=kind)) == expected


@pytest.mark.parametrize(
    ("text", "published", "modified"),
    [
        ("Mis à jour le 9 juin à 11h - Publié le 7 juin 2018 à 18h", "2018-06-07T18:00", "2018-06-09T11:00"),
        ("Mis à jour le 3 janvier - Publié le 29 décembre 2018", "2018-12-29", "2019-01-03"),
        ("Mis à jour le 3 janvier 2019 - Publié le 29 décembre", "2018-12-29", "2019-01-03"),
        ("Publié le 29 décembre - Mis à jour le 3 janvier 2019", "2018-12-29", "2019-01-03"),
        ("Publié le 07/06/2018 à 17:30, modifié le 07/06 à 19:05", "2018-06-07T17:30", "2018-06-07T19:05"),
        ("Publié le 29/12/2018 à 17:30, modifié le 3/01 à 09:05", "2018-12-29T17:30", "2019-01-03T09:05"),
        ("Mise à jour 12.3 du logiciel - 07/06/2018", None, "2018-06-07"),
        ("07/06/2018, mis à jour le 5.1 du logiciel", "2018-06-07", None),
        ("Publié le 07.06.2018, mis à jour le 08.06", "2018-06-07", "2018-06-08"),
        ("28 décembre - 3 janvier 2017", "2016-12-28", None),
    ],
)
def test_the_year_of_an_update_beside_its_publication(
    text: str, published: str | None, modified: str | None
) -> None:
    claims = parse_claims(text, fetched_at=FETCHED_AT, timezone="Europe/Paris")
    assert tuple(map(printed, claims)) == (published, modified)


@pytest.mark.parametrize(
    "text",
    [
        "Adopté le 6 juin 2020",
        "Arrêtées le 6 juin 2020",
        "Jean Modele condamné le 6 juin 2020",
        "Vernissage : 6 juin 2020",
        "Audience le 6 juin 2020",
        "Dernier délai : 06/06/2020",
        "Mis en service le 6 juin 2020",
        "Guichet fermé exceptionnellement le 6 juin 2020",
        "Panne d'eau ce samedi 6 juin 2020 à Brévilliers",
        "Estimations pour le 6 juin 2020",
        "Réponse publiée le 06/06/2020",
        "Publié au Bulletin officiel du 6 juin 2020",
        "Que s'est-il dit le 6 juin 2020 ?",
        "6 juin 2020 : le soir où tout a changé",
    ],
)
def test_the_day_of_something_else(text: str) -> None:
    assert line(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Yaoundé le 6 juin 2020",
        "Oumar Touré le 6 juin 2020",
        "Lomé le 6 juin 2020",
        "Santé le 6 juin 2020",
        "Par André le 6 juin 2020",
        "6 juin 2020, modifié le 7 juin",
        "3 commentaires Publié le 6 juin 2020",
        "Laisser un commentaire Publié le 6 juin 2020",
        "Publié dans Le Littoral du 6 juin 2020",
        "6 juin 2020 : Société",
        "Par la rédaction numérique le 6 juin 2020",
        "Anne Fictive avec agences le 6 juin 2020",
        "6 juin 2020 : par Jean Modele, journaliste",
        "Mise en ligne : 6 juin 2020",
    ],
)
def test_the_day_of_the_article(text: str) -> None:
    assert printed(line(text)) == "2020-06-06"


def test_a_moment_moves_between_zones_a_day_does_not() -> None:
    moment = line("2020-12-05T23:15:00Z", kind="meta")
    day = line("2020-12-05", kind="meta")
    assert moment is not None
    assert day is not None
    assert in_zone(moment, "Europe/Paris").date == date(2020, 12, 6)
    assert in_zone(moment, "Europe/Paris").utc == moment.utc
    assert in_zone(day, "Asia/Tokyo") == day


def test_the_url_gives_a_missing_year_only_when_it_agrees() -> None:
    base = datetime(2026, 11, 20, tzinfo=UTC)
    text = "Jeudi 19 mars à 12:48"
    hinted = line(text, fetched_at=base, url="https://exemple.ma/Revue-du-19-mars-2015_a8.html")
    assert hinted is not None
    assert hinted.date == date(2015, 3, 19)
    assert line(text, fetched_at=base, url="https://exemple.ma/2015/04/02/titre") is None
    assert line(text, fetched_at=base) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dimanche 26 mars à 17 heures : lecture", None),  # tomorrow, not in 2017
        ("Samedi 1er juillet", None),
        ("Samedi 18 mars à 17 heures", "2023-03-18T17:00"),
        ("Mardi 27 septembre", "2022-09-27"),  # nearly half a year ago
        ("Samedi 12 novembre", "2022-11-12"),
        ("Lundi 26 mars", "2018-03-26"),  # of an old page: this year it is no Monday
    ],
)
def test_a_weekday_that_is_near_is_not_one_of_long_ago(text: str, expected: str | None) -> None:
    assert printed(line(text, fetched_at=datetime(2023, 3, 25, 9, tzinfo=UTC))) == expected


def test_what_cannot_be_used_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        line("Le 01 Mars 2016", fetched_at=datetime(2026, 1, 1))  # noqa: DTZ001
    for name in ("Europe/Nowhere", "../../etc/passwd", ""):
        with pytest.raises(ZoneInfoNotFoundError):
            line("Le 01 Mars 2016", timezone=name)


def test_dateparser_is_not_imported_for_common_lines() -> None:
    program = (
        "import sys; from datetime import datetime, UTC; from pipelines.dates import parse_date\n"
        "for text in ('Le 01 Mars 2016', 'Une phrase', 'il y a 3 heures', '31/02/2019', 'Edition de mai'):\n"
        "    parse_date(text, fetched_at=datetime.now(UTC), timezone='Europe/Paris', kind='line')\n"
        "assert not {'dateparser', 'ftfy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parent.parent.parent)


DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2026, 3, 20))
TIMES = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))
DAY_FORMS = (
    "{d} {month} {y}",
    "Le {d:02} {Month} {y}",
    "PUBLIÉ LE {d} {MONTH} {y}",
    "Par Anne Fictive | {weekday} {d} {month} {y}",
    "{d:02}/{m:02}/{y}",
    "{d}.{m}.{y}",
    "{y}-{m:02}-{d:02}",
    "{Month} {d}, {y}",
)
TIME_FORMS = ("", " à {H}h{M:02}", " - {H:02}:{M:02}", ", {H} h {M:02} min", " | {H:02}H{M:02}")


@given(DAYS, TIMES, st.sampled_from(DAY_FORMS), st.sampled_from(TIME_FORMS))
def test_every_day_survives_every_form(day: date, clock: clock_time, form: str, hour: str) -> None:
    name = MONTH_NAMES[day.month - 1]
    numbers = {"d": day.day, "m": day.month, "y": day.year, "H": clock.hour, "M": clock.minute}
    names = {"month": name, "Month": name.capitalize(), "MONTH": name.upper()}
    text = (form + hour).format(**numbers, **names, weekday=WEEKDAY_NAMES[day.weekday()])
    found = line(text)
    assert found is not None, text
    assert found.date == day
    assert found.datetime == (datetime.combine(day, clock) if hour else None)
    assert "differs" not in found.rule


PIECES = (
    *"0123456789/.-:h ,|'°é",
    *(
        "Ã©",
        "\ufffd",
        "&eacute;",
        "mars ",
        "août",
        "12 mars 2019",
        "Publié le ",
        "mis à jour ",
        "il y a ",
        "hier",
    ),
    *(" à ", "jeudi ", "2019", "GMT+1", "https://a.fr/2019/03/", "n° ", "1446", "شهر", "29 février"),
)
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.characters()), max_size=30).map("".join)


@given(TEXTS, st.sampled_from(KINDS))
def test_nothing_raises_and_all_is_plausible(text: str, kind: Kind) -> None:
    for found in parse_claims(text, fetched_at=FETCHED_AT, timezone="Africa/Casablanca", kind=kind):
        if found is None:
            continue
        assert date(1990, 1, 1) <= found.date <= FETCHED_AT.date() + timedelta(days=2)
        assert (found.utc is None) == (found.datetime is None) == (found.precision in ("day", "month"))
        assert found.precision != "month" or found.date.day == 1
        assert found.datetime is None or found.datetime.date() == found.date


HOSTILE = {
    "spaces": lambda n: "Le " + " " * n + "Mars",
    "digits": lambda n: "Le " + "1" * n + " Mars",
    "dates": lambda n: "01 Mars 2016 " * n,
    "days": lambda n: "1 mars " * n,
    "numbers": lambda n: "1/1/" * n,
    "ranges": lambda n: "1-" * n,
    "months": lambda n: "mars-" * n,
    "hours": lambda n: "10:10 " * n,
    "hijri": lambda n: "1 ramadan " * n,
    "issues": lambda n: "n°1" * n,
    "updates": lambda n: "mis à jour " * n,
    "slugs": lambda n: "/" + "du-1-mars-" * n,
    "segments": lambda n: "https://exemple.fr/" + "2016/" * n,
    "entities": lambda n: "&#" * n + ";",
    "accents": lambda n: "e" + "\u0301" * n,
    "mojibake": lambda n: "Ã©" * n,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_lines_cost_no_more_than_long_ones(name: str) -> None:
    """Only the first 300 characters (1,000 of a URL) are read: 200,000 must not take longer than 0.2 s."""
    text = HOSTILE[name](200_000)
    begin = time.process_time()
    for kind in KINDS:
        line(text, kind=kind)
    assert time.process_time() - begin < 0.2
