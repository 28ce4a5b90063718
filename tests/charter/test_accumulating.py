"""Evidence that accumulates: what an audit of a month says of all months since the system is what it is."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from boussole.audits.decisions import ingest
from boussole.audits.privacy import keys
from boussole.audits.windows import period_of
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.auditing.replay import replay
from boussole.charter.auditing.rerun import Rerun, chosen, rerun
from boussole.charter.document import AuditDocument, MeasureInShort, VerdictDocument
from boussole.charter.document.base import given
from boussole.charter.judging.verdicts import judge
from boussole.charter.pack.verifier.tally import Tally
from boussole.charter.pack.verifier.verdicts import Verdicts
from boussole.charter.records import charter_text
from boussole.charter.text.loading import load_charter
from tests.charter.builders import comparison, system
from tests.written import system_text

SYSTEM: dict[str, Any] = {
    "columns": {
        "id": "id",
        "decided_at": "day",
        "person": "person",
        "decision": {"column": "chosen", "selected": [True], "not_selected": [False]},
        "model_version": "version",
    },
    "groups": {"sex": {"column": "sex", "reference": "M"}, "town": {"column": "town"}},
    "windows": {"audit": "month"},
}
AS_OF = dt.date(2026, 9, 1)
RATIO = "selection_rate_ratio/sex=F"


def log(
    *, months: int = 4, people: int = 800, ratio: float = 0.72, rate: float = 0.3, new_in: int = 99
) -> pd.DataFrame:
    """Months of decisions about people, half of whom come back; from `new_in` on by another version of the model."""
    rng, parts = np.random.default_rng(5), []
    person = np.arange(people)
    for month in range(1, months + 1):
        back = rng.random(people) < 0.5
        person = np.where(back, person, person + 10_000 * month)
        sex, town = np.where(person % 2, "F", "M"), np.where(person % 3, "a", "b")
        chance = rate * np.where(sex == "F", ratio, 1.0)
        parts.append(
            pd.DataFrame(
                {
                    "id": [f"{month}-{i}" for i in range(people)],
                    "day": [dt.date(2026, month, 1 + i % 28) for i in range(people)],
                    "person": [f"p{each}" for each in person],
                    "sex": sex,
                    "town": town,
                    "chosen": rng.random(people) < chance,
                    "version": "2.0" if month >= new_in else "1.0",
                }
            )
        )
    return pd.concat(parts)


def workspace_of(folder: Path, decisions: pd.DataFrame, **changes: Any) -> Workspace:
    home = Workspace.create(folder)
    keys.write(
        home.keys / "bucket.key", b"k" * 32
    )  # who is in which bucket, and so each p-value, is the same each time
    declare(home, **changes)
    decisions.to_parquet(folder / "rows.parquet")
    ingest(home, home.system("offers"), folder / "rows.parquet")
    return home


def declare(home: Workspace, **changes: Any) -> None:
    text = system_text("offers", yaml.safe_dump(SYSTEM | changes, sort_keys=False))
    (home.home / "systems" / "offers.yaml").write_text(text, encoding="utf-8")


def audit(home: Workspace, month: int, **more: Any) -> AuditDocument:
    window = period_of(dt.date(2026, month, 1), "month")
    return run_audit(home, home.system("offers"), start=window.start, end=window.end, as_of=AS_OF, **more)


def verdict(document: AuditDocument, name: str = "selection_rate_ratio_sex") -> VerdictDocument:
    return next(each for each in document.verdicts if each.indicator == name)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four months of a ratio of 0.72, the first three of them audited."""
    home = workspace_of(tmp_path_factory.mktemp("accumulated") / "w", log())
    for month in (1, 2, 3):
        audit(home, month)
    return home.home


@pytest.fixture
def home(template: Path, tmp_path: Path) -> Workspace:
    shutil.copytree(template, tmp_path / "w")
    return Workspace(tmp_path / "w")


