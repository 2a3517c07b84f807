"""Comments and buttons beside a text go; what stands under words like theirs in the text stays."""

from __future__ import annotations

import re

import pytest

from storage.records import Article
from tests.pipelines.test_headings import PARAGRAPHS
from tests.pipelines.test_places_of_lines import PROSE, lines, page, paragraphs, read

SHORT = "Le maire est furieux et promet un recours."
TOLD = [
    "Réactions",
    "Réactions politiques",
    "Les réactions des élus",
    "Commentaires",
    "Commentaires acerbes",
    "Réagir vite",
    "Les réactions ne se sont pas fait attendre.",
    "Les réactions sont vives.",
    "Les commentaires vont bon train.",
    "Réaction du maire :",
    "Réagir vite, c'est la consigne.",
    "Reactions",
    "Comments",
    "Kommentare aus der Stadt",
    "Comentarios encontrados",
]
HEADS = {
    "h2": "<h2>{}</h2>",
    "h3": "<h3>{}</h3>",
    "bold": "<p><strong>{}</strong></p>",
    "plain": "<p>{}</p>",
    "in a box": "<div><h2>{}</h2></div>",
}


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("told", TOLD)
@pytest.mark.parametrize("above", [3, 6])
def test_a_part_of_the_text_is_no_comment(told: str, head: str, above: int) -> None:
    """Wherever it stands, and however short the paragraph below it is."""
    body = paragraphs(*PARAGRAPHS[:above]) + HEADS[head].format(told) + paragraphs(SHORT, *PARAGRAPHS[above:])
    found = lines(read(page(body=body)))
    assert [text for text in (*PARAGRAPHS, SHORT) if text not in found] == []
    assert told in found


@pytest.mark.parametrize("told", ["Réactions", "Commentaires", "Les réactions politiques"])
@pytest.mark.parametrize(
    "body",
    [
        f"<p>{{}}</p><h2>{{told}}</h2><p>{SHORT}</p>",
        f"<section class='part'><p>{{}}</p></section><section class='part'><h2>{{told}}</h2><p>{SHORT}</p>"
        f"<p>{PARAGRAPHS[0]}</p></section>",
        f"<p>{{}}</p><h2>{{told}}</h2><blockquote>{SHORT}</blockquote>",
        f"<p>{{}}</p><h2>{{told}}</h2><figure><img src='a.jpg'></figure><p>{SHORT}</p>",
        f"<p>{{}}</p><h2>{{told}}</h2><ul><li>{SHORT}</li></ul><p>{PARAGRAPHS[0]}</p>",
    ],
)
def test_the_last_part_of_the_text_is_no_comment(told: str, body: str) -> None:
    inner = body.replace("{}", "</p><p>".join(PARAGRAPHS[1:])).replace("{told}", told)
    assert SHORT in lines(read(page(body=inner)))


NAMES = ("Jeannot 56", "La mouette", "Modele P.")
SAID = [
    f"Enfin une bonne nouvelle pour le quartier, après {n} ans d'attente et de promesses." for n in (2, 4, 8)
]


def listed(before: str, between: str, after: str) -> str:
    entries = zip(NAMES, SAID, strict=True)
    return "".join(f"{before}{name}{between}{text}{after}" for name, text in entries)


