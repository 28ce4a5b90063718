"""The page of recommendations as data: who must answer what by when, overdue first; the forms, and where they go."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import get_args

from starlette.routing import Route

from boussole.audits.languages import capital
from boussole.audits.mixed import joined
from boussole.charter.committee.advising.advice import STATES, RecommendationState, State, recommended
from boussole.charter.committee.advising.opinions import fates
from boussole.charter.record_types.acts import Opinion
from boussole.charter.record_types.inputs import WebForm
from boussole.charter.record_types.kinds import Finding, Recommendation
from boussole.charter.records import statements
from boussole.dashboard.markup.templates import PageData
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import article_href, evidence_href, recommendations_href, system_href
from boussole.dashboard.server.access.permissions import Person
from boussole.dashboard.server.forms import FormDesk, Titled
from boussole.dashboard.views.answers.small_print import finding_words
from boussole.dashboard.views.chamber import Chamber, leads
from boussole.dashboard.views.committee_words import answers, counted, follow_up_word
from boussole.dashboard.views.fields import LinkChoice
from boussole.dashboard.views.records.entering import FormPage, offered, record_routes
from boussole.dashboard.views.records.setting import Setting
from boussole.dashboard.views.register_words import when
from boussole.dashboard.views.scene import Scene

# The page of recommendations as data: who must answer what by when, overdue first, and what was answered.


SHOWN = 50
"""Recommendations that a page lists; the filters lead to the others."""


@dataclass(frozen=True, kw_only=True)
class RecommendationsQuery:
    """What the address asks for. What is not known of it is left out."""

    addressee: str = ""
    system: str = ""
    state: str = ""
    page: int = 1

    @classmethod
    def of(cls, query: Mapping[str, str]) -> RecommendationsQuery:
        """What an address asks for; a page that is no number is the first."""
        page = query.get("page", "")
        number = int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 6 else 1
        asked = {name: query.get(name, "") for name in ("addressee", "system", "state")}
        asked["state"] = asked["state"] if asked["state"] in get_args(State) else ""
        return cls(**asked, page=number)

    def query(self, **changed: str) -> dict[str, str]:
        """The same as part of an address."""
        asked = {"addressee": self.addressee, "system": self.system, "state": self.state, **changed}
        return {name: value for name, value in asked.items() if value}


def recommendations_page(
    scene: Scene,
    chosen: RecommendationsQuery,
    say: Say,
    *,
    query: dict[str, str],
    committees: Mapping[str, str],
) -> PageData:
    """The page for what an address asks; `query` is kept in every link (the language). `committees`: their names."""
    every = recommended(scene.facts)
    found = [each for each in every if _fits(each, chosen)]
    last = max(1, -(-len(found) // SHOWN))
    at = min(chosen.page, last)
    turned = {
        page: recommendations_href(query=query, **chosen.query(page=str(page)))
        for page in (at - 1, at + 1)
        if 1 <= page <= last
    }
    tone, headline = _headline(every, say)
    return {
        "tone": tone,
        "headline": headline,
        "others": _others(every, say),
        "filters": _filters(scene, every, chosen, say, query=query),
        "shown": say.plural("One recommendation", "{n} recommendations", len(found)) if found else say("None fits."),
        "everything": recommendations_href(query=query) if chosen.query() else "",
        "rows": [
            _row(scene, each, say, query=query, committees=committees) for each in found[(at - 1) * SHOWN : at * SHOWN]
        ],
        "where": say("Page {n} of {last}", n=say.whole(at), last=say.whole(last)) if last > 1 else "",
        "newer": turned.get(at - 1, ""),
        "older": turned.get(at + 1, ""),
    }


def _fits(each: RecommendationState, chosen: RecommendationsQuery) -> bool:
    said = each.said
    return (
        chosen.addressee in ("", said.addressee)
        and chosen.system in ("", said.system)
        and chosen.state in ("", each.state)
    )


def _headline(every: Sequence[RecommendationState], say: Say) -> tuple[str, str]:
    late = sum(each.state == "overdue" for each in every)
    waiting = sum(each.state == "waiting" for each in every)
    if late:
        return "broken", say.plural(
            "One recommendation waits for its answer beyond its day.",
            "{n} recommendations wait for their answer beyond their day.",
            late,
        )
    if waiting:
        return "watch", say.plural(
            "One recommendation waits for its answer; none is late.",
            "{n} recommendations wait for their answer; none is late.",
            waiting,
        )
    if every:
        return "kept", say("Every recommendation has been answered.")
    return "unknown", say("No recommendation is recorded.")


def _others(every: Sequence[RecommendationState], say: Say) -> str:
    n = {state: sum(each.state == state for each in every) for state in STATES}
    return counted(
        [
            say.plural("One is in progress.", "{n} are in progress.", n["in_progress"]) if n["in_progress"] else "",
            say.plural("One is done.", "{n} are done.", n["done"]) if n["done"] else "",
            say.plural("One was dropped.", "{n} were dropped.", n["dropped"]) if n["dropped"] else "",
        ]
    )


def _filters(
    scene: Scene, every: Sequence[RecommendationState], chosen: RecommendationsQuery, say: Say, *, query: dict[str, str]
) -> list[tuple[str, list[LinkChoice]]]:

    def choices(name: str, values: Mapping[str, str]) -> list[LinkChoice]:
        now = getattr(chosen, name)
        found = [LinkChoice(text=say("all"), count=None, href=_href("", name), current=not now)]
        for value, text in values.items():
            n = sum(_fits(each, _with(chosen, name, value)) for each in every)
            found.append(LinkChoice(text=text, count=n, href=_href(value, name), current=now == value))
        return found

    def _href(value: str, name: str) -> str:
        return recommendations_href(query=query, **chosen.query(**{name: value}))

    addressees = sorted({each.said.addressee for each in every})
    systems = sorted({each.said.system for each in every if each.said.system})
    states = [state for state in STATES if any(each.state == state for each in every)]
    asked: list[tuple[str, str, Mapping[str, str]]] = [
        (say("State"), "state", {state: follow_up_word(state, say) for state in states}),
        (say("Addressee"), "addressee", {name: say.written(name) for name in addressees}),
        (say("System"), "system", {name: scene.title(name, say) for name in systems}),
    ]
    return [(title, choices(name, values)) for title, name, values in asked if len(values) > 1 or getattr(chosen, name)]


def _with(chosen: RecommendationsQuery, name: str, value: str) -> RecommendationsQuery:
    made: Callable[..., RecommendationsQuery] = replace
    return made(chosen, **{name: value})


def _row(
    scene: Scene, each: RecommendationState, say: Say, *, query: dict[str, str], committees: Mapping[str, str]
) -> PageData:
    said, today = each.said, scene.facts.as_of
    waits = each.state in ("overdue", "waiting")
    told = [
        committees.get(said.committee or "") or say.written(said.body),
        *([say("outside authority")] if said.outside else []),
        say.date(said.on),
        say("to: {who}", who=say.written(said.addressee)),
        say("answer due on {date}", date=say.date(said.due_on)),
    ]
    names = scene.articles(say)
    about = [(scene.title(said.system, say), system_href(said.system, query=query))] if said.system else []
    about += [(names[article], article_href(article, query=query)) for article in said.articles if article in names]
    if said.opinion is not None:
        about.append(
            (
                say("part of an opinion, entry {n}", n=str(said.opinion)),
                evidence_href(query=query, entry=str(said.opinion)),
            )
        )
    return {
        "entry": each.entry,
        "when": capital(when(said.due_on, today, say)) if waits else follow_up_word(each.state, say),
        "late": each.state == "overdue",
        "text": say.written(said.text),
        "told": joined(" · ", told),
        "about": about,
        "answers": answers(scene.facts, each.entry, say, query=query),
        "sealed": (say("entry {n}", n=str(each.entry)), evidence_href(query=query, entry=str(each.entry))),
        "state": each.state,
        "addressee": said.addressee,
    }


# What outside authorities found, and nobody has closed.


def open_findings(scene: Scene, say: Say, *, query: dict[str, str]) -> list[PageData]:
    """The findings that are open, the latest first."""
    return [
        {
            "entry": entry,
            "told": finding_words(found, scene, say),
            "text": say.written(found.text),
            "sealed": (say("entry {n}", n=str(entry)), evidence_href(query=query, entry=str(entry))),
        }
        for entry, found in sorted(scene.facts.open_findings(), key=lambda pair: (pair[1].on, pair[0]), reverse=True)
    ]


# The forms of the page of recommendations: to whom it shows which, and where they are sent.


NAME = "recommendations"
OVER = ("done", "dropped")


@dataclass(frozen=True, kw_only=True)
class FollowedForms:
    """The forms of one look at the page."""

    scene: Scene
    chambers: Mapping[str, Chamber]
    me: Person
    say: Say

    def of_entry(self, entry: int) -> list[Titled]:
        """The forms that go with a recommendation, an opinion or a finding: its answer, what became of it, its end."""
        if entry in self._findings:
            return offered(NAME, self._at(of=str(entry)), "close")
        found = self._states.get(entry)
        if found is None:
            return []
        state, addressee = found
        at = self._at(of=str(entry), proposed={"role": addressee})
        answers = offered(NAME, at, "reply") if state not in OVER else []
        if state not in ("overdue", "waiting"):
            return [*((self.say("Answer anew"), form) for _, form in answers), *offered(NAME, at, "follow")]
        return answers

    @property
    def recommending(self) -> Sequence[Titled]:
        """New recommendations: of a committee, of an outside authority."""
        led = {name: each for name, each in self.chambers.items() if leads(self.me, each)}
        own = offered(NAME, replace(self._at(), known=led), "own") if led else []
        return [*own, *offered(NAME, self._at(), "outside")]

    @property
    def finding(self) -> Sequence[Titled]:
        """A new finding of an outside authority."""
        return offered(NAME, self._at(), "finding")

    def _at(self, *, of: str = "", proposed: Mapping[str, str] | None = None) -> Setting:
        return Setting(
            person=self.me, say=self.say, scene=self.scene, known=self.chambers, of=of, proposed=proposed or {}
        )

    @cached_property
    def _findings(self) -> set[int]:
        return {entry for entry, _ in self.scene.facts.open_findings()}

    @cached_property
    def _states(self) -> dict[int, tuple[State, str]]:
        found = {each.entry: (each.state, each.said.addressee) for each in recommended(self.scene.facts)}
        for chamber in self.chambers.values():
            for fate in fates(chamber.house, chamber.facts):
                state: State = fate.follow_up[1].state if fate.follow_up else "answered" if fate.reply else "waiting"
                found[fate.entry] = (state, "")
        return found


def _setting(desk: FormDesk, of: str, form: WebForm) -> Setting | None:
    at = Setting(person=desk.person, say=desk.say, workspace=desk.workspace, of=of)
    if form.name == "close":
        return at if of in {str(entry) for entry, _ in at.facts.standing(Finding)} else None
    opinions = statements(desk.workspace, kinds=[Opinion.kind]) if form.about else []
    known = {str(entry) for entry, _ in at.facts.standing(Recommendation)} | {str(each.entry) for each in opinions}
    return at if not form.about or of in known else None


PAGE = FormPage(
    setting=_setting,
    back=lambda desk, _, token: recommendations_href(query=desk.query, sent=token),
    done=lambda desk, _, __, done: recommendations_href(query=desk.query, done=str(done.entry), anchor="done"),
)


def followed_routes(home: Path) -> list[Route]:
    """The routes of a workspace."""
    return record_routes(home, "recommendations", PAGE)
