"""What a walk through channels asks and notes, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from storage import Archive
from storage.candidates import BACKFILL, NEW, count_due, due_candidates, save_candidates
from storage.sites import channels, save_channel_state
from storage.visits import mark_candidate
from storage.walks import (
    NO_SUCH_NUMBER,
    add_channels,
    ask_numbers,
    count_known,
    due_again,
    left_to_walk,
    raise_candidates,
    site_urls,
)
from tests.storage.build import NOW, found

LATER = NOW + timedelta(hours=1)


def test_what_was_known_at_a_moment(archive: Archive, site: int) -> None:
    old, new = [found(1), found(2)], [found(3)]
    with archive.write() as session:
        save_candidates(session, site, old, NOW)
        save_candidates(session, site, new, LATER)
        everything = [*old, *new, found(4)]
        assert count_known(session, everything, NOW) == 2
        assert count_known(session, everything, LATER) == 3
        assert count_known(session, everything, None) == 3
        assert count_known(session, [], NOW) == 0


def test_backlog_becomes_new_when_a_channel_names_it(archive: Archive, site: int) -> None:
    with archive.write() as session:
        save_candidates(session, site, [replace(found(n), priority=BACKFILL) for n in (1, 2)], NOW)
        assert [count_due(session, site, NOW, group=group) for group in ("new", "backlog")] == [0, 2]
        assert raise_candidates(session, [replace(found(1), priority=NEW)], NOW) == 1
        assert raise_candidates(session, [replace(found(1), priority=BACKFILL)], NOW) == 0
        assert [count_due(session, site, NOW, group=group) for group in ("new", "backlog")] == [1, 1]


def test_a_page_gets_its_date_from_the_channel_that_names_it_later(archive: Archive, site: int) -> None:
    with archive.write() as session:
        link = replace(found(1), priority=BACKFILL, found_by="link", claimed_at=None)
        save_candidates(session, site, [link], NOW)
        since = NOW - timedelta(days=30)
        assert count_due(session, site, NOW, group="backlog", since=since) == 0  # may be of any age
        raise_candidates(session, [replace(link, found_by="sitemap", claimed_at=NOW)], NOW)
        assert count_due(session, site, NOW, group="backlog", since=since) == 1


def test_the_backlog_since_a_day(archive: Archive, site: int) -> None:
    claims = {1: NOW - timedelta(days=400), 2: NOW, 3: None}
    with archive.write() as session:
        candidates = [replace(found(n), priority=BACKFILL, claimed_at=day) for n, day in claims.items()]
        save_candidates(session, site, candidates, NOW)
        since = NOW - timedelta(days=30)
        rows = due_candidates(session, site, NOW, 10, group="backlog", since=since)
        assert {row.url for row in rows} == {found(2).url, found(3).url}
        assert left_to_walk(session, site, since).pages == 2
        assert left_to_walk(session, site, None).pages == 3


def test_a_number_that_did_not_exist_is_asked_again(archive: Archive, site: int) -> None:
    numbers = [replace(found(n), found_by="id", priority=NEW) for n in (1, 2)]
    with archive.write() as session:
        assert ask_numbers(session, site, numbers, NOW) == 2
        for row in due_candidates(session, site, NOW, 10):
            mark_candidate(session, row.id, "skipped", NO_SUCH_NUMBER, 404, now=NOW)
        assert count_due(session, site, LATER) == 0
        assert ask_numbers(session, site, numbers, LATER) == 2
        assert ask_numbers(session, site, numbers, LATER) == 0
        assert count_due(session, site, LATER, group="new") == 2
        assert set(site_urls(session, site)) == {number.url for number in numbers}


def test_channels_to_be_walked(archive: Archive, site: int) -> None:
    wanted = [("sitemap", f"https://presse.example/{n}.xml", 1) for n in range(3)]
    with archive.write() as session:
        assert add_channels(session, site, wanted) == 3
        assert add_channels(session, site, wanted) == 0
        save_channel_state(session, site, wanted[0][1], "sitemap", now=NOW, backfilled_at=NOW)
        url = "https://presse.example/"
        save_channel_state(session, site, url, "listing", now=NOW, backfill_page=f"{url}?page=2")
        left = left_to_walk(session, site, None)
        assert (left.sitemaps, left.listings, left.begun) == (2, 1, 1)
        assert {row.depth for row in channels(session, site) if row.kind == "sitemap"} == {1}


def test_what_a_wrong_clock_put_off_is_due_again(archive: Archive, site: int) -> None:
    with archive.write() as session:
        save_candidates(session, site, [found(1), found(2)], NOW)
        first, second = due_candidates(session, site, NOW, 10)
        far = NOW + timedelta(days=4000)
        mark_candidate(session, first.id, "failed", "timeout", next_try_at=far, now=NOW)
        mark_candidate(session, second.id, "failed", "timeout", next_try_at=LATER, now=NOW)
        assert due_again(session, site, NOW, NOW + timedelta(days=40)) == 1
        assert [row.id for row in due_candidates(session, site, NOW, 10)] == [first.id]


def test_what_was_found_by_a_clock_that_was_ahead_is_due(archive: Archive, site: int) -> None:
    """An hour is no time that a rule would not make; but nobody can have seen the page in an hour."""
    ahead = NOW + timedelta(hours=1)
    with archive.write() as session:
        save_candidates(session, site, [found(1), found(2), found(3)], ahead)
        first, second, third = due_candidates(session, site, ahead, 10)
        mark_candidate(session, second.id, "failed", "timeout", next_try_at=LATER, now=NOW)
        mark_candidate(session, third.id, "done", None, next_try_at=ahead + timedelta(hours=6), now=ahead)
        assert due_candidates(session, site, NOW, 10) == []
        assert due_again(session, site, NOW, NOW + timedelta(days=40)) == 1
        assert [row.id for row in due_candidates(session, site, NOW, 10)] == [first.id]
