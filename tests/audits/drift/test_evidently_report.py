"""Evidently's page: silent, small whatever the data, the same every time, honest about what it leaves out."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boussole.audits.decisions import ingest
from boussole.audits.drift.evidently_report import (
    LONGEST,
    MOST_BYTES,
    MOST_COLUMNS,
    MOST_VALUES,
    SCRIPTS,
    SEED,
    draw,
    fit,
    page_of,
    script_hashes,
)
from boussole.audits.errors import ReportError
from boussole.audits.lake import reading
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from tests.written import system_text


def frame(rows: int, columns: int, *, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    found = pd.DataFrame({f"x{i}": rng.normal(size=rows) for i in range(columns)})
    found["selected"] = rng.choice(["0", "1"], rows)
    return found


@pytest.mark.slow
def test_a_report_opens_no_socket_at_all_and_its_first_import_reaches_nobody() -> None:
    """While libraries are imported, an event loop makes a pair of local sockets, one looks whether there is IPv6."""
    program = (
        "import socket, sys; opened = []\n"
        "sys.addaudithook(lambda event, _: opened.append(event) if event.startswith('socket.') else None)\n"
        "from tests.audits.drift.test_evidently_report import frame, page_of\n"
        "assert 'evidently' not in sys.modules\n"
        "page_of(frame(60, 1), frame(50, 1, seed=1), fewest=11); print(sorted(set(opened)))\n"
        "assert __import__('os').environ['DO_NOT_TRACK'] == '1'\n"
        "assert 'evidently' in sys.modules; opened.clear()\n"
        "page_of(frame(60, 1), frame(50, 1, seed=1), fewest=11); print(opened)\n"
        "socket.socket(); print(opened)"
    )
    environment = {name: value for name, value in os.environ.items() if "TRACK" not in name}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)
    first, second, own = done.stdout.splitlines()[-3:]
    assert set(json.loads(first.replace("'", '"'))) <= {"socket.__new__", "socket.bind"}
    assert (second, own) == ("[]", "['socket.__new__']")


VALUES = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from([0.0, -0.0, 1.0, 5e-324, 1e-300, 1e99, -1e100, math.nextafter(1.0, 2.0), float("inf")]),
)
WORDS = st.one_of(st.none(), st.text(max_size=80), st.sampled_from(["a", "</script>", "x" * 100_000]))
COLUMN = st.one_of(st.lists(VALUES, min_size=1, max_size=30), st.lists(WORDS, min_size=1, max_size=30))


@st.composite
def windows(draw: st.DrawFn) -> tuple[pd.DataFrame, pd.DataFrame]:
    names = draw(st.lists(st.text(max_size=200), min_size=1, max_size=24, unique=True))
    sides = []
    for _ in range(2):
        rows = draw(st.integers(1, 400))
        columns = {name: pd.Series(np.resize(np.array(draw(COLUMN), dtype=object), rows)) for name in names}
        sides.append(pd.DataFrame({name: each.infer_objects() for name, each in columns.items()}))
    return sides[0], sides[1]


@pytest.mark.slow
def test_the_same_samples_give_the_same_page_in_every_process(tmp_path: Path) -> None:
    program = (
        "import hashlib; from tests.audits.drift.test_evidently_report import *\n"
        "first, second = frame(400, 3), frame(300, 3, seed=1)\n"
        "first['w'], second['w'] = [list('abcdefgh' * 50), list('abcdghij' * 37 + 'abcd')]\n"
        "_, page = page_of(first, second, fewest=1)\n"
        "print(hashlib.sha256(page.encode()).hexdigest())"
    )
    told = []
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", program]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
        told.append(done.stdout.splitlines()[-1])
    assert told[0] == told[1]


def test_columns_that_cannot_be_compared_are_left_out() -> None:
    reference, current = frame(300, 25), frame(250, 25, seed=1)
    for name, first, second in (
        ("nobody", np.nan, np.nan),
        ("gone", 1.0, np.nan),
        ("came", np.nan, 2.0),
        ("endless", 1.0, np.inf),
        ("large", 1e200, 2e200),
        ("turned", 1.0, "one"),
    ):
        reference.insert(0, name, first)
        current.insert(0, name, second)
    assert list(fit(reference, current, fewest=11)) == [f"x{i}" for i in range(MOST_COLUMNS)]
    with pytest.raises(ReportError, match=r"no column can be compared .turned, large, endless"):
        page_of(reference.iloc[:, :6], current.iloc[:, :6], fewest=11)


def test_words_are_few_short_and_none_of_few_rows_stands_by_itself() -> None:
    names = [f"person {i} {'x' * 5000}" for i in range(3_000)]
    many = pd.DataFrame({"name": names, "place": [f"place {i % 90}" for i in range(3_000)]})
    made = fit(many, many, fewest=11)
    assert set(made["name"][0]) == {"…"}
    assert made["place"][0].nunique() == MOST_VALUES + 1
    long = pd.DataFrame({"word": ["w" * 10_000] * 50})
    assert fit(long, long, fewest=11)["word"][0].map(len).max() == LONGEST


@pytest.mark.costly
@pytest.mark.parametrize("text", ["</script><img src=x>", "<!--<script>", "\u2028", "'); alert(1); ('", "\x00\ud800"])
def test_no_name_and_no_value_breaks_out_of_the_page(text: str) -> None:
    rows = pd.DataFrame({text: ["a", text] * 25, "x": range(50)})
    _, page = page_of(rows, rows, fewest=11)
    assert len(script_hashes(page)) == SCRIPTS
    assert "<img src=x>" not in page


@pytest.mark.costly
def test_a_column_that_evidently_fails_on_is_left_out_and_names_alike_are_told_apart() -> None:
    """The edges of classes between 1 and the next number cannot be told apart."""
    close = pd.DataFrame({"n" * 10_000: range(50), "close": 1.0, "n" * 9_000: range(50)})
    columns, page = page_of(close, close.assign(close=math.nextafter(1.0, 2.0)), fewest=11)
    assert columns == ["n" * 10_000, "n" * 9_000]
    assert "n" * 50 + " (2)" in page


@pytest.mark.slow
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(windows())
def test_whatever_the_data_the_page_is_small_and_runs_its_own_scripts(sides: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    try:
        _, page = page_of(*sides, fewest=11)
    except ReportError as error:
        assert "no column can be compared" in error.what  # noqa: PT017 (either is right)
        return
    assert len(page.encode()) < MOST_BYTES
    assert len(script_hashes(page)) == SCRIPTS


LOGGED = """
columns:
  id: ref
  decided_at: day
  decision: {column: taken, selected: [true], not_selected: [false]}
  score: {column: score, range: [0, 1]}
