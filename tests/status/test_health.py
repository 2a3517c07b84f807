"""What runs read is counted from the rows themselves, on both databases."""

from __future__ import annotations

from datetime import date, timedelta

from storage import Archive
from storage.figures import Figures, from_dict
from storage.health import Sample, Sign, first_bad, good_and_bad, last_good, last_reader, past_runs
from storage.records import RelatedLink, Tag
from storage.run_sums import run_figures
from tests.status.conftest import START, Crawls, reading

YEAR = timedelta(days=365)


def figures(crawls: Crawls, run: int) -> tuple[Figures, Figures]:
    with crawls.archive.read() as db:
        return run_figures(db, run, 0)


def test_fields_rules_and_lengths_of_a_run(crawls: Crawls) -> None:
    link = RelatedLink("Voisin", "https://vigie.example/article/9", None, False, False, 1, "end")
    run = crawls.run(
        START,
        [
            reading(1, START, tags=(Tag("port"),), related=(link,), section="Maroc"),
            reading(2, START, rule="jsonld", authors=("Anne Roux",)),
            reading(3, START, rule=None, body="Long texte. "),
        ],
    )
    everything, recent = figures(crawls, run)
    assert everything == recent
    assert everything.pages == 3
    assert everything.filled == {
        "title": 3,
        "body": 3,
        "published": 2,
        "authors": 1,
        "attributions": 3,
        "tags": 1,
        "related": 1,
        "section": 1,
    }
    assert everything.rules == {"title": {"h1": 3}, "published": {"line:head": 1, "jsonld": 1}}
    assert everything.lengths == {9: 2, 10: 1}
    assert everything.median == 500
    assert everything.extractor == "1"
    assert from_dict(everything.as_dict()) == everything


def test_old_texts_count_for_the_run_and_not_for_its_comparison(crawls: Crawls) -> None:
    run = crawls.run(
        START,
        [
            reading(1, START),
            reading(2, START, day=date(2019, 5, 1)),
            reading(3, START, day=(START - timedelta(days=20)).date()),
        ],
    )
    everything, recent = figures(crawls, run)
    assert (everything.pages, recent.pages) == (3, 2)
    assert (everything.fresh, recent.fresh) == (1, 1)


def test_what_was_changed_later_belongs_to_the_later_run(crawls: Crawls) -> None:
    first = crawls.run(START, [reading(1, START), reading(2, START)])
    later = START + timedelta(hours=1)
    second = crawls.run(later, [reading(1, later, rule=None)])
    assert figures(crawls, first)[0].pages == 1
    assert figures(crawls, second)[0].filled.get("published") is None


def test_past_runs(crawls: Crawls) -> None:
    crawls.run(START - timedelta(days=500), [reading(1, START)])
    crawls.run(START, [reading(2, START), reading(3, START, day=date(2019, 1, 1))])
    crawls.run(START + timedelta(days=1), [], state="dead", code=5, message="no answer")
    crawls.run(START + timedelta(days=2), [])
    now = START + timedelta(days=3)
    with crawls.archive.read() as db:
        past = past_runs(db, crawls.site, now - YEAR, figures_since=now - timedelta(days=2))
        known = past_runs(db, crawls.site, now - YEAR, figures_since=START, before=crawls.runs[-1])
        early = past_runs(db, crawls.site, now - YEAR, figures_since=now, until=START + timedelta(hours=1))
    assert [(run.state, run.exit_code, run.fresh, run.new) for run in past] == [
        ("ok", 0, 1, 2),
        ("dead", 5, 0, 0),
        ("quiet", 0, 0, 0),
    ]
    assert [run.figures is not None for run in past] == [False, False, False]
    assert past[-1].reader == "r1"
    assert len(known) == 2
    assert [run.new for run in early] == [2]
    assert known[0].figures is not None
    assert known[0].figures.pages == 1


def test_the_rules_of_the_last_crawl(crawls: Crawls) -> None:
    """Not those of a run whose clock was ahead, and runs for single pages say nothing."""
    with crawls.archive.read() as db:
        assert last_reader(db, crawls.site, START) is None
    crawls.run(START, [], reader="old")
    crawls.run(START + timedelta(days=365), [], reader="ahead")
    crawls.run(START + timedelta(hours=1), [], reader="new")
    crawls.run(START + timedelta(hours=2), [], reader=None)
    with crawls.archive.read() as db:
        assert last_reader(db, crawls.site, START + timedelta(hours=3)) == "new"


def test_runs_that_never_ended_are_no_past(crawls: Crawls) -> None:
    from storage import repository

    with crawls.archive.write() as db:
        repository.start_run(db, crawls.site, "crawl", START)
    with crawls.archive.read() as db:
        assert past_runs(db, crawls.site, START - YEAR, figures_since=START) == []


def test_last_good_and_first_bad(crawls: Crawls, archive: Archive) -> None:
    crawls.run(START, [reading(n, START) for n in range(1, 6)])
    later = START + timedelta(hours=1)
    bad = crawls.run(later, [reading(1, later, rule=None), reading(6, later, rule=None)])
    with archive.read() as db:
        sign = Sign("published")
        found = first_bad(db, crawls.site, sign, [bad])
        assert found == Sample(None, "https://vigie.example/article/1", later)
        good = last_good(db, crawls.site, sign, found)
        assert good == Sample(None, "https://vigie.example/article/5", START)
        assert good_and_bad(db, crawls.site, sign, [bad]) == (good, found)
    # Weeks later the drift is seen in other runs; it began where it began.
    much_later = START + timedelta(days=20)
    newest = crawls.run(much_later, [reading(7, much_later, rule=None)])
    with archive.read() as db:
        assert good_and_bad(db, crawls.site, sign, [newest]) == (good, found)


def test_a_rule_that_gave_way_to_another_and_a_shorter_body(crawls: Crawls, archive: Archive) -> None:
    crawls.run(START, [reading(n, START) for n in range(1, 4)])
    later = START + timedelta(hours=1)
    run = crawls.run(later, [reading(4, later, rule="jsonld", body="x")])
    with archive.read() as db:
        for sign in (Sign("published", "line:head"), Sign("body", characters=128)):
            found = first_bad(db, crawls.site, sign, [run])
            assert found is not None
            assert found.url.endswith("/4")
            good = last_good(db, crawls.site, sign, found)
            assert good is not None
            assert good.url.endswith("/3")


def test_nothing_bad(crawls: Crawls, archive: Archive) -> None:
    run = crawls.run(START, [reading(1, START)])
    with archive.read() as db:
        assert first_bad(db, crawls.site, Sign("published"), [run]) is None
        assert first_bad(db, crawls.site, Sign("published"), []) is None
