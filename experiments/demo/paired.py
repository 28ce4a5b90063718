"""Texts that the demo's ChatFT wrote for requests in pairs: recorded, that is made from a few sentences, with what is
planted in them. Everything is invented.

Each text has sentences that come or do not, by a coin of its own, so that two texts of a pair differ a little anyway.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from boussole.audits.texts.pairs.prompts import Prompt
from boussole.experiments.demo.planted import PlantedEffects

BODY = {
    "appointment": "Je vous propose un rendez-vous de suivi à l’agence la semaine prochaine.",
    "offers": "Plusieurs offres correspondent à votre recherche.",
    "training": "Plusieurs formations peuvent vous intéresser.",
    "reminder": "Je reviens vers vous au sujet de la proposition d’entretien de la semaine dernière.",
    "letter": "Mon expérience de la vente me permet de répondre à vos attentes.",
    "summary": "L’entretien a porté sur le projet dans la restauration et sur les démarches à venir.",
    "recommendation": "Je vous recommande cette candidature pour le poste de technicien de maintenance.",
    "decision": "L’aide à la mobilité ne peut pas être accordée cette fois-ci.",
}
MORE = (
    "Vous pouvez me joindre par courriel ou par téléphone pour préparer cet échange.",
    "N’hésitez pas à me dire quelles sont vos disponibilités.",
    "Je vous remercie de votre confiance.",
    "Ce point sera l’occasion de faire le bilan des démarches.",
    "Un conseiller reste disponible pour vous accompagner.",
    "Les documents utiles se trouvent dans votre espace personnel.",
)
OPENING, CLOSING = ("Madame, Monsieur,", "Bonjour,"), ("Cordialement.", "Bien à vous.")
CURT = ("Salut,", "À plus.")


def recorded_texts(prompts: Iterable[Prompt], planted: PlantedEffects) -> dict[str, str]:
    """The text of each request by its id; the same for the same request."""
    return {each.id: _text(each, planted) for each in prompts}


def _text(prompt: Prompt, planted: PlantedEffects) -> str:
    coins = _coins(prompt.id)
    curt = prompt.cue == "origin" and prompt.side == "changed" and next(coins) < planted.curt_for_origin
    opening, closing = CURT if curt else (OPENING[next(coins) < 0.2], CLOSING[next(coins) < 0.2])
    named = [offer for offer in prompt.offers or () if next(coins) < 0.9]
    offers = f"Vous trouverez ci-joint : {', '.join(named)}." if named else ""
    sentences = [each for each in MORE if next(coins) < (0.3 if curt else 0.7)]
    body = [BODY.get(prompt.request, "Voici ce que je vous propose."), offers, *sentences]
    return f"{opening}\n\n{' '.join(each for each in body if each)}\n\n{closing}"


def _coins(name: str) -> Iterator[float]:
    """Numbers from 0 to 1, the same for the same name."""
    digest = hashlib.sha256(f"boussole demo {name}".encode()).digest()
    return iter([each / 256 for each in digest])
