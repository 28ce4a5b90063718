"""What agents do with proposals, from their log to the verdict: judged, sealed, computed again, checked without us."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from boussole.audits.cubes.update import rebuild
from boussole.audits.decisions import ingest
from boussole.audits.lake import reading, writing
from boussole.audits.retention.purge import purge
from boussole.audits.retention.rotation import rotate
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.document import AuditDocument
from boussole.charter.text.loading import load_charter
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.views.answers.small_print import small_print
from tests.end_to_end.chain import confirm
from tests.written import system_text

SYSTEM = system_text(
    "offers",
    """
columns:
  id: ref
  decided_at: at
  decision: {column: contacted, selected: [true], not_selected: [false]}
  person: who
  request: offer
HUMAN
groups: {gender: {column: gender, reference: M}}
""",
    kind="selection",
)
HUMAN = (
    "  human: {decision: kept, seconds: took, recorded_at: reviewed, agent: agent, team: agency, words: shown, "
    "teams: [A, B, C, D, E, F, G, H, small]}"
)


def moment(year: int, month: int, day: int, hour: int) -> dt.datetime:
    """A local time, as a log has it."""
    return dt.datetime.fromisoformat(f"{year}-{month:02}-{day:02}T{hour:02}:00:00")


TEAMS, AGENTS, LISTS = "ABCDEFGH", 200, 2
"""Teams of 200 agents, each of whom reviews two lists of two people."""


def made(
    home: Path, *, changed: int = 0, hasty: int = 0, human: str = HUMAN, until: int = 31, dated: bool = True
) -> Workspace:
    """So many of the 3,200 lists changed, so many read in a second; fifteen lists of a team of ten come on top."""
    workspace = Workspace.create(home)
    (home / "systems" / "offers.yaml").write_text(SYSTEM.replace("HUMAN", human), encoding="utf-8")
    workspace = Workspace(home)
    reviews = [(f"{t}{a}", t, f"{t}{a}-{k}") for t in TEAMS for a in range(AGENTS) for k in range(LISTS)]
    reviews += [(f"small{i % 10}", "small", f"small-{i}") for i in range(15)]
    rows = []
    for number, (agent, team, offer) in enumerate(reviews):
        at = moment(2026, 3, 2 + number % 28, 10)
        for place, gender in enumerate("FM"):
            row = {"ref": f"{offer}.{place}", "at": at, "contacted": place == 0, "who": f"p{number}.{place}"}
            row |= {"offer": offer, "gender": gender, "agent": agent, "agency": team, "shown": 100.0}
            row["took"] = 0.5 if (number * 7) % 3200 < hasty and team != "small" else 30.0
            row["reviewed"] = at + dt.timedelta(hours=2)
            row["kept"] = (not row["contacted"]) if (number * 11) % 3200 < changed and place else row["contacted"]
            rows.append(row)
    frame = pd.DataFrame(rows)
    bring(workspace, frame[["ref", "at", "contacted", "who", "offer", "gender"]], "decisions")
    reviewed = frame[[each.day <= until for each in frame["at"]]]
    columns = ["ref", "kept", "took", "agent", "agency", "shown", *(["reviewed"] if dated else [])]
    bring(workspace, reviewed[columns], "human_actions")
    return workspace


def bring(workspace: Workspace, frame: pd.DataFrame, log):
    path = workspace.home.parent / f"{log}-{len(list(workspace.home.parent.glob('*.parquet')))}.parquet"
    frame.to_parquet(path)
    return ingest(workspace, workspace.system("offers"), path, log=log)


def audit(workspace: Workspace, **more) -> AuditDocument:
    return run_audit(workspace, workspace.system("offers"), start=dt.date(2026, 3, 1), end=dt.date(2026, 3, 31), **more)


def answers(document: AuditDocument) -> dict[str, tuple[str, str | None]]:
    return {each.template or "": (each.verdict, each.reason) for each in document.verdicts}


@pytest.mark.costly
@pytest.mark.parametrize(
    ("changed", "hasty", "decides", "reads"),
    [
        (320, 0, "kept", "kept"),
        (320, 2400, "kept", "watch"),  # beyond the breach level, and lists are changed: never broken alone
        (25, 0, "unknown", "kept"),
    ],
)
def test_verdicts_follow_the_reviews(tmp_path: Path, changed: int, hasty: int, decides: str, reads: str) -> None:
    document = audit(made(tmp_path / "w", changed=changed, hasty=hasty), dry_run=True)
    found = answers(document)
    assert (found["override_rate"][0], found["time_to_read"][0]) == (decides, reads)
    measures = {each.id: each for each in document.measures}
    assert (measures["override_rate"].n, measures["override_rate"].value) == (3200, changed / 3200)
    assert measures["hasty_review_share"].value == hasty / 3200
    assert measures["override_rate"].params.get("left_out") == 15
    assert document == audit(Workspace(tmp_path / "w"), dry_run=True, exact=True).changed(snapshot=document.snapshot)
    told = {each.template: each.sentence["fr"] for each in document.verdicts}
    if changed == 320:
        assert "Sur 100 relectures, 10 ont changé ce qui était proposé" in told["override_rate"]
        verdict = next(each for each in document.verdicts if each.template == "override_rate")
        system = Workspace(tmp_path / "w").system("offers")
        page = dict(small_print(document, verdict, speaker("fr"), charter=load_charter(), system=system))
        assert "3\u202f200 comptées, d’équipes de 11 agents ou plus." in page["Relectures"]
        assert "15 d’équipes plus petites sont laissées de côté." in page["Relectures"]
    if hasty == 2400:
        assert "Sur 100 relectures, 75 ont été trop courtes pour lire ce qui était affiché" in told["time_to_read"]


def test_without_agents_nobody_looked(tmp_path: Path) -> None:
    document = audit(made(tmp_path / "w", human="  human: {decision: kept, seconds: took}"), dry_run=True)
    assert answers(document)["override_rate"] == ("not_examined", "no_reviews")
    assert answers(document)["time_to_read"] == ("not_examined", "no_reading_time")
    assert not [each for each in document.measures if each.metric == "override_rate"]


@pytest.mark.costly
def test_it_is_sealed_computed_again_and_checked_without_us(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w", changed=0, hasty=2400)
    sealed = audit(workspace)
    assert answers(sealed)["time_to_read"][0] == "broken"
    confirm(workspace, tmp_path)
    purge(workspace, before=dt.date(2026, 4, 1))
    assert answers(audit(workspace, dry_run=True))["time_to_read"] == answers(sealed)["time_to_read"]
    with writing(workspace) as connection:
        rebuild(connection, workspace.system("offers"))
    assert answers(audit(workspace, dry_run=True))["time_to_read"] == answers(sealed)["time_to_read"]


@pytest.mark.costly
@pytest.mark.parametrize("dated", [True, False])
def test_reviews_that_stop_in_the_window_keep_nothing(tmp_path: Path, *, dated: bool) -> None:
    """What agents did after the 10th nobody knows; a review without a moment is of the day of its decision."""
    human = HUMAN if dated else HUMAN.replace("recorded_at: reviewed, ", "")
    workspace = made(tmp_path / "w", changed=320, until=10, human=human, dated=dated)
    sealed = audit(workspace)
    assert answers(sealed)["override_rate"] == ("unknown", "log_stops")
    assert answers(sealed)["time_to_read"] == ("unknown", "log_stops")
    assert sealed.written()["left_out"]["ends"] == [{"log": "human_actions", "last": "2026-03-10", "days": 21}]
    (told,) = (each.sentence["fr"] for each in sealed.verdicts if each.template == "override_rate")
    assert told.startswith(
        "On ne sait pas. Le journal des décisions des agents s’arrête le 10 mars 2026, 21 jours avant"
    )
    confirm(workspace, tmp_path, packs=["all"])


@pytest.mark.costly
def test_bad_rows_are_told_with_their_reason_and_kept_aside(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w")
    before = audit(workspace, dry_run=True)
    at = moment(2026, 3, 2, 12)
    good = {"ref": "A0-0.0", "kept": True, "took": 9.0, "reviewed": at, "agent": "A0", "agency": "A", "shown": 9.0}
    bad = [
        {"took": -1.0},
        {"reviewed": moment(2026, 3, 1, 23)},
        {"agency": "B"},
        {"agency": "elsewhere"},
        {"agency": None},
        {"agent": None},
        {"shown": 1.5},
    ]
    report = bring(workspace, pd.DataFrame([good, *(good | each for each in bad)]), "human_actions")
    assert (report.accepted, report.quarantined) == (1, 7)
    with reading(workspace) as connection:
        aside = connection.execute('SELECT "column", reason FROM lake.offers.quarantine ORDER BY row').fetchall()
        agents = connection.execute("SELECT DISTINCT agent FROM lake.offers.human_actions").fetchall()
    assert aside == [
        ("took", "a review takes no negative time"),
        ("reviewed", "the review is older than the decision it is about"),
        ("agency", "this agent is in another team in the same month"),
        ("agency", "not one of the teams that the system file lists"),
        ("agency", "the team is missing"),
        ("agent", "the agent is missing"),
        ("shown", "not a whole number, 0 or more"),
    ]
    assert all(len(name) == 32 for (name,) in agents)  # whoever opens the lake finds nobody's name
    rotate(workspace)
    with reading(workspace) as connection:
        assert not {*agents} & {*connection.execute("SELECT DISTINCT agent FROM lake.offers.human_actions").fetchall()}
    assert answers(audit(workspace, dry_run=True))["override_rate"] == answers(before)["override_rate"]


@pytest.mark.costly
def test_reviews_that_come_before_their_decisions_wait_and_count(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w")
    at = moment(2026, 3, 31, 12)
    late = [{"ref": f"new{i}", "kept": True, "took": 9.0, "agent": "A0", "agency": "A", "shown": 9.0} for i in range(2)]
    late[0]["reviewed"], late[1]["reviewed"] = at, moment(2026, 3, 30, 12)  # the second is older than its decision
    report = bring(workspace, pd.DataFrame(late), "human_actions")
    assert report.waiting == 2
    rows = [
        {"ref": f"new{i}", "at": moment(2026, 3, 31, 9), "contacted": False, "who": "x", "offer": f"n{i}"}
        for i in range(2)
    ]
    bring(workspace, pd.DataFrame(rows).assign(gender="F"), "decisions")
    found = {each.id: each for each in audit(workspace, dry_run=True).measures}["override_rate"]
    assert (found.n, found.value, found.params.get("older")) == (3201, 1 / 3201, 1)
