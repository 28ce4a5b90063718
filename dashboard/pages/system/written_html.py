"""What a system that writes wrote in the last month: by task, what became of it, where it ran, what it cost."""

from __future__ import annotations

from math import floor, log10

from boussole.audits.decisions.written import TaskTexts, WrittenTexts
from boussole.audits.languages import number
from boussole.audits.metrics.footprint import OF_YEAR
from boussole.audits.systems import System
from boussole.charter.document import Standing
from boussole.dashboard.markup.elements import Child, Html, el, facts, join, stacked
from boussole.dashboard.markup.words.say import Say


def written(told: WrittenTexts, system: System, document: Standing | None, say: Say) -> Html:
    """The section of the page of a system; no text is shown, and nothing of an agent or a team."""
    title = say("What does it write?")
    period = say.period(told.first.isoformat(), told.last.isoformat())
    lead = say("{n} texts, {period}. No text is shown here.", n=say.whole(told.texts), period=period)
    return el(
        "section",
        el("h2", title, id="written"),
        el("p", lead, class_="told"),
        _tasks(told, say) if told.tasks else None,
        facts([*_ran(told, say), *_cost(system, document, say)]),
        class_="written",
    )


def _tasks(told: WrittenTexts, say: Say) -> Html:
    head = [say("Task"), say("Texts")]
    head += [say("Sent as written"), say("Sent, changed"), say("For nothing")] if told.outcomes else []
    rows = [_task(each, say, outcomes=told.outcomes) for each in told.tasks]
    return stacked(head, rows, caption=say("What it wrote, by task, and what became of it"))


def _task(each: TaskTexts, say: Say, *, outcomes: bool) -> list[Child]:
    shares = [say.percent(n / each.texts, 0) for n in each.became] if each.became else ["—"] * 3
    return [each.task or say("other tasks, or not told"), say.whole(each.texts), *(shares if outcomes else [])]


def _ran(told: WrittenTexts, say: Say) -> list[tuple[Child, Child]]:
    """Where the models ran, the most first."""
    if not told.ran:
        return [(say("Where it ran"), say("The log does not say."))]
    places = [
        say("{place}: {n}", place=place or say("elsewhere, or not told"), n=say.whole(n)) for place, n in told.places
    ]
    return [(say("Where it ran"), join([el("span", place, class_="under") for place in places]))]


def _cost(system: System, document: Standing | None, say: Say) -> list[tuple[Child, Child]]:
    """What it costs a year by the register, and what the year has taken by the last audit."""
    found: list[tuple[Child, Child]] = []
    if (yearly := system.costs.yearly) is not None:
        found.append((say("What it costs"), say("{euros} € a year", euros=say.whole(yearly))))
    spent = next((v.estimated for v in document.verdicts if v.metric == OF_YEAR), None) if document else None
    if spent is not None and "co2e_kg" in spent.ranges:
        (low, high), (least, most) = spent.ranges["co2e_kg"], spent.ranges["water_l"]
        names = {"low": _figure(low, say), "high": _figure(high, say)}
        names |= {"least": _figure(least, say), "most": _figure(most, say), "year": f"{spent.numbers['year']:.0f}"}
        text = say("{low} to {high} kg of CO₂ equivalent and {least} to {most} litres of water in {year}", **names)
        found.append((say("What it took"), text))
    return found


def _figure(value: float, say: Say) -> str:
    """A number with as many decimals as leave two digits to read."""
    return number(value, say.lang, 0 if value == 0 else min(max(1 - floor(log10(value)), 0), 8))
