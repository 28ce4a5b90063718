"""What pages say of incidents and appeals, what is due and open, in plain words; and effects on work, as data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boussole.audits.languages import capital, inside
from boussole.charter.deadlines.appeals import appeals
from boussole.charter.deadlines.incidents import Deadline, Delay, IncidentHistory, in_time, incidents
from boussole.charter.record_types.incidents import IncidentUpdate
from boussole.charter.record_types.work import THEMES, Consultation, Survey, TimeSaved, Training
from boussole.charter.text.model import Charter
from boussole.charter.work.survey import SHOWN, SurveyChange, ThemeChange, consultations, surveys, times, trainings
from boussole.dashboard.markup.elements import Html
from boussole.dashboard.markup.templates import PageData, Template
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import evidence_href, incidents_href
from boussole.dashboard.server.access.permissions import who_words
from boussole.dashboard.views.register_words import DueEntry, DueLine, when, word
from boussole.dashboard.views.scene import Scene

# What severities, duties, requests, grounds and outcomes are called, with their plain definitions.


def severity_meaning(severity: str, say: Say) -> str:
    """What it means, for lay people."""
    return {
        "minor": say("Something went wrong; nobody lost a right or a chance. Nothing has to be reported."),
        "significant": say("People were treated wrongly, and it can be put right. The committee hears of it."),
        "serious": say(
            "Serious harm to health, property or the environment, or a breach of the law that protects fundamental "
            "rights. To be reported within 15 days."
        ),
        "widespread": say(
            "The same for very many people, or a critical infrastructure that is seriously disturbed. To be reported "
            "within 2 days."
        ),
        "fatal": say("Somebody died. To be reported within 10 days."),
    }[severity]


def authority_word(duty: str, say: Say) -> str:
    """To whom it is reported."""
    return {
        "ai_act_73": say("the market surveillance authority"),
        "gdpr_33": say("the data protection authority"),
    }[duty]


def binding(delay: Delay, today: dt.date, say: Say) -> str:
    """Since when the law asks it; before, the same delay is counted as a proposal."""
    where = say("{law}, par. {number}", law=word(IncidentUpdate, "duty", delay.duty, say), number=delay.paragraph)
    day = say.date(delay.in_force)
    if today >= delay.in_force:
        return say("{law}: required since {date}.", law=where, date=day)
    if delay.to_check:
        return say("{law}: required from {date} (to be checked); until then, our own rule.", law=where, date=day)
    return say("{law}: required from {date}; until then, our own rule.", law=where, date=day)


def deadline_words(deadline: Deadline, today: dt.date, say: Say) -> str:
    """A deadline in words: "To be reported to … by 4 March 2026, in 2 days"."""
    whom, day = authority_word(deadline.delay.duty, say), _day(deadline, say)
    if deadline.report is None:
        return say(
            "To be reported to {whom} by {day}: {when}.",
            whom=whom,
            day=day,
            when=inside(when(deadline.due_at.date(), today, say)),
        )
    reported = deadline.report[1]
    on = say.date(reported.reported_at.date()) if reported.reported_at else ""
    if deadline.state == "on_time":
        return say(
            "Reported on {date} ({whom}), in time.", whom=say.written(reported.reported_to or "") or whom, date=on
        )
    return say(
        "Reported on {date} ({whom}), too late: it was due by {day}.",
        whom=say.written(reported.reported_to or "") or whom,
        date=on,
        day=day,
    )


def _day(deadline: Deadline, say: Say) -> str:
    day = say.date(deadline.due_at.date())
    if deadline.delay.hours:
        return say("{date}, {time}", date=day, time=say.time(deadline.due_at))
    return day


# What other pages say of incidents and appeals: the compass what is due, an article or a system what is open.


def owed(scene: Scene, say: Say, *, query: dict[str, str]) -> list[DueEntry]:
    """The reports that are due, each, and the appeals that wait, together."""
    today, found = scene.facts.as_of, []
    for each in incidents(scene.facts):
        due = each.next_due if each.closure is None else None
        if due is not None:
            line = DueLine(
                when=capital(when(due.date(), today, say)),
                overdue=due.date() < today,
                what=say("Report the incident “{title}”", title=say.written(each.incident.title)),
                place=scene.title(each.incident.system, say),
                href=incidents_href(query=query, anchor=f"i-{each.entry}"),
            )
            found.append(DueEntry(on=due.date(), kind="incident", line=line))
    return found + _appeals(scene, say, query=query)


def _appeals(scene: Scene, say: Say, *, query: dict[str, str]) -> list[DueEntry]:
    """Those that are late and those that still have time, apart: one that is late makes no other late."""
    found, today = appeals(scene.facts), scene.facts.as_of
    entries = []
    for state in ("overdue", "waiting"):
        days = [each.due_on for each in found if each.state == state]
        if days:
            first = min(days)
            line = DueLine(
                when=capital(when(first, today, say)),
                overdue=state == "overdue",
                what=_appeals_due(state, len(days), first, say),
                place=say("Incidents and appeals"),
                href=incidents_href(query=query, anchor="appeals"),
            )
            entries.append(DueEntry(on=first, kind="appeal", line=line))
    return entries


def _appeals_due(state: str, n: int, first: dt.date, say: Say) -> str:
    day = say.date(first)
    if state == "overdue":
        return say.plural(
            "Decide on an appeal that is late",
            "Decide on {n} appeals that are late, the oldest since {date}",
            n,
            date=day,
        )
    return say.plural(
        "Decide on an appeal that waits", "Decide on {n} appeals that wait, the first by {date}", n, date=day
    )


def open_incidents(scene: Scene, say: Say, *, query: dict[str, str], article: str = "", system: str = "") -> Html:
    """The incidents that are open, of an article or a system: nothing where none is."""
    found = [
        each
        for each in incidents(scene.facts)
        if each.closure is None and (article in each.incident.articles if article else each.incident.system == system)
    ]
    if not found:
        return Html("")
    lines = [
        (
            say.written(each.incident.title),
            incidents_href(query=query, anchor=f"i-{each.entry}"),
            _state(each, scene, say, article=article),
        )
        for each in found
    ]
    tone = "broken" if any(each.overdue for each in found) else "watch"
    return Template("views/parts/notices.html", say)("open_incidents", lines, tone)


def _state(each: IncidentHistory, scene: Scene, say: Say, *, article: str) -> str:
    """How it stands: the next report that is due; on the page of an article, of which system."""
    waiting = [deadline for deadline in each.deadlines if deadline.report is None]
    first = min(waiting, key=lambda deadline: deadline.due_at, default=None)
    state = deadline_words(first, scene.facts.as_of, say) if first else ""
    return " ".join(filter(None, [f"{scene.title(each.incident.system, say)}." if article else "", state]))


def reported_words(scene: Scene, systems: Sequence[str], say: Say) -> list[str]:
    """Of each system, how many of the reports that were due were made in time; nothing where none was."""
    every, told = incidents(scene.facts), []
    for name in systems:
        found = in_time([each for each in every if each.incident.system == name])
        if found.due:
            told.append(
                say(
                    "Recorded incidents, {system}: {on_time} of {due} reports in time.",
                    system=scene.title(name, say),
                    on_time=say.whole(found.on_time),
                    due=say.whole(found.due),
                )
            )
    return told


# Effects on work as data: the answer in a sentence, then surveys, training, time saved, consultations.


Link = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class EntryRow:
    """A line of a table, with its entry."""

    cells: Sequence[str]
    under: str
    sealed: Link


@dataclass(frozen=True, kw_only=True)
class WorkTable:
    """A table of the page: what it is called in addresses, what it answers, and what is said where it has no line."""

    name: str
    title: str
    heads: Sequence[str]
    rows: Sequence[EntryRow]
    none: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class WorkPage:
    """The whole page."""

    tone: str
    headline: str
    others: Sequence[str]
    surveys: Sequence[PageData]
    survey_heads: Sequence[str]
    trainings: WorkTable
    times: WorkTable
    consultations: WorkTable

    @property
    def lists(self) -> tuple[WorkTable, WorkTable, WorkTable]:
        """The tables, in the order of the page."""
        return self.trainings, self.times, self.consultations


def work_page(scene: Scene, say: Say, *, query: dict[str, str]) -> WorkPage:
    """The page as things stand today."""
    asked, courses, saved = surveys(scene.facts), trainings(scene.facts), times(scene.facts)
    tone, headline = _headline(asked, say)
    return WorkPage(
        tone=tone,
        headline=headline,
        others=_others(scene, courses, saved, say),
        surveys=[_survey(scene, name, each, say, query=query) for name, each in asked.items()],
        survey_heads=[say("Theme"), say("Mean"), say("The survey before"), say("Change")],
        trainings=WorkTable(
            name="training",
            title=say("Are people trained before they use it?"),
            heads=[say("System"), say("Training"), say("Period"), say("Trained"), say("Before their first use")],
            rows=[_training(scene, *each, say, query=query) for each in courses],
            none=say("Nothing was recorded of training."),
        ),
        times=WorkTable(
            name="time",
            title=say("What time was saved, and where did it go?"),
            heads=[say("System"), say("Period"), say("Time saved"), say("Posts moved"), say("Where it went")],
            rows=[_time(scene, *each, say, query=query) for each in saved],
            none=say("Nothing was recorded of time saved."),
        ),
        consultations=WorkTable(
            name="consultations",
            title=say("When were staff representatives consulted?"),
            heads=[say("Step"), say("Who is consulted"), say("System"), say("Day"), say("In a few words")],
            rows=_consultations(scene, say, query=query),
            none=say("No consultation was recorded."),
            note=say(
                "In France, staff representatives are consulted before a tool that changes work is brought in, and may "
                "name an expert (Labour Code, L.2312-8 and L.2315-94)."
            ),
        ),
    )


def _headline(asked: Mapping[str | None, SurveyChange], say: Say) -> tuple[str, str]:
    fresh = [each for each in asked.values() if each.fresh]
    if not asked:
        return "unknown", say("Nobody has asked the agents yet: whether work got better is not known.")
    if not fresh:
        return "unknown", say("The last survey is older than twelve months: it no longer says how work is today.")
    fallen = list(dict.fromkeys(theme for each in fresh for theme in each.falls))
    if fallen:
        names = ", ".join(inside(say(THEMES[theme])) for theme in fallen)
        return "watch", say("Agents judge this worse than in the survey before: {themes}.", themes=names)
    if all(each.before is None for each in fresh):
        return "unknown", say("There is one survey only: a second one will say whether work got better.")
    return "kept", say("Agents judge nothing worse than in the survey before.")


def _others(
    scene: Scene, courses: Sequence[tuple[int, Training]], saved: Sequence[tuple[int, TimeSaved]], say: Say
) -> list[str]:
    told = []
    for _, course in courses[:1]:
        told.append(
            say(
                "{before} of {users} people who use {system} were trained before.",
                before=say.whole(course.before),
                users=say.whole(course.users),
                system=_about(scene, course.system, say),
            )
        )
    for _, time in saved[:1]:
        told.append(
            say(
                "{system} saved {hours} hours, {period}.",
                system=_about(scene, time.system, say),
                hours=say.whole(time.hours),
                period=_period(time, say),
            )
        )
    return told


def _about(scene: Scene, system: str | None, say: Say) -> str:
    return scene.title(system, say) if system else say("all systems")


def _period(said: Survey | TimeSaved | Training, say: Say) -> str:
    return say.period(said.start.isoformat(), said.end.isoformat())


def _survey(scene: Scene, name: str | None, each: SurveyChange, say: Say, *, query: dict[str, str]) -> PageData:
    said = each.survey
    answered = say("{n} answers", n=say.whole(said.answered))
    asked = say("{n} were asked", n=say.whole(said.invited)) if said.invited else ""
    scale = say("from {low} to {high}, higher is better", low=say.whole(said.lowest), high=say.whole(said.highest))
    then = say("the survey before: {period}", period=_period(each.before, say)) if each.before else ""
    themes = [moved.theme for moved in each.themes]
    return {
        "title": capital(_about(scene, name, say)),
        "told": " · ".join(filter(None, [_period(said, say), answered, asked, scale, then])),
        "themes": [_theme(moved, each, say) for moved in each.themes],
        "groups": [
            [
                say.written(group.group or ""),
                *[say.number(group.themes[theme].mean) if theme in group.themes else "" for theme in themes],
            ]
            for group in said.groups
        ],
        "heads": [say.written(said.grouped_by or "") or say("Group"), *[say(THEMES[theme]) for theme in themes]],
        "hidden": say.plural(
            "One group is hidden: too few answered, or its answers would give another away.",
            "{n} groups are hidden: too few answered, or their answers would give another away.",
            said.hidden,
        )
        if said.hidden
        else "",
        "sealed": _entry(each.entry, say, query=query),
    }


def _theme(moved: ThemeChange, each: SurveyChange, say: Say) -> tuple[str, str, str, str]:
    before = ""
    if moved.moved is not None and each.before is not None:
        then = each.before.everybody.themes[moved.theme].mean
        before = say.number(then)
    return (
        say(THEMES[moved.theme]),
        say("{mean} ({n} answers)", mean=say.number(moved.mean), n=say.whole(moved.n)),
        before,
        _movement(moved.moved, say),
    )


def _movement(moved: float | None, say: Say) -> str:
    """How a mean moved, which is better the higher it is: a load of work that "fell" would sound like good news."""
    if moved is None:
        return ""
    if abs(moved) < SHOWN:
        return say("unchanged")
    amount = say.number(abs(moved))
    return say("better by {n}", n=amount) if moved > 0 else say("worse by {n}", n=amount)


def _asked_for(charter: Charter, share: float, say: Say) -> str:
    found = next((each for each in charter.ways if each.records == "trained_first"), None)
    if found is None or found.threshold.watch is None:
        return say.percent(share, 0)
    return say(
        "{share}: question {number} asks for {level}",
        share=say.percent(share, 0),
        number=found.number or "",
        level=say.percent(found.threshold.watch, 0),
    )


def _training(scene: Scene, entry: int, said: Training, say: Say, *, query: dict[str, str]) -> EntryRow:
    share = said.before / said.users
    told = _asked_for(scene.charter, share, say)
    return EntryRow(
        cells=[
            _about(scene, said.system, say),
            say.written(said.course),
            _period(said, say),
            say("{n} of {users}", n=say.whole(said.trained), users=say.whole(said.users)),
            say("{n} of {users}", n=say.whole(said.before), users=say.whole(said.users)),
        ],
        under=told,
        sealed=_entry(entry, say, query=query),
    )


def _time(scene: Scene, entry: int, said: TimeSaved, say: Say, *, query: dict[str, str]) -> EntryRow:
    rest = 100 - sum(each.share for each in said.spent)
    went = [
        say("{what}: {share}", what=say.written(each.what), share=say.percent(each.share / 100, 0))
        for each in sorted(said.spent, key=lambda each: -each.share)
    ]
    went += [say("not known: {share}", share=say.percent(rest / 100, 0))] if rest else []
    return EntryRow(
        cells=[
            _about(scene, said.system, say),
            _period(said, say),
            say("{hours} hours, {people} people", hours=say.whole(said.hours), people=say.whole(said.people)),
            say.whole(said.posts) if said.posts is not None else "",
            say.apart(went),
        ],
        under=say("How it was found: {method}", method=say.written(said.method)),
        sealed=_entry(entry, say, query=query),
    )


def _consultations(scene: Scene, say: Say, *, query: dict[str, str]) -> list[EntryRow]:
    rows = []
    for entry, said in consultations(scene.facts):
        day = said.planned_on or said.on
        coming = said.planned_on is not None and said.planned_on >= scene.facts.as_of
        rows.append(
            EntryRow(
                cells=[
                    word(Consultation, "step", said.step, say),
                    say.written(said.body),
                    _about(scene, said.system, say),
                    say.date(day),
                    say.written(said.text),
                ],
                under=capital(when(day, scene.facts.as_of, say))
                if coming
                else say("stated by: {role}", role=who_words(said.role, say)),
                sealed=_entry(entry, say, query=query),
            )
        )
    return rows


def _entry(entry: int, say: Say, *, query: Mapping[str, str]) -> Link:
    return say("entry {n}", n=str(entry)), evidence_href(query=query, entry=str(entry))


def work_words(scene: Scene, systems: Sequence[str], say: Say) -> list[str]:
    """For the article page, what was stated of training for some systems (question 2.5)."""
    last: dict[str | None, Training] = {}
    for _, said in reversed(trainings(scene.facts)):
        last[said.system] = said
    found = [(name, last[name]) for name in (None, *systems) if name in last]
    return [
        say(
            "Recorded training, {system}: {before} of {users} people trained before their first use.",
            system=_about(scene, name, say),
            before=say.whole(said.before),
            users=say.whole(said.users),
        )
        for name, said in found
    ]
