"""The audit document and its published JSON Schema say the same."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from boussole.charter.schemas import audit_schema

VALIDATOR = Draft202012Validator(audit_schema())
DATA = {
    "compas": "compas/compas-scores-two-years.csv",
    "callbacks": "bertrand_mullainathan/openintro_resume.csv",
    "admissions": "ucb_admissions/datasets_UCBAdmissions.csv",
}


@pytest.mark.costly
@pytest.mark.usefixtures("real_data")
@pytest.mark.parametrize("system", ["callbacks"])
def test_documents_of_real_audits_fit_the_schema(audited: Any, system: str) -> None:
    fits(audited, system)


def test_a_document_of_published_counts_fits_the_schema(audited: Any) -> None:
    fits(audited, "admissions")


def fits(audited: Any, system: str) -> None:
    errors = [
        f"{'/'.join(map(str, e.path))}: {e.message}" for e in VALIDATOR.iter_errors(audited(system, DATA[system]))
    ]
    assert errors == []


@pytest.mark.costly
@pytest.mark.usefixtures("real_data")
def test_every_key_of_the_schema_is_required(audited: Any) -> None:
    """So that a key cannot leave the document unnoticed: without it the document no longer fits."""
    document = audited("compas", DATA["compas"])
    for key in document:
        shorter = {name: value for name, value in document.items() if name != key}
        assert not VALIDATOR.is_valid(shorter), key
