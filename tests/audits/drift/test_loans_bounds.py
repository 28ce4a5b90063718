"""NannyML's car loans from the cubes: what is printed beside what scipy counts of the rows, column by column."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from scipy.stats import ks_2samp, wasserstein_distance

from boussole.audits.decisions import ingest
from boussole.audits.drift.series import DriftSeries, drift_series
from boussole.audits.workspace import Workspace
from tests.written import sample

CHUNK = 5000
NUMBERS = ("car_value", "debt_to_income_ratio", "loan_length", "driver_tenure", "hours")
CATEGORIES = ("salary_range", "size_of_downpayment", "repaid_loan_on_prev_car")
NEAR_ZERO = 0.1
"""Of the standard deviation of the reference: distances under it are near zero."""
LEAST = 0.02


@pytest.fixture(scope="module")
def rows(real_data: Path) -> pd.DataFrame:
    """The reference in January, each chunk of 5,000 in a month of its own; `hours`: of the day of the request."""
    parts = ("reference", "analysis")
    reference, analysis = (pd.read_csv(real_data / f"nannyml/synthetic_car_loan_{part}.csv.gz") for part in parts)
    reference, analysis = reference.assign(month=1), analysis.assign(month=2 + analysis.index // CHUNK)
    whole = pd.concat([reference, analysis], ignore_index=True)
    return whole.assign(
        hours=pd.to_datetime(whole["timestamp"]).dt.hour,
        id=whole.index.astype(str),
        day=pd.to_datetime(whole["month"].map("2019-{:02}-01".format)) + pd.offsets.MonthEnd(),
    )


@pytest.fixture(scope="module")
def series(rows: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> DriftSeries:
    system = sample(
        {
            "id": "id",
            "decided_at": "day",
            "decision": {"column": "y_pred", "selected": [1], "not_selected": [0]},
            "score": {"column": "y_pred_proba", "range": [0, 1]},
        },
        {},
        features=[*NUMBERS, *({"column": name, "kind": "category"} for name in CATEGORIES)],
        windows={"audit": "month", "reference": "2019-01-01/2019-01-31"},
    )
    workspace = Workspace.create(tmp_path_factory.mktemp("loans") / "home")
    columns = ["id", "day", "y_pred", "y_pred_proba", *NUMBERS, *CATEGORIES]
    # The reference comes first, as it does where a system is examined before it is let loose.
    for name, part in (("reference", rows[rows["month"] == 1]), ("analysis", rows[rows["month"] > 1])):
        part[columns].to_parquet(workspace.home / f"{name}.parquet")
        ingest(workspace, system, workspace.home / f"{name}.parquet")
    return drift_series(workspace, system, as_of=dt.date(2020, 1, 15))


@pytest.mark.parametrize("column", ["score", *NUMBERS])
def test_what_is_printed_is_what_the_rows_give(rows: pd.DataFrame, series: DriftSeries, column: str) -> None:
    """In every chunk the rows lie within the bound. It is under 2 % of the distance where this is not near zero, and
    under 2 % of the reference's standard deviation (of 1, for shares) everywhere."""
    by_month = rows.groupby("month")["y_pred_proba" if column == "score" else column]
    before = by_month.get_group(1)
    for at in range(2, 12):
        after, point = by_month.get_group(at), series.points[at - 1]
        spread = float(before.std())
        exact = (
            ("kolmogorov_smirnov", ks_2samp(before, after, method="asymp").statistic, 1.0),
            ("wasserstein", wasserstein_distance(before, after), spread),
        )
        for metric, true, scale in exact:
            measure = point.measure(metric, column)
            assert measure is not None
            assert measure.value is not None
            low, high = measure.params["low"], measure.params["high"]
            assert low - 1e-9 * scale <= true <= high + 1e-9 * scale, (metric, at)
            assert high - low < LEAST * (true if true > NEAR_ZERO * scale else scale), (metric, at)
            assert abs(measure.value - true) < LEAST * (true if true > NEAR_ZERO * scale else NEAR_ZERO * scale)


def test_salaries_jump_at_the_break(series: DriftSeries) -> None:
    """Published: chi-square of 1 to 6 in the first five chunks, over 400 in the others. PSI is a 5,000th of it."""
    found = [point.measure("psi", "salary_range") for point in series.points[1:11]]
    values = [each.value for each in found if each is not None and each.value is not None]
    assert len(values) == 10
    assert all(value < 0.002 for value in values[:5])
    assert all(value > 0.08 for value in values[5:])
