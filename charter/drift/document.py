"""The document of a pair of windows, `boussole.drift/1`: its exact distances, and what Evidently was shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boussole.charter.document.differences.distances import (
    SCHEMA,
    DriftDocument,
    EvidentlyDocument,
    OfBoth,
    distances_of,
)
from boussole.charter.document.references import WindowOfAudit

if TYPE_CHECKING:
    from boussole.audits.drift.evidently_report import EvidentlyReport
    from boussole.audits.drift.pairs import WindowPair


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


def report_document(report: EvidentlyReport) -> DriftDocument:
    """The same with what Evidently was shown."""
    from boussole.audits.drift.evidently_report import SEED

    return pair_document(report.pair).changed(
        evidently=EvidentlyDocument(
            version=report.version,
            drawn=OfBoth(window=report.drawn[0], against=report.drawn[1]),
            seed=SEED,
            columns=tuple(report.columns),
            left_out=tuple(report.left_out),
        )
    )
