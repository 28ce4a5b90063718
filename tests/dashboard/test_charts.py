"""Charts place groups, intervals, thresholds and curves where the document says, and are told apart without colour."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest

from boussole.audits.systems import System
from boussole.charter.document import MeasureDocument
from boussole.dashboard.markup.elements import MARKS, word
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.views.charts import drawings
from boussole.dashboard.views.charts.calibration import calibration_chart
from boussole.dashboard.views.charts.charts import svg
from boussole.dashboard.views.charts.groups import GroupRow, group_name
from boussole.dashboard.views.charts.tables import with_others
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.views.system import ArticleSection, system_page
from tests.as_json import curves, drawn_and_not, groups_chart, groups_text, rows
from tests.charter.builders import system
from tests.written import measure as written

Document = dict[str, Any]
FR, EN = speaker("fr"), speaker("en")


def by_label(
    document: Document, by: tuple[str, ...], system: System, metric: str = "selection_rate"
) -> dict[str, GroupRow]:
    return {row.label: row for row in rows(document, by, FR, metric=metric, system=system)}


def test_a_ratio_threshold_is_carried_to_the_scale_of_the_rate(matchft: Document, systems: dict[str, System]) -> None:
    women = by_label(matchft, ("gender",), systems["matchft"])["Femmes"]
    levels = {level.kind: level.at for level in women.levels}
    assert levels["breach"] == pytest.approx(0.8 * 2915 / 10636, abs=1e-5)
    assert levels["watch"] == pytest.approx(0.95 * 2915 / 10636, abs=1e-5)


@pytest.mark.parametrize(("hidden", "en", "fr"), [
    ({}, "Compared with all others", "Comparé à tous les autres"),
    ({"groups_left_out": 1}, "Compared with the other groups shown", "Comparé aux autres groupes affichés"),
])  # fmt: skip
def test_a_column_of_comparisons_with_others_says_whether_they_are_all(
    compas: Document, hidden: Document, en: str, fr: str
) -> None:
    (measure,) = (each for each in compas["measures"] if each["id"] == "selection_rate_ratio/sex=Female")
    told = MeasureDocument.model_validate(measure | {"params": measure["params"] | {"against": "rest"} | hidden})
    assert (with_others([told], EN), with_others([told], FR)) == (en, fr)


def test_a_harmful_ratio_is_inverted_and_others_of_the_attribute_have_their_own_level(
    compas: Document, systems: dict[str, System]
) -> None:
    men = by_label(compas, ("sex",), systems["compas"])["Hommes"]
    breach = [level.at for level in men.levels if level.kind == "breach"]
    assert breach == [pytest.approx(591 / 1395 / 0.8, abs=1e-5)]


def test_the_dashed_line_falls_where_the_axis_says(matchft: Document, systems: dict[str, System]) -> None:
    chart = drawings.draw(groups_chart(matchft, ("gender",), "fr", system=systems["matchft"])).to_dict()
    domain = chart["layer"][0]["encoding"]["x"]["scale"]["domain"]
    expected = drawings.WIDE.plot * (0.8 * 2915 / 10636 - domain[0]) / (domain[1] - domain[0])
    drawing = svg(groups_chart(matchft, ("gender",), "fr", system=systems["matchft"]), "fr")
    dashed = re.search(r'<line transform="translate\(([\d.]+),[\d.]+\)"[^>]*stroke-dasharray="5,4"', drawing)
    assert dashed is not None
    assert float(dashed.group(1)) == pytest.approx(expected, abs=0.6)


def test_a_measure_without_any_value_is_still_drawn_and_said(matchft: Document, systems: dict[str, System]) -> None:
    arguments: dict[str, Any] = {"metric": "true_positive_rate", "system": systems["matchft"]}
    assert "pas de chiffre" in svg(groups_chart(matchft, ("gender",), "fr", **arguments), "fr")
    assert groups_text(matchft, ("gender",), "en", **arguments).startswith("Women: no figure")


@pytest.mark.parametrize(("low", "high"), [(0.198, 0.281), (0.0, 1.0), (0.0, 0.0), (0.5, 0.5001), (0, 12.0)])
def test_ticks_are_few_and_cover_the_values(low: float, high: float) -> None:
    found = drawings.ticks(low, high)
    assert found[0] <= low + 1e-9
    assert found[-1] >= high - 1e-9
    assert 2 <= len(found) <= 8


@pytest.mark.parametrize("layout", [drawings.WIDE, drawings.NARROW])
def test_a_bar_ends_where_its_interval_does_and_no_line_crosses_a_name(layout: drawings.DotLayout) -> None:
    dot = drawings.Dot(label="Femmes", value=0.7, low=0.6, high=0.8, text="70", note="", verdict="watch")
    line = drawings.ThresholdLine(at=0.8, label="", first=0, last=1, broken=True)
    shown = drawings.DotRows(dots=[dot, dot], lines=[line], percent=False, bounds=(0.0, 1.0), layout=layout)
    chart = drawings.draw(shown).to_dict()
    rule, bar, *_ = chart["layer"]
    assert "strokeCap" not in bar["mark"]
    reaches = [(each["y"], each["y2"]) for each in chart["datasets"][rule["data"]["name"]]]
    if layout.narrow:
        names = [row + layout.dot - 0.46 for row in (0, 1)]
        assert not [name for name in names for top, end in reaches if top <= name + 0.15 and name - 0.15 <= end]
    else:
        assert reaches == [(0, 2)]


def test_the_narrow_drawing_says_the_same_in_the_width_of_a_page_at_400_percent(
    matchft: Document, systems: dict[str, System]
) -> None:
    wide, narrow = (
        svg(groups_chart(matchft, ("gender",), "fr", system=systems["matchft"], layout=layout), "fr")
        for layout in (drawings.WIDE, drawings.NARROW)
    )
    texts = [sorted(re.findall(r"<text[^>]*>([^<]*[A-Za-z][^<]*)</text>", drawing)) for drawing in (wide, narrow)]
    assert texts[0] == texts[1]
    width = re.search(r'<svg[^>]* width="(\d+)"', narrow)
    assert width is not None
    assert int(width.group(1)) <= 250


def test_a_group_of_two_attributes_has_the_name_that_sentences_give_it():
    """Tables and charts said "Women, people of 50 and over" beside sentences that said "women of 50 and over"."""
    named = {
        "gender": {"column": "g", "values": {"F": {"en": "women", "fr": "femmes"}}},
        "age": {"column": "a", "values": {"50+": {"en": "people of 50 and over", "fr": "personnes de 50 ans et plus"}}},
    }
    both = {"gender": "F", "age": "50+"}
    for lang, name in (("en", "Women of 50 and over"), ("fr", "Femmes de 50 ans et plus")):
        assert group_name(both, speaker(lang), system=system(groups=named)) == name
    half = {"gender": named["gender"], "age": {"column": "a"}}
    assert group_name(both, speaker("en"), system=system(groups=half)).startswith("Women, ")
    french = {**named, "age": {"column": "a", "values": {"50+": {"fr": "personnes de 50 ans et plus"}}}}
    mixed = group_name(both, speaker("en"), system=system(groups=french))
    assert mixed == "Women, personnes de 50 ans et plus"
    assert ("personnes de 50 ans et plus", "fr") in mixed.passages


ARTICLES = {"a": "Purpose", "b": "People & work", "c": "Fairness and non-discrimination"}
SVG = "{http://www.w3.org/2000/svg}"


def drawn(rings: list[drawings.SystemRing], needle: str | None = None) -> ET.Element:
    return ET.fromstring(drawings.rose_svg(ARTICLES, rings, "en", needle=needle))  # noqa: S314 (our own drawing)


def test_one_segment_per_article_and_system_unknown_ones_hatched() -> None:
    tree = drawn(
        [
            drawings.SystemRing(title="X", verdicts={"a": "kept", "b": "unknown"}),
            drawings.SystemRing(title="Y", verdicts={"c": "broken"}),
        ]
    )
    fills = [path.get("fill") for path in tree.iter(f"{SVG}path") if path.get("stroke")]
    assert len(fills) == 6
    assert fills.count("#e2e0ee") == 1
    assert [path.get("fill") for path in tree.iter(f"{SVG}path")].count("url(#hatch)") == 1


def test_beyond_five_systems_there_is_one_ring_of_the_worst_verdicts() -> None:
    rings = [
        drawings.SystemRing(title=f"S{i}", verdicts={"a": "kept", "b": "kept"}) for i in range(drawings.MOST_RINGS)
    ]
    rings.append(drawings.SystemRing(title="S6", verdicts={"a": "kept", "b": "broken"}))
    assert drawings.rose_text(ARTICLES, rings, "en").startswith(
        "Purpose: Worst of 6 systems kept. People & work: Worst of 6"
    )
    assert len([path for path in drawn(rings).iter(f"{SVG}path") if path.get("stroke")]) == 3


def test_data_in_names_stays_text() -> None:
    svg = drawings.rose_svg({"a": "<script>x</script>"}, [drawings.SystemRing(title='"><b>', verdicts={})], "fr")
    assert "<script" not in svg
    assert "<b>" not in svg


def test_no_two_verdicts_share_a_shape_or_a_word() -> None:
    assert len({mark.shape for mark in MARKS.values()}) == len(MARKS)
    for lang in ("fr", "en"):
        assert len({word(verdict, speaker(lang)) for verdict in MARKS}) == len(MARKS)


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


def with_curves(scene: Scene) -> list[ArticleSection]:
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
    with_curves = spec["datasets"][spec["data"]["name"]]
    wanted = [(place, *each[2:4]) for place, sex in enumerate("FM") for each in BANDS[sex]]
    assert [(each["place"], each["announced"], each["observed"]) for each in with_curves] == wanted
    assert all(each["low"] < each["observed"] <= each["high"] for each in with_curves)
    dashes = next(layer for layer in spec["spec"]["layer"] if layer["mark"].get("strokeDash"))
    assert all(each["announced"] == each["observed"] for each in spec["datasets"][dashes["data"]["name"]])
    scales = {str(layer["encoding"][axis]["scale"]) for layer in spec["spec"]["layer"][1:] for axis in "xy"}
    assert scales == {"{'domain': [0.0, 1.0], 'nice': False, 'zero': False}"}
    assert spec["spec"]["width"] == spec["spec"]["height"]
