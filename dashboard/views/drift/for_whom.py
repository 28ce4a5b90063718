"""For whom it moved: each group's scores and decisions since the reference period, as the monthly audits told them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from boussole.audits.languages import capital
from boussole.audits.systems.model import System
from boussole.audits.windows import Window, reference_window
from boussole.charter.document import AuditDocument
from boussole.charter.document.base import given
from boussole.charter.drift.moved_groups import QUANTITIES, GroupMove, apart, months_with_groups, moved_groups
from boussole.charter.drift.rule import Rule
from boussole.dashboard.charts.charts import svg
from boussole.dashboard.charts.dots import NARROW, WIDE, Dot, Line, Rows
from boussole.dashboard.views.drift.for_whom_words import GroupWords
from boussole.dashboard.views.drift.words import period_words
from boussole.dashboard.words.say import Say

APART = "watch"
"""The mark of a group that very likely moved otherwise."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """What each group was given, then and now. `marks`: of each row, whether it very likely moved otherwise."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    marks: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Part:
    """One quantity: its drawing in two widths, its groups, its crossed groups, and how it went month by month."""

    title: str
    drawn: tuple[str, str] | None
    alt: str
    groups: Table
    crossed: Table | None
    months: Table | None


@dataclass(frozen=True, kw_only=True)
class ForWhom:
    """The section. `missing`: why nothing is told, and what to do."""

    period: str
    sentences: Sequence[str]
    tone: str
    parts: Sequence[Part]
    missing: str = ""
    todo: str = ""


def for_whom(documents: Mapping[Window, AuditDocument], system: System, say: Say, *, rule: Rule) -> ForWhom | None:
    """The section; None where the system has no groups or no reference period, or no audit has looked."""
    reference, months = reference_window(system), months_with_groups(documents)
    if reference is None or not months or not system.groups:
        return None
    newest, words = documents[months[-1]], GroupWords(system=system, say=say, reference=period_words(reference, say))
    by_month = {window: moved_groups(documents[window], rule) for window in months}
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
) -> Part:
    plain = [each for each in found if len(each.by) == 1]
    crossed = [each for each in found if len(each.by) > 1]
    title = words.title(quantity)
    shown = _drawing(plain, quantity, words)
    drawn = None
    if any(dot.value is not None for dot in shown.dots):
        wide, narrow = (svg(each, words.say.lang) for each in (shown, replace(shown, layout=NARROW)))
        drawn = wide, narrow
    return Part(
        title=title,
        drawn=drawn,
        alt=" ".join([f"{title}.", *(f"{dot.label}: {dot.text or dot.note}." for dot in shown.dots)]),
        groups=_table(title, plain, quantity, words),
        crossed=_table(words.say("Groups of two attributes"), crossed, quantity, words) if crossed else None,
        months=_months(plain, quantity, by_month, words) if len(by_month) > 1 else None,
    )


def _drawing(found: Sequence[GroupMove], quantity: str, words: GroupWords) -> Rows:
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
    line = Line(at=0.0, label=words.say("as the others"), first=0, last=max(len(dots) - 1, 0), broken=False)
    return Rows(dots=dots, lines=[line], percent=False, bounds=(-math.inf, math.inf), layout=WIDE)


def _table(caption: str, found: Sequence[GroupMove], quantity: str, words: GroupWords) -> Table:
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
    return Table(
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
) -> Table:
    """The changes of every month, one row a month."""
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
    return Table(
        caption=say("{title}, month by month", title=words.title(quantity)),
        head=[say("Period"), *[words.name(each) for each in found]],
        rows=rows,
        marks=[""] * len(rows),
    )
