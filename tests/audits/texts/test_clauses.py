"""What excuses a wording stands in its clause; what is said of the whole post or of all who apply, in its sentence.

Of hints, those are found where the law clearly forbids what is meant; description stays lawful.
"""

from __future__ import annotations

import pytest

from boussole.audits.texts.engine import Sentences, check_text

ANOTHER_CLAUSE = [
    ("age", "Nous ne discriminons pas, mais jeune homme de moins de 30 ans exigé."),
    ("age", "Deux ans d'expérience, 45 ans maximum, comptable H/F."),
    (
        "age",
        "Entraînement régulier des équipes de football ouvert à tous, mais candidats de plus de 50 ans s'abstenir.",
    ),
    ("sex", "L'égalité nous est chère ; cela dit, nous voulons une femme à l'accueil."),
    ("family", "CDD de six mois, célibataire sans enfant exigé(e), H/F."),
    ("origin", "Aucun diplôme n'est requis, nationalité française exigée, comptable H/F."),
    ("language_native", "L'anglais n'est pas exigé, français langue maternelle obligatoire, H/F."),
    ("health", "Mutuelle d'entreprise, personnes handicapées s'abstenir, H/F."),
    ("appearance", "Règles d'hygiène affichées en cuisine, pas de tatouage, serveur ou serveuse."),
    ("residence", "Télétravail possible, il faut habiter Rennes, développeur ou développeuse."),
    ("religion", "Menu du jour préparé sur place, pas de voile, serveur ou serveuse."),
    ("politics_union", "Vous répondez au téléphone, pas de syndicalistes, H/F."),
    ("sexual_orientation_gender_identity", "Prévention des risques assurée, homosexuels s'abstenir, H/F."),
    ("economic_vulnerability", "Salaire de 1 900 euros, pas de chômeurs, H/F."),
    ("morals_genetic", "Locaux neufs, vous ne fumez pas chez vous, H/F."),
    ("military_other", "Book apprécié, photo obligatoire, comptable H/F."),
]
WHOLE_SENTENCE = [
    "Contrat d'apprentissage d'un an, en alternance au CFA, pour les moins de 30 ans, H/F.",
    "Jeunes ou seniors, diplômés ou non, salariés ou chômeurs, étrangers ou français : peu importe, H/F.",
    "Conformément à l'article L. 4153-9 du code du travail, pour ce poste, 18 ans minimum, H/F.",
    "Figuration pour un film d'époque, deux jours de tournage, homme de 30 à 40 ans.",
    "Entreprise adaptée, atelier de couture, RQTH exigée, H/F.",
    "Entreprise d'insertion, chantier en ville, réservé aux demandeurs d'emploi, H/F.",
    "Non seulement les jeunes diplômés mais aussi les seniors sont les bienvenus, H/F.",
    "Le casier judiciaire est vérifié avant l'embauche, en crèche, par la loi, H/F.",
    "Nous refusons toute discrimination : âge, sexe, origine, religion, handicap, opinions, H/F.",
    "Bilingue, votre langue maternelle n'a pas d'importance, quelle qu'elle soit, mais un anglais C2 est requis, H/F.",
]

MORE_UNLAWFUL = [
    ("age", "Nous luttons contre toute discrimination, personnes de plus de 50 ans s'abstenir, H/F."),
    ("appearance", "Salle de sport offerte, physique agréable exigé, H/F."),
    ("politics_union", "Bonne maîtrise des sciences politiques appréciée, syndiqués s'abstenir, H/F."),
    ("residence", "Remboursement des frais, candidats domiciliés à Nantes uniquement, H/F."),
    ("language_native", "Enseignement du français, langue maternelle anglaise exigée, H/F."),
]
MORE_LAWFUL = [
    "Que vous soyez jeune ou senior, femme ou homme, en situation de handicap ou non, votre candidature est lue.",
    "Animateur ou animatrice pour des jeunes de 12 à 17 ans, en quartier prioritaire.",
    "Adulte-relais : être âgé de 26 ans au moins, sans emploi, et résider en quartier prioritaire, H/F.",
    "Astreintes de nuit, vous habitez à moins de vingt minutes du site, technicien ou technicienne.",
    "Barbier ou barbière : taille de barbe, coupe homme, soins du visage.",
    "Port d'un masque FFP3 obligatoire, barbe rasée pour l'étanchéité, désamianteur ou désamianteuse.",
    "Moniteur ou monitrice de colonie, enfants de 6 à 12 ans, BAFA exigé.",
    "Poste en CDD, remplacement d'un congé maternité, six mois, H/F.",
]


