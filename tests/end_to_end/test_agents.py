"""What agents do with proposals and correct, from their log to the verdict: sealed, and checked without us."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.contingency_tables import StratifiedTable

from boussole.audits.cubes.update import rebuild
from boussole.audits.lake import reading, writing
from boussole.audits.retention.purge import purge
from boussole.audits.retention.rotation import rotate
from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.answer.view import ReadingRights, kept_answer
from tests.end_to_end.chain import (
    answer,
    audit,
    bring,
    confirm,
    declared,
    measure,
    of,
    same_without_cubes,
    verify_packs,
)
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
LOGS
groups: {gender: {column: gender, reference: M, values: {F: {fr: femmes, en: women}, M: {fr: hommes, en: men}}}}
""",
)
APRIL = dt.date(2026, 4, 1)
DECISIONS = ["ref", "at", "contacted", "who", "offer", "gender"]

# --- whether agents decide, and read what is shown ----------------------------------------------------------------

DECIDES, READS = "override_rate", "time_to_read"
HUMAN = (
    "  human: {decision: kept, seconds: took, recorded_at: reviewed, agent: agent, team: agency, words: shown, "
    "teams: [A, B, C, D, E, F, G, H, small]}"
)
TEAMS = "ABCDEFGH"


def moment(day: int, hour: int) -> dt.datetime:
    """A local time of March, as a log has it."""
    return dt.datetime.fromisoformat(f"2026-03-{day:02}T{hour:02}:00:00")


def reviewed(
    home: Path, *, changed: int = 0, hasty: int = 0, human: str = HUMAN, until: int = 31, dated: bool = True
) -> Workspace:
    """Teams of 200 agents, each of whom reviews two lists of two people: so many of the 3,200 lists changed, so many
    read in a second; fifteen lists of a team of ten come on top."""
    workspace = declared(home, human, text=SYSTEM)
    reviews = [(f"{t}{a}", t, f"{t}{a}-{k}") for t in TEAMS for a in range(200) for k in range(2)]
    reviews += [(f"small{i % 10}", "small", f"small-{i}") for i in range(15)]
    rows = []
    for number, (agent, team, offer) in enumerate(reviews):
        at = moment(2 + number % 28, 10)
        for place, gender in enumerate("FM"):
            row = {"ref": f"{offer}.{place}", "at": at, "contacted": place == 0, "who": f"p{number}.{place}"}
            row |= {"offer": offer, "gender": gender, "agent": agent, "agency": team, "shown": 100.0}
            row["took"] = 0.5 if (number * 7) % 3200 < hasty and team != "small" else 30.0
            row["reviewed"] = at + dt.timedelta(hours=2)
            row["kept"] = (not row["contacted"]) if (number * 11) % 3200 < changed and place else row["contacted"]
            rows.append(row)
    frame = pd.DataFrame(rows)
    bring(workspace, frame[DECISIONS])
    columns = ["ref", "kept", "took", "agent", "agency", "shown", *(["reviewed"] if dated else [])]
    bring(workspace, frame.loc[[each.day <= until for each in frame["at"]], columns], "human_actions")
    return workspace


@pytest.mark.costly
@pytest.mark.parametrize(
    ("changed", "hasty", "decides", "reads"),
    [
        (320, 2400, "kept", "watch"),  # beyond the breach level, and lists are changed: never broken alone
        (25, 0, "unknown", "kept"),
    ],
)
def test_verdicts_follow_the_reviews(tmp_path: Path, changed: int, hasty: int, decides: str, reads: str) -> None:
    workspace = reviewed(tmp_path / "w", changed=changed, hasty=hasty)
    document = audit(workspace, dry_run=True)
    assert (answer(document, DECIDES)[0], answer(document, READS)[0]) == (decides, reads)
    rate = measure(document, DECIDES)
    assert (rate.n, rate.value, rate.params.get("left_out")) == (3200, changed / 3200, 15)
    assert measure(document, "hasty_review_share").value == hasty / 3200
    assert same_without_cubes(workspace, document)
    if hasty:
        assert "Sur 100 relectures, 10 ont changé ce qui était proposé" in of(document, DECIDES).sentence["fr"]
        assert "relectures, 75 ont été trop courtes pour lire ce qui était" in of(document, READS).sentence["fr"]


def test_without_agents_nobody_looked(tmp_path: Path) -> None:
    document = audit(reviewed(tmp_path / "w", human="  human: {decision: kept, seconds: took}"), dry_run=True)
    assert answer(document, DECIDES) == ("not_examined", "no_reviews")
    assert answer(document, READS) == ("not_examined", "no_reading_time")


