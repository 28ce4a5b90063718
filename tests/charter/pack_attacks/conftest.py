"""A pack, a copy of it to be damaged, and a verifier that does not come from it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from boussole.audits.workspace import Workspace
from boussole.charter.pack import HERE, pack_files, write
from boussole.charter.records import sign_checkpoint, stored_audits


@pytest.fixture(scope="module")
def pack(audited_offers: Callable[..., Workspace], tmp_path_factory: pytest.TempPathFactory) -> Path:
    workspace = audited_offers(tmp_path_factory.mktemp("offers") / "w")
    made = pack_files(workspace, stored_audits(workspace)[:1], note=sign_checkpoint(workspace))
    folder = tmp_path_factory.mktemp("pack") / "pack"
    write(made, folder)
    return folder


@pytest.fixture
def copy(pack: Path, tmp_path: Path) -> Path:
    shutil.copytree(pack, tmp_path / "pack")
    return tmp_path / "pack"


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The verifier alone, as somebody keeps it who does not trust those in packs."""
    folder = tmp_path_factory.mktemp("kept")
    shutil.copy(HERE / "verify.py", folder)
    shutil.copytree(HERE / "verifier", folder / "verifier", ignore=shutil.ignore_patterns("__pycache__"))
    return folder / "verify.py"
