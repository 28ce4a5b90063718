"""The page of one answer as HTML: what anybody needs above the folds, the rest below."""

from __future__ import annotations

from dataclasses import dataclass

from boussole.audits.languages import inside
from boussole.dashboard.markup.elements import Html, badge, details, el, facts, link, picture, stacked
from boussole.dashboard.markup.glossary import how_to_read
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.pages.answer.along import columns
from boussole.dashboard.pages.answer.view import AnswerPage, Deed
from boussole.dashboard.views.answers.course import AroundStart, Course
from boussole.dashboard.views.answers.teams import ByTeam
from boussole.dashboard.views.parts import system_html
from boussole.dashboard.views.parts.taking_html import Along, nothing

SHOWN = 2
"""Things done that are told at once."""


@dataclass(frozen=True, kw_only=True)
class Doors:
    """Where the actions lead; empty where the reader may not do them."""

    contest: str
    ask: str


@dataclass(frozen=True, kw_only=True)
class Behind:
    """Where the small print leads: the command that computes again, the drift report, the drift of the system."""

    recompute: str
    report: str | None
    over_time: str | None
    seal: str | None


def head(page: AnswerPage, say: Say, *, home: str) -> Html:
    """Where one is, the question, and the answer in one sentence."""
    crumbs = el(
        "ol",
        el("li", link(say("The compass"), home)),
        el("li", link(page.title, page.system_href)),
        el("li", link(page.article, page.article_href)),
    )
    beside = " ".join(page.beside)
    warning = say("Judged under another version of the charter.") if page.other_charter else None
    return el(
        "header",
        el("nav", crumbs, class_="crumbs", aria_label=say("You are here")),
        el("h1", page.question, class_="asked-here"),
        el(
            "div",
            el("p", badge(page.verdict, say), " ", el("span", page.when, class_="told") if page.when else None),
            el("p", page.sentence, class_="in-one"),
            el("p", beside, class_="told") if beside else None,
            *[el("p", link(cap.text, cap.href), class_="cap") for cap in page.caps[:1]],
            class_=f"lead lead-{page.verdict}",
        ),
        el("p", warning, class_="warning") if warning else None,
        class_="one-answer",
    )


def actions(page: AnswerPage, say: Say, doors: Doors, *, along: Along = nothing) -> Html:
    """What a reader can do with the answer; `along`: the fold to take a figure along."""
    ways = [
        (say("Contest"), doors.contest),
        (say("Ask a question"), doors.ask),
        (say("Proof"), page.proof),
    ]
    buttons = [el("li", link(text, href, class_="take")) for text, href in ways if href]
    return el(
        "nav",
        el("ul", *buttons, class_="takes"),
        along("answer"),
        class_="do",
        aria_label=say("What you can do with this answer"),
    )


def pictures(page: AnswerPage, say: Say, *, along: Along = nothing) -> Html:
    """The groups for a hundred people, and the same figure over time, with the fold under it."""
    parts = [_groups(page, say), *[_around(each, say) for each in page.around]]
    parts += [_course(page.course, say, along) if page.course else None]
    parts += [_teams(page.teams, say) if page.teams else None]
    if page.lost:
        parts.append(el("p", say("The versions of the model cannot be read now."), class_="note"))
    return el("div", *parts, class_="pictures") if any(parts) else Html("")


def _groups(page: AnswerPage, say: Say) -> Html | None:
    """The dots; of what is not compared between groups, its own drawing."""
    detail = page.detail
    if page.picture is not None:
        drawn = (page.picture.wide, page.picture.narrow, page.picture.alt)
        title = say("For 100, with the interval that decides")
    elif detail is not None and detail.chart is not None:
        drawn, title = (detail.chart.svg, detail.chart.narrow, detail.chart.alt), detail.title
    else:
        return None
    wide, narrow, alt = drawn
    return el(
        "section",
        el("h2", title),
        el(
            "figure",
            picture(wide, alt, class_="chart chart-wide"),
            picture(narrow, alt, class_="chart chart-narrow"),
        ),
        how_to_read("hundred" if page.picture or detail is None or detail.chart is None else detail.chart.kind, say),
        class_="picture-of",
    )


