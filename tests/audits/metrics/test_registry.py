"""The registry: complete, and helpful about names."""

from __future__ import annotations

import gzip
import re

import pytest

from boussole.audits.metric_registry import REGISTRY, MetricError
from tests import oracle
from tests.golden.compare import VALUES

NOT_AUDITED = {
    *oracle.COMPARISONS,
    "missing_outcome_share_ratio",
    "missing_share",
    "calibration_shift",
    "calibration_tilt",
}
"""Comparisons that only notebooks make, and drift that is drawn and not sealed; the demo's audits hold all others."""


def test_unknown_names_are_met_with_the_nearest() -> None:
    with pytest.raises(MetricError, match="impact_ratio"):
        REGISTRY.metric("impact_ration")


def test_all_that_is_measured_is_registered_and_all_registered_is_measured() -> None:
    for metric in REGISTRY.all():
        assert all((metric.formula, metric.range, metric.undefined, metric.source)), metric.name
    with gzip.open(VALUES / "demo.documents.json.gz", "rt", encoding="utf-8") as file:
        audited = set(re.findall(r'"metric": "(\w+)"', file.read()))
    assert audited | NOT_AUDITED == {metric.name for metric in REGISTRY.all()}
