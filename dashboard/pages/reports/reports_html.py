"""The page of reports as HTML, the form by which one is asked for, and where reports are taken from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from boussole.audits.errors import ReportError
from boussole.audits.languages import LANGUAGES, capital
from boussole.audits.workspace import Workspace
from boussole.charter.records import summaries
from boussole.dashboard.markup.elements import Html, details, el, join, link, stacked
from boussole.dashboard.markup.glossary import linked
from boussole.dashboard.markup.words.addresses import evidence_href, reports_href
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.pages.reports.making import Job, Report, content_to_take, make, periods
from boussole.dashboard.server.forms.forms_html import form_html
from boussole.dashboard.server.forms.model import Field, Form, Problem, Values
from boussole.dashboard.server.forms.routes import Desk, form_route
from boussole.dashboard.views.periods import period_title, report_title

# The form by which a report is asked for, where it is sent, and where reports are taken from.


MAKE, TAKE = "/report-make", "/report-file"
NEWEST = "newest"


def asking(workspace: Workspace, say: Say) -> Form | None:
    """Which period, in which language; None while nothing is audited."""
    known = periods(list(summaries(workspace)))
    if not known:
        return None
    newest = say("The newest audit of each system")
    spoken = {"fr": say("French"), "en": say("English")}
    return Form(
        id="report-make",
        path=MAKE,
        send=say("Make the report"),
        note=say("It takes some seconds. You can leave the page meanwhile: the report will be here."),
        fields=[
            Field(
                name="period",
                label=say("Period"),
                kind="choice",
                value=NEWEST,
                choices=[(NEWEST, newest), *((name, capital(period_title(name, say.lang))) for name in known)],
            ),
            Field(
                name="spoken",
                label=say("Language"),
                kind="choice",
                value=say.lang,
                choices=[(lang, spoken[lang]) for lang in LANGUAGES],
            ),
        ],
    )


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
        form_route(MAKE, home, ask=lambda desk, _: asking(desk.workspace, desk.say), act=_made, back=_back),
    ]


def _made(desk: Desk, _: str, values: Values) -> str:
    period = values.text("period")
    make(desk.workspace, period=None if period == NEWEST else period, lang=values.text("spoken"))
    return reports_href(query=desk.query, anchor="making")


def _back(desk: Desk, _: str, token: str) -> str:
    return reports_href(query=desk.query, sent=token)


# The page of reports as HTML.


def head(say: Say) -> Html:
    told = say(
        "What audits found, as a document to print, keep and check: sentences, drawings, tables and their evidence."
    )
    return join([el("h1", say("Reports")), el("p", told, class_="subtitle")])


def under_way(found: Sequence[Job], say: Say) -> Html:
    """What is being made, and how it ended."""
    if not found:
        return Html("")
    lines = [el("li", _job(job, say)) for job in found]
    tone = "unknown" if any(job.under_way for job in found) else "broken" if found[0].state == "failed" else "kept"
    return el("div", el("ul", *lines), class_=f"lead lead-{tone}", role="status", id="making")


def _job(job: Job, say: Say) -> Html:
    what = report_title(job.period, job.lang, say)
    if job.under_way:
        text = say("Being made: {what}. You can leave this page. ({n} s)", n=say.whole(job.seconds), what=what)
        return join([el("strong", text), el("progress", aria_label=say("A report is being made"))])
    if job.state == "done":
        taken = el("a", job.told, href=f"{TAKE}/{job.told}", download="")
        return join([el("strong", say("Made: {what}.", what=what)), " ", taken])
    why = job.told or say(
        "Something unexpected went wrong. Try again, and tell your administrator if it happens again."
    )
    return join([el("strong", say("Not made: {what}.", what=what)), " ", why, " ", job.next_step])


def listed(found: Sequence[Report], say: Say, *, query: Mapping[str, str]) -> Html:
    """Every report with what it holds."""
    if not found:
        return el("div", el("p", el("strong", say("No report has been made yet."))), class_="lead")
    made = say("Made ({clock})", clock=say.clock)
    head = [say("Report"), made, say("Is it as it was made?"), say("Signature"), say("File")]
    rows = [
        [
            capital(report_title(each.period, each.lang, say)),
            say.short_moment(each.made),
            _holds(each, say, query=query),
            say("not signed"),
            _take(each, say),
        ]
        for each in found
    ]  # fmt: skip
    return el(
        "section",
        el("h2", say("All reports"), id="reports"),
        stacked(head, rows, caption=say("All reports"), class_="reports", hidden_caption=True),
        class_="setting",
    )


def _take(report: Report, say: Say) -> Html | str:
    if report.state in ("changed", "damaged"):
        return say("not handed out")
    size = say.whole(max(1, report.size // 1000))
    return el("a", say("Take it (PDF, {n} kB)", n=size), href=f"{TAKE}/{report.name}", download="")


def _holds(report: Report, say: Say, *, query: Mapping[str, str]) -> Html:
    """What became of the file since it was made, and the entries of the audits it carries."""
    told = {
        "sealed": say("Yes: byte for byte as it was sealed"),
        "unsealed": say("Nobody can say: it was made before reports were sealed"),
        "changed": say("No: the file was changed after it was made. Make the report again."),
        "damaged": say("No: what is attached to it is not what was sealed. Make the report again."),
    }[report.state]
    if report.state in ("changed", "damaged"):
        return el("strong", told, class_="overdue")
    whole = [report.entry] if report.entry is not None else []
    seals = [
        link(say("entry {n}", n=str(entry)), evidence_href(query=query, entry=str(entry)))
        for entry in [*whole, *report.entries]
    ]
    return join([told, el("br"), join(seals, ", ")])


def asked(form: Form | None, say: Say, *, query: Mapping[str, str], problem: Problem | None) -> Html:
    """The form, for those who may make one."""
    if form is None:
        text = say("There is no audit to report on yet:")
        return el("div", el("p", text, " ", el("code", "boussole audit --system ID")), class_="lead")
    return el(
        "section",
        el("h2", say("Make a report"), id="make"),
        form_html(form, say, query=query, problem=problem),
        class_="setting",
    )


def checking(say: Say, *, query: Mapping[str, str]) -> Html:
    """How anybody checks a report, and what that does not prove."""
    told = [
        say(
            "The ledger holds the fingerprint of each report as it was made, and each report carries the audits it "
            "tells of. Whoever has one can check that not one byte of it was changed:"
        ),
        say("It bears no signature yet: that it is as it was made can be proved, who made it cannot."),
    ]
    way = link(say("Check a file here"), evidence_href(query=query) + "#check")
    return details(
        say("How is a report checked?"),
        el("p", linked(told[0], say), " ", way),
        el("p", say("On any machine with Boussole:"), " ", el("code", "boussole verify FILE.pdf")),
        el("p", linked(told[1], say)),
    )
