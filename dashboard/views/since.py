"""What changed since a committee met last, from every entry that the ledger sealed since; as data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from boussole.audits.languages import inside
from boussole.audits.workspace import Workspace
from boussole.charter.committee.acts.packs import VerdictChange, answered_otherwise, pack_before, standing
from boussole.charter.committee.meetings.sessions import sessions
from boussole.charter.document import AuditDocument
from boussole.charter.record_types.acts import CommitteeAnswer, Convocation, FrozenPack, Opening
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
from boussole.dashboard.markup.words.addresses import (
    charter_href,
    drift_href,
    evidence_href,
    incidents_href,
    questions_href,
    recommendations_href,
)
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.views.chamber import Chamber
from boussole.dashboard.views.scene import Finding as Judged
from boussole.dashboard.views.scene import Scene, answers


@dataclass(frozen=True, kw_only=True)
class Met:
    """A session that was held. `opened` is the entry of its opening: what was sealed later, it did not know."""

    chamber: Chamber
    session: int
    opened: int


@dataclass(frozen=True, kw_only=True)
class Before:
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


def before(workspace: Workspace, met: Met) -> Before:
    """The evidence as it stood when a session was opened. Raises CharterError where its charter cannot be read."""
    house = met.chamber.house
    day = house.about(Opening, met.session)[-1][1].on
    called = house.get(Convocation, met.session)
    pack = pack_before(workspace, called, of=met.session, entry=met.opened, on=day)
    return Before(pack=pack, standing=standing(workspace, pack))


def changed_answers(scene: Scene, then: Before) -> list[tuple[Judged, str]]:
    """The questions answered otherwise than before an entry, each with its answer then; the most pressing first, and
    last those that nobody examines any more."""
    found = answered_otherwise(then.standing, scene.latest)
    earlier = {(each.system, each.indicator): each for each in found if each.after is not None}
    judged = [(each, earlier.get((each.system, each.verdict.indicator))) for each in answers(scene)]
    told = [(each, _answer(change)) for each, change in judged if change is not None]
    return [(each, before) for each, before in told if before != each.key]


def news(scene: Scene, met: Met, then: Before, say: Say, *, query: dict[str, str], incidents: bool) -> list[News]:
    """What happened since: another charter, other models, findings, incidents, appeals, answers.

    `incidents`: whether whoever looks may see these and appeals.
    """
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


def _answer(change: VerdictChange) -> str:
    return change.before or "not_examined"


def _charter(scene: Scene, since: Since, then: Before, say: Say, *, query: dict[str, str]) -> Iterator[News]:
    """The charter, where another text or its levels were adopted; the page shows it beside the one of that day."""
    for _, said in since:
        if isinstance(said, Adoption):
            against = then.pack.charter[:12] if then.pack.charter != scene.charter.sha256 else ""
            yield News(
                what=say("Charter and levels: version {version} adopted", version=said.version),
                href=charter_href(query=query, against=against),
            )


def _models(scene: Scene, then: Before, say: Say, *, query: dict[str, str]) -> Iterator[News]:
    """The systems of which another version of the model decides most since."""
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
    """Incidents told since, and earlier ones that ended since; the open ones first."""
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
    """The answers that came to the committee: to its recommendations and opinions, and to its questions."""
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