@pytest.mark.parametrize(
    "comments",
    [
        f"<h3>3 commentaires</h3><ol>{listed('<li><b>', '</b><p>', '</p></li>')}</ol>",
        f"<div><h3>3 commentaires</h3><ol>{listed('<li><cite>', '</cite> ', '</li>')}</ol></div>",
        "<h3>Réactions (12)</h3>"
        + listed("<div><span>", "</span> <span>12 mars 2026 à 10h02</span><p>", "</p></div>"),
        f"<div class='avis'><h2>Commentaires</h2>{listed('<p>', ' : ', '</p>')}</div>",
        "<h3>Commentaires</h3>" + listed("<p><b>", "</b>, le 12 mars 2026 à 10h02</p><p>", "</p>"),
        "<h3>Vos réactions</h3>" + listed("<div><b>", "</b><p>", "</p><a href='#r'>Répondre</a></div>"),
        "<h3>Commentaires</h3><div class='fb-comments'></div><p>Cet espace est celui des lecteurs.</p>",
        "<h3>Commentaires</h3><blockquote>La rédaction lit tout avant de le publier, et "
        "chaque lecteur peut écrire un commentaire par jour.</blockquote>",
        "<h3>Laisser un commentaire</h3><p>Votre adresse e-mail ne sera pas publiée.</p>"
        "<p>Vous devez être connecté pour publier un commentaire.</p>",
    ],
)
@pytest.mark.parametrize("place", ["in", "below"])
def test_comments_are_no_text(comments: str, place: str) -> None:
    inner = paragraphs(*PARAGRAPHS)
    found = read(page(body=inner + comments) if place == "in" else page(body=inner, below=comments))
    assert lines(found) == PARAGRAPHS


LEAD = "Les élus ont voté les crédits. La facture des abonnés augmentera dès le printemps."
LABELS = [
    "<div class='share'>Partager</div>",
    "<div>Partager</div>",
    "<div><svg></svg><span>Partager</span></div>",
    "<div role='button'><span>Partager</span></div>",
    "<div>Partager :</div>",
    "<div>Partager sur Facebook</div>",
    "<div><span>Share</span></div>",
    "<div><span>Partager</span><a href='#f'>Facebook</a><a href='#x'>X</a></div>",
    "<ul><li>Partager</li><li>Imprimer</li></ul>",
    "<div>12 commentaires</div>",
    "<p><a href='#c'>12 commentaires</a></p>",
    "<div>Réagir</div>",
    "<div>Commenter</div>",
]
BYLINE = "<p>Par Anne Modele avec AFP</p>"
DATE = "<p>2 avril 2026</p>"
STANDFIRST = f"<p class='chapo'>{LEAD}</p>"
FIGURE = "<figure><img src='/photos/pont.jpg'></figure>"


def told_above(found: Article) -> tuple[object, ...]:
    agencies = [name for credit in found.attributions for name in credit.agencies]
    day = found.published.date.isoformat() if found.published else None
    return found.lead, found.authors, day, agencies, len(found.images), lines(found)


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize(
    "order",
    [
        ("{}", STANDFIRST, BYLINE, DATE, FIGURE),
        ("{}", BYLINE, DATE, STANDFIRST, FIGURE),
        (STANDFIRST, "{}", BYLINE, DATE, FIGURE),
        (STANDFIRST, BYLINE, "{}", DATE, FIGURE),
        (STANDFIRST, BYLINE, DATE, "{}", FIGURE),
        (FIGURE, "{}", STANDFIRST, BYLINE, DATE),
    ],
)
def test_a_button_above_the_text_heads_nothing(label: str, order: tuple[str, ...]) -> None:
    found = read(page(above="".join(order).replace("{}", label)))
    assert told_above(found) == (LEAD, ("Anne Modele",), "2026-04-02", ["AFP"], 1, PROSE)


@pytest.mark.parametrize("label", ["29 commentaires", "Partager", "Réagir", "12 réactions"])
def test_a_button_beside_the_byline_heads_nothing(label: str) -> None:
    line = f"<span>{label}</span> <span class='author'>Par <a href='/redacteur/12'>Anne Modele</a></span>"
    found = read(page(above=f"<div class='infos'>{line} <time>2 avril 2026 à 16:34</time></div>"))
    assert told_above(found)[1:3] == (("Anne Modele",), "2026-04-02")


@pytest.mark.parametrize("address", ["/qui/12", "/l-equipe#modele", "#"])
def test_a_button_above_a_linked_byline_takes_nothing(address: str) -> None:
    """Wherever it leads: what it says is a byline."""
    byline = f"<p><a href='{address}'>Par Anne Modele</a></p>"
    found = read(page(above=f"<div>Partager</div>{byline}<p>2 avril 2026</p>"))
    assert told_above(found)[1:3] == (("Anne Modele",), "2026-04-02")


