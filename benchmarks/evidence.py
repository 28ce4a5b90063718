"""What a year of evidence says: years simulated, judged by the month alone and as an audit of today judges.

`python -m benchmarks.evidence --years 400 --kept FILE` prints its table of tests/data and resumes an interrupted run.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from boussole.audits.accumulated import put_together, recent
from boussole.audits.measures import Measure
from boussole.audits.parts import Ints, Pairs
from boussole.audits.uncertainty.estimates import compare_rates
from boussole.audits.uncertainty.score import wilson
from boussole.charter.document import MeasureInShort
from boussole.charter.document.answers.verdict import Verdict, worst
from boussole.charter.document.measures import measures_of
from boussole.charter.judging.families import SystemQuestion
from boussole.charter.judging.statistics.testing import heard, p_values, past_watch, spans, verdict_of
from boussole.charter.text.loading import load_charter

ALPHA, MONTHS, WATCH, BREACH, BUCKETS = 0.05, 12, 0.95, 0.8, 40
SIZES = {"sex": 2, "age": 3, "place": 2}
ATTRIBUTES = {"sex": (0,), "age": (1,), "place": (2,), "sex*age": (0, 1)}
METRICS = ("selection_rate_ratio", "stage_selection_rate_ratio")
"""Who is selected, and who moves on to a first stage."""
WAYS = ("month alone", "as judged")
"""What is judged: each month by itself, or a year of months with recent ones, as an audit does."""
Told = Sequence[tuple[dt.date, dict[str, Measure]]]


@dataclass(frozen=True, kw_only=True)
class Setting:
    """Decisions a month and about one person (`heavy`: a heavy tail), their correlation (`alike`), new people."""

    decisions: int
    each: int = 1
    churn: float = 1.0
    heavy: bool = False
    alike: float = 0.2
    rate: float = 0.3

    def name(self) -> str:
        tail = ", heavy tail" if self.heavy else ""
        return f"{self.decisions:,} | {self.each}{tail} | {self.churn:g}"


Year = Mapping[str, Sequence[Sequence[Verdict]]]
"""Of each way to judge (`WAYS`), of each month, the verdict of each question."""


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
    for metric, cases in zip(METRICS, people.decided(ratio), strict=True):
        for name, by in ATTRIBUTES.items():
            place = np.ravel_multi_index(people.kind[list(by)], [(2, 3, 2)[at] for at in by])
            groups = int(np.prod([(2, 3, 2)[at] for at in by]))
            k, n = np.zeros((2, groups, BUCKETS), dtype=np.int64)
            np.add.at(k, (place, people.bucket), cases)
            np.add.at(n, (place, people.bucket), people.often)
            found |= _compared(
                metric, tuple(name.split("*")), k, n, clustered=people.setting.each > 1 or people.setting.churn < 1
            )
    return found


def _compared(metric: str, by: tuple[str, ...], k: Ints, n: Ints, *, clustered: bool) -> dict[str, Measure]:
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
            metric=metric,
            by=by,
            group=tuple(str(each) for each in np.unravel_index(at, [SIZES[name] for name in by])),
            given={"stage": "first"} if metric == METRICS[1] else {},
            value=value,
            n=int(n1.sum() + n0.sum()),
            interval=interval,
            params={"scale": "ratio", "bad_side": "below", "against": "r", "test": test, "decisions": int(n1.sum())},
            parts=Pairs(k1=k1[:, None], n1=n1[:, None], k0=k0[:, None], n0=n0[:, None], clustered=clustered),
        )
        found[measure.id] = measure
    return found


@cache
def _questions() -> tuple[SystemQuestion, ...]:
    """What the packaged charter asks: both questions of each attribute."""
    charter = load_charter()
    ways = {
        way.metric: (article, way) for article in charter.articles for each in article.indicators for way in each.ways
    }
    return tuple(
        SystemQuestion(
            article=ways[metric][0], indicator=ways[metric][1], id=f"{metric}_{name}", by=tuple(name.split("*"))
        )
        for metric in METRICS
        for name in ATTRIBUTES
    )


def judged(own: Sequence[Measure], together: Sequence[Measure] = ()) -> dict[str, Verdict]:
    """The verdict of each question, corrected over all of them and the looks of a year."""
    now, seen = measures_of(own), measures_of(together)
    since = {each.id: each for each in seen if each.params.recent is None}
    asked = []
    for each in _questions():
        of = tuple(m for m in now if m.metric == each.indicator.metric and m.by == each.by)
        lately = tuple(tuple(m for m in seen if m.id == one.id and m.params.recent is not None) for one in of)
        asked.append(replace(each, own=of, comparisons=tuple(since.get(m.id, m) for m in of), recent=lately))
    asked = heard(asked, seen, alpha=ALPHA, looks=MONTHS)
    tested = p_values(asked, alpha=ALPHA, looks=MONTHS)

    def verdict(question: SystemQuestion, measure: MeasureInShort) -> Verdict:
        beyond = past_watch(measure, question.indicator.threshold)
        return verdict_of(tested[question.id, measure.id], ALPHA, past_watch=beyond)

    return {each.id: worst([verdict(each, m) for m in each.comparisons]) for each in asked if each.comparisons}


def ways(told: Told, asked: Sequence[str] = WAYS) -> dict[str, dict[str, Verdict]]:
    """The verdict of each question after some months, by each way to judge that is asked for."""
    now, found = list(told[-1][1].values()), {}
    if WAYS[0] in asked:
        found[WAYS[0]] = judged(now)
    if WAYS[1] in asked:
        together = put_together(told, span=MONTHS)
        lately = [each for span in spans(MONTHS) for each in recent(told, together, span=span)]
        found[WAYS[1]] = judged(now, [*together, *lately])
    return found


def year(seed: Sequence[int], setting: Setting, ratio: float) -> Year:
    """Twelve months of one system."""
    people = People(np.random.default_rng(seed), setting)
    told: list[tuple[dt.date, dict[str, Measure]]] = []
    found: dict[str, list[list[Verdict]]] = {way: [] for way in WAYS}
    for at in range(MONTHS):
        told.append((dt.date(2026, at + 1, 1), month(people, ratio)))
        people.next_month()
        for way, verdicts in ways(told).items():
            found[way].append([verdicts.get(each.id, Verdict.UNKNOWN) for each in _questions()])
    return found


Outcome = Sequence[Sequence[float]]
"""By each way: whether a year has any *not kept*, any that is at least *watch*, and what part of its answers is
*we cannot tell*, in all months and in the last."""


def outcome(found: Year) -> Outcome:
    """What became of a year, by each way."""
    rows = []
    for way in WAYS:
        said = {verdict for verdicts in found[way] for verdict in verdicts}
        unknown = [[verdict == Verdict.UNKNOWN for verdict in verdicts] for verdicts in found[way]]
        broken, watch = Verdict.BROKEN in said, bool({Verdict.BROKEN, Verdict.WATCH} & said)
        rows.append([float(broken), float(watch), float(np.mean(unknown)), float(np.mean(unknown[-1]))])
    return rows


RATIOS = (1.0, 0.8, 0.72)
SETTINGS = (
    *(Setting(decisions=n) for n in (300, 1000, 4000, 16_000)),
    *(Setting(decisions=n, each=10, churn=churn) for n, churn in ((4000, 1.0), (4000, 0.2), (16_000, 0.5))),
    Setting(decisions=4000, each=10, churn=0.5, heavy=True),
)


def rounds(years: int, kept: Path | None) -> dict[tuple[Setting, float], list[Outcome]]:
    """Of each line of the table some years: those that a file has kept, and then the next of each line in turn."""
    asked = [(setting, ratio) for setting in SETTINGS for ratio in RATIOS]
    names = {f"{setting.name()} | {ratio:g}": (setting, ratio) for setting, ratio in asked}
    found: dict[tuple[Setting, float], list[Outcome]] = {each: [] for each in asked}
    for line in kept.read_text(encoding="utf-8").splitlines() if kept and kept.exists() else []:
        name, drawn = json.loads(line)
        found[names[name]].append(drawn)
    for seed in range(years):
        for name, (setting, ratio) in names.items():
            if len(found[setting, ratio]) > seed:
                continue
            found[setting, ratio].append(outcome(year([5, setting.decisions, seed], setting, ratio)))
            if kept:
                with kept.open("a", encoding="utf-8") as file:
                    file.write(f"{json.dumps([name, found[setting, ratio][-1]])}\n")
    return found


def lines(years: int, kept: Path | None = None) -> Iterator[str]:
    """The table, line by line; of a share of years that is a false alarm, also how high it may be (95 %)."""
    heads = "decisions a month | about a person | new each month | ratio | not kept | to watch | cannot tell | at last"
    yield f"| {heads} |"
    yield "|---|---|---|---|---|---|---|---|"
    for (setting, ratio), drawn in rounds(years, kept).items():
        rows, count = 100 * np.mean(drawn, axis=0), len(drawn)
        cells = [f"{before:.0f} → {now:.0f}" for before, now in zip(*rows, strict=True)]
        for at in range(2):
            if ratio == 1.0 or (ratio == BREACH and at == 0):  # what stands here would be false
                high = wilson(round(rows[1][at] * count / 100), count).high
                cells[at] += f" (up to {100 * high:.1f})"
        yield f"| {setting.name()} | {ratio:g} | {' | '.join(cells)} |"


AFTER = 24
"""Months in which a change is looked for."""
ASKED, WOMEN = "selection_rate_ratio_sex", "selection_rate_ratio/sex=1"


def changed(
    seed: Sequence[int], setting: Setting, ratios: tuple[float, float], *, named: bool, only: Sequence[str] = WAYS
) -> dict[str, int]:
    """Return, by each way and by the `best` detector, after how many months a change of the ratio is reported.

    `AFTER` + 1 where it is not reported by then; `named`: a new version of the model makes the change.
    """
    people, sought = People(np.random.default_rng(seed), setting), Verdict.BROKEN if ratios[1] < 1 else Verdict.KEPT
    seen: list[tuple[dt.date, dict[str, Measure]]] = []
    found, sums = dict.fromkeys((*WAYS, "best"), AFTER + 1), 0.0
    for at in range(MONTHS + AFTER):
        day, after = dt.date(2026 + at // 12, at % 12 + 1, 1), at - MONTHS + 1
        seen = [*([] if named and after == 1 else seen), (day, month(people, ratios[after > 0]))]
        people.next_month()
        sums, over = _cusum(sums if after > 1 else 0.0, seen[-1][1].get(WOMEN))
        if after < 1:
            continue
        asked = [way for way in only if found[way] > AFTER]
        told = {way: verdicts.get(ASKED) == sought for way, verdicts in ways(seen[1 - 2 * MONTHS :], asked).items()}
        for way in (each for each, now in (told | {"best": over}).items() if now):
            found[way] = min(found[way], after)
        if max(found[way] for way in only) <= AFTER and (found["best"] <= AFTER or sought == Verdict.KEPT):
            break
    return found


def _cusum(before: float, measure: Measure | None) -> tuple[float, bool]:
    """Return Page's sum for 0.72 against 0.8 after one more month, and whether it passes its bound.

    Source: Page (1954), Biometrika 41:100-115; Moustakides (1986), Annals of Statistics 14:1379-1387.
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
    yield f"| decisions a month | about a person | change | new version | {' | '.join(WAYS)} | best possible |"
    yield f"|{'---|' * (5 + len(WAYS))}"
    for setting in CHANGES:
        for ratios, named in (((1.0, 0.72), True), ((1.0, 0.72), False), ((0.72, 1.0), True), ((0.72, 1.0), False)):
            found = [changed([6, setting.decisions, seed], setting, ratios, named=named) for seed in range(runs)]
            cells = [_delay([each[way] for each in found], setting) for way in (*WAYS, "best")]
            if ratios[1] == 1.0:
                cells[-1] = ""
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
    parser.add_argument("--kept", type=Path, help="A file in which years that are done are kept.")
    given = parser.parse_args()
    for line in change_lines(given.years) if given.changes else lines(given.years, given.kept):
        print(line, flush=True)
