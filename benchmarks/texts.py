"""Adverts checked for unlawful wording, beside the same patterns tried one after the other by Python's own `re`."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from boussole.audits.texts.engine import check_text, packaged_checker
from boussole.audits.texts.normal import normalise

TEXTS = Path(__file__).parent.parent / "tests" / "data" / "texts"
DEV, OTHERS = "adverts_dev", ("adverts_dev2", "adverts_dev3", "adverts_dev4")
ADVERTS, OF_PEER = 3_000, 40
BODY = (
    "Nous recherchons pour notre client, une entreprise de {n} salariés située à {town}, un(e) {title} H/F.",
    "Vos missions : accueil physique et téléphonique, gestion de l’agenda, préparation des réunions.",
    "Vous êtes titulaire d'un diplôme de niveau bac +{n} et justifiez d'une expérience sur un poste similaire.",
    "Vous maîtrisez les outils informatiques ; rigueur et sens de l'organisation sont vos atouts.",
    "Nous vous proposons un CDI à temps plein, 35 heures par semaine, salaire selon expérience, mutuelle.",
    "Poste à pourvoir dès que possible à {town}, véhicule fourni, déplacements à prévoir dans le département.",
    "Vous assurez le suivi des dossiers, la relation avec les fournisseurs et le contrôle de la qualité.",
    "Envoyez votre CV et votre lettre de motivation ; réponse sous {n} jours.",
)
TOWNS = ("Nantes", "Lille", "Tours", "Brest", "Dijon", "Pau", "Metz")
TITLES = ("assistant(e) de direction", "technicien(ne)", "comptable", "conducteur(trice)", "cuisinier(ère)")


def main() -> None:
    """Print how many adverts of some 120 words are checked in a second: `first` of a process, then `each_second`."""
    drawn = random.Random(7)  # noqa: S311 (the same adverts each time)
    adverts, others = _adverts(drawn, _held(DEV)), _adverts(drawn, [each for name in OTHERS for each in _held(name)])
    first = _seconds(check_text, others)
    seconds = _seconds(check_text, adverts)
    patterns = [re.compile(pattern.pattern) for _, pattern in packaged_checker()._of]
    peer = _seconds(
        lambda text: [each.search(text) for each in patterns], [normalise(a).text for a in adverts[:OF_PEER]]
    )
    words = sum(len(each.split()) for each in adverts) / len(adverts)
    told = {
        "words": words,
        "patterns": len(patterns),
        "first": ADVERTS / first,
        "each_second": ADVERTS / seconds,
        "peer": OF_PEER / peer,
    }
    print(json.dumps(told))


def _held(name: str) -> list[str]:
    lines = (TEXTS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["text"] for line in lines]


def _adverts(drawn: random.Random, held: list[str]) -> list[str]:
    return [_advert(drawn, held if number % 10 == 0 else []) for number in range(ADVERTS)]


def _advert(drawn: random.Random, held: list[str]) -> str:
    lines = [each.format(n=drawn.randint(2, 9), town=drawn.choice(TOWNS), title=drawn.choice(TITLES)) for each in BODY]
    return "\n".join([*lines, *(drawn.sample(held, 1) if held else [])])


def _seconds(work: Callable[[Any], object], texts: Sequence[Any]) -> float:
    for text in texts[:200]:
        work(text)
    started = time.process_time()
    for text in texts:
        work(text)
    return time.process_time() - started


if __name__ == "__main__":
    main()
