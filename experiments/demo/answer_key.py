"""The answer key of the demo: the facts that an audit of what it plants should find."""

from __future__ import annotations

from typing import Any

from boussole.experiments.demo.planted import BLIND, CHANGE, CORRECTED, LEFT_OUT, MONTHS, PEOPLE, PLANTED, SEED

SELECTION = (
    "selection_rate_ratio",
    "adjusted_selection_rate_ratio",
    "stage_selection_rate_ratio",
    "adjusted_stage_selection_rate_ratio",
)
"""The questions of the charter about who is selected."""
OR = " or "
"""Between answers that are all true of what is planted, where a month is too short to choose between them."""
ALIKE = f"kept{OR}unknown"
"""Nothing is planted, and of so few people or outcomes one month shows it and another does not."""
OPENED = f"watch{OR}unknown"
"""It is the tool that opens the gap, and a month has some 550 hires: hardly enough to see it."""

TWO_ANSWERS = {
    SELECTION[
        2:
    ]: "whatever is selected alike, a month has some 450 to 600 hires: 93 for 100 at the last stage is chance",
    ("precision_difference",): "of the same few hires, any gap at all to the worse is never kept: a coin says so where "
    "there is none, and where people of 50 and over are hired for 0.2 of 100 contacted more",
    (
        "where_the_gap_opens",
    ): "by age, and since the change by gender, the tool opens the whole gap, which so few hires "
    "show or not; elsewhere there is none",
    ("time_to_answer",): "one reply in eleven is late, whoever replies",
    (
        "controls_of_the_silent",
    ): "some 700 people are controlled in a month, so few of them after no answer that the figure may be hidden",
    ("gap_after_corrections",): "some 200 lists are corrected in a month",
    (
        "corrections_help",
    ): "of the same, whom advisers put in are hired more often by 3 or 4 of 100: it is watched until that is seen",
}
"""Of questions that may be answered in two ways, why."""


def answers(expected: str) -> frozenset[str]:
    """The verdicts that an expected one allows."""
    return frozenset(expected.split(OR))


