"""The truth itself: reproducible, varied, French, and free of the programs it judges."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import demo
from demo import cuts, truth
from demo.drafts import plain_slug, seed_slug
from demo.facts import TruthArticle


@pytest.fixture(scope="module")
def articles() -> list[TruthArticle]:
    return truth.build()


def test_the_same_arguments_give_the_same_truth(articles: list[TruthArticle]) -> None:
    assert truth.build() == articles
    assert truth.build(seed=8)[0] != articles[0]


def test_another_number_of_articles() -> None:
    assert [len(truth.build(count)) for count in (1, 8, 40)] == [1, 8, 40]


def test_truth_shares_no_code_with_what_it_judges() -> None:
    for path in Path(demo.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert name.split(".")[0] not in {"pipelines", "crawler", "storage", "cli", "explorer"}, path


def test_every_article_is_told_apart(articles: list[TruthArticle]) -> None:
    for value in ("url", "id", "title"):
        assert len({getattr(article, value) for article in articles}) == 300, value
    assert len({article.paragraphs[0] for article in articles}) == 300


def test_ids_grow_with_time(articles: list[TruthArticle]) -> None:
    ids = [article.id for article in sorted(articles, key=lambda a: a.published.date)]
    days = [article.published.date for article in articles if article.published.precision != "month"]
    assert days == sorted(days)
    assert [article.id for article in articles] == sorted(ids)


def test_all_templates_and_sections_are_there(articles: list[TruthArticle]) -> None:
    layouts = Counter(article.template for article in articles)
    assert min(layouts.values()) > 40
    assert set(layouts) == {"portal", "magazine", "plain"}
    assert len({article.section for article in articles}) == 8
    assert len({article.published.precision for article in articles}) == 5


def test_no_article_is_nearly_another(articles: list[TruthArticle]) -> None:
    """At most a fifth of an article's runs of five words stand in any other one."""
    holders: dict[tuple[str, ...], set[int]] = defaultdict(set)
    runs: dict[int, set[tuple[str, ...]]] = {}
    for article in articles:
        words = article.body.lower().split()
        runs[article.id] = {tuple(words[n : n + 5]) for n in range(len(words) - 4)}
        for run in runs[article.id]:
            holders[run].add(article.id)
    for id_, own in runs.items():
        shared = Counter(other for run in own for other in holders[run] if other != id_)
        assert max(shared.values(), default=0) < 0.2 * len(own), id_


def test_french_typography_is_met(articles: list[TruthArticle]) -> None:
    text = "\n".join(f"{article.title}\n{article.body}" for article in articles)
    for sign in ("«\u00a0", "\u00a0»", "\u202f:", "œ", "’", "d'", '"', "É", "À", "ç", "\u00a0%", "نور", "&"):
        assert sign in text, repr(sign)


def test_dates_agree_with_their_zone(articles: list[TruthArticle]) -> None:
    with files("tzdata").joinpath("zoneinfo/Africa/Casablanca").open("rb") as table:
        zone = ZoneInfo.from_file(table)
    for article in articles:
        for date in (article.published, article.modified):
            if date is None:
                continue
            assert "2016-03-01" <= date.date <= "2026-11-30"
            assert (date.datetime is None) == (date.utc is None) == (date.precision in ("day", "month"))
            if date.datetime and date.utc:
                local = datetime.fromisoformat(date.datetime).replace(tzinfo=zone)
                assert datetime.fromisoformat(date.utc) == local.astimezone(UTC)
                assert date.offset in (None, local.isoformat()[-6:])
        if article.modified and article.modified.utc and article.published.utc:
            assert article.modified.utc > article.published.utc


def test_credits_cover_every_kind(articles: list[TruthArticle]) -> None:
    kinds = Counter(article.attribution.kind if article.attribution else None for article in articles)
    assert set(kinds) >= {
        "republication",
        "agency",
        "cosigned",
        "original",
        "unknown_source",
        "translation",
        None,
    }
    assert any(a.attribution and a.attribution.raw == "SOURCE WEB Par Atlas Info" for a in articles)


def test_related_links_lead_to_other_articles(articles: list[TruthArticle]) -> None:
    by_id = {article.id: article for article in articles}
    for article in articles:
        targets = [link.target_id for link in article.related]
        assert article.id not in targets
        assert len(targets) == len(set(targets))
        assert [link.position for link in article.related] == list(range(1, len(targets) + 1))
        for link in article.related:
            target = by_id[link.target_id]
            assert link.url in (target.url, *target.aliases)
            assert target.title.startswith(link.title)
            assert link.title_truncated == (link.title != target.title)
    assert any(link.url != by_id[link.target_id].url for a in articles for link in a.related)


@pytest.mark.parametrize("count", [60, 300])
def test_some_cuts_split_a_letter_and_some_an_entity(count: int) -> None:
    links = [link for a in truth.build(count) if a.template == "portal" for link in a.related]
    teasers = [link.teaser_markup.removesuffix(b"...") for link in links if link.teaser_markup]
    assert any(b"\xef\xbf\xbd" in teaser for teaser in teasers)
    assert any(not _whole(teaser) for teaser in teasers)
    assert any(teaser.endswith((b"&", b"&#", b"&#3")) for teaser in teasers)
    assert any(teaser.endswith((b"&amp;", b"&amp;#", b"&amp;#3")) for teaser in teasers)
    assert any(not link.teaser_truncated for link in links)
    if count == 300:
        assert any(not _whole(link.title_markup) for link in links)


def _whole(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=250))
def test_a_teaser_is_160_bytes_of_escaped_text(text: str) -> None:
    cut = cuts.cut_teaser(text)
    written = (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#39;").encode()
    )
    assert cut.truncated == (len(written) > 160)
    assert cuts.escape(cut.kept).encode() + cut.rest == written[:160]
    assert text.startswith(cut.kept)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=150))
def test_a_title_is_100_bytes(text: str) -> None:
    cut = cuts.cut_title(text)
    assert cut.kept.encode() + cut.rest == text.encode()[:100]
    assert cut.kept.encode() == text.encode()[:100].decode("utf-8", "ignore").encode()


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Les céréales d'énergie algérienne", "les-crales-dnergie-algrienne"),
        ("Un hiver à Paris", "un-hiver-paris"),
        ("Qui gagne en d'Europe\u00a0?", "qui-gagne-en-deurope-"),
        ("Hôtellerie : 12 %", "htellerie-12-"),
    ],
)
def test_seed_slugs_lose_letters(title: str, slug: str) -> None:
    assert seed_slug(title) == slug


def test_plain_slugs_fold_letters() -> None:
    assert plain_slug("L’Œuvre à « Fès »") == "l-oeuvre-a-fes"
