"""Each effect that the demo leaves out is found by its own question when it alone is planted, and only then."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pytest

from benchmarks.planted.effects import EFFECTS, Effect
from benchmarks.planted.results import Result
from benchmarks.planted.runs import run
from benchmarks.planted.sizes import SIZES
from boussole.audits.workspace import Workspace
from boussole.charter.judging.verdicts import judge
from boussole.charter.records import statements
from boussole.charter.records.facts import Facts
from boussole.dashboard.cli.demo_work import explain_late
from boussole.experiments.demo.build import NEGLECTS
from boussole.experiments.demo.planted import LEFT_OUT, NOTHING, PLANTED, SEED
from tests.charter.builders import CHARTER, system

ALONE = [each for each in EFFECTS if each.switch]
RECORDED = {"late_explanations"}
"""What no run holds, as it is recorded and not logged."""


def test_every_effect_that_is_left_out_or_neglected_has_a_question_that_finds_it() -> None:
    assert {each.switch for each in ALONE} | RECORDED == {*LEFT_OUT, *NEGLECTS}
    for name, size in LEFT_OUT.items():
        assert getattr(PLANTED, name) == getattr(NOTHING, name) == 0 < size


@pytest.fixture(scope="module")
def nothing() -> dict[str, Result]:
    """By system, what is said where nothing is planted."""
    return {name: run((name, "nothing", SIZES["demo"][name], SEED)) for name in ("matchft", "chatft")}


@pytest.mark.slow
@pytest.mark.parametrize("effect", ALONE, ids=[each.switch for each in ALONE])
def test_an_effect_is_found_when_it_alone_is_planted(effect: Effect, nothing: dict[str, Result]) -> None:
    found = run((effect.system, effect.switch, SIZES["demo"][effect.system], SEED))
    assert effect.found_in(found)
    assert not effect.found_in(nothing[effect.system])


@pytest.mark.parametrize(("late", "verdict"), [(0, "not_examined"), (LEFT_OUT["late_explanations"], "broken")])
def test_explanations_that_come_too_late_break_the_promise(tmp_path: Path, late: int, verdict: str) -> None:
    workspace, today = Workspace.create(tmp_path / "w"), dt.date(2026, 12, 1)
    explain_late(workspace, today=today, effects=dataclasses.replace(NOTHING, late_explanations=late))
    listed = system(id="matchft")
    facts = Facts(as_of=today, sealed=statements(workspace))
    documents = judge(CHARTER, listed, [], window_start=dt.date(2026, 9, 1), facts=facts)
    (found,) = (each for each in documents if each.template == "explanation_in_time")
    assert found.verdict == verdict
