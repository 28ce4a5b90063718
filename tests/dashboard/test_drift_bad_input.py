"""Whatever comes in, from import to page, command and audit: named, and never a crash or a silent zero."""

from __future__ import annotations

import calendar
import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from boussole.audits.decisions import ingest
from boussole.audits.errors import BoussoleError
from boussole.audits.systems.model import System
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.drift.system_drift import drift_of
from boussole.dashboard.cli.main import app
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.views.drift.view import DriftPage, DriftQuery, drift_page
from boussole.dashboard.views.store import scene
from tests.sparing import slow_case
from tests.written import system_text

SYSTEM = """
columns:
  id: ref
  decided_at: day
  decision: {column: taken, selected: [true], not_selected: [false]}
  score: {column: score, range: [0, 1]}
groups: {gender: {column: gender}}
features: [distance, other]
windows: {audit: month, reference: "2026-01-01/2026-01-31"}
privacy: {suppress_below: 11}
"""
NOTHING = SYSTEM.replace("features: [distance, other]\n", "").replace("  score: {column: score, range: [0, 1]}\n", "")
TODAY = dt.date(2026, 6, 15)
Change = Callable[[pd.DataFrame], pd.DataFrame]


def same(frame: pd.DataFrame) -> pd.DataFrame:
    return frame


def put(column: str, value: Any, *, every: int = 1) -> Change:
    """A value in every so many rows of a column."""

    def change(frame: pd.DataFrame) -> pd.DataFrame:
        held = frame[column].astype(object)
        held[::every] = value
        return frame.assign(**{column: held.infer_objects()})

    return change


def without(column: str) -> Change:
    return lambda frame: frame.drop(columns=column)


def taken(percent: int) -> Change:
    """Four times as many rows, of which so many of a hundred are taken."""
    return lambda frame: pd.concat([frame.assign(ref=frame["ref"] + f".{copy}") for copy in range(4)]).assign(
        taken=[at % 100 < percent for at in range(4 * len(frame))]
    )


def last(rows: int) -> Change:
    return lambda frame: frame.tail(rows)


@dataclass(frozen=True, kw_only=True)
class Case:
    """What three months hold, what the import refuses, what the page tells, and the states of the newest month."""

    months: tuple[Change | None, ...]
    refused: dict[int, str] = field(default_factory=dict)
    told: tuple[str, ...]
    states: dict[str, str] = field(default_factory=dict)
    command: str = ""
    """What `boussole drift` says, where it is not the same."""
    system: str = SYSTEM


CASES = {
    "a reference without rows": Case(
        months=(None, same, same),
        told=("Nothing can be compared: the period compared with holds no decision.",),
        command="the window 2026-01-01/2026-01-31 holds no decision",
    ),
    "a column that became all null": Case(
        months=(same, same, put("distance", None)),
        told=(
            "Distance: the column is empty in one of the two periods.",
            "a column has no value in one of the periods",
        ),
        states={"distance": "no_values"},
        command="no values",
    ),
    "numbers that became words": Case(
        months=(same, same, put("distance", "far")),
        refused={3: "column 'distance': not a number; words need `kind: category` (300 rows, the first is row 1)"},
        told=("February 2026 compared with January 2026",),
    ),
    "numbers of which some became words": Case(
        months=(same, same, put("distance", "far", every=2)),
        told=("Distance: the column changed its type (1 March 2026).", "Distance: rows were left out because of what"),
        command="Distance: rows were left out",
    ),
    "a category never seen": Case(
        months=(same, same, put("gender", "X", every=5)),
        told=("Gender: values came that were never seen before (1 March 2026).",),
        command="Gender: values came that were never seen before",
    ),
    "a column of one value": Case(
        months=(put("distance", 7.0), put("distance", 7.0), put("distance", 7.0)),
        told=("March 2026 compared with January 2026: nothing that we can tell of moved beyond its level.",),
        states={"distance": "kept"},
        command="distance",
    ),
    "a column that became one value": Case(
        months=(same, same, put("distance", 7.0)), told=("the inputs changed (distance)",), states={"distance": "watch"}
    ),
    "infinite values": Case(
        months=(same, same, put("distance", np.inf, every=2)),
        told=("Distance: infinite numbers came, read as missing (1 March 2026).",),
        command="Distance: infinite numbers came",
    ),
    "a window of one row": Case(
        months=(same, same, last(1)),
        told=("March 2026 is not compared: hidden: fewer than 11 people or decisions.",),
        command="holds fewer than 11 people or decisions",
    ),
    "a reference of one row": Case(
        months=(last(1), same, same),
        told=("Nothing can be compared: hidden: fewer than 11 people or decisions.",),
        command="holds fewer than 11 people or decisions",
    ),
    "a feature added later": Case(
        months=(without("distance"), without("distance"), same),
        refused={1: "missing column: 'distance'", 2: "missing column: 'distance'"},
        told=("Nothing can be compared: the period compared with holds no decision.",),
        command="the window 2026-01-01/2026-01-31 holds no decision",
    ),
    "a feature that came as empty first": Case(
        months=(put("distance", None), put("distance", None), same),
        told=("Distance: the column is empty in one of the two periods.",),
        states={"distance": "no_values"},
        command="no values",
    ),
    "a system without features and score": Case(
        months=(same, same, same),
        told=("March 2026 compared with January 2026: nothing moved beyond its level.",),
        system=NOTHING,
    ),
    "no reference": Case(
        months=(same, same),
        told=("Nothing can be compared: no reference period is declared.",),
        system=SYSTEM.replace(', reference: "2026-01-01/2026-01-31"', ""),
    ),
    "a reference that shares days": Case(
        months=(same, same, same),
        told=("it shares days with the period compared with",),
        system=SYSTEM.replace("2026-01-31", "2026-03-15"),
    ),
    "decisions that move by steps": Case(
        months=(taken(30), taken(30), taken(44), taken(55), taken(55)),
        told=("the decisions changed", "So it has been since March 2026."),  # in which the PSI is under its level
        system=NOTHING,
    ),
    "dates in the future": Case(
        months=(same, same, put("day", "2071-03-31")),
        refused={3: "column 'day': the date is before 1990 or in the future"},
        told=("February 2026 compared with January 2026",),
    ),
}


