"""Search: the same answers on both databases, whatever is typed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import Archive, index_postgres, named_queries, open_archive
from storage.filters import Filters, narrow
from storage.query_language import parse_query
from storage.readings import store_readings
from storage.records import Attribution, Date
from storage.records import Tag as PageTag
from storage.repository import load_sources
from storage.search import Found, matching_keys, search
from tests.postgres import Cluster
from tests.storage.build import NOW, article, link, reading, url
from tests.storage.conftest import make_site
from tests.storage.test_readings import ENTRIES

PAGES = {
    1: ("Réunion des ministres", "Le ministre de l'Intérieur a publié l'œuvre d'été à Paris.", 1),
    2: ("Le port rouvre", "Les porte-parole ont salué la nationalisation de l’Office des ports.", 2),
    3: ("Élections à Laâyoune", "Le scrutin. الحكومة المغربية تجتمع اليوم", 3),
    4: ("Grève à la S.N.C.F.", "Les cheminots et le ministère des Transports. Le port reste ouvert.", 4),
}


def fill(archive: Archive) -> None:
    with archive.write() as session:
        load_sources(session, ENTRIES)
        site, other = make_site(session), make_site(session, "autre")
        made = []
        for number, (title, body, day) in PAGES.items():
            page = article(
                number,
                title=title,
                body=body,
                published=Date(date(2016, 3, day), "day"),
                tags=(PageTag("Eau potable"),) if number < 3 else (),
                authors=("Élodie Martin",) if number == 2 else (),
                related=(link(f"Phare {number}", number % 4 + 1, teaser="La lanterne du cap"),),
                attributions=(Attribution("republication", ("AtlasInfo",), (), raw="x", rule="y"),)
                if number == 1
                else (),
            )
            made.append((other if number == 4 else site, reading(of=page), None))
        store_readings(session, made, NOW)


POSTGRES = [pytest.param(name, marks=pytest.mark.postgres) for name in ("postgres", "sealed")]


@pytest.fixture(scope="module", params=["sqlite", *POSTGRES])
def press(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """Four articles on either database, on PostgreSQL fresh or in a segment; the tests only read."""
    url = "sqlite"
    if request.param != "sqlite":
        url = request.getfixturevalue("postgres").new_database()
    with open_archive(tmp_path_factory.mktemp("press"), create=True, database_url=url) as archive:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(index_postgres, "SEAL", 4 if request.param == "sealed" else 8_192)
            fill(archive)
        yield archive


def numbers(found: Found) -> list[int]:
    return [int(hit.url.rpartition("/")[2]) for hit in found.hits]


def ask(archive: Archive, query: str, filters: Filters | None = None, **options: object) -> Found:
    with archive.read() as session:
        return search(session, query, filters, **options)  # type: ignore[arg-type]


QUERIES = {
    "ministre": [1],
    "MINISTRES interieur": [1],
    "ministère": [4],
    "l'ete": [1],
    "oeuvre": [1],
    "publiees": [1],
    "porte-parole": [2],
    '"porte parole"': [2],
    '"parole porte"': [],
    "« ministre de l'Intérieur »": [1],
    "nationalisat*": [2],
    "minist*": [4, 1],
    "par*": [2, 1],
    "port par*": [2],
    "le-par*": [2, 1],
    "ministère*": [4],
    "port": [4, 2],
    "port OR ministre": [4, 2, 1],
    "paris OU grève": [4, 1],
    "port greve OR nationalisation": [4, 2],
    "-port": [3, 1],
    "port -grève": [2],
    "port NOT grève": [2],
    "port SAUF grève": [2],
    "حكومة": [3],
    "الحكومة المغربية": [3],
    "laayoune": [3],
    "sncf": [4],
    "titre:port": [2],
    "title:ports": [2],
    "texte:port -titre:port": [4],
    "body:port": [4, 2],
    "tag:eau": [2, 1],
    "eau": [2, 1],
    "related:lanterne": [4, 3, 2, 1],
    "lanterne": [],
    'related:"phare 2"': [2],
    "auteur:martin": [2],
    "author:ELODIE": [2],
    "source:atlasinfo": [1],
    "source:AtlasInfo port": [],
    "le": [],
    "": [4, 3, 2, 1],
    "   ": [4, 3, 2, 1],
    "introuvable": [],
}


@pytest.mark.parametrize("query", QUERIES)
def test_what_is_found(press: Archive, query: str) -> None:
    found = ask(press, query)
    assert numbers(found) == QUERIES[query]
    assert found.total == len(QUERIES[query])
    assert not found.capped


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(site="vigie"), [3, 2, 1]),
        (Filters(site="autre"), [4]),
        (Filters(source="Atlas Info"), [1]),
        (Filters(source="atlasinfo.example"), [1]),
        (Filters(tag="EAU POTABLE"), [2, 1]),
        (Filters(author="martin"), [2]),
        (Filters(date_from=date(2016, 3, 2), date_to=date(2016, 3, 3)), [3, 2]),
        (Filters(date_from=date(2016, 3, 4)), [4]),
        (Filters(date_to=date(2016, 3, 1)), [1]),
        (Filters(related_to=1), [4, 2]),
        (Filters(site="vigie", tag="eau potable", date_from=date(2016, 3, 2)), [2]),
        (Filters(site="vigie", related_to=1), [2]),
    ],
)
def test_filters(press: Archive, filters: Filters, expected: list[int]) -> None:
    assert numbers(ask(press, "", filters)) == expected
    assert numbers(ask(press, "port", filters)) == [n for n in expected if n in (2, 4)]


@pytest.mark.parametrize(
    "filters",
    [Filters(site="x"), Filters(tag="x"), Filters(source="!"), Filters(author="?"), Filters(tag="'; --")],
)
def test_a_name_nobody_knows_is_said(press: Archive, filters: Filters) -> None:
    found = ask(press, "port", filters)
    assert found.hits == ()
    assert "in this archive" in found.notes[-1]


@pytest.mark.parametrize(
    ("filters", "notes"),
    [
        (Filters(source="Nulle Part"), ("no source 'Nulle Part' in this archive",)),
        (Filters(author="Personne"), ("no author 'Personne' in this archive",)),
        (
            Filters(source="x", author="y"),
            ("no source 'x' in this archive", "no author 'y' in this archive"),
        ),
        (Filters(source="Atlas Info", author="martin"), ()),  # both are here, not together
    ],
)
def test_a_source_and_an_author_nobody_knows_are_said(
    press: Archive, filters: Filters, notes: tuple[str, ...]
) -> None:
    found = ask(press, "", filters)
    assert (found.hits, found.notes) == ((), notes)
    with press.read() as session:
        assert tuple(named_queries.notes(session, "", filters)) == notes


def test_words_that_are_not_indexed_are_said(press: Archive) -> None:
    assert ask(press, "le ministre").notes == ("not indexed: le",)
    assert numbers(ask(press, "le ministre")) == [1]
    assert ask(press, "le-par*").notes == ("not indexed: le",)


@pytest.mark.parametrize(
    ("query", "beside"), [("port OR -grève", "-grève"), ("-port OU grève", "grève"), ("a1 OR NOT b1", "b1")]
)
def test_an_or_that_cannot_join_is_said(press: Archive, query: str, beside: str) -> None:
    assert ask(press, query).notes == (f"OR joins no excluded word: {beside} is a condition of its own",)


def test_ranking_puts_titles_first_and_pages_go_on(press: Archive) -> None:
    assert numbers(ask(press, "port", rank=True)) == [2, 4]
    assert ask(press, "port", rank=True).ranked
    assert numbers(ask(press, "", limit=2, offset=1)) == [3, 2]
    assert numbers(ask(press, "port", rank=True, limit=1, offset=1)) == [4]
    assert ask(press, "", limit=2, offset=1).total == 4


@pytest.mark.parametrize(
    ("query", "marked"),
    [
        ("ministre interieur", ["ministre", "l'Intérieur"]),
        ('"office des ports"', ["l’Office", "ports"]),
        ("nationalisation", ["nationalisation"]),
        ("porte-parole", ["porte", "parole"]),
        ("titre:elections scrutin", ["scrutin"]),
        ("sncf", []),
    ],
)
def test_extracts_mark_the_original_text(press: Archive, query: str, marked: list[str]) -> None:
    (hit,) = ask(press, query).hits
    assert [hit.snippet.text[a:b] for a, b in hit.snippet.matches] == marked
    assert hit.snippet.text in PAGES[int(hit.url.rpartition("/")[2])][1]


ODD = [
    '"',
    "''",
    "AND",
    "OR",
    "NOT",
    "NEAR(",
    "NEAR/3",
    "col:x",
    "-x",
    "*",
    "a*b",
    "l'été-à",
    "(",
    ")(",
    "{title}: x",
    "^x",
    "+x",
    "port OR",
    "OR port",
    "port -",
    '"port',
    "titre:",
    ":",
    "a:b:c",
    "'; DROP TABLE articles; --",
    "%",
    "_all",
    "_s1",
    "\0",
    "port\0",
    "\ud800",
    "𝕡𝕠𝕣𝕥",
    "port" * 3000,
    '"' * 1001,
    "- " * 500,
    "a " * 50_000,
    "&|!<->",
    "port:*A",
    'titre:"',
    "\\",
    "\\'",
    "ﷺ",
    "½",
    "²",
    "\u202eport",
    "e\u0301",
    "x" * 100_000,
]


@pytest.mark.parametrize("query", ODD, ids=lambda query: ascii(query[:12]))
def test_any_text_is_a_query(press: Archive, query: str) -> None:
    for rank in (False, True):
        found = ask(press, query, rank=rank)
        assert 0 <= found.total <= 4


def test_facets_cannot_be_asked_for(press: Archive) -> None:
    """The index's own terms have an underscore, which no query yields."""
    for query in ("_all", "_s1", '"_all"', "site:_s1", "_cw_atlasinfo"):
        assert numbers(ask(press, query)) == []


