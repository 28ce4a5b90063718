"""Where a form of a record stands: who looks, in which language, the figure or text it is about, as it is seen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from boussole.audits.languages import inside
from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from boussole.charter.committee.meetings.sessions import Session, session
from boussole.charter.committee.papers.drafts import SavedDraft
from boussole.charter.committee.papers.minutes import approved
from boussole.charter.committee.placeholders import unwritten
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.committee.voted import VotedText, wording_in
from boussole.charter.committee.voting.votes import decided
from boussole.charter.document import AuditDocument, Standing, VerdictDocument
from boussole.charter.record_types.acts import Convocation, Item, Minutes, OpinionText, Reference
from boussole.charter.records.facts import Facts, facts_of
from boussole.charter.records.in_force import in_force
from boussole.charter.text.model import Charter
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import number_of
from boussole.dashboard.server.access.permissions import Person
from boussole.dashboard.views import store
from boussole.dashboard.views.answers.asked import indicator_of, question_of, sentence_of, way_called
from boussole.dashboard.views.chamber import Chamber, chamber_of
from boussole.dashboard.views.charts.groups import group_name, group_of, rate_of, rows
from boussole.dashboard.views.charts.tables import comparison
from boussole.dashboard.views.scene import Scene, period


@dataclass(frozen=True, kw_only=True)
class ComparedGroup:
    """A group that the figure compares: the id of its measure, its attributes, and what is seen of it."""

    measure: str
    group: dict[str, str]
    text: str


@dataclass(frozen=True, kw_only=True)
class AnswerFigure:
    """A question as the latest audit of a system answers it, or a system as a whole, of which the `key` is empty."""

    system: str
    key: str
    indicator: str
    audit: int | None
    title: str
    number: str
    question: str
    verdict: str
    sentence: str
    period: str
    owner: str
    groups: Sequence[ComparedGroup]

    @property
    def asked(self) -> str:
        """The question with its number; empty of a whole."""
        return f"{self.number} {self.question}".strip()


def figure_at(scene: Scene, system: str, key: str, say: Say) -> AnswerFigure | None:
    """The figure of an address, or a system as a whole where no question is named; None where there is neither."""
    document = scene.standing.get(system)
    if not key:
        return _whole(scene, system, say) if system in scene.systems else None
    verdict = next((each for each in document.verdicts if each.indicator == key), None) if document else None
    if document is None or verdict is None:
        return None
    declared, indicator = scene.systems.get(system), indicator_of(scene.charter, verdict)
    audited = system in scene.latest
    return AnswerFigure(
        system=system,
        key=key,
        indicator=indicator.id if indicator else key,
        audit=document.entry if audited else None,
        title=scene.title(system, say),
        number=indicator.number if indicator else "",
        question=question_of(scene.charter, verdict, say),
        verdict=verdict.verdict,
        sentence=sentence_of(scene.charter, verdict, say, system=declared),
        period=period(document, say) if isinstance(document, AuditDocument) else "",
        owner=declared.owner if declared else "",
        groups=_groups(scene, document, verdict, system, say) if audited else [],
    )


def _whole(scene: Scene, system: str, say: Say) -> AnswerFigure:
    document, declared = scene.latest.get(system), scene.systems[system]
    return AnswerFigure(
        system=system,
        key="",
        indicator="",
        audit=document.entry if document else None,
        title=scene.title(system, say),
        number="",
        question="",
        verdict="",
        sentence=say.text(declared.purpose),
        period=period(document, say) if document else "",
        owner=declared.owner,
        groups=[],
    )


def _groups(scene: Scene, document: Standing, verdict: VerdictDocument, system: str, say: Say) -> list[ComparedGroup]:
    declared = scene.systems.get(system)
    measures = document.judged_by_id
    found = []
    for judged in verdict.comparisons:
        measure = measures.get(judged.measure)
        if measure is None or not measure.group:
            continue
        label = group_of(measure, say, system=declared)
        by, metric = tuple(measure.by), rate_of(measure.metric)
        row = next((r for r in rows(document, by, say, metric=metric, system=declared) if r.label == label), None)
        seen = comparison(row, say) if row else ""
        text = say("{group}: {figure}", group=label, figure=seen) if seen else label
        group = {name: str(value) for name, value in measure.group.items()}
        found.append(ComparedGroup(measure=measure.id, group=group, text=text))
    return found


def reference(figure: AnswerFigure, measure: str | None) -> Reference:
    """What is sealed of it."""
    group = next((each for each in figure.groups if each.measure == measure), None)
    return Reference(
        system=figure.system,
        audit=figure.audit,
        indicator=figure.indicator or None,
        measure=group.measure if group else None,
        group=group.group if group and len(group.group) <= 3 else {},
    )


def told(scene: Scene, said: Reference, say: Say) -> str:
    """The figure of a question that was asked, in a few words."""
    way = way_called(scene.charter, said.indicator) if said.indicator else None
    declared = scene.systems.get(said.system)
    parts = [scene.title(said.system, say)]
    if way is not None:
        parts.append(say("question {number}", number=way.number))
    if said.group:
        parts.append(inside(group_name(said.group, say, system=declared)))
    document = scene.latest.get(said.system)
    if said.audit is not None:
        now = document is not None and document.entry == said.audit
        parts.append(period(document, say) if now and document else say("audit in entry {n}", n=str(said.audit)))
    return ", ".join(parts)


# What a form of a session is about: the session, and the item, vote, decision or opinion under it.


@dataclass(frozen=True, kw_only=True)
class FormPlace:
    """`entry` is that of the vote, decision or opinion, `item` that of the agenda, where the form is about one."""

    workspace: Workspace
    chamber: Chamber
    found: Session
    entry: int | None = None
    item: Item | None = None

    @property
    def of(self) -> str:
        """As the address of a form names it."""
        under = self.item.id if self.item is not None else self.entry
        return str(self.found.entry) if under is None else f"{self.found.entry}-{under}"

    def at(self, *, entry: int | None = None, item: Item | None = None) -> FormPlace:
        """The place of something under the same session."""
        return replace(self, entry=entry, item=item)

    @property
    def about(self) -> int:
        """The entry that the form is about. Raises RefusedError where it names none."""
        if self.entry is None:
            raise RefusedError("apart", entry=self.found.entry)
        return self.entry

    @property
    def on(self) -> Item:
        """The item that the form is about. Raises RefusedError where it names none."""
        if self.item is None:
            return self.found.item("")
        return self.item

    @property
    def seen(self) -> int:
        """The last entry of the committee that somebody sees who looks now."""
        return self.chamber.house.acts[-1].entry


def place_of(workspace: Workspace, of: str) -> FormPlace | None:
    """What an address names; None where there is nothing of this name."""
    head, _, under = of.partition("-")
    number, entry = number_of(head), number_of(under)
    chamber = None if number is None else chamber_of(store.chambers(workspace), number)
    if chamber is None or number is None:
        return None
    found = session(chamber.house, number)
    item = next((each for each in found.call.agenda if each.id == under), None)
    if under and entry is None and item is None:
        return None
    return FormPlace(workspace=workspace, chamber=chamber, found=found, entry=entry, item=item)


# Where a form of a record stands: who looks, in which language, and what it is about.


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What a form is about: `of` as its address names it, with scene, committee, session and figure, where given."""

    person: Person
    say: Say
    of: str = ""
    workspace: Workspace | None = None
    scene: Scene | None = None
    known: Mapping[str, Chamber] | None = None
    chamber: Chamber | None = None
    place: FormPlace | None = None
    figure: AnswerFigure | None = None
    proposed: Mapping[str, str] = field(default_factory=dict)
    sent: bool = False
    """Whether it was sent already: what was chosen may have been done since, and is known all the same."""

    @property
    def here(self) -> Workspace:
        """The workspace."""
        return self.workspace or Workspace.find()

    @cached_property
    def charter(self) -> Charter:
        """The charter in force."""
        return self.scene.charter if self.scene else in_force(self.here).charter

    @cached_property
    def systems(self) -> Mapping[str, System]:
        """The systems that decide."""
        if self.chamber is not None:
            return self.chamber.systems
        return self.scene.systems if self.scene else self.here.systems

    @cached_property
    def facts(self) -> Facts:
        """What people have stated."""
        return self.scene.facts if self.scene else facts_of(self.here, as_of=store.day_in(self.here))

    @cached_property
    def chambers(self) -> Mapping[str, Chamber]:
        """The committees of the workspace."""
        return self.known if self.known is not None else store.chambers(self.here)

    @property
    def today(self) -> dt.date:
        """The day, on the committee's own clock where there is one."""
        return self.chamber.now.date() if self.chamber else store.day_in(self.here)

    @property
    def house(self) -> Chamber:
        """The committee that the form is about; there is one."""
        if self.chamber is None:
            raise LookupError("this form is about no committee")
        return self.chamber

    @property
    def session(self) -> FormPlace:
        """The session that the form is about; there is one."""
        if self.place is None:
            raise LookupError("this form is about no session")
        return self.place


