"""The mix of groups over time says what audits have told, and nothing else."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from scipy.spatial.distance import jensenshannon

from boussole.audits.systems import System
from boussole.audits.windows import Window, period_of
from boussole.charter.document import AuditDocument, Comparison, Levels
from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.drift.groups import GroupSizes, mix_measures, series_of, told
from tests.written import audited, sample

SYSTEM = sample(
    {"id": "id", "decided_at": "day", "decision": {"column": "chosen", "selected": [True]}}, ("gender", "age")
)


def measure(by: list[str], group: dict[str, str] | None, n: int | None, *, reason: str | None = None) -> dict[str, Any]:
    status = "ok" if reason is None else "undefined" if reason == "expired" else "suppressed"
    known = {"value": 0.5} if reason is None else {"status": status, "reason": reason}
    return {"id": f"selection_rate/{by}", "metric": "selection_rate", "by": by, "group": group, "n": n, **known}


def document(*measures: dict[str, Any], decisions: int = 1000) -> AuditDocument:
    everybody = {"value": 0.5, "n": decisions}
    return audited(decisions=decisions, measures=[everybody, *measures])


def test_only_shown_groups_of_one_attribute_are_read() -> None:
    found = told(
        document(
            measure(["gender"], {"gender": "F"}, 600),
            measure(["gender"], {"gender": "M"}, 390),
            measure(["gender"], {"gender": "X"}, None, reason="small_group"),
            measure(["gender", "age"], {"gender": "F", "age": "old"}, 100),
            measure(["age"], {"age": "old"}, None, reason="expired"),
        )
    )
    assert found == GroupSizes(decisions=1000, groups={"gender": {"F": 600, "M": 390}}, expired=frozenset({"age"}))


def side(groups: dict[str, int], *, expired: frozenset[str] = frozenset()) -> GroupSizes:
    return GroupSizes(decisions=1000, groups={"gender": groups} if groups else {}, expired=expired)


def mixed(reference: GroupSizes | None, current: GroupSizes | None, system: System = SYSTEM) -> dict[str, Any]:
    found = mix_measures(reference, current, system, design_effect=2.0)
    return {each.metric: each for each in found if each.group == ("gender",)}


def test_hidden_and_unknown_people_are_one_category_that_every_reader_can_compute() -> None:
    found = mixed(side({"F": 600, "M": 390, "X": 10}), side({"F": 500, "M": 480}))
    assert found["psi"].params["categories"] == ["F", "M", "?"]
    assert found["psi"].params["shares"] == [[0.6, 0.39, 0.01], [0.5, 0.48, 0.02]]
    assert found["jensen_shannon"].value == pytest.approx(jensenshannon([0.6, 0.39, 0.01], [0.5, 0.48, 0.02], base=2))
    assert found["psi"].params["test"]["design_effect"] == 2.0
    assert mixed(side({"F": 600, "M": 400}), side({"F": 600, "M": 400}))["psi"].value == 0


@pytest.mark.parametrize(
    ("reference", "current", "reason"),
    [
        (None, side({"F": 500, "M": 500}), "not_audited"),
        (side({"F": 500, "M": 500}), None, "not_audited"),
        (side({"F": 500, "M": 500}), side({"F": 995}), "groups_hidden"),
        (side({"F": 500, "M": 500}), side({}), "groups_hidden"),
        (side({"F": 500, "M": 500}), side({}, expired=frozenset({"gender"})), "expired"),
    ],
)
def test_a_mix_that_cannot_be_compared_says_why(
    reference: GroupSizes | None, current: GroupSizes | None, reason: str
) -> None:
    found = mixed(reference, current)
    assert {name: (each.value, each.reason) for name, each in found.items()} == {"psi": (None, reason)}


def month(k: int, *, suppressed: bool = False) -> AuditDocument:
    """A month in which `k` of 500 women and 250 of 500 men were selected."""
    ratio = {
        "id": "selection_rate_ratio/gender=F",
        "group": {"gender": "F"},
        **({"status": "suppressed", "reason": "small_group"} if suppressed else {"value": k / 250, "n": 1000}),
        "params": {"test": {"kind": "score_ratio", "k": [k, 250], "n": [500, 500]}},
    }
    other = {**ratio, "id": "selection_rate_ratio/gender=X"}  # shown, and no verdict rests on it
    ends = {"low": 0.4, "high": 0.6, "level": 0.95}
    mean = {"id": "mean_score", "value": 0.5, "n": 1000, "interval": ends}
    crossed = {**mean, "id": "mean_score/gender=F,age=old", "group": {"gender": "F", "age": "old"}}
    judged = Comparison(
        measure=str(ratio["id"]),
        against="gender=M",
        verdict=Verdict.KEPT,
        p_breach=None,
        p_watch=1.0,
        p_kept=0.0,
        adjusted=True,
        share=1.0,
        interval=None,
        levels=Levels(watch=0.95, breach=0.8),
        more_decisions=None,
    )
    return audited(measures=[ratio, other, mean, crossed], verdicts=[{"comparisons": [judged.written()]}])


def test_series_are_made_of_audits_of_whole_months_and_of_periods_as_long_as_those() -> None:
    months = {Window(dt.date(2026, at, 1), dt.date(2026, at + 1, 1) - dt.timedelta(days=1)): at for at in (1, 2, 3, 4)}
    documents = {window: month(200 + at, suppressed=at == 2) for window, at in months.items()}
    documents[Window(dt.date(2026, 1, 1), dt.date(2026, 3, 31))] = month(1)  # a quarter is no month
    found = {each.id: each for each in series_of(documents, "month")}
    assert {name: each.scale for name, each in found.items()} == {
        "selection_rate_ratio/gender=F": "ratio",
        "mean_score": "value",
    }
    assert [step.k[0] for step in found["selection_rate_ratio/gender=F"].steps] == [201, 203, 204]
    assert len(found["mean_score"].steps) == 4
    january = Window(dt.date(2026, 1, 1), dt.date(2026, 1, 31))
    assert series_of({january: month(200)}, "month") == []
    quarters = [period_of(dt.date(2026, at, 1), "quarter") for at in (1, 4, 7)]
    documents = {window: month(200 + at) for at, window in enumerate(quarters)} | {january: month(1)}
    steps = {each.id: each for each in series_of(documents, "quarter")}["selection_rate_ratio/gender=F"].steps
    assert [(step.window, step.k[0]) for step in steps] == list(zip(quarters, (200, 201, 202), strict=True))
