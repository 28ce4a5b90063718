"""Without a smartphone, and silent: both sides of the log of messages from the rows to the verdict, and by hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from statsmodels.stats.contingency_tables import StratifiedTable

from boussole.audits.counts.read import REPLIED
from boussole.audits.counts.replies import read_replies
from boussole.audits.lake import reading
from boussole.audits.metrics.shares import REACHED_RATIO, SILENT_RATIO, two_sides
from boussole.audits.systems.model import System
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.rerun import chosen, rerun
from boussole.charter.pack import HERE, pack_files, write
from boussole.charter.pack.verifier.main import judge
from boussole.charter.pack.verifier.pack import Judge
from boussole.charter.records import sign_checkpoint, stored_audits
from boussole.charter.text.loading import load_charter
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.views.answers.short import told_by
from boussole.dashboard.views.charts.groups import group_of
from boussole.dashboard.views.system import question
from tests.end_to_end.test_freedom import audit, bring
from tests.end_to_end.test_replies import MARCH, answer
from tests.written import system_text

SYSTEM = system_text(
    "offers",
    """
columns:
  id: ref
  decided_at: day
  decision: {column: contacted, selected: [true], not_selected: [false]}
  stages: [shortlisted, contacted]
  person: who
contacts: {person: who, at: sent, kind: kind, reply_at: answered, closes_at: closes, smartphone: phone}
groups: {gender: {column: gender, reference: M}}
controls: {job: {column: job, title: {fr: métier, en: job}}}
privacy: {suppress_below: SMALL}
""",
    kind="ranking",
)
PEOPLE = 6000
WORDS = {
    "without_a_smartphone": "personnes sans smartphone répondent",
    "silence_closes_no_door": "n’avaient pas répondu",
}


def declared(home: Path, *, small: int = 11) -> Workspace:
    Workspace.create(home)
    (home / "systems" / "offers.yaml").write_text(SYSTEM.replace("SMALL", str(small)), encoding="utf-8")
    return Workspace(home)


def made(home: Path, *, reached: tuple[float, float], listed: tuple[float, float]) -> Workspace:
    """Everybody is written to on the 4th; one in four has no smartphone, one in five never answers; shares as given."""
    workspace, i = declared(home), np.arange(PEOPLE)
    rng = np.random.default_rng(5)
    who = [f"p{n}" for n in i]
    job = np.where(rng.random(PEOPLE) < 0.5, "cook", "nurse")
    silent = rng.random(PEOPLE) < np.where(job == "cook", 0.3, 0.1)
    without = i % 4 == 0
    early = rng.random(PEOPLE) < np.where(without, reached[0], reached[1]) / 0.8
    shortlisted = rng.random(PEOPLE) < np.where(silent, listed[0], listed[1]) * np.where(job == "cook", 0.5, 1.0)
    sent = pd.Timestamp(2026, 3, 4, 11)
    at = pd.Series(np.where(early, sent + pd.Timedelta(minutes=9), sent + pd.Timedelta(hours=9))).mask(silent)
    people = pd.DataFrame({"who": who, "gender": np.where(i % 2, "F", "M"), "job": job})
    for day, passed in ((4, True), (18, shortlisted)):
        decided = people.assign(ref=[f"{name}-{day}" for name in who], day=dt.date(2026, 3, day), shortlisted=passed)
        bring(workspace, decided.assign(contacted=decided["shortlisted"]), "decisions")
    messages = pd.DataFrame({"who": who, "sent": sent, "kind": "contact", "answered": at})
    phone = np.where(without, "non", "oui")
    messages = messages.assign(closes=pd.Timestamp(2026, 3, 4, 16), phone=phone)
    later = pd.DataFrame({"who": ["nobody"], "sent": pd.Timestamp(2026, 4, 1, 11), "kind": "contact"})
    bring(workspace, pd.concat([messages, later]), "contacts")
    return workspace


@pytest.mark.costly
@pytest.mark.parametrize(
    ("reached", "listed", "phones", "silence"),
    [
        ((0.74, 0.7), (0.65, 0.6), "kept", "kept"),
        ((0.4, 0.7), (0.35, 0.6), "broken", "broken"),
    ],
)
def test_verdicts_follow_what_is_planted(  # noqa: PLR0917 (the cases of one table)
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    reached: tuple[float, float],
    listed: tuple[float, float],
    phones: str,
    silence: str,
) -> None:
    workspace = made(tmp_path / "w", reached=reached, listed=listed)
    document = audit(workspace)
    for name, verdict in (("without_a_smartphone", phones), ("silence_closes_no_door", silence)):
        found = answer(document, name)
        assert (name, found.verdict) == (name, verdict)
        assert WORDS[name] in found.sentence["fr"]
    values = {each.metric: each for each in document.measures}
    system, charter = workspace.system("offers"), load_charter()
    for name, side in (
        ("without_a_smartphone", "People without a smartphone"),
        ("silence_closes_no_door", "People who did not answer"),
    ):
        (told,) = [each for each in document.verdicts if each.indicator == name]
        shown = question(document, told, charter, system, speaker("en"))
        assert shown.question.endswith("?")
        found = told_by(document, told)
        assert found is not None
        assert group_of(found[1], speaker("en"), system=system) == side
    assert values[SILENT_RATIO].value == pytest.approx(listed[0] / listed[1], abs=0.1)
    assert values[REACHED_RATIO].value == pytest.approx(reached[0] / reached[1], abs=0.06)
    assert values[SILENT_RATIO].params.get("strata") == 2
    (again,) = rerun(workspace, chosen(workspace))
    assert again.ok, again
    (stored,) = stored_audits(workspace)
    for name, restricted in (("all", True), ("open", False)):
        pack = tmp_path / name
        write(pack_files(workspace, [stored], note=sign_checkpoint(workspace), restricted=restricted), pack)
        assert judge(pack, Judge(HERE), one_by_one=True) == 0
        out = capsys.readouterr().out
        assert not restricted or not {REACHED_RATIO, SILENT_RATIO} & {*out.split()}


@pytest.mark.costly
def test_both_sides_are_counted_by_hand(tmp_path: Path) -> None:
    workspace = declared(tmp_path / "w", small=2)
    people = [
        # person, day, shortlisted, job: written to in the 60 days before, or not
        ("a", dt.date(2026, 3, 10), True, "cook"),  # answered on the 5th
        ("b", dt.date(2026, 3, 10), False, "cook"),  # never answered
        ("c", dt.date(2026, 3, 10), True, "nurse"),  # answered on the 12th: silent so far
        ("d", dt.date(2026, 3, 10), True, "cook"),  # said STOP
        ("e", dt.date(2026, 3, 10), True, "cook"),  # written to the same day only
        ("f", dt.date(2026, 3, 10), True, "cook"),  # written to 61 days before
    ]
    decided = pd.DataFrame(people, columns=["who", "day", "shortlisted", "job"])
    bring(workspace, decided.assign(ref=decided["who"], contacted=False, gender="F"), "decisions")
    stamp = pd.Timestamp
    rows = [
        ("a", stamp("2026-03-04 11:00"), "contact", stamp("2026-03-05 11:00"), stamp("2026-03-04 16:00"), "no"),
        ("b", stamp("2026-03-04 11:00"), "contact", pd.NaT, stamp("2026-03-04 16:00"), "YES"),
        ("c", stamp("2026-03-04 11:00"), "letter", pd.NaT, stamp("2026-03-05 16:00"), "perhaps"),
        ("c", stamp("2026-03-04 12:00"), "sms", stamp("2026-03-12 11:00"), stamp("2026-03-12 16:00"), None),
        ("b", stamp("2026-03-04 13:00"), "call", stamp("2026-03-20 15:00"), stamp("2026-03-04 16:00"), "yes"),
        ("d", stamp("2026-03-04 11:00"), "contact", pd.NaT, pd.NaT, "yes"),
        ("d", stamp("2026-03-04 12:00"), "STOP", pd.NaT, pd.NaT, "yes"),
        ("e", stamp("2026-03-10 11:00"), "contact", pd.NaT, pd.NaT, "yes"),
        ("f", stamp("2026-01-08 11:00"), "contact", pd.NaT, pd.NaT, "yes"),
    ]
    bring(workspace, pd.DataFrame(rows, columns=["who", "sent", "kind", "answered", "closes", "phone"]), "contacts")
    with reading(workspace) as connection:
        found = read_replies(connection, workspace.system("offers"), MARCH).to_pylist()
    # Of each person and list: a late, b not before it closed (two channels), c twice, whose phone nobody knows.
    reached = sorted((r["by"], r["decision"], r["n"]) for r in found if r["part"] == "reached")
    assert reached == [("", 0, 1), ("", 1, 1), ("with", 0, 1), ("without", 0, 1)]
    silent = sorted((r["by"], r["stratum"], r["decision"], r["n"]) for r in found if r["part"] == "silent")
    assert silent == [("replied", "0", 1, 1), ("silent", "0", 0, 1), ("silent", "1", 1, 1)]


def rows(*counts: tuple[str, str, int, int, int]) -> pa.Table:
    """Side, stratum, bucket, cases, others."""
    found = [
        {"part": "silent", "by": side, "stratum": stratum, "bucket": b, "decision": decision, "n": n}
        for side, stratum, b, cases, others in counts
        for decision, n in ((1, cases), (0, others))
    ]
    return pa.Table.from_pylist(found, REPLIED)


def test_the_ratio_is_that_of_another_library(tmp_path: Path) -> None:
    system: System = declared(tmp_path / "w").system("offers")
    rng = np.random.default_rng(3)
    counts = [
        (side, stratum, b, int(rng.binomial(30, p)), 0)
        for side, shift in (("silent", 0.8), ("replied", 1.0))
        for stratum, p in (("0", 0.3 * shift), ("1", 0.6 * shift))
        for b in range(40)
    ]
    counts = [(side, stratum, b, cases, 30 - cases) for side, stratum, b, cases, _ in counts]
    found = two_sides(rows(*counts), SILENT_RATIO, system)
    assert found is not None
    tables = [
        [
            [sum(each[i] for each in counts if each[:2] == (side, stratum)) for i in (3, 4)]
            for side in ("silent", "replied")
        ]
        for stratum in ("0", "1")
    ]
    assert found.value == pytest.approx(StratifiedTable([np.array(each) for each in tables]).riskratio_pooled)
    assert (found.n, found.clusters, found.params["strata"], found.params["covered"]) == (4800, 40, 2, 1.0)


@pytest.mark.parametrize(
    ("counts", "status", "reason"),
    [
        ([("silent", "0", 1, 5, 5)], "undefined", "no_other_group"),
        ([("silent", "0", 1, 5, 5), ("replied", "1", 2, 5, 5)], "undefined", "no_common_stratum"),
        ([("silent", "0", 1, 500, 5), ("replied", "0", 2, 500, 5)], "suppressed", "small_group"),  # one person, perhaps
        ([(side, "0", b, 0, 9) for side in ("silent", "replied") for b in range(40)], "undefined", "zero_denominator"),
    ],
)
def test_without_a_figure_it_says_why(tmp_path: Path, counts, status: str, reason: str) -> None:
    found = two_sides(rows(*counts), SILENT_RATIO, declared(tmp_path / "w").system("offers"))
    assert found is not None
    assert (found.status, found.reason) == (status, reason)
    assert found.status != "suppressed" or found.n is None
    assert two_sides(REPLIED.empty_table(), SILENT_RATIO, declared(tmp_path / "v").system("offers")) is None
