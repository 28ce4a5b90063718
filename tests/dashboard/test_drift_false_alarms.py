"""Steady systems are rarely said to have moved, in a year of looks at all their figures; what was planted is told."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from scipy.stats import beta

from boussole.audits.cubes.build import SCORE_BINS
from boussole.audits.cubes.values import Histogram, categories
from boussole.audits.drift.compared import DECISION, OUTCOME, ROLE
from boussole.audits.drift.meaning import meaning_measures
from boussole.audits.drift.measures import index_measures
from boussole.audits.drift.series import Point
from boussole.audits.drift.shifts import Series, Step, shifts
from boussole.audits.measures import NEGATIVE, POSITIVE, SELECTED, Counts, Measure
from boussole.audits.parts import Floats
from boussole.audits.systems.model import System
from boussole.audits.uncertainty.jackknife import cluster_size
from boussole.audits.windows import Window, reference_window
from boussole.charter.drift.groups import GroupSizes, mix_measures
from boussole.charter.drift.rule import rule_of
from boussole.charter.drift.system_drift import THEMES, meaning_series, readings
from boussole.charter.text.loading import load_charter
from tests.sparing import slow_case
from tests.written import sample

MONTHS, REFERENCE, BUCKETS = 36, 3, 40
"""Months of a history, the last twelve of which are looked at (so that each look knows the year before); those of its
reference."""
CHARTER = load_charter()
MOVED = ("watch", "broken")


@dataclass(frozen=True, kw_only=True)
class Planted:
    """What happens from a month on: so many `features` move by a PSI, the rate of the last group by a `ratio`."""

    month: int = MONTHS - 12
    features: int = 0
    psi: float = 0.0
    ratio: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A system: decisions a month, decisions about each person, groups of each attribute, features, and seasons."""

    decisions: int
    repeats: int = 1
    attributes: Sequence[int] = (2,)
    features: int = 3
    season: float = 0.0
    meaning: bool = False
    """Whether what became of people is held to what their scores meant."""
    churn: float = 1.0
    """Which share of the people of a month is new in the next; the others take decisions and scores with them."""
    planted: Planted = field(default_factory=Planted)

    @property
    def system(self) -> System:
        """Its system file."""
        names = [f"a{at}" for at in range(len(self.attributes))]
        columns = {
            "id": "id",
            "decided_at": "day",
            "decision": {"column": "chosen", "selected": [True]},
            "score": {"column": "score", "range": [0, 1]},
        }
        windows = {"audit": "month", "reference": f"{month(0).start}/{month(REFERENCE - 1).end}"}
        return sample(columns, names, features=[f"f{at}" for at in range(self.features)], windows=windows)


