"""The planted effects, each with the question that must find it, and what else follows from it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from benchmarks.planted.results import Result
from boussole.experiments.demo.build import NEGLECTS
from boussole.experiments.demo.planted import LEFT_OUT, MONTHS, NOTHING, PLANTED, PlantedEffects

JULY, AUGUST, SEPTEMBER = MONTHS
REWORKED = 0.001
"""Share of texts that agents change or reject where they hardly look at them."""
CONDITIONS: dict[str, PlantedEffects] = {
    "planted": PLANTED,
    "nothing": NOTHING,
    "reworked": replace(NOTHING, reworked_since=REWORKED),
    "untold": replace(NOTHING, untold_calls=PLANTED.untold_calls),
    "left_out": replace(NOTHING, **LEFT_OUT),  # type: ignore[arg-type]
    **{name: replace(NOTHING, **{name: size}) for name, size in LEFT_OUT.items()},  # type: ignore[arg-type]
    **{name: replace(NOTHING, **{name: getattr(PLANTED, name)}) for name in NEGLECTS},
}
"""What is planted in a run, by name. Two are of ChatFT alone: one leaves too few rejected texts for others, the other
is in no run of earlier versions. `left_out`: all that the demo leaves out; then each of it alone."""
ANY_SELECTION = r"(adjusted_)?(stage_)?selection_rate_ratio_"


@dataclass(frozen=True, kw_only=True)
class Effect:
    """An effect: who must find it in which month, on which group or column (a part of the name of its measure)."""

    name: str
    question: str
    asks: str
    months: tuple[str, ...] = (SEPTEMBER,)
    of: str = ""
    system: str = "matchft"
    condition: str = "planted"
    switch: str = ""
    """The field of `PlantedEffects` that plants it, where it can be planted alone in a run."""
    answer: str = ""
    """What the question must say where it accuses nobody; empty: it must be watched or not kept."""
    follows: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Patterns of other questions that it rightly turns, and in which months."""

    def found_in(self, result: Result) -> bool:
        """Whether the question is watched or not kept in a month of the effect, for the right group, or undecidable."""
        if self.answer:
            return any(result.told.get(month, {}).get(self.asks) == self.answer for month in self.months)
        return any(
            self.of in measure for month in self.months for measure in result.accused.get(month, {}).get(self.asks, ())
        )

    def explains(self, month: str, asked: str) -> bool:
        """Whether the effect is why a question is not kept in a month."""
        own = asked == self.asks and month in self.months
        return own or any(month in months and re.fullmatch(pattern, asked) for pattern, months in self.follows)


