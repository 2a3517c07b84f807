"""How a verdict is seen with the past in mind."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crawler.expect import Expect, unmet
from crawler.history import Site, compare, lost_links
from crawler.tally import Tally
from crawler.verdict import Verdict
from storage.health import PastRun
from tests.status.past import MONDAY, days, pages, reading_runs, run, weeks

FRANCE = Site("FR", "Europe/Paris")
QUIET = Verdict("quiet", 0, "nothing new")
URL = "https://a.example/"


def asked(status: int | None = 304, links: int | None = None, usual: int | None = None) -> Tally:
    tally = Tally()
    tally.note_channel(URL, "listing", status=status, links=links, usual_links=usual)
    return tally


def judged(
    past: list[PastRun],
    present: PastRun,
    tally: Tally,
    verdict: Verdict = QUIET,
    site: Site = FRANCE,
    whole: bool = True,
) -> Verdict:
    return compare(verdict, present, past, tally, site, whole=whole)[0]


def next_run(past: list[PastRun], **values: object) -> PastRun:
    return run(999, past[-1].started_at + timedelta(hours=1), **values)  # type: ignore[arg-type]


def test_a_usual_run_stays_as_it_is() -> None:
    past = weeks(5, [5] * 7)
    assert judged(past, next_run(past), asked()) == QUIET


def test_silence_needs_a_person_unless_the_run_was_cut_short() -> None:
    past = [*weeks(5, [9] * 7), *days([0, 0], start=MONDAY + timedelta(weeks=5))]
    verdict = judged(past, next_run(past), asked())
    assert (verdict.state, verdict.exit_code) == ("dead", 6)
    assert "nothing new since" in verdict.message
    assert judged(past, next_run(past), asked(), whole=False) == QUIET


def test_drift_needs_a_person_even_where_the_run_was_cut_short() -> None:
    good, bad = pages(3, title__h1=3, published__line=3), pages(3, title__h1=3)
    runs = reading_runs([good] * 40 + [bad] * 2)
    verdict = judged(runs[:-1], runs[-1], asked(), whole=False)
    assert (verdict.state, verdict.exit_code) == ("drifted", 6)


@pytest.mark.parametrize("state", ["partial", "blocked", "fault"])
def test_a_verdict_that_needs_attention_stays(state: str) -> None:
    past = [*weeks(5, [9] * 7), *days([0, 0], start=MONDAY + timedelta(weeks=5))]
    verdict = Verdict(state, 5, "x")  # type: ignore[arg-type]
    assert judged(past, next_run(past), asked(), verdict) == verdict


def test_a_site_away_for_two_days_needs_a_person() -> None:
    away = Verdict("dead", 5, "no answer from the site (timeout); the next run tries again")
    past = days([5, 5, None, None])
    early = judged(past[:3], next_run(past[:3]), Tally(), away)
    assert early == away
    late = judged(past, run(9, MONDAY + timedelta(days=3, hours=2)), Tally(), away)
    assert (late.state, late.exit_code) == ("dead", 6)
    assert late.message.startswith("no answer from the site (timeout); it answered last on 2025-01-07")
    assert judged([], run(1, MONDAY), Tally(), away) == away


@pytest.mark.parametrize(("state", "code"), [("dead", 5), ("blocked", 6), ("drifted", 6)])
def test_a_run_that_asked_nothing_does_not_end_a_trouble(state: str, code: int) -> None:
    past = [run(1, MONDAY, state=state, code=code, message="why")]
    stands = judged(past, next_run(past), Tally())
    assert stands == Verdict(state, code, "why")  # type: ignore[arg-type]
    assert judged(past, next_run(past), asked()) == QUIET
    assert judged(past, next_run(past, reader="mended"), Tally()) == QUIET


def test_links_stay_lost_until_the_channel_has_some_again() -> None:
    lost = lost_links(asked(200, 0, 30), ())
    assert lost == (URL,)
    assert lost_links(Tally(), lost) == lost
    assert lost_links(asked(304), lost) == ()
    assert lost_links(asked(200, 12, 30), lost) == ()
    assert lost_links(asked(200, 0, 2), ()) == ()
    past = [run(1, MONDAY, state="drifted", code=6, lost=lost, message="no article link")]
    other = Tally(fetched=3)
    assert judged(past, next_run(past, lost=lost), other).state == "drifted"
    assert judged(past, next_run(past, lost=()), other) == QUIET


def test_articles_a_week() -> None:
    expect = Expect(articles_per_week=30)
    past = weeks(2, [5, 5, 5, 5, 5, 0, 0])
    said = unmet(expect, past, past[-1].started_at)
    assert said == "25 new articles in seven days, where the declaration expects 30"
    assert unmet(Expect(articles_per_week=25), past, past[-1].started_at) is None
    assert unmet(expect, past[:5], past[4].started_at) is None  # not watched for a week yet
    verdict = judged(past[:-1], past[-1], asked(), site=Site("FR", "Europe/Paris", expect))
    assert (verdict.state, verdict.exit_code, verdict.message) == ("drifted", 6, said)


@pytest.mark.parametrize(
    ("filled", "number", "alarms"),
    [(20, 20, False), (18, 20, False), (14, 20, True), (10, 19, False), (0, 40, True)],
)
def test_fill_rates_within_what_chance_explains(filled: int, number: int, alarms: bool) -> None:
    expect = Expect(fill={"published": 0.95})
    said = unmet(expect, reading_runs([pages(number, published=filled)]), MONDAY)
    assert (said is not None) == alarms
    if said:
        assert f"published is on {filled} of the last {number} pages" in said


def test_a_field_that_need_not_be_there() -> None:
    expect = Expect(fill={"published": 0})
    good, bad = pages(3, title__h1=3, published__line=3), pages(3, title__h1=3)
    runs = reading_runs([good] * 40 + [bad] * 20)
    assert judged(runs[:-1], runs[-1], asked(), site=Site("FR", "Europe/Paris", expect)) == QUIET
