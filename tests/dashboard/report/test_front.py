"""The first eight pages: one for each thing that somebody who presides wants to know, and the annexes behind them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from boussole.charter.incidents.book import enter
from boussole.charter.record_types.incidents import Incident
from boussole.dashboard.report import closing
from boussole.dashboard.report.closing import events, untouched
from boussole.dashboard.report.edition import edition, teller
from boussole.dashboard.views.answers.asked import indicator_of
from tests.dashboard.report.conftest import fill, make_workspace

INCIDENT = {
    "role": "Product",
    "on": dt.date(2026, 10, 2),
    "signed_in": False,
    "text": "Whoever reads this knows a name.",
    "system": "offers",
    "severity": "serious",
    "title": "A title that only some may read",
    "happened_on": dt.date(2026, 10, 1),
    "known_at": dt.datetime.fromisoformat("2026-10-02T12:00"),
    "timezone": "Europe/Paris",
}


def test_the_page_of_incidents_counts_them_and_tells_nobody_s_account(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "w")
    fill(workspace)
    enter(workspace, Incident(**INCIDENT))
    enter(workspace, Incident(**{**INCIDENT, "severity": "minor"}))
    wrong, work = events(edition(workspace, None), teller("en"))["parts"]
    assert wrong["told"][:2] == ["Two incidents were recorded.", "Two are still open."]
    assert work["told"] == ["No training has been recorded."]
    for hidden in ("A title that only some", "knows a name"):
        assert hidden not in str([wrong, work])


@pytest.mark.parametrize("room", [1, 2, 3, 99])
def test_every_question_that_nobody_examined_is_counted_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    monkeypatch.setattr(closing, "REASONS", room)
    workspace = make_workspace(tmp_path / "w")
    fill(workspace)
    made, tell = edition(workspace, None), teller("en")
    for system, shown in zip(made.scene.examined, untouched(made, tell)["systems"], strict=True):
        left = [each for each in made.scene.examined[system].verdicts if each.verdict == "not_examined"]
        asked = [indicator_of(made.charters[system], each) for each in left]
        numbers = {each.number for each in asked if each is not None}
        lines = shown["reasons"]
        assert len(lines) > 1 or room == 1
        assert len(lines) <= room
        assert {number for line in lines for number in line[2].split(", ")} == numbers
        said = {tell.plural("One question", "{n} questions", n): n for n in range(len(left) + 1)}
        assert sum(said[line[0]] for line in lines) == len(left)
