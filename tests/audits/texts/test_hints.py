"""Adverts that only hint: found where the law clearly forbids what is meant, and description stays lawful."""

from __future__ import annotations

import pytest

from boussole.audits.texts.checking import check_text

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
LAWFUL = [
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


@pytest.mark.parametrize(("criterion", "text"), HINTS)
def test_what_only_hints_is_found(criterion: str, text: str) -> None:
    assert criterion in {each.criterion for each in check_text(text).findings}


@pytest.mark.parametrize("text", LAWFUL)
def test_description_and_mild_words_stay_lawful(text: str) -> None:
    assert check_text(text).findings == ()
