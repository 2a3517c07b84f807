"""What a home page says of its site, and what its links mean."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crawler.survey import excluded_paths, headlines, looks_like_articles, sections, site_name
from crawler.survey_page import Home, country_of_host, read_home
from crawler.survey_zones import is_country, timezone_of
from crawler.url_forms import learn_forms

URL = "https://www.courrier.example/"
PAGE = """<!DOCTYPE html><html lang="fr-MA"><head><meta charset="utf-8">
<title>Accueil | Le Courrier de l'Oued</title>
<link rel="alternate" type="application/rss+xml" href="/feed/"></head><body>
<nav id="menu-principal"><a href="/politique/">Politique</a><a href="/tag/mer/">Mer</a>
<a href="/qui-sommes-nous-et-ou/">Qui sommes-nous</a><a href="/dossiers/ports">Dossiers</a></nav>
<main><h2><a href="/le-port-rouvre-enfin/">Le port rouvre</a></h2>
<p><a href="/la-criee-neuve-attend/">La criée neuve attend toujours ses premiers bateaux</a></p>
<a href="/la-criee-neuve-attend/">Lire la suite</a>
<a href="https://ailleurs.example/un-titre-de-la-presse/">Une autre maison publie ceci</a>
<a href="/photo.jpg">Une photo du port au petit matin</a></main>
<footer><a href="/contact/">Contact</a></footer></body></html>"""


def home(page: str = PAGE, url: str = URL) -> Home:
    return read_home(page.encode(), url, "text/html; charset=utf-8")


def test_a_home_page_names_its_site() -> None:
    found = home()
    assert found.title == "Le Courrier de l'Oued"
    assert (found.language, found.country) == ("fr", "MA")
    assert found.channels == (("feed", f"{URL}feed/"),)


def test_machines_are_told_the_name_first() -> None:
    said = PAGE.replace("<title>", '<meta property="og:site_name" content="Le Courrier"><title>')
    assert home(said).title == "Le Courrier"
    data = (
        '<script type="application/ld+json">{"@graph": [{"@type": "WebSite", "name": "Courrier"}]}</script>'
    )
    assert home(PAGE.replace("<title>", data + "<title>")).title == "Courrier"


def test_the_region_of_a_language_is_not_the_language_itself() -> None:
    assert home(PAGE.replace("fr-MA", "fr-FR"), "https://courrier.dz/").country == "DZ"
    assert home(PAGE.replace("fr-MA", "fr")).country is None


def test_countries_of_hosts() -> None:
    assert country_of_host("https://www.courrier.sn/") == "SN"
    assert country_of_host("https://courrier.co.uk/") == "GB"
    assert country_of_host("https://courrier.tv/") is None
    assert country_of_host("https://courrier.com/") is None
    assert country_of_host("http://127.0.0.1:80/") is None


def test_zones_of_countries() -> None:
    assert timezone_of("MA") == "Africa/Casablanca"
    assert timezone_of("CA") == "America/Toronto"
    assert timezone_of("ZZ") == "Europe/Paris"
    assert is_country("SN")
    assert not is_country("ZZ")


def test_headlines_are_told_from_menus() -> None:
    assert headlines(home().links) == [f"{URL}le-port-rouvre-enfin/", f"{URL}la-criee-neuve-attend/"]


def test_the_longest_words_of_an_address_count() -> None:
    texts = {link.url: link.text for link in home().links}
    assert texts[f"{URL}la-criee-neuve-attend/"] == "La criée neuve attend toujours ses premiers bateaux"


def test_a_headline_may_speak_of_jobs_and_gifts() -> None:
    page = '<main><a href="/x">Les dons aux partenaires reculent et l\'emploi aussi</a></main>'
    assert headlines(home(page).links) == [f"{URL}x"]


def test_sections_are_what_the_menu_leads_to() -> None:
    forms = learn_forms([f"{URL}le-port-rouvre-enfin/", f"{URL}la-criee-neuve-attend/"])
    assert sections(home().links, URL, forms) == [f"{URL}dossiers/ports", f"{URL}politique/"]


def test_menu_entries_that_look_like_articles_are_excluded() -> None:
    forms = learn_forms([f"{URL}le-port-rouvre-enfin/", f"{URL}la-criee-neuve-attend/"])
    assert excluded_paths(forms, home().links, headlines(home().links)) == ("/qui-sommes-nous-et-ou",)


def test_sitemaps_of_articles_come_first() -> None:
    children = [f"{URL}sitemap-{kind}.xml" for kind in ("pages", "2026", "post-1", "category", "image")]
    assert looks_like_articles(children) == [f"{URL}sitemap-post-1.xml", f"{URL}sitemap-2026.xml"]


def test_names() -> None:
    assert site_name("https://www.courrier.ma/", None, ()) == "courrier"
    assert site_name("https://www.courrier.ma/", None, {"courrier"}) == "courrier-ma"
    assert site_name("https://sport.courrier.press.ma/", None, ()) == "courrier"
    assert site_name("http://127.0.0.1:8080/", "L'Écho du Delta", ()) == "l-echo-du-delta"
    assert site_name("http://127.0.0.1:8080/", None, {"site"}) == "site-2"
    assert site_name("https://2m.ma/", None, ()) == "site-2m"


@given(st.binary(max_size=400), st.sampled_from(["text/html", "text/html; charset=latin-1", None]))
def test_any_bytes_are_a_home_page(body: bytes, content_type: str | None) -> None:
    found = read_home(body, URL, content_type)
    headlines(found.links)
    assert sections(found.links, URL, ()) is not None


@given(st.text(max_size=40), st.sets(st.sampled_from(["courrier", "site", "site-2"])))
def test_any_title_gives_a_free_name(title: str, taken: set[str]) -> None:
    from crawler.loader import is_site_name

    name = site_name("http://127.0.0.1:8080/", title, taken)
    assert is_site_name(name)
    assert name not in taken