def month_of(number: int) -> pd.DataFrame:
    random, rows = np.random.default_rng(number), 300
    days = [f"2026-{number:02}-01", *[f"2026-{number:02}-{day:02}" for day in random.integers(1, 29, rows - 1)]]
    days[-1] = f"2026-{number:02}-{calendar.monthrange(2026, number)[1]}"
    return pd.DataFrame(
        {
            "ref": [f"m{number}-{i}" for i in range(rows)],
            "day": days,
            "taken": random.random(rows) < 0.3,
            "score": random.random(rows).round(2),
            "gender": random.choice(["F", "M"], rows),
            "distance": random.normal(20, 5, rows).round(1),
            "other": random.normal(0, 1, rows).round(2),
        }
    )


def brought_in(home: Path, case: Case, *, form: str) -> tuple[Workspace, System]:
    """A workspace into which the months came one by one; what is refused is refused with its place and a next step."""
    made = Workspace.create(home / "workspace")
    (made.home / "systems" / "jobs.yaml").write_text(system_text("jobs", case.system), encoding="utf-8")
    workspace = Workspace(made.home)
    system = workspace.system("jobs")
    for number, change in enumerate(case.months, 1):
        if change is None:
            continue
        path = home / f"{number}.{form}"
        frame = change(month_of(number))
        if form == "csv":
            frame.to_csv(path, index=False)
        else:
            frame.astype({name: str for name in frame if frame[name].map(type).nunique() > 1}).to_parquet(path)
        if number in case.refused:
            with pytest.raises(BoussoleError) as refused:
                ingest(workspace, system, path)
            assert case.refused[number] in str(refused.value)
            assert str(number) in str(refused.value.where)
            assert refused.value.next_step
        else:
            ingest(workspace, system, path)
    return workspace, system


def page_of(workspace: Workspace, system: System, lang: str = "en") -> DriftPage:
    return drift_page(
        scene(workspace),
        drift_of(workspace, system, against="reference", step="month", today=TODAY),
        DriftQuery(system=system.id),
        speaker(lang),
        query={"lang": lang},
        systems=[system.id],
        fine=False,
        with_incidents=False,
    )


@pytest.mark.parametrize("name", [slow_case(name) if number % 7 else name for number, name in enumerate(CASES)])
def test_it_is_named_and_never_a_silent_zero(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    workspace, system = brought_in(tmp_path, case, form="parquet")
    page = page_of(workspace, system)
    said = [page.summary.headline, *page.summary.more, *[text for text, _ in page.notes]]
    for words in case.told:
        assert any(words in text for text in said), said
    if page.notes:
        assert len(page_of(workspace, system, "fr").notes) == len(page.notes)
    newest = drift_of(workspace, system, against="reference", step="month", today=TODAY).series.points[-1]
    for column, state in case.states.items():
        psi = newest.measure("psi", column)
        assert psi is not None
        if state == "no_values":
            assert (psi.value, psi.reason) == (None, "no_values")
            assert page.rows[0][1][-1].state == "unknown"
        else:
            shown = {each.anchor: each.state for _, _, drawn in page.sections for each in drawn}
            assert shown[f"inputs-{column}"] == state
    held_by_the_command(workspace, case)
    if case.states:
        held_by_the_audit(workspace, system, case)


def held_by_the_command(workspace: Workspace, case: Case) -> None:
    """`boussole drift` ends with figures or with what to do, and never with a traceback."""
    command = ["--workspace", str(workspace.home), "drift", "--system", "jobs", "--no-report"]
    done = CliRunner().invoke(app, [*command, "--as-of", TODAY.isoformat()])
    told = done.output
    if done.exception is not None:
        assert isinstance(done.exception, BoussoleError), done.exception
        assert done.exception.next_step
        told = str(done.exception)
    assert case.command in " ".join(told.split())


def held_by_the_audit(workspace: Workspace, system: System, case: Case) -> None:
    """An audit of the newest month says the same of each column: no value where there is none."""
    document = run_audit(workspace, system, as_of=TODAY).written()
    json.dumps(document, allow_nan=False)
    found = {m["group"]["feature"]: m for m in document["measures"] if m["metric"] == "psi" and m["by"] == ["feature"]}
    for column, state in case.states.items():
        measure = found[column]
        assert (measure["value"] is None) == (state == "no_values")
        if state == "no_values":
            assert (measure["status"], measure["reason"]) == ("undefined", "no_values")
            judged = [
                each["verdict"]
                for verdict in document["verdicts"]
                for each in verdict["comparisons"]
                if each["measure"] == measure["id"]
            ]
            assert judged == ["unknown"] * len(judged)
