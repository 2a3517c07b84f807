"""Short lines inside a text and at its end: days that head a part of it, results, lists, signatures."""

from __future__ import annotations

import re

import pytest

from tests.pipelines.test_headings import PARAGRAPHS
from tests.pipelines.test_places_of_lines import PROSE, TITLE, lines, page, paragraphs, read

DAY = "<p class='date'>Publié le 3 mars 2023 à 10h12</p>"


def texts(markup: str) -> list[str]:
    return [text.strip() for text in re.split(r"<[^>]*>", markup) if text.strip()]


@pytest.mark.parametrize(
    "day",
    [
        "<h2>Mardi 14 mars</h2>",
        "<h3>Samedi 25 mars 2023</h3>",
        "<p><strong>Samedi 25 mars 2023 :</strong></p>",
        "<p>3 mars 2023</p>",
        "<p>Mars 2019</p>",
    ],
)
def test_a_day_between_paragraphs_heads_a_part_of_the_text(day: str) -> None:
    body = f"{paragraphs(*PROSE[:2])}{day}{paragraphs(*PROSE[2:])}"
    article = read(page(above=DAY, body=body))
    assert lines(article) == [*PROSE[:2], *texts(day), *PROSE[2:]]
    assert article.published is not None
    assert article.published.date.isoformat() == "2023-03-03"
    undated = read(page(body=body))
    assert undated.published is None
    assert lines(undated) == lines(article)


@pytest.mark.parametrize("label", ["Mis à jour le", "Modifié le", "Dernière mise à jour :"])
def test_an_update_between_paragraphs_is_no_text(label: str) -> None:
    body = f"{paragraphs(*PROSE[:2])}<p>{label} 3 mai 2019 à 10h</p>{paragraphs(*PROSE[2:])}"
    article = read(page(above="<p>Publié le 2 mai 2019</p>", body=body))
    assert lines(article) == PROSE
    assert article.modified is not None
    assert article.modified.date.isoformat() == "2019-05-03"


def test_days_of_a_diary_all_stay() -> None:
    days = ["Lundi 13 mars", "Mardi 14 mars", "Mercredi 15 mars", "Jeudi 16 mars"]
    body = "".join(f"<h3>{day}</h3><p>{text}</p>" for day, text in zip(days, PROSE, strict=True))
    said = [one for pair in zip(days, PROSE, strict=True) for one in pair]
    assert lines(read(page(above=DAY, body=body))) == said


@pytest.mark.parametrize(
    "day",
    [
        "<p>3 mars 2023</p>",
        "<p><b>3 mars 2023</b></p>",
        "<h4>3 mars 2023</h4>",
        "<p>Publié le 3 mars 2023</p>",
        "<p>Par Jeanne Modele, le 3 mars 2023</p>",
    ],
)
def test_a_day_below_a_lead_or_at_the_end_is_the_articles(day: str) -> None:
    for body in (f"<p>{PROSE[0]}</p>{day}{paragraphs(*PROSE[1:])}", f"{paragraphs(*PROSE)}{day}"):
        article = read(page(body=body))
        assert article.published is not None
        assert article.published.date.isoformat() == "2023-03-03"
        assert texts(day)[0] not in lines(article)


def test_a_day_in_the_dress_of_a_diary_dates_the_article_outside_it() -> None:
    days = ["Lundi 13 mars", "Mardi 14 mars", "Mercredi 15 mars"]
    told = "".join(f"<p><b>{day}</b></p><p>{text}</p>" for day, text in zip(days, PROSE[1:], strict=True))
    article = read(page(body=f"<p>{PROSE[0]}</p>{told}<p><b>18 mars 2023</b></p>"))
    assert article.published is not None
    assert article.published.date.isoformat() == "2023-03-18"
    assert "18 mars 2023" not in lines(article)


def test_a_plain_day_in_the_text_heads_no_other() -> None:
    days = ["<p>18 mars 2023</p>", "<p>13 mars 2023</p>"]
    body = paragraphs(PROSE[0]) + days[0] + paragraphs(*PROSE[1:3]) + days[1] + paragraphs(*PROSE[3:])
    article = read(page(body=body))
    assert article.published is not None
    assert article.published.date.isoformat() == "2023-03-18"
    assert lines(article) == [*PROSE[:3], "13 mars 2023", *PROSE[3:]]