@pytest.mark.costly
def test_the_fourth_month_is_judged_on_all_four(home: Workspace) -> None:
    document = audit(home, 4)
    together = document.accumulated
    assert together is not None
    assert (together.since, together.because, together.version) == (dt.date(2026, 1, 1), "first", "1.0")
    assert [each.start.month for each in together.windows] == [1, 2, 3]
    month, judged = ({m.id: m for m in found}[RATIO] for found in (document.measures, document.judged_measures))
    assert (month.n, month.params.windows) == (800, None)
    assert (judged.n, judged.params.windows, judged.params.since) == (3200, 4, together.since)
    assert len(judged.params.correlations or ()) == 3
    alone = (month.interval, judged.interval)
    assert alone[0] is not None
    assert alone[1] is not None
    assert alone[1].high - alone[1].low < 0.7 * (alone[0].high - alone[0].low)
    told = verdict(document)
    assert told.comparisons[0].p_watch is not None
    assert told.comparisons[0].p_watch < (verdict(audit(home, 4, dry_run=True)).comparisons[0].p_watch or 0) + 1e-9
    assert "1 January 2026" in told.sentence["en"]
    assert "1er janvier 2026" in told.sentence["fr"].replace("\N{NO-BREAK SPACE}", " ")


def again(home: Workspace) -> list[Rerun]:
    return list(rerun(home, chosen(home), today=dt.date(2026, 12, 1)))


@pytest.mark.slow
def test_computed_again_it_is_the_same(home: Workspace) -> None:
    audit(home, 4)
    found = again(home)
    assert [(each.ok, each.problems, each.differences) for each in found] == [(True, (), ())] * 4


@pytest.mark.costly
def test_evidence_of_a_month_before_that_is_lost_is_named(home: Workspace) -> None:
    document = audit(home, 4)
    assert document.accumulated is not None
    lost = home.evidence / f"{document.accumulated.windows[0].cubes.removeprefix('sha256:')}.parquet"
    lost.unlink()
    problems = [problem for each in again(home) for problem in each.problems]
    assert len(problems) == 4  # that month's own audit, and the three that count it
    assert all("evidence" in problem for problem in problems)


@pytest.mark.slow
def test_another_version_of_the_model_begins_anew_and_months_without_decisions_are_passed_over(tmp_path: Path) -> None:
    home = workspace_of(tmp_path / "w", log(new_in=3))
    documents = [audit(home, month) for month in (1, 2, 3, 4)]
    assert documents[2].accumulated is None
    together = given(documents[3].accumulated)
    assert (together.since, together.because, together.version) == (dt.date(2026, 3, 1), "version", "2.0")
    decisions = log()
    home = workspace_of(tmp_path / "gap", decisions[decisions.day.map(lambda day: day.month != 2)])
    together = [audit(home, month).accumulated for month in (1, 3, 4)][-1]
    assert [each.start.month for each in given(together).windows] == [1, 3]


@pytest.mark.costly
def test_what_goes_wrong_this_month_does_not_hide_behind_the_months_before_it(tmp_path: Path) -> None:
    """Five months at parity, then four tenths of the chances, by the same version: found at once, by the month."""
    fair, biased = log(months=5, people=1500, ratio=1.0), log(months=6, people=1500, ratio=0.4)
    last = biased[biased.day.map(lambda day: day.month == 6)]
    home = workspace_of(tmp_path / "w", pd.concat([fair, last]))
    for month in range(1, 6):
        before = audit(home, month)
    assert str(verdict(before).verdict) == "kept"
    document = audit(home, 6)
    told = verdict(document)
    (comparison,) = told.comparisons
    assert str(told.verdict) == "broken"
    assert comparison.alone
    judged = {each.id: each for each in document.judged_measures}[comparison.measure]
    assert (judged.n, judged.params.since) == (1500, None)
    assert "since" not in told.sentence["en"]
    assert "Only the decisions of this period are counted here" in told.sentence["en"]
    assert "Seules les décisions de cette période" in told.sentence["fr"]
    assert document.accumulated is not None
    since = {each.id: each for each in document.accumulated.measures}[comparison.measure]
    assert (since.value or 0) > 0.85  # by all six months it would be kept, or nearly
    assert verify(home, document) == []


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, AuditDocument]:
    """A great month at parity and three at six tenths of the chances, by the same version of the model."""
    fair, biased = log(months=1, people=4500, ratio=1.0), log(months=4, people=1500, ratio=0.6)
    after = biased[biased.day.map(lambda day: day.month > 1)]
    home = workspace_of(tmp_path_factory.mktemp("changed") / "w", pd.concat([fair, after]))
    return home.home, [audit(home, month) for month in range(1, 5)][-1]


