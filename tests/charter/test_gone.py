"""Groups that a month holds nobody of: the months before answer, in audits, on the page and in the verifier."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from boussole.audits.workspace import Workspace
from boussole.charter.auditing.published import publication
from boussole.charter.auditing.replay import replay
from boussole.charter.auditing.rerun import chosen, rerun
from boussole.charter.document import AuditDocument
from boussole.charter.pack import HERE, pack_files, write
from boussole.charter.pack.verifier.main import judge as judge_pack
from boussole.charter.pack.verifier.pack import Judge
from boussole.charter.records import sign_checkpoint, stored_audits
from boussole.charter.text.loading import load_charter
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.answer.around import not_known
from tests.charter.test_accumulating import RATIO, again, audit, log, verdict, verify, workspace_of

LOST: dict[str, Any] = {"status": "undefined", "reason": "zero_denominator", "value": None, "interval": None, "n": 0}


def packed(home: Workspace, folder: Path, *, restricted: bool) -> Path:
    write(pack_files(home, stored_audits(home), note=sign_checkpoint(home), restricted=restricted), folder)
    return folder


@pytest.fixture(scope="module")
def without(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[AuditDocument]]:
    """Two months in which women are selected at a third of the chances of men, and two without any woman."""
    decisions = log(ratio=0.3)
    there = decisions[decisions.day.map(lambda day: day.month < 3) | (decisions.sex == "M")]
    home = workspace_of(tmp_path_factory.mktemp("without") / "w", there)
    return home.home, [audit(home, month) for month in range(1, 5)]


def test_a_group_that_disappears_is_judged_by_the_months_before(without: tuple[Path, list[AuditDocument]]) -> None:
    home, (_, second, _, fourth) = Workspace(without[0]), without[1]
    assert [str(verdict(each).verdict) for each in (second, fourth)] == ["broken", "broken"]
    gone = {each.id: each for each in fourth.measures}[RATIO]
    assert (gone.status, gone.reason, gone.n, gone.value) == ("undefined", "zero_denominator", 0, None)
    judged = fourth.judged_by_id[RATIO]
    assert (judged.value, judged.params.windows) == (second.judged_by_id[RATIO].value, 2)
    assert {each.id for each in fourth.measures} >= {RATIO, "selection_rate/sex=F"}
    assert verify(home, fourth) == []
    missing = not_known(fourth, verdict(fourth), None, speaker("en"), system=home.system("offers"))
    assert "This period holds nobody of “F”: the periods before it answer." in missing


@pytest.mark.costly
def test_a_group_of_a_few_is_not_said_to_be_gone(tmp_path: Path) -> None:
    """The system file names no values but the reference: a month in which few people have one does not name it."""
    decisions = log(ratio=0.3, months=3)
    last = decisions.day.map(lambda day: day.month == 3)
    few = decisions[last & (decisions.sex == "F")][:3]
    home = workspace_of(tmp_path / "w", pd.concat([decisions[~last | (decisions.sex == "M")], few]))
    third = [audit(home, month) for month in (1, 2, 3)][-1]
    hidden = {each.id: each for each in third.measures}[RATIO]
    assert (hidden.status, hidden.reason, hidden.n) == ("suppressed", "small_group", None)
    assert str(verdict(third).verdict) == "broken"
    assert third.judged_by_id[RATIO].params.windows == 2
    said = not_known(third, verdict(third), None, speaker("en"), system=home.system("offers"))
    assert not any("nobody" in each for each in said)
    (found,) = rerun(home, [chosen(home)[-1]], today=dt.date(2026, 12, 1))
    assert (found.ok, found.problems, found.differences) == (True, (), ())
    for restricted in (True, False):
        assert judge_pack(packed(home, tmp_path / f"pack-{restricted}", restricted=restricted), Judge(HERE)) == 0


def test_only_who_is_absent_is_said_to_be(without: tuple[Path, list[AuditDocument]]) -> None:
    """A group that is there may have no case to count; and whom others are compared with may be gone too."""
    home, second = Workspace(without[0]), without[1][1]

    def said(without_cases: str) -> str:
        measures = tuple(each.changed(**LOST) if each.id == without_cases else each for each in second.measures)
        document = second.changed(measures=measures)
        found = not_known(document, verdict(second), None, speaker("en"), system=home.system("offers"))
        return " ".join(each for each in found if "nobody" in each)

    assert not said(RATIO)
    assert said("selection_rate/sex=M") == "This period holds nobody of “M”: the periods before it answer."


def test_of_who_is_gone_nothing_is_told_of_rows_that_come_later(without: tuple[Path, list[AuditDocument]]) -> None:
    """Where all groups of an attribute are: else a few who come later would be taken for shown before."""
    fourth = without[1][3]
    gone = tuple(each.changed(**LOST) if each.by == ("sex",) and each.group else each for each in fourth.measures)
    shown = publication(fourth.window.days, [fourth.changed(measures=gone)])
    assert set(shown.attributes or ()) == {("town",)}
    assert set(publication(fourth.window.days, [fourth]).attributes or ()) == {("town",), ("sex",)}


@pytest.mark.costly
def test_who_disappears_is_computed_again_and_replayed_and_packs_of_one_group_alone_hold(
    without: tuple[Path, list[AuditDocument]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The widest gap between groups is none where there is one group: rows had been read as if it were."""
    home = Workspace(without[0])
    found = again(home)
    assert [(each.ok, each.problems, each.differences) for each in found] == [(True, (), ())] * 4
    told = replay(home, load_charter())
    assert (told.windows, list(told.changes)) == (4, [])
    for restricted in (True, False):
        pack = packed(home, tmp_path / f"pack-{restricted}", restricted=restricted)
        assert judge_pack(pack, Judge(HERE)) == 0, capsys.readouterr().out
