"""What a log counts of something that is not tolerated, in words: people, cases, and what may still come."""

from __future__ import annotations

from typing import NamedTuple

from boussole.audits.languages import Catalogue, date_words, number, whole
from boussole.audits.metrics.accounts import WITHOUT_FACTOR
from boussole.audits.metrics.calls import OUTSIDE_SHARE
from boussole.audits.metrics.cases import UNDECLARED_SHARE
from boussole.audits.metrics.freedom import AFTER_STOP
from boussole.audits.metrics.marking import UNMARKED_SHARE
from boussole.audits.metrics.notices import WITHOUT_NOTICE
from boussole.audits.metrics.search_controls import FROM_REPLIES_SHARE
from boussole.charter.document import LoggedCases, VerdictReasons
from boussole.charter.document.base import given

BY_MONTH = "Somebody counts once in each month: they are {people} different people at least."


class Words(NamedTuple):
    """How the cases of a measure are told: none, what none leaves, one or more, or one without its number."""

    none: str
    bound: str
    cases: tuple[str, str]
    hidden: str


WORDS = {
    AFTER_STOP: Words(
        none="None of the {n} people who had said STOP was written to more than {hours} hours later.",
        bound="That is what the log shows; of those to come, it leaves up to {bound} in 100 that are.",
        cases=(
            "Of {n} people who had said STOP, the log shows one who was written to more than {hours} hours later.",
            "Of {n} people who had said STOP, the log shows {cases} who were written to more than {hours} hours later.",
        ),
        hidden="The log shows somebody who had said STOP and was written to all the same. So few had said STOP that it "
        "tells no number. A human must look at it and report it as a case: one that is confirmed breaks the promise.",
    ),
    UNDECLARED_SHARE: Words(
        none="None of the {n} uses that say what they are for is beyond what was declared.",
        bound="That is what the log shows; if uses do not depend on one another, it leaves up to {bound} in 100 of "
        "those to come that are.",
        cases=(
            "Of {n} uses that say what they are for, the log shows one beyond what was declared.",
            "Of {n} uses that say what they are for, the log shows {cases} beyond what was declared.",
        ),
        hidden="The log shows a use beyond what was declared. So few uses were logged that it tells no number. A human "
        "must look at it and report it as a case: one that is confirmed breaks the promise.",
    ),
    WITHOUT_NOTICE: Words(
        none="Of {n} people whose first message in the log names its template, all were told by a notice that had been "
        "approved.",
        bound="That is what the log shows; of those to come, it leaves up to {bound} in 100 that are not.",
        cases=(
            "Of {n} people whose first message in the log names its template, one was not told by a notice that had "
            "been approved.",
            "Of {n} people whose first message in the log names its template, {cases} were not told by a notice that "
            "had been approved.",
        ),
        hidden="The log shows somebody who was not told by a notice that had been approved. So few people were written "
        "to that it tells no number. A human must look at it and report it as a case: one that is confirmed breaks the "
        "promise.",
    ),
    FROM_REPLIES_SHARE: Words(
        none="Of {n} people controlled of whom it is known what led to it, none was because of an answer or its "
        "absence.",
        bound="That is what the log shows; of those to come, it leaves up to {bound} in 100 that are.",
        cases=(
            "Of {n} people controlled of whom it is known what led to it, the log shows one who was because of an "
            "answer or its absence.",
            "Of {n} people controlled of whom it is known what led to it, the log shows {cases} who were because of an "
            "answer or its absence.",
        ),
        hidden="The log shows somebody who was controlled because of an answer or its absence. So few people were "
        "controlled that it tells no number. A human must look at it and report it as a case: one that is confirmed "
        "breaks the promise.",
    ),
    WITHOUT_FACTOR: Words(
        none="Of the {n} accounts of which the export tells it, all need a second factor to sign in.",
        bound="That is what the export shows; of those to come, it leaves up to {bound} in 100 that need none.",
        cases=(
            "Of the {n} accounts of which the export tells it, one needs no second factor to sign in.",
            "Of the {n} accounts of which the export tells it, {cases} need no second factor to sign in.",
        ),
        hidden="The export shows accounts without a second factor, or with rights that their role does not need. There "
        "are so few, or so few others, that no number is told.",
    ),
    OUTSIDE_SHARE: Words(
        none="None of the {n} calls that say where they ran, and by whom, ran outside the allowed list.",
        bound="That is what the log shows; if calls do not depend on one another, it leaves up to {bound} in 100 of "
        "those to come that do.",
        cases=(
            "Of {n} calls that say where they ran, and by whom, the log shows one outside the allowed list.",
            "Of {n} calls that say where they ran, and by whom, the log shows {cases} outside the allowed list.",
        ),
        hidden="The log shows a call outside the allowed list. So few calls were logged that it tells no number. A "
        "human must look at it and report it as a case: one that is confirmed breaks the promise.",
    ),
    UNMARKED_SHARE: Words(
        none="All of the {n} texts that went out and had to be marked, and whose mark is known, bear one that was "
        "approved.",
        bound="That is what the log shows; if texts do not depend on one another, it leaves up to {bound} in 100 of "
        "those to come that bear none.",
        cases=(
            "Of {n} texts that went out and had to be marked, and whose mark is known, one bears none that was "
            "approved.",
            "Of {n} texts that went out and had to be marked, and whose mark is known, {cases} bear none that was "
            "approved.",
        ),
        hidden="The log shows a text that went out without an approved mark. So few had to be marked that it tells no "
        "number. A human must look at it and report it as a case: one that is confirmed breaks the promise.",
    ),
}
EXPORTED = "An export tells it by itself: one such account is enough."
NEEDLESS = "Up to {beyond} accounts have rights that their role does not need."
UNUSED = "Up to {unused} accounts were not used for more than 90 days."
UNCLEAR = "Of up to {unlabelled} accounts the export does not say enough."
LACKING = (
    "By the system file, the template of one of these messages lacks the notice.",
    "By the system file, the template of {lacking} of these messages lacks the notice.",
)
UNNAMED = (
    "One more first message does not name its template.",
    "{unlabelled} more first messages do not name their template.",
)
UNLABELLED = ("One more use does not say what it is for.", "{unlabelled} more uses do not say what they are for.")
UNTRACED = (
    "Of one more person controlled, it is not known what led to it.",
    "Of {unlabelled} more people controlled, it is not known what led to it.",
)
UNPLACED = (
    "One more call does not say where it ran, or by whom.",
    "{unlabelled} more calls do not say where they ran, or by whom.",
)
UNTOLD_MARK = (
    "Of one more text, nobody knows whether it had to be marked, or was.",
    "Of {unlabelled} more texts, nobody knows whether they had to be marked, or were.",
)
BESIDE = {
    UNDECLARED_SHARE: UNLABELLED,
    WITHOUT_NOTICE: UNNAMED,
    FROM_REPLIES_SHARE: UNTRACED,
    OUTSIDE_SHARE: UNPLACED,
    UNMARKED_SHARE: UNTOLD_MARK,
}
BEYOND = {
    UNMARKED_SHARE: (
        "Of one text, nobody knows whether it had to be marked, or was; of {n} it is known.",
        "Of {unlabelled} texts, nobody knows whether they had to be marked, or were; of {n} it is known.",
    ),
    UNDECLARED_SHARE: (
        "One use does not say what it is for, and {n} do: to be watched over {level} in 100.",
        "{unlabelled} uses do not say what they are for, and {n} do: to be watched over {level} in 100.",
    ),
    WITHOUT_NOTICE: (
        "One first message does not name its template, and {n} do: nobody knows whether it said that a machine writes.",
        "{unlabelled} first messages do not name their template, and {n} do: nobody knows whether they said that a "
        "machine writes.",
    ),
    OUTSIDE_SHARE: (
        "One call does not say where it ran, or by whom, and {n} do: to be watched over {level} in 100.",
        "{unlabelled} calls do not say where they ran, or by whom, and {n} do: to be watched over {level} in 100.",
    ),
    FROM_REPLIES_SHARE: (
        "Of one person controlled it is not known what led to it, and of {n} it is: to be watched over {level} in 100.",
        "Of {unlabelled} people controlled it is not known what led to it, and of {n} it is: to be watched over "
        "{level} in 100.",
    ),
}
"""Of how many nobody can tell: beside others, and where there are so many that they are watched."""
OUTSIDE = "Outside it: {listed}."
OUTSIDE_MORE = "Outside it, {kinds} kinds of calls, among them: {listed}."
NOT_TOLD = "not told"
BETWEEN = "; "
TO_CONFIRM = (
    "A human must look at it and report it as a case: one that is confirmed breaks the promise.",
    "A human must look at them and report them as cases: one that is confirmed breaks the promise.",
)
FROM_DAY = "The charter lets one break it from {date} on."
REFUTED = (
    "A human looked at a case that was reported of these days and found that it is none. A report names nobody: it may "
    "be of something else.",
    "Humans looked at cases that were reported of these days and found that they are none. A report names nobody: they "
    "may be of something else.",
)
REASONS = (
    "logged_none", "logged_case", "logged_refuted", "logged_hidden", "logged_unlabelled", "logged_lacking",
    "logged_beyond",
)  # fmt: skip
"""The reasons of verdicts that are told here."""


