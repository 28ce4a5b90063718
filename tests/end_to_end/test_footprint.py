"""What texts cost, from the log of calls to the verdict: by hand from EcoLogits, sealed, and checked without us."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from ecologits.electricity_mix_repository import electricity_mixes
from ecologits.impacts.llm import compute_llm_impacts
from ecologits.utils.range_value import RangeValue

from boussole.audits.cubes.update import rebuild
from boussole.audits.lake import writing
from boussole.audits.metrics.emissions import token_cost
from boussole.audits.systems.logs.calls import CalledModel
from boussole.audits.workspace import Workspace
from tests.end_to_end.chain import answer, audit, bring, confirm, declared, of
from tests.written import system_text

MODELS = [
    {"active": 24, "total": 24, "pue": 1.2, "wue": 0.2},
    {"active": [22, 39], "total": [123, 141], "pue": [1.1, 1.4], "wue": [0, 1.8]},
    {"active": 123, "total": 123, "pue": 1.3, "wue": [0.1, 0.6], "electricity": "SWE"},
]
WRITER = system_text(
    "writer",
    """
generations:
  {id: call, at: at, input: null, output: null, model_version: model, tokens_out: tokens, outcome: became, energy: wh,
   team: team, calls: {models: {small: {active: 24, total: 24, pue: [1.1, 1.4], wue: 0.2}}LOGS}}
