"""One drawing for each column: its distance from window to window, what it says in words, and all of its figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from audits.drift.series import DriftSeries, Point
from audits.measures import Measure
from dashboard.drifting.events import Event, within
from dashboard.drifting.picture import Spot, small_multiple
from dashboard.drifting.readings import Level, Reading, theme_of
from dashboard.drifting.words import period_words, short_words, state_words, title_of, why_not
from dashboard.groups import group_name
from dashboard.words import Say

INDICES = ("psi", "jensen_shannon", "hellinger", "total_variation")
SPOKEN = 12
"""Windows that the words of a drawing name; all are in its data."""
LEAST = 0.0001
"""Smaller distances than this are not written out."""
ORDERED = ("kolmogorov_smirnov", "wasserstein")


@dataclass(frozen=True, kw_only=True)
class Multiple:
    """One column. `ends`: the names of the first and last window; `head`, `rows`, `states`: its data."""

    anchor: str
    title: str
    state: str
    badge: str
    sentences: Sequence[str]
    distance: str
    svg: str
    alt: str
    ends: tuple[str, str]
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    states: Sequence[str]
    words: Sequence[str]
    """The states in words."""


def multiples(
    series: DriftSeries,
    read: Sequence[Mapping[str, Reading]],
    theme: str,
    *,
    level: Level,
    happened: Sequence[Event],
    say: Say,
) -> list[Multiple]:
    """The drawings of one theme, in the order of the system file."""
    first: dict[tuple[str, ...], Measure] = {}
    for point in series.points:
        for measure in point.measures:
            if measure.metric == "psi" and theme_of(measure) == theme:
                first.setdefault(measure.group or (), measure)
    states = [each[theme].states for each in read]
    eventful = [bool(within(happened, point)) for point in series.points]
    return [
        _multiple(
            series, theme, like, [each.get(name, "not_examined") for each in states], eventful, level=level, say=say
        )
        for (name,), like in first.items()
    ]


def _multiple(
    series: DriftSeries,
    theme: str,
    like: Measure,
    states: Sequence[str],
    eventful: Sequence[bool],
    *,
    level: Level,
    say: Say,
) -> Multiple:
    name = (like.group or ("",))[0]
    found = [_of(point, "psi", like) for point in series.points]
    spots = [
        Spot(value=None if each is None else each.value, state=state, event=event)
        for each, state, event in zip(found, states, eventful, strict=True)
    ]
    title = title_of(like, theme, series.system, say)
    ends = [" ".join(short_words(point.window, series.step, say)) for point in (series.points[0], series.points[-1])]
    ordered = like.by == ("feature",)
    return Multiple(
        anchor=f"{theme}-{name}".replace(" ", "-"),
        title=title,
        state=states[-1],
        badge=state_words(states[-1], say),
        sentences=_sentences(series.points[-1], like, series, say),
        distance=_distance(found[-1], level, say),
        svg=small_multiple(spots, level=level.watch),
        alt=_spoken(title, spots, series, level, say),
        ends=(ends[0], ends[1]),
        head=_head(say, ordered=ordered),
        rows=[_row(point, like, series, say, ordered=ordered) for point in series.points],
        states=states,
        words=[state_words(state, say) for state in states],
    )


def _of(point: Point, metric: str, like: Measure) -> Measure | None:
    """A distance of the same column in a window."""
    key = (metric, like.by, like.group)
    return next((each for each in point.measures if (each.metric, each.by, each.group) == key), None)


def _sentences(point: Point, like: Measure, series: DriftSeries, say: Say) -> list[str]:
    """What the newest window says, in plain words."""
    psi = _of(point, "psi", like)
    if psi is None:
        return [say("Not compared: {why}.", why=why_not(point.reason or "", series.system, say))]
    if psi.value is None:
        readable = str(psi.params.get("readable_from", ""))
        return [say("No figure: {why}.", why=why_not(psi.reason or "", series.system, say, readable_from=readable))]
    told: list[str] = []
    moved, share = (_of(point, name, like) for name in ("wasserstein", "total_variation"))
    if shares := psi.params.get("shares"):
        told.append(_shares(psi, shares, like, series, say))
    elif moved is not None and moved.value is not None:
        told.append(say("Values differ by {value} on average.", value=figure(moved.value, say)))
    if not shares and share is not None and share.value is not None:
        n = _hundredths(share.value, say)
        told.append(say("{n} in 100 decisions would have to change for both periods to be alike.", n=n))
    return told


def _distance(psi: Measure | None, level: Level, say: Say) -> str:
    """The newest distance beside its level."""
    at = say.number(level.watch, 2)
    if psi is None or psi.value is None:
        return say("Level: {value}.", value=at)
    return say("Distance (PSI): {value}. Level: {level}.", value=figure(psi.value, say), level=at)


def _shares(psi: Measure, shares: Sequence[Sequence[float]], like: Measure, series: DriftSeries, say: Say) -> str:
    """The share of the selected, or of positive outcomes, in both periods; of groups, the one that moved most."""
    names = psi.params["categories"]
    gaps = [abs(after - before) for before, after in zip(*shares, strict=True)]
    at = gaps.index(max(gaps)) if like.by == ("mix",) else len(names) - 1
    before, after = (say.percent(side[at]) for side in shares)
    if like.by == ("mix",):
        group = _label(names[at], like, series, say)
        return say(
            "{group}: {after}, and {before} in the period compared with.", group=group, after=after, before=before
        )
    return say("{after}, and {before} in the period compared with.", after=after, before=before)


def _label(group: str, like: Measure, series: DriftSeries, say: Say) -> str:
    if group == "?":
        return say("Unknown or hidden")
    return group_name(dict(zip(like.group or (), (group,), strict=True)), say, system=series.system)


def _hundredths(share: float, say: Say) -> str:
    return say.number(100 * share, 1 if share < 0.1 else 0)


def figure(value: float, say: Say) -> str:
    """A distance with as many digits as it needs.

    >>> from dashboard.words import speaker
    >>> [figure(value, speaker("en")) for value in (12.34, 0.1369, 0.0004, 0.00001, 0.0)]
    ['12.34', '0.137', '0.0004', 'under 0.0001', '0.000']
    """
    size = abs(value)
    if 0 < value < LEAST:
        return say("under {value}", value=say.number(LEAST, 4))
    return say.number(value, 2 if size >= 1 else 3 if size >= 10 * LEAST or not size else 4)


def _spoken(title: str, spots: Sequence[Spot], series: DriftSeries, level: Level, say: Say) -> str:
    """The drawing in words: the newest windows with their distances and states."""
    parts = []
    for spot, point in list(zip(spots, series.points, strict=True))[-SPOKEN:]:
        told = state_words(spot.state, say).lower()
        told = told if spot.value is None else say("{value}, {state}", value=figure(spot.value, say), state=told)
        parts.append(say("{name}: {verdicts}.", name=period_words(point.window, say), verdicts=told))
    return " ".join([f"{title}.", say("Level: {value}.", value=say.number(level.watch, 2)), *parts])


def _head(say: Say, *, ordered: bool) -> list[str]:
    distances = [
        say("PSI"),
        say("Jensen-Shannon"),
        say("Hellinger"),
        say("Total variation"),
        *([say("Kolmogorov-Smirnov"), say("Wasserstein")] if ordered else []),
        say("Chi-square (p)"),
    ]
    last = say("Without a value") if ordered else say("Shares")
    return [say("Period"), say("Compared with"), say("Decisions"), *distances, last, say("Reading")]


def _row(point: Point, like: Measure, series: DriftSeries, say: Say, *, ordered: bool) -> list[str]:
    period = period_words(point.window, say)
    head = [period, period_words(point.against, say) if point.against else "", say.whole(point.decisions)]
    psi = _of(point, "psi", like)
    if psi is None or psi.value is None:
        why = psi.reason if psi is not None else point.reason
        readable = str(psi.params.get("readable_from", "")) if psi is not None else ""
        empty = [""] * (len(INDICES) + (len(ORDERED) if ordered else 0))
        missing = _missing(point, like, say) if ordered and psi is not None else ""
        return [*head, why_not(why or "", series.system, say, readable_from=readable), *empty, missing]
    names = (*INDICES, *(ORDERED if ordered else ()))
    values = [_of(point, name, like) for name in names]
    told = ["" if each is None or each.value is None else figure(each.value, say) for each in values]
    last = _missing(point, like, say) if ordered else _mixed(psi, like, series, say)
    return [*head, *told, _p(_of(point, "chi_square", like), say), last]


def _p(test: Measure | None, say: Say) -> str:
    if test is None or test.value is None:
        return ""
    p = test.params["p"]
    told = say("under {value}", value=say.number(0.001, 3)) if p < 0.001 else say.number(p, 3)
    return f"{say.number(test.value, 1)} ({told})"


def _missing(point: Point, like: Measure, say: Say) -> str:
    found = _of(point, "missing_share", like)
    if found is None:
        return ""
    if found.value is None:
        return say("hidden: few") if found.status == "suppressed" else ""
    return say.percent(found.value)


def _mixed(psi: Measure, like: Measure, series: DriftSeries, say: Say) -> str:
    """The shares of a window."""
    names, shares = psi.params["categories"], psi.params["shares"][1]
    if psi.by != ("mix",):
        return say.percent(shares[-1])
    pairs = zip(names, shares, strict=True)
    return ", ".join(f"{_label(name, like, series, say)} {say.percent(share)}" for name, share in pairs)
