"""From examples to the pattern of a site's article URLs, and its key."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.url_forms import declare, learn_forms
from pipelines.rules import SiteRules
from pipelines.urls import article_key, matches_article

HOST = "https://courrier.example"
SLUGS = ["le-port-rouvre", "la-criee-neuve-attend", "un-pont-pour-la-baie", "les-potiers-du-plateau"]
SECTIONS = ["politique", "economie", "culture", "politique"]


def rules(paths: list[str]) -> SiteRules:
    article_url, key = declare(learn_forms(HOST + path for path in paths))
    return SiteRules(article_url=article_url, article_key=key, site="courrier")


CASES = {
    "number and slug": (
        [f"/actualite/{6250 + n}/{slug}" for n, slug in enumerate(SLUGS)],
        ["/actualite/99/autre", "/actualite/99"],
        ["/actualite", "/actualite/tags/4/port", "/contact"],
        "actualite/99",
    ),
    "SPIP": (
        [f"/spip.php?article{700 + n}" for n in range(5)],
        ["/spip.php?article12", "/spip.php?article12&lang=fr"],
        ["/spip.php?rubrique12", "/spip.php?page=backend", "/spip.php?article12bis"],
        "article/12",
    ),
    "query id": (
        [f"/article.php?id={20 + n}" for n in range(5)],
        ["/article.php?id=7", "/article.php?cat=3&id=7"],
        ["/article.php", "/rubrique.php?id=7", "/article.php?cid=7"],
        "article/7",
    ),
    "component query": (
        [f"/index.php?option=com_content&view=article&id={n}:slug&Itemid={n % 2}" for n in range(10, 16)],
        ["/index.php?id=44:autre&option=com_content&view=article"],
        [
            "/index.php?option=com_content&view=category&id=44",
            "/index.php?option=com_users&view=article&id=4",
        ],
        "article/44",
    ),
    "node query": (
        [f"/?q=node/{n}" for n in range(10, 16)],
        ["/?q=node/81"],
        ["/?q=user/81", "/"],
        "node/81",
    ),
    "numbered file": (
        [f"/{4000 + 7 * n}.html" for n in range(5)],
        ["/12.html"],
        ["/contact.html", "/rubrique-12.html"],
        "article/12",
    ),
    "word and number": (
        [f"/article-{4000 + 7 * n}.html" for n in range(5)],
        ["/article-12.html"],
        ["/rubrique-12.html", "/article-12/suite"],
        "article/12",
    ),
    "number after the slug": (
        [
            f"/{section}/{slug},{4500 + n}.html"
            for n, (section, slug) in enumerate(zip(SECTIONS, SLUGS, strict=True))
        ],
        ["/sport/le-match,7.html", "/sport/le-match-7.html"],
        ["/politique/", "/politique/le-match.html"],
        "article/7",
    ),
    "number of the article before that of its section": (
        [f"/monde/{slug}_{61000 + n}_{3210 + n % 2}.html" for n, slug in enumerate(SLUGS)],
        ["/monde/le-match_62001_3210.html"],
        ["/monde/le-match_62001.html"],
        "monde/62001",
    ),
    "dates": (
        [f"/2026/11/{n:02d}/{slug}/" for n, slug in enumerate(SLUGS, 1)],
        ["/2025/1/31/bilan", "/2024/02/29/un-long-titre/"],
        ["/2026/11/", "/tag/2026/11/x/", "/2026/11/24/titre/feed/"],
        None,
    ),
    "days in the slug": (
        [f"/news/2026112{n}-{slug}" for n, slug in enumerate(SLUGS)],
        ["/news/20270101-autre-titre"],
        ["/news/", "/contact"],
        None,
    ),
    "slugs": (
        [f"/{slug}-de-la-mer/" for slug in SLUGS],
        ["/un-titre-court/", "/un-autre-titre-plus-long"],
        ["/contact/", "/category/un-titre-court/", "/mentions-legales/"],
        None,
    ),
    "sections and slugs": (
        [f"/{section}/{slug}" for section, slug in zip(SECTIONS, SLUGS, strict=True)],
        ["/sport/le-match"],
        ["/politique", "/politique/page/2"],
        None,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_form_is_learnt(name: str) -> None:
    examples, others, not_articles, key = CASES[name]
    learnt = rules(examples)
    assert all(matches_article(HOST + path, learnt) for path in [*examples, *others]), learnt.article_url
    assert [path for path in not_articles if matches_article(HOST + path, learnt)] == [], learnt.article_url
    assert article_key(HOST + others[0], learnt) == key
    if key is not None:
        assert len({article_key(HOST + path, learnt) for path in examples}) == len(examples)


def test_several_forms_keep_their_ids_apart() -> None:
    learnt = rules(
        [f"/actualite/{100 + n}/{slug}" for n, slug in enumerate(SLUGS)]
        + [f"/article-{100 + n}.html" for n in range(4)]
    )
    one = article_key(f"{HOST}/actualite/100/x", learnt)
    other = article_key(f"{HOST}/article-100.html", learnt)
    assert one is not None
    assert other is not None
    assert one != other


def test_one_form_without_an_id_leaves_all_without_a_key() -> None:
    dated = [f"/2026/11/{n:02d}/{slug}/" for n, slug in enumerate(SLUGS, 1)]
    learnt = rules([f"/{n}.html" for n in range(4000, 4005)] + dated)
    assert learnt.article_key is None
    assert matches_article(f"{HOST}/77.html", learnt)
    assert matches_article(f"{HOST}/2025/01/02/un-titre", learnt)


def test_a_number_that_returns_is_no_id() -> None:
    """ "covid-19", a year, an edition: what two articles share names neither."""
    learnt = rules([f"/sante/{slug}-2026" for slug in SLUGS])
    assert learnt.article_key is None


def test_excluded_pages_are_no_articles() -> None:
    article_url, _ = declare(
        learn_forms([f"{HOST}/{slug}-ici" for slug in SLUGS]), ["/qui-sommes-nous-ici", "/tag/"]
    )
    learnt = SiteRules(article_url=article_url)
    assert not matches_article(f"{HOST}/qui-sommes-nous-ici/", learnt)
    assert matches_article(f"{HOST}/qui-sommes-nous-ici-et-la", learnt)


def test_nothing_is_learnt_from_a_home_page() -> None:
    assert learn_forms([f"{HOST}/", "mailto:a@b.example", ""]) == ()


PATHS = st.lists(
    st.text(alphabet=st.sampled_from("ab9-_,./?&=:%é "), min_size=1, max_size=24), min_size=1, max_size=12
)


@given(PATHS)
def test_every_example_fits_its_own_form(paths: list[str]) -> None:
    for form in learn_forms(f"{HOST}/{path}" for path in paths):
        re.compile(form.expression)
        outside = [url for url in form.examples if not form.matches(url)]
        # One example in twenty may be a stray; a single one never is.
        assert len(outside) <= len(form.examples) // 20
        declare([form])
