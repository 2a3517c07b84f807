"""What a run's counts mean."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.tally import ChannelNote, Tally
from crawler.verdict import Verdict, judge, worst

HOME = "https://presse.example/"
FEED = "https://presse.example/rss.xml"


def note(kind: str = "listing", **values: Any) -> ChannelNote:
    return ChannelNote(kind, **values)


def tally(home: ChannelNote | None = None, feed: ChannelNote | None = None, **counts: Any) -> Tally:
    channels = {url: said for url, said in ((HOME, home), (FEED, feed)) if said is not None}
    counters = {key: Counter(value) for key, value in counts.items() if isinstance(value, dict)}
    return Tally(channels=channels, **{**counts, **counters})


GOOD = note(status=200, links=20, usual_links=20)
SAME = note("feed", status=304, usual_links=20)
EMPTY = note(status=200, links=0, usual_links=20)
ROBOTS = {"https://presse.example/robots.txt": note("robots", status=200)}

# by state and exit code, for a site whose articles the archive knows
RUNS: dict[str, dict[str, Tally]] = {
    "ok 0": {
        "new articles": tally(GOOD, SAME, new=5, fetched=5),
        "an edit": tally(GOOD, SAME, changed=1, fetched=1),
        "a deletion": tally(GOOD, SAME, gone=1),
        "one page waits for its retry": tally(GOOD, new=2, fetched=2, failed={"timeout": 1}),
        "few pages wait": tally(GOOD, new=95, fetched=95, failed={"http_500": 5}),
        "exactly a tenth failed": tally(GOOD, new=90, fetched=90, failed={"http_500": 10}),
        "some pages are for subscribers": tally(GOOD, new=20, fetched=20, refused={"http_403": 5}),
        "one channel of two fails": tally(GOOD, note("feed", status=500), new=1, fetched=1),
        "some pages hold no article": tally(GOOD, not_article=5, new=30, fetched=35),
    },
    "quiet 0": {
        "all 304": tally(note(status=304), SAME),
        "read again": tally(GOOD, SAME),
        "nothing due at all": tally(),
        "a revisit without a change": tally(GOOD, SAME, unchanged=3, fetched=3),
        "one channel of two is refused": tally(GOOD, note("feed", status=403)),
        "a small section is empty": tally(GOOD, note(status=200, links=0, usual_links=1)),
        "a news sitemap is empty at night": tally(GOOD, note("sitemap", status=200, links=0, usual_links=9)),
    },
    "partial 5": {
        "more than a tenth failed": tally(GOOD, new=89, fetched=89, failed={"http_500": 11}),
        "its host put it off": tally(GOOD, new=9, fetched=9, deferred={"unreachable": 4}),
        "429 put it off": tally(GOOD, new=9, fetched=9, deferred={"too_many_requests": 4}),
    },
    "dead 5": {
        "no answer": tally(note(error="timeout"), note("feed", error="timeout")),
        "no such host": tally(note(error="dns")),
        "server errors": tally(note(status=503), note("feed", status=500)),
        "429 everywhere": tally(note(status=429), note("feed", error="too_many_requests")),
        "robots.txt unreachable": tally(note(error="robots_unreachable")),
    },
    "dead 6": {"all channels are gone": tally(note(status=404), note("feed", status=410))},
    "blocked 6": {
        "refused everywhere": tally(note(status=403), note("feed", status=403)),
        "refused, then put off": tally(note(status=403), note("feed", error="unreachable")),
        "robots.txt forbids all": tally(note(error="robots"), note("feed", error="robots")),
        "pages refused": tally(GOOD, refused={"http_403": 5}),
        "pages lead elsewhere": tally(GOOD, refused={"offsite": 7}),
        "a ban on the way": tally(
            GOOD, new=40, fetched=40, refused={"http_403": 10}, deferred={"refused": 200}
        ),
        "a ban during discovery": tally(GOOD, note("feed", error="refused")),
        "a private address": tally(note(error="forbidden_address"), note("feed", error="port")),
        "Crawl-delay of a day": tally(note(error="crawl_delay")),
    },
    "drifted 6": {
        "a listing lost its links": tally(EMPTY, SAME),
        "a feed lost its links": tally(GOOD, note("feed", status=200, links=0, usual_links=9)),
        "drift beside news": tally(EMPTY, SAME, new=2, fetched=2),
        "the only channel lost its two links": tally(note(status=200, links=0, usual_links=2)),
        "pages hold no article": tally(GOOD, not_article=8, new=1, fetched=9),
    },
    "fault 1": {
        "a fault of ours": tally(GOOD, new=300, fetched=300, faults=["KeyError: x"]),
        "a fault goes before a refusal": tally(note(status=403), faults=["KeyError: x"]),
    },
}


@pytest.mark.parametrize(
    ("expected", "name"), [(expected, name) for expected, runs in RUNS.items() for name in runs]
)
def test_verdicts(expected: str, name: str) -> None:
    counts = RUNS[expected][name]
    counts.channels = {**ROBOTS, **counts.channels}
    verdict = judge(counts, had_articles=True)
    assert f"{verdict.state} {verdict.exit_code}" == expected, verdict


@pytest.mark.parametrize(
    ("expected", "counts"),
    [
        ("drifted 6", tally(note(status=200, links=0))),  # a first run that finds nothing
        ("dead 5", tally(note(error="dns"))),
        ("partial 5", tally(failed={"timeout": 1})),  # the rest: one page that was asked for by name
        ("blocked 6", tally(refused={"http_403": 1})),
        ("blocked 6", tally(refused={"robots": 1})),
        ("ok 0", tally(gone=1)),
        ("ok 0", tally(new=1, fetched=1)),
    ],
)
def test_verdicts_on_an_unknown_site(expected: str, counts: Tally) -> None:
    verdict = judge(counts, had_articles=False)
    assert f"{verdict.state} {verdict.exit_code}" == expected, verdict


@pytest.mark.parametrize(
    ("expected", "stopped", "counts"),
    [
        ("ok 0", "limit", tally(GOOD, new=3, fetched=3, deferred={"limit": 90})),
        ("quiet 0", "max_minutes", tally(GOOD, deferred={"max_minutes": 9})),
        (
            "quiet 0",
            "max_minutes",
            tally(note(), deferred={"max_minutes": 9}),
        ),  # time was up before an answer
        ("stopped 0", "signal", tally(GOOD, new=1, fetched=1, deferred={"signal": 9})),
        ("stopped 0", "signal", tally(note(error="stopping"), note("feed"))),
        ("blocked 6", "limit", tally(note(status=403))),
    ],
)
def test_verdicts_on_a_run_that_was_ended(expected: str, stopped: str, counts: Tally) -> None:
    verdict = judge(counts, had_articles=True, stopped=stopped)
    assert f"{verdict.state} {verdict.exit_code}" == expected, verdict


def test_the_sentence_names_what_to_look_at() -> None:
    drifted = judge(tally(note(status=200, links=0, usual_links=20)), had_articles=True)
    assert HOME in drifted.message
    assert "20" in drifted.message
    blocked = judge(tally(note(status=403)), had_articles=True)
    assert "403" in blocked.message
    assert HOME in blocked.message
    partial = judge(tally(GOOD, new=5, fetched=5, failed={"timeout": 5}), had_articles=True)
    assert "5 timeout" in partial.message


@pytest.mark.parametrize(
    ("codes", "code"),
    [([], 0), ([0, 0], 0), ([0, 75], 0), ([75, 75], 75), ([5, 75], 5), ([5, 6], 6), ([6, 3], 3), ([3, 4], 4),
     ([4, 1], 1), ([5, 0], 5), ([75], 75)],
)  # fmt: skip
def test_several_sites(codes: list[int], code: int) -> None:
    for order in itertools.permutations(codes):
        assert worst(list(order)) == code


NUMBERS = st.integers(0, 40)
CAUSES = st.dictionaries(st.sampled_from(["timeout", "http_500", "refused", "unreachable", "limit"]), NUMBERS)
NOTES = st.builds(
    ChannelNote,
    kind=st.sampled_from(["listing", "feed", "sitemap", "api"]),
    status=st.none() | st.sampled_from([200, 304, 403, 404, 429, 500]),
    links=st.none() | NUMBERS,
    usual_links=st.none() | NUMBERS,
    error=st.none() | st.sampled_from(["timeout", "robots", "refused", "stopping", "unreachable"]),
)


def check(verdict: Verdict) -> None:
    assert verdict.exit_code in (0, 1, 5, 6)
    assert verdict.message
    assert "\n" not in verdict.message
    assert (verdict.exit_code == 0) == (verdict.state in ("ok", "quiet", "stopped"))


@given(
    st.builds(
        Tally,
        new=NUMBERS,
        unchanged=NUMBERS,
        not_article=NUMBERS,
        fetched=NUMBERS,
        failed=st.builds(Counter, CAUSES),
        refused=st.builds(Counter, CAUSES),
        deferred=st.builds(Counter, CAUSES),
        channels=st.dictionaries(st.sampled_from([HOME, FEED]), NOTES),
    ),
    st.booleans(),
    st.sampled_from([None, "limit", "signal", "max_minutes"]),
)
def test_every_count_has_a_verdict(counts: Tally, had: bool, stopped: str | None) -> None:
    check(judge(counts, had_articles=had, stopped=stopped))
    as_dict = counts.as_dict()
    parts = ("new", "changed", "unchanged", "gone", "not_article", "failed", "refused", "deferred")
    assert as_dict["seen"] == sum(as_dict[part] for part in parts)
