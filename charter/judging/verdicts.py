"""The rules that turn stored comparisons and statements into verdicts, so that they can be replayed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from boussole.audits.systems.model import System
from boussole.audits.uncertainty.gap_share import KIND as GAP
from boussole.audits.uncertainty.gap_share import surely_watched
from boussole.charter.document import (
    Comparison,
    Levels,
    MeasureInShort,
    ThresholdOfVerdict,
    VerdictDocument,
    VerdictInShort,
    VerdictReasons,
)
from boussole.charter.document.answers.verdict import Verdict, worst
from boussole.charter.document.base import given
from boussole.charter.document.left_out import LeftOutInShort
from boussole.charter.document.versions import DecidedBy
from boussole.charter.judging.families import SystemQuestion, SystemQuestions, asked, asked_of
from boussole.charter.judging.paired import paired
from boussole.charter.judging.ranged import ranged
from boussole.charter.judging.recorded import recorded
from boussole.charter.judging.stated import StatedVerdict, VerdictPeriod, attested, dated, logged, refuted, tolerated
from boussole.charter.judging.statistics.correction import PValues
from boussole.charter.judging.statistics.distances import too_few
from boussole.charter.judging.statistics.testing import (
    DAYS_A_MONTH,
    decided,
    heard,
    interval_of,
    level_of,
    looks_of,
    more_decisions,
    oriented,
    p_values,
    past_watch,
    verdict_of,
)
from boussole.charter.judging.wording.sentences import sentence
from boussole.charter.records.facts import Facts
from boussole.charter.text.left_out import REASON, STOPS, held_to, limiting, stopped
from boussole.charter.text.model import SAME_TEXTS, Charter, Indicator

__all__ = ["judge", "oriented"]

BEYOND = {Verdict.BROKEN: "beyond_breach", Verdict.WATCH: "beyond_watch", Verdict.KEPT: "all_kept"}
UNDECIDED = "too_few_decisions"
UNDECIDED_IS = {"effect": Verdict.WATCH}
"""By scale, the verdict of what is not clear: a tool that improves nothing visible is to be watched."""
NO_GAP = "no_gap_left"
"""Why a gap after corrections is unknown: it is not surely one to watch."""
Answer = tuple[Verdict, str | None]
"""A verdict and the code of its reason."""


def judge(
    charter: Charter,
    system: System,
    measures: Sequence[MeasureInShort] | None,
    *,
    window_start: dt.date,
    window_end: dt.date | None = None,
    facts: Facts | None = None,
    left_out: LeftOutInShort | None = None,
    versions: Sequence[DecidedBy] = (),
    only: Callable[[SystemQuestion], bool] | None = None,
    together: Sequence[MeasureInShort] = (),
    measured_end: dt.date | None = None,
) -> list[VerdictDocument]:
    """A verdict document for every question that the charter asks of this system, or for `only` some, in its order.

    `measures`: those of an audit, None where none was made; `together`: the same of all windows since the system is
    what it is. `facts`: what people have stated. `measured_end`: the last day of the audit, where facts of later days
    count. Raises CharterError for a threshold that its scale cannot carry.
    """
    judging = _judging(
        asked_of(charter, system),
        measures,
        start=window_start,
        end=window_end,
        facts=facts,
        left_out=left_out,
        versions=versions,
        together=together,
        measured_end=measured_end,
    )
    return [judging.document(question) for question in judging.questions if only is None or only(question)]


def verdicts_in_short(
    asked_questions: SystemQuestions,
    measures: Sequence[MeasureInShort],
    *,
    window_start: dt.date,
    window_end: dt.date,
    facts: Facts,
    left_out: LeftOutInShort,
    together: Sequence[MeasureInShort] = (),
    versions: Sequence[DecidedBy] = (),
) -> list[VerdictInShort]:
    """The verdicts that `judge` gives, without what explains them: for judging many audits again."""
    judging = _judging(
        asked_questions,
        measures,
        start=window_start,
        end=window_end,
        facts=facts,
        left_out=left_out,
        versions=versions,
        together=together,
    )
    return [judging.short(question) for question in judging.questions]


def _decisions(measures: Sequence[MeasureInShort]) -> int | None:
    return next((m.n for m in measures if m.id == "selection_rate" and m.n and not m.given), None)


ONLY_WHERE_TOLD = ("estimated", "paired")
"""What a verdict rests on of which a document holds nothing where there is none."""


@dataclass(frozen=True, kw_only=True)
class _Judging:
    charter: Charter
    system: System
    questions: Sequence[SystemQuestion]
    looks: int
    decisions: int | None
    since: Mapping[int | None, int]
    """All decisions of the windows that are counted together (None), and of recent ones, by how many these are."""
    period: VerdictPeriod
    days: int | None
    """How long the window is, where its end is known."""
    facts: Facts
    left_out: LeftOutInShort | None
    versions: Sequence[DecidedBy]

    @property
    def month(self) -> float | None:
        return self.decisions / self.days * DAYS_A_MONTH if self.decisions and self.days else None

    @cached_property
    def held(self) -> LeftOutInShort | None:
        return None if self.left_out is None else held_to(self.charter, self.left_out)

    def limited(self, question: SystemQuestion) -> bool:
        return limiting(self.held, question.indicator.needs) is not None

    def stops(self, question: SystemQuestion) -> bool:
        return stopped(self.left_out, question.indicator.needs, self.system) is not None

    @cached_property
    def tested(self) -> dict[tuple[str, str], PValues]:
        """Made when the first comparison asks: what rests on statements alone needs none."""
        return p_values(self.questions, alpha=self.charter.alpha, looks=self.looks)

    def document(self, question: SystemQuestion) -> VerdictDocument:
        question = decided(question, self.tested, alpha=self.charter.alpha) if question.heard else question
        indicator = question.indicator
        found = self._found(question)
        reached = VerdictReasons(
            article=question.article.id,
            indicator=question.id,
            template=indicator.id,
            number=indicator.number,
            by=question.by,
            evidence=indicator.evidence,
            metric=indicator.metric,
            verdict=found.verdict,
            comparisons=tuple(self._comparison(question, measure) for measure in question.comparisons),
            looks=self.looks,
            threshold=self._threshold(indicator),
            reason=found.reason,
            statement=found.statement,
            cases=found.cases,
            dates=found.dates,
            counted=found.counted,
            logged=found.logged,
            **({"estimated": found.estimated} if found.estimated else {}),
            **({"paired": found.paired} if found.paired else {}),
            question=asked(question, self.system),
        )
        return VerdictDocument(
            **{name: told for name, told in reached if name not in ONLY_WHERE_TOLD or told is not None},
            sentence=sentence(question, reached, self.system, self.held, self.month, power=self.charter.power),
        )

    def short(self, question: SystemQuestion) -> VerdictInShort:
        found = self._found(question)
        return VerdictInShort(
            article=question.article.id,
            indicator=question.id,
            template=question.indicator.id,
            by=question.by,
            verdict=found.verdict,
            reason=found.reason,
        )

    def _threshold(self, indicator: Indicator) -> ThresholdOfVerdict:
        level, proven = indicator.threshold, self.facts.adopted.get(indicator.id)
        post_hoc = level.post_hoc(self.period.start, proven=proven)
        return ThresholdOfVerdict(**level.model_dump(), proven_on=proven, post_hoc=post_hoc)

    def _found(self, question: SystemQuestion) -> StatedVerdict:
        indicator, system = question.indicator, self.system.id
        if indicator.evidence == "attested":
            return self._attested(indicator)
        if indicator.records == SAME_TEXTS:
            return paired(indicator, self.facts, system=system, period=self.period, charter=self.charter)
        answers = [self._answer(question, measure) for measure in question.comparisons]
        verdict, reason = _verdict(question, answers, limited=self.limited(question))
        told = None
        if indicator.threshold.tolerance is not None:
            told = tolerated(indicator, self.facts, system=system, period=self.period, charter=self.charter)
        if (found := self._beside_comparisons(question, told)) is not None:
            return found
        if told is None or (question.comparisons and worst([verdict, told.verdict]) != told.verdict):
            return StatedVerdict(verdict=verdict, reason=reason)
        return told

    def _beside_comparisons(self, question: SystemQuestion, told: StatedVerdict | None) -> StatedVerdict | None:
        """What records count, a range says or a log holds of what is not tolerated; None of what is compared."""
        if (counted := self._counted(question)) is not None:
            return _graver(counted, told)
        if question.ranged is not None:
            return self._ranged(question, question.ranged)
        return self._logged(question, question.logged, told) if question.logged is not None else None

    def _counted(self, question: SystemQuestion) -> StatedVerdict | None:
        """What records count; which versions decided a log says, and nothing is kept beyond what is known of it."""
        indicator = question.indicator
        found = recorded(indicator, self.facts, system=self.system, charter=self.charter, versions=self.versions)
        if found is None or found.verdict != Verdict.KEPT or indicator.records != "versions_examined":
            return found
        if self.limited(question):
            return replace(found, verdict=Verdict.UNKNOWN, reason=REASON)
        return replace(found, verdict=Verdict.UNKNOWN, reason=STOPS) if self.stops(question) else found

    def _logged(self, question: SystemQuestion, measure: MeasureInShort, told: StatedVerdict | None) -> StatedVerdict:
        """What a log counts of what is not tolerated; no case is not enough where it stops or too much was left out."""
        looked = refuted(question.indicator.id, self.facts, system=self.system.id, period=self.period)
        return self._as_far_as_known(
            question, logged(measure, told, refuted=looked, watch=question.indicator.threshold.watch)
        )

    def _ranged(self, question: SystemQuestion, measure: MeasureInShort) -> StatedVerdict:
        return self._as_far_as_known(question, ranged(measure, question.indicator.threshold))

    def _as_far_as_known(self, question: SystemQuestion, found: StatedVerdict) -> StatedVerdict:
        """A verdict by what a log holds: where too much was left out of it, or it stops, nothing is kept."""
        if found.verdict != Verdict.KEPT:
            return found
        if self.limited(question):
            return StatedVerdict(verdict=Verdict.UNKNOWN, reason=REASON)
        return replace(found, verdict=Verdict.UNKNOWN, reason=STOPS) if self.stops(question) else found

    def _attested(self, indicator: Indicator) -> StatedVerdict:
        found = attested(indicator, self.facts, system=self.system.id, charter=self.charter)
        dates = dated(self.system, self.facts) if indicator.register_answers == "dates" else None
        if dates is None or (found.statement and worst([dates.verdict, found.verdict]) == found.verdict):
            return found
        return dates

    def _answer(self, question: SystemQuestion, measure: MeasureInShort) -> Answer:
        if measure.status != "ok":
            return Verdict.UNKNOWN, measure.reason
        if self.limited(question):
            return Verdict.UNKNOWN, REASON
        if self.undecidable(measure):
            return Verdict.UNKNOWN, UNDECIDED
        lies_past = past_watch(measure, question.indicator.threshold)
        tested, undecided = self.tested[question.id, measure.id], UNDECIDED_IS.get(given(measure.params.scale))
        undecided = undecided or Verdict.UNKNOWN
        if self._may_be_none(measure, self.charter.alpha * tested.share):
            undecided = Verdict.UNKNOWN
        verdict = verdict_of(tested, self.charter.alpha, past_watch=lies_past, undecided=undecided)
        if verdict == Verdict.BROKEN and not self.breaks(question):
            verdict = Verdict.WATCH
        if verdict == Verdict.KEPT and self.stops(question):
            return Verdict.UNKNOWN, STOPS
        return verdict, self._why_unknown(measure) if verdict == Verdict.UNKNOWN else None

    def _may_be_none(self, measure: MeasureInShort, chance: float) -> bool:
        """Whether what agents made of a gap cannot be held against them, as there may be no gap to watch."""
        test = given(measure.params.test).stated
        return _of_gap(measure) and not surely_watched(test, chance)

    def _why_unknown(self, measure: MeasureInShort) -> str:
        return NO_GAP if _of_gap(measure) else UNDECIDED

    def breaks(self, question: SystemQuestion) -> bool:
        """Whether a breach level breaks the promise: by itself, or with the verdict of the question that it needs."""
        name = question.indicator.breach_with
        ways = {way.id for each in question.article.indicators if each.id == name for way in each.ways}
        needed = [each for each in self.questions if each.article == question.article and each.indicator.id in ways]
        bad = (Verdict.BROKEN,) if question.indicator.breach_when == "broken" else (Verdict.BROKEN, Verdict.WATCH)
        return name is None or any(self._found(each).verdict in bad for each in needed)

    def undecidable(self, measure: MeasureInShort) -> bool:
        return too_few(given(measure.params.test))

    def _comparison(self, question: SystemQuestion, measure: MeasureInShort) -> Comparison:
        threshold = question.indicator.threshold
        levels = Levels(
            watch=None if threshold.watch is None else level_of(measure, threshold.watch),
            breach=None if threshold.breach is None else level_of(measure, threshold.breach),
        )
        (verdict, reason), tested = self._answer(question, measure), self.tested.get((question.id, measure.id))
        undecided = tested is not None and reason == UNDECIDED
        decided = None
        if tested is not None and reason != REASON and not self.undecidable(measure):
            decided = interval_of(measure, tested, levels, alpha=self.charter.alpha)
        return Comparison(
            measure=measure.id,
            against=measure.params.against or "reference",
            verdict=verdict,
            p_breach=tested.p_breach if tested else None,
            p_watch=tested.p_watch if tested else None,
            p_kept=tested.p_kept if tested else None,
            adjusted=tested is not None,
            share=tested.share if tested else None,
            levels=levels,
            interval=decided,
            **_windows(measure),
            more_decisions=self._more(question, measure, tested.share) if tested and undecided else None,
            reason=reason,
        )

    def _more(self, question: SystemQuestion, measure: MeasureInShort, share: float) -> int | None:
        of = self.decisions if measure.params.since is None else self.since.get(measure.params.recent)
        decisions = of or measure.n or 0
        return more_decisions(
            measure,
            question.indicator.threshold,
            charter=self.charter,
            share=share,
            decisions=decisions,
        )


def _judging(
    every: SystemQuestions,
    measures: Sequence[MeasureInShort] | None,
    *,
    start: dt.date,
    end: dt.date | None,
    facts: Facts | None,
    left_out: LeftOutInShort | None,
    versions: Sequence[DecidedBy],
    together: Sequence[MeasureInShort],
    measured_end: dt.date | None = None,
) -> _Judging:
    start = start.date() if isinstance(start, dt.datetime) else start
    days = None if end is None else (end - start).days + 1
    end = end or max(start, facts.as_of if facts else start)
    looks = looks_of(every.charter, every.system)
    questions = every.answered(measures, together)
    return _Judging(
        charter=every.charter,
        system=every.system,
        questions=heard(questions, together, alpha=every.charter.alpha, looks=looks),
        looks=looks,
        decisions=_decisions(measures or []),
        since={each.params.recent: each.n for each in together if each.id == "selection_rate" and each.n},
        period=VerdictPeriod(start=start, end=end, measured=measured_end),
        days=days,
        facts=facts or Facts(as_of=end),
        left_out=left_out,
        versions=versions,
    )


def _graver(counted: StatedVerdict, reported: StatedVerdict | None) -> StatedVerdict:
    if reported is None:
        return counted
    if counted.counted is None:
        return reported
    told = reported.verdict in (Verdict.BROKEN, Verdict.WATCH)
    return reported if told and worst([counted.verdict, reported.verdict]) == reported.verdict else counted


def _of_gap(measure: MeasureInShort) -> bool:
    """Whether a comparison says what was made of a gap, and not which share of it is whose."""
    return measure.params.scale == "effect" and given(measure.params.test).kind == GAP


def _windows(measure: MeasureInShort) -> dict[str, bool | int]:
    if measure.params.recent is not None:
        return {"recent": measure.params.recent}
    return {"alone": True} if measure.params.weight is not None and measure.params.since is None else {}


def _verdict(question: SystemQuestion, answers: Sequence[Answer], *, limited: bool) -> tuple[Verdict, str]:
    """The verdict of a question and the code of its reason; a question without a comparison is never kept."""
    if question.unexamined is not None:
        return Verdict.NOT_EXAMINED, question.unexamined
    if limited:
        return Verdict.UNKNOWN, REASON
    if not answers:
        return Verdict.UNKNOWN, "no_comparison"
    verdict = worst([answer for answer, _ in answers])
    if verdict != Verdict.UNKNOWN:
        return verdict, BEYOND[verdict]
    reasons = [reason for answer, reason in answers if answer == Verdict.UNKNOWN]
    return verdict, next((each for each in (STOPS, UNDECIDED) if each in reasons), str(reasons[0]))
