"""Habits of press systems: boxes beside pictures, questions under a lead, cards that are one link, labels of
sections, lists of tags that a heading of related articles announces.
"""

from __future__ import annotations

import pytest

from tests.pipelines.test_body import LEAD, PROSE, lines, paras, read

PART = "Au Québec, une dalle chauffée"
NOTE = "La ville de Lévis garde ses ponts ouverts tout l’hiver grâce à l’eau tiède de la raffinerie voisine."
BOX = f"<aside class='encadre'><h3>{PART}</h3><p>{NOTE}</p></aside>"
FIGURE = "<figure><img src='p.jpg'><figcaption>Le pont, vu de l’île. © D. Orme</figcaption></figure>"
HREF = "/a/la-passerelle-fermee"
OTHER = "La passerelle fermée aux vélos"


def sections(above: str = "", below: str = "", under: str = "") -> str | None:
    return read(f"{under}<div>{paras(PROSE)}</div>{below}", above=above).section


@pytest.mark.parametrize(
    "text",
    [
        f"{paras(PROSE[:2])}{FIGURE}{BOX}{paras(PROSE[2:])}",
        f"{paras(PROSE[:2])}{BOX}<h2>Deux millions</h2>{paras(PROSE[2:])}",
        f"{paras(PROSE)}{BOX}",
    ],
)
def test_a_box_beside_a_picture_or_at_the_end_is_text(text: str) -> None:
    read_lines = lines(read(f"<div>{text}</div>"))
    assert PART in read_lines
    assert NOTE in read_lines


@pytest.mark.parametrize(
    "box",
    [
        f"<aside><h3>{PART}</h3><p>{NOTE}</p></aside>",  # the site's, for all one knows
        f"<aside class='encadre'><h3>{PART}</h3><p>{NOTE} Abonnez-vous à notre newsletter.</p></aside>",
    ],
)
def test_what_stands_below_the_text_and_is_called_no_box_or_asks_is_none(box: str) -> None:
    assert NOTE not in (read(f"<div>{paras(PROSE)}{box}</div>").body or "")


def test_the_first_question_below_a_lead_is_text() -> None:
    question = "Quand avez-vous compris que le pont ne tiendrait pas l’hiver ?"
    article = read(f"<div class='chapo'><p>{LEAD}</p></div><div><h3>{question}</h3>{paras(PROSE)}</div>")
    assert article.lead == LEAD
    assert lines(article) == [question, *PROSE]


def test_a_lead_in_the_field_of_its_system() -> None:
    field = "<div class='field field-name-field-resume'><div class='field-items'><div class='field-item'>{}"
    lead = field.format(f"<p>{LEAD}</p></div></div></div>")
    body = f"<div class='field field-name-body'><div class='field-items'>{paras(PROSE)}</div></div>"
    article = read(f"<div class='content'>{lead}{body}</div>")
    assert article.lead == LEAD
    assert lines(article) == PROSE


@pytest.mark.parametrize(
    "card",
    [
        f"<div><a href='{HREF}'><div><span>Lire aussi</span><h4>{OTHER}</h4></div></a></div>",
        f"<div><a href='{HREF}'><div><div><p>À lire aussi</p></div><div>{OTHER}</div></div></a></div>",
        f"<figure class='kg-bookmark-card'><a href='{HREF}'><div><div>{OTHER}</div></div></a></figure>",
        f"<div class='digest-post-embed'><a href='{HREF}'><div><h4>{OTHER}</h4></div></a></div>",
    ],
)
def test_a_card_in_the_text_that_is_one_link(card: str) -> None:
    article = read(f"<div>{paras(PROSE[:2])}{card}{paras(PROSE[2:])}</div>")
    found = [(link.title, link.url, link.block) for link in article.related]
    assert found == [(OTHER, f"https://gazette.example{HREF}", "inline")]
    assert lines(article) == PROSE


def test_a_card_that_leads_to_another_site_is_no_related_article() -> None:
    link = "<a href='https://insee.example/x'><div>Le recensement</div></a>"
    card = f"<figure class='kg-bookmark-card'>{link}</figure>"
    assert read(f"<div>{paras(PROSE[:2])}{card}{paras(PROSE[2:])}</div>").related == ()


@pytest.mark.parametrize(
    "line",
    [
        "<div>Sur le même thème : <a href='/tag/pont/'>Pont</a> <a href='/tag/voirie/'>Voirie</a></div>",
        "<p><b>Sur le même sujet :</b> <a href='/tags/pont'>Pont</a><a href='/tags/voirie'>Voirie</a></p>",
    ],
)
def test_links_to_tags_are_tags_whatever_announces_them(line: str) -> None:
    article = read(f"<div>{paras(PROSE)}</div>{line}")
    assert [tag.name for tag in article.tags] == ["Pont", "Voirie"]
    assert article.related == ()


@pytest.mark.parametrize(
    "label",
    [
        "<ul class='itemInfo'><li class='itemCategory'><a href='/c/4'>Voirie</a></li></ul>",
        "<div><a href='/v' class='elementor-post-info__terms-list-item'>Voirie</a></div>",
        "<dl><dd class='category-name'>Catégorie : <a href='/c/4'>Voirie</a></dd></dl>",
        "<div class='surtitre'><a href='/r'>Reportage</a> › <a href='/v'>Voirie</a></div>",
    ],
)
def test_labels_of_sections(label: str) -> None:
    assert sections(under=label) == "Voirie"


