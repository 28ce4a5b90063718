"""A committee as pages see it, on a day: its acts, members and frozen evidence; and what changed since it met last."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from boussole.audits.languages import inside
from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from boussole.charter.committee import acting
from boussole.charter.committee.acting import committee_state
from boussole.charter.committee.acts.packs import (
    PackChanges,
    PackVerdictChange,
    answered_otherwise,
    pack_before,
    pack_changes,
    pack_now,
    standing,
)
from boussole.charter.committee.duties import Duty, duties
from boussole.charter.committee.meetings.sessions import sessions
from boussole.charter.committee.people.directory import directory
from boussole.charter.committee.people.members import needs_mandate, sitting_on
from boussole.charter.committee.rules import committees
from boussole.charter.committee.state import CommitteeState
from boussole.charter.document import AuditDocument
from boussole.charter.record_types.acts import Act, CommitteeAnswer, Convocation, FrozenPack, Opening
from boussole.charter.record_types.kinds import (
    Adoption,
    Appeal,
    AppealDecision,
    Finding,
    Incident,
    IncidentClosure,
    Reply,
    Statement,
)
from boussole.charter.records.facts import Facts, facts_of
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import (
    charter_href,
    drift_href,
    evidence_href,
    incidents_href,
    questions_href,
    recommendations_href,
)
from boussole.dashboard.server.access.permissions import Action, Person, Role, allowed
from boussole.dashboard.server.forms import UnfitError
from boussole.dashboard.views.scene import JudgedQuestion, Scene, answers

# A committee as pages see it, on a day: its acts, the names of its members, what people have stated.


@dataclass(frozen=True, kw_only=True)
class Chamber:
    """One committee. `names` are those of its members by number, as far as they are known."""

    house: CommitteeState
    names: Mapping[str, str]
    facts: Facts
    systems: Mapping[str, System] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.house.committee

    @property
    def today(self) -> dt.date:
        return self.facts.as_of

    @property
    def now(self) -> dt.datetime:
        """The moment on the committee's own clock, to the minute."""
        return acting.here_and_now(self.house.rules)

    def at_its_hour(self) -> Chamber:
        """The same committee on its own day: past midnight there, what it did since stands already."""
        its_day = self.now.date()
        return replace(self, facts=replace(self.facts, as_of=its_day)) if its_day > self.today else self

    @cached_property
    def duties(self) -> Sequence[Duty]:
        """What is due, by day."""
        return duties(self.house, self.facts)

    def act(self, entry: int | None) -> Act | None:
        """The act that an entry seals; None where it seals none of this committee."""
        found = next((each.statement for each in self.house.acts if each.entry == entry), None)
        return found if isinstance(found, Act) else None

    def title(self, say: Say) -> str:
        return say.text(self.house.rules.title)

    def system(self, system: str, say: Say) -> str:
        """The name of a system; its id when its file is gone."""
        known = self.systems.get(system)
        return say.text(known.title, system) if known else system

    def name(self, member: str, say: Say) -> str:
        """A member's name; their number where no name is kept any more."""
        return self.names.get(member) or say("member {number}", number=member)

    def college(self, college: str, say: Say) -> str:
        """The name of a college; its id where the rules know it no more."""
        titles = {each.id: each.title for each in self.house.rules.colleges}
        return say.text(titles.get(college), college)


def chambers(workspace: Workspace, *, today: dt.date) -> dict[str, Chamber]:
    """The committees of a workspace by id, on the day of the machine."""
    names = {member: each.name for member, each in directory(workspace).items()}
    facts, systems = facts_of(workspace, as_of=today), workspace.systems
    return {
        name: Chamber(house=committee_state(workspace, name), names=names, facts=facts, systems=systems)
        for name in committees(workspace)
    }


def chamber_of(known: Mapping[str, Chamber], entry: int) -> Chamber | None:
    """The committee that called a session by an entry; None where the entry is no convocation."""
    for chamber in known.values():
        if any(at == entry for at, _ in chamber.house.standing(Convocation)):
            return chamber
    return None


# Who belongs to a committee: by a mandate that lasts today, or as the secretary that the settings name. In local mode
# nobody is known, and nobody is held to it.


LEADING = frozenset({Role.CHAIR, Role.SECRETARY})
"""Roles that act for a committee, and so need a place in it."""


def leads(me: Person, chamber: Chamber) -> bool:
    """Whether somebody may act for a committee, as far as that is a matter of which committee it is."""
    if not me.authenticated or me.role not in LEADING:
        return True
    return chamber.id in me.secretary_of if me.role is Role.SECRETARY else _sits(me, chamber)


