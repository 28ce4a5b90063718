"""What stands beside an answer and is not judged: whose components a system is made of, and where its calls ran."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from boussole.audits.measure_params import OutsideKind
from boussole.audits.metrics.calls import OUTSIDE_SHARE
from boussole.audits.metrics.components import FORECAST, trend
from boussole.audits.systems import System
from boussole.audits.systems.logs.calls import ProviderShare, ProviderTarget
from boussole.charter.document import AuditDocument, MeasureDocument, Standing, VerdictDocument
from boussole.charter.document.base import given
from boussole.dashboard.markup.words import Say


@dataclass(frozen=True, kw_only=True)
class TitledTable:
    """A table whose first `names` columns are words."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    names: int = 1


@dataclass(frozen=True, kw_only=True)
class UnjudgedFigure:
    """One thing that is shown and not judged, with its title, words and tables."""

    title: str
    told: Sequence[str]
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


def share_of_provider(
    document: AuditDocument, verdict: VerdictDocument, say: Say, *, system: System | None
) -> UnjudgedFigure | None:
    """The declared shares of a provider in the system file and the aim, if the question asks."""
    found = next((each for each in document.measures if each.metric == FORECAST), None)
    aim = _target(system)
    if verdict.metric != OUTSIDE_SHARE or found is None or aim is None:
        return None
    history = sorted((each for each in aim.history if each.day <= document.window.end), key=lambda each: each.day)
    title = say("The share of {provider} among the components", provider=aim.provider)
    if not history or not _as_audited(found, history, aim):
        changed = say("The system file has changed since this audit: what it declares now is not shown.")
        return UnjudgedFigure(title=title, told=[changed])
    declared = [[say.date(each.day), say("declared"), say.percent(each.share, 0)] for each in history]
    table = TitledTable(
        caption=say("Declared shares and the aim"),
        head=[say("Day"), say("What it is"), say("Share")],
        rows=[*declared, [say.date(aim.by), say("aim"), say.percent(aim.share, 0)]],
        names=2,
    )
    return UnjudgedFigure(title=title, told=[say("Declared in the system file. Not judged.")], tables=[table])


def _target(system: System | None) -> ProviderTarget | None:
    section = system.generations if system is not None else None
    return section.calls.components if section is not None and section.calls is not None else None


def _as_audited(found: MeasureDocument, history: Sequence[ProviderShare], aim: ProviderTarget) -> bool:
    told = found.params
    if (told.provider, told.target, told.by, told.points) != (aim.provider, aim.share, aim.by, len(history)):
        return False
    again = trend(list(history), aim.by)
    return (again is None) == (found.value is None) and (again is None or math.isclose(again.value, given(found.value)))


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
    return UnjudgedFigure(title=say("Components and calls: where, and by whom"), told=told, tables=tables)


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
