"""Real data through the command line only, held to what was published about them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import statsmodels.api as sm
from sklearn.metrics import roc_auc_score

pytestmark = pytest.mark.costly


def value(document: dict[str, Any], measure: str) -> float:
    found = {item["id"]: item for item in document["measures"]}[measure]
    assert found["status"] == "ok", found
    return float(found["value"])


def test_compas_scores_tell_apart_as_scikit_learn_says(audited: Any, real_data: Path) -> None:
    """Deciles from 1 to 10: areas by race are exact, and no rate is read into them."""
    compas = audited("compas", "compas/compas-scores-two-years.csv")
    frame = pd.read_csv(real_data / "compas" / "compas-scores-two-years.csv")
    groups = {name: frame[frame["race"] == name] for name in ("African-American", "Caucasian", "Hispanic")}
    for name, own in groups.items():
        expected = roc_auc_score(own["two_year_recid"], own["decile_score"])
        assert value(compas, f"auc/race={name}") == pytest.approx(expected, abs=1e-12)
    assert value(compas, "auc") == pytest.approx(
        roc_auc_score(frame["two_year_recid"], frame["decile_score"]), abs=1e-12
    )
    measures = {item["id"]: item for item in compas["measures"]}
    assert measures["calibration_error/race=Caucasian"]["reason"] == "not_a_probability"


# Ten chunks of 5,000 loans, published by NannyML: area under the ROC curve and accuracy.
CHUNKS = {
    "auc": (0.970962, 0.970248, 0.976282, 0.967721, 0.969886, 0.960050, 0.958530, 0.959041, 0.963094, 0.957556),
    "accuracy": (0.9422, 0.9422, 0.9502, 0.9436, 0.9410, 0.9146, 0.9156, 0.9144, 0.9224, 0.9122),
}


@pytest.mark.slow
def test_loans_have_the_areas_that_nannyml_published(audited: Any, loans: Path) -> None:
    """Scores have two digits: the bins hide nothing. Outcomes come in a file of their own, joined here."""
    document = audited("loans", loans)
    for metric, published in CHUNKS.items():
        for chunk, expected in enumerate(published):
            assert round(value(document, f"{metric}/chunk={chunk}"), 6) == expected
    measures = {item["id"]: item for item in document["measures"]}
    assert measures["auc/chunk=0"]["params"]["bin_bound"] > 0
    assert measures["auc/chunk=0"]["interval"]["method"] == "delong"
    assert len(measures["calibration_error/chunk=0"]["params"]["curve"]) >= 2


@pytest.fixture(scope="module")
def loans(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The loans that NannyML analyses, with their outcomes and the number of their chunk."""
    folder = real_data / "nannyml"
    frame = pd.read_csv(folder / "synthetic_car_loan_analysis.csv.gz")
    frame = frame.merge(pd.read_csv(folder / "synthetic_car_loan_analysis_target.csv.gz"), on="id")
    path = tmp_path_factory.mktemp("loans") / "loans.parquet"
    frame.assign(chunk=[str(i // 5000) for i in range(len(frame))]).to_parquet(path)
    return path


@pytest.mark.usefixtures("real_data")
def test_callbacks_rates_are_those_of_bertrand_and_mullainathan(audited: Any) -> None:
    document = audited("callbacks", "bertrand_mullainathan/openintro_resume.csv")
    assert document["decisions"] == 4870
    published = {  # Table 1 of the paper, percent
        "race=white,city=Boston": 11.63,
        "race=black,city=Boston": 7.76,
        "race=white,city=Chicago": 8.06,
        "race=black,city=Chicago": 5.40,
    }
    found = {group: round(100 * value(document, f"selection_rate/{group}"), 2) for group in published}
    assert found == published


def test_admissions_reverse_among_comparable_profiles(audited: Any) -> None:
    """Bickel, Hammel & O'Connell (1975): women ahead in 4 of 6 departments."""
    document = audited("admissions", "ucb_admissions/datasets_UCBAdmissions.csv")
    measures = {item["id"]: item for item in document["measures"]}
    params = measures["adjusted_selection_rate_ratio/gender=Female"]["params"]
    assert (params["picture"], params["strata"], params["strata_above"]) == ("leans", 6, 4)
    # 557 ÷ 1835 women against 1198 ÷ 2691 men
    assert round(measures["selection_rate_ratio/gender=Female"]["value"], 3) == 0.682
    told = {item["indicator"]: item["verdict"] for item in document["verdicts"]}
    names = ("selection_rate_ratio_gender", "adjusted_selection_rate_ratio_gender")
    assert [told[name] for name in names] == ["broken", "kept"]


@pytest.mark.parametrize(("group", "reference"), [("gender", "Man"), ("origin", "FFF")])
def test_french_correspondence_tests_compare_within_offers(
    audited: Any, real_data: Path, tmp_path: Path, group: str, reference: str
) -> None:
    """Within matched sets, statsmodels' Mantel-Haenszel risk ratio; each application gets the id that it lacks."""
    frame = pd.read_csv(real_data / "french_callback" / f"{group}2.csv")
    frame.assign(application=range(len(frame))).to_csv(tmp_path / "numbered.csv", index=False)
    document = audited(f"callback_{group}", tmp_path / "numbered.csv")
    measures = {item["id"]: item for item in document["measures"]}
    for other in {*frame[group]} - {reference}:
        sets = [
            pd.crosstab(part[group] == other, part["callback"]).reindex(
                index=[True, False], columns=[True, False], fill_value=0
            )
            for _, part in frame[frame[group].isin([other, reference])].groupby("offer")
        ]
        peer = sm.stats.StratifiedTable([each.to_numpy() for each in sets if each.to_numpy().sum(axis=1).all()])
        found = measures[f"adjusted_selection_rate_ratio/{group}={other}"]
        assert found["value"] == pytest.approx(peer.riskratio_pooled, rel=1e-12)


# fpr, fnr, false discovery rate (1 - precision), published by Aequitas for COMPAS by race.
AEQUITAS = {
    "African-American": (0.448468, 0.279853, 0.370285),
    "Asian": (0.086957, 0.333333, 0.25),
    "Caucasian": (0.234543, 0.477226, 0.408665),
    "Hispanic": (0.214815, 0.556034, 0.457895),
    "Native American": (0.375, 0.1, 0.25),
    "Other": (0.147541, 0.676692, 0.455696),
}


@pytest.mark.usefixtures("real_data")
def test_aequitas_table_by_race_to_six_decimals(audited: Any) -> None:
    document = audited("aequitas", "aequitas/compas_for_aequitas.csv")
    measures = {item["id"]: item for item in document["measures"]}
    for race, (fpr, fnr, fdr) in AEQUITAS.items():
        for metric, expected in (("false_positive_rate", fpr), ("false_negative_rate", fnr), ("precision", 1 - fdr)):
            found = measures[f"{metric}/race={race}"]
            assert found["status"] == "ok", found
            assert round(found["value"], 6) == pytest.approx(expected, abs=5.1e-7), (metric, race)
