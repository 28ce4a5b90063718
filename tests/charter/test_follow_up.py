"""What dates and coverage answer by themselves: questions 1.4 and 1.5, by hand."""

from __future__ import annotations

import datetime as dt

import pytest

from boussole.audits.systems import System
from boussole.charter.judging.follow_up import examined_before_start
from boussole.charter.text.loading import load_charter
from tests.charter.uses import use_of

CHARTER = load_charter()
TODAY = dt.date(2026, 11, 26)
ALL = {"trial": "2025-03-03", "ethics_review": "2025-03-03", "works_council": "2025-02-20"}
DONE = {"done_on": "2025-01-20"}


def system(status="pilot", risk="limited", name="tool", **given):
    return System.model_validate(
        {"id": name, "kind": "declared", "title": {"en": "T"}, "purpose": {"en": "x"}, "owner": "y"}
        | {"status": status, "risk": risk}
        | given
    )


@pytest.mark.parametrize(
    ("given", "verdict", "reason"),
    [
        ({"dates": ALL, "impact_assessment": DONE}, "kept", "examined_first"),
        ({"dates": ALL, "impact_assessment": {"not_required": "no data"}}, "kept", "examined_first"),
        ({"dates": ALL, "impact_assessment": {"done_on": "2025-03-04"}}, "broken", "started_first"),
        ({"dates": {**ALL, "works_council": "2026-01-01"}}, "broken", "started_first"),
        ({"dates": ALL}, "unknown", "dates_missing"),
        ({"dates": {"ethics_review": "2025-01-01"}}, "unknown", "no_start"),
        ({"dates": {"trial": "2027-01-01"}, "status": "design"}, "not_examined", "not_started"),
    ],
)
def test_was_it_examined_before_it_started(given, verdict, reason):
    found = examined_before_start(system(**given), today=TODAY)
    assert (found.verdict, found.reason) == (verdict, reason)


def test_what_came_late_and_what_is_missing_are_named():
    found = examined_before_start(system(dates={**ALL, "ethics_review": "2025-04-01"}), today=TODAY)
    assert found.late == {"ethics_review": dt.date(2025, 4, 1)}
    assert found.missing == ("impact_assessment",)
    dates = {"service": "2025-01-01", "works_council": "2025-01-02"}
    served_first = system("production", dates=dates, impact_assessment=DONE)
    assert examined_before_start(served_first, today=TODAY).start == dt.date(2025, 1, 1)


def use(name, verdict, status="production", risk="high"):
    made = system(status, risk, name, impact_assessment=DONE, fria=DONE)
    return use_of(CHARTER, made, [{"article": "humain", "verdict": verdict}])
