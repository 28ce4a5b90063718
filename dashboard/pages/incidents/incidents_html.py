"""The page of incidents and appeals as HTML, which forms it shows to whom, and where they are sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from starlette.routing import Route

from boussole.charter.deadlines.incidents import incidents as incidents_of
from boussole.charter.record_types.incidents import Appeal
from boussole.charter.record_types.inputs import WebForm
from boussole.dashboard.markup.elements import Child, Html, details, el, facts, join, link, stacked, table
from boussole.dashboard.markup.words.addresses import incidents_href
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.pages.incidents.view import AppealRow, Appeals, IncidentsPage, IncidentView
from boussole.dashboard.server.access.permissions import Action, Role, allowed
from boussole.dashboard.server.access.person import Person
from boussole.dashboard.server.forms.forms_html import PageForms, Titled
from boussole.dashboard.server.forms.routes import Desk
from boussole.dashboard.views.records.entering import FormPage, offered, record_routes
from boussole.dashboard.views.records.form import LISTS
from boussole.dashboard.views.records.setting import Setting
from boussole.dashboard.views.scene import Scene

# The page of incidents and appeals as HTML.


def head(page: IncidentsPage, say: Say) -> Html:
    """The title, and how things stand."""
    return el(
        "header",
        el("h1", say("Incidents and appeals")),
        el("p", say("What went wrong with a system, and what job seekers contest."), class_="subtitle"),
        el(
            "div",
            el("p", el("strong", page.headline), " ", page.others),
            el("p", page.appeals.headline),
            class_=f"lead lead-{page.tone}",
        ),
        el("p", link(say("Incidents"), "#incidents"), link(say("Appeals"), "#appeals"), class_="jumps"),
    )


def incidents(page: IncidentsPage, say: Say, acting: PageForms, *, opening: Sequence[Titled]) -> Html:
    """The incidents: open ones first; closed ones on request."""
    closed = (
        details(
            say.plural("One closed incident", "{n} closed incidents", len(page.closed)),
            *[_incident(each, say, acting) for each in page.closed],
            class_="folded",
        )
        if page.closed
        else None
    )
    return el(
        "section",
        el("h2", say("What went wrong?"), id="incidents"),
        *[_incident(each, say, acting) for each in page.open],
        el("p", say("No incident is open.")) if not page.open else None,
        el("p", page.in_time, class_="told") if page.in_time else None,
        closed,
        *acting.shown(opening, say),
        details(say("What do these words mean?"), facts(page.words), class_="folded meanings"),
        class_="house-of incidents",
    )


def _incident(each: IncidentView, say: Say, acting: PageForms) -> Html:
    deadlines = [
        el("li", el("strong", text, class_="overdue" if late else None), " ", el("span", law, class_="told"))
        for text, late, law in each.deadlines
    ]
    news = [
        el("li", el("p", head, " · ", link(*sealed), class_="place"), el("p", text) if text else None)
        for head, text, sealed in each.news
    ]
    return el(
        "article",
        el("h3", el("span", each.name, class_=f"grade grade-{each.severity}"), " ", each.title, id=f"i-{each.entry}"),
        el("p", each.told, " ", join([link(*about) for about in each.about], " · "), class_="place"),
        el("p", each.text, class_="words"),
        el("ul", *deadlines, class_="deadlines") if deadlines else None,
        join([el("h4", say("Since then")), el("ul", *news, class_="lines")]) if news else None,
        facts(each.ended) if each.ended else None,
        el("p", say("Sealed:"), " ", link(*each.sealed), class_="place"),
        *(acting.of(each.entry, say) if not each.closed else []),
        class_="incident",
    )


def appeals(page: IncidentsPage, say: Say, acting: PageForms, *, forms: Sequence[Titled]) -> Html:
    """Appeals: counts and delays; one by one for those who handle them."""
    told = page.appeals
    return el(
        "section",
        el("h2", say("What is contested?"), id="appeals"),
        el("p", el("strong", told.headline)),
        facts(told.facts) if told.facts else None,
        _counts(told, say),
        el("p", told.hidden, class_="note") if told.hidden else None,
        _single(told, say),
        *acting.shown(forms, say),
        class_="house-of appeals",
    )


def _counts(told: Appeals, say: Say) -> Html | None:
    tables = []
    if told.systems:
        columns = [say("System"), say("Received"), say("Late"), say("Half were decided within")]
        tables.append(
            table(columns, [list(row) for row in told.systems], caption=say("Appeals by system"), class_="data")
        )
    for caption, rows in ((say("Appeals by ground"), told.grounds), (say("Appeals by outcome"), told.outcomes)):
        if rows:
            tables.append(
                table(
                    [caption, say("How many")],
                    [list(row) for row in rows],
                    caption=caption,
                    class_="data",
                    hidden_caption=True,
                )
            )
    return el("div", *tables, class_="counted") if tables else None


def _single(told: Appeals, say: Say) -> Html | None:
    if not told.rows:
        return None
    columns = [say("Appeal"), say("System"), say("Asks for"), say("Ground"), say("Deadline"), say("Outcome")]
    listed = stacked(
        columns, [_row(row, say) for row in told.rows], caption=say("Appeals, late ones first"), class_="house"
    )
    more = el("p", told.more, class_="told") if told.more else None
    return join([el("h3", say("One by one")), listed, more])


def _row(row: AppealRow, say: Say) -> list[Child]:
    return [
        join([el("span", row.number, class_="number"), " ", link(*row.sealed)]),
        row.about,
        join([row.asks, el("span", row.text, class_="under words") if row.text else None]),
        row.ground,
        join([el("span", row.when, class_="overdue" if row.late else None), el("span", row.took, class_="under")]),
        row.outcome or say("Not decided"),
    ]


# Which forms the page of incidents and appeals shows to whom.


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


# Where the forms of incidents and appeals are sent.


def _setting(desk: Desk, of: str, form: WebForm) -> Setting | None:
    """The incident of an entry, where a form is about one."""
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
