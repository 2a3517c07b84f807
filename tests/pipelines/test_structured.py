import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from pipelines.structured import Structured, extract_structured
from pipelines.structured_json import load_json

URL = "https://www.exemple.invalid/actualite/12/le-barrage"
TITLE = "Le barrage du Haut-Oued rouvre ses vannes"
ARTICLE: dict[str, Any] = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": TITLE,
    "datePublished": "2026-03-01T08:30:00+01:00",
    "dateModified": "2026-03-02",
    "author": [{"@type": "Person", "name": "Salma Idrissi"}, {"@type": "Person", "name": "Paul Vannier"}],
    "articleSection": "Régions",
    "keywords": "eau, barrages; agriculture",
    "url": URL,
}


def read(head: str = "", body: str = "", url: str = URL, title: str = TITLE) -> Structured:
    page = f'<html lang="fr-MA"><head><title>{title} - Exemple</title>{head}</head><body>{body}</body></html>'
    return extract_structured(html.document_fromstring(page), url)


def script(*values: Any) -> str:
    texts = [value if isinstance(value, str) else json.dumps(value) for value in values]
    return "".join(f'<script type="application/ld+json">{text}</script>' for text in texts)


def values(found: Structured, field: str) -> list[str]:
    return [claim.value for claim in getattr(found, field)]


def test_json_ld_fields_with_their_rules() -> None:
    found = read(script(ARTICLE))
    assert [(c.value, c.rule) for c in found.headline] == [(TITLE, "jsonld:headline")]
    assert values(found, "published") == ["2026-03-01T08:30:00+01:00"]
    assert values(found, "modified") == ["2026-03-02"]
    assert values(found, "authors") == ["Salma Idrissi", "Paul Vannier"]
    assert values(found, "section") == ["Régions"]
    assert values(found, "tags") == ["eau", "barrages", "agriculture"]
    assert values(found, "canonical") == [URL]
    assert values(found, "language") == ["fr-MA"]
    assert found.warnings == ()


CARD = {
    **ARTICLE,
    "headline": "Une autre affaire de tramway",
    "url": "https://www.exemple.invalid/actualite/99/tramway",
}


@pytest.mark.parametrize(
    "blocks",
    [
        [[CARD, ARTICLE]],
        [CARD, ARTICLE],
        [{"@graph": [CARD, {"@type": "WebPage", "mainEntity": ARTICLE}]}],
        [
            {
                "@graph": [
                    {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": CARD}]},
                    ARTICLE,
                ]
            }
        ],
        [{**ARTICLE, "relatedLink": [CARD], "hasPart": CARD, "mentions": [CARD]}],
        [{**ARTICLE, "@type": ["CreativeWork", "NewsArticle"]}, CARD],
        [{**ARTICLE, "@type": "http://schema.org/ReportageNewsArticle"}, CARD],
        [
            {
                **ARTICLE,
                "url": None,
                "mainEntityOfPage": {"@type": "WebPage", "@id": URL + "/?utm_source=x#corps"},
            },
            CARD,
        ],
        [{**ARTICLE, "url": None}, CARD],
        [{"itemListElement": [ARTICLE, CARD], "@type": "ItemList"}],
    ],
)
def test_the_object_of_this_page_is_chosen(blocks: list[Any]) -> None:
    found = read(script(*blocks))
    assert values(found, "headline") == [TITLE]
    assert found.other_articles >= 1


@pytest.mark.parametrize(
    "blocks",
    [
        [CARD],
        [{"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": {**CARD, "url": None}}]}],
        [{"@type": "CollectionPage", "blogPost": [CARD, {**CARD, "headline": "Le marché de gros"}]}],
        [
            CARD,
            {
                **CARD,
                "headline": "Le marché de gros",
                "url": "https://www.exemple.invalid/actualite/98/marche",
            },
        ],
    ],
)
def test_a_card_is_never_the_page(blocks: list[Any]) -> None:
    found = read(script(*blocks))
    assert values(found, "headline") == []
    assert values(found, "published") == []
    assert found.other_articles >= 1


def test_the_only_article_without_address_is_the_page_even_with_another_title() -> None:
    found = read(script({**ARTICLE, "url": None}), title="Accueil")
    assert values(found, "headline") == [TITLE]


