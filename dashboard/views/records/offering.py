"""Which forms the pages of a session and of a committee show to whom, where, and how they stand there as HTML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from boussole.charter.committee.meetings.sessions import sessions
from boussole.charter.committee.papers.minutes import content_of, minutes_of
from boussole.charter.committee.people.members import sitting_on
from boussole.charter.committee.voting.presence import aside, count, over, voters
from boussole.charter.committee.voting.votes import decided
from boussole.charter.record_types.acts import (
    Act,
    CommitteeQuestion,
    Consensus,
    Dissent,
    FrozenPack,
    Minutes,
    Opinion,
    Publication,
    PublicationDecision,
    Referral,
    Tally,
    Vote,
)
from boussole.dashboard.markup.elements import Html
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import evidence_href
from boussole.dashboard.server.access.permissions import Person, allowed
from boussole.dashboard.server.forms import Form, FormProblem, Titled, done_html
from boussole.dashboard.server.routes import ROUTES
from boussole.dashboard.views.chamber import Chamber, leads
from boussole.dashboard.views.committee_words import known_words
from boussole.dashboard.views.records.calling import AGAIN, AMEND, CONVENE
from boussole.dashboard.views.records.entering import forms_on
from boussole.dashboard.views.records.entering import offered as made
from boussole.dashboard.views.records.setting import FormPlace, Setting, wording_of
from boussole.dashboard.views.records.taking_part import CAST, POINT, mine

# Which forms the page of a session shows to whom, and where: what the session and the rules allow to a role.


BY_HAND = {doing.name: doing for doing in (AMEND, AGAIN, CAST, POINT)}
HEAD, PRESENCE, PACK, QUESTIONS, MINUTES = "head", "presence", "pack", "questions", "minutes"


def item_part(item: str) -> str:
    """The part of the page that shows an item; items may be called as other parts are."""
    return f"item-{item}"


@dataclass(frozen=True, kw_only=True)
class FormOffer:
    """A form that the page shows; `now`: unfolded, because it is what is done at this moment."""

    title: str
    form: Form
    now: bool = False


Where = tuple[str, str, FormPlace, bool]


def offered(place: FormPlace, me: Person, say: Say) -> Mapping[str, Sequence[FormOffer]]:
    """The forms by the part of the page that shows them: its name, that of an item, or an entry."""
    found: dict[str, list[FormOffer]] = {}
    for part, name, about, now in _all(place, me) if leads(me, place.chamber) else ():
        for title, form in _forms(name, about, me, say):
            found.setdefault(part, []).append(FormOffer(title=title, form=form, now=now))
    return found


def _forms(name: str, place: FormPlace, me: Person, say: Say) -> list[Titled]:
    if name in BY_HAND:
        doing = BY_HAND[name]
        return [(doing.title(say), doing.form(place, me, say))] if allowed(me.role, ROUTES[doing.path]) else []
    at = Setting(person=me, say=say, of=place.of, workspace=place.workspace, chamber=place.chamber, place=place)
    return made("session", at, name)


def _all(place: FormPlace, me: Person) -> Iterator[Where]:
    state = place.found.state
    if state == "called":
        yield from _before(place)
    if state == "open":
        yield HEAD, "close", place, _decided(place)
    if state in ("called", "open"):
        yield PRESENCE, "attend", place, place.found.day <= place.chamber.today and not place.found.there
        yield PRESENCE, "proxy", place, False
        if _sits(place, me) and me.member not in place.found.there:
            yield PRESENCE, "give-proxy", place, False
        yield PACK, "freeze", place, place.chamber.house.last(FrozenPack, place.found.entry) is None
    if state == "no_quorum" and not _again(place):
        yield HEAD, "again", place, True
    if state != "cancelled" and _sits(place, me):
        yield QUESTIONS, "ask", place, False
    if state == "closed" and _to_seal(place):
        yield MINUTES, "minutes", place, True
    for item in place.found.call.agenda:
        yield from _of_item(place.at(item=item), me)


def _before(place: FormPlace) -> Iterator[Where]:
    on_the_day = place.found.day <= place.chamber.today
    enough = count(place.chamber.house, place.found).reached
    if on_the_day:
        yield HEAD, "open", place, enough
        if not enough:
            yield HEAD, "no-quorum", place, False
    yield HEAD, "amend", place, False
    yield HEAD, "cancel", place, False


def _again(place: FormPlace) -> bool:
    return any(each.call.second_call_of == place.found.entry for each in sessions(place.chamber.house))


def _decided(place: FormPlace) -> bool:
    """Whether something was decided, and no vote is open: what is left may be to close."""
    house, entry = place.chamber.house, place.found.entry
    votes = [vote for vote, _ in house.about(Vote, entry)]
    taken = any(house.about(Tally, vote) for vote in votes) or bool(house.about(Consensus, entry))
    return taken and all(over(house, vote) for vote in votes)


def _to_seal(place: FormPlace) -> bool:
    last = place.chamber.house.last(Minutes, place.found.entry)
    return last is None or last[1].content != content_of(minutes_of(place.chamber.house, place.found.entry))


def _of_item(place: FormPlace, me: Person) -> Iterator[Where]:
    house, found, item = place.chamber.house, place.found, place.on
    part = item_part(item.id)
    votes = [(entry, vote) for entry, vote in house.about(Vote, found.entry) if vote.item == item.id]
    running = [entry for entry, _ in votes if not over(house, entry)]
    for entry in running:
        yield from _of_vote(part, place.at(entry=entry), me)
    if found.state == "open" and not running:
        yield part, "vote", place, False
        yield part, "consensus", place, False
    if found.state != "cancelled":
        yield part, "note", place, False
    if found.state == "called" and found.call.second_call_of is None:
        yield part, "point", place, False
    if found.state in ("called", "open"):
        if _sits(place, me) and me.member not in aside(house, found, item.id):
            yield part, "recuse", place, False
        yield part, "aside", place, False
        if item.referral is not None:
            yield part, "rapporteur", place.at(entry=item.referral), False
            yield part, "hear", place.at(entry=item.referral), False
    decisions = [entry for vote, _ in votes for entry, _ in house.about(Tally, vote)]
    decisions += [entry for entry, act in house.about(Consensus, found.entry) if act.item == item.id]
    for entry in decisions:
        yield from _of_decision(place.at(entry=entry), me, aside(house, found, item.id))


def _of_vote(part: str, place: FormPlace, me: Person) -> Iterator[Where]:
    if me.member is not None and mine(place, me.member):
        yield part, "cast", place, True
    yield part, "count", place, bool(voters(place.chamber.house, place.about)) and me.member is None
    yield part, "annul", place, False


def _of_decision(place: FormPlace, me: Person, away: set[str]) -> Iterator[Where]:
    house, part = place.chamber.house, str(place.about)
    minuted = house.last(Minutes, place.found.entry) is not None
    if _sits(place, me) and me.member not in away and not minuted and not _noted(place, me.member):
        yield part, "dissent", place, place.found.state == "open"
    opinions = house.about(Opinion, place.about)
    if not opinions and decided(house, place.about)[1] and wording_of(place) is not None:
        yield part, "issue", place, True
    for entry, _ in opinions:
        yield from _of_opinion(place.at(entry=entry))


def _sits(place: FormPlace, me: Person) -> bool:
    return me.member is not None and me.member in sitting_on(place.chamber.house, place.found.day)


def _noted(place: FormPlace, member: str | None) -> bool:
    return any(act.member == member for _, act in place.chamber.house.about(Dissent, place.about))


def _of_opinion(place: FormPlace) -> Iterator[Where]:
    house, part = place.chamber.house, str(place.about)
    if house.about(Publication, place.about):
        return
    decision = house.last(PublicationDecision, place.about)
    if decision is None or not decision[1].publish:
        yield part, "publish", place, decision is None
    else:
        yield part, "published", place, False


PARTS = {
    "attend": PRESENCE,
    "proxy": PRESENCE,
    "give-proxy": PRESENCE,
    "freeze": PACK,
    "minutes": MINUTES,
    "ask": QUESTIONS,
}
"""Where what was done with a whole session is said; at its head, if not here."""


def part_of(name: str, place: FormPlace) -> str:
    """The part of the page that says what was just done: where its form stood."""
    if place.item is not None:
        return item_part(place.item.id)
    if place.entry is None:
        return PARTS.get(name, HEAD)
    act = place.chamber.act(place.entry)
    if isinstance(act, Vote):
        return item_part(act.item)
    if isinstance(act, Referral):
        return next((item_part(each.id) for each in place.found.call.agenda if each.referral == place.entry), HEAD)
    return str(place.entry)


def done_words(act: Act, say: Say, *, twice: bool = False) -> str:
    """What to say of what was just sealed, or of a question that had been asked already."""
    if twice and isinstance(act, CommitteeQuestion):
        return known_words(act, say)
    if isinstance(act, Tally):
        return say("The vote is counted.")
    return say("It is recorded and sealed.")


# Which forms the page of a committee shows to whom, and where.


SESSIONS, MATTERS, MEMBERS = "sessions", "matters", "members"
HOUSE_PARTS: Mapping[str, tuple[str, ...]] = {
    SESSIONS: (CONVENE.name,),
    MATTERS: ("refer", "refer-ourselves"),
    MEMBERS: ("interest", "seat", "end-mandate", "office", "adopt"),
}
"""What can be done on the page of a committee, by the part of it; what is new stands with its members."""
OF_MEMBERS = ("refer-ourselves", "interest")
WITH_MEMBERS = ("end-mandate", "office")


def offered_by(chamber: Chamber, me: Person, say: Say) -> Mapping[str, Sequence[FormOffer]]:
    """The forms on the page of a committee, by the part that shows them."""
    found: dict[str, list[FormOffer]] = {}
    at = Setting(person=me, say=say, of=chamber.id, chamber=chamber)
    if leads(me, chamber) and allowed(me.role, ROUTES[CONVENE.path]):
        form = CONVENE.form(chamber, me, say)
        found[SESSIONS] = [FormOffer(title=CONVENE.title(say), form=form)]
    placed = [name for names in HOUSE_PARTS.values() for name in names]
    names = [form.name for _, form in forms_on("committee")]
    for name in sorted(names, key=lambda name: placed.index(name) if name in placed else len(placed)):
        if _fits(name, at):
            for title, form in made("committee", at, name):
                found.setdefault(house_part(name), []).append(FormOffer(title=title, form=form))
    return found


def _fits(name: str, at: Setting) -> bool:
    chamber = at.house
    seated = sitting_on(chamber.house, chamber.today)
    fits = (at.person.member in seated or name not in OF_MEMBERS) and (bool(seated) or name not in WITH_MEMBERS)
    fits = fits and (name != "adopt" or adoptable(chamber))
    return fits and (name == "refer" or leads(at.person, chamber))


def adoptable(chamber: Chamber) -> bool:
    """Whether its file states rules that are not in force."""
    adopted = chamber.house.adopted
    return adopted is None or adopted.rules != chamber.house.text


def house_part(name: str) -> str:
    """The part of the page of a committee that says what was just done by a form of this name."""
    return next((part for part, names in HOUSE_PARTS.items() if name in names), MEMBERS)


# The forms of a session as HTML: where each stands, and what was wrong with the one that was sent last.


FILE = "views/records/acting.html"


class SessionActions:
    """What the reader may do in a session, what was wrong with what they sent last, and what they have just done."""

    def __init__(
        self,
        offered: Mapping[str, Sequence[FormOffer]],
        say: Say,
        *,
        query: Mapping[str, str],
        problem: FormProblem | None = None,
        done: tuple[str, Html] = ("", Html("")),
    ) -> None:
        self.offered, self.say, self.query, self.problem = offered, say, query, problem
        self._done_at, self._done = done

    def at(self, part: str) -> Html:
        """The forms of a part of the page, after what was just done there."""
        done = self._done if part == self._done_at else None
        return Template(FILE, self.say)("offers", done, self.offered.get(part, ()), self.query, self.problem)

    def lost(self) -> Html:
        """What could not be recorded, where its form is no longer there: nothing that was typed is lost."""
        problem = self.problem
        known = {each.form.id for forms in self.offered.values() for each in forms}
        if problem is None or problem.form in known:
            return Html("")
        texts = [
            text for name, texts in problem.typed.items() if name != "seen" for text in texts if " " in text.strip()
        ]
        return Template(FILE, self.say)("lost", problem, texts)


def just_done(chamber: Chamber, asked: str, say: Say, *, query: Mapping[str, str], twice: bool = False) -> Html:
    """What the reader has just done, where an address names an entry of the committee; `twice`: it stood already."""
    entry = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 12 else None
    act = chamber.act(entry)
    if entry is None or act is None:
        return Html("")
    return done_html(entry, done_words(act, say, twice=twice), say, href=evidence_href(query=query, entry=str(entry)))


NOBODY = SessionActions({}, Say("en"), query={})
"""For whoever may only read."""