def facts(*, seed: int, people: int) -> dict[str, Any]:
    """The planted truth as JSON: effects with their mechanism, what was left alone, expected verdicts by month."""
    return {
        "schema": "boussole.demo/1",
        "seed": seed,
        "people": people,
        "system": "matchft",
        "months": list(MONTHS),
        "effects": _effects(),
        "intersections": _intersections(),
        "not_planted": [
            "gender in July and August: version 1.4 sees nothing that separates women from men",
            "age below 25 against 25-49: hiring history treats them alike, and as many are contacted",
            "qpv: no feature, no hiring history and no selection depends on it",
            "season: fewer offers in August, more of some occupations in summer, of others in September; it "
            "is the same in each group",
            "the trial: close to a third of offers end in a hire, each in one; who is hired is assessed no more",
            "precision: employers still hold a little against age and part-time pasts, about what balances the higher "
            "bar that these people had to pass to be contacted; so those contacted are hired about equally often: "
            "0.2 of 100 more of 50 and over, and since the change of women",
        ],
        "drift": {
            "reference": MONTHS[0],
            "distance_km": {
                "2026-08": "none",
                "2026-09": "shifted",
                "psi_between": [0.12, 0.24],
                "mechanism": "the search radius grows",
            },
            "experience_years": {"2026-08": "none", "2026-09": "none"},
            "skills_match": {"2026-08": "none", "2026-09": "none"},
            "part_time_share": {"2026-08": "none", "2026-09": "none"},
            "occupation": {"2026-08": "none", "2026-09": "none"},
            "score": {
                "2026-08": "none",
                "2026-09": "shifted",
                "mechanism": "version 2.0 weighs hires more than refusals in training, which raises its scores",
            },
        },
        "messages": {
            "outside_decent_hours": {
                "2026-07": "none",
                "2026-08": "none",
                "2026-09": "planted",
                "share_between": [0.024, 0.036],
                "switch": "PlantedEffects.evening_share",
                "mechanism": "since the change some messages leave at nine in the evening",
            },
            "too_often": "not planted: the sender stops at four messages in thirty days",
            "after_stop": {
                "2026-07": "none",
                "2026-08": "none",
                "2026-09": "planted",
                "switch": "PlantedEffects.stop_ignored_share",
                "mechanism": "since the change some people get a message days after their STOP",
            },
            "first_without_notice": {
                "2026-07": "none",
                "2026-08": "none",
                "2026-09": "planted",
                "share_between": [0.02, 0.1],
                "switch": "PlantedEffects.new_template_share",
                "mechanism": "since the change some messages leave from a new template, whose notice nobody approved",
            },
            "late_replies": {
                "2026-07": "none",
                "2026-08": "none",
                "2026-09": "planted",
                "group": {"age": "50+"},
                "ratio_between": [1.5, 2.3],
                "switch": "PlantedEffects.age_50_slower",
                "mechanism": "since the change more people of 50 and over reply after the list has closed",
            },
            "without_smartphone": {
                "2026-07": "none",
                "2026-08": "none",
                "2026-09": "planted",
                "ratio_between": [0.8, 0.9],
                "switch": "PlantedEffects.no_smartphone_slower",
                "mechanism": "since the change more people without a smartphone reply after the list has closed",
            },
            "silence": "not planted: the shortlist does not look at who replied",
        },
        "better_than_before": {
            "effect_between": [0.002, 0.006],
            "outcome": "returns to work a month, over people",
            "switch": "PlantedEffects.returns_added",
            "mechanism": "agencies have more returns to work from the month in which they start: the 87 of the two "
            "regions of the trial, and 36 of three more regions since June; the other 177 do not, and all change alike "
            "otherwise",
        },
        "reviews": {
            "lists_changed": {
                "2026-07": "none",
                "2026-08": "none",
                "2026-09": "planted",
                "share_below": 0.005,
                "switch": "PlantedEffects.changed_since",
                "mechanism": "since the change advisers follow almost every list as it comes",
            },
            "by_agency": {
                "2026-07": "planted",
                "2026-08": "planted",
                "2026-09": "none: hardly any agency changes a list",
                "agency": BLIND,
                "switch": "PlantedEffects.blind_agency",
                "mechanism": "in the largest agency advisers follow every list as it comes, in every month",
            },
            "too_short_to_read": {
                "2026-07": "none",
                "2026-08": "none",
                "2026-09": "planted",
                "share_between": [0.16, 0.24],
                "switch": "PlantedEffects.hasty_since",
                "mechanism": "since the change they take less time than reading takes, for one list in five",
            },
        },
        "corrections": {
            "2026-07": "none",
            "2026-08": "planted",
            "2026-09": "none: hardly any list is changed",
            "group": {"age": "50+"},
            "switch": "PlantedEffects.age_50_taken_out",
            "mechanism": "in August advisers take out people of 50 and over first, and put them in last",
            "put_in": "not planted: whom advisers put in they know, so that more of them are hired",
        },
        "planted_errors": {
            "noticed": PLANTED.errors_noticed,
            "switch": "PlantedEffects.errors_noticed",
            "mechanism": "under a protocol that the works council knows, advisers notice too few errors: question 2.4",
            "of_texts": {
                "system": "chatft",
                "noticed": PLANTED.text_errors_noticed,
                "switch": "PlantedEffects.text_errors_noticed",
                "mechanism": "the same of errors planted in ChatFT's texts",
            },
        },
        "smaller_model": {
            "system": "chatft",
            "question": "smallest_model",
            "as_good": PLANTED.smaller_as_good,
            "answer": "watch",
            "switch": "PlantedEffects.smaller_as_good",
            "mechanism": "in the trial of the year a smaller model writes most texts as well, and nobody acts on it: "
            "question 7.3, by what the head of technology states",
        },
        "accounts": {
            "2026-07": "none",
            "2026-08": "none",
            "2026-09": "planted",
            "without_second_factor": PLANTED.without_factor,
            "needless_rights": PLANTED.needless_rights,
            "switch": "PlantedEffects.without_factor, PlantedEffects.needless_rights",
            "mechanism": "since the change some accounts need no second factor, and some advisers may export data",
        },
        "undeclared_uses": {
            "2026-07": "none",
            "2026-08": "none",
            "2026-09": "planted",
            "uses": PLANTED.undeclared_uses,
            "switch": "PlantedEffects.undeclared_uses",
            "mechanism": "since the change some advisers use lists to control who looks for a job: nobody declared it",
        },
        "texts": {
            "2026-07": "none",
            "2026-08": "none",
            "2026-09": "planted",
            "system": "chatft",
            "unlawful_drafts": PLANTED.unlawful_drafts,
            "unlawful_published": PLANTED.unlawful_published,
            "numbers_outside": PLANTED.numbers_outside,
            "switch": "PlantedEffects.unlawful_drafts, PlantedEffects.unlawful_published, "
            "PlantedEffects.numbers_outside",
            "mechanism": "since the change some drafts of adverts ask for an age, a nationality, a sex or no children, "
            "of which agents let some out: question 3.7; some letters hold a number that names somebody: question 6.4",
        },
        "marks": {
            "2026-07": "none",
            "2026-08": "none",
            "2026-09": "planted",
            "system": "chatft",
            "question": "generated_texts_marked",
            "unmarked": PLANTED.unmarked_letters,
            "switch": "PlantedEffects.unmarked_letters",
            "mechanism": "since the change some letters are copied into a tool that drops the mark of a text written "
            "by a machine (question 5.5): watched, as the article of law applies from 2 December 2026",
        },
        "texts_in_time": {
            "2026-07": "none",
            "2026-08": "none",
            "2026-09": "planted",
            "system": "chatft",
            "share_between": [0.16, 0.2],
            "reworked_between": [0.4, 0.46],
            "switch": "PlantedEffects.hasty_texts_since",
            "mechanism": "since the change agents send more texts sooner than they can be read (question 2.2); they "
            "change or reject as many as before (2.1)",
        },
        "writers": {
            "system": "chatft",
            "undeclared_uses": {MONTHS[0]: 0, MONTHS[1]: 0, MONTHS[2]: PLANTED.strange_texts},
            "untrained_between": [0.07, 0.11],
            "without_factor": PLANTED.writers_without_factor,
            "switch": "PlantedEffects.strange_texts, PlantedEffects.untrained_writers, "
            "PlantedEffects.writers_without_factor",
            "mechanism": "since the change some agents have ChatFT judge a colleague, which nobody declared (question "
            "1.1); some agents are trained only after they began to use it, in every month (2.5b); every account "
            "needs a second factor (6.1)",
        },
        "examined_version_of_texts": {
            "2026-07": "none",
            "2026-08": "none",
            "2026-09": "planted",
            "system": "chatft",
            "texts": PLANTED.unexamined_texts,
            "switch": "PlantedEffects.unexamined_texts",
            "mechanism": "since the change some texts are written by a compressed version of the small model, which "
            "the register does not name as examined: question 6.6",
        },
        "calls": {
            "2026-07": "none",
            "2026-08": "none",
            "2026-09": "planted",
            "system": "chatft",
            "outside": PLANTED.calls_outside,
            "idle_watt_hours": PLANTED.idle_watt_hours,
            "discarded_times_between": [1.5, 3.5],
            "switch": "PlantedEffects.calls_outside, PlantedEffects.idle_watt_hours, PlantedEffects.discarded_length",
            "mechanism": "since the change some calls run outside the allowed places (question 6.5); machines run "
            "nearly empty, so that a metered call takes far more (7.1), and the budget of the year is spent (7.2); "
            "texts that are rejected are longer (7.4). The size of the model that asks questions for MatchFT is not "
            "known: nobody can tell what it takes (7.5)",
        },
        "untold_calls": {
            "2026-07": "none",
            "2026-08": "none",
            "2026-09": "planted",
            "system": "chatft",
            "share": PLANTED.untold_calls,
            "answer": "unknown",
            "switch": "PlantedEffects.untold_calls",
            "mechanism": "since the change some calls tell neither tokens nor electricity: nobody can tell what ChatFT "
            "takes (7.5)",
        },
        "components": {
            "system": "chatft",
            "planted": "none",
            "told": "the share of Mistral AI among its components is on its way to 100 in 100 by the end of "
            "2027 (6.5), told and not judged",
        },
        "texts_in_pairs": {
            "system": "chatft",
            "question": "same_text_whatever_the_name",
            "cue": "origin",
            "share": PLANTED.curt_for_origin,
            "measures": ["length", "tone", "formality", "gendered_wording"],
            "switch": "PlantedEffects.curt_for_origin",
            "mechanism": "for a first name that suggests another origin some texts greet familiarly and say less; no "
            "other cue changes anything, and nothing is refused",
        },
        "trained_users": {
            "2026-07": "none",
            "2026-08": "none",
            "2026-09": "planted",
            "share_between": [0.09, 0.15],
            "switch": "PlantedEffects.untrained_since",
            "mechanism": "some advisers are trained for version 2.0 only after they began to use it",
        },
        "controls": {
            "2026-07": "none",
            "2026-08": "none",
            "2026-09": "planted",
            "told": PLANTED.controls_from_silence,
            "ratio_between": [1.4, 4.0],
            "switch": "PlantedEffects.silent_controlled, PlantedEffects.controls_from_silence",
            "mechanism": "since the change some people who do not answer a message are controlled, and the log says so "
            "of a few",
        },
        "forgotten": {
            "attribute": "age",
            "group": "<25",
            "against": "25-49",
            "months": [MONTHS[2]],
            "ratio_between": [1.3, 1.6],
            "switch": "PlantedEffects.forgotten_young",
            "mechanism": "young people who would be on one list or two are passed over whatever their score, and those "
            "of their age who are on many lists get their places: by decisions their group is treated alike, person by "
            "person it is not",
            "spread": "people of 50 and over are on no list more often too, as they are contacted less",
            "fewer_than_six_months": "the log has three, so that nobody can be said not to be forgotten",
        },
        "version_change": {
            "before": "1.4",
            "after": "2.0",
            "on": CHANGE.isoformat(),
            "months": [MONTHS[1], MONTHS[2]],
            "selection_rate_change_between": {"F": [-0.05, -0.015], "M": [0.015, 0.05]},
            "selection_rate_unchanged": ["everybody", "age=<25", "age=25-49", "age=50+", "qpv=yes", "qpv=no"],
            "mechanism": "version 2.0 reaches fewer women, and as many people as before; scores are higher for all, "
            "less so for women",
            "examined": "the register names version 1.4 as examined, and not 2.0: question 6.6 sees it",
        },
        "register": {
            "stray_model": PLANTED.stray_model,
            "switch": "PlantedEffects.stray_model",
            "mechanism": "it is in the registry of models, and no use names it: question 1.5 sees it",
            "rules": "those of MatchFT were brought up to date in September 2025 the last time: question 5.4",
        },
        "neglected": {
            "unexamined_days": "question 6.6: version 2.0 was examined so many days after the change, or never",
            "rules_months": "question 5.4: the public rules of MatchFT were so many months old at the change",
            "review_days_late": "question 1.4: the ethics review of ChatFT came so many days after its trial began",
        },
        "left_out": {
            name: {"question": question, "size": LEFT_OUT[name], "switch": f"PlantedEffects.{name}", "mechanism": how}
            for name, question, how in (
                ("reminders_since", "4.3", "four reminders in as many days to people who do not answer"),
                ("silent_left_out", "4.4", "whoever did not answer the last message is put last on later lists"),
                ("late_explanations", "5.3", "requests for an explanation are answered ten days too late"),
                ("qpv_lower", "3.4b", "people of a priority neighbourhood stand last of those contacted"),
                ("excluded_uses", "1.1", "advisers use lists for excluded offers"),
                ("questions_outside", "6.5", "calls of the model that asks questions run in a place not allowed"),
            )
        },
        "expected_verdicts_hold_for": f"seed {SEED} and {PEOPLE} people; with fewer people some become unknown, and "
        "with ten times as many what lies near a level gets worse: people of 50 and over are not seen as much (not "
        "kept), women are on no list more often (to be watched). Where two answers are given, the one or the other: "
        "what is planted says no more, and a month is too short",
        "two_answers": {name: reason for names, reason in TWO_ANSWERS.items() for name in names},
        "expected_verdicts": _expected(),
        "expected_verdicts_of_chatft": _expected_of_chatft(),
    }


