"""What a view of the explorer says in plain words, before any picture."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.audits.languages import Catalogue, inside, typeset
from boussole.audits.mixed import joined
from boussole.audits.systems import System
from boussole.charter.judging.wording.findings import finding
from boussole.charter.judging.wording.sentences import LOCALE
from boussole.dashboard.charts.groups import reason_words
from boussole.dashboard.pages.fairness.figures import Group, Side, beyond, by_chance, hidden, spoken_of
from boussole.dashboard.pages.fairness.picture import figure
from boussole.dashboard.views.fairness_choice import Kind
from boussole.dashboard.words.say import Say


def told(
    found: Sequence[Group], kind: Kind, say: Say, *, group: str, level: int | None, system: System | None, minimum: int
) -> list[str]:
    """The answer: the group asked about, or the widest gap; the level chosen; and which groups are not shown."""
    asked = next((each for each in found if each.key == group), None)
    first = spoken_of(found, group)
    parts = [] if first is None else _about(first, kind, say, system=system, minimum=minimum)
    if first is None:
        parts = [_no_figure(found, say, minimum=minimum)]
    elif asked is None and len(found) > 2:
        parts = [say("The widest gap: {sentence}", sentence=inside(parts[0])), *parts[1:]]
    if level is not None:
        parts += _level(found, kind, say, level=level)
    return [part for part in [*parts, _hidden(found, say, minimum=minimum, but=asked)] if part]


def apart(sides: Sequence[Side], say: Say) -> list[str]:
    """Since when figures count, and what nobody may read from two periods: this page judges no difference of theirs."""
    counted = [
        say(
            "Of “{period} with those before it”, decisions count since {date}: its verdict rests on all of them.",
            period=side.name,
            date=say.date(side.since),
        )
        for side in sides
        if side.since < side.document.window.start
    ]
    if len(sides) < 2:
        return counted
    one, other = sides
    shared = one.since <= other.document.window.end and other.since <= one.document.window.end
    return [
        *counted,
        *([say("The two periods share days: the decisions of these count in both.")] if shared else []),
        say(
            "Whether a figure has changed from one period to the other is not judged here: two intervals beside each "
            "other do not say it."
        ),
    ]


def _about(group: Group, kind: Kind, say: Say, *, system: System | None, minimum: int) -> list[str]:
    """One group: how it compares and whether chance may explain it; or what it is, or why it is not shown."""
    compared = group.compared
    if compared is not None and compared.value is not None and system is not None and not group.reference:
        verdict = group.verdict or "unknown"
        judged = group.judged.interval if group.judged else None
        clause = finding(
            compared, verdict=verdict, catalogue=Catalogue(LOCALE, say.lang), system=system, decided=judged
        )
        return [f"{typeset(clause, say.lang)}.", _chance(by_chance(group), say)]
    if group.rate.value is None:
        why = reason_words(group.rate.reason or group.rate.status, say, minimum=minimum)
        return [say("{name}: {verdicts}.", name=group.name, verdicts=why)]
    value, ends = figure(group.rate.value, say, percent=kind.percent), group.rate.interval
    if ends is not None:
        low, high = (figure(end, say, percent=kind.percent) for end in (ends.low, ends.high))
        value = say("{value} (between {low} and {high})", value=value, low=low, high=high)
    parts = [say("{name}: {verdicts}.", name=group.name, verdicts=value)]
    if group.reference:
        parts.append(say("It is the group that others are compared with."))
    elif compared is not None and compared.value is None:
        why = reason_words(compared.reason or compared.status, say, minimum=minimum)
        parts.append(say("{name}: {verdicts}.", name=say("Comparison"), verdicts=why))
    return parts


def _chance(by_itself: bool | None, say: Say) -> str:
    if by_itself is None:
        return ""
    if by_itself:
        return say("Chance alone may explain this gap.")
    return say("It is very unlikely that chance alone explains this gap.")


def _level(found: Sequence[Group], kind: Kind, say: Say, *, level: int) -> list[str]:
    """Which groups lie beyond the level chosen, and of which that cannot be told."""
    named = say("{n} for 100", n=say.whole(level)) if kind.scale == "ratio" else say("{n} points", n=say.whole(level))
    where: dict[str, list[str]] = {"beyond": [], "across": [], "within": []}
    for group in found:
        if not group.reference and (place := beyond(group, level)):
            where[place].append(inside(group.name))
    if not any(where.values()):
        return []
    parts = [
        say("Very probably beyond the level of {level}: {groups}.", level=named, groups=joined(", ", where["beyond"]))
        if where["beyond"]
        else say("No group is very probably beyond the level of {level}.", level=named)
    ]
    if where["across"]:
        parts.append(say("We cannot tell for: {groups}.", groups=joined(", ", where["across"])))
    return parts


def _hidden(found: Sequence[Group], say: Say, *, minimum: int, but: Group | None) -> str:
    """The groups that the audit hides, and why."""
    names = [f"{group.name} – {_why(group, say, minimum=minimum)}" for group in hidden(found) if group is not but]
    if not names:
        return ""
    further = say.plural(
        "Only groups that are shown are compared: {n} that is hidden could lie further apart.",
        "Only groups that are shown are compared: {n} that are hidden could lie further apart.",
        len(names),
    )
    told = say("Not shown: {groups}.", groups=say.apart(names))
    return f"{told} {further}"


def _why(group: Group, say: Say, *, minimum: int) -> str:
    return reason_words(group.rate.reason or group.rate.status, say, minimum=minimum)


def _no_figure(found: Sequence[Group], say: Say, *, minimum: int) -> str:
    """Why nothing can be compared; where all groups have a figure and no comparison, that there is none."""
    reasons = {_why(group, say, minimum=minimum) for group in found if group.rate.value is None}
    if len(reasons) == 1 and all(group.rate.value is None for group in found):
        return say("For no group: {reason}.", reason=reasons.pop())
    return say("The audit compares no group with another here.")
