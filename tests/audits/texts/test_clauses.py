"""What excuses a wording stands in its clause; what is said of the whole post or of all who apply, in its sentence."""

from __future__ import annotations

import time

import pytest

from boussole.audits.texts.checking import check_text
from boussole.audits.texts.engine import Sentences

ANOTHER_CLAUSE = [
    ("age", "Nous ne discriminons pas, mais jeune homme de moins de 30 ans exigé."),
    ("sex", "Nous ne discriminons pas, mais jeune homme de moins de 30 ans exigé."),
    ("age", "Débutants acceptés, jeune femme dynamique souhaitée."),
    ("age", "Toutes les candidatures sont étudiées ; moins de 35 ans uniquement."),
    ("age", "Deux ans d'expérience, 45 ans maximum, comptable H/F."),
    ("age", "Permis B exigé, vous avez moins de 40 ans, chauffeur ou chauffeuse."),
    (
        "age",
        "Entraînement régulier des équipes de football ouvert à tous, mais candidats de plus de 50 ans s'abstenir.",
    ),
    ("sex", "Le permis n'est pas exigé, homme de préférence, livraison H/F."),
    ("sex", "L'égalité nous est chère ; cela dit, nous voulons une femme à l'accueil."),
    ("sex", "Parfums et soins en rayon, conseil ; on cherche une femme."),
    ("sex", "Entreprise attachée à la diversité, nous recherchons un homme pour le dépôt."),
    ("family", "CDD de six mois, célibataire sans enfant exigé(e), H/F."),
    ("family", "Menu et chambre fournis, sans charge de famille, serveur ou serveuse."),
    ("origin", "Aucun diplôme n'est requis, nationalité française exigée, comptable H/F."),
    ("origin", "Ouvert à tous, mais pas d'étrangers, H/F."),
    ("language_native", "L'anglais n'est pas exigé, français langue maternelle obligatoire, H/F."),
    ("health", "Mutuelle d'entreprise, personnes handicapées s'abstenir, H/F."),
    ("health", "Remplacement d'un mois, pas de RQTH, magasinier ou magasinière."),
    ("appearance", "Port de colis, pas de personnes obèses, H/F."),
    ("appearance", "Règles d'hygiène affichées en cuisine, pas de tatouage, serveur ou serveuse."),
    ("residence", "Véhicule fourni, vous habitez Lyon, commercial ou commerciale."),
    ("residence", "Télétravail possible, il faut habiter Rennes, développeur ou développeuse."),
    ("religion", "Menu du jour préparé sur place, pas de voile, serveur ou serveuse."),
    ("politics_union", "Vous répondez au téléphone, pas de syndicalistes, H/F."),
    ("sexual_orientation_gender_identity", "Prévention des risques assurée, homosexuels s'abstenir, H/F."),
    ("economic_vulnerability", "Salaire de 1 900 euros, pas de chômeurs, H/F."),
    ("economic_vulnerability", "Débutants bienvenus, pas de bénéficiaires du RSA, H/F."),
    ("morals_genetic", "Poste de vente de 18 ans d'ancienneté en moyenne, non-fumeur exigé, H/F."),
    ("morals_genetic", "Locaux neufs, vous ne fumez pas chez vous, H/F."),
    ("military_other", "Book apprécié, photo obligatoire, comptable H/F."),
    ("military_other", "Tenue de la trésorerie, interdits bancaires s'abstenir, comptable H/F."),
]
WHOLE_SENTENCE = [
    "Contrat d'apprentissage d'un an, en alternance au CFA, pour les moins de 30 ans, H/F.",
    "Service civique, douze mois, à temps partiel, de 16 à 25 ans.",
    "Toutes nos offres sont ouvertes aux femmes, aux hommes, aux seniors, sans distinction.",
    "Jeunes ou seniors, diplômés ou non, salariés ou chômeurs, étrangers ou français : peu importe, H/F.",
    "Conformément à l'article L. 4153-9 du code du travail, pour ce poste, 18 ans minimum, H/F.",
    "Figuration pour un film d'époque, deux jours de tournage, homme de 30 à 40 ans.",
    "Entreprise adaptée, atelier de couture, RQTH exigée, H/F.",
    "Entreprise d'insertion, chantier en ville, réservé aux demandeurs d'emploi, H/F.",
    "Concours externe de la police nationale, épreuves en mars, moins de 45 ans.",
    "Non seulement les jeunes diplômés mais aussi les seniors sont les bienvenus, H/F.",
    "L'âge ne compte pas, mais l'envie compte, vendeur ou vendeuse.",
    "Nous ne demandons ni photo, ni âge, ni situation de famille, mais un CV clair, H/F.",
    "Le casier judiciaire est vérifié avant l'embauche, en crèche, par la loi, H/F.",
    "Nous refusons toute discrimination : âge, sexe, origine, religion, handicap, opinions, H/F.",
    "Poste de souveraineté, ministère de l'Intérieur, nationalité française requise, H/F.",
    "Bilingue, votre langue maternelle n'a pas d'importance, quelle qu'elle soit, mais un anglais C2 est requis, H/F.",
]

