"""Effects, gaps and people on no list, from their rows to the verdict: sealed, computed again, checked without us."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from boussole.audits.counts.read import read_agencies
from boussole.audits.lake import reading, writing
from boussole.audits.retention.purge import purge
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.rerun import chosen, rerun
from tests.end_to_end.chain import (
    MARCH,
    OFFERS,
    again,
    answer,
    audit,
    bring,
    confirm,
    declared,
    measure,
    of,
    offers,
    same_without_cubes,
)

# --- counts by agency and month -----------------------------------------------------------------------------------

EFFECT = "better_than_before"
AGENCIES = """agencies:
  {agency: agency, month: month, started: started, people: people, count: returned, outcome: outcome,
   outcomes: {work: {title: {fr: "Retours au travail", en: "Returns to work"}}}}"""
MONTHS = [f"2025-{month:02}-01" for month in range(1, 13)] + [f"2026-{month:02}-01" for month in range(1, 4)]


def counts(*, effect: float = 0.0, drift: float = 0.0, agencies: int = 60, started: int = 24) -> pd.DataFrame:
    """Agencies of 1,000 people or so; of those that start, half do in October and half in December 2025."""
    rng, rows = np.random.default_rng(7), []
    season = 0.01 * np.sin(np.arange(len(MONTHS)))
    for agency in range(agencies):
        start = ["2025-10-06", "2025-12-01"][agency % 2] if agency < started else None
        people, level = int(rng.integers(800, 1500)), 0.08 + 0.02 * rng.standard_normal()
        for at, month in enumerate(MONTHS):
            rate = level + season[at] + 0.003 * rng.standard_normal()
            if start:
                rate += (effect if month[:7] >= start[:7] else 0.0) + drift * at
            rows.append((f"A{agency:02}", month, start, people, round(people * max(rate, 0.03)), "work"))
    return pd.DataFrame(rows, columns=["agency", "month", "started", "people", "returned", "outcome"])


def counted(home: Path, given: pd.DataFrame) -> Workspace:
    workspace = offers(home, AGENCIES, people=400)
    bring(workspace, given, "agencies")
    return workspace


@pytest.mark.costly
@pytest.mark.parametrize(
    ("effect", "drift", "expected", "said"),
    [
        (0.02, 0.0, ("kept", "all_kept"), "Oui. Dans 24 agences qui ont commencé, on compte depuis "),
        (-0.02, 0.0, ("broken", "beyond_breach"), "Non. Dans 24 agences"),
        (0.02, 0.004, ("unknown", "not_parallel"), "changeaient déjà autrement que les autres"),
    ],
)
def test_verdicts_follow_the_counts(
    tmp_path: Path, effect: float, drift: float, expected: tuple[str, str], said: str
) -> None:
    workspace = counted(tmp_path / "w", counts(effect=effect, drift=drift))
    document = audit(workspace, dry_run=True)
    assert answer(document, EFFECT) == expected
    assert said in of(document, EFFECT).sentence["fr"]
    assert same_without_cubes(workspace, document)
    found = measure(document, "effect_since_start")
    assert (found.value is None) == (expected[0] == "unknown")
    if expected[0] == "kept":
        assert found.value == pytest.approx(effect, abs=0.004)
        assert "retours au travail par mois pour 100 personnes" in of(document, EFFECT).sentence["fr"]


@pytest.mark.costly
def test_counts_are_sealed_computed_again_and_checked_without_us(tmp_path: Path) -> None:
    workspace = counted(tmp_path / "w", counts(effect=0.02))
    sealed = audit(workspace)
    confirm(workspace, tmp_path)
    purge(workspace, before=MARCH.start)
    assert answer(audit(workspace, dry_run=True), EFFECT) == answer(sealed, EFFECT) == ("kept", "all_kept")
    with writing(workspace) as connection:
        connection.execute("UPDATE lake.offers.agencies SET count = count + 1 WHERE agency = 'A03'")
    (found,) = rerun(workspace, chosen(workspace))
    assert "agencies" in found.recount.now


@pytest.mark.costly
def test_a_start_that_comes_later_is_filled_in(tmp_path: Path) -> None:
    workspace = offers(tmp_path / "w", people=400)
    assert answer(audit(workspace, dry_run=True), EFFECT) == ("not_examined", "no_agencies")
    given = counts(effect=0.02)
    workspace = counted(tmp_path / "v", given.assign(started=None))
    assert answer(audit(workspace, dry_run=True), EFFECT) == ("unknown", "nobody_started")
    bring(workspace, given, "agencies")
    assert answer(audit(workspace, dry_run=True), EFFECT)[0] == "kept"


@pytest.mark.costly
def test_the_number_of_an_agency_does_not_tell_which_it_is(tmp_path: Path) -> None:
    """Whatever the codes are called, the rows are the same."""
    given, found = counts(agencies=8, started=3), []
    other = {f"A{i:02}": f"A{code:02}" for i, code in enumerate([5, 2, 7, 0, 3, 6, 1, 4])}
    for name, rows in (("a", given), ("b", given.assign(agency=given["agency"].map(other)))):
        workspace = counted(tmp_path / name, rows.sample(frac=1, random_state=3))
        with reading(workspace) as connection:
            found.append(read_agencies(connection, workspace.system("offers"), MARCH))
    assert found[0].num_rows == 8 * len(MONTHS)
    assert found[0].equals(found[1])


# --- where a gap opens --------------------------------------------------------------------------------------------

WHERE = "where_the_gap_opens"
ACTORS = "actors: {contacted: tool, replied: candidate, hired: employer}"
STAGED = OFFERS.replace("  person: who", "  person: who\n  stages: [contacted, replied, hired]")
TOOL, EMPLOYER, NONE, BETTER = (0.4, 0.6, 0.6), (0.6, 0.6, 0.4), (0.6, 0.6, 0.6), (0.8, 0.6, 0.6)


def staged(home: Path, women: tuple[float, float, float], *, actors: str = ACTORS) -> Workspace:
    """Men move on at each of three stages 6 times in 10; women as often as said."""
    people, random = 6000, np.random.default_rng(1)
    frame = pd.DataFrame({"ref": [f"d{i}" for i in range(people)], "day": dt.date(2026, 3, 4)})
    frame["who"] = [f"p{i % (people // 2)}" for i in range(people)]
    frame["gender"] = np.where(np.arange(people) % (people // 2) % 2 == 0, "F", "M")
    still = np.ones(people, dtype=bool)
    for name, chance in zip(("contacted", "replied", "hired"), women, strict=True):
        still = still & (random.random(people) < np.where(frame["gender"] == "F", chance, 0.6))
        frame[name] = still
    workspace = declared(home, actors, text=STAGED)
    bring(workspace, frame)
    return workspace


@pytest.mark.costly
@pytest.mark.parametrize(
    ("women", "verdict", "told"),
    [
        (TOOL, "watch", "se forment aux étapes où agissent l’outil ou le conseiller (entre"),
        (EMPLOYER, "kept", "se forment aux étapes où agissent l’outil ou le conseiller (entre"),
        (NONE, "unknown", ""),
        (BETTER, "kept", "aucun écart à surveiller"),
    ],
)
def test_the_verdict_follows_who_opens_the_gap(
    tmp_path: Path, women: tuple[float, float, float], verdict: str, told: str
) -> None:
    workspace = staged(tmp_path / "w", women)
    document = audit(workspace, dry_run=True)
    assert (answer(document, WHERE)[0], told in of(document, WHERE).sentence["fr"]) == (verdict, True)
    assert same_without_cubes(workspace, document)
    if women == NONE:
        assert answer(document, WHERE)[1] == "gap_may_be_zero"
    if women == TOOL:
        audit(workspace)
        confirm(workspace, tmp_path)


def test_without_actors_it_is_not_examined(tmp_path: Path) -> None:
    workspace = staged(tmp_path / "w", TOOL, actors=ACTORS.replace("replied: candidate, ", ""))
    assert answer(audit(workspace, dry_run=True), WHERE) == ("not_examined", "no_actors")


# --- people on no list --------------------------------------------------------------------------------------------

NEVER = "never_shortlisted"
LISTED = OFFERS.replace("  decision: {column: contacted, selected: [true], not_selected: [false]}\n", "").replace(
    "  person: who", "  person: who\n  request: offer\n  rank: place"
)


def lists(*, against: float) -> pd.DataFrame:
    """Offers over six months, each of ten people, of whom four are listed; women's chances are lower by `against`."""
    random, rows, offers_ = np.random.default_rng(5), [], 450
    for offer in range(offers_):
        pool = random.choice(1200, 10, replace=False)
        place = np.argsort(np.argsort(against * (pool % 2 == 0) - random.gumbel(size=10))) + 1
        day = dt.date(2026, 1, 1) + dt.timedelta(days=offer * 181 // offers_)
        rows += [(f"o{offer}", day, f"p{who}", at if at <= 4 else None) for who, at in zip(pool, place, strict=True)]
    frame = pd.DataFrame(rows, columns=["offer", "day", "who", "place"]).astype({"place": "Int64"})
    gender = np.where(frame["who"].str[1:].astype(int) % 2 == 0, "F", "M")
    return frame.assign(ref=[f"d{i}" for i in range(len(frame))], gender=gender)


def listed(home: Path, frame: pd.DataFrame) -> Workspace:
    workspace = declared(home, text=LISTED)
    bring(workspace, frame)
    return workspace


def month(number: int) -> Window:
    first = dt.date(2026, number, 1)
    return Window(first, (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1))


@pytest.mark.costly
def test_people_on_no_list_are_counted_and_not_rows(tmp_path: Path) -> None:
    frame = lists(against=0.9)
    workspace = listed(tmp_path / "w", frame)
    document = audit(workspace, month(6), dry_run=True)
    found = {each.id: each for each in document.measures}
    seen = frame.assign(listed=frame["place"].notna()).groupby(["gender", "who"])["listed"].any()  # by pandas
    counts_of = {sex: (int((~of_sex).sum()), len(of_sex)) for sex, of_sex in seen.groupby("gender")}
    for sex, (k, n) in counts_of.items():
        share = found[f"never_shortlisted_rate/gender={sex}"]
        assert (share.value, share.n) == (k / n, n)
    (k1, n1), (k0, n0) = counts_of["F"], counts_of["M"]
    ratio = found["never_shortlisted_rate_ratio/gender=F"]
    assert ratio.value == pytest.approx(k1 / n1 / (k0 / n0), rel=1e-12)
    assert (ratio.params.months, ratio.params.first_day) == (6, dt.date(2026, 1, 1))
    assert (answer(document, NEVER)[0], "En 6 mois," in of(document, NEVER).sentence["fr"]) == ("broken", True)
    assert same_without_cubes(workspace, document, window=month(6))
    audit(workspace, month(6))
    confirm(workspace, tmp_path)
    purge(workspace, before=MARCH.start)
    again(workspace)
    left = {each.id: each.params for each in audit(workspace, month(6), dry_run=True).measures}
    after = left["never_shortlisted_rate_ratio/gender=F"]
    assert (after.months, after.first_day) == (4, MARCH.start)


def test_on_a_short_span_nobody_is_said_to_be_kept(tmp_path: Path) -> None:
    workspace = listed(tmp_path / "even", lists(against=0.0))
    assert answer(audit(workspace, month(2), dry_run=True), NEVER) == ("unknown", "short_span")
    document = audit(workspace, month(4), dry_run=True)
    assert answer(document, NEVER) == ("unknown", "too_few_decisions")
    assert "il faut six mois de décisions" in of(document, NEVER).sentence["fr"]
