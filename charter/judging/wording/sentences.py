"""The sentence that says a verdict in plain words, from its numbers. It never says that chance is excluded."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from boussole.audits.languages import LANGUAGES, Catalogue, date_words, number, typeset, whole
from boussole.audits.metrics.forgotten import NEVER_RATIO
from boussole.audits.systems.model import System
from boussole.charter.document import Comparison, Levels, MeasureInShort, VerdictReasons
from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.document.base import given
from boussole.charter.document.left_out import LeftOutInShort, LogEnd, PartLeftOut
from boussole.charter.judging.families import Question, controls, decision, said
from boussole.charter.judging.statistics.testing import accumulates, lasting, past
from boussole.charter.judging.wording.findings import deciding, finding, level_words, meaning
from boussole.charter.judging.wording.logged_sentences import REASONS, logged_sentence, logged_so_far
from boussole.charter.judging.wording.naming import about
from boussole.charter.judging.wording.record_sentences import recorded_sentence
from boussole.charter.judging.wording.stated_sentences import stated_sentence
from boussole.charter.text.judged import OF_REPLIES, of_reviews
from boussole.charter.text.left_out import REASON, STOPS, limiting, stopped

LOCALE = Path(__file__).parent.parent / "locale"

NOT_EXAMINED = {
    "not_measured_yet": "Not examined: nothing measures this yet.",
    "not_attested": "Not examined: nobody has handed in the statement, with its document, expected from: {role}.",
    "no_groups": "Not examined: the system file declares no groups of people to compare.",
    "no_decision": "Not examined: this log says who stands where in lists, and nothing of what was decided.",
    "no_outcome": "Not examined: the log does not hold what became of people.",
    "no_reference": "Not examined: no reference period is declared to compare with.",
    "no_score": "Not examined: the log holds no score.",
    "no_features": "Not examined: the system file names no data to follow.",
    "no_controls": "Not examined: the system file declares nothing by which profiles could be compared.",
    "no_stages": "Not examined: the system file declares no stages.",
    "no_actors": "Not examined: the system file does not say at each stage who acts there, the tool, the adviser, the "
    "person or the employer.",
    "no_ranks": "Not examined: the system file names no lists and places in them.",
    "no_person": "Not examined: the system file does not say which decisions are about the same person.",
    "no_contacts": "Not examined: the system file declares no log of messages.",
    "no_reviews": "Not examined: no log of what people decide says which agents reviewed, so that teams of 11 could be "
    "told from smaller ones.",
    "no_reading_time": "Not examined: the log of what people decide says not by which agents, in how many seconds or "
    "over how many words they reviewed.",
    "no_agencies": "Not examined: the system file declares no counts by agency and month. It would take, for each "
    "agency, with the system or without, since when it has it, and for each month how many people it follows and how "
    "many of them return to work.",
    "no_accounts": "Not examined: nobody has imported an export of the accounts that can reach the data. It would take "
    "one a month, with the second factor, the role and the rights of each account, and the rights that each role "
    "needs.",
    "no_notices": "Not examined: the system file does not say which templates of messages say that a machine writes. "
    "It would take, in the log of messages, the template of each with its version, and a list of those whose notice "
    "was approved, since when.",
    "no_purposes": "Not examined: the system file does not say for which purposes or tasks the system may be used. It "
    "would take that list, and a log of uses with the purpose or the task of each.",
    "no_closings": "Not examined: the log of messages does not say when the lists that they are about close.",
    "no_smartphones": "Not examined: the log of messages does not say who has a smartphone, or when lists close.",
    "no_replies": "Not examined: the log of messages does not say when people replied.",
    "no_measure": "Not examined: nothing was measured for this question in this period.",
    "no_incident": "Not examined: no incident of this system was ever recorded. Nobody knows whether there was none, "
    "or nobody records them.",
    "no_request": "Not examined: no request for an explanation was ever recorded for this system. Nobody knows "
    "whether there was none, or nobody records them.",
    "no_training": "Not examined: nobody has recorded how many of those who use it were trained before they did.",
    "no_opinion": "Not examined: no opinion and no recommendation about this system was ever recorded.",
    "no_stocktaking": "Not examined: nobody has taken stock of the uses in service and of the models that belong to "
    "none.",
    "no_public_rules": "Not examined: the register does not say whether the rules of this system are published, or it "
    "is not in service.",
    "no_version": "Not examined: the log does not say which version of the model decided, or the register names none "
    "that was examined.",
    "not_audited": "Not examined: no audit has counted decisions of this system yet.",
}
CANNOT_TELL = {
    "no_comparison": "We cannot tell. There is only one group in these decisions: nothing to compare.",
    "no_other_group": "We cannot tell. There is only one group in these decisions: nothing to compare.",
    "reference_absent": "We cannot tell. The group that others are compared with is absent from these decisions.",
    "selective_labels": "We cannot tell. What became of people is known only for those {decision}: "
    "comparing errors would mislead.",
    "no_outcomes": "We cannot tell. What became of people is not known yet.",
    "not_mature": "We cannot tell yet. What became of people can be read only from {date}: the outcomes that come "
    "earlier are not like the others.",
    "expired": "We cannot tell. The legal basis for using these data ended on {date}: nothing of them is read or "
    "shown.",
    "rows_purged": "We cannot tell. The decisions of this period were removed before they were counted by profile.",
    "not_a_probability": "We cannot tell. The score is no probability: it announces no rate to hold to what happened.",
    "too_many_strata": "We cannot tell. There are so many different profiles that hardly anybody has a counterpart.",
    "no_common_stratum": "We cannot tell. No profile is found in both of the groups compared.",
    "no_common_list": "We cannot tell. No list holds people of both of the groups compared.",
    "zero_denominator": "We cannot tell. One of the groups has no case to count.",
    "empty_window": "We cannot tell. One of the two periods holds no decision.",
    "no_values": "We cannot tell. In one of the two periods the column holds no value at all.",
    "small_teams": "We cannot tell. No team of 11 agents or more reviewed anything in this period, and nothing is told "
    "of smaller ones.",
    "no_reading_time": "We cannot tell. Too many reviews do not say how long they took, or how many words were shown.",
    "short_span": "We cannot tell. Fewer than three months of decisions are there: for a while, nearly everybody is on "
    "no list.",
    "mostly_forgotten": "We cannot tell. More than 8 people in 10 of the group compared with are on no list: no group "
    "could be forgotten a quarter more often.",
    "few_lists_tell": "We cannot tell. The lists are too few, or a few of them hold most of the people who are on one "
    "list only: nobody can see how much chance decides.",
    "gap_may_be_zero": "We cannot tell. There may be no gap at all between these groups at the end: no share of it can "
    "be told.",
    "few_moved_on": "We cannot tell. At one stage so few people moved on, or so few did not, that nobody can say "
    "where a gap opens.",
    "no_stop": "We cannot tell. The log holds nobody who had said STOP early enough to see whether it is heeded.",
    "no_second_factor": "We cannot tell. The export tells of no account whether it needs a second factor.",
    "no_template": "We cannot tell. No first message in this period names its template.",
    "no_label": "We cannot tell. The log does not say what these uses are for.",
    "no_times": "We cannot tell. Too many messages say on which day they left, and not at what time.",
    "part_of_month": "We cannot tell. This is told of whole months only: from two periods that differ by some days, "
    "one could tell what concerns the few people of these.",
    "nobody_started": "We cannot tell. In these counts no agency started after the first month: there is no before and "
    "after to compare.",
    "few_agencies": "We cannot tell. So few agencies started, or did not, that their differences alone could explain "
    "any gap: it takes at least ten of each.",
    "agencies_with_gaps": "We cannot tell. For too many agencies a month is missing, told twice, or of two starts: "
    "those left may not be like the others.",
    "short_before": "We cannot tell. It takes at least three months before the start, in at least ten agencies that "
    "started, to see whether they already changed otherwise than the others.",
    "nothing_varies": "We cannot tell. These counts hardly differ between agencies: how far off they may be cannot "
    "be told.",
    "not_parallel": "We cannot tell. Before the start, the agencies that were to have the system already changed "
    "otherwise than the others: a gap afterwards cannot be put down to it.",
    "one_bin": "We cannot tell. In both periods the column holds one value only, or only values too rare to compare.",
}
LEFT_OUT = {
    "": (
        "We cannot tell. Of {rows} decisions, {n} was set aside ({share} in 100): from {limit} in 100 on, the "
        "charter draws no conclusion from those that are left.",
        "We cannot tell. Of {rows} decisions, {n} were set aside ({share} in 100): from {limit} in 100 on, the "
        "charter draws no conclusion from those that are left.",
    ),
    "reference": (
        "We cannot tell. Of {rows} decisions of the reference period, {n} was set aside ({share} in 100): from "
        "{limit} in 100 on, the charter draws no conclusion from those that are left.",
        "We cannot tell. Of {rows} decisions of the reference period, {n} were set aside ({share} in 100): from "
        "{limit} in 100 on, the charter draws no conclusion from those that are left.",
    ),
    "outcomes": (
        "We cannot tell. Of {rows} outcomes, {n} was set aside ({share} in 100): from {limit} in 100 on, the "
        "charter draws no conclusion from those that are left.",
        "We cannot tell. Of {rows} outcomes, {n} were set aside ({share} in 100): from {limit} in 100 on, the "
        "charter draws no conclusion from those that are left.",
    ),
    "contacts": (
        "We cannot tell. Of {rows} messages, {n} was set aside ({share} in 100): from {limit} in 100 on, the "
        "charter draws no conclusion from those that are left.",
        "We cannot tell. Of {rows} messages, {n} were set aside ({share} in 100): from {limit} in 100 on, the "
        "charter draws no conclusion from those that are left.",
    ),
    "human_actions": (
        "We cannot tell. Of {rows} decisions of agents, {n} was set aside ({share} in 100): from {limit} in 100 on, "
        "the charter draws no conclusion from those that are left.",
        "We cannot tell. Of {rows} decisions of agents, {n} were set aside ({share} in 100): from {limit} in 100 on, "
        "the charter draws no conclusion from those that are left.",
    ),
    "usage": (
        "We cannot tell. Of {rows} uses, {n} was set aside ({share} in 100): from {limit} in 100 on, the charter draws "
        "no conclusion from those that are left.",
        "We cannot tell. Of {rows} uses, {n} were set aside ({share} in 100): from {limit} in 100 on, the charter "
        "draws no conclusion from those that are left.",
    ),
    "accounts": (
        "We cannot tell. Of {rows} accounts, {n} was set aside ({share} in 100): from {limit} in 100 on, the charter "
        "draws no conclusion from those that are left.",
        "We cannot tell. Of {rows} accounts, {n} were set aside ({share} in 100): from {limit} in 100 on, the charter "
        "draws no conclusion from those that are left.",
    ),
}
"""By the part of what was left out that keeps the charter from judging."""
LOG_STOPS = {
    "contacts": "We cannot tell. The log of messages stops on {date}, {days} days before the end of this period: "
    "nobody knows what came after.",
    "human_actions": "We cannot tell. The log of what agents decide stops on {date}, {days} days before the end of "
    "this period: nobody knows what came after.",
    "usage": "We cannot tell. The log of uses stops on {date}, {days} days before the end of this period: nobody knows "
    "what came after.",
}
"""By the log that ends so early that no promise can be kept by it."""
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
TOO_FEW_REVIEWS = "{finding}; the reviews of this period are too few to tell."
"""Of a share of what a log holds: what later periods hold does not count with it."""
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
NO_CLEAR_EFFECT = "Chance alone may explain that: nothing shows clearly that it is better than before, or worse."
CLEAR_EFFECT = "It is very unlikely that chance alone explains it; before the start, no difference of trends was seen."
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
    question: Question,
    document: VerdictReasons,
    system: System,
    left_out: LeftOutInShort | None = None,
    month: float | None = None,
) -> dict[str, str]:
    """What a verdict document says, in every language of Boussole.

    `left_out`: what its audit did not count; `month`: how many decisions come in a month, if that is known.
    """
    told = {lang: _Teller(question, document, system, Catalogue(LOCALE, lang), month) for lang in LANGUAGES}
    return {lang: typeset(_sentence(told[lang], left_out), lang) for lang in LANGUAGES}


def _sentence(told: _Teller, left_out: LeftOutInShort | None) -> str:
    question, document, catalogue = told.question, told.document, told.catalogue
    lang = catalogue.lang
    if document.verdict == "not_examined":
        role = said(question.indicator.attested_by or {lang: ""}, lang)
        return catalogue.gettext(NOT_EXAMINED[document.reason or ""]).format(role=role)
    answer = catalogue.gettext(ANSWERS[document.verdict, question.indicator.good_answer])
    if left_out is not None and (lacks := told.lacking(left_out)):
        return " ".join(each for each in lacks if each)
    if document.reason in REASONS:
        return logged_sentence(document, answer, catalogue)
    if document.rests_on_statements:
        records = question.indicator.records
        if document.counted is not None and records is not None:
            limit = question.indicator.params.get("late_days")
            return recorded_sentence(document, document.counted, answer, catalogue, records=records, limit=limit)
        return stated_sentence(document, answer, catalogue)
    headline = told.headline()
    if headline is None:
        parts = [told.without_figures(), told.kept_beside()]
    else:
        parts = [*told.figures(*headline), told.picture(headline[1]), told.others(), told.kept_beside(), told.hidden()]
    return " ".join(part for part in parts if part)


class _Teller:
    """One verdict being told in one language."""

    def __init__(
        self,
        question: Question,
        document: VerdictReasons,
        system: System,
        catalogue: Catalogue,
        month: float | None,
    ) -> None:
        self.question, self.document, self.system, self.catalogue = question, document, system, catalogue
        self.month = month
        self.pairs = list(zip(document.comparisons, question.comparisons, strict=True))

    def headline(self) -> tuple[Comparison, MeasureInShort] | None:
        """The comparison to tell: of those that have the question's verdict, the worst figure."""
        return deciding(self.document.verdict, self.pairs)

    def lacking(self, left_out: LeftOutInShort) -> list[str]:
        """What the log that the answer rests on lacks, where that is why nobody can tell; empty where it is not."""
        needs, reason = self.question.indicator.needs, self.document.reason
        if reason == REASON and (part := limiting(left_out, needs)) is not None:
            return self.left_out(*part, limit=left_out.limit or 0.0)
        if reason == STOPS and (end := stopped(left_out, needs)) is not None:
            return self.so_far(end)
        return []

    def left_out(self, part: str, found: LeftOutInShort | PartLeftOut, *, limit: float) -> list[str]:
        """That too much was set aside to tell, and the worst figure of what was counted."""
        lang, share, limit = self.catalogue.lang, 100 * (found.share or 0.0), 100 * limit
        answer = self.catalogue.ngettext(*LEFT_OUT[part], found.set_aside).format(
            n=whole(found.set_aside, lang),
            rows=whole(found.rows, lang),
            share=number(share, lang, 0 if share >= 10 else 1),
            limit=number(limit, lang, 0 if limit == round(limit) else 1),
        )
        return [answer, self._found(OTHERS_SAY), self.hidden()]

    def so_far(self, end: LogEnd) -> list[str]:
        """That a log stops too early to tell, and what it shows until then."""
        lang, gettext = self.catalogue.lang, self.catalogue.gettext
        answer = gettext(LOG_STOPS[end.log]).format(date=date_words(end.last, lang), days=whole(end.days, lang))
        if self.document.logged is not None:
            return [answer, logged_so_far(self.document, self.catalogue)]
        return [answer, self._found(SO_FAR), self.hidden()]

    def _found(self, message: str) -> str:
        """The worst figure that cannot be told apart, with why it is not the answer; empty where there is none."""
        headline = self.headline()
        if headline is None:
            return ""
        told = finding(headline[1], verdict="unknown", catalogue=self.catalogue, system=self.system)
        return self.catalogue.gettext(message).format(finding=told)

    def figures(self, comparison: Comparison, measure: MeasureInShort) -> list[str]:
        """The answer, the figures, and the level or what would settle it."""
        verdict, gettext = self.document.verdict, self.catalogue.gettext
        answer = gettext(ANSWERS[verdict, self.question.indicator.good_answer])
        found = finding(
            measure, verdict=verdict, catalogue=self.catalogue, system=self.system, decided=comparison.interval
        )
        if verdict == "unknown":
            settled = self._settled(comparison, measure, found)
            return [answer, settled, self._lies(comparison, measure), self._counted(comparison, measure)]
        told = meaning(measure, verdict=verdict, catalogue=self.catalogue, system=self.system)
        shared_out = measure.params.get("gap") is None  # else there is nothing that a level could be held to
        level = self._level(comparison.levels, given(measure.params.scale)) if shared_out else ""
        return [answer, f"{found}.", level, told, self._counted(comparison, measure)]

    def _settled(self, comparison: Comparison, measure: MeasureInShort, found: str) -> str:
        """How many more decisions would tell, and how long these take to come, where those of later windows count."""
        gettext, lang, more = self.catalogue.gettext, self.catalogue.lang, comparison.more_decisions
        if (message := _of_period(measure)) is not None:
            return gettext(message).format(finding=found)
        if more is None:
            return gettext(NEVER_SETTLED).format(finding=found)
        n = about(more, lang)
        if self.month is None or comparison.alone or not accumulates(measure, self.system):
            return gettext(SETTLED_BY).format(finding=found, n=n)
        unit, many = lasting(more, self.month)
        if unit == "days":
            return gettext(WITHIN).format(finding=found, n=n)
        if unit == "years":
            return gettext(YEARS).format(finding=found, n=n, years=whole(many, lang))
        return self.catalogue.ngettext(*MONTHS, many).format(finding=found, n=n, months=whole(many, lang))

    def _counted(self, comparison: Comparison, measure: MeasureInShort) -> str:
        """Since when decisions are counted, where that is not the window of the audit; or why only those of the window
        are."""
        if comparison.alone:
            return self.catalogue.gettext(BY_ITSELF)
        since = measure.params.since
        if since is None:
            return ""
        return self.catalogue.gettext(SINCE).format(date=date_words(since, self.catalogue.lang))

    def _level(self, levels: Levels, scale: str) -> str:
        """On which side of which level the figure lies."""
        verdict = self.document.verdict
        if scale == "effect":
            return self.catalogue.gettext(NO_CLEAR_EFFECT if verdict == "watch" else CLEAR_EFFECT)
        name = "watch" if verdict == "watch" or levels.breach is None else "breach"
        level = (levels.watch if name == "watch" else levels.breach) or 0.0
        message = (GOOD_SIDE if verdict == "kept" else BEYOND)[name] if level else BEYOND_NONE
        return self.catalogue.gettext(message).format(level=level_words(level, scale, self.catalogue))

    def _lies(self, comparison: Comparison, measure: MeasureInShort) -> str:
        """Between which levels the figure lies; not said by the first rule."""
        levels = comparison.levels
        if not comparison.knows("interval") or levels.watch is None:
            return ""
        value, scale, bad_side = given(measure.value), given(measure.params.scale), given(measure.params.bad_side)
        where = "past_watch" if past(value, levels.watch, bad_side=bad_side) else "good_side"
        if where == "past_watch" and measure.params.get("at_most"):
            return ""  # the truth may be lower
        if where == "past_watch" and levels.breach is not None:
            where = "past_breach" if past(value, levels.breach, bad_side=bad_side) else "between"
        watch, breach = (level_words(each or 0.0, scale, self.catalogue) for each in (levels.watch, levels.breach))
        return self.catalogue.gettext(LIES[where]).format(watch=watch, breach=breach)

    def picture(self, told: MeasureInShort) -> str:
        """That comparing like with like tells another story than the raw figure, of this group or of others."""
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
        """How many other groups share the verdict."""
        verdict = self.document.verdict
        n = sum(pair[0].verdict == verdict and pair[1].status == "ok" for pair in self.pairs) - 1
        others = OTHER_STAGES if any(measure.given for _, measure in self.pairs) else OTHERS
        if any(measure.params.get("scale") == "distance" for _, measure in self.pairs):
            others = OTHER_DISTANCES
        if any(measure.params.get("scale") == "effect" for _, measure in self.pairs):
            others = OTHER_EFFECTS
        return self.catalogue.ngettext(*others[verdict], n).format(n=n) if n > 0 else ""

    def kept_beside(self) -> str:
        """How many comparisons are kept where the question as a whole cannot be answered."""
        n = sum(comparison.verdict == Verdict.KEPT for comparison, _ in self.pairs)
        told = n > 0 and self.document.verdict == "unknown"
        return self.catalogue.ngettext(*KEPT_BESIDE, n).format(n=n) if told else ""

    def hidden(self) -> str:
        """How many comparisons are hidden, and nothing else about them."""
        n = sum(measure.status == "suppressed" for _, measure in self.pairs)
        return self.catalogue.ngettext(*HIDDEN_TOO, n).format(n=n) if n else ""

    def without_figures(self) -> str:
        """Why nobody can tell, where no comparison has a figure to show."""
        logged = self.question.logged
        if any(measure.status == "suppressed" for _, measure in self.pairs) or (
            logged is not None and logged.status == "suppressed"
        ):
            return self.catalogue.gettext(HIDDEN)
        message = self.catalogue.gettext(CANNOT_TELL.get(self.document.reason or "", NO_VALUE))
        return message.format(decision=decision(self.system, self.catalogue.lang), date=self._date())

    def _date(self) -> str:
        """The day that the reason speaks of, where it speaks of one."""
        name = "expired_on" if self.document.reason == "expired" else "readable_from"
        dates: list[dt.date] = [day for _, measure in self.pairs if (day := measure.params.get(name)) is not None]
        return date_words(min(dates), self.catalogue.lang) if dates else ""


def _of_period(measure: MeasureInShort) -> str | None:
    """That a period is too short or too small to tell, of figures to which later ones add nothing; None of others."""
    if measure.metric == NEVER_RATIO:
        return SIX_MONTHS if given(measure.params.test).stated.get("only_beyond") else TOO_FEW_PEOPLE
    if measure.metric in OF_REPLIES:
        return TOO_FEW_MESSAGES
    if measure.params.scale != "share":
        return None
    if of_reviews(measure.metric):
        return TOO_FEW_REVIEWS
    return TOO_FEW_DECISIONS if measure.group else TOO_FEW_MESSAGES
