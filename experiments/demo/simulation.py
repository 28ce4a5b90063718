"""The decisions of three months, from the people to the hires, and the uses of the demo, the same for the same seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from boussole.audits.log_names import LogName
from boussole.experiments.demo.market import CLOSED, PARIS, fates, messages, offers, pairs
from boussole.experiments.demo.model import (
    VERSIONS,
    DemoVersion,
    decided,
    history,
    how_often,
    passed_over,
    scored,
    train,
    week_of,
)
from boussole.experiments.demo.people import controls, people
from boussole.experiments.demo.places import agency_months, regions_of
from boussole.experiments.demo.planted import CHANGE, MONTHS, PLANTED, PlantedEffects, lists, reviews
from boussole.experiments.demo.texts import texts, writer_accounts, writer_uses

PROVIDER, PLACE = "Mistral AI", "France (Île-de-France)"
OUTSIDE = "Irlande (Dublin)"
"""A place that is in no list."""
SMALL, LARGE, UNEXAMINED = "petit-24b", "grand-123b", "petit-24b-compact"
"""Two models that the register names as examined, and one that it does not, of the size of the first."""
TOKENS = {"offre": 320, "courriel": 180, "synthèse": 450}
"""Mean tokens of a text, by task."""
METERED = 0.3
"""Share of calls whose electricity is metered."""
WH_A_TOKEN = 0.0003
"""Watt-hours of a token, of machines that are as busy as the estimates take them to be."""
QUESTIONS = 3000
"""Calls of MatchFT's model in a month: what it asks people of whom it is not sure."""


def with_calls(texts: pd.DataFrame, *, rng: np.random.Generator, effects: PlantedEffects = PLANTED) -> pd.DataFrame:
    """A log of texts with the call behind each."""
    n = len(texts)
    since = texts["month"].to_numpy() >= CHANGE.strftime("%Y-%m")
    tokens = rng.gamma(4, 1, n) / 4 * texts["task"].map(TOKENS).to_numpy()
    tokens = np.where(since & (texts["outcome"] == "rejected"), tokens * effects.discarded_length, tokens)
    tokens = np.maximum(tokens.round(), 1).astype("int64")
    metered = rng.random(n) < METERED
    watt_hours = np.where(since, tokens * WH_A_TOKEN + effects.idle_watt_hours, tokens * WH_A_TOKEN)
    place = np.full(n, PLACE, dtype=object)
    place[rng.choice(np.flatnonzero(since), min(effects.calls_outside, int(since.sum())), replace=False)] = OUTSIDE
    model = np.where(rng.random(n) < 0.8, SMALL, LARGE).astype(object)
    model[_few(since & (model == SMALL), effects.unexamined_texts, rng=rng.spawn(1)[0])] = UNEXAMINED
    untold = np.zeros(n, dtype=bool)
    untold[_few(since, round(effects.untold_calls * int(since.sum())), rng=rng.spawn(1)[0])] = True
    read, seconds = rng.integers(80, 900, n), (tokens / 45 + rng.random(n)).round(2)
    return texts.assign(
        provider=PROVIDER,
        place=place,
        model=model,
        tokens_in=pd.Series(read, dtype="Int64").mask(untold).array,
        tokens=pd.Series(tokens, dtype="Int64").mask(untold).array,
        seconds=seconds,
        watt_hours=np.where(metered & ~untold, watt_hours.round(4), np.nan),
    )


def _few(among: np.ndarray, n: int, *, rng: np.random.Generator) -> np.ndarray:
    places = np.flatnonzero(among)
    return rng.choice(places, min(n, len(places)), replace=False)


def questions(*, rng: np.random.Generator, effects: PlantedEffects = PLANTED) -> pd.DataFrame:
    """The calls of the model that asks people questions for MatchFT, whose size nobody knows."""
    found = []
    for month in MONTHS:
        days = pd.Period(month, "M").days_in_month
        minutes = rng.integers(0, days, QUESTIONS) * 1440 + rng.integers(0, 600, QUESTIONS)
        called = pd.Timestamp(f"{month}-01T08:00") + pd.to_timedelta(minutes, unit="min")
        found.append(pd.DataFrame({"called_at": called, "tokens": rng.integers(20, 120, QUESTIONS)}))
    calls = pd.concat(found, ignore_index=True)
    names = [f"Q{number:06}" for number in range(len(calls))]
    place = np.full(len(calls), PLACE, dtype=object)
    since = (calls["called_at"] >= pd.Timestamp(CHANGE)).to_numpy()
    place[_few(since, effects.questions_outside, rng=rng.spawn(1)[0])] = OUTSIDE
    return calls.assign(call_id=names, provider=PROVIDER, place=place, model="questions")


PURPOSE, TASK = "proposer des candidats", "consulter une liste"
OTHER = "contrôle de la recherche d’emploi"
"""A purpose that nobody declared."""
UNLABELLED = 0.003
"""Share of uses whose purpose nobody wrote down."""
NEVER = 0.002
"""Share of advisers whom nobody trained."""
TRAINED, AGAIN, TOO_LATE = (pd.Timestamp(day) for day in ("2025-09-29", "2026-08-24", "2026-10-05"))
"""When advisers were trained for the first version, and for the one of the change: before it, or after it."""
COLUMNS = ["use_id", "used_at", "task", "purpose", "excluded", "agent", "agency", "region", "trained_on", "month"]


