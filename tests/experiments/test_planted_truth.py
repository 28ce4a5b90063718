"""The whole chain on the demo: audits and the page of drift find what was planted, month by month, and nothing else."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import pytest

from boussole.audits.runs import complete_windows
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.document import AuditDocument
from boussole.charter.document.measures import by_id
from boussole.charter.drift.rule import apart, moved_groups, rule_of
from boussole.charter.drift.system_drift import drift_of, readings
from boussole.charter.records.in_force import in_force
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.views.drift.view import DriftQuery, drift_page
from boussole.dashboard.views.scene import load
from boussole.experiments.demo import FACTS, build
from boussole.experiments.demo.answer_key import TWO_ANSWERS, answers, facts
from boussole.experiments.demo.planted import MONTHS, PEOPLE, SEED
from boussole.experiments.sync import sync

LATER = dt.date(2026, 12, 1)


def unexpected(
    found: Mapping[str, Mapping[str, str]], expected: Mapping[str, Mapping[str, str]]
) -> dict[tuple[str, str], str | None]:
    """By month and question, each verdict that the answer key does not allow, and none where it wants one."""
    asked = {(month, name) for each in (found, expected) for month, verdicts in each.items() for name in verdicts}
    return {
        (month, name): found.get(month, {}).get(name)
        for month, name in asked
        if found.get(month, {}).get(name) not in answers(expected.get(month, {}).get(name, ""))
    }


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, dict[str, AuditDocument]]:
    """The demo synced, and the audit of each month."""
    workspace = build(tmp_path_factory.mktemp("planted") / "demo")
    (report,) = sync(workspace)
    assert report.failures == ()
    assert len(report.ingested) == 46  # 15 weeks of decisions and messages, 15 months, agencies
    assert sync(workspace)[0].known == 46
    system = workspace.system("matchft")
    windows = complete_windows(workspace, system)
    documents = {f"{w.start:%Y-%m}": run_audit(workspace, system, start=w.start, end=w.end) for w in windows}
    return workspace, documents


def test_the_key_has_two_answers_only_where_it_says_why_and_none_accuses_where_all_is_well() -> None:
    told = facts(seed=SEED, people=PEOPLE)
    assert told["two_answers"].keys() == {name for names in TWO_ANSWERS for name in names}
    two = {}
    for month, expected in told["expected_verdicts"].items():
        for name, verdicts in expected.items():
            assert answers(verdicts) <= {"kept", "watch", "broken", "unknown"}
            if len(answers(verdicts)) > 1:
                assert name.startswith(tuple(told["two_answers"])), name
                two[month, name] = answers(verdicts)
    accusing = {key: verdicts for key, verdicts in two.items() if verdicts & {"watch", "broken"}}
    opened = {(month, f"where_the_gap_opens_{name}") for month in MONTHS for name in ("age", "gender_age")}
    opened.add((MONTHS[2], "where_the_gap_opens_gender"))
    assert {key for key, verdicts in accusing.items() if "kept" not in verdicts} == opened
    # Watched until something is seen to help.
    helped = {(month, "corrections_help") for month in MONTHS[:2]} | {(MONTHS[0], "gap_after_corrections_gender_age")}
    assert accusing.keys() - opened == helped
    assert all(
        len(answers(each)) == 1 for month in told["expected_verdicts_of_chatft"].values() for each in month.values()
    )


def test_what_the_key_does_not_allow_is_told() -> None:
    key = {"2026-07": {"a": "kept or unknown", "b": "watch"}}
    assert unexpected({"2026-07": {"a": "unknown", "b": "watch"}}, key) == {}
    wrong = {"2026-07": {"a": "watch", "c": "kept"}}
    assert unexpected(wrong, key) == {("2026-07", "a"): "watch", ("2026-07", "b"): None, ("2026-07", "c"): "kept"}


@pytest.mark.slow
def test_the_audits_find_what_was_planted_and_nothing_else(audited: tuple[Workspace, dict[str, AuditDocument]]) -> None:
    """Of decisions and of texts."""
    workspace, documents = audited
    told = json.loads((workspace.home / FACTS).read_text(encoding="utf-8"))
    system = workspace.system("chatft")
    windows = complete_windows(workspace, system)
    texts = {f"{w.start:%Y-%m}": run_audit(workspace, system, start=w.start, end=w.end) for w in windows}
    found, of_texts = (
        {
            month: {each.indicator: each.verdict for each in document.verdicts if each.verdict != "not_examined"}
            for month, document in audits.items()
        }
        for audits in (documents, texts)
    )
    assert of_texts == told["expected_verdicts_of_chatft"]
    for month, document in documents.items():
        for each in document.verdicts:
            if each.reason == "selective_labels":
                found[month].pop(each.indicator, None)
    assert unexpected(found, told["expected_verdicts"]) == {}


@pytest.mark.slow
def test_planted_drifts_are_found_in_their_month_and_no_others(
    audited: tuple[Workspace, dict[str, AuditDocument]],
) -> None:
    """In September the radius of the search grows and version 2.0 reaches fewer women; scores rise."""
    workspace, _ = audited
    planted = json.loads((workspace.home / FACTS).read_text(encoding="utf-8"))["drift"]
    system = workspace.system("matchft")
    drift = drift_of(workspace, system, against="reference", step="month", today=LATER)
    for point in drift.series.points[1:]:
        read, month = readings(point, drift.rule), f"{point.window.start:%Y-%m}"
        states = {**read["inputs"].states, **read["score"].states}
        assert states == {name: "watch" if planted[name][month] == "shifted" else "kept" for name in states}
        assert {read[theme].state for theme in ("decision", "outcome", "groups")} == {"kept"}
    moved = {each.id: each for each in drift.shifts}
    assert {each.since.start for each in moved.values()} == {dt.date(2026, 9, 1)}
    women = moved["adjusted_selection_rate_ratio/gender=F"]
    assert women.after < 0.9 < women.before
    assert not any("qpv" in name or "age=<25" in name for name in moved if not name.startswith("mean_score"))
    assert [version.first for version in drift.series.versions] == [dt.date(2026, 7, 1), dt.date(2026, 9, 1)]
    asked: Any = {"query": {}, "systems": ["matchft"], "fine": False, "with_incidents": True}
    page = drift_page(load(workspace, today=LATER), drift, DriftQuery(system="matchft"), speaker("en"), **asked)
    assert page.summary.headline.startswith("September 2026 compared with July 2026: the inputs changed (distance to ")
    assert "version 2.0 of the model began to decide (1 September 2026)" in " ".join(page.summary.more)
    accused = {each.anchor for _, _, drawn in page.sections for each in drawn if each.state != "kept"}
    assert accused == {"inputs-distance_km", "score-score"}
    assert "the model changed (the scores moved when version 2.0 came)" in page.summary.headline
    assert "the world changed" not in page.summary.headline
    assert "the groups changed" not in page.summary.headline


@pytest.mark.slow
def test_the_change_of_version_is_found_on_its_day_with_its_size(
    audited: tuple[Workspace, dict[str, AuditDocument]],
) -> None:
    workspace, documents = audited
    planted = json.loads((workspace.home / FACTS).read_text(encoding="utf-8"))["version_change"]
    system = workspace.system("matchft")
    rule = rule_of(in_force(workspace).charter, system)
    series = drift_of(workspace, system, against="reference", step="month", today=LATER).series
    assert dt.date.fromisoformat(planted["on"]) in [version.first for version in series.versions]
    before, after = (by_id(documents[month].measures) for month in planted["months"])
    for group, (low, high) in planted["selection_rate_change_between"].items():
        name = f"selection_rate/gender={group}"
        assert low < after[name].value - before[name].value < high
    for group in planted["selection_rate_unchanged"]:
        name = "selection_rate" if group == "everybody" else f"selection_rate/{group}"
        assert after[name].interval.low < before[name].value < after[name].interval.high
    for month, expected in (("2026-08", set()), ("2026-09", {"gender=F"})):
        moved = {
            each.change.id.partition("/")[2]
            for each in apart(moved_groups(documents[month], rule))
            if len(each.by) == 1
        }
        assert moved == expected