MORE_UNLAWFUL = [
    ("sex", "Attachés à la diversité, nous recherchons une femme de moins de 30 ans."),
    ("age", "Nous luttons contre toute discrimination, personnes de plus de 50 ans s'abstenir, H/F."),
    ("origin", "Égalité des chances, Français de souche uniquement, H/F."),
    ("sex", "Nous respectons l'égalité professionnelle ; homme exigé."),
    ("age", "Une femme, jeune, non fumeuse ; le permis n'est pas exigé."),
    ("family", "Ambiance conviviale, respect des horaires, célibataire exigé(e), H/F."),
    ("age", "L'expérience ne compte pas, candidats de plus de 45 ans s'abstenir, H/F."),
    ("appearance", "Salle de sport offerte, physique agréable exigé, H/F."),
    ("religion", "Nous acceptons tout le monde, mais pas de voile, H/F."),
    ("politics_union", "Bonne maîtrise des sciences politiques appréciée, syndiqués s'abstenir, H/F."),
    ("residence", "Déplacements fréquents, habiter Toulouse impérativement, H/F."),
    ("residence", "Remboursement des frais, candidats domiciliés à Nantes uniquement, H/F."),
    ("language_native", "Enseignement du français, langue maternelle anglaise exigée, H/F."),
    ("economic_vulnerability", "Insertion rapide dans l'équipe, pas de chômeurs de longue durée, H/F."),
    ("military_other", "Conseiller clientèle (H/F), photo obligatoire."),
]
MORE_LAWFUL = [
    "Que vous soyez jeune ou senior, femme ou homme, en situation de handicap ou non, votre candidature est lue.",
    "Notre entreprise, engagée pour la diversité, étudie à compétences égales toutes les candidatures.",
    "Poste ouvert à toutes et tous, sans distinction d'âge, de sexe, d'origine, de religion ou de handicap.",
    "Nous luttons contre les discriminations : femmes, seniors, personnes handicapées, nos postes vous sont ouverts.",
    "Animateur ou animatrice pour des jeunes de 12 à 17 ans, en quartier prioritaire.",
    "Adulte-relais : être âgé de 26 ans au moins, sans emploi, et résider en quartier prioritaire, H/F.",
    "Astreintes de nuit, vous habitez à moins de vingt minutes du site, technicien ou technicienne.",
    "Gardien ou gardienne d'immeuble, poste logé, présence à l'année.",
    "Vous conseillez, en agence, des jeunes, des familles, des seniors ; goût du contact.",
    "Visite médicale d'aptitude, prévue par le code du travail, avant la prise de poste, H/F.",
    "Débutants acceptés, formation assurée, horaires de jour, H/F.",
    "Atelier couture, mode homme et femme, vente en boutique, H/F.",
    "Infirmier ou infirmière en gériatrie : soins aux personnes âgées, aux malades, aux familles.",
    "Barbier ou barbière : taille de barbe, coupe homme, soins du visage.",
    "Port d'un masque FFP3 obligatoire, barbe rasée pour l'étanchéité, désamianteur ou désamianteuse.",
    "Vous accompagnez des demandeurs d'emploi, des bénéficiaires du RSA, des jeunes sans diplôme, H/F.",
    "Agent ou agente de sécurité, carte CNAPS, casier vierge, rondes de nuit.",
    "Le diplôme importe peu, la motivation compte, H/F.",
    "Vendeur ou vendeuse en lingerie, clientèle féminine, conseil et encaissement.",
    "Moniteur ou monitrice de colonie, enfants de 6 à 12 ans, BAFA exigé.",
    "Recherchons des renforts, étudiants bienvenus, retraités aussi, tous profils, H/F.",
    "Poste en CDD, remplacement d'un congé maternité, six mois, H/F.",
]


