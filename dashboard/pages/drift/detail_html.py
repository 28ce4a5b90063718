"""The part of the drift page that shows Evidently's report on the two periods that its first sentence compares."""

from __future__ import annotations

from collections.abc import Mapping

from boussole.audits.drift import stored
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from boussole.dashboard.forms.forms_html import form_html
from boussole.dashboard.forms.model import Problem
from boussole.dashboard.markup.elements import Html, code, details, el, join, link, stacked
from boussole.dashboard.pages.drift.detail_header import reading_head
from boussole.dashboard.pages.drift.detail_routes import ANCHOR, making_of, report_form
from boussole.dashboard.pages.drift.detail_words import which_to_read
from boussole.dashboard.views.drift.query import DriftQuery, address_of
from boussole.dashboard.views.drift.words import period_words
from boussole.dashboard.words.say import Say


def section(
    workspace: Workspace,
    asked: DriftQuery,
    pair: tuple[Window, Window] | None,
    say: Say,
    *,
    may_make: bool,
    query: Mapping[str, str],
    problem: Problem | None,
) -> Html:
    """The report in a frame that opens on request, or how to have it made; and which figure to read.

    Nothing where no two windows are compared. `may_make`: whoever looks may have it made.
    """
    if pair is None:
        return Html("")
    report = stored.stored(workspace.home, asked.system, stored.name_of(*pair))
    window, against = (period_words(each, say) for each in pair)
    name = say("Evidently: {window} and {against}", window=window, against=against)
    form = report_form(workspace, making_of(asked, pair), say) if may_make and report is None else None
    ends = [f"{each.start}/{each.end}" for each in pair]
    command = f"boussole drift --system {asked.system} --window {ends[0]} --against {ends[1]}"
    return el(
        "section",
        el("h2", say("In detail, on a sample (Evidently)"), id=ANCHOR),
        el(
            "p",
            say(
                "Evidently draws a sample of each of the two periods ({window}; {against}) in more detail. Where it "
                "measures the same as this page, read this page: it counts all decisions.",
                window=window,
                against=against,
            ),
        ),
        _framed(report, say, name=name)
        if report
        else el("p", say("There is no such report on these two periods yet.")),
        form_html(form, say, query=query, problem=problem) if form else None,
        details(say("Which figure to read"), _which(say), class_="folded"),
        details(say("Make it at the command line"), el("code", command)),
        class_="drift-theme",
    )


def _which(say: Say) -> Html:
    caption = say("Which figure to read")
    return stacked(reading_head(say), which_to_read(say), caption=caption, class_="data", hidden_caption=True)


def _framed(report: stored.StoredReport, say: Say, *, name: str) -> Html:
    """`page.js` puts the frame in once it is opened: Streamlit takes frames out of what it is given."""
    alone = link(say("Open it by itself (in English)"), address_of(report))
    taken = el("a", say("Take its figures (JSON)"), href=address_of(report, "json"), download="")
    return join(
        [
            el(
                "details",
                el("summary", say("Show the report here")),
                el("p", code(say("It runs apart from this page and reaches nothing.")), class_="note"),
                class_="framed",
                data_frame=address_of(report, "page"),
                data_name=name,
            ),
            el("p", join([alone, taken], " · ")),
        ]
    )
