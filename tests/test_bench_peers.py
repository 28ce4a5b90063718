"""What `make bench` runs beside peers: each side tells its version and the same rates."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.beside import SAME, versions
from benchmarks.data import FULL, write_decisions
from benchmarks.process import module
from benchmarks.timing import tell


def test_what_is_told_has_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    """Of what is installed; the distribution has another name than the package."""
    assert set(versions()) == {"Python", "Boussole", "DuckDB", "Fairlearn", "pandas"}
    tell("boussole-charter", lambda: {"B": {"rate": 0.5}})
    assert '"version"' in capsys.readouterr().out


@pytest.mark.costly
def test_a_frame_is_compared_as_by_fairlearn(tmp_path: Path) -> None:
    """The two that need nothing but what the project installs, each in a process of its own, as in the benchmark."""
    file = write_decisions(tmp_path, rows=3_000, columns=FULL)
    ours, theirs = (module(name, file).told["values"] for name in ("frame_compared", "fairlearn_peer"))
    gaps = [abs(rates[rate] - theirs[group][rate]) for group, rates in ours.items() for rate in rates]
    assert len(gaps) > 20
    assert max(gaps) < SAME
