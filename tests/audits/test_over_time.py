"""Windows that share days: a reader of all of them finds out no more about a handful than a reader of one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from boussole.audits.counts.withheld import withheld_of
from boussole.audits.decisions import ingest
from boussole.audits.evidence import load
from boussole.audits.measures import NO_OUTCOME, Cells
from boussole.audits.runs import measure_evidence, measure_window
from boussole.audits.standing import standing
from boussole.audits.suppression.over_time import ShownWindow, also_hidden
from boussole.audits.suppression.rules import suppress
from boussole.audits.systems.model import System
from boussole.audits.windows import Window, connected, pieces
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from tests.as_json import publications
from tests.written import declaring, sample

LIMIT = 11
SEXES, AGES = ("F", "M", "X"), ("old", "young")
MONTHS = {name: Window(dt.date(2026, i, 1), dt.date(2026, i, 28)) for i, name in enumerate(("Jan", "Feb", "Mar"), 1)}
WINDOWS = [
    *MONTHS.values(),
    Window(dt.date(2026, 1, 1), dt.date(2026, 3, 28)),
    Window(dt.date(2026, 1, 1), dt.date(2026, 2, 28)),
]
Counted = Mapping[Window, np.ndarray]
"""By month: sex × age × decision."""


def system(*, intersection: bool = True, outcome: bool = False) -> System:
    columns: dict[str, Any] = {"id": "id", "decided_at": "ts", "decision": {"column": "chosen", "selected": [True]}}
    if outcome:
        columns["outcome"] = {"column": "hired", "positive": [True], "observed_for": "selected", "absent": "missing"}
    made = sample(columns, ("sex", "age"), intersections=[("sex", "age")] if intersection else ())
    return declaring(made, sex=SEXES, age=AGES)


def tables(months: Sequence[np.ndarray], of: System) -> list[Cells]:
    counts = np.sum([np.zeros((len(SEXES), len(AGES), 2), dtype=np.int64), *months], axis=0)

    def made(by: tuple[str, ...], groups: Sequence[tuple[str, ...]], cells: np.ndarray) -> Cells:
        table = np.zeros((len(groups), 40, 2, 3), dtype=np.int64)
        table[:, 0, :, NO_OUTCOME] = cells.reshape(len(groups), 2)
        return Cells(by=by, groups=tuple(groups), counts=table, clustered=False)

    both = [(sex, age) for sex in SEXES for age in AGES]
    found = [
        made((), [()], counts.sum(axis=(0, 1))),
        made(("sex",), [(sex,) for sex in SEXES], counts.sum(axis=1)),
        made(("age",), [(age,) for age in AGES], counts.sum(axis=0)),
    ]
    return [*found, made(("sex", "age"), both, counts)] if of.intersections else found


def publish(counted: Counted, order: Sequence[Window], of: System) -> list[ShownWindow]:
    """Each window in turn, as an audit would show it."""
    shown: list[ShownWindow] = []
    for window in order:
        near = connected(window, [each.window for each in shown])
        earlier = [each for each in shown if each.window in near]
        cut = {
            piece: tables([n for month, n in counted.items() if piece.holds(month)], of)
            for piece in pieces([window, *near])
        }
        own = tables([n for month, n in counted.items() if window.holds(month)], of)
        more = also_hidden(window, earlier, cut, system=of)
        shown.append(ShownWindow(window=window, hidden=suppress(own, system=of, also=more)))
    return shown


def reach(counted: Counted, shown: Sequence[ShownWindow], of: System) -> dict[tuple[Window, Any], tuple[float, float]]:
    """For each handful of a month the least and the most that it could be, to one who reads all windows at once.

    One linear program over the cells (sex × age × decision) of the months, which knows nothing of Boussole.
    """
    months = list(counted)
    shape = (len(months), len(SEXES), len(AGES), 2)
    rows, values = [], []
    for each in shown:
        inside = [i for i, month in enumerate(months) if each.window.holds(month)]
        total = np.sum([counted[months[i]] for i in inside], axis=0)
        for table in tables([counted[months[i]] for i in inside], of):
            for group in table.groups:
                if (table.by, group) in each.hidden.decisions:
                    continue
                named = dict(zip(table.by, group, strict=True))
                sex = [i for i, name in enumerate(SEXES) if named.get("sex", name) == name]
                age = [i for i, name in enumerate(AGES) if named.get("age", name) == name]
                for decision in (0, 1):
                    row = np.zeros(shape)
                    row[np.ix_(inside, sex, age, [decision])] = 1
                    rows.append(row.ravel())
                    values.append(total[np.ix_(sex, age, [decision])].sum())
    found = {}
    for m, month in enumerate(months):
        for table in tables([counted[month]], of)[1:]:
            for group, n in zip(table.groups, table.sizes(), strict=True):
                if not 0 < n < LIMIT:
                    continue
                named = dict(zip(table.by, group, strict=True))
                aim = np.zeros(shape)
                sex = [i for i, name in enumerate(SEXES) if named.get("sex", name) == name]
                age = [i for i, name in enumerate(AGES) if named.get("age", name) == name]
                aim[np.ix_([m], sex, age, [0, 1])] = 1
                ends = [
                    sign * linprog(sign * aim.ravel(), A_eq=np.array(rows), b_eq=values, method="highs").fun
                    for sign in (1, -1)
                ]
                found[month, (table.by, group)] = (ends[0], ends[1])
    return found


NUMBERS = st.lists(st.sampled_from([0, 1, 4, 9, 30, 60]), min_size=36, max_size=36)


def check(numbers: Sequence[int], order: Sequence[Window], of: System) -> None:
    counts = np.array(numbers, dtype=np.int64).reshape(3, len(SEXES), len(AGES), 2)
    counts[:, 0] += 40  # there are always enough women to hide others among
    counts[:, 1] += 40
    counts[:, 2] %= 7  # and few of a third sex, in most months a handful
    counted = dict(zip(MONTHS.values(), counts, strict=True))
    shown = publish(counted, order, of)
    for (month, key), (least, most) in reach(counted, shown, of).items():
        assert least < 0.5, (month, key, least, most)
        assert most > LIMIT - 0.5, (month, key, least, most)


@pytest.mark.costly
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(NUMBERS, st.permutations(WINDOWS))
def test_no_reader_of_all_windows_finds_a_handful(numbers: list[int], order: list[Window]) -> None:
    check(numbers, order, system(intersection=False))


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(NUMBERS, st.permutations(WINDOWS), st.booleans())
def test_no_reader_of_many_windows_finds_a_handful(numbers: list[int], order: list[Window], intersection: bool) -> None:
    check(numbers, order, system(intersection=intersection))


def filled(folder: Path) -> tuple[Workspace, System]:
    """Few women in January; enough of both from February on."""
    of, workspace = system(intersection=False, outcome=True), Workspace.create(folder)
    rows = [
        {
            "sex": sex,
            "age": "old",
            "ts": pd.Timestamp(2026, month, 10 + i % 9),
            "chosen": i % 2 == 0,
            "hired": i % 4 == 0,
        }
        for month, women, men in ((1, 5, 60), (2, 40, 60), (3, 45, 60))
        for sex, count in (("F", women), ("M", men))
        for i in range(count)
    ]
    frame = pd.DataFrame(rows).assign(id=[f"d{i}" for i in range(len(rows))])
    frame.to_parquet(folder / "rows.parquet")
    ingest(workspace, of, folder / "rows.parquet")
    return workspace, of


def rates(document: Mapping[str, Any]) -> dict[str, str | None]:
    return {
        m["id"]: m["reason"] for m in document["measures"] if m["metric"] == "selection_rate" and m["by"] == ["sex"]
    }


@pytest.mark.costly
def test_a_quarter_does_not_give_its_first_month_away(tmp_path: Path) -> None:
    workspace, of = filled(tmp_path / "a")
    months = [
        run_audit(workspace, of, start=dt.date(2026, month, 1), end=dt.date(2026, month, 28)).written()
        for month in (1, 2, 3)
    ]
    assert set(rates(months[0]).values()) == {"small_group", "protects_small_group"}
    assert set(rates(months[1]).values()) == {None}
    quarter = {"start": dt.date(2026, 1, 1), "end": dt.date(2026, 3, 28)}
    assert set(rates(run_audit(workspace, of, **quarter).written()).values()) == {"protects_other_window"}
    alone = measure_window(workspace, of, **quarter)
    assert {m.reason for m in alone.measures if m.metric == "selection_rate" and m.by == ("sex",)} == {None}


@pytest.mark.slow
def test_people_of_unknown_group_who_were_hidden_do_not_count_as_shown(tmp_path: Path) -> None:
    """January hides five women among twenty people of unknown sex, of whom its document has no line of their own."""
    of, workspace = system(intersection=False), Workspace.create(tmp_path / "a")
    listed = [
        {"sex": sex, "age": "old", "ts": pd.Timestamp(2026, month, 10), "chosen": i % 2 == 0}
        for month, women, unknown in ((1, 5, 20), (2, 40, 30), (3, 45, 30))
        for sex, count in (("F", women), ("M", 60), (None, unknown))
        for i in range(count)
    ]
    frame = pd.DataFrame(listed).assign(id=[f"d{i}" for i in range(len(listed))])
    frame.to_parquet(tmp_path / "rows.parquet")
    ingest(workspace, of, tmp_path / "rows.parquet")
    months = [
        run_audit(workspace, of, start=dt.date(2026, month, 1), end=dt.date(2026, month, 28)).written()
        for month in (1, 2, 3)
    ]
    assert rates(months[0]) == {"selection_rate/sex=F": "small_group", "selection_rate/sex=M": None}
    quarter = run_audit(workspace, of, start=dt.date(2026, 1, 1), end=dt.date(2026, 3, 28)).written()
    assert rates(quarter)["selection_rate/sex=F"] == "protects_other_window"


def test_attributes_declared_later_do_not_count_as_shown_before(tmp_path: Path) -> None:
    workspace, of = filled(tmp_path / "a")
    months = [(dt.date(2026, month, 1), dt.date(2026, month, 28)) for month in (1, 2, 3)]
    only_age = of.model_copy(update={"groups": {"age": of.groups["age"]}})
    run_audit(workspace, only_age, start=months[0][0], end=months[2][1])
    (shown,) = publications(workspace, of, Window(*months[0]))
    keys = {(("sex",), ("F",)), (("age",), ("old",)), ((), ())}
    assert shown.untold(keys) == {(("sex",), ("F",))}


@pytest.mark.slow
def test_evidence_repeats_what_was_hidden_for_another_window(tmp_path: Path) -> None:
    workspace, of = filled(tmp_path / "a")
    for month in (2, 3):
        run_audit(workspace, of, start=dt.date(2026, month, 1), end=dt.date(2026, month, 28))
    run = measure_window(
        workspace,
        of,
        start=dt.date(2026, 1, 1),
        end=dt.date(2026, 3, 28),
        earlier=lambda window: publications(workspace, of, window),
    )
    read = load(workspace.unsealed, run.evidence)
    assert withheld_of(read.withheld).decisions
    stands = standing(of, run.window, as_of=run.as_of, today=run.as_of)
    again, _ = measure_evidence(read, of, stands=stands)
    assert [m.document() for m in again] == [m.document() for m in run.measures]


@pytest.mark.costly
def test_windows_that_share_no_day_hide_nothing_for_each_other(tmp_path: Path) -> None:
    workspace, of = filled(tmp_path / "a")
    run_audit(workspace, of, start=dt.date(2026, 1, 1), end=dt.date(2026, 1, 31))
    assert publications(workspace, of, MONTHS["Feb"]) == []
    assert len(publications(workspace, of, Window(dt.date(2026, 1, 31), dt.date(2026, 2, 1)))) == 1
