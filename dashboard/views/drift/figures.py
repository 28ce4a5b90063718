"""All figures of one column, period by period, and what of the audits' figures moved for good."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from boussole.audits.cubes.values import OTHERS, UNKNOWN
from boussole.audits.drift.distance_params import ends_of_rows, psi_of
from boussole.audits.drift.series import CONTROL, DriftSeries, Point
from boussole.audits.drift.shifts import Shift
from boussole.audits.languages import capital, inside
from boussole.audits.measures import Measure
from boussole.audits.mixed import joined
from boussole.audits.systems.model import System
from boussole.charter.document.base import given
from boussole.charter.drift.groups import CALIBRATION, MEAN_SCORE, SELECTION_RATE
from boussole.charter.drift.system_drift import Drift
from boussole.charter.judging.families import decision
from boussole.charter.judging.wording.naming import parsed
from boussole.dashboard.markup.words import Say, speaker
from boussole.dashboard.views.charts.groups import group_name, value_name
from boussole.dashboard.views.drift.words import period_words, why_not
from boussole.dashboard.views.system import chart_title

# All figures of one column, period by period: what stands under its drawing, on the page and in print.


PLAIN = speaker("en")
INDICES = ("psi", "jensen_shannon")
ORDERED = ("kolmogorov_smirnov", "wasserstein")
LEAST = 0.0001
"""Smaller distances than this are not written out."""


def of(point: Point, metric: str, like: Measure) -> Measure | None:
    """A distance of the same column in a window."""
    key = (metric, like.by, like.group)
    return next((each for each in point.measures if (each.metric, each.by, each.group) == key), None)


def figure(value: float, say: Say) -> str:
    """A distance with as many digits as it needs.

    >>> from boussole.dashboard.markup.words import speaker
    >>> [figure(value, speaker("en")) for value in (12.34, 0.1369, 0.0004, 0.00001, 0.0)]
    ['12.34', '0.137', '0.0004', 'under 0.0001', '0.000']
    """
    size = abs(value)
    if 0 < value < LEAST:
        return say("under {value}", value=say.number(LEAST, 4))
    return say.number(value, 2 if size >= 1 else 3 if size >= 10 * LEAST or not size else 4)


def bounded(measure: Measure, say: Say) -> str:
    """A distance, and between what that of the rows lies where bins leave room for another figure."""
    value = figure(measure.value or 0.0, say)
    ends = ends_of(measure, say)
    if ends is None:
        return value
    low, high = ends
    return say("{n} ({low} to {high})", n=value, low=low, high=high) if high else say("{n} or more", n=low)


def ends_of(measure: Measure, say: Say) -> tuple[str, str | None] | None:
    """The interval of a distance of rows, its higher end None where unknown. None where it equals the figure."""
    found = ends_of_rows(measure)
    if found is None:
        return None
    low, high = found
    ends = figure(low, say), None if high is None else figure(high, say)
    return None if set(ends) == {figure(measure.value or 0.0, say)} else ends


def in_order(like: Measure) -> bool:
    """Whether a measure is of a column of numbers."""
    return like.by == ("feature",) and psi_of(like).categories is None


def table_head(say: Say, *, ordered: bool) -> list[str]:
    distances = [
        say("PSI"),
        say("Jensen-Shannon"),
        *([say("Kolmogorov-Smirnov"), say("Wasserstein")] if ordered else []),
    ]
    last = say("Without a value") if ordered else say("Shares")
    return [say("Period"), say("Compared with"), say("Decisions"), *distances, last, say("Reading")]


def brief(head: Sequence[str]) -> list[int]:
    """The places of the columns of a table that are printed, by its head."""
    return [0, 2, 3, 6, 7] if len(head) == len(table_head(PLAIN, ordered=True)) else [0, 2, 3, 5]


def row(point: Point, like: Measure, series: DriftSeries, say: Say, *, ordered: bool) -> list[str]:
    period = period_words(point.window, say)
    first = [period, period_words(point.against, say) if point.against else "", say.whole(point.decisions)]
    psi = of(point, "psi", like)
    if psi is None or psi.value is None:
        why = psi.reason if psi is not None else point.reason
        readable = psi_of(psi).readable_from if psi is not None else None
        empty = [""] * (len(INDICES) - 1 + (len(ORDERED) if ordered else 0))
        missing = _missing(point, like, say) if ordered and psi is not None else ""
        return [*first, why_not(why or "", series.system, say, readable_from=readable), *empty, missing]
    names = (*INDICES, *(ORDERED if ordered else ()))
    values = [of(point, name, like) for name in names]
    told = ["" if each is None or each.value is None else bounded(each, say) for each in values]
    last = _missing(point, like, say) if ordered else _mixed(psi, like, series, say)
    return [*first, *told, last]


def _missing(point: Point, like: Measure, say: Say) -> str:
    found = of(point, "missing_share", like)
    if found is None:
        return ""
    if found.value is None:
        return say("hidden: few") if found.status == "suppressed" else ""
    return say.percent(found.value)


def _mixed(psi: Measure, like: Measure, series: DriftSeries, say: Say) -> str:
    params = psi_of(psi)
    if params.shares is None:
        return say("only by whole months")
    names, shares = given(params.categories), params.shares[1]
    if not several(psi):
        return say.percent(shares[-1])
    pairs = zip(names, shares, strict=True)
    return ", ".join(f"{label(name, like, series.system, say)} {say.percent(share)}" for name, share in pairs)


def several(like: Measure) -> bool:
    """Whether a measure is of more than two categories that have names of their own."""
    return like.by in (("mix",), (CONTROL,)) or _of_values(like)


def _of_values(like: Measure) -> bool:
    return like.by == ("feature",) and not in_order(like)


def label(group: str, like: Measure, system: System, say: Say) -> str:
    """A group, or a value of a control or of a feature, in words."""
    if like.by == (CONTROL,) or _of_values(like):
        named = {UNKNOWN: say("Unknown"), OTHERS: say("Others")}
        return named[group] if group in named else say("“{value}”", value=group)
    if group == "?":
        return say("Unknown or hidden")
    return group_name(dict(zip(like.group or (), (group,), strict=True)), say, system=system)


# What audits told month by month, and what of it moved for good: gaps between groups, scores, shares.


@dataclass(frozen=True, kw_only=True)
class MeasureMove:
    """One measure that moved: what it is, before and since, from when on, when that could be seen."""

    name: str
    before: str
    after: str
    since: str
    noticed: str
    state: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Gaps:
    """All that was looked at together, and what moved."""

    told: str
    moved: Sequence[MeasureMove]
    looked: Sequence[str]


def gaps(drift: Drift, say: Say) -> Gaps | None:
    """Nothing where no two months were audited."""
    series, looked = drift.series, drift.looked
    if not looked:
        return None
    scales = {each.id: each.scale for each in looked}
    years = round(100 * drift.rule.of_shifts, 1)
    told = say(
        "{n} figures of the audits are looked at together: in {years} of 100 years at most would chance alone "
        "move any of them.",
        n=say.whole(len(looked)),
        years=say.number(years, 0 if years.is_integer() else 1),
    )
    return Gaps(
        told=told,
        moved=[
            _moved(each, scales[each.id], series, say)
            for each in sorted(drift.shifts, key=lambda each: (each.seasonal, scales[each.id] == "value"))
        ],
        looked=[name_of_measure(each.id, series.system, say) for each in looked],
    )


def _moved(shift: Shift, scale: str, series: DriftSeries, say: Say) -> MeasureMove:
    return MeasureMove(
        name=name_of_measure(shift.id, series.system, say),
        before=_written(shift.before, shift.id, scale, say),
        after=_written(shift.after, shift.id, scale, say),
        since=period_words(shift.since, say),
        noticed=period_words(shift.noticed, say),
        state="not_examined" if shift.seasonal else "watch",
        text=say("As the year before: a season") if shift.seasonal else say("Has moved"),
    )


def more_shifts_words(n: int, say: Say) -> str:
    """That the page of drift shows more moves than were said."""
    return say.plural("The page of drift shows one more.", "The page of drift shows {n} more.", n)


def shift_words(shift: Shift, scale: str, system: System, say: Say) -> str:
    """That a figure moved for good, from when on, and by how much, in a sentence."""
    return say(
        "Between periods, for good: {name}, {before} before, {after} since {since}.",
        name=inside(name_of_measure(shift.id, system, say)),
        before=_written(shift.before, shift.id, scale, say),
        after=_written(shift.after, shift.id, scale, say),
        since=period_words(shift.since, say),
    )


def _written(value: float, name: str, scale: str, say: Say) -> str:
    if name == SELECTION_RATE:
        return say("{n} in 100", n=say.number(100 * value, 0))
    if scale == "ratio":
        return say("{n} for 100", n=say.number(100 * value, 0))
    if scale == "difference":
        return say("{n} points", n=say.number(100 * value, 1))
    return figure(value, say)


def name_of_measure(name: str, system: System, say: Say) -> str:
    """A measure by what it counts and whom: "Share of people contacted, by sex: women"."""
    metric, _, rest = name.partition("/")
    label, _, given = rest.partition("|")
    by = _attributes(label, system)
    if not by:
        return _of_everybody(metric, system, say)
    group = parsed(label, by)
    who = joined(", ", [value_name(each, value, say, system=system) for each, value in group.items()])
    if metric == MEAN_SCORE:
        return say("The score: {group}", group=who)
    title = chart_title(re.sub("_(ratio|difference)$", "", metric), by, say, system=system)
    named = say("{title}: {group}", title=title, group=who)
    if not given:
        return named
    stage = given.partition("=")[2]
    titles = system.columns.stage_titles if system.columns else {}
    return f"{named} ({say.text(titles.get(stage), stage)})"


def _of_everybody(metric: str, system: System, say: Say) -> str:
    selected = decision(system, say.lang)
    names = {
        MEAN_SCORE: say("The score"),
        SELECTION_RATE: say("Share of people {selected}", selected=selected),
        CALIBRATION: say("What scores announce, less what happened"),
        "auc": say("How well scores tell outcomes apart (AUC)"),
        "accuracy": say("Right decisions, of those whose outcome is known"),
        "precision": say("Share of positive outcomes among those {selected}", selected=selected),
        "reached_in_time_ratio": say("People without a smartphone who answer in time, where 100 with one do"),
        "silent_shortlisting_ratio": say("People put on the next list who had not answered, where 100 who had are"),
        "silent_control_ratio": say("People controlled who had not answered, where 100 who had are"),
    }
    return names.get(metric, capital(metric.replace("_", " ")))


def _attributes(label: str, system: System) -> tuple[str, ...]:
    for by in sorted(system.attributes, key=len, reverse=True):
        if label.startswith(f"{by[0]}=") and all(f",{name}=" in label for name in by[1:]):
            return by
    return ()
