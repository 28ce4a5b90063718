"""The page of drift as data: kept between two looks, its themes, and what can be taken along of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from boussole.audits.drift.series import Step
from boussole.audits.drift.shifts import RATE
from boussole.audits.drift.two_windows import TwoWindows, complete_windows
from boussole.audits.languages import inside
from boussole.audits.mixed import joined
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from boussole.charter.drift.system_drift import Drift, beside_each_other, drift_of, with_versions
from boussole.dashboard.markup.words.say import Say, speaker_in
from boussole.dashboard.server.access.permissions import Action, allowed
from boussole.dashboard.server.process import Stamp, lake_files, newest, stamp, stamp_of
from boussole.dashboard.views import store
from boussole.dashboard.views.charts.strips import strips_svg
from boussole.dashboard.views.charts.tables import Cell, Mark, Sheet, marked, sheet_of
from boussole.dashboard.views.drift.for_whom import Part
from boussole.dashboard.views.drift.multiples import Multiple
from boussole.dashboard.views.drift.performance import FollowedRows
from boussole.dashboard.views.drift.two_periods import ANCHOR, TwoPeriods, fields_of, two_periods
from boussole.dashboard.views.drift.view import Column, DriftPage, DriftQuery
from boussole.dashboard.views.drift.view import drift_page as drawn
from boussole.dashboard.views.parts.taking import TABLE, Drawing, Figure, Source, Wanted, sealed


def drift_page(workspace: Workspace, asked: DriftQuery, lang: str, *, fine: bool, with_incidents: bool) -> DriftPage:
    """How a system has moved, drawn anew when decisions come or an audit is made.

    `fine`: weeks and days may be seen. Raises BoussoleError where it has no decision.
    """
    seen_at, today = _seen_at(workspace), store.day_in(workspace)
    return _drift_page(workspace.home, seen_at, today, (asked.alone, lang, fine, with_incidents))


def _seen_at(workspace: Workspace) -> Stamp:
    """What is looked at again when it changes: decisions, audits, shadows."""
    shadows = sorted((workspace.reports / "shadow").glob("*/*.json"))
    return (*stamp(workspace), *stamp_of([*lake_files(workspace), *shadows]))


def side_by_side(workspace: Workspace, asked: DriftQuery, page: DriftPage, say: Say) -> TwoPeriods:
    """Two periods of one column, as an address asks for them: whatever it asks, no others than those that can be
    chosen."""
    seen_at, today, system = _seen_at(workspace), store.day_in(workspace), workspace.system(asked.system)
    windows = _complete(workspace.home, seen_at, asked.system, asked.by)
    columns = [(each.anchor, each.title) for *_, found in page.sections for each in found]
    wanted = (asked.column, asked.period, asked.beside)
    fields, pair = fields_of(wanted, say, columns=columns, windows=windows, usual=page.pair, system=system)

    def read(chosen: tuple[Window, Window]) -> TwoWindows:
        return _beside(workspace.home, seen_at, today, (asked.system, chosen))

    return replace(two_periods(fields, pair, read, system, say), asked=any(wanted))


@newest(8)
def _complete(home: Path, _stamp: Stamp, system: str, step: Step) -> list[Window]:
    workspace = Workspace(home)
    return complete_windows(workspace, workspace.system(system), step=step)


@newest(50)
def _beside(home: Path, _stamp: Stamp, today: dt.date, asked: tuple[str, tuple[Window, Window]]) -> TwoWindows:
    workspace, (system, pair) = Workspace(home), asked
    return beside_each_other(workspace, workspace.system(system), pair, today=today)


@newest(8)
def _drift(home: Path, _stamp: Stamp, today: dt.date, asked: DriftQuery) -> Drift:
    """All that is measured of it, the same in every language."""
    workspace = Workspace(home)
    drift = drift_of(workspace, workspace.system(asked.system), against=asked.against, step=asked.by, today=today)
    return with_versions(drift, workspace, today=today)


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
class Theme:
    """One theme: the drawings of what moved, and of what has not, with their names."""

    id: str
    title: str
    moved: Sequence[Multiple]
    unmoved: Sequence[Multiple]
    names: str


def themes(page: DriftPage) -> list[Theme]:
    """Every theme of a page."""
    return [
        Theme(
            id=theme,
            title=title,
            moved=[each for each in found if each.state != UNMOVED],
            unmoved=[each for each in found if each.state == UNMOVED],
            names=joined(", ", [inside(each.title) for each in found if each.state == UNMOVED]),
        )
        for theme, title, found in page.sections
    ]


def uncompared(columns: Sequence[Column], say: Say) -> list[str]:
    """The windows that nothing is compared with, by the reason, in the order of time."""
    reasons: dict[str, list[str]] = {}
    for column in columns:
        if column.why:
            reasons.setdefault(column.why, []).append(column.whole)
    return [
        say("Not compared, {periods}: {why}.", periods=say.apart(periods), why=why) for why, periods in reasons.items()
    ]


def figures(wanted: Wanted) -> dict[str, Figure]:
    """The figures of one system, by the names of their places on the page; they tell nothing of incidents."""
    workspace, say = wanted.workspace, wanted.say
    fine = allowed(wanted.person.role, Action.SEE_DRIFT_REPORT)
    asked, systems = DriftQuery.of(wanted.query, fine=fine), store.with_decisions(workspace)
    if not asked.system and systems:
        asked = replace(asked, system=systems[0])
    if asked.system not in systems:
        return {}
    page = drift_page(workspace, asked, say.lang, fine=fine, with_incidents=False)
    scene = store.scene(workspace)
    source = Source(
        organisation=workspace.settings.organisation,
        about=page.system,
        period=f"{' '.join(page.columns[0].short)} – {' '.join(page.columns[-1].short)}",
        charter=scene.charter.version,
        seal=sealed(workspace, []),
    )

    def figure(title: str, sheet: Sheet, drawing: Drawing = TABLE, told: str = "", anchor: str = "") -> Figure:
        href = asked.href({"lang": say.lang}) + (f"#{anchor}" if anchor else "")
        return Figure(title=title, sentence=told, source=source, href=href, draw=lambda: drawing, fill=lambda: sheet)

    found = {"timeline": figure(say("What moved, period by period"), timeline(page, say), anchor="timeline")}
    two = side_by_side(workspace, asked, page, say)
    if two.chart is not None and two.table is not None:
        drawing = Drawing(svg=strips_svg(two.chart), notes=[two.chart.note])
        found[ANCHOR] = figure(two.title, sheet_of(two.table, say), drawing, two.told, ANCHOR)
    moved = say("How far it moved")
    for _, _, multiples in page.sections:
        for each in multiples:
            drawing = Drawing(svg=each.svg, ends=each.ends, notes=[each.distance])
            found[each.anchor] = figure(
                f"{moved} – {each.title}",
                rows_of(each, say),
                drawing,
                " ".join(each.sentences),
                each.anchor,
            )
    for followed in page.performing.figures if page.performing else ():
        drawing = Drawing(svg=followed.svg, ends=followed.ends, notes=[followed.scale])
        found[followed.anchor] = figure(
            followed.title, rows_of(followed, say), drawing, " ".join(followed.sentences), followed.anchor
        )
    for at, part in enumerate(page.for_whom.parts if page.for_whom else ()):
        drawing = TABLE if part.drawn is None else Drawing(svg=part.drawn[0])
        title = f"{say('For whom did it move?')} – {part.title}"
        found[f"for-whom-{at}"] = figure(title, groups_of(part, say), drawing, anchor="for-whom")
    return found


def timeline(page: DriftPage, say: Say) -> Sheet:
    """One row a theme, one column a period."""
    rows: list[list[Cell]] = [
        [
            title,
            *[
                Mark(verdict=cell.state, text=f"{cell.text} ({cell.note})" if cell.note else cell.text)
                for cell in cells
            ],
        ]
        for title, cells in page.rows
    ]
    return Sheet(head=[say("What"), *[" ".join(column.short) for column in page.columns]], rows=rows)


def rows_of(each: Multiple | FollowedRows, say: Say) -> Sheet:
    """The table under a drawing."""
    compared = [
        "" if isinstance(each, Multiple) and state == "not_examined" else told
        for state, told in zip(each.states, each.words, strict=True)
    ]
    return marked(each.head, each.rows, each.states, compared, say("Reading"))


def groups_of(part: Part, say: Say) -> Sheet:
    """The table of the groups under a drawing."""
    words = [say("Moved otherwise") if mark else "" for mark in part.groups.marks]
    return marked(part.groups.head, part.groups.rows, part.groups.marks, words, say("Reading"))
