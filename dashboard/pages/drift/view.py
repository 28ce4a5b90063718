"""The page of drift as data, kept between two looks: its themes, figures to take along, and Evidently's report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from boussole.audits.drift import stored
from boussole.audits.drift.shifts import RATE
from boussole.audits.languages import inside
from boussole.audits.mixed import joined
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from boussole.charter.drift.system_drift import Drift, drift_of
from boussole.dashboard.markup.elements import el, source
from boussole.dashboard.markup.words import Say, speaker_in
from boussole.dashboard.server.process import Stamp, lake_files, newest, stamp, stamp_of
from boussole.dashboard.views import store
from boussole.dashboard.views.drift.multiples import Multiple
from boussole.dashboard.views.drift.view import DriftPage, DriftQuery, WindowColumn, address_of
from boussole.dashboard.views.drift.view import drift_page as drawn
from boussole.dashboard.views.drift.words import period_words

# The page of drift as data: kept between two looks, its themes, and what can be taken along of it.


def drift_page(workspace: Workspace, asked: DriftQuery, lang: str, *, fine: bool, with_incidents: bool) -> DriftPage:
    """How a system has moved, in weeks and days too where `fine`; raises BoussoleError where it has no decision."""
    seen_at, today = _seen_at(workspace), store.day_in(workspace)
    return _drift_page(workspace.home, seen_at, today, (asked, lang, fine, with_incidents))


def _seen_at(workspace: Workspace) -> Stamp:
    return (*stamp(workspace), *stamp_of(lake_files(workspace)))


@newest(8)
def _drift(home: Path, _stamp: Stamp, today: dt.date, asked: DriftQuery) -> Drift:
    workspace = Workspace(home)
    return drift_of(workspace, workspace.system(asked.system), against=asked.against, step=asked.by, today=today)


@newest(400)
def _drift_page(home: Path, _stamp: Stamp, today: dt.date, shown: tuple[DriftQuery, str, bool, bool]) -> DriftPage:
    workspace, (asked, lang, fine, with_incidents) = Workspace(home), shown
    return drawn(
        store.scene(workspace),
        _drift(home, _stamp, today, asked),
        asked,
        speaker_in(workspace, lang),
        query={"lang": lang},
        systems=store.with_decisions(workspace),
        fine=fine,
        with_incidents=with_incidents,
    )


YEARS = round(1 / RATE)
"""In one of so many years chance would make some figure seem to move for good."""
UNMOVED = "kept"


@dataclass(frozen=True, kw_only=True)
class DriftTheme:
    """One theme: the drawings of what moved, and of what has not, with their names."""

    id: str
    title: str
    moved: Sequence[Multiple]
    unmoved: Sequence[Multiple]
    names: str


def themes(page: DriftPage) -> list[DriftTheme]:
    """Every theme of a page."""
    return [
        DriftTheme(
            id=theme,
            title=title,
            moved=[each for each in found if each.state != UNMOVED],
            unmoved=[each for each in found if each.state == UNMOVED],
            names=joined(", ", [inside(each.title) for each in found if each.state == UNMOVED]),
        )
        for theme, title, found in page.sections
    ]


def uncompared(columns: Sequence[WindowColumn], say: Say) -> list[str]:
    """The windows that nothing is compared with, by the reason, in the order of time."""
    reasons: dict[str, list[str]] = {}
    for column in columns:
        if column.why:
            reasons.setdefault(column.why, []).append(column.whole)
    return [
        say("Not compared, {periods}: {why}.", periods=say.apart(periods), why=why) for why, periods in reasons.items()
    ]


# Evidently's report: where it is served, an origin of its own that reaches nothing.


ALL, ONE, PAGE, JSON = (
    "/drift-report/{system}",
    "/drift-report/{system}/{name}",
    "/drift-report/{system}/{name}/page",
    "/drift-report/{system}/{name}/json",
)
REPORT = "detail"
"""The place of the report on the page."""
SANDBOX = (
    "sandbox allow-scripts; default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; "
    "connect-src 'none'; form-action 'none'; base-uri 'none'; frame-src 'none'; worker-src 'none'; "
    "frame-ancestors 'self'; script-src {scripts}"
)
"""For documents others made: the scripts they were made with run in an origin of their own, and reach nothing."""
STYLE = "html,body,iframe{margin:0;border:0;width:100%;height:100%;display:block}"
AROUND = f"default-src 'none'; style-src {source(STYLE)}; frame-src 'self'; base-uri 'none'; frame-ancestors 'self'"
"""For what is around them: it runs nothing, and keeps what is in its frame from going elsewhere."""
_HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "X-DNS-Prefetch-Control": "off"}
FRAMED = {"sandbox": "allow-scripts", "referrerpolicy": "no-referrer"}


def detail_routes(home: Path) -> list[Route]:
    """A system's newest report, one report, its page and its JSON."""

    def newest(request: Request) -> Response:
        found = stored.newest(home, request.path_params["system"])
        return RedirectResponse(address_of(found), status_code=303, headers=_HEADERS) if found else _none()

    def one(request: Request) -> Response:
        found = _asked(home, request)
        return HTMLResponse(around(found), headers=_HEADERS | {"Content-Security-Policy": AROUND}) if found else _none()

    def page(request: Request) -> Response:
        found = _asked(home, request)
        if found is None:
            return _none()
        if request.headers.get("sec-fetch-dest") == "document":  # by itself it could send its reader elsewhere
            return RedirectResponse(address_of(found), status_code=303, headers=_HEADERS)
        headers = _HEADERS | {"Content-Security-Policy": policy(stored.scripts_of(found))}
        return FileResponse(found.html, media_type="text/html", headers=headers)

    def as_json(request: Request) -> Response:
        found = _asked(home, request)
        if found is None or not found.json.is_file():
            return _none()
        name = f"{found.system}_{found.json.name}"
        return FileResponse(found.json, media_type="application/json", filename=name, headers=_HEADERS)

    return [
        Route(ALL, newest),
        Route(ONE, one),
        Route(PAGE, page),
        Route(JSON, as_json),
    ]


