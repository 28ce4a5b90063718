"""Why a decision cannot be explained, in the reader's language, with the next step."""

from __future__ import annotations

from boussole.audits.decisions.single import UnexplainedError
from boussole.audits.errors import BoussoleError
from boussole.dashboard.words.say import Say

Told = tuple[str, str]


def refusal(error: BoussoleError, say: Say) -> Told:
    """What is wrong and what to do; of an error that nobody foresaw here, in its own words."""
    if not isinstance(error, UnexplainedError):
        return error.what, error.next_step
    days = {name: say.date(day) for name, day in error.values.items() if day and name in ("day", "asked", "made")}
    known = {**_of_decisions(error.values, days, say), **_of_requests(days, say), **_of_people(say)}
    return known.get(error.reason, (error.what, error.next_step))


def _of_decisions(values: dict[str, str], days: dict[str, str], say: Say) -> dict[str, Told]:
    """Of a decision that is not there, or not in one piece."""
    file = say("Answer from the person’s file, and say that the data of the tool were erased on schedule.")
    return {
        "key": (
            say("A decision of this system is known by: {columns}.", columns=values.get("columns", "")),
            say("Give each value, in this order."),
        ),
        "shadow": (
            say("This system is on trial beside “{other}”: it decided about nobody.", other=values.get("other", "")),
            say("Ask anew for the system that decides."),
        ),
        "no_decisions": (
            say("This system logs no decisions about people."),
            say("What it is for, and whom to ask, is in the register."),
        ),
        "not_single": (
            say("The log of this system keeps no decision by itself: none can be found by its number."),
            say("Answer from the person’s file, and ask the team of the system to log each decision with its number."),
        ),
        "empty": (say("No decision of this system has come in yet."), say("Have its log synced, then look again.")),
        "several": (
            say("This number stands for {n} decisions: it does not say which one is meant.", n=values.get("n", "")),
            say("Answer from the person’s file, and tell the team of the system."),
        ),
        "aside": (
            say("The row of this decision was set aside: something in it cannot be read."),
            say("Have it mended, then look again. The time limit of the request goes on."),
        ),
        "excluded": (
            say("This decision was taken out of the figures, with the run that logged it."),
            say("Ask the team of the system why, and answer the person from their file."),
        ),
        "elsewhere": (
            say("This system has no decision of this number; “{other}” has one.", other=values.get("other", "")),
            say("If that is the one, ask anew for that system."),
        ),
        "unknown": (
            say("This system has no decision of this number."),
            say("Check the number. If the decision is a recent one, have the log synced first."),
        ),
        "purged": (
            say(
                "This system has no decision of this number, and its rows of before {day} were removed for good.",
                day=days.get("day", ""),
            ),
            file,
        ),
    }


def _of_requests(days: dict[str, str], say: Say) -> dict[str, Told]:
    """Of a request that this sheet cannot answer."""
    check = say("Check the number of the request, and that of the decision.")
    return {
        "no_request": (say("There is no such request, or it was withdrawn."), say("Have it entered, then ask anew.")),
        "other_system": (say("The request is about another system."), check),
        "other_day": (
            say(
                "The request is about a decision of {asked}; this one was made on {made}. A sheet must not reach the "
                "wrong person.",
                asked=days.get("asked", ""),
                made=days.get("made", ""),
            ),
            check,
        ),
        "contest": (
            say("The person asks for a new decision, not for an explanation: that has a time limit of its own."),
            say("Record what is decided on it on the page of incidents and appeals."),
        ),
        "answered": (
            say("This request was answered already."),
            say("If that answer was wrong, have it withdrawn with its reason, then answer."),
        ),
        "unreachable": (
            say("The place where models are kept does not answer: nothing was handed out."),
            say("Try again once it does."),
        ),
        "changed": (
            say("The data behind this sheet have changed since it was handed out: it cannot be made again as it was."),
            say("Give the person the copy that was taken, or have the answer withdrawn and answer anew."),
        ),
    }


def _of_people(say: Say) -> dict[str, Told]:
    """Of who may see a sheet."""
    anew = say("Ask for it anew on the page “Explain a decision”.")
    return {
        "not_agreed": (
            say("Nobody has agreed to this request yet: nothing was read."),
            say("A case handler must look at it first."),
        ),
        "two_people": (
            say("Whoever asked cannot agree: it takes two people."),
            say("Have a colleague who handles cases look at it."),
        ),
        "settled": (say("This request was agreed to already."), say("See the sheets that are open.")),
        "others": (say("This sheet is open only to the two people who agreed to it."), anew),
        "personal": (
            say("The reason seems to name somebody, or to hold a number or an address that leads to a person."),
            say("The access log keeps it: say in roles what it is needed for."),
        ),
        "over": (say("There is no such request, or its time is over."), anew),
    }