def test_operators_bind_as_documented() -> None:
    clauses = parse_query("a1 b1 OR c1 -d1 OR e1").clauses
    assert [[term.words for term in clause] for clause in clauses] == [
        [("a1",)],
        [("b1",), ("c1",)],
        [("d1",)],
        [("e1",)],
    ]
    assert [clause[0].negated for clause in clauses] == [False, False, True, False]


class Pair:
    """The same random press on SQLite and on PostgreSQL."""

    def __init__(self, folder: Path, postgres: Cluster, count: int = 300) -> None:
        self.both = [
            open_archive(folder / "sqlite", create=True, database_url="sqlite"),
            open_archive(folder / "postgres", create=True, database_url=postgres.new_database()),
        ]
        chance = random.Random(7)
        self.words = [
            "eau",
            "feu",
            "port",
            "ports",
            "été",
            "ministre",
            "ministres",
            "porte-parole",
            "l'eau",
            "qu'on",
            "publiée",
            "حكومة",
            "الحكومة",
            "S.N.C.F.",
            "œuvre",
            "Paris",
            "2016",
            "de",
            "la",
            "nationalisation",
            "national",
            "x",
        ]
        readings = [self._reading(chance, number) for number in range(count)]
        for archive in self.both:
            with archive.write() as session:
                load_sources(session, ENTRIES)
                sites = [make_site(session), make_site(session, "autre")]
                items = [(sites[number % 2], made, None) for number, made in enumerate(readings)]
                for start in range(0, len(items), 60):
                    store_readings(session, items[start : start + 60], NOW)
                edited = [
                    (site, replace(made, fetched_at=NOW + timedelta(hours=1)), None)
                    for site, made, _ in items[:40]
                ]
                changed = [
                    (
                        site,
                        reading(
                            of=replace(made.article, body=made.article.body + " feu"),
                            fetched_at=made.fetched_at,
                        ),
                        None,
                    )
                    for site, made, _ in edited
                ]
                store_readings(session, changed, NOW)

    def _text(self, chance: random.Random, most: int) -> str:
        return " ".join(chance.choices(self.words, k=chance.randint(1, most)))

    def _reading(self, chance: random.Random, number: int) -> object:
        page = article(
            number,
            title=self._text(chance, 6),
            lead=self._text(chance, 8) if number % 3 else None,
            body=self._text(chance, 60),
            published=None
            if number % 11 == 0
            else Date(date(2016, 1, 1) + timedelta(days=chance.randint(0, 99)), "day"),
            tags=tuple(PageTag(word) for word in chance.sample(self.words[:8], 2)),
            authors=tuple(chance.sample(["Élodie Martin", "Omar Alami", "AFP Rabat"], chance.randint(0, 2))),
            related=tuple(link(self._text(chance, 5), chance.randint(0, 299), n + 1) for n in range(3)),
            attributions=(Attribution("agency", ("Atlas Info",), ("APS",), raw="r", rule="t"),)
            if number % 5 == 0
            else (),
        )
        return reading(of=page)

    def ask(self, query: str, filters: Filters, rank: bool) -> list[Found]:
        found = []
        for archive in self.both:
            with archive.read() as session:
                found.append(search(session, query, filters, limit=400, rank=rank))
        return found


