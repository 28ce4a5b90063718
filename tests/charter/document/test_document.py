"""The models of the audit document: what was stored comes back byte for byte, and nothing else passes for one."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from boussole.audits.hashing import canonical_json
from boussole.audits.measure_params import Params
from boussole.audits.workspace import Workspace
from boussole.charter.document import AuditDocument
from boussole.charter.document.differences.distances import DriftDocument
from boussole.charter.records import sealed_json
from boussole.charter.schemas import audit_schema

TESTS = Path(__file__).parents[2]
VALIDATOR = Draft202012Validator(audit_schema())
WRITTEN = sorted((TESTS / "dashboard" / "workspace" / "audits").glob("*.json"))
"""By hand, as the first versions of Boussole wrote them."""


@pytest.fixture(scope="module")
def stored(audited_offers: Callable[..., Workspace], tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The documents of a workspace, as its records hold them."""
    workspace = audited_offers(tmp_path_factory.mktemp("stored") / "home")
    with sqlite3.connect(workspace.governance) as connection:
        return [text for (text,) in connection.execute("SELECT document FROM audits ORDER BY entry")]


@pytest.mark.costly
def test_what_is_stored_comes_back_byte_for_byte_and_fits_its_schema_which_requires_every_key(
    stored: list[str],
) -> None:
    """So that a key cannot leave the document unnoticed: without it the document no longer fits."""
    assert len(stored) == 2
    for text in stored:
        assert canonical_json(AuditDocument.read(text).written()).decode() == text
        document = AuditDocument.read(text).sealed(entry=3, root="ab" * 32)
        written = document.written()
        assert [error.message for error in VALIDATOR.iter_errors(written)] == []
        assert sealed_json(document).decode() == text
        for key in {*written} - {"accumulated"}:
            assert not VALIDATOR.is_valid({name: value for name, value in written.items() if name != key}), key


def test_a_document_of_published_counts_fits_the_schema(audited: Any) -> None:
    document = audited("admissions", "ucb_admissions/datasets_UCBAdmissions.csv")
    assert [error.message for error in VALIDATOR.iter_errors(document)] == []


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.stem)
def test_documents_of_first_versions_come_back_as_they_were(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert canonical_json(AuditDocument.read(text).written()) == canonical_json(json.loads(text))


CALLS = [["Maker", None, "small", 90], [None, None, None, 3]]
DEPENDS = [
    {"by_call": CALLS, "outside": CALLS[:1], "others": 4, "all": 3},
    {"months": [{"month": -1, "value": 0, "low": -0.1, "high": 1, "agencies": 4}], "others": 3, "trends": {"p": 0.5}},
    {"months": 6, "first_day": "2026-04-01"},
    {
        "whole": {"ratio": 1, "low": 0.5, "high": 2},
        "parts": [{"stage": "reply", "actor": "person", "ratio": 0.5, "low": 0, "high": 1}],
        "gap": "not_watched",
        "before": 1,
        "after": 0.5,
    },
    {"provider": "A", "target": 1, "by": "2027-01-01", "now": 0.5, "now_on": "2026-09-01", "a_year": 0.1, "points": 4},
    {"range": [0, 1.5], "expected": [1, 2], "tokens": 400, "share": 0.25, "year": 2026, "unread": {"a": [1]}},
]


@pytest.mark.parametrize("params", DEPENDS)
def test_what_a_measure_depends_on_is_written_as_it_was_read(params: dict[str, Any]) -> None:
    text = json.dumps(params)
    written = json.dumps(Params.read(text).written(), sort_keys=True)
    assert written == json.dumps(params, sort_keys=True), "a whole number stays one, and what is absent stays absent"


def test_what_was_worked_out_does_not_outlive_a_change(stored: list[str]) -> None:
    """Measures by name are kept, for pages ask for them at each question; other measures are other ones."""
    whole = AuditDocument.read(stored[1])
    document = whole.changed(accumulated=None)
    (first, *rest) = document.measures
    assert document.judged_by_id is document.judged_by_id
    assert document.judged_by_id[first.id] == first
    shorter = document.changed(measures=tuple(rest))
    assert (first.id in document.judged_by_id, first.id in shorter.judged_by_id) == (True, False)
    assert shorter.judged_measures == tuple(rest)
    assert whole == AuditDocument.read(stored[1])
    assert canonical_json(whole.written()).decode() == stored[1]


def _first(document: dict[str, Any], status: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in document["measures"] if each["status"] == status)
    return found


@pytest.mark.costly
@pytest.mark.parametrize(
    ("status", "change"),
    [
        ("suppressed", {"value": 0.0}),
        ("suppressed", {"n": 7}),
        ("suppressed", {"reason": None}),
        ("undefined", {"value": 0.0}),
        ("ok", {"value": None}),
        ("ok", {"status": "fine"}),
        ("ok", {"extra": 1}),
    ],
)
def test_model_and_schema_refuse_the_same_measures(stored: list[str], status: str, change: dict[str, Any]) -> None:
    document = json.loads(stored[0])
    document["evidence"] |= {"entry": None, "root": None}
    assert VALIDATOR.is_valid(document)
    _first(document, status).update(change)
    assert not VALIDATOR.is_valid(document)
    with pytest.raises(ValidationError):
        AuditDocument.model_validate(document)


def test_nobody_changes_a_document(stored: list[str]) -> None:
    document = AuditDocument.read(stored[0])
    with pytest.raises(ValidationError):
        document.decisions = 0  # type: ignore[misc]
    with pytest.raises(ValidationError):
        document.verdicts[0].verdict = "kept"  # type: ignore[misc, assignment]


def test_a_key_with_nothing_to_say_is_absent_from_a_changed_document_too() -> None:
    pair = DriftDocument.model_construct(html_sha256="a1").changed(stored=None, html_sha256=None)
    assert {"stored", "html_sha256"} & pair.written().keys() == set()
    assert pair.changed(html_sha256="b2").written()["html_sha256"] == "b2"