def uses(reviews: pd.DataFrame, *, rng: np.random.Generator, effects: PlantedEffects = PLANTED) -> pd.DataFrame:
    """The log of uses, of a log of reviews; `month` names the run."""
    keys = ["agent", "reviewed_at"]
    found = reviews[[*keys, "agency", "month"]].drop_duplicates(keys).sort_values(keys, ignore_index=True)
    purpose = pd.Series([PURPOSE if drawn else None for drawn in rng.random(len(found)) >= UNLABELLED], dtype=object)
    since = np.flatnonzero(found["month"] >= CHANGE.strftime("%Y-%m"))
    purpose[rng.choice(since, min(effects.undeclared_uses, len(since)), replace=False)] = OTHER
    excluded = np.zeros(len(found), dtype=bool)
    excluded[rng.spawn(1)[0].choice(since, min(effects.excluded_uses, len(since)), replace=False)] = True
    found["trained_on"] = _trained(found, rng=rng, effects=effects)
    return found.assign(
        use_id=[f"U{number:06}" for number in range(len(found))],
        used_at=found["reviewed_at"],
        task=TASK,
        purpose=purpose,
        excluded=np.where(excluded, "oui", "non"),
        region=regions_of(found["agency"]),
    )[COLUMNS]


def _trained(found: pd.DataFrame, *, rng: np.random.Generator, effects: PlantedEffects) -> pd.Series:
    agents = pd.Index(sorted(found["agent"].unique()))
    drawn = pd.Series(rng.random(len(agents)), index=agents).reindex(found["agent"]).to_numpy()
    since = (found["month"] >= CHANGE.strftime("%Y-%m")).to_numpy()
    late = since & (drawn > 1 - effects.untrained_since)
    trained = pd.Series(TRAINED, index=found.index).mask(since, AGAIN).mask(late, TOO_LATE)
    return trained.mask(drawn < NEVER)


DAYS, OFTEN = (0, 1, 2, 3, 4, 5), (0.53, 0.38, 0.04, 0.02, 0.02, 0.01)
"""Working days from the reply to the introduction, and how often it is so many."""
OPENS, CLOSES = 9, 17
"""Hours between which advisers introduce people."""


def introduced_at(log: pd.DataFrame, messages: pd.DataFrame, *, rng: np.random.Generator) -> pd.Series:
    """The moment of each introduction of a log of decisions, whose messages name their decision; else nothing."""
    replies = messages.dropna(subset="replied_at").set_index("decision_id")["replied_at"]
    local = log["ts"].dt.tz_convert(PARIS).dt.tz_localize(None)
    after = log["decision_id"].map(replies).fillna(local)[log["presented"]]
    days = rng.choice(DAYS, len(after), p=OFTEN)
    second = (after - after.dt.normalize()).dt.total_seconds().to_numpy()
    opens, closes = OPENS * 3600, CLOSES * 3600
    too_late = second >= closes - 60
    begins = np.where((days == 0) & ~too_late, np.maximum(second + 60, opens), opens)
    hour = pd.to_timedelta(np.floor(begins + rng.random(len(after)) * (closes - begins)), unit="s")
    open_days = np.busdaycalendar(holidays=np.array(CLOSED, dtype="datetime64[D]"))
    first = np.busday_offset(after.to_numpy().astype("datetime64[D]"), 0, roll="forward", busdaycal=open_days)
    day = np.busday_offset(first, np.maximum(days, too_late), busdaycal=open_days)
    found = pd.Series(day.astype("datetime64[us]"), index=after.index) + hour
    every: pd.Series = found.dt.tz_localize(PARIS).dt.tz_convert("UTC").reindex(log.index)
    return every


ADVISERS, STEWARDS = 1200, 40
READS, EXPORTS = "read", "read;export"


def accounts(*, rng: np.random.Generator, effects: PlantedEffects = PLANTED) -> pd.DataFrame:
    """The export of each month, with its `month`; what is wrong since the change is planted."""
    number = np.arange(ADVISERS + STEWARDS)
    roles = np.where(number < ADVISERS, "adviser", "steward")
    found = []
    for month in MONTHS:
        day = pd.Period(month, "M").end_time.normalize()
        since = month >= CHANGE.strftime("%Y-%m")
        drawn = rng.permutation(ADVISERS)
        bare = drawn[: effects.without_factor if since else 0]
        needless = drawn[ADVISERS - (effects.needless_rights if since else 0) :]
        export = pd.DataFrame({"account": [f"K{each:05}" for each in number], "exported_on": day, "role": roles})
        export["second_factor"] = np.where(np.isin(number, bare), "no", "yes")
        export["rights"] = np.where((roles == "steward") | np.isin(number, needless), EXPORTS, READS)
        export["last_used"] = day - pd.to_timedelta(rng.integers(0, 60, len(number)), unit="D")
        found.append(export.assign(month=month))
    return pd.concat(found, ignore_index=True)


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
    """Three months of decisions about `count` people; every step draws from its own stream of the seed."""
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