""",
    kind="generation",
)


def told(value: float | list[float]) -> Any:
    return RangeValue(min=value[0], max=value[1]) if isinstance(value, list) else value


@pytest.mark.parametrize("model", MODELS)
def test_a_token_costs_what_ecologits_says(model: dict[str, Any]) -> None:
    zone = model.get("electricity", "FRA")
    mix = electricity_mixes.find_electricity_mix(zone)
    own = compute_llm_impacts(
        **{f"model_{name}_parameter_count": told(model[name]) for name in ("active", "total")},
        **{f"if_electricity_mix_{name}": getattr(mix, name) for name in ("adpe", "pe", "gwp", "wue")},
        **{f"datacenter_{name}": told(model[name]) for name in ("pue", "wue")},
        output_token_count=400,
    )
    cost = token_cost(CalledModel.model_validate(model))
    for end, name in enumerate(("min", "max")):
        energy, co2e, water = (getattr(each.value, name, each.value) for each in (own.energy, own.gwp, own.wcf))
        assert 400 * cost.energy_wh[end] == pytest.approx(1000 * energy, rel=1e-9)
        assert 400 * cost.co2e_g[end] == pytest.approx(1000 * co2e, rel=1e-9)
        assert 400 * cost.water_l[end] == pytest.approx(water, rel=1e-9)


def made(
    home: Path,
    *,
    budget: str | None = None,
    metered: float | None = None,
    rejected: float = 0.1,
    model: str = "small",
    calls: int = 400,
    every: int = 1,
    months: tuple[int, ...] = (1, 2, 3),
) -> Workspace:
    """From January to March, so many calls a month of 500 tokens by 20 teams: nine in ten kept, until March."""
    workspace = declared(home, BUDGET.replace("KG", budget) if budget else "", text=WRITER)
    frames, number = [], range(calls)
    for month in months:
        share = rejected if month == 3 else 0.1
        frame = pd.DataFrame({"call": [f"c{month}-{i}" for i in number], "at": pd.Timestamp(2026, month, 28, 9)})
        drawn = np.random.default_rng(month).permutation(calls)
        frame["became"] = ["rejected" if i < calls * share else "kept" for i in drawn]
        frames.append(frame.assign(team=[f"T{i % 20}" for i in number]))
    frame = pd.concat(frames).assign(model=model, tokens=500, wh=metered)
    frame["wh"] = frame["wh"].astype("float64").where(frame["call"].str[3:].astype(int) % every == 0)
    assert bring(workspace, frame, "generations").quarantined == 0
    return workspace


BUDGET = ", budgets: {2026: {co2e_kg: KG, water_l: 1000000, adopted_on: 2026-01-10}}"
COST = {"active": 24, "total": 24, "pue": [1.1, 1.4], "wue": 0.2}


@pytest.mark.costly
def test_a_useful_text_by_hand(tmp_path: Path) -> None:
    """360 of 400 texts of 500 tokens were kept: 400 kept tokens cost what 400 x 400/360 tokens do."""
    document = audit(made(tmp_path / "w"), dry_run=True)
    low, high = token_cost(CalledModel.model_validate(COST)).co2e_g
    found = of(document, "emissions_per_text")
    assert found.estimated.estimate == pytest.approx((low * 400 / 0.9, high * 400 / 0.9))
    assert found.estimated.ranges["text"] == pytest.approx((low * 500 / 0.9, high * 500 / 0.9))
    assert (found.verdict, found.reason) == ("kept", "range_within")
    assert "Pour 400 jetons qui ont servi, les appels ont émis de" in found.sentence["fr"]
    assert answer(document, "measurable_at_all") == ("unknown", "range_unmetered")


@pytest.mark.costly
def test_what_a_meter_says_counts_for_what_was_metered(tmp_path: Path) -> None:
    """Each call took 60 Wh at its machines: 60 x 1.1 x 0.04144 g and more, for 500 tokens of which nine in ten kept."""
    document = audit(made(tmp_path / "w", metered=60.0), dry_run=True)
    found = of(document, "emissions_per_text")
    built = token_cost(CalledModel.model_validate(COST)).built_g
    by_hand = [(60 * pue * 0.04144 + 500 * one) * 400 / 450 for pue, one in zip((1.1, 1.4), built, strict=True)]
    assert found.estimated.estimate == pytest.approx(by_hand)
    assert (found.verdict, found.reason) == ("watch", "range_beyond_watch")
    spread = of(document, "measurable_at_all")
    assert spread.estimated.low == pytest.approx(1.4 / 1.1)
    assert spread.estimated.numbers["metered"] == 400


@pytest.mark.costly
def test_an_estimate_reaches_as_far_as_meters_show(tmp_path: Path) -> None:
    """Half of the calls are metered, at 60 Wh for 500 tokens: the other half may take as much, or what is estimated."""
    found = of(audit(made(tmp_path / "w", metered=60.0, every=2), dry_run=True), "measurable_at_all")
    low, high = token_cost(CalledModel.model_validate(COST)).energy_wh
    by_hand = [200 * (60 * 1.1 + 500 * low) / 1000, 200 * (60 + 60) * 1.4 / 1000]
    assert found.estimated.ranges["energy_kwh"] == pytest.approx(by_hand)
    assert high < 60 / 500
    assert (found.verdict, found.reason) == ("kept", "range_within")
    assert found.estimated.numbers["metered"] == 200


@pytest.mark.costly
@pytest.mark.parametrize(
    ("kilograms", "expected"),
    [
        ("100", ("kept", "range_within")),
        ("0.007", ("broken", "range_beyond_breach")),
        ("0.02", ("watch", "range_beyond_watch")),
        ("0.033", ("unknown", "range_undecided")),
        (None, ("unknown", "no_budget")),
    ],
)
def test_the_year_against_its_budget(tmp_path: Path, kilograms: str | None, expected: tuple[str, str]) -> None:
    """1,200 calls of 500 tokens in three months took between 0.0079 and 0.0086 kg; the year, four times as much."""
    found = of(audit(made(tmp_path / "w", budget=kilograms), dry_run=True), "within_budget")
    low, high = (1200 * 500 * each / 1000 for each in token_cost(CalledModel.model_validate(COST)).co2e_g)
    assert found.estimated.ranges["co2e_kg"] == pytest.approx((low, high))
    assert (found.verdict, found.reason) == expected, (low, high)
    if kilograms is None:
        assert "t would take a vote" in found.sentence["en"]
    else:
        assert found.estimated.expected == pytest.approx([4 * each / float(kilograms) for each in (low, high)])


@pytest.mark.costly
def test_months_that_nobody_logged_are_not_taken_to_have_cost_nothing(tmp_path: Path) -> None:
    """Of March alone the year may take twelve times as much, and ten times at least: 0.026 to 0.034 kg."""
    found = of(audit(made(tmp_path / "w", budget="0.03", months=(3,)), dry_run=True), "within_budget")
    low, high = (400 * 500 * each / 1000 / 0.03 for each in token_cost(CalledModel.model_validate(COST)).co2e_g)
    assert found.estimated.expected == pytest.approx([10 * low, 12 * high])
    assert (found.verdict, found.reason) == ("unknown", "range_undecided")


@pytest.mark.costly
@pytest.mark.parametrize(
    ("rejected", "expected"),
    [
        (0.3, ("watch", "range_beyond_watch")),
        (0.1, ("unknown", "range_undecided")),  # as before, but 40 rejected texts could as well be a third more
        (0.03, ("kept", "range_within")),
    ],
)
def test_more_for_nothing_than_before(tmp_path: Path, rejected: float, expected: tuple[str, str]) -> None:
    found = of(audit(made(tmp_path / "w", rejected=rejected), dry_run=True), "generated_for_nothing")
    assert (found.verdict, found.reason) == expected
    assert found.estimated.estimate[0] == pytest.approx(rejected / 0.1)
    assert (found.estimated.numbers["share"], found.estimated.numbers["own"]) == pytest.approx((rejected, 0.1))


@pytest.mark.costly
def test_what_cannot_be_known_is_never_kept(tmp_path: Path) -> None:
    """Calls of a model of which nobody gave the parameters."""
    document = audit(made(tmp_path / "w", model="other", calls=40), dry_run=True)
    for indicator in ("emissions_per_text", "within_budget", "measurable_at_all"):
        assert answer(document, indicator) == ("unknown", "no_parameters")


@pytest.mark.costly
def test_a_pack_computes_it_again_without_us(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w", budget="0.02", metered=2.5, rejected=0.3, every=3)
    document = audit(workspace)
    assert [each.status for each in document.measures] == ["ok"] * 4
    confirm(workspace, tmp_path)


@pytest.mark.costly
def test_what_a_system_that_only_writes_has_counted_is_counted_anew(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w", months=(3,), calls=40)
    before = audit(workspace, dry_run=True)
    with writing(workspace) as connection:
        connection.execute("UPDATE lake.writer.generations_counted SET n = n + 1")
    assert audit(workspace, dry_run=True).measures != before.measures
    with writing(workspace) as connection:
        rebuild(connection, workspace.system("writer"), bins=True)
    assert audit(workspace, dry_run=True).measures == before.measures