OLD, WOMEN = "(age|gender_age)", "(gender|gender_age)"
EFFECTS = (
    Effect(
        name="people of 50 and over contacted less",
        question="3.1",
        asks="adjusted_selection_rate_ratio_age",
        months=MONTHS,
        of="age=50+",
        follows=(
            (ANY_SELECTION + OLD, MONTHS),
            (f"(where_the_gap_opens|exposure_ratio)_{OLD}", MONTHS),
            (f"never_shortlisted_{OLD}", (SEPTEMBER,)),
        ),
    ),
    Effect(
        name="women contacted less by version 2.0",
        question="3.1",
        asks="adjusted_selection_rate_ratio_gender",
        of="gender=F",
        follows=(
            (ANY_SELECTION + WOMEN, (SEPTEMBER,)),
            (f"(where_the_gap_opens|exposure_ratio|never_shortlisted)_{WOMEN}", (SEPTEMBER,)),
        ),
    ),
    Effect(
        name="young people passed over, always the same",
        question="3.4",
        asks="never_shortlisted_age",
        of="age=<25",
        follows=((f"never_shortlisted_{OLD}", (SEPTEMBER,)),),
    ),
    Effect(
        name="corrections against people of 50 and over",
        question="2.3",
        asks="gap_after_corrections_age",
        months=(AUGUST,),
        of="age=50+",
        follows=(("gap_after_corrections_gender_age", (AUGUST,)),),
    ),
    Effect(name="lists followed as they come", question="2.1", asks="override_rate"),
    Effect(name="lists reviewed too fast to read", question="2.2", asks="time_to_read"),
    Effect(name="advisers not trained for version 2.0", question="2.5", asks="users_trained"),
    Effect(name="lists used for what nobody declared", question="1.1", asks="undeclared_use"),
    Effect(name="controls that the log says silence led to", question="1.2", asks="silence_and_controls"),
    Effect(name="the silent controlled more often", question="1.2", asks="controls_of_the_silent"),
    Effect(name="messages after a STOP", question="4.1", asks="stop_is_respected"),
    Effect(name="messages in the evening", question="4.2", asks="decent_hours"),
    Effect(
        name="people of 50 and over reply too late",
        question="4.6",
        asks="time_to_answer_age",
        of="age=50+",
        follows=(("time_to_answer_gender_age", (SEPTEMBER,)),),
    ),
    Effect(name="people without a smartphone reply too late", question="4.5", asks="without_a_smartphone"),
    Effect(name="a template without its notice", question="5.1", asks="told_it_is_ai"),
    Effect(
        name="public rules out of date", question="5.4", asks="public_register", months=MONTHS, switch="rules_months"
    ),
    Effect(name="accounts without a second factor, needless rights", question="6.1", asks="needless_access"),
    Effect(name="a version that nobody examined", question="6.6", asks="examined_version", switch="unexamined_days"),
    Effect(name="the search radius grows", question="6.6b", asks="likeness_to_reference", of="distance_km"),
    Effect(name="scores rise with version 2.0", question="6.6b", asks="likeness_to_reference", of="score"),
    Effect(
        name="uses about an excluded offer",
        question="1.1",
        asks="undeclared_use",
        condition="left_out",
        switch="excluded_uses",
    ),
    Effect(
        name="people of a priority neighbourhood last of those contacted",
        question="3.4b",
        asks="exposure_ratio_qpv",
        of="qpv=yes",
        condition="left_out",
        switch="qpv_lower",
    ),
    Effect(
        name="four reminders to the silent",
        question="4.3",
        asks="not_too_often",
        condition="left_out",
        switch="reminders_since",
    ),
    Effect(
        name="the silent put last on later lists",
        question="4.4",
        asks="silence_closes_no_door",
        condition="left_out",
        switch="silent_left_out",
    ),
    Effect(
        name="MatchFT’s questions asked outside the allowed places",
        question="6.5",
        asks="where_models_run",
        condition="left_out",
        switch="questions_outside",
    ),
    Effect(name="uses for what nobody declared", question="1.1", asks="undeclared_use", system="chatft"),
    Effect(
        name="the ethics review after the trial",
        question="1.4",
        asks="examined_first",
        months=MONTHS,
        system="chatft",
        switch="review_days_late",
    ),
    Effect(
        name="texts sent as they come", question="2.1", asks="reworked_texts", system="chatft", condition="reworked"
    ),
    Effect(name="texts sent too fast to read", question="2.2", asks="texts_in_time", system="chatft"),
    Effect(name="agents not trained", question="2.5", asks="users_trained", months=MONTHS, system="chatft"),
    Effect(
        name="adverts with a prohibited criterion",
        question="3.7",
        asks="prohibited_criterion_in_adverts",
        system="chatft",
    ),
    Effect(
        name="letters without the mark of a machine", question="5.5", asks="generated_texts_marked", system="chatft"
    ),
    Effect(name="social security and account numbers", question="6.4", asks="personal_data_in_texts", system="chatft"),
    Effect(name="calls outside the allowed places", question="6.5", asks="where_models_run", system="chatft"),
    Effect(
        name="machines that run nearly empty",
        question="7.1",
        asks="emissions_per_text",
        system="chatft",
        follows=(("within_budget", (SEPTEMBER,)),),
    ),
    Effect(name="texts by a version that nobody examined", question="6.6", asks="examined_version", system="chatft"),
    Effect(
        name="calls that tell neither tokens nor electricity",
        question="7.5",
        asks="measurable_at_all",
        system="chatft",
        condition="untold",
        answer="unknown",
    ),
    Effect(name="rejected texts three times as long", question="7.4", asks="generated_for_nothing", system="chatft"),
)


def unexplained(result: Result) -> Iterator[tuple[str, str]]:
    """Each month and question that is watched or not kept though nothing planted in the run explains it."""
    planted = [each for each in EFFECTS if (each.system, each.condition) == (result.system, result.condition)]
    for month, asked in result.accused.items():
        yield from ((month, each) for each in asked if not any(effect.explains(month, each) for effect in planted))
