"""What agents correct, from their log to the verdict: judged, sealed, computed again, checked without us."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.contingency_tables import StratifiedTable

from boussole.audits.decisions import ingest
from boussole.audits.retention.purge import purge
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.document import AuditDocument
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.answer.view import ReadingRights, kept_answer
from boussole.dashboard.views.charts.tables import corrections_table
from tests.end_to_end.chain import confirm, verify_packs
from tests.written import system_text

SYSTEM = system_text(
    "offers",
    """
columns:
  id: ref
  decided_at: at
  decision: {column: contacted, selected: [true], not_selected: [false]}
  outcome: {column: hired, positive: [true], observed_for: selected, absent: missing, matures_after_days: 0}
  person: who
  request: offer
  human: {decision: kept, agent: agent, team: agency}
groups: {gender: {column: gender, reference: M, values: {F: {fr: femmes, en: women}, M: {fr: hommes, en: men}}}}
controls: {occupation: {column: job}}
""",
    kind="selection",
)
TEAMS, AGENTS, LISTS = "ABCDEFGH", 12, 10
"""Teams of twelve agents, each of whom reviews ten lists of ten people: the tool selects three men and two women."""
PROPOSED = {"M": 3, "F": 2}


def people(
    widen: int,
    narrow: int,
    *,
    put_in_hired: float = 0.5,
    alike: bool = False,
    women: Callable[[int], int] | None = None,
) -> pd.DataFrame:
    """One row for each person of each list; in so many of 48 lists a woman gives way to a man, or a man to a woman."""
    rows, chance = [], np.random.default_rng(7)
    for number in range(len(TEAMS) * AGENTS * LISTS):
        team, agent = TEAMS[number % len(TEAMS)], number // len(TEAMS) % AGENTS
        out, into = ("F", "M") if number % 48 < widen else ("M", "F") if number % 48 < widen + narrow else ("", "")
        for place in range(10):
            gender, nth = "MF"[place % 2], place // 2
            proposed = women(number) if women and gender == "F" else PROPOSED[gender]
            contacted = nth < proposed
            last = nth == proposed - 1
            kept = (contacted and not (gender == out and last)) or (gender == into and nth == proposed)
            drawn = chance.random()
            of_team = TEAMS.index(team) / len(TEAMS) if alike else drawn
            hired = drawn < 0.25 if contacted else of_team < put_in_hired if kept else None
            rows.append(
                {
                    "ref": f"{number}.{place}",
                    "at": dt.datetime.fromisoformat(f"2026-03-{1 + number % 28:02}T10:00:00"),
                    "contacted": contacted,
                    "hired": hired,
                    "who": f"p{number}.{place}",
                    "offer": str(number),
                    "gender": gender,
                    "job": "XYZ"[number % 3],
                    "kept": kept,
                    "agent": f"{team}{agent}",
                    "agency": team,
                }
            )
    return pd.DataFrame(rows)


def made(home: Path, frame: pd.DataFrame, *, outcomes: bool = True) -> Workspace:
    workspace = Workspace.create(home)
    (home / "systems" / "offers.yaml").write_text(SYSTEM, encoding="utf-8")
    workspace = Workspace(home)
    seen = frame.assign(hired=frame["hired"].where(frame["contacted"]))
    _bring(workspace, seen[["ref", "at", "contacted", "hired", "who", "offer", "gender", "job"]], "decisions")
    _bring(workspace, frame[["ref", "kept", "agent", "agency"]], "human_actions")
    late = frame[~frame["contacted"] & frame["kept"]]
    if outcomes and len(late):
        _bring(workspace, late[["ref", "hired"]], "outcomes")
    return workspace


def _bring(workspace: Workspace, frame: pd.DataFrame, log) -> None:
    path = workspace.home.parent / f"{log}.parquet"
    frame.convert_dtypes().to_parquet(path)
    ingest(workspace, workspace.system("offers"), path, log=log)


def audit(workspace: Workspace, **more) -> AuditDocument:
    return run_audit(workspace, workspace.system("offers"), start=dt.date(2026, 3, 1), end=dt.date(2026, 3, 31), **more)


def answers(document: AuditDocument) -> dict[str, tuple[str, str | None]]:
    return {each.template or "": (each.verdict, each.reason) for each in document.verdicts}


def measure(document: AuditDocument, metric: str):
    (found,) = (each for each in document.measures if each.metric == metric)
    return found


@pytest.fixture(scope="module")
def widened(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return made(tmp_path_factory.mktemp("widened") / "w", people(12, 0))


def shown(workspace: Workspace, key: str, lang: str) -> str:
    """What the page of an answer says first, and in its picture and promise."""
    say = speaker(lang)
    page = kept_answer(workspace, "offers", key, lang, reader=ReadingRights(committee=True, incidents=True))
    assert page is not None
    made = Template("pages/answer/answer.html", say)
    parts = (made("head", page, "/"), made("pictures", page))
    return " ".join(map(str, (*parts, made("promise", page))))


@pytest.mark.costly
def test_corrections_that_widen_a_gap_break_the_promise(widened: Workspace) -> None:
    document = audit(widened, dry_run=True)
    assert answers(document)["gap_after_corrections"] == ("broken", "beyond_breach")
    gap = measure(document, "gap_by_corrections")
    lists = len(TEAMS) * AGENTS * LISTS
    assert gap.n == 10 * lists
    before, after = 2 / 3, (2 - 12 / 48) / (3 + 12 / 48)
    assert gap.params.get("before") == pytest.approx(before)
    assert gap.params.get("after") == pytest.approx(after)
    assert gap.value == pytest.approx(math.log(after / before) / math.log(after))
    (told,) = (each.sentence["en"] for each in document.verdicts if each.template == "gap_after_corrections")
    assert "67 people are proposed" in told
    assert "54 are left: these make 35 in 100 of the gap that remains" in told


@pytest.mark.costly
def test_a_table_of_which_nothing_is_known_is_left_out(widened: Workspace) -> None:
    document = audit(widened, dry_run=True)
    (verdict,) = (each for each in document.verdicts if each.template == "gap_after_corrections")
    system, say = widened.system("offers"), speaker("en")
    table = corrections_table(document, verdict, say, title="", system=system)
    assert table is not None
    assert "–" not in table.rows[0]
    gap = measure(document, "gap_by_corrections")
    few = gap.changed(value=None, status="undefined", reason="few_corrections", params=gap.params.changed(before=None))
    rest = tuple(few if each.id == gap.id else each for each in document.measures)
    assert corrections_table(document.changed(measures=rest), verdict, say, title="", system=system) is None


def test_put_in_are_compared_within_strata(widened: Workspace) -> None:
    document = audit(widened, dry_run=True)
    found = measure(document, "put_in_outcome_difference")
    frame = people(12, 0)
    final = frame[frame["kept"]]
    tables = []
    for _, rows in final.groupby("job"):
        sides = [rows[~rows["contacted"]]["hired"], rows[rows["contacted"]]["hired"]]
        if all(map(len, sides)):
            tables.append([[side.sum(), (~side.astype(bool)).sum()] for side in sides])
    oracle = StratifiedTable([np.array(table).astype(float) for table in tables])
    weights = [sum(a) * sum(b) / (sum(a) + sum(b)) for a, b in tables]
    apart = [a[0] / sum(a) - b[0] / sum(b) for a, b in tables]
    assert found.value == pytest.approx(np.average(apart, weights=weights))
    one, other = found.params.values or (0.0, 1.0)
    assert one / other == pytest.approx(oracle.riskratio_pooled)  # of Mantel and Haenszel, with the same weights
    assert (found.params.get("put_in"), found.params.get("taken_out")) == (240, 240)
    assert answers(document)["corrections_help"] == ("kept", "all_kept")


@pytest.mark.costly
@pytest.mark.parametrize(
    ("more", "outcomes", "answer"),
    [
        ({}, False, ("unknown", "outcomes_unseen")),  # the log tells only what became of those proposed
    ],
)
def test_what_became_of_those_put_in(tmp_path: Path, more: dict, outcomes: bool, answer: tuple) -> None:
    document = audit(made(tmp_path / "w", people(0, 12, **more), outcomes=outcomes), dry_run=True)
    assert answers(document)["corrections_help"] == answer
    assert answers(document)["gap_after_corrections"] == ("kept", "all_kept")  # they narrow the gap
    if not outcomes:
        found = measure(document, "put_in_outcome_difference")
        assert found.value is None
        low, high = found.params.get("bounds")
        assert (low < 0 < high, high - low) == (True, pytest.approx(1))  # nothing is known of one side


@pytest.mark.costly
def test_a_gap_that_may_be_none_to_watch_is_not_watched(tmp_path: Path) -> None:
    """As many women are taken out as put in, and 89 of them are proposed where 100 men are: maybe no gap to watch."""
    workspace = made(tmp_path / "w", people(6, 6, women=lambda number: 3 - (number % 3 == 0)))
    sealed = audit(workspace)
    gap = measure(sealed, "gap_by_corrections")
    assert (gap.value, gap.params.get("after")) == (pytest.approx(0, abs=0.2), pytest.approx(8 / 9))
    assert gap.interval is not None  # it is surely a gap
    assert answers(sealed)["gap_after_corrections"] == ("unknown", "no_gap_left")
    verify_packs(workspace, tmp_path, packs=["open"])


@pytest.mark.costly
def test_few_corrections_tell_nothing(tmp_path: Path) -> None:
    frame = people(12, 0)
    followed = frame["offer"].astype(int) >= 10  # in ten lists somebody was put in: one too few
    frame.loc[followed, "kept"] = frame.loc[followed, "contacted"]
    document = audit(made(tmp_path / "w", frame), dry_run=True)
    assert answers(document)["corrections_help"] == ("unknown", "few_corrections")
    assert answers(document)["gap_after_corrections"] == ("unknown", "few_corrections")
    assert measure(document, "put_in_outcome_difference").written()["params"] == {
        "bad_side": "below",
        "scale": "effect",
    }


@pytest.mark.costly
def test_it_is_sealed_computed_again_and_checked_without_us(widened: Workspace, tmp_path: Path) -> None:
    sealed = audit(widened)
    confirm(widened, tmp_path)
    for lang, told in (("fr", ("67 femmes", "54 après corrections")), ("en", ("67 women", "54 after corrections"))):
        page = shown(widened, "gap_after_corrections_gender", lang)
        assert all(each in page for each in told), page
    assert "of 100 people put in" in shown(widened, "corrections_help", "en")
    purge(widened, before=dt.date(2026, 4, 1))
    assert answers(audit(widened, dry_run=True))["gap_after_corrections"] == ("not_examined", "no_measure")
    assert answers(sealed)["gap_after_corrections"][0] == "broken"
