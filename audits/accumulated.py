"""Judged figures of several windows together: each window is a stratum, and groups are compared within it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from boussole.audits.document_part import given
from boussole.audits.measure_params import Params
from boussole.audits.measures import Measure
from boussole.audits.metrics.adjusted import picture
from boussole.audits.metrics.view import counted_out
from boussole.audits.parts import Pairs, Share
from boussole.audits.suppression.rules import SET_APART
from boussole.audits.uncertainty.estimates import (
    matched_weights,
    rate_interval,
    standardised_difference,
    standardised_ratio,
)
from boussole.audits.uncertainty.looks import correlations_of

Figures = Mapping[str, Measure]
"""What a window told, by the names of measures."""
UNREAD = ("expired", "selective_labels", "absent_is_negative")
"""Reasons for which a figure may not, or cannot, be told of any window any more."""
COMPARED_BY = ("against", "bad_side", "scale")
"""What a comparison is, whatever it found."""


def put_together(
    windows: Sequence[tuple[dt.date, Figures]], *, span: int, before: Sequence[Mapping[str, int]] = ()
) -> list[Measure]:
    """Return the judged comparisons over the last `span` windows together, and the shares of groups beside them.

    `windows`: the first day of each and its published figures, oldest first; `before`: the number of rows behind each
    figure in the windows before them. A figure that stands in one window alone is left out.
    """
    latest = windows[-1][1]
    names = [name for name, measure in latest.items() if measure.reason not in UNREAD]
    found = []
    for name in names:
        now = latest[name]
        told = [(day, _told(figures.get(name), now)) for day, figures in windows]
        recent = [(day, each) for day, each in told[-span:] if each is not None]
        if recent and (len(recent) > 1 or recent[0][0] != windows[-1][0]):
            made = _made(now, [each for _, each in recent])
            if made is not None:
                sizes = [float(each.get(name, 0)) for each in before]
                sizes += [0.0 if each is None else float(each.n or 0) for _, each in told]
                found.append(_dated(made, recent[0][0], sizes, span, len(recent)))
    return [*_pictured({each.id: each for each in found}).values()]


def gone(
    windows: Sequence[tuple[dt.date, Figures]], *, word: Callable[[str, str], str] = lambda _, value: value
) -> dict[str, Measure]:
    """Return the figures that earlier windows published and the last one lacks, each with the reason."""
    *earlier, (_, latest) = windows
    told = {name: each for _, figures in earlier for name, each in figures.items() if each.status == "ok"}
    lacking = {name: (each, latest.get(_called(each, word))) for name, each in told.items() if name not in latest}
    return {
        name: replace(
            each,
            status="undefined" if hidden is None else hidden.status,
            reason="zero_denominator"
            if hidden is None
            else "small_group"
            if hidden.reason == SET_APART
            else hidden.reason,
            value=None,
            n=0 if hidden is None else hidden.n,
            clusters=None,
            interval=None,
            params={key: value for key, value in each.params.items() if key in COMPARED_BY},
            parts=None,
        )
        for name, (each, hidden) in lacking.items()
        if hidden is None or hidden.status != "ok"
    }


def _called(measure: Measure, word: Callable[[str, str], str]) -> str:
    """The name of a figure, with a word for each value of its group."""
    group = tuple(word(name, value) for name, value in zip(measure.by, measure.group or (), strict=False))
    return replace(measure, group=group if measure.group else None).id


def recent(
    windows: Sequence[tuple[dt.date, Figures]],
    together: Sequence[Measure],
    *,
    span: int,
    before: Sequence[Mapping[str, int]] = (),
) -> list[Measure]:
    """Return the same over the last `span` windows alone, for the figures whose span in `together` is longer."""
    if len(windows) <= span:
        return []
    oldest = {each.id: Params.of(each.params).since for each in together}
    found = put_together(windows, span=span, before=before)
    return [
        replace(each, params={**each.params, "recent": span})
        for each in found
        if Params.of(each.params).since != oldest.get(each.id)
    ]


def _pictured(found: Mapping[str, Measure]) -> dict[str, Measure]:
    """Add what comparing like with like makes of the raw figures, where both are put together."""
    made = dict(found)
    for name, adjusted in found.items():
        raw = made.get(name.removeprefix("adjusted_"))
        if raw is None or raw is adjusted or (told := picture(raw, adjusted)) is None:
            continue
        for each in (raw, adjusted):
            made[each.id] = replace(each, params={**each.params, "picture": told})
    return made


def _told(measure: Measure | None, now: Measure) -> Measure | None:
    """The figure of a window, where it was told, of the same groups."""
    if measure is None or measure.status != "ok" or measure.parts is None:
        return None
    return measure if Params.of(measure.params).against == Params.of(now.params).against else None


def _dated(made: Measure, since: dt.date, sizes: Sequence[float], span: int, entered: int) -> Measure:
    looks = [round(each, 6) for each in correlations_of(sizes, span=span)]
    params = {**made.params, "since": since.isoformat(), "windows": entered}
    return replace(made, params=params | ({"correlations": looks} if isinstance(made.parts, Pairs) else {}))


def _made(now: Measure, windows: Sequence[Measure]) -> Measure | None:
    shares = [each.parts for each in windows if isinstance(each.parts, Share)]
    if len(shares) == len(windows):
        return _share(now, shares)
    pairs = [each.parts for each in windows if isinstance(each.parts, Pairs)]
    return _comparison(now, windows, pairs) if len(pairs) == len(windows) else None


def _share(now: Measure, parts: Sequence[Share]) -> Measure:
    k, n = np.sum([part.k for part in parts], axis=0), np.sum([part.n for part in parts], axis=0)
    share = Share(k=k, n=n, clustered=parts[0].clustered)
    return replace(
        now,
        status="ok",
        reason=None,
        value=float(k.sum() / n.sum()),
        n=int(n.sum()),
        clusters=int(np.count_nonzero(n)) if share.clustered else None,
        interval=rate_interval(k, n, clustered=share.clustered),
        params={},
        parts=share,
    )


def _comparison(now: Measure, windows: Sequence[Measure], parts: Sequence[Pairs]) -> Measure | None:
    pairs = Pairs(
        **{name: np.concatenate([getattr(each, name) for each in parts], axis=1) for name in ("k1", "n1", "k0", "n0")},
        clustered=parts[0].clustered,
    )
    scale = Params.of(now.params).scale
    found = standardised_ratio(pairs) if scale == "ratio" else standardised_difference(pairs)
    if found is None:
        return None
    first, other = found.rates
    sums = [int(each.sum()) for each in (pairs.k1, pairs.n1, pairs.k0, pairs.n0)]
    sizes = (pairs.n1 + pairs.n0).sum(axis=1)
    params: dict[str, Any] = {key: now.params[key] for key in COMPARED_BY}
    params |= {
        "values": [first, other],
        "counts": {"k": [sums[0], sums[2]], "n": [sums[1], sums[3]]},
        "decisions": sum(given(Params.of(each.params).decisions) for each in windows),
        "test": found.test,
    }
    params |= counted_out(max(Params.of(each.params).groups_left_out or 0 for each in windows))
    params |= _missing(windows, parts)
    return replace(
        now,
        status="ok",
        reason=None,
        value=first / other if scale == "ratio" else first - other,
        n=int(sizes.sum()),
        clusters=int(np.count_nonzero(sizes)) if pairs.clustered else None,
        interval=found.interval,
        params=params,
        parts=pairs,
    )


def _missing(windows: Sequence[Measure], parts: Sequence[Pairs]) -> dict[str, Any]:
    """How many outcomes are missing in all windows, and between what the difference lies whatever they are."""
    told: dict[str, Any] = {}
    known = [Params.of(each.params) for each in windows]
    missing = [each.missing_outcomes for each in known]
    if any(each is not None for each in missing):
        told["missing_outcomes"] = sum(each or 0 for each in missing)
    if any(each.bounds for each in known):
        values = [given(each.value) for each in windows]
        bounds = [each.bounds or (value, value) for each, value in zip(known, values, strict=True)]
        weights = [float(matched_weights(each.sums[1], each.sums[3]).sum()) for each in parts]
        told["bounds"] = [
            sum(w * pair[end] for w, pair in zip(weights, bounds, strict=True)) / sum(weights) for end in (0, 1)
        ]
    return told
