"""The first eight pages: one for each thing that somebody who presides wants to know, and the annexes behind them."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest

from boussole.audits.workspace import Workspace
from boussole.charter.incidents.book import enter
from boussole.charter.record_types.incidents import Incident
from boussole.dashboard.report import closing
from boussole.dashboard.report.closing import events, untouched, verifying
from boussole.dashboard.report.edition import edition, teller
from boussole.dashboard.views.answers.asked import indicator_of
from tests.dashboard.report.conftest import fill, make_workspace

TITLES = {
    "fr": [
        "La réponse d’abord",
        "La boussole",
        "Questions et groupes",
        "Au fil du temps",
        "Ce qui a été promis, et ce qu’il en est",
        "Incidents et travail",
        "Avis et opinions divergentes",
        "Ce que personne n’a examiné",
        "Annexes",
    ],
    "en": [
        "The answer first",
        "The compass",
        "Questions and groups",
        "Over time",
        "Promises and what became of them",
        "Incidents and work",
        "Opinions and dissents",
        "What nobody has examined",
        "Annexes",
    ],
}


def plain(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.costly
@pytest.mark.parametrize("lang", TITLES)
def test_two_systems_have_eight_pages_then_annexes(
    lang: str, french: pypdf.PdfReader, english: pypdf.PdfReader
) -> None:
    pages = [plain(page.extract_text()) for page in (french if lang == "fr" else english).pages]
    assert len(pages) > 9
    for number, title in enumerate(TITLES[lang]):
        assert title in pages[number], (number, title)
        assert number == 0 or pages[number].startswith(title), (number, title)


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


@pytest.mark.parametrize(
    ("zone", "told"),
    [("Europe/Paris", "1 October 2026 at 20:30 (Paris time)"), ("Asia/Tokyo", "2 October 2026 at 03:30 (Tokyo time)")],
)
def test_hours_are_on_the_clock_of_the_organisation(tmp_path: Path, zone: str, told: str) -> None:
    workspace = make_workspace(tmp_path / "zone")
    fill(workspace)
    settings = workspace.home / "boussole.toml"
    text = re.sub(r"(?m)^#? ?timezone = .*\n", "", settings.read_text(encoding="utf-8"))
    settings.write_text(f'timezone = "{zone}"\n{text}', encoding="utf-8")
    made = edition(Workspace(workspace.home), None)
    sealed = replace(made, moments=dict.fromkeys(made.moments, "2026-10-01T18:30:00+00:00"))
    assert ["Sealed on", told] in verifying(sealed, teller("en"))["items"][0]["facts"]
