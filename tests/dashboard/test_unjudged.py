"""What stands beside an answer and is not judged, drawn and said: places on lists, and whose components there are."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest

from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from boussole.charter.document import AuditDocument
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.views.answers.unjudged import UnjudgedFigure, unjudged
from boussole.dashboard.views.charts.forecast import ForecastDrawing, ForecastPoint, forecast_svg
from tests.end_to_end.chain import audit as audit_of_calls
from tests.end_to_end.test_logs import ALLOWED, HERE_CALL
from tests.end_to_end.test_logs import called as with_calls

FR, EN = speaker("fr"), speaker("en")

SHARES = [("2025-03-01", 0.4), ("2025-06-01", 0.46), ("2025-09-01", 0.55), ("2025-12-01", 0.6), ("2026-09-01", 0.9)]
PARTS = """[
  {name: {fr: "Grand modèle", en: "Large model"}, provider: Mistral AI, place: Paris},
  {name: {fr: "Dictée", en: "Dictation"}, provider: Other, place: Lyon}]"""


def declared(*, by: str = "2027-06-30", share: float = 1, shares: list[tuple[str, float]] = SHARES) -> str:
    history = ", ".join(f"{{day: {day}, share: {value}}}" for day, value in shares)
    return f"components: {{provider: Mistral AI, share: {share}, by: {by}, history: [{history}], parts: {PARTS}}}"


@pytest.fixture(scope="module")
def called(tmp_path_factory: pytest.TempPathFactory) -> tuple[AuditDocument, System]:
    """A hundred calls on the list, twelve outside it, two more outside and three that do not say where they ran."""
    calls = ((HERE_CALL, 100), (("Other", "Rome", "big"), 12), (("Other", "Dublin", "big"), 2), ((None,) * 3, 3))
    workspace = with_calls(tmp_path_factory.mktemp("calls") / "w", *calls, allowed=f"{ALLOWED}, {declared()}")
    return audit_of_calls(workspace, dry_run=True), Workspace(workspace.home).system("offers")


def where(found: tuple[AuditDocument, System], lang: str, *, system: System | None = None) -> dict[str, UnjudgedFigure]:
    document, own = found
    verdict = next(each for each in document.verdicts if each.template == "where_models_run")
    shown = unjudged(document, verdict, speaker(lang), system=system or own)
    return {each.name: each for each in shown}


def changed(system: System, **more: Any) -> System:
    """The same system whose file says otherwise of its components."""
    section = system.generations
    assert section is not None
    assert section.calls is not None
    assert section.calls.components is not None
    components = section.calls.components.model_copy(update=more)
    calls = section.calls.model_copy(update={"components": components})
    return system.model_copy(update={"generations": section.model_copy(update={"calls": calls})})


@pytest.mark.costly
def test_a_file_that_has_changed_since_the_audit_is_not_drawn(called: tuple[AuditDocument, System]) -> None:
    _, system = called
    for more in ({"by": dt.date(2028, 1, 1)}, {"share": 0.5}, {"history": []}, {"provider": "Other"}):
        shown = where(called, "en", system=changed(system, **more))["share-of-provider"]
        assert shown.svg == ""
        assert shown.told == [
            "The system file has changed since this audit: what it declares now is not drawn beside its figure."
        ]


def test_a_line_needs_four_days_and_the_drawing_does_without() -> None:
    three = [(dt.date(2026, month, 1), 0.2 * month) for month in (1, 2, 3)]
    aim = (dt.date(2026, 12, 31), 0.9)
    shown = ForecastDrawing(declared=three, line=[], aim=aim, aim_told="aim", end_told="")
    drawn = forecast_svg(shown, EN.percent, EN.short_month)
    assert drawn.count("<circle") == 3
    assert drawn.count("<polygon") == 1
    assert "polyline" not in drawn


@pytest.mark.parametrize("end", [0.89, 0.9, 0.91, 0.3])
def test_words_beside_the_drawing_are_never_over_each_other(end: float) -> None:
    days = [dt.date(2026, 1, 1), dt.date(2026, 2, 1)]
    line = [ForecastPoint(day=day, value=end, low=end - 0.1, high=end + 0.05) for day in (*days, dt.date(2026, 12, 31))]
    shown = ForecastDrawing(
        declared=[(day, 0.5) for day in days],
        line=line,
        aim=(dt.date(2026, 12, 31), 0.9),
        aim_told="AIM",
        end_told="END",
    )
    drawn = forecast_svg(shown, EN.percent, EN.short_month)
    at = {word: float(re.search(rf'y="([\d.]+)"[^>]*>{word}', drawn)[1]) for word in ("AIM", "END")}  # type: ignore[index]
    assert abs(at["AIM"] - at["END"]) >= 17