@pytest.mark.costly
def test_reviews_are_sealed_computed_again_and_checked_without_us(tmp_path: Path) -> None:
    workspace = reviewed(tmp_path / "w", changed=0, hasty=2400)
    sealed = audit(workspace)
    assert answer(sealed, READS)[0] == "broken"
    confirm(workspace, tmp_path)
    purge(workspace, before=APRIL)
    with writing(workspace) as connection:
        rebuild(connection, workspace.system("offers"))
    assert answer(audit(workspace, dry_run=True), READS) == answer(sealed, READS)


@pytest.mark.costly
@pytest.mark.parametrize("dated", [True, False])
def test_reviews_that_stop_in_the_window_keep_nothing(tmp_path: Path, *, dated: bool) -> None:
    """What agents did after the 10th nobody knows; a review without a moment is of the day of its decision."""
    human = HUMAN if dated else HUMAN.replace("recorded_at: reviewed, ", "")
    workspace = reviewed(tmp_path / "w", changed=320, until=10, human=human, dated=dated)
    sealed = audit(workspace)
    assert answer(sealed, DECIDES) == answer(sealed, READS) == ("unknown", "log_stops")
    assert sealed.written()["left_out"]["ends"] == [{"log": "human_actions", "last": "2026-03-10", "days": 21}]
    assert "Le journal des décisions des agents s’arrête le 10 mars 2026" in of(sealed, DECIDES).sentence["fr"]
    confirm(workspace, tmp_path, packs=["all"])


@pytest.mark.costly
def test_bad_rows_are_told_with_their_reason_and_kept_aside(tmp_path: Path) -> None:
    workspace = reviewed(tmp_path / "w")
    before = audit(workspace, dry_run=True)
    at = moment(2, 12)
    good = {"ref": "A0-0.0", "kept": True, "took": 9.0, "reviewed": at, "agent": "A0", "agency": "A", "shown": 9.0}
    bad = [
        ("took", -1.0, "a review takes no negative time"),
        ("reviewed", moment(1, 23), "the review is older than the decision it is about"),
        ("agency", "B", "this agent is in another team in the same month"),
        ("agency", "elsewhere", "not one of the teams that the system file lists"),
        ("agency", None, "the team is missing"),
        ("agent", None, "the agent is missing"),
        ("shown", 1.5, "not a whole number, 0 or more"),
    ]
    logged = pd.DataFrame([good, *(good | {column: value} for column, value, _ in bad)])
    report = bring(workspace, logged, "human_actions")
    assert (report.accepted, report.quarantined) == (1, 7)
    with reading(workspace) as connection:
        aside = connection.execute('SELECT "column", reason FROM lake.offers.quarantine ORDER BY row').fetchall()
        agents = connection.execute("SELECT DISTINCT agent FROM lake.offers.human_actions").fetchall()
    assert aside == [(column, told) for column, _, told in bad]
    assert all(len(name) == 32 for (name,) in agents)  # whoever opens the lake finds nobody's name
    rotate(workspace)
    with reading(workspace) as connection:
        assert not {*agents} & {*connection.execute("SELECT DISTINCT agent FROM lake.offers.human_actions").fetchall()}
    assert answer(audit(workspace, dry_run=True), DECIDES) == answer(before, DECIDES)


@pytest.mark.costly
def test_reviews_that_come_before_their_decisions_wait_and_count(tmp_path: Path) -> None:
    workspace = reviewed(tmp_path / "w")
    at = moment(31, 12)
    late = [{"ref": f"new{i}", "kept": True, "took": 9.0, "agent": "A0", "agency": "A", "shown": 9.0} for i in range(2)]
    late[0]["reviewed"], late[1]["reviewed"] = at, moment(30, 12)  # the second is older than its decision
    report = bring(workspace, pd.DataFrame(late), "human_actions")
    assert report.waiting == 2
    rows = [{"ref": f"new{i}", "at": moment(31, 9), "contacted": False, "who": "x", "offer": f"n{i}"} for i in range(2)]
    bring(workspace, pd.DataFrame(rows).assign(gender="F"))
    found = measure(audit(workspace, dry_run=True), DECIDES)
    assert (found.n, found.value, found.params.get("older")) == (3201, 1 / 3201, 1)


# --- what corrections make of gaps --------------------------------------------------------------------------------

CORRECTED = (
    "  outcome: {column: hired, positive: [true], observed_for: selected, absent: missing, matures_after_days: 0}\n"
    "  human: {decision: kept, agent: agent, team: agency}\n"
    "controls: {occupation: {column: job}}"
)
GAP, HELP = "gap_after_corrections", "corrections_help"
AGENTS, LISTS = 12, 10
"""Teams of twelve agents, each of whom reviews ten lists of ten people: the tool selects three men and two women."""
PROPOSED = {"M": 3, "F": 2}


