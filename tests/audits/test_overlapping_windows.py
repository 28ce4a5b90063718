"""Windows that share some days are refused: a quarter less two of its months would tell of the few in the third."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from boussole.audits.decisions import ingest
from boussole.audits.systems.model import System
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.auditing.published import OverlapError
from boussole.charter.records import audits_of
from tests.as_json import publications
from tests.attacks import Tries
from tests.written import declaring, sample

MONTHS = [Window(dt.date(2026, i, 1), dt.date(2026, i, 28)) for i in (1, 2, 3)]
QUARTER = Window(MONTHS[0].start, MONTHS[2].end)
TWO_MONTHS = Window(MONTHS[0].start, MONTHS[1].end)
LONGER = Window(MONTHS[0].start, dt.date(2026, 3, 27))


def system() -> System:
    columns = {"id": "id", "decided_at": "ts", "decision": {"column": "chosen", "selected": [True]}}
    return declaring(sample(columns, ("sex", "age")), sex=("F", "M", "X"), age=("old", "young"))


def filled(folder: Path) -> Workspace:
    """Few women in January; enough of both sexes from February on."""
    workspace = Workspace.create(folder)
    rows = [
        {"sex": sex, "age": "old", "ts": pd.Timestamp(2026, month, 10 + i % 9), "chosen": i % 2 == 0}
        for month, women, men in ((1, 5, 60), (2, 40, 60), (3, 45, 60))
        for sex, count in (("F", women), ("M", men))
        for i in range(count)
    ]
    frame = pd.DataFrame(rows).assign(id=[f"d{i}" for i in range(len(rows))])
    frame.to_parquet(folder / "rows.parquet")
    ingest(workspace, system(), folder / "rows.parquet")
    return workspace


def audit(workspace: Workspace, window: Window, *, dry_run: bool = False) -> object:
    return run_audit(workspace, system(), start=window.start, end=window.end, dry_run=dry_run)


@pytest.mark.costly
@pytest.mark.attack("small groups", "audits of one system over windows that share some of their days, in any order")
@pytest.mark.parametrize(
    ("stored", "asked"),
    [
        (MONTHS, QUARTER),
        ([QUARTER], MONTHS[0]),
        ([TWO_MONTHS], QUARTER),
        ([QUARTER], LONGER),
        ([Window(MONTHS[0].start, dt.date(2026, 2, 10))], Window(dt.date(2026, 2, 10), MONTHS[2].end)),
    ],
    ids=["longer", "within", "later_end", "earlier_end", "one_day"],
)
def test_days_that_another_audit_holds_in_part_are_not_audited(
    tmp_path: Path, stored: list[Window], asked: Window, tries: Tries
) -> None:
    workspace = filled(tmp_path / "w")
    for window in stored:
        audit(workspace, window)
    other = stored[0]
    for dry_run in (True, False):
        with pytest.raises(OverlapError) as refused:
            audit(workspace, asked, dry_run=dry_run)
        tries.add()
    said = str(refused.value)
    assert f"{asked.start} to {asked.end} shares days with {other.start} to {other.end}" in said
    assert f"--from {other.start} --to {other.end}`" in said
    assert [each.window.days for each in audits_of(workspace, "sample")] == stored


@pytest.mark.costly
def test_the_same_days_again_and_days_that_no_audit_holds_are_audited(tmp_path: Path) -> None:
    workspace = filled(tmp_path / "w")
    for window in (MONTHS[1], MONTHS[0], MONTHS[1], Window(dt.date(2026, 3, 1), dt.date(2026, 3, 10))):
        audit(workspace, window)
    assert len({each.window.days for each in audits_of(workspace, "sample")}) == 3
    assert len(publications(workspace, system(), MONTHS[1])) == 1
    assert publications(workspace, system(), Window(dt.date(2026, 4, 1), dt.date(2026, 4, 30))) == []


@pytest.mark.costly
def test_attributes_declared_later_do_not_count_as_shown_before(tmp_path: Path) -> None:
    workspace, of = filled(tmp_path / "w"), system()
    only_age = of.model_copy(update={"groups": {"age": of.groups["age"]}})
    run_audit(workspace, only_age, start=MONTHS[0].start, end=MONTHS[0].end)
    (shown,) = publications(workspace, of, MONTHS[0])
    keys = {(("sex",), ("F",)), (("age",), ("old",)), ((), ())}
    assert shown.untold(keys) == {(("sex",), ("F",))}
