"""Weights of one decision against sums worked by hand, and what is not told: nothing is ever guessed."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import KBinsDiscretizer, PolynomialFeatures, StandardScaler

from boussole.experiments.weights import version_models
from boussole.experiments.weights.version_models import VersionModel, model_of

RNG = np.random.default_rng(3)
PAST = pd.DataFrame({"years": RNG.normal(10, 3, 400), "km": RNG.gamma(2, 8, 400)})
HIRED = RNG.random(400) < 1 / (1 + np.exp(-(0.4 * (PAST["years"] - 10) - 0.08 * PAST["km"])))
OTHERS = PAST.head(60).to_dict("records")
ANNA = {"years": 14.0, "km": 30.0}
FEWEST = 11
weights = partial(version_models.weights, fewest=FEWEST)


def model(*steps) -> VersionModel:
    pipeline = make_pipeline(*steps)
    pipeline.fit(PAST, HIRED)
    return VersionModel(inputs=("years", "km"), pipeline=pipeline)


def score(found: VersionModel, person) -> float:
    return float(found.pipeline.predict_proba(pd.DataFrame([person], columns=["years", "km"]))[0, 1])


@pytest.fixture(scope="module")
def logistic() -> VersionModel:
    return model(StandardScaler(), LogisticRegression())


def test_a_weight_is_the_coefficient_times_how_far_the_person_is_from_the_average(logistic):
    told = weights(logistic, ANNA, OTHERS, score=round(score(logistic, ANNA), 4))
    scaler, last = logistic.pipeline
    mean = {name: sum(each[name] for each in OTHERS) / len(OTHERS) for name in ANNA}
    by_hand = {
        name: last.coef_[0][i] / math.sqrt(scaler.var_[i]) * (ANNA[name] - mean[name]) for i, name in enumerate(ANNA)
    }
    assert told.effects == pytest.approx(by_hand)
    assert (told.checked, told.lack, told.unlogged) == (True, None, ())


def test_after_binning_it_is_the_term_of_the_bin_less_the_average_term():
    found = model(KBinsDiscretizer(n_bins=4, encode="onehot-dense", strategy="uniform"), LogisticRegression())
    told = weights(found, ANNA, OTHERS, score=score(found, ANNA))
    bins, last = found.pipeline

    def term(person, j):
        position = np.searchsorted(bins.bin_edges_[j][1:-1], person[("years", "km")[j]], side="right")
        return last.coef_[0][4 * j + position]

    by_hand = {name: term(ANNA, j) - sum(term(each, j) for each in OTHERS) / len(OTHERS) for j, name in enumerate(ANNA)}
    assert told.effects == pytest.approx(by_hand)


def test_a_linear_score_is_the_sum_itself():
    pipeline = make_pipeline(LinearRegression()).fit(PAST, 2 * PAST["years"] - PAST["km"])
    told = weights(VersionModel(inputs=("years", "km"), pipeline=pipeline), ANNA, OTHERS, score=-2.0)
    mean = sum(each["km"] for each in OTHERS) / len(OTHERS)
    assert told.effects["km"] == pytest.approx(mean - 30)
    assert told.checked


def test_an_input_that_is_not_logged_is_named_and_the_others_are_told_as_with_it(logistic):
    whole = weights(logistic, ANNA, OTHERS, score=None).effects
    told = weights(logistic, {"years": 14.0}, [{"years": each["years"]} for each in OTHERS], score=0.3)
    assert (told.unlogged, told.checked) == (("km",), None)
    assert told.effects == {"years": pytest.approx(whole["years"])}


@pytest.mark.parametrize(
    "steps",
    [
        (StandardScaler(), PolynomialFeatures(2, include_bias=False), LogisticRegression(max_iter=500)),
        (RandomForestClassifier(n_estimators=3, random_state=0),),
    ],
    ids=["inputs that act on one another", "a forest"],
)
def test_what_does_not_add_up_is_not_told(steps):
    found = model(*steps)
    told = weights(found, ANNA, OTHERS, score=score(found, ANNA))
    assert (told.lack, told.effects) == ("not_additive", {})


def test_of_another_model_of_nobody_to_compare_with_or_of_other_data_nothing_is_told(logistic):
    told = weights(logistic, ANNA, OTHERS, score=score(logistic, ANNA) + 0.01)
    assert (told.lack, told.effects) == ("mismatch", {})
    assert weights(logistic, ANNA, [], score=0.5).lack == "too_few"
    assert weights(logistic, {"other": 1.0}, OTHERS, score=0.5).lack == "too_few"


def test_what_few_others_bring_is_not_told_whatever_the_log_has_of_the_rest(logistic):
    """Ten with the input, fifty without it: an average of ten could be taken apart by who knows nine of them."""
    few = [each if i < FEWEST - 1 else {**each, "km": None} for i, each in enumerate(OTHERS)]
    found = weights(logistic, ANNA, few, score=score(logistic, ANNA))
    assert (found.lack, found.effects) == ("too_few", {})
    enough = [*few[: FEWEST - 1], OTHERS[-1], *few[FEWEST:]]
    assert weights(logistic, ANNA, enough, score=score(logistic, ANNA)).effects


def trained(mlflow, version: str, **logged) -> str:
    pipeline = make_pipeline(StandardScaler(), LogisticRegression()).fit(PAST, HIRED)
    with mlflow.start_run():
        mlflow.log_param("model_version", version)
        signature = mlflow.models.infer_signature(PAST, HIRED)
        made = mlflow.sklearn.log_model(pipeline, name="model", signature=signature, pip_requirements=[], **logged)
    return made.model_id


@pytest.mark.costly
def test_the_model_of_a_version_is_found_and_read_without_running_code_of_it(workspace, mlflow):
    trial = workspace.system("trial")
    first = trained(mlflow, "1", serialization_format="skops", skops_trusted_types=["numpy.dtype"])
    for version in ("1", first):
        found = model_of(workspace, trial, version)
        assert (found.lack, found.inputs) == (None, ("years", "km"))
        assert weights(found, ANNA, OTHERS, score=score(found, ANNA)).checked
    trained(mlflow, "2", serialization_format="cloudpickle")
    assert model_of(workspace, trial, "2").lack == "unreadable"
    trained(mlflow, "1", serialization_format="skops", skops_trusted_types=["numpy.dtype"])
    lacks = {version: model_of(workspace, trial, version).lack for version in ("1", "3", "it's", None)}
    assert lacks == {"1": "unreadable", "3": "unreadable", "it's": "unreadable", None: "no_version"}
