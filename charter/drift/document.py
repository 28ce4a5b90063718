"""The document of a pair of windows, `boussole.drift/1`: its exact distances, and what Evidently was shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boussole.charter.document.differences.distances import distances_of
from boussole.charter.document.differences.drift import (
    SCHEMA,
    ColumnLeftOut,
    ColumnNote,
    DriftDocument,
    EvidentlyDocument,
    OfBoth,
    SampleDocument,
    SamplesOfBoth,
)
from boussole.charter.document.windows import WindowOfAudit

if TYPE_CHECKING:
    from boussole.audits.drift.pairs import Detail, WindowPair
    from boussole.audits.drift.samples import SampleDesign


def pair_document(pair: WindowPair) -> DriftDocument:
    """The exact distances of a pair."""
    window, against = (WindowOfAudit.in_zone(each, pair.system) for each in (pair.window, pair.against))
    return DriftDocument(
        schema_=SCHEMA,
        system=pair.system.id,
        window=window,
        against=against,
        as_of=pair.as_of,
        decisions=OfBoth(window=pair.decisions[0], against=pair.decisions[1]),
        measures=distances_of(pair.measures),
    )


def detail_document(detail: Detail) -> DriftDocument:
    """The same with the samples of both windows that Evidently was shown."""
    columns, (window, against) = detail.page.columns, map(_sample, detail.designs)
    return pair_document(detail.pair).changed(
        evidently=EvidentlyDocument(
            version=detail.page.version,
            samples=SamplesOfBoth(window=window, against=against),
            columns=tuple(columns.names.values()),
            left_out=tuple(ColumnLeftOut(column=name, reason=each) for name, each in columns.left_out.items()),
            told=tuple(ColumnNote(column=each.column, kind=each.kind, detail=each.detail) for each in detail.told),
        )
    )


def _sample(design: SampleDesign) -> SampleDocument:
    from boussole.audits.drift.samples import DECISION, SEED

    return SampleDocument(
        decisions=design.decisions,
        drawn=design.drawn,
        rows=design.rows,
        rate=design.rate,
        strata=design.strata,
        stratified_by=(design.step, DECISION),
        allocation="proportional",
        order="systematic by weight in the order of the hash" if design.weighted else "smallest hash first",
        hash="sha256(seed || id)",
        seed=SEED,
    )