def test_references_within_a_graph_are_followed() -> None:
    graph = [
        {**ARTICLE, "author": {"@id": "#salma"}, "publisher": {"@id": "#site"}, "image": {"@id": "#photo"}},
        {"@type": "Person", "@id": "#salma", "name": "Salma Idrissi"},
        {"@type": "NewsMediaOrganization", "@id": "#site", "name": "Exemple"},
        {
            "@type": "ImageObject",
            "@id": "#photo",
            "url": "/photo.jpg",
            "caption": "Le lac",
            "creditText": "P. Vannier",
        },
    ]
    found = read(script({"@graph": graph}))
    assert values(found, "authors") == ["Salma Idrissi"]
    assert values(found, "publisher")[0] == "Exemple"
    image = found.images[0]
    assert (image.url, image.caption, image.credit) == (
        "https://www.exemple.invalid/photo.jpg",
        "Le lac",
        "P. Vannier",
    )


def test_organisations_among_authors_are_told_apart() -> None:
    authors = [
        {"@type": "Organization", "name": "La Dépêche inventée"},
        {"@type": ["Person"], "name": "Salma Idrissi"},
    ]
    found = read(script({**ARTICLE, "author": authors}))
    assert [(c.value, c.rule) for c in found.authors] == [
        ("La Dépêche inventée", "jsonld:author:organization"),
        ("Salma Idrissi", "jsonld:author"),
    ]


@pytest.mark.parametrize(
    "author", ["Salma Idrissi", ["Salma Idrissi"], {"givenName": "Salma", "familyName": "Idrissi"}]
)
def test_spellings_of_an_author(author: Any) -> None:
    assert values(read(script({**ARTICLE, "author": author})), "authors") == ["Salma Idrissi"]


def test_values_are_cleaned_and_the_raw_text_stays() -> None:
    found = read(
        script({**ARTICLE, "headline": "Le barrage du Haut&#45;Oued <em>rouvre</em> ses&amp;nbsp;vannes"})
    )
    assert found.headline[0].value == "Le barrage du Haut-Oued rouvre ses\u00a0vannes"
    assert found.headline[0].raw == "Le barrage du Haut&#45;Oued <em>rouvre</em> ses&amp;nbsp;vannes"


def test_article_body_keeps_its_paragraphs() -> None:
    found = read(script({**ARTICLE, "articleBody": "<p>Un &amp; deux.</p><p>Trois.</p>"}))
    assert values(found, "body") == ["Un & deux.\nTrois."]


GOOD = json.dumps(ARTICLE)


@pytest.mark.parametrize(
    ("text", "warnings"),
    [
        (f"<!-- {GOOD} -->", ()),
        (f"//<![CDATA[\n{GOOD}\n//]]>", ()),
        (f"/*<![CDATA[*/{GOOD}/*]]>*/", ()),
        (f"\ufeff \n{GOOD};", ()),
        (GOOD.replace(TITLE, "Le barrage du Haut-Oued\trouvre\n ses vannes"), ()),
        (GOOD + "\n" + json.dumps(CARD), ()),
        (
            GOOD.replace('"url"', '"name": "", "url"')
            .replace("}]", "},]")
            .replace(f'"{URL}"}}', f'"{URL}",}}'),
            ("jsonld_mended",),
        ),
        (GOOD.replace("{", "{ // un commentaire\n /* et un autre, */", 1), ("jsonld_mended",)),
        (GOOD.replace('"', "&quot;"), ("jsonld_mended",)),
        (GOOD[:-1] + ', "description": "Il dit "non" à \\l\'eau"}', ("jsonld_mended",)),
        (GOOD[:-2], ("jsonld_salvaged",)),
        (GOOD.replace('"url":', '"url" '), ("jsonld_salvaged",)),
    ],
)
def test_broken_json_is_read_as_far_as_it_goes(text: str, warnings: tuple[str, ...]) -> None:
    found = read(script(text))
    assert values(found, "headline") == [TITLE]
    assert values(found, "published") == ["2026-03-01T08:30:00+01:00"]
    assert values(found, "authors") == ["Salma Idrissi", "Paul Vannier"]
    assert found.warnings == warnings


