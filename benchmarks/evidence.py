"""What a year of evidence says: years simulated, judged month by month as before and by all months since January.

`python -m benchmarks.evidence --years 400` prints the table of docs/uncertainty.md. People are of two sexes, three
ages and two kinds of neighbourhood; sex and age are crossed. Two questions are asked of each: who is selected,
and who moves on to a first stage. People come back from month to month, except the share of them that `churn` says.
"""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import numpy.typing as npt

from boussole.audits.accumulated import put_together
from boussole.audits.measures import Measure
from boussole.audits.parts import Pairs
from boussole.audits.uncertainty.estimates import compare_rates
from boussole.audits.uncertainty.tests import tails
from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.judging.statistics.correction import Place, TestedComparison, corrected, effect
from boussole.charter.judging.statistics.testing import ALONE, TOGETHER, graver_alone, past, verdict_of

Ints = npt.NDArray[np.int64]
ALPHA, MONTHS, WATCH, BREACH, BUCKETS = 0.05, 12, 0.95, 0.8, 40
ATTRIBUTES = {"sex": (0,), "age": (1,), "place": (2,), "sex*age": (0, 1)}
QUESTIONS = ("selected", "first stage")


@dataclass(frozen=True, kw_only=True)
class Setting:
    """How many decisions a month, how often about one person, of whom how many are new each month; `heavy`: the number
    of decisions about a person has a heavy tail. `alike`: correlation of decisions about one person."""

    decisions: int
    each: int = 1
    churn: float = 1.0
    heavy: bool = False
    alike: float = 0.2
    rate: float = 0.3

    def name(self) -> str:
        tail = ", heavy tail" if self.heavy else ""
        return f"{self.decisions:,} | {self.each}{tail} | {self.churn:g}"


@dataclass(frozen=True, kw_only=True)
class Year:
    """Of each month, the verdict of each question: by the month alone, and by all months so far."""

    alone: Sequence[Sequence[Verdict]]
    together: Sequence[Sequence[Verdict]]


