"""The small print states the level a comparison was held to."""

from __future__ import annotations

from dashboard.small_print import judged_threshold


def test_where_selection_is_a_harm_the_level_is_inverted() -> None:
    verdict = {
        "threshold": {"watch": 0.95, "breach": 0.8, "status": "proposed"},
        "comparisons": [{"levels": {"watch": 1.0526, "breach": 1.25}}],
    }
    assert judged_threshold(verdict) == {"watch": 1.0526, "breach": 1.25, "status": "proposed"}


def test_a_difference_is_stated_as_a_magnitude() -> None:
    verdict = {"threshold": {"watch": 0, "breach": 0.1}, "comparisons": [{"levels": {"watch": 0, "breach": -0.1}}]}
    assert judged_threshold(verdict) == {"watch": 0, "breach": 0.1}


def test_without_a_comparison_the_charters_own_level_stands() -> None:
    assert judged_threshold({"threshold": {"watch": 0.1, "breach": None}, "comparisons": []}) == {
        "watch": 0.1,
        "breach": None,
    }
