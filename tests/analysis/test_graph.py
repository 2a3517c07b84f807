"""Related links: entries without address find their article, or nothing; graphs are written and read back."""

from __future__ import annotations

import io
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import select

from storage import Archive, graph, graph_loose
from storage.graph_export import write_graph
from storage.graph_loose import match_entry
from storage.models import LooseLink, RelatedLink
from storage.records import RelatedLink as Entry
from tests.analysis.build import HOUR, NOW, Press, prose, reading, url

TITLE = "Le port de Tamri rouvre ses quais après huit mois de travaux sur la grande jetée du nord de la baie"
BODY = (
    "Les quais ont rouvert mardi matin aux barques de la flottille, huit mois après le début du chantier que"
    " la coopérative réclamait.\nLa jetée a été rehaussée et la halle a reçu un toit neuf avant l'hiver."
)


def entry(title: str | None, teaser: str | None, position: int = 1, address: str | None = None) -> Entry:
    cut_title = title is not None and title.endswith("…")
    cut = teaser is not None and teaser.endswith("...")
    return Entry(title, address, teaser, cut_title, cut, position, "end")


@pytest.mark.parametrize(
    ("title", "teaser", "method"),
    [
        (TITLE, BODY[:60] + "...", "prefix"),
        (TITLE[:93], BODY[:60] + "...", "prefix"),  # cut at bytes, in the middle of a word, without a mark
        (TITLE.upper(), None, "title"),
        (None, BODY[:60] + "...", "prefix"),
        (TITLE, "Les quais ont rouvert mercredi matin aux barques de la grande flottille", "similar"),
        ("Le port de Tamri rouvre ses quais neufs après huit mois de travaux", BODY[:60] + "...", "similar"),
        (TITLE, "Une tout autre histoire que personne ne connaît encore dans la région", None),
        ("Le port de Tamri", None, None),  # not the whole title, and nothing beside it
        ("Les mines recrutent cette année encore", BODY[:60] + "...", None),
        (None, BODY[:20], None),
        (None, None, None),
    ],
)
def test_an_entry_is_verified_on_title_and_text(
    title: str | None, teaser: str | None, method: str | None
) -> None:
    cut = teaser is not None and teaser.endswith("...")
    assert match_entry((title, False, teaser, cut), TITLE, None, BODY) == method


def test_short_titles_prove_nothing() -> None:
    assert match_entry(("Météo", False, None, False), "Météo", None, BODY) is None


def links(archive: Archive) -> list[tuple[int, str | None, int | None, str | None]]:
    with archive.read() as session:
        rows = session.scalars(select(RelatedLink).order_by(RelatedLink.id))
        return [(row.article_id, row.title, row.target_id, row.method) for row in rows]


def test_the_target_may_come_before_or_after(archive: Archive) -> None:
    press = Press(archive, "a", "b")
    (before,) = press.store(reading("a", 1, BODY, title=TITLE))
    coming = "Un titre à venir bientôt"
    entries = (entry(TITLE[:93], BODY[:70] + "..."), entry(coming, None, 2), entry("Rien", None, 3))
    press.store(reading("a", 2, prose(2, 60), related=entries))
    assert [link[2:] for link in links(archive)] == [(before, "prefix"), (None, None), (None, None)]
    press.store(reading("b", 1, prose(3, 60), title=coming))  # of another site
    (after,) = press.store(reading("a", 3, prose(4, 60), title=coming))
    assert [link[2:] for link in links(archive)] == [(before, "prefix"), (after, "title"), (None, None)]
    with archive.read() as session:
        assert len(session.scalars(select(LooseLink)).all()) == 1


def test_two_that_fit_leave_the_entry_open(archive: Archive) -> None:
    press = Press(archive, "a")
    press.store(*(reading("a", n, prose(n, 60), title="La météo de demain matin") for n in (1, 2)))
    press.store(reading("a", 3, prose(3, 60), related=(entry("La météo de demain matin", None),)))
    assert links(archive)[0][2] is None
    with archive.write() as session:
        assert graph_loose.resolve_all(session.connection()) == 0