class People:
    """Those about whom a month decides; each has a place in the attributes, a bucket, and chances of their own."""

    def __init__(self, rng: np.random.Generator, setting: Setting) -> None:
        self.rng, self.setting = rng, setting
        self.count = max(4, setting.decisions // setting.each)
        self.kind, self.bucket, self.own, self.often = self._new(self.count)

    def _new(self, count: int) -> tuple[Ints, Ints, npt.NDArray[np.float64], Ints]:
        rng, spread = self.rng, (1 - self.setting.alike) / self.setting.alike
        kind = np.stack([rng.integers(0, 2, count), rng.choice(3, count, p=[0.2, 0.5, 0.3]), rng.random(count) < 0.15])
        often = np.full(count, self.setting.each)
        if self.setting.heavy:
            often = np.minimum(np.ceil((rng.pareto(1.5, count) + 1) * self.setting.each / 3), 60 * self.setting.each)
        own = rng.beta(self.setting.rate * spread, (1 - self.setting.rate) * spread, count)
        return kind.astype(np.int64), rng.integers(0, BUCKETS, count), own, often.astype(np.int64)

    def next_month(self) -> None:
        """Some leave, and others come in their place."""
        gone = np.flatnonzero(self.rng.random(self.count) < self.setting.churn)
        kind, bucket, own, often = self._new(gone.size)
        self.kind[:, gone], self.bucket[gone], self.own[gone], self.often[gone] = kind, bucket, own, often

    def decided(self, ratio: float) -> tuple[Ints, Ints]:
        """Of each person: how often selected, and how often moved on before that; women at `ratio` of the chances."""
        chance = self.own if self.setting.each > 1 else np.full(self.count, self.setting.rate)
        chance = np.clip(chance * np.where(self.kind[0] == 1, ratio, 1.0), 0, 1)
        selected = self.rng.binomial(self.often, chance)
        return selected, selected + self.rng.binomial(self.often - selected, 0.3)


def month(people: People, ratio: float) -> dict[str, Measure]:
    """Every comparison of a month, by name."""
    found: dict[str, Measure] = {}
    for question, cases in zip(QUESTIONS, people.decided(ratio), strict=True):
        for name, by in ATTRIBUTES.items():
            place = np.ravel_multi_index(people.kind[list(by)], [(2, 3, 2)[at] for at in by])
            groups = int(np.prod([(2, 3, 2)[at] for at in by]))
            k, n = np.zeros((2, groups, BUCKETS), dtype=np.int64)
            np.add.at(k, (place, people.bucket), cases)
            np.add.at(n, (place, people.bucket), people.often)
            found |= _compared(
                f"{question} {name}", k, n, clustered=people.setting.each > 1 or people.setting.churn < 1
            )
    return found


def _compared(question: str, k: Ints, n: Ints, *, clustered: bool) -> dict[str, Measure]:
    """Each group with the largest of those that nothing is done to: the first, or the second of three."""
    against = 1 if len(n) == 3 else 0
    found: dict[str, Measure] = {}
    for at in range(len(n)):
        if at == against or n[at].sum() < 11 or n[against].sum() < 11 or not k[against].sum():
            continue
        pair = [part if clustered else part.sum(axis=1, keepdims=True) for part in (k[[at, against]], n[[at, against]])]
        (k1, k0), (n1, n0) = pair
        interval, test = compare_rates((k1, k0), (n1, n0), scale="ratio", clustered=clustered)
        value = float(k1.sum() / n1.sum() / (k0.sum() / n0.sum()))
        measure = Measure(
            metric=question.replace(" ", "_"),
            by=("group",),
            group=(str(at),),
            value=value,
            n=int(n1.sum() + n0.sum()),
            interval=interval,
            params={"scale": "ratio", "bad_side": "below", "against": "r", "test": test, "decisions": int(n1.sum())},
            parts=Pairs(k1=k1[:, None], n1=n1[:, None], k0=k0[:, None], n0=n0[:, None], clustered=clustered),
        )
        found[measure.id] = measure
    return found


def _place(measure: Measure) -> Place:
    """What it is about: its question, and its group by the names of its attributes."""
    question = next(each for each in QUESTIONS if measure.metric.startswith(each.replace(" ", "_")))
    by = measure.metric.removeprefix(f"{question.replace(' ', '_')}_")
    at = np.unravel_index(int((measure.group or ("0",))[0]), [(2, 3, 2)[each] for each in ATTRIBUTES[by]])
    return Place(
        asked=question,
        group=frozenset((name, str(value)) for name, value in zip(by.split("*"), at, strict=True)),
        stage=None if question == QUESTIONS[0] else question,
    )


def judged(measures: Sequence[Measure], *, by_graph: bool = True) -> dict[str, Verdict]:
    """The verdict of each question, corrected over all of them and the looks of a year."""
    family = [
        TestedComparison(
            of=each.metric,
            watch=tails(each.params["test"], threshold=WATCH, bad_side="below"),
            breach=tails(each.params["test"], threshold=BREACH, bad_side="below"),
            correlations=tuple(each.params.get("correlations", ())),
            weight=each.params.get("weight", 1.0),
            effect=effect(
                each.params["test"],
                level=BREACH,
                scale="ratio",
                bad_side="below",
                looks=MONTHS / (len(each.params.get("correlations", ())) + 1),
            ),
            place=_place(each),
        )
        for each in measures
    ]
    found: dict[str, list[Verdict]] = {}
    for each, tested in zip(measures, corrected(family, looks=MONTHS, alpha=ALPHA, by_graph=by_graph), strict=True):
        beyond = past(each.value or 0.0, WATCH, bad_side="below")
        found.setdefault(each.metric, []).append(verdict_of(tested, ALPHA, past_watch=beyond))
    return {name: min(verdicts, key=list(Verdict).index) for name, verdicts in found.items()}


def _graver(own: Measure | None, together: Measure) -> Measure:
    """A comparison by the month alone where that is graver, else by all months, with its part of the level."""
    alone = own and graver_alone(
        own.params["test"],
        together.params["test"],
        at=WATCH,
        bad_side="below",
        correlations=together.params["correlations"],
        alpha=ALPHA,
        looks=MONTHS,
    )
    judged, part = (own, ALONE) if own is not None and alone else (together, TOGETHER)
    return replace(judged, params={**judged.params, "weight": part})


def year(seed: Sequence[int], setting: Setting, ratio: float) -> Year:
    """Twelve months of one system."""
    people = People(np.random.default_rng(seed), setting)
    told: list[tuple[dt.date, dict[str, Measure]]] = []
    alone: list[list[Verdict]] = []
    together: list[list[Verdict]] = []
    names = [f"{question} {name}".replace(" ", "_") for question in QUESTIONS for name in ATTRIBUTES]
    for at in range(MONTHS):
        day = dt.date(2026, at + 1, 1)
        told.append((day, month(people, ratio)))
        people.next_month()
        now = told[-1][1]
        since = now | {each.id: _graver(now.get(each.id), each) for each in put_together(told, span=MONTHS)}
        for measures, kept in ((now, alone), (since, together)):
            verdicts = judged(list(measures.values()))
            kept.append([verdicts.get(name, Verdict.UNKNOWN) for name in names])
    return Year(alone=alone, together=together)


def told(setting: Setting, ratio: float, years: int) -> tuple[list[float], list[float]]:
    """Alone and together: years with any *not kept*, with at least *watch*; answers that are *we cannot tell*, in all
    months and in the last; in per cent."""
    found = [year([5, setting.decisions, seed], setting, ratio) for seed in range(years)]
    rows = []
    for kind in ("alone", "together"):
        months = [getattr(each, kind) for each in found]
        broken = [any(Verdict.BROKEN in verdicts for verdicts in each) for each in months]
        watch = [any({Verdict.BROKEN, Verdict.WATCH} & {*verdicts} for verdicts in each) for each in months]
        unknown = [verdict == Verdict.UNKNOWN for each in months for verdicts in each for verdict in verdicts]
        last = [verdict == Verdict.UNKNOWN for each in months for verdict in each[-1]]
        rows.append([100 * float(np.mean(part)) for part in (broken, watch, unknown, last)])
    return rows[0], rows[1]


SETTINGS = (
    *(Setting(decisions=n) for n in (300, 1000, 4000, 16_000)),
    *(Setting(decisions=n, each=10, churn=churn) for n, churn in ((4000, 1.0), (4000, 0.2), (16_000, 0.5))),
    Setting(decisions=4000, each=10, churn=0.5, heavy=True),
)


def lines(years: int) -> Iterator[str]:
    """The table, line by line."""
    heads = "decisions a month | about a person | new each month | ratio | not kept | to watch | cannot tell | at last"
    yield f"| {heads} |"
    yield "|---|---|---|---|---|---|---|---|"
    for setting in SETTINGS:
        for ratio in (1.0, 0.8, 0.72):
            alone, together = told(setting, ratio, years)
            cells = " | ".join(f"{a:.0f} → {b:.0f}" for a, b in zip(alone, together, strict=True))
            yield f"| {setting.name()} | {ratio:g} | {cells} |"


AFTER = 24
"""Months in which a change is looked for."""
ASKED = "selected_sex"


def changed(seed: Sequence[int], setting: Setting, ratios: tuple[float, float], *, named: bool) -> tuple[int, int, int]:
    """After how many months a change of the ratio is told, a year after the beginning: by the month alone, by all
    months, and by the best detector there is; one more than `AFTER` where it is not told by then.

    Told is *not kept* where the ratio falls, *kept* where it rises. `named`: a new version of the model makes the
    change, so that nothing before it counts.
    """
    people, sought = People(np.random.default_rng(seed), setting), Verdict.BROKEN if ratios[1] < 1 else Verdict.KEPT
    seen: list[tuple[dt.date, dict[str, Measure]]] = []
    found, best, sums = [AFTER + 1, AFTER + 1], AFTER + 1, 0.0
    for at in range(MONTHS + AFTER):
        day, after = dt.date(2026 + at // 12, at % 12 + 1, 1), at - MONTHS + 1
        seen = [*([] if named and after == 1 else seen), (day, month(people, ratios[after > 0]))]
        people.next_month()
        now = seen[-1][1]
        sums, over = _cusum(sums if after > 1 else 0.0, now.get(f"{ASKED}/group=1"))
        if after < 1:
            continue
        best = min(best, after) if over else best
        since = now | {each.id: _graver(now.get(each.id), each) for each in put_together(seen[-MONTHS:], span=MONTHS)}
        for i, measures in enumerate((now, since)):
            if found[i] > AFTER and judged(list(measures.values())).get(ASKED) == sought:
                found[i] = after
        if max(found) <= AFTER and (best <= AFTER or sought == Verdict.KEPT):
            break
    return found[0], found[1], best


def _cusum(before: float, measure: Measure | None) -> tuple[float, bool]:
    """Page's sum of how much likelier 0.72 is than 0.8, after one more month, and whether it passes its bound.

    The bound lets it err in one year of twenty that are exactly at 0.8, as the charter does. Source: Page (1954),
    Biometrika 41:100-115; optimal by Moustakides (1986), Annals of Statistics 14:1379-1387.
    """
    if measure is None or not measure.value or measure.interval is None:
        return before, False
    error = (np.log(measure.interval.high) - np.log(max(measure.interval.low, 1e-9))) / (2 * 1.96)
    step = float(np.log(0.72 / BREACH) / error)
    drawn = float((np.log(measure.value) - np.log(BREACH)) / error)
    sums = max(0.0, before + step * (drawn - step / 2))
    return sums, sums > bound(round(step, 2))


@cache
def bound(step: float, *, years: int = 20_000) -> float:
    """The bound that the sum passes in a twentieth of years at the level, where a month tells so many errors."""
    drawn = np.random.default_rng(1).standard_normal((years, MONTHS))
    sums, most = np.zeros(years), np.zeros(years)
    for at in range(MONTHS):
        sums = np.maximum(0.0, sums + step * (drawn[:, at] - step / 2))
        most = np.maximum(most, sums)
    return float(np.quantile(most, 1 - ALPHA))


CHANGES = (
    Setting(decisions=1000),
    Setting(decisions=4000),
    Setting(decisions=16_000),
    Setting(decisions=4000, each=10),
)


def change_lines(runs: int) -> Iterator[str]:
    """The table of changes, line by line."""
    yield "| decisions a month | about a person | change | new version | month alone | all months | best possible |"
    yield "|---|---|---|---|---|---|---|"
    for setting in CHANGES:
        for ratios, named in (((1.0, 0.72), True), ((1.0, 0.72), False), ((0.72, 1.0), True)):
            found = [changed([6, setting.decisions, seed], setting, ratios, named=named) for seed in range(runs)]
            cells = [_delay([each[i] for each in found], setting) for i in range(3)]
            if ratios[1] == 1.0:
                cells[2] = ""
            name = f"{setting.decisions:,} | {setting.each} | {ratios[0]:g} to {ratios[1]:g}"
            yield f"| {name} | {'yes' if named else 'no'} | {' | '.join(cells)} |"


def _delay(months: Sequence[int], setting: Setting) -> str:
    """The median, in months and decisions."""
    middle = float(np.median(months))
    if middle > AFTER:
        return f"more than {AFTER}"
    return f"{middle:g} ({middle * setting.decisions:,.0f})"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--years", type=int, default=400)
    parser.add_argument("--changes", action="store_true", help="How soon a change is told, instead.")
    given = parser.parse_args()
    for line in change_lines(given.years) if given.changes else lines(given.years):
        print(line, flush=True)
