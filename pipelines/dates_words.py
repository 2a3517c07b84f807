"""The words around a date, folded: labels, words that give it another meaning, and glue that means nothing.

In the lists "_" stands for a space; a word may end in a small regular expression.
"""

from __future__ import annotations

import re


def _words(listed: str) -> str:
    return "|".join(word.replace("_", r"\s") for word in listed.split())


_MODIFIED = r"""
    mise?s?_(?:a|en)_jour m\.?a\.?j\b\.? modifi\w* modified actualis\w* aktualisiert (?:last_)?updated?\b
    last_edited corrige\w* revise\w*
"""
MODIFIED = re.compile(rf"\b(?:{_words(_MODIFIED)})|اخر\sتحديث|تحديث|تم\sالتعديل")
MODIFIED_STEMS = (
    *("mis", "maj", "m.aj", "ma.j", "m.a.j", "modif", "actualis", "aktualis", "updat", "edited", "corrige"),
    *("revise", "تحديث", "التعديل"),
)  # one of them is in all that MODIFIED matches

# "date", but not the date limit, the date of the meeting, the day's date
_PUBLISHED = r"""
    publi(?:e|ee|es|ees|cation|shed)\b pub\b\.? paru(?:e|tion)?\b post(?:e|ee|ed)\b mise?s?_en_ligne
    cree\w?\b creation\b ecrit\w?\b redige\w?\b diffuse\w?\b transmise?\b ajoute\w?\b soumis\b envoye\w?\b
    submitted\b en_ligne_depuis written\b veroffentlicht\b date\b(?!s?_(?:limite|d[eu]\b|des\b|d'))
"""
PUBLISHED = re.compile(rf"\b(?:{_words(_PUBLISHED)})|نشر|تاريخ\sالنشر")

# the day is that of an event, of a person, of a picture, of the visit
_OTHER_DAY = r"""
    depuis jusqu avant apres a_partir a_compter d'ici prevue?s? prochaine?s? nous_sommes il_est
    aujourd'?_?hui du_jour date_limite nee?_(?:le|en) morte?\b decede\w* deces photo\w* image archives?
    copyright tous_droits expire valable rendez-vous inscri\w+ membre consulte\w* imprime\w* connexion
    visite naissance echeance dates?_(?:des?|du)_(?!publi|paru|mise|crea|diffu|$) dates?_d' concerts?
    mise?s?_en_(?!ligne)\w+ delais?
    matchs? debut fin entree?_en_vigueur ouvert\w* programme agenda edition_d\w+ une_du calendrier fete
"""
OTHER_DAY = re.compile(rf"\b(?:{_words(_OTHER_DAY)})\b|©|\bcredits?\s?:")

# what stands straight before a day that is no article's
EVENT = re.compile(
    r"(?:\b(?:depart|arrivee|sortie|audience|examen|proces|coup d'envoi|kick-off|prise de vue|lancement"
    r"|livraison|ouverture|fermeture|cloture|inauguration|tirage|vernissage)(?:\s?:|\s(?:le|ce))"
    r"|\bdiffusion(?: le)?)\s*$|^(?:matchs?|stade|salle|theatre|concerts?)\b"
)
# ... and before a number that only looks like a day
NUMBERED = re.compile(r"\b(?:version|v|ref|reference|code|dossier|article|loi|decret)\.?\s?:?\s*$")
# who took a picture, behind its day: "© X", "X / agency"
CREDIT = re.compile(r"©|\bPhoto\b|[A-Z][\w.'-]+(?:\s[A-Z][\w.'-]+){0,3}\s?/\s?(?P<agency>[A-Z][\w ]{1,20})")

_SENTENCE = r"""
    est sont sera seront serait etait etaient ont avait avaient fut furent aura auront doit doivent va
    vont peut peuvent fait ete reste devient c'est qui que dont il elle ils elles nous vous on ne n'\w+
    s'\w+
"""
SENTENCE = re.compile(
    rf"(?<![-\w])(?:{_words(_SENTENCE)})(?!\w|-(?!(?:t-)?(?:ils?|elles?|on|ce|nous|vous)\b))"  # "s'est-il"
)