def _around(told: AroundStart, say: Say) -> Html:
    """The months around the start of one outcome."""
    columns_ = [say("Month"), say("For 100 people"), say("Very probably between"), say("Agencies")]
    return el(
        "section",
        el("h2", say("Before and after the start: {outcome}", outcome=inside(told.title))),
        el(
            "figure",
            picture(told.svg, told.alt, class_="chart chart-wide"),
            picture(told.narrow, told.alt, class_="chart chart-narrow"),
        ),
        *[el("p", each, class_="told") for each in told.told],
        details(say("How to read this"), *[el("p", each, class_="told") for each in told.reading]),
        details(
            say("See the data"),
            stacked(columns_, told.rows, caption=say("Before and after the start"), class_="data", hidden_caption=True),
        ),
        class_="picture-of",
    )


def _course(told: Course, say: Say, along: Along) -> Html:
    happened = [
        el("li", link(each.text, each.href), el("span", " · ", say.date(each.on), class_="told"))
        for each in told.happened
    ]
    return el(
        "section",
        el("h2", say("Over time")),
        el("p", told.whom, class_="told") if told.whom else None,
        el(
            "figure",
            picture(told.svg, told.alt, class_="chart chart-wide"),
            picture(told.narrow, told.alt, class_="chart chart-narrow"),
        ),
        el("ol", *happened, class_="happened-then") if happened else None,
        details(
            say("See the data"),
            el("p", told.levels) if told.levels else None,
            el("p", told.note) if told.note else None,
            stacked(columns(say), told.rows, caption=say("Over time"), class_="data", hidden_caption=True),
        ),
        along("over-time"),
        class_="picture-of",
    )


def _teams(told: ByTeam, say: Say) -> Html:
    """The teams behind the figure: those that clearly differ at once, all of them in a fold."""
    columns_ = [
        say("Team"), say("Lists reviewed"), say("Changed, in 100"), say("Very probably between"),
        say("Beside all others"),
    ]  # fmt: skip
    caption = say("Team by team")
    differ = stacked(columns_, told.apart, caption=caption, class_="data", hidden_caption=True) if told.apart else None
    n = len(told.rows)
    return el(
        "section",
        el("h2", caption),
        el("p", told.told),
        differ,
        details(say("How to read this"), *[el("p", each, class_="told") for each in told.reading]),
        details(
            say.plural("See the only team", "See all {n} teams", n),
            stacked(columns_, told.rows, caption=caption, class_="data", hidden_caption=True),
        ),
        class_="picture-of",
    )


def promise(page: AnswerPage, say: Say) -> Html:
    """What was promised, what was done about it, and what is not known."""
    shown, rest = page.deeds[:SHOWN], page.deeds[SHOWN:]
    more = say.plural("See one more thing", "See {n} more things", len(rest))
    return el(
        "div",
        el(
            "section",
            el("h2", say("What was promised")),
            el("p", link(page.article, page.article_href)),
            el("p", page.promised),
            el("p", page.level) if page.level else None,
        ),
        el(
            "section",
            el("h2", say("What was done about it")),
            el("ul", *map(_deed, shown), class_="lines") if shown else el("p", say("Nothing is recorded.")),
            details(more, el("ul", *map(_deed, rest), class_="lines")) if rest else None,
        ),
        el("section", el("h2", say("What is not known")), *[el("p", each) for each in page.unknown]),
        class_="three",
    )


def _deed(each: Deed) -> Html:
    became = el("span", f" · {each.became}", class_="told") if each.became else None
    return el("li", el("span", f"{each.kind} · ", class_="told"), link(each.text, each.href), became)


def behind(page: AnswerPage, say: Say, there: Behind) -> Html:
    """All that goes with the figure, in folds: the whole sentence, tables, small print, what stands beside it."""
    section = page.section
    parts: list[Html | None] = [el("p", page.whole, class_="answer") if page.whole != page.sentence else None]
    if page.detail is not None:
        parts.append(
            system_html.question(
                page.detail,
                say,
                recompute=there.recompute,
                report=there.report,
                over_time=there.over_time,
                seal=there.seal,
            )
        )
    elif page.verdict == "not_examined":
        parts.append(facts(page.asked))
    if section.places:
        parts.append(system_html.places(section.places, say))
    if section.scores or section.calibrations:
        parts.append(system_html.scores(section, say))
    draft = say("Draft wording, to be replaced by the official text.") if section.draft else None
    charter = el("p", section.commitment, " ", el("span", draft, class_="draft") if draft else None)
    return el(
        "section",
        el("h2", say("To go further")),
        details(say("Everything that goes with this figure"), *parts),
        details(say("The article of the charter"), charter, *[_cap(page, at) for at in range(1, len(page.caps))]),
        class_="behind",
    )


def _cap(page: AnswerPage, at: int) -> Html:
    cap = page.caps[at]
    return el("p", link(cap.text, cap.href), class_="cap")