def logged_sentence(document: VerdictReasons, answer: str, catalogue: Catalogue) -> str:
    """What a log answers of what is not tolerated. `answer`: the answer in one word, already said."""
    words, lang = WORDS[given(document.metric)], catalogue.lang
    if document.reason == "logged_hidden":
        return f"{answer} {catalogue.gettext(words.hidden)}"
    if document.metric == WITHOUT_FACTOR:
        return " ".join([answer, *_accounts(document, catalogue)])
    found = given(document.logged)
    counts = {"n": found.n, "cases": found.cases, "hours": found.hours or 0, "unlabelled": found.unlabelled or 0}
    counts["lacking"] = found.lacking or 0
    named = {name: whole(count, lang) for name, count in counts.items()}
    if document.reason == "logged_unlabelled":
        level = 100 * given(given(document.threshold).watch)
        beyond = BEYOND[given(document.metric)]
        named["level"] = number(level, lang, 0 if level == round(level) else 1)
        return f"{answer} {catalogue.ngettext(*beyond, counts['unlabelled']).format(**named)}"
    if document.reason == "logged_none":
        bound = 100 * given(found.bound)
        told = [
            catalogue.gettext(words.none).format(**named),
            catalogue.gettext(words.bound).format(bound=number(bound, lang, _digits(bound))),
        ]
    elif document.reason == "logged_lacking":
        lacking = catalogue.ngettext(*LACKING, counts["lacking"]).format(**named)
        told = [catalogue.ngettext(*words.cases, found.cases).format(**named), lacking]
    else:
        after = TO_CONFIRM if document.reason == "logged_case" else REFUTED
        n = found.cases if document.reason == "logged_case" else given(found.refuted)
        told = [catalogue.ngettext(*words.cases, found.cases).format(**named), _to_do(document, after, n, catalogue)]
    if found.outside:
        told.insert(1, _outside(found, catalogue))
    if found.people is not None:
        told.insert(1, catalogue.gettext(BY_MONTH).format(people=whole(found.people, lang)))
    if counts["unlabelled"]:
        beside = BESIDE[given(document.metric)]
        told.append(catalogue.ngettext(*beside, counts["unlabelled"]).format(**named))
    return " ".join([answer, *told])


