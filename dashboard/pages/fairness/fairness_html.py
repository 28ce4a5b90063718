"""The explorer's page as HTML."""

from __future__ import annotations

from boussole.dashboard.charts.tables import Table
from boussole.dashboard.markup.elements import Html, badge, details, el, join, link, picture
from boussole.dashboard.markup.glossary import how_to_read, linked
from boussole.dashboard.pages.fairness.view import Explorer
from boussole.dashboard.parts.choosing_html import choice, choosing
from boussole.dashboard.parts.system_html import data
from boussole.dashboard.parts.taking.fold_html import Along, nothing
from boussole.dashboard.views.fairness_choice import Field
from boussole.dashboard.words.addresses import FAIRNESS
from boussole.dashboard.words.say import Say


def page(shown: Explorer, say: Say, *, along: Along = nothing) -> Html:
    """What is asked, the answer, the picture and the data; `along`: the fold under each figure."""
    refused = [_refused(field, say) for field in shown.fields if field.refused]
    return join(
        [
            el("h1", say("Look closer: fairness")),
            el(
                "p",
                say("One figure at a time, for every group. All of them were released by an audit."),
                class_="subtitle",
            ),
            *refused,
            form(shown, say),
            answer(shown, say),
            figure(shown, say),
            along("groups"),
            _over_time(shown.history, say) if shown.history else None,
            along("over-time"),
            _where_from(shown, say),
        ]
    )


def form(shown: Explorer, say: Say) -> Html:
    """The choices, as an address that can be shared."""
    fields = [
        choice(field.key, field.label, ((option.value, option.name) for option in field.options), field.value)
        for field in shown.fields
    ]
    return choosing(fields, say, action=FAIRNESS)


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
    ]
    tone = shown.judged[0] if shown.judged else "none"
    return el(
        "section",
        el("h2", shown.question, id="answer"),
        el("p", shown.subtitle, class_="place"),
        el("div", *told, class_=f"lead lead-{tone}", role="status"),
    )


def figure(shown: Explorer, say: Say) -> Html:
    """The picture, how to read it, and the table that says the same."""
    if shown.chart is None:
        return el("section", data(shown.table, say), class_="question")
    chart = shown.chart
    return el(
        "section",
        el(
            "figure",
            el("figcaption", shown.title),
            picture(chart.svg, chart.alt, class_="chart chart-wide"),
            picture(chart.narrow, chart.alt, class_="chart chart-narrow"),
            el("p", linked(chart.note, say), class_="note"),
            how_to_read(chart.kind, say),
            data(shown.table, say),
        ),
        class_="question looked",
    )


def _over_time(table: Table, say: Say) -> Html:
    return el("section", el("h3", table.caption), data(table, say), class_="question")


def _where_from(shown: Explorer, say: Say) -> Html:
    """The address of the view, its seal, and what it cannot say."""
    caution = say(
        "These figures are looked at one by one, without the correction for several comparisons that verdicts have: "
        "whoever looks long enough finds a gap by chance."
    )
    ways = [link(say("The address of this view"), shown.address)]
    if shown.seal is not None:
        ways.append(link(say("Sealed: {entry}", entry=shown.seal[0]), shown.seal[1]))
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
            el("h1", say("Look closer: fairness")),
            el(
                "div",
                el("p", el("strong", say("There is nothing to look at yet: no audit has measured groups."))),
                el("p", say("Bring decisions in and audit them:"), " ", el("code", "boussole audit --system ID")),
                class_="lead lead-unknown",
            ),
        ]
    )
