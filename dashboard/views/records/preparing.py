"""What one form makes of what was typed before it is sealed, and what it does besides, by page and form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from boussole.charter.committee.people.directory import name_member
from boussole.charter.committee.referrals.between import known_question
from boussole.charter.record_types.acts import Opinion
from boussole.charter.record_types.base import Statement
from boussole.charter.record_types.kinds import Adoption, Closure, Finding, Review
from boussole.charter.records import SealedStatement, statements, withdrawal_of
from boussole.charter.records.in_force import AdoptionRefusedError, adopt, to_adopt
from boussole.dashboard.markup.words import Say
from boussole.dashboard.server.access.permissions import said_as
from boussole.dashboard.server.forms import UnfitError
from boussole.dashboard.views import store
from boussole.dashboard.views.chamber import member_of, needs_lead
from boussole.dashboard.views.records.computing import Fields
from boussole.dashboard.views.records.setting import Setting, draft_of, reference, wording_of


def _step(at: Setting, said: Fields) -> Fields:
    """A step of a consultation; one to come is announced."""
    day, announced = said["on"], said["step"] == "announced"
    if day > at.today and not announced:
        raise UnfitError(at.say("{date} has not come yet.", date=at.say.date(day)), "on")
    return {**said, "on": min(day, at.today), "planned_on": day if announced else None}


def _own(at: Setting, said: Fields) -> Fields:
    """A recommendation of a committee, by somebody who may act for it."""
    chamber = store.chambers(at.here)[said["committee"]]
    needs_lead(at.person, chamber, at.say)
    return {**said, "on": chamber.now.date()}


def _seat(at: Setting, said: Fields) -> Fields:
    """A member who is new has the number that was drawn when the form was shown: sent twice, they are seated once."""
    name, again = said.pop("name", ""), said.pop("again", None)
    if (again is None) == (not name):
        raise UnfitError(at.say("Give the name of a new member, or choose one who has sat before."), "name")
    return {**said, "member": again or said["member"]}


def _named(at: Setting, said: Fields) -> None:
    if said.get("name"):
        name_member(at.here, said["member"], name=said["name"])


def _issue(at: Setting, said: Fields) -> Fields | SealedStatement:
    """In the words that were adopted; the opinion there is, where it was issued before."""
    for entry, _ in at.house.house.about(Opinion, at.session.about):
        return at.house.house.sealed(entry)
    found = wording_of(at.session)
    if found is None:
        raise UnfitError(at.say("No draft has the words that were adopted."))
    return {**said, "wording": found.wording, "written": draft_of(at.session, found)}


def _once(at: Setting, said: Fields) -> Fields | SealedStatement:
    """A question; the one that waits already, where somebody asks the same once more."""
    chamber = at.chambers.get(said.get("committee") or at.house.id)
    if chamber is None or said["due_on"] < at.today:
        return said
    about = {name: said.get(name) for name in ("figure", "system", "of")}
    return known_question(chamber.house, said["text"], said["addressee"], **about) or said


def _ask(at: Setting, said: Fields) -> Fields | SealedStatement:
    """A question, about the figure as whoever asks has seen it, or about none."""
    audit, measure, figure = said.pop("audit", ""), said.pop("measure", None), at.figure
    if figure is None:
        return _once(at, said)
    if str(figure.audit or "") != audit:
        raise UnfitError(at.say("This figure has changed since you looked: look at it again, then send your question."))
    return _once(at, {**said, "figure": reference(figure, measure)})


def _of(each: SealedStatement) -> int | None:
    of: int | None = getattr(each.statement, "of", None)
    return of


def _once_about(model: type[Statement]) -> Callable[[Setting, Fields], Fields | SealedStatement]:
    """What is said once of what it is about: the same again is what was sealed, and anything else is refused."""

    def prepared(at: Setting, said: Fields) -> Fields | SealedStatement:
        standing = {entry for entry, _ in at.facts.standing(model)}
        known = [each for each in at.facts.sealed if each.entry in standing and _of(each) == said["of"]]
        if not known:
            return said
        if all(getattr(known[-1].statement, name) == value for name, value in said.items()):
            return known[-1]
        raise UnfitError(
            at.say(
                "Entry {n} says so already: look at it first, and withdraw it if it is wrong.", n=str(known[-1].entry)
            )
        )

    return prepared


def _close(at: Setting, said: Fields) -> Fields | SealedStatement:
    """The end of a finding, once, on the day it was found or later."""
    found = dict(at.facts.standing(Finding)).get(said["of"])
    if found is not None and said["on"] < found.on:
        raise UnfitError(
            at.say("It was found on {date}: give that day or a later one.", date=at.say.date(found.on)), "on"
        )
    return _once_about(Closure)(at, said)


def _withdraw(at: Setting, said: Fields) -> Fields | SealedStatement:
    """A record is withdrawn once; the same again is what was sealed."""
    known = withdrawal_of(at.here, said["of"])
    if known is None:
        return said
    if known.statement.text == said["text"]:
        return known
    raise UnfitError(at.say("This record was withdrawn already, in entry {n}.", n=str(known.entry)))


def _adopt(at: Setting, said: Fields) -> SealedStatement:
    """The text of the workspace, as whoever records its adoption has seen it."""
    role, on, document = said_as(at.person, said["role"], at.say), said["on"], said["document"]
    same = {"charter": said["charter"], "role": role, "on": on, "document": document}
    for each in statements(at.here, kinds=[Adoption.kind]):
        if all(getattr(each.statement, name) == value for name, value in same.items()):
            return each
    text = to_adopt(at.here)
    if text is None or text.sha256 != said["charter"]:
        raise UnfitError(at.say("The text has changed since this page was shown: look at it again, then send this."))
    try:
        signed_in = at.person.authenticated
        return adopt(at.here, text, role=role, on=on, document=document, signed_in=signed_in)
    except AdoptionRefusedError as error:
        raise UnfitError(_not_adopted(error, at.say), "on" if error.reason in ("order", "to_come") else "") from error


def _not_adopted(error: AdoptionRefusedError, say: Say) -> str:
    """Why a text cannot be put in force, in the reader's language."""
    day, values = error.values.get("date"), {name: str(value) for name, value in error.values.items()}
    date = say.date(day) if isinstance(day, dt.date) else ""
    told = {
        "in_force": lambda: say("This text is in force already."),
        "number": lambda: say(
            "Another text was adopted as version {version}: raise the number of this one.", version=values["version"]
        ),
        "order": lambda: say("The version in force was adopted on {date}: this one was that day or later.", date=date),
        "to_come": lambda: say("{date} has not come yet.", date=date),
        "finding": lambda: say(
            "The open finding of entry {n} holds down the article “{article}”, which this text does not have. Record "
            "it for the new article first, then withdraw the old one.",
            n=values["entry"],
            article=values["article"],
        ),
    }
    return told[error.reason]()


PREPARED: Mapping[tuple[str, str], Callable[[Setting, Fields], Fields | SealedStatement]] = {
    ("evidence", "withdraw"): _withdraw,
    ("recommendations", "close"): _close,
    ("charter", "adopt"): _adopt,
    ("answer", "review"): _once_about(Review),
    ("work", "consultation"): _step,
    ("recommendations", "own"): _own,
    ("incidents", "open"): lambda _, said: {**said, "on": said["known_at"].date()},
    ("incidents", "appeal"): lambda _, said: {**said, "on": said["received_on"]},
    ("committee", "adopt"): lambda at, said: {**said, "rules": at.house.house.text},
    ("committee", "refer-ourselves"): lambda at, said: {
        **said,
        "supporters": [member_of(at.person, at.say), *said.get("supporters", [])],
    },
    ("committee", "seat"): _seat,
    ("session", "issue"): _issue,
    ("session", "ask"): _once,
    ("ask", ""): _ask,
}
"""What one form makes of what was typed, by page and form: the fields of the record, or what is sealed already."""
AFTERWARDS: Mapping[tuple[str, str], Callable[[Setting, Fields], None]] = {("committee", "seat"): _named}
"""What one form does besides, once it is sealed."""
