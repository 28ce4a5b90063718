"""A version of the model beside the one before: what differs between their whole months, and what does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from boussole.audits.drift.series import DriftSeries
from boussole.audits.languages import capital
from boussole.audits.mixed import joined
from boussole.charter.comparing.months import VersionSuccession
from boussole.charter.document.base import given
from boussole.charter.document.differences.comparing import ChangeOfMeasure, VersionComparison, VersionSide
from boussole.charter.judging.families import decision
from boussole.dashboard.markup.words import Say
from boussole.dashboard.views.charts.groups import reason_words, value_name
from boussole.dashboard.views.drift.figures import figure, name_of_measure

SPOKEN = 1
"""Differences that the first lines name; the table in the fold names them all."""
SHARES = ("selection_rate", "true_positive_rate", "false_positive_rate", "precision", "accuracy")
NO_FIGURE = ("selective_labels", "not_mature", "no_outcomes", "no_interval", "absent_is_negative")
"""Reasons that hold for all groups at once."""


@dataclass(frozen=True, kw_only=True)
class Beside:
    """Two versions. `head`, `rows`, `marks`: what differs; `every`: all that was compared; `missing`: why there is
    nothing to show, and `todo`."""

    anchor: str
    title: str
    period: str = ""
    tone: str = "unknown"
    sentences: Sequence[str] = ()
    notes: Sequence[str] = ()
    head: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    every: Sequence[Sequence[str]] = ()
    marks: Sequence[str] = ()
    missing: str = ""
    todo: str = ""


def anchor_of(version: str) -> str:
    """The place of a version on the page."""
    return "version-" + "".join(each if each.isalnum() else "-" for each in version)


def side_by_side(found: Sequence[VersionSuccession], series: DriftSeries, say: Say) -> list[Beside]:
    """Changes of version as the page shows them."""
    return [
        shown(each.document, series, say)
        if each.document is not None
        else Beside(
            anchor=anchor_of(each.after),
            title=say("Version {after} beside {before}", after=each.after, before=each.before),
            missing=say("Not set side by side: {why}", why=each.missing),
            todo=each.todo,
        )
        for each in found
    ]


def shown(document: VersionComparison, series: DriftSeries, say: Say) -> Beside:
    """A comparison of two versions as the page shows it."""
    words = Figures(series=series, say=say, document=document)
    found = sorted(document.differing, key=_plainest)
    told = [row for row in document.rows if row.p is not None]
    listed = [row for row in document.rows if row.reason not in NO_FIGURE]
    return Beside(
        anchor=anchor_of(document.candidate.name),
        title=words.title(),
        period=words.period(),
        tone="watch" if found else "kept" if told else "unknown",
        sentences=words.sentences(found),
        notes=words.notes(),
        head=words.head(),
        rows=[words.row(row) for row in found],
        every=[words.row(row) for row in listed],
        marks=["watch" if row.differs else "" for row in listed],
    )


def _plainest(row: ChangeOfMeasure) -> tuple[int, int, float]:
    """Decisions before scores, everybody and single groups before crossed ones, the surest first."""
    kinds = ("selection_rate", "selection_rate_ratio", "adjusted_selection_rate_ratio", "mean_score")
    kind = kinds.index(row.metric) if row.metric in kinds else len(kinds)
    return len(row.by) > 1, kind + len(kinds) * bool(row.given), given(row.p_adjusted)


def _within(name: str) -> str:
    """A name before a colon: whom it is about follows a comma.

    >>> _within("Share of people called: women")
    'Share of people called, women'
    """
    title, colon, whom = name.rpartition(":")
    return f"{title.rstrip()},{whom}" if colon else name


@dataclass(frozen=True, kw_only=True)
class Figures:
    """How a comparison of two versions is written."""

    series: DriftSeries
    say: Say
    document: VersionComparison

    def side(self, side: VersionSide) -> str:
        """What one side is called."""
        return self.say("version {version}", version=side.name)

    def title(self) -> str:
        after, before = self.document.candidate, self.document.production
        return self.say("Version {after} beside {before}", after=after.name, before=before.name)

    def period(self) -> str:
        sides = (self.document.candidate, self.document.production)
        after, before = (self.say.period(side.window.start, side.window.end) for side in sides)
        return capital(
            self.say("{after} beside {before}: the whole months next to the change", after=after, before=before)
        )

    def head(self) -> list[str]:
        sides = [capital(self.side(each)) for each in (self.document.production, self.document.candidate)]
        return [self.say("What"), *sides, self.say("Difference"), self.say("Reading")]

    def row(self, row: ChangeOfMeasure) -> list[str]:
        """One figure in both versions; the last cell stands for the mark."""
        if row.reason:
            least = self.series.system.privacy.suppress_below
            return [self.name(row), "", "", reason_words(row.reason, self.say, minimum=least)]
        before, after = (self.value(given(side).value, row) for side in (row.production, row.candidate))
        return [self.name(row), before, after, self.change(row)]

    def name(self, row: ChangeOfMeasure) -> str:
        """What a row is about, and whom."""
        metric = row.metric
        if row.scale == "ratio" or metric.endswith("_difference") or metric == "mean_score" or not row.by:
            return self._everybody(metric) if not row.by else name_of_measure(row.measure, self.series.system, self.say)
        group = given(row.group)
        who = joined(", ", [value_name(name, group[name], self.say, system=self.series.system) for name in row.by])
        return self.say("{title}: {group}", title=self._everybody(metric), group=who)

    def _everybody(self, metric: str) -> str:
        selected = decision(self.series.system, self.say.lang)
        own = {
            "true_positive_rate": self.say(
                "Share {selected} among those whose outcome was positive", selected=selected
            ),
            "false_positive_rate": self.say(
                "Share {selected} among those whose outcome was negative", selected=selected
            ),
        }
        return own.get(metric) or name_of_measure(metric, self.series.system, self.say)

    def value(self, value: float, row: ChangeOfMeasure) -> str:
        if row.scale == "ratio":
            return self.say("{n} for 100", n=self.say.number(100 * value, 0))
        if row.metric in SHARES:
            return self.say.percent(value)
        if row.metric.endswith("_difference") and row.metric != "calibration_difference":
            return self.say("{n} points", n=self.say.number(100 * value, 1))
        return figure(value, self.say)

    def change(self, row: ChangeOfMeasure) -> str:
        interval = given(row.interval)
        ends = [given(row.change), interval.low, interval.high]
        told = [self._factor(end) if row.scale == "ratio" else self._signed(end, row) for end in ends]
        return self.say("{value} (between {low} and {high})", value=told[0], low=told[1], high=told[2])

    def _factor(self, value: float) -> str:
        return self.say("× {n}", n=self.say.number(value, 2))

    def _signed(self, value: float, row: ChangeOfMeasure) -> str:
        points = row.metric in SHARES or row.metric.endswith("_difference")
        if points and row.metric != "calibration_difference":
            told = self.say("{n} points", n=self.say.number(abs(100 * value), 1))
        else:
            told = self.say.number(abs(value), 3)
        return f"{'+' if value > 0 else '−'}{told}"

    def sentences(self, found: Sequence[ChangeOfMeasure]) -> list[str]:
        """What differs, in plain words, and that nothing else does beyond chance."""
        say, family = self.say, self.document.family
        if not family:
            return [say("No figure can be told of both versions.")]
        if not found:
            return [
                say.plural(
                    "The one figure compared does not differ between both versions by more than chance.",
                    "None of the {n} figures compared differs between both versions by more than chance.",
                    family,
                )
            ]
        told = [
            say(
                "{name}: {after} with {candidate}, {before} with {production}.",
                name=_within(self.name(row)),
                after=self.value(given(row.candidate).value, row),
                before=self.value(given(row.production).value, row),
                candidate=self.side(self.document.candidate),
                production=self.side(self.document.production),
            )
            for row in found[:SPOKEN]
        ]
        left = len(found) - len(told)
        if not left:
            return [*told, say("Nothing else differs beyond chance.")]
        more = say.plural(
            "One more figure of {family} differs.",
            "{n} more figures of {family} differ.",
            left,
            family=say.whole(family),
        )
        return [*told, more]

    def notes(self) -> list[str]:
        """What has to be known to read it."""
        say = self.say
        found = [say("The months differ too: what changed meanwhile for other reasons is in these figures as well.")]
        if self.document.mixed:
            months = joined(", ", [say.period(each.start, each.end) for each in self.document.mixed])
            found.append(say("Left out, because neither decided alone: {months}.", months=months))
        distances = {each.id: each.value for each in self.document.drift}
        score = distances.get("psi/feature=score")
        if score is not None:
            found.append(say("Distance of the scores of both (PSI): {value}.", value=figure(score, say)))
        reasons = {row.reason for row in self.document.rows if row.reason in NO_FIGURE}
        for reason in sorted(filter(None, reasons)):
            names = dict.fromkeys(
                self._everybody(row.metric) for row in self.document.rows if row.reason == reason and not row.by
            )
            if names:
                found.append(say("{names}: {why}.", names=say.apart(names), why=reason_words(reason, say)))
        return found