features: [x, never]
groups: {gender: {column: sex}}
windows: {audit: month, reference: "2026-01-01/2026-01-31"}
"""


def test_a_sample_is_that_of_the_first_hashes_and_holds_neither_identifiers_nor_groups(tmp_path: Path) -> None:
    rows = 400
    random = np.random.default_rng(5)
    log = pd.DataFrame(
        {
            "ref": [f"r{i}" for i in range(rows)],
            "day": pd.Timestamp("2026-01-01") + pd.to_timedelta(random.integers(0, 31, rows), unit="D"),
            "taken": random.random(rows) < 0.3,
            "score": random.random(rows),
            "x": np.arange(rows, dtype=float),
            "never": np.full(rows, np.nan),
            "sex": random.choice(["F", "M"], rows),
            "n": 2,
        }
    )
    workspace = Workspace.create(tmp_path / "workspace")
    log.to_parquet(workspace.home / "log.parquet")
    month = Window(dt.date(2026, 1, 1), dt.date(2026, 1, 31))
    for name, text in (("jobs", LOGGED), ("sums", LOGGED.replace("  decision:", "  weight: n\n  decision:"))):
        (workspace.home / "systems" / f"{name}.yaml").write_text(system_text(name, text), encoding="utf-8")
    for name in ("jobs", "sums"):
        ingest(workspace, workspace.system(name), workspace.home / "log.parquet")
    with reading(workspace) as connection:
        found = draw(connection, workspace.system("jobs"), month, size=100)
        with pytest.raises(ReportError, match="stand for several decisions"):
            draw(connection, workspace.system("sums"), month)
    first = sorted(range(rows), key=lambda i: hashlib.sha256(f"{SEED}r{i}".encode()).hexdigest())[:100]
    assert found["x"].tolist() == [float(i) for i in first]
    assert set(found) == {"score", "decision", "x", "never"}
