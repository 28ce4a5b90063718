"""How often agents decide otherwise, month by month: what fell is said to have fallen, and nothing else is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from boussole.audits.metrics.human import OVERRIDE_RATE
from boussole.audits.windows import Window
from boussole.charter.document import AuditDocument, VerdictDocument
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.views.answers.course import SystemPast
from boussole.dashboard.views.answers.trends import trend_of_all
from boussole.dashboard.views.scene import Scene
from tests.as_json import documents, written
from tests.written import measure as as_sealed

EN, FR = speaker("en"), speaker("fr")
MATCHFT = "matchft"
MONTHS = [Window(dt.date(2026, at, 1), dt.date(2026, at + 1, 1) - dt.timedelta(days=1)) for at in (6, 7, 8, 9)]


def figure(metric: str, value: float, *, by: str = "", group: str = "", half: float = 0.02, **params: Any) -> Any:
    return as_sealed(
        id=f"{metric}/{by}={group}",
        metric=metric,
        by=[by] if by else [],
        group={by: group} if by else None,
        value=value,
        n=1000,
        interval={"low": max(value - half, 0.0), "high": value + half},
        params=params,
    )


def month(document: AuditDocument, *figures: Any) -> AuditDocument:
    given = written({MATCHFT: document})[MATCHFT]
    given["measures"] = [each for each in given["measures"] if not each["metric"].startswith("override_rate")]
    given["measures"] += figures
    return documents({MATCHFT: given})[MATCHFT]


def past(scene: Scene, values: Mapping[str, Sequence[float | None]], **params: Any) -> SystemPast:
    """Four months of shares of everybody; None: not told."""
    audits = {}
    for at, window in enumerate(MONTHS):
        told = [
            figure(OVERRIDE_RATE, value, **params) for course in values.values() if (value := course[at]) is not None
        ]
        audits[window] = month(scene.latest[MATCHFT], *told)
    return SystemPast(audits=audits)


@pytest.fixture
def verdict(scene: Scene) -> VerdictDocument:
    return scene.latest[MATCHFT].verdicts[0].model_copy(update={"metric": OVERRIDE_RATE})


def test_a_fall_is_told_and_what_chance_explains_is_not(scene: Scene, verdict: VerdictDocument) -> None:
    fell = trend_of_all(past(scene, {"all": (0.2, 0.16, 0.12, 0.08)}), verdict, EN)
    assert fell == (
        "Over these 4 periods it fell, more than chance explains: by 4.0 in 100 a month (very probably between 3.1 "
        "and 4.9). No verdict rests on a trend."
    )
    assert "a baissé plus que le hasard ne l’explique" in trend_of_all(
        past(scene, {"all": (0.2, 0.16, 0.12, 0.08)}), verdict, FR
    )
    assert "it rose, more than" in trend_of_all(past(scene, {"all": (0.08, 0.1, 0.14, 0.2)}), verdict, EN)
    assert "chance alone could explain" in trend_of_all(past(scene, {"all": (0.1, 0.11, 0.1, 0.11)}), verdict, EN)
    assert trend_of_all(past(scene, {"all": (0.2, 0.1, None, None)}), verdict, EN).startswith("A trend takes three")
    other = verdict.model_copy(update={"metric": "hasty_review_share"})
    assert trend_of_all(past(scene, {"all": (0.2, 0.16, 0.12, 0.08)}), other, EN) == ""


def test_months_that_a_quarter_counts_too_are_counted_once(scene: Scene, verdict: VerdictDocument) -> None:
    given = past(scene, {"all": (0.2, 0.16, 0.12, 0.08)})
    quarter = Window(dt.date(2026, 7, 1), dt.date(2026, 9, 30))
    both = SystemPast(audits={**given.audits, quarter: given.audits[MONTHS[3]]})
    assert trend_of_all(both, verdict, EN) == trend_of_all(given, verdict, EN)


def test_figures_that_count_earlier_months_too_show_no_trend(scene: Scene, verdict: VerdictDocument) -> None:
    given = past(scene, {"all": (0.2, 0.16, 0.12, 0.08)}, since="2026-06-01")
    assert trend_of_all(given, verdict, EN).startswith("A trend takes three periods")