@pytest.fixture(scope="module")
def pair(postgres: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index_postgres, "SEAL", 70)  # some sealed, some gone from their segment, some fresh
        made = Pair(tmp_path_factory.mktemp("pair"), postgres)
    yield made
    for archive in made.both:
        archive.close()


PIECES = st.sampled_from(
    [
        "eau",
        "feu*",
        '"la porte parole"',
        "ministres",
        "été",
        "-port",
        "OR",
        "OU",
        "NOT",
        "titre:eau",
        "tag:port",
        "S.N.C.F.",
        "related:feu",
        '"eau feu"',
        "nationalis*",
        "auteur:martin",
        "source:aps",
        "حكومة",
        '-"feu port"',
        "texte:x",
        "l'eau",
    ]
)
FILTERS = st.builds(
    Filters,
    site=st.sampled_from([None, None, "vigie", "autre", "x"]),
    tag=st.sampled_from([None, None, "eau", "Été"]),
    source=st.sampled_from([None, None, None, "Atlas Info"]),
    author=st.sampled_from([None, None, None, "alami"]),
    date_from=st.sampled_from([None, date(2016, 2, 1)]),
    date_to=st.sampled_from([None, date(2016, 3, 1)]),
    related_to=st.sampled_from([None, None, None, 7]),
)


