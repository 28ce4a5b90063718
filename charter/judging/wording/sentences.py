"""The sentence that says a verdict in plain words, from its numbers. It never says that chance is excluded."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from boussole.audits.languages import LANGUAGES, Catalogue, date_words, number, typeset, whole
from boussole.audits.metrics.before_after import EFFECT
from boussole.audits.metrics.corrections import GAP_BY_CORRECTIONS, PUT_IN_RESULTS
from boussole.audits.metrics.forgotten import NEVER_RATIO
from boussole.audits.systems.model import System
from boussole.charter.document import Comparison, Levels, MeasureInShort, VerdictReasons
from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.document.base import given
from boussole.charter.document.left_out import LeftOutInShort, LogEnd, PartLeftOut
from boussole.charter.judging.families import SystemQuestion, controls, decision, said
from boussole.charter.judging.statistics.testing import accumulates, lasting, past
from boussole.charter.judging.wording.findings import deciding, finding, level_words, meaning
from boussole.charter.judging.wording.logged_sentences import REASONS, logged_sentence, logged_so_far
from boussole.charter.judging.wording.naming import about
from boussole.charter.judging.wording.paired_sentences import paired_sentence
from boussole.charter.judging.wording.ranged_sentences import ranged_sentence
from boussole.charter.judging.wording.reasons import CANNOT_TELL, HOLES, LEFT_OUT, LOG_STOPS, NOT_EXAMINED
from boussole.charter.judging.wording.record_sentences import recorded_sentence
from boussole.charter.judging.wording.stated_sentences import stated_sentence
from boussole.charter.judging.wording.text_sentences import REASONS as TEXT_REASONS
from boussole.charter.judging.wording.text_sentences import WORDS as TEXT_WORDS
from boussole.charter.judging.wording.text_sentences import text_sentence, went_out
from boussole.charter.text.judged import judged
from boussole.charter.text.left_out import REASON, STOPS, limiting, stopped

LOCALE = Path(__file__).parent.parent / "locale"

SO_FAR = "{finding}; this counts only what the log holds."
OTHERS_SAY = "{finding}; this counts only what is left."
HIDDEN = "We cannot tell. The figure is hidden: showing it would expose too few people."
NO_VALUE = "We cannot tell. This cannot be computed from these decisions."

ANSWERS = {
    ("kept", "yes"): "Yes.",
    ("kept", "no"): "No.",
    ("kept", "open"): "Kept.",
    ("watch", "yes"): "To be watched.",
    ("watch", "no"): "To be watched.",
    ("watch", "open"): "To be watched.",
    ("broken", "yes"): "No.",
    ("broken", "no"): "Yes.",
    ("broken", "open"): "Not kept.",
    ("unknown", "yes"): "We cannot tell yet.",
    ("unknown", "no"): "We cannot tell yet.",
    ("unknown", "open"): "We cannot tell yet.",
}
SETTLED_BY = "{finding}; it would take about {n} more decisions to tell."
WITHIN = "{finding}; it would take about {n} more decisions to tell, less than a month of them."
MONTHS = (
    "{finding}; it would take about {n} more decisions to tell, about {months} month of them.",
    "{finding}; it would take about {n} more decisions to tell, about {months} months of them.",
)
YEARS = "{finding}; it would take about {n} more decisions to tell, about {years} years of them."
PICTURES = {
    "selection_rate_ratio": {
        "reversed": "Between comparable profiles ({controls}), the picture is the opposite: neither figure is "
        "enough alone.",
        "leans": "Between comparable profiles ({controls}), this gap disappears and rather leans the other way: "
        "neither figure is enough alone.",
        "explained": "Between comparable profiles ({controls}), this gap is no longer seen.",
        "appears": "Between comparable profiles ({controls}), there is a gap that this figure does not show.",
    },
    "adjusted_selection_rate_ratio": {
        "reversed": "Over everybody, whatever their profile, the picture is the opposite: the groups do not have the "
        "same profiles.",
        "leans": "Over everybody, whatever their profile, there is a gap the other way: the groups do not have the "
        "same profiles.",
        "explained": "Over everybody, whatever their profile, there is a gap: the groups do not have the same "
        "profiles.",
        "appears": "Over everybody, whatever their profile, this gap is not seen.",
    },
}
"""What comparing like with like makes of the raw figure, and the raw figure of the one between comparable profiles."""
OTHER_PICTURES = {
    "selection_rate_ratio": (
        "For one other group, comparable profiles tell another story.",
        "For {n} other groups, comparable profiles tell another story.",
    ),
    "adjusted_selection_rate_ratio": (
        "For one other group, the figure over everybody tells another story.",
        "For {n} other groups, the figure over everybody tells another story.",
    ),
}
LIES = {
    "between": "The figure lies between the watch level ({watch}) and the breach level ({breach}): chance alone may "
    "explain that.",
    "past_breach": "The figure lies beyond the breach level ({breach}): chance alone may explain that.",
    "past_watch": "The figure lies beyond the watch level ({watch}): chance alone may explain that.",
    "good_side": "The figure lies on the good side of the watch level ({watch}): chance alone may explain that.",
}
"""Between which levels a figure lies of which nobody can tell."""
TOO_FEW_MESSAGES = "{finding}; the messages of this period are too few to tell."
TOO_FEW_AGENTS = "{finding}; the agents of this period are too few to tell."
TOO_FEW_TEXTS = "{finding}; the texts of this period are too few to tell."
TOO_FEW_REVIEWS = "{finding}; the reviews of this period are too few to tell."
"""Of a share of what a log holds: what later periods hold does not count with it."""
TOO_FEW_OF = {
    **dict.fromkeys(("reworked_texts", "texts_in_time"), TOO_FEW_TEXTS),
    "trained_users": TOO_FEW_AGENTS,
}
"""By what a measure needs, where that says of whom it is."""
TOO_FEW_PEOPLE = "{finding}; the people of these months are too few to tell."
"""Of people on no list: those of later months do not count with them."""
SIX_MONTHS = "{finding}; to say that nobody is forgotten, six months of decisions are needed."
TOO_FEW_DECISIONS = "{finding}; the decisions of this period are too few to tell."
"""Of a share of a gap."""
NEVER_SETTLED = "{finding}; no reasonable number of decisions would tell."
BEYOND = {
    "breach": "It is very unlikely that chance alone explains going beyond the breach level ({level}).",
    "watch": "It is very unlikely that chance alone explains going beyond the watch level ({level}).",
}
GOOD_SIDE = {
    "breach": "That is clearly on the good side of the breach level ({level}).",
    "watch": "That is clearly on the good side of the watch level ({level}).",
}
SINCE = "All decisions since {date} are counted."
BY_ITSELF = (
    "Only the decisions of this period are counted here: alone, they tell of a graver gap than all of them together."
)
RECENT = (
    "Only the latest decisions are counted here, those since {date}: they tell of a graver gap than all of them "
    "together."
)
BEYOND_NONE = "It is very unlikely that chance alone explains this gap."
KEPT_BESIDE = (
    "One other comparison is clearly on the good side.",
    "{n} other comparisons are clearly on the good side.",
)
OTHERS = {
    "kept": ("The other group compared is no worse.", "The {n} other groups compared are no worse."),
    "unknown": ("We cannot tell for one other group either.", "We cannot tell for {n} other groups either."),
    "watch": ("So it is for one other group.", "So it is for {n} other groups."),
    "broken": ("So it is for one other group.", "So it is for {n} other groups."),
}
OTHER_STAGES = {
    "kept": ("The other comparison is no worse.", "The {n} other comparisons are no worse."),
    "unknown": ("We cannot tell for one other comparison either.", "We cannot tell for {n} other comparisons either."),
    "watch": ("So it is for one other comparison.", "So it is for {n} other comparisons."),
    "broken": ("So it is for one other comparison.", "So it is for {n} other comparisons."),
}
"""Where each group is compared at each stage."""
OTHER_EFFECTS = {
    "kept": ("So it is for one other outcome.", "So it is for {n} other outcomes."),
    "unknown": ("We cannot tell for one other outcome either.", "We cannot tell for {n} other outcomes either."),
    "watch": ("So it is for one other outcome.", "So it is for {n} other outcomes."),
    "broken": ("So it is for one other outcome.", "So it is for {n} other outcomes."),
}
NO_CLEAR_EFFECT = {
    EFFECT: "Chance alone may explain that: nothing shows clearly that it is better than before, or worse.",
    PUT_IN_RESULTS: "Nothing shows clearly that corrections help.",
    GAP_BY_CORRECTIONS: "Chance alone may explain what corrections changed: nothing shows clearly that they narrow the "
    "gap, or widen it.",
}
CLEAR_EFFECT = {
    EFFECT: "It is very unlikely that chance alone explains it; before the start, no difference of trends was seen.",
    PUT_IN_RESULTS: "It is very unlikely that chance alone explains it; what would have become of people whom agents "
    "took out, nobody can see.",
    GAP_BY_CORRECTIONS: "It is very unlikely that chance alone explains what corrections changed.",
}
OTHER_DISTANCES = {
    "kept": ("The other distance is no greater.", "The {n} other distances are no greater."),
    "unknown": ("We cannot tell for one other distance either.", "We cannot tell for {n} other distances either."),
    "watch": ("So it is for one other distance.", "So it is for {n} other distances."),
    "broken": ("So it is for one other distance.", "So it is for {n} other distances."),
}
HIDDEN_TOO = (
    "One comparison is hidden: showing it would expose too few people.",
    "{n} comparisons are hidden: showing them would expose too few people.",
)


def sentence(
    question: SystemQuestion,
    document: VerdictReasons,
    system: System,
    left_out: LeftOutInShort | None = None,
    month: float | None = None,
    *,
    power: float = 0.8,
) -> dict[str, str]:
    """What a verdict document says, in every language; `month`: how many decisions come in a month, where known."""
    told = {lang: _VerdictTeller(question, document, system, Catalogue(LOCALE, lang), month) for lang in LANGUAGES}
    return {lang: typeset(_sentence(told[lang], left_out, power), lang) for lang in LANGUAGES}


def _sentence(told: _VerdictTeller, left_out: LeftOutInShort | None, power: float) -> str:
    question, document, catalogue = told.question, told.document, told.catalogue
    lang = catalogue.lang
    if document.verdict == "not_examined":
        role = said(question.indicator.attested_by or {lang: ""}, lang)
        return catalogue.gettext(NOT_EXAMINED[document.reason or ""]).format(role=role)
    answer = catalogue.gettext(ANSWERS[document.verdict, question.indicator.good_answer])
    if left_out is not None and (lacks := told.lacking(left_out)):
        return " ".join(each for each in lacks if each)
    if document.reason in (TEXT_REASONS if document.metric in TEXT_WORDS else REASONS):
        tell = text_sentence if document.metric in TEXT_WORDS else logged_sentence
        return tell(document, answer, catalogue)
    if document.estimated is not None:
        return ranged_sentence(document, document.estimated, answer, catalogue)
    if document.rests_on_statements:
        return _stated(told, answer, power)
    headline = told.headline()
    if headline is None:
        parts = [told.without_figures(), told.kept_beside()]
    else:
        parts = [*told.figures(*headline), told.picture(headline[1]), told.others(), told.kept_beside(), told.hidden()]
    return " ".join(part for part in parts if part)


def _stated(told: _VerdictTeller, answer: str, power: float) -> str:
    indicator, document = told.question.indicator, told.document
    if document.paired is not None:
        return paired_sentence(document, document.paired, answer, told.catalogue, power)
    if document.counted is not None and (records := indicator.records) is not None:
        limit = indicator.params.get("late_days")
        return recorded_sentence(document, document.counted, answer, told.catalogue, records=records, limit=limit)
    return stated_sentence(document, answer, told.catalogue)


class _VerdictTeller:
    def __init__(
        self,
        question: SystemQuestion,
        document: VerdictReasons,
        system: System,
        catalogue: Catalogue,
        month: float | None,
    ) -> None:
        self.question, self.document, self.system, self.catalogue = question, document, system, catalogue
        self.month = month
        self.pairs = list(zip(document.comparisons, question.comparisons, strict=True))

    def headline(self) -> tuple[Comparison, MeasureInShort] | None:
        """The comparison to tell: of those that have the question's verdict, the most certain one."""
        return deciding(self.document.verdict, self.pairs)

    def lacking(self, left_out: LeftOutInShort) -> list[str]:
        needs, reason = self.question.indicator.needs, self.document.reason
        if reason == REASON and (part := limiting(left_out, needs)) is not None:
            return self.left_out(*part, limit=left_out.limit or 0.0)
        if reason == STOPS and (end := stopped(left_out, needs, self.system)) is not None:
            return self.so_far(end)
        return []

    def left_out(self, part: str, found: LeftOutInShort | PartLeftOut, *, limit: float) -> list[str]:
        lang, share, limit = self.catalogue.lang, 100 * (found.share or 0.0), 100 * limit
        answer = self.catalogue.ngettext(*LEFT_OUT[part], found.set_aside).format(
            n=whole(found.set_aside, lang),
            rows=whole(found.rows, lang),
            share=number(share, lang, 0 if share >= 10 else 1),
            limit=number(limit, lang, 0 if limit == round(limit) else 1),
        )
        return [answer, self._found(OTHERS_SAY), self.hidden()]

    def so_far(self, end: LogEnd) -> list[str]:
        """That a log stops too early to tell, or has a hole, and what it shows beside."""
        answer = self._unknown_from(end)
        if self.document.logged is not None:
            so_far = went_out if self.document.metric in TEXT_WORDS else logged_so_far
            return [answer, so_far(self.document, self.catalogue)]
        return [answer, self._found(SO_FAR), self.hidden()]

    def _unknown_from(self, end: LogEnd) -> str:
        lang, gettext, day = self.catalogue.lang, self.catalogue.gettext, dt.timedelta(days=1)
        if end.again is None:
            return gettext(LOG_STOPS[end.log]).format(date=date_words(end.last, lang), days=whole(end.days, lang))
        first, until = date_words(end.last + day, lang), date_words(end.again - day, lang)
        return gettext(HOLES[end.log]).format(first=first, until=until)

    def _found(self, message: str) -> str:
        headline = self.headline()
        if headline is None:
            return ""
        told = finding(headline[1], verdict="unknown", catalogue=self.catalogue, system=self.system)
        return self.catalogue.gettext(message).format(finding=told)

    def figures(self, comparison: Comparison, measure: MeasureInShort) -> list[str]:
        verdict, gettext = self.document.verdict, self.catalogue.gettext
        answer = gettext(ANSWERS[verdict, self.question.indicator.good_answer])
        found = finding(
            measure, verdict=verdict, catalogue=self.catalogue, system=self.system, decided=comparison.interval
        )
        if verdict == "unknown":
            settled = self._settled(comparison, measure, found)
            return [answer, settled, self._lies(comparison, measure), self._counted(comparison, measure)]
        told = meaning(measure, verdict=verdict, catalogue=self.catalogue, system=self.system)
        shared_out = measure.params.gap is None  # else there is nothing that a level could be held to
        level = self._level(comparison.levels, measure) if shared_out else ""
        return [answer, f"{found}.", level, told, self._counted(comparison, measure)]

    def _settled(self, comparison: Comparison, measure: MeasureInShort, found: str) -> str:
        """How many more decisions would tell, and how long these take to come, where those of later windows count."""
        gettext, lang, more = self.catalogue.gettext, self.catalogue.lang, comparison.more_decisions
        if (message := _of_period(measure)) is not None:
            return gettext(message).format(finding=found)
        if more is None:
            return gettext(NEVER_SETTLED).format(finding=found)
        n = about(more, lang)
        fewer = comparison.alone or comparison.recent  # what comes takes the place of what was
        if self.month is None or fewer or not accumulates(measure, self.system):
            return gettext(SETTLED_BY).format(finding=found, n=n)
        unit, many = lasting(more, self.month)
        if unit == "days":
            return gettext(WITHIN).format(finding=found, n=n)
        if unit == "years":
            return gettext(YEARS).format(finding=found, n=n, years=whole(many, lang))
        return self.catalogue.ngettext(*MONTHS, many).format(finding=found, n=n, months=whole(many, lang))

    def _counted(self, comparison: Comparison, measure: MeasureInShort) -> str:
        """Since when decisions are counted, or why only those of the window are; empty where the window says it."""
        if comparison.alone:
            return self.catalogue.gettext(BY_ITSELF)
        since = measure.params.since
        if since is None:
            return ""
        counted = RECENT if comparison.recent else SINCE
        return self.catalogue.gettext(counted).format(date=date_words(since, self.catalogue.lang))

    def _level(self, levels: Levels, measure: MeasureInShort) -> str:
        verdict, scale = self.document.verdict, given(measure.params.scale)
        if scale == "effect":
            return self.catalogue.gettext((NO_CLEAR_EFFECT if verdict == "watch" else CLEAR_EFFECT)[measure.metric])
        name = "watch" if verdict == "watch" or levels.breach is None else "breach"
        level = (levels.watch if name == "watch" else levels.breach) or 0.0
        message = (GOOD_SIDE if verdict == "kept" else BEYOND)[name] if level else BEYOND_NONE
        return self.catalogue.gettext(message).format(level=level_words(level, scale, self.catalogue))

    def _lies(self, comparison: Comparison, measure: MeasureInShort) -> str:
        levels = comparison.levels
        if levels.watch is None:
            return ""
        value, scale, bad_side = given(measure.value), given(measure.params.scale), given(measure.params.bad_side)
        where = "past_watch" if past(value, levels.watch, bad_side=bad_side) else "good_side"
        if where == "past_watch" and measure.params.at_most:
            return ""  # the truth may be lower
        if where == "past_watch" and levels.breach is not None:
            where = "past_breach" if past(value, levels.breach, bad_side=bad_side) else "between"
        watch, breach = (level_words(each or 0.0, scale, self.catalogue) for each in (levels.watch, levels.breach))
        return self.catalogue.gettext(LIES[where]).format(watch=watch, breach=breach)

    def picture(self, told: MeasureInShort) -> str:
        pictures = PICTURES.get(told.metric.replace("stage_", ""), {})
        others = [measure for _, measure in self.pairs if measure is not told and not measure.given]
        n = sum(measure.params.picture in pictures for measure in others)
        parts = []
        if message := pictures.get(told.params.picture or ""):
            parts.append(self.catalogue.gettext(message).format(controls=controls(self.system, self.catalogue.lang)))
        if n:
            parts.append(self.catalogue.ngettext(*OTHER_PICTURES[told.metric], n).format(n=n))
        return " ".join(parts)

    def others(self) -> str:
        verdict = self.document.verdict
        n = sum(pair[0].verdict == verdict and pair[1].status == "ok" for pair in self.pairs) - 1
        others = OTHER_STAGES if any(measure.given for _, measure in self.pairs) else OTHERS
        if any(measure.params.scale == "distance" for _, measure in self.pairs):
            others = OTHER_DISTANCES
        if any(measure.metric == EFFECT for _, measure in self.pairs):
            others = OTHER_EFFECTS
        return self.catalogue.ngettext(*others[verdict], n).format(n=n) if n > 0 else ""

    def kept_beside(self) -> str:
        n = sum(comparison.verdict == Verdict.KEPT for comparison, _ in self.pairs)
        told = n > 0 and self.document.verdict == "unknown"
        return self.catalogue.ngettext(*KEPT_BESIDE, n).format(n=n) if told else ""

    def hidden(self) -> str:
        n = sum(measure.status == "suppressed" for _, measure in self.pairs)
        return self.catalogue.ngettext(*HIDDEN_TOO, n).format(n=n) if n else ""

    def without_figures(self) -> str:
        alone = [each for each in (self.question.logged, self.question.ranged) if each is not None]
        if any(measure.status == "suppressed" for measure in (*alone, *(each for _, each in self.pairs))):
            return self.catalogue.gettext(HIDDEN)
        message = self.catalogue.gettext(CANNOT_TELL.get(self.document.reason or "", NO_VALUE))
        return message.format(decision=decision(self.system, self.catalogue.lang), date=self._date())

    def _date(self) -> str:
        expired = self.document.reason == "expired"
        found = [each.params.expired_on if expired else each.params.readable_from for _, each in self.pairs]
        dates = [day for day in found if day is not None]
        return date_words(min(dates), self.catalogue.lang) if dates else ""


def _of_period(measure: MeasureInShort) -> str | None:
    """That a period is too short or too small to tell, of figures to which later ones add nothing; None of others."""
    if measure.metric == NEVER_RATIO:
        return SIX_MONTHS if given(measure.params.test).only_beyond else TOO_FEW_PEOPLE
    if judged(measure.metric).replies:
        return TOO_FEW_MESSAGES
    if measure.params.scale != "share":
        return None
    if (how := judged(measure.metric)).need in TOO_FEW_OF:
        return TOO_FEW_OF[how.need]
    if how.reviews:
        return TOO_FEW_REVIEWS
    return TOO_FEW_DECISIONS if measure.group else TOO_FEW_MESSAGES