@pytest.mark.parametrize(
    "picture",
    [
        "<figure><a href='/photos/pont'><img src='/photos/pont.jpg'></a></figure>",
        "<div><img src='/photos/pont.jpg'></div>",
    ],
)
def test_a_button_above_a_picture_takes_nothing(picture: str) -> None:
    assert len(read(page(above=f"<div>Partager</div>{picture}")).images) == 1


def test_a_button_above_a_linked_name_or_day_takes_nothing() -> None:
    name = "<div class='author'><a href='/qui/12'>Anne Modele</a></div>"
    day = "<p><a href='/archives/12'>2 avril 2026</a></p>"
    found = read(page(above=f"<div>Partager</div>{name}<div>Partager</div>{day}"))
    assert told_above(found)[1:3] == (("Anne Modele",), "2026-04-02")


@pytest.mark.parametrize(
    "text",
    [
        "<h2>Abonnement de train : ce qui change</h2>",
        "<p>Après le vote, <a href='/actu/le-maire'>le maire de Brévilliers, son auteur</a>, répond aux "
        "riverains et annonce un chantier de deux ans, puis un autre.</p>",
    ],
)
def test_a_button_far_down_in_the_text_takes_nothing(text: str) -> None:
    body = paragraphs(*PARAGRAPHS[:5]) + f"<div>Partager</div>{text}" + paragraphs(*PARAGRAPHS[5:])
    found = lines(read(page(body=body)))
    assert found == [*PARAGRAPHS[:5], re.sub("<[^>]*>", "", text), *PARAGRAPHS[5:]]


@pytest.mark.parametrize(
    "line",
    [
        "<div>Réagir <em>vite et bien</em>, disent les élus.</div>",
        "<div><span>Partager</span><p>Les réactions sont vives.</p></div>",
    ],
)
def test_a_line_that_begins_with_a_button_is_text(line: str) -> None:
    body = paragraphs(*PROSE[:2]) + line + paragraphs(*PROSE[2:])
    assert re.sub("<[^>]*>|Partager", "", line) in lines(read(page(body=body)))


@pytest.mark.parametrize("tag", ["p", "div"])
@pytest.mark.parametrize("above", [[], PROSE[:1]])
def test_a_button_above_a_line_with_a_link_takes_nothing(tag: str, above: list[str]) -> None:
    said = "Après le vote, le maire de Brévilliers répond."
    line = said.replace(
        "le maire de Brévilliers", "<a href='/actu/le-maire-repond'>le maire de Brévilliers</a>"
    )
    body = f"{paragraphs(*above)}<div>Partager</div><{tag}>{line}</{tag}>{paragraphs(*PARAGRAPHS)}"
    assert lines(read(page(body=body))) == [*above, said, *PARAGRAPHS]


@pytest.mark.parametrize("label", ["<div>Partager</div>", "<p>Partager</p>", "<div>12 commentaires</div>"])
@pytest.mark.parametrize(
    "behind", ["<h2>Une hausse du prix</h2>", "<p>Oui.</p>", "<p>« Jamais », dit-il.</p>"]
)
def test_a_button_inside_the_text_takes_nothing(label: str, behind: str) -> None:
    found = read(page(body=paragraphs(*PARAGRAPHS[:4]) + label + behind + paragraphs(*PARAGRAPHS[4:])))
    said = behind.partition(">")[2].partition("<")[0]
    assert lines(found) == [*PARAGRAPHS[:4], said, *PARAGRAPHS[4:]]


