"""The promise that few systems without bias are accused, by the real chain (figures: `tests/data/uncertainty.md`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import binomtest

from boussole.audits.systems.model import System
from boussole.audits.systems.parts import Windows
from boussole.charter.text.loading import load_charter
from boussole.charter.text.model import Charter
from tests.as_json import judge
from tests.audits.uncertainty.systems import Population, any_population
from tests.charter.unbiased import START, Groups, Process, any_process, draw, measured, system_of

CHARTER = load_charter()
PAGE = " ".join((Path(__file__).parents[1] / "data" / "uncertainty.md").read_text(encoding="utf-8").split())
ASKED = {
    "selection_rate_ratio",
    "stage_selection_rate_ratio",
    "adjusted_selection_rate_ratio",
    "adjusted_stage_selection_rate_ratio",
    "true_positive_rate_difference",
}
Found = Mapping[str, Sequence[str]]
Drawn = tuple[Population, Groups]


def each_by_itself() -> Charter:
    """The charter as it would be if every question were corrected by itself."""
    articles = [
        article.model_copy(
            update={"indicators": [each.model_copy(update={"family": "question"}) for each in article.indicators]}
        )
        for article in CHARTER.articles
    ]
    return CHARTER.model_copy(update={"articles": articles})


def one_attribute(rng: np.random.Generator) -> Drawn:
    """2 to 13 groups of 12 to 10,000 people."""
    population = any_population(rng)
    return population, [(f"g{i:02}",) for i in range(len(population.sizes))]


def three_attributes(rng: np.random.Generator) -> Drawn:
    """Two sexes, 2 to 5 ages and both crossed, each crossing of 12 to 10,000 people."""
    population, ages = any_population(rng), int(rng.integers(2, 6))
    sizes = np.exp(rng.uniform(np.log(12), np.log(10_000), 2 * ages)).astype(int)
    groups = [(f"a{i}", f"b{j}") for i in range(2) for j in range(ages)]
    return replace(population, sizes=[int(size) for size in sizes]), groups


def two_small_groups(rng: np.random.Generator) -> Drawn:
    """Two groups of 30 to 200 people, one the reference: the fewest comparisons, and none of them with many people."""
    population = any_population(rng)
    sizes = np.exp(rng.uniform(np.log(30), np.log(200), 2)).astype(int)
    return replace(population, sizes=[int(size) for size in sizes], with_the_rest=False), [("a",), ("b",)]


DRAWS: dict[str, Callable[[np.random.Generator], Drawn]] = {
    "one attribute": one_attribute,
    "three attributes": three_attributes,
    "two small groups": two_small_groups,
    "the same where being selected is a harm": two_small_groups,
}


def measured_with(
    rng: np.random.Generator,
    drawn: Drawn,
    process: Process,
    *,
    worse: Sequence[int] = (),
    times: float = 1.0,
    favourable: bool = True,
) -> tuple[System, list[dict[str, Any]]]:
    """A system and its measures; `times` the chances of the groups at some places (`worse`) at the first stage."""
    population, groups = drawn
    system = system_of(groups, process, population, favourable=favourable)
    counts = draw(rng, process, population)
    stages = np.array([[times], *[[1.0]] * (len(process.moving_on) - 1)])
    harder = replace(process, moving_on=process.moving_on * stages)
    for place in worse:
        counts[place] = draw(rng, harder, replace(population, sizes=[population.sizes[place]]))[0]
    return system, measured(counts, groups, process, system)


def unbiased(kind: str, seed: int) -> tuple[System, list[dict[str, Any]]]:
    rng = np.random.default_rng(seed)
    drawn = DRAWS[kind](rng)
    return measured_with(rng, drawn, any_process(rng), favourable="harm" not in kind)


def verdicts(charter: Charter, system: System, measures: Sequence[Mapping[str, Any]]) -> Found:
    """The verdicts of all comparisons about fairness, by indicator."""
    found: dict[str, list[str]] = {}
    for each in judge(charter, system, measures, window_start=START):
        if each["article"] == "equite" and each["verdict"] != "not_examined":
            found.setdefault(each["template"], []).extend(c["verdict"] for c in each["comparisons"])
    return found


def accused(found: Found) -> bool:
    return any(verdict in ("watch", "broken") for each in found.values() for verdict in each)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "seeds"),
    [
        ("one attribute", 500),
        ("three attributes", 300),
        ("two small groups", 750),
        ("the same where being selected is a harm", 1000),
    ],
)
def test_systems_without_bias_are_rarely_accused(kind: str, seeds: int) -> None:
    """Any comparison of any fairness question that is watch or broken; as often as the page says."""
    times, before, monthly = alarms(kind, seeds)
    high = binomtest(times, seeds).proportion_ci(method="wilson").high
    assert high < 0.065, times
    (told,) = re.findall(
        rf"\| {kind}[^|]*\| {seeds:,} \| ([\d.]+) % \| ([\d.]+) % \| ([\d.]+) % \| ([\d.]+) % \|", PAGE
    )
    found = [100 * times / seeds, 100 * high, 100 * before / seeds, 100 * monthly / seeds]
    assert [float(each) for each in told] == pytest.approx(found, abs=0.06)


def alarms(kind: str, seeds: int) -> tuple[int, int, int]:
    """How many systems are accused in one look, if each question were corrected by itself, and in a look of a year."""
    by_itself, found = each_by_itself(), []
    for seed in range(seeds):
        system, measures = unbiased(kind, seed)
        monthly = system.model_copy(update={"windows": Windows(audit="month")})
        judged = ((CHARTER, system), (by_itself, system), (CHARTER, monthly))
        found.append([accused(verdicts(charter, of, measures)) for charter, of in judged])
    once, alone, month = np.sum(found, axis=0)
    return int(once), int(alone), int(month)


def test_a_year_of_monthly_looks_accuses_no_oftener_than_one() -> None:
    """The twelve looks of a year share one level: all comparisons of one look have a twelfth of it together."""
    system, measures = unbiased("three attributes", 0)
    monthly = system.model_copy(update={"windows": Windows(audit="month")})
    once, twelve = (judge(CHARTER, of, measures, window_start=START) for of in (system, monthly))
    pairs = [
        (one, other)
        for first, second in zip(once, twelve, strict=True)
        for one, other in zip(first["comparisons"], second["comparisons"], strict=True)
        if one["p_watch"] is not None
    ]
    assert len(pairs) > 20
    for one, other in pairs:
        assert other["p_watch"] > one["p_watch"] or one["p_watch"] == 1
        assert other["p_kept"] == one["p_kept"]
    whole, each_month = (sum(each["share"] for each in side) for side in zip(*pairs, strict=True))
    assert each_month == pytest.approx(whole / 12)


@pytest.mark.costly
def test_all_questions_are_asked_and_few_of_twelve_systems_accused() -> None:
    """Twelve systems stand for the hundreds: at the promised share more than 3 would be accused once in 400 times."""
    found = [verdicts(CHARTER, *unbiased("one attribute", seed)) for seed in range(12)]
    assert all(set(each) == ASKED for each in found)
    assert sum(map(accused, found)) <= 3
    assert any("kept" in each for by_question in found for each in by_question.values())


@pytest.mark.costly
def test_a_group_with_a_fifth_of_the_chances_is_found() -> None:
    """The same chain is not deaf."""
    found = []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        drawn = two_small_groups(rng)
        found.append(verdicts(CHARTER, *measured_with(rng, drawn, any_process(rng), worse=[1], times=0.2)))
    assert sum(map(accused, found)) >= 7
