"""What a score announces against what happened, drawn for each group: small squares with one scale, side by side."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from boussole.audits.languages import inside
from boussole.audits.systems import System
from boussole.charter.document import Band, MeasureDocument, Standing
from boussole.charter.judging.families import decision
from boussole.dashboard.markup.elements import INK, INK_2, PALE, printable
from boussole.dashboard.markup.words import Say, speaker
from boussole.dashboard.views.charts.drawings import styled, ticks, wrapped
from boussole.dashboard.views.charts.groups import By, attribute_name, group_of
from boussole.dashboard.views.charts.tables import LARGE, VerdictTable, between

ERROR = "calibration_error"


@dataclass(frozen=True, kw_only=True)
class CalibrationCurve:
    """One group: its bands of scores, the lowest first, and how much its scores announce beyond what came."""

    label: str
    bands: Sequence[Band]
    beyond: float | None


def curves(document: Standing, by: By, say: Say, *, system: System | None) -> list[CalibrationCurve]:
    """The groups of one attribute in the order of the document; none where they may not be drawn."""
    large = {m.id: m.value for m in document.measures if m.metric == LARGE}
    return [
        CalibrationCurve(
            label=group_of(measure, say, system=system),
            bands=curve,
            beyond=large.get(measure.id.replace(ERROR, LARGE, 1)),
        )
        for measure in _measured(document)
        if measure.by == by and (curve := measure.params.curve)
    ]


def drawn_and_not(document: Standing) -> tuple[list[By], list[By]]:
    """The single attributes whose groups have a curve that gives no count away, and those that have none."""
    found: dict[By, bool] = {}
    for measure in _measured(document):
        by = tuple(measure.by)
        if measure.value is not None:
            found[by] = found.get(by, False) or bool(measure.params.curve)
    return [by for by, drawn in found.items() if drawn], [by for by, drawn in found.items() if not drawn]


def _measured(document: Standing) -> list[MeasureDocument]:
    return [m for m in document.measures if m.metric == ERROR and len(m.by) == 1 and m.group and not m.given]


def calibration_title(by: By, say: Say, *, system: System | None) -> str:
    """What a drawing shows."""
    attribute = inside(attribute_name(by, say, system=system))
    return say("What the score announces and what happened, by {attribute}", attribute=attribute)


def calibration_chart(shown: Sequence[CalibrationCurve], lang: str, *, narrow: bool = False) -> alt.FacetChart:
    """One square a group: across the mean score of a band, up the share observed; dashes where both are the same."""
    say = speaker(lang)
    bands = [(place, band) for place, curve in enumerate(shown) for band in curve.bands]
    at = ticks(0.0, min(1.0, max(value for _, band in bands for value in _values(band))), most=4)
    columns = 2 if narrow or len(shown) <= 2 else 3
    side = 50 if narrow else 240 if columns == 2 else 145
    scale = alt.Scale(domain=[at[0], at[-1]], nice=False, zero=False)
    values = [at[0], at[-1]] if narrow else at
    x = alt.X("announced:Q", scale=scale, axis=alt.Axis(values=values, format="%", title=say("Announced")))
    y = alt.Y("observed:Q", scale=scale, axis=alt.Axis(values=values, format="%", title=say("Observed"), titleX=-50))
    same = alt.InlineData(values=[{"announced": end, "observed": end} for end in (at[0], at[-1])])
    known = alt.Chart().transform_filter("isValid(datum.low)")
    layers = [
        known.mark_rule(color=PALE, strokeWidth=6 if narrow else 9).encode(x=x, y=alt.Y("low:Q"), y2=alt.Y2("high:Q")),
        alt.Chart(same).mark_line(color=INK_2, strokeWidth=1.5, strokeDash=[5, 4]).encode(x=x, y=y),
        alt.Chart().mark_line(color=INK, strokeWidth=1.5).encode(x=x, y=y),
        alt.Chart()
        .mark_point(shape="diamond", size=44 if narrow else 90, filled=True, opacity=1, color=INK)
        .encode(x=x, y=y),
    ]
    names = [_heading(curve, say, width=side // 8) for curve in shown]
    header = alt.Header(
        title=None,
        labelExpr=f"{json.dumps(names, ensure_ascii=False)}[datum.value]",
        labelAnchor="start",
        labelAlign="left",
        labelColor=INK,
        labelFontSize=14,
        labelFontWeight=700,
        labelLineHeight=18,
    )
    return alt.FacetChart(
        data=alt.InlineData(values=[{"place": place, **_point(band)} for place, band in bands]),
        spec=alt.LayerChart(layer=layers, width=side, height=side),
        facet=alt.Facet("place:O", header=header),
        columns=columns,
        spacing=alt.RowColnumber(row=44 + 18 * max(map(len, names)), column=32 if narrow else 46),
        bounds="flush",
        resolve=alt.Resolve(axis=alt.AxisResolveMap(x="independent")),
        **styled(titleColor=INK_2, titleFontSize=14, titleFontWeight="normal"),
    )


def _values(band: Band) -> list[float]:
    return [band.mean_score, band.observed_rate, *([band.interval.high] if band.interval else [])]


def _point(band: Band) -> dict[str, float | None]:
    low, high = (band.interval.low, band.interval.high) if band.interval else (None, None)
    return {"announced": band.mean_score, "observed": band.observed_rate, "low": low, "high": high}


def _heading(curve: CalibrationCurve, say: Say, *, width: int) -> list[str]:
    """The lines above a square. Control characters in a name would end the process that draws."""
    parts = (curve.label, beyond_words(curve, say))
    return [line for part in parts if part for line in wrapped(printable(part), width=width)]


def beyond_words(curve: CalibrationCurve, say: Say) -> str:
    """How much scores announce beyond what came, or short of it; empty where that is not known."""
    if curve.beyond is None:
        return ""
    n = say.number(abs(100 * curve.beyond), 1)
    return say("{n} too many for 100", n=n) if curve.beyond >= 0 else say("{n} too few for 100", n=n)


def calibration_text(shown: Sequence[CalibrationCurve], lang: str) -> str:
    """What the drawing shows, in words: each group, how much is announced too much, and its bands."""
    say = speaker(lang)
    told = []
    for curve in shown:
        bands = ", ".join(
            say(
                "{announced} announced and {observed} observed",
                announced=say.percent(band.mean_score, 0),
                observed=say.percent(band.observed_rate, 0),
            )
            for band in curve.bands
        )
        beyond = beyond_words(curve, say)
        name = f"{curve.label} ({beyond})" if beyond else curve.label
        told.append(say("{name}: {verdicts}.", name=name, verdicts=bands))
    return " ".join(told)


def calibration_note(shown: Sequence[CalibrationCurve], say: Say, *, system: System | None) -> str:
    """How to read the drawing."""
    parts = [
        say("Dashes: what the score announces is what happened. Below them it announced too much, above too little."),
        say("Each diamond is a band of scores; the figure above a square is what is announced beyond what came."),
    ]
    if any(band.interval for curve in shown for band in curve.bands):
        parts.append(say("Bar: 95% interval."))
    outcome = system.log.outcome if system else None
    if system and outcome and outcome.observed_for == "selected":
        parts.append(
            say(
                "Only of people {selected}: what became of the others is not known.",
                selected=decision(system, say.lang),
            )
        )
    return " ".join(parts)


def calibration_table(
    shown: Sequence[CalibrationCurve], by: By, say: Say, *, title: str, system: System | None
) -> VerdictTable:
    """One row per group and band of scores."""
    head = [
        attribute_name(by, say, system=system),
        say("Band of scores"),
        say("Announced"),
        say("Observed"),
        say("95% interval"),
        say("Outcomes"),
    ]
    body = []
    for curve in shown:
        for band in curve.bands:
            ends = band.interval
            body.append(
                [
                    curve.label,
                    say("{low} to {high}", low=say.percent(band.low, 0), high=say.percent(band.high, 0)),
                    say.percent(band.mean_score),
                    say.percent(band.observed_rate),
                    between(ends.low, ends.high, say) if ends else "",
                    say.whole(band.n),
                ]
            )
    return VerdictTable(caption=title, head=head, rows=body, verdicts=[None] * len(body), names=2)
