"""The matching model: a real one, trained on invented past hires that carry the planted bias."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import KBinsDiscretizer, StandardScaler

from boussole.experiments.demo.market import CONTACTS, SHORTLIST, hiring_odds, skills
from boussole.experiments.demo.people import people
from boussole.experiments.demo.planted import PLANTED, PlantedEffects

HISTORY = 60_000
PASSING = 0.35
"""Share of past candidates whose score lies under the threshold of a version."""
HIRES_WEIGH = 1.15
"""What all past hires weigh in training, beside all refusals, in the version that raises scores."""


@dataclass(frozen=True, kw_only=True)
class DemoVersion:
    """One version of the model: what it sees, what it learnt, and the score from which it shortlists."""

    name: str
    features: tuple[str, ...]
    pipeline: Pipeline
    threshold: float

    def parameters(self) -> dict[str, Any]:
        """What a data scientist logs with the model."""
        last = self.pipeline[-1]
        return {
            "model_version": self.name,
            "features": ",".join(self.features),
            "estimator": type(last).__name__,
            "C": last.C,
            "class_weight": last.class_weight,
            "experience_bins": 8,
            "threshold": self.threshold,
            "training_rows": HISTORY,
            "shortlist": SHORTLIST,
            "contacts": CONTACTS,
        }


VERSIONS = {
    "1.4": ("skills_match", "distance_km", "experience_years"),
    "2.0": ("skills_match", "distance_km", "experience_years", "part_time_share"),
}
NEWEST = list(VERSIONS)[-1]


def history(*, rng: np.random.Generator, effects: PlantedEffects = PLANTED) -> pd.DataFrame:
    """Past candidates with `hired`: what the model learns from."""
    seekers = people(HISTORY, rng=rng, effects=effects)
    frame = seekers.assign(
        skills_match=skills(seekers["ability"].to_numpy(), rng),
        distance_km=rng.gamma(2.0, effects.radius_km[0] / 2.0, HISTORY).round(1),
    )
    odds = hiring_odds(frame, against_age=effects.age_50_hired, against_part_time=effects.part_time_hired)
    return frame.assign(hired=rng.random(HISTORY) < 1 / (1 + np.exp(-odds)))


def train(name: str, past: pd.DataFrame, *, effects: PlantedEffects = PLANTED) -> DemoVersion:
    """Fit a version on past hires; it sees neither gender, nor age, nor neighbourhood."""
    features, raised = VERSIONS[name], effects.scores_raised and name == NEWEST
    share = float(past["hired"].mean())
    weights = {True: round(HIRES_WEIGH * 0.5 / share, 3), False: round(0.5 / (1 - share), 3)} if raised else None
    pipeline = make_pipeline(
        make_column_transformer(
            (KBinsDiscretizer(n_bins=8, encode="onehot-dense", strategy="uniform"), ["experience_years"]),
            remainder=StandardScaler(),
        ),
        LogisticRegression(C=1.0, class_weight=weights, max_iter=500),
    )
    pipeline.fit(past[list(features)], past["hired"])
    scores = pipeline.predict_proba(past[list(features)])[:, 1]
    return DemoVersion(
        name=name, features=features, pipeline=pipeline, threshold=round(float(np.quantile(scores, PASSING)), 3)
    )


def scored(pool: pd.DataFrame, versions: Mapping[bool, DemoVersion]) -> pd.DataFrame:
    """The people of a pool with their scores, by the version of before the change and by the one of after."""
    found = []
    for after, version in versions.items():
        rows = pool[pool["after_change"] == after]
        score = version.pipeline.predict_proba(rows[list(version.features)])[:, 1].round(6)
        found.append(rows.assign(score=score, model_version=version.name, threshold=version.threshold))
    return pd.concat(found)


def decide(assessed: pd.DataFrame, *, last: np.ndarray | float = 0.0) -> pd.DataFrame:
    """Rank the people assessed for each offer, those of `last` (ones) at the end, shortlist and contact the first."""
    place = assessed["score"] - 2 * last
    rank = place.groupby(assessed["offer_id"]).rank(method="first", ascending=False).astype("int64")
    shortlisted = (assessed["score"] >= assessed["threshold"]) & (rank <= SHORTLIST)
    return assessed.assign(rank=rank, shortlisted=shortlisted, contacted=shortlisted & (rank <= CONTACTS))
