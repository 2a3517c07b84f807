"""The frontier: what is known, what is due, and in which order."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from storage import Archive
from storage.models import Candidate, Channel, Run
from storage.readings import store_readings
from storage.repository import (
    candidate_for,
    channels,
    close_dead_runs,
    count_due,
    due_candidates,
    finish_run,
    has_candidates,
    mark_candidate,
    save_candidates,
    save_channel_state,
    save_site,
    schedule_revisit,
    site_id,
    start_run,
)
from tests.storage.build import HOUR, NOW, article, found, reading, url
from tests.storage.conftest import Frontier, make_site


def due(session: Session, site: int, hours: float = 0, limit: int = 100) -> list[str]:
    return [row.url for row in due_candidates(session, site, NOW + hours * HOUR, limit)]


def test_known_candidates_are_left_alone(archive: Archive, frontier: Frontier) -> None:
    with archive.write() as session:
        mark_candidate(session, frontier.ids[1], "refused", reason="robots", now=NOW)
        assert (
            save_candidates(session, frontier.site, [found(1, priority=9), found(11), found(11)], NOW + HOUR)
            == 1
        )
        assert session.get_one(Candidate, frontier.ids[1]).state == "refused"
        assert count_due(session, frontier.site, NOW + HOUR) == 10


def test_articles_and_their_addresses_are_known(archive: Archive, frontier: Frontier) -> None:
    with archive.write() as session:
        moved = reading(of=article(20), candidate_id=frontier.ids[3])
        store_readings(session, [(frontier.site, moved, None)], NOW)
        assert save_candidates(session, frontier.site, [found(20), found(3), found(21)], NOW) == 1


def test_ten_thousand_at_once(archive: Archive, site: int) -> None:
    pages = [found(number) for number in range(10_000)]
    with archive.write() as session:
        assert not has_candidates(session, site)
        assert save_candidates(session, site, pages, NOW) == 10_000
        assert save_candidates(session, site, pages, NOW) == 0
        assert has_candidates(session, site)


def test_priority_comes_first_then_the_newest(archive: Archive, site: int) -> None:
    pages = [
        found(1, priority=10, claimed_at=NOW),
        found(2, priority=100, claimed_at=NOW - 3 * HOUR),
        found(3, priority=100, claimed_at=NOW - HOUR),
        found(4, priority=100, claimed_at=NOW - 2 * HOUR),
    ]
    with archive.write() as session:
        save_candidates(session, site, pages, NOW)
        assert due(session, site) == [url(3), url(4), url(2), url(1)]
        assert due(session, site, limit=2) == [url(3), url(4)]


@pytest.mark.parametrize("state", ["captured", "done", "gone", "refused", "skipped"])
def test_what_is_settled_is_not_due(archive: Archive, frontier: Frontier, state: str) -> None:
    with archive.write() as session:
        mark_candidate(session, frontier.ids[1], state, now=NOW)  # type: ignore[arg-type]
        assert url(1) not in due(session, frontier.site, hours=9000)


def test_a_failure_waits_and_is_counted(archive: Archive, frontier: Frontier) -> None:
    with archive.write() as session:
        for tries in (1, 2):
            mark_candidate(session, frontier.ids[1], "failed", "http_503", 503, NOW + HOUR, now=NOW)
            assert session.get_one(Candidate, frontier.ids[1], populate_existing=True).tries == tries
        assert url(1) not in due(session, frontier.site)
        assert url(1) in due(session, frontier.site, hours=1)
        (row,) = [row for row in due_candidates(session, frontier.site, NOW + HOUR, 99) if row.url == url(1)]
        assert (row.tries, row.state) == (2, "failed")
        mark_candidate(session, frontier.ids[1], "failed", "http_410", now=NOW)
        assert url(1) not in due(session, frontier.site, hours=9000)


def test_a_revisit_is_due_when_its_time_comes(archive: Archive, frontier: Frontier) -> None:
    with archive.write() as session:
        store_readings(session, [(frontier.site, reading(1, candidate_id=frontier.ids[1]), None)], NOW)
        schedule_revisit(session, frontier.ids[1], NOW + 6 * HOUR)
        assert url(1) not in due(session, frontier.site, hours=5)
        assert url(1) in due(session, frontier.site, hours=6)


def test_a_page_asked_for_by_name_is_due_again(archive: Archive, frontier: Frontier) -> None:
    with archive.write() as session:
        mark_candidate(session, frontier.ids[1], "done", now=NOW)
        assert candidate_for(session, frontier.site, found(1), NOW + HOUR) == frontier.ids[1]
        assert url(1) in due(session, frontier.site, hours=1)
        assert candidate_for(session, frontier.site, found(99), NOW) not in frontier.ids.values()


def test_sites_keep_apart(archive: Archive, frontier: Frontier) -> None:
    with archive.write() as session:
        other = make_site(session, "autre")
        save_candidates(session, other, [found(50)], NOW)
        assert due(session, other) == [url(50)]
        assert url(50) not in due(session, frontier.site)


def test_a_site_is_brought_up_to_date(archive: Archive, site: int) -> None:
    with archive.write() as session:
        assert save_site(session, "vigie", "La Vigie du Sud", None, "MA", "fr", None) == site
        assert site_id(session, "vigie") == site
        assert site_id(session, "inconnu") is None


def test_a_channel_remembers_its_last_whole_answer(archive: Archive, site: int) -> None:
    address = "https://www.vigie.example/flux.xml"
    with archive.write() as session:
        save_channel_state(session, site, address, "feed", etag='"a"', digest="d1", links=12, now=NOW)
        save_channel_state(session, site, address, "feed", etag=None, digest="d1", status=304, now=NOW + HOUR)
    with archive.read() as session:
        (row,) = channels(session, site)
    assert (row.etag, row.links, row.status, row.failures) == ('"a"', 12, 304, 0)
    assert (row.last_fetched_at, row.last_changed_at) == (NOW + HOUR, NOW)


def test_failures_of_a_channel_are_counted_until_it_answers(archive: Archive, site: int) -> None:
    address = "https://www.vigie.example/plan.xml"
    with archive.write() as session:
        for expected in (1, 2):
            save_channel_state(session, site, address, "sitemap", failed=True, now=NOW)
            assert session.query(Channel).one().failures == expected
        save_channel_state(session, site, address, "sitemap", now=NOW)
        assert session.query(Channel).one().failures == 0
        with pytest.raises(TypeError):
            save_channel_state(session, site, address, "sitemap", digset="x", now=NOW)


def test_a_run_is_written_at_both_ends(archive: Archive, site: int) -> None:
    counts = {"seen": 5, "new": 2, "failed": {"timeout": 2, "http_500": 1}, "requests": 9}
    with archive.write() as session:
        number = start_run(session, site, "crawl", NOW)
        assert session.get_one(Run, number).state == "running"
        finish_run(session, number, counts, "ok", 0, "vigie: 2 new", NOW + HOUR)
    with archive.read() as session:
        run = session.get_one(Run, number)
    assert (run.seen, run.new, run.failed, run.gone) == (5, 2, 3, 0)
    assert run.counts == counts
    assert (run.finished_at - run.started_at, run.pid is not None) == (timedelta(hours=1), True)


def test_a_run_that_died_is_said_to_be_dead(archive: Archive, site: int) -> None:
    with archive.write() as session:
        number = start_run(session, site, "crawl", NOW)
        assert close_dead_runs(session, site, NOW + HOUR) == 1
        assert close_dead_runs(session, site, NOW + HOUR) == 0
        assert session.get_one(Run, number, populate_existing=True).state == "dead"
