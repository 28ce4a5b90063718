"""Watched features in a system file: a column, or a column with its name for readers."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from boussole.audits.declaration import declaration
from boussole.audits.errors import BoussoleError
from boussole.audits.systems import System, load_system
from tests.written import sample

COLUMNS = {"id": "id", "period": "2026-07-01", "decision": {"column": "hired", "selected": [1]}}
TITLE = {"fr": "Distance, en km", "en": "Distance, in km"}


def declared(*features: Any) -> System:
    kept = sample(COLUMNS, ["sex"]).model_dump(mode="json", by_alias=True, exclude_none=True)
    return System.model_validate({**kept, "features": list(features)})


def test_a_feature_is_a_column_or_a_column_with_its_title() -> None:
    system = declared("age", {"column": "distance_km", "title": TITLE}, {"column": "experience"})
    assert system.watched == ["age", "distance_km", "experience"]
    assert system.feature_titles == {"distance_km": TITLE}


def test_a_declaration_says_of_a_feature_what_the_file_does_and_is_read_back() -> None:
    assert declaration(declared("age", {"column": "experience"}))["features"] == ["age", "experience"]
    titled = declared("age", {"column": "distance_km", "title": TITLE})
    kept = declaration(titled)
    assert kept["features"] == ["age", {"column": "distance_km", "title": TITLE}]
    assert System.model_validate(kept).features == titled.features


def test_editors_accept_both_ways_to_write_it() -> None:
    schema = Draft202012Validator(System.model_json_schema())
    whole = declared("age").model_dump(mode="json", by_alias=True, exclude_none=True)
    for features, fits in (
        (["age", {"column": "distance_km", "title": TITLE}], True),
        ([{"title": TITLE}], False),
        ([{"column": "age", "titel": TITLE}], False),
        ([3], False),
    ):
        assert schema.is_valid({**whole, "features": features}) is fits


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("[{column: age, titel: {en: Age}}]", "unknown key 'features.0.titel' .Did you mean 'title'"),
        ("[age, {title: {en: Age}}]", "'features.1.column' is missing"),
    ],
)
def test_a_slip_in_a_feature_is_named(tmp_path, written: str, told: str) -> None:
    text = (
        "id: s\nkind: selection\ntitle: {en: S}\npurpose: {en: P}\nowner: O\nstatus: pilot\nrisk: limited\n"
        "columns: {id: id, decided_at: at, decision: {column: hired, selected: [1]}}\n"
    )
    path = tmp_path / "s.yaml"
    path.write_text(f"{text}features: {written}\n", encoding="utf-8")
    with pytest.raises(BoussoleError, match=told):
        load_system(path)
