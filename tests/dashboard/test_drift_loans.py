"""NannyML's car loans from files to the page of drift: first without any late outcome, then with all of them."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from boussole.audits.decisions import ingest
from boussole.audits.systems.model import System
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.drift.system_drift import Drift, drift_of
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.views.drift.view import DriftPage, DriftQuery, drift_page
from boussole.dashboard.views.scene import Scene

CHUNK = 5000
AUC = (0.970962, 0.970248, 0.976282, 0.967721, 0.969886, 0.960050, 0.958530, 0.959041, 0.963094, 0.957556)
ACCURACY = (0.9422, 0.9422, 0.9502, 0.9436, 0.9410, 0.9146, 0.9156, 0.9144, 0.9224, 0.9122)
EARLY, LATE = dt.date(2019, 11, 1), dt.date(2020, 12, 31)
"""Before any outcome of 2019 is due (after a year), and after all are."""
pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Loans:
    """What the page looks at before and after outcomes came, and what audits said of each month."""

    system: System
    early: Drift
    late: Drift
    audits: list[dict[str, Any]]


@pytest.fixture(scope="module")
def loans(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Loans:
    folder, home = real_data / "nannyml", tmp_path_factory.mktemp("loans")
    workspace = Workspace.create(home / "workspace")
    text = yaml.safe_load((Path(__file__).parents[1] / "systems" / "loans.yaml").read_text())
    text["columns"]["outcome"] |= {"matures_after_days": 366}
    text |= {"groups": {"salary": {"column": "salary_range"}}, "features": ["debt_to_income_ratio", "loan_length"]}
    text |= {"windows": {"audit": "month", "reference": "2018-01-01/2018-10-31"}}
    (workspace.home / "systems" / "loans.yaml").write_text(yaml.safe_dump(text))
    system = workspace.system("loans")
    parts = ("reference", "analysis", "analysis_target")
    reference, analysis, target = (pd.read_csv(folder / f"synthetic_car_loan_{part}.csv.gz") for part in parts)
    reference["timestamp"] = reference["timestamp"].str[:10]
    analysis["timestamp"] = [day(at) for at in range(len(analysis))]
    bring(workspace, pd.concat([reference, analysis]).astype({"repaid": "Int64"}), "decisions")
    for number in range(1, 11):
        run_audit(workspace, system, start=month(number)[0], end=month(number)[1], as_of=EARLY)
    early = drift_of(workspace, system, against="reference", step="month", today=EARLY)
    bring(workspace, target.astype({"repaid": "Int64"}), "outcomes")
    audits = [
        run_audit(workspace, system, start=month(number)[0], end=month(number)[1], as_of=LATE).written()
        for number in range(1, 11)
    ]
    late = drift_of(workspace, system, against="reference", step="month", today=LATE)
    return Loans(system=system, early=early, late=late, audits=audits)


def month(number: int) -> tuple[dt.date, dt.date]:
    return dt.date(2019, number, 1), dt.date(2019, number, calendar.monthrange(2019, number)[1])


def day(at: int) -> str:
    """Of a loan by its place: its chunk's month, its loans spread evenly from the first day to the last."""
    first, last = month(at // CHUNK + 1)
    return str(first + dt.timedelta(days=at % CHUNK * last.day // CHUNK))


def bring(workspace: Workspace, frame: pd.DataFrame, log: Any) -> None:
    path = workspace.home / f"{log}.parquet"
    frame.to_parquet(path)
    assert ingest(workspace, workspace.system("loans"), path, log=log).quarantined == 0


def measure(document: dict[str, Any], name: str) -> dict[str, Any]:
    return next(each for each in document["measures"] if each["id"] == name)


def test_the_published_figures_are_those_of_audits_and_expected_before(loans: Loans) -> None:
    """Accuracy to the last digit published, areas within what bins hide, 19 of 20 estimates within their interval."""
    missed = []
    for document, area, accuracy in zip(loans.audits, AUC, ACCURACY, strict=True):
        assert measure(document, "accuracy")["value"] == pytest.approx(accuracy, abs=5e-5)
        found = measure(document, "auc")
        assert abs(found["value"] - area) <= found["params"]["bin_bound"] < 0.003
        for name, published in (("auc", area), ("accuracy", accuracy)):
            told = measure(document, f"estimated_{name}")
            assert abs(told["value"] - published) < 0.009
            low, high = told["params"]["will_be"]
            missed += [] if low <= published <= high else [published]
    assert missed == [0.9224]


def test_the_break_is_found_in_june_by_audits_and_by_what_scores_mean(loans: Loans) -> None:
    """Between the fifth chunk and the sixth: seen at once, of areas (whose errors are wider) a month later."""
    found = {each.id: each for each in (*loans.late.shifts, *loans.late.meant)}
    for name, noticed in (("accuracy", 6), ("calibration_shift", 6), ("auc", 7)):
        assert (found[name].since.start, found[name].noticed.start.month) == (dt.date(2019, 6, 1), noticed), name
    assert found["accuracy"].before - found["accuracy"].after == pytest.approx(0.029, abs=0.003)
    assert "calibration_tilt" not in found
    assert not loans.early.meant


@pytest.fixture
def page(scene: Scene) -> Callable[..., DriftPage]:
    def make(loans: Loans, drift: Drift, lang: str = "en") -> DriftPage:
        seen = replace(scene, systems={"loans": loans.system})
        asked = DriftQuery(system="loans")
        given: dict[str, Any] = {"systems": ["loans"], "fine": False, "with_incidents": False}
        return drift_page(seen, drift, asked, speaker(lang), query={"lang": lang}, **given)

    return make
