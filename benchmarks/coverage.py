"""How often the 95 % interval of each figure that counts give holds the truth, through `audits.compare`.

`python -m benchmarks.coverage --logs 1000` prints its table of tests/data.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from boussole import audits
from boussole.audits.measures import Measure
from boussole.audits.metrics import errors, inequality, missing, selection
from boussole.audits.metrics.across import Across
from boussole.audits.parts import Floats
from boussole.charter.document.base import given

_RATES = (*selection.RATES, *errors.RATES, missing.RATES["all"])
_ACROSS: tuple[Across, ...] = (
    *selection.COMPOSITES,
    *inequality.OF_DECISIONS,
    *errors.COMPOSITES,
)
_COMPARED = (*selection.COMPARISONS, *errors.COMPARISONS, *missing.COMPARISONS["all"])
METRICS = (
    *(each.metric for each in _RATES),
    *(each.metric for each in _ACROSS),
    *(each.metric for each in _COMPARED),
)
"""All that counts of decisions and outcomes give."""
EXACT = 10**7


@dataclass(frozen=True, kw_only=True)
class Setting:
    """So many people of groups a and b, each with so many decisions (`heavy`: a few with most of them).

    `alike`: correlation of the decisions about one person, and of the outcomes. `lower`: the rate of b over that of a.
    """

    people: tuple[int, int]
    each: int = 1
    heavy: bool = False
    alike: float = 0.2
    rate: float = 0.3
    lower: float = 0.8

    def name(self) -> str:
        size = " + ".join(f"{count:,}" for count in self.people)
        return f"{size} | {self.each}{', heavy tail' if self.heavy else ''} | {self.rate:.0%}"


SETTINGS = (
    Setting(people=(180, 120)),
    Setting(people=(600, 400)),
    Setting(people=(2_400, 1_600)),
    Setting(people=(1_000, 60)),
    Setting(people=(1_000, 20)),
    Setting(people=(600, 400), rate=0.08),
    Setting(people=(240, 160), each=10),
    Setting(people=(300, 60), each=10),
    Setting(people=(300, 20), each=10),
    Setting(people=(240, 160), each=10, heavy=True),
)
GOOD, KNOWN = 0.4, 0.9
"""How many outcomes are good, and how many are known: fewer of the selected, by as much as more are known of others."""
SEES = 1.5
"""The odds of being selected are so many times as high where the outcome is good, and as many times lower where not."""


def chances(setting: Setting) -> Floats:
    """P(selected) by group and outcome (missing ones are those of good and bad alike)."""
    rates = np.array([setting.rate, setting.rate * setting.lower])
    odds = (rates / (1 - rates))[:, None] * np.array([1 / SEES, SEES])
    return np.asarray(odds / (1 + odds))


def expected(setting: Setting) -> pd.DataFrame:
    """The counts of the population."""
    selected, rows = chances(setting), []
    for at, group in enumerate("ab"):
        for outcome, share in ((0, 1 - GOOD), (1, GOOD)):
            for decision in (0, 1):
                chance = selected[at, outcome] if decision else 1 - selected[at, outcome]
                whole = setting.people[at] * share * chance
                rows += [(group, decision, outcome, whole * KNOWN), (group, decision, None, whole * (1 - KNOWN))]
    frame = pd.DataFrame(rows, columns=["group", "decision", "outcome", "weight"])
    frame["weight"] = (frame.weight / sum(setting.people) * EXACT).round().astype("int64")
    return frame.groupby(["group", "decision", "outcome"], dropna=False, as_index=False).agg({"weight": "sum"})


def drawn(rng: np.random.Generator, setting: Setting) -> pd.DataFrame:
    """A log: each person has own chances, beta-distributed around those of the group."""
    of_b = np.repeat([0, 1], setting.people)
    each = np.full(of_b.size, setting.each)
    if setting.heavy:
        each = np.maximum(1, (setting.each * 0.5 * rng.pareto(1.5, of_b.size)).astype(int)).clip(max=40 * setting.each)
    who = np.repeat(np.arange(of_b.size), each)
    good = _own(rng, np.full(of_b.size, GOOD), setting)[who] > rng.random(who.size)
    selected = np.stack([_own(rng, part, setting) for part in chances(setting)[of_b].T], axis=1)
    decision = selected[who, good.astype(int)] > rng.random(who.size)
    known = rng.random(who.size) < KNOWN
    return pd.DataFrame(
        {
            "person": who,
            "group": np.array(["a", "b"])[of_b[who]],
            "decision": decision.astype(int),
            "outcome": np.where(known, good.astype(float), np.nan),
        }
    )


def _own(rng: np.random.Generator, means: Floats, setting: Setting) -> Floats:
    """The chance of each person."""
    if setting.each == 1:
        return means
    spread = (1 - setting.alike) / setting.alike
    return rng.beta(means * spread, (1 - means) * spread)


def measured(frame: pd.DataFrame, *, person: str | None = None, weight: str | None = None) -> Mapping[str, Measure]:
    """Every figure of a frame by its id."""
    found = audits.compare(
        frame,
        decision="decision",
        outcome="outcome",
        by="group",
        metrics=METRICS,
        reference={"group": "a"},
        person=person,
        weight=weight,
    )
    return {each.id: each for each in found.measures if each.value is not None}


@dataclass(frozen=True)
class Held:
    """Of so many logs, in how many a figure has an interval, and in how many that holds the truth."""

    logs: int
    told: int
    held: int


def held(setting: Setting, logs: int, *, seed: int = 1) -> Mapping[str, Held]:
    """Each figure that has an interval at all."""
    rng, truth = np.random.default_rng(seed), measured(expected(setting), weight="weight")
    told, right = Counter[str](), Counter[str]()
    for _ in range(logs):
        for name, each in measured(drawn(rng, setting), person="person" if setting.each > 1 else None).items():
            if each.interval is not None and name in truth:
                told[name] += 1
                right[name] += each.interval.low <= given(truth[name].value) <= each.interval.high
    return {name: Held(logs, told[name], right[name]) for name in truth if told[name]}


def lines(logs: int, settings: Sequence[Setting] = SETTINGS) -> Iterator[str]:
    """The lines of the table: of the figures that have an interval in most logs, how often it holds the truth."""
    for setting in settings:
        found = held(setting, logs)
        shares = {name: each.held / each.told for name, each in found.items() if each.told > logs / 2}
        order = sorted(shares, key=shares.__getitem__)
        ends = (f"{shares[name]:.1%} (`{name}`)" for name in (order[0], order[-1]))
        within = sum(0.94 <= share <= 0.965 for share in shares.values())
        cells = [setting.name(), str(len(shares)), f"{np.mean([*shares.values()]):.1%}", *ends, str(within)]
        yield f"| {' | '.join(cells)} |".replace("%", " %").replace("  %", " %")


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--logs", type=int, default=400)
    parser.add_argument("--settings", type=int, nargs="*", help="only these, by number from 0")
    options = parser.parse_args(arguments)
    chosen = SETTINGS if options.settings is None else [SETTINGS[each] for each in options.settings]
    for line in lines(options.logs, chosen):
        print(line, flush=True)


if __name__ == "__main__":
    main()
