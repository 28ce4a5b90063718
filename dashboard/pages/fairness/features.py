"""Without sensitive features: what ordinary features tell, as it was explored and kept; no verdict rests on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from boussole.audits.errors import BoussoleError
from boussole.audits.features.binned import Bin
from boussole.audits.features.explore import Exploration, kept
from boussole.audits.features.proxies import Proxy
from boussole.audits.features.sampled import REST, Sampled
from boussole.audits.features.slices import Slice
from boussole.audits.languages import inside
from boussole.audits.measures import Interval
from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.words import Say
from boussole.dashboard.views.charts.groups import attribute_name, value_name
from boussole.dashboard.views.charts.tables import VerdictTable, signed

SHOWN = 12
"""Pairs of a feature and a group that the table shows, those that tell best."""


@dataclass(frozen=True, kw_only=True)
class FeatureView:
    """What ordinary features tell: of which days, in sentences, with a table for each; `lost`: it cannot be read."""

    system: str
    when: str
    told: Sequence[str]
    tables: Sequence[VerdictTable]
    lost: str = ""


def explored(workspace: Workspace, system: System | None, say: Say) -> FeatureView | None:
    """The exploration that was kept of a system; None where none was made."""
    if system is None:
        return None
    try:
        found = kept(workspace, system)
    except BoussoleError as error:
        return FeatureView(system=system.id, when="", told=(), tables=(), lost=f"{error.what} {error.next_step}")
    return None if found is None else _explored(found, system, say)


def _explored(found: Exploration, system: System, say: Say) -> FeatureView:
    when = say.apart(
        [
            say(
                "{n} decisions, {period}",
                n=say.whole(found.decisions),
                period=say.period(found.window.start, found.window.end),
            ),
            say("explored on {date}", date=say.date(found.made_on)),
        ]
    )
    tables = [_proxies(found.proxies[:SHOWN], system, say), _slices(found.slices.found, system, say)]
    tables.append(_sampled(found.sampled, system, say))
    return FeatureView(
        system=system.id,
        when=when,
        told=[_telling(found, system, say), _carrying(found, system, say), _lowest(found, system, say)],
        tables=[table for table in tables if table.rows],
    )


def _feature(name: str, system: System, say: Say) -> str:
    titles = {**system.feature_titles, **{c.column: c.title for c in system.controls.values() if c.title}}
    return say.text(titles.get(name), name)


def _group(by: str, value: str, system: System, say: Say) -> str:
    if value == REST:
        return say("all others")
    name, group = attribute_name([by], say, system=system), value_name(by, value, say, system=system)
    return say("{stage}: {group}", stage=name, group=inside(group))


def _telling(found: Exploration, system: System, say: Say) -> str:
    best = next((each for each in found.proxies if each.tells), None)
    if best is None:
        return say("No ordinary feature tells any group clearly better than chance.")
    return say(
        "“{feature}” tells a group best: of two people, one of them “{group}”, the other “{against}”, it shows which "
        "is which {n} times in 100 (chance: 50).",
        feature=_feature(best.feature, system, say),
        group=inside(value_name(best.by, best.group, say, system=system)),
        against=inside(_against(best, system, say)),
        n=say.whole(100 * best.auc.value),
    )


def _against(each: Proxy | Sampled, system: System, say: Say) -> str:
    return say("all others") if each.against == REST else value_name(each.by, each.against, say, system=system)


def _carrying(found: Exploration, system: System, say: Say) -> str:
    sure = [each for each in found.proxies if each.carries and each.carried is not None]
    if not sure:
        return say("For no feature is the gap of a group clearly smaller among people alike in it.")
    most = max(sure, key=lambda each: abs(each.carried.value) if each.carried is not None else 0.0)
    return say(
        "Among people alike in “{feature}”, the gap of “{group}” is {within} points, instead of {gap}: part of it goes "
        "with this feature, which need not be its cause.",
        feature=_feature(most.feature, system, say),
        group=inside(value_name(most.by, most.group, say, system=system)),
        within=signed(100 * (most.within or 0.0), say),
        gap=signed(100 * most.gap.value, say),
    )


def _lowest(found: Exploration, system: System, say: Say) -> str:
    first = next(iter(found.slices.found), None)
    if first is None:
        return say(
            "Nowhere among {n} sorts of people is selection clearly worse than elsewhere.",
            n=say.whole(found.slices.scanned),
        )
    return say(
        "Of {n} sorts of people, selection is clearly worst here: {where} ({ratio} selected when 100 of all others "
        "are, at equal numbers).",
        n=say.whole(found.slices.scanned),
        where=_where(first, system, say),
        ratio=say.whole(100 * first.ratio),
    )


def _where(each: Slice, system: System, say: Say) -> str:
    named = [(_feature(name, system, say), _bin(place, say)) for name, place in each.where.items()]
    return ", ".join(say("{stage}: {group}", stage=name, group=place) for name, place in named)


def _bin(place: Bin, say: Say) -> str:
    if place.rest is not None:
        return say("no value") if place.rest == "missing" else say("other values")
    if place.value is not None:
        return place.value
    low, high = (None if end is None else _plain(end, say) for end in (place.low, place.high))
    if low is None:
        return say("under {n}", n=high or "")
    return say("{n} or more", n=low) if high is None else say("{low} to {high}", low=low, high=high)


def _plain(value: float, say: Say) -> str:
    return say.number(value, 0 if value == round(value) else 1 if abs(value) >= 10 else 2)


def _ends(interval: Interval | None, say: Say, *, digits: int = 0) -> str:
    if interval is None:
        return ""
    low, high = (say.number(100 * end, digits) for end in (interval.low, interval.high))
    return say("{low} to {high}", low=low, high=high)


def _proxies(found: Sequence[Proxy], system: System, say: Say) -> VerdictTable:
    rows = [
        [
            _feature(each.feature, system, say),
            _group(each.by, each.group, system, say),
            say.number(100 * each.auc.value, 1),
            _ends(each.auc.interval, say, digits=1),
            signed(100 * each.gap.value, say),
            say("hardly anybody is alike") if each.within is None else signed(100 * each.within, say),
            say("clearly") if each.carries else say("not clearly"),
        ]
        for each in found
    ]
    head = [
        say("Feature"), say("Group"), say("Told apart, of 100 pairs"), say("95% interval"), say("Gap, in points"),
        say("Among people alike"), say("Clearly smaller"),
    ]  # fmt: skip
    return _table(say("Which features tell a group, and carry its gap"), head, rows, names=2)


def _slices(found: Sequence[Slice], system: System, say: Say) -> VerdictTable:
    rows = [
        [_where(each, system, say), say.whole(100 * each.ratio), _ends(each.interval, say), say.whole(each.n)]
        for each in found
    ]
    head = [say("People alike"), say("Selected, for 100 of all others"), say("95% interval"), say("Decisions")]
    return _table(say("Where selection is worst"), head, rows)


def _sampled(found: Sequence[Sampled], system: System, say: Say) -> VerdictTable:
    why = {
        "few_known": say("known of too few"),
        "small_group": say("too few people to be told"),
        "cannot_weight": say("the sample is too unlike everybody"),
    }
    rows = [
        [
            _group(each.by, each.group, system, say),
            say("{n} of {rows}", n=say.whole(each.known), rows=say.whole(each.n)),
            "" if each.raw is None else say.whole(100 * each.raw),
            why[each.reason or ""] if each.ratio is None else say.whole(100 * each.ratio),
            _ends(each.interval, say),
        ]
        for each in found
    ]
    head = [
        say("Group"), say("Decisions of known group"), say("In the sample as it is"),
        say("Weighted to everybody"), say("95% interval"),
    ]  # fmt: skip
    return _table(say("Groups known for a sample only: selected, for 100 of the others"), head, rows)


def _table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]], *, names: int = 1) -> VerdictTable:
    return VerdictTable(caption=caption, head=head, rows=rows, verdicts=[None] * len(rows), names=names)
