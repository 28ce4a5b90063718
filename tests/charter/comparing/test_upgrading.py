"""Comparisons that were written before they were one document: read as those of today, their bytes left alone."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from boussole.audits.hashing import canonical_json
from boussole.audits.workspace import Workspace
from boussole.charter.comparing.stored import kept, told_before_safely
from boussole.charter.document.differences.comparing import (
    CandidateComparison,
    TwoVersions,
    VersionComparison,
)
from boussole.charter.document.differences.upgrading import upgraded
from boussole.charter.schemas import comparison_schema
from tests.charter.comparing.test_shadow import DECIDES, SHADOW
from tests.written import system_text

BEFORE = Path(__file__).parents[2] / "data" / "comparisons-of-1-december-2026"
FORMS = {"candidate": "boussole.comparison/1", "sequential": "boussole.versions/1", "shadow": "boussole.versions/1"}


def stored(kind: str) -> bytes:
    return (BEFORE / f"{kind}.json").read_bytes()


@pytest.mark.parametrize("kind", FORMS)
def test_one_of_before_is_read_in_the_form_of_today_with_all_that_it_says(kind: str) -> None:
    was = json.loads(stored(kind))
    assert was["schema"] == FORMS[kind]
    read = TwoVersions.read(stored(kind))
    now = json.loads(canonical_json(read.written()))
    jsonschema.validate(now, comparison_schema())
    assert (now.pop("schema"), now.pop("kind"), now.pop("rows")) == (
        "boussole.comparison/2",
        kind,
        was.pop("comparisons") if kind == "candidate" else was.pop("rows"),
    )
    assert now == {key: told for key, told in was.items() if key not in {"schema", "kind"}}


@pytest.mark.parametrize("kind", FORMS)
def test_one_of_today_is_read_as_it_was_written(kind: str) -> None:
    written = canonical_json(TwoVersions.read(stored(kind)).written())
    assert upgraded(written) == written
    assert canonical_json(TwoVersions.read(written).written()) == written


@pytest.mark.parametrize("kind", FORMS)
def test_the_published_schema_is_of_today_alone(kind: str) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(json.loads(stored(kind)), comparison_schema())


def test_one_of_another_kind_is_none_of_this() -> None:
    assert isinstance(CandidateComparison.read(stored("candidate")), CandidateComparison)
    with pytest.raises(ValueError, match="of another kind: candidate"):
        VersionComparison.read(stored("candidate"))
    with pytest.raises(ValueError, match="of another kind: shadow"):
        CandidateComparison.read(stored("shadow"))


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b"\xff",
        b'{"schema": "boussole.comparison/1"}',
        b'{"schema": "boussole.versions/1", "kind": "candidate"}',
        stored("shadow").replace(b"versions/1", b"comparison/3"),
        stored("shadow").replace(b"boussole.versions/1", b"boussole.comparison/1"),
        stored("shadow").replace(b'"family":', b'"more":0,"family":'),
        stored("shadow").replace(b'"alpha":0.05', b'"alpha":"0.05"'),
    ],
)
def test_what_is_no_comparison_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (what callers catch)
        TwoVersions.read(text)


def test_a_kept_comparison_of_before_is_shown_and_its_bytes_stay(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path)
    for name, text in (("jobs", DECIDES), ("jobs_next", SHADOW)):
        (workspace.home / "systems" / f"{name}.yaml").write_text(system_text(name, text), encoding="utf-8")
    place = workspace.reports / "shadow" / "jobs_next" / "2026-01-01.json"
    place.parent.mkdir(parents=True)
    place.write_bytes(stored("shadow"))
    (found,) = kept(Workspace(workspace.home), "jobs")
    assert found.document is not None
    assert (found.missing, found.document.kind) == ("", "shadow")
    assert place.read_bytes() == stored("shadow")
    told_before_safely(Workspace(workspace.home), found.document, workspace.system("jobs"))
    place.write_bytes(stored("candidate"))
    (other,) = kept(Workspace(workspace.home), "jobs")
    assert "cannot be read" in other.missing