def test_a_change_that_nobody_named_is_told_by_recent_months(changed: tuple[Path, AuditDocument]) -> None:
    """All months together are near the level, and the last is too few: the last three say that it is not kept."""
    home, document = Workspace(changed[0]), changed[1]
    told = verdict(document)
    (comparison,) = told.comparisons
    assert (str(told.verdict), comparison.recent, comparison.alone) == ("broken", 3, None)
    judged = document.judged_by_id[comparison.measure]
    assert (judged.n, judged.params.windows, judged.params.since) == (4500, 3, dt.date(2026, 2, 1))
    assert document.judged_by_id["selection_rate/sex=F"].params.since == dt.date(2026, 2, 1)
    assert document.judged_by_id["selection_rate/town=a"].params.since == dt.date(2026, 1, 1)
    assert "those since 1 February 2026" in told.sentence["en"]
    assert "celles depuis le 1er février 2026" in told.sentence["fr"].replace("\N{NO-BREAK SPACE}", " ")
    assert verify(home, document) == []
    assert document.accumulated is not None
    assert {each.params.recent for each in document.accumulated.recent or ()} == {3}  # half a year is all that counts


@pytest.mark.costly
def test_recent_months_are_computed_again_and_replayed(changed: tuple[Path, AuditDocument]) -> None:
    home = Workspace(changed[0])
    (found,) = rerun(home, [chosen(home)[-1]], today=dt.date(2026, 12, 1))
    assert (found.ok, found.problems, found.differences) == (True, (), ())
    again = replay(home, load_charter())
    assert (again.windows, list(again.changes)) == (4, [])


def verify(home: Workspace, document: AuditDocument) -> list[str]:
    """What the verifier finds wrong with the verdicts."""
    written, tally = document.written(), Tally()
    charter = json.loads(charter_text(home, written["charter"]["sha256"]) or "")
    Verdicts(written, charter, home.system("offers").model_dump(mode="json")).check("x", tally)
    return tally.problems


def test_how_many_more_decisions_are_those_of_what_was_counted() -> None:
    """Of all months where these are counted; of the month where that is judged alone, as lists and distances are."""
    everybody = {"id": "selection_rate", "metric": "selection_rate", "by": [], "group": None, "given": {}}
    everybody |= {"reason": None, "status": "ok", "value": 0.3, "params": {}}
    month, year = everybody | {"n": 1000}, everybody | {"n": 12_000}
    gap = comparison({"gender": "F"}, estimate=0.9, error=0.1, against="gender=M")
    since = {**gap, "params": {**gap["params"], "since": "2026-01-01", "windows": 12, "correlations": []}}

    def more(*together: dict[str, Any]) -> int | None:
        found = judge(
            load_charter(),
            system(),
            [MeasureInShort.of(each) for each in (month, gap)],
            window_start=dt.date(2026, 12, 1),
            together=[MeasureInShort.of(each) for each in together],
        )
        (asked,) = (each for each in found if each.indicator == "selection_rate_ratio_gender")
        return asked.comparisons[0].more_decisions

    alone = more()
    assert alone is not None
    assert more(year) == alone  # nothing of the comparison itself is put together
    assert (more(year, since) or 0) > 10 * alone


@pytest.mark.costly
def test_groups_declared_otherwise_and_other_days_begin_anew_and_titles_do_not(home: Workspace) -> None:
    def together(**sex: Any) -> Any:
        declare(home, groups={"sex": {"column": "sex", "reference": "M"} | sex, "town": {"column": "town"}})
        return audit(Workspace(home.home), 4, dry_run=True).accumulated

    assert together(title={"fr": "Sexe", "en": "Sex"}) is not None
    assert together(reference="F") is None
    lawful = together(expires="2026-05-01", basis="A decree of 2024")  # nothing is counted of groups without one
    assert {each.by for each in lawful.measures if each.by} == {("town",)}
    april = {"start": dt.date(2026, 4, 1), "end": dt.date(2026, 4, 20), "as_of": AS_OF}
    assert run_audit(home, home.system("offers"), **april, dry_run=True).accumulated is None
