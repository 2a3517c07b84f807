"""What each section writes about: things, people and tags. Data only; the marks are those of `words.py`."""

from __future__ import annotations

from dataclasses import dataclass

from demo.words import listed


@dataclass(frozen=True, slots=True)
class Topic:
    """One section. `template` says which of the three layouts shows it: portal, magazine or plain."""

    key: str
    name: str
    template: str
    weight: int  # share of the articles, in percent
    objects: tuple[str, ...]
    groups: tuple[str, ...]
    tags: tuple[str, ...]


TOPICS = (
    Topic(
        "regions",
        "Régions",
        "portal",
        19,
        listed("""
la halle aux poissons|le pont de l'oued|la piste littorale|le marché couvert|la gare routière
le château d'eau|l'ancien abattoir|la place du Mûrier|le canal de dérivation|la passerelle
le dispensaire|la caserne|le souk du jeudi|le hangar communal|la source thermale|l'école des Figuiers
le chemin muletier|la fourrière|l'éclairage public|le lavoir|la ligne de bus 14|le cimetière marin
la digue ouest|l'hôtel de ville
"""),
        listed("""
des riverains|des transporteurs|des maraîchers|des commerçants|des pêcheurs|des potiers
des maires ruraux|des propriétaires|des chauffeurs de taxi|des apiculteurs|des usagers
des anciens combattants|des bouchers
"""),
        listed("""
Agadir|Souss-Massa|Région|Transport|Eau|Communes rurales|Voirie|Pêche|Marchés|Aménagement|Oued
Patrimoine bâti|Élus
"""),
    ),
    Topic(
        "economie",
        "Économie",
        "portal",
        15,
        listed("""
la zone d'activités|le crédit aux artisans|la filière du safran|l'usine de conserves|la criée
le barème des patentes|le port de commerce|l'huilerie|le cours de l'argan|la centrale solaire
l'atelier de broderie|la minoterie|le fonds d'amorçage|la caisse de retraite|la bourse de fret
l'entrepôt frigorifique|la taxe sur les enseignes|le salon de l'emballage|la cimenterie
l'accord sur les salaires|la pépinière d'entreprises|le guichet unique
"""),
        listed("""
des exportateurs|des minotiers|des armateurs|des petits porteurs|des oléiculteurs|des céréaliers
des tisserandes|des comptables|des grossistes|des sous-traitants|des conserveurs|des éleveurs
des jeunes entrepreneurs
"""),
        listed("""
Économie|Emploi|Export|Agriculture|Finances|Start-up|Artisanat|Énergie|Investissement|Banque|Logistique
Huile d'argan
"""),
    ),
    Topic(
        "tourisme",
        "Tourisme",
        "portal",
        11,
        listed("""
la maison d'hôtes|le sentier des Crêtes|la plage des Surfeurs|l'auberge de jeunesse|le phare
la kasbah du Col|le circuit des palmeraies|la ligne aérienne|le camping municipal|l'observatoire
la gastronomie locale|le musée du Tapis|la station de montagne|le balcon panoramique
la route des Greniers|le ponton|le téléphérique|la taxe de séjour|le gîte d'étape|le label Accueil
la réserve naturelle|l'embarcadère
"""),
        listed("""
des guides|des hôteliers|des agences de voyages|des surfeurs|des muletiers|des restaurateurs
des croisiéristes|des randonneurs|des antiquaires|des aubergistes|des pilotes|des campeurs
"""),
        listed("""
Tourisme|Aérien|Hôtellerie|Randonnée|Littoral|Haut Atlas|Surf|Palmeraies|Nuitées|Croisières|Oasis
"""),
    ),
    Topic(
        "culture",
        "Culture",
        "magazine",
        14,
        listed("""
le théâtre de verdure|la bibliothèque de quartier|le festival des Conteurs|la cinémathèque
le manuscrit d'Al Fihri|l'atelier de lutherie|la fresque du port|le conservatoire|la revue d'art
l'œuvre du sculpteur|le dictionnaire amazigh|la collection de timbres|le ciné-club|l'orgue de barbarie
le recueil de contes|la salle des Remparts|l'affiche|le piano du kiosque|l'exposition de vannerie
la chorale|le chœur d'enfants|la maison des poètes
"""),
        listed("""
des conteurs|des libraires|des luthiers|des danseuses|des traducteurs|des archivistes|des comédiens
des photographes|des poètes|des céramistes|des choristes|des relieurs|des projectionnistes
"""),
        listed("""
Culture|Festival|Livre|Cinéma|Théâtre|Musique gnaoua|Culture amazighe|Patrimoine|Photographie
Bande dessinée|Contes
"""),
    ),
    Topic(
        "societe",
        "Société",
        "magazine",
        11,
        listed("""
la cantine scolaire|le numéro d'urgence|la crèche mobile|le permis à points|l'internat de filles
la maternité|le transport scolaire|la banque du sang|le jardin partagé|l'état civil
la pharmacie de garde|la garde d'enfants|le foyer des marins|l'accueil de nuit|la langue des signes
le bus-bibliothèque|la médiation familiale|le tri|l'alphabétisation|la vaccination|le service civique
le logement des étudiants
"""),
        listed("""
des infirmières|des parents d'élèves|des instituteurs|des étudiants|des sages-femmes|des aidants
des locataires|des retraités|des auxiliaires de vie|des éducateurs|des donneurs de sang|des cantinières
"""),
        listed("""
Société|Santé|Éducation|Jeunesse|Famille|Logement|Université|Justice|Handicap|Ramadan|Bénévolat|École
"""),
    ),
    Topic(
        "sport",
        "Sport",
        "magazine",
        10,
        listed("""
le stade du Marabout|la piscine olympique|le semi-marathon|l'équipe cadette|la piste d'athlétisme
le tournoi d'échecs|la salle de boxe|le dojo|la coupe des Oasis|le club d'aviron|la billetterie
l'arbitrage vidéo|le vélodrome|la régate|le centre de formation|l'école de surf|le terrain stabilisé
la barre fixe|le championnat de pétanque|le relais
"""),
        listed("""
des arbitres|des nageuses|des supporters|des entraîneurs|des coureurs|des jeunes licenciés|des rameurs
des judokas|des cyclistes|des gardiens de but|des bénévoles du stade
"""),
        listed("Sport|Football|Athlétisme|Natation|Cyclisme|Échecs|Handball|Surf|Marathon|Clubs amateurs"),
    ),
    Topic(
        "opinions",
        "Opinions",
        "plain",
        9,
        listed("""
la parole publique|le débat sur l'impôt|la lenteur administrative|l'orthographe|le silence des villes
la rente|la mémoire des crues|le vote obligatoire|l'ennui des notables|la querelle des noms de rue
le bruit|la gratuité|l'éloge du détour|le devoir d'inventaire|la nostalgie|le pouvoir des sondages
la langue de bois|l'art du compromis|le prix de l'attente|la frontière
"""),
        listed("""
des chroniqueurs|des lecteurs|des moralistes|des électeurs|des juristes|des pamphlétaires|des historiens
des urbanistes|des professeurs|des indécis|des abstentionnistes
"""),
        listed("Tribune|Débats|Démocratie|Langues|Urbanisme|Mémoire|Fiscalité|Médias|Idées|Lecteurs"),
    ),
    Topic(
        "environnement",
        "Environnement",
        "plain",
        11,
        listed("""
la forêt d'arganiers|la lagune|la station d'épuration|le barrage collinaire|la nappe phréatique
l'îlot de fraîcheur|la dune blanche|le compost|la décharge|le corridor des oiseaux|la tortue terrestre
l'aire marine|la haie vive|le cèdre|la qualité de l'air|le dessalement|le récif artificiel
la banque de graines|l'alerte aux crues|la cigogne noire
"""),
        listed("""
des forestiers|des naturalistes|des ornithologues|des bergers|des irrigants|des éclusiers|des plongeurs
des météorologues|des jardiniers|des pompiers|des botanistes
"""),
        listed(
            "Environnement|Eau|Sécheresse|Forêt|Climat|Oiseaux|Déchets|Biodiversité|Littoral|Énergie|Barrages"
        ),
    ),
)
BY_KEY = {topic.key: topic for topic in TOPICS}