# Texts that a session decides on to the letter: drafts of opinions that are complete, and minutes to approve.


def texts(place: FormPlace, say: Say) -> list[tuple[str, str]]:
    """What can be decided on, by its hash: its name."""
    found: list[tuple[str, str]] = []
    for draft in _drafts(place):
        text = _complete(draft)
        if text is not None:
            version = str(draft.version)
            named = say("Draft no. {n}, version {version}: {title}", n=str(draft.id), version=version, title=text.title)
            found.append((text.sha256, named))
    house = place.chamber.house
    for entry, call in house.standing(Convocation):
        last = house.last(Minutes, entry)
        if last is not None and entry != place.found.entry and approved(house, last[1]) is None:
            day = say.date(call.starts.date())
            found.append((last[1].content, say("Minutes of the session of {date}", date=day)))
    return found


def decided_item(place: FormPlace) -> Item:
    """The item under which a decision was taken; an address may name another session."""
    decision, _ = decided(place.chamber.house, place.about)
    return session(place.chamber.house, decision.of).item(decision.item)


def wording_of(place: FormPlace) -> VotedText | None:
    """The text that a decision adopted, in the version in which it was adopted; None where there is none."""
    decision, adopted = decided(place.chamber.house, place.about)
    if not adopted or decision.subject is None:
        return None
    return store.voted(place.workspace, place.chamber.id).get(decision.subject)


def draft_of(place: FormPlace, text: VotedText) -> SavedDraft | None:
    """The draft that an adopted text is the last version of; None where somebody went on writing since."""
    return next((each for each in _drafts(place) if (each.id, each.version) == (text.draft, text.version)), None)


def _drafts(place: FormPlace) -> list[SavedDraft]:
    return store.drafts(place.workspace, place.chamber.id)


def _complete(draft: SavedDraft) -> OpinionText | None:
    """The words of a draft of an opinion; None while it is not complete, or holds words that stand for others."""
    text = wording_in(draft.body)
    return None if text is None or unwritten(text) else text
