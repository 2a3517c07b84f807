"""Copies: found across batches and processes, taken back when they were boilerplate or the text changed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

from storage import Archive, copies, copies_boilerplate, open_archive
from storage.copies_queries import newest_pairs, only_in, pairs_of
from storage.models import Copy, Fingerprint, StopShingle
from storage.shingle_rows import pack, shingle_state, unpack
from storage.writer import ArchiveWriter
from tests.analysis.build import (
    HOUR,
    NOW,
    Press,
    day,
    lines,
    minute,
    pairs,
    prose,
    reading,
    shingle_owners,
    story_sets,
)

TEXT = prose(1, 240)


def test_kinds_of_copies_in_any_order_and_batch(archive: Archive) -> None:
    press = Press(archive, "a", "b", "c")
    own = [prose(n, 200) for n in (2, 3, 4)]
    quote = "\n".join((lines(own[0], 0, 8), lines(TEXT, 4, 8), lines(own[0], 8, 16)))
    (cut,) = press.store(reading("a", 1, lines(TEXT, 0, 12)))
    (longer,) = press.store(reading("b", 1, f"{own[1]}\n{TEXT}"))
    whole, quoting, other = press.store(
        reading("c", 1, TEXT), reading("a", 2, quote), reading("b", 2, own[2])
    )
    teaser, same = press.store(reading("b", 3, lines(TEXT, 6, 10)), reading("a", 3, TEXT.upper()))
    found = pairs(archive)
    assert found[cut, whole] == "part"
    assert found[longer, whole] == "part"
    assert found[whole, quoting] == "passage"
    assert found[whole, same] == "exact"
    assert found[whole, teaser] == "part"
    assert not any(other in pair for pair in found)


def test_shares_and_direction(archive: Archive) -> None:
    press = Press(archive, "a", "b", "c")
    copied, origin = press.store(
        reading("a", 1, lines(TEXT, 0, 10), published=minute(12)),
        reading("b", 1, TEXT, published=minute(8), fetched=NOW + HOUR),
    )
    (dayless,) = press.store(reading("c", 1, TEXT, published=day(1), fetched=NOW + 2 * HOUR))
    with archive.read() as session:
        mine = {pair.other_id: pair for pair in pairs_of(session, copied)}
        theirs = {pair.other_id: pair for pair in pairs_of(session, origin)}
    assert (mine[origin].share, mine[origin].other_share) == (1.0, 0.5)
    assert (theirs[copied].share, theirs[copied].other_share) == (0.5, 1.0)
    assert mine[origin].first_published == origin
    assert mine[origin].first_seen == copied
    assert theirs[dayless].first_published is None  # the same day, without an hour
    assert theirs[dayless].first_seen == origin


def test_a_date_that_moves_turns_the_direction(archive: Archive) -> None:
    press = Press(archive, "a", "b")
    first = reading("a", 1, TEXT, published=minute(8))
    one, other = press.store(first, reading("b", 1, TEXT, published=minute(9)))
    press.store(press.edit(first, published=minute(10)))
    with archive.read() as session:
        assert pairs_of(session, one)[0].first_published == other


def test_a_changed_text_loses_its_pairs_and_its_story(archive: Archive) -> None:
    press = Press(archive, "a", "b", "c")
    middle = reading("b", 1, lines(TEXT, 0, 14))
    tail = lines(TEXT, 9, 20)
    one, bridge, three = press.store(reading("a", 1, lines(TEXT, 0, 11)), middle, reading("c", 1, tail))
    assert story_sets(archive) == [{one, bridge}]
    press.store(press.edit(middle, body=prose(9, 100)))
    assert pairs(archive) == {}
    assert story_sets(archive) == []
    assert three in shingle_owners(archive)


def test_comparing_twice_changes_nothing(archive: Archive) -> None:
    press = Press(archive, "a", "b", "c")
    press.store(*(reading(site, 1, TEXT) for site in "abc"))
    before = pairs(archive), story_sets(archive)
    with archive.write() as session:
        session.connection().execute(Fingerprint.__table__.update().values(compared=False))  # type: ignore[attr-defined]
    assert press.compare() == 3
    assert press.compare() == 0
    assert (pairs(archive), story_sets(archive)) == before


def test_an_unchanged_page_is_not_compared_again(archive: Archive) -> None:
    press = Press(archive, "a")
    first = reading("a", 1, TEXT, published=minute(8))
    press.store(first)
    press.store(press.edit(first), compare=False)
    press.store(press.edit(first, section="Mer"), compare=False)
    with archive.read() as session:
        assert shingle_state(session.connection()).waiting == 0
    press.store(press.edit(first, body=TEXT.replace("quai", "môle", 1)), compare=False)
    with archive.read() as session:
        assert shingle_state(session.connection()).waiting == 1


def test_short_texts_are_no_copies(archive: Archive) -> None:
    press = Press(archive, "a", "b")
    press.store(*(reading(site, 1, "Cet article est réservé à nos abonnés.") for site in "ab"))
    assert pairs(archive) == {}


def test_boilerplate_makes_no_passages(archive: Archive) -> None:
    press = Press(archive, "a", "b")
    closing = prose(77, 40)
    numbers = range(copies_boilerplate.FREQUENT + 4)
    texts = [f"{prose(100 + n, 150)}\n{closing}" for n in numbers]
    few = press.store(*(reading("ab"[n % 2], n, texts[n]) for n in numbers[:4]))
    assert set(pairs(archive).values()) == {"passage"}
    assert len(few) == 4
    for n in numbers[4:]:
        press.store(reading("ab"[n % 2], n, texts[n]))
    assert pairs(archive) == {}


def test_what_very_many_share_leaves_the_table(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """A placeholder instead of a text makes copies of its articles, until it is known for what it is."""
    monkeypatch.setattr(copies, "COMMON", 30)
    press = Press(archive, "a", "b")
    placeholder = prose(5, 30)
    for start in range(0, 36, 6):
        press.store(*(reading("ab"[n % 2], n, placeholder) for n in range(start, start + 6)))
        if start == 6:
            assert len(story_sets(archive)[0]) == 12
    assert pairs(archive) == {}
    assert story_sets(archive) == []
    with archive.read() as session:
        assert (session.scalar(select(func.count()).select_from(StopShingle)) or 0) > 0
        assert shingle_state(session.connection()).rows == 0


def test_a_story_of_many_keeps_few_pairs_of_each(archive: Archive) -> None:
    press = Press(archive, *(f"s{n}" for n in range(30)))
    press.store(*(reading(f"s{n}", 1, TEXT) for n in range(30)))
    assert [len(story) for story in story_sets(archive)] == [30]
    with archive.read() as session:
        number = session.scalar(select(func.count()).select_from(Copy)) or 0
    assert number < 30 * 29 / 2


def test_what_is_forgotten_leaves_no_trace(archive: Archive) -> None:
    press = Press(archive, "a", "b", "c")
    one, two, three = press.store(*(reading(site, 1, TEXT) for site in "abc"))
    with archive.write() as session:
        copies.forget(session.connection(), [one])
    assert story_sets(archive) == [{two, three}]
    assert shingle_owners(archive) == {two, three}
    with archive.write() as session:
        copies.forget(session.connection(), [two])
    assert story_sets(archive) == []
    assert pairs(archive) == {}


def test_the_writer_compares_while_it_waits_and_after_a_death(tmp_path: Path) -> None:
    """What a killed process stored and did not compare, the next writer takes up."""
    code = """
