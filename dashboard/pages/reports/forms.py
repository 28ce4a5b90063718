"""The form by which a report is asked for, and where reports are taken from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from boussole.audits.errors import ReportError
from boussole.audits.languages import capital
from boussole.audits.workspace import Workspace
from boussole.charter.records import summaries
from boussole.charter.records.store.summaries import AuditSummary
from boussole.dashboard.markup.words import Say, language_names
from boussole.dashboard.markup.words.addresses import reports_href
from boussole.dashboard.pages.reports.view import TAKE, ReportsQuery, content_to_take, make, periods
from boussole.dashboard.server.forms import Form, FormDesk, FormField, FormValues, form_route
from boussole.dashboard.views import store
from boussole.dashboard.views.papers import period_title

MAKE, NEWEST, EVERY = "/report-make", "newest", "every-system"


def asking(history: Sequence[AuditSummary], titles: Mapping[str, str], say: Say) -> Form | None:
    """Which period, in which language, about which system; None while nothing is audited. `titles`: of systems."""
    known = periods(history)
    if not known:
        return None
    audited = [(name, titles.get(name, name)) for name in sorted({each.system for each in history})]
    newest = say("The newest audit of each system")
    return Form(
        id="report-make",
        path=MAKE,
        send=say("Make the report"),
        note=say("It takes some seconds. You can leave the page meanwhile: the report will be here."),
        fields=[
            FormField(
                name="period",
                label=say("Period"),
                kind="choice",
                value=NEWEST,
                choices=[(NEWEST, newest), *((name, capital(period_title(name, say.lang))) for name in known)],
            ),
            FormField(
                name="spoken",
                label=say("Language"),
                kind="choice",
                value=say.lang,
                choices=list(language_names(say).items()),
            ),
            FormField(
                name="system",
                label=say("System"),
                kind="choice",
                value=EVERY,
                choices=[(EVERY, say("All systems")), *audited],
            ),
        ],
    )


def asked_for(form: Form, chosen: ReportsQuery, say: Say) -> Form:
    """The form of one report: what was chosen on the page goes with it, and is held to what the form offers."""
    values = {
        "period": chosen.period or NEWEST,
        "spoken": chosen.language or say.lang,
        "system": chosen.system or EVERY,
    }
    offered = {each.name: dict(each.choices) for each in form.fields}
    period = offered["period"].get(values["period"])
    if period is None:
        values["period"], period = NEWEST, offered["period"][NEWEST]
    language = offered["spoken"][values["spoken"]]
    system = offered["system"].get(values["system"])
    if system is None:
        values["system"], system = EVERY, offered["system"][EVERY]
    if values["period"] == NEWEST and values["system"] != EVERY:
        period = say("The newest audit")
    what = {"period": period, "language": language.lower() if say.lang == "fr" else language}
    if values["system"] != EVERY:
        told = f"{say('{period}, in {language}: {systems}', **what, systems=system)}."
    elif values["period"] == NEWEST:
        told = f"{say('{period}, in {language}', **what)}."
    else:
        told = say("{period}, in {language}, with every system that was audited then.", **what)
    fields = [replace(each, kind="hidden", value=values[each.name]) for each in form.fields]
    return replace(form, fields=fields, note=f"{told} {form.note}")


def report_routes(home: Path) -> list[Route]:
    """Where a report is asked for, and taken from."""

    def take(request: Request) -> Response:
        name = request.path_params["name"]
        try:
            content = content_to_take(Workspace(home), name)
        except ReportError as error:
            return PlainTextResponse(f"{error}\n", status_code=409)
        if content is None:
            return PlainTextResponse("There is no such report.\n", status_code=404)
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(content, media_type="application/pdf", headers=headers)

    return [
        Route(TAKE + "/{name}", take),
        form_route(MAKE, home, ask=_ask, act=_made, back=_back),
    ]


def _ask(desk: FormDesk, _: str) -> Form | None:
    titles = store.scene(desk.workspace).titles(desk.say)
    return asking(summaries(desk.workspace), titles, desk.say)


def _made(desk: FormDesk, _: str, values: FormValues) -> str:
    period = values.text("period")
    system = values.text("system")
    systems = () if system == EVERY else (system,)
    make(desk.workspace, period=None if period == NEWEST else period, lang=values.text("spoken"), systems=systems)
    return reports_href(query=desk.query, anchor="making")


def _back(desk: FormDesk, _: str, token: str) -> str:
    return reports_href(query=desk.query, sent=token)
