"""Why an entry about an incident or an appeal is refused, or a decision not explained, with the next step."""

from __future__ import annotations

from pathlib import Path

from boussole.charter.committee.refusals import RefusedError

LOCALE = Path(__file__).parent / "locale"

REASONS = {
    "after_decision": ("It was received on {date}.", "A decision is taken on that day or later."),
    "apart": ("Entry {entry} is nothing that this can be about.", "Look it up on the page of the evidence."),
    "before_known": ("It became known on {date}.", "Give a moment that is not before it."),
    "is_closed": (
        "This incident was closed in entry {entry}.",
        "If it goes on, withdraw that entry with the reason, then try again.",
    ),
    "commitment_taken": (
        "There is a protocol with this hash already: whoever knows its secret could pick the cases.",
        "Draw another secret.",
    ),
    "no_protocol": (
        "No protocol about this system was sealed with the hash of this secret.",
        "Give the secret exactly as it was sealed, and the system of the protocol.",
    ),
    "planted_already": (
        "What was noticed under this protocol was recorded already.",
        "If that was wrong, withdraw it with its reason, then try again.",
    ),
    "protocol_lasts": ("The protocol lasts until {date}.", "Record what was noticed on a later day."),
    "too_many_planted": (
        "The protocol announced {errors} errors, and more are counted here.",
        "Count only errors that were planted under it.",
    ),
    "no_evidence": (
        "Entry {entry} is no finding, case or inspection that stands.",
        "Look it up on the page of the evidence.",
    ),
    "not_reported": (
        "It had to be reported, and no report is recorded.",
        "Record to whom it was reported and when, or grade it anew; then close it.",
    ),
    "no_explanation": (
        "Entry {entry} asks for no explanation: a sheet answers only such a request.",
        "A request for a new decision has a time limit of its own: record what was decided on it.",
    ),
    "explained_already": (
        "The request of entry {entry} was answered already.",
        "If that answer was wrong, withdraw it with its reason, then answer.",
    ),
    "no_such_question": (
        "The charter in force has no question “{question}”; the closest is “{closest}”.",
        "Choose one of the list, or leave it out.",
    ),
    "not_asked": (
        "The charter does not ask “{question}” of {system}.",
        "Choose a question that it asks of this system, or leave it out.",
    ),
    "number_taken": ("There is an appeal with this number already.", "Draw another number."),
    "personal_account": (
        "The text seems to hold an account number.",
        "What is sealed can never be erased: write it without anything that leads to a person.",
    ),
    "personal_email": (
        "The text seems to hold an e-mail address.",
        "What is sealed can never be erased: write it without anything that leads to a person.",
    ),
    "personal_name": (
        "The text seems to name somebody.",
        "What is sealed can never be erased: write roles, such as “the adviser” or “a candidate”.",
    ),
    "personal_number": (
        "The text seems to hold a file number or a social security number.",
        "What is sealed can never be erased: write it without anything that leads to a person.",
    ),
    "personal_phone": (
        "The text seems to hold a telephone number.",
        "What is sealed can never be erased: write it without anything that leads to a person.",
    ),
    "survey_column": ("The file has no column “{column}”. It has: {known}.", "Say which column holds what."),
    "survey_empty": ("The file has no rows.", "Give one row for each person who answered."),
    "survey_few": (
        "Fewer than {fewest} people answered: what they said could be recognised.",
        "Nothing was recorded. Ask more people.",
    ),
    "survey_mean": ("Row {row}: the number of answers or their mean is missing.", "Mend the file and try again."),
    "survey_no_theme": ("Nothing says which column holds which theme.", "Name at least one column."),
    "survey_number": ("Row {row}, column “{column}”: this is no number.", "Mend the file and try again."),
    "survey_scale": (
        "Row {row}: an answer lies outside the scale from {lowest} to {highest}.",
        "Give the scale of the survey, or mend the file.",
    ),
    "survey_size": ("The file is empty, or larger than 20 MB.", "Give the answers as CSV or XLSX."),
    "survey_theme": ("Row {row}: its theme is none of {known}.", "Mend the file and try again."),
    "survey_unreadable": ("The file cannot be read.", "Save it as CSV (UTF-8) or XLSX and try again."),
    "withdrawn": ("Entry {entry} was withdrawn.", "Record it anew."),
}
"""Of each reason: what is wrong, and the next step."""


class EntryRefusedError(RefusedError):
    """What cannot be recorded of an incident or an appeal."""

    reasons = REASONS
    locale = LOCALE


UNEXPLAINED = {
    "aside": (
        "The row of this decision was set aside: something in it cannot be read.",
        "Have it mended, then look again. The time limit of the request goes on.",
    ),
    "changed": (
        "The data behind this sheet have changed since it was handed out: it cannot be made again as it was.",
        "Give the person the copy that was taken, or have the answer withdrawn and answer anew.",
    ),
    "excluded": (
        "This decision was taken out of the figures, with the run that logged it.",
        "Ask the team of the system why, and answer the person from their file.",
    ),
    "key": ("A decision of this system is known by: {columns}.", "Give each value, in this order."),
    "no_request": ("There is no such request, or it was withdrawn.", "Have it entered, then ask anew."),
    "not_agreed": (
        "Nobody has agreed to this request yet: nothing was read.",
        "A case handler must look at it first.",
    ),
    "not_single": (
        "The log of this system keeps no decision by itself: none can be found by its number.",
        "Answer from the person’s file, and ask the team of the system to log each decision with its number.",
    ),
    "other_decision": (
        "The request is about a decision of “{system}” made on {day}. A sheet must not reach the wrong person.",
        "Check the number of the request, and that of the decision.",
    ),
    "others": (
        "This sheet is open only to the two people who agreed to it.",
        "Ask for it anew on the page “Explain a decision”.",
    ),
    "over": (
        "There is no such request, or its time is over.",
        "Ask for it anew on the page “Explain a decision”.",
    ),
    "personal": (
        "The reason seems to name somebody, or to hold a number or an address that leads to a person.",
        "The access log keeps it: say in roles what it is needed for.",
    ),
    "purged": (
        "This system has no decision of this number, and its rows of before {day} were removed for good.",
        "Answer from the person’s file, and say that the data of the tool were erased on schedule.",
    ),
    "settled": ("This request was agreed to already.", "See the sheets that are open."),
    "several": (
        "This number stands for {n} decisions: it does not say which one is meant.",
        "Answer from the person’s file, and tell the team of the system.",
    ),
    "two_people": (
        "Whoever asked cannot agree: it takes two people.",
        "Have a colleague who handles cases look at it.",
    ),
    "unknown": (
        "This system has no decision of this number.",
        "Check the number. If the decision is a recent one, have the log synced first.",
    ),
    "unreachable": (
        "The place where models are kept does not answer: nothing was handed out.",
        "Try again once it does.",
    ),
}
"""Why a decision cannot be explained now, of each reason: what is wrong, and the next step."""


class UnexplainedError(RefusedError):
    """Why a decision cannot be explained now."""

    reasons = UNEXPLAINED
    locale = LOCALE
