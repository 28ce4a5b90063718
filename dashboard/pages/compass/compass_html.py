"""The compass page as HTML: the tour, what waits and what changed, the compass, and what can be taken along of it."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.dashboard.markup.elements import Html, badge, el, join, link, picture, stacked
from boussole.dashboard.markup.glossary import how_to_read
from boussole.dashboard.markup.marks import word
from boussole.dashboard.markup.words.addresses import compass_href
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.views import store
from boussole.dashboard.views.charts.sheet import Sheet, mark
from boussole.dashboard.views.compass import ArticleRow, Compass, Line, compass, headline
from boussole.dashboard.views.home import Changes, Waiting
from boussole.dashboard.views.parts.lists import due_item
from boussole.dashboard.views.parts.taking import Drawing, Figure, Source, Wanted, sealed_now, systems_named, time_of
from boussole.dashboard.views.parts.taking_html import Along, nothing

# The compass page as HTML.


FEW = 3
"""So many systems still have room for their columns beside the rose."""


def head(view: Compass, say: Say) -> Html:
    """The title and the answer."""
    leads = [_lead(line) for line in view.leads]
    return el(
        "header",
        el("h1", say("Where does the charter stand?")),
        el("p", view.subtitle, class_="subtitle"),
        el(
            "div",
            el("p", el("strong", view.headline), " ", view.others),
            el("ul", *leads) if leads else None,
            *[el("p", link(cap.text, cap.href), class_="cap") for cap in view.caps],
            class_=f"lead lead-{view.tone}",
            id="answer",
        ),
    )


def overview(view: Compass, say: Say, *, along: Along = nothing) -> Html:
    """The rose beside the table that says the same: smaller for three systems, below the table for more; `along`: the
    fold under it."""
    rose = el(
        "figure",
        el(
            "div",
            picture(view.rose_unnamed, view.rose_alt, class_="rose"),
            el("ul", *[el("li", link(el("span", name), href)) for name, href in view.branches], class_="branches"),
            class_="rose-box",
        ),
        el("figcaption", view.rings_note) if view.rings_note else None,
        how_to_read("rose", say),
        along("compass"),
    )
    rows = [_row(row, view.columns, say) for row in view.rows]
    columns = [say("Article"), *view.columns, say("Questions answered")]
    verdicts = stacked(columns, rows, caption=say("Verdicts by article"), class_="verdicts", late=True)
    if len(view.columns) > FEW:
        return el("div", verdicts, rose, class_="overview overview-many", id="compass")
    few = len(view.columns) == FEW
    return el("div", rose, verdicts, class_="overview overview-few" if few else "overview", id="compass")


def empty(say: Say) -> Html:
    """A workspace without any audit: what to do first."""
    steps = [
        (say("Describe a system in a file of the folder systems/."), "boussole systems check"),
        (say("Bring its decisions in."), "boussole import FILE --system ID"),
        (say("Measure and judge them."), "boussole audit --system ID"),
    ]
    items = [el("li", text, " ", el("code", command)) for text, command in steps]
    return join(
        [
            el("h1", say("Where does the charter stand?")),
            el(
                "div",
                el("p", el("strong", say("Nobody knows yet: this workspace holds no audit."))),
                el("p", say("Three steps give the first one. Reload this page afterwards.")),
                class_="lead lead-unknown",
            ),
            el("ol", *items, class_="steps"),
            el("p", say("To see what it looks like first, build the demo:"), " ", el("code", "boussole demo")),
        ]
    )


def _lead(line: Line) -> Html:
    return el("li", link(line.question, line.href), " ", line.short)


def _row(row: ArticleRow, systems: Sequence[str], say: Say) -> list[Html | str]:
    name = el("span", el("span", str(row.order), class_="order"), link(row.title, row.href), class_="article")
    marks = [badge(verdict, say) for verdict in row.verdicts]
    if row.hrefs:
        marks = [
            link(mark, href, class_="mark", of=join([row.title, system], ", "))
            for mark, href, system in zip(marks, row.hrefs, systems, strict=True)
        ]
    return [name, *marks, f"{row.answered}/{row.asked}"]


# What waits for whoever looks, and what changed, as HTML.


def home(waiting: Waiting, changes: Changes | Html, say: Say) -> Html:
    """Both, side by side where there is room. `changes` is why they could not be read, where they could not."""
    told = changes if isinstance(changes, Html) else changes_html(changes, say)
    return el("div", waiting_html(waiting), told, class_="two home")


def waiting_html(waiting: Waiting) -> Html:
    """Votes, sessions, and what is due."""
    return el(
        "section",
        el("h2", waiting.title),
        el("ul", *[due_item(line) for line in waiting.lines], class_="lines due") if waiting.lines else None,
        None if waiting.lines else el("p", waiting.nothing),
        el("p", link(*waiting.more)) if waiting.more else None,
        id="waiting",
    )


def changes_html(changes: Changes, say: Say) -> Html:
    """The answers that changed, then what else happened."""
    lines = [_answer(line, say) for line in changes.answers]
    lines += [el("li", el("p", changes.told))] if changes.told else []
    lines += [el("li", el("p", link(each.what, each.href))) for each in changes.news]
    return el(
        "section",
        el("h2", changes.title),
        el("ul", *lines, class_="lines"),
        el("p", link(*changes.more)) if changes.more else None,
        id="changes",
    )


def _answer(line: Line, say: Say) -> Html:
    before = word(line.before or "not_examined", say)
    mark = badge(line.verdict, say, say("{before} → {after}", before=before, after=word(line.verdict, say)))
    return el("li", mark, el("p", link(line.label, line.href)))


# A tour of the first page in five steps, for a first visit.
#
# The script of pages shows it, and keeps in the browser, and nowhere else, that it was left or done.


def tour(say: Say) -> Html:
    """The tour, hidden until the script shows a step: without the script there is none."""
    steps, on, last = _steps(say), say("Next step"), say("End the tour")
    shown = [_step(number, place, text, len(steps), say) for number, (place, text) in enumerate(steps, 1)]
    buttons = [
        el("button", say("Previous step"), type="button", data_tour="back", class_="quiet"),
        el("button", on, type="button", data_tour="next", data_on=on, data_last=last),
        el("button", say("Leave the tour"), type="button", data_tour="leave", class_="quiet"),
    ]
    label = say("A tour in five steps")
    return el("section", *shown, el("p", *buttons, class_="go"), class_="tour", aria_label=label, hidden="")


def again(say: Say) -> Html:
    """The button that begins the tour anew, once it was left."""
    return el(
        "p", el("button", say("See the tour again"), type="button", data_tour="again"), class_="tour-again", hidden=""
    )


def _steps(say: Say) -> list[tuple[str, str]]:
    """What each step points at, and what it says."""
    return [
        ("#answer", say("First, the answer: which promises are kept, and which are not.")),
        ("#waiting", say("Then what awaits you: sessions, votes, answers.")),
        ("#changes", say("What has changed since your committee met last, or else since the audit before.")),
        ("#compass", say("Each branch is an article: open it. Shape, word and colour say the same.")),
        (".find input", say("Look for anything in your own words: “seniors”, “appeal”.")),
    ]


def _step(number: int, place: str, text: str, of: int, say: Say) -> Html:
    count = say("Step {n} of {all}", n=str(number), all=str(of))
    return el("div", el("p", el("strong", count), " ", text, tabindex="-1"), class_="step", data_at=place, hidden="")


# What can be taken along of the first page: the compass, with its table.


def figures(wanted: Wanted) -> dict[str, Figure]:
    """The compass; nothing where nobody has audited anything."""
    workspace, say = wanted.workspace, wanted.say
    scene, query = store.scene(workspace), {"lang": say.lang}
    if not scene.latest:
        return {}

    def view() -> Compass:
        return compass(scene, say, query=query)

    return {
        "compass": Figure(
            title=say("Where does the charter stand?"),
            sentence=headline(scene, say),
            source=Source(
                organisation=workspace.settings.organisation,
                about=systems_named([scene.title(system, say) for system in scene.examined], say),
                period=time_of(scene.latest.values(), say),
                charter=scene.charter.version,
                seal=sealed_now(workspace, scene.examined.values()),
            ),
            href=compass_href(query=query, anchor="compass"),
            draw=lambda: drawing(view()),
            fill=lambda: sheet(view(), say),
        )
    }


def drawing(view: Compass) -> Drawing:
    """The rose with its names, and how to read it."""
    return Drawing(svg=view.rose, notes=[view.rose_note])


def sheet(view: Compass, say: Say) -> Sheet:
    """The table beside the rose."""
    rows = [
        [
            f"{row.order} {row.title}",
            *[mark(verdict, say) for verdict in row.verdicts],
            f"{row.answered}/{row.asked}",
        ]
        for row in view.rows
    ]
    return Sheet(head=[say("Article"), *view.columns, say("Questions answered")], rows=rows)
