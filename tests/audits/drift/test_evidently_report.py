"""Evidently's page: silent, capped, honest about what it leaves out."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from audits.drift.evidently_report import write_report
from audits.errors import ReportError


def frame(rows: int, columns: int, *, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    found = pd.DataFrame({f"x{i}": rng.normal(size=rows) for i in range(columns)})
    found["selected"] = rng.choice(["0", "1"], rows)
    return found


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    tried: list[Any] = []

    def refuse(_: socket.socket, address: Any) -> None:
        tried.append(address)
        raise OSError("no network in this test")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    return tried


def test_nothing_is_sent_and_telemetry_is_off(tmp_path: Path, no_network: list[Any]) -> None:
    path = write_report(frame(60, 2), frame(50, 2, seed=1), path=tmp_path / "drift" / "page.html", title="matchft")
    assert os.environ["DO_NOT_TRACK"] == "1"
    assert no_network == []
    assert path == tmp_path / "drift" / "page.html"


def test_many_columns_and_rows_stay_small_and_the_page_says_what_is_missing(tmp_path: Path) -> None:
    reference, current = frame(12_000, 24), frame(9_000, 24, seed=1)
    reference["empty"], current["empty"] = np.nan, 1.0
    names = [f"person {i}" for i in range(12_000)]
    reference["name"], current["name"] = names, names[:9_000]
    path = write_report(reference, current, path=tmp_path / "page.html", title="big", language="en")
    page = path.read_text(encoding="utf-8")
    assert path.stat().st_size < 10_000_000
    assert "left out (20 at most, empty, or with too many values): x20, x21, x22, x23, selected, empty, name." in page
    assert "person 17" not in page


def test_values_and_titles_cannot_break_out_of_the_page(tmp_path: Path) -> None:
    reference, current = frame(50, 1), frame(50, 1, seed=1)
    reference["selected"] = current["selected"] = ["</script><img src=x>", "b"] * 25
    page = write_report(reference, current, path=tmp_path / "p.html", title="<img>").read_text(encoding="utf-8")
    assert "<img src=x>" not in page
    assert "<h1>&lt;img&gt;</h1>" in page


@pytest.mark.parametrize(
    ("reference", "current", "words"),
    [
        (frame(0, 1), frame(5, 1), "reference window has no rows"),
        (frame(5, 1), frame(0, 1), "current window has no rows"),
        (pd.DataFrame({"a": [1.0]}), pd.DataFrame({"b": [1.0]}), "no column"),
    ],
)
def test_windows_without_anything_to_compare(
    reference: pd.DataFrame, current: pd.DataFrame, words: str, tmp_path: Path
) -> None:
    with pytest.raises(ReportError, match=words):
        write_report(reference, current, path=tmp_path / "p.html", title="t")
    assert not (tmp_path / "p.html").exists()


def test_one_row_infinite_values_and_a_constant_are_no_obstacle(tmp_path: Path) -> None:
    reference = pd.DataFrame({"x": [1.0, np.inf, np.nan], "c": [1.0, 1.0, 1.0], "b": [True, False, None]})
    current = pd.DataFrame({"x": [2.0], "c": [1.0], "b": [True]})
    assert write_report(reference, current, path=tmp_path / "p.html", title="t").stat().st_size > 0