def _effects() -> list[dict[str, Any]]:
    return [
        {
            "id": "age_50",
            "attribute": "age",
            "group": "50+",
            "against": "25-49",
            "months": list(MONTHS),
            "ratio_between": [0.62, 0.75],
            "mechanism": "past hires disfavour people of 50 and over; the model has no age but learns a penalty on "
            "long experience",
        },
        {
            "id": "women_version_2",
            "attribute": "gender",
            "group": "F",
            "against": "M",
            "months": [MONTHS[2]],
            "ratio_between": [0.84, 0.91],
            "mechanism": "version 2.0 adds part_time_share, which past hires disfavour and which women have more "
            "often: `boussole features` finds it",
        },
    ]


def _intersections() -> dict[str, Any]:
    """Cells of gender and age inherit the two effects, multiplied; nothing is planted on a cell itself."""
    young, middle, senior = "<25", "25-49", "50+"
    return {
        "attribute": ["gender", "age"],
        "against": {"gender": "M", "age": middle},
        "low_in_all_months": [{"gender": "F", "age": senior}, {"gender": "M", "age": senior}],
        "low_in_september_only": [{"gender": "F", "age": young}, {"gender": "F", "age": middle}],
        "never_low": [{"gender": "M", "age": young}],
    }


def _expected() -> dict[str, dict[str, str]]:
    """Verdicts by month and indicator; the first month is the reference of drift and has none of its own."""
    attributes = ("gender", "age", "qpv", "gender_age")
    ratio = {"age": "broken", "gender_age": "broken", "qpv": "kept"}
    verdicts = {}
    for month in MONTHS:
        changed = month == MONTHS[2]
        found = {"gender": "watch" if changed else "kept", **ratio}
        verdicts[month] = {
            **{f"{asked}_{name}": found[name] for asked in SELECTION for name in attributes},
            # Whatever is selected, few are hired: the last stage, and who is hired of those contacted.
            **{f"{asked}_{name}": ALIKE for asked in SELECTION[2:] for name in attributes if found[name] == "kept"},
            **{f"precision_difference_{name}": ALIKE for name in attributes},
            "decent_hours": "watch" if changed else "kept",
            "not_too_often": "kept",
            "override_rate": "watch" if changed else "kept",
            "time_to_read": "watch" if changed else "kept",
            "examined_version": "broken" if changed else "kept",  # an audit of more than thirty days later
            "public_register": "watch",  # by an audit of a year after September 2025
            "better_than_before": "kept",
            "stop_is_respected": "watch" if changed else "kept",
            "undeclared_use": "watch" if changed else "kept",
            "where_models_run": "kept",
            "within_budget": "unknown",  # nobody has voted a budget for it
            "measurable_at_all": "unknown",  # the size of the model that asks questions is not published
            "users_trained": "watch" if changed else "kept",
            "silence_and_controls": "watch" if changed else "kept",
            # Some 700 people are controlled in a month. In September far beyond its breach level, and no case of 1.2
            # is confirmed yet.
            "controls_of_the_silent": "watch" if changed else ALIKE,
            "told_it_is_ai": "watch" if changed else "kept",
            "needless_access": "broken" if changed else "kept",
            "without_a_smartphone": "watch" if changed else "kept",
            "silence_closes_no_door": "kept",
            **{f"time_to_answer_{name}": ALIKE for name in attributes},  # one reply in eleven is late
            **{f"time_to_answer_{name}": "broken" for name in ("age", "gender_age") if changed},
            "examined_first": "kept",  # the system file dates the ethics review and the works council before the trial
        }
        # In September: of women 91 for 100; of women of 50 and over 77, surely below 80.
        crossed = "broken" if changed else "watch"
        seen = {"gender": "watch" if changed else "kept", "age": "watch", "gender_age": crossed, "qpv": "kept"}
        verdicts[month] |= {f"exposure_ratio_{name}": seen[name] for name in attributes}
        last = month == MONTHS[2]  # of fewer than three months nobody can be said to be forgotten
        for name in attributes:
            old = name in ("age", "gender_age")
            verdicts[month] |= {
                f"where_the_gap_opens_{name}": OPENED if old or (name == "gender" and changed) else ALIKE,
                f"never_shortlisted_{name}": "broken" if old and last else "unknown",
            }
        verdicts[month] |= _corrected(month)
        if month != MONTHS[0]:
            verdicts[month] |= {"likeness_to_reference": "watch" if changed else "kept"}
    return verdicts


