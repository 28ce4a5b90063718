"""The decisions of three months, from the people to the hires, the same for the same seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from boussole.audits.log_names import LogName
from boussole.experiments.demo.accounts import accounts
from boussole.experiments.demo.agencies import agency_months
from boussole.experiments.demo.calls import questions, with_calls
from boussole.experiments.demo.controls import controls
from boussole.experiments.demo.forgetting import passed_over
from boussole.experiments.demo.introductions import introduced_at
from boussole.experiments.demo.market import fates, offers, pairs
from boussole.experiments.demo.messages import messages
from boussole.experiments.demo.model import VERSIONS, DemoVersion, history, scored, train
from boussole.experiments.demo.people import people
from boussole.experiments.demo.planted import PLANTED, PlantedEffects
from boussole.experiments.demo.reviews import lists, reviews
from boussole.experiments.demo.texts import texts
from boussole.experiments.demo.uses import uses
from boussole.experiments.demo.weeks import decided, how_often, week_of
from boussole.experiments.demo.writers import writer_accounts, writer_uses

LOGGED = [
    "decision_id", "ts", "person_id", "offer_id", "agency", "model_version", "rome_family", "gender", "age", "qpv",
    "experience_years", "distance_km", "skills_match", "part_time_share", "score", "threshold", "rank",
    "shortlisted", "contacted", "replied", "presented", "hired", "presented_at",
]  # fmt: skip


STREAMS = 19
"""Every step draws from its own stream of the seed."""
Log = tuple[str, LogName, pd.DataFrame]
"""A system, the name of a log, and its rows."""


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """The logs as a data scientist would hold them, and the two versions that made them."""

    log: pd.DataFrame
    messages: pd.DataFrame
    """Messages to people, each with the run of its decision."""
    reviews: pd.DataFrame
    """What advisers decided, each with its month."""
    late: pd.DataFrame
    """What became of people whom advisers put in, each with the month of the review."""
    uses: pd.DataFrame
    """What advisers use it for, each with its month."""
    agencies: pd.DataFrame
    """Counts by agency and month."""
    texts: pd.DataFrame
    """Texts written with ChatFT and the calls behind them, each with its month."""
    questions: pd.DataFrame
    """Calls of the model that asks questions for MatchFT."""
    writers: Mapping[LogName, pd.DataFrame]
    """The uses and the accounts of ChatFT."""
    accounts: pd.DataFrame
    """Accounts that can reach the data, each export with its month."""
    controls: pd.DataFrame
    """Controls of people's search for work, each with its month."""
    versions: dict[str, DemoVersion]

    def exported(self) -> list[Log]:
        """What whoever runs the models exports, and who uses ChatFT."""
        questions: Log = ("matchft", "generations", self.questions)
        return [*written_logs(self.texts, self.writers), questions]

    def logged(self) -> list[Log]:
        """What a data scientist logs of MatchFT, as tables of their own."""
        months: dict[LogName, pd.DataFrame] = {
            "human_actions": self.reviews,
            "outcomes": self.late,
            "usage": self.uses,
            "accounts": self.accounts,
            "search_controls": self.controls,
        }
        decided: list[Log] = [("matchft", "decisions", self.log)]
        sent: Log = ("matchft", "contacts", self.messages.drop(columns="week"))
        dated: list[Log] = [("matchft", log, rows.drop(columns="month")) for log, rows in months.items()]
        return [*decided, sent, *dated, ("matchft", "agencies", self.agencies)]

    def weeks(self) -> dict[str, pd.DataFrame]:
        """The log cut by ISO week and model version: each piece is one run, under its name."""
        return {str(name): piece for name, piece in self.log.groupby(run_names(self.log))}


def run_names(log: pd.DataFrame) -> pd.Series:
    """The name of the run of each decision."""
    return "decisions " + week_of(log["ts"]) + ", version " + log["model_version"]


@dataclass(frozen=True, kw_only=True)
class Writing:
    """What ChatFT writes, and who uses it."""

    texts: pd.DataFrame
    writers: Mapping[LogName, pd.DataFrame]


def written_logs(texts: pd.DataFrame, writers: Mapping[LogName, pd.DataFrame]) -> list[Log]:
    """The logs of ChatFT."""
    every: dict[LogName, pd.DataFrame] = {"generations": texts, **writers}
    return [("chatft", log, rows.drop(columns="month")) for log, rows in every.items()]


def streams_of(seed: int) -> list[np.random.Generator]:
    """The stream of each step."""
    return [np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(STREAMS)]


def write(*, seed: int, effects: PlantedEffects = PLANTED, times: float = 1.0) -> Writing:
    """Three months of texts, of so many `times` those of the demo."""
    streams = streams_of(seed)
    written = texts(rng=streams[10], effects=effects, times=times)
    return Writing(
        texts=with_calls(written, rng=streams[11], effects=effects),
        writers={
            "usage": writer_uses(written, rng=streams[15], effects=effects),
            "accounts": writer_accounts(rng=streams[16], effects=effects),
        },
    )


def simulate(count: int, *, seed: int, effects: PlantedEffects = PLANTED) -> Simulation:
    """Three months of decisions about `count` people; every step draws from its own stream of the seed.

    `effects`: what is planted. How much ChatFT writes does not hang on how many people there are.
    """
    streams = streams_of(seed)
    past = history(rng=streams[0], effects=effects)
    versions = {name: train(name, past, effects=effects) for name in VERSIONS}
    seekers = people(count, rng=streams[1], effects=effects)
    posted = offers(seekers, rng=streams[2])
    before, after = (versions[name] for name in VERSIONS)
    pool = scored(pairs(seekers, posted, rng=streams[3], effects=effects), {False: before, True: after})
    assigned = lists(posted, rng=streams[6], effects=effects)
    fated = fates(pool, rng=streams[4], effects=effects)
    often = how_often(fated)
    found = decided(
        fated,
        changed=frozenset(assigned.loc[assigned["changed"], "offer_id"]),
        over=passed_over(seekers, often=often, rng=streams[13], effects=effects),
        often=often,
        rng=streams[17],
        effects=effects,
    )
    ids = pd.Series([f"D{number:07d}" for number in range(len(found.log))], index=found.log.index)
    log = found.log.assign(decision_id=ids)
    every = messages(log.assign(run=run_names(log)), rng=streams[5], effects=effects)
    log["presented_at"] = introduced_at(log, every, rng=streams[18])
    sent, log = every.drop(columns="decision_id"), log[LOGGED].reset_index(drop=True)
    reviewed = reviews(log, assigned, found.corrected.assign(decision_id=ids), rng=streams[6])
    written = write(seed=seed, effects=effects)
    return Simulation(
        log=log,
        messages=sent,
        reviews=reviewed,
        late=found.late.assign(decision_id=ids)[["decision_id", "hired", "month"]].reset_index(drop=True),
        uses=uses(reviewed, rng=streams[8], effects=effects),
        agencies=agency_months(rng=streams[7], effects=effects),
        texts=written.texts,
        writers=written.writers,
        questions=questions(rng=streams[12], effects=effects),
        accounts=accounts(rng=streams[9], effects=effects),
        controls=controls(seekers["person_id"], sent, rng=streams[14], effects=effects),
        versions=versions,
    )
