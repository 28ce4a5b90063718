"""What a log counts of something that is not tolerated, in words: people, cases, and what may still come."""

from __future__ import annotations

from boussole.audits.languages import Catalogue, number, whole
from boussole.charter.document import VerdictReasons
from boussole.charter.document.base import given

NONE = "None of the {n} people who had said STOP was written to more than {hours} hours later."
BOUND = "That is what the log shows; of those to come, it leaves up to {bound} in 100 that are."
BY_MONTH = "Somebody counts once in each month: they are {people} different people at least."
CASES = (
    "Of {n} people who had said STOP, the log shows one who was written to more than {hours} hours later.",
    "Of {n} people who had said STOP, the log shows {cases} who were written to more than {hours} hours later.",
)
TO_CONFIRM = (
    "A human must look at it and report it as a case: one that is confirmed breaks the promise.",
    "A human must look at them and report them as cases: one that is confirmed breaks the promise.",
)
REFUTED = (
    "A human looked at a case that was reported of these days and found that it is none. A report names nobody: it may "
    "be of something else.",
    "Humans looked at cases that were reported of these days and found that they are none. A report names nobody: they "
    "may be of something else.",
)
HIDDEN = (
    "The log shows somebody who had said STOP and was written to all the same. So few had said STOP that it tells no "
    "number. A human must look at it and report it as a case: one that is confirmed breaks the promise."
)
REASONS = ("logged_none", "logged_case", "logged_refuted", "logged_hidden")
"""The reasons of verdicts that are told here."""


def logged_sentence(document: VerdictReasons, answer: str, catalogue: Catalogue) -> str:
    """What a log answers of what is not tolerated. `answer`: the answer in one word, already said."""
    if document.reason == "logged_hidden":
        return f"{answer} {catalogue.gettext(HIDDEN)}"
    found, lang = given(document.logged), catalogue.lang
    named = {"n": whole(found.n, lang), "cases": whole(found.cases, lang), "hours": whole(found.hours, lang)}
    if document.reason == "logged_none":
        bound = 100 * given(found.bound)
        told = [
            catalogue.gettext(NONE).format(**named),
            catalogue.gettext(BOUND).format(bound=number(bound, lang, 0 if bound >= 10 else 1)),
        ]
    else:
        after = TO_CONFIRM if document.reason == "logged_case" else REFUTED
        n = found.cases if document.reason == "logged_case" else given(found.refuted)
        told = [catalogue.ngettext(*CASES, found.cases).format(**named), catalogue.ngettext(*after, n)]
    if found.people is not None:
        told.insert(1, catalogue.gettext(BY_MONTH).format(people=whole(found.people, lang)))
    return " ".join([answer, *told])
