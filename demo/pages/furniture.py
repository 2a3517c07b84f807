"""What surrounds an article on a press site: menus, boxes, advertisements, footers."""

from __future__ import annotations

import html
import json
import random
from dataclasses import dataclass

from demo import SITE
from demo.drafts import Draft, plain_slug
from demo.facts import TruthArticle, TruthRelated
from demo.topics import TOPICS, Topic
from demo.truth import Catalogue

esc = html.escape
NAMES = {
    "facebook": "Facebook",
    "x": "X",
    "whatsapp": "WhatsApp",
    "linkedin": "LinkedIn",
    "courriel": "Envoyer par courriel",
}
_OFFERS = (
    "Ce matelas étonne les vendeurs",
    "Crédit express : la réponse en 4 minutes",
    "Un SUV à prix doux",
    "Apprendre l'anglais en dormant ?",
    "Panneaux solaires : vérifiez votre éligibilité",
)


@dataclass(frozen=True, slots=True)
class Frame:
    """What pages share. `popular` is the same in both editions: a new one changes no other page."""

    catalogue: Catalogue
    popular: tuple[Draft, ...]

    @property
    def base(self) -> str:
        return self.catalogue.base_url


def raw(markup: bytes) -> str:
    """Markup bytes as text that `encode` turns back into the same bytes, split letters included."""
    return markup.decode("utf-8", "surrogateescape")


def head(title: str, description: str, extra: str = "", charset: str = '<meta charset="utf-8">') -> str:
    return f"""<!DOCTYPE html>
<html lang="fr">
<head>
{charset}
<title>{esc(title)} | {esc(SITE)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="{esc(description)}">
<link rel="stylesheet" href="/theme/site.css">
<link rel="icon" href="/theme/icone.svg" type="image/svg+xml">
<link rel="alternate" type="application/rss+xml" title="{esc(SITE)} - RSS" href="/rss.xml">
<link rel="alternate" type="application/atom+xml" title="{esc(SITE)} - Atom" href="/atom.xml">
{extra}</head>
"""


def masthead(current: str = "") -> str:
    """Name of the paper and its sections."""
    marks = {current: " aria-current=page"}
    entries = "".join(
        f'<li><a href="/rubrique/{topic.key}/"{marks.get(topic.key, "")}>{topic.name}</a></li>'
        for topic in TOPICS
    )
    return f"""<header class="masthead">
<div class="wrap"><a class="brand" href="/">{esc(SITE)}</a>
<form class="search" action="/recherche" role="search"><input name="q" type="search" placeholder="Rechercher"
 aria-label="Rechercher"><button type="submit">OK</button></form></div>
<nav class="sections" aria-label="Rubriques"><ul class="wrap">{entries}</ul></nav>
</header>
"""


def _menu(topic: Topic) -> str:
    links = "".join(
        f'<li class="menu-item"><a href="/tag/{plain_slug(tag)}/"><span>{esc(tag)}</span></a></li>'
        for tag in topic.tags
    )
    return (
        f'<li class="menu-item menu-item-has-children"><a href="/rubrique/{topic.key}/">{topic.name}</a>'
        f'<ul class="sub-menu">{links}</ul></li>'
    )


def mega_menu(name: str) -> str:
    """The folded menu with every section and tag that many themes carry twice."""
    topics = "".join(_menu(topic) for topic in TOPICS if topic.template != "portal")
    return f'<details class="mega"><summary>{name}</summary><ul class="menu">{topics}</ul></details>\n'


def share_bar(article: TruthArticle) -> str:
    links = "".join(
        f'<a class="share-{key}" rel="nofollow noopener" href="https://partage.example/{key}?u={esc(article.url)}">'
        f"{name}</a>"
        for key, name in NAMES.items()
    )
    return f'<div class="share" aria-label="Partager"><span>Partager</span>{links}</div>\n'


def most_read(frame: Frame, article_id: int, thumbnails: bool) -> str:
    """Les plus lus: links to articles that are not related to this one."""
    chosen = [draft for draft in frame.popular if draft.id != article_id][:6]
    entries = "".join(
        "<li>"
        + (
            f'<img src="/photos/{draft.id}.svg" alt="" width="64" height="48" loading="lazy">'
            if thumbnails
            else ""
        )
        + f'<a href="{draft.path}">{esc(draft.title)}</a></li>'
        for draft in chosen
    )
    return f'<section class="box most-read"><h3>Les plus lus</h3><ol>{entries}</ol></section>\n'


def newsletter() -> str:
    return """<section class="box newsletter"><h3>La lettre du matin</h3>
<p>Chaque jour à 7 heures, l'essentiel de l'actualité dans votre boîte.</p>
<form action="/lettre" method="post">
<input type="email" name="adresse" placeholder="Votre adresse" aria-label="Adresse">
<button type="submit">S'inscrire</button></form></section>
"""


def sponsored(r: random.Random) -> str:
    """A block that was paid for: other hosts, marked rel=sponsored."""
    links = "".join(
        '<li><a rel="nofollow sponsored" '
        f'href="https://annonces.example/o/{r.randint(10**6, 10**7)}?utm_source=x">{esc(offer)}</a></li>'
        for offer in r.sample(_OFFERS, 3)
    )
    return f'<aside class="box sponsored"><h3>Contenus sponsorisés</h3><ul>{links}</ul></aside>\n'


def cookies() -> str:
    return """<div id="bandeau-cookies" class="cookies" role="dialog" hidden>
<p>Nous et nos 214 partenaires utilisons des cookies pour mesurer l'audience.
<a href="/confidentialite/">En savoir plus</a></p><button>Accepter</button></div>
"""


def footer() -> str:
    columns = "".join(f'<li><a href="/rubrique/{topic.key}/">{topic.name}</a></li>' for topic in TOPICS)
    return f"""<footer class="site-footer"><div class="wrap">
<ul>{columns}</ul>
<ul><li><a href="/a-propos/">Qui sommes-nous ?</a></li><li><a href="/contact/">Contact</a></li>
<li><a href="/mentions-legales/">Mentions légales</a></li>
<li><a href="/confidentialite/">Confidentialité</a></li>
<li><a href="/rss.xml">Flux RSS</a></li></ul>
<p>© 2016-2026 {esc(SITE)}. Site de démonstration :
les personnes, les faits et les chiffres sont inventés.</p>
</div></footer>
"""


def slots(r: random.Random, count: int) -> str:
    """A script such as advertising servers leave: weight without text."""
    units = [
        {
            "id": f"{r.getrandbits(64):x}",
            "slot": f"/{r.randint(10**7, 10**8)}/pave_{n}",
            "sizes": [[300, 250], [300, 600]],
        }
        for n in range(count)
    ]
    return f"<script>window.regie=window.regie||[];window.regie.push({json.dumps(units)});</script>\n"


def anchor(link: TruthRelated, base: str) -> str:
    """The link of a related entry, its title as the truth has the bytes."""
    return f'<a href="{esc(link.url.removeprefix(base))}">{raw(link.title_markup)}</a>'
