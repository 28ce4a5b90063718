"""Counts of calls by hand, by provider, place and model; what is no name; and the trend of a provider's share."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm

from boussole.audits.counts.corrections import read_logs
from boussole.audits.decisions import ingest
from boussole.audits.errors import SystemFileError
from boussole.audits.lake import reading
from boussole.audits.metrics.calls import by_call, outside
from boussole.audits.metrics.components import trend
from boussole.audits.retention.purge import purge
from boussole.audits.systems.logs.calls import (
    CALLS,
    DISCARDED,
    ENERGY,
    METERED,
    OUTCOMES,
    TOKENS,
    UNTOLD,
    Calls,
    ProviderShare,
)
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from tests.written import system_text

SECTION = """
generations:
  {id: id, at: at, input: null, output: null, model_version: model, tokens_out: tokens, provider: by, place: where,
   outcome: became, energy: wh, team: team, calls: {places: [Paris]CALLS}}
"""
HEAD = "id,at,model,tokens,by,where,became,wh,team"
MARCH = Window(dt.date(2026, 3, 1), dt.date(2026, 3, 31))
ROWS = (
    "2026-03-02T09:00,small,100,A,Paris,kept,,T1",
    "2026-03-02T10:00,small,50,A,Paris, Rejected ,0.5,T1",
    "2026-03-03T10:00,small,,A,Paris,edited,0.25,T2",
    "2026-03-04T10:00,big,30,B,,who knows,-1,T2",
)


def made(home: Path, *rows: str, more: str = "") -> Workspace:
    Workspace.create(home)
    text = system_text("writer", SECTION.replace("CALLS", more), kind="generation")
    (home / "systems" / "writer.yaml").write_text(text, encoding="utf-8")
    workspace = Workspace(home)
    path = home.parent / "calls.csv"
    path.write_text("\n".join([HEAD, *(f"c{i},{row}" for i, row in enumerate(rows))]) + "\n", encoding="utf-8")
    ingest(workspace, workspace.system("writer"), path, log="generations")
    return workspace


def counted(workspace: Workspace, part: str, **more: Any) -> dict[tuple[str | None, ...], tuple[int, int]]:
    """Cases and all of a part, by provider, place and model."""
    system = workspace.system("writer")
    assert system.generations is not None
    assert system.generations.calls is not None
    with reading(workspace) as connection:
        rows = read_logs(connection, system, MARCH, **more)["generations"]
    found = by_call(rows, system.generations.calls.part(part))
    return {where: (int(sides[1].sum()), int(sides.sum())) for where, sides in found.items()}


@pytest.mark.costly
@pytest.mark.parametrize("exact", [False, True])
def test_calls_are_counted_by_where_they_ran(tmp_path: Path, exact: bool) -> None:
    workspace = made(tmp_path / "w", *ROWS)
    a, b = ("A", "Paris", "small"), ("B", None, "big")
    assert counted(workspace, CALLS, exact=exact) == {a: (2, 3), b: (0, 1)}  # kept and edited
    assert counted(workspace, OUTCOMES, exact=exact) == {a: (1, 3), b: (0, 0)}  # nobody knows what became of the other
    assert counted(workspace, TOKENS, exact=exact) == {a: (100, 150), b: (0, 30)}
    assert counted(workspace, DISCARDED, exact=exact) == {a: (50, 150), b: (0, 0)}
    assert counted(workspace, METERED, exact=exact) == {a: (2, 3), b: (0, 1)}  # less than nothing is no meter
    assert counted(workspace, ENERGY, exact=exact) == {a: (0, 750_000)}
    assert counted(workspace, UNTOLD, exact=exact) == {a: (1, 3), b: (0, 1)}
    if not exact:
        purge(workspace, before=dt.date(2026, 4, 1))  # what was counted stays
        assert counted(workspace, TOKENS) == {a: (100, 150), b: (0, 30)}


@pytest.mark.costly
def test_a_text_in_the_wrong_column_is_no_name(tmp_path: Path) -> None:
    text = "Madame Dupont demande un rendez-vous le trois avril pour parler de son dossier."
    workspace = made(tmp_path / "w", f"2026-03-02T09:00,small,1,A,{text},kept,,T1")
    assert counted(workspace, CALLS) == {("A", "(no name)", "small"): (1, 1)}


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (("A", "PARIS", None), False),
        (("A", "Oslo", "x"), True),
        (("A", None, "x"), None),
        ((None, "Oslo", "x"), True),
        ((None, "Paris", "x"), None),
        (("C", None, "x"), True),
    ],
)
def test_a_call_is_outside_where_one_thing_that_it_says_is(
    where: tuple[str | None, ...], expected: bool | None
) -> None:
    held = Calls.model_validate({"places": ["Paris"], "providers": [" a "]})
    assert outside(held, where) is expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "more",
    [
        ", models: {m: {active: 30, total: 20, pue: 1.2, wue: 0}}",
        ", models: {m: {active: 3, total: 20, pue: 0.9, wue: 0}}",
        ", models: {m: {active: [5, 3], total: 20, pue: 1.2, wue: 0}}",
        ", models: {m: {active: 3, total: 20, pue: 1.2, wue: 0, electricity: France}}",
        ", useful: [kept], discarded: [Kept]",
        ", budgets: {1026: {co2e_kg: 1, water_l: 1, adopted_on: 2026-01-01}}",
    ],
)
def test_what_cannot_be_is_refused_where_it_is_written(tmp_path: Path, more: str) -> None:
    with pytest.raises(SystemFileError):
        made(tmp_path / "w", more=more)


POINTS = [("2024-10-01", 0.35), ("2025-04-01", 0.44), ("2025-10-01", 0.55), ("2026-03-01", 0.61), ("2026-09-01", 0.67)]
HISTORY = [ProviderShare(day=dt.date.fromisoformat(day), share=share) for day, share in POINTS]


@pytest.mark.parametrize("day", ["2026-12-31", "2027-06-30"])
def test_a_forecast_is_that_of_least_squares(day: str) -> None:
    on = dt.date.fromisoformat(day)
    days = np.array([each.day.toordinal() for each in HISTORY], dtype=float)
    start = days.mean()
    fitted = sm.OLS([each.share for each in HISTORY], sm.add_constant(days - start)).fit()
    said = fitted.get_prediction([[1.0, on.toordinal() - start]]).summary_frame(alpha=0.05).iloc[0]
    found = trend(HISTORY, on)
    assert found is not None
    assert found.value == pytest.approx(said["mean"])
    assert found.low == pytest.approx(said["obs_ci_lower"])
    assert found.high == pytest.approx(min(said["obs_ci_upper"], 1.0))
    assert found.a_year == pytest.approx(fitted.params[1] * 365.25)
    later = trend(HISTORY, dt.date(2040, 1, 1))
    assert later is not None
    assert (later.value, later.high) == (1.0, 1.0)  # a share stays a share


def test_a_line_through_three_days_tells_nothing() -> None:
    assert trend(HISTORY[:3], dt.date(2027, 1, 1)) is None
    assert trend([*HISTORY[:3], HISTORY[0]], dt.date(2027, 1, 1)) is None
