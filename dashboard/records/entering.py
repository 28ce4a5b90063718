"""What a form of a record does: its fields are made whole and sealed, as somebody, for what its place is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from boussole.charter.committee.acts.doing import act
from boussole.charter.committee.people.directory import name_member
from boussole.charter.committee.referrals.between import known_question
from boussole.charter.incidents.entering import record
from boussole.charter.record_types.acts import Act, Opinion
from boussole.charter.record_types.base import Statement
from boussole.charter.record_types.inputs import WebForm
from boussole.charter.records import SealedStatement
from boussole.charter.records.documents.attachments import kept_with
from boussole.dashboard.access.people.role_words import said_as
from boussole.dashboard.forms.reading import UnfitError, Values
from boussole.dashboard.records.attaching import taken
from boussole.dashboard.records.computed import computed
from boussole.dashboard.records.drafted import draft_of, wording_of
from boussole.dashboard.records.form import SEEN, fields_of
from boussole.dashboard.records.setting import Setting
from boussole.dashboard.views import store
from boussole.dashboard.views.chamber import member_of, needs_lead
from boussole.dashboard.views.figure import reference

Fields = dict[str, Any]


def sealed(model: type[Statement], form: WebForm, at: Setting, values: Values) -> SealedStatement:
    """Seal what was sent. Raises UnfitError, RefusedError, BoussoleError or ValidationError, and seals nothing."""
    said = fields_of(model, form, at, values)
    files = taken(at, said.pop("attachments", []))
    if files:
        said["attachments"] = [each.sealed for each in files]
    with kept_with(at.here, files):
        return _sealed(model, form, at, values, said)


def _sealed(model: type[Statement], form: WebForm, at: Setting, values: Values, said: Fields) -> SealedStatement:
    prepare = PREPARED.get((form.page, form.name))
    ready = prepare(at, dict(said)) if prepare else said
    if isinstance(ready, SealedStatement):
        return ready
    if issubclass(model, Act):
        done = _acted(model, form, at, ready, seen=_seen(values))
    else:
        done = _stated(model, form, at, ready)
    if (form.page, form.name) in AFTERWARDS:
        AFTERWARDS[form.page, form.name](at, said)
    return done


def _stated(model: type[Statement], form: WebForm, at: Setting, said: Fields) -> SealedStatement:
    said = {"role": at.person.role.value, "on": at.today, "signed_in": at.person.authenticated, **said}
    if "role" in form.asks:
        said["role"] = said_as(at.person, said["role"], at.say)
    made = model.model_validate(computed(at.here, model, said))
    return record(at.here, made)


def _acted(model: type[Act], form: WebForm, at: Setting, said: Fields, *, seen: int | None) -> SealedStatement:
    """An act, today as the committee's clock says. Who leads one committee leads no other.

    Raises UnfitError or RefusedError.
    """
    name = said.pop("committee", "") or at.house.id
    if form.led:
        needs_lead(at.person, at.house, at.say)
    who = at.person.who(at.today)
    if "role" in form.asks:
        who = replace(who, role=said_as(at.person, said.pop("role"), at.say))
    said.pop("by", None)
    return act(at.here, name, model, computed(at.here, model, said), who=who, each=form.each, seen=seen)[-1]


def _seen(values: Values) -> int | None:
    """The last entry that was sealed when the form was shown; none, where it does not say. None: it is not asked."""
    if SEEN not in values:
        return None
    seen = values.text(SEEN)
    return int(seen) if seen.isascii() and seen.isdigit() else -1


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


PREPARED: Mapping[tuple[str, str], Callable[[Setting, Fields], Fields | SealedStatement]] = {
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
