"""Replies from their log to the verdict: too late for the list, by group; judged, sealed, and checked without us."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from boussole.audits.counts.replies import read_replies
from boussole.audits.decisions import ingest
from boussole.audits.lake import reading
from boussole.audits.retention.purge import purge
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.rerun import chosen, rerun
from boussole.charter.document import AuditDocument
from tests.end_to_end.chain import confirm, verify_packs
from tests.end_to_end.test_freedom import audit, bring
from tests.written import system_text

LOG = "contacts: {person: who, at: sent, kind: kind, reply_at: answered, closes_at: closes}"
SYSTEM = system_text(
    "offers",
    """
columns:
  id: ref
  decided_at: day
  decision: {column: contacted, selected: [true], not_selected: [false]}
  person: who
LOG
groups: {gender: {column: gender, reference: M}}
""",
    kind="ranking",
)
PEOPLE = 4000
MARCH = Window(dt.date(2026, 3, 1), dt.date(2026, 3, 31))


def declared(home: Path, log: str = LOG) -> Workspace:
    Workspace.create(home)
    (home / "systems" / "offers.yaml").write_text(SYSTEM.replace("LOG", log), encoding="utf-8")
    return Workspace(home)


def made(
    home: Path, *, late_women: int, late_men: int = 200, people: int = PEOPLE, until: dt.date = dt.date(2026, 4, 1)
) -> Workspace:
    """Half are women, written to at 11; so many of either group answer after the list closed at 16, a tenth never."""
    workspace = declared(home)
    who = [f"p{i}" for i in range(people)]
    women = np.arange(people) % 2 == 0
    decided = pd.DataFrame({"ref": who, "day": dt.date(2026, 3, 4), "contacted": True, "who": who})
    bring(workspace, decided.assign(gender=np.where(women, "F", "M")), "decisions")
    place = np.arange(people) // 2
    sent = pd.Timestamp(2026, 3, 4, 11)
    at = pd.Series(np.where(women, sent + pd.Timedelta(minutes=20), sent + pd.Timedelta(minutes=10)))
    late = place < np.where(women, late_women, late_men)
    at = at.mask(late, sent + pd.Timedelta(hours=6)).mask(place % 10 == 9)
    messages = pd.DataFrame({"who": who, "sent": sent, "kind": "contact", "answered": at})
    messages = messages.assign(closes=pd.Timestamp(2026, 3, 4, 16))
    later = pd.DataFrame({"who": ["p1"], "sent": pd.Timestamp(until), "kind": "contact"})
    bring(workspace, pd.concat([messages, later]), "contacts")
    return workspace


def answer(document: AuditDocument, name: str = "time_to_answer"):
    (found,) = (each for each in document.verdicts if each.template == name)
    return found


@pytest.mark.costly
@pytest.mark.parametrize(("late", "verdict"), [(170, "kept"), (350, "broken")])
def test_the_verdict_follows_the_late_replies(tmp_path: Path, late: int, verdict: str) -> None:
    document = audit(made(tmp_path / "w", late_women=late), dry_run=True)
    found = answer(document)
    assert (found.indicator, found.verdict) == ("time_to_answer_gender", verdict)
    values = {each.id: each for each in document.measures}
    ratio = values["late_reply_ratio/gender=F"]
    # One in ten of the late ones does not answer either: 0.9 × late of 1,800 replies of each group.
    assert ratio.params.values == pytest.approx((0.9 * late / 1800, 180 / 1800))
    assert (ratio.value, ratio.n) == (pytest.approx(late / 200), 3600)
    assert (ratio.params.bad_side, ratio.params.against) == ("above", "gender=M")
    if verdict == "broken":
        assert "175 arrivent après la clôture" in found.sentence["fr"]
    # The interval of a ratio by its logarithm, without clusters: people are independent here, up to chance.
    error = np.sqrt((1 - 0.05 * late / 100) / (0.9 * late) + 0.9 / 180)
    ends = ratio.value * np.exp(np.array([-1, 1]) * norm.ppf(0.975) * error)
    assert ratio.interval is not None
    assert [ratio.interval.low, ratio.interval.high] == pytest.approx(ends, rel=0.2)


@pytest.mark.costly
@pytest.mark.parametrize(("late", "expected"), [(200, ("unknown", "log_stops")), (350, ("broken", "beyond_breach"))])
def test_by_a_log_that_stops_in_the_window_nobody_is_given_time(
    tmp_path: Path, late: int, expected: tuple[str, str]
) -> None:
    workspace = made(tmp_path / "w", late_women=late, until=dt.date(2026, 3, 10))
    found = answer(audit(workspace))
    assert (found.verdict, found.reason) == expected
    (compared,) = found.comparisons
    assert (compared.verdict, compared.reason) == (expected[0], "log_stops" if late == 200 else None)
    assert compared.more_decisions is None  # no number of decisions brings the rest of the log
    assert (compared.interval is not None, compared.p_kept is not None) == (
        True,
        True,
    )  # what was counted stays in sight
    verify_packs(workspace, tmp_path, packs=["all"])


@pytest.mark.costly
def test_it_is_sealed_computed_again_and_checked_without_us(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w", late_women=350)
    audit(workspace)
    confirm(workspace, tmp_path)
    purge(workspace, before=dt.date(2026, 4, 1))
    (found,) = rerun(workspace, chosen(workspace))
    assert found.ok, found
    assert answer(audit(workspace, dry_run=True)).reason == "no_measure"


@pytest.mark.costly
def test_small_groups_are_hidden_and_a_log_without_closings_is_not_examined(tmp_path: Path) -> None:
    few = audit(made(tmp_path / "few", late_women=3, late_men=2, people=20), dry_run=True)
    assert {each.status for each in few.measures if each.metric == "late_reply_ratio"} == {"suppressed"}
    assert answer(few).verdict == "unknown"
    workspace = made(tmp_path / "w", late_women=200)
    text = (workspace.home / "systems" / "offers.yaml").read_text(encoding="utf-8")
    (workspace.home / "systems" / "offers.yaml").write_text(text.replace(", closes_at: closes", ""), encoding="utf-8")
    found = answer(audit(Workspace(workspace.home), dry_run=True))
    assert (found.verdict, found.reason) == ("not_examined", "no_closings")
    assert found.sentence["fr"].startswith("Pas examiné")


def test_replies_are_counted_by_hand(tmp_path: Path) -> None:
    """A reply at the very end is in time; the group is that of the latest decision by then; a STOP is no message."""
    workspace = declared(tmp_path / "w")
    decided = pd.DataFrame(
        [
            ("a1", dt.date(2026, 3, 2), "a", "F"),
            ("a2", dt.date(2026, 3, 5), "a", "M"),
            ("b1", dt.date(2026, 3, 2), "b", "M"),
        ],
        columns=["ref", "day", "who", "gender"],
    )
    bring(workspace, decided.assign(contacted=True), "decisions")
    path = tmp_path / "messages.csv"
    path.write_text(
        "who,sent,kind,answered,closes\n"
        "a,2026-03-04T11:00:00,contact,2026-03-04T12:00:00,2026-03-04T12:00:00\n"
        "a,2026-03-06T11:00:00,contact,2026-03-06T12:00:01,2026-03-06T12:00:00\n"
        "b,2026-03-06T11:00:00,contact,2026-03-06T16:00:00,\n"
        "b,2026-03-09T11:00:00,contact,,2026-03-09T12:00:00\n"
        "c,2026-03-09T11:00:00,contact,2026-03-09T11:00:00,2026-03-09T12:00:00\n"
        "b,2026-03-10T11:00:00,STOP,,\n"
        "b,2026-03-11T11:00:00,contact,2026-03-11T10:00:00,2026-03-11T12:00:00\n"  # answered before it was sent
        "b,2026-03-11T11:00:00,contact,,soon\n",  # no moment
        encoding="utf-8",
    )
    report = ingest(workspace, workspace.system("offers"), path, log="contacts")
    with reading(workspace) as connection:
        aside = connection.execute('SELECT row, "column", reason FROM lake.offers.quarantine ORDER BY row').fetchall()
        rows = read_replies(connection, workspace.system("offers"), MARCH).to_pylist()
        none = read_replies(connection, workspace.system("offers"), MARCH, without=["gender"]).to_pylist()
    assert [(row, column) for row, column, _ in aside] == [(7, "answered"), (8, "closes")]
    assert aside[0][2] == "the reply is older than the message"
    assert report.accepted == 6

    mine = [each for each in rows if each["by"] == "gender"]
    told: dict[str, dict[str | None, list[int]]] = {}
    for each in mine:
        told.setdefault(each["part"], {}).setdefault(each["value1"], [0, 0])[each["decision"]] += each["n"]
    assert told["late"] == {"F": [1, 0], "M": [0, 1], None: [1, 0]}
    assert {each["by"] for each in none} == {""}


@pytest.mark.costly
@pytest.mark.parametrize(("start", "end"), [((3, 1), (3, 30)), ((3, 2), (3, 31)), ((2, 1), (3, 31))])
def test_of_windows_that_share_days_with_a_month_no_reply_is_told(
    tmp_path: Path, start: tuple[int, int], end: tuple[int, int]
) -> None:
    """Else a month less its days but one would tell of the few who replied on that day."""
    workspace = made(tmp_path / "w", late_women=30, people=200)
    window = Window(dt.date(2026, *start), dt.date(2026, *end))
    with reading(workspace) as connection:
        assert read_replies(connection, workspace.system("offers"), MARCH).num_rows > 0
        assert read_replies(connection, workspace.system("offers"), window).num_rows == 0
