"""What stands beside an answer and is not judged: whose components a system is made of, and where its calls ran."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from boussole.audits.languages import capital
from boussole.audits.measure_params import OutsideKind
from boussole.audits.metrics.calls import OUTSIDE_SHARE
from boussole.audits.metrics.components import FORECAST, trend
from boussole.audits.systems import System
from boussole.audits.systems.logs.calls import ProviderShare, ProviderTarget
from boussole.charter.document import AuditDocument, MeasureDocument, Standing, VerdictDocument
from boussole.charter.document.base import given
from boussole.dashboard.markup.words import Say
from boussole.dashboard.views.charts.forecast import ForecastDrawing, ForecastPoint, forecast_svg
from boussole.dashboard.views.charts.over_time import NARROW, WIDE
from boussole.dashboard.views.charts.tables import signed


@dataclass(frozen=True, kw_only=True)
class TitledTable:
    """A table whose first `names` columns are words. `brief` are the rows that are enough on paper."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    brief: Sequence[Sequence[str]] = ()
    names: int = 1


@dataclass(frozen=True, kw_only=True)
class UnjudgedFigure:
    """One thing that is shown and not judged, with its title, words, drawing in both widths, and tables."""

    name: str
    title: str
    told: Sequence[str]
    svg: str = ""
    narrow: str = ""
    alt: str = ""
    reading: Sequence[str] = ()
    tables: Sequence[TitledTable] = ()


def unjudged(document: Standing, verdict: VerdictDocument, say: Say, *, system: System | None) -> list[UnjudgedFigure]:
    """What stands beside the answer to a question; most questions have nothing."""
    if not isinstance(document, AuditDocument):
        return []
    found = [
        share_of_provider(document, verdict, say, system=system),
        components(document, verdict, say, system=system),
    ]
    return [each for each in found if each is not None]


# How much of a system comes from one provider, as its file declares: drawn with where the line leads, and the aim.


STEPS = 8
"""Parts of the line between the last declared share and the day of the aim."""


def share_of_provider(
    document: AuditDocument, verdict: VerdictDocument, say: Say, *, system: System | None
) -> UnjudgedFigure | None:
    """The declared shares of a provider in the system file, with their line and the aim, if the question asks."""
    found = next((each for each in document.measures if each.metric == FORECAST), None)
    aim = _target(system)
    if verdict.metric != OUTSIDE_SHARE or found is None or aim is None:
        return None
    history = sorted((each for each in aim.history if each.day <= document.window.end), key=lambda each: each.day)
    title = say("The share of {provider} among the components", provider=aim.provider)
    line = _line(history, aim)
    if not history or not _as_audited(found, history, aim):
        changed = say(
            "The system file has changed since this audit: what it declares now is not drawn beside its figure."
        )
        return UnjudgedFigure(name="share-of-provider", title=title, told=[changed])
    shown = ForecastDrawing(
        declared=[(each.day, each.share) for each in history],
        line=line,
        aim=(aim.by, aim.share),
        aim_told=say("aim {share}", share=say.percent(aim.share, 0)),
        end_told=say("line {share}", share=say.percent(line[-1].value, 0)) if line else "",
    )
    wide, narrow = (
        forecast_svg(shown, lambda share: say.percent(share, 0), say.short_month, width=width)
        for width in (WIDE, NARROW)
    )
    table = _shares(title, shown, say)
    return UnjudgedFigure(
        name="share-of-provider",
        title=title,
        told=_told_of_line(found, aim, line, say),
        svg=wide,
        narrow=narrow,
        alt=" ".join([f"{title}.", *(_spoken_row(row, say) for row in table.brief)]),
        reading=[
            say("Discs are shares that the system file declares; the open diamond is the aim, on its day."),
            say(
                "Dashes: the straight line that lies nearest to the discs. The pale stretch around it is where a new "
                "share would very likely lie if all went on as before; it knows nothing of contracts or plans."
            ),
        ],
        tables=[table],
    )


def _target(system: System | None) -> ProviderTarget | None:
    section = system.generations if system is not None else None
    return section.calls.components if section is not None and section.calls is not None else None


def _as_audited(found: MeasureDocument, history: Sequence[ProviderShare], aim: ProviderTarget) -> bool:
    told = found.params
    if (told.provider, told.target, told.by, told.points) != (aim.provider, aim.share, aim.by, len(history)):
        return False
    again = trend(list(history), aim.by)
    return (again is None) == (found.value is None) and (again is None or math.isclose(again.value, given(found.value)))


