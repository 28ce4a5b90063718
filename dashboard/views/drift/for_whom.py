"""For whom it moved: each group's scores and decisions since the reference period, and how that is written."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from boussole.audits.languages import capital, inside
from boussole.audits.mixed import joined
from boussole.audits.systems.model import System
from boussole.audits.windows import Window, reference_window
from boussole.charter.document import AuditDocument, MeasureDocument
from boussole.charter.document.base import given
from boussole.charter.drift.rule import (
    QUANTITIES,
    DriftRule,
    GroupMove,
    apart,
    everybody,
    moved_groups,
    periods_with_groups,
)
from boussole.charter.judging.families import decision
from boussole.charter.judging.wording.naming import parsed
from boussole.dashboard.markup.words import Say
from boussole.dashboard.views.charts.charts import svg
from boussole.dashboard.views.charts.drawings import NARROW, WIDE, Dot, DotRows, ThresholdLine
from boussole.dashboard.views.charts.groups import attribute_name, group_name, reason_words, value_name
from boussole.dashboard.views.drift.words import period_words

# How groups, and how much they moved, are written on the page of drift.


SPOKEN = 3
"""Differences that the first lines name; the table has all."""


@dataclass(frozen=True, kw_only=True)
class GroupWords:
    """How groups and figures of a system are written."""

    system: System
    say: Say
    reference: str

    def title(self, quantity: str) -> str:
        if quantity == "mean_score":
            return self.say("The score: change of the mean")
        return self.say("Share of people {selected}: change, in points", selected=decision(self.system, self.say.lang))

    def name(self, each: GroupMove) -> str:
        return group_name(dict(zip(each.by, each.group, strict=True)), self.say, system=self.system)

    def why(self, measure: MeasureDocument) -> str:
        return reason_words(str(measure.reason), self.say, minimum=self.system.privacy.suppress_below)

    def other(self, each: GroupMove) -> str:
        """Whom a group is compared with."""
        against = given(each.difference.params.against) if each.difference else "rest"
        if each.difference and each.difference.params.against_shown:
            return self.say("the other groups shown")
        if against == "rest":
            return self.say("the other groups")
        return self.inside(parsed(against, each.by))

    def inside(self, group: Mapping[str, str]) -> str:
        """A group within a sentence."""
        return joined(", ", [value_name(name, value, self.say, system=self.system) for name, value in group.items()])

    def level(self, value: float, quantity: str, more: int = 0) -> str:
        if quantity == "selection_rate":
            return self.say.percent(value)
        return self.say.number(value, self.digits + more)

    def size(self, value: float, quantity: str, more: int = 0, *, bare: bool = False) -> str:
        """How much, whatever the direction; `bare`: without its unit."""
        if quantity == "selection_rate":
            n = self.say.number(abs(100 * value), 1)
            return n if bare else self.say("{n} points", n=n)
        return self.say.number(abs(value), self.digits + more)

    def signed(self, value: float, quantity: str, more: int = 0, *, bare: bool = False) -> str:
        told = self.size(value, quantity, more, bare=bare)
        if told == self.size(0.0, quantity, more, bare=bare):
            return told
        return f"{'+' if value > 0 else '−'}{told}"

    @property
    def digits(self) -> int:
        """Two for scores from 0 to 1, none for those of hundreds."""
        low, high = self.system.log.score.range if self.system.log.score else (0.0, 1.0)
        return max(0, 2 - math.floor(math.log10(high - low)))

    def with_interval(self, measure: MeasureDocument, quantity: str) -> str:
        told = self.signed(given(measure.value), quantity, 1)
        ends = measure.interval
        if ends is None:
            return told
        low, high = (self.signed(end, quantity, 1) for end in (ends.low, ends.high))
        return self.say("{value} (between {low} and {high})", value=told, low=low, high=high)

    def not_compared(self, each: GroupMove) -> str:
        """Why a group has no difference to whom it is compared with."""
        if each.change.value is None:
            return self.why(each.change)
        return self.say("others are compared with it") if each.difference is None else self.why(each.difference)

    def beside(self, each: GroupMove) -> list[str]:
        """Whom a group is compared with, and by how much more or less it moved; the last stands for the mark."""
        if each.difference is None:
            return [self.say("others are compared with it"), ""]
        if each.difference.value is None:
            return [self.other(each), self.why(each.difference)]
        return [self.other(each), self.with_interval(each.difference, each.quantity)]

    def direction(self, value: float, quantity: str) -> str:
        told = self.size(value, quantity)
        if told == self.size(0.0, quantity):
            return self.say("no change")
        return self.say("up by {n}", n=told) if value > 0 else self.say("down by {n}", n=told)

    def sentences(self, document: AuditDocument, moved: Sequence[GroupMove], found: Sequence[GroupMove]) -> list[str]:
        """The answer: of single attributes, the surest differences first; how many others there are."""
        say, plain = self.say, [each for each in moved if len(each.by) == 1]
        if all(each.change.value is None for each in found):
            return [say("No group can be shown in both periods: for whom it moved is not known.")]
        if not moved:
            return [
                say("No group moved otherwise than the one it is compared with, as far as these decisions can tell."),
                *self._everybody(document),
            ]
        spoken = plain[:SPOKEN] or moved[:SPOKEN]
        told = [self._sentence(each) for each in spoken]
        if left := len(moved) - len(spoken):
            told.append(
                say.plural(
                    "One more difference is in the tables below.", "{n} more differences are in the tables below.", left
                )
            )
        return told

    def _everybody(self, document: AuditDocument) -> list[str]:
        score = everybody(document, "mean_score")
        if score is None or score.value is None:
            return []
        return [self.say("Of everybody, scores: {moved}.", moved=self.direction(score.value, "mean_score"))]

    def _sentence(self, each: GroupMove) -> str:
        say, quantity = self.say, each.quantity
        own, other = given(each.difference.params.changes) if each.difference else (0.0, 0.0)
        sides = {"group": self.inside(dict(zip(each.by, each.group, strict=True))), "other": self.other(each)}
        moves = {"own": self.direction(own, quantity), "others": self.direction(other, quantity)}
        if quantity == "mean_score":
            return say("Scores did not move alike for all: {group}, {own}; {other}, {others}.", **sides, **moves)
        selected = decision(self.system, say.lang)
        return say(
            "The share of people {selected} did not move alike for all: {group}, {own}; {other}, {others}.",
            selected=selected,
            **sides,
            **moves,
        )

    def not_audited(self, reference: Window) -> dict[str, str]:
        attributes = joined(
            ", ", [inside(attribute_name([each], self.say, system=self.system)) for each in self.system.groups]
        )
        return {
            "missing": self.say(
                "Not told ({attributes}): no audit has told the groups of the reference period, {reference}.",
                attributes=attributes,
                reference=self.reference,
            ),
            "todo": self.say(
                "`boussole audit --system {system} --from {start} --to {end}` makes one; then audit the newest period "
                "again.",
                system=self.system.id,
                start=reference.start.isoformat(),
                end=reference.end.isoformat(),
            ),
        }


# For whom it moved: each group's scores and decisions since the reference period, as audits told them.


APART = "watch"
"""The mark of a group that very likely moved otherwise."""


@dataclass(frozen=True, kw_only=True)
class QuantityTable:
    """What each group was given, then and now. `marks`: of each row, whether it very likely moved otherwise."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    marks: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class QuantityTables:
    """One quantity: its drawing in two widths, its groups, its crossed groups, and how it went month by month."""

    title: str
    drawn: tuple[str, str] | None
    alt: str
    groups: QuantityTable
    crossed: QuantityTable | None
    months: QuantityTable | None


