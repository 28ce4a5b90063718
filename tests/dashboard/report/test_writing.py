"""Which audits a report shows, where it goes, what it refuses, what it tells of incidents and of what is unexamined."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from boussole.audits.errors import ReportError
from boussole.audits.workspace import Workspace
from boussole.charter.incidents.book import enter
from boussole.charter.record_types.incidents import Incident
from boussole.charter.records import save_audit, sealed_reports, verify_records
from boussole.charter.records.in_force import in_force
from boussole.charter.text.loading import PACKAGED, load_charter
from boussole.dashboard.pages.reports.view import reports
from boussole.dashboard.report import closing, typesetting, write_report
from boussole.dashboard.report.attachments import attachments, check
from boussole.dashboard.report.closing import events, untouched
from boussole.dashboard.report.content import content
from boussole.dashboard.report.edition import edition, teller
from boussole.dashboard.views.answers.asked import indicator_of
from boussole.dashboard.views.papers import parse_period
from tests.as_json import audit_document as as_json
from tests.as_json import in_period
from tests.dashboard.report.conftest import checks_run, fill, make_workspace, read, words
from tests.written import audit_document


def document(start: str, end: str, entry: int) -> dict[str, Any]:
    return audit_document("offers", start=start, end=end, evidence={"entry": entry})


def test_a_quarter_holds_its_months_and_prefers_an_audit_of_its_own() -> None:
    july, quarter = document("2026-07-01", "2026-07-31", 3), document("2026-07-01", "2026-09-30", 1)
    september, june = document("2026-09-01", "2026-09-30", 2), document("2026-06-01", "2026-06-30", 4)
    everything = document("2013-01-01", "2026-09-30", 9)
    period = parse_period("2026-Q3")
    assert in_period([july, quarter, september, june, everything], period)[-1] == quarter
    assert in_period([july, september, june, everything], period)[-1] == september
    assert in_period([june, everything], period) == [everything]
    again = document("2026-07-01", "2026-09-30", 8)
    assert in_period([again, quarter], period)[-1] == again


@pytest.mark.parametrize("text", ["2026-Q5", "2026-13", "26", "2026-09-30", "Q3 2026", ""])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ReportError, match="is not a period") as caught:
        parse_period(text)
    assert "2026-Q3" in str(caught.value)


def test_a_report_of_chosen_systems_is_about_these_alone(workspace: Workspace) -> None:
    found, tell = edition(workspace, None, systems=["offers", "offers"]), teller("en")
    assert (found.chosen, list(found.scene.latest), list(found.scene.systems)) == (("offers",), ["offers"], ["offers"])
    made = content(found, attachments(found, tell), tell)
    assert made["subtitle"] == "Newest audits · Offers"
    assert made["cover"][0] == ["Systems audited", "1 of 2 in the register"]
    assert [each["title"] for each in made["systems"]] == ["Offers"]
    names = [each["name"] for each in made["attachments"]]
    assert [name for name in names if name.startswith("audit-")] == ["audit-offers-2026-09-30.json"]
    assert "Checks" not in json.dumps(made)
    assert made["opinions"]["text"] == "No committee has published an opinion on this yet."  # others may have one
    assert made["events"]["parts"][0]["told"] == ["No incident of this has been recorded."]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"systems": ["ofers"]}, ["there is no system 'ofers'. Did you mean 'offers'?"]),
        ({"systems": ["offers", "checks"], "period": "2026-Q2"}, ["no audit of 'checks' ends in 2026-Q2"]),
        ({"period": "2025"}, ["no audit ends in 2025", "2026-06-30, 2026-08-31, 2026-09-30"]),
        ({"lang": "de"}, ["'de'"]),
    ],
)
def test_what_cannot_be_reported_on_is_told(workspace: Workspace, asked: dict[str, Any], said: list[str]) -> None:
    with pytest.raises(ReportError) as caught:
        write_report(workspace, **{"period": None, "lang": "fr", "out": None, **asked})
    assert [each for each in said if each not in str(caught.value)] == []


def test_an_empty_workspace_says_what_to_do(tmp_path: Path) -> None:
    empty = make_workspace(tmp_path / "empty")
    with pytest.raises(ReportError, match="no system has been audited yet"):
        write_report(empty, period=None, lang="fr", out=None)


@pytest.mark.costly
def test_two_reports_of_one_period_are_both_kept_and_both_are_sealed(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "twice")
    fill(workspace)
    first = write_report(workspace, period="2026-Q3", lang="en", out=None)
    before = first.read_bytes()
    again = checks_run(workspace.system("checks"))
    judging = in_force(workspace)
    save_audit(workspace, as_json(replace(again, as_of=dt.date(2026, 10, 20)), judging), charter=judging.charter)
    second = write_report(workspace, period="2026-Q3", lang="en", out=None)
    third = write_report(workspace, period="2026-Q3", lang="en", out=None)
    names = [f"boussole-2026-Q3-en{number}.pdf" for number in ("", "-2", "-3")]
    assert [path.name for path in (first, second, third)] == names
    assert first.read_bytes() == before
    assert second.read_bytes() == third.read_bytes() != before
    listed = {report.name: (report.state, report.period, report.lang) for report in reports(workspace)}
    assert listed == {path.name: ("sealed", "2026-Q3", "en") for path in (first, second, third)}
    old, new = (check(path, workspace=workspace) for path in (first, second))
    assert old.sealed is not None
    assert old.replaced_by == new.sealed
    assert new.sealed is not None
    assert new.replaced_by is None
    held = sealed_reports(workspace)
    assert [each.document for each in held] == [sha256(path.read_bytes()).hexdigest() for path in (first, second)]
    settings = workspace.home / "boussole.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("essai", "nouvel essai"), encoding="utf-8")
    write_report(Workspace(workspace.home), period="2026-Q3", lang="en", out=tmp_path / "other.pdf")
    assert check(second, workspace=workspace).replaced_by == sealed_reports(workspace)[-1] != new.sealed
    write_report(workspace, period=None, lang="en", out=tmp_path / "newest.pdf")
    periods = [(each.period, each.lang) for each in sealed_reports(workspace)]
    assert periods == [*[("2026-Q3", "en")] * 3, ("2026-09-30", "en")]
    assert verify_records(workspace).ok  # type: ignore[union-attr]


@pytest.mark.costly
def test_a_charter_that_has_changed_since_does_not_change_the_report(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "moved")
    fill(workspace)
    before = load_charter(workspace).sha256
    folder = workspace.home / "charter"
    folder.mkdir()
    for path in PACKAGED.glob("*.yaml"):
        text = path.read_text(encoding="utf-8").replace("Équité et non-discrimination", "Autre titre")
        (folder / path.name).write_text(text, encoding="utf-8")
    assert load_charter(workspace).sha256 != before
    found = edition(workspace, parse_period("2026-Q3"))
    assert {charter.sha256 for charter in found.charters.values()} == {before}
    text = words(read(workspace, "fr", period="2026-08"))
    assert "Équité et non-discrimination" in text
    assert "Autre titre" not in text


@pytest.mark.costly
def test_characters_that_no_font_has_are_printed_as_codes(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "odd")
    system = workspace.home / "systems" / "offers.yaml"
    text = system.read_text(encoding="utf-8").replace("fr: femmes", 'fr: "femmes\\0 \\uE000 \\u6F22 #panic()"')
    system.write_text(text, encoding="utf-8")
    fill(workspace)
    text = words(read(workspace, "fr"))
    assert "emmes⟨U+0000⟩ ⟨U+E000⟩ ⟨U+6F22⟩ #panic()" in text


@pytest.mark.costly
def test_a_typesetting_warning_fails(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    template = tmp_path / "report.typ"
    monkeypatch.setattr(typesetting, "TEMPLATE", template)
    for source, told in (
        ('#set document(title: "T")\n#set text(font: "No Such Font")\nText', "unknown font family"),
        ("#nothing", "unknown variable"),
        ("Text of a document without a title", "missing document title"),
    ):
        template.write_text(source, encoding="utf-8")
        with pytest.raises(ReportError, match=told):
            write_report(workspace, period=None, lang="fr", out=tmp_path / "report.pdf")
    assert not (tmp_path / "report.pdf").exists()


INCIDENT: dict[str, Any] = {
    "role": "Product", "on": dt.date(2026, 10, 2), "signed_in": False, "system": "offers", "severity": "serious",
    "title": "A title that only some may read", "text": "Whoever reads this knows a name.",
    "happened_on": dt.date(2026, 10, 1), "known_at": dt.datetime.fromisoformat("2026-10-02T12:00"),
    "timezone": "Europe/Paris",
}  # fmt: skip


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
def test_what_nobody_examined_is_counted_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
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
