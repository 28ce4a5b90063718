"""Another version of the charter over stored audits: what it would have said is what an audit under it says."""

from __future__ import annotations

import csv
import datetime as dt
import json
import random
import shutil

import pytest
import yaml
from typer.testing import CliRunner

from boussole.audits.decisions import ingest
from boussole.audits.workspace import Workspace
from boussole.charter.amending.diff import diff
from boussole.charter.auditing.audit import run_audit
from boussole.charter.auditing.replay import ABSENT, replay
from boussole.charter.record_types.kinds import Attestation, Case, KeptFile
from boussole.charter.records import audits_of, seal, verify_records
from boussole.charter.records.in_force import InForce, in_force
from boussole.charter.text.loading import PACKAGED, load_charter
from boussole.dashboard.cli.main import app
from tests.written import system_text

SYSTEM = system_text(
    "hiring",
    """
columns:
  id: id
  decided_at: ts
  decision: {column: called, selected: [1]}
  outcome: {column: good, positive: [1], observed_for: all, absent: missing}
groups: {sex: {column: sex, reference: M}, age: {column: age, bands: [25, 50]}}
controls: {job: {column: job}}
""",
)
RATES = {1: 0.85, 2: 0.84, 3: 0.99}
"""How often women are called where men are once, by month: under .95 and above .8 in the first two."""