# a date straight after one of these belongs to what stands before it
PREPOSITION = re.compile(
    r"(?:^|[\s'])(?:au|aux|du|des|de|en|pour|entre|vers|sur|dans|mi|of|in|on|for|until|since|par)[\s-]*$"
    r"|(?:^|[\s'])(?:pour|des|d'ici|vers) (?:le|ce)\s*$"
)
# a word of its own that the day completes: "fermeture exceptionnelle le ..."; a name or "par X" signs
TOLD = re.compile(r"(?<!\bpar)(?<!\bby)(?<!\bavec)\s(?P<word>[a-z][^\s.@,]+) (?:le|ce)\s*$")
# a pseudonym or initials that sign beside a date: "12 mars 2019 par kmod", "14.06.2019 (ch)"
SIGNED = re.compile(
    r"\b(?:par|by|von)\s[a-z][\w.-]{1,24}(?=\s?(?:$|[|,(-]|(?:dans|in)\b))|\(\s?[a-z]{1,4}(?:/[a-z]{1,4})?\s?\)"
    r"|\((?:son|leur) (?:site|blog)(?: [a-z]{2,9})?\)"  # behind the name of a guest, a link
    r"|\b(?i:soumis|publie|poste|ecrit|redige|ajoute|submitted|posted)\s(?:par|by)\s[a-z][\w.-]{1,24}(?=\s(?:le|on)\b)"
)
# hours from ... to ... are those of an event: "de 8h à 12h" behind a day, "à 12h" behind an hour
UNTIL = re.compile(
    r"(?:[\s,]{0,2}(?:de|entre)\s|(?:(?<=[hH])|(?<=[hH:]\d\d)|(?<=heures))\s?(?:-|a)\s?)"
    r"\d{1,2}\s?(?:[hH](?:eures?|\s?\d\d)?\b|:\d\d)"
)
# "Port-Neuf, Val-Perdu et Brise :", whose hour follows
SEVERAL_PLACES = re.compile(
    r"^[A-Z][\w'-]+(?:\s[A-Z][\w'-]+)*(?:(?:,|\set)\s[A-Z][\w'-]+(?:\s[A-Z][\w'-]+)*)+\s?:\s*$"
)
# where laws are published: "Publié au Journal officiel du ..."
GAZETTE = re.compile(r"\b(?:journal|bulletin) officiel\b")
# a comment's day, but not "3 commentaires Publié le ..."
COMMENTED = re.compile(r"(?<!\d )(?<!\d)\b(?:commentaire|reponse|message|avis) $")
# the day of the whole site, not of an article
OF_SITE = re.compile(r"\bmise? a jour du site\b|\bsite mis a jour\b")
BARE_RANGE = re.compile(r"^\W*(?:(?:semaine|week-end|numero|edition)\s)?(?:du|des)\s*$")

WORTH_READING = re.compile(
    r"\d|hier|aujourd|instant|maintenant|matin|soir|midi|dernier|seconde|minute|heure|jour|mois|semaine|now|day|ago"
    r"|(?:lun|mar|mercre|jeu|vendre|same)di|dimanche"
    r"|امس|اليوم|منذ|الان|يومين|ساعة"
)

GLUE = frozenset(
    """
    le la les l' un une de du des d' a au aux et en par avec pour sur dans chez via pas ni ou the by at on
    in and von um am rubrique categorie section article articles tribune billet depeche chronique
    interview reportage video direct redaction redacteur journaliste correspondant correspondante envoye
    speciale special lecture lire min mn minute minutes temps duree mots vues vue views view lectures
    lecteurs fois lu lue lus lues commentaire commentaires comment comments reaction reactions partage
    partages partager imprimer envoyer email abonne abonnes reserve reservee gratuit premium aucun no
    visite visites visiteur visiteurs consultations clics likes
    reading read time heure heures date publie publiee publies publication paru parue parution poste
    postee posted published mis mise ligne jour maj modifie modifiee modification derniere dernier
    premiere actualise actualisee actualisation updated update last first initialement texte source web
    site numero papier numerique imprimee communique presse transmis transmise
    edition vol hors serie mensuel hebdo hebdomadaire mois semaine journal propos recueillis recueilli
    ecrit redige cree creation diffuse ajoute soumis signe auteur auteure photo credit afp map aps tap cet
    ce cette mins universel tags non classe actualite actualites info infos news flash ici lundi mardi
    mercredi jeudi vendredi samedi dimanche submitted written edited corrige il y depuis ete repondre
    """.split()  # noqa: SIM905  (a list of one word a line would be 150 lines)
)