def reads_drafts(me: Person, chamber: Chamber) -> bool:
    """Whether somebody may read what a committee is writing: its members, and its secretary."""
    belongs = not me.authenticated or chamber.id in me.secretary_of or _sits(me, chamber)
    return belongs and allowed(me.role, Action.DRAFT)


def needs_lead(me: Person, chamber: Chamber, say: Say) -> None:
    """Checks that somebody may act for a committee. Raises UnfitError, or RefusedError where their mandate is over."""
    if leads(me, chamber):
        return
    if me.role is Role.SECRETARY:
        raise UnfitError(say("The settings do not name you as a secretary of this committee. Ask your administrator."))
    needs_mandate(chamber.house, member_of(me, say), chamber.now.date())


def needs_pen(me: Person, chamber: Chamber, say: Say) -> None:
    """Checks that somebody may write the drafts of a committee. Raises UnfitError or RefusedError."""
    if me.role is Role.SECRETARY:
        needs_lead(me, chamber, say)
    else:
        needs_mandate(chamber.house, member_of(me, say), chamber.now.date())


def member_of(me: Person, say: Say) -> str:
    """The member who acts. Raises UnfitError for somebody who sits nowhere, or has not said who they are."""
    if me.member is not None:
        return me.member
    if me.authenticated:
        raise UnfitError(say("Your account names no member: only members can do this. Ask the secretariat."))
    raise UnfitError(say("Say first which member you are: at the foot of the menu."))


def _sits(me: Person, chamber: Chamber) -> bool:
    return me.member is not None and me.member in sitting_on(chamber.house, chamber.now.date())


# The frozen pack of a session as it is read: what its audits found, and what has changed before and since.


@dataclass(frozen=True, kw_only=True)
class SessionEvidence:
    """The audits that stood in a pack, what changed from the pack it replaces to it, and from it to today."""

    entry: int
    pack: FrozenPack
    standing: Mapping[str, AuditDocument]
    before: PackChanges | None
    since: PackChanges


def evidence_of(workspace: Workspace, house: CommitteeState, session: int, *, today: dt.date) -> SessionEvidence | None:
    """The pack that a session works on, as it stands today; None while there is none."""
    last = house.last(FrozenPack, session)
    if last is None:
        return None
    entry, pack = last
    replaced = house.get(FrozenPack, pack.replaces) if pack.replaces is not None else None
    return SessionEvidence(
        entry=entry,
        pack=pack,
        standing=standing(workspace, pack),
        before=pack_changes(workspace, replaced, pack) if replaced is not None else None,
        since=pack_changes(workspace, pack, pack_now(workspace, pack, on=today)),
    )


@dataclass(frozen=True, kw_only=True)
class Met:
    """A session that was held. `opened` is the entry of its opening: what was sealed later, it did not know."""

    chamber: Chamber
    session: int
    opened: int


@dataclass(frozen=True, kw_only=True)
class EarlierEvidence:
    """The evidence before an entry of the ledger: what a pack would have held, and its audits by system."""

    pack: FrozenPack
    standing: Mapping[str, AuditDocument]


@dataclass(frozen=True, kw_only=True)
class News:
    """Something that happened, in words, and where it stands."""

    what: str
    href: str


def met_last(chambers: Iterable[Chamber]) -> Met | None:
    """The last session that some committees held and closed; None where none did."""
    held = [
        Met(chamber=chamber, session=each.entry, opened=opened[0])
        for chamber in chambers
        for each in sessions(chamber.house)
        if each.state == "closed" and (opened := chamber.house.last(Opening, each.entry)) is not None
    ]
    return max(held, key=lambda each: each.opened, default=None)


def before(workspace: Workspace, met: Met) -> EarlierEvidence:
    """The evidence as it stood when a session was opened. Raises CharterError where its charter cannot be read."""
    house = met.chamber.house
    day = house.about(Opening, met.session)[-1][1].on
    called = house.get(Convocation, met.session)
    pack = pack_before(workspace, called, of=met.session, entry=met.opened, on=day)
    return EarlierEvidence(pack=pack, standing=standing(workspace, pack))


def changed_answers(scene: Scene, then: EarlierEvidence) -> list[tuple[JudgedQuestion, str]]:
    """The questions answered otherwise than before an entry, with their answers then, the most pressing first."""
    found = answered_otherwise(then.standing, scene.latest)
    earlier = {(each.system, each.indicator): each for each in found if each.after is not None}
    judged = [(each, earlier.get((each.system, each.verdict.indicator))) for each in answers(scene)]
    told = [(each, _answer(change)) for each, change in judged if change is not None]
    return [(each, before) for each, before in told if before != each.key]