def test_a_day_deep_in_a_text_heads_none_at_its_beginning() -> None:
    told = [
        f"Le pont numéro {n} de la plaine sera refait avant la fin de l'année prochaine." for n in range(14)
    ]
    days = ["<p><b>18 mars 2023</b></p>", "<p><b>Lundi 13 mars</b></p>"]
    article = read(
        page(body=paragraphs(PROSE[0]) + days[0] + paragraphs(*told[:7]) + days[1] + paragraphs(*told[7:]))
    )
    assert article.published is not None
    assert article.published.date.isoformat() == "2023-03-18"
    assert lines(article) == [PROSE[0], *told[:7], "Lundi 13 mars", *told[7:]]


def test_a_list_above_the_text_dates_the_article() -> None:
    items = "<p>Mise en ligne :</p><ul><li>Jeanne Modele</li><li>3 mars 2023</li></ul>"
    article = read(page(body=items + paragraphs(*PROSE)))
    assert article.published is not None
    assert article.published.date.isoformat() == "2023-03-03"


def test_a_day_between_boxes_is_that_of_another_text() -> None:
    boxes = f"<div>{paragraphs(*PROSE[:2])}</div><div><p>3 mars 2023</p>{paragraphs(*PROSE[2:])}</div>"
    assert "3 mars 2023" not in lines(read(page(above=DAY, body=boxes)))


@pytest.mark.parametrize(
    "items",
    [
        "<ul><li>Tlemcen, Aïn Temouchent, Oran et Mostaganem, de lundi 9 heures à mardi 3 heures ;</li>"
        "<li>Béjaïa, Jijel, Skikda : mardi 21 mars 2023 à 6h00</li></ul>",
        "<ul><li>Dimanche 26 mars à 17 heures : lecture</li><li>Lundi 27 mars à 10 h : atelier</li></ul>",
    ],
)
@pytest.mark.parametrize("last", [PROSE[3], ""])
def test_places_and_hours_in_a_list_are_text(items: str, last: str) -> None:
    body = f"{paragraphs(*PROSE[:3])}<p>Les régions touchées par ces pluies :</p>{items}"
    article = read(page(above=DAY, body=body + (f"<p>{last}</p>" if last else "")))
    assert lines(article) == [*texts(body), *([last] if last else [])]
    assert article.authors == ()


@pytest.mark.parametrize(
    "last",
    [
        "<p>Les lauréats sont :</p><p>Roman : Nordine Exemple</p><p>Nouvelle : Ana Modele</p>",
        "<p>Sont nommés directeurs :<br>à Brévilliers : Jean Exemple<br>à La Combe : Jeanne Modele</p>",
        "<p>Voici les résultats :</p><p>La Combe – Modane : 2-1</p><p>Brévilliers – Lens : 0-0</p>",
        "<p>Composition du bureau :</p><ul><li>Présidente : Ana Modele</li><li>Membre : Jo Modele</li></ul>",
        "<p>Stade : complexe de La Combe</p><p>Arbitre : Jean Exemple</p><p>Buts : Ana Modele (12e, 45e)</p>",
        "<p>Ont été élus au bureau :</p><p>Jean Exemple</p><p>Jeanne Modele</p>",
        "<p>Ont été élus au bureau :</p><p>Jean Exemple</p><p>Jeanne Modele</p><p>Jo Fictif</p>"
        "<p>Lise Invente</p><p>Paul Essai</p><p>Zoé Exemple</p><p>Marc Tel</p>",
    ],
)
def test_a_list_that_closes_a_text_is_part_of_it(last: str) -> None:
    for below in ("", "<div class='partage'><p>Partager</p></div>"):
        assert lines(read(page(body=paragraphs(*PROSE) + last + below))) == [*PROSE, *texts(last)]


@pytest.mark.parametrize(
    "last",
    [
        "<p>Suivez la rédaction sur :</p><p><a href='https://x.example'>X</a></p>",
        "<p>Partagez cet article sur vos réseaux :</p><p>Facebook</p><p>WhatsApp</p>",
        "<p>Texte : Jeanne Modele</p><p>Photos : Jean Exemple</p>",
        "<p>Réalisation : Jeanne Modele</p><p>Vidéo : Jean Exemple</p>",
        "<p>Enquête : Jeanne Modele</p><p>Illustrations : Jo Fictif</p>",
        "<p>Source : La Vigie</p>",
        "<p class='outils'>Nos autres sites :</p><p class='outils'>La Combe</p><p class='outils'>Radio</p>",
        "<p>Propos recueillis par :</p><p>Jeanne Modele</p>",
        "<p>Pour contacter la rédaction :</p><p>Jeanne Modele</p>",
    ],
)
def test_what_only_looks_like_a_list_goes(last: str) -> None:
    assert lines(read(page(body=paragraphs(*PROSE) + last))) == PROSE