def test_nothing_is_salvaged_where_several_articles_are_meant() -> None:
    assert load_json(GOOD[:-2] + json.dumps(CARD)[:-2] + '"headline": [') == ([], "broken")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[" * 100_000, "too_deep"),
        ('{"a":' * 100_000, "too_deep"),
        ('{"a": "' + "x" * 3_000_000 + '"}', "too_large"),
        ("Musique et sport", "broken"),
        ("", None),
        ("  <!-- -->", "broken"),
    ],
)
def test_what_cannot_be_read_is_named(text: str, fault: str | None) -> None:
    started = time.process_time()
    assert load_json(text) == ([], fault)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "unit", ['"', "\\", "/*", "//", ",", '"a":', '{"headline":"', "&quot;", '" ', "{", "[{},", "/*a*"]
)
def test_broken_json_takes_linear_time(unit: str) -> None:
    started = time.process_time()
    load_json("{" + unit * (1_000_000 // len(unit)))
    assert time.process_time() - started < 3


def test_a_deep_script_does_not_hide_the_next_one() -> None:
    found = read(script("[" * 100_000, ARTICLE))
    assert values(found, "headline") == [TITLE]
    assert found.warnings == ("jsonld_too_deep",)


META = """
<meta property="og:title" content="Le barrage rouvre"><meta property="og:type" content="article">
<meta property="og:url" content="/actualite/12/le-barrage?utm_source=x">
<meta property="og:site_name" content="Exemple">
<meta property="og:image" content="/a.jpg"><meta property="og:image:alt" content="Le lac">
<meta property="article:published_time" content="2026-03-01T08:30:00+01:00">
<meta property="article:author" content="https://www.facebook.com/exemple">
<meta name="author" content="Salma Idrissi">
<meta property="article:tag" content="eau"><meta property="article:tag" content="barrages">
<meta name="keywords" content="eau, irrigation"><meta name="DC.Date.Issued" content="2026-03-01">
<meta name="sailthru.title" content="Barrage"><meta name="article:content_tier" content="locked">
<meta name="twitter:label1" content="Écrit par"><meta name="twitter:data1" content="S. Idrissi">
<meta name="parsely-page" content='{"title": "Vannes", "authors": ["Salma I."], "pub_date": "2026-03-01"}'>
<meta name="syndication-source" content="https://autre.invalid/b">
<link rel="canonical" href="http://www.exemple.invalid/c">
"""


def test_meta_elements() -> None:
    found = read(META)
    assert values(found, "headline") == ["Le barrage rouvre", "Barrage", "Vannes"]
    assert [c.rule for c in found.published] == [
        "meta:article:published_time",
        "meta:dc:date:issued",
        "meta:parsely-page",
    ]
    assert values(found, "authors") == ["Salma Idrissi", "S. Idrissi", "Salma I."]
    assert values(found, "tags") == ["eau", "barrages", "eau", "irrigation"]
    assert values(found, "accessible_for_free") == ["false"]
    assert values(found, "based_on") == ["https://autre.invalid/b"]
    assert values(found, "canonical") == ["http://www.exemple.invalid/c", URL]
    assert [(i.url, i.caption) for i in found.images] == [("https://www.exemple.invalid/a.jpg", "Le lac")]
    assert values(found, "site_name") == ["Exemple"]
    assert values(found, "type") == ["article"]


def test_json_ld_stands_before_meta_elements() -> None:
    found = read(META + script(ARTICLE))
    assert found.headline[0].rule == "jsonld:headline"
    assert found.authors[0].rule == "jsonld:author"
    assert "meta:og:title" in [c.rule for c in found.headline]


@pytest.mark.parametrize("kind", ["WebPage", ["WebPage", "ItemPage"], "https://schema.org/CollectionPage"])
def test_the_page_an_article_is_part_of_is_no_site(kind: str | list[str]) -> None:
    article = {**ARTICLE, "isPartOf": [{"@id": "#page"}, {"@id": "#site"}]}
    page = {"@type": kind, "@id": "#page", "name": TITLE}
    site = {"@type": ["WebSite", "Product"], "@id": "#site", "name": "Exemple"}
    assert set(values(read(script({"@graph": [article, page, site]})), "site_name")) == {"Exemple"}


def test_a_film_on_the_page_stands_behind_meta_elements() -> None:
    film = {"@type": "VideoObject", "name": TITLE, "uploadDate": "2020-01-01"}
    found = read(META + script(film))
    assert values(found, "published")[0] == "2026-03-01T08:30:00+01:00"
    assert found.published[-1].rule == "jsonld:media:uploaddate"


ITEM = """
<div itemscope itemtype="https://schema.org/NewsArticle"><h1 itemprop="headline">{title}</h1>
<span itemprop="author" itemscope itemtype="https://schema.org/Person"><b itemprop="name">{author}</b>
(Rabat)</span>
<time itemprop="datePublished" datetime="{date}">hier</time>
<div itemprop="articleBody"><p>Texte.</p></div><img itemprop="image" src="{author}.jpg"></div>
"""


def test_microdata_of_the_page_and_not_of_a_card() -> None:
    card = ITEM.format(title="Une autre affaire de tramway", author="Autre", date="2020-01-01")
    own = ITEM.format(title=TITLE, author="Salma Idrissi", date="2026-03-01")
    found = read(body=card + own + card)
    assert [(c.value, c.rule) for c in found.headline] == [(TITLE, "microdata:headline")]
    assert values(found, "authors") == ["Salma Idrissi"]
    assert values(found, "published") == ["2026-03-01"]
    assert values(found, "body") == ["Texte."]
    assert [i.url for i in found.images] == ["https://www.exemple.invalid/actualite/12/Salma%20Idrissi.jpg"]


def test_microdata_without_an_item() -> None:
    found = read(
        body='<h1 itemprop="headline">Vannes</h1>'
        '<abbr itemprop="datePublished" title="2026-03-01">08:00</abbr>'
    )
    assert values(found, "headline") == ["Vannes"]
    assert values(found, "published") == ["2026-03-01"]


def test_two_cards_without_the_page_give_nothing() -> None:
    card = ITEM.format(title="Une autre affaire de tramway", author="Autre", date="2020-01-01")
    assert read(body=card + card).headline == ()


def test_times_are_listed_apart() -> None:
    found = read(
        body='<time class="entry-date published" datetime="2026-03-01">1er mars</time>'
        '<time class="updated" datetime="2026-03-02">2 mars</time><time>3 mars</time>'
    )
    assert [(c.value, c.rule, c.raw) for c in found.times] == [
        ("2026-03-01", "time:published", "1er mars"),
        ("2026-03-02", "time:updated", "2 mars"),
        ("3 mars", "time", "3 mars"),
    ]
    assert found.published == ()


def test_breadcrumbs_give_the_steps_between() -> None:
    names = ["Accueil", "Régions", "Oriental", TITLE]
    steps = [
        {"@type": "ListItem", "position": i, "item": {"@id": f"/{i}", "name": n}} for i, n in enumerate(names)
    ]
    found = read(script({"@type": "BreadcrumbList", "itemListElement": steps}))
    assert [(c.value, c.rule) for c in found.section] == [
        ("Régions", "jsonld:breadcrumb"),
        ("Oriental", "jsonld:breadcrumb"),
    ]


JSON_VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=20),
        st.sampled_from([TITLE, URL]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(
                [*ARTICLE, "@id", "@graph", "name", "image", "itemListElement", "isBasedOn", "about"]
            ),
            inner,
        ),
    ),
    max_leaves=20,
)