def news(
    scene: Scene, met: Met, then: EarlierEvidence, say: Say, *, query: dict[str, str], incidents: bool
) -> list[News]:
    """What happened since: another charter, other models, findings, answers, and, if allowed, incidents and appeals."""
    since = [(entry, said) for kind in KINDS for entry, said in scene.facts.standing(kind) if entry > met.opened]
    return [
        *_charter(scene, since, then, say, query=query),
        *_models(scene, then, say, query=query),
        *_findings(since, say, query=query),
        *(_incidents(scene, since, say, query=query) if incidents else ()),
        *(_appeals(since, say, query=query) if incidents else ()),
        *_answers(met, since, say, query=query),
    ]


KINDS: tuple[type[Statement], ...] = (Adoption, Finding, Incident, IncidentClosure, Appeal, AppealDecision, Reply)
"""What is told, where it stands."""
Since = Sequence[tuple[int, Statement]]


def _answer(change: PackVerdictChange) -> str:
    return change.before or "not_examined"


def _charter(scene: Scene, since: Since, then: EarlierEvidence, say: Say, *, query: dict[str, str]) -> Iterator[News]:
    """The charter, where another text or its levels were adopted; the page shows it beside the one of that day."""
    for _, said in since:
        if isinstance(said, Adoption):
            against = then.pack.charter[:12] if then.pack.charter != scene.charter.sha256 else ""
            yield News(
                what=say("Charter and levels: version {version} adopted", version=said.version),
                href=charter_href(query=query, against=against),
            )


def _models(scene: Scene, then: EarlierEvidence, say: Say, *, query: dict[str, str]) -> Iterator[News]:
    for name, document in scene.latest.items():
        earlier = then.standing.get(name)
        versions = [each.accumulated.version if each and each.accumulated else None for each in (earlier, document)]
        if None not in versions and versions[0] != versions[1]:
            told = say(
                "{system}: model {new} replaces {old}",
                system=scene.title(name, say),
                old=str(versions[0]),
                new=str(versions[1]),
            )
            yield News(what=told, href=drift_href(name, query=query))


def _findings(since: Since, say: Say, *, query: dict[str, str]) -> Iterator[News]:
    for entry, said in since:
        if isinstance(said, Finding):
            told = say(
                "Finding of {authority}: “{title}”",
                authority=say.written(said.authority),
                title=say.written(said.title),
            )
            yield News(what=told, href=evidence_href(query=query, entry=str(entry)))


def _incidents(scene: Scene, since: Since, say: Say, *, query: dict[str, str]) -> Iterator[News]:
    told = dict(scene.facts.standing(Incident))
    new = [entry for entry, said in since if isinstance(said, Incident) and entry in told]
    ended = [said.of for _, said in since if isinstance(said, IncidentClosure) and said.of in told]
    for entry in [*(each for each in new if each not in ended), *ended]:
        title = say.written(told[entry].title)
        what = say("Incident closed: “{title}”", title=title) if entry in ended else _incident(title, say)
        yield News(what=what, href=incidents_href(query=query, anchor=f"i-{entry}"))


def _incident(title: str, say: Say) -> str:
    return say("Incident: “{title}”", title=title)


def _appeals(since: Since, say: Say, *, query: dict[str, str]) -> Iterator[News]:
    received = sum(isinstance(said, Appeal) for _, said in since)
    decided = len({said.of for _, said in since if isinstance(said, AppealDecision)})
    parts = [
        say.plural("One appeal received", "{n} appeals received", received) if received else "",
        say.plural("one appeal decided", "{n} appeals decided", decided) if decided else "",
    ]
    if any(parts):
        first, *rest = filter(None, parts)
        yield News(what=", ".join([first, *map(inside, rest)]), href=incidents_href(query=query, anchor="appeals"))


def _answers(met: Met, since: Since, say: Say, *, query: dict[str, str]) -> Iterator[News]:
    replied = [said.of for _, said in since if isinstance(said, Reply)]
    asked = [act.of for entry, act in met.chamber.house.standing(CommitteeAnswer) if entry > met.opened]
    if replied:
        told = say.plural(
            "One answer to a recommendation or opinion", "{n} answers to recommendations or opinions", len(replied)
        )
        yield News(what=told, href=recommendations_href(query=query))
    if asked:
        told = say.plural("One answer to a question", "{n} answers to questions", len(asked))
        yield News(what=told, href=questions_href(query=query))
