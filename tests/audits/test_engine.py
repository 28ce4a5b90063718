"""The engine of the lake loads only extensions that DuckDB signed."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from boussole.audits.lake import engine
from boussole.audits.workspace import Workspace


@pytest.mark.parametrize("changed", [False, True])
def test_an_extension_that_was_changed_is_not_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: bool
) -> None:
    name = engine.EXTENSIONS[0]
    copy = tmp_path / Path(engine.extension_path(name)).name
    shutil.copyfile(engine.extension_path(name), copy)
    if changed:
        with copy.open("r+b") as file:
            file.seek(4096)
            (byte,) = file.read(1)
            file.seek(4096)
            file.write(bytes([byte ^ 1]))
    monkeypatch.delitem(engine.CONFIG, "allow_unsigned_extensions")  # what tests set
    monkeypatch.setattr(engine, "EXTENSIONS", (name,))
    monkeypatch.setattr(engine, "extension_path", lambda _: str(copy))
    workspace = Workspace.create(tmp_path / "workspace")
    if changed:
        with pytest.raises(duckdb.IOException, match="signature is either missing or invalid"):
            engine.connect(workspace)
    else:
        engine.connect(workspace).close()