@pytest.mark.parametrize(
    "below",
    [
        "<div><p>{}</p></div>",
        "<section><h2>Qui sommes-nous</h2><p>{}</p></section>",
        "<div id='pied'><p>{}</p></div>",
        "<footer><p>{}</p></footer>",
        "<div><p>{}</p><p>La lettre du soir paraît chaque jour à dix-neuf heures, même le lundi.</p></div>",
    ],
)
@pytest.mark.parametrize("holder", ["main", "div"])
def test_what_a_site_says_below_the_article_is_no_text(below: str, holder: str) -> None:
    said = below.format("Le journal est édité depuis 1998 par une coopérative de ses lecteurs et salariés.")
    article = page(above=DAY).replace("main>", f"{holder}>").replace("article>", f"{holder}>")
    assert lines(read(article + said)) == PROSE


@pytest.mark.parametrize("count", [3, 6, 12, 20])
def test_a_part_of_a_text_below_its_article_stays(count: int) -> None:
    rows = [f"Le pont de la commune numéro {n} sera refait avant la fin de l'année." for n in range(count)]
    assert lines(read(page(above=DAY) + f"<div>{paragraphs(*rows)}</div>")) == [*PROSE, *rows]


def test_parts_of_a_text_in_boxes_of_their_own_stay() -> None:
    boxes = "".join(f"<div class='bloc'><div class='texte'><p>{text}</p></div></div>" for text in PROSE)
    title = "<div class='tete'><h1>Le pont de Brévilliers ferme pour deux ans</h1></div>"
    assert lines(read(f"<div class='page'>{title}{boxes}</div>")) == PROSE


SAID = "« On ne raconte pas pour endormir, on raconte pour réveiller les enfants. »"


@pytest.mark.parametrize(
    "quote",
    [
        "<blockquote><div>{}</div><cite>Une citation de Jean Modele, professeur</cite></blockquote>",
        "<blockquote><p>{}</p><p>— <cite>Jean Modele</cite></p></blockquote>",
        "<blockquote class='wp-block-quote'>{}<cite>Jean Modele</cite></blockquote>",
        "<div class='quote'><p>{}</p><p class='quote__author'>Ana Modele</p><p>Directrice générale</p></div>",
    ],
)
def test_who_said_what_is_set_apart_is_no_text(quote: str) -> None:
    body = paragraphs(*PROSE[:2]) + quote.format(SAID) + paragraphs(*PROSE[2:])
    assert lines(read(page(body=body))) == [*PROSE[:2], SAID, *PROSE[2:]]


@pytest.mark.parametrize(
    "quote",
    [
        "<blockquote><p>Nous relisions alors <cite>Le Phare de Modane</cite>, le soir.</p></blockquote>",
        "<blockquote><p>C'est écrit à la première page de <cite>Le Phare de Modane</cite></p></blockquote>",
        "<blockquote>Elle relit chaque hiver, sans se lasser, <cite>Les Grands Chemins</cite></blockquote>",
        "<blockquote><p>Le pont fermera avant l'hiver.</p><p><cite>Pas après.</cite></p></blockquote>",
        "<blockquote><cite>« Nous avons tenu bon, toutes et tous, jusqu'au matin. »</cite></blockquote>",
    ],
)
def test_a_work_that_a_quotation_names_is_text(quote: str) -> None:
    body = paragraphs(*PROSE[:2]) + quote + paragraphs(*PROSE[2:])
    said = re.sub(r"<[^>]*>", " ", quote)
    found = " ".join(lines(read(page(body=body))))
    assert found.split() == " ".join([*PROSE[:2], said, *PROSE[2:]]).replace(" ,", ",").split()


def test_a_quotation_behind_a_kicker_keeps_its_mark() -> None:
    said = "« Le pont ne rouvrira pas »"
    head = f'<meta property="og:title" content="{said}">'
    assert read(page(h1=f"<span>Brévilliers</span><span>{said}</span>"), head).title == said