@pytest.mark.parametrize(
    "buttons",
    [
        "<div>Partager</div><div>Facebook</div><div>Twitter</div>",
        "<div><span>Partager</span><a href='https://www.facebook.com/sharer?u=x'>Sur Facebook</a></div>",
        "<p>Suivez-nous sur Facebook</p><p>Abonnez-vous à notre page.</p>",
        "<div>Partager cet article</div><ul><li><a href='mailto:'>Par courriel</a></li></ul>",
        "<div>Partager</div><ul><li>Facebook</li><li>WhatsApp</li></ul>",
        "<div>Partager</div><p>Sur <a href='https://www.facebook.com/sharer?u=x'>Facebook</a> ou ici.</p>",
    ],
)
def test_buttons_below_the_text_are_none_of_it(buttons: str) -> None:
    assert lines(read(page(below=buttons))) == PROSE
    assert lines(read(page(body=paragraphs(*PROSE) + buttons))) == PROSE


def test_an_answer_in_a_sentence_is_no_button() -> None:
    said = "<p><b>Répondre</b> aux critiques, le maire le fera lundi.</p>"
    body = f"{paragraphs(*PROSE[:2])}<h2>Réactions</h2>{said}{paragraphs(*PROSE[2:])}"
    assert "aux critiques" in (read(page(body=body)).body or "")


QUOTED = ("Jean Exemple, maire", "Ana Modele, députée", "Jo Fictif, préfet", "Lise Invente, conseillère")
REACTIONS = [text.replace("Le conseil", "Mon conseil") for text in PARAGRAPHS[4:]]
BOXES = "".join(
    f"<div><strong>{name}</strong><p>{text}</p></div>" for name, text in zip(QUOTED, REACTIONS, strict=True)
)


def test_what_politicians_say_in_boxes_is_text() -> None:
    found = lines(read(page(body=f"{paragraphs(*PROSE)}<h2>Réactions</h2>{BOXES}")))
    assert [text for text in (*PROSE, *QUOTED, *REACTIONS) if text not in found] == []


def test_what_politicians_say_above_the_text_is_text() -> None:
    body = f"<div class='bloc'><h2>Réactions</h2>{BOXES}</div>{paragraphs(*PARAGRAPHS, *PROSE)}"
    found = lines(read(page(body=body)))
    assert [text for text in (*REACTIONS, *PROSE) if text not in found] == []


def test_what_politicians_say_between_line_breaks_is_text() -> None:
    """Only their names are elements: what they say stands behind these."""
    said = [f"{name} : « {text} »" for name, text in zip(QUOTED, REACTIONS, strict=True)]
    lined = "".join(f"<b>{line.replace(' : ', '</b> : ', 1)}<br>" for line in said)
    body = f"{paragraphs(*PARAGRAPHS[:4])}<h2>Réactions</h2>{lined}"
    assert lines(read(page(body=body))) == [*PARAGRAPHS[:4], "Réactions", *said]


BARE = "<br><br>".join(PARAGRAPHS[:4]) + "<br>"


def test_comments_below_text_without_paragraphs_are_none_of_it() -> None:
    comments = f"<h3>Réactions</h3><ol>{listed('<li><b>', '</b><p>', '</p></li>')}</ol>"
    assert lines(read(page(body=BARE + comments))) == PARAGRAPHS[:4]


def test_text_without_paragraphs_goes_on_below_a_heading() -> None:
    said = ["Jean Exemple, maire : « C'est une honte. »", "Ana Modele, députée : « Il était temps. »"]
    lined = "".join(f"<b>{line.replace(' : ', '</b> : ', 1)}<br>" for line in said)
    found = lines(read(page(body=f"{BARE}<h3>Réactions</h3>{lined}")))
    assert found == [*PARAGRAPHS[:4], "Réactions", *said]


def test_a_part_between_boxes_of_the_text_is_no_comment() -> None:
    said = ["« C'est une honte », dit le maire.", "« Il était temps », répond la députée."]
    items = "".join(f"<li>{text}</li>" for text in said)
    boxes = [
        *(f"<div class='bloc'><p>{text}</p></div>" for text in PARAGRAPHS[:5]),
        f"<div class='bloc'><h2>Réactions</h2><ul>{items}</ul></div>",
        *(f"<div class='bloc'><p>{text}</p></div>" for text in PARAGRAPHS[5:]),
    ]
    found = lines(read(page(body="".join(boxes))))
    assert found == [*PARAGRAPHS[:5], "Réactions", *said, *PARAGRAPHS[5:]]


