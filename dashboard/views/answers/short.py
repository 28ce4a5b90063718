"""The answer to a question in one sentence of at most twenty-five words, for whoever reads nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping

from boussole.audits.languages import Catalogue, capital, inside
from boussole.audits.metrics.calls import OUTSIDE_SHARE
from boussole.audits.metrics.components import FORECAST
from boussole.audits.metrics.corrections import GAP_BY_CORRECTIONS, PUT_IN_RESULTS
from boussole.audits.metrics.forgotten import MONTHS, NEVER_RATIO
from boussole.audits.metrics.shares import CONTROL_RATIO, REACHED_RATIO
from boussole.audits.metrics.through import GAP_SHARE
from boussole.audits.systems import System
from boussole.charter.document import Comparison, MeasureDocument, Standing, VerdictDocument
from boussole.charter.document.base import given
from boussole.charter.judging.families import controls, decision
from boussole.charter.judging.wording.findings import deciding, effect_digits, ends_of, outcome
from boussole.charter.judging.wording.naming import about, gap_digits, parsed, people, per_hundred
from boussole.charter.judging.wording.sentences import LOCALE
from boussole.charter.text.judged import judged
from boussole.charter.text.left_out import REASON, STOPS
from boussole.charter.text.model import Charter
from boussole.dashboard.markup.words import Say
from boussole.dashboard.views.answers.asked import sentence_of
from boussole.dashboard.views.charts.groups import group_name, is_drift, stage_name, value_name
from boussole.dashboard.views.charts.tables import signed

UNSAID = ("distance", "share")
"""Scales whose interval is not said beside the sentence: of a distance it says little, of a share the sentence does."""
MOST = 25
"""Words of the sentence at most."""
BARE = 7
"""Words at most of a first sentence that says yes, no or that nobody can tell, and nothing else."""
_WORD = re.compile(r"\d+(?:[\u202f\xa0]\d{3})+|\w[\w’'\-–.,]*")
_END = re.compile(r"(?<=[.!?])\s+")


def words_in(text: str) -> int:
    """How many words a reader counts: a figure is a word, however long; signs are not.

    >>> words_in("Pour 100 hommes : « 56 » femmes."), words_in("Sur 35\u202f540 décisions")
    (5, 3)
    """
    return len(_WORD.findall(text))


def told_by(document: Standing, verdict: VerdictDocument) -> tuple[Comparison, MeasureDocument] | None:
    """The comparison that a verdict is told by, with its measure; None where none has a figure."""
    measures = document.judged_by_id
    pairs = [(each, measures[each.measure]) for each in verdict.comparisons if each.measure in measures]
    return deciding(verdict.verdict, pairs)


def short_answer(
    charter: Charter, document: Standing, verdict: VerdictDocument, say: Say, *, system: System | None, title: str
) -> str:
    """The answer of a system to a question. `title`: the name of the system."""
    whole = sentence_of(charter, verdict, say, system=system)
    if verdict.reason == REASON:
        return say("We cannot tell: too many decisions were set aside to draw a conclusion.")
    if verdict.reason == STOPS:
        return say("We cannot tell: the log that this rests on lacks days of the period.")
    found = told_by(document, verdict)
    if found is None or system is None:
        return first_words(whole)
    comparison, measure = found
    if verdict.verdict == "unknown":
        return of_window_alone(measure, say) or _settled(comparison, say)
    if is_drift(verdict):
        return _moved(verdict, measure, say, system)
    return figures(measure, say, system=system, title=title) or first_words(whole)


def first_words(text: str) -> str:
    """The first sentences of a text, as many as stay within the words of one answer; two at least after a bare answer.

    >>> first_words("Yes. All is well.")
    'Yes. All is well.'
    >>> len(first_words("No. " + "far " * 26 + "too long. This is left out."))
    117
    """
    if words_in(text) <= MOST:
        return text
    first, *others = _END.split(text)
    if others and words_in(first) <= BARE:
        first = f"{first} {others.pop(0)}"
    for each in others:
        if words_in(f"{first} {each}") > MOST:
            break
        first = f"{first} {each}"
    return first


def figures(measure: MeasureDocument, say: Say, *, system: System, title: str) -> str:
    """What a comparison found, for a hundred people; empty where it cannot be said in few words."""
    if measure.metric == GAP_SHARE or judged(measure.metric).sides:
        return _of_sides(measure, say) if judged(measure.metric).sides else _through(measure, say, system)
    if measure.params.scale == "share":  # of everybody: its sentence is short
        return ""
    if measure.params.scale == "effect":
        return _put_in(measure, say) if measure.metric == PUT_IN_RESULTS else _changed(measure, say, system, title)
    named = {**compared_people(measure, say, system=system), "system": title, "decision": decision(system, say.lang)}
    if measure.params.scale == "ratio":
        return _ratio(measure, say, system, {**named, "n": per_hundred(given(measure.value), say.lang)})
    if measure.params.scale == "difference" and measure.params.values is not None:
        return _rates(measure, say, named)
    return ""


def _of_sides(measure: MeasureDocument, say: Say) -> str:
    n = per_hundred(given(measure.value), say.lang)
    if measure.metric == REACHED_RATIO:
        return say("At equal numbers, {n} people without a smartphone answer in time for every 100 with one.", n=n)
    if measure.metric == CONTROL_RATIO:
        return say("With comparable profiles, {n} people who did not answer are controlled for every 100 who did.", n=n)
    return say("With comparable profiles, {n} people who did not answer are listed next for every 100 who did.", n=n)


def _through(measure: MeasureDocument, say: Say, system: System) -> str:
    """Which part of a gap opens through the tool and the adviser; empty where there is surely none to share out."""
    if measure.value is None or measure.params.gap:
        return ""
    return say(
        "The tool and the adviser open {n} in 100 of the gap between {group} and {other}.",
        n=say.number(100 * measure.value, 0),
        **compared_people(measure, say, system=system),
    )


def of_window_alone(measure: MeasureDocument, say: Say) -> str:
    """That nobody can tell by what is in one window, to which later ones are not added; empty where they are."""
    if judged(measure.metric).of_messages:
        return say("We cannot tell: the messages of this period are too few.")
    if measure.metric not in (NEVER_RATIO, GAP_SHARE):
        return ""
    if measure.metric == NEVER_RATIO and (measure.params.months_followed or MONTHS) < MONTHS:
        return say("We cannot tell yet: it takes six months of decisions to say that nobody is forgotten.")
    return say("We cannot tell: the decisions of this period are too few.")


def _changed(measure: MeasureDocument, say: Say, system: System, title: str) -> str:
    """What a start, or corrections, changed; of corrections, where there is a gap to watch."""
    if measure.metric != GAP_BY_CORRECTIONS:
        return _effect(measure, say, system, title)
    if measure.value is None or measure.params.gap:
        return ""
    before, after = (
        per_hundred(float(given(ratio)), say.lang) for ratio in (measure.params.before, measure.params.after)
    )
    return say(
        "For every 100 {other}, {n} {group} as proposed, and {m} after corrections.",
        n=before,
        m=after,
        **compared_people(measure, say, system=system),
    )


def _put_in(measure: MeasureDocument, say: Say) -> str:
    first, second = given(measure.params.values)
    return say(
        "With comparable profiles, the outcome followed for {n} of 100 people put in, and {m} of 100 kept as proposed.",
        n=say.number(100 * first, 0),
        m=say.number(100 * second, 0),
    )


def _effect(measure: MeasureDocument, say: Say, system: System, title: str) -> str:
    seen, expected = given(measure.params.values)
    digits = effect_digits(given(measure.value), ends_of(measure))
    return say(
        "With {system}, {n} {outcome} a month for 100 people; {m} were to be expected without.",
        system=title,
        outcome=outcome(measure, system, Catalogue(LOCALE, say.lang)),
        n=say.number(100 * seen, digits),
        m=say.number(100 * expected, digits),
    )


def compared_people(measure: MeasureDocument, say: Say, *, system: System) -> dict[str, str]:
    """Whom a comparison is about, and whom these are compared with, as they stand after a number."""
    catalogue = Catalogue(LOCALE, say.lang)
    mine = dict(zip(measure.by, measure.values_of_group, strict=True)) if measure.group else {}
    who = people(catalogue, system, mine) or _quoted(mine, say, system)
    against = measure.params.against or "rest"
    shown = measure.params.against_shown
    other = say("people of the other groups shown") if shown else say("people of all other groups")
    if against != "rest":
        group = parsed(against, measure.by)
        other = people(catalogue, system, group) or _quoted(group, say, system)
    return {"group": who, "other": other}


def _quoted(group: Mapping[str, str], say: Say, system: System) -> str:
    """A group whose values have no name that follows a number."""
    return say("people of “{group}”", group=group_name(group, say, system=system))


def _ratio(measure: MeasureDocument, say: Say, system: System, named: dict[str, str]) -> str:
    alike = measure.metric.startswith("adjusted")
    if measure.given:
        return _at_stage({**named, "stage": inside(stage_name(measure, say, system=system))}, say, alike=alike)
    if measure.metric == "exposure_ratio":
        return say("In the lists, where {other} get 100 of attention, {group} get {n}.", **named)
    if judged(measure.metric).replies:
        return say("At equal numbers of replies, {n} late ones from {group} for every 100 from {other}.", **named)
    if measure.metric == NEVER_RATIO:
        return say("At equal numbers, {n} {group} are on no list for every 100 {other} who are on none.", **named)
    if measure.metric not in ("selection_rate_ratio", "adjusted_selection_rate_ratio"):
        return ""
    return _selected({**named, "verb": _verb(system, say)}, say, alike=alike)


def _selected(named: dict[str, str], say: Say, *, alike: bool) -> str:
    """Of how often people are selected; the figure is one for equal numbers, or comparable profiles, and says so."""
    if named["verb"] and alike:
        return say("With comparable profiles, {system} {verb} {n} {group} for every 100 {other}.", **named)
    if named["verb"]:
        return say("At equal numbers, {system} {verb} {n} {group} for every 100 {other}.", **named)
    if alike:
        return say(
            "With comparable profiles, for every 100 people {decision} among {other}, {n} are among {group}.", **named
        )
    return say("At equal numbers, for every 100 people {decision} among {other}, {n} are among {group}.", **named)


def _at_stage(named: dict[str, str], say: Say, *, alike: bool) -> str:
    if alike:
        return say(
            "With comparable profiles, for every 100 {other} who get through “{stage}”, {n} {group} do.", **named
        )
    return say("At equal numbers, for every 100 {other} who get through “{stage}”, {n} {group} do.", **named)


def _rates(measure: MeasureDocument, say: Say, named: dict[str, str]) -> str:
    values = given(measure.params.values)
    digits = gap_digits(values)
    first, second = (say.number(100 * value, digits) for value in values)
    told = {**named, "n": first, "m": second}
    messages = {
        "precision_difference": say(
            "Of 100 people {decision} in each group, the outcome comes for {n} {group} and {m} {other}.", **told
        ),
        "true_positive_rate_difference": say(
            "Of 100 good outcomes in each group, {n} are {decision} among {group}, {m} among {other}.", **told
        ),
        "false_positive_rate_difference": say(
            "Of 100 bad outcomes in each group, {n} are wrongly {decision} among {group}, {m} among {other}.", **told
        ),
    }
    return messages.get(measure.metric, "")


def _verb(system: System, say: Say) -> str:
    columns = system.columns
    verb = columns.decision.verb if columns is not None and columns.decision is not None else None
    return (verb or {}).get(say.lang, "")


def _moved(verdict: VerdictDocument, measure: MeasureDocument, say: Say, system: System) -> str:
    column = (measure.group or {}).get("feature", "")
    if verdict.verdict == "kept":
        return say("What the system receives and the scores it gives still resemble the reference period.")
    if column == "score":
        return say("The scores no longer resemble those of the reference period.")
    name = inside(say.text(system.feature_titles.get(column), value_name("feature", column, say)))
    return say("The data received have changed since the reference period, “{feature}” most of all.", feature=name)


def _settled(comparison: Comparison, say: Say) -> str:
    if comparison.more_decisions is None:
        return say("We cannot tell: no reasonable number of decisions would settle it.")
    n = about(comparison.more_decisions, say.lang)
    return say("We cannot tell yet: it would take about {n} more decisions.", n=n)


def beside(document: Standing, verdict: VerdictDocument, say: Say, *, system: System | None) -> list[str]:
    """What stands beside the sentence: under which condition the figure holds, and how sure it is."""
    found = told_by(document, verdict)
    if found is None or system is None:
        share = provider_share(document, verdict, say)
        return [share] if share else []
    comparison, measure = found
    whom = compared_people(measure, say, system=system) if verdict.verdict == "unknown" and measure.group else {}
    told = (
        at_stage(measure, say, system=system) if whom else "",
        conditions(measure, say, system=system, question=say.text(verdict.question)),
        between(comparison, measure, say, whom=whom),
    )
    return [each for each in told if each]


def at_stage(measure: MeasureDocument, say: Say, *, system: System) -> str:
    """The stage of a figure, where its sentence does not name it."""
    stage = "stage" in measure.given
    return say("Stage: {stage}.", stage=stage_name(measure, say, system=system)) if stage else ""


def conditions(measure: MeasureDocument, say: Say, *, system: System, question: str) -> str:
    """Under which condition the figures of a sentence compare, where the question above it does not say so."""
    named = controls(system, say.lang)
    alike = measure.metric.startswith("adjusted") and f"({named})" not in question
    return say("Comparable: {controls}.", controls=named) if alike else ""


def between(comparison: Comparison, measure: MeasureDocument, say: Say, *, whom: Mapping[str, str]) -> str:
    """The interval that decided, for a hundred; `whom`: of which people, where the sentence beside it names none."""
    found = comparison.interval
    if found is None or found.low is None or found.high is None or measure.params.scale in UNSAID:
        return ""
    if measure.params.scale == "ratio":
        low, high = (per_hundred(end, say.lang) for end in (found.low, found.high))
        if whom:
            return say(
                "Among {group}: very probably between {low} and {high}, for 100 among {other}.",
                low=low,
                high=high,
                **whom,
            )
        return say("The truth very probably lies between {low} and {high} for 100.", low=low, high=high)
    if measure.params.scale == "effect":
        low, high = (signed(100 * end, say) for end in (found.low, found.high))
        if measure.metric == GAP_BY_CORRECTIONS:
            told = say(
                "Corrections very probably make {low} to {high} in 100 of the gap that is left.", low=low, high=high
            )
        else:
            told = say("The effect very probably lies between {low} and {high} for 100 people.", low=low, high=high)
        return told
    low, high = (say.number(100 * end, 0) for end in (found.low, found.high))
    if whom:
        return say("Gap of {group} to {other}: very probably {low} to {high} in 100.", low=low, high=high, **whom)
    return capital(say("The gap very probably lies between {low} and {high} in 100.", low=low, high=high))


def provider_share(document: Standing, verdict: VerdictDocument, say: Say) -> str:
    """The declared share of a provider and where its trend leads; empty of another question, and without a trend."""
    if verdict.metric != OUTSIDE_SHARE:
        return ""
    found = next((each for each in document.judged_measures if each.metric == FORECAST), None)
    if found is None or found.value is None or found.interval is None:
        return ""
    told = found.params
    return say(
        "Not judged: on {now_on}, {now} in 100 of its components came from {provider}. At this trend, that will be "
        "{value} in 100 on {by} (very likely between {low} and {high}); the aim is {target}.",
        provider=given(told.provider),
        now_on=say.date(given(told.now_on)),
        by=say.date(given(told.by)),
        now=say.number(100 * given(told.now), 0),
        target=say.number(100 * given(told.target), 0),
        value=say.number(100 * found.value, 0),
        low=say.number(100 * found.interval.low, 0),
        high=say.number(100 * found.interval.high, 0),
    )