LEGAL_AGE = [
    "Vous avez au moins 18 ans.",
    "Vous avez plus de 18 ans, vendeur ou vendeuse au rayon des vins.",
    "Être âgé(e) d'au moins 18 ans.",
    "Vous devez avoir au moins 16 ans.",
    "Il faut être âgé ou âgée de 18 ans au moins.",
    "Être âgé(e) de 18 ans révolus.",
    "Avoir plus de dix-huit ans.",
    "Âge minimum : 18 ans (conduite d'engins).",
    "Vous avez au moins 18 ans, la conduite du chariot étant interdite aux mineurs.",
    "Être âgé de 18 ans au moins.",
    "Être âgée de 18 ans révolus.",
    "Être âgée de dix-huit ans révolus.",
    "Vous êtes âgé de 18 ans minimum.",
    "Être âgé de 21 ans au moins pour conduire un poids lourd.",
    "Il faut avoir 21 ans révolus.",
    "Âge minimum requis : 18 ans.",
    "Interdit en dessous de 18 ans.",
    "Réservé aux plus de 18 ans.",
]
HELPED_OR_EXAMINED = [
    "Vous intervenez au domicile de personnes âgées.",
    "Vous intervenez au domicile de personnes âgées habitant la commune.",
    "Vous intervenez chez des personnes âgées vivant seules.",
    "Auxiliaire de vie (H/F) : lever, coucher et repas de personnes âgées.",
    "Toilette et habillage de personnes âgées.",
    "Vous êtes aux côtés des personnes âgées de la commune.",
    "Vous réalisez des tests génétiques.",
    "Vous interprétez des analyses ADN.",
    "Vous préparez les tests ADN des plantes.",
]
STILL_ASKED = [
    ("age", "Vous avez au moins 25 ans."),
    ("age", "Vous avez au moins 18 ans et moins de 30 ans."),
    ("age", "Âge minimum : 30 ans."),
    ("age", "Être âgé de 25 ans au moins."),
    ("age", "Personne âgée de 25 ans au moins."),
    ("age", "Candidat de moins de dix-huit ans."),
    ("age", "Au-delà de 21 ans s'abstenir."),
    ("age", "Âge limite : 21 ans."),
    ("age", "En dessous de 21 ans uniquement."),
    ("age", "Réservé aux plus de 45 ans."),
    ("age", "Réservé aux personnes de plus de 18 ans et de moins de 30 ans."),
    ("age", "Nous ne voulons pas de personnes âgées dans l'équipe."),
    ("age", "Pas de candidatures de personnes âgées."),
    ("age", "Ce poste n'est pas pour les personnes âgées."),
    ("family", "Nous cherchons une personne vivant seule."),
    ("morals_genetic", "Des tests génétiques vous seront demandés."),
    ("morals_genetic", "Nous réalisons un test ADN de chaque candidat ou candidate."),
]


@pytest.mark.parametrize(("criterion", "text"), ANOTHER_CLAUSE)
def test_what_is_said_in_another_clause_excuses_nothing(criterion: str, text: str) -> None:
    assert criterion in {each.criterion for each in check_text(text).findings}


@pytest.mark.parametrize("text", WHOLE_SENTENCE)
def test_what_is_said_of_the_whole_post_holds_for_its_sentence(text: str) -> None:
    assert check_text(text).findings == ()


@pytest.mark.parametrize(("criterion", "text"), MORE_UNLAWFUL)
def test_an_employer_that_praises_itself_may_still_ask_for_too_much(criterion: str, text: str) -> None:
    assert criterion in {each.criterion for each in check_text(text).findings}


@pytest.mark.parametrize("text", MORE_LAWFUL)
def test_lists_and_reasons_of_the_post_stay_lawful(text: str) -> None:
    assert check_text(text).findings == ()


@pytest.mark.parametrize("text", [*LEGAL_AGE, *HELPED_OR_EXAMINED])
def test_the_age_of_the_law_and_who_is_helped_are_asked_of_nobody(text: str) -> None:
    assert check_text(text).findings == ()


@pytest.mark.parametrize(("criterion", "text"), STILL_ASKED)
def test_what_looks_like_the_age_of_the_law_or_like_a_task_is_found(criterion: str, text: str) -> None:
    assert criterion in {each.criterion for each in check_text(text).findings}


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


@pytest.mark.attack("texts", "a sentence without end, and unlawful adverts without end")
@pytest.mark.costly
@pytest.mark.parametrize(
    "piece", ["Vendeur ou vendeuse : homme de moins de 30 ans, ", "Pas de femme, mais un homme. ", " mais", "  "]
)
def test_texts_without_end_take_time_in_proportion(piece: str, tries) -> None:
    tries.add()
    started = time.process_time()
    check_text(piece * (200_000 // len(piece)))
    assert time.process_time() - started < 30
