"""Effects on work as data: the answer in a sentence, then surveys, training, time saved, consultations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boussole.audits.languages import capital, inside
from boussole.charter.record_types.work import THEMES, Consultation, Survey, TimeSaved, Training
from boussole.charter.work.effects import SHOWN, SurveyChange, ThemeChange, consultations, surveys, times, trainings
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import evidence_href
from boussole.dashboard.server.access.permissions import who_words
from boussole.dashboard.views.register_words import when, word
from boussole.dashboard.views.scene import Scene

Link = tuple[str, str]
ENOUGH = 0.95
"""Of those who use a tool, the share trained before, under which question 2.5 calls for watching."""


@dataclass(frozen=True, kw_only=True)
class SurveyView:
    """The last survey of a system: a row for each theme, and the groups that can be shown."""

    title: str
    told: str
    themes: Sequence[tuple[str, str, str, str]]
    groups: Sequence[Sequence[str]]
    heads: Sequence[str]
    hidden: str
    sealed: Link


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of a table, with its entry."""

    cells: Sequence[str]
    under: str
    sealed: Link


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A table of the page: what it is called in addresses, what it answers, and what is said where it has no line."""

    name: str
    title: str
    heads: Sequence[str]
    rows: Sequence[Row]
    none: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class WorkPage:
    """The whole page."""

    tone: str
    headline: str
    others: Sequence[str]
    surveys: Sequence[SurveyView]
    survey_heads: Sequence[str]
    trainings: Listed
    times: Listed
    consultations: Listed

    @property
    def lists(self) -> tuple[Listed, Listed, Listed]:
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
        trainings=Listed(
            name="training",
            title=say("Are people trained before they use it?"),
            heads=[say("System"), say("Training"), say("Period"), say("Trained"), say("Before their first use")],
            rows=[_training(scene, *each, say, query=query) for each in courses],
            none=say("Nothing was recorded of training."),
        ),
        times=Listed(
            name="time",
            title=say("What time was saved, and where did it go?"),
            heads=[say("System"), say("Period"), say("Time saved"), say("Posts moved"), say("Where it went")],
            rows=[_time(scene, *each, say, query=query) for each in saved],
            none=say("Nothing was recorded of time saved."),
        ),
        consultations=Listed(
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
    """Whether work got better, as the surveys say (question 2.6)."""
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


def _survey(scene: Scene, name: str | None, each: SurveyChange, say: Say, *, query: dict[str, str]) -> SurveyView:
    said = each.survey
    answered = say("{n} answers", n=say.whole(said.answered))
    asked = say("{n} were asked", n=say.whole(said.invited)) if said.invited else ""
    scale = say("from {low} to {high}, higher is better", low=say.whole(said.lowest), high=say.whole(said.highest))
    then = say("the survey before: {period}", period=_period(each.before, say)) if each.before else ""
    themes = [moved.theme for moved in each.themes]
    return SurveyView(
        title=capital(_about(scene, name, say)),
        told=" · ".join(filter(None, [_period(said, say), answered, asked, scale, then])),
        themes=[_theme(moved, each, say) for moved in each.themes],
        groups=[
            [
                say.written(group.group or ""),
                *[say.number(group.themes[theme].mean) if theme in group.themes else "" for theme in themes],
            ]
            for group in said.groups
        ],
        heads=[say.written(said.grouped_by or "") or say("Group"), *[say(THEMES[theme]) for theme in themes]],
        hidden=say.plural(
            "One group is hidden: too few answered, or its answers would give another away.",
            "{n} groups are hidden: too few answered, or their answers would give another away.",
            said.hidden,
        )
        if said.hidden
        else "",
        sealed=_entry(each.entry, say, query=query),
    )


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


def _training(scene: Scene, entry: int, said: Training, say: Say, *, query: dict[str, str]) -> Row:
    share = said.before / said.users
    told = say("{share}: question 2.5 asks for {level}", share=say.percent(share, 0), level=say.percent(ENOUGH, 0))
    return Row(
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


def _time(scene: Scene, entry: int, said: TimeSaved, say: Say, *, query: dict[str, str]) -> Row:
    rest = 100 - sum(each.share for each in said.spent)
    went = [
        say("{what}: {share}", what=say.written(each.what), share=say.percent(each.share / 100, 0))
        for each in sorted(said.spent, key=lambda each: -each.share)
    ]
    went += [say("not known: {share}", share=say.percent(rest / 100, 0))] if rest else []
    return Row(
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


def _consultations(scene: Scene, say: Say, *, query: dict[str, str]) -> list[Row]:
    rows = []
    for entry, said in consultations(scene.facts):
        day = said.planned_on or said.on
        coming = said.planned_on is not None and said.planned_on >= scene.facts.as_of
        rows.append(
            Row(
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
