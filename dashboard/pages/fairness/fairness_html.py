"""The explorer's page as HTML, and what can be taken along of it."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.charter.document import AuditDocument
from boussole.dashboard.markup.elements import Html, badge, details, el, join, link, stacked
from boussole.dashboard.markup.glossary import how_to_read, linked
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.pages.fairness.view import Explorer, documents_of, kept_explorer, windows_of
from boussole.dashboard.views import store
from boussole.dashboard.views.charts.sheet import sheet_of
from boussole.dashboard.views.charts.strips import strips_svg
from boussole.dashboard.views.charts.tables import Table
from boussole.dashboard.views.fairness_choice import FairnessQuery
from boussole.dashboard.views.fields import Field
from boussole.dashboard.views.parts.drawings_html import strips
from boussole.dashboard.views.parts.taking import TABLE, Drawing, Figure, Source, Wanted, charters_of, sealed, time_of
from boussole.dashboard.views.parts.taking_html import Along, nothing
from boussole.dashboard.views.scene import period

# The explorer's page as HTML.


def head(say: Say, refused: Sequence[Field] = ()) -> Html:
    """What the page is for, and what of its address is not here."""
    return join(
        [
            el("h1", say("Look closer: fairness")),
            el(
                "p",
                say("One figure at a time, for every group. All of them were released by an audit."),
                class_="subtitle",
            ),
            *[_refused(field, say) for field in refused],
        ]
    )


def page(shown: Explorer, say: Say, *, along: Along = nothing) -> Html:
    """The answer, the picture and the data; `along`: the fold under each figure."""
    return join(
        [
            answer(shown, say),
            figure(shown, say),
            along("groups"),
            _over_time(shown.history, say) if shown.history else None,
            along("over-time"),
            _where_from(shown, say),
        ]
    )


def _refused(field: Field, say: Say) -> Html:
    """An address may be old, or typed: what it asked for is named, and what is shown instead."""
    shown = next((option.name for option in field.options if option.value == field.value), "")
    told = say(
        "{field}: “{asked}” is not here; shown instead: {shown}.", field=field.label, asked=field.refused, shown=shown
    )
    return el("p", told, class_="warning", role="alert")


def answer(shown: Explorer, say: Say) -> Html:
    """The sentences, and the verdict of the charter where it asks this question."""
    verdict = None
    if shown.judged is not None:
        mark, href = shown.judged
        stages = any(field.key == "stage" for field in shown.fields)
        asked = (
            say("What the charter’s question says, of all stages")
            if stages
            else say("What the charter’s question says")
        )
        verdict = el("p", link(join([badge(mark, say), el("span", asked)]), href, class_="mark"))
    other = None
    if shown.other is not None:
        mark, href, words = shown.other
        other = el("p", link(join([badge(mark, say), el("span", words)]), href, class_="mark"))
    told = [
        el("p", el("strong", shown.answer)),
        *[el("p", sentence) for sentence in shown.more],
        verdict,
        other,
        *_then(shown, say),
    ]
    tone = shown.judged[0] if shown.judged else "none"
    return el(
        "section",
        el("h2", shown.question, id="answer"),
        el("p", shown.subtitle, class_="place"),
        el("div", *told, class_=f"lead lead-{tone}", role="status"),
        class_="explored",
    )


def _then(shown: Explorer, say: Say) -> list[Html]:
    """What the second period says, told apart by its name, and by those whose decisions count with it."""
    if not shown.then:
        return []
    first, *others = shown.then
    named = join([el("strong", say("{period}:", period=shown.then_of)), " ", first])
    return [el("p", named, class_="then"), *[el("p", sentence) for sentence in others]]


def figure(shown: Explorer, say: Say) -> Html:
    """The picture, how to read it, and the table that says the same."""
    if shown.chart is None:
        return el("section", _data(shown.table, say), class_="question")
    return el(
        "section",
        el(
            "figure",
            el("figcaption", shown.chart.title),
            strips(shown.chart, say),
            el("p", linked(shown.chart.note, say), class_="note"),
            how_to_read(shown.chart.kind, say),
            _data(shown.table, say),
        ),
        *[el("p", linked(sentence, say), class_="note") for sentence in shown.apart],
        class_="question looked",
    )


def _data(given: Table, say: Say) -> Html:
    """The table that says the same; on a phone a block for each row."""
    rows = [
        [*cells, badge(verdict, say) if verdict else ""]
        for cells, verdict in zip(given.rows, given.verdicts, strict=True)
    ]
    return stacked(list(given.head), rows, caption=given.caption, class_="data", hidden_caption=True)


def _over_time(table: Table, say: Say) -> Html:
    return el("section", el("h3", table.caption), _data(table, say), class_="question")


def _where_from(shown: Explorer, say: Say) -> Html:
    """The address of the view, its seal, and what it cannot say."""
    caution = say(
        "These figures are looked at one by one, without the correction for several comparisons that verdicts have: "
        "whoever looks long enough finds a gap by chance."
    )
    ways = [link(say("The address of this view"), shown.address)]
    ways += [link(say("Sealed: {entry}", entry=entry), href) for entry, href in shown.seals]
    hidden = say(
        "Figures about too few people are hidden, here as everywhere: the page shows what an audit released and "
        "computes nothing from decisions."
    )
    return el(
        "section",
        el("p", linked(caution, say)),
        details(say("Why are some groups not shown?"), el("p", linked(hidden, say))),
        el("p", join(ways, " · "), class_="ways-on"),
    )


def empty(say: Say) -> Html:
    """No audit yet: what to do first."""
    return join(
        [
            head(say),
            el(
                "div",
                el("p", el("strong", say("There is nothing to look at yet: no audit has measured groups."))),
                el("p", say("Bring decisions in and audit them:"), " ", el("code", "boussole audit --system ID")),
                class_="lead lead-unknown",
            ),
        ]
    )


# What can be taken along of the explorer: the groups, and one of them over time.


def figures(wanted: Wanted) -> dict[str, Figure]:
    """The figures of the view that an address asks for."""
    workspace, say = wanted.workspace, wanted.say
    shown = kept_explorer(workspace, FairnessQuery.of(wanted.query), say.lang)
    audits = documents_of(workspace, shown.chosen) if shown else []
    if shown is None or not audits:
        return {}
    about = store.scene(workspace).title(shown.chosen.system, say)

    def source(of: Sequence[AuditDocument], when: str) -> Source:
        return Source(
            organisation=workspace.settings.organisation,
            about=about,
            period=when,
            charter=charters_of(of),
            seal=sealed(workspace, [each.evidence.entry for each in of]),
        )

    chart, table, history = shown.chart, shown.table, shown.history
    found = {
        "groups": Figure(
            title=table.caption,
            sentence=shown.answer,
            source=source(audits, " / ".join(period(each, say) for each in audits)),
            href=shown.address,
            draw=lambda: TABLE if chart is None else Drawing(svg=strips_svg(chart), notes=[chart.note]),
            fill=lambda: sheet_of(table, say),
        )
    }
    if history is not None:
        windows = windows_of(workspace, shown.chosen.system)
        found["over-time"] = Figure(
            title=f"{table.caption} – {history.caption}",
            source=source(windows, time_of(windows, say)),
            href=shown.address,
            fill=lambda: sheet_of(history, say),
        )
    return found
