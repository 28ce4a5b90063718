"""Acts of a session by a form that is written by hand: calling a new one, changing its agenda, calling it again."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from starlette.responses import Response
from starlette.routing import Route

from boussole.charter.committee.acting import Who
from boussole.charter.committee.acts.meeting import convene
from boussole.charter.committee.meetings.sessions import agenda_from, sessions
from boussole.charter.committee.referrals.matters import matters
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.record_types.acts import Convocation, Item
from boussole.charter.records import SealedStatement
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import committee_href, session_href
from boussole.dashboard.server.access.permissions import Person
from boussole.dashboard.server.forms import Form, FormDesk, FormField, FormValues, UnfitError, form_route
from boussole.dashboard.views import store
from boussole.dashboard.views.chamber import Chamber, member_of, needs_lead
from boussole.dashboard.views.records.setting import FormPlace

# An agenda as lines that people write, one item each.


LONGEST = 40
"""Characters of the name of an item."""


def lines_of(items: Sequence[Item]) -> str:
    """The titles of an agenda, one on each line.

    >>> lines_of([Item(id="a", title="One"), Item(id="b", title="Two")])
    'One\\nTwo'
    """
    return "\n".join(item.title for item in items)


def items_of(text: str, known: Sequence[Item]) -> list[Item]:
    """The items of some lines: those that are known by their title keep what they are, the others are for discussion.

    >>> known = [Item(id="minutes", title="Minutes", kind="approval")]
    >>> [(item.id, item.kind) for item in items_of("minutes\\n\\n2. L’été à venir", known)]
    [('minutes', 'approval'), ('l_ete_a_venir', 'discussion')]
    """
    by_title = {_key(item.title): item for item in known}
    found: list[Item] = []
    for line in filter(None, map(_bare, text.splitlines())):
        taken = {item.id for item in found}
        item = by_title.get(_key(line))
        if item is None or item.id in taken:
            item = Item(id=_unused(_name(line), taken | {each.id for each in known}), title=line)
        found.append(item)
    return found


def _bare(line: str) -> str:
    """A line without the number or the dash that people put before an item."""
    return re.sub(r"^\s*(?:\d{1,2}[.)]|[-–•*])(?:\s+|$)", "", line).strip()


def _key(title: str) -> str:
    return " ".join(title.casefold().split())


def _name(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title.replace("’", " ")).encode("ascii", "ignore").decode().lower()
    found = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:LONGEST].strip("_")
    return found if found[:1].isalpha() else f"item_{found}".rstrip("_")


def _unused(name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    return next(each for number in range(2, 1000) if (each := f"{name}_{number}") not in taken)


# What is done in a session by a form that is written by hand: the ballot, and what changes the agenda.


SESSION_ACT = "/session-act"
SEEN = "seen"
Choices = list[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Doing:
    """`ask` gives what the form asks, its note and what its button says; `act` seals what was sent."""

    name: str
    title: Callable[[Say], str]
    send: Callable[[Say], str]
    act: Callable[[FormDesk, FormPlace, FormValues], SealedStatement | Response]
    ask: Callable[[FormPlace, Person, Say], Sequence[FormField]] = lambda _place, _me, _say: ()
    note: Callable[[FormPlace, Say], str] = lambda _place, _say: ""

    @property
    def path(self) -> str:
        """The route that the form is sent to."""
        return f"{SESSION_ACT}/{self.name}/{{of}}"

    def form(self, place: FormPlace, me: Person, say: Say) -> Form:
        """The form as it is asked now. It knows what whoever fills it in has seen, so that nothing is sealed twice."""
        seen = FormField(name=SEEN, label="", kind="hidden", value=str(place.seen))
        return Form(
            id=f"{self.name}-{place.of}",
            path=f"{SESSION_ACT}/{self.name}/{place.of}",
            send=self.send(say),
            note=self.note(place, say),
            fields=[seen, *self.ask(place, me, say)],
        )


def who(desk: FormDesk, place: FormPlace) -> Who:
    """Who acts, today as the committee's clock says."""
    return acting(desk, place.chamber)


