"""The groups of one released measure, and their chart, a mark and its interval for each; and what is said of it."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boussole.audits.languages import Catalogue, inside, typeset
from boussole.audits.mixed import joined
from boussole.audits.systems import System
from boussole.charter.document import AuditDocument, Comparison, MeasureDocument, VerdictDocument
from boussole.charter.judging.statistics.sight import holds
from boussole.charter.judging.wording.findings import finding
from boussole.charter.judging.wording.sentences import LOCALE
from boussole.dashboard.markup.elements import word
from boussole.dashboard.markup.words import Say
from boussole.dashboard.views.charts.drawings import Dot, DotRows, digits_of, reach
from boussole.dashboard.views.charts.groups import (
    NONE,
    Ends,
    decided,
    drawn,
    group_of,
    own,
    rate_of,
    reason_words,
    verdict_on,
    within,
)
from boussole.dashboard.views.charts.strips import GroupStrip, StripMark, Strips
from boussole.dashboard.views.fields import PROFILES, FairnessQuery, RateKind, comparison
from boussole.dashboard.views.system import bar_note

# The groups of one released measure, ready to be drawn or said.


@dataclass(frozen=True, kw_only=True)
class FairnessGroup:
    """One group: its rate, and how it compares. `judged` is the comparison that a verdict rests on, if any."""

    key: str
    name: str
    rate: MeasureDocument
    compared: MeasureDocument | None
    reference: bool
    judged: Comparison | None
    together: bool = False

    @property
    def verdict(self) -> str | None:
        return None if self.judged is None else self.judged.verdict

    @property
    def ends(self) -> Ends:
        """The interval of the comparison: the one that decided, where it is judged; else its own."""
        if self.judged is not None:
            return decided(self.judged)
        return NONE if self.compared is None else own(self.compared.interval)

    @property
    def gap(self) -> float:
        """How far from parity, to find the widest; 0 where that is not known."""
        if self.compared is None or self.compared.value is None:
            return 0.0
        value, scale = float(self.compared.value), self.compared.params.scale
        if scale != "ratio":
            return abs(value)
        return max(value, 1 / value) - 1 if value else float("inf")


@dataclass(frozen=True, kw_only=True)
class FairnessPeriod:
    """The period that is shown: its audit, what it is called, and the groups that are looked at."""

    document: AuditDocument
    name: str
    found: Sequence[FairnessGroup]

    def when(self, group: FairnessGroup, say: Say) -> str:
        """Of which time the figures of a group are."""
        return say("{period} with those before it", period=self.name) if group.together else self.name

    @property
    def since(self) -> dt.date:
        """The first day that its figures count."""
        earlier = [group.rate.params.since for group in self.found if group.rate.params.since is not None]
        return min(earlier, default=self.document.window.start)


def groups(
    document: AuditDocument,
    kind: RateKind,
    by: Sequence[str],
    say: Say,
    *,
    stage: str,
    control: str,
    system: System | None,
) -> list[FairnessGroup]:
    """The groups of an attribute or intersection, in the order of the document."""
    measures = document.judged_by_id
    metric, given = comparison(kind, control), {"stage": stage} if stage else {}
    judged = judged_by(document, metric, by)
    marks = {each.measure: each for each in judged.comparisons} if judged else {}
    shown = [
        measure
        for measure in document.judged_measures
        if measure.metric == kind.rate and measure.by == tuple(by) and measure.group and measure.given == given
    ]
    keys = [measure.id.partition("/")[2] for measure in shown]
    against = {found.params.against for key in keys if (found := measures.get(f"{metric}/{key}")) is not None}
    return [
        FairnessGroup(
            key=key.partition("|")[0],
            name=group_of(measure, say, system=system),
            rate=measure,
            compared=measures.get(f"{metric}/{key}"),
            reference=key.partition("|")[0] in against,
            judged=marks.get(f"{metric}/{key}"),
            together=measure.params.since is not None,
        )
        for key, measure in zip(keys, shown, strict=True)
    ]


def judged_by(document: AuditDocument, metric: str, by: Sequence[str]) -> VerdictDocument | None:
    """The verdict that rests on these comparisons, where the charter asks for one."""
    return verdict_on(document, tuple(by), metric=rate_of(metric))


def hidden(found: Sequence[FairnessGroup]) -> list[FairnessGroup]:
    """The groups whose rate the audit does not release."""
    return [group for group in found if group.rate.status == "suppressed"]


def widest(found: Sequence[FairnessGroup]) -> FairnessGroup | None:
    """The group whose gap is widest; None where none can be compared."""
    compared = [group for group in found if group.compared is not None and group.compared.value is not None]
    return max(compared, key=lambda group: group.gap, default=None)


def spoken_of(found: Sequence[FairnessGroup], key: str) -> FairnessGroup | None:
    """The group that was asked about, else the one whose gap is widest."""
    return next((group for group in found if group.key == key), None) or widest(found)


def by_chance(group: FairnessGroup) -> bool | None:
    """Whether chance alone may explain a gap: its interval holds parity. None where there is no interval."""
    if group.compared is None or group.compared.value is None or group.ends == NONE:
        return None
    return holds(group.ends, 1.0 if group.compared.params.scale == "ratio" else 0.0)


# The explorer's chart, a mark and its interval for each group, and what a view says in plain words before it.


def drawing(
    found: Sequence[FairnessGroup],
    kind: RateKind,
    say: Say,
    *,
    control: str,
    minimum: int,
) -> DotRows:
    """Rates, or with comparable profiles ratios to the reference, which is 100%."""
    ratios = control == PROFILES
    percent = ratios or kind.percent
    lowest = -1.0 if kind.rate == "calibration_in_the_large" else 0.0
    highest = 1.0 if kind.percent and not ratios else math.inf
    bounds, alone = (lowest, highest), all(group.judged is None for group in found)
    dots = [_dot(group, kind, say, bounds, ratios=ratios, alone=alone, minimum=minimum) for group in found]
    return DotRows(dots=dots, lines=[], percent=percent, bounds=bounds)


def figure(value: float, say: Say, *, percent: bool) -> str:
    """A value as the drawing writes it."""
    return say.percent(value) if percent else say.number(value, 2)


def _bar(group: FairnessGroup, shown: MeasureDocument, *, ratios: bool, alone: bool) -> Ends:
    """The interval that decided; where no verdict rests on what is drawn (`alone`), that of the figure by itself."""
    if alone:
        return own(shown.interval)
    return decided(group.judged) if ratios else drawn(group.judged, group.rate.value, group.compared)


def _dot(
    group: FairnessGroup,
    kind: RateKind,
    say: Say,
    bounds: tuple[float, float],
    *,
    ratios: bool,
    alone: bool,
    minimum: int,
) -> Dot:
    label = say("{group} (reference)", group=group.name) if group.reference else group.name
    shown = group.compared if ratios else group.rate
    if ratios and group.reference:
        return Dot(label=label, value=1.0, low=None, high=None, text=say.percent(1.0), note="", verdict=None)
    if shown is None:
        note = say("not compared (no other group)")
        return Dot(label=label, value=None, low=None, high=None, text="", note=note, verdict=None)
    value = shown.value
    note = "" if value is not None else reason_words(shown.reason or shown.status, say, minimum=minimum)
    text = "" if value is None else figure(value, say, percent=ratios or kind.percent)
    low, high = within(_bar(group, shown, ratios=ratios, alone=alone), bounds)
    return Dot(label=label, value=value, low=low, high=high, text=text, note=note, verdict=group.verdict)


def strips(
    shown: FairnessPeriod,
    kind: RateKind,
    say: Say,
    held: FairnessQuery,
    *,
    title: str,
    minimum: int,
    query: Mapping[str, str],
) -> Strips | None:
    """The chart of one period; none where no group has a figure."""
    drawn = drawing(shown.found, kind, say, control=held.control, minimum=minimum)
    if all(dot.value is None for dot in drawn.dots):
        return None
    values = reach(drawn)
    digits = digits_of(values, percent=drawn.percent)
    written = say.percent if drawn.percent else say.number
    return Strips(
        rows=[
            GroupStrip(
                name=dot.label,
                marks=[
                    StripMark(
                        dot=dot,
                        levels=(),
                        said=_said(group, dot, say, percent=drawn.percent, period=shown.when(group, say)),
                        href=held.href(query, group=group.key),
                        current=group.key == held.group,
                    )
                ],
            )
            for group, dot in zip(shown.found, drawn.dots, strict=True)
        ],
        scale=[(value, written(value, digits)) for value in values],
        title=title,
        note=_note(shown.found, say),
        kind="ratios" if held.control == PROFILES else "shares",
    )


def _note(found: Sequence[FairnessGroup], say: Say) -> str:
    note = [bar_note(say) if any(group.judged is not None for group in found) else say("Bar: 95% interval.")]
    if any(group.reference for group in found):
        note.append(say("Diamond: the group that others are compared with, or a group that no verdict is about."))
    return " ".join(note)


def _said(group: FairnessGroup, dot: Dot, say: Say, *, percent: bool, period: str) -> str:
    if dot.value is None:
        return say("{name}: {verdicts}.", name=dot.label, verdicts=dot.note)
    told = dot.text
    if dot.low is not None and dot.high is not None:
        low, high = (figure(end, say, percent=percent) for end in (dot.low, dot.high))
        told = say("{value} (between {low} and {high})", value=told, low=low, high=high)
    count = [say("{n} decisions", n=say.whole(group.rate.n))] if group.rate.n is not None else []
    verdict = [word(dot.verdict, say).lower()] if dot.verdict else []
    name = say("{group}, {period}", group=dot.label, period=period)
    return say("{name}: {verdicts}.", name=name, verdicts=joined(", ", [told, *count, *verdict]))


def told(
    found: Sequence[FairnessGroup],
    kind: RateKind,
    say: Say,
    *,
    group: str,
    system: System | None,
    minimum: int,
) -> list[str]:
    """The answer: the group asked about, or the widest gap; and which groups are not shown."""
    asked = next((each for each in found if each.key == group), None)
    first = spoken_of(found, group)
    parts = [] if first is None else _about(first, kind, say, system=system, minimum=minimum)
    if first is None:
        parts = [_no_figure(found, say, minimum=minimum)]
    elif asked is None and len(found) > 2:
        parts = [say("The widest gap: {sentence}", sentence=inside(parts[0])), *parts[1:]]
    return [part for part in [*parts, _hidden(found, say, minimum=minimum, but=asked)] if part]


def counted(shown: FairnessPeriod, say: Say) -> list[str]:
    """Since when figures count, where earlier periods count with this one."""
    if shown.since >= shown.document.window.start:
        return []
    told = say(
        "Of “{period} with those before it”, decisions count since {date}: its verdict rests on all of them.",
        period=shown.name,
        date=say.date(shown.since),
    )
    return [told]


def _about(group: FairnessGroup, kind: RateKind, say: Say, *, system: System | None, minimum: int) -> list[str]:
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


def _hidden(found: Sequence[FairnessGroup], say: Say, *, minimum: int, but: FairnessGroup | None) -> str:
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


def _why(group: FairnessGroup, say: Say, *, minimum: int) -> str:
    return reason_words(group.rate.reason or group.rate.status, say, minimum=minimum)


def _no_figure(found: Sequence[FairnessGroup], say: Say, *, minimum: int) -> str:
    reasons = {_why(group, say, minimum=minimum) for group in found if group.rate.value is None}
    if len(reasons) == 1 and all(group.rate.value is None for group in found):
        return say("For no group: {reason}.", reason=reasons.pop())
    return say("The audit compares no group with another here.")
