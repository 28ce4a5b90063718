"""Hand-made audit documents: two systems, a group too small to show, one that can't be measured, drift."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audits.systems import System, load_systems
from charter.loading import load_charter
from dashboard.access import person
from dashboard.scene import Scene

Document = dict[str, Any]
FIXTURE = Path(__file__).parent / "workspace"


@pytest.fixture(scope="session")
def systems() -> dict[str, System]:
    return load_systems(FIXTURE / "systems")


def _document(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((FIXTURE / "audits" / f"{name}.json").read_text(encoding="utf-8"))
    return document


@pytest.fixture
def matchft() -> dict[str, Any]:
    return _document("matchft-2")


@pytest.fixture
def matchft_before() -> dict[str, Any]:
    return _document("matchft-1")


@pytest.fixture
def compas() -> dict[str, Any]:
    return _document("compas-1")


@pytest.fixture
def scene(matchft: Document, matchft_before: Document, compas: Document, systems: dict[str, System]) -> Scene:
    return Scene(
        charter=load_charter(),
        systems=systems,
        latest={"compas": compas, "matchft": matchft},
        previous={"matchft": matchft_before},
    )


@pytest.fixture
def be(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Chooses who looks at the pages that `AppTest` runs, as the form of local mode does."""

    def chosen(role: str, member: str | None = None) -> None:
        value = f"{role}.{member}" if member else role
        monkeypatch.setattr(person, "cookie", {person.COOKIE: value}.get)

    return chosen