def people(widen: int, narrow: int, *, women: Callable[[int], int] | None = None) -> pd.DataFrame:
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
            hired = drawn < 0.25 if contacted else drawn < 0.5 if kept else None
            row = {"ref": f"{number}.{place}", "at": moment(1 + number % 28, 10), "who": f"p{number}.{place}"}
            row |= {"contacted": contacted, "hired": hired, "kept": kept, "gender": gender, "offer": str(number)}
            rows.append(row | {"job": "XYZ"[number % 3], "agent": f"{team}{agent}", "agency": team})
    return pd.DataFrame(rows)


def corrected(home: Path, frame: pd.DataFrame, *, outcomes: bool = True) -> Workspace:
    workspace = declared(home, CORRECTED, text=SYSTEM)
    seen = frame.assign(hired=frame["hired"].where(frame["contacted"])).convert_dtypes()
    bring(workspace, seen[[*DECISIONS, "hired", "job"]])
    bring(workspace, frame[["ref", "kept", "agent", "agency"]], "human_actions")
    late = frame[~frame["contacted"] & frame["kept"]].convert_dtypes()
    if outcomes:
        bring(workspace, late[["ref", "hired"]], "outcomes")
    return workspace


@pytest.fixture(scope="module")
def widened(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return corrected(tmp_path_factory.mktemp("widened") / "w", people(12, 0))


def shown(workspace: Workspace, key: str, lang: str) -> str:
    """What the page of an answer says first, and in its picture and promise."""
    page = kept_answer(workspace, "offers", key, lang, reader=ReadingRights(committee=True, incidents=True))
    made = Template("pages/answer/answer.html", speaker(lang))
    return " ".join(map(str, (made("head", page, "/"), made("pictures", page), made("promise", page))))


@pytest.mark.costly
def test_corrections_that_widen_a_gap_break_the_promise_and_those_put_in_are_compared(widened: Workspace) -> None:
    document = audit(widened, dry_run=True)
    assert answer(document, GAP) == ("broken", "beyond_breach")
    gap = measure(document, "gap_by_corrections")
    assert gap.n == 10 * len(TEAMS) * AGENTS * LISTS
    before, after = 2 / 3, (2 - 12 / 48) / (3 + 12 / 48)
    assert (gap.params.get("before"), gap.params.get("after")) == pytest.approx((before, after))
    assert gap.value == pytest.approx(math.log(after / before) / math.log(after))
    told = of(document, GAP).sentence["en"]
    assert "67 people are proposed" in told
    assert "54 are left: these make 35 in 100 of the gap that remains" in told
    # Those who were put in are compared within strata.
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
    assert answer(document, HELP) == ("kept", "all_kept")


@pytest.mark.costly
def test_of_those_put_in_nobody_knows_what_became_where_the_log_tells_only_of_those_proposed(tmp_path: Path) -> None:
    document = audit(corrected(tmp_path / "w", people(0, 12), outcomes=False), dry_run=True)
    assert answer(document, HELP) == ("unknown", "outcomes_unseen")
    assert answer(document, GAP) == ("kept", "all_kept")  # they narrow the gap
    found = measure(document, "put_in_outcome_difference")
    low, high = found.params.get("bounds")
    assert (found.value, low < 0 < high, high - low) == (None, True, pytest.approx(1))  # nothing is known of one side


@pytest.mark.costly
def test_a_gap_that_may_be_none_to_watch_is_not_watched(tmp_path: Path) -> None:
    """As many women are taken out as put in, and 89 of them are proposed where 100 men are: maybe no gap to watch."""
    workspace = corrected(tmp_path / "w", people(6, 6, women=lambda number: 3 - (number % 3 == 0)))
    sealed = audit(workspace)
    gap = measure(sealed, "gap_by_corrections")
    assert (gap.value, gap.params.get("after")) == (pytest.approx(0, abs=0.2), pytest.approx(8 / 9))
    assert gap.interval is not None  # it is surely a gap
    assert answer(sealed, GAP) == ("unknown", "no_gap_left")
    verify_packs(workspace, tmp_path, packs=["open"])


@pytest.mark.costly
def test_corrections_are_sealed_shown_and_checked_without_us(widened: Workspace, tmp_path: Path) -> None:
    audit(widened)
    confirm(widened, tmp_path)
    for lang, told in (("fr", ("67 femmes", "54 après corrections")), ("en", ("67 women", "54 after corrections"))):
        page = shown(widened, f"{GAP}_gender", lang)
        assert all(each in page for each in told), page
    assert "of 100 people put in" in shown(widened, HELP, "en")
    purge(widened, before=APRIL)
    assert answer(audit(widened, dry_run=True), GAP) == ("not_examined", "no_measure")
