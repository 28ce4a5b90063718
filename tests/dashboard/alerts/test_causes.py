"""Real audits: a charter that is amended is named as the cause, drift is told as its page says it, few stay hidden."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import pytest
import yaml

from boussole.audits.languages import LANGUAGES
from boussole.audits.workspace import SETTINGS_FILE, Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.judging.by_article import summarise
from boussole.charter.judging.verdicts import judge
from boussole.charter.records.facts import facts_of
from boussole.charter.records.in_force import in_force
from boussole.charter.text.loading import PACKAGED
from boussole.dashboard.alerts.channels import known_channels
from boussole.dashboard.alerts.detect import check
from boussole.dashboard.alerts.letters import letter
from boussole.dashboard.alerts.messages import SubjectChange
from boussole.dashboard.alerts.verdicts import _audited
from boussole.dashboard.pages.answer.view import NOTHING_ELSE, kept_answer
from boussole.dashboard.pages.drift.view import drift_page
from boussole.dashboard.views.drift.view import DriftQuery
from boussole.dashboard.views.scene import load
from tests import offers
from tests.dashboard.alerts.conftest import Post

RATIO = "adjusted_selection_rate_ratio"
WINDOW = {"start": offers.JANUARY[0], "end": offers.FEBRUARY[1], "as_of": offers.AS_OF}


@pytest.fixture
def workspace(audited_offers: Callable[..., Workspace], tmp_path: Path, dead_post: Post) -> Workspace:
    made = audited_offers(tmp_path / "offers")
    text = '[alerts]\naddress = "https://b.example"\n' + dead_post.channel(more='languages = ["fr", "en"]')
    (made.home / SETTINGS_FILE).write_text(text, encoding="utf-8")
    return Workspace(made.home)


def amend(workspace: Workspace, **levels: float) -> None:
    """The workspace gets a charter of its own with other levels."""
    folder = workspace.home / "charter"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(PACKAGED, folder)
    for path in folder.glob("*.yaml"):
        text = yaml.safe_load(path.read_text(encoding="utf-8"))
        for indicator in text.get("indicators", []):
            if indicator["id"] == RATIO:
                indicator["threshold"] |= levels
        path.write_text(yaml.safe_dump(text, allow_unicode=True, sort_keys=False), encoding="utf-8")


def of_gender(changes: Sequence[SubjectChange]) -> list[tuple[str | None, str, str]]:
    name = f"{RATIO}_gender"
    return [(each.before, each.after, each.cause) for each in changes if each.name == name]


@pytest.mark.costly
def test_an_amended_charter_is_named_as_the_cause_and_the_figures_are_not(workspace: Workspace) -> None:
    check(workspace)
    system = workspace.system("offers")
    before = {
        each["indicator"]: each["verdict"]
        for each in run_audit(workspace, system, dry_run=True, **WINDOW).written()["verdicts"]
    }
    amend(workspace, watch=1.0, breach=0.99)
    judged = run_audit(workspace, system, **WINDOW).written()["verdicts"]
    after = {each["indicator"]: each["verdict"] for each in judged}
    found = of_gender(check(workspace).changes)
    assert before[f"{RATIO}_gender"] == "kept"
    assert after[f"{RATIO}_gender"] in ("watch", "broken", "unknown")
    assert found == [("kept", after[f"{RATIO}_gender"], "charter")]


@pytest.mark.slow
def test_the_same_figures_and_charter_change_nothing(workspace: Workspace) -> None:
    check(workspace)
    run_audit(workspace, workspace.system("offers"), **WINDOW)
    assert check(workspace).changes == []


@pytest.mark.costly
def test_few_people_are_in_no_message_and_what_is_told_stands_on_the_page(workspace: Workspace) -> None:
    check(workspace)
    amend(workspace, watch=1.0, breach=0.99)
    run_audit(workspace, workspace.system("offers"), **WINDOW)
    (message,) = check(workspace).messages
    way = known_channels(workspace)[message.channel]
    made = letter(message, way, organisation="House", address="https://b.example")
    assert made.html.startswith("<!DOCTYPE html>\n<html ")
    whole = f"{made.subject}\n{made.text}\n{made.html}\n{made.document}"
    assert f"{RATIO}_gender" in whole
    assert not re.search(r"\bfew\b", whole), "the group of seven"
    for item in message.items:
        question = item.subject.rpartition("/")[2]
        for lang in LANGUAGES:
            shown = kept_answer(workspace, "offers", question, lang, reader=NOTHING_ELSE)
            assert shown is not None
            page = json.dumps(asdict(shown), ensure_ascii=False, default=str)
            assert item.facts["texts"][lang]["sentence"] in page
            assert item.facts["texts"][lang]["question"] in page
    assert "Was “Kept”; we cannot tell any more." in made.text
    assert re.search("Fairness and non-discrimination: as a whole “(Watch|Not kept|We cannot tell)”", made.text)


@pytest.mark.slow
def test_a_drift_that_is_told_says_what_the_drift_page_says(workspace: Workspace, tmp_path: Path) -> None:
    check(workspace)
    rows = offers.frame(seed=8)
    rows["day"] = [day.replace(month=day.month + 2) for day in rows["day"]]
    rows["ref"], rows["distance"] = [f"later{i}" for i in range(len(rows))], rows["distance"] + 30
    offers.bring(workspace, rows)
    found = check(workspace, today=offers.AS_OF)
    told = [(each.subject, each.before, each.after, each.cause) for each in found.changes if each.name == "inputs"]
    assert told in ([("drift/inputs", "kept", "broken", "decisions")], [("drift/inputs", "kept", "watch", "decisions")])
    item = next(each for each in found.messages[0].items if each.subject == "drift/inputs")
    assert item.facts["start"] == "2026-03-01"
    for lang in LANGUAGES:
        page = drift_page(workspace, DriftQuery(system="offers"), lang, fine=False, with_incidents=False).summary
        told_there = " ".join([page.headline, *page.more])
        assert item.facts["texts"][lang]["sentence"].partition(":")[2].strip(". ") in told_there
    assert check(workspace, today=offers.AS_OF).changes == []


def test_another_rule_is_named_as_the_cause_where_it_alone_changed_an_answer(workspace: Workspace) -> None:
    """The same window, measured alike: by the first rule a figure beyond the watch level could be kept."""
    system, charter = workspace.system("offers"), in_force(workspace).charter
    new = run_audit(workspace, system, dry_run=True, **WINDOW)
    facts = facts_of(workspace, as_of=new.as_of)
    then = judge(
        charter, system, new.measures, window_start=new.window.start, window_end=new.window.end, facts=facts, rule=1
    )
    last = new.changed(rule=None, verdicts=tuple(then), articles=tuple(summarise(charter, then)))
    why = _audited(workspace, load(workspace), "offers", last, new)
    before = {each.indicator: each.verdict for each in last.verdicts}
    changed = [each for each in new.verdicts if before[each.indicator] != each.verdict]
    assert {(before[each.indicator], each.verdict) for each in changed} == {("kept", "unknown")}
    for each in changed:
        subject = f"question/{each.article}/{each.indicator}"
        assert why(subject, before[each.indicator], each.verdict) == "rule"
    assert why(f"question/equite/{changed[0].indicator}", "kept", "broken") == "again"
