"""Controls of the search for work from their log to the verdict: what led to them, and whom they meet more often."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from statsmodels.stats.contingency_tables import StratifiedTable

from boussole.audits.counts.read import REPLIED
from boussole.audits.metrics.shares import CONTROL_RATIO, two_sides
from boussole.audits.workspace import Workspace
from boussole.charter.document import AuditDocument
from boussole.charter.record_types.kinds import Case, Review
from boussole.charter.records.statements import seal as state
from boussole.charter.text.loading import load_charter
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.views.answers.short import told_by
from boussole.dashboard.views.charts.groups import group_of
from boussole.dashboard.views.system import question
from tests.end_to_end.chain import confirm
from tests.end_to_end.test_freedom import audit, bring
from tests.written import system_text

CONTROLS = "search_controls: {person: who, at: began, trigger: why, triggers: [random], from_replies: [silence]}"
SYSTEM = system_text(
    "offers",
    """
columns:
  id: ref
  decided_at: day
  decision: {column: contacted, selected: [true], not_selected: [false]}
  person: who
contacts: {person: who, at: sent, kind: kind, reply_at: answered}
CONTROLS
groups: {gender: {column: gender, reference: M}}
controls: {job: {column: job, title: {fr: métier, en: job}}}
""",
    kind="ranking",
)
PEOPLE = 3000
DAYS = pd.date_range("2026-01-01", "2026-04-10")


def made(
    home: Path,
    *,
    more: float = 1.0,
    told: int = 0,
    untold: int = 0,
    controls: str = CONTROLS,
    until: str = "2026-04-10",
    daily: float = 0.008,
) -> Workspace:
    """Everybody is written to on 20 February; half of the cooks and a fifth of the nurses do not answer.

    Nurses are controlled twice as often as cooks, and the silent, since the 28th, so many times as often.
    """
    workspace = Workspace.create(home)
    (home / "systems" / "offers.yaml").write_text(SYSTEM.replace("CONTROLS", controls), encoding="utf-8")
    workspace = Workspace(home)
    rng, who = np.random.default_rng(11), np.array([f"p{i}" for i in range(PEOPLE)])
    job = np.where(np.arange(PEOPLE) % 2, "cook", "nurse")
    silent = rng.random(PEOPLE) < np.where(job == "cook", 0.5, 0.2)
    people = pd.DataFrame({"who": who, "job": job, "gender": np.where(rng.random(PEOPLE) < 0.5, "F", "M")})
    for day in (dt.date(2026, 2, 20), dt.date(2026, 3, 30)):
        refs = [f"{name} {day}" for name in who]
        bring(workspace, people.assign(ref=refs, day=day, contacted=True), "decisions")
    answered = pd.Series(pd.Timestamp(2026, 2, 21, 9), index=range(PEOPLE)).mask(silent)
    sent = pd.DataFrame({"who": who, "sent": pd.Timestamp(2026, 2, 20, 11), "kind": "contact", "answered": answered})
    after = pd.DataFrame({"who": ["p1"], "sent": pd.Timestamp(2026, 4, 1, 11), "kind": "contact"})
    bring(workspace, pd.concat([sent, after]), "contacts")
    if controls:
        rate = np.where(job == "cook", daily / 2, daily)
        grown = np.where(silent, more, 1.0)[None, :] ** (DAYS >= "2026-02-28").astype(int)[:, None]
        day, at = np.nonzero((rng.random((len(DAYS), PEOPLE)) < rate * grown) & (until >= DAYS)[:, None])
        logged = pd.DataFrame({"who": who[at], "began": DAYS[day], "why": "random"}, dtype=object)
        march = np.flatnonzero(DAYS[day].month == 3)
        logged.loc[march[:told], "why"] = "Silence"
        logged.loc[march[told : told + untold], "why"] = None
        bring(workspace, logged, "search_controls")
    return workspace


def answers(document: AuditDocument) -> dict[str, tuple[str, str | None]]:
    """The verdict of either question, and why."""
    return {
        each.indicator: (each.verdict, each.reason)
        for each in document.verdicts
        if each.indicator in ("silence_and_controls", "controls_of_the_silent")
    }


def sentence(document: AuditDocument, name: str, lang: str = "en") -> str:
    (found,) = [each.sentence for each in document.verdicts if each.indicator == name]
    return found[lang]


@pytest.mark.costly
@pytest.mark.parametrize(
    ("more", "told", "flow", "ratio"),
    [
        (2.0, 2, ("watch", "logged_case"), ("watch", "beyond_watch")),  # nobody has confirmed a case
    ],
)
def test_verdicts_follow_what_is_planted(
    tmp_path: Path, more: float, told: int, flow: tuple[str, str], ratio: tuple[str, str]
) -> None:
    workspace = made(tmp_path / "w", more=more, told=told, untold=3)
    document = audit(workspace)
    assert answers(document) == {"silence_and_controls": flow, "controls_of_the_silent": ratio}
    (found,) = [each for each in document.measures if each.metric == CONTROL_RATIO]
    assert found.value == pytest.approx(more, rel=0.15)
    assert found.interval is not None
    assert found.interval.low < more < found.interval.high
    assert found.params.get("strata") == 10  # two jobs, five of six weeks: from the 28th on for thirty days
    assert "who had not answered are controlled where, at equal numbers and in the same week" in sentence(
        document, "controls_of_the_silent"
    )
    assert "n’avaient pas répondu sont contrôlées" in sentence(document, "controls_of_the_silent", "fr")
    assert "Of 3 more people controlled, it is not known" in sentence(document, "silence_and_controls")
    for verdict in (each for each in document.verdicts if each.indicator in answers(document)):
        shown = question(document, verdict, load_charter(), workspace.system("offers"), speaker("en"))
        assert shown.question.endswith("?")
    told_of = told_by(document, verdict)
    assert told_of is not None
    assert group_of(told_of[1], speaker("en"), system=workspace.system("offers")) == "People who did not answer"
    confirm(workspace, tmp_path)


@pytest.mark.costly
def test_a_gap_breaks_a_promise_once_a_human_has_confirmed_a_case(tmp_path: Path) -> None:
    """Until then, whatever the log shows, it is watched; who verifies the audit finds the same."""
    workspace = made(tmp_path / "w", more=2.0, told=2)
    assert answers(audit(workspace, dry_run=True))["controls_of_the_silent"] == ("watch", "beyond_watch")
    said = {"role": "Committee", "on": dt.date(2026, 4, 2)}
    case = Case(indicator="silence_and_controls", system="offers", happened_on=dt.date(2026, 3, 4), **said)
    state(workspace, Review(of=state(workspace, case).entry, outcome="confirmed", system="offers", **said))
    document = audit(workspace)
    assert {name: told[0] for name, told in answers(document).items()} == {
        "silence_and_controls": "broken",
        "controls_of_the_silent": "broken",
    }
    confirm(workspace, tmp_path)


@pytest.mark.costly
@pytest.mark.parametrize(
    ("controls", "flow", "ratio"),
    [
        ("", "no_triggers", "no_search_controls"),
        ("search_controls: {person: who, at: began}", "no_triggers", "all_kept"),
    ],
)
def test_without_the_log_it_says_what_it_would_take(tmp_path: Path, controls: str, flow: str, ratio: str) -> None:
    document = audit(made(tmp_path / "w", controls=controls), dry_run=True)
    found = answers(document)
    assert found["silence_and_controls"] == ("not_examined", flow)
    assert found["controls_of_the_silent"][1] == ratio
    assert "It would take one row per control" in sentence(document, "silence_and_controls")


@pytest.mark.costly
def test_a_log_that_stops_keeps_nothing(tmp_path: Path) -> None:
    document = audit(made(tmp_path / "w", more=0.6, until="2026-03-20"), dry_run=True)
    assert set(answers(document).values()) == {("unknown", "log_stops")}
    assert "stops on 20 March 2026, 11 days before the end" in sentence(document, "silence_and_controls")
    assert "The log of controls stops" in sentence(document, "controls_of_the_silent")


def rows(*counts: tuple[str, str, int, int, int]) -> pa.Table:
    """Side, stratum, bucket, days with a control, others."""
    found = [
        {"part": "controlled", "by": side, "stratum": stratum, "bucket": b, "decision": decision, "n": n}
        for side, stratum, b, cases, others in counts
        for decision, n in ((1, cases), (0, others))
    ]
    return pa.Table.from_pylist(found, REPLIED)


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory):
    home = tmp_path_factory.mktemp("declared") / "w"
    Workspace.create(home)
    (home / "systems" / "offers.yaml").write_text(SYSTEM.replace("CONTROLS", CONTROLS), encoding="utf-8")
    return Workspace(home).system("offers")


def test_the_ratio_is_that_of_another_library(system) -> None:
    rng = np.random.default_rng(3)
    counts = [
        (side, stratum, b, cases := int(rng.binomial(300, p)), 300 - cases)
        for side, shift in (("silent", 1.4), ("replied", 1.0))
        for stratum, p in (("0", 0.01 * shift), ("1", 0.03 * shift))
        for b in range(40)
    ]
    found = two_sides(rows(*counts), CONTROL_RATIO, system)
    assert found is not None
    tables = [
        np.array(
            [
                [sum(each[i] for each in counts if each[:2] == (side, stratum)) for i in (3, 4)]
                for side in ("silent", "replied")
            ]
        )
        for stratum in ("0", "1")
    ]
    assert found.value == pytest.approx(StratifiedTable(tables).riskratio_pooled)
    assert (found.params["bad_side"], found.params["scale"]) == ("above", "ratio")


@pytest.mark.parametrize(
    ("silent", "reason"),
    [(1, "small_numerator"), (0, None)],  # of each of 40 buckets; nobody is no few
)
def test_of_few_who_were_controlled_nothing_is_told(system, silent: int, reason: str | None) -> None:
    counts = [("silent", "0", b, silent if b < 10 else 0, 90) for b in range(40)]
    counts += [("replied", "0", b, 2, 90) for b in range(40)]
    found = two_sides(rows(*counts), CONTROL_RATIO, system)
    assert found is not None
    assert (found.reason, found.status) == (reason, "suppressed" if reason else "ok")
    assert found.value == (None if reason else 0.0)