def test_states_of_entries(archive: Archive) -> None:
    press = Press(archive, "a", "b")
    known = entry("Connu", "Les quais ont rouvert mardi...", 1, url("a", 1))
    entries = (
        known,
        entry("À lire", None, 2, url("a", 99)),
        entry("Ailleurs", None, 3, "https://x.example/1"),
        entry("Nulle part du tout", None, 4),
    )
    (target,) = press.store(reading("a", 1, BODY, title=TITLE))
    (shower,) = press.store(reading("a", 2, prose(2, 60), related=entries))
    with archive.read() as session:
        found = graph.links(session, shower)
        state = graph.graph_state(session)
    assert [link.state for link in found] == ["resolved", "pending", "external", "open"]
    assert (found[0].target_id, found[0].full_teaser) == (target, BODY.split("\n")[0])
    assert (state.entries, state.resolved, state.without_target, state.open) == (4, {"identity": 1}, 2, 1)


def test_a_teaser_that_no_longer_fits_is_not_completed() -> None:
    assert graph.completed("Les quais ont rouvert hier...", None, BODY) is None
    assert graph.completed("Les quais ont rouv...", "Chapeau.", BODY) == BODY.split("\n")[0]
    assert (
        graph.completed("Chapeau. Les quais ont...", "Chapeau.", BODY)
        == f"Chapeau.\n{BODY.split(chr(10))[0]}"
    )
    assert graph.completed("...", None, BODY) is None


def chain_of(archive: Archive) -> list[int]:
    """1 -> 2 -> 3, and 4 -> 5 on their own; 6 alone."""
    press = Press(archive, "a")
    target = {1: 2, 2: 3, 4: 5}
    return press.store(
        *(
            reading(
                "a",
                n,
                prose(n, 60),
                title=f"Titre & <{n}> \u0001",
                related=(entry(f"Vers {target[n]}", None, 1, url("a", target[n])),) if n in target else (),
            )
            for n in range(1, 7)
        )
    )


def test_neighbours_components_degrees(archive: Archive) -> None:
    one, two, three, four, five, six = chain_of(archive)
    with archive.read() as session:
        assert graph.neighbours(session, one) == {two: 1}
        assert graph.neighbours(session, two) == {one: 1, three: 1}
        assert graph.neighbours(session, one, 3) == {two: 1, three: 2}
        assert graph.neighbours(session, six) == {}
        assert graph.components(session) == [[one, two, three], [four, five]]
        rows = session.execute(graph.in_degree()).all()
    assert sorted((row.id, row.shown_by) for row in rows) == [(two, 1), (three, 1), (five, 1)]


def written(archive: Archive, kind: Any, **options: Any) -> tuple[bytes, tuple[int, int]]:
    output = io.BytesIO()
    with archive.read() as session:
        counts = write_graph(session, output, kind, **options)
    return output.getvalue(), counts


def test_graphml_is_what_the_database_says(archive: Archive) -> None:
    ids = chain_of(archive)
    data, counts = written(archive, "graphml")
    assert counts == (5, 3)
    tree = etree.fromstring(data)
    space = {"g": "http://graphml.graphdrawing.org/xmlns"}
    edges = [(int(e.get("source")), int(e.get("target"))) for e in tree.iterfind(".//g:edge", space)]
    assert edges == [(ids[0], ids[1]), (ids[1], ids[2]), (ids[3], ids[4])]
    first = tree.find(".//g:node", space)
    values = {d.get("key"): d.text for d in first}
    assert values["node_title"] == "Titre & <1> \ufffd"
    assert (values["node_url"], values["node_in_degree"]) == (url("a", 1), "0")


def test_gexf_is_what_the_database_says(archive: Archive) -> None:
    ids = chain_of(archive)
    data, counts = written(archive, "gexf", ids=ids[:3])
    assert counts == (3, 2)
    tree = etree.fromstring(data)
    space = {"g": "http://www.gexf.net/1.2draft"}
    assert [int(n.get("id")) for n in tree.iterfind(".//g:node", space)] == ids[:3]
    assert len(tree.findall(".//g:edge", space)) == 2


@pytest.mark.parametrize("kind", ["graphml", "gexf"])
@pytest.mark.parametrize("of", ["related", "copies"])
def test_networkx_reads_what_was_written(archive: Archive, kind: str, of: str) -> None:
    networkx = pytest.importorskip("networkx")
    press = Press(archive, "b", "c")
    ids = chain_of(archive)
    text = prose(50, 100)
    one, other = press.store(reading("b", 1, text), reading("c", 1, text, fetched=NOW + HOUR))
    data, _ = written(archive, kind, of=of)
    read = networkx.read_graphml if kind == "graphml" else networkx.read_gexf
    made = read(io.BytesIO(data))
    expected = {(ids[0], ids[1]), (ids[1], ids[2]), (ids[3], ids[4])} if of == "related" else {(one, other)}
    assert {(int(a), int(b)) for a, b, *_ in made.edges} == expected
    assert made.is_directed()
