"""Verdicts as an audit document writes them, and in short."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from boussole.audits.measure_params import DetectedTexts
from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.document.base import MAYBE, Count, Day, DocumentPart, Hex, Share, Texts


class Levels(DocumentPart):
    """The levels of a threshold on the side where a comparison is bad."""

    watch: float | None
    breach: float | None


class IntervalOfTests(DocumentPart):
    """Where the figure lies as far as the tests that decided tell: they reject what lies outside, and nothing inside.

    An end is null where no test rejects anything on that side. The end on the bad side of the figure decides whether it
    is kept, the other whether it is watched or broken.
    """

    low: float | None
    high: float | None
    error_low: Annotated[float, Field(gt=0, lt=1, description="Chance that the truth lies below `low`, at most")]
    error_high: Annotated[float, Field(gt=0, lt=1, description="Chance that the truth lies above `high`, at most")]


class Comparison(DocumentPart):
    """What the tests say of one measure that answers a question."""

    measure: str
    against: str
    verdict: Literal[Verdict.KEPT, Verdict.WATCH, Verdict.BROKEN, Verdict.UNKNOWN]
    p_breach: Share | None
    p_watch: Share | None
    p_kept: Share | None
    adjusted: Annotated[bool, Field(description="Whether p_breach and p_watch are Holm-corrected over the family")]
    share: Annotated[
        Annotated[float, Field(gt=0, le=1)] | None,
        Field(description="Part of the charter's level that the first step of Holm's correction gives this comparison"),
    ]
    levels: Levels
    interval: Annotated[
        IntervalOfTests | None,
        Field(description="The interval that decided; null where no test did"),
    ]
    alone: Annotated[
        Literal[True] | None,
        MAYBE,
        Field(description="Whether it rests on the window alone, which is graver than all windows since then together"),
    ] = None
    recent: Annotated[
        Annotated[int, Field(gt=1)] | None,
        MAYBE,
        Field(
            description="How many windows, up to that of the audit, it rests on where these are graver than all since "
            "then together"
        ),
    ] = None
    more_decisions: Count | None
    reason: str | None = None


class ThresholdOfVerdict(DocumentPart):
    """The threshold that a question was held to, and since when it was one."""

    watch: float | None = None
    breach: float | None = None
    watch_alpha: Annotated[
        float | None,
        MAYBE,
        Field(
            description="How often chance alone may put it beyond the watch level; absent: as often as `alpha` of the "
            "charter says"
        ),
    ] = None
    tolerance: float | None = None
    breaks_from: Annotated[
        Day | None, MAYBE, Field(description="The first day of which a confirmed case breaks the promise")
    ] = None
    status: Literal["proposed", "adopted"] | None
    since: Day | None
    justification: Texts | None = None
    source: str | None = None
    proven_on: Annotated[
        Day | None,
        Field(
            description="Of an adopted level, the day from which an adoption in the ledger proves it; "
            "null: none does, and it is post hoc"
        ),
    ] = None
    post_hoc: bool | None


class PairedDifference(DocumentPart):
    """How texts differ in one measure where only one cue of the request is changed."""

    cue: str
    measure: str
    pairs: Annotated[int, Field(ge=1, description="Pairs of texts with a value on both sides")]
    changes: Annotated[
        tuple[int, ...],
        Field(min_length=1, description="By pair of values, the sum of its differences, changed less reference"),
    ]
    difference: Annotated[float, Field(description="Mean of a pair, in the unit of the measure")]
    p: Annotated[
        float,
        Field(
            gt=0, le=1, description="Two-sided, under changes of sign of `changes`: at least 0.0001 if some are drawn"
        ),
    ]
    p_holm: Annotated[float, Field(gt=0, le=1, description="The same, corrected over all measures and cues")]
    detectable: Annotated[
        float | None,
        Field(ge=0, description="Smallest difference that the test finds with the charter's power; null: none"),
    ]
    matters: Annotated[float, Field(gt=0, description="Difference that the charter wants to be found")]


class PairedTest(DocumentPart):
    """A test with pairs that answers a question: what was recorded, and every difference with its test."""

    entry: Count
    on: Day
    document: Annotated[Hex, Field(description="The measures of every text, kept with the records")]
    model: str
    texts: Count
    tests: Annotated[
        int, Field(ge=1, description="Tests recorded in the twelve months up to this one, itself included")
    ]
    needed: Annotated[
        Annotated[int, Field(ge=1)] | None,
        MAYBE,
        Field(description="About how many pairs of a cue it takes, where those there are do not suffice"),
    ] = None
    missing: Annotated[
        Annotated[tuple[str, ...], Field(min_length=1)] | None,
        MAYBE,
        Field(description="What the charter wants to be changed in requests, and the test did not change"),
    ] = None
    differences: Annotated[tuple[PairedDifference, ...], Field(min_length=1)]


class AnsweringStatement(DocumentPart):
    """The attestation that answers a question."""

    entry: Count
    role: str
    on: Day
    valid_until: Day
    document: Hex
    renew: bool


class CaseCounts(DocumentPart):
    """Cases of what is not tolerated, and how many were examined for them; `bound`: 3 / (examined × recall).

    `early`: of those confirmed or late, how many are not surely of days from which on one breaks the promise.
    """

    confirmed: Count
    open: Count
    refuted: Count
    late: Count
    entries: tuple[Count, ...]
    latest: Day
    deadline: Day
    examined: Count
    recall: Share | None
    bound: Share | None
    more: Count | None
    early: Annotated[Count | None, MAYBE] = None


class RegisterDates(DocumentPart):
    """The dates of the register that answer a question: the start, and the examinations that came later."""

    start: Day
    late: dict[str, Day]


class RecordCounts(DocumentPart):
    """What the records say of everything that was due: how much was done as promised, and what was not.

    `refused`: answered in time, by a refusal. `past_due`: days that the longest that still waits is past its day;
    `settle_by`: the day after which what nobody recorded counts as late. `entries`: of
    what was not as promised. `bound`: 3 / `due` where nothing failed.
    """

    due: Count
    good: Count
    late: Count
    overdue: Count
    refused: Count
    waiting: Count
    since: Day
    until: Day
    past_due: Count | None
    settle_by: Day | None
    entries: tuple[Count, ...]
    bound: Share | None
    untold: Annotated[
        Annotated[int, Field(ge=1)] | None,
        MAYBE,
        Field(description="Those of which the records do not say how it stands; absent where there are none"),
    ] = None
    waited: Annotated[
        Count | None,
        MAYBE,
        Field(
            description="Days for which the longest that is overdue has waited, where the charter limits that; absent "
            "where nothing is"
        ),
    ] = None
    named: Annotated[
        Annotated[tuple[str, ...], Field(min_length=1)] | None,
        MAYBE,
        Field(description="What was not as promised, where it has a name: versions, models; absent where it has none"),
    ] = None
    texts: Annotated[
        Literal[True] | None,
        MAYBE,
        Field(description="That what was counted is texts and not decisions: of a system that only writes"),
    ] = None
    teams: Annotated[
        Annotated[int, Field(ge=1)] | None,
        MAYBE,
        Field(description="How many teams it was counted in, where it is a sample; absent where everything is counted"),
    ] = None
    sealed_late: Annotated[
        Literal[True] | None,
        MAYBE,
        Field(description="That the ledger does not prove that a protocol was sealed before its cases existed"),
    ] = None
    low: Annotated[Share | None, MAYBE, Field(description="With `teams`: the lower end of `good` ÷ `due`")] = None
    high: Annotated[Share | None, MAYBE, Field(description="With `teams`: the upper end")] = None
    size: Annotated[
        Annotated[float, Field(gt=0)] | None,
        MAYBE,
        Field(description="With `teams`: how many independent cases these are worth"),
    ] = None


class CallsOutside(DocumentPart):
    """Calls of one kind that ran outside what is allowed: by whom, where, with which model (not told: null)."""

    provider: str | None
    place: str | None
    model: str | None
    n: Count


class LoggedCases(DocumentPart):
    """What a log counts of something that is not tolerated: of `n` people, or uses, how many are a case.

    `bound`: 3 / `n` where none is; of what a reader finds in texts, 3 / (`n` × its recall at least). `people`: of
    several months, in each of which somebody counts once, how many different people they are for sure; `bound` is of
    these.
    """

    n: Count
    cases: Count
    bound: Share | None
    hours: Annotated[
        Count | None, MAYBE, Field(description="How long a log gives before something counts as a case, where it does")
    ] = None
    refuted: Annotated[
        Annotated[int, Field(ge=1)] | None,
        MAYBE,
        Field(description="Cases that people reported of days of the window and refuted; absent where there are none"),
    ] = None
    people: Annotated[Count | None, MAYBE] = None
    unlabelled: Annotated[
        Count | None,
        MAYBE,
        Field(description="Of how many more nobody can tell whether they are a case, where the log may not say"),
    ] = None
    lacking: Annotated[
        Count | None,
        MAYBE,
        Field(description="How many are a case by the system file, or an export, itself, where it may say so"),
    ] = None
    beyond: Annotated[
        Count | None, MAYBE, Field(description="At most how many accounts have rights that their role does not need")
    ] = None
    detected: Annotated[
        DetectedTexts | None,
        MAYBE,
        Field(description="What was found in all texts, or drafts, where cases are of texts"),
    ] = None
    unused: Annotated[Count | None, MAYBE, Field(description="At most how many accounts nobody has used for long")] = (
        None
    )
    outside: Annotated[
        Annotated[tuple[CallsOutside, ...], Field(min_length=1)] | None,
        MAYBE,
        Field(description="The calls that ran outside what is allowed, the most first; absent where there are none"),
    ] = None
    kinds: Annotated[
        Count | None,
        MAYBE,
        Field(description="How many kinds of such calls there are, listed or not, where it is asked"),
    ] = None


class EstimatedRange(DocumentPart):
    """A figure that is known as a range, as it was judged: `low` and `high` with chance, `estimate` without.

    `expected`: what it will be at the end of the year, where that is judged too. `ranges`, `numbers`: what is told
    beside it, by name. Without ends where the figure has no value.
    """

    n: Count
    low: float | None
    high: float | None
    estimate: tuple[float, float] | None
    expected: Annotated[
        tuple[float, float] | None, MAYBE, Field(description="At the end of the year, where it is of a year")
    ] = None
    numbers: dict[str, float]
    ranges: dict[str, tuple[float, float]]


class VerdictInShort(DocumentPart):
    """The answer to one question, without what explains it. `by`: the attribute that it asks about, if one."""

    article: str
    indicator: str
    template: str | None
    by: tuple[str, ...] | None = None
    verdict: Verdict
    reason: str | None


class VerdictReasons(VerdictInShort):
    """The answer to one question with all that it rests on, before it is put in words."""

    number: str | None
    evidence: Literal["measured", "attested"] | None
    metric: str | None = None
    comparisons: tuple[Comparison, ...]
    threshold: ThresholdOfVerdict | None
    question: Texts
    looks: Annotated[
        Annotated[int, Field(ge=1)] | None,
        MAYBE,
        Field(description="Between how many looks of a year the level of each test is shared"),
    ] = None
    statement: AnsweringStatement | None
    cases: CaseCounts | None
    dates: RegisterDates | None
    counted: RecordCounts | None
    logged: LoggedCases | None
    estimated: Annotated[EstimatedRange | None, MAYBE] = None
    paired: Annotated[PairedTest | None, MAYBE] = None

    @property
    def rests_on_statements(self) -> bool:
        """Whether it rests on what people stated, here or in the register."""
        return any(told is not None for told in (self.statement, self.cases, self.dates, self.counted, self.paired))


class VerdictDocument(VerdictReasons):
    """The answer to one question with all that it rests on, and in words."""

    sentence: Texts
