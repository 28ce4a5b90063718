"""The sentences of verdicts that rest on what people state, from the numbers and dates of their documents."""

from __future__ import annotations

import math

from boussole.audits.languages import Catalogue, date_words, number, whole
from boussole.charter.document import AnsweringStatement, CaseCounts, RegisterDates, VerdictReasons
from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.document.base import given

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
EARLY = "The charter lets one break the promise from {date} on: what came before is only watched."
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


def stated_sentence(document: VerdictReasons, answer: str, catalogue: Catalogue) -> str:
    """What an attestation, cases or inspections answer. `answer`: the answer in one word, already said."""
    if document.dates is not None:
        return f"{answer} {_dated(document.dates, catalogue)}"
    if document.statement is not None:
        return _attested(document.reason, document.statement, answer, catalogue)
    told = _cases(document, given(document.cases), catalogue)
    return told if document.verdict == Verdict.UNKNOWN else f"{answer} {told}"


def _dated(dates: RegisterDates, catalogue: Catalogue) -> str:
    start = date_words(dates.start, catalogue.lang)
    if not dates.late:
        return catalogue.gettext(EXAMINED_FIRST).format(start=start)
    late = [
        f"{catalogue.gettext(EXAMINATIONS[name])} ({date_words(day, catalogue.lang)})"
        for name, day in dates.late.items()
    ]
    return catalogue.gettext(STARTED_FIRST).format(start=start, late=", ".join(late))


def _attested(reason: str | None, statement: AnsweringStatement, answer: str, catalogue: Catalogue) -> str:
    dates = {
        "date": date_words(statement.on, catalogue.lang),
        "until": date_words(statement.valid_until, catalogue.lang),
    }
    if reason in VOID:
        return catalogue.gettext(VOID[reason]).format(role=statement.role, **dates)
    parts = [answer, catalogue.gettext(ATTESTED).format(role=statement.role, **dates)]
    return " ".join([*parts, catalogue.gettext(RENEW)] if statement.renew else parts)


def _cases(document: VerdictReasons, cases: CaseCounts, catalogue: Catalogue) -> str:
    plurals = {
        "case_confirmed": (CONFIRMED, cases.confirmed),
        "case_unconfirmed": (LATE, cases.late),
        "case_to_confirm": (TO_CONFIRM, cases.open),
    }
    if document.reason in plurals:
        messages, n = plurals[document.reason]
        told = catalogue.ngettext(*messages, n).format(
            n=whole(n, catalogue.lang),
            date=date_words(cases.latest, catalogue.lang),
            deadline=date_words(cases.deadline, catalogue.lang),
        )
        if document.verdict == Verdict.BROKEN or not cases.early:
            return told
        day = date_words(given(given(document.threshold).breaks_from), catalogue.lang)
        return f"{told} {catalogue.gettext(EARLY).format(date=day)}"
    if document.reason == "cases_refuted":
        return catalogue.gettext(REFUTED)
    return catalogue.gettext(NO_CASE if document.reason == "rule_of_three" else TOO_FEW).format(
        n=whole(cases.examined, catalogue.lang),
        recall=number(100 * given(cases.recall), catalogue.lang, 0),
        more=whole(given(cases.more), catalogue.lang),
        **_rates(given(cases.bound), given(given(document.threshold).tolerance), catalogue),
    )


def _rates(bound: float, tolerance: float, catalogue: Catalogue) -> dict[str, str]:
    """Two small rates as so many among a round number of which the smaller makes at least one, the bound rounded up."""
    many = 10 ** max(2, math.ceil(-math.log10(min(bound, tolerance))))
    return {
        "bound": number(math.ceil(bound * many * 10) / 10, catalogue.lang, 1 if bound * many % 1 else 0),
        "tolerance": number(tolerance * many, catalogue.lang, 0 if round(tolerance * many, 9) % 1 == 0 else 1),
        "many": whole(many, catalogue.lang),
    }