def acting(desk: FormDesk, chamber: Chamber) -> Who:
    """The same in a committee. Who leads one committee leads no other. Raises UnfitError or RefusedError."""
    needs_lead(desk.person, chamber, desk.say)
    return desk.person.who(chamber.now.date())


def me(desk: FormDesk) -> str:
    """The member who acts. Raises UnfitError for somebody who sits nowhere, or has not said who they are."""
    return member_of(desk.person, desk.say)


def told(error: RefusedError, place: FormPlace, say: Say) -> str:
    """Why an act was refused, in plain words and with the names of members."""
    return error.said(say.lang, name=lambda member: place.chamber.name(member, say))


def session_entry(sealed_act: SealedStatement, place: FormPlace) -> int:
    """The session whose page shows an act: the one that was just called, else the one that it was about."""
    act = sealed_act.statement
    if isinstance(act, Convocation) and act.amends is None:
        return sealed_act.entry
    return place.found.entry


# Calling a session, changing one that was called, calling one again that lacked a quorum.


LINES = 300
"""Lines that an agenda may be written on, empty ones too."""
MATTER = "matter"
"""Begins the name of an item that was made of a matter put to the committee."""


def when_and_where(say: Say, *, starts: dt.datetime, ends: dt.datetime, place: str) -> list[FormField]:
    """What every convocation says."""
    return [
        FormField(name="starts", label=say("It starts"), kind="moment", value=starts.isoformat(timespec="minutes")),
        FormField(name="ends", label=say("It ends"), kind="moment", value=ends.isoformat(timespec="minutes")),
        FormField(name="place", label=say("Place"), value=place),
    ]


def agenda_fields(chamber: Chamber, items: Sequence[Item], say: Say) -> list[FormField]:
    """The agenda as lines, and the matters that can be put on it."""
    waiting = waiting_matters(chamber, items)
    about = (
        [
            FormField(
                name="matters",
                label=say("Matters to put on the agenda, for an opinion"),
                kind="choices",
                choices=waiting,
                required=False,
            )
        ]
        if waiting
        else []
    )
    return [
        FormField(
            name="agenda",
            label=say("Agenda"),
            kind="prose",
            note=say("One item on each line."),
            value=lines_of(items),
            rows=max(5, len(items) + 2),
        ),
        *about,
    ]


def waiting_matters(chamber: Chamber, items: Sequence[Item]) -> Choices:
    """The matters without an opinion that are not on an agenda."""
    placed = {item.referral for item in items}
    return [
        (str(each.entry), each.referral.subject)
        for each in matters(chamber.house)
        if not each.opinions and each.entry not in placed
    ]


def how_fields(chamber: Chamber, say: Say, *, remote: bool) -> list[FormField]:
    """From afar, in an emergency: as far as the rules allow them."""
    rules, fields = chamber.house.rules.sessions, []
    if rules.remote:
        ticked = "yes" if remote else ""
        label = say("One can take part from afar")
        fields.append(FormField(name="remote", label=label, kind="tick", required=False, value=ticked))
    if rules.urgent:
        fields.append(
            FormField(name="urgent", label=say("It is an emergency: less notice"), kind="tick", required=False)
        )
        why = say("Why it is an emergency")
        fields.append(FormField(name="text", label=why, kind="prose", rows=2, required=False))
    return fields