def _expected_of_chatft() -> dict[str, dict[str, str]]:
    """The same of ChatFT; what people enter (2.4, 7.3) stands in the register, beside its audits."""
    verdicts = {}
    for month in MONTHS:
        changed = month == MONTHS[2]
        planted = "watch" if changed else "kept"
        verdicts[month] = {
            "undeclared_use": planted,
            "examined_first": "broken",  # its trial began five weeks before its ethics review
            "reworked_texts": "kept",
            "texts_in_time": planted,
            "users_trained": "watch",
            "prohibited_criterion_in_adverts": planted,
            "public_register": "kept",
            "generated_texts_marked": planted,
            "needless_access": "kept",
            "personal_data_in_texts": planted,
            "where_models_run": planted,
            "examined_version": "broken" if changed else "kept",
            "emissions_per_text": planted,
            "within_budget": "broken" if changed else "kept",
            "generated_for_nothing": "watch" if changed else "unknown",  # it takes two earlier months
            "measurable_at_all": "unknown" if changed else "kept",  # of 3 calls in 100 nobody can tell what they take
        }
    return verdicts


def _corrected(month: str) -> dict[str, str]:
    """Of what advisers correct: against people of 50 and over in August; since the change there is hardly anything."""
    names = ("gender", "age", "qpv", "gender_age")
    if month == MONTHS[2]:
        return {"corrections_help": "unknown", **{f"gap_after_corrections_{name}": "unknown" for name in names}}
    found = dict.fromkeys(names, ALIKE)
    if month == CORRECTED:
        found |= dict.fromkeys(("age", "gender_age"), "broken")
    else:
        # More people of 50 and over are put in than taken out, as more of them are left to put in: of 100 of the gap
        # that remains, two or three. It is watched until that is seen in each cell.
        found |= {"gender_age": f"kept{OR}watch"}
    # Whom advisers put in they know: about 9 in 100 are hired, and 5 or 6 of those whom they kept.
    return {
        "corrections_help": f"kept{OR}watch",
        **{f"gap_after_corrections_{name}": told for name, told in found.items()},
    }
