"""The forms of the page of an answer: a statement, a case, a sample, a review; to whom, and where they are sent."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

from starlette.routing import Route

from boussole.charter.judging.families import takes_cases
from boussole.charter.record_types.inputs import WebForm
from boussole.charter.record_types.kinds import Case, Inspection, Review
from boussole.charter.records import SealedStatement
from boussole.charter.records.facts import ReportedCases
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import answer_href, number_of
from boussole.dashboard.server.access.permissions import Person, role_title
from boussole.dashboard.server.forms import FormDesk, Titled
from boussole.dashboard.views import store
from boussole.dashboard.views.answers.asked import indicator_of, way_called
from boussole.dashboard.views.records.entering import FormPage, offered, record_routes
from boussole.dashboard.views.records.setting import AnswerFigure, Setting, figure_at
from boussole.dashboard.views.scene import Scene

NAME = "answer"
OF_CASES = ("case", "inspection")


def recording(scene: Scene, system: str, key: str, me: Person, say: Say) -> list[Titled]:
    """The forms of what somebody may state of an answer: an attestation, a case, a sample, or a finding on a case."""
    figure = figure_at(scene, system, key, say)
    way = way_called(scene.charter, figure.indicator) if figure else None
    if figure is None or way is None:
        return []
    at = _at(scene, figure, me, say)
    if way.evidence == "attested":
        return offered(NAME, at, "attest")
    if not takes_cases(way):
        return []
    waiting = scene.facts.reported(way.id, system, dt.date.min, dt.date.max)
    reviews = [
        (_told(each, say), form)
        for each in waiting
        if each.state == "open"
        for _, form in offered(NAME, replace(at, of=str(each.entry)), Review.kind)
    ]
    return [*reviews, *offered(NAME, at, *OF_CASES)]


def _told(case: ReportedCases, say: Say) -> str:
    return say.plural(
        "Confirm or refute the case of {date}",
        "Confirm or refute the {n} cases found since {date}",
        case.n,
        date=say.date(case.since),
    )


def _at(scene: Scene, figure: AnswerFigure, me: Person, say: Say) -> Setting:
    proposed = {"system": figure.system, "role": role_title(me.role, say)}
    of = f"{figure.system}.{figure.key}"
    return Setting(person=me, say=say, of=of, scene=scene, figure=figure, proposed=proposed)


def _setting(desk: FormDesk, of: str, form: WebForm) -> Setting | None:
    """The answer that a route names, or that of the case that is reviewed; None where it takes no such record."""
    scene = store.scene(desk.workspace)
    system, _, key = of.partition(".") if form.name != Review.kind else _of_case(scene, of)
    figure = figure_at(scene, system, key, desk.say)
    way = way_called(scene.charter, figure.indicator) if figure else None
    if figure is None or way is None:
        return None
    fits = way.evidence == "attested" if form.name == "attest" else takes_cases(way)
    at = replace(_at(scene, figure, desk.person, desk.say), of=of, workspace=desk.workspace)
    return at if fits else None


def _of_case(scene: Scene, of: str) -> tuple[str, str, str]:
    known: dict[int, Case | Inspection] = {**dict(scene.facts.standing(Case)), **dict(scene.facts.standing(Inspection))}
    entry = number_of(of)
    said = known.get(entry) if entry is not None else None
    document = scene.standing.get(said.system) if said else None
    if said is None or document is None:
        return "", "", ""
    ways = ((each.indicator, indicator_of(scene.charter, each)) for each in document.verdicts)
    return said.system, "", next((key for key, way in ways if way and way.id == said.indicator), "")


def _back(desk: FormDesk, of: str, token: str) -> str:
    system, _, key = of.partition(".") if "." in of else _of_case(store.scene(desk.workspace), of)
    return answer_href(system, key, query=desk.query, sent=token)


def _done(desk: FormDesk, at: Setting, _: WebForm, done: SealedStatement) -> str:
    figure = at.figure
    system, key = (figure.system, figure.key) if figure else ("", "")
    return answer_href(system, key, query=desk.query, done=str(done.entry), anchor="done")


def stating_routes(home: Path) -> list[Route]:
    """The routes of a workspace."""
    return record_routes(home, NAME, FormPage(setting=_setting, back=_back, done=_done))
