"""Selection among comparable profiles: judged beside the raw figure, and told where the two disagree."""

from __future__ import annotations

from typing import Any

import pytest

from tests.audits.metrics.measuring import Row, adjusted, width
from tests.audits.there import there

JUDGED = "adjusted_selection_rate_ratio"


def rows(*cells: tuple[str, str, int, int]) -> list[Row]:
    """Group, stratum, selected, not selected."""
    return [{"g": g, "s": s, "d": d, "n": n} for g, s, *numbers in cells for d, n in ((1, numbers[0]), (0, numbers[1]))]


APPLY_ELSEWHERE = rows(
    ("M", "easy", 6000, 4000), ("M", "hard", 200, 800), ("F", "easy", 650, 350), ("F", "hard", 2500, 7500)
)
"""Women are selected more often in both jobs and less often over both."""


def test_simpsons_paradox_is_told_on_both_figures() -> None:
    found = adjusted(APPLY_ELSEWHERE)
    raw, like = found["selection_rate_ratio/g=F"], found[f"{JUDGED}/g=F"]
    assert there(raw.value) < 0.6
    assert there(like.value) > 1
    assert raw.params["picture"] == like.params["picture"] == "reversed"
    assert (like.params["strata"], like.params["strata_above"], like.params["covered"]) == (2, 2, 1.0)


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ((("M", "a", 300, 300), ("M", "b", 10, 90), ("F", "a", 50, 50), ("F", "b", 60, 540)), "explained"),
        ((("M", "a", 300, 300), ("M", "b", 10, 90), ("F", "a", 53, 47), ("F", "b", 63, 537)), "leans"),
        ((("M", "a", 300, 300), ("M", "b", 10, 90), ("F", "a", 350, 650), ("F", "b", 5, 95)), "agrees"),
        ((("M", "a", 30, 70), ("M", "b", 400, 100), ("F", "a", 100, 500), ("F", "b", 500, 150)), "agrees"),
        ((("M", "a", 120, 280), ("M", "b", 160, 40), ("F", "a", 40, 160), ("F", "b", 236, 164)), "appears"),
    ],
)
def test_what_comparing_like_with_like_shows(cells: tuple[Any, ...], told: str) -> None:
    assert adjusted(rows(*cells))[f"{JUDGED}/g=F"].params["picture"] == told


def test_only_strata_that_hold_both_groups_count() -> None:
    shared = rows(("M", "a", 30, 70), ("F", "a", 20, 80))
    found = adjusted([*shared, *rows(("M", "b", 90, 10), ("F", "c", 1, 99))])[f"{JUDGED}/g=F"]
    assert found.value == pytest.approx(20 / 30)
    assert found.n == found.params["decisions"] == 200
    assert found.params["covered"] == 0.5


def test_a_handful_with_a_counterpart_is_hidden() -> None:
    """One woman and one man in the same job: their ratio would say what was decided about each."""
    apart = rows(("M", "a", 30, 70), ("F", "b", 20, 80))
    found = adjusted([*apart, *rows(("F", "a", 1, 0))])
    hidden = found[f"{JUDGED}/g=F"]
    assert (hidden.status, hidden.reason, hidden.n) == ("suppressed", "small_group", None)
    assert found["selection_rate_ratio/g=F"].status == "ok"
    enough = adjusted([*apart, *rows(("F", "a", 4, 7))])
    assert enough[f"{JUDGED}/g=F"].status == "ok"


def test_a_handful_of_people_with_a_counterpart_is_hidden_too() -> None:
    cells = [
        {"g": g, "s": s, "d": d, "n": 10, "bucket": bucket}
        for g, s, people in (("M", "a", 40), ("F", "b", 40), ("F", "a", 2))
        for bucket in range(people)
        for d in (0, 1)
    ]
    found = adjusted(cells, person=True)[f"{JUDGED}/g=F"]
    assert (found.status, found.reason) == ("suppressed", "small_group")


def test_without_a_common_stratum_there_is_no_value() -> None:
    found = adjusted(rows(("M", "a", 30, 70), ("F", "b", 20, 80)))
    assert (found[f"{JUDGED}/g=F"].status, found[f"{JUDGED}/g=F"].reason) == ("undefined", "no_common_stratum")
    assert found["selection_rate_ratio/g=F"].status == "ok"


def test_a_hidden_group_stays_hidden() -> None:
    cells = rows(("M", "a", 300, 300), ("F", "a", 300, 300), ("X", "a", 3, 4), ("X", "b", 1, 0), ("F", "b", 40, 40))
    found = adjusted(cells)[f"{JUDGED}/g=X"]
    assert (found.status, found.value) == ("suppressed", None)


def test_people_who_come_back_widen_the_interval() -> None:
    """The same counts from 40 people each, whose rows agree, tell far less than from independent rows."""
    people = [
        {"g": g, "s": s, "d": int(person < chosen), "n": 25, "bucket": (7 * person) % 40}
        for g, chosen in (("M", 20), ("F", 16))
        for s in ("a", "b")
        for person in range(40)
    ]
    alone, together = (adjusted(people, person=person)[f"{JUDGED}/g=F"] for person in (False, True))
    assert alone.value == together.value == pytest.approx(0.8)
    assert together.clusters == 40
    assert width(together) > 3 * width(alone)
