"""What audits told month by month, and what of it moved for good: gaps between groups, scores, shares."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from boussole.audits.drift.series import DriftSeries
from boussole.audits.drift.shifts import Shift
from boussole.audits.mixed import joined
from boussole.charter.drift.groups import CALIBRATION, MEAN_SCORE, SELECTION_RATE
from boussole.charter.drift.system_drift import Drift
from boussole.charter.judging.families import decision
from boussole.charter.judging.wording.naming import parsed
from boussole.dashboard.charts.groups import value_name
from boussole.dashboard.views.drift.figures import figure
from boussole.dashboard.views.drift.words import period_words
from boussole.dashboard.views.system.view import chart_title
from boussole.dashboard.words.say import Say


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
        "{n} figures of the monthly audits are looked at together: in {years} of 100 years at most would chance alone "
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
        looked=[name_of_measure(each.id, series, say) for each in looked],
    )


def _moved(shift: Shift, scale: str, series: DriftSeries, say: Say) -> MeasureMove:
    return MeasureMove(
        name=name_of_measure(shift.id, series, say),
        before=_written(shift.before, scale, say),
        after=_written(shift.after, scale, say),
        since=period_words(shift.since, say),
        noticed=period_words(shift.noticed, say),
        state="not_examined" if shift.seasonal else "watch",
        text=say("As the year before: a season") if shift.seasonal else say("Has moved"),
    )


def _written(value: float, scale: str, say: Say) -> str:
    if scale == "ratio":
        return say("{n} for 100", n=say.number(100 * value, 0))
    if scale == "difference":
        return say("{n} points", n=say.number(100 * value, 1))
    return figure(value, say)


def name_of_measure(name: str, series: DriftSeries, say: Say) -> str:
    """A measure by what it counts and whom: "Share of people contacted, by sex: women"."""
    metric, _, rest = name.partition("/")
    label, _, given = rest.partition("|")
    by = _attributes(label, series)
    if not by:
        return _of_everybody(metric, series, say)
    group = parsed(label, by)
    who = joined(", ", [value_name(each, value, say, system=series.system) for each, value in group.items()])
    if metric == MEAN_SCORE:
        return say("The score: {group}", group=who)
    title = chart_title(re.sub("_(ratio|difference)$", "", metric), by, say, system=series.system)
    named = say("{title}: {group}", title=title, group=who)
    if not given:
        return named
    stage = given.partition("=")[2]
    titles = series.system.columns.stage_titles if series.system.columns else {}
    return f"{named} ({say.text(titles.get(stage), stage)})"


def _of_everybody(metric: str, series: DriftSeries, say: Say) -> str:
    selected = decision(series.system, say.lang)
    names = {
        MEAN_SCORE: say("The score"),
        SELECTION_RATE: say("Share of people {selected}", selected=selected),
        CALIBRATION: say("What scores announce, less what happened"),
        "auc": say("How well scores tell outcomes apart (AUC)"),
        "accuracy": say("Right decisions, of those whose outcome is known"),
        "precision": say("Share of positive outcomes among those {selected}", selected=selected),
    }
    return names.get(metric, metric)


def _attributes(label: str, series: DriftSeries) -> tuple[str, ...]:
    """The attributes that a label names: those of the system, alone or crossed."""
    for by in sorted(series.system.attributes, key=len, reverse=True):
        if label.startswith(f"{by[0]}=") and all(f",{name}=" in label for name in by[1:]):
            return by
    return ()
