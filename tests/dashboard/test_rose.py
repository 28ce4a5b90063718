"""The rose says the same as its table, in drawing and in words."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from boussole.dashboard.views.charts.drawings import MOST_RINGS, SystemRing, rose_svg, rose_text

ARTICLES = {"a": "Purpose", "b": "People & work", "c": "Fairness and non-discrimination"}
SVG = "{http://www.w3.org/2000/svg}"


def drawn(rings: list[SystemRing], needle: str | None = None) -> ET.Element:
    return ET.fromstring(rose_svg(ARTICLES, rings, "en", needle=needle))  # noqa: S314 (our own drawing)


def test_one_segment_per_article_and_system_unknown_ones_hatched() -> None:
    tree = drawn(
        [SystemRing(title="X", verdicts={"a": "kept", "b": "unknown"}), SystemRing(title="Y", verdicts={"c": "broken"})]
    )
    fills = [path.get("fill") for path in tree.iter(f"{SVG}path") if path.get("stroke")]
    assert len(fills) == 6
    assert fills.count("#e2e0ee") == 1
    assert [path.get("fill") for path in tree.iter(f"{SVG}path")].count("url(#hatch)") == 1


def test_beyond_five_systems_there_is_one_ring_of_the_worst_verdicts() -> None:
    rings = [SystemRing(title=f"S{i}", verdicts={"a": "kept", "b": "kept"}) for i in range(MOST_RINGS)]
    rings.append(SystemRing(title="S6", verdicts={"a": "kept", "b": "broken"}))
    assert rose_text(ARTICLES, rings, "en").startswith("Purpose: Worst of 6 systems kept. People & work: Worst of 6")
    assert len([path for path in drawn(rings).iter(f"{SVG}path") if path.get("stroke")]) == 3


def test_data_in_names_stays_text() -> None:
    svg = rose_svg({"a": "<script>x</script>"}, [SystemRing(title='"><b>', verdicts={})], "fr")
    assert "<script" not in svg
    assert "<b>" not in svg