def policy(scripts: Sequence[str]) -> str:
    """What a page may do, in which only scripts of these hashes run.

    >>> policy([]).endswith("script-src 'none'")
    True
    """
    return SANDBOX.format(scripts=" ".join(f"'{each}'" for each in scripts) or "'none'")


def around(report: stored.StoredReport) -> str:
    """A page that holds nothing but the report, in a frame."""
    title = f"{report.system}: {report.name}"
    frame = el("iframe", src=address_of(report, "page"), title=title, **FRAMED)
    head = el("head", el("meta", charset="utf-8"), el("title", title), el("style", STYLE))
    return "<!DOCTYPE html>" + str(el("html", head, el("body", frame), lang="en"))


def _asked(home: Path, request: Request) -> stored.StoredReport | None:
    return stored.stored(home, request.path_params["system"], request.path_params["name"])


def _none() -> Response:
    return PlainTextResponse("There is no drift report of this system and these periods.\n", status_code=404)


@dataclass(frozen=True, kw_only=True)
class DetailView:
    """The report on the two periods that the page compares: its address, if any, and the command that makes it."""

    window: str
    against: str
    name: str
    report: str | None
    command: str


def detail_view(
    workspace: Workspace, asked: DriftQuery, pair: tuple[Window, Window] | None, say: Say
) -> DetailView | None:
    """The report in the drift page; None where no windows are compared."""
    if pair is None:
        return None
    report = stored.stored(workspace.home, asked.system, stored.name_of(*pair))
    window, against = (period_words(each, say) for each in pair)
    ends = [f"{each.start}/{each.end}" for each in pair]
    return DetailView(
        window=window,
        against=against,
        name=say("Evidently: {window} and {against}", window=window, against=against),
        report=address_of(report) if report else None,
        command=f"boussole drift --system {asked.system} --window {ends[0]} --against {ends[1]}",
    )
