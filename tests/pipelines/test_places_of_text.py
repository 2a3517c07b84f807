"""What belongs to a text and what does not, where the markup leaves it open."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from pipelines.article import read_article
from pipelines.rules import SiteRules
from storage.records import Page
from tests.pipelines.test_places_of_lines import FETCHED, PROSE, TITLE, lines, page, paragraphs, read

QUOTE = "« On ne raconte pas pour endormir, on raconte pour réveiller les enfants. »"
OPEN = "Les syndicats menacent d'une grève générale si rien ne change d'ici à la fin de la semaine"


@pytest.mark.parametrize(
    "last",
    [
        f"<p>{OPEN}</p>",
        f"<p>{OPEN}. [jb emb apr]</p>",
        f"<p>{OPEN} (voir l'édition d'hier)</p>",
        f"<p>{OPEN}</p><p>Les écoles restent fermées jusqu'à nouvel ordre dans la plaine</p>",
        "<p>– une école de six classes</p><p>– un dispensaire et un forage</p>",
        f"<h2>Et demain ?</h2><p>{OPEN}</p>",
    ],
)
def test_a_last_paragraph_needs_no_full_stop(last: str) -> None:
    texts = [text for text in re.split(r"</?(?:p|h2)>", last) if text]
    assert lines(read(page(body=paragraphs(*PROSE) + last))) == [*PROSE, *texts]


@pytest.mark.parametrize(
    "last",
    [
        f"<div class='suite'><p>{OPEN}</p></div>",
        f"<p class='legende'>{OPEN}</p>",
        f"<p class='x12'>{OPEN}</p>",
        "<p><a href='/b'>La grève</a>, et tout ce qui s'y rapporte depuis la semaine dernière</p>",
        "<p>Jeanne Modele, à Brévilliers</p>",
        "<p>Jean-Philippe Modele-Fictif et Marie-Hortense Exemple</p>",
        "<p>Propos recueillis par Jean-Philippe Modele et Hortense Exemple</p>",
        "<p><em>Traduit de l'anglais par Marie-Hortense Exemple</em></p>",
        "<p>— Avec la collaboration de Jean-Philippe Modele, La Vigie</p>",
    ],
)
def test_what_is_dressed_otherwise_needs_one(last: str) -> None:
    assert lines(read(page(body=paragraphs(*PROSE) + last))) == PROSE


@pytest.mark.parametrize(
    "label",
    [
        "<p><strong>Lire aussi :</strong></p><div data-id='123'></div>",
        "<h3>Sur le même sujet</h3><div data-widget='related'></div>",
        "<div><span>À lire aussi</span></div><iframe src='https://x.example/embed'></iframe>",
    ],
)
def test_a_label_whose_links_a_script_fills_in_takes_no_text(label: str) -> None:
    found = read(page(body=paragraphs(*PROSE[:2]) + label + paragraphs(*PROSE[2:])))
    assert (lines(found), found.related) == (PROSE, ())


SAID = "Le dernier roman d'Ana Modele, aux éditions de la plaine."
LINKS = "".join(
    f"<li><a href='/actu/une-digue-du-nord-{n}'>La digue numéro {n} du nord tient</a></li>" for n in range(3)
)


@pytest.mark.parametrize(
    ("box", "kept"),
    [
        (f"<div><h3>À lire aussi</h3>{SAID}</div>", SAID),
        (f"<div><h3>À lire aussi</h3><br>{SAID}</div>", SAID),
        (f"<div><h3>À lire aussi</h3><img src='/photos/roman.jpg'>{SAID}</div>", SAID),
        (f"<div>{SAID}<h3>À lire aussi</h3><ul>{LINKS}</ul></div>", SAID),
        (f"<div><img src='/photos/roman.jpg'>{SAID}<h3>À lire aussi</h3><ul>{LINKS}</ul></div>", SAID),
        ("<p>Au menu du conseil : <b>Publicité</b></p>", "Au menu du conseil :"),
        ("<div>Le mot du jour est <b>Partager</b></div>", "Le mot du jour est Partager"),
    ],
)
def test_a_label_takes_no_bare_text_beside_it(box: str, kept: str) -> None:
    found = read(page(body=paragraphs(*PROSE[:2]) + box + paragraphs(*PROSE[2:])))
    assert lines(found) == [*PROSE[:2], kept, *PROSE[2:]]


@pytest.mark.parametrize(
    "line",
    [
        "<b>Répondre</b> aux critiques, le maire le fera lundi.",
        "<strong>Réactions</strong> : le maire est furieux, la députée aussi.",
        "<strong>Réaction du maire :</strong> « C'est une honte. »",
        "<strong>Publicité.</strong> La ville veut en réduire la place.",
        "<b>Newsletter</b> – La ville lance la sienne au printemps.",
        "<b>Discussion.</b> Elle a duré deux heures.",
        "<b>L'auteur</b> : il court toujours, dit la police.",
        "<b>Partage</b> des terres de la plaine entre les deux communes",
        "<b>Partage</b> : les terres de la plaine en deux lots, au printemps",
    ],
)
@pytest.mark.parametrize("tag", ["p", "li"])
def test_a_line_that_begins_as_a_heading_does_is_text(line: str, tag: str) -> None:
    inner = f"<{tag}>{line}</{tag}>"
    box = inner if tag == "p" else f"<ul>{inner}<li>Le vote est reporté à lundi prochain.</li></ul>"
    found = lines(read(page(body=paragraphs(*PROSE[:2]) + box + paragraphs(*PROSE[2:]))))
    assert re.sub(r"<[^>]*>", "", line) in found
    assert [text for text in PROSE if text not in found] == []


def test_a_prompt_behind_its_label_is_no_text() -> None:
    for line in ("<b>Newsletter</b> Recevez nos titres par e-mail.", "<b>Partager</b> Facebook, WhatsApp"):
        assert lines(read(page(body=f"{paragraphs(*PROSE)}<p>{line}</p>"))) == PROSE


def test_an_entry_that_lost_its_link_is_related() -> None:
    entry = "<p>Le phare de la pointe rouvre</p><p>Ce que le gardien en dit</p>"
    found = read(page(body=f"{paragraphs(*PROSE)}<h3>Sur le même sujet</h3>{entry}"))
    assert ([card.title for card in found.related], lines(found)) == (["Le phare de la pointe rouvre"], PROSE)


@pytest.mark.parametrize(
    "title",
    ["« Par ma voisine »", "Par la petite porte", "Par Toutatis, quelle fête", "Une enquête de voisinage"],
)
def test_an_intertitle_is_no_byline(title: str) -> None:
    found = read(page(body=f"{paragraphs(PROSE[0])}<h2>{title}</h2>{paragraphs(*PROSE[1:])}"))
    assert lines(found) == [PROSE[0], title, *PROSE[1:]]


@pytest.mark.parametrize(
    "byline",
    ["Par Anne Modele", "Par la rédaction", "Par notre correspondant à Oran", "Par l'AFP", "Par Jean M."],
)
def test_a_byline_is_no_text(byline: str) -> None:
    assert lines(read(page(body=paragraphs(PROSE[0], byline, *PROSE[1:])))) == PROSE
    assert lines(read(page(body=paragraphs(*PROSE[:2], byline, *PROSE[2:])))) == PROSE


def test_a_line_in_bold_is_no_byline_for_its_first_word() -> None:
    bold = "<p><strong>Par la petite porte</strong></p>"
    found = read(page(body=paragraphs(PROSE[0]) + bold + paragraphs(*PROSE[1:])))
    assert lines(found) == [PROSE[0], "Par la petite porte", *PROSE[1:]]


def test_a_byline_in_a_heading_is_no_text() -> None:
    found = read(page(body=f"{paragraphs(PROSE[0])}<h3>Par Anne Modele</h3>{paragraphs(*PROSE[1:])}"))
    assert (lines(found), found.authors) == (PROSE, ("Anne Modele",))


@pytest.mark.parametrize("name", ["c-pullquote", "wp-block-pullquote"])
def test_a_quotation_set_apart_that_the_text_does_not_have_stays(name: str) -> None:
    quote = f"<blockquote class='{name}'><p>{QUOTE}</p></blockquote>"
    found = read(page(body=paragraphs(PROSE[0]) + quote + paragraphs(*PROSE[1:])))
    assert lines(found) == [PROSE[0], QUOTE, *PROSE[1:]]


@pytest.mark.parametrize("name", ["c-pullquote", "wp-block-pullquote"])
def test_a_quotation_set_apart_that_the_text_has_goes(name: str) -> None:
    quote = f"<blockquote class='{name}'><p>{QUOTE}</p></blockquote>"
    found = read(page(body=paragraphs(PROSE[0]) + quote + paragraphs(*PROSE[1:], f"Et de dire : {QUOTE}")))
    assert lines(found) == [*PROSE, f"Et de dire : {QUOTE}"]


@pytest.mark.parametrize("name", ["quote-author", "author"])
def test_who_is_quoted_is_no_author(name: str) -> None:
    quote = f"<blockquote><p>{QUOTE}</p><p class='{name}'>Hortense Modele</p></blockquote>"
    byline = "<p class='auteur'>Par Anne Modele</p>"
    found = read(page(above=byline, body=paragraphs(PROSE[0]) + quote + paragraphs(*PROSE[1:])))
    assert found.authors == ("Anne Modele",)


@pytest.mark.parametrize(
    ("read_aloud", "drawn"),
    [("L", "L"), (PROSE[0], f"<span class='initial'>{PROSE[0][0]}</span>{PROSE[0][1:]}")],
)
def test_a_drawn_initial_is_read_once(read_aloud: str, drawn: str) -> None:
    rest = PROSE[0][1:] if len(read_aloud) == 1 else ""
    twins = f"<p><span class='sr-only'>{read_aloud}</span><span aria-hidden='true'>{drawn}</span>{rest}</p>"
    assert lines(read(page(body=twins + paragraphs(*PROSE[1:])))) == PROSE


@pytest.mark.parametrize(
    "between",
    [
        "<p class='libre'>Ce contenu est accessible gratuitement.</p>",
        "<div><p>Écouter l'article</p><p>L'écoute est réservée à nos abonnés.</p></div>",
        "<p class='agence'>Hortense Modele avec agences</p>",
        "<figure><img src='q.jpg'><span class='zoom'>Agrandir</span></figure>",
        "<div class='par'>(hm/La Vigie)</div>",
    ],
)
def test_what_stands_between_the_lead_and_the_box_of_the_text_goes(between: str) -> None:
    lead = "Pendant les travaux, les camions passeront par la vallée, et les écoliers par une passerelle."
    found = read(
        f"<main><h1>{TITLE}</h1><p class='chapo'>{lead}</p>{between}<div>{paragraphs(*PROSE)}</div></main>"
    )
    assert (found.lead, lines(found)) == (lead, PROSE)


def test_what_announces_a_list_below_the_lead_stays() -> None:
    lead = "Pendant les travaux, les camions passeront par la vallée, et les écoliers par une passerelle."
    said = "Ce qu'il faut en savoir :"
    box = f"<div>{paragraphs(*PROSE)}</div>"
    found = read(f"<main><h1>{TITLE}</h1><p class='chapo'>{lead}</p><div><p>{said}</p></div>{box}</main>")
    assert (found.lead, lines(found)) == (lead, [said, *PROSE])


def test_boxes_of_a_text_keep_their_short_lines() -> None:
    boxes = "".join(f"<div class='bloc'><p>{text}</p></div>" for text in (PROSE[0], "Non", *PROSE[1:]))
    assert lines(read(page(body=boxes))) == [PROSE[0], "Non", *PROSE[1:]]


def test_short_sentences_to_remember_are_text() -> None:
    points = ["Le pont ferme le 27 septembre.", "La passerelle provisoire sera réservée aux piétons."]
    items = "".join(f"<li>{point}</li>" for point in points)
    for box in (f"<ul>{items}</ul>", f"<aside><ul>{items}</ul></aside>"):
        found = read(f"<main><h1>{TITLE}</h1>{box}<div>{paragraphs(*PROSE)}</div></main>")
        assert lines(found) == [*points, *PROSE]


def test_what_a_margin_offers_is_no_text() -> None:
    box = "<aside><ul><li>Chaque matin, le meilleur de la vallée dans votre boîte mail.</li></ul></aside>"
    assert lines(read(f"<main><h1>{TITLE}</h1>{box}<div>{paragraphs(*PROSE)}</div></main>")) == PROSE


@pytest.mark.parametrize(
    "appeal",
    [
        "<p>On ne vous fait pas un dessin : sans vos dons, ce média n'existerait pas. Alors donnez.</p>",
        "<p>Nous avons un service à vous demander. La Vigie est un média indépendant, sans publicité, en"
        " accès libre, financé par ses lectrices et lecteurs. Même pour 1 €, votre soutien compte.</p>",
        "<p>Vous appréciez nos articles ? Soutenez-nous.</p>",
        "<div class='encart_don'><h3>Alors que les alertes se multiplient…</h3><p>Un mot de plus.</p></div>",
        "<p>Abonnez-vous à La Vigie sur Google News pour ne manquer aucune info !</p>",
        "<p>Reste informé·e avec notre chaîne WhatsApp</p>",
        "<p>Passer la publicité</p>",
        "<p>Pour lire la vidéo ci-dessous, acceptez les cookies sociaux</p>",
        "<p>Recevez nos infos en direct : rejoignez notre canal Telegram</p>",
        "<p>Vous avez une information à nous transmettre ? Écrivez-nous à redaction@vigie.example</p>",
        "<p>Pour suivre l'actualité en temps réel, cliquez ici</p>",
        "<p>© La Vigie. Toute reproduction, même partielle, est interdite sans accord écrit.</p>",
        "<p>Dans cet article</p>",
    ],
)
def test_what_a_newsroom_asks_of_its_readers_is_no_text(appeal: str) -> None:
    found = read(page(body=paragraphs(*PROSE[:2]) + appeal + paragraphs(*PROSE[2:])))
    assert lines(found) == PROSE


@pytest.mark.parametrize(
    "text",
    [
        "« Soutenez la commune », demande le maire à ses voisins, qui ont promis de faire un don à l'école.",
        "Le journal local, indépendant depuis sa création, est financé par ses lecteurs et par la commune.",
        "Nous avons reçu des dons de toute la vallée, et vous ne pouvez pas savoir ce que cela représente.",
        "« Vos dons nous ont sauvés », dit le président, qui remercie une dernière fois toute la vallée.",
        "La campagne « Faites un don » du média indépendant a rapporté 300 euros à la presse locale.",
        "Toute reproduction de tortues dans la baie a cessé, selon l'institut qui les suit depuis dix ans.",
        "Pour suivre les travaux, le conseil a nommé trois habitants du bourg, qui se réunissent ici.",
    ],
)
def test_what_sounds_like_it_is_text(text: str) -> None:
    assert lines(read(page(body=paragraphs(*PROSE[:2], text, *PROSE[2:])))) == [*PROSE[:2], text, *PROSE[2:]]


@pytest.mark.parametrize(
    "link",
    [
        "<a href='/p/1'><i><span class='sr-only'>Réservé aux abonnés</span></i> {title}</a>",
        "<a href='/p/1'><span>Reportage</span> {title}</a>",
        "<a href='/p/1'><strong>Notre dossier</strong> {title}</a>",
        "<a href='/p/1'><img src='c.jpg'><div><p>Mobilité</p><p>{title}</p></div></a>",
        "<a href='/p/1'><span>Travaux publics</span><span>{title}</span></a>",
        "<h3><a href='/p/1'><span>Analyse</span> {title}</a></h3>",
    ],
)
def test_a_kicker_is_no_part_of_a_related_title(link: str) -> None:
    title = "La digue du sud sera rehaussée"
    block = f"<div><h3>Sur le même sujet</h3>{link.format(title=title)}</div>"
    assert [card.title for card in read(page(below=block)).related] == [title]


@pytest.mark.parametrize(
    "link",
    [
        "<a href='/p/1'><strong>La digue</strong> Modele sera rehaussée en mai</a>",
        "<a href='/p/1'><strong>Analyse</strong> de la digue du sud en mai</a>",
        "<a href='/p/1'><span>Le pont</span><span>Modele rouvre au public en mai</span></a>",
    ],
)
def test_what_only_looks_like_a_kicker_stays(link: str) -> None:
    found = read(page(below=f"<div><h3>Sur le même sujet</h3>{link}</div>"))
    said = " ".join(re.sub(r"<[^>]*>", " ", link).split())
    assert [card.title for card in found.related] == [said]


@pytest.mark.parametrize(
    "teaser",
    [
        "<p><a href='/actu/la-digue-du-sud'>La digue du sud sera rehaussée</a></p>",
        "<div class='carte'><a href='/actu/digue-2031'><span>La digue du sud sera rehaussée</span></a></div>",
        "<ul><li><a href='/actu/la-digue-du-sud'>La digue du sud sera rehaussée</a></li></ul>",
    ],
)
def test_a_teaser_between_paragraphs_needs_no_label(teaser: str) -> None:
    found = read(page(body=paragraphs(*PROSE[:2]) + teaser + paragraphs(*PROSE[2:])))
    assert lines(found) == PROSE
    assert [(card.title, card.block) for card in found.related] == [
        ("La digue du sud sera rehaussée", "inline")
    ]


CARD = "<blockquote class='wp-embedded-content'><p><a href='{}'>{}</a></p></blockquote>".format
FRAME = "<iframe class='wp-embedded-content' src='/digue/embed/'></iframe>"


@pytest.mark.parametrize(
    ("before", "behind"),
    [
        ("", ""),
        ("", FRAME),
        ("", f"<p>{FRAME}</p>"),
        ("<figure class='wp-block-embed'><div>", f"{FRAME}</div></figure>"),
    ],
)
def test_a_post_of_the_site_that_is_embedded_is_related(before: str, behind: str) -> None:
    card = before + CARD("/digue", "La digue") + behind
    found = read(page(body=paragraphs(*PROSE[:2]) + card + paragraphs(*PROSE[2:])))
    assert lines(found) == PROSE
    assert [(one.title, one.block) for one in found.related] == [("La digue", "inline")]
    below = read(page(body=paragraphs(*PROSE) + card))
    assert [(one.title, one.block) for one in below.related] == [("La digue", "end")]


def test_embedded_posts_stand_before_the_blocks_below() -> None:
    card = CARD("/digue", "La digue")
    below = "<h3>À lire aussi</h3><ul><li><a href='/phare'>Le phare du nord rouvre</a></li></ul>"
    found = read(page(body=paragraphs(*PROSE[:2]) + card + paragraphs(*PROSE[2:]) + below))
    assert [one.title for one in found.related] == ["La digue", "Le phare du nord rouvre"]


@pytest.mark.parametrize(
    "card",
    [
        CARD("https://autre.example/la-digue-du-sud", "La digue du sud sera rehaussée"),
        CARD("/digue", "La digue").replace("wp-embedded-content", "twitter-tweet"),
        f"<blockquote class='wp-embedded-content'><p>{QUOTE}</p></blockquote>",
        "<p><strong>Articles du même auteur dans La Vigie :</strong></p>" + CARD("/digue", "La digue"),
    ],
)
def test_other_embedded_posts_are_not_related(card: str) -> None:
    found = read(page(body=paragraphs(*PROSE[:2]) + card + paragraphs(*PROSE[2:])))
    assert found.related == ()


@pytest.mark.parametrize(
    "link",
    [
        "<p><a href='/actu/la-digue-du-sud'>La digue du sud sera rehaussée</a>"
        " <a href='/actu/le-phare-du-nord'>Le phare du nord rouvre en mai</a></p>",
        "<p><a href='https://autre.example/la-digue-du-sud'>La digue du sud sera rehaussée</a></p>",
        "<p><a href='/rubrique'>Toutes les nouvelles du sud</a></p>",
        "<p><a href='/actu/la-digue-du-sud'>La digue</a></p>",
        "<p><a href='/plan-de-la-digue.pdf'>Le plan de la digue du sud</a></p>",
    ],
)
def test_what_leads_to_no_article_of_the_site_is_not_related(link: str) -> None:
    assert read(page(body=paragraphs(*PROSE[:2]) + link + paragraphs(*PROSE[2:]))).related == ()


def test_a_teaser_that_stands_twice_is_one() -> None:
    teaser = "<p><a href='/actu/la-digue-du-sud'>La digue du sud sera rehaussée</a></p>"
    found = read(page(body=teaser.join(f"<p>{text}</p>" for text in PROSE)))
    assert [card.title for card in found.related] == ["La digue du sud sera rehaussée"]


def test_the_declared_form_of_an_address_tells_articles() -> None:
    links = [
        f"<p><a href='{address}'>La digue du sud sera rehaussée</a></p>"
        for address in ("/a12", "/la-digue-du-sud")
    ]
    text = page(body=paragraphs(*PROSE[:2]) + "".join(links) + paragraphs(*PROSE[2:])).encode()
    found = read_article(Page("https://vigie.example/a1", text, FETCHED), SiteRules(article_url="^/a[0-9]+$"))
    assert [card.url for card in found.related] == ["https://vigie.example/a12"]


def test_links_below_the_text_need_a_label() -> None:
    menu = "<ul><li><a href='/actu/la-digue-du-sud'>La digue du sud sera rehaussée</a></li></ul>"
    assert read(page(body=paragraphs(*PROSE) + menu)).related == ()


def test_pub_in_a_name_may_be_the_publication() -> None:
    box = "<div class='auteur'>Anne Modele</div><div class='date'>Publié le 4 mai 2026 à 10h32</div>"
    found = read(page(above=f"<div class='infos-pub'>{box}</div>"))
    assert (found.authors, found.published and found.published.raw) == (
        ("Anne Modele",),
        "Publié le 4 mai 2026 à 10h32",
    )


def test_advertising_with_a_year_is_advertising() -> None:
    box = (
        "<div class='bloc-pub'>Nouveau : la berline 2026, à partir de 19 900 euros chez votre garagiste</div>"
    )
    assert lines(read(page(body=paragraphs(*PROSE[:2]) + box + paragraphs(*PROSE[2:])))) == PROSE


def test_the_offset_of_a_moment_inside_a_dated_line_counts() -> None:
    moment = "<time datetime='2026-10-06T22:14:00-04:00'>6 octobre 2026 à 22h14</time>"
    found = read(page(above=f"<p class='date'>Publié le {moment}</p>"))
    assert found.published is not None
    assert found.published.utc == datetime(2026, 10, 7, 2, 14, tzinfo=UTC)


def test_titles_of_articles_are_no_tags() -> None:
    titles = ("Incendie à Brévilliers : deux blessés légers", "Flashé trois fois en une heure à peine")
    links = "".join(f"<a href='/p/{n}'>{title}</a>" for n, title in enumerate(titles))
    assert read(page(below=f"<div class='dans-le-theme'>{links}</div>")).tags == ()


def test_a_label_in_capitals_is_a_word_of_its_own() -> None:
    found = read(
        page(above=f"<p class='chapo'><strong>FOLIE</strong>{PROSE[0]}</p>", body=paragraphs(*PROSE))
    )
    assert found.lead == f"FOLIE {PROSE[0]}"


def test_a_caption_in_italics_beside_a_picture_is_no_text() -> None:
    caption = f"<p><em>{OPEN}</em></p><figure><img src='q.jpg'></figure>"
    assert lines(read(page(body=paragraphs(*PROSE) + caption))) == PROSE


@pytest.mark.parametrize("label", ["Publié le", "Mise en ligne le"])
def test_a_labelled_day_beats_that_of_the_visit(label: str) -> None:
    above = f"<div>Vendredi 20 novembre 2026</div><h2>{TITLE}, encore</h2><p>{label} 18 novembre 2026</p>"
    found = read(f"<main>{above}<div>{paragraphs(*PROSE)}</div></main>")
    assert found.published is not None
    assert found.published.date.isoformat() == "2026-11-18"


@pytest.mark.parametrize(("hour", "minute"), [("09:02", 2), ("9h02", 2), ("7:45 am", 45)])
def test_an_hour_beside_its_day_belongs_to_it(hour: str, minute: int) -> None:
    found = read(page(above=f"<ul><li>16/11/2026</li><li>{hour}</li></ul>"))
    assert found.published is not None
    assert found.published.datetime is not None
    assert (found.published.datetime.minute, lines(found)) == (minute, PROSE)


def test_the_hour_of_an_entry_is_no_part_of_the_day_above() -> None:
    entries = "".join(
        f"<h3>{hour}</h3><p>{text}</p>" for hour, text in zip(("20h05", "19h40"), PROSE, strict=False)
    )
    found = read(page(above="<p>2 avril 2026</p>", body=entries + paragraphs(*PROSE[2:])))
    assert lines(found) == ["20h05", PROSE[0], "19h40", *PROSE[1:]]


def test_who_said_a_quotation_is_no_text() -> None:
    quote = (
        f"<blockquote><p>{QUOTE}</p><p class='quote-author'>Hortense Modele, élue du bourg</p></blockquote>"
    )
    found = read(page(body=paragraphs(PROSE[0]) + quote + paragraphs(*PROSE[1:])))
    assert lines(found) == [PROSE[0], QUOTE, *PROSE[1:]]


def test_a_hidden_moment_is_data_and_a_hidden_day_is_none() -> None:
    moment = "<span class='updated hidden'>2026-11-13T08:41:10+01:00</span>"
    day = "<p class='date'>12 novembre 2026</p>"
    found = read(page(above=day, below=moment))
    assert found.modified is not None
    assert found.modified.utc == datetime(2026, 11, 13, 7, 41, 10, tzinfo=UTC)
    hidden = "<span class='updated hidden'>13 novembre 2026</span>"
    assert read(page(above=day, below=hidden)).modified is None


def test_sections_are_not_related() -> None:
    sections = "<a href='/monde/europe/'>Europe</a> <a href='/vie-politique'>Vie politique</a> "
    card = "<a href='/la-digue-du-sud/'>La digue du sud</a>"
    found = read(page(below=f"<div><h3>Voir aussi</h3>{sections}{card}</div>"))
    assert [card.title for card in found.related] == ["La digue du sud"]


@pytest.mark.parametrize(
    "box",
    [
        "<div class='author'><a href='/auteurs/am'>Anne Modele</a><span>Gazettefictive</span></div>",
        "<div class='author-box'><div><a href='/a/1'>Anne Modele</a><span>Gazettefictive</span></div></div>",
        "<div class='author'><a href='/a/1'>Anne Modele</a>, <span>Texte</span> ·"
        " <a href='/a/2'>Jean Exemple</a>, <span>Photos</span></div>",
        "<div class='author'><a href='/a/1'>Anne Modele</a> — Édité par"
        " <span><a href='/a/2'>Jean Exemple</a></span></div>",
        "<div class='author'>Anne Modele, Initiative de journalisme local</div>",
        "<div class='author'>Anne Modele</div><div class='author'>Repéré par Jean Exemple</div>",
    ],
)
def test_other_parts_than_the_writers_are_no_authors(box: str) -> None:
    assert read(page(above=box)).authors == ("Anne Modele",)


def test_two_writers_with_pages_of_their_own_are_authors() -> None:
    box = "<div class='author'><a href='/a/1'>Anne Modele</a> et <a href='/a/2'>Jean Exemple</a></div>"
    assert read(page(above=box)).authors == ("Anne Modele", "Jean Exemple")


def test_names_that_style_parts_in_two_are_one() -> None:
    box = "<div class='author'><span>Hortense</span><span>Modele</span></div>"
    assert read(page(above=box)).authors == ("Hortense Modele",)


@pytest.mark.parametrize(
    "line",
    [
        "Par Velasco le jeudi 2 avril 2026, 21:36 - Canal - Lien permanent",
        "Communiqué de presse transmis le 2 avril 2026",
    ],
)
def test_what_files_a_line_takes_no_date(line: str) -> None:
    found = read(page(above=f"<p>{line}</p>"))
    assert found.published is not None
    assert (found.published.date.isoformat(), lines(found)) == ("2026-04-02", PROSE)


def test_a_moment_that_says_update_is_one() -> None:
    moment = "<time datetime='2026-04-03T13:10:00+02:00'>{}3 avril 2026 à 13 h 10</time>"
    for box in (moment.format("Mis à jour le "), f"Mis à jour le {moment.format('')}"):
        found = read(page(above=f"<p>Publié le 2 avril 2026 à 11 h 42</p><p>{box}</p>"))
        assert found.published is not None
        assert found.modified is not None
        assert (found.published.date.day, found.modified.date.day) == (2, 3)


def test_the_update_of_the_site_is_not_the_articles() -> None:
    found = read(page(above="<p>2 avril 2026</p>", below="<p>Dernière mise à jour du site : 15/05/2026</p>"))
    assert found.modified is None


def test_created_gives_way_to_published_further_down() -> None:
    terms = [
        *("Détails", "Catégorie parente : Nouvelles", "Catégorie : Voirie", "Créé le 2 avril 2026 10:32"),
        *("Mis à jour le 3 avril 2026 08:05", "Écrit par Super Utilisateur", "Affichages : 2317"),
    ]
    box = (
        "".join(f"<dd>{term}</dd>" for term in terms)
        + "<dd class='published'>Publié le 2 avril 2026 11:00</dd>"
    )
    terms_of = f"<dl class='article-info'>{box}</dl>"
    found = read(f"<div class='item-page'><h2>{TITLE}</h2>{terms_of}{paragraphs(*PROSE)}</div>")
    assert found.published is not None
    assert found.published.datetime is not None
    assert found.published.datetime.hour == 11


def test_created_gives_way_to_published() -> None:
    created = "<dd class='create'>Créé le 2 avril 2026 10:32</dd>"
    published = "<dd class='published'>Publié le 2 avril 2026 11:00</dd>"
    box = f"<dl class='article-info'><dt>Détails</dt>{created}{published}<dd>Affichages : 2317</dd></dl>"
    found = read(page(body=box + paragraphs(*PROSE)))
    assert found.published is not None
    assert found.published.datetime is not None
    assert (found.published.datetime.hour, lines(found)) == (11, PROSE)


@pytest.mark.parametrize(
    "quote",
    [
        "<div class='quote'><p>{}</p><p class='auteur'>Hortense Modele</p></div>",
        "<div class='c-citation'><p>{}</p><p class='author'>Hortense Modele</p></div>",
    ],
)
def test_who_is_quoted_in_a_box_is_no_author(quote: str) -> None:
    found = read(page(body=paragraphs(PROSE[0]) + quote.format(QUOTE) + paragraphs(*PROSE[1:])))
    assert found.authors == ()


@pytest.mark.parametrize(
    "signature",
    [
        "<p>Jeanne Exemple<br>j.exemple@vigie.example</p>",
        "<p>Jeanne Exemple (j.exemple@vigie.example)</p>",
        "<p>Jeanne Exemple, correspondante</p>",
    ],
)
def test_a_signature_with_an_address_or_a_part(signature: str) -> None:
    assert read(page(body=paragraphs(*PROSE) + signature)).authors == ("Jeanne Exemple",)


def test_who_sent_a_press_release_is_named_behind_its_date() -> None:
    line = "Communiqué de presse transmis le 24 novembre 2026, 10:00 CET par Montclar SA"
    found = read(page(above=f"<p>{line}</p>"))
    assert [(one.kind, one.outlets) for one in found.attributions] == [("press_release", ("Montclar SA",))]


def test_sections_above_the_headline_are_no_tags() -> None:
    menu = "<div><b>RUBRIQUES</b><br><a href='/e'>Environnement</a><br><a href='/r'>Régions</a></div>"
    assert read(menu + page()).tags == ()


def test_who_adapted_is_no_part_of_an_outlet() -> None:
    found = read(page(body=paragraphs(*PROSE, "Source : Défi Fictif, adaptation Jeanne Exemple")))
    assert [one.outlets for one in found.attributions] == [("Défi Fictif",)]


def test_companies_are_no_persons() -> None:
    assert read(page(above="<p>Publié le 2 avril 2026 par Montclar SA</p>")).authors == ()


def test_a_signature_beats_the_account_that_published() -> None:
    account = "<div class='post-author'>Publié par <span class='fn'>Débats Fictifs</span></div>"
    found = read(page(body=paragraphs(*PROSE) + "<p><b>Par Jeanne Exemple</b></p>", below=account))
    assert found.authors == ("Jeanne Exemple",)


def test_a_kicker_whose_name_ends_like_a_titles_is_none() -> None:
    inner = "<span class='surtitre'>Tourisme</span><span class='titre'>La neige manque ici</span>"
    found = read(page(below=f"<div><h3>Sur le même sujet</h3><a href='/p/1'>{inner}</a></div>"))
    assert [card.title for card in found.related] == ["La neige manque ici"]


@pytest.mark.parametrize(
    "line",
    [
        "© La Gazette fictive. Reproduction interdite sans autorisation.",
        "This entry was posted in Culture and tagged livres by Anne. Bookmark the permalink.",
        "Ce contenu a été publié dans Culture par Anne. Mettez-le en favori avec son permalien.",
    ],
)
def test_the_foot_of_a_blog_is_no_text(line: str) -> None:
    assert lines(read(page(body=paragraphs(*PROSE, line)))) == PROSE


SEARCH = "<input type='text' name='q'>"
ROWS = [f"Le pont numéro {n} de la plaine sera refait avant la fin de l'année." for n in range(27)]
LONG = [f"{' '.join(PROSE)} C'est la réunion numéro {n}." for n in range(12)]


@pytest.mark.parametrize(
    ("html", "texts"),
    [
        (f"<form method='post'>{SEARCH}{page()}</form>", PROSE),
        (f"<h1>{TITLE}</h1><form method='post'>{SEARCH}<div>{paragraphs(*ROWS)}</div></form>", ROWS),
        (f"<h1>{TITLE}</h1><form method='post'>{SEARCH}<div>{paragraphs(*LONG)}</div></form>", LONG),
    ],
)
def test_a_form_around_a_text_takes_none_of_it(html: str, texts: list[str]) -> None:
    """Systems of the 2000s wrap the whole page in one."""
    assert lines(read(html)) == texts


def test_a_heading_that_unfolds_its_part_is_text() -> None:
    part = "<h2><button>Les candidats</button></h2>"
    found = read(page(body=paragraphs(*PROSE[:2]) + part + paragraphs(*PROSE[2:])))
    assert lines(found) == [*PROSE[:2], "Les candidats", *PROSE[2:]]


def test_the_foot_of_an_article_has_its_tags() -> None:
    tags = [f"Pont {n}" for n in range(10)]
    foot = "".join(f"<a href='/tag/pont-{n}' rel='tag'>{tag}</a> " for n, tag in enumerate(tags))
    found = read(page(below=f"<footer>{foot}</footer>"))
    assert [tag.name for tag in found.tags] == tags


def test_a_margin_between_paragraphs_that_leads_elsewhere_is_no_box_of_facts() -> None:
    lead = "<p><a href='/ponts'>Le dossier</a></p>"
    box = f"<aside><h3>Repères</h3><p>1958. Le premier pont</p><p>1982. Le deuxième</p>{lead}</aside>"
    assert lines(read(page(body=paragraphs(*PROSE[:2]) + box + paragraphs(*PROSE[2:])))) == PROSE


LONG_LEAD = f"<p>{PROSE[0]} Le marché, lui, restera ouvert, a promis le maire aux commerçants réunis.</p>"


def test_lines_between_a_lead_and_the_box_of_the_text_are_none_of_it() -> None:
    between = "<p>Modane</p><p>Édition du soir</p>"
    found = read(page(above=LONG_LEAD + between, body=paragraphs(*PROSE[1:])))
    assert [text for text in ("Modane", "Édition du soir") if text in lines(found)] == []


def test_a_list_between_a_lead_and_the_box_of_the_text_is_text() -> None:
    items = "<ul><li>Deux ans de travaux</li><li>Douze kilomètres</li></ul>"
    text = f"<div>{LONG_LEAD}{items}<div>{paragraphs(*PROSE[1:])}</div></div>"
    found = read(f"<main><article><h1>{TITLE}</h1>{text}</article></main>")
    assert "Deux ans de travaux" in lines(found)


@pytest.mark.parametrize(
    "last",
    [
        "<div><h3>Sur place</h3><p>À la halle</p><p>Le bureau ouvre à neuf heures.</p>"
        "<p>Il ferme à midi.</p></div>",
        "<p>Êtes-vous candidat ?</p><p>Oui, sans doute</p>",
    ],
)
def test_short_lines_at_the_end_of_a_text_are_text(last: str) -> None:
    said = [text for text in re.split("<[^>]*>", last) if text]
    assert lines(read(page(body=paragraphs(*PROSE) + last))) == [*PROSE, *said]


@pytest.mark.parametrize(
    "last",
    [
        "<div><h3>La rédaction</h3><p>Jeanne Modele</p><p>Imed Fictif</p>"
        "<p>Elle paraît chaque matin.</p></div>",
        "<p><strong>La rédaction</strong><br>Journal de la baie</p>",
        "<p>– Fin –</p>",
        "<h3>Nos villes</h3><div><p>Modane</p><p>Brévilliers</p></div>",
    ],
)
def test_short_lines_of_a_site_below_a_text_are_none(last: str) -> None:
    assert lines(read(page(body=paragraphs(*PROSE) + last))) == PROSE