def _to_do(document: VerdictReasons, after: tuple[str, str], n: int, catalogue: Catalogue) -> str:
    """What a human must do of the cases of a log, or did; and that one breaks the promise from a later day on."""
    told, level = catalogue.ngettext(*after, n), given(document.threshold)
    if after is not TO_CONFIRM or level.breaks_from is None:
        return told
    return f"{told} {catalogue.gettext(FROM_DAY).format(date=date_words(level.breaks_from, catalogue.lang))}"


def logged_so_far(document: VerdictReasons, catalogue: Catalogue) -> str:
    """That a log which stops shows no case until then."""
    found, lang = given(document.logged), catalogue.lang
    named = {"n": whole(found.n, lang), "hours": whole(found.hours or 0, lang)}
    return catalogue.gettext(WORDS[given(document.metric)].none).format(**named)


def _outside(found: LoggedCases, catalogue: Catalogue, *, most: int = 3) -> str:
    """Which calls ran outside what is allowed: by whom, where, with which model, how many; of so many kinds at most."""
    lang, kinds, untold = catalogue.lang, given(found.outside), catalogue.gettext(NOT_TOLD)
    listed = catalogue.gettext(BETWEEN).join(
        f"{', '.join(name or untold for name in (each.provider, each.place, each.model))} ({whole(each.n, lang)})"
        for each in kinds[:most]
    )
    more = (found.kinds or 0) > most
    text = catalogue.gettext(OUTSIDE_MORE if more else OUTSIDE)
    return text.format(listed=listed, kinds=whole(found.kinds or 0, lang))


def _accounts(document: VerdictReasons, catalogue: Catalogue) -> list[str]:
    found, words = given(document.logged), WORDS[WITHOUT_FACTOR]
    counts = {name: getattr(found, name) or 0 for name in ("n", "cases", "beyond", "unused", "unlabelled")}
    named = {name: whole(count, catalogue.lang) for name, count in counts.items()}
    told = []
    if document.reason == "logged_lacking":
        told = [catalogue.ngettext(*words.cases, found.cases).format(**named), catalogue.gettext(EXPORTED)]
    elif found.n:
        told = [catalogue.gettext(words.none).format(**named)]
    if document.reason == "logged_none":
        bound = 100 * given(found.bound)
        told.append(catalogue.gettext(words.bound).format(bound=number(bound, catalogue.lang, _digits(bound))))
    beside = {"beyond": NEEDLESS, "unlabelled": UNCLEAR, "unused": UNUSED}
    return [*told, *(catalogue.gettext(text).format(**named) for name, text in beside.items() if counts[name])]


def _digits(percent: float) -> int:
    """Decimals of a small share in 100, of which something must be left to read."""
    return 0 if percent >= 10 else 1 if percent >= 0.1 else 3
