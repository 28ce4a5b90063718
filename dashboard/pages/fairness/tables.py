"""The explorer's figures as tables: every group, and one group over the windows that were audited."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.audits.languages import capital
from boussole.audits.systems import System
from boussole.charter.document import AuditDocument, MeasureDocument
from boussole.dashboard.charts.bars import Ends, own
from boussole.dashboard.charts.groups import attribute_name, reason_words
from boussole.dashboard.charts.tables import Table, signed, with_deciding
from boussole.dashboard.pages.fairness.figures import Group, Side, groups, named
from boussole.dashboard.pages.fairness.picture import figure
from boussole.dashboard.views.fairness_choice import PROFILES, FairnessQuery, Kind
from boussole.dashboard.views.naming import period
from boussole.dashboard.words.say import Say


def groups_of(
    sides: Sequence[Side],
    kind: Kind,
    by: tuple[str, ...],
    say: Say,
    *,
    title: str,
    control: str,
    minimum: int,
    system: System | None,
) -> Table:
    """One row a group and period: its figure, how it compares, and with comparable profiles what other ways find."""
    found = [group for side in sides for group in side.found]
    others, two = any(each is not None for group in found for each in group.beside), len(sides) > 1
    rows, verdicts = [], []
    for key in named(sides):
        for side in sides:
            group = next((each for each in side.found if each.key == key), None)
            if group is None:
                continue
            name = say("{group} (reference)", group=group.name) if group.reference else group.name
            when = [capital(side.when(group, say))] if two else []
            figures = _figures(group, kind, say, control=control, minimum=minimum, others=others)
            rows.append([name, *when, *figures])
            verdicts.append(group.verdict)
    attribute = attribute_name(by, say, system=system)
    when = [say("Period")] if two else []
    head = [attribute, *when, *_heads(found, kind, say, control=control, others=others)]
    return Table(caption=title, head=[*head, say("Verdict")], rows=rows, verdicts=verdicts, names=2 if two else 1)


def _heads(found: Sequence[Group], kind: Kind, say: Say, *, control: str, others: bool) -> list[str]:
    """The names of the columns of figures."""
    reference = next((group.name for group in found if group.reference), None)
    against = (
        say("Compared with: {group}", group=reference) if reference is not None else say("Compared with all others")
    )
    if control == PROFILES:
        against = say("With comparable profiles. {against}", against=against)
    if any(group.judged is not None for group in found):
        against = with_deciding(against, say)
    share = say("Share, whatever the profile") if control == PROFILES else _figure_name(kind, say)
    head = [share, say("95% interval"), say("Decisions"), against]
    if control == PROFILES:
        head.append(say("95% interval"))
    if others:
        head += [
            say("Everybody’s profiles (standardised)"),
            say("By a logistic model"),
            say("Odds ratio (Mantel-Haenszel)"),
        ]
    return head


def _figures(group: Group, kind: Kind, say: Say, *, control: str, minimum: int, others: bool) -> list[str]:
    """The figures of one group in one period."""
    row = [
        _value(group.rate, say, percent=kind.percent, minimum=minimum),
        _interval(group.rate, say, percent=kind.percent),
        say.whole(group.rate.n) if group.rate.n is not None else "",
        "" if group.reference else _held(group, say, minimum=minimum),
    ]
    if control == PROFILES:
        row.append("" if group.reference else _alone(group.compared, say))
    return [*row, *(compared(each, say, minimum=minimum) for each in group.beside)] if others else row


def history_of(
    windows: Sequence[AuditDocument],
    focus: Group | None,
    kind: Kind,
    say: Say,
    *,
    held: FairnessQuery,
    system: System | None,
    minimum: int,
) -> Table | None:
    """One row a window, the latest first: the figure of one group there; None where only one window was audited."""
    if focus is None or len(windows) < 2:
        return None
    rows, verdicts, by = [], [], tuple(held.by.split(","))
    for document in windows:
        there = groups(document, kind, by, say, stage=held.stage, control=held.control, system=system)
        group = next((each for each in there if each.key == focus.key), None)
        row = ["", "", ""] if group is None else [
            _value(group.rate, say, percent=kind.percent, minimum=minimum),
            _interval(group.rate, say, percent=kind.percent),
            "" if group.reference else _held(group, say, minimum=minimum),
        ]  # fmt: skip
        name = period(document, say)
        told = say("{period} with those before it", period=name) if group is not None and group.together else name
        rows.append([capital(told), *row])
        verdicts.append(None if group is None else group.verdict)
    head = [say("Period"), _figure_name(kind, say), say("95% interval"), say("Compared"), say("Verdict")]
    return Table(caption=say("“{group}” over time", group=focus.name), head=head, rows=rows, verdicts=verdicts)


def _held(group: Group, say: Say, *, minimum: int) -> str:
    """How a group compares, with the interval that decided where it is judged."""
    return compared(group.compared, say, minimum=minimum, ends=group.ends)


def _alone(measure: MeasureDocument | None, say: Say) -> str:
    """The interval of a ratio by itself."""
    ends = None if measure is None or measure.value is None else measure.interval
    return (
        "" if ends is None else say("{low} to {high}", low=say.whole(100 * ends.low), high=say.whole(100 * ends.high))
    )


def compared(measure: MeasureDocument | None, say: Say, *, minimum: int, ends: Ends | None = None) -> str:
    """A comparison with its interval: "87 for 100 (84 to 91)", "+1.2 points (…)", or why there is none.

    `ends`: of another interval than that of the figure by itself.
    """
    if measure is None:
        return ""
    if measure.value is None:
        return reason_words(measure.reason or measure.status, say, minimum=minimum)
    odds = measure.metric == "selection_odds_ratio"
    ratio = odds or measure.params.scale in (None, "ratio")

    def written(value: float) -> str:
        if odds:
            return say.number(value, 2)
        return say.whole(100 * value) if ratio else signed(100 * value, say)

    value = written(measure.value)
    shown = value if odds else say("{n} for 100", n=value) if ratio else say("{n} points", n=value)
    low, high = own(measure.interval) if ends is None else ends
    if low is None or high is None:
        return shown
    return f"{shown} ({say('{low} to {high}', low=written(low), high=written(high))})"


def _figure_name(kind: Kind, say: Say) -> str:
    if kind.percent:
        return say("Share")
    return say("Attention") if kind.rate == "exposure" else say("Announced beyond what came")


def _value(measure: MeasureDocument, say: Say, *, percent: bool, minimum: int) -> str:
    if measure.value is None:
        return reason_words(measure.reason or measure.status, say, minimum=minimum)
    return figure(measure.value, say, percent=percent)


def _interval(measure: MeasureDocument, say: Say, *, percent: bool) -> str:
    ends = measure.interval
    if ends is None or measure.value is None:
        return ""
    low, high = (figure(end, say, percent=percent) for end in (ends.low, ends.high))
    return say("{low} to {high}", low=low, high=high)
