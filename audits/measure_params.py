"""What measures depend on, typed: as documents write it, and as it is read of a measure that was just computed."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from boussole.audits.document_part import Count, DocumentPart, Share

Side = Literal["below", "above"]
Number = int | float
"""Written as it was read: a whole number stays one."""
Pair = tuple[Number, Number]
Scale = Literal["ratio", "difference", "distance", "share", "effect"]


class StoredTest(DocumentPart):
    """The test behind a measure: its kind, and the figures by which `audits.uncertainty.tests` computes it again."""

    model_config = ConfigDict(frozen=True, extra="allow")

    kind: str
    k: Pair | None = None
    """Cases of the compared group, and of whom it is compared with."""
    n: Pair | None = None
    """Their sizes: effective ones, with `df`, where they are estimated from clusters."""
    transform: str | None = None
    estimate: float | None = None
    statistic: float | None = None
    se: float | None = None
    df: Number | None = None
    scale: float | None = None
    scale_reference: float | None = None
    design_effect: float | None = None
    only_beyond: Side | None = None
    """The side on which alone it can tell that the truth lies, too little being seen for the other."""

    @cached_property
    def stated(self) -> dict[str, Any]:
        """The test as measures state it: a mapping."""
        return self.written()


class IntervalOfBand(DocumentPart):
    """Where the observed rate of a band very likely lies; `method` names how that was found out."""

    low: float
    high: float
    method: str


class Band(DocumentPart):
    """A band of scores of a calibration curve: its ends, its outcomes, the mean score and the rate observed."""

    low: float
    high: float
    n: Count
    mean_score: float
    observed_rate: float
    interval: IntervalOfBand | None


class PartOfGap(DocumentPart):
    """A gap, or a part of it at a stage or through an actor: the ratio of a group to the others, and its ends."""

    model_config = ConfigDict(frozen=True, extra="allow")

    ratio: Number
    low: Number
    high: Number
    stage: str | None = None
    actor: str | None = None


class MonthOfEffect(DocumentPart):
    """A month counted from a start: the change of agencies that started less that of the others, and their number."""

    model_config = ConfigDict(frozen=True, extra="allow")

    month: int
    value: Number
    low: Number
    high: Number
    agencies: Count


class DetectedTexts(DocumentPart):
    """What a reader that misses some findings found in all texts that were read, or drafts.

    `annotated`, `found`, `reported`, `right`: its results on annotated texts; `share`: flagged ÷ texts ÷ recall;
    `most`: the upper end of what was flagged ÷ the lower end of recall.
    """

    texts: Count
    flagged: Count
    annotated: Annotated[int, Field(ge=1)]
    found: Count
    reported: Count
    right: Count
    share: Share
    most: Share


class FiguresOfReader(DetectedTexts):
    """The same as a measure tells it. `bound`: up to which share of those to come may be a case, if none was found."""

    model_config = ConfigDict(frozen=True, extra="allow")

    bound: Share | None = None


OutsideKind = tuple[str | None, str | None, str | None, int]
"""By whom, where and with which model calls ran (not told: null), and how many."""


class Params(DocumentPart):
    """What a measure depends on. Named here is what judging and pages read; a metric may add figures of its own."""

    model_config = ConfigDict(frozen=True, extra="allow")

    scale: Scale | None = None
    bad_side: Side | None = None
    against: str | None = None
    test: StoredTest | None = None
    values: tuple[float, ...] | None = None
    picture: str | None = None
    readable_from: dt.date | None = None
    expired_on: dt.date | None = None
    bounds: tuple[float, float] | None = None
    """Of a share: where it lies if all that is missing were of one kind, and of the other."""
    will_be: tuple[float, float] | None = None
    """Of an expected share: where the true one will very likely lie."""
    changes: tuple[float, float] | None = None
    """Of two groups: how far each of them moved."""
    p: float | None = None
    p_adjusted: float | None = None
    since: dt.date | None = None
    """Of several windows together: the first day of the oldest that enters."""
    windows: int | None = None
    """How many enter."""
    recent: int | None = None
    """Up to how many may enter, where not all do that count together."""
    correlations: tuple[float, ...] | None = None
    """Of each look at what was seen so far with the one before (`audits.uncertainty.looks`)."""
    weight: float | None = None
    """Which part of the level of error a comparison has, where both a window and several together are looked at."""
    curve: tuple[Band, ...] | None = None
    """Bands of scores, the lowest first."""
    decisions: int | None = None
    """Of a comparison: how many decisions it rests on, with those of other groups."""
    groups_left_out: int | None = None
    """How many known groups are hidden, or have nobody to count."""
    bin_bound: Number | None = None
    """How far the figure of the rows can be from that of the bins."""
    missing_scores: int | None = None
    missing_outcomes: int | None = None
    reference_total: int | None = None
    """Of a distance: how many decisions the window of reference holds."""
    at_most: bool | None = None
    """Whether the truth may be lower: too few are behind it to tell their number."""
    left_out: int | None = None
    older: int | None = None
    untimed: int | None = None

    whole: PartOfGap | None = None
    """A gap from the first stage to the last, and its parts by stage and by who acts there."""
    parts: tuple[PartOfGap, ...] | None = None
    actors: tuple[PartOfGap, ...] | None = None
    gap: str | None = None
    """Why a gap is not shared out: there is surely none to watch, or nobody can tell."""
    before: Number | None = None
    """A ratio before corrections, and after them."""
    after: Number | None = None

    cases: Count | None = None
    """Of what a log counts and nobody tolerates; what stands beside it is in `charter.judging.stated`."""
    all: Count | None = None
    some: bool | None = None
    """Whether there is a case, where how many is hidden."""
    lacking: Count | None = None
    beyond: Count | None = None
    unlabelled: Count | None = None
    unused: Count | None = None
    people: Count | None = None
    hours: Count | None = None
    kinds: Count | None = None
    detected: FiguresOfReader | None = None
    outside: tuple[OutsideKind, ...] | None = None
    most: int | None = None
    days: int | None = None

    by_call: tuple[OutsideKind, ...] | None = None
    others: int | None = None
    """Of calls: how many are of other kinds; of agencies: how many had not started."""
    unknown: Count | None = None
    """Calls of which the figure is not known."""

    months: int | tuple[MonthOfEffect, ...] | None = None
    """How many months count, or what each of them tells."""
    agencies: Count | None = None
    cohorts: Count | None = None
    """In how many different months agencies started."""
    trends: dict[str, Any] | None = None
    """The test of whether both sides changed alike before the start."""
    first_day: dt.date | None = None
    """From which day on people are followed."""

    provider: str | None = None
    """Of the declared share of a provider: what it is on the last declared day, what it shall be on another."""
    target: Number | None = None
    by: dt.date | None = None
    points: int | None = None
    now: Number | None = None
    now_on: dt.date | None = None
    a_year: Number | None = None

    range: Pair | None = None
    """What is known only as a range: between these two; `expected`: of what is to come of a year too."""
    expected: Pair | None = None
    per_text: Pair | None = None
    co2e_kg: Pair | None = None
    water_l: Pair | None = None
    energy_kwh: Pair | None = None
    tokens: Number | None = None
    untold: Number | None = None
    metered: Number | None = None
    left: Number | None = None
    share: Number | None = None
    own: Number | None = None
    year: int | None = None

    @property
    def against_shown(self) -> bool:
        """Whether a group is compared with the other groups that are shown, while some are hidden."""
        return self.against == "rest" and bool(self.groups_left_out)

    @property
    def months_followed(self) -> int | None:
        """How many months count, where that is told."""
        return self.months if isinstance(self.months, int) else None

    @property
    def months_of_effect(self) -> tuple[MonthOfEffect, ...]:
        """What each month around a start tells; nothing of other measures."""
        return self.months if isinstance(self.months, tuple) else ()

    @property
    def others_counted(self) -> int:
        """How many others there are, where that is one number."""
        return self.others or 0

    def get(self, name: str) -> Any:
        """A parameter by a name that the charter gives, or a table of names; None where it is absent."""
        return getattr(self, name, None)
