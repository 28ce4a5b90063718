"""Evidently's page: silent, small whatever the data, the same every time, honest about what it leaves out."""

from __future__ import annotations

import json
import math
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boussole.audits.drift import evidently_report
from boussole.audits.drift.evidently_columns import LONGEST, MOST_COLUMNS, MOST_VALUES, ColumnFinding, fit
from boussole.audits.drift.evidently_report import (
    FIRST,
    MOST_BYTES,
    SCRIPTS,
    EvidentlyPage,
    evidently_page,
    script_hashes,
)
from boussole.audits.errors import ReportError


def frame(rows: int, columns: int, *, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    found = pd.DataFrame({f"x{i}": rng.normal(size=rows) for i in range(columns)})
    found["selected"] = rng.choice(["0", "1"], rows)
    return found


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every address that somebody wants to reach, and every name that somebody looks up."""
    tried: list[Any] = []

    def refuse(*given: Any, **_: Any) -> None:
        tried.append(given)
        raise OSError("no network in this test")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    for name in ("getaddrinfo", "gethostbyname"):
        monkeypatch.setattr(socket, name, refuse)
    return tried


@pytest.fixture(scope="module")
def page() -> EvidentlyPage:
    return evidently_page(frame(300, 2), frame(250, 2, seed=1))


@pytest.mark.costly
def test_nothing_is_sent_and_telemetry_is_off(reached: list[Any]) -> None:
    evidently_page(frame(60, 1), frame(50, 1, seed=1))
    assert os.environ["DO_NOT_TRACK"] == "1"
    assert reached == []
    with pytest.raises(OSError, match="no network"):
        socket.create_connection(("127.0.0.1", 9))


@pytest.mark.slow
def test_a_report_opens_no_socket_at_all_and_its_first_import_reaches_nobody() -> None:
    """While libraries are imported, an event loop makes a pair of local sockets, one looks whether there is IPv6."""
    program = (
        "import socket, sys; opened = []\n"
        "sys.addaudithook(lambda event, _: opened.append(event) if event.startswith('socket.') else None)\n"
        "from tests.audits.drift.test_evidently_report import frame, evidently_page\n"
        "assert 'evidently' not in sys.modules\n"
        "evidently_page(frame(60, 1), frame(50, 1, seed=1)); print(sorted(set(opened)))\n"
        "assert 'evidently' in sys.modules; opened.clear()\n"
        "evidently_page(frame(60, 1), frame(50, 1, seed=1)); print(opened)\n"
        "socket.socket(); print(opened)"
    )
    environment = {name: value for name, value in os.environ.items() if "TRACK" not in name}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)
    first, second, own = done.stdout.splitlines()[-3:]
    assert set(json.loads(first.replace("'", '"'))) <= {"socket.__new__", "socket.bind"}
    assert (second, own) == ("[]", "['socket.__new__']")


@pytest.mark.costly
def test_the_page_runs_its_own_scripts_and_ours_before_them(page: EvidentlyPage) -> None:
    written = page.headed("<header>above</header>", title="a & <b>")
    assert len(script_hashes(written)) == SCRIPTS + 1
    assert written.index(FIRST) < written.index("<title>a &amp; &lt;b&gt;</title>") < written.index("<header>above")
    assert (page.version, len(written.encode()) < MOST_BYTES) == ("0.7.23", True)


def test_what_cannot_be_shown_is_named_with_its_reason() -> None:
    reference, current = frame(300, 25), frame(250, 25, seed=1)
    for name, first, second in (
        ("nobody", np.nan, np.nan),
        ("gone", 1.0, np.nan),
        ("came", np.nan, 2.0),
        ("large", 1e200, 2e200),
        ("close", 1.0, math.nextafter(1.0, 2.0)),
        ("turned", 1.0, "one"),
    ):
        reference.insert(0, name, first)
        current.insert(0, name, second)
    reference.insert(0, "lost", 1.0)
    made = fit(reference, current, fewest=11)
    assert made.left_out == {
        "nobody": "no_values",
        "gone": "no_values_current",
        "came": "no_values_reference",
        "lost": "no_values_current",
        "large": "too_large",
        "close": "too_narrow",
        "turned": "other_type",
        **dict.fromkeys(["x20", "x21", "x22", "x23", "x24", "selected"], "limit"),
    }
    assert made.shown == [f"x{i}" for i in range(MOST_COLUMNS)]


def test_new_and_infinite_values_are_told_and_rare_ones_not_by_name() -> None:
    reference = pd.DataFrame({"x": [1.0, np.inf, *range(60)], "code": [0.0, 1.0] * 31, "word": ["a", "b"] * 31})
    current = reference.assign(code=[0.0, 5.0] * 31, word=[*(["a"] * 48), *(["fresh"] * 12), "rare", None])
    current.loc[0, "code"] = 7.0
    assert fit(reference, current, fewest=11).told == [
        ColumnFinding(column="x", kind="infinite", detail="2"),
        ColumnFinding(column="code", kind="new_values", detail="2: 5.0, …"),
        ColumnFinding(column="word", kind="new_values", detail="2: fresh, …"),
    ]


def test_words_are_few_short_and_none_of_few_rows_stands_by_itself() -> None:
    names = [f"person {i} {'x' * 5000}" for i in range(3_000)]
    many = pd.DataFrame({"name": names, "place": [f"place {i % 90}" for i in range(3_000)]})
    made = fit(many, many, fewest=11)
    assert set(made.reference["name"]) == {"…"}
    assert made.reference["place"].nunique() == MOST_VALUES + 1
    long = pd.DataFrame({"word": ["w" * 10_000] * 50, "n" * 10_000: [1.0, 2.0] * 25, "n" * 9_000: [1.0, 2.0] * 25})
    shown = fit(long, long, fewest=11)
    assert max(len(name) for name in shown.names) <= LONGEST
    assert len(set(shown.names)) == 3
    assert shown.reference["word"].map(len).max() == LONGEST


@pytest.mark.costly
@pytest.mark.parametrize("text", ["</script><img src=x>", "<!--<script>", "\u2028", "'); alert(1); ('", "\x00\ud800"])
def test_no_name_and_no_value_breaks_out_of_the_page(text: str) -> None:
    rows = pd.DataFrame({text: ["a", text] * 25, "x": range(50)})
    page = evidently_page(rows, rows).headed("", title="t")
    assert len(script_hashes(page)) == SCRIPTS + 1
    assert "<img src=x>" not in page


@pytest.mark.parametrize(
    ("reference", "current", "words"),
    [
        (frame(0, 1), frame(5, 1), "reference window has no rows"),
        (frame(5, 1), frame(0, 1), "current window has no rows"),
        (pd.DataFrame({"a": [1.0]}), pd.DataFrame({"b": [1.0]}), "no column can be compared .a: no_values_current"),
        (pd.DataFrame({"a": [None]}), pd.DataFrame({"a": [1.0]}), "no column can be compared"),
    ],
)
def test_windows_without_anything_to_compare(reference: pd.DataFrame, current: pd.DataFrame, words: str) -> None:
    with pytest.raises(ReportError, match=words):
        evidently_page(reference, current)


@pytest.mark.slow
def test_a_column_that_evidently_fails_on_is_named_and_the_others_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    run: Callable[..., Any] = evidently_report._run

    def failing(columns: Any, metrics: Any) -> Any:
        if "x1" in columns.shown:
            raise ZeroDivisionError
        return run(columns, metrics)

    monkeypatch.setattr(evidently_report, "_run", failing)
    made = evidently_page(frame(50, 3), frame(50, 3, seed=1))
    assert made.columns.left_out == {"x1": "failed"}
    assert made.columns.shown == ["x0", "x2", "selected"]


@pytest.mark.slow
def test_a_page_that_is_too_large_loses_its_last_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    first = frame(50, 5)
    size = len(evidently_page(first, first).html.encode())
    monkeypatch.setattr(evidently_report, "MOST_BYTES", size + evidently_report._ROOM - 1)
    made = evidently_page(first, first)
    assert made.columns.shown == ["x0", "x1", "x2"]
    assert made.columns.left_out == {"x3": "limit", "x4": "limit", "selected": "limit"}


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
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(windows())
def test_whatever_the_data_the_page_is_small_and_every_column_is_accounted_for(
    sides: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    try:
        made = evidently_page(*sides)
    except ReportError as error:
        assert "no column can be compared" in error.what  # noqa: PT017 (either is right)
        return
    written = made.headed("<header></header>", title="t")
    assert len(written.encode()) < MOST_BYTES
    assert len(script_hashes(written)) == SCRIPTS + 1
    assert set(made.columns.names.values()) | set(made.columns.left_out) == set(sides[0].columns)
    assert "failed" not in made.columns.left_out.values()


@pytest.mark.slow
def test_twenty_columns_of_many_rows_stay_small() -> None:
    made = evidently_page(frame(50_000, 30), frame(50_000, 30, seed=1))
    assert len(made.html.encode()) < MOST_BYTES * 0.7
    assert len(made.columns.left_out) == 11


@pytest.mark.slow
def test_the_same_samples_give_the_same_page_in_every_process(tmp_path: Path) -> None:
    program = (
        "import hashlib; from tests.audits.drift.test_evidently_report import *\n"
        "first, second = frame(400, 3), frame(300, 3, seed=1)\n"
        "first['w'], second['w'] = [list('abcdefgh' * 50), list('abcdghij' * 37 + 'abcd')]\n"
        "made = evidently_page(first, second, fewest=1)\n"
        "print(hashlib.sha256(made.html.encode()).hexdigest())"
    )
    told = []
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", program]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
        told.append(done.stdout.splitlines()[-1])
    assert told[0] == told[1]