@dataclass(frozen=True, kw_only=True)
class ForWhom:
    """The section. `missing`: why nothing is told, and what to do."""

    period: str
    sentences: Sequence[str]
    tone: str
    parts: Sequence[QuantityTables]
    missing: str = ""
    todo: str = ""


def for_whom(documents: Mapping[Window, AuditDocument], system: System, say: Say, *, rule: DriftRule) -> ForWhom | None:
    """The section; None where the system has no groups or no reference period, or no audit has looked."""
    reference, months = reference_window(system), periods_with_groups(documents, system.windows.audit)
    if reference is None or not months or not system.groups:
        return None
    newest, words = documents[months[-1]], GroupWords(system=system, say=say, reference=period_words(reference, say))
    by_month = {window: moved_groups(documents[window], rule.of_windows(system.windows.audit)) for window in months}
    found = by_month[months[-1]]
    period = capital(
        say("{period}, beside {reference}", period=period_words(months[-1], say), reference=words.reference)
    )
    if all(each.change.reason == "reference_not_audited" for each in found):
        return ForWhom(period=period, sentences=[], tone="unknown", parts=[], **words.not_audited(reference))
    moved = apart(found)
    parts = [
        _part(quantity, [each for each in found if each.quantity == quantity], by_month, words)
        for quantity in QUANTITIES
        if any(each.quantity == quantity for each in found)
    ]
    return ForWhom(
        period=period,
        sentences=words.sentences(newest, moved, found),
        tone="watch" if moved else "unknown" if all(each.change.value is None for each in found) else "kept",
        parts=parts,
    )