import os, signal, sys
from storage import open_archive
from tests.analysis.build import Press, prose, reading
with open_archive(sys.argv[1], create=True) as archive:
    Press(archive, "a", "b").store(*(reading(s, 1, prose(1, 240)) for s in "ab"), compare=False)
    os.kill(os.getpid(), signal.SIGKILL)
"""
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "x")], cwd=root, check=False)
    assert done.returncode == -9
    with open_archive(tmp_path / "x") as archive:
        assert pairs(archive) == {}
        ArchiveWriter(archive, None).close()
        assert list(pairs(archive).values()) == ["exact"]


def test_newest_pairs_are_filtered(archive: Archive) -> None:
    press = Press(archive, "a", "b", "c")
    press.store(reading("a", 1, TEXT), reading("a", 2, TEXT), reading("b", 1, TEXT, fetched=NOW + HOUR))
    with archive.read() as session:
        assert len(newest_pairs(session)) == 2
        assert len(newest_pairs(session, across=False)) == 3
        assert newest_pairs(session, site="c") == []
        assert newest_pairs(session, kinds=("part",)) == []
        assert {pair.other_site for pair in newest_pairs(session, site="b")} == {"a"}


def test_shingles_are_packed_as_they_were() -> None:
    numbers = [-(2**63), -1, 0, 5, 2**63 - 1]
    assert list(unpack(pack(reversed(numbers)))) == numbers


def test_only_new_sentences_are_added() -> None:
    before = "Le port a rouvert hier matin. La criée suivra bientôt."
    after = "Le port a rouvert hier matin, enfin. Le maire était absent. La criée suivra bientôt."
    assert only_in(after, before) == ["Le maire était absent."]
    assert only_in(before, after) == []