def agenda_of(chamber: Chamber, values: FormValues, known: Sequence[Item], say: Say) -> list[Item]:
    """The items that were written, with those of the matters that were chosen before the last one."""
    lines = values.text("agenda")
    if lines.count("\n") > LINES:
        raise UnfitError(say("This does not fit: {field}.", field=say("Agenda")), "agenda")
    items = items_of(lines, known)
    if not items:
        raise UnfitError(say("An agenda has one item at least."), "agenda")
    chosen = set(values.chosen("matters")) if waiting_matters(chamber, known) else set()
    added = [
        Item(
            id=f"{MATTER}_{each.entry}",
            title=each.referral.subject,
            kind="opinion",
            referral=each.entry,
            system=each.referral.system,
        )
        for each in matters(chamber.house)
        if str(each.entry) in chosen
    ]
    return [*items[:-1], *added, *items[-1:]] if items[-1].kind == "other" else [*items, *added]


def standing_items(chamber: Chamber, say: Say) -> list[Item]:
    """The items that an ordinary agenda starts from."""
    return agenda_from(chamber.house.rules, say.lang)


def _amending(place: FormPlace, _: Person, say: Say) -> Sequence[FormField]:
    call = place.found.call
    return [
        *when_and_where(say, starts=call.starts, ends=call.ends, place=call.place),
        *agenda_fields(place.chamber, call.agenda, say),
        *how_fields(place.chamber, say, remote=call.remote),
    ]


def _amend(desk: FormDesk, place: FormPlace, values: FormValues) -> SealedStatement:
    """The same session under another convocation; notice runs anew where it is earlier or deals with more."""
    call, rules = place.found.call, place.chamber.house.rules.sessions
    return convene(
        desk.workspace,
        place.chamber.id,
        who=who(desk, place),
        starts=values.moment("starts"),
        ends=values.moment("ends"),
        place=values.text("place"),
        agenda=agenda_of(place.chamber, values, call.agenda, desk.say),
        kind=call.session,
        remote=rules.remote and values.ticked("remote"),
        urgent=rules.urgent and values.ticked("urgent"),
        text=values.text("text") if rules.urgent else "",
        second_call_of=call.second_call_of,
        amends=place.found.entry,
    )


def _calling_again(place: FormPlace, _: Person, say: Say) -> Sequence[FormField]:
    call, days = place.found.call, place.chamber.house.rules.sessions.second_notice_days
    later = dt.timedelta(days=max(days, 1))
    return when_and_where(say, starts=call.starts + later, ends=call.ends + later, place=call.place)


def _again(desk: FormDesk, place: FormPlace, values: FormValues) -> SealedStatement:
    call = place.found.call
    return convene(
        desk.workspace,
        place.chamber.id,
        who=who(desk, place),
        starts=values.moment("starts"),
        ends=values.moment("ends"),
        place=values.text("place"),
        agenda=call.agenda,
        remote=call.remote,
        second_call_of=place.found.entry,
    )


AMEND = Doing(
    name="amend",
    title=lambda say: say("Change the day, the place or the agenda"),
    send=lambda say: say("Send the changed convocation"),
    ask=_amending,
    act=_amend,
)
AGAIN = Doing(
    name="again",
    title=lambda say: say("Call a second session on the same agenda"),
    send=lambda say: say("Call the second session"),
    ask=_calling_again,
    act=_again,
    note=lambda place, say: say("It needs no quorum.") if place.chamber.house.rules.quorum.second_call else "",
)


# What is done on the page of a committee by a form that is written by hand: calling a session.


COMMITTEE_ACT = "/committee-act"


