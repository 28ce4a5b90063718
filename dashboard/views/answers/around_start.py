"""Month by month around the start: what agencies with the system show beside others, drawn and in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from boussole.audits.languages import Catalogue, capital
from boussole.audits.metrics.before_after import EFFECT
from boussole.audits.systems import System
from boussole.charter.document import MeasureDocument, Standing, VerdictDocument
from boussole.charter.judging.wording.findings import outcome
from boussole.charter.judging.wording.sentences import LOCALE
from boussole.dashboard.charts.course import NARROW
from boussole.dashboard.charts.event_study import MonthAround, event_study_svg
from boussole.dashboard.charts.tables import signed
from boussole.dashboard.words.say import Say


@dataclass(frozen=True, kw_only=True)
class AroundStart:
    """One outcome: the drawing in both widths, what it says in words, and the same as a table."""

    title: str
    svg: str
    narrow: str
    alt: str
    told: Sequence[str]
    reading: Sequence[str]
    rows: Sequence[tuple[str, str, str, str]]


def around_start(document: Standing, verdict: VerdictDocument, say: Say, *, system: System | None) -> list[AroundStart]:
    """Each outcome of a question about a start whose months can be told, answered or not; none of other questions."""
    names = {each.measure for each in verdict.comparisons}
    measures = [each for each in document.judged_measures if each.id in names and each.metric == EFFECT]
    if system is None:
        return []
    return [_of(each, say, system=system) for each in measures if each.params.get("months")]


def _of(measure: MeasureDocument, say: Say, *, system: System) -> AroundStart:
    told: list[dict[str, Any]] = measure.params.get("months")
    months = [
        MonthAround(month=each["month"], **{name: 100 * each[name] for name in ("value", "low", "high")})
        for each in told
    ]
    rows = [_row(each, int(of["agencies"]), say) for each, of in zip(months, told, strict=True)]
    start = say("start")

    def write(value: float) -> str:
        return say.number(value, 0 if value == round(value) else 1)

    def count(month: int) -> str:
        return f"{'+' if month > 0 else '−'}{abs(month)}" if month else "0"

    return AroundStart(
        title=capital(outcome(measure, system, Catalogue(LOCALE, say.lang))),
        svg=event_study_svg(months, write, count, start=start),
        narrow=event_study_svg(months, write, count, start=start, width=NARROW),
        alt=" ".join(say("{name}: {verdicts}.", name=row[0], verdicts=f"{row[1]} ({row[2]})") for row in rows),
        told=_words(measure, say),
        reading=_reading(measure, say),
        rows=rows,
    )


def _row(each: MonthAround, agencies: int, say: Say) -> tuple[str, str, str, str]:
    low, high = (signed(end, say) for end in (each.low, each.high))
    return (
        month_words(each.month, say),
        signed(each.value, say),
        say("{low} to {high}", low=low, high=high),
        say.whole(agencies),
    )


def month_words(month: int, say: Say) -> str:
    """A month as it is counted from the start.

    >>> from boussole.dashboard.words.say import speaker
    >>> [month_words(month, speaker("en")) for month in (-3, 0, 1)]
    ['Three months before the start', 'Month of the start', 'One month after']
    """
    if month < 0:
        return say.plural("{n} month before the start", "{n} months before the start", -month)
    return say.plural("{n} month after", "{n} months after", month) if month else say("Month of the start")


def _words(measure: MeasureDocument, say: Say) -> list[str]:
    """What the drawing says of the months after the start and before it."""
    better = say("below") if measure.params.bad_side == "above" else say("above")
    found = [
        say(
            "After the start, {side} zero is better. The bars hold together: the truth very probably lies in all of "
            "them.",
            side=better,
        ),
    ]
    if measure.reason == "not_parallel":
        found.append(
            say("Before the start, the dots do not stay around zero: these agencies already changed otherwise.")
        )
    elif measure.params.get("trends"):
        found.append(
            say(
                "Before the start, the dots stay around zero, as far as these counts can tell: no proof that both "
                "would have changed alike afterwards."
            )
        )
    return found


def _reading(measure: MeasureDocument, say: Say) -> list[str]:
    """How to read the drawing."""
    dots = say(
        "Each dot: by how much agencies that started changed more, or less, than the others since the month just "
        "before the start, for 100 people."
    )
    if (measure.params.get("cohorts") or 1) > 1:
        return [dots, say("Not all started in the same month: the last months count only those that started early.")]
    return [dots]