def _part(
    quantity: str,
    found: Sequence[GroupMove],
    by_month: Mapping[Window, Sequence[GroupMove]],
    words: GroupWords,
) -> QuantityTables:
    plain = [each for each in found if len(each.by) == 1]
    crossed = [each for each in found if len(each.by) > 1]
    title = words.title(quantity)
    shown = _drawing(plain, quantity, words)
    drawn = None
    if any(dot.value is not None for dot in shown.dots):
        wide, narrow = (svg(each, words.say.lang) for each in (shown, replace(shown, layout=NARROW)))
        drawn = wide, narrow
    return QuantityTables(
        title=title,
        drawn=drawn,
        alt=" ".join([f"{title}.", *(f"{dot.label}: {dot.text or dot.note}." for dot in shown.dots)]),
        groups=_table(title, plain, quantity, words),
        crossed=_table(words.say("Groups of two attributes"), crossed, quantity, words) if crossed else None,
        months=_months(plain, quantity, by_month, words) if len(by_month) > 1 else None,
    )


def _drawing(found: Sequence[GroupMove], quantity: str, words: GroupWords) -> DotRows:
    """By how much more or less each group moved than the one it is compared with, and the interval that decided."""
    scale = 100 if quantity == "selection_rate" else 1  # in points
    dots = []
    for each in found:
        value = None if each.difference is None else each.difference.value
        low, high = each.between or (None, None)
        dots.append(
            Dot(
                label=words.name(each),
                value=None if value is None else scale * value,
                low=None if low is None else scale * low,
                high=None if high is None else scale * high,
                text="" if value is None else words.signed(value, quantity, 1, bare=True),
                note="" if value is not None else words.not_compared(each),
                verdict=APART if each.otherwise else None,
            )
        )
    line = ThresholdLine(at=0.0, label=words.say("as the others"), first=0, last=max(len(dots) - 1, 0), broken=False)
    return DotRows(dots=dots, lines=[line], percent=False, bounds=(-math.inf, math.inf), layout=WIDE)


def _table(caption: str, found: Sequence[GroupMove], quantity: str, words: GroupWords) -> QuantityTable:
    say = words.say
    head = [say("Group"), say("Before"), say("Now"), say("Change"), say("Compared with"), say("Moved more or less by")]
    rows = []
    for each in found:
        change = each.change
        if change.value is None:
            rows.append([words.name(each), "", "", words.why(change), "", ""])
            continue
        now, then = (words.level(value, quantity, 1) for value in given(change.params.values))
        told = words.with_interval(change, quantity)
        rows.append([words.name(each), then, now, told, *words.beside(each)])
    return QuantityTable(
        caption=caption,
        head=[*head, say("Reading")],
        rows=rows,
        marks=[APART if each.otherwise else "" for each in found],
    )


def _months(
    found: Sequence[GroupMove],
    quantity: str,
    by_month: Mapping[Window, Sequence[GroupMove]],
    words: GroupWords,
) -> QuantityTable:
    say = words.say
    rows = []
    for window, moved in by_month.items():
        told = {(each.by, each.group): each for each in moved if each.quantity == quantity}
        cells = []
        for each in found:
            then = told.get((each.by, each.group))
            value = None if then is None else then.change.value
            cell = "" if then is None or value is None else words.signed(value, quantity, 1)
            cells.append(say("{change} (otherwise)", change=cell) if then and then.otherwise else cell)
        rows.append([period_words(window, say), *cells])
    return QuantityTable(
        caption=say("{title}, period by period", title=words.title(quantity)),
        head=[say("Period"), *[words.name(each) for each in found]],
        rows=rows,
        marks=[""] * len(rows),
    )
