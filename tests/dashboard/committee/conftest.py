"""A committee as pages see it: in memory, and in a workspace with an open session, made once and copied."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from boussole.audits.workspace import Workspace
from boussole.charter.committee import acting
from boussole.charter.committee.people.directory import name_member
from boussole.charter.records.facts import Facts
from boussole.charter.text.loading import load_charter
from boussole.dashboard.server import forms
from boussole.dashboard.views.chamber import Chamber
from boussole.dashboard.views.scene import Scene
from tests.charter.committee.desk import CALLED, DAY, Desk, m
from tests.charter.committee.hall import Hall
from tests.dashboard.committee.hand import OPEN_AT, Hand

NAMES = {m(1): "Awa Diop", m(2): "Li Wei", m(3): "Zoé <b>Petit</b>"}
Seen = Callable[..., Chamber]


@pytest.fixture
def desk() -> Desk:
    """A committee of three, the first of whom is the chair."""
    made = Desk()
    made.seat(1, 2)
    made.seat(3, college="demandeurs")
    made.office(1)
    return made


@pytest.fixture
def seen(desk: Desk) -> Seen:
    """That committee on a day."""

    def at(day: dt.date = CALLED, *, sealed=()) -> Chamber:
        return Chamber(house=desk.house, names=NAMES, facts=Facts(as_of=day, sealed=tuple(sealed)))

    return at


@pytest.fixture
def empty_scene() -> Scene:
    return Scene(charter=load_charter(), systems={}, latest={}, previous={})


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Hall:
    """A workspace with a committee of five, at an open session at which all are there."""
    made = Hall.seat(tmp_path_factory.mktemp("house") / "w")
    for number, name in enumerate(("Awa Diop", "Li Wei", "Jean Martin", "Zoé Petit", "Ana Lima"), 1):
        name_member(made.workspace, m(number), name=name)
    made.of = made.session(1, 2, 3, 4, 5)
    return made


@pytest.fixture
def hall(founded: Hall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hall:
    """A copy of it, which pages find."""
    shutil.copytree(founded.workspace.home, tmp_path / "w")
    made = Hall(Workspace(tmp_path / "w"))
    made.of = founded.of
    monkeypatch.setenv("BOUSSOLE_HOME", str(made.workspace.home))
    return made


@pytest.fixture(autouse=True)
def steward(be: Callable[..., None]) -> None:
    """Whoever opens a local dashboard, until a test chooses somebody else."""
    be("steward")


@pytest.fixture
def on_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """The day of the session, half an hour after its beginning."""
    monkeypatch.setattr(acting, "here_and_now", lambda _: OPEN_AT)
    monkeypatch.setattr(Workspace, "today", lambda _: DAY)
    forms._kept.clear()


@pytest.fixture
def hand(hall: Hall, on_the_day: None) -> Hand:
    """Sends forms to the workspace with the open session, on its day."""
    return Hand(hall)


@pytest.fixture
def of(hall: Hall) -> int:
    return hall.of