def _line(history: Sequence[ProviderShare], aim: ProviderTarget) -> list[ForecastPoint]:
    """The line from the first declared day to that of the aim, or the last declared one; none through too few days."""
    if not history:
        return []
    first, last, days = history[0].day, history[-1].day, (aim.by - history[-1].day).days
    ahead = [last + dt.timedelta(days=days * step // STEPS) for step in range(1, STEPS + 1)] if days > 0 else []
    found = [(day, trend(list(history), day)) for day in (first, last, *ahead)]
    return [
        ForecastPoint(day=day, value=each.value, low=each.low, high=each.high)
        for day, each in found
        if each is not None
    ]


def _told_of_line(found: MeasureDocument, aim: ProviderTarget, line: Sequence[ForecastPoint], say: Say) -> list[str]:
    declared = say("Declared in the system file. Not judged.")
    if not line or found.interval is None:
        return [say("Fewer than four days have a declared share: no line is drawn through so few."), declared]
    told = say(
        "The line moves by {n} points a year. On {by} it leads to between {low} and {high} in 100; the aim is "
        "{target}.",
        n=signed(100 * float(given(found.params.a_year)), say),
        by=say.date(aim.by),
        low=say.number(100 * found.interval.low, 0),
        high=say.number(100 * found.interval.high, 0),
        target=say.number(100 * aim.share, 0),
    )
    return [told, declared]


def _shares(title: str, shown: ForecastDrawing, say: Say) -> TitledTable:
    declared = [[say.date(day), say("declared"), say.percent(share, 0), ""] for day, share in shown.declared]
    foreseen = [
        [
            say.date(each.day),
            say("where the line leads"),
            say.percent(each.value, 0),
            say("{low} to {high}", low=say.percent(each.low, 0), high=say.percent(each.high, 0)),
        ]
        for each in shown.line[2:]
    ]
    day, share = shown.aim
    aim = [say.date(day), say("aim"), say.percent(share, 0), ""]
    return TitledTable(
        caption=title,
        head=[say("Day"), say("What it is"), say("Share"), say("Very likely between")],
        rows=[*declared, *foreseen, aim],
        brief=[*declared, *foreseen[-1:], aim],
        names=2,
    )


def _spoken_row(row: Sequence[str], say: Say) -> str:
    day, what, share, between = row
    value = say("{value} ({between})", value=share, between=between) if between else share
    return say("{day}: {value}, {what}.", day=capital(day), value=value, what=what)


# Which components a system is made of, and where its calls ran, by whom.


def components(
    document: AuditDocument, verdict: VerdictDocument, say: Say, *, system: System | None
) -> UnjudgedFigure | None:
    """The components that the system file names, and the calls of the audit, each with place and provider, if any."""
    if verdict.metric != OUTSIDE_SHARE:
        return None
    aim = _target(system)
    tables = [_declared(aim, say)] if aim is not None and aim.parts else []
    calls = next((each for each in document.measures if each.metric == OUTSIDE_SHARE), None)
    if calls is not None and calls.params.by_call:
        tables.append(_calls(calls, say))
    if not tables:
        return None
    told = [_count(aim, say)] if aim is not None and aim.parts else []
    return UnjudgedFigure(
        name="components", title=say("Components and calls: where, and by whom"), told=told, tables=tables
    )


def _count(aim: ProviderTarget, say: Say) -> str:
    theirs = [each for each in aim.parts if each.provider.lower() == aim.provider.lower()]
    return say(
        "{n} of {all} components come from {provider}, as the system file declares.",
        n=say.whole(len(theirs)),
        all=say.whole(len(aim.parts)),
        provider=aim.provider,
    )


def _declared(aim: ProviderTarget, say: Say) -> TitledTable:
    return TitledTable(
        caption=say("Components, as declared"),
        head=[say("Component"), say("Provider"), say("Place")],
        rows=[[say.text(each.name), each.provider, each.place] for each in aim.parts],
        names=3,
    )


def _calls(measure: MeasureDocument, say: Say) -> TitledTable:
    """A row for each kind of call, those that ran outside with their number however few, then all others together."""
    told, outside = measure.params.by_call or (), measure.params.outside or ()
    fewer = [each for each in outside if each not in told]
    rows = [[*_kind(each, say), _allowed(each, outside, say)] for each in (*told, *fewer)]
    others = measure.params.others_counted - sum(each[3] for each in fewer)
    if others > 0:
        rows.append([say("other calls together"), "", "", say.whole(others), ""])
    return TitledTable(
        caption=say("Calls, as the log tells"),
        head=[say("Model"), say("Provider"), say("Place"), say("Calls"), say("On the allowed list")],
        rows=rows,
        names=3,
    )


def _kind(call: OutsideKind, say: Say) -> list[str]:
    (provider, place, model), figures = call[:3], call[3:]
    return [*(name or say("not told") for name in (model, provider, place)), say.whole(given(figures[0]))]


def _allowed(call: OutsideKind, outside: Collection[OutsideKind], say: Say) -> str:
    if call in outside:
        return say("outside it")
    return say("yes") if call[0] and call[1] else say("not known")
