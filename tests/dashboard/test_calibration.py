"""What a score announces against what happened: drawn where the document has a curve, in its place, and said."""

from __future__ import annotations

from typing import Any

import pytest

from boussole.dashboard.markup.words import speaker
from boussole.dashboard.views.charts.calibration import calibration_chart
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.views.system import ArticleSection, system_page
from tests.as_json import curves, drawn_and_not
from tests.written import measure as written

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
    reason = "not_mature" if value is None else None
    return written(id=f"{metric}/{name}", group=group, value=value, reason=reason, n=100, params=params)


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


@pytest.mark.parametrize("narrow", [False, True])
def test_squares_have_one_scale_and_every_band_its_point(scored: Document, narrow: bool) -> None:
    """Where a score announces what happens a point is on the dashes: women's are above, men's below."""
    shown = curves(scored, ("gender",), EN, system=None)
    spec = calibration_chart(shown, "en", narrow=narrow).to_dict(validate=False)
    drawn = spec["datasets"][spec["data"]["name"]]
    wanted = [(place, *each[2:4]) for place, sex in enumerate("FM") for each in BANDS[sex]]
    assert [(each["place"], each["announced"], each["observed"]) for each in drawn] == wanted
    assert all(each["low"] < each["observed"] <= each["high"] for each in drawn)
    dashes = next(layer for layer in spec["spec"]["layer"] if layer["mark"].get("strokeDash"))
    assert all(each["announced"] == each["observed"] for each in spec["datasets"][dashes["data"]["name"]])
    scales = {str(layer["encoding"][axis]["scale"]) for layer in spec["spec"]["layer"][1:] for axis in "xy"}
    assert scales == {"{'domain': [0.0, 1.0], 'nice': False, 'zero': False}"}
    assert spec["spec"]["width"] == spec["spec"]["height"]
