"""The frozen pack on the session page: the verdicts of each system, and what has changed, by hand."""

from __future__ import annotations

import pytest

from boussole.charter.committee.acts.packs import PackChanges, freeze
from boussole.charter.record_types.acts import FrozenPack
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.session.view import PackView, differences_of, pack_view
from boussole.dashboard.views.chamber import evidence_of
from boussole.dashboard.views.records.offering import NOBODY
from tests.charter.committee.desk import DAY
from tests.charter.committee.hall import NAME, who
from tests.charter.committee.test_packs import audit

EN = speaker("en")


def shown(hall, scene):
    found = evidence_of(hall.workspace, hall.house, hall.of, today=DAY)
    return pack_view(found, scene, EN, query={}) if found else None


def html(pack: PackView | None) -> str:
    return Template("pages/session/session.html", EN)("pack", pack, NOBODY, None)


def test_before_it_is_frozen_there_is_none(hall, empty_scene):
    assert shown(hall, empty_scene) is None
    assert "not frozen yet" in html(None)


@pytest.mark.costly
def test_what_has_changed_since_and_before_is_said_question_by_question(hall, empty_scene):
    first = audit(hall, "matchft", {"precision_difference": "kept", "gone": "watch"})
    freeze(hall.workspace, NAME, of=hall.of, who=who())
    pack = shown(hall, empty_scene)
    assert [column.entry[0] for column in pack.columns] == [f"entry {first}"]
    assert [each.told for each in pack.differences] == [["Nothing: the evidence is the same."]]
    audit(hall, "matchft", {"precision_difference": "broken"}, end="2026-09-30")
    audit(hall, "neo", {"precision_difference": "kept"})
    (since,) = shown(hall, empty_scene).differences
    assert since.told == ["One system was audited again.", "One system was audited for the first time."]
    assert [(each.place, each.told, each.verdict) for each in since.verdicts] == [
        ("matchft", "Kept → Not kept", "broken"),
        ("matchft", "Watch → not asked", "not_examined"),
        ("neo", "not asked → Kept", "kept"),
    ]
    assert since.verdicts[1].question == "gone"
    assert since.verdicts[0].question.startswith("3.")
    freeze(hall.workspace, NAME, of=hall.of, who=who())
    now, before = shown(hall, empty_scene).differences
    assert now.told == ["Nothing: the evidence is the same."]
    assert before.title == "What was different in the pack before?"
    assert len(before.verdicts) == 3
    assert hall.house.last(FrozenPack, hall.of)[1].root in html(shown(hall, empty_scene))


def test_a_charter_that_keeps_its_number_while_it_changes_is_not_said_to_go_from_it_to_itself(empty_scene):
    def told(before: str, after: str) -> str:
        none = {"added": (), "removed": (), "renewed": (), "verdicts": (), "sealed": {}}
        found = differences_of(PackChanges(charter=(before, after), **none), empty_scene, "What has changed?", EN)
        return found.told[0]

    assert told("0.1", "0.2") == "The charter went from version 0.1 to 0.2."
    assert told("0.2", "0.2") == "The text of the charter has changed and kept its number: version 0.2."
