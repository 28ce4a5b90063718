"""The demo's committee works by the same acts as any, and its ledger holds."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

from boussole.audits.workspace import Workspace
from boussole.charter.committee.acting import committee_state
from boussole.charter.committee.referrals.matters import matters, questions
from boussole.charter.deadlines.appeals import appeals, counts
from boussole.charter.judging.coverage import Use
from boussole.charter.record_types.acts import Opinion
from boussole.charter.records import verify_records
from boussole.charter.records.facts import facts_of
from boussole.charter.registry.register import register_of
from boussole.charter.work.effects import surveys
from boussole.dashboard.cli.demo import NAME, settle
from boussole.experiments import demo

TODAY = dt.date(2026, 11, 27)


def test_the_committee_has_met_and_something_is_due_late_and_answered(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "workspace")
    systems = Path(demo.__file__).parent / "systems"
    shutil.copytree(systems, workspace.home / "systems", dirs_exist_ok=True)
    settle(workspace, today=TODAY)
    found = verify_records(workspace)
    assert found is not None
    assert found.ok
    house = committee_state(workspace, NAME)
    assert [each.state for each in questions(house, today=TODAY)] == ["overdue", "answered"]
    (matter,) = matters(house)
    (opinion,) = house.standing(Opinion)
    assert opinion[1].referral == matter.entry
    told = counts(appeals(facts_of(workspace, as_of=TODAY)))
    assert (told.received, told.waiting, told.overdue) == (3, 2, 1)
    (asked,) = surveys(facts_of(workspace, as_of=TODAY)).values()
    assert (asked.falls, asked.survey.hidden, len(asked.survey.groups)) == (["load"], 2, 2)
    uses = {use.system.id: use for use in register_of(workspace, today=TODAY)[2]}
    assert answers(uses["chatft"]) == {
        "incidents_in_time": ("broken", "record_late"),  # declared 80 hours after it became known
        "trained_before_use": ("watch", "record_below"),  # 1,010 of 1,200
        "opinions_followed": ("not_examined", "no_opinion"),
        "public_register": ("kept", "record_kept"),
    }
    assert answers(uses["matchft"]) == {
        "incidents_in_time": ("unknown", "nothing_due"),
        "explanation_in_time": ("kept", "record_kept"),
        "trained_before_use": ("not_examined", "no_training"),
        "opinions_followed": ("watch", "record_below"),
        "public_register": ("watch", "record_overdue"),  # its rules are of September 2025
    }
    settle(workspace, today=TODAY)
    assert committee_state(workspace, NAME).acts == house.acts


def answers(use: Use) -> dict[str, tuple[str, str | None]]:
    """What records answer of a system."""
    asked = ("incidents_in_time", "explanation_in_time", "trained_before_use", "opinions_followed", "public_register")
    return {each.indicator: (each.verdict, each.reason) for each in use.verdicts if each.indicator in asked}
