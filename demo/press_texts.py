"""The texts of the press cycle. Every person, place of work and figure is made up."""

from __future__ import annotations

TITLE = "Le port de Tamri rouvre ses quais après huit mois de travaux"
ENGLISH_TITLE = "Tamri harbour reopens its quays after eight months of works"
FIXED_TITLE = "Le port de Tamri rouvre ses quais après neuf mois de travaux"

DISPATCH = (
    "Les quais du port de Tamri ont rouvert mardi matin aux quatre-vingts barques de la flottille"
    " locale, huit mois jour pour jour après le début d'un chantier que la coopérative des pêcheurs"
    " réclamait depuis l'hiver 2021.",
    "La jetée nord, fissurée par les houles successives, a été rehaussée d'un mètre vingt ; la halle"
    " a reçu un toit neuf, une chambre froide de soixante tonnes et un éclairage alimenté par des"
    " panneaux posés sur la criée.",
    "« Nous avons tenu le calendrier parce que les équipages ont accepté de débarquer de nuit"
    " pendant tout l'été, et que personne n'a compté ses heures ni renoncé à la sécurité des plus"
    " jeunes marins », a déclaré Brahim Aït Oussa, directeur du chantier, devant une centaine"
    " d'habitants.",
    "Le coût des travaux atteint quarante et un millions de dirhams, dont un tiers a été apporté par"
    " la région et le reste par l'agence des ports, qui promet une seconde tranche consacrée à"
    " l'accès routier avant le printemps.",
    "À la buvette des mareyeurs, on retient surtout la glace : la machine en produit désormais douze"
    " tonnes par jour, assez pour que les caisses de sardines cessent de partir vers le nord à"
    " moitié chargées.",
    "Une fête est prévue samedi avec régates, concours de ramendage et vente publique de la première"
    " pêche, dont le produit ira à l'école maternelle du quartier haut.",
)
FIXED = (
    DISPATCH[0].replace("huit mois", "neuf mois"),
    *DISPATCH[1:3],
    DISPATCH[3].replace("quarante et un millions", "quarante-sept millions"),
    *DISPATCH[4:],
)
QUOTING = (
    "Il y a des inaugurations qui disent moins que les silences qui les entourent. Celle de mardi en"
    " fait partie, et ceux qui ont traversé la baie pour y assister le savent bien.",
    "Qu'a dit la direction ? " + DISPATCH[2],
    "Fort bien. Mais qui a payé les nuits blanches ? Les équipages, justement, dont les primes"
    " attendent encore une signature. J'ai parlé avec trois patrons de barque : aucun n'a vu le"
    " moindre dirham depuis la fin de l'été.",
    "La route, elle, reste une piste. Tant que les camions mettront deux heures pour rejoindre la"
    " nationale, la meilleure des chambres froides ne sera qu'un joli décor, et les prix se feront"
    " ailleurs, comme toujours.",
    "Je veux bien applaudir une jetée. J'applaudirai plus fort le jour où les familles qui vivent"
    " derrière elle n'auront plus à choisir entre l'école et la pêche.",
)
SAME_TOPIC = (
    "Deux voix se répondent ces jours-ci sur le chantier naval : celle des armateurs, satisfaits, et"
    " celle des riverains, qui parlent de bruit et de poussière depuis l'an dernier.",
    "Pour les premiers, le port de Tamri redevient une escale sérieuse, avec des quais sûrs et une"
    " halle propre. Pour les seconds, rien ne compense une saison de fenêtres closes.",
    "Entre les deux, la mairie promet des réunions mensuelles et un numéro vert, sans avancer de"
    " date ni de budget, ce qui ne rassure pas grand monde dans les ruelles.",
)
SAME_HEADLINE = (
    "La municipalité a publié hier soir le programme complet des animations du week-end, de la"
    " parade des barques fleuries au tournoi de pétanque des anciens.",
    "Le stationnement sera interdit sur le front de mer dès vendredi midi ; deux navettes gratuites"
    " relieront la gare routière à la corniche jusqu'à minuit.",
    "Les écoles de musique joueront sur trois scènes, et la bibliothèque ouvrira sa collection de"
    " cartes marines anciennes, rarement montrée.",
)
SAME_CLOSING = (
    "Trois cents postes seront ouverts d'ici la fin de l'année dans les galeries de l'arrière-pays,"
    " où l'on manque surtout d'électriciens et de conducteurs d'engins.",
    "Les candidats passeront un mois de formation au centre de la vallée, logés et nourris, avant"
    " une première affectation de six mois renouvelable.",
    "Les syndicats, prudents, attendent de voir la grille des salaires que la direction doit"
    " présenter la semaine prochaine à huis clos.",
    "Une fête est prévue samedi avec les familles des mineurs.",
)
OLDER = (
    "La halle aux poissons de Tamri gagnera quatre cents mètres carrés avant la fin du mois, selon"
    " le calendrier que la coopérative a affiché lundi à l'entrée de la criée.",
    "Les mareyeurs y trouveront douze nouveaux étals, un local de pesée et des sanitaires, financés"
    " par une souscription ouverte au printemps parmi les patrons de barque.",
    "Pendant les travaux, la vente du matin se tiendra sous l'auvent de l'ancienne conserverie, de"
    " cinq à huit heures, sauf le vendredi.",
)
STRIKE = (
    "Réunis en assemblée mercredi soir, les équipages ont voté à main levée un arrêt de travail de"
    " trois jours pour obtenir le versement des primes de nuit promises au mois de juin.",
    "Le mouvement commencera dimanche à minuit ; seules les barques de secours resteront armées, ont"
    " précisé les délégués, qui demandent une médiation du délégué à la pêche.",
    "La coopérative dit comprendre la colère, mais rappelle que la caisse commune est vide et"
    " qu'aucune avance n'est possible avant la prochaine campagne.",
)