LEGAL_AGE = [
    "Vous avez au moins 18 ans.",
    "Être âgé(e) d'au moins 18 ans.",
    "Avoir plus de dix-huit ans.",
    "Âge minimum : 18 ans (conduite d'engins).",
    "Être âgée de dix-huit ans révolus.",
    "Être âgé de 21 ans au moins pour conduire un poids lourd.",
    "Interdit en dessous de 18 ans.",
    "Réservé aux plus de 18 ans.",
]
HELPED_OR_EXAMINED = [
    "Vous intervenez au domicile de personnes âgées habitant la commune.",
    "Auxiliaire de vie (H/F) : lever, coucher et repas de personnes âgées.",
    "Vous êtes aux côtés des personnes âgées de la commune.",
    "Vous interprétez des analyses ADN.",
]
NAMES_OF_OCCUPATIONS = [
    "Vous serez Auxiliaire de vie sociale (H/F), permis B exigé, sans déplacement, pas de dimanche.",
    "Vous serez Compagnon ou compagnonne forge industrielle (H/F), permis B exigé, sans déplacement, pas de dimanche.",
]
STILL_ASKED = [
    ("age", "Vous avez au moins 18 ans et moins de 30 ans."),
    ("age", "Être âgé de 25 ans au moins."),
    ("age", "Candidat de moins de dix-huit ans."),
    ("age", "Au-delà de 21 ans s'abstenir."),
    ("age", "En dessous de 21 ans uniquement."),
    ("age", "Réservé aux personnes de plus de 18 ans et de moins de 30 ans."),
    ("age", "Nous ne voulons pas de personnes âgées dans l'équipe."),
    ("family", "Nous cherchons une personne vivant seule."),
    ("morals_genetic", "Nous réalisons un test ADN de chaque candidat ou candidate."),
]


HINTS = [
    ("age", "Vous avez l'énergie d'un début de carrière, commercial ou commerciale."),
    ("age", "Première expérience uniquement, comptable H/F."),
    ("age", "Vous êtes un digital native, chargé(e) de communication."),
    ("age", "Poste réservé aux étudiants, plongeur ou plongeuse."),
    ("age", "Votre premier emploi après vos études, H/F."),
    ("age", "Vous avez grandi avec TikTok et Instagram, community manager H/F."),
    ("age", "Surdiplômés et trop expérimentés s'abstenir, H/F."),
    ("age", "Un peu de sang neuf dans nos rangs, H/F."),
    ("family", "Vous êtes sans attaches, commercial ou commerciale itinérant(e)."),
    ("family", "Disponible à 100 %, pas de contraintes familiales, H/F."),
    ("family", "Vous n'avez personne qui vous attend le soir, serveur ou serveuse."),
    ("family", "Pas de projet de maternité dans les deux ans, H/F."),
    ("health", "Jamais un jour d'arrêt, ça nous plaît, H/F."),
    ("sex", "Ambiance vestiaire, il faut savoir encaisser comme un homme, H/F."),
    ("appearance", "Vous avez le physique de l'emploi, hôte ou hôtesse."),
    ("origin", "Vous avez un nom bien de chez nous, H/F."),
    ("residence", "Habitants du quartier de préférence, caissier ou caissière."),
]
NO_HINTS = [
    "Vous rejoignez une équipe jeune et dynamique, H/F.",
    "Première expérience appréciée, comptable H/F.",
    "Débutants et débutantes acceptés, idéal pour une première expérience comme pour une reconversion, H/F.",
    "Poste accessible aux étudiants comme aux retraités, H/F.",
    "Vous accompagnez des étudiants en début de carrière, conseiller ou conseillère.",
    "Notre agence conçoit des campagnes pour les digital natives, graphiste H/F.",
    "Grande disponibilité et mobilité nationale exigées, H/F.",
    "Nous tenons compte de vos contraintes familiales, horaires aménageables, H/F.",
    "Pièces et attaches : monteur ou monteuse en charpente métallique.",
    "Stage de fin d'études, idéal pour étudiant en école d'ingénieurs.",
    "Sans contrainte d'horaires fixes, vous organisez votre journée, H/F.",
    "Poste idéal pour étudiant, vendeur ou vendeuse.",
]


LAWFUL = [*WHOLE_SENTENCE, *MORE_LAWFUL, *LEGAL_AGE, *HELPED_OR_EXAMINED, *NAMES_OF_OCCUPATIONS, *NO_HINTS]


@pytest.mark.parametrize(("criterion", "text"), [*ANOTHER_CLAUSE, *MORE_UNLAWFUL, *STILL_ASKED, *HINTS])
def test_what_is_said_in_another_clause_excuses_nothing(criterion: str, text: str) -> None:
    assert criterion in {each.criterion for each in check_text(text).findings}


@pytest.mark.parametrize("text", LAWFUL)
def test_what_is_said_of_the_post_of_all_or_of_the_law_stays_lawful(text: str) -> None:
    assert check_text(text).findings == ()


def test_a_turn_cuts_a_statement_and_a_comma_a_clause() -> None:
    text = b"ouvert a tous, 1,5 km, mais aussi loin, mais pas ici"
    sentences = Sentences(text)
    whole = (0, len(text))
    assert [text[slice(*sentences.clause((at, at + 1), whole))] for at in (2, 15, 24)] == [
        b"ouvert a tous",
        b" 1,5 km",
        b" mais aussi loin",
    ]
    assert text[slice(*sentences.statement((2, 3), whole))] == b"ouvert a tous, 1,5 km, mais aussi loin,"
    assert text[slice(*sentences.statement((text.index(b"pas"), len(text)), whole))] == b" pas ici"
    assert text[slice(*sentences.statement((text.rindex(b"mais"), len(text)), whole))] == b"mais pas ici"
