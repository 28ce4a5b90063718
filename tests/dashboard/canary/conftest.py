"""A workspace in which a person's name stands where a sex belongs."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from boussole.dashboard.server.access import log as access_log
from tests.dashboard.canary.named import KINDS, Place, fill


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, int], Path]:
    """Makes the workspace of each case once."""
    made: dict[tuple[str, int], Path] = {}

    def model(kind: str, strays: int) -> Path:
        if (kind, strays) not in made:
            folder = made[kind, strays] = tmp_path_factory.mktemp(f"{kind}{strays}")
            fill(folder, KINDS[kind], strays)
        return made[kind, strays]

    return model


@pytest.fixture
def place(
    models: Callable[[str, int], Path], kind: str, strays: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Place:
    """A copy of it, which the pages show."""
    model = models(kind, strays)
    shutil.copytree(model / "workspace", tmp_path / "workspace")
    monkeypatch.setenv("BOUSSOLE_HOME", str(tmp_path / "workspace"))
    access_log._lately.clear()
    return Place(kind, strays, model, tmp_path / "workspace")
