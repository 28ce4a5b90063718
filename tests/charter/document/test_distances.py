"""Distances are read by the same models whether they were just computed or come from a document."""

from __future__ import annotations

from typing import get_args

import pytest

from boussole.audits.cubes.values import Histogram, Values
from boussole.audits.drift.compared import value_measures
from boussole.audits.drift.distance_params import MODELS, ends_of_rows, psi_of, stored_test
from boussole.audits.drift.distances import ordered_measures
from boussole.audits.drift.measures import index_measures
from boussole.audits.hashing import canonical_json
from boussole.audits.measures import Measure
from boussole.charter.document.differences.distances import Distance, distances_of

HISTOGRAM = Histogram("score", (0.25, 0.5, 0.75), (10, 40, 30, 20, 3), (30, 30, 20, 20, 0))


def computed() -> list[Measure]:
    """Of a column of numbers, and of one of values."""
    sides = Values({"a": 60, "b": 40}), Values({"a": 30, "c": 70})
    return [
        *index_measures(HISTOGRAM.coarse(), design_effect=2.0),
        *ordered_measures(HISTOGRAM, range_=(0.0, 1.0)),
        *value_measures("feature", "zone", sides, fewest=11, design_effect=1.0),
    ]


def test_each_metric_has_one_model_of_what_it_depends_on() -> None:
    union, _ = get_args(Distance)
    of_documents = {
        metric: model.model_fields["params"].annotation
        for model in get_args(union)
        for metric in get_args(model.model_fields["metric"].annotation)
    }
    assert of_documents == MODELS


@pytest.mark.parametrize("measure", computed(), ids=lambda each: each.id)
def test_what_was_just_computed_is_read_as_its_document_is(measure: Measure) -> None:
    (document,) = distances_of([measure])
    params = MODELS[measure.metric].of(measure.params)
    assert params == document.params
    assert canonical_json(params.written()) == canonical_json(dict(measure.params))
    assert ends_of_rows(measure) == (
        (measure.params["low"], measure.params.get("high")) if "low" in measure.params else None
    )


def test_a_distance_without_a_value_has_no_test() -> None:
    psi = Measure(metric="psi", by=("feature",), group=("x",), status="undefined", reason="one_bin")
    assert psi_of(psi).test is None
    with pytest.raises(ValueError, match="lacks a value"):
        stored_test(psi)
