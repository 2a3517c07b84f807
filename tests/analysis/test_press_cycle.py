"""The press cycle: every relation of the demo's tables is found, none is invented, on both databases."""

from __future__ import annotations

from sqlalchemy import select, text

from demo import press_cycle as truth
from storage import copies_queries, graph
from storage.changes import absences, changes, history
from storage.models import Copy, StoryArticle
from storage.sources_assign import unresolved
from storage.sources_chain import chain
from tests.analysis.conftest import Cycle


def test_every_article_is_stored_once(cycle: Cycle) -> None:
    names = {visit.article for visit in truth.VISITS if visit.body is not None}
    assert set(cycle.ids) == names
    assert len(set(cycle.ids.values())) == len(names)


def test_copies_with_kind_and_who_was_first(cycle: Cycle) -> None:
    found = {}
    with cycle.archive.read() as session:
        for pair in session.scalars(select(Copy)):
            one, other = sorted((cycle.names[pair.article_id], cycle.names[pair.other_id]))
            found[one, other] = (pair.kind, cycle.names[pair.first_published_id or 0])
    assert found == truth.COPIES


def test_the_story_and_no_other(cycle: Cycle) -> None:
    with cycle.archive.read() as session:
        rows = session.scalars(select(StoryArticle)).all()
        assert {cycle.names[row.article_id] for row in rows} == set(truth.STORY)
        assert len({row.story_id for row in rows}) == 1
        members = session.execute(copies_queries.story_members(rows[0].story_id)).all()
    first = min(truth.ORDER, key=truth.ORDER.__getitem__)
    assert cycle.names[members[0].id] == first


def test_shares_and_sentences(cycle: Cycle) -> None:
    cut, whole = cycle.ids["cut"], cycle.ids["dispatch"]
    with cycle.archive.read() as session:
        pair = next(p for p in copies_queries.pairs_of(session, cut) if p.other_id == whole)
        mine, theirs = copies_queries.added_sentences(session, cut, whole)
    assert pair.share == 1.0
    assert 0.6 < pair.other_share < 0.8
    assert mine == []
    assert " ".join(theirs).startswith(truth.SENTENCE_CUT[:80])


def test_changes_of_every_article(cycle: Cycle) -> None:
    with cycle.archive.read() as session:
        for name, number in cycle.ids.items():
            found = [
                (change.kind, change.fields, change.title_before)
                for change in reversed(changes(session, article_id=number))
            ]
            assert found == list(truth.CHANGES.get(name, ())), name


def test_the_stealth_edit_word_by_word(cycle: Cycle) -> None:
    with cycle.archive.read() as session:
        states = history(session, cycle.ids["corrected"])
    assert [state.number for state in states] == [1, 2]
    assert states[1].stealth
    pieces = {change.field: change.pieces for change in states[1].changes}
    assert [(piece.op, piece.text) for piece in pieces["title"] if piece.op != "same"] == [
        ("gone", "huit"),
        ("new", "neuf"),
    ]
    edited = "".join(piece.text for piece in pieces["body"] if piece.op == "new")
    assert edited == "neuf" + "-sept"  # quarante et un, quarante-sept


def test_gone_and_come_back(cycle: Cycle) -> None:
    visits = [visit for visit in truth.VISITS if visit.article == "deleted"]
    with cycle.archive.read() as session:
        assert absences(session, cycle.ids["deleted"]) == [(visits[1].at, visits[2].at)]
        assert absences(session, cycle.ids["copy"]) == []


def test_the_way_of_every_article(cycle: Cycle) -> None:
    with cycle.archive.read() as session:
        for name, number in cycle.ids.items():
            steps = chain(session, number)
            assert steps[0].name == truth.SITES[_site(name)].title
            found = [(step.role, step.name, cycle.names.get(step.article_id or 0)) for step in steps[1:]]
            assert found == list(truth.CHAINS.get(name, ())), name


def _site(article: str) -> str:
    return next(visit.site for visit in truth.VISITS if visit.article == article)


def test_the_view_of_chains_has_the_same_rows(cycle: Cycle) -> None:
    with cycle.archive.read() as session:
        rows = session.execute(
            text("SELECT article_id, role, name FROM v_chain ORDER BY article_id, step")
        ).all()
        for name, number in cycle.ids.items():
            steps = [(step.role, step.name) for step in chain(session, number)]
            assert [(row.role, row.name) for row in rows if row.article_id == number] == steps, name


def test_names_nobody_knows(cycle: Cycle) -> None:
    with cycle.archive.read() as session:
        found = {row.name: row.articles for row in session.execute(unresolved())}
    assert found == truth.UNRESOLVED


def test_what_is_own_and_what_is_not(cycle: Cycle) -> None:
    expected: dict[tuple[str, str], int] = {}
    for name, kind in truth.SHARES.items():
        key = (_site(name), kind)
        expected[key] = expected.get(key, 0) + 1
    with cycle.archive.read() as session:
        rows = session.execute(text("SELECT site, kind, articles, share FROM v_source_share")).all()
    found: dict[tuple[str, str], int] = {}
    for row in rows:
        found[row.site, row.kind] = found.get((row.site, row.kind), 0) + row.articles
    assert found == expected
    assert all(0 < row.share <= 1 for row in rows)


def test_related_entries_and_their_methods(cycle: Cycle) -> None:
    found = {}
    full = {}
    with cycle.archive.read() as session:
        for name, number in cycle.ids.items():
            for link in graph.links(session, number):
                target = cycle.names.get(link.target_id or 0)
                found[name, link.title] = (link.state, target, link.method)
                if link.full_teaser:
                    full[name, target] = link.full_teaser
                    assert (link.teaser or "").endswith("...")
    assert found == truth.RELATED
    assert full == truth.FULL_TEASER


def test_views_of_copies_and_stories_agree(cycle: Cycle) -> None:
    with cycle.archive.read() as session:
        rows = session.execute(text("SELECT article_id, other_id, kind, published FROM v_copies")).all()
        story = session.scalars(text("SELECT article_id FROM v_stories")).all()
    assert len(rows) == 2 * len(truth.COPIES)
    for row in rows:
        one, other = cycle.names[row.article_id], cycle.names[row.other_id]
        kind, first = truth.COPIES[min(one, other), max(one, other)]
        assert (row.kind, row.published) == (kind, "first" if first == one else "later")
    assert {cycle.names[number] for number in story} == set(truth.STORY)
