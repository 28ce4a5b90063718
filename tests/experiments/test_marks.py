"""What a sync looks at again: what is due, and what could not be used before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from boussole import experiments
from boussole.experiments.sync.fetching import RunListing, due, list_files
from boussole.experiments.sync.runs import TrackedRun

HOUR = 3600 * 1000
NOW = 1000 * HOUR


def run(name: str, *, ended: int, away: bool = True) -> TrackedRun:
    """A run that ended some hours ago."""
    end = NOW - ended * HOUR
    place = f"mlflow-artifacts:/1/{name}" if away else f"file:///nowhere/{name}"
    return TrackedRun(name, end - HOUR, end, place, f"FINISHED {end}", tagged=True)


def seen(runs: list[TrackedRun], *, listed: list[int]) -> dict[str, RunListing]:
    """When each was listed, in hours ago."""
    return {item.run_id: RunListing(item, NOW - hours * HOUR, 1) for item, hours in zip(runs, listed, strict=True)}


def names(runs: list[TrackedRun]) -> list[str]:
    return [item.run_id for item in runs]


def test_new_and_changed_runs_are_always_due(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(experiments.sync.fetching, "AGAIN", 0)
    old, changed, new = run("old", ended=20), run("changed", ended=20), run("new", ended=1)
    held = seen([old, replace(changed, signature="RUNNING None")], listed=[1, 1])
    assert names(due([old, changed, new], held, now=NOW, full=False)) == ["changed", "new"]
    assert names(due([old, changed, new], held, now=NOW, full=True)) == ["old", "changed", "new"]


def test_runs_on_this_machine_are_always_due(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(experiments.sync.fetching, "AGAIN", 0)
    here = run("here", ended=20, away=False)
    assert names(due([here], seen([here], listed=[1]), now=NOW, full=False)) == ["here"]
    assert list_files([here], "unused") == [[]]  # its folder is not there


def test_the_most_overdue_run_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(experiments.sync.fetching, "AGAIN", 2)
    # Listed 2 hours ago, 2 hours after its end: one age. Then 10 hours ago at the age of 100: a tenth of an age.
    # And 3 hours ago at the age of 1: three ages.
    one, tenth, three = run("one", ended=4), run("tenth", ended=110), run("three", ended=4)
    held = seen([one, tenth, three], listed=[2, 10, 3])
    assert names(due([one, tenth, three], held, now=NOW, full=False)) == ["one", "three"]
    monkeypatch.setattr(experiments.sync.fetching, "AGAIN", 1)
    assert names(due([one, tenth, three], held, now=NOW, full=False)) == ["three"]
    ahead = run("ahead", ended=-50)  # by a clock that went back since
    assert names(due([ahead], seen([ahead], listed=[-60]), now=NOW, full=False)) == ["ahead"]