@pytest.mark.parametrize(
    "box",
    [
        "<section class='inread'><h4>« Plein air »</h4><p>Chaque semaine, nos meilleurs articles</p>"
        "<a href='/newsletters/plein-air/'>S'inscrire</a></section>",
        "<div class='x7'><h3>Le journal de toutes les luttes</h3><p>Depuis 1931, notre rédaction choisit de "
        "rester libre. Ce choix a un prix, que vous partagez.</p><a href='/don'>Je donne</a></div>",
        "<div class='x7'><p>Ce choix a un prix.</p><a href='/don'>En savoir plus</a></div>",
        "<div><p>Lire sans engagement</p><p><a href='/abonnement?src=box'>Découvrir l'offre</a></p></div>",
    ],
)
def test_a_box_that_only_asks_is_no_text(box: str) -> None:
    body = paragraphs(*PROSE[:2]) + box + paragraphs(*PROSE[2:])
    assert lines(read(page(body=body))) == PROSE


@pytest.mark.parametrize(
    "box",
    [
        "<div class='encadre'><p>Les dons sont reçus à la mairie, a dit l'adjointe, qui invite chacun à "
        "<a href='/dons'>faire un don</a>.</p></div>",
        "<div><p>Les ateliers du samedi ont lieu à la salle des fêtes, de neuf heures à midi, avec un guide."
        "</p><p><a href='https://ville.example/inscriptions'>Inscription en ligne</a></p></div>",
        "<div><p>Le quartier sera vidé de ses habitants d'ici à l'été, a dit le préfet au port.</p>"
        "<a href='/culture/abandonner-la-ville'>Découvrir le reportage</a></div>",
        "<div class='encadre'><p>Les inscriptions au marathon de la plaine sont ouvertes jusqu'au soir.</p>"
        "<p><a href='/marathon'>Le programme de la course</a> est affiché à la salle des sports.</p></div>",
        "<div class='encadre'><a href='/inscription'>S'inscrire</a> reste possible jusqu'à samedi.</div>",
        "<div class='encadre'><p>Le programme complet est affiché en mairie.</p>"
        "<a href='/marathon/programme'>En savoir plus</a></div>",
        "<div class='encadre'><p>Le marathon part à neuf heures.</p><p><a href='/marathon/parcours'>Voir le "
        "parcours</a></p><p><a href='/marathon/inscription'>S'inscrire</a></p></div>",
        "<div class='ateliers'><div><h3>Atelier pain</h3><p>Samedi à 9 h, salle des fêtes</p>"
        "<a href='/inscription?atelier=1'>S'inscrire</a></div><div><h3>Atelier poterie</h3>"
        "<p>Samedi à 14 h, à la halle</p><a href='/inscription?atelier=2'>S'inscrire</a></div></div>",
    ],
)
def test_a_box_that_tells_of_asking_is_text(box: str) -> None:
    body = paragraphs(*PROSE[:2]) + box + paragraphs(*PROSE[2:])
    found = lines(read(page(body=body)))
    assert found[:2] + found[-2:] == PROSE
    assert len(found) > len(PROSE)


def test_a_table_further_below_a_heading_that_closes_a_text_is_part_of_it() -> None:
    rows = [
        ["Commune", "Ponts", "Coût"],
        *([f"Village {n}", str(n), f"{n * 3} millions"] for n in range(1, 9)),
    ]
    cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    heads = "<h3>Nos chiffres</h3><p>Toutes les communes</p><h4>Les ponts de la plaine</h4>"
    table = f"{heads}<table>{cells}</table>"
    found = lines(read(page(above=DAY, body=paragraphs(*PROSE) + table)))
    assert found == [*PROSE, *texts(heads), *(cell for row in rows for cell in row)]


@pytest.mark.parametrize(
    "part",
    [
        "<h2>Les candidats</h2><ul><li>Jean Exemple (Union)</li><li>Ana Modele (Verts)</li></ul>"
        "<h2>Et après ?</h2><p>Le second tour aura lieu le 22 mars.</p><p>Les bureaux ouvrent à 8 h.</p>",
        "<h2>Programme</h2><p>9 h : ouverture des portes</p><p>10 h : visite du pont</p><p>Midi : repas</p>",
        "<h3>Infos pratiques</h3><p>12, rue des Forges, Brévilliers</p><p>Tél. 01 02 03 04 05</p>",
        "<p><strong>Les candidats</strong><br>Jean Exemple (Union)<br>Ana Modele (Verts)</p>",
        "<p><b>Le palmarès</b></p><p>Jury : Ana Modele</p><p>Public : Jo Exemple</p>",
        "<div class='x'><h3>En chiffres</h3><ul><li><b>3 km</b> : longueur</li>"
        "<li><b>11 $</b> : le billet</li></ul></div>",
        "<h2>Les résultats</h2><p>La Combe - Modane : 2-1</p><p>Lens - Brévilliers : 0-0</p>",
    ],
)
def test_a_headed_part_of_short_lines_closes_a_text(part: str) -> None:
    body = paragraphs(*PROSE) + part
    assert " ".join(lines(read(page(above=DAY, body=body)))) == " ".join(texts(body))


