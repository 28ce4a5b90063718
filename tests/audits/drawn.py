"""Decisions drawn by score: what a score means, how many there are, of how many people, and in which window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.stats import beta

from boussole.audits.measures import Counts
from boussole.audits.parts import Floats

SCORE = np.arange(101) / 100
MEANT: dict[str, Callable[[Floats], Floats]] = {
    "chances": lambda s: 0.02 + 0.96 * s,
    "too bold": lambda s: 1 / (1 + np.exp(-(2.5 * s - 1.9))),
    "hardly": lambda s: 0.3 + 0.2 * s,
    "rare": lambda s: 0.02 + 0.15 * s**2,
}
"""What a score means: the chance of the outcome."""


@dataclass(frozen=True)
class Case:
    """How many decisions there are in the reference window and in the other, how many of each person, how alike."""

    meant: str
    earlier: int
    now: int
    each: int = 1
    alike: float = 0.0
    clustered: bool = False


def places(a: float, b: float) -> Floats:
    """How likely each score is."""
    return np.asarray(np.diff(beta.cdf(np.linspace(0, 1, 102), a, b)), dtype=np.float64)


def drawn(case: Case, n: int, likely: Floats, random: np.random.Generator, *, odds: Floats | None = None) -> Counts:
    """Draw counts (bins, buckets, decision, outcome) of people; `odds`: added to the log-odds of the outcome."""
    meant = MEANT[case.meant](SCORE)
    chance = meant if odds is None else 1 / (1 + np.exp(-np.log(meant / (1 - meant)) - odds))
    people = n // case.each
    person = np.repeat(np.arange(people), case.each)
    score = random.choice(101, size=people, p=likely)[person]
    fresh = random.random(person.size) < 0.5 * (case.each > 1)
    score[fresh] = random.choice(101, size=int(fresh.sum()), p=likely)
    luck, own = random.random(people)[person], random.random(person.size)
    came = np.where(random.random(person.size) < case.alike, luck, own) < chance[score]
    bucket = random.integers(0, 40, people)[person] if case.clustered else np.zeros(person.size, dtype=int)
    counts = np.zeros((101, 40 if case.clustered else 1, 2, 3), dtype=np.int64)
    np.add.at(counts, (score, bucket, (score >= 50).astype(int), came.astype(int)), 1)
    return counts