def test_a_long_part_of_the_text_with_a_day_is_no_comment() -> None:
    part = "<h2>Réactions</h2><p><b>Mardi 12 mars 2026</b></p>"
    found = lines(read(page(body=paragraphs(*PARAGRAPHS[:4]) + part + paragraphs(*PARAGRAPHS[4:]))))
    assert found == [*PARAGRAPHS[:4], "Réactions", "Mardi 12 mars 2026", *PARAGRAPHS[4:]]


@pytest.mark.parametrize(
    "told",
    ["Les réactions ne se sont pas fait attendre.", "Réaction du maire :", "Les réactions sont vives :"],
)
def test_a_list_below_a_sentence_about_reactions_is_text(told: str) -> None:
    said = ["« C'est une honte », dit le maire.", "« Il était temps », répond la députée."]
    items = "".join(f"<li>{text}</li>" for text in said)
    found = lines(read(page(body=f"{paragraphs(*PROSE)}<p>{told}</p><ul>{items}</ul>")))
    assert found == [*PROSE, told, *said]


def test_steps_called_like_buttons_are_text() -> None:
    steps = "<ul><li>Écouter</li><li>Partager</li><li>Recommencer</li></ul>"
    body = f"{paragraphs(*PROSE[:2])}<p>La méthode tient en trois mots :</p>{steps}{paragraphs(*PROSE[2:])}"
    assert "Partager" in lines(read(page(body=body)))


@pytest.mark.parametrize("head", ["<h2>Réactions</h2>", "<p><b>Réactions</b></p>", "<h2>Commentaires</h2>"])
@pytest.mark.parametrize(
    "line", ["<b>{}</b> : {}<br>", "<strong>{}</strong> : {}<br><br>", "<div class='x'><b>{}</b> : {}</div>"]
)
def test_what_persons_with_an_office_say_in_quotation_marks_is_text(head: str, line: str) -> None:
    said = {"Jean Exemple, maire": "« C'est une honte. »", "Ana Modele, députée": "« Il était temps. »"}
    quoted = "".join(line.format(*one) for one in said.items())
    found = lines(read(page(body=paragraphs(*PARAGRAPHS) + head + quoted)))
    assert found[-2:] == [" : ".join(one) for one in said.items()]


def test_readers_who_quote_are_no_text() -> None:
    entries = "".join(
        f"<div class='x'><b>{name}</b> : « {text} »</div>" for name, text in zip(NAMES, SAID, strict=True)
    )
    found = lines(read(page(body=f"{paragraphs(*PARAGRAPHS)}<h2>Réactions</h2>{entries}")))
    assert found == PARAGRAPHS


@pytest.mark.parametrize(
    "asked",
    [
        "Connectez-vous pour publier un commentaire ici.",
        "Vous devez être connecté pour publier un commentaire.",
        "Soyez le premier à commenter cet article.",
    ],
)
@pytest.mark.parametrize(
    "head", ["<h3>Commentaires</h3>", "<p><b>Commentaires</b></p>", "<p>Commentaires</p>"]
)
def test_a_line_that_asks_for_comments_goes_with_its_heading(head: str, asked: str) -> None:
    assert lines(read(page(body=f"{paragraphs(*PROSE)}{head}<p>{asked}</p>"))) == PROSE


def test_a_line_about_reactions_below_their_heading_is_text() -> None:
    told = "<div class='x'>Les réactions ont été vives, dit-on.</div>"
    body = f"{paragraphs(*PARAGRAPHS)}<h2>Réactions</h2>{told}<p>{SHORT}</p>"
    assert lines(read(page(body=body)))[-2:] == ["Les réactions ont été vives, dit-on.", SHORT]