@pytest.mark.parametrize(
    "part",
    [
        "<h3>Recevez nos lettres</h3><p>Chaque matin, l'essentiel</p><p>Votre adresse e-mail</p>",
        "<h3>Nos titres</h3><ul><li><a href='/a'>La Vigie</a></li><li><a href='/b'>Plein air</a></li></ul>",
        "<p><strong>Jeanne Modele</strong><br>Journaliste au service des sports<br>La Vigie</p>",
        "<div class='x'><h3>La rédaction</h3><p>Depuis 1931 au service de la plaine</p></div>",
    ],
)
def test_a_headed_part_that_is_the_sites_goes(part: str) -> None:
    assert lines(read(page(above=DAY, body=paragraphs(*PROSE) + part))) == PROSE


@pytest.mark.parametrize("name", ["", " class='encadre'", " class='reperes'"])
def test_a_box_of_facts_between_paragraphs_is_text(name: str) -> None:
    box = f"<aside{name}><h3>Repères</h3><p>1958. Naissance à Modane.</p><p>1982. Premier atelier</p></aside>"
    body = paragraphs(*PROSE[:2]) + box + paragraphs(*PROSE[2:])
    assert lines(read(page(above=DAY, body=body))) == [*PROSE[:2], *texts(box), *PROSE[2:]]


@pytest.mark.parametrize(
    "box",
    [
        "<aside><h3>Newsletter</h3><p>Chaque matin</p><p>Votre e-mail</p></aside>",
        "<aside><h3>Les plus lus</h3><p>Un musée rouvre</p><p>Un pont ferme</p></aside>",
        "<aside><p>Publicité</p></aside>",
    ],
)
def test_a_box_of_something_else_between_paragraphs_goes(box: str) -> None:
    body = paragraphs(*PROSE[:2]) + box + paragraphs(*PROSE[2:])
    assert lines(read(page(above=DAY, body=body))) == PROSE


def test_the_day_of_a_comment_is_not_the_articles() -> None:
    comment = "<b>Jean</b> <span>14/03/2024 à 12:10</span><p>Très bien ce pont, merci à tous.</p>"
    article = f"<div><h1>{TITLE}</h1><div>{paragraphs(*PROSE)}</div></div>"
    assert read(f"{article}<div class='c'>{comment}</div>").published is None


def test_the_description_of_a_blog_is_no_lead() -> None:
    said = "Trente ans sur les rails, et le reste à les regarder."
    head = f"<div class='head'><h1><a href='/'>Carnets</a></h1><p class='description'>{said}</p></div>"
    post = f"<h3 class='post-title'>{TITLE}</h3>{DAY}<div class='post-body'>{paragraphs(*PROSE)}</div>"
    article = read(f"{head}<div class='post'>{post}</div>")
    assert article.lead is None
    assert lines(article) == PROSE


@pytest.mark.parametrize("name", ["id='foot'", "id='pied'", "class='bas-de-page'"])
def test_the_imprint_below_a_text_is_no_text(name: str) -> None:
    imprint = (
        f"<div {name}><p>La Vigie, quotidien du soir. Directeur de la publication : M. Exemple.</p></div>"
    )
    assert lines(read(f"<h1>{TITLE}</h1>{DAY}<div class='txt'>{paragraphs(*PROSE)}</div>{imprint}")) == PROSE


def test_an_item_that_nothing_announces_dates_the_article() -> None:
    items = "<ul><li>Jeanne Modele</li><li>3 mars 2023</li></ul>"
    article = read(page(body=f"{paragraphs(*PROSE)}{items}"))
    assert article.published is not None
    assert "3 mars 2023" not in lines(article)


@pytest.mark.parametrize(
    "last",
    [
        "<p>Voici nos lettres :</p><p>Le matin</p><p>Votre e-mail, pour vous abonner</p>",
        "<p>Réalisation : Ana Modele</p><p>Photos : Jean Exemple</p>",
        "<h3>Nos lettres</h3><p>Le matin, dans votre boîte mail</p><p>Le soir</p>",
        "<h3>Signé</h3><p>Par Ana Modele</p>",
    ],
)
def test_lists_of_who_did_what_and_of_letters_go(last: str) -> None:
    assert lines(read(page(body=paragraphs(*PROSE) + last))) == PROSE


