"""Words that every section shares: invented people, places, bodies, verbs and turns of phrase. Data only.

Marks used here and in `topics.py`: `~` stands for the space French typography wants before ; : ? ! » and
between digits, `'` for either apostrophe, `{X}` for a slot that `prose.Writer` fills.
"""

from __future__ import annotations


def listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.replace("\n", "|").split("|") if part.strip())


PLACES = listed("""
Agadir|Rabat|Casablanca|Marrakech|Tanger|Fès|Oujda|Laâyoune|Dakhla|Tiznit|Taroudant|Ouarzazate|Essaouira
Guelmim|Meknès|Nador|Tétouan|Safi|Kénitra|Béni Mellal|Errachidia|Zagora|Chefchaouen|Larache|Settat
Khouribga|Ifrane|Azilal|Sidi Ifni|Tafraout|Midelt|El Jadida|Berkane|Taza|Al Hoceïma|Assa|Tan-Tan
Aït Melloul|Azrou|Sefrou
""")
QUARTERS = listed("""
le quartier des Tanneurs|la cité Al Amal|le vieux marché|la corniche nord|le faubourg des Potiers
la plaine d'Aït Ourir|le plateau des Amandiers|la vallée des Noyers|le douar Tamazirt|la zone franche
le carrefour des Oliviers|la rive gauche|la colline aux Chênes|le port sec|l'ancienne gare
le lotissement Ennakhil|la route de l'aérodrome
""")
FIRST = listed("""
Fatima Zahra|Khadija|Amine|Youssef|Salma|Hicham|Nadia|Karim|Leïla|Mehdi|Anne|Julien|Sophie|Omar|Imane
Rachid|Zineb|Saïd|Aïcha|Benoît|Abdellatif|Naïma|Driss|Loubna|Ghita|Tarik|Hélène|François|Maël|Siham
Othmane|Bouchra|Noémie|Yto|Brahim|Latifa|Clément|Rkia|Anouar|Françoise
""")
LAST = listed("""
El Mesfioui|Bendahou|Ouazzaghti|Chraïbani|Bennasser|Tazroute|Berradil|Idrissaoui|Ouhssaïn|Aït Lahmane
Marteaux|Lefèbvrin|Duboisset|Nacirine|El Fassiri|Skallane|Mansourel|Haddadou|Zerrouki-Blanc|Ben Tahla
Aït Oumghar|Kettabi|Lachheb|Amraouine|Bouzidane|Cœurderoy|Delaunoy|El Yakoutine|Rhazaoui|Sebtaoui
Tamsouline|Moutachakkil|Boucettaï|Guessoussi|Hervilliers|Laâbidine|Ouled Naji|Quérillac|Sbihane|Wahbioui
""")
ROLES = listed("""
porte-parole|membre|secrétaire|responsable|comptable|architecte|géographe|guide|juriste|économiste
hydrologue|bibliothécaire|interprète|pédiatre|vétérinaire|gestionnaire|cadre|arbitre|archiviste
fonctionnaire|notaire|urbaniste|spécialiste|bénévole|propriétaire|locataire|volontaire|diplomate
ethnologue|dentiste|cartographe
""")
BODIES = listed("""
le syndicat|la fédération|l'association|le collectif|la coopérative|l'union|le bureau|la chambre
le cercle|le comité|l'amicale|la ligue|le réseau|l'assemblée|le conseil|la commission|le groupement
l'alliance|la mutuelle|la délégation
""")
OFFICES = listed("""
la commune|la préfecture|le conseil régional|l'agence urbaine|la direction provinciale|l'inspection
le rectorat|la wilaya|l'office du développement|la cour des comptes|le ministère
le tribunal administratif|la trésorerie|l'agence de bassin|la régie municipale|le conseil communal
la caisse de garantie
""")
PROCESSES = listed("""
la rénovation|l'extension|le financement|la gestion|l'ouverture|la fermeture|le calendrier|l'entretien
l'avenir|le coût|la remise en état|la reprise|la surveillance|le classement|l'éclairage|la fréquentation
le déménagement|la desserte|la location|le partage|la protection|le retour|la transformation|le plan
la carte|la modernisation|le bilan
""")
VERBS = listed("""
a présenté|a chiffré|a défendu|a repoussé|a validé|a contesté|a détaillé|a salué|a dénoncé|a examiné
a relancé|a signé|a suspendu|a confié|a annoncé|a remis en cause|a inscrit au budget|a soumis au vote
a visité|a évoqué|a promis|a commenté|a comparé|a réclamé|a refusé|a accepté|a critiqué|a soutenu
a résumé|a préparé|a planifié|a surveillé de près|a fait adopter|a mis sur la table|a reporté d'un an
a négocié|a cartographié|a retardé|a précipité
""")
INFINITIVES = listed("""
rouvrir|financer|protéger|repenser|agrandir|surveiller|fermer|moderniser|partager|céder|louer
reconstruire|équiper|éclairer|restaurer|déplacer|sauver|transmettre|inventorier|desservir|assainir
raccorder|réhabiliter|entretenir|vendre|racheter|classer|signaler|photographier|étudier|ombrager
sécuriser
""")
OPENERS = listed("""
Par ailleurs,|En outre,|De son côté,|À cet égard,|Pour rappel,|Cependant,|Toutefois,|Au total,|À terme,
Sur le terrain,|Concrètement,|Reste que|Entre-temps,|Dès lors,|Dans les faits,|Depuis,|À huis clos,
Sans surprise,|Contre toute attente,|Mercredi soir,|Jeudi matin,|Lundi,|Vendredi après-midi,|Samedi,
En fin de semaine,|La veille,|Le lendemain,|Cet automne,|Étape par étape,|Évidemment,|Au printemps,
En coulisses,|Sur place,|Faute de mieux,|À l'inverse,|Même constat ailleurs~:|D'un même élan,
""")
REASONS = listed("""
faute de {OBSTACLE}|pour {INF} {O}|malgré {HURDLE}|grâce à {HELP}|sans attendre {WAIT}
en marge de {EVENT}|devant {CROWD}|à l'issue de {EVENT}|dans l'attente de {WAIT}|au nom de {VALUE}
à la demande de {A}|avec l'appui de {B}|selon {F}, {R}|d'après {PAPER}|au grand dam de {A}
en présence de {F}|à {NS} jours de {EVENT}|quitte à {INF} {O}|après {NS} mois de {TALKS}
""")
OBSTACLES = listed("""
crédits|main-d'œuvre|volontaires|terrain disponible|consensus|pièces détachées|quorum|carburant
repreneur|matériaux
""")
HURDLES = listed("""
la pluie|un recours|les retards de paiement|la hausse des prix|trois démissions|le silence de {B}
une pétition|la canicule|les réserves de {A}|une panne générale|la concurrence de {P}|un audit sévère
des avis partagés|l'absence de devis
""")
HELPS = listed("""
un legs|une souscription|l'aide de {P}|un prêt à taux zéro|quelques mécènes|une vente aux enchères
la billetterie|des bénévoles venus de {P}|un fonds d'amorçage|un jumelage avec {P}|l'épargne locale
une loterie
""")
WAITS = listed("""
l'avis de {B}|le printemps|la rentrée|les résultats de l'appel d'offres|le prochain recensement
un arbitrage|l'été|la visite de {F}|le feu vert de {B}|la fin de la saison|une contre-expertise
le rapport attendu en {MONTH}
""")
EVENTS = listed("""
la foire de {P}|l'assemblée générale|une table ronde|la journée portes ouvertes|un atelier public
la session de {MONTH}|une visite de chantier|la fête du village|un colloque tenu à {P}|l'audience
la cérémonie|une réunion de quartier
""")
CROWDS = listed("""
{N} riverains|une salle comble|une poignée d'élus|la presse locale|les familles|{N} lycéens
un parterre d'experts
""")
VALUES = listed("""
la transparence|l'intérêt général|la mémoire des lieux|l'égalité|la sobriété|la santé publique
l'emploi des jeunes|l'équité entre communes|la prudence|la bonne entente
""")
PAPERS = listed("""
une note interne|le procès-verbal|un sondage commandé par {B}|le registre communal|nos calculs
un courrier daté de {MONTH}|les premiers relevés|le dossier d'enquête|une étude parue à {P}
les archives de {P}|un tableau de bord provisoire
""")
TALKS = listed("négociations|travaux|palabres|tests|procédure|fouilles|enquête|discussions|silence|rodage")
MONTHS = listed("janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre")
DAYS = listed("lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche")
SHORT_MONTHS = listed("janv.|févr.|mars|avr.|mai|juin|juil.|août|sept.|oct.|nov.|déc.")
ARABIC = listed("""
« الضفة »|« نور »|« دار الحكمة »|« أزرار »|« الواحة »|« نجمة الجنوب »|« سوق الأحد »|« مرايا »
""")
UNITS = listed("""
ménages|places|emplois|visiteurs|tonnes|logements|abonnés|dossiers|kilomètres|arbres|exemplaires
kilowatts
""")