@pytest.mark.parametrize(
    "line",
    [
        "<div>Partager <em>la terre</em> entre voisins, dit le maire.</div>",
        "<div>12 commentaires <b>et pas un de plus</b> ce jour-là au registre.</div>",
        "<p>Partager<br>les terres de la plaine entre tous</p>",
    ],
)
def test_a_line_is_more_than_the_button_it_begins_with(line: str) -> None:
    body = paragraphs(*PROSE[:2]) + line + paragraphs(*PROSE[2:])
    assert "".join(lines(read(page(body=body)))) == "".join(
        [*PROSE[:2], re.sub("<[^>]*>", "", line), *PROSE[2:]]
    )


def test_what_a_button_unfolds_is_no_text() -> None:
    asked = "<p>Gardez cet article : inscrivez-vous, c'est gratuit, ou ouvrez un compte.</p>"
    hidden = f"<div>{asked}<span hidden>Enregistré</span></div>"
    found = read(page(above=f"<div>Partager</div>{hidden}{BYLINE}"))
    assert (found.lead, lines(found)) == (None, PROSE)


def test_a_button_in_the_text_takes_no_paragraph_with_a_long_link() -> None:
    said = "Après le vote, {} répond aux riverains, qui attendent depuis deux ans la passerelle promise."
    name = "le maire de Brévilliers, auteur du projet et président du département"
    link = f"<a href='/actu/le-maire'>{name}</a>"
    body = f"{paragraphs(*PARAGRAPHS[:5])}<div>Partager</div><p>{said.format(link)}</p>"
    found = lines(read(page(body=body + paragraphs(*PARAGRAPHS[5:]))))
    assert found == [*PARAGRAPHS[:5], said.format(name), *PARAGRAPHS[5:]]


def boxed(*parts: str) -> str:
    return "".join(f"<div class='bloc'>{part}</div>" for part in parts)


def test_an_intertitle_called_like_a_button_of_comments_is_text() -> None:
    told = "Un numéro vert est ouvert jour et nuit, et chaque appel y reste anonyme."
    last = f"<p>{SHORT}</p><h3>Signaler</h3><p>{told}</p>"
    body = boxed(*(f"<p>{text}</p>" for text in PARAGRAPHS)) + f"<h2>Réagir</h2>{boxed(last)}"
    assert lines(read(page(body=body)))[-4:] == ["Réagir", SHORT, "Signaler", told]


LEGAL = "".join(
    f"<p>Article {n}. Les contenus de ce site restent la propriété de son éditeur, qui les met à jour.</p>"
    for n in range(9)
)


@pytest.mark.parametrize(
    "said",
    [
        "<div class='elu maire'><b>Jean Exemple</b><p>{}</p></div>"
        "<div class='elue deputee'><b>Ana Modele</b><p>{}</p></div>",
        "<div class='dit'>Le maire a pris la parole devant le conseil, après deux heures de débat. {}</div>"
        "<div class='dit'>La députée lui a répondu aussitôt, au nom des riverains de la plaine. {}</div>",
    ],
)
def test_what_two_persons_say_is_text_on_a_page_that_says_much_else(said: str) -> None:
    quotes = ["Mon conseil a fait ce choix en conscience, après deux ans d'études et de débats publics."] * 2
    body = f"{paragraphs(*PROSE)}<h2>Réactions</h2>{said.format(*quotes)}"
    found = read(page(body=body) + f"<footer><div>{LEGAL}</div></footer>").body or ""
    assert [quote for quote in quotes if quote not in found] == []


@pytest.mark.parametrize("day", ["Hier soir", "Le 12 mars 2026."])
def test_a_day_among_what_was_said_dates_no_comment(day: str) -> None:
    told = f"<h2>Réactions</h2><p><b>{day}</b></p><p>{SHORT}</p>"
    assert lines(read(page(body=paragraphs(*PARAGRAPHS) + told)))[-1] == SHORT


def test_a_paragraph_about_commenting_goes_whatever_its_dress() -> None:
    asked = "<p>Cet espace est ouvert aux commentaires, que la rédaction relit avant de les publier.</p>"
    found = read(page(body=f"{paragraphs(*PROSE)}<h3>Commentaires</h3>{asked}"))
    assert lines(found) == PROSE
