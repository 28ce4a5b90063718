"""What excuses a wording stands in its clause; what is said of the whole post or of all who apply, in its sentence.

Of hints, those are found where the law clearly forbids what is meant; description stays lawful.
"""

from __future__ import annotations

import time

import pytest

from boussole.audits.texts.engine import Sentences, check_text

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


HINTS = [
    ("age", "Vous avez l'énergie d'un début de carrière, commercial ou commerciale."),
    ("age", "Première expérience uniquement, comptable H/F."),
    ("age", "Réservé aux candidats en première expérience, H/F."),
    ("age", "Vous êtes un digital native, chargé(e) de communication."),
    ("age", "Poste réservé aux étudiants, plongeur ou plongeuse."),
    ("age", "Nous cherchons quelqu'un en début de carrière, H/F."),
    ("age", "Profil en début de vie professionnelle, assistant ou assistante."),
    ("age", "Vous débutez dans la vie active, téléconseiller ou téléconseillère."),
    ("age", "Votre premier emploi après vos études, H/F."),
    ("age", "Vous sortez tout juste de l'école, développeur ou développeuse."),
    ("age", "Cherchons un talent qui a toute sa carrière devant lui, H/F."),
    ("age", "Vous avez grandi avec TikTok et Instagram, community manager H/F."),
    ("age", "Vous êtes né(e) avec un smartphone dans la main, H/F."),
    ("age", "Surdiplômés et trop expérimentés s'abstenir, H/F."),
    ("age", "Vous avez encore l'âge d'apprendre, H/F."),
    ("age", "Un peu de sang neuf dans nos rangs, H/F."),
    ("family", "Vous êtes sans attaches, commercial ou commerciale itinérant(e)."),
    ("family", "Disponible à 100 %, pas de contraintes familiales, H/F."),
    ("family", "Libre de toute attache, mobilité totale, H/F."),
    ("family", "Aucune contrainte familiale, astreintes le week-end, H/F."),
    ("family", "Sans obligations familiales, disponible le soir, H/F."),
    ("family", "Vous n'avez personne qui vous attend le soir, serveur ou serveuse."),
    ("family", "Votre vie de famille ne doit pas empiéter sur le travail, H/F."),
    ("family", "Pas de projet de maternité dans les deux ans, H/F."),
    ("family", "Situation personnelle permettant une disponibilité totale, H/F."),
    ("family", "Vous êtes libre de vos soirées car sans enfant, H/F."),
    ("health", "Jamais un jour d'arrêt, ça nous plaît, H/F."),
    ("health", "Santé de fer exigée, préparateur ou préparatrice de commandes."),
    ("health", "Vous n'êtes jamais malade, H/F."),
    ("sex", "Ambiance vestiaire, il faut savoir encaisser comme un homme, H/F."),
    ("appearance", "Vous avez le physique de l'emploi, hôte ou hôtesse."),
    ("appearance", "Joli minois apprécié, accueil H/F."),
    ("origin", "Vous avez un nom bien de chez nous, H/F."),
    ("origin", "Sans accent, standardiste H/F."),
    ("residence", "Habitants du quartier de préférence, caissier ou caissière."),
    ("economic_vulnerability", "Pas de trous dans le CV dus au chômage, H/F."),
]
NO_HINTS = [
    "Vous rejoignez une équipe jeune et dynamique, H/F.",
    "Notre équipe, jeune et dynamique, vous attend, comptable H/F.",
    "Première expérience appréciée, comptable H/F.",
    "Une première expérience en cabinet est souhaitée, H/F.",
    "Première expérience réussie exigée dans la vente, H/F.",
    "Débutants et débutantes acceptés, idéal pour une première expérience comme pour une reconversion, H/F.",
    "Poste accessible aux étudiants comme aux retraités, H/F.",
    "Job étudiant ou complément de retraite, tous profils, H/F.",
    "Emploi compatible avec des études, H/F.",
    "Vous accompagnez des étudiants en début de carrière, conseiller ou conseillère.",
    "Vous encadrez des collaborateurs en début de carrière, chef ou cheffe de projet.",
    "Nous proposons des parcours à tous les moments d'une carrière, début de carrière compris, H/F.",
    "Notre agence conçoit des campagnes pour les digital natives, graphiste H/F.",
    "Disponible immédiatement, à temps plein, H/F.",
    "Vous êtes disponible le week-end, serveur ou serveuse.",
    "Grande disponibilité et mobilité nationale exigées, H/F.",
    "Nous tenons compte de vos contraintes familiales, horaires aménageables, H/F.",
    "Télétravail et respect de la vie de famille, développeur ou développeuse.",
    "Pièces et attaches : monteur ou monteuse en charpente métallique.",
    "Stage de fin d'études, idéal pour étudiant en école d'ingénieurs.",
    "Alternance : idéal pour étudiant(e) en BTS comptabilité.",
    "Résidence étudiante : gardien ou gardienne.",
    "Vous animez des ateliers pour étudiants, bibliothécaire.",
    "Logement idéal pour étudiant, conseiller ou conseillère en location.",
    "Énergie, dynamisme et sens du contact, vendeur ou vendeuse.",
    "Formation assurée aux débutants, premier emploi bienvenu, H/F.",
    "Le poste est ouvert aux personnes qui débutent comme aux plus expérimentées, H/F.",
    "Deux ans d'expérience au moins, première expérience en management appréciée, H/F.",
    "Vous n'avez pas d'expérience ? Nous vous formons, H/F.",
    "Sans contrainte d'horaires fixes, vous organisez votre journée, H/F.",
    "Gestion des contraintes familiales des usagers, travailleur ou travailleuse social(e).",
    "Maison de santé : secrétaire médicale ou médical.",
    "Formatrice ou formateur auprès de publics sans attaches locales.",
    "Soignant ou soignante : les familles comptent sur vous.",
    "Poste idéal pour étudiant, vendeur ou vendeuse.",
    "Idéal pour un(e) étudiant(e), service du soir, H/F.",
]


@pytest.mark.parametrize(("criterion", "text"), [*ANOTHER_CLAUSE, *MORE_UNLAWFUL, *STILL_ASKED, *HINTS])
def test_what_is_said_in_another_clause_excuses_nothing(criterion: str, text: str) -> None:
    assert criterion in {each.criterion for each in check_text(text).findings}


@pytest.mark.parametrize("text", [*WHOLE_SENTENCE, *MORE_LAWFUL, *LEGAL_AGE, *HELPED_OR_EXAMINED, *NO_HINTS])
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
