"""What a score announces against what happened: drawn where the document has a curve, in its place, and said."""

from __future__ import annotations

from typing import Any

import pytest

from boussole.dashboard.markup.words import speaker
from boussole.dashboard.views.charts.calibration import (
    CalibrationCurve,
    calibration_chart,
)
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.views.system import ArticleSection, system_page
from tests.as_json import curves, drawn_and_not

Document = dict[str, Any]
FR, EN = speaker("fr"), speaker("en")
BANDS = {
    "F": [(0.0, 0.5, 0.25, 0.5, 40), (0.5, 1.0, 0.75, 1.0, 60)],
    "M": [(0.0, 0.5, 0.3, 0.2, 50), (0.5, 1.0, 0.8, 0.6, 50)],
}


def band(low: float, high: float, announced: float, observed: float, n: int) -> Document:
    ends = {"low": observed - 0.1, "high": min(1.0, observed + 0.1), "method": "wilson"}
    return {"low": low, "high": high, "mean_score": announced, "observed_rate": observed, "n": n, "interval": ends}


def measure(metric: str, group: dict[str, str], value: float | None, **params: Any) -> Document:
    name = ",".join(f"{key}={each}" for key, each in group.items())
    status = "undefined" if value is None else "ok"
    return {
        "id": f"{metric}/{name}",
        "metric": metric,
        "by": list(group),
        "group": group,
        "given": {},
        "value": value,
        "status": status,
        "reason": None if value is not None else "not_mature",
        "n": 100,
        "clusters": None,
        "interval": None,
        "params": params,
    }


@pytest.fixture
def scored(matchft: Document) -> Document:
    """The document with scores: curves by sex, none by age."""
    for sex, gap in (("F", -0.212), ("M", 0.15)):
        group = {"gender": sex}
        curve = [band(*each) for each in BANDS[sex]]
        matchft["measures"].append(measure("calibration_error", group, 0.2, bins=10, curve=curve))
        matchft["measures"].append(measure("calibration_in_the_large", group, gap))
    matchft["measures"] += [measure("calibration_error", {"age": age}, 0.1, bins=10) for age in ("<25", "50+")]
    return matchft


def drawn(scene: Scene) -> list[ArticleSection]:
    return [section for section in system_page(scene, "matchft", FR).sections if section.calibrations]


def test_what_has_no_value_has_no_drawing_and_is_not_said_to_be_protected(scored: Document) -> None:
    scored["measures"].append(measure("calibration_error", {"qpv": "yes"}, None))
    scored["measures"].append(measure("calibration_error", {"gender": "F", "age": "50+"}, 0.1, bins=10))
    assert drawn_and_not(scored) == ([("gender",)], [("age",)])


def places(shown: list[CalibrationCurve], *, narrow: bool) -> tuple[dict[str, list[Document]], int, int]:
    """The marks of a drawing by their kind, its width and its height."""
    spec = calibration_chart(shown, "en", narrow=narrow).to_dict(validate=False)
    marks: dict[str, list[Document]] = {}
    for layer in spec["layer"]:
        kind = layer["mark"]["type"] + ("-dash" if layer["mark"].get("strokeDash") else "")
        marks.setdefault(kind, []).extend(spec["datasets"][layer["data"]["name"]])
    return marks, spec["width"], spec["height"]


@pytest.mark.parametrize("narrow", [False, True])
def test_points_stand_where_they_should_in_squares_of_one_scale(scored: Document, narrow: bool) -> None:
    """Where a score announces what happens a point is on the dashes: women's are above, men's below."""
    shown = curves(scored, ("gender",), EN, system=None)
    marks, width, height = places(shown, narrow=narrow)
    squares = marks["rule-dash"]
    assert len(squares) == 2
    for place, square in enumerate(squares):
        side = square["x2"] - square["x"]
        assert square["y"] - square["y2"] == side == squares[0]["x2"] - squares[0]["x"]
        points = [mark for mark in marks["point"] if mark["group"] == place]
        for point, (_, _, announced, observed, _) in zip(points, BANDS["FM"[place]], strict=True):
            assert point["x"] == pytest.approx(square["x"] + announced * side)
            assert point["y"] == pytest.approx(square["y"] - observed * side)
    every = [mark for each in marks.values() for mark in each]
    assert all(0 <= mark["x"] <= width and 0 <= mark["y"] <= height for mark in every)
    assert squares[0]["x2"] < squares[1]["x"] < squares[1]["x2"] < width
