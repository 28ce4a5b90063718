"""What a system that writes wrote, as plain data: by task, what became of it, where it ran, what it took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10

from boussole.audits.decisions.written import TaskTexts, WrittenTexts
from boussole.audits.languages import number
from boussole.audits.metrics.footprint import OF_YEAR
from boussole.audits.systems import System
from boussole.charter.document import Standing
from boussole.dashboard.markup.words.say import Say


@dataclass(frozen=True, kw_only=True)
class WrittenView:
    """What a system wrote: how many texts, a row for each task, where its models ran (the most first; None where the
    log does not say), what it costs a year by the register, and what the year has taken by the last audit."""

    texts: str
    period: str
    outcomes: bool
    tasks: Sequence[Sequence[str]]
    ran: Sequence[str] | None
    costs: str
    took: str


def written(told: WrittenTexts, system: System, document: Standing | None, say: Say) -> WrittenView:
    """What a system that writes wrote in some days; no text is shown, and nothing of an agent or a team."""
    yearly = system.costs.yearly
    places = [
        say("{place}: {n}", place=place or say("elsewhere, or not told"), n=say.whole(n)) for place, n in told.places
    ]
    return WrittenView(
        texts=say.whole(told.texts),
        period=say.period(told.first.isoformat(), told.last.isoformat()),
        outcomes=bool(told.outcomes),
        tasks=[_task(each, say, outcomes=bool(told.outcomes)) for each in told.tasks],
        ran=places if told.ran else None,
        costs="" if yearly is None else say("{euros} € a year", euros=say.whole(yearly)),
        took=_took(document, say),
    )


def _task(each: TaskTexts, say: Say, *, outcomes: bool) -> list[str]:
    shares = [say.percent(n / each.texts, 0) for n in each.became] if each.became else ["—"] * 3
    return [each.task or say("other tasks, or not told"), say.whole(each.texts), *(shares if outcomes else [])]


def _took(document: Standing | None, say: Say) -> str:
    spent = next((v.estimated for v in document.verdicts if v.metric == OF_YEAR), None) if document else None
    if spent is None or "co2e_kg" not in spent.ranges:
        return ""
    (low, high), (least, most) = spent.ranges["co2e_kg"], spent.ranges["water_l"]
    names = {"low": _digits(low, say), "high": _digits(high, say)}
    names |= {"least": _digits(least, say), "most": _digits(most, say), "year": f"{spent.numbers['year']:.0f}"}
    return say("{low} to {high} kg of CO₂ equivalent and {least} to {most} litres of water in {year}", **names)


def _digits(value: float, say: Say) -> str:
    """A number with as many decimals as leave two digits to read."""
    return number(value, say.lang, 0 if value == 0 else min(max(1 - floor(log10(value)), 0), 8))