@pytest.mark.postgres
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(PIECES, max_size=5), filters=FILTERS, rank=st.booleans())
def test_both_databases_give_the_same(pair: Pair, pieces: list[str], filters: Filters, rank: bool) -> None:
    first, second = pair.ask(" ".join(pieces), filters, rank)
    assert numbers(first) == numbers(second)
    assert first == second


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(max_size=60))
def test_no_text_is_an_error(press: Archive, query: str) -> None:
    assert ask(press, query).total <= 4


def random_query(chance: random.Random, words: list[str]) -> str:
    """Words, phrases, prefixes, fields, OR and NOT, as they come."""
    made = []
    for _ in range(chance.randint(1, 5)):
        word = chance.choice(words)
        kind = chance.randint(0, 9)
        if kind == 0:
            word = word[: chance.randint(2, 6)] + "*"
        elif kind == 1:
            word = f'"{word} {chance.choice(words)}"'
        elif kind == 2:
            word = chance.choice(("titre:", "texte:", "tag:", "related:", "auteur:", "source:")) + word
        made.append(chance.choice(("", "", "", "", "-", "OR ", "NOT ")) + word)
    return " ".join(made)


@pytest.mark.soak
@pytest.mark.postgres
def test_two_thousand_queries_over_five_thousand_articles(
    postgres: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole lists of articles, newest first, and of every tenth query the best ones."""
    monkeypatch.setattr(index_postgres, "SEAL", 350)
    made, chance, hits = Pair(tmp_path, postgres, 5_000), random.Random(11), 0
    filters = [Filters(), Filters(site="autre"), Filters(tag="eau"), Filters(author="alami")]
    filters += [Filters(date_from=date(2016, 2, 1)), Filters(source="Atlas Info", date_to=date(2016, 3, 1))]
    for number in range(2_000):
        query, chosen = random_query(chance, made.words), chance.choice(filters)
        lists = []
        for archive in made.both:
            with archive.read() as session:
                narrowed = narrow(session, chosen)
                lists.append(matching_keys(session, parse_query(query), narrowed, None))
                if number % 10 == 0:
                    best = search(session, query, chosen, rank=True, limit=20)
                    lists[-1] += [best.total, *(hit.article_id for hit in best.hits)]
        assert lists[0] == lists[1], query
        hits += len(lists[0])
    for archive in made.both:
        archive.close()
    assert hits > 100_000


def test_hits_name_what_they_are(press: Archive) -> None:
    (hit,) = ask(press, "sncf").hits
    assert (hit.url, hit.site, hit.title) == (url(4), "autre", "Grève à la S.N.C.F.")
    assert (hit.published_date, hit.published_precision) == (date(2016, 3, 4), "day")