def rows():
    """3,000 women and as many men a month; independent rows."""
    chance = random.Random(3)  # noqa: S311 (a log, no secret)
    for month, ratio in RATES.items():
        for i in range(6000):
            sex, good = "FM"[i % 2], int(chance.random() < 0.3)
            called = int(chance.random() < 0.5 * (ratio if sex == "F" else 1.0))
            day = dt.datetime(2026, month, 1 + i % 28, 9, tzinfo=dt.UTC)
            yield [f"{month}-{i}", day.isoformat(), called, good, sex, 20 + i * 7 % 45, "ab"[i // 2 % 2]]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    home = tmp_path_factory.mktemp("replay")
    made = Workspace.create(home / "home")
    (made.home / "systems" / "hiring.yaml").write_text(SYSTEM, encoding="utf-8")
    with (home / "log.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "ts", "called", "good", "sex", "age", "job"])
        writer.writerows(rows())
    ingest(made, made.system("hiring"), home / "log.csv")
    for month in RATES:
        audit(made, month)
    return made


def audit(workspace, month, **more):
    start = dt.date(2026, month, 1)
    end = dt.date(2026, month + 1, 1) - dt.timedelta(days=1)
    return run_audit(
        workspace, workspace.system("hiring"), start=start, end=end, as_of=dt.date(2026, 5, 1), **more
    ).written()


def edited(folder, changes):
    """A copy of the packaged charter with some keys of some questions changed."""
    shutil.copytree(PACKAGED, folder)
    for path in folder.glob("*.yaml"):
        text = yaml.safe_load(path.read_text(encoding="utf-8"))
        for indicator in text.get("indicators", []):
            for keys, value in changes.get(indicator["id"], {}).items():
                *way, last = keys.split(".")
                place = indicator
                for key in way:
                    place = place[key]
                place[last] = value
        path.write_text(yaml.safe_dump(text, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return load_charter(folder)


ADJUSTED = "adjusted_selection_rate_ratio"


@pytest.fixture(scope="module")
def tightened(tmp_path_factory):
    """What is broken begins at 95 for 100 and not at 80."""
    folder = tmp_path_factory.mktemp("amended") / "charter"
    return edited(folder, {ADJUSTED: {"threshold.watch": 0.98, "threshold.breach": 0.95}})


@pytest.mark.costly
def test_tightening_one_level_turns_past_months_to_broken(workspace, tightened):
    """By hand: women are called 85, 84 and 99 times for 100 men, and 89 times in all three months together."""
    before = audits_of(workspace, "hiring")
    same = replay(workspace, in_force(workspace).charter)
    assert (same.windows, same.changes, same.verdicts) == (3, [], 3 * len(before[0].verdicts))
    found = replay(workspace, tightened)
    changed = {each.start: (each.before, each.after) for each in found.changes if each.indicator == f"{ADJUSTED}_sex"}
    first = dict.fromkeys(["2026-01-01", "2026-02-01"], ("watch", "broken"))
    assert changed == first | {"2026-03-01": ("unknown", "broken")}
    assert audits_of(workspace, "hiring") == before
    assert [change.effect for change in diff(load_charter(), tightened)] == ["tighter", "tighter"]


@pytest.mark.costly
def test_a_replay_says_what_an_audit_under_that_charter_says(workspace, tightened):
    """The audit measures again from the lake and judges whole documents; the replay judges what the records keep."""
    changes = replay(workspace, tightened).changes
    for month in RATES:
        document = audit(workspace, month, dry_run=True, judging=InForce(charter=tightened))
        stored = audits_of(workspace, "hiring")[month - 1]
        then = {each.indicator: each.verdict for each in stored.verdicts}
        now = {each["indicator"]: each["verdict"] for each in document["verdicts"]}
        expected = {(name, then.get(name), now[name]) for name in now if now[name] != then.get(name)}
        replayed = {(c.indicator, c.before, c.after) for c in changes if c.start == stored.window.start.isoformat()}
        assert replayed == expected
    assert changes


@pytest.mark.costly
def test_questions_that_come_and_go_are_told(workspace, tmp_path):
    renamed = {ADJUSTED: {"id": "called_as_often"}, "selection_rate_ratio": {"related": ["called_as_often"]}}
    found = replay(workspace, edited(tmp_path / "charter", renamed), until=dt.date(2026, 1, 31))
    moves = {(c.indicator, c.before == ABSENT, c.after == ABSENT) for c in found.changes}
    assert ("called_as_often_sex", True, False) in moves
    assert (f"{ADJUSTED}_sex", False, True) in moves


@pytest.mark.costly
def test_each_audit_is_judged_with_what_had_been_stated_when_it_was_made(workspace, tmp_path):
    """A survey and a case stated after the audits change neither what was said nor what a replay says of it."""
    home = tmp_path / "home"
    shutil.copytree(workspace.home, home)
    later = Workspace(home)
    letter = KeptFile(sha256="ab" * 32, name="survey.pdf", size=1)
    seal(later, Attestation(role="Staff", on=dt.date(2026, 4, 1), indicator="work_got_better", answer="broken",
                            valid_until=dt.date(2027, 1, 1), document=letter))  # fmt: skip
    seal(later, Case(role="Agency", on=dt.date(2026, 4, 1), indicator="undeclared_use", system="hiring",
                     happened_on=dt.date(2026, 1, 5)))  # fmt: skip
    assert replay(later, in_force(later).charter).changes == []
    document = audit(later, 1)
    told = {each["indicator"]: each["verdict"] for each in document["verdicts"]}
    assert (told["work_got_better"], told["undeclared_use"]) == ("broken", "watch")
    assert replay(later, in_force(later).charter).changes == []


def test_the_command_prints_what_would_change_and_writes_it_as_json(workspace, tightened, tmp_path):
    file = tmp_path / "tightened.json"
    file.write_text(json.dumps(tightened.document()), encoding="utf-8")
    command = ["--workspace", str(workspace.home), "charter", "replay", "--against", str(file)]
    shown = CliRunner().invoke(app, command)
    assert shown.exit_code == 0
    assert f"2026-01-01/2026-01-31\thiring\tequite\t{ADJUSTED}_sex\twatch -> broken" in shown.stdout
    document = json.loads(CliRunner().invoke(app, [*command, "--json", "-"]).stdout)
    assert (document["schema"], document["windows"]) == ("boussole.replay/1", 3)
    assert {change["system"] for change in document["changes"]} == {"hiring"}
    assert verify_records(workspace).ok
