"""The walk-through runs as its page says, and would say so if the three ways differed."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.project_copy import ran

SCRIPT = Path(__file__).parent.parent / "docs" / "walkthrough.py"


@pytest.fixture(scope="module")
def script() -> Any:
    spec = importlib.util.spec_from_file_location("walkthrough", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_three_ways_of_logging_end_in_the_same_measures(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "BOUSSOLE_"))}
    environment["TMPDIR"] = str(tmp_path)
    done = ran(sys.executable, SCRIPT, env=environment, cwd=tmp_path, timeout=500)
    assert done.returncode == 0, done.stderr
    assert "boussole sync: 8820 new rows\nboussole sync: 0 new rows" in done.stdout  # twice 3,000 and 1,410
    rate = re.search(r"^selection_rate/gender=F +(\d+) +(\S+) +(\S+) +(\S+)$", done.stdout, flags=re.MULTILINE)
    assert rate is not None
    assert set(rate.groups()[1:]) == {"0.416440"}  # 613 of 1,472 women
    assert re.search(r"All three ways end in the same \d{2,} measures\.", done.stdout)
    assert list(tmp_path.iterdir()) == []


def document(value: float, low: float) -> dict[str, Any]:
    interval = {"low": low, "high": 0.9, "level": 0.95, "method": "wilson"}
    measure = {"id": "selection_rate/gender=F", "value": value, "n": 10, "interval": interval, "status": "ok"}
    return {"measures": [measure]}


@pytest.mark.parametrize(
    ("other", "different"),
    [
        (document(0.5, 0.2), []),
        (document(0.6, 0.2), ["selection_rate/gender=F"]),
        (document(0.5, 0.3), ["selection_rate/gender=F"]),
        ({"measures": []}, ["selection_rate/gender=F"]),
    ],
)
def test_a_difference_in_value_or_interval_is_named(script: Any, other: dict[str, Any], different: list[str]) -> None:
    found = {"plain": script.measures(document(0.5, 0.2)), "helper": script.measures(other)}
    assert script.show(found) == different
