"""What `boussole compare` tells: what got worse in a candidate, or what differs between two versions side by side."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from boussole.dashboard.cli.console.console import put

if TYPE_CHECKING:
    from boussole.charter.document.differences.comparing import (
        Agreement,
        CandidateComparison,
        ChangeOfMeasure,
        Days,
        JudgedChange,
        VersionComparison,
    )

LEAST = 0.0001
"""Of a probability, the least that is written out."""


def tell_changes(document: CandidateComparison) -> None:
    """The comparisons of a candidate, the worst first, one line each."""
    production, candidate = (
        f"{side.name} ({side.decisions} decisions)" for side in (document.production, document.candidate)
    )
    put(f"{document.system}: {production} -> {candidate}: {document.verdict.replace('_', ' ')}")
    if not document.comparisons:
        put("  nothing was compared: neither side has decisions or outcomes that measures could be made of")
    order = ("worse", "unknown", "not_worse")
    for change in sorted(document.comparisons, key=lambda each: order.index(each.verdict)):
        put(f"  {change.verdict.replace('_', ' '):<9} {change.measure}: {_change(change)}")


def _change(found: JudgedChange) -> str:
    """What one comparison shows, and how sure that is."""
    from boussole.charter.document.base import given

    if found.production is None:
        return f"not compared ({found.reason})"
    ratio = found.scale == "ratio"
    shown = f"{found.production:.3f} -> {found.candidate:.3f}"
    if found.change is not None:
        shown += f" ({_size(found.change, ratio=ratio)})"
    if found.verdict == "worse":
        return f"{shown}; {_p(given(found.p_worse_adjusted))} after Holm over the family"
    if found.verdict == "not_worse":
        return f"{shown}; within {_size(given(found.margin), ratio=ratio)}, {_p(given(found.p_within))}"
    if found.smallest is None:
        return f"{shown}; so few cases could not have shown any regression"
    return f"{shown}; these cases would only have shown {_size(found.smallest, ratio=ratio)} or worse"


def tell_side_by_side(document: VersionComparison) -> None:
    """What differs, what does not, what could not be compared, and the distances of everybody."""
    production, candidate = (
        f"{side.name} ({_days(side.window)}, {side.decisions} decisions)"
        for side in (document.production, document.candidate)
    )
    put(f"{document.system}: {production} -> {candidate}")
    differing = document.differing
    put(f"  {len(differing)} of {document.family} figures differ beyond chance (Holm over all of them)")
    for row in differing:
        put(f"  differs   {_row(row)}")
    for row in document.rows:
        if row.p is not None and not row.differs:
            put(f"  -         {_row(row)}")
    for reason, count in Counter(row.reason for row in document.rows if row.reason).items():
        put(f"  not compared: {count} ({reason})")
    for measure in document.drift:
        if measure.metric == "psi":
            name = next(iter((measure.group or {}).values()))
            put(f"  distance  psi {name}: {measure.reason if measure.value is None else f'{measure.value:.3f}'}")
    if document.agreement is not None:
        _agreement(document.agreement)
    if document.mixed:
        put(f"  left out, because neither decided alone: {', '.join(_days(month) for month in document.mixed)}")
    if document.kind == "sequential":
        put("  The months differ too: what changed meanwhile for other reasons is in these figures as well.")


def _agreement(found: Agreement) -> None:
    from boussole.charter.document.base import given

    if found.reason is not None:
        put(f"  agreement over {found.pairs} decisions: hidden ({found.reason})")
        return
    put(
        f"  agreement {found.rate:.4f} of {found.pairs} decisions; selected by the shadow alone "
        f"{found.only_candidate}, by the other alone {found.only_production} (McNemar {_p(given(found.p))})"
    )


def _days(window: Days) -> str:
    return f"{window.start} to {window.end}"


def _row(row: ChangeOfMeasure) -> str:
    """One measure on both sides, and by how much it differs."""
    from boussole.charter.document.base import given

    ends = given(row.interval)
    change, low, high = (
        f"x {end:.2f}" if row.scale == "ratio" else f"{end:+.3f}" for end in (given(row.change), ends.low, ends.high)
    )
    values = f"{given(row.production).value:.3f} -> {given(row.candidate).value:.3f}"
    return f"{row.measure}: {values} ({change}, {low} to {high}; {_p(given(row.p_adjusted))})"


def _size(value: float, *, ratio: bool) -> str:
    """A change as a factor or in points.

    >>> _size(0.9, ratio=True), _size(-0.05, ratio=False)
    ('x 0.90', '-5.0 points')
    """
    return f"x {value:.2f}" if ratio else f"{round(100 * value, 1) + 0.0:+.1f} points"


def _p(value: float) -> str:
    """A p-value, never 0.

    >>> _p(0.0312), _p(0.0)
    ('p = 0.031', 'p < 0.0001')
    """
    return f"p = {value:.2g}" if value >= LEAST else f"p < {LEAST}"