def test_what_follows_who_is_quoted_is_cut_only_where_it_is_a_part() -> None:
    quote = f"<div class='quote'><p class='quote__author'>Ana Modele</p><p>{SAID}</p></div>"
    body = paragraphs(*PROSE[:2]) + quote + paragraphs(*PROSE[2:])
    assert SAID in lines(read(page(body=body)))


def test_a_long_box_is_text_whatever_it_ends_with() -> None:
    """However little it is of a long text."""
    rows = [
        f"Nous avons refait le pont numéro {n}, dit le maire, et notre chantier continue." for n in range(12)
    ]
    box = f"<div>{paragraphs(*rows)}<p><a href='/don'>Faire un don</a></p></div>"
    for told in (PROSE, PARAGRAPHS * 2):
        found = lines(read(page(body=paragraphs(*told[:2]) + box + paragraphs(*told[2:]))))
        assert set(rows) <= set(found)


def test_letters_in_a_menu_hide_no_box_that_asks() -> None:
    letters = "".join(
        f"<li><a href='/newsletters/lettre-{n}'>La lettre du jour {n}</a></li>" for n in range(25)
    )
    box = "<div><h4>« Plein air »</h4><p>Chaque semaine</p><a href='/newsletters/air'>S'inscrire</a></div>"
    body = paragraphs(*PARAGRAPHS[:2]) + box + paragraphs(*PARAGRAPHS[2:])
    assert lines(read(f"<div class='villes'><ul>{letters}</ul></div>{page(body=body)}")) == PARAGRAPHS


def test_what_a_newspaper_says_of_itself_in_a_margin_is_no_text() -> None:
    """A box of the text stands between two of its paragraphs."""
    box = "<aside><p>La Vigie est éditée depuis 1998 par une coopérative de ses lecteurs.</p></aside>"
    for body in (paragraphs(*PROSE) + box, box + paragraphs(*PROSE)):
        assert lines(read(page(body=body))) == PROSE


@pytest.mark.parametrize("line", ["<p>{}</p>", "<p><b>{}</b></p>", "<p>{} :</p>", "<p><b>{} :</b></p>"])
def test_who_speaks_first_stands_above_the_text_as_between_its_paragraphs(line: str) -> None:
    speakers = ["Jeanne Modele", "Imed Fictif", "Jeanne Modele", "Imed Fictif"]
    body = "".join(f"{line.format(name)}<p>{text}</p>" for name, text in zip(speakers, PROSE, strict=True))
    article = read(page(above=DAY, body=body))
    said = [texts(line.format(name))[0] for name in speakers]
    assert lines(article) == [one for pair in zip(said, PROSE, strict=True) for one in pair]
    assert article.authors == ()


def test_a_short_line_above_the_text_that_is_no_speaker_goes_although_it_stands_again() -> None:
    label = "<p>Le Fil</p>"
    body = f"{label}<p>{PROSE[0]}</p>{label}{paragraphs(*PROSE[1:])}"
    assert lines(read(page(above=DAY, body=body)))[0] == PROSE[0]


@pytest.mark.parametrize(
    "box",
    [
        "<div class='x7'><h3>Une rédaction libre</h3><div><p>Ce choix a un prix.</p><div>"
        "<p><a href='/don'>Je donne</a></p></div></div></div>",
        "<div class='x7'><p>Ce choix a un prix.</p><a href='/don'><span>Je donne</span></a></div>",
    ],
)
def test_a_call_stands_deep_in_its_box(box: str) -> None:
    body = paragraphs(*PROSE[:2]) + box + paragraphs(*PROSE[2:])
    assert lines(read(page(body=body))) == PROSE


def test_a_whole_text_that_ends_with_a_call_is_text() -> None:
    said = [
        "Notre journal paraît depuis cent ans, et nos lecteurs le tiennent à bout de bras depuis la crise.",
        "Nous ouvrons aujourd'hui une souscription, que le conseil de la plaine soutient sans réserve.",
        "Elle paiera la rotative, que nous louons depuis dix ans à l'imprimeur de la ville voisine.",
    ]
    said += [f"Ce chantier, le numéro {n}, nous le menons seuls, sans emprunt ni subvention." for n in "123"]
    call = "<p><a href='/don'>Je donne</a></p>"
    body = f"<p>{PROSE[0]}</p><div>{paragraphs(*said)}{call}</div>"
    assert lines(read(page(body=body)))[:7] == [PROSE[0], *said]
