"""A promise about texts: one that goes out, and must say so, bears an approved mark that a machine wrote it."""

from __future__ import annotations

import pyarrow as pa

from boussole.audits.measures import Measure
from boussole.audits.metrics.cases import cases_measure
from boussole.audits.metrics.definition import Metric
from boussole.audits.metrics.shares import PART_OF_MONTH, of_months, sides_of, untold
from boussole.audits.metrics.texts import worth_if_few
from boussole.audits.systems.logs.texts import UNMARKED, UNTOLD_MARKS
from boussole.audits.systems.model import System

UNMARKED_SHARE = "unmarked_texts_share"


def marking_measures(read: pa.Table, system: System) -> list[Measure]:
    """Measure the texts of a window that went out without an approved mark, from their counts (`counts.read.SHARES`).

    Suppressed: `small_group`, fewer texts than `suppress_below` in a month. Undefined: `no_mark_told`. Nothing is
    measured where the system file declares no marks.
    """
    held = system.generations.texts if system.generations is not None else None
    if held is None or held.marking is None:
        return []
    parts = set(read["part"].to_pylist())
    if PART_OF_MONTH in parts:
        return [untold(UNMARKED_SHARE, bad_side="above")]
    if held.mark_part(UNTOLD_MARKS) not in parts:
        return []
    sides, every = (sides_of(read, held.mark_part(part)) for part in (UNMARKED, UNTOLD_MARKS))
    return [
        cases_measure(
            UNMARKED_SHARE,
            sides,
            of_months(read, held.mark_part(UNMARKED)),
            limit=system.privacy.suppress_below,
            none="no_mark_told",
            told={"unlabelled": int(every[1].sum()), "all": int(every.sum())},
            clusters=worth_if_few(sides),
        )
    ]


METRICS = (
    Metric(
        name=UNMARKED_SHARE,
        kind="share",
        formula="texts in scope that went out without a mark approved by their day ÷ texts in scope that went out and"
        " whose mark is told",
        range="[0, 1]",
        ideal=0.0,
        undefined="no text in scope tells whether it bears a mark; too few texts to be told",
        source="AI Act, Art. 50(2); bound of what may still come: rule of three, Hanley & Lippman-Hand (1983), JAMA"
        " 249:1743-1745; interval: Wilson (1927), JASA 22:209-212, at effective sizes: Rao & Scott (1992), Biometrics"
        " 48:577-585",
    ),
)
