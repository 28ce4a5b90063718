"""The page of incidents and appeals as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from boussole.audits.languages import inside
from boussole.audits.mixed import joined
from boussole.charter.deadlines.appeals import MONTHS
from boussole.charter.deadlines.duties import BREACH, SERIOUS
from boussole.charter.deadlines.incidents import IncidentHistory, in_time, incidents
from boussole.charter.record_types.incidents import Appeal, Incident, IncidentUpdate
from boussole.dashboard.access.people.role_words import who_words
from boussole.dashboard.pages.incidents.appeals_view import Appeals, Link, appeals_told, sealed_at
from boussole.dashboard.views.incidents.words import binding, deadline_words, severity_meaning
from boussole.dashboard.views.record_words import word, words_of
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.words.addresses import article_href, evidence_href, system_href
from boussole.dashboard.words.say import Say


@dataclass(frozen=True, kw_only=True)
class IncidentView:
    """One incident. `deadlines` say by when and whether it is late; `news` is what was said of it since."""

    entry: int
    severity: str
    name: str
    title: str
    about: Sequence[Link]
    told: str
    text: str
    deadlines: Sequence[tuple[str, bool, str]]
    news: Sequence[tuple[str, str, Link]]
    ended: Sequence[tuple[str, str]]
    sealed: Link
    closed: bool


@dataclass(frozen=True, kw_only=True)
class IncidentsPage:
    """The whole page."""

    tone: str
    headline: str
    others: str
    open: Sequence[IncidentView]
    closed: Sequence[IncidentView]
    in_time: str
    appeals: Appeals
    words: Sequence[tuple[str, str]]


def incidents_page(scene: Scene, say: Say, *, query: dict[str, str], single: bool) -> IncidentsPage:
    """The page. `single`: whether the reader may see single appeals."""
    found = incidents(scene.facts)
    waiting = [each for each in found if each.closure is None]
    shown = [incident_view(scene, each, say, query=query) for each in found]
    tone, headline = open_words(waiting, say)
    told = in_time(found)
    return IncidentsPage(
        tone=tone,
        headline=headline,
        others=_next(waiting, scene, say),
        open=[each for each in shown if not each.closed],
        closed=[each for each in shown if each.closed],
        in_time=say.plural(
            "Of one report that was due, {on_time} in time.",
            "Of {n} reports that were due, {on_time} in time.",
            told.due,
            on_time=say.whole(told.on_time),
        )
        if told.due
        else "",
        appeals=appeals_told(scene, say, query=query, single=single),
        words=_meanings(scene, say),
    )


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
    """What is next: the first deadline among the open ones."""
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


def incident_view(scene: Scene, each: IncidentHistory, say: Say, *, query: dict[str, str]) -> IncidentView:
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
    return IncidentView(
        entry=each.entry,
        severity=each.severity,
        name=word(Incident, "severity", each.severity, say),
        title=say.written(said.title),
        about=about,
        told=say(
            "Happened on {happened}; known on {known}, {time}.",
            happened=say.date(said.happened_on),
            known=say.date(said.known_at.date()),
            time=say.time(said.known_at),
        ),
        text=say.written(said.text),
        deadlines=[
            (
                deadline_words(deadline, today, say),
                deadline.state in ("overdue", "late"),
                binding(deadline.delay, today, say),
            )
            for deadline in each.deadlines
        ],
        news=[_news(at, update, say, query=query) for at, update in each.updates],
        ended=ended,
        sealed=sealed_at(each.entry, say, query=query),
        closed=each.closure is not None,
    )


def _shown_by(scene: Scene, each: IncidentHistory, say: Say, *, query: dict[str, str]) -> list[Link]:
    """What shows it: a question of the charter, an audit, findings."""
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
    """Severities and clocks, explained, each with its law."""
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
