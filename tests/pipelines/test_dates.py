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
    ],
)
def test_seldom_forms(text: str, kind: Kind, expected: str | None) -> None:
    assert printed(line(text, kind=kind)) == expected


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
