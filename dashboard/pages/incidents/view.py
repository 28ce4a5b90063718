"""The page of incidents and appeals as data: counts for everybody, single ones for those who handle them; its forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from starlette.routing import Route

from boussole.audits.languages import capital, inside
from boussole.audits.mixed import joined
from boussole.charter.deadlines.appeals import MONTHS, AppealState, appeals, counts, grouped
from boussole.charter.deadlines.incidents import BREACH, SERIOUS, IncidentHistory, in_time, incidents
from boussole.charter.deadlines.incidents import incidents as incidents_of
from boussole.charter.record_types.incidents import Appeal, AppealDecision, Incident, IncidentUpdate
from boussole.charter.record_types.inputs import WebForm
from boussole.dashboard.markup.templates import PageData
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import article_href, evidence_href, incidents_href, system_href
from boussole.dashboard.server.access.permissions import Action, Person, Role, allowed, who_words
from boussole.dashboard.server.forms import FormDesk, Titled
from boussole.dashboard.views.incidents_and_work import binding, deadline_words, severity_meaning
from boussole.dashboard.views.records.entering import FormPage, offered, record_routes
from boussole.dashboard.views.records.form import LISTS
from boussole.dashboard.views.records.setting import Setting
from boussole.dashboard.views.register_words import when, word, words_of
from boussole.dashboard.views.scene import Scene

# The page of incidents and appeals as data: counts for everybody, single ones for those who handle them.


Link = tuple[str, str]
SHOWN = 100
"""Appeals that are listed one by one; late ones and those that wait come first."""


def incidents_page(scene: Scene, say: Say, *, query: dict[str, str], single: bool) -> PageData:
    """The page. `single`: whether the reader may see single appeals."""
    found = incidents(scene.facts)
    waiting = [each for each in found if each.closure is None]
    shown = [incident_view(scene, each, say, query=query) for each in found]
    tone, headline = open_words(waiting, say)
    told = in_time(found)
    return {
        "tone": tone,
        "headline": headline,
        "others": _next(waiting, scene, say),
        "open": [each for each in shown if not each["closed"]],
        "closed": [each for each in shown if each["closed"]],
        "in_time": say.plural(
            "Reports that were due: one; made in time: {on_time}.",
            "Reports that were due: {n}; made in time: {on_time}.",
            told.due,
            on_time=say.whole(told.on_time),
        )
        if told.due
        else "",
        "appeals": appeals_told(scene, say, query=query, single=single),
        "words": _meanings(scene, say),
    }


def open_words(waiting: Sequence[IncidentHistory], say: Say) -> tuple[str, str]:
    """How open incidents stand, in a sentence, with its tone."""
    late = sum(each.overdue for each in waiting)
    if late:
        return "broken", say.plural(
            "One incident should have been reported and was not.",
            "{n} incidents should have been reported and were not.",
            late,
        )
    if not waiting:
        return "kept", say("No incident is open.")
    due = any(each.next_due for each in waiting)
    return "watch" if due else "unknown", say.plural("One incident is open.", "{n} incidents are open.", len(waiting))


def _next(waiting: Sequence[IncidentHistory], scene: Scene, say: Say) -> str:
    due = [(each.next_due, each) for each in waiting if each.next_due]
    if not due:
        return ""
    first = min(due, key=lambda pair: (pair[0], pair[1].entry))[1]
    deadline = min((each for each in first.deadlines if each.report is None), key=lambda each: each.due_at)
    return say(
        "{title}: {deadline}",
        title=say.written(first.incident.title),
        deadline=inside(deadline_words(deadline, scene.facts.as_of, say)),
    )


def incident_view(scene: Scene, each: IncidentHistory, say: Say, *, query: dict[str, str]) -> PageData:
    """One incident in words."""
    said, today = each.incident, scene.facts.as_of
    about = [(scene.title(said.system, say), system_href(said.system, query=query))]
    names = scene.articles(say)
    about += [(names[article], article_href(article, query=query)) for article in said.articles if article in names]
    about += _shown_by(scene, each, say, query=query)
    ended = []
    if each.closure is not None:
        entry, closure = each.closure
        ended = [
            (say("Closed"), say("{date} ({role})", date=say.date(closure.on), role=who_words(closure.role, say))),
            (say("Cause"), say.written(closure.cause)),
            (say("Measures taken"), say.written(closure.measures)),
        ]
        about.append((say("closed in entry {n}", n=str(entry)), evidence_href(query=query, entry=str(entry))))
    return {
        "entry": each.entry,
        "severity": each.severity,
        "name": word(Incident, "severity", each.severity, say),
        "title": say.written(said.title),
        "about": about,
        "told": say(
            "Happened on {happened}; known on {known}, {time}.",
            happened=say.date(said.happened_on),
            known=say.date(said.known_at.date()),
            time=say.time(said.known_at),
        ),
        "text": say.written(said.text),
        "deadlines": [
            (
                deadline_words(deadline, today, say),
                deadline.state in ("overdue", "late"),
                binding(deadline.delay, today, say),
            )
            for deadline in each.deadlines
        ],
        "news": [_news(at, update, say, query=query) for at, update in each.updates],
        "ended": ended,
        "sealed": sealed_at(each.entry, say, query=query),
        "closed": each.closure is not None,
    }


def _shown_by(scene: Scene, each: IncidentHistory, say: Say, *, query: dict[str, str]) -> list[Link]:
    said, found = each.incident, []
    asked = [(article, way) for article in scene.charter.articles for way in article.ways if way.id == said.question]
    for article, way in asked:
        found.append(
            (say("question {number}", number=way.number), article_href(article.id, query=query, anchor=f"q-{way.id}"))
        )
    if said.audit is not None:
        found.append((say("audit in entry {n}", n=str(said.audit)), evidence_href(query=query, entry=str(said.audit))))
    return found + [
        (say("finding in entry {n}", n=str(entry)), evidence_href(query=query, entry=str(entry)))
        for entry in said.findings
    ]


def _news(entry: int, said: IncidentUpdate, say: Say, *, query: dict[str, str]) -> tuple[str, str, Link]:
    parts = []
    if said.severity:
        parts.append(say("Graded: {severity}", severity=inside(word(Incident, "severity", said.severity, say))))
    if said.reported_to and said.reported_at:
        told = say(
            "Reported on {date}, {time}: {whom}",
            whom=say.written(said.reported_to),
            date=say.date(said.reported_at.date()),
            time=say.time(said.reported_at),
        )
        law = f" ({word(IncidentUpdate, 'duty', said.duty, say)})" if said.duty else ""
        parts.append(told + law)
    head = say("{date} ({role})", date=say.date(said.on), role=who_words(said.role, say))
    return joined(". ", [head, *parts]), say.written(said.text), sealed_at(entry, say, query=query)


def _meanings(scene: Scene, say: Say) -> list[tuple[str, str]]:
    today = scene.facts.as_of
    severities = [(name, _severity(each, scene, say)) for each, name in words_of(Incident, "severity", say).items()]
    return [
        *severities,
        (
            say("Personal data touched"),
            say("To be reported within 72 hours.") + " " + binding(BREACH, today, say),
        ),
        *[
            (
                word(Appeal, "asks", each, say),
                say.plural("Answered within one month.", "Answered within {n} months.", months)
                + " "
                + {
                    "explanation": say("After it, the access-to-documents commission can be asked (CRPA R.311-13)."),
                    "contest": say("After it, silence counts as a refusal (CRPA L.231-4)."),
                }[each],
            )
            for each, months in MONTHS.items()
        ],
    ]


def _severity(severity: str, scene: Scene, say: Say) -> str:
    found = [delay for known, delay in SERIOUS.items() if known == severity]
    law = [binding(delay, scene.facts.as_of, say) for delay in found]
    return " ".join([severity_meaning(severity, say), *law])


def sealed_at(entry: int, say: Say, *, query: Mapping[str, str]) -> Link:
    """An entry of the ledger, by number, with its address."""
    return say("entry {n}", n=str(entry)), evidence_href(query=query, entry=str(entry))


def appeals_told(scene: Scene, say: Say, *, query: dict[str, str], single: bool) -> PageData:
    """All appeals together; one by one only where the reader may see single ones."""
    found = appeals(scene.facts)
    told, below = counts(found), _below(scene, found)
    grounds = grouped(found, lambda each: each.appeal.ground, below=below)
    outcomes = grouped(
        [each for each in found if each.decision],
        lambda each: each.decision[1].outcome if each.decision else "",
        below=below,
    )
    hidden = None in {*grounds.values(), *outcomes.values()}
    facts = [
        (say("Received"), say.whole(told.received)),
        (say("Waiting for a decision"), say.whole(told.waiting)),
        (say("Of these, late"), say.whole(told.overdue)),
        (say("Decided"), say.whole(told.decided)),
        (say("Of these, too late"), say.whole(told.decided_late)),
        (say("Half were decided within"), _days(told.days, say) if told.days is not None else ""),
        (say("A human was asked for, and none looked"), say.whole(told.without_human) if told.without_human else ""),
    ]
    return {
        "headline": _appeals_words(told.waiting, told.overdue, told.received, say),
        "facts": facts if found else [],
        "systems": _by_system(scene, found, say),
        "grounds": _counted(grounds, words_of(Appeal, "ground", say), say),
        "outcomes": _counted(outcomes, words_of(AppealDecision, "outcome", say), say),
        "hidden": say(
            "By ground and by outcome, counts below {n} are hidden, and one more where the total would give them away: "
            "so nobody is recognised.",
            n=say.whole(below),
        )
        if hidden
        else "",
        "rows": [_row(scene, each, say, query=query) for each in found[:SHOWN]] if single else [],
        "more": say.plural(
            "One more appeal comes after these.", "{n} more appeals come after these.", len(found) - SHOWN
        )
        if single and len(found) > SHOWN
        else "",
    }


def _appeals_words(waiting: int, late: int, received: int, say: Say) -> str:
    if not received:
        return say("No appeal is recorded.")
    if late:
        return say.plural("One appeal waits beyond its deadline.", "{n} appeals wait beyond their deadline.", late)
    if waiting:
        return say.plural("One appeal waits, none too long.", "{n} appeals wait, none too long.", waiting)
    return say("Every appeal has been decided.")


def _below(scene: Scene, found: Sequence[AppealState]) -> int:
    """The most careful threshold of the systems that appeals are about."""
    known = [scene.systems[name] for name in {each.appeal.system for each in found} if name in scene.systems]
    return max([11, *(system.privacy.suppress_below for system in known)])


def _counted(
    found: Mapping[object, int | None],
    words: Mapping[str, str],
    say: Say,
) -> list[tuple[str, str]]:
    return [
        (word, say("hidden") if (n := found[key]) is None else say.whole(n))
        for key, word in words.items()
        if key in found
    ]


def _by_system(scene: Scene, found: Sequence[AppealState], say: Say) -> list[tuple[str, str, str, str]]:
    rows = []
    for name in dict.fromkeys(each.appeal.system for each in found):
        told = counts([each for each in found if each.appeal.system == name])
        took = _days(told.days, say) if told.days is not None else ""
        rows.append((scene.title(name, say), say.whole(told.received), say.whole(told.overdue), took))
    return rows


def _days(n: float, say: Say) -> str:
    return say.plural("one day", "{n} days", round(n)) if round(n) else say("the same day")


def _row(scene: Scene, each: AppealState, say: Say, *, query: dict[str, str]) -> PageData:
    said, today = each.appeal, scene.facts.as_of
    outcome = ""
    if each.decision:
        decided = each.decision[1]
        reviewed = say("a human looked at it") if decided.reviewed else say("no human looked at it")
        outcome = f"{word(AppealDecision, 'outcome', decided.outcome, say)} ({reviewed})"
    due = say("decided on {date}", date=say.date(each.decision[1].on)) if each.decision else ""
    return {
        "entry": each.entry,
        "number": said.number,
        "about": scene.title(said.system, say),
        "asks": word(Appeal, "asks", said.asks, say)
        + (f" · {inside(say('A human review was asked for'))}" if said.human_review else ""),
        "ground": word(Appeal, "ground", said.ground, say),
        "when": capital(due or when(each.due_on, today, say)),
        "late": each.late,
        "took": _days(each.days, say),
        "outcome": outcome,
        "text": say.written(said.text),
        "sealed": sealed_at(each.entry, say, query=query),
        "decided": each.decision is not None,
    }


# The forms of the page of incidents and appeals: to whom it shows which, and where they are sent.


NAME = "incidents"


@dataclass(frozen=True, kw_only=True)
class IncidentForms:
    """The forms of one look at the page."""

    at: Setting

    @property
    def opening(self) -> list[Titled]:
        return offered(NAME, self.at, "open") if self.at.systems else []

    @property
    def entering(self) -> list[Titled]:
        return offered(NAME, self.at, "appeal") if self.at.systems else []

    def of_incident(self, entry: int) -> list[Titled]:
        """What can be said of an incident that is open."""
        return offered(NAME, replace(self.at, of=str(entry)), "news", "close")

    @property
    def deciding(self) -> list[Titled]:
        return offered(NAME, self.at, "decide") if LISTS["appeals"](self.at) else []

    def appeal_number(self, entry: int | None) -> str:
        """What to say of an appeal that was just recorded: its number, which the person is given; nothing of others."""
        made = next((each.statement for each in self.at.facts.sealed if each.entry == entry), None)
        if isinstance(made, Appeal) and allowed(self.at.person.role, Action.SEE_APPEALS):
            return self.at.say("The appeal is recorded. Its number: {number}.", number=made.number)
        return ""


def forms_for(scene: Scene, role: Role, say: Say) -> IncidentForms:
    """The forms that a role may fill in."""
    return IncidentForms(at=Setting(person=Person(role=role), say=say, scene=scene))


def _setting(desk: FormDesk, of: str, form: WebForm) -> Setting | None:
    at = Setting(person=desk.person, say=desk.say, workspace=desk.workspace, of=of)
    known = not form.about or any(str(each.entry) == of for each in incidents_of(at.facts))
    return at if known else None


PAGE = FormPage(
    setting=_setting,
    back=lambda desk, _, token: incidents_href(query=desk.query, sent=token),
    done=lambda desk, _, __, done: incidents_href(query=desk.query, done=str(done.entry), anchor="done"),
)


def incident_routes(home: Path) -> list[Route]:
    """The routes of a workspace."""
    return record_routes(home, "incidents", PAGE)