def month(at: int) -> Window:
    """A month, counted from the first."""
    start = dt.date(2024 + at // 12, at % 12 + 1, 1)
    after = dt.date(2024 + (at + 1) // 12, (at + 1) % 12 + 1, 1)
    return Window(start, after - dt.timedelta(days=1))


def any_shape(rng: np.random.Generator) -> Shape:
    """Small and large systems, of few and many columns, of people seen once or again and again."""
    return Shape(
        decisions=int(rng.choice([300, 1_000, 5_000, 50_000, 2_000_000])),
        repeats=int(rng.choice([1, 1, 2, 10])),
        attributes=tuple(int(n) for n in rng.integers(2, 7, int(rng.integers(1, 4)))),
        features=int(rng.choice([0, 2, 4, 8, 20], p=[0.1, 0.35, 0.3, 0.15, 0.1])),
        season=float(rng.choice([0.0, 0.0, 0.1])),
        meaning=bool(rng.random() < 0.4),
    )


@dataclass(frozen=True, kw_only=True)
class Alarms:
    """Of the looks of a year: the first month in which each was said to have moved, and what moved for good."""

    states: dict[str, int]
    series: dict[str, int]
    noticed: dict[str, int]

    @property
    def any(self) -> bool:
        """Whether anything was told."""
        return bool(self.states or self.series)


def year(shape: Shape, rng: np.random.Generator) -> Alarms:
    """A history of a system, the last year of which is looked at month by month."""
    drawn, rule = _Drawn(shape, rng), rule_of(CHARTER, shape.system, step="month")
    states: dict[str, int] = {}
    points = [drawn.point(at) for at in range(REFERENCE, MONTHS)]
    for at, point in list(enumerate(points, REFERENCE))[-12:]:
        for theme, reading in readings(point, rule).items():
            assert theme in THEMES
            for name, state in reading.states.items():
                if state in MOVED:
                    states.setdefault(f"{theme}/{name}", at)
    numbers = {month(at): at for at in range(MONTHS)}
    alike = drawn.alike()
    family = [replace(each, alike=alike) for each in (*drawn.series(), *meaning_series(points))]
    found = [each for each in shifts(family, rate=rule.of_shifts) if not each.seasonal]
    return Alarms(
        states=states,
        series={each.id: numbers[each.since] for each in found},
        noticed={each.id: numbers[each.noticed] for each in found},
    )


class _Drawn:
    """The counts of every month of one system."""

    def __init__(self, shape: Shape, rng: np.random.Generator) -> None:
        self.shape, self.rng, self.system = shape, rng, shape.system
        self.people = [max(int(rng.poisson(shape.decisions)) // shape.repeats, 40) for _ in range(MONTHS)]
        self.decisions = [people * shape.repeats for people in self.people]
        buckets = [rng.multinomial(people, [1 / BUCKETS] * BUCKETS) * shape.repeats for people in self.people]
        self.effects = [cluster_size(each) if shape.repeats > 1 else 1.0 for each in buckets]
        self.selected = self._kept(self._around(rng.uniform(0.1, 0.6)), self.people)
        self.positive = [
            self._part(n, rate) for n, rate in zip(self.selected, self._around(rng.uniform(0.2, 0.8)), strict=True)
        ]
        self.columns = {name: self._column(at) for at, name in enumerate(("score", *self.system.watched))}
        self.groups = [self._groups(groups, at) for at, groups in enumerate(shape.attributes)]
        self.scored = self._scored() if shape.meaning else []

    def _around(self, rate: float) -> list[float]:
        """A rate month by month, with its season."""
        wave = [1 + self.shape.season * math.sin(2 * math.pi * at / 12) for at in range(MONTHS)]
        return [min(rate * each, 0.97) for each in wave]

    def _part(self, of: int, rate: float) -> int:
        """How many of so many decisions: people are decided on alike each time."""
        return int(self.rng.binomial(of // self.shape.repeats, rate)) * self.shape.repeats

    def _kept(self, rates: Sequence[float], people: Sequence[int]) -> list[int]:
        """How many decisions of each month are favourable, where those who stay are decided on as before."""
        found, before = list[int](), None
        for rate, many in zip(rates, people, strict=True):
            k = int(self._month(np.array([many]), np.array([rate]), before)[0])
            before = np.array([[k], [many - k]])
            found.append(k * self.shape.repeats)
        return found

    def _month(self, people: Counts, rates: Floats, before: Counts | None) -> Counts:
        """Of so many people, who is decided on favourably; `before`: who was the month before, and who was not."""
        if before is None or self.shape.churn == 1:
            return self.rng.binomial(people, rates)
        stay = self.rng.binomial(before, 1 - self.shape.churn)
        room = people / np.maximum(stay.sum(axis=0), np.maximum(people, 1))
        stay = self.rng.binomial(stay, np.minimum(room, 1.0))
        return stay[0] + self.rng.binomial(np.maximum(people - stay.sum(axis=0), 0), rates)

    def _column(self, number: int) -> Counts:
        """Counts by bin, the missing last; (months, bins)."""
        bins = int(self.rng.integers(4, 13))
        shares, moved = self.rng.dirichlet([5.0] * bins), self.shape.planted
        tilt = np.linspace(-1, 1, bins)
        other = _by_psi(shares, moved.psi) if number < 1 + moved.features and number else shares
        rows = []
        for at, people in enumerate(self.people):
            now = other if at >= moved.month else shares
            now = now * (1 + self.shape.season * tilt * math.sin(2 * math.pi * at / 12))
            missing = self.rng.binomial(people, 0.02)
            rows.append([*self.rng.multinomial(people - missing, now / now.sum()), missing])
        return np.array(rows, dtype=np.int64) * self.shape.repeats

    def _groups(self, groups: int, number: int) -> Counts:
        """Selected and all of each group; (months, groups, 2)."""
        mix = self.rng.dirichlet([8.0] * groups)
        rates = self.rng.uniform(0.15, 0.5) * self.rng.uniform(0.8, 1.25, groups)
        found, before = list[Counts](), None
        for at, people in enumerate(self.people):
            now = rates * (1 + self.shape.season * math.sin(2 * math.pi * at / 12))
            if not number and at >= self.shape.planted.month:
                now[-1] *= self.shape.planted.ratio
            sizes = self.rng.multinomial(people, mix)
            chosen = self._month(sizes, np.minimum(now, 0.97), before)
            before = np.stack([chosen, np.maximum(sizes - chosen, 0)])
            found.append(np.stack([chosen, sizes], axis=1))
        return np.array(found, dtype=np.int64) * self.shape.repeats

    def alike(self) -> tuple[float, ...]:
        """How far months are alike, as buckets tell it (`drift.recurring`): to a few hundredths."""
        stay = 1 - self.shape.churn
        if not stay:
            return ()
        told = [stay**lag + 0.03 * float(self.rng.standard_normal()) for lag in range(1, 12)]
        return tuple(float(each) for each in np.minimum.accumulate(np.clip(told, 0.0, 1.0)))

    def point(self, at: int) -> Point:
        """A month beside the reference; of those that are not looked at, only what scores meant."""
        measures = [*self._meant(at), *(self._distances(at) if at >= MONTHS - 12 else [])]
        against = reference_window(self.system)
        return Point(window=month(at), against=against, decisions=self.decisions[at], reason=None, measures=measures)

    def _meant(self, at: int) -> list[Measure]:
        if not self.shape.meaning:
            return []
        reference = np.sum(self.scored[:REFERENCE], axis=0)
        return meaning_measures(reference, self.scored[at], clustered=self.shape.repeats > 1, fewest=11)

    def _scored(self) -> list[Counts]:
        """Of each month the selected by (bins of the score, buckets, decision, outcome)."""
        bins = np.arange(SCORE_BINS + 1) / SCORE_BINS
        shares = np.exp(-((bins - self.rng.uniform(0.3, 0.7)) ** 2) / 0.08)
        chance = np.clip(self.rng.uniform(0.6, 1.1) * bins + self.rng.uniform(-0.1, 0.2), 0.03, 0.97)
        places = BUCKETS if self.shape.repeats > 1 else 1
        found = []
        for at, selected in enumerate(self.selected):
            moved = shares * (1 + self.shape.season * (bins - 0.5) * math.sin(2 * math.pi * at / 12))
            people = self.rng.multinomial(selected // self.shape.repeats, moved / moved.sum())
            positive = self.rng.binomial(people, chance)
            counts = np.zeros((len(bins), places, 2, 3), dtype=np.int64)
            for outcome, many in ((NEGATIVE, people - positive), (POSITIVE, positive)):
                counts[:, :, SELECTED, outcome] = self.rng.multinomial(many, [1 / places] * places) * self.shape.repeats
            found.append(counts)
        return found

    def _distances(self, at: int) -> list[Measure]:
        effect = self.effects[at]
        measures: list[Measure] = []
        for name, counts in self.columns.items():
            sides = (tuple(int(n) for n in side) for side in (counts[:REFERENCE].sum(axis=0), counts[at]))
            histogram = Histogram(name, tuple(float(edge) for edge in range(counts.shape[1] - 2)), *sides)
            measures += index_measures(histogram.coarse(), design_effect=effect)
        for role, part, whole in ((DECISION, self.selected, self.decisions), (OUTCOME, self.positive, self.selected)):
            ends = [(sum(each[:REFERENCE]), each[at]) for each in (part, whole)]
            pairs = {"no": (ends[1][0] - ends[0][0], ends[1][1] - ends[0][1]), "yes": ends[0]}
            measures += index_measures(categories(ROLE, role, pairs), design_effect=effect)
        sides = self._told(slice(0, REFERENCE)), self._told(slice(at, at + 1))
        return [*measures, *mix_measures(*sides, self.system, design_effect=effect)]

    def _told(self, months: slice) -> GroupSizes:
        groups = {
            f"a{number}": {f"g{at}": int(n) for at, n in enumerate(counts[months, :, 1].sum(axis=0))}
            for number, counts in enumerate(self.groups)
        }
        return GroupSizes(decisions=sum(self.decisions[months]), groups=groups, expired=frozenset())

    def series(self) -> list[Series]:
        """What audits would tell: ratios of groups to the first, mean scores, the share selected, its expectation."""
        found = [self._shares("selection_rate", self.selected, self.decisions)]
        found.append(self._means("mean_score", self.people, 0.2))
        found.append(self._means("calibration_in_the_large", [n // self.shape.repeats for n in self.selected], 0.4))
        for number, counts in enumerate(self.groups):
            for group in range(counts.shape[1]):
                people = [int(n) // self.shape.repeats for n in counts[:, group, 1]]
                found.append(self._means(f"mean_score/a{number}=g{group}", people, 0.2))
                if group:
                    found.append(
                        self._ratio(f"selection_rate_ratio/a{number}=g{group}", counts[:, group], counts[:, 0])
                    )
        return found

    @property
    def df(self) -> float:
        return BUCKETS - 1 if self.shape.repeats > 1 else math.inf

    def _ratio(self, name: str, own: Counts, other: Counts) -> Series:
        steps = []
        for at, effect in enumerate(self.effects):
            (k, n), (other_k, other_n) = own[at] / effect, other[at] / effect
            steps.append(Step(window=month(at), k=(float(k), float(other_k)), n=(float(n), float(other_n)), df=self.df))
        return Series(id=name, scale="ratio", steps=steps)

    def _shares(self, name: str, parts: Sequence[int], wholes: Sequence[int]) -> Series:
        steps = []
        for at, (part, whole) in enumerate(zip(parts, wholes, strict=True)):
            people = whole / self.shape.repeats
            share = (part / self.shape.repeats + 0.5) / (people + 1)
            steps.append(self._step(at, part / whole, math.sqrt(share * (1 - share) / people), whole))
        return Series(id=name, scale="value", steps=steps)

    def _means(self, name: str, people: Sequence[int], spread: float) -> Series:
        centre = self.rng.uniform(0.3, 0.7)
        errors = [spread / math.sqrt(max(n, 1)) for n in people]
        steps = []
        stay, drawn = 1 - self.shape.churn, 0.0
        for at, (n, error) in enumerate(zip(people, errors, strict=True)):
            season = self.shape.season * 0.1 * math.sin(2 * math.pi * at / 12)
            new = float(self.rng.standard_normal())
            drawn = stay * drawn + math.sqrt(1 - stay * stay) * new if at else new
            steps.append(self._step(at, centre + season + error * drawn, error, n * self.shape.repeats))
        return Series(id=name, scale="value", steps=steps)

    def _step(self, at: int, estimate: float, error: float, size: int) -> Step:
        """With its error as buckets tell it."""
        told = error * math.sqrt(self.rng.chisquare(self.df) / self.df) if self.df < math.inf else error
        return Step(window=month(at), estimate=estimate, se=told, size=float(size), df=self.df)


def _by_psi(shares: Floats, psi: float) -> Floats:
    """Shares tilted until they lie that far from others."""
    tilt, low, high = np.linspace(-1, 1, len(shares)), 0.0, 5.0
    for _ in range(40):
        middle = (low + high) / 2
        other = shares * np.exp(middle * tilt)
        other /= other.sum()
        if float(((other - shares) * np.log(other / shares)).sum()) < psi:
            low = middle
        else:
            high = middle
    return other if psi else shares


AT = MONTHS - 9
"""The month in which something is planted: nine looks follow, with its own."""
FEATURE, RATIO = "inputs/f0", "selection_rate_ratio/a0=g1"


def steady(years: range) -> list[Alarms]:
    """Years of systems of any shape, none of which moved; seeds that nothing was chosen by."""
    found = []
    for at in years:
        rng = np.random.default_rng([20_290_402, at])
        found.append(year(any_shape(rng), rng))
    return found


@pytest.mark.slow
def test_a_thousand_steady_years() -> None:
    """Design rate 5 % at most: the upper 95 % bound of the share of years with any alarm is under 6.5 %."""
    found = steady(range(1000))
    alarms = sum(each.any for each in found)
    upper = float(beta.ppf(0.975, alarms + 1, len(found) - alarms))
    parts = sum(bool(each.states) for each in found), sum(bool(each.series) for each in found)
    print(f"{alarms} of {len(found)} years (columns {parts[0]}, series {parts[1]}), upper {upper:.4f}")
    assert upper < 0.065


def returning(churn: float, years: range) -> list[Alarms]:
    """Steady years of systems whose people come back from month to month, but for the share that is new."""
    found = []
    for at in years:
        rng = np.random.default_rng([5, at])
        shape = any_shape(rng)
        shape = replace(shape, churn=churn, repeats=max(shape.repeats, 2), decisions=min(shape.decisions, 50_000))
        found.append(year(shape, rng))
    return found


@pytest.mark.parametrize(
    ("churn", "years", "most"),
    [
        pytest.param(0.2, 20, 3, marks=pytest.mark.costly),  # blind to them, twelve of these twenty would be accused
        slow_case(0.5, 300, 15),
        slow_case(0.2, 300, 15),
    ],
)
def test_people_who_come_back_move_nothing(churn: float, years: int, most: int) -> None:
    assert sum(each.any for each in returning(churn, range(years))) <= most


def found_in(shape: Shape, sought: Callable[[Alarms], int | None], *, years: int) -> tuple[float, float]:
    """In what share of years it was told, and the median of months from when it was planted to the look that told."""
    told = [sought(year(shape, np.random.default_rng([7, at]))) for at in range(years)]
    delays = [month - AT for month in told if month is not None and month >= AT]
    return len(delays) / years, float(np.median(delays)) if delays else float("inf")


@pytest.mark.costly
def test_a_column_that_moves_is_told() -> None:
    shape = Shape(decisions=5_000, features=4, planted=Planted(month=AT, features=1, psi=0.15))
    found = found_in(shape, lambda told: told.states.get(FEATURE), years=20)
    assert found[0] >= 0.9
    assert found[1] <= 1


@pytest.mark.costly
def test_a_column_within_its_level_is_not_told() -> None:
    """A move that is there, and smaller than the charter minds."""
    shape = Shape(decisions=50_000, features=4, planted=Planted(month=AT, features=1, psi=0.05))
    assert found_in(shape, lambda told: told.states.get(FEATURE), years=20)[0] == 0


def test_a_gap_that_moves_is_told_within_half_a_year() -> None:
    shape = Shape(decisions=20_000, features=0, planted=Planted(month=AT, ratio=0.85))
    found = found_in(shape, lambda told: told.noticed.get(RATIO), years=20)
    assert found[0] >= 0.9
    assert found[1] <= 5
