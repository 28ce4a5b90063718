"""The first eight pages: one for each thing that somebody who presides wants to know, and the annexes behind them."""

from __future__ import annotations

import datetime as dt
import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdf
import pytest

from boussole.audits.workspace import Workspace
from boussole.charter.incidents.entering import enter
from boussole.charter.record_types.incidents import Incident
from boussole.dashboard.report import closing
from boussole.dashboard.report.attachments import attachments
from boussole.dashboard.report.closing import events, untouched, verifying
from boussole.dashboard.report.content import ROOMS, content, how_close
from boussole.dashboard.report.edition import edition, teller
from boussole.dashboard.report.typesetting import typeset_pdf
from boussole.dashboard.views.answers.asked import indicator_of
from tests.dashboard.report.conftest import fill, make_workspace
from tests.sparing import slow_case

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


def test_each_page_says_what_it_is_for(english: pypdf.PdfReader) -> None:
    pages = [plain(page.extract_text()) for page in english.pages[:8]]
    assert "Not kept" in pages[0]
    assert "The wording of the charter is a draft" in pages[0]
    assert "Verdicts by article" in pages[1]
    assert re.search(r"Sex Nationality .*Fairness and non-discrimination", pages[2])
    assert "Watch level: 95 for 100, breach level: 80 for 100." in pages[3]
    assert re.search(r"2nd quarter 2026 100 .* Kept 3rd quarter 2026 50 .* Not kept", pages[3])
    assert "What was recommended" in pages[4]
    assert "No incident has been recorded." in pages[5]
    assert "No committee has published an opinion yet." in pages[6]
    assert re.search(r"Article Offers Checks|Article Checks Offers", pages[7])


def lowest(page: pypdf.PageObject) -> float:
    """How far down the page its text goes, of 0 at the head to 1 at the foot, without the line at its foot."""
    found: list[float] = []

    def visit(text: str, at: Any, *_: Any) -> None:
        if text.strip() and at[5] > 70:
            found.append(float(at[5]))

    page.extract_text(visitor_text=visit)
    return 1 - min(found) / float(page.mediabox.height)


@pytest.mark.costly
def test_no_page_of_the_annexes_is_half_empty(french: pypdf.PdfReader, english: pypdf.PdfReader) -> None:
    """But the last of them, on which the report ends."""
    for pdf in (french, english):
        *annexes, _ = [(number, lowest(page)) for number, page in enumerate(pdf.pages, start=1)][8:]
        assert [each for each in annexes if each[1] < 0.5] == []


def crowded(data: dict[str, Any], room: int) -> dict[str, Any]:
    """The same report, whose questions of two systems take as many lines as there is room for."""
    articles = [e for each in data["matrices"]["systems"] for part in each["grouped"] for e in part["articles"]]
    mark = next(cell for each in articles for row in each["rows"] for cell in row["cells"] if cell)

    def lines(n: int, columns: int) -> list[dict[str, Any]]:
        row = {"text": "6.4 Textes sans données personnelles", "cells": [mark] * columns}
        return [{"title": "Équité et non-discrimination", "verdict": "unknown", "rows": [row] * (n - 1)}]

    by_groups, alone = 8, room // 2 - 14
    system = {
        "title": "Un système",
        "untouched": "Sept questions pas examinées\u202f: page",
        "alone": [lines(alone, 1), lines(alone, 1)],
        "grouped": [
            {
                "header": ["Question", "Sexe", "Âge", "Quartier prioritaire (QPV)", "Sexe × âge"],
                "articles": lines(by_groups, 4),
            }
        ],
    }
    systems = [system, system]
    return data | {"matrices": data["matrices"] | {"systems": systems, "set": how_close(systems)}}


@pytest.mark.costly
@pytest.mark.parametrize(("room", "how"), [slow_case(40, "wide"), slow_case(56, "close"), (66, "closest")])
def test_the_questions_of_two_systems_fill_one_page_and_no_other(workspace: Workspace, room: int, how: str) -> None:
    found, tell = edition(workspace, None), teller("fr")
    files = attachments(found, tell)
    data = crowded(content(found, files, tell), room)
    assert data["matrices"]["set"] == how == ROOMS[room]
    assert how_close([*data["matrices"]["systems"], *data["matrices"]["systems"]]) == "close"
    pdf = pypdf.PdfReader(io.BytesIO(typeset_pdf(data, {file.name: file.content for file in files})))
    third, fourth = (pdf.pages[at] for at in (2, 3))
    assert plain(third.extract_text()).count("6.4 Textes") == 2 * (2 * (room // 2 - 15) + 7)
    assert plain(fourth.extract_text()).startswith("Au fil du temps")
    assert lowest(third) > 0.85


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


def test_what_records_answer_stands_with_the_answers_to_it(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "w")
    fill(workspace)
    enter(workspace, Incident(**INCIDENT))
    made = edition(workspace, None, today=dt.date(2027, 3, 1))
    rows = events(made, teller("en"))["asked"]["rows"]
    asked = ("incidents_in_time", "explanation_in_time", "trained_before_use")
    found = [e for each in made.scene.examined.values() for e in each.verdicts if e.template in asked]
    assert [row["verdict"] for row in rows] == [each.verdict for each in found]
    declared = [row["verdict"] for row in rows if row["system"] == "Offers" and "incidents" in row["question"]]
    assert declared == ["broken"]


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