def test_what_is_far_below_the_headline_is_no_section() -> None:
    filler = "<p><i>a</i><i>b</i><i>c</i><i>d</i><i>e</i><i>f</i><i>g</i><i>h</i><i>i</i><i>j</i></p>" * 4
    below = "<div class='section-head'><h2>Voir plus</h2><a href='/rue'>La rue aux enfants</a></div>"
    assert sections(below=filler + below) is None


def test_a_related_title_with_its_day_is_no_section() -> None:
    item = "<li><span>03.05.2024</span> <a href='/a/le-bac-de-loire'>Le bac de Loire</a></li>"
    assert sections(below=f"<div><h4>Articles apparentés</h4><ul>{item}</ul></div>") is None


@pytest.mark.parametrize(
    ("links", "wanted"), [(["Voirie", "Voirie"], "Voirie"), (["Voirie", "Eau"], None), (["La"] * 7, None)]
)
def test_the_one_category_at_the_foot_of_a_text(links: list[str], wanted: str | None) -> None:
    filler = "<p><i>a</i><i>b</i><i>c</i><i>d</i><i>e</i><i>f</i><i>g</i><i>h</i><i>i</i><i>j</i></p>" * 4
    text = " ".join(f"<a href='/{n}'>{name}</a>" for n, name in enumerate(links))
    box = f"<p class='category'>{text}</p>" if len(links) > 2 else text.replace("<a", "<a class='category'")
    assert sections(below=f"{filler}<div>{box}</div>") == wanted


def test_a_drawn_sign_alone_is_no_paragraph() -> None:
    box = "<div class='callout'><div class='emoji'>💧</div><div class='callout-text'>{}</div></div>"
    assert lines(read(f"<div>{paras(PROSE[:2])}{box.format(NOTE)}{paras(PROSE[2:])}</div>")) == [
        *PROSE[:2],
        NOTE,
        *PROSE[2:],
    ]


def test_the_title_of_a_picture_in_a_gallery_is_a_caption() -> None:
    slide = "<div class='gallery'><div class='slide'><img src='2.jpg'>{}</div></div>"
    title = "<div class='image-slide-title'>La pile et le radeau</div>"
    text = f"<div>{paras(PROSE[:2])}{slide.format(title)}{paras(PROSE[2:])}</div>"
    assert lines(read(text)) == PROSE


def test_a_figure_and_its_meaning_are_words_apart() -> None:
    box = (
        "<div><span class='gros'>64 %</span><span class='sens'>C’est la part des piles touchées.</span></div>"
    )
    text = f"<div>{paras(PROSE[:2])}{box}{paras(PROSE[2:])}</div>"
    assert "64 % C’est la part des piles touchées." in lines(read(text))


def test_a_heading_that_goes_deeper_into_a_subject() -> None:
    link = f"<li><a href='{HREF}'><h5>{OTHER}</h5></a><div>Par: Karim Tipe</div></li>"
    text = f"<section><h4>Pour approfondir sur Voirie</h4><ul>{link}</ul></section>"
    found = read(f"<div>{paras(PROSE)}</div>{text}").related
    assert [one.title for one in found] == [OTHER]


def test_a_related_title_by_the_headline_is_no_section() -> None:
    card = f"<section class='section section--related'><h2>Tout lire</h2><a href='{HREF}'>La passerelle</a>"
    assert sections(below=f"{card}</section>") is None


@pytest.mark.parametrize(
    "line",
    [
        "<ul><li><a href='/a/hm'>Hortense Modele,</a> <span>La Gazette</span></li></ul>",
        "<p><strong><em>Le billet d’Hortense Modele</em></strong></p><hr>",
        "<p>La chronique de Hortense Modele</p>",
    ],
)
def test_what_stands_with_the_authors_name_above_the_text_is_none_of_it(line: str) -> None:
    site = "<meta property='og:site_name' content='La Gazette'>"
    head = f"{site}<meta name='author' content='Hortense Modele'>"
    assert lines(read(f"<div>{line}{paras(PROSE)}</div>", head=head)) == PROSE


def test_a_heading_that_names_the_author_in_other_words_stays() -> None:
    head = "<meta name='author' content='Hortense Modele'>"
    heading = "Le pont d’Hortense Modele"
    assert lines(read(f"<div><h2>{heading}</h2>{paras(PROSE)}</div>", head=head)) == [heading, *PROSE]


@pytest.mark.parametrize("place", ["Kaya", "Cité du Lac", "Val-de-Loire"])
def test_a_name_and_its_place_above_the_text(place: str) -> None:
    found = read(f"<div><p><b>Hortense Modele – {place}</b></p>{paras(PROSE)}</div>")
    assert found.authors == ("Hortense Modele",)
    assert lines(found) == PROSE


def test_a_country_and_its_place_above_the_text_are_nobody() -> None:
    assert read(f"<div><p><b>Burkina Faso – Kaya</b></p>{paras(PROSE)}</div>").authors == ()


def test_a_card_behind_a_button_to_share_is_none_of_the_buttons() -> None:
    button = "<p class='button-wrapper'><a href='/a/1?action=share'><span>Partager</span></a></p>"
    link = f"<a href='{HREF}'><div><h4>{OTHER}</h4><div>May 3</div></div></a>"
    card = f"<div class='digest-post-embed'>{link}</div>"
    article = read(f"<div>{paras(PROSE)}{button}{card}</div>")
    assert [link.title for link in article.related] == [OTHER]
    assert lines(article) == PROSE
