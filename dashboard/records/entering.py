"""What a form of a record does: its fields are made whole and sealed, as somebody, for what its place is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from charter.committee.acting import Who
from charter.committee.doing import act
from charter.incidents.entering import enter
from charter.records import Sealed, seal
from charter.records.acts import Act, Referral
from charter.records.base import Statement
from charter.records.inputs import WebForm
from dashboard import store
from dashboard.access.words import said_as
from dashboard.committee.seats import needs_lead
from dashboard.forms.reading import UnfitError, Values
from dashboard.records.computed import computed
from dashboard.records.form import SEEN, fields_of
from dashboard.records.setting import Setting

Fields = dict[str, Any]


def sealed(model: type[Statement], form: WebForm, at: Setting, values: Values) -> Sealed:
    """Seal what was sent. Raises UnfitError, RefusedError, BoussoleError or ValidationError, and seals nothing."""
    said = fields_of(model, form, at, values)
    if (form.page, form.name) in PREPARED:
        said = PREPARED[form.page, form.name](at, said)
    if issubclass(model, Act) and at.chamber is not None:
        who = _who(model, at)
        said = computed(at.here, model, said)
        return act(at.here, at.chamber.id, model, said, who=who, seen=_seen(values))
    said = {"role": at.person.role.value, "on": at.today, "signed_in": at.person.authenticated, **said}
    if "role" in form.asks:
        said["role"] = said_as(at.person, said["role"], at.say)
    made = model.model_validate(computed(at.here, model, said))
    return enter(at.here, made) if made.governed else seal(at.here, made)


def _who(model: type[Act], at: Setting) -> Who:
    """Who acts, today as the committee's clock says. Who leads one committee leads no other.

    Raises UnfitError or RefusedError. Whoever may put a matter to a committee can do so to each of them.
    """
    if model is not Referral:
        needs_lead(at.person, at.house, at.say)
    return at.person.who(at.today)


def _seen(values: Values) -> int:
    """The last entry that was sealed when the form was shown; none, where it does not say."""
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


PREPARED: Mapping[tuple[str, str], Callable[[Setting, Fields], Fields]] = {
    ("work", "consultation"): _step,
    ("recommendations", "own"): _own,
    ("incidents", "open"): lambda _, said: {**said, "on": said["known_at"].date()},
    ("incidents", "appeal"): lambda _, said: {**said, "on": said["received_on"]},
}
"""What one form makes of what was typed, by page and form."""
