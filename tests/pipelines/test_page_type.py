"""Only articles become articles: walls, errors, home pages and lists are told apart from them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipelines.article import read_article
from pipelines.rules import GENERIC, SiteRules
from storage.records import Article, Page

HOST = "https://gazette.example"
SENTENCE = "Le pont de la vieille ville rouvrira mardi après trois mois de travaux, a promis la commune. "
TEXT = f"<p>{SENTENCE * 3}</p>" * 3
CARDS = "".join(
    f'<h2><a href="/2024/{n}/un-titre-assez-long">Un titre assez long numéro {n}</a></h2>' for n in range(9)
)
NEWS = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Le pont rouvre mardi"}</script>'


def read(path: str, body: str, head: str = "", rules: SiteRules = GENERIC) -> Article:
    content = f"<html lang='fr'><head>{head}</head><body>{body}</body></html>".encode()
    return read_article(
        Page(HOST + path, content, datetime(2024, 5, 20, tzinfo=UTC), "text/html; charset=utf-8"), rules
    )


def rule_of(article: Article) -> str:
    return next(e.rule for e in article.evidence if e.field == "page_type")


@pytest.mark.parametrize("path", ["/", "/fr/", "/index.php", "/accueil", "/home.html"])
def test_a_home_page_is_no_article_however_much_it_says(path: str) -> None:
    assert read(path, f"<h1>La Gazette</h1>{TEXT}{CARDS}").page_type == "other"


@pytest.mark.parametrize("path", ["/search?q=pont", "/recherche/pont", "/?s=pont"])
def test_results_of_a_search_are_no_article(path: str) -> None:
    assert read(path, f"<h1>Résultats</h1>{CARDS}").page_type == "other"


@pytest.mark.parametrize(
    "path", ["/tag/pont/", "/category/eau/", "/auteur/ines", "/archives/2024", "/rubriques/eau?page=2"]
)
def test_a_list_lists_its_entries_in_page_order(path: str) -> None:
    found = read(
        path, f"<nav><a href='/menu/un-lien-de-menu'>Un lien de menu bien long</a></nav><main>{CARDS}</main>"
    )
    assert found.page_type == "listing"
    assert found.listing == tuple(f"{HOST}/2024/{n}/un-titre-assez-long" for n in range(9))
    assert found.body is None


def test_an_article_below_a_listing_address_is_one_where_it_says_so() -> None:
    assert (
        read("/dossiers/pont-rouvre", f"<h1>Le pont rouvre mardi</h1>{TEXT}{CARDS}", NEWS).page_type
        == "article"
    )


def test_a_declared_listing_address() -> None:
    rules = SiteRules(listing_url=r"^/fil-")
    assert read("/fil-eau", f"<h1>Le fil</h1>{CARDS}", rules=rules).page_type == "listing"


def test_a_declared_article_address_settles_it() -> None:
    rules = SiteRules(article_url=r"^/tag/(\d+)")
    assert read("/tag/12", f"<h1>Le pont rouvre mardi</h1>{TEXT}{CARDS}", rules=rules).page_type == "article"


def test_a_list_of_a_declared_site_names_only_articles() -> None:
    rules = SiteRules(article_url=r"^/2024/[135]/")
    found = read("/category/eau/", CARDS, rules=rules)
    assert found.listing == tuple(f"{HOST}/2024/{n}/un-titre-assez-long" for n in (1, 3, 5))


@pytest.mark.parametrize(
    "text",
    [
        "Vérifiez que vous êtes un humain avant de continuer",
        "Just a moment... Enable JavaScript and cookies to continue",
        "Accès refusé : trafic inhabituel",
        "Nous et nos partenaires utilisons des cookies. Continuer sans accepter",
    ],
)
def test_a_wall_is_no_article_even_at_an_articles_address(text: str) -> None:
    rules = SiteRules(article_url=r"^/a/(\d+)")
    found = read("/a/12", f"<h1>gazette.example</h1><p>{text}</p>", rules=rules)
    assert (found.page_type, rule_of(found)) == ("other", "wall")


@pytest.mark.parametrize(
    "title",
    ["Page introuvable", "Erreur 404", "404 Not Found", "Cet article n’existe plus", "Site en maintenance"],
)
def test_an_error_served_as_a_page_is_no_article(title: str) -> None:
    found = read("/a/12", f"<h1>{title}</h1><p>Retournez à l’accueil, ou cherchez autre chose.</p>{CARDS}")
    assert (found.page_type, rule_of(found)) == ("other", "error")


@pytest.mark.parametrize(
    "sentence",
    [
        "Une page introuvable, voilà ce que trouvaient les abonnés.",
        "Un captcha gênait les lecteurs : « votre vie privée ».",
    ],
)
def test_an_article_about_walls_and_errors_is_an_article(sentence: str) -> None:
    assert read("/a/12", f"<h1>Le site du journal rouvre</h1><p>{sentence}</p>{TEXT}").page_type == "article"


def test_a_short_item_with_a_date_is_an_article() -> None:
    short = f"<h1>Le pont rouvre mardi</h1><p>Publié le 12 mai 2024</p><p>{SENTENCE}</p>"
    assert read("/a/12", short).page_type == "article"


@pytest.mark.parametrize("body", ["", "<p></p>", "<div id='app'></div><script>render()</script>"])
def test_a_page_without_text_is_no_article(body: str) -> None:
    assert read("/a/12", body).page_type == "other"
