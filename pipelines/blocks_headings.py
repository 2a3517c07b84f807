"""The words that head a block of a press page: what follows is related, tags, comments, a prompt ...

Headings are compared folded (lower case, no accents, no punctuation: `pipelines.text.fold`) and as a whole.
Sources of the wordings: French-language news pages of 2009-2026, plus the usual headings of the other
languages whose pages are read too. Where a heading is not enough, `pipelines.blocks` looks at what follows it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, Literal

from pipelines.text import fold

Kind = Literal[
    "related", "most_read", "sponsored", "tags", "comments", "newsletter", "share", "author", "paywall"
]
MAX_HEADING = 90  # characters: longer text heads nothing

_THINGS = (
    r"articles?|contenus?|sujets?|actualites?|actus?|infos?|lectures?|publications?|billets?|posts?|"
    r"dossiers?|videos?|nouvelles|depeches|emissions?|podcasts?|histoires?|pages?|documents?|liens?"
)
_RELATED: Final = (
    rf"(?:tous |toutes |voir |lire )?(?:les |nos |ces |d |vos |des )?(?:autres |derniers )?(?:{_THINGS}) "
    r"(?:en relation|lie e?s?|lies?|liees?|similaires?|connexes?|associee?s?|correspondants?|recommandee?s?|relatifs?|"
    r"apparentee?s?|complementaires?|en lien|en rapport|suggeree?s?|proches|utiles|"
    r"(?:a|de) (?:lire|decouvrir|voir)(?: aussi| egalement)?|(?:sur|dans|de) (?:la|le|les) memes? .*|"
    r"du meme (?:dossier|sujet)|sur ce (?:sujet|theme)|"
    r"(?:qui )?(?:devraient|pourraient|peuvent|vont) (?:aussi |egalement )?vous (?:interesser|plaire|aider))",
    rf"(?:nos|vos|les|d|quelques) autres (?:{_THINGS})",
    r"(?:a |et )?(?:lire|relire|decouvrir|consulter|voir|regarder|ecouter) "
    r"(?:aussi|egalement|ailleurs|ensuite|sur le meme sujet|sur ce sujet|encore)(?: sur .*)?",
    r"(?:a |et )(?:lire|relire|decouvrir)",
    r"(?:sur|dans|de) (?:le |la |les )?memes? (?:sujets?|themes?|thematiques?|rubriques?|categories?|series?|"
    r"sections?|dossiers?|numeros?|genre)(?: .{0,30})?",
    r"(?:pour )?(?:aller|en savoir|en lire) plus(?: loin)?(?: sur ce sujet| sur le sujet)?",
    r"en rapport(?: avec (?:cet|l) article)?|en lien avec (?:cet article|ce sujet)|en relation|en complement",
    r"(?:plus|davantage) (?:d articles|d infos|d actualites?|de contenus?|de nouvelles|sur (?:ce|le) sujet|sur ce theme|sur .{3,40})",
    r"vous (?:aimerez|aimeriez|apprecierez|pourriez|pourrez|devriez|allez) (?:peut etre |surement )?"
    r"(?:aussi |egalement )?(?:aimer|apprecier|etre interesse .*|interesser|lire|adorer)?(?: aussi| egalement)?",
    r"(?:ceci|cela|ca|ces articles|cet article|ces sujets) (?:pourrait|peut|pourraient|peuvent|devrait|devraient|va|vont) "
    r"(?:aussi |egalement )?vous (?:interesser|plaire)(?: aussi)?",
    r"(?:susceptible|susceptibles) de vous interesser|recommandee?s? pour vous|nos recommandations|notre selection",
    r"(?:(?:la|notre) redaction|nous) vous (?:conseill|recommand|propos|sugger)(?:e|ons)(?: .{0,30})?",
    r"nouveaux articles|suggestions?|recommandations?|voir plus d articles|dossiers?",
    r"related(?: (?:posts?|articles?|stories|story|news|content|topics?|reading|links?|coverage|to this .*))?",
    r"(?:you )?(?:may|might) (?:also )?(?:like|be interested in|enjoy)|you ll also like",
    r"(?:more|see|read) (?:on|about|also|from) (?:this|the)?.{0,40}|(?:see|read) (?:also|more|next)|also read",
    r"more (?:stories|articles|news|posts)(?: .{0,30})?|recommended(?: for you| stories| reading| articles)?|further reading|"
    r"more like this|similar (?:posts|articles|stories)|don t miss|what to read next|up next|keep reading",
    r"(?:mehr|weiteres|weitere (?:artikel|beitrage|nachrichten|meldungen|themen|infos|informationen|links))"
    r"(?: (?:zum thema|zu diesem thema|zu|aus|uber|von)(?: .{0,40})?)?",
    r"(?:lesen|lies) sie (?:auch|hier|mehr|dazu).{0,20}|auch interessant|das konnte (?:sie|dich) (?:auch |ebenfalls )?(?:noch )?interessieren",
    r"(?:ahnliche|verwandte|passende|zugehorige) (?:artikel|beitrage|themen|meldungen|posts|inhalte)|zum thema|mehr zum thema.*|"
    r"lesen sie auch.*|lesetipps?|thematisch verwandt.*|dazu passend.*",
    r"(?:articulos|noticias|notas|contenidos?|entradas|temas) relacionad[oa]s|te (?:puede|podria) interesar|lee tambien|"
    r"(?:articoli|notizie|contenuti) correlat[ie]|leggi anche|potrebbe interessarti(?: anche)?|leia (?:tambem|mais)|"
    r"(?:artigos|noticias|materias) relacionad[ao]s|(?:lees ook|gerelateerd(?:e .*)?|lees meer)|"
    r"powiazane (?:artykuly|wpisy)|czytaj (?:tez|takze)|zobacz (?:tez|takze)|relaterade? (?:artiklar|artikler)|les ogsa|las ocksa",
)
_MOST_READ: Final = (
    rf"(?:les |nos |top |le |la )?(?:(?:{_THINGS}) )?(?:les |le |la |du jour )?plus (?:lus?|lues?|vus?|vues?|partages?|commentes?|"
    r"populaires?|consultes?|recents?|recentes?)(?: .{0,40})?",
    rf"(?:les |nos )?dernie?re?s? (?:{_THINGS}|minutes?|heures?|news)(?: .{{0,40}})?",
    rf"(?:{_THINGS}) (?:recentee?s?|recents|populaires|a la une)|(?:a|les|l) (?:ne pas (?:manquer|rater)|la une)(?: .{{0,30}})?",
    r"(?:il )?ne fallait pas (?:manquer|rater)|a la une(?: .{0,30})?|en (?:ce moment|continu|direct|bref|images|video|kiosque)|fil (?:info|actu|d actu|d actualites?|infos)|"
    r"toute l (?:actu|actualite|info)(?: .{0,30})?|l (?:actu|actualite|info|essentiel) en (?:continu|direct|ce moment)",
    r"(?:article|post|billet) (?:precedent|suivant)|(?:previous|next) (?:article|post|story)|(?:vorheriger|nachster) (?:artikel|beitrag)",
    r"(?:most|top) (?:read|popular|viewed|shared|commented|stories|news|posts)(?: .{0,30})?|popular(?: posts| now| stories)?|"
    r"trending(?: .{0,20})?|(?:latest|recent)(?: (?:news|posts|articles|stories|videos|from .{0,30}))?|breaking news|editors? s? ?picks?",
    r"(?:meist ?gelesen(?:e .*)?|am meisten gelesen|neueste (?:artikel|beitrage|nachrichten)|top themen|aktuelle (?:nachrichten|"
    r"artikel|beitrage|themen)|das neueste.*|lo mas (?:leido|visto)|ultim[ao]s (?:noticias|notas)|(?:i )?piu letti|mais lidas)",
)
_SPONSORED: Final = (
    r"(?:contenus?|articles?|liens?|annonces?|offres?|messages?) (?:sponsorisee?s?|commercia(?:l|ux)|publicitaires?|partenaires?|"
    r"proposes? par .*)|publicites?|annonces?|(?:la suite )?apres (?:la|cette) publicite|"
    r"(?:nos |les )?(?:bons plans|offres du moment|codes? promos?|services?|offres?)(?: partenaires?)?(?: .{0,20})?",
    r"(?:ailleurs sur le|from around the|around the) web|(?:contenu|article) (?:partenaire|offert .*|propose par .*)|shopping|"
    r"sponsored(?: (?:content|links|stories|by .*))?|promoted(?: .*)?|paid content|partner content|advertise?ments?|anzeigen?|werbung|"
    r"publicidad|pubblicita|promotion",
)
_TAGS: Final = (
    r"(?:les )?(?:tags?|mots? cles?|etiquettes?|themes?|sujets?|thematiques?|hashtags?|rubriques?|categories?|topics?|keywords?|"
    r"schlagworter?|schlagworte|themen|stichworter?|etiquetas|temas|tagged(?: with| as)?|filed under|classe dans|related topics|"
    r"more about)(?: (?:en relation|associee?s?|lies?|abordes?|de l article|similaires))?",
    r"(?:en savoir|lire|voir) plus sur",
)
_COMMENTS: Final = (
    r"(?:\d+ |un |une |aucun |vos |les |les derniers |tous les |voir les |afficher les |lire les |pas encore de )*"
    r"(?:\d+ )?(?:commentaires?|reactions?|kommentare?|comentarios?|commenti)(?: .{0,50})?|comments(?: \d+| on .{3,60}| section| policy)?|\d+ comments?(?: .{0,30})?|comment",
    r"(?:laisser|laissez|ajouter|poster|ecrire|publier|soyez le premier a|participez|rediger|repondre|reagir|reagissez).{0,12} "
    r"(?:un |une |votre |le premier )?(?:commentaire|message|reponse|reply|avis|reaction).{0,40}",
    r"(?:leave|post|add|write) (?:a |your |an? )?(?:reply|comment|response).{0,30}|join the (?:discussion|conversation)|reagir(?: .{0,30})?|"
    r"annuler la reponse|(?:schreibe?|hinterlasse).{0,8} (?:einen |eine )?(?:kommentar|antwort).{0,20}|deja un comentario|"
    r"\d+ (?:responses?|thoughts?|replies|reponses?|messages?|avis)(?: .{0,80})?|(?:un message|forum),? un commentaire.*|"
    r"repondre a cet article|forum de l article|modere a priori|diskussion|discussion",
)
_NEWSLETTER: Final = (
    r"(?:la |notre |nos |les |une )?(?:newsletters?|lettre d information|infolettre)(?: .{0,60})?",
    r"(?:inscrivez|abonnez) vous.{0,60}|(?:recevez|recevoir) .{0,60}|s (?:inscrire|abonner) .{0,60}|ne (?:manquez|ratez) .{0,60}",
    r"(?:sign up|subscribe)(?: .{0,60})?|(?:jetzt )?(?:newsletter|abonnieren)(?: .{0,40})?|stay (?:up to date|informed|connected).{0,30}|"
    r"get .{0,40} (?:newsletter|inbox).{0,20}",
)
_SHARE: Final = (
    r"(?:partagez?|partager|share|teilen|compartir|condividi|imprimer|envoyer)(?: .{0,40})?|"
    r"(?:suivez|retrouvez) .{0,40}(?:facebook|twitter|instagram|whatsapp|google|reseaux|linkedin|nous|telegram).{0,30}|follow (?:us|me).{0,30}",
)
_AUTHOR: Final = (
    r"(?:a propos (?:de l )?(?:auteur|auteure|autrice)s?|l auteur|about (?:the )?author|about me|uber (?:den|die) (?:autor|autorin)|"
    r"(?:tous (?:ses|les) articles|(?:du|de la) meme (?:auteur|auteure|autrice)|voir tous les articles|all posts by|view all posts).{0,40})",
)
_PAYWALL: Final = (
    r".{0,40}(?:reservee?s?|accessibles?) (?:a |aux |uniquement aux |exclusivement aux )(?:nos )?abonnee?s.{0,30}|"
    r"pour lire (?:la suite|l article|l integralite|cet article|plus)\b.{0,60}|(?:il )?vous reste \d+.{0,40}|(?:pour )?lire la suite.{0,20}(?:abonn|identifi|connect).{0,30}|deja abonnee?.{0,30}|"
    r".{0,30}abonnez vous pour .{0,40}|envie (?:de|d en) lire (?:la suite|plus).{0,30}|cet article est payant.{0,30}|article (?:payant|abonnee?s?)|"
    r"(?:this )?(?:article|content|story) is (?:for|only|available|reserved|exclusive).{0,50}|subscribe now .{0,60}|(?:register|create an account|sign in|log in) .{0,20}(?:to|and) .{0,60}|(?:already|become) a subscriber.{0,30}|subscribe to (?:continue|read).{0,30}|"
    r"continue reading.{0,30}|(?:jetzt )?weiterlesen mit.{0,40}",
)


def _compile(alternatives: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{a})" for a in alternatives))


# order decides where two kinds could claim a heading: "articles sponsorisés" is never related
_KINDS: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = (
    ("sponsored", _compile(_SPONSORED)),
    ("most_read", _compile(_MOST_READ)),
    ("tags", _compile(_TAGS)),
    ("paywall", _compile(_PAYWALL)),
    ("comments", _compile(_COMMENTS)),
    ("related", _compile(_RELATED)),
    ("newsletter", _compile(_NEWSLETTER)),
    ("share", _compile(_SHARE)),
    ("author", _compile(_AUTHOR)),
)
# headings that stand over a list of articles and over nothing else, on any page
_STRONG: Final = re.compile(
    rf"(?:les |nos )?(?:{_THINGS}) (?:en relation|lies?|liees?|similaires?|connexes?|associee?s?|correspondants?)|"
    r"(?:sur le|dans la|dans le) meme (?:sujet|theme|rubrique|categorie|dossier)s?|related (?:posts?|articles?|stories|news)|"
    r"ces articles devraient vous interesser|(?:a |et )?(?:lire|voir) (?:aussi|egalement|ailleurs)"
)


# the first three letters of every word in the patterns: most short texts hold none, and need no pattern
_STEMS: Final = frozenset(
    chunk[:3] for _, pattern in _KINDS for chunk in re.findall(r"[a-z]{3,}", pattern.pattern)
)


@lru_cache(maxsize=8192)
def heading_kind(text: str) -> Kind | None:
    """Which block a heading announces, or None. `text` is the heading as the page has it."""
    if not 3 <= len(text) <= MAX_HEADING:
        return None
    folded = fold(text)
    if not any(word[:3] in _STEMS for word in folded.split()):
        return None
    return next((kind for kind, pattern in _KINDS if pattern.fullmatch(folded)), None)


@lru_cache(maxsize=2048)
def is_strong(text: str) -> bool:
    """Whether a related heading leaves no doubt, so that even entries without links belong to it."""
    return _STRONG.fullmatch(fold(text)) is not None
