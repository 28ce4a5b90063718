"""What moved a system, from planted changes: the inputs, the groups, the world or the model, and none of the others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from boussole.audits.drift.compared import compared
from boussole.audits.drift.counts import VersionDays, WindowCounts
from boussole.audits.drift.meaning import meaning_measures
from boussole.audits.drift.series import DriftSeries, Point
from boussole.audits.drift.shifts import shifts
from boussole.audits.measures import Counts
from boussole.audits.parts import Floats
from boussole.audits.systems.model import System
from boussole.audits.windows import Window
from boussole.charter.drift.groups import GroupSizes, mix_measures
from boussole.charter.drift.rule import SCORE
from boussole.charter.drift.system_drift import (
    GAPS,
    MEANING,
    THEMES,
    ThemeReading,
    meaning_reading,
    meaning_series,
    readings,
)
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.views.drift.summary import DriftSummary, summary
from tests.written import drift_rule, sample

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
RULE = drift_rule()
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
    """One month: means (`first`), log-odds of outcomes (`odds`, `tilt`), model `weights`, and which version decides."""

    first: float = 0.0
    women: float = 0.5
    odds: float = 0.0
    tilt: float = 0.0
    weights: tuple[float, float, float, float] = (0.0, 1.0, 0.8, 0.4)
    version: str = "1"
    deciding: Mapping[str, float] | None = None
    together: float = 0.0
    n: int = 6000
    known: bool = True


TRUE = World().weights


@dataclass(frozen=True)
class Month:
    """What a month holds, as cubes count it."""

    bins: dict[str, list[int]]
    everybody: Counts
    by_score: Counts
    told: GroupSizes


def logit(weights: Sequence[float], *inputs: Floats) -> Floats:
    return np.asarray(weights[0] + sum(w * x for w, x in zip(weights[1:], inputs, strict=True)), dtype=np.float64)


def drawn(world: World, random: np.random.Generator) -> Month:
    women = random.random(world.n) < world.women
    first, second = random.normal(0, 1, (2, world.n))
    second = world.together * first + (1 - world.together**2) ** 0.5 * second
    first = first + world.first
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
    return Month(bins, everybody, by_score, GroupSizes(decisions=world.n, groups=groups, expired=frozenset()))


def month(at: int) -> Window:
    return Window(dt.date(2026, at + 1, 1), dt.date(2026, at + 2, 1) - dt.timedelta(days=1))


def series_of(points: list[Point], **more: Any) -> DriftSeries:
    known = {"system": SYSTEM, "step": "month", "against": "reference", "versions": [], "unfinished": False}
    return DriftSeries(points=points, columns=list(EDGES), empty=[], **(known | more))


def said(
    worlds: Sequence[World],
    seed: int,
    lang: str = "en",
    *,
    audited: bool = True,
    system: System = SYSTEM,
    previous: bool = False,
) -> DriftSummary:
    """What the page says of months, the first of which is the reference; `previous`: each beside the one before."""
    random = np.random.default_rng(seed)
    held = [drawn(world, random) for world in worlds]
    windows = {month(at): at for at in range(len(held))}
    bins = {name: np.array([each.bins[name] for each in held]) for name in EDGES}
    everybody = np.array([each.everybody for each in held])
    counts = WindowCounts(windows=windows, everybody=everybody, edges=EDGES, bins=bins)
    points = [Point(window=month(0), against=month(0), decisions=worlds[0].n, reason="is_reference", measures=[])]
    for at in range(1, len(held)):
        due, old = None if worlds[at].known else dt.date(2027, 1, 1), at - 1 if previous else 0
        measures = [
            *compared(counts, (month(old), month(at)), system, as_of=dt.date(2026, 12, 31)),
            *meaning_measures(held[old].by_score, held[at].by_score, clustered=False, fewest=11, readable_from=due),
            *mix_measures(held[old].told, held[at].told if audited else None, system, design_effect=1.0),
        ]
        points.append(
            Point(window=month(at), against=month(old), decisions=worlds[at].n, reason=None, measures=measures)
        )
    series = series_of(
        points,
        system=system,
        against="previous" if previous else "reference",
        versions=versions(worlds),
        deciding={month(at): deciding(world) for at, world in enumerate(worlds)},
    )
    found = [] if previous else shifts(meaning_series(points), rate=RULE.of_shifts)
    read = [readings(point, RULE) | {GAPS: ThemeReading()} for point in points]
    read = [
        each | {MEANING: meaning_reading(each[MEANING], point, found, RULE)}
        for each, point in zip(read, points, strict=True)
    ]
    return summary(series, read, [], speaker(lang))


@pytest.mark.parametrize(
    ("reasons", "why"),
    [
        ({}, "We cannot tell about the scores: the data do not suffice to say whether the level is passed."),
        ({"x": "no_values"}, "We cannot tell about the scores: a column has no value in one of the periods."),
    ],
)
def test_what_nobody_can_tell_is_told_with_its_own_reason(reasons: dict[str, str], why: str) -> None:
    read = dict.fromkeys(THEMES, ThemeReading(state="kept")) | {SCORE: ThemeReading(state="unknown", reasons=reasons)}
    points = [Point(window=month(1), against=month(0), decisions=9_999, reason=None, measures=[])]
    assert summary(series_of(points), [read], [], speaker("en")).more[-1] == why


def versions(worlds: Sequence[World]) -> list[VersionDays]:
    """The months in which each decides, but for those without a name."""
    names = list(dict.fromkeys(name for world in worlds for name in deciding(world)))
    months = {name: [month(at) for at, world in enumerate(worlds) if name in deciding(world)] for name in names}
    return [VersionDays(name=name, first=each[0].start, last=each[-1].end) for name, each in months.items()]


def deciding(world: World) -> Mapping[str, float]:
    """Which share each version decides."""
    if world.deciding is not None:
        return world.deciding
    return {world.version: 1.0} if world.version else {}


def causes_in(told: DriftSummary) -> set[str]:
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


@pytest.mark.costly
@pytest.mark.parametrize("planted", PLANTED)
def test_each_planted_change_leads_to_its_clause_and_to_no_other(planted: str) -> None:
    world, expected = PLANTED[planted]
    for seed in range(25):
        assert causes_in(said([USUAL, world], seed)) == expected, seed


def test_a_model_that_nobody_declared_is_said_with_what_else_it_may_be() -> None:
    told = said([USUAL, NEW_MODEL], 1)
    assert told.headline.startswith(
        "February 2026 compared with January 2026: the model changed, or an input that nobody watches, or how "
        "inputs go together (the scores moved, nothing watched did by itself)"
    )
    assert "the same scores no longer mean what they meant (the model or the world changed)" in told.headline
    assert "That came with another model: whether the world changed too, these figures do not tell." not in told.more
    declared = said([USUAL, replace(NEW_MODEL, version="2")], 1)
    assert "the model changed (the scores moved when version 2 came)" in declared.headline
    assert "That came with another model: whether the world changed too, these figures do not tell." in declared.more


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
    quiet = said([USUAL, replace(USUAL, version="2")], 3)
    assert causes_in(quiet) == set()
    assert "Version 2 of the model came meanwhile; the scores did not move with it." in quiet.more
    later = [USUAL, replace(USUAL, version="2"), replace(USUAL, version="2", odds=-0.7)]
    assert causes_in(said(later, 4)) == {"world"}, "under a model that had kept its meaning"


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


@pytest.mark.costly
def test_a_small_change_is_found_by_all_months_together() -> None:
    """By .25 of the log-odds among 3,000: single months seldom tell, three of them do."""
    usual, other = replace(USUAL, n=20_000), replace(USUAL, n=3000, odds=-0.25)
    alone, together = (
        sum("world" in causes_in(said(worlds, seed)) for seed in range(20))
        for worlds in ([usual, other], [usual, *[replace(usual, n=3000)] * 3, *[other] * 3])
    )
    assert alone < together
    assert together >= 15


@pytest.mark.costly
def test_a_world_that_came_back_is_no_longer_accused() -> None:
    other = replace(USUAL, odds=-0.7)
    for months in (1, 2, 4):
        for seed in range(5):
            assert causes_in(said([USUAL, *[other] * 5, *[USUAL] * months], seed)) == set(), (months, seed)
    assert causes_in(said([USUAL, *[USUAL] * 5, *[other] * 2], 1)) == {"world"}


def test_a_model_tried_on_a_few_before_it_decided_alone_is_the_model_and_not_the_world() -> None:
    """In the reference month it decided two cases of a hundred; or it came little by little."""
    tried = replace(USUAL, deciding={"1": 0.98, "2": 0.02})
    calibrated = replace(USUAL, version="2", odds=-0.7)
    for worlds in ([tried, calibrated], [USUAL, tried, calibrated], [tried, tried, calibrated]):
        told = said(worlds, 2)
        assert causes_in(told) == {"model"}, told
        assert "That came with another model: whether the world changed too, these figures do not tell." in told.more
    assert "version 2 came" in said([tried, replace(NEW_MODEL, version="2")], 2).headline
    few = replace(USUAL, odds=-0.7, deciding={"1": 0.999, "2": 0.001})
    assert causes_in(said([USUAL, few], 2)) == {"world"}, "and it is not accused of what the world did"


def test_beside_the_month_before_a_model_that_comes_back_is_the_model_and_not_the_world() -> None:
    other = replace(USUAL, version="2", odds=-0.7)
    # Then: the world changed in February; in March a version came whose scores mean something else.
    for worlds in ([other, USUAL], [replace(USUAL, odds=-0.7), replace(USUAL, odds=-1.4, version="2")]):
        assert causes_in(said([USUAL, *worlds], 2, previous=True)) == {"model"}


def test_inputs_that_go_together_as_never_before_are_named_as_a_cause() -> None:
    """Each input lies as before, the model and the world are the same; all scores are farther apart."""
    told = said([replace(USUAL, n=60_000), replace(USUAL, n=60_000, together=0.98)], 2)
    assert "the inputs changed" not in told.headline
    assert "or how inputs go together (the scores moved, nothing watched did by itself)" in told.headline


def test_where_outcomes_are_those_of_the_selected_whom_people_select_is_named_too() -> None:
    outcome = SYSTEM.log.outcome
    assert outcome is not None
    log = SYSTEM.log.model_copy(update={"outcome": outcome.model_copy(update={"observed_for": "selected"})})
    system = SYSTEM.model_copy(update={"columns": log})
    other = replace(USUAL, odds=-0.7)
    told = said([USUAL, other], 2, system=system)
    assert "the world changed, or whom people select at the same scores" in told.headline
    later = said([USUAL, other, replace(other, known=False)], 2, system=system)
    assert "at the same scores (February 2026, of which outcomes are known last)" in later.headline
    assert "ou le choix des personnes à scores égaux" in said([USUAL, other], 2, "fr", system=system).headline


def test_a_log_that_names_no_version_leaves_the_model_open() -> None:
    """The inputs moved the scores, and the same scores mean something else: a new model may have done both."""
    nameless = replace(USUAL, version="")
    told = said([nameless, replace(nameless, odds=-0.7)], 2)
    assert causes_in(told) == {"world"}
    assert "The log does not name the version of the model: that it stayed the same is taken for granted." in told.more
    told = said([nameless, replace(nameless, odds=-0.7, first=0.8)], 2)
    assert causes_in(told) == {"inputs"}
    assert "the same scores no longer mean what they meant (the model or the world changed)" in told.headline


def test_the_month_whose_outcomes_are_known_last_is_named_whatever_changed() -> None:
    moved = replace(USUAL, odds=-0.7, version="2")
    told = said([USUAL, moved, replace(moved, known=False)], 2)
    assert "(its scores mean something else: February 2026, of which outcomes are known last)" in told.headline
    told = said([USUAL, NEW_MODEL, replace(NEW_MODEL, known=False)], 1, audited=False)
    assert "(the model or the world changed: February 2026, of which outcomes are known last)" in told.headline


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
