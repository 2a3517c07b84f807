"""What class names, ids and roles say of an element: generic habits of press systems, no publisher's own.

A name is looked at word by word ("article-related__links" has the words article, related, links); which
kind a name announces is decided by the first pattern that matches. Whether an element may be cut is not
decided here: `pipelines.blocks` never cuts what holds the article.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

# kinds: those of blocks_headings, and navigation, embed, caption, hidden, meta
_NAMES: Final[tuple[tuple[str, str], ...]] = (
    (
        "sponsored",
        r"outbrain|taboola|ligatus|plista|adyoulike|dianomi|revcontent|strossle|mgid|ob_?widget|teads|criteo|"
        r"sponsor(?:ed|ise|ised|ized|s)?|sponsori[sz]e|native ad|promoted|advert(?:s|ising|isement|isements)?|publicites?|pub|"
        r"affili?ation|affiliate|bons? plans?|shopping|dfp|adslot|ad (?:slot|unit|container|wrapper|block|banner|zone|box|placeholder)|"
        r"(?:google|gpt|inline|in article|incontent|in content|mpu) ads?|ads|adsense|adsbygoogle|banner ad|werbung|anzeige",
    ),
    (
        "most_read",
        r"most (?:read|popular|viewed|shared|recent)|popular(?: posts| articles)?|trending|plus (?:lus?|lues|vus|populaires)|"
        r"top (?:articles|posts|stories|news)|(?:latest|recent|last|breaking) (?:posts|news|articles|stories|entries|comments)|"
        r"derniers? articles|dernieres actus?|en continu|articles populaires|ticker",
    ),
    (
        "comments",
        r"comments?(?: (?:list|area|form|section|wrap|wrapper|container|block|box|body|content|thread|zone|template))?|commentaires?|"
        r"disqus(?: thread)?|dsq|respond|reply|kommentare?|comentarios|fb comments|reactions?|forum repondre|article comments|"
        r"spot im|viafoura|coral|hyvor|commento",
    ),
    (
        "related",
        r"related(?: \w+)?|relateds?|relacionad[oa]s?|read (?:also|more|next)|see also|also (?:read|like)|lire (?:aussi|plus|egalement)|"
        r"a lire|alire|lireaussi|voir aussi|voiraussi|similar(?: \w+)?|similaires?|recommend(?:ed|ations?|s)?|recommandations?|reco|"
        r"recirc(?:ulation)?|more (?:stories|articles|news|posts|on|from)|yarpp|relatedposts|meme (?:sujet|rubrique|theme|categorie)|"
        r"en relation|article lies?|articles lies|associes?|you may (?:also )?like|further reading|crosslinks?|read also|upnext|next (?:article|story|post)|"
        r"suggestions?|suggested|verwandte?s?|zum thema|lesetipp|infinite ?scroll|mvp post add",
    ),
    (
        "share",
        r"share(?:s|bar|r|this|daddy)?|sharing|social(?:s|bar| \w+)?|partages?|partager|addtoany|addthis(?: \w+)?|sharedaddy|sd sharing|"
        r"follow(?: us)?|suivez|reseaux(?: sociaux)?|teilen|sharethis|wabtn|like ?box|jp relatedposts placeholder",
    ),
    (
        "newsletter",
        r"newsletters?(?: \w+)?|news letter|mc embed signup|mailchimp|subscribe(?: \w+)?|signup|sign up|optin|opt in|inscription|infolettre|"
        r"mailing list|mailpoet|abonnement",
    ),
    (
        "paywall",
        r"paywall(?: \w+)?|pay wall|piano|poool|subscriber|subscription(?: \w+)?|premium (?:teaser|message|banner|offer|box)|registration wall|regwall|"
        r"abonnez vous|reserve abonnes?|abo (?:wall|box|banner|teaser)|swg|loginwall|metered",
    ),
    (
        "author",
        r"(?:author|auteur|autor|writer|contributor)s? (?:box|bio|block|info|card|description|profile|details|section|wrap|area|about|desc|content)|"
        r"about (?:the )?author|bio(?:graphy|box)?|authorbox|post author|auteur|abh box|saboxplugin(?: \w+)?|vcard author",
    ),
    (
        "tags",
        r"tags?(?: (?:list|links|cloud|wrap|wrapper|container|block|items?|group|nav|box))?|tagcloud|taglist|(?:post|article|entry|story|news|content) tags?|"
        r"mots? cles?|keywords?|etiquettes?|topics?(?: list)?|themes?|thematiques?|hashtags?|cat links|tags links|schlagworte?",
    ),
    (
        "navigation",
        r"nav(?:bar|igation|s)?|(?:main |top |sub |site |mega )?menu(?: \w+)?|bread ?crumbs?(?: \w+)?|fil (?:d )?ariane|ariane|paginat(?:ion|or)|pager|"
        r"post navigation|page (?:numbers|links)|toolbar|tool box|toolbox|tools|outils|skip link|sitemap|masthead|site header|"
        r"global footer|colophon|cookies?(?: \w+)?|consent|cmp|gdpr|rgpd|didomi|onetrust|modal|popup|pop up|overlay|"
        r"lightbox|widget area|widgets?|footer(?: \w+)?|page footer|site footer|sidebar \w+|off ?canvas|drawer|search ?(?:form|bar|box)?|login|print only|jump(?:link|to)|"
        r"toc|table of contents|sommaire|reading time|read time|audio player|listen|vote|rating|ratings|poll|sondage|quiz|app (?:banner|promo)|"
        r"slider|carousel|swiper",
    ),
    (
        "margin",
        r"(?:left |right |primary |secondary |site |page |main )?side ?bar|(?:left|right) rail|colonne (?:de )?(?:droite|gauche)",
    ),
    (
        "embed",
        r"twitter (?:tweet|video|timeline)|instagram media|fb (?:post|video|page|root)|tiktok embed|embed(?:ded|s)?(?: \w+)?|bluesky embed|"
        r"mastodon embed|reddit embed|telegram post|wp block embed|oembed|iframely embed|video (?:player|wrapper|container|embed|js)|jwplayer|"
        r"dailymotion|youtube|brightcove|infogram embed|datawrapper|podcast player|twitter|tweet",
    ),
    (
        "caption",
        r"(?:wp |image |img |photo |media |figure |video |gallery |picture )?caption(?: \w+)?|figcaption|legende?s?|legend|credits?|"
        r"(?:image|photo|picture|media|foto|bild) (?:credits?|source|copyright|description|caption|info|legend|legende|text)|copyright|bildunterschrift|"
        r"diaporama|slideshow|photo gallery",
    ),
    (
        "hidden",
        r"sr only|screen reader(?: text)?|visually ?hidden|visuallyhidden|hidden|hide|d none|invisible|noprint|no print|assistive text|"
        r"element invisible|offscreen|a11y(?: \w+)?",
    ),
)
_WORDS: Final = re.compile(r"[A-Z]?[a-zàâçéèêëîïôûù]+|[A-Z]+(?![a-z])|\d+")
_COMPILED: Final = tuple((kind, re.compile(rf"(?:{pattern})")) for kind, pattern in _NAMES)
# words that only lay out: "col-md-8 related" is about related, "article-body has-sidebar" is not about a sidebar
_STATE: Final = re.compile(
    r"(?:^|[\s_-])(?:has|no|with|without|is|js|not|u|mt|mb|pt|pb|col|row|lg|md|sm|xs|wp-theme|page-template)[-_][\w-]*",
    re.I,
)


def tokens(name: str) -> tuple[str, ...]:
    """Each class or id of a name as lower-case words: "jp-relatedPosts box" -> ("jp related posts", "box")."""
    return tuple(
        " ".join(word.lower() for word in _WORDS.findall(part))
        for part in _STATE.sub(" ", f" {name}").split()
    )


@lru_cache(maxsize=16384)
def name_kinds(name: str) -> frozenset[str]:
    """The kinds a class or id attribute announces, best match first; empty for most names."""
    found = []
    for token in tokens(name):
        kind = _token_kind(token)
        if kind:
            found.append(kind)
    return frozenset(found)


@lru_cache(maxsize=16384)
def _token_kind(token: str) -> str | None:
    """The kind of one class: the whole of it, or its end or its beginning after a neutral word."""
    for kind, pattern in _COMPILED:
        if pattern.fullmatch(token):
            return kind
    words = token.split(" ")
    for size in range(len(words) - 1, 0, -1):
        for part in (" ".join(words[-size:]), " ".join(words[:size])):
            for kind, pattern in _COMPILED:
                if pattern.fullmatch(part):
                    return kind
    return None
