"""No mark contradicts the line beside it: every chart of the demo's audits."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from boussole.audits.workspace import Workspace
from boussole.charter.document import AuditDocument, VerdictDocument
from boussole.charter.records import audits_of
from boussole.dashboard.markup.elements import word
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.fairness.picture import drawing, groups, judged_by
from boussole.dashboard.views.charts.charts import drift_chart, groups_chart, groups_text
from boussole.dashboard.views.charts.drawings import Dot, DotRows
from boussole.dashboard.views.charts.groups import compared, is_drift
from boussole.dashboard.views.fields import PROFILES, RAW, attributes_of, comparison, kinds_of, stages_of
from tests.marks import mark_of, turned

EN = speaker("en")
pytestmark = pytest.mark.costly


@pytest.fixture(scope="module")
def workspace(demo_home: Path) -> Workspace:
    return Workspace(demo_home)


@pytest.fixture(scope="module")
def now(workspace: Workspace) -> list[AuditDocument]:
    """Audits of decisions, as pages show them."""
    return audits_of(workspace, "matchft")


def charts(document: AuditDocument, workspace: Workspace) -> Iterator[tuple[VerdictDocument, DotRows]]:
    """Every drawing of a judged question on the pages of systems and articles, and in reports."""
    system = workspace.system(document.system)
    for verdict in document.verdicts:
        if is_drift(verdict):
            yield verdict, drift_chart(document, "en", verdict=verdict, system=system)
        elif (found := compared(document, verdict)) is not None:
            yield verdict, groups_chart(document, found[1], "en", metric=found[0], system=system)


def explored(document: AuditDocument, workspace: Workspace) -> Iterator[tuple[VerdictDocument, DotRows]]:
    """Every drawing of the explorer that a verdict rests on; a level held there is the charter's watch level."""
    system = workspace.system(document.system)
    for kind in kinds_of(document):
        for by in attributes_of(document, kind):
            for control in (RAW, PROFILES):
                for stage in stages_of(document, kind) or [""]:
                    verdict = judged_by(document, comparison(kind, control), by)
                    if verdict is None:
                        continue
                    found = groups(document, kind, by, EN, stage=stage, control=control, system=system)
                    yield verdict, drawing(found, kind, EN, control=control, minimum=11)


def levels_of(rows: DotRows, place: int) -> dict[str, float]:
    """The lines that run through a row."""
    return {"breach" if line.broken else "watch": line.at for line in rows.lines if line.first <= place <= line.last}


def seen(dot: Dot, levels: dict[str, float], *, above: bool) -> str:
    """What a reader must conclude of a row."""
    assert dot.value is not None
    if "breach" in levels:
        return mark_of(dot.value, (dot.low, dot.high), watch=levels["watch"], breach=levels["breach"])
    if above:
        return turned(dot.value, (dot.low, dot.high), watch=levels["watch"])
    return mark_of(dot.value, (dot.low, dot.high), watch=levels["watch"], breach=None)


def walked(document: AuditDocument, workspace: Workspace) -> Counter[str]:
    """How many marks of each kind were held to their lines."""
    measures, marks = {measure.id: measure for measure in document.measures}, Counter[str]()
    for verdict, rows in charts(document, workspace):
        sides = {measures[each.measure].params.bad_side for each in verdict.comparisons}
        for place, dot in enumerate(rows.dots):
            if dot.value is None or dot.verdict is None:
                continue
            levels = levels_of(rows, place)
            if not levels:  # a rate beside a ratio that no line can be drawn for: no bar either, that could contradict
                assert (dot.low, dot.high) == (None, None), dot
                continue
            must = seen(dot, levels, above=sides == {"above"})
            assert dot.verdict == must, (verdict.indicator, dot, levels)
            marks[dot.verdict] += 1
    return marks


def test_every_mark_follows_from_its_bar(workspace: Workspace, now: list[AuditDocument]) -> None:
    marks = sum((walked(document, workspace) for document in now), Counter[str]())
    assert marks.total() > 67 * len(now)
    assert {"watch", "unknown", "kept"} <= marks.keys()


def test_the_explorer_draws_the_same_bars_and_marks(workspace: Workspace, now: list[AuditDocument]) -> None:
    """A group is marked and barred there as on the page of its system."""
    same = 0
    for document in now:
        drawn = {
            (verdict.indicator, dot.label): dot for verdict, rows in charts(document, workspace) for dot in rows.dots
        }
        for verdict, rows in explored(document, workspace):
            for dot in rows.dots:
                other = drawn.get((verdict.indicator, dot.label))
                if other is None or other.value is None or dot.verdict is None:
                    continue
                assert (dot.verdict, dot.low, dot.high) == (other.verdict, other.low, other.high), dot
                same += 1
    assert same > 17 * len(now)


def test_the_sentence_beside_tells_the_same_interval(workspace: Workspace, now: list[AuditDocument]) -> None:
    """The words under a drawing end where its bar ends, and name its mark."""
    for document in now:
        system = workspace.system(document.system)
        for verdict, rows in charts(document, workspace):
            found = compared(document, verdict)
            if is_drift(verdict) or found is None:
                continue
            text = groups_text(document, found[1], "en", metric=found[0], system=system)
            for dot in rows.dots:
                if dot.value is None or dot.verdict is None or dot.low is None:
                    continue
                told = re.search(rf"{re.escape(dot.label)}: (.*?)(?<!\d)\. ", f"{text} ")
                assert told is not None, dot
                assert word(dot.verdict, EN).lower() in told[1]
