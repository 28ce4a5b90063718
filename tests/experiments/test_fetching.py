"""Fetching the files of runs: what becomes of the others where one cannot be read to its end."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from boussole.audits.errors import SourceError
from boussole.experiments.sync import fetching


def test_a_run_that_does_not_tell_its_version_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(_: Any, __: Any, item: Any, ___: Path) -> dict[str, str]:
        if item.origin == "mlflow:gone/a":
            raise SourceError("the run is gone")
        return {}

    monkeypatch.setattr(fetching, "_version", version)
    monkeypatch.setattr(fetching, "ingest", lambda _, __, path, **___: path.name)
    gone, there = (SimpleNamespace(origin=f"mlflow:{run}/a", log="decisions") for run in ("gone", "there"))
    done = fetching.FetchResult([], [])
    group: Any = [(gone, Path("gone")), (there, Path("there"))]
    fetching._bring_in(None, None, group, done)  # type: ignore[arg-type]
    assert (done.reports, [item for item, _ in done.failures]) == (["there"], [gone])
