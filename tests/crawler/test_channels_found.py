"""What a home page names, WordPress's REST posts, and walks by number."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery.auto import MAX_CHANNELS, discover_channels, guessed_channels
from crawler.discovery.ids import ForwardWalk, article_url, plan_walk
from crawler.discovery.wordpress import parse_posts, posts_url

HOME = "https://presse.example/"
POSTS = posts_url("https://presse.example/wp-json/")


# --- auto-discovery -------------------------------------------------------------------------------


def test_channels_that_a_page_names() -> None:
    page = (
        '<head><link rel="alternate" type="application/atom+xml; charset=utf-8" href="atom.xml">'
        '<link rel="alternate" type="text/html" hreflang="ar" href="/ar/">'
        '<link rel="alternate" type="application/json+oembed" href="/oembed?u=1">'
        '<link rel="alternate" type="application/rss+xml" href="https://ailleurs.example/rss">'
        '<link rel="sitemap" type="application/xml" href="/plan.xml">'
        '<link rel="https://api.w.org/" href="https://presse.example/wp-json/"></head>'
        '<a href="/spip.php?page=backend&amp;lang=fr">RSS</a><a href="/monde/feed/">Flux</a>'
        '<a href="/actualite/1/a/feed/">Commentaires</a>'
    )
    assert discover_channels(page.encode(), HOME) == (
        ("feed", "https://presse.example/atom.xml"),
        ("feed", "https://presse.example/spip.php?lang=fr&page=backend"),
        ("feed", "https://presse.example/monde/feed/"),
        ("api", POSTS),
        ("sitemap", "https://presse.example/plan.xml"),
    )


def test_the_number_of_channels_is_bounded() -> None:
    page = "".join(f'<a href="/rubrique{number}/feed/">x</a>' for number in range(1000))
    assert len(discover_channels(page.encode(), HOME)) == MAX_CHANNELS


def test_guesses_stand_on_the_site() -> None:
    guesses = guessed_channels("https://presse.example/monde/une?x=1")
    assert ("sitemap", "https://presse.example/sitemap.xml") in guesses
    assert all(url.startswith("https://presse.example/") for _, url in guesses)


@given(st.binary(max_size=300), st.sampled_from([HOME, "", "http://[::1"]))
def test_no_page_raises(body: bytes, url: str) -> None:
    discover_channels(body, url)


# --- WordPress ------------------------------------------------------------------------------------


def post(number: int) -> dict[str, object]:
    return {
        "link": f"https://presse.example/2026/03/{number}/",
        "date_gmt": "2026-03-01T10:00:00",
        "title": {"rendered": "L&rsquo;été &#8211; <em>Fès</em>"},
    }


def test_posts_with_times_and_titles() -> None:
    (link,) = parse_posts(json.dumps([post(1)]).encode(), POSTS).links
    assert link.url == "https://presse.example/2026/03/1/"
    assert link.title == "L’été – Fès"
    assert link.claimed_at == datetime(2026, 3, 1, 10, tzinfo=UTC)


def test_a_full_page_has_a_next_one_and_a_shorter_one_has_none() -> None:
    full = json.dumps([post(number) for number in range(100)]).encode()
    assert parse_posts(full, POSTS).next_page == posts_url("https://presse.example/wp-json/", page=2)
    assert parse_posts(json.dumps([post(1)]).encode(), POSTS).next_page is None
    ten = json.dumps([post(number) for number in range(10)]).encode()
    assert parse_posts(ten, "https://presse.example/wp-json/wp/v2/posts").next_page is not None


def test_the_root_without_pretty_addresses() -> None:
    url = posts_url("https://presse.example/index.php?rest_route=/", page=3)
    assert url.startswith("https://presse.example/index.php?")
    assert "rest_route=/wp/v2/posts" in url
    assert "page=3" in url


@pytest.mark.parametrize(
    ("body", "warning"),
    [
        (b"", "api_malformed"),
        (b"<html>", "api_malformed"),
        (b'{"code": "rest_no_route"}', "api_malformed"),
        (b"[" * 100_000, "api_malformed"),
        (b"[]", "api_without_posts"),
        (b'[1, null, {}, {"link": 7}, {"link": "javascript:alert(1)"}]', "api_without_posts"),
    ],
)
def test_what_is_no_list_of_posts_is_told(body: bytes, warning: str) -> None:
    found = parse_posts(body, POSTS)
    assert found.links == ()
    assert found.next_page is None
    assert warning in found.warnings


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["link", "title", "rendered", "date_gmt"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(JSON)
def test_no_json_raises(data: object) -> None:
    parse_posts(json.dumps(data).encode(), POSTS)


# --- numbers --------------------------------------------------------------------------------------


def test_a_walk_back_goes_newest_first_within_its_budget() -> None:
    plan = plan_walk({10, 8, 3}, budget=4)
    assert plan.ids == (9, 7, 6, 5)
    assert plan.missing == 7
    assert plan.seconds(5.0) == 35.0


def test_a_walk_back_goes_on_where_it_stopped() -> None:
    known = {10}
    tried: list[int] = []
    while (plan := plan_walk(known, budget=4)).ids:
        tried += plan.ids
        known |= set(plan.ids)
    assert tried == [9, 8, 7, 6, 5, 4, 3, 2, 1]
    assert plan.missing == 0


def test_a_walk_over_nothing_and_a_wrong_one() -> None:
    assert plan_walk(set()).ids == ()
    with pytest.raises(ValueError, match="numbers"):
        plan_walk({1}, budget=-1)
    with pytest.raises(ValueError, match="numbers"):
        plan_walk({1}, highest=10**15)


@given(st.sets(st.integers(0, 60)), st.integers(0, 20), st.integers(0, 30))
def test_a_plan_never_repeats_what_is_known(known: set[int], lowest: int, budget: int) -> None:
    plan = plan_walk(known, lowest=lowest, budget=budget)
    assert not known & set(plan.ids)
    assert len(plan.ids) == min(budget, plan.missing)
    assert list(plan.ids) == sorted(plan.ids, reverse=True)


def test_a_walk_forward_passes_over_holes_and_stops_after_enough_of_them() -> None:
    exists = {101, 103, 110}
    walk = ForwardWalk(100, patience=10)
    asked = []
    for number in walk:
        asked.append(number)
        if number in exists:
            walk.found(number)
    assert asked == list(range(101, 121))


def test_a_walk_forward_keeps_its_budget() -> None:
    walk = ForwardWalk(100, patience=50, budget=7)
    for number in walk:
        walk.found(number)
    assert list(walk) == []
    assert len(list(ForwardWalk(100, patience=50, budget=7))) == 7


def test_the_address_of_a_number() -> None:
    assert (
        article_url("https://presse.example/actualite/{0}", 6256) == "https://presse.example/actualite/6256"
    )
    with pytest.raises(ValueError, match="missing"):
        article_url("https://presse.example/actualite/", 1)
