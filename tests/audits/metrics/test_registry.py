"""The registry: complete, unique, and helpful about names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from boussole.audits.counts.rare import ReferenceCells
from boussole.audits.counts.read import REPLIED, SHARES, cells_from_counts
from boussole.audits.cubes.values import Histogram
from boussole.audits.drift.by_group import group_drift_measures
from boussole.audits.drift.distances import missing_measure, ordered_measures
from boussole.audits.drift.meaning import meaning_measures
from boussole.audits.drift.measures import drift_measures
from boussole.audits.measures import Measure
from boussole.audits.metric_registry import REGISTRY, MetricError, Registry
from boussole.audits.metrics.accounts import account_measures
from boussole.audits.metrics.calls import call_measures, calls_of
from boussole.audits.metrics.cases import use_measures
from boussole.audits.metrics.components import component_measures
from boussole.audits.metrics.footprint import footprint_measures
from boussole.audits.metrics.human import review_measures
from boussole.audits.metrics.marking import marking_measures
from boussole.audits.metrics.measure import measured_cells
from boussole.audits.metrics.notices import notice_measures
from boussole.audits.metrics.replies import Counting, reply_measures
from boussole.audits.metrics.reworked import reworked_measures
from boussole.audits.metrics.search_controls import control_measures
from boussole.audits.metrics.shares import PART_OF_MONTH, SIDES
from boussole.audits.metrics.texts import text_measures
from boussole.audits.standing import WindowStanding
from boussole.audits.systems.loading import load_system
from boussole.audits.systems.logs.calls import CALLS
from boussole.audits.systems.logs.contacts import FIRST, LACKING, LATE, STOPPED, UNTOLD, Contacts
from boussole.audits.systems.model import System
from boussole.experiments import demo
from tests.audits import funnels
from tests.audits.equity.test_forgotten import TIMES
from tests.audits.equity.test_forgotten import measures as forgotten
from tests.audits.finality.test_panels import given
from tests.audits.finality.test_panels import measured as of_agencies
from tests.audits.freedom.test_shares import SYSTEM, rows
from tests.audits.freedom.test_shares import measured as messages
from tests.audits.human.test_corrections import gap_rows, rows_of
from tests.audits.human.test_corrections import measured as corrections


def test_duplicates_raise_across_families() -> None:
    registry = Registry(REGISTRY.all())
    with pytest.raises(MetricError, match="registered twice"):
        registry.register(REGISTRY.metric("psi"))


def test_unknown_names_are_met_with_the_nearest() -> None:
    with pytest.raises(MetricError, match="impact_ratio"):
        REGISTRY.metric("impact_ration")


def test_every_field_says_something() -> None:
    for metric in REGISTRY.all():
        assert all((metric.formula, metric.range, metric.undefined, metric.source)), metric.name


ROWS = [{"g": g, "d": d, "y": y, "s": 0.5, "n": 20} for g in "ab" for d in (0, 1) for y in (0, 1)]


@pytest.fixture
def of_scores(
    make_system: Callable[..., Any],
    measured: Callable[..., Any],
    measured_scores: Callable[..., Any],
    tables_of: Callable[..., Any],
    by_score: Callable[..., Any],
) -> set[str]:
    """What is measured of decisions with scores, and of their drift by group."""
    system = make_system({"g": None}, score=(0, 1))
    tables = tables_of(ROWS, system)
    scores = [by_score(ROWS, cells, (0, 1)) for cells in tables]
    seen, standing = measured_cells(tables, system=system, scores=scores, reference=scores), WindowStanding()
    moved = group_drift_measures(
        seen.views, seen.scored, ReferenceCells(cells=tables), seen.earlier, system=system, standing=standing
    )
    names = {m.metric for m in measured_scores(ROWS, system, earlier=ROWS).values()}
    names |= {m.metric for m in measured(ROWS, system).values()}
    return names | {m.metric for m in moved}


def of_replies(system: System) -> list[Measure]:
    """Of two groups and two sides, some of each."""
    found = [
        {"by": by, "value1": value, "part": LATE, "bucket": 1, "decision": case, "n": 50, "stratum": ""}
        for by, values in (("", [None]), ("g", ["F", "M"]))
        for value in values
        for case in (0, 1)
    ]
    found += [
        {"by": side, "part": part, "bucket": 1, "decision": case, "n": 50, "stratum": ""}
        for metric, (part, *sides) in SIDES.items()
        for side in sides
        for case in (0, 1)
    ]
    counting = Counting(cells=cells_from_counts)
    read = pa.Table.from_pylist(found, REPLIED)
    return reply_measures(read, system, standing=WindowStanding(), counting=counting)


def of_the_demo() -> list[Measure]:
    """Of uses, controls, texts and calls, as the two systems of the demo declare them; no month is whole."""
    unread = rows(**{PART_OF_MONTH: [(0, 0, 1)]})
    found: list[Measure] = []
    for name in ("matchft", "chatft"):
        system = load_system(Path(demo.__file__).parent / "systems" / f"{name}.yaml")
        measures = [use_measures] if system.usage is not None else []
        measures += [control_measures] if system.search_controls is not None else []
        measures += [text_measures, marking_measures, reworked_measures, call_measures, footprint_measures]
        found += [each for of in measures for each in of(unread, system)]
        calls = pa.Table.from_pylist([{"part": calls_of(system).part(CALLS), "window": "2026-09", "n": 20}], SHARES)
        found += component_measures(calls, system)
    return found


def of_cases() -> list[Measure]:
    """Of first messages and accounts."""
    contacts = Contacts.model_validate(
        {
            "person": "who",
            "at": "sent",
            "kind": "kind",
            "template": "from",
            "notices": {"A1": {"approved_on": "2026-01-05"}},
        }
    )
    first = rows(**{contacts.part(part): [(0, 0, 50)] for part in (FIRST, UNTOLD, LACKING)})
    unread = rows(**{PART_OF_MONTH: [(0, 0, 1)]})
    noticed = notice_measures(first, SYSTEM.model_copy(update={"contacts": contacts}))
    return [*noticed, *account_measures(unread, SYSTEM)]


@pytest.mark.costly
def test_all_that_is_measured_is_registered_and_all_registered_is_measured(
    of_scores: set[str],
    adjusted: Callable[..., Any],
    in_lists: Callable[..., Any],
    measured_lists: Callable[..., Any],
    make_system: Callable[..., Any],
) -> None:
    names = set(of_scores)
    names |= {m.metric for m in adjusted([{"g": g, "s": "x", "d": d, "n": 20} for g in "FM" for d in (0, 1)]).values()}
    names |= {m.metric for m in measured_lists([[(1, "F"), (2, "M")]], in_lists()).values()}
    names |= {m.metric for m in funnels.measures(funnels.funnel(controls=True), funnels.people(funnels.LARGE)).values()}
    moved = Histogram("x", (0.0,), (1, 2, 0), (2, 1, 0))
    names |= {m.metric for m in drift_measures([moved])} | {missing_measure("x", n=9, missing=1, fewest=1).metric}
    names |= {m.metric for m in ordered_measures(moved)}
    of_messages = {"hours": [(0, 0, 2000)], "timed": [(0, 0, 2000)], "often": [(0, 0, 500)], STOPPED: [(0, 0, 50)]}
    names |= set(messages(rows(**of_messages)))
    names |= {m.metric for m in [*of_cases(), *of_the_demo()]}
    names |= {m.metric for m in of_replies(make_system({"g": None}))}
    names |= {m.metric for m in forgotten(TIMES).values()} | {m.metric for m in of_agencies(given())}
    names |= {m.metric for m in review_measures(SHARES.empty_table(), SYSTEM)}
    names |= set(corrections([*rows_of({}, {}), *gap_rows({"F": [[12, 0], [2, 6]], "M": [[8, 2], [0, 10]]})]))
    alike = np.ones((101, 1, 2, 3), dtype=np.int64)
    names |= {m.metric for m in meaning_measures(alike, alike, clustered=False, fewest=1)}
    assert names == {metric.name for metric in REGISTRY.all()}
