"""What some commands that make records do besides: what they look up before, and what they print afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from charter.incidents.appeals import new_number
from charter.incidents.entering import number_to_entry
from charter.records.incidents import Appeal
from charter.records.work import Survey
from charter.stated import months_later
from dashboard.commands.console import put, say
from dashboard.commands.stating import asked_of_system, question_of, question_of_charter

if TYPE_CHECKING:
    from audits.workspace import Workspace
    from charter.records import Sealed
    from dashboard.commands.committee.desk import Desk

Fields = dict[str, Any]
Before = Callable[["Workspace", "Desk | None", Fields], Fields]
After = Callable[["Workspace", "Desk | None", "Sealed", Fields], None]


def _survey_told(_: Workspace, __: Desk | None, done: Sealed, ___: Fields) -> None:
    said = done.statement
    if isinstance(said, Survey):
        for theme, mean in said.everybody.themes.items():
            say(f"{theme}: {mean.mean} ({mean.n} answers)")
        say(f"Groups shown: {len(said.groups)}, hidden: {said.hidden}. No row was kept.")


def _incident(workspace: Workspace, _: Desk | None, said: Fields) -> Fields:
    """Held to the charter: the question that shows it is one that is asked of its system."""
    if "question" in said:
        question_of_charter(workspace, said["question"])
        asked_of_system(workspace, said["question"], said["system"])
    return said


def _appeal_of(workspace: Workspace, _: Desk | None, said: Fields) -> Fields:
    return {**said, "of": number_to_entry(workspace, said["of"])}


def _appeal_told(_: Workspace, __: Desk | None, done: Sealed, ___: Fields) -> None:
    if isinstance(done.statement, Appeal):
        put(done.statement.number)


def _attestation(workspace: Workspace, at: Desk | None, said: Fields) -> Fields:
    """It answers an attested question, for as long as the charter says unless somebody says otherwise."""
    asked = question_of(workspace, said["indicator"], attested=True)
    until = said.get("valid_until") or months_later(said["on"], asked.valid_months or 12)
    return _asked(workspace, at, {**said, "asked": asked.wording, "valid_until": until})


def _inspection(workspace: Workspace, at: Desk | None, said: Fields) -> Fields:
    asked = question_of(workspace, said["indicator"], tolerance=True)
    return _asked(workspace, at, {**said, "asked": asked.wording})


def _case(workspace: Workspace, at: Desk | None, said: Fields) -> Fields:
    question_of(workspace, said["indicator"], tolerance=True)
    return _asked(workspace, at, said)


def _asked(workspace: Workspace, _: Desk | None, said: Fields) -> Fields:
    """That its question is asked of its system."""
    asked_of_system(workspace, said["indicator"], said.get("system"))
    return said


BEFORE: Mapping[str, Before] = {
    "record attestation": _attestation,
    "record case": _case,
    "record inspection": _inspection,
    "incident open": _incident,
    "appeal enter": lambda _, __, said: {**said, "number": new_number()},
    "appeal decide": _appeal_of,
}
AFTER: Mapping[str, After] = {"work survey": _survey_told, "appeal enter": _appeal_told}
"""By the words of the command."""
