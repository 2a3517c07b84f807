"""Where a page prints its lines: leads, bylines, cards, prompts and feet in the markup of many systems."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipelines.article import read_article
from pipelines.blocks_tree import parse
from pipelines.body import read_body
from storage.records import Article, Page

FETCHED = datetime(2026, 11, 23, 9, tzinfo=UTC)
TITLE = "Le pont de Brévilliers ferme pour deux ans"
PROSE = [
    "La commune va fermer pour deux ans son pont de pierre, dont une arche s'est affaissée cet hiver.",
    "Les riverains devront passer par la vallée, soit douze kilomètres de plus pour aller au marché.",
    "Le conseil a voté les crédits lors de sa séance publique, après deux heures de débat animé.",
    "Une passerelle provisoire, réservée aux piétons, sera posée au printemps par le département.",
]


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def read(inner: str, head: str = "") -> Article:
    text = (
        f'<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>{TITLE} | La Vigie</title>{head}'
        f"</head><body>{inner}</body></html>"
    )
    return read_article(Page("https://vigie.example/actu/pont-12", text.encode(), FETCHED))


def page(*, above: str = "", body: str = paragraphs(*PROSE), below: str = "", h1: str = TITLE) -> str:
    return f"<main><article><h1>{h1}</h1>{above}<div class='texte'>{body}</div>{below}</article></main>"


def lines(article: Article) -> list[str]:
    return (article.body or "").split("\n")


def test_words_that_style_alone_sets_apart_are_words() -> None:
    found = read(page(above="<div><span>Par Ibrahim Modele</span><span>2 avril 2026</span></div>"))
    assert found.authors == ("Ibrahim Modele",)
    assert found.attributions == ()
    assert found.published is not None
    assert found.published.date.isoformat() == "2026-04-02"


def test_a_raised_number_belongs_to_its_word() -> None:
    found = read(
        page(body=paragraphs(*PROSE, "La halle de 120 m<sup>2</sup> et ses abords rouvrent en juin."))
    )
    assert lines(found)[-1] == "La halle de 120 m2 et ses abords rouvrent en juin."


@pytest.mark.parametrize("tag", ["h2", "h3", "p"])
def test_a_lead_needs_no_name(tag: str) -> None:
    lead = "Pendant les travaux, les camions passeront par la vallée, et les écoliers par une passerelle."
    found = read(page(above=f"<{tag}>{lead}</{tag}><p>Publié le 2 avril 2026</p>"))
    assert lead in (found.lead, *lines(found))
    assert (found.lead, *lines(found)).count(lead) == 1


@pytest.mark.parametrize(
    "above",
    [
        "<h3>Publié le jeudi 2 avril 2026 à 7h05, mis à jour le vendredi 3 avril 2026 à 8h10</h3>",
        "<h3>Par Anne Modele, publié le jeudi 2 avril 2026 à 7h05, mis à jour à 21h15</h3>",
    ],
)
def test_a_long_date_line_is_no_lead(above: str) -> None:
    assert read(page(above=above)).lead is None


def test_what_stands_below_the_name_of_the_site_is_no_lead() -> None:
    slogan = "Toute l'actualité de la baie, des ports et des îles, chaque matin depuis soixante ans"
    head = f"<meta property='og:title' content='{TITLE}'><meta property='og:site_name' content='La Vigie'>"
    found = read(f"<div><h1>La Vigie</h1><h2>{slogan}</h2></div><div>{paragraphs(*PROSE)}</div>", head)
    assert (found.title, found.lead) == (TITLE, None)


def test_a_headline_written_twice_is_no_lead() -> None:
    found = read(page(above="<h2>Le pont de Brévilliers ferme ses portes pour deux ans : tout savoir</h2>"))
    assert found.lead is None


@pytest.mark.parametrize(
    ("name", "texts"), [("field--type-text-with-summary", PROSE), ("entry-summary", [*PROSE, PROSE[0]])]
)
def test_a_whole_text_is_no_lead_whatever_its_box_is_called(name: str, texts: list[str]) -> None:
    body = f"<div class='{name}'>{paragraphs(*texts[:2])}<h2>La suite</h2>{paragraphs(*texts[2:])}</div>"
    found = read(page(body=body))
    assert found.lead is None
    assert lines(found)[0] == PROSE[0]


def test_a_text_in_a_box_called_summary_is_no_lead() -> None:
    found = read(
        page(body=f"<div class='field--type-text-with-summary'>{paragraphs(*PROSE[:2])}<h2>La suite</h2>"
        f"{paragraphs(*PROSE[2:], *PROSE[:1])}</div>")
    )  # fmt: skip
    assert found.lead is None
    assert PROSE[0] in lines(found)


def test_cards_of_other_articles_are_not_the_text() -> None:
    teaser = "Ce que le bourg a dit de la dernière crue du fleuve, et des suivantes, numéro {0}."
    card = "<article><h3><a href='/b/{0}'>Une autre histoire, {0}</a></h3><p>" + teaser + "</p></article>"
    more = [f"{number} habitants ont signé la pétition du quartier, selon la mairie." for number in (80, 90)]
    cards = "".join(card.format(number) for number in range(5))
    found = read(
        f"<main><article><h1>{TITLE}</h1><div>{paragraphs(*PROSE, *more)}</div></article>"
        f"<section>{cards}</section></main>"
    )
    assert lines(found) == [*PROSE, *more]


def test_teasers_below_linked_headings_are_not_the_text() -> None:
    teaser = "Ce que le bourg a dit de la dernière crue du fleuve, et des suivantes, au fil des ans."
    card = f"<div><h3><a href='/b/1'>Une autre histoire du bourg</a></h3><p>{teaser}</p></div>"
    found = read(f"<main><h1>{TITLE}</h1><div><div>{paragraphs(*PROSE)}</div>{card}</div></main>")
    assert lines(found) == PROSE


def test_a_heading_that_links_to_itself_heads_the_text() -> None:
    part = f"<div><h2><a href='#suite'>La suite des travaux</a></h2><p>{PROSE[3]} {PROSE[2]}</p></div>"
    found = read(f"<main><h1>{TITLE}</h1><div><div>{paragraphs(*PROSE)}</div>{part}</div></main>")
    assert lines(found)[-2:] == ["La suite des travaux", f"{PROSE[3]} {PROSE[2]}"]


def test_the_text_is_no_card_whatever_rank_the_headlines_of_cards_have() -> None:
    box = "<h3><a href='/auteur'>Anne Modele</a></h3>"
    parsed = parse(
        f"<h1>{TITLE}</h1><article>{paragraphs(*PROSE)}{box}</article>"
        "<article><h1><a href='/b/1'>Une autre histoire du bourg</a></h1></article>"
    )
    assert parsed.tree is not None
    assert [p.text for p in read_body(parsed.tree).paragraphs][: len(PROSE)] == PROSE


def test_a_prompt_takes_no_answer_with_it() -> None:
    found = read(page(body=paragraphs(*PROSE[:2], "Suivez-nous", "Tous ne sont pas contents.", *PROSE[2:])))
    assert "Tous ne sont pas contents." in lines(found)


def test_what_a_prompt_asks_goes_with_it() -> None:
    asked = "Partagez cet article avec vos proches et suivez la page de la rédaction, jour après jour."
    found = read(page(body=paragraphs(*PROSE[:2], "Suivez-nous", asked, *PROSE[2:])))
    assert lines(found) == PROSE


@pytest.mark.parametrize("prompt", ["Abonnez-vous à notre newsletter", "Suivez-nous", "Continue reading"])
def test_a_prompt_in_the_text_takes_no_paragraph_with_it(prompt: str) -> None:
    next_one = (
        "Le registre du port montre une plus grande part de navires étrangers, et les offres se font rares."
    )
    found = read(
        page(body=paragraphs(*PROSE[:2], prompt, next_one, "Tous ne sont pas contents.", *PROSE[2:]))
    )
    assert next_one in lines(found)
    assert "Tous ne sont pas contents." in lines(found)


def test_names_of_paywalls_on_the_text_itself_cut_nothing() -> None:
    body = "".join(
        f"<h2 class='paywall'>Partie {n}</h2><p class='paywall'>{p}</p>" for n, p in enumerate(PROSE)
    )
    found = read(page(body=body + "<div class='subscriber-only'><p>Une phrase courte.</p></div>"))
    assert [line for line in lines(found) if line.startswith("Partie")] == [f"Partie {n}" for n in range(4)]
    assert lines(found)[-1] == "Une phrase courte."


def test_a_box_that_asks_for_a_subscription_is_cut() -> None:
    box = "<div class='paywall'><p>Abonnez-vous dès 1 € par mois pour lire la suite de cet article.</p></div>"
    found = read(page(below=box))
    assert lines(found) == PROSE
    assert found.paywalled is False


@pytest.mark.parametrize("name", ["post-footer", "entry-footer", "article-footer"])
def test_the_foot_of_an_article_says_who_and_when(name: str) -> None:
    foot = (
        f"<div class='{name}'><span>Publié par Zeinab Modele</span> <span>le 2 avril 2026 à 7h05</span></div>"
    )
    found = read(page(below=foot))
    assert found.authors == ("Zeinab Modele",)
    assert found.published is not None
    assert str(found.published.datetime) == "2026-04-02 07:05:00"


def test_a_foot_without_a_label_is_read_by_its_markup() -> None:
    foot = (
        "<footer class='entry-footer'><span class='author vcard'><a href='/author/x'>Ibrahim Modele</a>"
        "</span><span><time datetime='2026-04-02T07:05:00+02:00'>2 avril 2026</time></span></footer>"
    )
    found = read(page(below=foot))
    assert found.published is not None
    assert found.published.date.isoformat() == "2026-04-02"


@pytest.mark.parametrize(
    "markup",
    [
        "<ul class='bylines'><li>Hortense Modele</li><li>Luc Exemple</li></ul>",
        "<div class='author'><div>Hortense Modele</div><div>Luc Exemple</div></div>",
    ],
)
def test_each_of_several_authors_is_one(markup: str) -> None:
    assert read(page(above=markup)).authors == ("Hortense Modele", "Luc Exemple")


@pytest.mark.parametrize(
    "markup",
    [
        "<div class='author'><a href='/a'>Hortense Modele</a> <span>Suivre</span></div>",
        "<div class='author'><p class='name'>Hortense Modele</p><p class='role'>Conservatrice</p></div>",
    ],
)
def test_what_stands_beside_an_author_is_no_name(markup: str) -> None:
    assert read(page(above=markup)).authors == ("Hortense Modele",)


def test_a_label_before_an_author_is_no_name() -> None:
    markup = "<div class='author'><p>Analyse</p><p>von Hortense Modele</p></div>"
    assert read(page(above=markup)).authors == ("Hortense Modele",)


@pytest.mark.parametrize(
    "end",
    [
        "<p>Hortense Modele</p>",
        "<p><strong>Hortense Modele, à Brévilliers</strong></p>",
        "<p><strong>Hortense Modele à Brévilliers</strong></p>",
        "<p>Hortense Modele, Brévilliers</p>",
        "<div>Hortense Modele</div>",
    ],
)
def test_a_name_alone_ends_the_text(end: str) -> None:
    found = read(page(body=paragraphs(*PROSE) + end))
    assert found.authors == ("Hortense Modele",)
    assert lines(found)[-1] == PROSE[-1]


@pytest.mark.parametrize(
    "end",
    [
        "<p>Le maire, Luc Exemple, a voté contre ce projet de fermeture.</p><p>Luc Exemple</p>",
        "<p>Sierra Leone</p>",
        "<p>Vie Politique</p>",
        "<p>Bonne lecture</p>",
        "<h3>Luc Exemple</h3>",
        "<p><a href='/m/luc'>Luc Exemple</a></p>",
        "<ul><li>Luc Exemple</li></ul>",
        "<p>Les conseillers qui ont voté contre :</p><p>Luc Exemple</p>",
    ],
)
def test_not_every_short_line_at_the_end_signs(end: str) -> None:
    assert read(page(body=paragraphs(*PROSE) + end)).authors == ()


@pytest.mark.parametrize(
    "mark",
    [
        "<ul><li><i class='fa fa-user'></i> Hortense Modele</li><li>2 avril 2026</li></ul>",
        "<div><div><i class='bi bi-person-fill'></i> Hortense Modele</div><div>2 avril 2026</div></div>",
        "<div><a href='#'><span class='glyphicon glyphicon-user'></span> Hortense Modele</a></div>",
        "<ul><li data-hook='user-name'><span>Hortense Modele</span></li><li>2 avril 2026</li></ul>",
        "<p><span class='x1 user-name x2'>Hortense Modele</span></p>",
    ],
)
def test_a_drawing_may_mark_the_author(mark: str) -> None:
    found = read(page(above=mark))
    assert found.authors == ("Hortense Modele",)
    assert "Modele" not in (found.body or "")


@pytest.mark.parametrize(
    "mark",
    [
        "<div><i class='fa fa-map-marker'></i> Hortense Modele</div>",
        "<div><i class='fa fa-users'></i> Hortense Modele</div>",
        "<div><i class='fa fa-user'></i> Mon Compte</div>",
        "<div><i class='fa fa-user'></i> Se Connecter</div>",
    ],
)
def test_other_drawings_mark_no_author(mark: str) -> None:
    assert read(page(above=mark)).authors == ()


def test_whoever_signs_comes_before_what_is_called_as_the_host() -> None:
    own = "<div>Par <a class='author' href='/auteur/v/'>Vigie Brévilliers</a></div>"
    end = "<p><strong>Propos recueillis par Hortense Modele</strong></p>"
    texts = {"": ("Vigie Brévilliers",), end: ("Hortense Modele",)}
    for below, wanted in texts.items():
        text = page(above=own, body=paragraphs(*PROSE) + below)
        html = f"<html lang='fr'><head><title>{TITLE}</title></head><body>{text}</body></html>"
        found = read_article(Page("https://vigie-brevilliers.example/pont-12", html.encode(), FETCHED))
        assert found.authors == wanted


def test_a_name_in_two_boxes_is_one() -> None:
    markup = "<div class='author'><div>Hortense</div><div>Modele</div></div>"
    assert read(page(above=markup)).authors == ("Hortense Modele",)


def test_practical_lines_at_the_end_belong_to_the_text() -> None:
    facts = ["Du 4 au 30 août, à la criée du port.", "Entrée libre, de 10 h à 19 h"]
    found = read(page(body=paragraphs(*PROSE) + "<h3>Pratique</h3>" + paragraphs(*facts)))
    assert lines(found) == [*PROSE, "Pratique", *facts]


def test_links_below_the_text_are_no_part_of_it() -> None:
    more = "<h3>Autour de la baie</h3><p><a href='/b'>Le phare</a> rouvre au public.</p><p>Un texte.</p>"
    assert lines(read(page(body=paragraphs(*PROSE) + more))) == PROSE


def test_lines_of_one_paragraph_stay_together() -> None:
    told = [
        "<b>Fiche technique</b>",
        "À Val-Perdu, 31-24 (mi-temps 7-19)",
        "3 200 spectateurs ont vu le match.",
    ]
    sheet = "<br>".join((*told, "Buts : Modele (12e), Exemple (60e)", "Exclu : Tipo (52e)"))
    found = read(page(body=paragraphs(*PROSE) + f"<p>{sheet}</p>"))
    assert lines(found)[len(PROSE) :] == [
        "Fiche technique",
        "À Val-Perdu, 31-24 (mi-temps 7-19)",
        "3 200 spectateurs ont vu le match.",
        "Buts : Modele (12e), Exemple (60e)",
        "Exclu : Tipo (52e)",
    ]


def test_the_last_answer_stays() -> None:
    talk = ["<b>Un dernier mot ?</b>", "Non, merci"]
    found = read(page(body=paragraphs(*PROSE, *talk)))
    assert lines(found)[-2:] == ["Un dernier mot ?", "Non, merci"]


def test_the_headline_is_not_the_first_line() -> None:
    pieces = "".join(f"<div class='piece'><p>{text}</p></div>" for text in PROSE)
    found = read(f"<article><h1><span>Transport</span> {TITLE}</h1>{pieces}</article>")
    assert lines(found) == PROSE


def test_links_to_share_are_no_tags() -> None:
    below = (
        "<div class='post-tags'><a rel='tag' href='/tag/fleuve'>fleuve</a></div><div class='tags-share-box'>"
        "<a href='https://www.facebook.com/sharer/sharer.php?u=x'>Facebook</a>"
        "<a href='https://twitter.com/intent/tweet?x'>Twitter</a></div>"
    )
    assert [tag.name for tag in read(page(below=below)).tags] == ["fleuve"]


def test_what_an_embedded_post_says_without_its_script_is_not_the_text() -> None:
    tweet = f"<amp-twitter><blockquote placeholder><p>{PROSE[3]}</p></blockquote></amp-twitter>"
    assert lines(read(page(body=paragraphs(*PROSE[:2]) + tweet + paragraphs(PROSE[2])))) == PROSE[:3]


@pytest.mark.parametrize(
    "heading",
    [
        "À lire aussi en Politique",
        "À lire aussi dans Culture",
        "Articles recommandés pour vous",
        "Ces articles peuvent aussi vous plaire",
        "Retrouvez tous nos articles sur les ponts",
        "Et aussi dans Société",
        "On en parle aussi",
    ],
)
def test_headings_of_related_articles(heading: str) -> None:
    links = (
        "<ul><li><a href='/x/1'>Le budget bouclé à l'aube</a></li><li><a href='/x/2'>La crue</a></li></ul>"
    )
    found = read(page(below=f"<section><h2>{heading}</h2>{links}</section>"))
    assert [link.heading for link in found.related] == [heading] * 2
    assert lines(found) == PROSE


CARD = "<div class='card'>{0}<a href='{1}'><h3>{2}</h3></a></div>"


@pytest.mark.parametrize(
    "paid",
    [
        CARD.format(
            "<span>Sponsorisé</span>", "https://annonceur.example/2", "La banque qui vous veut du bien"
        ),
        CARD.format("<span>Publi-rédactionnel</span>", "/3", "La banque qui vous veut du bien"),
        CARD.format("", "https://trc.taboola.com/x", "Ce remède chinois fait fureur"),
        CARD.format("", "/fichiers/projet_de_loi.pdf", "Le projet de loi sur les ponts, en entier"),
        "<a rel='next' href='/n'>Le phare de la pointe est repeint en rouge</a>",
        "<a class='itemPrevious' href='/p'>« Le port est en grève depuis lundi</a>",
    ],
)
def test_what_is_paid_for_or_only_next_is_not_related(paid: str) -> None:
    card = CARD.format("", "/1", "Le budget bouclé à l'aube")
    found = read(page(below=f"<section><h2>À lire aussi</h2>{card}{paid}</section>"))
    assert [link.title for link in found.related] == ["Le budget bouclé à l'aube"]


def test_a_label_for_sharing_takes_no_tags_with_it() -> None:
    below = (
        "<div><div><span>Partager :</span></div><ul class='m-tags-list'>"
        "<li><a href='/tag/agri'>Agriculture</a></li><li><a href='/tag/pont'>Ponts</a></li></ul></div>"
    )
    assert [tag.name for tag in read(page(below=below)).tags] == ["Agriculture", "Ponts"]


def test_an_author_may_be_one_field_of_a_line() -> None:
    found = read(page(above="<p>Publié le : 2 avril 2026 | Catégories : Ponts | Auteur : Clélia Modele</p>"))
    assert found.authors == ("Clélia Modele",)
    assert found.published is not None


@pytest.mark.parametrize(
    "inside",
    ["<style>.t{color:red}</style>", "<button>Enregistrer</button>", "<svg><title>Icône</title></svg>"],
)
def test_what_a_headline_holds_beside_its_words(inside: str) -> None:
    assert read(page(h1=inside + TITLE + inside)).title == TITLE


def test_a_kicker_that_style_sets_apart_is_not_the_headline() -> None:
    assert read(page(h1=f"<span>Transport</span><span>{TITLE}</span>")).title == TITLE


def test_a_headline_may_be_a_lower_heading() -> None:
    inner = f"<h1>Actualités</h1><h3 class='entry-title'>{TITLE}</h3>{paragraphs(*PROSE)}"
    text = f"<html lang='fr'><head><title>Brise: {TITLE}</title></head><body>{inner}</body></html>"
    found = read_article(Page("https://vigie.example/actu/pont-12", text.encode(), FETCHED))
    assert found.title == TITLE
    assert TITLE not in lines(found)


def test_a_heading_above_the_text_that_is_not_the_headline_stays() -> None:
    head = f"<meta property='og:title' content='{TITLE}'>"
    found = read(page(body=f"<h1>La première partie</h1>{paragraphs(*PROSE)}"), head)
    assert (found.title, lines(found)[0]) == (TITLE, "La première partie")


def test_a_headline_with_its_kicker_is_not_part_of_a_text_in_boxes() -> None:
    boxes = "".join(
        f"<div class='textComponent'><p>{text} {more}</p></div>" for text in PROSE for more in PROSE
    )
    date = "<p class='date'>Publié le 2 avril 2026 à 7h05</p>"
    found = read(f"<article><h1><span class='surtitre'>Transport</span> {TITLE}</h1>{date}{boxes}</article>")
    assert (found.title, lines(found)[0]) == (TITLE, f"{PROSE[0]} {PROSE[0]}")


def test_a_wall_of_cookies_is_not_a_short_article() -> None:
    wall = "Nous et nos partenaires utilisons des cookies pour mesurer l'audience et pour la publicité."
    found = read(
        f"<div id='sp_message_container_12'>{paragraphs(*[wall] * 4)}</div>"
        + page(body=paragraphs(*PROSE[:2]))
    )
    assert lines(found) == PROSE[:2]


def test_a_day_may_stand_before_the_headline_repeated() -> None:
    found = read(page(above=f"<div>02-04-2026 07:05 - {TITLE}</div>"))
    assert found.published is not None
    assert str(found.published.datetime) == "2026-04-02 07:05:00"
    assert lines(found) == PROSE


def credits(article: Article) -> list[tuple[str, ...]]:
    return [one.outlets for one in article.attributions]


def test_an_outlet_and_the_day_of_its_issue_end_the_text() -> None:
    body = paragraphs(*PROSE, "Paru dans Le Littoral du 2 avril 2026", "Une note de bas de page.")
    assert credits(read(page(body=body))) == [("Le Littoral",)]


@pytest.mark.parametrize(
    ("above", "below", "head"),
    [
        ("<p>Société • LAVIGIE.NET • mardi 7 avril 2026 à 21h30</p>", "", ""),
        ("", "<p>Lavigie.net</p>", "<meta property='og:site_name' content='La Vigie'>"),
        ("<p>Publié par <a href='/p'>La Vigie</a> à 10:34</p>", "", ""),
    ],
)
def test_a_site_is_not_its_own_source(above: str, below: str, head: str) -> None:
    text = (
        f"<html lang='fr'><head><title>{TITLE} | La Vigie</title>{head}</head><body>"
        f"{page(above=above, body=paragraphs(*PROSE) + below)}</body></html>"
    )
    own = read_article(Page("https://lavigie.net/actu/pont-12", text.encode(), FETCHED))
    other = read_article(Page("https://tambour.net/actu/pont-12", text.replace("| La", "").encode(), FETCHED))
    assert (credits(own), len(credits(other))) == ([], 1)


@pytest.mark.parametrize(
    "line",
    [
        "Lire l'article original sur <a href='https://tambour.example/a'>Le Tambour du Fleuve</a>.",
        "<a href='https://tambour.example/a'>Lire l'article original sur Le Tambour du Fleuve</a>",
        "Lire l'article complet sur : <a href='https://tambour.example/a'>Le Tambour du Fleuve</a>",
        "Lire la suite sur <a href='https://tambour.example/a'>Le Tambour du Fleuve</a>",
    ],
)
def test_a_link_to_the_source_is_a_credit(line: str) -> None:
    found = read(page(body=paragraphs(*PROSE, line)))
    assert credits(found) == [("Le Tambour du Fleuve",)]
    assert (found.related, lines(found)) == ((), PROSE)


@pytest.mark.parametrize(
    "line",
    [
        "Lire l'article original sur <a href='/actu/a'>Le Tambour du Fleuve</a>",
        "Lire aussi sur <a href='https://tambour.example/a'>Le Tambour du Fleuve</a>",
        "Lire l'article sur <a href='https://tambour.example/a'>Lucienne Modele</a>",
        "Lire la suite : <a href='https://tambour.example/a'>La crue emporte un pont</a>",
    ],
)
def test_a_link_to_another_article_is_none(line: str) -> None:
    found = read(page(body=paragraphs(*PROSE, line)))
    assert [link.block for link in found.related] == ["inline"]
    assert found.attributions == ()


def test_a_link_elsewhere_between_paragraphs_is_cut() -> None:
    line = "Lire l'article original sur <a href='https://tambour.example/a'>Le Tambour du Fleuve</a>"
    found = read(page(body=paragraphs(*PROSE[:2], line, *PROSE[2:])))
    assert (found.attributions, lines(found)) == ((), PROSE)


def test_an_author_announced_by_a_vowel() -> None:
    assert read(page(above="<p>Une enquête d'Inès Modele</p>")).authors == ("Inès Modele",)
    subtitle = "Une enquête d'une rare précision"
    assert read(page(above=f"<p>{subtitle}</p>")).authors == ()


def test_a_line_that_begins_with_a_name_is_no_byline() -> None:
    body = paragraphs(PROSE[0], "Di Modele revient au club", *PROSE[1:])
    assert "Di Modele revient au club" in lines(read(page(body=body)))


def test_a_headline_that_is_all_button_is_read() -> None:
    assert read(page(h1=f"<button>{TITLE}</button>")).title == TITLE