@dataclass(frozen=True, kw_only=True)
class HouseDoing:
    """`ask` gives what the form asks; `act` seals what was sent; `shown` leads to the page that says so."""

    name: str
    title: Callable[[Say], str]
    send: Callable[[Say], str]
    ask: Callable[[Chamber, Person, Say], Sequence[FormField]]
    act: Callable[[FormDesk, Chamber, FormValues], SealedStatement]
    note: Callable[[Chamber, Say], str] = lambda _chamber, _say: ""
    shown: Callable[[FormDesk, Chamber, SealedStatement], str] | None = None

    @property
    def path(self) -> str:
        """The route that the form is sent to."""
        return f"{COMMITTEE_ACT}/{self.name}/{{of}}"

    def form(self, chamber: Chamber, me: Person, say: Say) -> Form:
        """The form as it is asked now."""
        last = chamber.house.acts[-1].entry if chamber.house.acts else -1
        return Form(
            id=f"{self.name}-{chamber.id}",
            path=f"{COMMITTEE_ACT}/{self.name}/{chamber.id}",
            send=self.send(say),
            note=self.note(chamber, say),
            fields=[
                FormField(name=SEEN, label="", kind="hidden", value=str(last), required=False),
                *self.ask(chamber, me, say),
            ],
        )

    def route(self, home: Path) -> Route:
        """The route of its form."""

        def ask(desk: FormDesk, of: str) -> Form | None:
            chamber = store.chambers(desk.workspace).get(of)
            return self.form(chamber, desk.person, desk.say) if chamber else None

        def act(desk: FormDesk, of: str, values: FormValues) -> str:
            chamber = store.chambers(desk.workspace)[of]
            try:
                done = self.act(desk, chamber, values)
            except RefusedError as error:
                say = desk.say
                raise UnfitError(error.said(say.lang, name=lambda member: chamber.name(member, say))) from error
            if self.shown is not None:
                return self.shown(desk, chamber, done)
            return committee_href(of, query=desk.query, anchor="done", done=str(done.entry), at=self.name)

        def back(desk: FormDesk, of: str, token: str) -> str:
            return committee_href(of, query=desk.query, sent=token)

        return form_route(self.path, home, ask=ask, act=act, back=back)


MARGIN = 9
"""Days beyond the notice that the rules ask for, in the day that the form proposes."""
HOURS = (dt.time(14), dt.time(17))


def _convening(chamber: Chamber, _: Person, say: Say) -> Sequence[FormField]:
    call, days = _last_call(chamber), chamber.house.rules.sessions.notice_days + MARGIN
    starts, ends = (dt.datetime.combine(chamber.now.date() + dt.timedelta(days=days), hour) for hour in HOURS)
    kind = FormField(name="extraordinary", label=say("It is an extraordinary session"), kind="tick", required=False)
    return [
        *when_and_where(say, starts=starts, ends=ends, place=call.place if call else ""),
        *agenda_fields(chamber, standing_items(chamber, say), say),
        *how_fields(chamber, say, remote=call.remote if call else False),
        kind,
    ]


def _convene(desk: FormDesk, chamber: Chamber, values: FormValues) -> SealedStatement:
    rules = chamber.house.rules.sessions
    return convene(
        desk.workspace,
        chamber.id,
        who=acting(desk, chamber),
        starts=values.moment("starts"),
        ends=values.moment("ends"),
        place=values.text("place"),
        agenda=agenda_of(chamber, values, standing_items(chamber, desk.say), desk.say),
        kind="extraordinary" if values.ticked("extraordinary") else "ordinary",
        remote=rules.remote and values.ticked("remote"),
        urgent=rules.urgent and values.ticked("urgent"),
        text=values.text("text") if rules.urgent else "",
    )


def _shown(desk: FormDesk, _: Chamber, done: SealedStatement) -> str:
    return session_href(done.entry, query=desk.query, anchor="done", done=str(done.entry))


def _last_call(chamber: Chamber) -> Convocation | None:
    """The last session that was called: the next one is often in the same place."""
    calls = [each.call for each in sessions(chamber.house)]
    return calls[-1] if calls else None


def _notice(chamber: Chamber, say: Say) -> str:
    days = chamber.house.rules.sessions.notice_days
    return say.plural("These rules ask for one day of notice.", "These rules ask for {n} days of notice.", days)


CONVENE = HouseDoing(
    name="convene",
    title=lambda say: say("Call a session"),
    send=lambda say: say("Call the session"),
    ask=_convening,
    act=_convene,
    note=_notice,
    shown=_shown,
)
