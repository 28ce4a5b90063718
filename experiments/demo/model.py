"""The matching model, trained on invented past hires with the planted bias, and what it decides week by week."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import KBinsDiscretizer, StandardScaler

from boussole.experiments.demo.market import CONTACTS, PARIS, POOL, SHORTLIST, hiring_odds, outcomes, skills, today_odds
from boussole.experiments.demo.people import people
from boussole.experiments.demo.planted import CORRECTED, PLANTED, PlantedEffects

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


PLACE = ["rank", "shortlisted", "contacted"]
"""What somebody else gets in their place."""
YOUNG = 25
"""The first age that is not passed over."""


FEW = 2
"""On at most so many lists would they be who are passed over."""


def passed_over(
    seekers: pd.DataFrame, *, often: Mapping[str, int], rng: np.random.Generator, effects: PlantedEffects = PLANTED
) -> frozenset[str]:
    """Who is passed over, of those who would be on one list or two; `often`: on how many each person would be."""
    young = seekers.loc[seekers["age"] < YOUNG, "person_id"].to_numpy()
    few = np.array([1 <= often.get(each, 0) <= FEW for each in young], dtype=bool)
    return frozenset(young[few & (rng.random(len(young)) < effects.forgotten_young)])


def forget(log: pd.DataFrame, *, over: frozenset[str], often: Mapping[str, int]) -> pd.DataFrame:
    """The decisions with the people of `over` passed over where a similar person of their pool takes their place.

    Figures by age stay as they were, so that only a count by person shows it. `often`: on how many lists each is.
    """
    young, forgotten = (log["age"] < YOUNG).to_numpy(), log["person_id"].isin(over).to_numpy()
    sex, times = log["gender"].to_numpy(), log["person_id"].map(often).fillna(0).to_numpy()
    order, listed = np.arange(len(log)), log["shortlisted"].to_numpy().copy()
    rows_of = log.assign(at=order)[young].groupby("offer_id", sort=False)["at"].agg(list)
    hit = forgotten & listed
    for offer, first in zip(log.loc[hit, "offer_id"], order[hit], strict=True):
        alike = [at for at in rows_of[offer] if not forgotten[at] and not listed[at] and times[at]]
        if alike:
            other = max(alike, key=lambda at: (sex[at] == sex[first], times[at]))
            order[[first, other]], listed[[first, other]] = order[[other, first]], (False, True)
    places = log[PLACE].iloc[order].set_axis(log.index)
    return log.assign(**{name: places[name] for name in PLACE})


def lowered(log: pd.DataFrame, *, rng: np.random.Generator, effects: PlantedEffects = PLANTED) -> pd.DataFrame:
    """The decisions with people of a priority neighbourhood put last of those contacted, since the change."""
    contacted = log["contacted"]
    chosen = contacted & log["after_change"] & log["qpv"].eq("yes") & (rng.random(len(log)) < effects.qpv_lower)
    place = (log["rank"] + len(log) * chosen)[contacted]
    ranks = place.groupby(log.loc[contacted, "offer_id"]).rank(method="first").astype("int64")
    return log.assign(rank=ranks.reindex(log.index).fillna(log["rank"]).astype("int64"))


SENIOR = 50


def swaps(
    log: pd.DataFrame, lists: Collection[str], *, rng: np.random.Generator, effects: PlantedEffects = PLANTED
) -> pd.DataFrame:
    """Of each list that is changed, the proposal of somebody who is taken out (`kept` False) and of the one put in."""
    pool = log[log["offer_id"].isin(lists)]
    planted = pool["ts"].dt.strftime("%Y-%m").eq(CORRECTED) & (rng.random(len(pool)) < effects.age_50_taken_out)
    senior = (pool["age"] >= SENIOR) & planted
    odds = today_odds(pool, effects)
    order = pool.assign(drawn=rng.random(len(pool)), first=senior, last=senior, odds=odds)
    out = order[order["contacted"]].sort_values(["offer_id", "first", "drawn"], ascending=[True, False, True])
    out = out.drop_duplicates("offer_id").assign(kept=False)
    others = order[~order["contacted"]].sort_values(["offer_id", "last", "drawn"]).groupby("offer_id").head(3)
    into = others.sort_values(["offer_id", "last", "odds"], ascending=[True, True, False])
    into = into.drop_duplicates("offer_id").assign(kept=True)
    columns = [*(["decision_id"] if "decision_id" in log else []), "offer_id", "ts", "contacted", "kept"]
    return pd.concat([out[columns], into[columns]])


def late_outcomes(log: pd.DataFrame, corrected: pd.DataFrame, *, working: Collection[str]) -> pd.DataFrame:
    """What becomes of those put in, all of whom get to the employer; who is `working` already is not hired again."""
    put_in = log.loc[corrected.index[corrected["kept"]], ["person_id", "wanted", "ts"]]
    wanted = (put_in["wanted"] > 0) & ~put_in["person_id"].isin(working)
    hired = wanted & ~put_in["person_id"].where(wanted).duplicated()
    return put_in.assign(hired=hired, month=put_in["ts"].dt.strftime("%Y-%m"))[["person_id", "hired", "month"]]


@dataclass(frozen=True, kw_only=True)
class Decided:
    """What the tool decided, what advisers corrected in it, and what became of those whom they put in."""

    log: pd.DataFrame
    corrected: pd.DataFrame
    late: pd.DataFrame


def week_of(moments: pd.Series) -> pd.Series:
    """The ISO week of each moment."""
    code, hours = pd.factorize(moments.dt.floor("h"))  # a name is made once an hour, and not a row
    names = pd.DatetimeIndex(hours).tz_convert(PARIS).strftime("%G-W%V")
    return pd.Series(names.to_numpy()[code], index=moments.index)


def decided(
    pool: pd.DataFrame,
    *,
    changed: frozenset[str],
    over: frozenset[str],
    often: Mapping[str, int],
    rng: np.random.Generator,
    effects: PlantedEffects = PLANTED,
) -> Decided:
    """The decisions about a pool of people with scores and fates, in the order of its offers."""
    planting = rng.spawn(1)[0]
    working: set[str] = set()
    silent: set[str] = set()
    found: list[Decided] = []
    for _, week in pool.groupby(week_of(pool["ts"]), sort=True):
        here = week[~week["person_id"].isin(working)].groupby("offer_id").head(POOL)
        put_last = here["person_id"].isin(silent) & here["after_change"]
        put_last &= planting.random(len(here)) < effects.silent_left_out
        placed = forget(decide(here, last=put_last.to_numpy(dtype=float)), over=over, often=often)
        log = outcomes(lowered(placed, rng=planting, effects=effects))
        silent -= set(log.loc[log["replied"], "person_id"])
        silent |= set(log.loc[log["contacted"] & ~log["replied"], "person_id"])
        working |= set(log.loc[log["hired"].fillna(False).astype(bool), "person_id"])
        corrected = swaps(log, changed, rng=rng, effects=effects)
        late = late_outcomes(log, corrected, working=working)
        working |= set(late.loc[late["hired"], "person_id"])
        found.append(Decided(log=log, corrected=corrected, late=late))
    return Decided(
        log=pd.concat([each.log for each in found]),
        corrected=pd.concat([each.corrected for each in found]),
        late=pd.concat([each.late for each in found]),
    )


def how_often(pool: pd.DataFrame) -> Mapping[str, int]:
    """On how many lists each person would be if nobody found work."""
    every = decide(pool.groupby("offer_id").head(POOL))
    counts = every.groupby("person_id")["shortlisted"].sum()
    return {str(person): int(count) for person, count in counts.items()}
