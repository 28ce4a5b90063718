"""What moved a system, from planted changes: the inputs, the groups, the world or the model, and none of the others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest

from audits.drift.compared import compared
from audits.drift.counts import Version, WindowCounts
from audits.drift.meaning import meaning_measures
from audits.drift.series import DriftSeries, Point
from audits.drift.shifts import shifts
from audits.measures import Counts, Floats
from audits.windows import Window
from charter.groups_over_time import Told, mix_measures
from dashboard.drifting.look import meaning_series
from dashboard.drifting.readings import GAPS, MEANING, SCORE, Level, Reading, meaning_reading, readings
from dashboard.drifting.summary import Summary, summary
from dashboard.words import speaker
from tests.written import sample

SYSTEM = sample(
    {
        "id": "id",
        "decided_at": "day",
        "decision": {"column": "chosen", "selected": [True]},
        "score": {"column": "score", "range": [0, 1]},
        "outcome": {
            "column": "y", "positive": [1], "matures_after_days": 30, "observed_for": "all", "absent": "missing"
        },
    },
    ("gender",),
    features=["first", "second"],
    windows={"audit": "month", "reference": "2026-01-01/2026-01-31"},
)  # fmt: skip
HALVES = [i / 2 for i in range(-5, 6)]
EDGES = {"score": [i / 20 for i in range(1, 20)], "first": HALVES, "second": HALVES}
SAYS = {
    "inputs": "the inputs changed",
    "groups": "the groups changed",
    "world": "the world changed (",
    "model": "the model changed",
}


@dataclass(frozen=True)
class World:
    """One month. `first`: the mean of an input; `odds`: what is added to the log-odds of the outcome of all,
    `tilt`: and for each log-odds; `weights` of the model: intercept, inputs, women."""

    first: float = 0.0
    women: float = 0.5
    odds: float = 0.0
    tilt: float = 0.0
    weights: tuple[float, float, float, float] = (0.0, 1.0, 0.8, 0.4)
    version: str = "1"
    n: int = 6000
    known: bool = True


TRUE = World().weights


@dataclass(frozen=True)
class Month:
    """What a month holds, as cubes count it."""

    bins: dict[str, list[int]]
    everybody: Counts
    by_score: Counts
    told: Told


def logit(weights: Sequence[float], *inputs: Floats) -> Floats:
    return np.asarray(weights[0] + sum(w * x for w, x in zip(weights[1:], inputs, strict=True)), dtype=np.float64)


def drawn(world: World, random: np.random.Generator) -> Month:
    women = random.random(world.n) < world.women
    first, second = random.normal(world.first, 1, world.n), random.normal(0, 1, world.n)
    truth = logit(TRUE, first, second, women)
    chance = 1 / (1 + np.exp(-truth - world.odds - world.tilt * truth))
    came = (random.random(world.n) < chance).astype(int) if world.known else np.full(world.n, 2)
    score = 1 / (1 + np.exp(-logit(world.weights, first, second, women)))
    decided = (score >= 0.5).astype(int)
    by_score = np.zeros((101, 1, 2, 3), dtype=np.int64)
    np.add.at(by_score, ((score * 100).astype(int), 0, decided, came), 1)
    everybody = np.zeros((40, 2, 3), dtype=np.int64)
    everybody[0] = by_score.sum(axis=(0, 1))
    columns = {"score": score, "first": first, "second": second}
    bins = {
        name: np.bincount(np.searchsorted(EDGES[name], x, side="right"), minlength=len(EDGES[name]) + 2).tolist()
        for name, x in columns.items()
    }
    groups = {"gender": {"F": int(women.sum()), "M": int((~women).sum())}}
    return Month(bins, everybody, by_score, Told(entry=1, decisions=world.n, groups=groups, expired=frozenset()))


def month(at: int) -> Window:
    return Window(dt.date(2026, at + 1, 1), dt.date(2026, at + 2, 1) - dt.timedelta(days=1))


def said(worlds: Sequence[World], seed: int, lang: str = "en", *, audited: bool = True) -> Summary:
    """What the page says of months, the first of which is the reference; of groups where they were `audited`."""
    random = np.random.default_rng(seed)
    held = [drawn(world, random) for world in worlds]
    windows = {month(at): at for at in range(len(held))}
    bins = {name: np.array([each.bins[name] for each in held]) for name in EDGES}
    everybody = np.array([each.everybody for each in held])
    counts = WindowCounts(windows=windows, everybody=everybody, edges=EDGES, bins=bins)
    points = [Point(window=month(0), against=month(0), decisions=worlds[0].n, reason="is_reference", measures=[])]
    for at in range(1, len(held)):
        due = None if worlds[at].known else dt.date(2027, 1, 1)
        measures = [
            *compared(counts, (month(0), month(at)), SYSTEM, as_of=dt.date(2026, 12, 31)),
            *meaning_measures(held[0].by_score, held[at].by_score, clustered=False, fewest=11, readable_from=due),
            *mix_measures(held[0].told, held[at].told if audited else None, SYSTEM, design_effect=1.0),
        ]
        points.append(Point(window=month(at), against=month(0), decisions=worlds[at].n, reason=None, measures=measures))
    series = DriftSeries(
        system=SYSTEM,
        step="month",
        against="reference",
        points=points,
        columns=list(EDGES),
        empty=[],
        versions=versions(worlds),
        unfinished=False,
    )
    found = shifts(meaning_series(points))
    read = [readings(point, {SCORE: Level(), "": Level()}) | {GAPS: Reading()} for point in points]
    read = [
        each | {MEANING: meaning_reading(each[MEANING], point.window, found)}
        for each, point in zip(read, points, strict=True)
    ]
    return summary(series, read, [], speaker(lang))


def versions(worlds: Sequence[World]) -> list[Version]:
    """The months in which each decides, but for those without a name."""
    names = [name for name in dict.fromkeys(world.version for world in worlds) if name]
    months = {name: [month(at) for at, world in enumerate(worlds) if world.version == name] for name in names}
    return [Version(name=name, first=each[0].start, last=each[-1].end) for name, each in months.items()]


def causes_in(told: Summary) -> set[str]:
    return {cause for cause, words in SAYS.items() if words in told.headline}


USUAL = World()
NEW_MODEL = replace(USUAL, weights=(0.9, 0.5, 1.6, 0.0))
PLANTED = {
    "nothing": (USUAL, set()),
    "inputs": (replace(USUAL, first=0.8), {"inputs"}),
    "groups": (replace(USUAL, women=0.8), {"groups"}),
    "world": (replace(USUAL, odds=-0.7), {"world"}),
    "world, tilted": (replace(USUAL, tilt=-0.5), {"world"}),
    "model, declared": (replace(NEW_MODEL, version="2"), {"model"}),
    "model, not declared": (NEW_MODEL, {"model"}),
    "inputs and world": (replace(USUAL, first=0.8, odds=-0.7), {"inputs", "world"}),
    "groups and model": (replace(NEW_MODEL, women=0.8, version="2"), {"groups", "model"}),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_each_planted_change_leads_to_its_clause_and_to_no_other(planted: str) -> None:
    world, expected = PLANTED[planted]
    for seed in range(25):
        assert causes_in(said([USUAL, world], seed)) == expected, seed


def test_a_model_that_nobody_declared_is_said_with_what_else_it_may_be() -> None:
    told = said([USUAL, NEW_MODEL], 1)
    assert told.headline.startswith(
        "February 2026 compared with January 2026: the model changed, or an input that nobody watches (the scores "
        "moved, nothing watched did)"
    )
    assert "That came with another model: whether the world changed too, these figures do not tell." in told.more
    declared = said([USUAL, replace(NEW_MODEL, version="2")], 1)
    assert "the model changed (the scores moved when version 2 came)" in declared.headline


def test_where_nobody_knows_whether_the_groups_moved_neither_model_nor_world_is_accused() -> None:
    told = said([USUAL, NEW_MODEL], 1, audited=False)
    assert causes_in(told) == set()
    assert "the same scores no longer mean what they meant (the model or the world changed)" in told.headline
    assert "the scores changed" in told.headline
    assert causes_in(said([USUAL, replace(USUAL, odds=-0.7)], 1, audited=False)) == {"world"}


def test_a_version_that_came_after_the_scores_moved_is_not_accused() -> None:
    """The inputs moved the scores in February; in March another version came that scores alike."""
    moved = replace(USUAL, first=0.8)
    told = said([USUAL, moved, replace(moved, version="2")], 3)
    assert causes_in(told) == {"inputs"}
    assert causes_in(said([USUAL, replace(USUAL, version="2")], 3)) == set()
    quiet = said([USUAL, replace(USUAL, version="2")], 3)
    assert "Version 2 of the model came meanwhile; the scores did not move with it." in quiet.more


def test_under_a_model_that_had_kept_its_meaning_the_world_may_change() -> None:
    told = said([USUAL, replace(USUAL, version="2"), replace(USUAL, version="2", odds=-0.7)], 4)
    assert causes_in(told) == {"world"}


def test_the_world_is_told_of_the_last_month_whose_outcomes_are_due() -> None:
    other = replace(USUAL, odds=-0.7)
    told = said([USUAL, other, replace(other, known=False)], 5)
    assert told.headline == (
        "March 2026 compared with January 2026: the world changed (February 2026, of which outcomes are known last)."
    )
    assert told.tone == "watch"
    assert any("at the same scores it would have been for" in line for line in told.more)
    assert "So it has been since February 2026." not in told.more
    longer = said([USUAL, other, other, replace(other, known=False)], 5)
    assert "So it has been since February 2026." in longer.more
    assert "le monde a changé" in said([USUAL, other], 5, "fr").headline


def test_a_small_change_is_found_by_all_months_together() -> None:
    """By .25 of the log-odds among 3,000: single months seldom tell, three of them do."""
    usual, other = replace(USUAL, n=20_000), replace(USUAL, n=3000, odds=-0.25)
    alone, together = (
        sum("world" in causes_in(said(worlds, seed)) for seed in range(20))
        for worlds in ([usual, other], [usual, *[replace(usual, n=3000)] * 3, *[other] * 3])
    )
    assert alone < together
    assert together >= 15


@pytest.mark.slow
def test_a_steady_year_seldom_accuses_the_world() -> None:
    """Ten months whose inputs wander: in fewer than one year in fifty, as the level of a tenth keeps chance away."""
    random = np.random.default_rng(8)
    accused = 0
    for seed in range(300):
        worlds = [
            replace(USUAL, n=2000),
            *[replace(USUAL, n=800, first=float(random.normal(0, 0.3))) for _ in range(10)],
        ]
        accused += "world" in causes_in(said(worlds, seed))
    assert accused < 6
