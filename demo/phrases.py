"""Sentence and title patterns. Fixed stretches are kept short, so that two articles share few word runs.

Slots: A an association of people, B a public body, T an undertaking, O a thing of the section, P a town,
K a quarter, F a person, R a role, V and INF verbs, N numbers, PCT a percentage, Y a year, Q what is quoted,
WHY an adverbial, OPEN an opener. Marks as in `words.py`.
"""

from __future__ import annotations

from demo.words import listed

LEADS = listed("""
À {P}, {A} {V} {T}, {WHY}.
{A} {V}, {DAY} à {P}, {T}.
{B} {V} {T}~: {N} {UNIT} en jeu, {WHY}.
C'est fait~: {T} aura lieu à {P}, {WHY}.
«~{Q}~», lance {F}, {R} à {P}, {WHY}.
{PCT} de plus en un an~: {T} change d'échelle à {P}.
L'annonce est tombée {DAY}~: {B} {V} {T}, {WHY}.
Du côté de {K}, {O} ne désemplit pas depuis que {A} {V} {T}.
Trois questions, {N} réponses~: à {P}, {A} {V} {T} {WHY}.
Qui paiera {T}~? {AC} et {B} se renvoient la balle, {WHY}.
{F} n'en démord pas~: {O} mérite mieux que {T}.
De {N} à {N} {UNIT}~: voilà ce que change {T} à {P}, {WHY}.
Aujourd'hui, l'œuvre commune tient en un mot~: {O}. {AC} {V} l'idée {WHY}.
""")
SENTENCES = listed("""
{OPEN} {A} {V} {T}.
{OPEN} {A} {V} {T} {WHY}.
{B} {V} {T} {WHY}, puis {T}.
{WHYC}, {A} {V} {T}.
«~{Q}~», assure {F}, {R} de {A}.
«~{Q}~», confie {F} depuis {P}. «~{Q}.~»
Pour {F}, {R}, «~{Q}~».
{F} résume~: «~{Q}.~»
«~{Q}~!~» s'exclame {F}, {R} à {P}.
Le chiffre surprend~: {N} {UNIT}, soit {PCT} de mieux qu'en {Y}.
{T} coûtera {N} dirhams, dont {PCT} à la charge de {B}.
Il en reste {N} à {P}, contre {N} en {Y}.
Depuis {Y}, {O} a perdu {PCT} de ses {UNIT}.
En {MONTH} {Y}, déjà, {B} plaidait pour {INF} {O} {WHY}.
Entre {P} et {P}, comptez {NS} kilomètres~; {O} attire pourtant {N} {UNIT}.
{OPEN} {O} divise~: {A} veut {INF} {O2}, {A} préfère {INF} {O3}.
Faut-il {INF} {O}~? {BC} hésite, {WHY}.
Rien n'empêche, dit-on à {P}, de {INF} {O}.
Du côté de {K}, on parle surtout de {T}.
{K} compte désormais {N} {UNIT}, d'après {PAPER}.
À {P}, l'exemple de {O} fait école~: {N} {UNIT} en {NS} mois.
La facture, elle, grimpe de {PCT} {WHY}.
Un détail intrigue {F}~: {T} ne figure nulle part.
{OPEN} {F} et {F} ont réuni {N} signatures {WHY}.
Ni {A} ni {B} n'ont souhaité commenter {T}.
{A} tiendra parole avant {MONTH}, promet {F}.
Quant à {O}, {B} {V} son retour {WHY}.
L'affaire remonte à {Y}~: {F}, alors {R}, voulait {INF} {O}.
Sur {N} {UNIT}, {NS} seulement concernent {O}.
On y croise {F}, {R}, et les habitués venus de {P}.
Le {NS} {MONTH}, {T} sera à l'ordre du jour de {B}.
Plus au sud, {P} a choisi de {INF} {O} {WHY}.
{OPEN} la revue {AR} consacre {NS} pages à {O}.
Le mot d'ordre tient en trois verbes~: {INF}, {INF} et {INF}.
{T}~? «~{Q}~», tranche {F}.
Comme souvent, {O} sert de prétexte~; l'enjeu véritable reste {T}.
À {NS} h {NM}, {A} a quitté la salle {WHY}.
Vu de {P}, {T} ressemble à un pari.
{PCT} des {UNIT} viennent de {P}, un tiers de {P}.
L'équation est simple~: sans {O}, pas de {UNIT} ni de {UNIT}.
Hors caméra, {F} admet que {T} inquiète.
La nouvelle a couru jusqu'à {P}, où {A} {V} {T}.
{OPEN} {NS} communes, de {P} à {P}, veulent {INF} {O}.
{F}, {R}, tient le compte à jour~: {N} {UNIT} depuis {MONTH}.
""")
QUOTES = listed("""
Nous voulons {INF} {O}, pas {O2}
Sans {O}, {P} n'est plus {P}
Il faudra {INF} {O} avant {MONTH}
On nous avait promis {T}, on nous livre {T}
Personne, à {P}, ne regrette {O}
J'ai grandi près de {K}, je sais ce que vaut {O}
Le plus dur n'est pas {T}, c'est {T}
{N} {UNIT}, ce n'est pas rien
Qu'on cesse de {INF} {O} sans prévenir
Mon père disait~: d'abord {O}, ensuite le reste
Tout se joue {WHY}
Ce n'est ni {T} ni {T} qui m'inquiète
{OC}, c'est notre affaire à tous
La vérité~? {BC} n'a pas lu le dossier
Nos {UNIT} ont fondu de {PCT} en {NS} mois
À force de {INF} {O}, on oublie {O2}
Venez à {P}, vous verrez {O} autrement
C'est long, c'est cher, mais {T} en vaut la peine
Nul besoin de {INF} {O2} pour {INF} {O}
""")
TITLES = listed("""
{P}~: {A} défend {T}
{T}~: {B} change d'avis
{TC} fait débat à {P}
À {P}, {A} veut {INF} {O}
«~{Q}~»
{F}~: «~{Q}~»
{OC}, dernier atout de {P}~?
Faut-il {INF} {O}~?
{N} {UNIT} pour {INF} {O}
Vidéo. {P}~: {O} rouvre après {NS} mois de {TALKS}
{BC} tranche~: {T} attendra {MONTH}
{PCT} de {UNIT} en moins~: {A} s'alarme
De {P} à {P}, sur les traces de {O}
{OC} et {O2} au cœur de la session de {MONTH}
Main-d'œuvre~: {A} cherche {N} bras à {P}
{P}. {TC}, mode d'emploi
L'œuvre oubliée de {F}
Pourquoi {O} n'est pas "à vendre"
{TC}~: {A} et {B} d'accord sur l'essentiel
Du côté de {K}, {O} résiste
R&D~: {P} mise sur {O}
{F}, {R}~: une vie pour {O}
Un été à {P}~: {O} vu par {A}
À {P}, {A} réclame {T} et menace de saisir {B} {WHY}
{BC} annonce {T}~; {A} dénonce un manque de concertation et demande à {INF} {O} {WHY}
{F}, {R} à {P}, raconte comment l'idée de {INF} {O} a fini par convaincre {A}
""")
COMMENTS = listed("""
Merci pour cet article, mais vous oubliez {O}.
À {P} aussi, on attend {T} depuis {Y}...
Bravo à {A}~!
Encore {T}~? Et {O}, on en parle quand~?
J'habite {K}~: rien n'a changé.
Très juste. {F} l'avait dit en {Y}.
{PCT}, vraiment~? Je demande à voir.
Un peu de nuance ferait du bien, {WHY}.
""")
UPDATES = listed("""
Mise à jour~: {B} {V} finalement {T}, a-t-on appris {DAY} auprès de {F}.
Précision de la rédaction~: le chiffre est de {N} {UNIT}, et non celui que nous avions d'abord donné.
Depuis la parution, {A} {V} {T} {WHY}.
""")
