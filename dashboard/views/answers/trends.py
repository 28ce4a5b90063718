"""How often agents decide otherwise than proposed, from period to period: of everybody, each group, each team."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from boussole.audits.languages import inside
from boussole.audits.metrics.human import OVERRIDE_BY_GROUP, OVERRIDE_RATE
from boussole.audits.metrics.reworked import REWORKED_SHARE
from boussole.audits.metrics.teams import OVERRIDE_BY_TEAM
from boussole.audits.systems import System
from boussole.audits.windows import Window
from boussole.charter.document import MeasureDocument, VerdictDocument
from boussole.charter.judging.statistics.months import FEWEST_PERIODS, Gap, by_month, side_of
from boussole.dashboard.markup.words import Say
from boussole.dashboard.views.answers.course import SystemPast
from boussole.dashboard.views.charts.groups import attribute_name, group_of
from boussole.dashboard.views.charts.over_time import NARROW, WIDE, ShareDot, dots_svg
from boussole.dashboard.views.charts.tables import signed

TRENDED = (OVERRIDE_RATE, REWORKED_SHARE)
"""Measures of which a fall says that people check less and less."""
LONGEST = 12
"""Periods that a trend spans at most, the newest: a year of months."""
DRAWN = 6
"""Teams that are drawn at most; the table has them all."""


@dataclass(frozen=True, kw_only=True)
class TrendLine:
    """One group, or team: its drawing in both widths, the same in words, and what its trend comes to."""

    name: str
    svg: str
    narrow: str
    alt: str
    told: str


@dataclass(frozen=True, kw_only=True)
class CourseGroup:
    """Several lines under one title: what they come to together, those that are drawn, and all of them as a table."""

    title: str
    told: Sequence[str]
    drawn: Sequence[TrendLine]
    head: Sequence[str]
    rows: Sequence[tuple[str, ...]]


Figures = list[MeasureDocument | None]
"""Of one group, or team: its figure in each period, None where it is not told."""


def trend_of_all(past: SystemPast, verdict: VerdictDocument, say: Say) -> str:
    """Whether the figure of everybody falls, in a sentence; empty of other questions, and of a single audit."""
    windows = _apart(past)
    if verdict.metric not in TRENDED or len(windows) < 2:
        return ""
    named = [_found(past, window, str(verdict.metric)) for window in windows]
    figures: Figures = [found[0] if found and not _earlier_too(found[0]) else None for found in named]
    return " ".join([_words(*_trend(windows, figures), say), say("No verdict rests on a trend.")])


def trends(past: SystemPast, verdict: VerdictDocument, say: Say, *, system: System | None) -> list[CourseGroup]:
    """The groups, attribute by attribute, then the teams that two audits tell of; none of other questions."""
    windows = _apart(past)
    if verdict.metric != OVERRIDE_RATE or system is None or len(windows) < 2:
        return []
    groups = _lines(past, windows, OVERRIDE_BY_GROUP)
    found = []
    for by in dict.fromkeys(by for by, _ in groups):
        own = {name: figures for (each, name), figures in groups.items() if each == by}
        attribute = inside(attribute_name(by, say, system=system))
        title = say("Over time, by {attribute}", attribute=attribute)
        found.append(_trends(title, windows, own, say, system=system, by_name=False))
    teams = {name: figures for (_, name), figures in _lines(past, windows, OVERRIDE_BY_TEAM).items()}
    found.append(_trends(say("Over time, team by team"), windows, teams, say, system=system, by_name=True))
    return [each for each in found if each.rows]


def _apart(past: SystemPast) -> list[Window]:
    """The newest windows of which no two share a day: what several count is told by the shortest."""
    kept: list[Window] = []
    for window in sorted(past.audits, key=lambda each: (each.end, -each.start.toordinal())):
        if not kept or window.start > kept[-1].end:
            kept.append(window)
    return kept[-LONGEST:]


def _found(past: SystemPast, window: Window, metric: str) -> list[MeasureDocument]:
    return [each for each in past.audits[window].judged_measures if each.metric == metric]


def _earlier_too(measure: MeasureDocument) -> bool:
    """Whether a figure counts earlier windows too: such figures share cases and show no course."""
    return measure.params.since is not None


def _lines(
    past: SystemPast, windows: Sequence[Window], metric: str
) -> dict[tuple[tuple[str, ...], tuple[str, ...]], Figures]:
    """The figures of each group of single attributes, or team, that has two at least, window by window; of a team that
    is told as “at most” in a window there is none."""
    every: dict[tuple[tuple[str, ...], tuple[str, ...]], Figures] = {}
    for at, window in enumerate(windows):
        for each in _found(past, window, metric):
            if len(each.by) == 1 and each.value is not None and not each.params.at_most:
                key = each.by, each.values_of_group
                every.setdefault(key, [None] * len(windows))[at] = None if _earlier_too(each) else each
    return {key: figures for key, figures in sorted(every.items()) if sum(map(bool, figures)) > 1}


def _trend(windows: Sequence[Window], figures: Figures) -> tuple[int, Gap | None]:
    """How many periods tell of it, and its change a month."""
    return by_month(list(zip(windows, figures, strict=True)))


def _words(n: int, found: Gap | None, say: Say) -> str:
    if n < FEWEST_PERIODS:
        return say("A trend takes three periods at least.")
    side = side_of(found)
    if found is None or not side:
        return say("Over these {n} periods, chance alone could explain how it moved.", n=say.whole(n))
    ends = {"low": found.low, "high": found.high} if side == "rose" else {"low": -found.high, "high": -found.low}
    named = {name: say.number(100 * end, 1) for name, end in (("by", abs(found.value)), *ends.items())}
    if side == "fell":
        return say(
            "Over these {n} periods it fell, more than chance explains: by {by} in 100 a month (very probably between "
            "{low} and {high}).",
            n=say.whole(n),
            **named,
        )
    return say(
        "Over these {n} periods it rose, more than chance explains: by {by} in 100 a month (very probably between "
        "{low} and {high}).",
        n=say.whole(n),
        **named,
    )


def _trends(
    title: str,
    windows: Sequence[Window],
    lines: dict[tuple[str, ...], Figures],
    say: Say,
    *,
    system: System,
    by_name: bool,
) -> CourseGroup:
    """`by_name`: of teams, whose intervals hold together, and of which only those that stand out are drawn."""
    names = {key: ", ".join(key) if by_name else _group(figures, say, system) for key, figures in lines.items()}
    found = {key: _trend(windows, figures) for key, figures in lines.items()}
    fell = [names[key] for key, (_, each) in found.items() if side_of(each) == "fell"]
    rose = [names[key] for key, (_, each) in found.items() if side_of(each) == "rose"]
    apart = [key for key in lines if not by_name or names[key] in (*fell, *rose) or _differed(lines[key])]
    shown = apart[:DRAWN] if by_name else apart
    return CourseGroup(
        title=title,
        told=_told(fell, rose, say, tried=[n for n, _ in found.values()], together=by_name),
        drawn=[
            _drawn(
                names[key],
                windows,
                lines[key],
                _words(*found[key], say) if found[key][0] >= FEWEST_PERIODS else "",
                say,
                scale=_scale(lines[each] for each in shown),
            )
            for key in shown
        ],
        head=[
            say("Team") if by_name else say("Group"),
            *(say.period(window.start, window.end) for window in windows),
            say("A month, in 100"),
        ],
        rows=[
            (names[key], *(_cell(each, say) for each in figures), _change(found[key][1], say))
            for key, figures in lines.items()
        ],
    )


def _group(figures: Figures, say: Say, system: System) -> str:
    return group_of(next(each for each in figures if each is not None), say, system=system)


def _differed(figures: Figures) -> bool:
    """Whether a team clearly differed from all others in a period."""
    return any(each is not None and each.params.differs for each in figures)


def _told(fell: list[str], rose: list[str], say: Say, *, tried: Sequence[int], together: bool) -> list[str]:
    told = []
    if fell:
        told.append(say("Fell, more than chance explains: {names}.", names=", ".join(fell)))
    if rose:
        told.append(say("Rose, more than chance explains: {names}.", names=", ".join(rose)))
    if max(tried, default=0) < FEWEST_PERIODS:
        told.append(say("A trend takes three periods at least."))
    elif not told:
        told.append(say("No rise and no fall can be told from chance."))
    if together:
        told.append(say("The ranges hold for all teams together; a team told as “at most” in a period has no figure."))
    elif max(tried, default=0) >= FEWEST_PERIODS:
        told.append(say("Each by itself: of forty groups of which nothing moves, one will seem to fall."))
    if not together:
        told.append(say("Without a figure is a period in which it would tell of too few people."))
    return told


def _scale(lines: Iterable[Figures]) -> float:
    """The highest end of all figures: drawings beside each other have one scale."""
    return max(100 * each.interval.high for figures in lines for each in figures if each is not None and each.interval)


def _drawn(name: str, windows: Sequence[Window], figures: Figures, told: str, say: Say, *, scale: float) -> TrendLine:
    dots = [
        ShareDot(
            label=say.short_month(window.end),
            value=None if each is None or each.value is None else 100 * each.value,
            low=0.0 if each is None or each.interval is None else 100 * each.interval.low,
            high=0.0 if each is None or each.interval is None else 100 * each.interval.high,
        )
        for window, each in zip(windows, figures, strict=True)
    ]

    def write(value: float) -> str:
        return say.number(value, 0 if value == round(value) else 1)

    spoken = [
        say("{name}: {verdicts}.", name=say.period(window.start, window.end), verdicts=_cell(each, say))
        for window, each in zip(windows, figures, strict=True)
    ]
    return TrendLine(
        name=name,
        svg=dots_svg(dots, write, top=scale, width=WIDE),
        narrow=dots_svg(dots, write, top=scale, width=NARROW),
        alt=" ".join(spoken),
        told=told,
    )


def _cell(measure: MeasureDocument | None, say: Say) -> str:
    if measure is None or measure.value is None or measure.interval is None:
        return say("no figure")
    low, high = (say.number(100 * end, 1) for end in (measure.interval.low, measure.interval.high))
    between = say("{low} to {high}", low=low, high=high)
    return say("{value} ({between})", value=say.number(100 * measure.value, 1), between=between)


def _change(found: Gap | None, say: Say) -> str:
    """The change a month; empty where no trend can be told."""
    if found is None:
        return ""
    low, high = (signed(100 * end, say) for end in (found.low, found.high))
    between = say("{low} to {high}", low=low, high=high)
    return say("{value} ({between})", value=signed(100 * found.value, say), between=between)
