"""Real data against what was published about them, and the conformance cases for selection rates."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from boussole.audits.measures import Measure
from boussole.audits.systems.model import System

Make = Callable[..., System]
Measured = Callable[..., dict[str, Measure]]


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def compas(real_data: Path, make_system: Make, measured: Measured) -> dict[str, Measure]:
    rows = [
        {"race": r["race"], "d": int(r["score_text"] != "Low"), "y": int(r["two_year_recid"])}
        for r in read(real_data / "compas" / "compas-scores-two-years.csv")
    ]
    return measured(rows, make_system({"race": "Caucasian"}, favourable=False))


def test_propublica_error_rates(compas: dict[str, Measure]) -> None:
    """FPR 44.85 / 23.45, FNR 27.99 / 47.72 (ProPublica 2016)."""
    for metric, black, white in (("false_positive_rate", 44.85, 23.45), ("false_negative_rate", 27.99, 47.72)):
        for race, percent in (("African-American", black), ("Caucasian", white)):
            value = compas[f"{metric}/race={race}"].value
            assert value is not None
            assert round(100 * value, 2) == percent


def test_compas_false_alarms_are_worse_for_black_people(compas: dict[str, Measure]) -> None:
    gap = compas["false_positive_rate_difference/race=African-American"]
    assert gap.params["bad_side"] == "above"
    assert gap.value == pytest.approx(805 / 1795 - 349 / 1488)
    assert gap.interval is not None
    assert gap.interval.low > 0.15


def test_call_backs_of_bertrand_and_mullainathan(real_data: Path, make_system: Make, measured: Measured) -> None:
    rows = [
        {"race": r["race"], "gender": r["gender"], "d": int(r["received_callback"])}
        for r in read(real_data / "bertrand_mullainathan" / "openintro_resume.csv")
    ]
    system = make_system({"race": "white", "gender": None}, observed_for=None, intersections=[("race", "gender")])
    found = measured(rows, system)
    percents = {
        "race=white": 9.65,
        "race=black": 6.45,
        "race=white,gender=f": 9.89,
        "race=black,gender=f": 6.63,
    }
    for group, percent in percents.items():
        value = found[f"selection_rate/{group}"].value
        assert value is not None
        assert round(100 * value, 2) == percent, group
    assert found["selection_rate_ratio/race=black"].value == pytest.approx(157 / 235)


def test_berkeley_admissions_from_weighted_cells(published: Path, make_system: Make, measured: Measured) -> None:
    rows = [
        {"gender": r["Gender"], "d": int(r["Admit"] == "Admitted"), "n": int(r["Freq"])}
        for r in read(published / "ucb_admissions" / "datasets_UCBAdmissions.csv")
    ]
    found = measured(rows, make_system({"gender": "Male"}, observed_for=None))
    men, women = (found[f"selection_rate/gender={name}"] for name in ("Male", "Female"))
    assert (men.value, women.value) == (pytest.approx(0.445, abs=0.0005), pytest.approx(0.304, abs=0.0005))
    assert (men.n or 0) + (women.n or 0) == found["selection_rate"].n == 4526


def test_conformance_cases_of_selection_rate(published: Path, make_system: Make, measured: Measured) -> None:
    cases = json.loads((published / "conformance" / "cases.json").read_text(encoding="utf-8"))
    chosen = [case for case in cases if case["metric"].startswith("selection_rate") and case["use"]]
    assert len(chosen) == 2
    for case in chosen:
        weights = case["inputs"].get("w", [1] * len(case["inputs"]["y_pred"]))
        rows = [{"g": "a", "d": d, "n": w} for d, w in zip(case["inputs"]["y_pred"], weights, strict=True)]
        found = measured(rows, make_system({"g": None}, observed_for=None))
        assert found["selection_rate"].value == pytest.approx(case["expected"])
