"""The sentences of verdicts that rest on what people state, from the numbers and dates of their documents."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import Any

from audits.languages import Catalogue, date_words, number, whole

RESTS_ON = ("statement", "cases", "dates")
"""Keys of a verdict that rests on what people stated, here or in the register."""

ATTESTED = "Stated by: {role}, on {date}, with a document; valid until {until}."
RENEW = "To be stated anew before then."
EXPIRED = "We cannot tell any more. The statement of {date} ({role}) expired on {until}."
REWORDED = (
    "We cannot tell any more. The statement of {date} ({role}) answered the question as it was worded before; it is "
    "to be stated anew."
)
CONFIRMED = (
    "One case was confirmed by a human (reported on {date}).",
    "{n} cases were confirmed by a human (the latest reported on {date}).",
)
LATE = (
    "One case was neither confirmed nor refuted in time: it counts as confirmed.",
    "{n} cases were neither confirmed nor refuted in time: they count as confirmed.",
)
TO_CONFIRM = (
    "One case was reported on {date}: a human must confirm or refute it by {deadline}.",
    "{n} cases were reported, the latest on {date}: a human must confirm or refute them, the first by {deadline}.",
)
NO_CASE = (
    "No case among {n} examined, by people who see {recall} cases in 100: it is very unlikely that there are more than "
    "{bound} in {many}. The charter allows fewer than {tolerance}."
)
TOO_FEW = (
    "We cannot tell yet. No case among {n} examined, by people who see {recall} cases in 100: there may still be up to "
    "{bound} in {many}, and the charter allows fewer than {tolerance}; it would take about {more} more to tell."
)
REFUTED = "We cannot tell. The cases reported were refuted, and nobody has said how many were examined."

EXAMINED_FIRST = "By the register, every examination it needs took place by the day it started ({start})."
STARTED_FIRST = "By the register, it started on {start}, before: {late}."
EXAMINATIONS = {
    "impact_assessment": "the impact assessment",
    "ethics_review": "the ethics review",
    "works_council": "the consultation of the works council",
}
VOID = {"attestation_expired": EXPIRED, "question_reworded": REWORDED}
"""What is said of a statement that answers no more."""


def stated_sentence(document: Mapping[str, Any], answer: str, catalogue: Catalogue) -> str:
    """What an attestation, cases or inspections answer. `answer`: the answer in one word, already said."""
    statement, cases = document["statement"], document["cases"]
    if document["dates"] is not None:
        return f"{answer} {_dated(document['dates'], catalogue)}"
    if statement is not None:
        return _attested(document["reason"], statement, answer, catalogue)
    told = _cases(document, cases, catalogue)
    return told if document["verdict"] == "unknown" else f"{answer} {told}"


def _dated(dates: Mapping[str, Any], catalogue: Catalogue) -> str:
    start = _date(dates["start"], catalogue)
    if not dates["late"]:
        return catalogue.gettext(EXAMINED_FIRST).format(start=start)
    late = [f"{catalogue.gettext(EXAMINATIONS[name])} ({_date(day, catalogue)})" for name, day in dates["late"].items()]
    return catalogue.gettext(STARTED_FIRST).format(start=start, late=", ".join(late))


def _attested(reason: str, statement: Mapping[str, Any], answer: str, catalogue: Catalogue) -> str:
    dates = {key: _date(statement[name], catalogue) for key, name in (("date", "on"), ("until", "valid_until"))}
    if reason in VOID:
        return catalogue.gettext(VOID[reason]).format(role=statement["role"], **dates)
    parts = [answer, catalogue.gettext(ATTESTED).format(role=statement["role"], **dates)]
    return " ".join([*parts, catalogue.gettext(RENEW)] if statement["renew"] else parts)


def _cases(document: Mapping[str, Any], cases: Mapping[str, Any], catalogue: Catalogue) -> str:
    reason, dates = document["reason"], {name: _date(cases[name], catalogue) for name in ("deadline",)}
    dates["date"] = _date(cases["latest"], catalogue)
    plurals = {"case_confirmed": (CONFIRMED, "confirmed"), "case_unconfirmed": (LATE, "late")}
    plurals["case_to_confirm"] = (TO_CONFIRM, "open")
    if reason in plurals:
        messages, name = plurals[reason]
        return catalogue.ngettext(*messages, cases[name]).format(n=whole(cases[name], catalogue.lang), **dates)
    if reason == "cases_refuted":
        return catalogue.gettext(REFUTED)
    return catalogue.gettext(NO_CASE if reason == "rule_of_three" else TOO_FEW).format(
        n=whole(cases["examined"], catalogue.lang),
        recall=number(100 * cases["recall"], catalogue.lang, 0),
        more=whole(cases["more"], catalogue.lang),
        **_rates(cases["bound"], document["threshold"]["tolerance"], catalogue),
    )


def _rates(bound: float, tolerance: float, catalogue: Catalogue) -> dict[str, str]:
    """Two small rates as so many among a round number of which the smaller makes at least one.

    The bound is rounded up: what is said must not be less than what was found.
    """
    many = 10 ** max(2, math.ceil(-math.log10(min(bound, tolerance))))
    return {
        "bound": number(math.ceil(bound * many * 10) / 10, catalogue.lang, 1 if bound * many % 1 else 0),
        "tolerance": number(tolerance * many, catalogue.lang, 0 if round(tolerance * many, 9) % 1 == 0 else 1),
        "many": whole(many, catalogue.lang),
    }


def _date(text: str, catalogue: Catalogue) -> str:
    return date_words(dt.date.fromisoformat(text), catalogue.lang)
