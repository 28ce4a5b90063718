"""Two periods of one column on one chart: what can be chosen, a mark of each with its interval, and the table below."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from boussole.audits.drift.distance_params import psi_of
from boussole.audits.drift.two_windows import Distribution, TwoWindows, WindowShare
from boussole.audits.languages import capital
from boussole.audits.mixed import joined
from boussole.audits.systems.model import System
from boussole.audits.windows import Window, reference_window
from boussole.charter.drift.readings import theme_of
from boussole.charter.drift.rule import SCORE
from boussole.dashboard.markup.words import Say
from boussole.dashboard.views.charts.drawings import Dot, ticks
from boussole.dashboard.views.charts.strips import GroupStrip, StripMark, Strips
from boussole.dashboard.views.charts.tables import VerdictTable
from boussole.dashboard.views.drift.figures import label, several
from boussole.dashboard.views.drift.words import period_words, title_of, why_not
from boussole.dashboard.views.fields import ChoiceField, Option, settled

ANCHOR = "two-periods"
"""The place on the page."""
PLACES = 6
"""Digits of a bound of a class, at the most."""
Pair = tuple[Window, Window]
Read = Callable[[Pair], TwoWindows]
"""Both windows of a pair, the one compared with first."""


@dataclass(frozen=True, kw_only=True)
class TwoPeriods:
    """What was chosen, and both periods of it. `asked`: whether an address asks for anything of it; `told`: the
    sentence before the chart; `missing`: why there is none."""

    fields: Sequence[ChoiceField]
    title: str
    asked: bool = False
    told: str = ""
    missing: str = ""
    chart: Strips | None = None
    table: VerdictTable | None = None
    notes: Sequence[str] = ()

    @property
    def refused(self) -> list[ChoiceField]:
        """The fields whose value of the address is not there."""
        return [field for field in self.fields if field.refused]


def span(window: Window) -> str:
    """A window as an address names it."""
    return f"{window.start}/{window.end}"


def anchor_at(theme: str, name: str) -> str:
    """The place of a column on the page, which is also its name in an address."""
    return f"{theme}-{name}".replace(" ", "-")


def fields_of(
    asked: tuple[str, str, str],
    say: Say,
    *,
    columns: Sequence[tuple[str, str]],
    windows: Sequence[Window],
    usual: Pair | None,
    system: System,
) -> tuple[list[ChoiceField], Pair | None]:
    """What can be chosen, and the two windows that are; None where there are no two without common days.

    `asked`: column, period and the other one as the address names them; `columns`: their places and titles; `usual`:
    the windows that the page compares, the newer first. The usual column is the score.
    """
    known = {span(each): each for each in windows}
    named = [Option(value=at, name=title) for at, title in columns]
    column = _chosen("column", say("What"), asked[0], anchor_at(SCORE, SCORE), named)
    usually = [span(each) for each in usual] if usual else ["", ""]
    first = _chosen("period", say("Period"), asked[1], usually[0], _options(windows, system, say))
    if not first.value:
        return [column, first], None
    newer = known[first.value]
    others = [each for each in windows if each.end < newer.start or newer.end < each.start]
    named = _options(others, system, say)
    second = _chosen("beside", say("Another period beside it"), asked[2], usually[1], named)
    pair = (known[second.value], newer) if second.value else None
    return [column, first, second], pair


def _options(windows: Sequence[Window], system: System, say: Say) -> list[Option]:
    """Windows to choose from; which of them is the reference is said."""
    reference, found = reference_window(system), []
    for each in windows:
        name = capital(period_words(each, say))
        told = say("{group} (reference)", group=name) if each == reference else name
        found.append(Option(value=span(each), name=told))
    return found


def _chosen(key: str, named: str, asked: str, usual: str, options: Sequence[Option]) -> ChoiceField:
    """A field with the value asked for where there is one, else the usual one, else the first."""
    if asked in [option.value for option in options]:
        return settled(key, named, asked, options)
    return replace(settled(key, named, usual, options), refused=asked)


def two_periods(fields: Sequence[ChoiceField], pair: Pair | None, read: Read, system: System, say: Say) -> TwoPeriods:
    """The column that was chosen, in both windows."""
    chosen = next(field for field in fields if field.key == "column")
    name = next((option.name for option in chosen.options if option.value == chosen.value), "")
    title = say("{title}: both periods, side by side", title=name)
    empty = TwoPeriods(fields=fields, title=title)
    if pair is None:
        return replace(empty, missing=say("There are no two periods that have ended and share no day."))
    found = read(pair)
    if found.point.reason:
        return replace(empty, missing=say("Not compared: {why}.", why=why_not(found.point.reason, system, say)))
    column = next((each for each in found.columns if _place(each) == chosen.value), None)
    if column is None or column.reason:
        why = why_not((column.reason if column else None) or "no_values", system, say, readable_from=_readable(column))
        return replace(empty, missing=say("Not compared: {why}.", why=why))
    return _shown(replace(empty, title=title), column, (pair[1], pair[0]), system, say)


def _readable(column: Distribution | None) -> dt.date | None:
    return psi_of(column.like).readable_from if column else None


def _place(column: Distribution) -> str:
    return anchor_at(theme_of(column.like), column.name)


def _shown(empty: TwoPeriods, column: Distribution, windows: Pair, system: System, say: Say) -> TwoPeriods:
    """Chart, table and sentence of a column; `windows`: the newer first."""
    periods = [period_words(window, say) for window in windows]
    names = _names(column, system, say)
    sides = (column.newer, column.older)
    hidden = why_not("small_group", system, say)
    marks = [
        [
            _mark(name, side[at], period, say, hidden=hidden, rounded=bool(column.begins), second=bool(second))
            for second, (side, period) in enumerate(zip(sides, periods, strict=True))
        ]
        for at, name in enumerate(names)
    ]
    highest = max((part.interval.high for side in sides for part in side if part), default=1.0)
    chart = Strips(
        rows=[GroupStrip(name=name, marks=found) for name, found in zip(names, marks, strict=True)],
        scale=[(value, say.percent(value, 0)) for value in ticks(0.0, highest)],
        title=empty.title,
        note=say(
            "Full diamond: {newer}. Open diamond on a dashed bar: {older}. Bars: 95% intervals.",
            newer=periods[0],
            older=periods[1],
        ),
        kind="shares",
    )
    return replace(
        empty,
        told=_told(names, column, periods, say),
        chart=chart,
        table=_table(empty.title, names, sides, periods, say, hidden=hidden, rounded=bool(column.begins)),
        notes=_notes(column, system, say),
    )


def _names(column: Distribution, system: System, say: Say) -> list[str]:
    """What each class or value is called."""
    if not column.begins:
        title = title_of(column.like, theme_of(column.like), system, say)
        return [
            capital(label(each, column.like, system, say)) if several(column.like) else title for each in column.values
        ]
    places = next(at for at in range(PLACES + 1) if at == PLACES or _exact(column.begins, at))
    bounds = [say.number(each, places) for each in column.begins]
    between = [say("{low} to {high}", low=low, high=high) for low, high in pairwise(bounds)]
    return [capital(say("under {value}", value=bounds[0])), *between, say("{n} or more", n=bounds[-1])]


def _exact(values: Sequence[float], places: int) -> bool:
    return all(abs(round(each, places) - each) <= 1e-9 * max(1.0, abs(each)) for each in values)


def _mark(
    name: str, part: WindowShare | None, period: str, say: Say, *, hidden: str, rounded: bool, second: bool
) -> StripMark:
    said = say("{group}, {period}", group=name, period=period)
    if part is None:
        dot = Dot(label=name, value=None, low=None, high=None, text="", note=hidden, verdict=None)
        told = hidden
    else:
        low, high, text = part.interval.low, part.interval.high, say.percent(part.share)
        dot = Dot(label=name, value=part.share, low=low, high=high, text=text, note="", verdict=None)
        share = say("{value} (between {low} and {high})", value=text, low=say.percent(low), high=say.percent(high))
        told = joined(", ", [share, _decisions(part, say, rounded=rounded)])
    return StripMark(
        dot=dot,
        levels=(),
        said=say("{name}: {verdicts}.", name=said, verdicts=told),
        href=f"#{ANCHOR}",
        current=False,
        period=capital(period),
        second=second,
    )


def _decisions(part: WindowShare, say: Say, *, rounded: bool) -> str:
    n = say.whole(part.count)
    return say("about {n} decisions", n=n) if rounded and part.count else say("{n} decisions", n=n)


def _told(names: Sequence[str], column: Distribution, periods: Sequence[str], say: Say) -> str:
    """Where both periods differ most, in a sentence."""
    pairs = [(name, one, two) for name, one, two in zip(names, column.newer, column.older, strict=True) if one and two]
    if not pairs:
        return ""
    name, newer, older = max(pairs, key=lambda each: abs(each[1].share - each[2].share))
    figures = {
        "after": say.percent(newer.share),
        "before": say.percent(older.share),
        "newer": periods[0],
        "older": periods[1],
    }
    if len(names) == 1:
        return say("{after} ({newer}), {before} ({older}).", **figures)
    return say("Where both differ most: “{part}”, {after} ({newer}), {before} ({older}).", part=name, **figures)


def _table(
    title: str,
    names: Sequence[str],
    sides: Sequence[Sequence[WindowShare | None]],
    periods: Sequence[str],
    say: Say,
    *,
    hidden: str,
    rounded: bool,
) -> VerdictTable:
    """One row for each class or value and period."""
    rows = []
    for at, name in enumerate(names):
        for side, period in zip(sides, periods, strict=True):
            part = side[at]
            told = [hidden, "", ""] if part is None else [
                say.percent(part.share),
                say("{low} to {high}", low=say.percent(part.interval.low), high=say.percent(part.interval.high)),
                say.whole(part.count),
            ]  # fmt: skip
            rows.append([name, capital(period), *told])
    decisions = say("Decisions, to the nearest ten") if rounded else say("Decisions")
    head = [say("What"), say("Period"), say("Share"), say("95% interval"), decisions]
    return VerdictTable(caption=title, head=head, rows=rows, verdicts=[None] * len(rows), names=2)


def _notes(column: Distribution, system: System, say: Say) -> list[str]:
    """What has to be known to read it: that nothing is judged, and what numbers are told in."""
    found = [
        say("Nothing is judged here: whether it moved is said above, where chance and all columns are considered.")
    ]
    if system.cluster == "person":
        found.append(say("Intervals allow for people who come back."))
    if column.begins:
        n = say.whole(system.privacy.suppress_below)
        found.append(
            say(
                "A class holds its lower bound and not its upper one. Classes that some, but few, have had in a month "
                "are joined from that month on, and counts are to the nearest ten, so that nobody among fewer than {n} "
                "follows from two periods.",
                n=n,
            )
        )
    return found
