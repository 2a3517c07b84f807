"""Lines that a site prints with every text leave its body; sentences that sound like them stay."""

from __future__ import annotations

import pytest

from pipelines.body_trim import is_printed
from tests.pipelines.test_headings import PARAGRAPHS, read

PRINTED = """
Vous avez aimé cet article ? Inscrivez-vous à notre newsletter pour recevoir les prochains par e-mail.
Pour recevoir nos articles par e-mail, abonnez-vous à notre lettre d'information gratuite.
Recevez chaque matin l'essentiel de l'actualité directement dans votre boîte mail.
Suivez-nous sur Facebook et Twitter.
Suivez toute l'actualité sur Google News
Retrouvez toute l'actualité du Journal sur notre chaîne WhatsApp
Rejoignez notre chaîne WhatsApp pour ne rien manquer de l'actualité : cliquez ici
Cliquez ici pour rejoindre notre canal Telegram : @journal
Téléchargez notre application sur Google Play et App Store
Partager : Facebook WhatsApp
Partagez cet article sur Facebook, Twitter, LinkedIn
Les commentaires sont fermés pour cet article.
Vous devez être connecté pour poster un commentaire. Connexion
Votre adresse e-mail ne sera pas publiée. Les champs obligatoires sont indiqués avec *
Please enable JavaScript to view the comments powered by Disqus.
Pour lire la suite de cet article, abonnez-vous.
Déjà abonné ? Connectez-vous
Il vous reste 70 % de cet article à lire.
© Journal 2026. Tous droits réservés.
Toute reproduction, même partielle, est interdite sans autorisation.
La reproduction, même partielle, de cet article est interdite sans autorisation.
Temps de lecture : 3 minutes
3 min de lecture
Vues : 1 234
1 234 vues
Article lu 345 fois
Imprimer cet article
Envoyer à un ami
Signaler une erreur dans le texte
Retour à l'accueil
Haut de page
Cliquez sur l'image pour agrandir
La suite après la publicité
Cet article vous a plu ? Soutenez notre rédaction en faisant un don.
La suite de votre article après cette publicité
Votre lecture se poursuit après la publicité
Chargement en cours…
Loading...
Suivez toute l'actualité de vos communes et de vos clubs en vous inscrivant à Mon Fil.
[12 000 lecteurs font confiance à nos lettres. Abonnez-vous aujourd'hui]
Cet article vous est offert.
Une erreur dans cet article ? Signalez-la
Vous avez repéré une faute ?
Prenez note que cet article publié en 2019 pourrait contenir des liens qui ne sont plus à jour.
Cette vidéo peut vous intéresser également :
Bienvenue dans l'espace commentaire
Nous souhaitons un espace de débat ouvert et courtois. Les messages sont lus avant d'être publiés.
Nous souhaitons des débats courtois. Pour la qualité des échanges, voyez nos règles d'utilisation.
Chers lecteurs, pour que vos réactions soient validées, merci de suivre notre charte de modération.
La Vigie est une association : vous pouvez nous soutenir en faisant un don.
"""
SENTENCES = """
La diffusion de ces images est strictement interdite par la loi.
La reproduction des tortues est menacée, et leur pêche interdite toute l'année.
Toute copie du fichier lui a été interdite.
Suivez mon regard, a dit le ministre.
Le groupe, que suivent deux millions de personnes sur Facebook, a été fermé lundi.
Il a partagé sur Twitter une photo de la scène.
Il lui reste 70 jours pour convaincre.
Les commentaires du ministre sont attendus mardi.
Vous devez être inscrit sur les listes pour voter.
Abonnez-vous au bus plutôt qu'à la voiture, dit l'affiche.
Pour lire la suite de son roman, il faudra attendre l'automne.
Le temps de la lecture est venu, dit la ministre.
Il a été vu pour la dernière fois près du port.
Recevez mes excuses, a-t-il écrit.
Le chargement du navire a pris du retard.
Une erreur dans le calcul a coûté sa place au trésorier.
Cet article vous est offert par un collègue qui, lui, n'a jamais lu le journal, dit-elle en riant.
Prenez note que ce vote n'engage personne.
Nous souhaitons un débat public avant la fin de l'année, a dit le maire de la commune.
Chers lecteurs, ce numéro est le dernier : le journal cesse de paraître après trente ans.
Bienvenue dans l'espace de coworking du bourg.
« Vous pouvez encore nous aider par vos dons », lance la trésorière de l'association.
« Elle est venue nous soutenir avec des dons », raconte Ali.
Prenez note que ce texte sera lu samedi à la halle, à dix-huit heures précises.
Cet article vous est offert pour votre anniversaire, disait le carton glissé dans le paquet.
Chers lecteurs, disait la lettre, vos réactions et vos messages nous ont portés tout l'hiver.
Chargement
Cent mille abonnés font confiance à la régie de l'eau, dit son directeur.
Tous les droits de la défense ont été respectés.
Le retour à la liste unique divise l'opposition.
Téléchargez, imprimez, jetez : l'ère du papier n'est pas finie.
Soutenez notre équipe, a lancé le capitaine.
Facebook et Twitter ont refusé.
90 minutes
15 min
12 lectures
Déjà abonnés, les habitants ont protesté.
""" + "\n".join(PARAGRAPHS)


def lines(text: str) -> list[str]:
    return text.strip().splitlines()


@pytest.mark.parametrize("line", lines(PRINTED))
@pytest.mark.parametrize("place", [3, 7])
def test_what_a_site_prints_with_every_text_is_no_text(line: str, place: int) -> None:
    parts = [f"<p>{text}</p>" for text in PARAGRAPHS]
    parts.insert(place + 1, f"<p>{line}</p>")
    assert read("".join(parts)).body == "\n".join(PARAGRAPHS)


@pytest.mark.parametrize("line", lines(SENTENCES))
def test_sentences_that_sound_like_it_stay(line: str) -> None:
    assert not is_printed(line)
