"""A workspace with rows of every log, some of them old: made once, copied for each test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from tests.audits.privacy.helpers import fill, system_text


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    workspace = Workspace.create(folder / "w")
    (workspace.home / "systems" / "loans.yaml").write_text(system_text(), encoding="utf-8")
    fill(workspace, folder)
    return folder


@pytest.fixture
def workspace(template: Path, tmp_path: Path) -> Workspace:
    shutil.copytree(template, tmp_path, dirs_exist_ok=True)
    return Workspace(tmp_path / "w")


@pytest.fixture
def loans(workspace: Workspace) -> System:
    return workspace.system("loans")
