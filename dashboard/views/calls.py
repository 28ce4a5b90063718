"""What calls of models took and cost, as tables and in one line: by provider, place and model, and month by month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import Any

from boussole.audits.languages import capital
from boussole.audits.metrics.costs import COST, SUMS, TOKENS_READ, TOKENS_WRITTEN
from boussole.audits.systems import System
from boussole.charter.document import AuditDocument, MeasureDocument, Standing
from boussole.charter.document.base import given
from boussole.dashboard.markup.words import Say

MOST_MONTHS = 12
"""Months of the course of the cost, the newest."""


@dataclass(frozen=True, kw_only=True)
class CallsView:
    """The calls of a window: its `head` and a row for each provider, place and model; what must be known of it
    (`notes`); and the cost of each month, the newest last."""

    period: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str]
    months: Sequence[Sequence[str]]


def calls_view(
    document: Standing | None, system: System | None, say: Say, *, past: Iterable[AuditDocument] = ()
) -> CallsView | None:
    """The calls that an audit counted; None where its system asks for no such figure. `past`: earlier audits of it."""
    asked = asked_of(system)
    if not asked or not isinstance(document, AuditDocument):
        return None
    told = _told(document)
    return CallsView(
        period=capital(say.period(document.window.start, document.window.end)),
        head=[say("Provider"), say("Place"), say("Model"), say("Calls"), *(_name(each, say) for each in asked)],
        rows=_rows([told.get(name) for name in asked], asked, say),
        notes=_all_notes([(name, told.get(name)) for name in asked], say),
        months=_months([*past, document], say) if COST in asked else [],
    )


def cost_line(document: Standing | None, system: System | None, say: Say) -> str:
    """What the calls of an audit cost, in one line with what they read and wrote; empty where no price is declared."""
    if COST not in asked_of(system) or not isinstance(document, AuditDocument):
        return ""
    told = _told(document)
    cost = told.get(COST)
    if cost is None or cost.value is None:
        return say("not known ({why})", why=_why(cost, say))
    read, written = (_whole(told.get(name), say) for name in (TOKENS_READ, TOKENS_WRITTEN))
    return say(
        "{cost} for {n} calls; tokens read: {read}, written: {written}",
        cost=_whole(cost, say),
        n=say.whole(given(cost.params.all)),
        read=read,
        written=written,
    )


def asked_of(system: System | None) -> list[str]:
    """The figures that a system file asks for: tokens whose column is declared, and the cost where it gives prices."""
    log = system.generations if system is not None else None
    if log is None or log.calls is None:
        return []
    wanted = {TOKENS_READ: log.tokens_in, TOKENS_WRITTEN: log.tokens_out, COST: log.calls.prices}
    return [name for name in SUMS if wanted[name]] if log.tokens_in or log.calls.prices else []


def _told(document: AuditDocument) -> dict[str, MeasureDocument]:
    return {each.metric: each for each in document.measures if each.metric in SUMS}


def _name(metric: str, say: Say) -> str:
    return {TOKENS_READ: say("Tokens read"), TOKENS_WRITTEN: say("Tokens written"), COST: say("Cost")}[metric]


def _rows(told: Sequence[MeasureDocument | None], asked: Sequence[str], say: Say) -> list[list[str]]:
    """A row for each kind of call that some figure tells, those with most calls first; then all others together."""
    kinds: dict[tuple[Any, ...], dict[int, Sequence[Any]]] = {}
    together: dict[int, Sequence[Any]] = {}
    for at, measure in enumerate(told):
        if measure is None or measure.value is None:
            continue
        for provider, place, model, *figures in measure.params.by_call or ():
            kinds.setdefault((provider, place, model), {})[at] = figures
        if isinstance(measure.params.others, tuple):
            together[at] = measure.params.others
    found = [_row([name or say("not told") for name in names], each, asked, say) for names, each in kinds.items()]
    return [*found, *([_row([say("other calls together"), "", ""], together, asked, say)] if together else [])]


def _row(names: Sequence[str], figures: Mapping[int, Sequence[Any]], asked: Sequence[str], say: Say) -> list[str]:
    calls = next(iter(figures.values()))[0]
    return [
        *names,
        say.whole(calls),
        *(_amount(name, figures[at], say) if at in figures else say("not known") for at, name in enumerate(asked)),
    ]


def _whole(measure: MeasureDocument | None, say: Say) -> str:
    """The total of all calls."""
    if measure is None:
        return say("not known")
    return _amount(measure.metric, [0, measure.params.unknown, measure.value], say)


def _amount(metric: str, figures: Sequence[Any], say: Say) -> str:
    """A total of calls, some of which may not be known."""
    _, unknown, value = figures
    if value is None:
        return say("not known")
    told = _euros(value, say, least=bool(unknown)) if metric == COST else say.whole(value)
    return say("at least {n}", n=told) if unknown else told


def _euros(value: float, say: Say, *, least: bool) -> str:
    """Euros in as many digits as tell something; `least`: rounded down, as there is no less of it."""
    told = Decimal(str(value))
    digits = 0 if value >= 1000 else max(4, -told.adjusted()) if 0 < value < 0.01 else 2  # what costs is never 0
    exact = told.quantize(Decimal(1).scaleb(-digits), ROUND_FLOOR if least else ROUND_HALF_EVEN)
    return say("{euros} €", euros=say.number(float(exact), digits))


def _all_notes(told: Sequence[tuple[str, MeasureDocument | None]], say: Say) -> list[str]:
    """What must be known of the figures: once for all, where the same number of calls tells nothing."""
    counts = {
        None if each is None or each.value is None else (each.params.unknown or 0, each.params.all or 0)
        for _, each in told
    }
    (unknown, every), *others = [each or (0, 0) for each in counts]
    if unknown and not others:
        said = {"n": say.whole(unknown), "all": say.whole(every)}
        return [say("{n} of {all} calls do not tell all their tokens: what stands here is the least.", **said)]
    return [note for name, each in told for note in _notes(name, each, say)]


def _notes(metric: str, measure: MeasureDocument | None, say: Say) -> list[str]:
    """Of how many calls a figure is not known, or why nothing of it is."""
    name = _name(metric, say)
    if measure is None or measure.value is None:
        return [say("{name}: not known ({why}).", name=name, why=_why(measure, say))]
    unknown, every = measure.params.unknown, given(measure.params.all)
    if not unknown:
        return []
    counts = {"name": name, "n": say.whole(unknown), "all": say.whole(every)}
    if metric == COST:
        return [say("{name}: of {n} of {all} calls it is not known, or not all of it.", **counts)]
    return [say("{name}: {n} of {all} calls do not tell.", **counts)]


def _why(measure: MeasureDocument | None, say: Say) -> str:
    """Why there is no total."""
    reasons = {
        "no_price": say("no model that was called has a price, or no call tells its tokens"),
        "no_tokens": say("no call tells it"),
        "not_counted": say("of some month it was not counted, and its rows are gone"),
        "part_of_month": say("it is told of whole months only"),
        "small_group": say("too few calls"),
    }
    return reasons.get(measure.reason or "", "") if measure is not None else say("this audit did not count it")


def _months(audits: Iterable[AuditDocument], say: Say) -> list[list[str]]:
    """The cost of each month, of the newest audit that tells it."""
    found: dict[str, Sequence[Any]] = {}
    for document in sorted(audits, key=lambda each: (each.window.end, each.entry or 0)):
        cost = _told(document).get(COST)
        for month, *figures in (cost.params.by_month or ()) if cost is not None and cost.value is not None else ():
            found[month] = figures
    return [
        [say.month(dt.date.fromisoformat(f"{month}-01")), say.whole(figures[0]), _amount(COST, figures, say)]
        for month, figures in sorted(found.items())[-MOST_MONTHS:]
    ]