@given(JSON_VALUES, st.text(max_size=50))
def test_any_values_in_any_place_are_survived(value: Any, tail: str) -> None:
    found = read(script({**ARTICLE, "author": value}, value, json.dumps(value) + tail.replace("<", "")))
    assert all(claim.value for claim in found.headline + found.authors + found.tags)


@given(st.text())
def test_any_text_in_a_script_is_survived(text: str) -> None:
    found, fault = load_json(text)
    assert fault in (None, "mended", "salvaged", "broken", "too_deep")
    assert isinstance(found, list)


def test_a_page_of_many_cards_and_properties_is_bounded() -> None:
    cards = [
        {**CARD, "headline": f"Affaire {n}", "url": f"https://www.exemple.invalid/{n}"} for n in range(5000)
    ]
    body = "".join(
        f'<div itemscope itemtype="https://schema.org/Article"><b itemprop="headline">{n}</b></div>'
        for n in range(5000)
    )
    started = time.process_time()
    found = read(script(cards) + "<meta name='keywords' content='a, b'>" * 5000, body)
    assert time.process_time() - started < 3
    assert found.headline == ()
    assert len(found.tags) <= 100


def test_an_empty_page() -> None:
    assert extract_structured(html.document_fromstring("<p></p>"), "urn:sha256:00") == Structured()
