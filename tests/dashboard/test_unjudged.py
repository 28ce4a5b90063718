"""What is shown beside an answer and is not judged: declared shares of a provider, and the components."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from boussole.charter.document import AuditDocument
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.views.answers.unjudged import UnjudgedFigure, unjudged
from tests.end_to_end.chain import audit as audit_of_calls
from tests.end_to_end.test_logs import ALLOWED, HERE_CALL
from tests.end_to_end.test_logs import called as with_calls

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
def test_declared_shares_are_shown_unless_the_file_has_changed_since_the_audit(
    called: tuple[AuditDocument, System],
) -> None:
    document, own = called
    verdict = next(each for each in document.verdicts if each.template == "where_models_run")

    def shown(system: System, lang: str = "en") -> tuple[UnjudgedFigure, UnjudgedFigure]:
        share, components = unjudged(document, verdict, speaker(lang), system=system)
        return share, components

    share, components = shown(own)
    assert [row[1:] for row in share.tables[0].rows] == [
        *(["declared", f"{n}%"] for n in (40, 46, 55, 60)),
        ["aim", "100%"],
    ]
    assert components.told == ["1 of 2 components come from Mistral AI, as the system file declares."]
    assert shown(own, "fr")[0].tables[0].rows[-1] == [
        "30 juin 2027",
        "but",
        "100\N{NARROW NO-BREAK SPACE}%",
    ]
    for more in ({"by": dt.date(2028, 1, 1)}, {"share": 0.5}, {"history": []}, {"provider": "Other"}):
        share, _ = shown(changed(own, **more))
        assert not share.tables
        assert share.told == ["The system file has changed since this audit: what it declares now is not shown."]
