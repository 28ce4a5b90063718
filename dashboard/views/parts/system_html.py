"""The page of a system as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from boussole.dashboard.markup.elements import Html, badge, details, el, facts, join, link, picture, table
from boussole.dashboard.markup.glossary import explained, how_to_read
from boussole.dashboard.markup.marks import word
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.views.charts.tables import Table
from boussole.dashboard.views.system import Chart, Question, Section, SystemHead


def head(page: SystemHead, say: Say, *, home: str, data: str) -> Html:
    """Breadcrumb, title, purpose, how its questions came out, and the address of what is known of its data."""
    crumbs = el("ol", el("li", link(say("The compass"), home)), el("li", page.title, aria_current="page"))
    warning = say("Judged under another version of the charter.") if page.other_charter else None
    return el(
        "header",
        el("nav", crumbs, class_="crumbs", aria_label=say("You are here")),
        el("h1", page.title),
        el("p", page.purpose, class_="subtitle"),
        counted(page.counts, say),
        el("p", warning, class_="warning") if warning else None,
        details(
            say("Details of the audit"),
            facts(page.facts) if page.facts else None,
            el("p", link(say("Where do these figures come from?"), data)),
        ),
    )


def counted(counts: Sequence[tuple[str, int]], say: Say) -> Html:
    """How the questions of a system came out: one mark for each verdict, with how many."""
    marks = [
        el("li", badge(verdict, say, say("{word}: {n}", word=word(verdict, say), n=say.whole(n))))
        for verdict, n in counts
    ]
    return el("ul", *marks, class_="counts", aria_label=say("Verdicts on its questions"))


def article(section: Section, say: Say, *, recompute: str) -> Html:
    """One article of an audit that nobody sealed: what it promises, its examined questions, and those that nobody has
    examined. `recompute`: the command that computes its figures again."""
    draft = say("Draft wording, to be replaced by the official text.") if section.draft else None
    return el(
        "div",
        el(
            "div",
            el("p", say("Article {n}", n=str(section.order)), class_="kicker"),
            el("h2", section.title, id=section.id),
            el("p", section.commitment, " ", el("span", draft, class_="draft") if draft else None, class_="commitment"),
            *[el("p", link(cap.text, cap.href), class_="cap") for cap in section.caps],
            class_="article-head",
        ),
        *[question(asked, say, recompute=recompute, report=None, sealed=False) for asked in section.questions],
        places(section.places, say) if section.places else None,
        scores(section, say, sealed=False) if section.scores or section.calibrations else None,
        not_examined(section, say),
        class_="whole" if section.questions else "whole bare",
    )


def question(
    asked: Question,
    say: Say,
    *,
    recompute: str,
    report: str | None,
    over_time: str | None = None,
    sealed: bool = True,
    seal: str | None = None,
) -> Html:
    """One question: answer first, then the picture, the data and the small print.

    Where the audit is not `sealed`, nothing says how to check its seal; `seal` is the address of its entry, `report`
    and `over_time` those of what is known of drift.
    """
    more = [
        (say("See how it moves from month to month"), over_time),
        (say("Open the detailed drift report (Evidently, in English)"), report),
    ]
    of = join([asked.number, asked.question], " ")
    links = [link(text, href, of=of) for text, href in more if href] if asked.drift else []
    if asked.closer and sealed:
        links.append(link(say("Look closer, group by group"), asked.closer, of=of))
    return el(
        "section",
        el("h3", badge(asked.verdict, say), " ", asked.question, id=asked.anchor),
        el("p", asked.sentence, class_="answer"),
        el(
            "div",
            _figure(asked, say, links=sealed),
            _small(asked, say, recompute=recompute, sealed=sealed, seal=seal),
            class_="evidence",
        ),
        el("p", join(links, " · ")) if links else None,
        class_=f"question question-{asked.verdict}",
    )


def places(given: Table, say: Say) -> Html:
    """Where groups stand in lists: one sentence and a table; no verdict rests on it."""
    return _beside(
        given,
        say("The lower people stand in a list, the less attention they get. No verdict rests on these figures."),
        caption=given.caption,
    )


def scores(section: Section, say: Say, *, sealed: bool = True) -> Html:
    """What scores are worth in each group: one sentence, a table, and what they announce against what happened; no
    verdict rests on it."""
    given = section.scores
    chance = say("50 for 100 would be chance, 100 no error. No verdict rests on these figures.")
    both = say("A score that announces too much for one group and too little for another means two things.")
    figures = [
        el(
            "figure",
            el("figcaption", each.title),
            *_drawing(each.chart, say, links=sealed),
            details(say("See the data"), _plain(each.table)),
        )
        for each in section.calibrations
    ]
    told = [chance if given else say("No verdict rests on these figures.")]
    if not given or len(given.head) > 2:
        told.append(both)
    return _beside(
        given,
        " ".join(told),
        *[el("div", figure, class_="evidence") for figure in figures],
        el("p", section.uncalibrated, class_="note") if section.uncalibrated else None,
        caption=say("What scores are worth, by group"),
    )


def _beside(given: Table | None, told: str, *more: Html | None, caption: str) -> Html:
    return el(
        "section",
        el("h3", caption),
        el("p", told, class_="answer"),
        _plain(given) if given else None,
        *more,
        class_="question",
    )


def _plain(given: Table) -> Html:
    """A table without verdicts."""
    return table(list(given.head), list(given.rows), caption=given.caption, class_="data", hidden_caption=True)


def _drawing(drawn: Chart, say: Say, *, links: bool) -> list[Html]:
    """The picture in both widths, one of which is shown, and how to read it."""
    return [
        picture(drawn.svg, drawn.alt, class_="chart chart-wide"),
        picture(drawn.narrow, drawn.alt, class_="chart chart-narrow"),
        el("p", drawn.note, class_="note"),
        how_to_read(drawn.kind, say, links=links),
    ]


def not_examined(section: Section, say: Say) -> Html:
    """The questions that nobody has examined, folded."""
    if not section.not_examined:
        return Html("")
    count = say.plural(
        "One question is not examined yet", "{n} questions are not examined yet", len(section.not_examined)
    )
    items = [el("li", el("span", text), " ", el("span", why, class_="told")) for text, why in section.not_examined]
    return details(join([badge("not_examined", say), " ", count]), el("ul", *items), class_="folded")


def data(given: Table, say: Say) -> Html:
    """A table whose last column is the mark of each row."""
    rows = [
        [*cells, badge(verdict, say) if verdict else ""]
        for cells, verdict in zip(given.rows, given.verdicts, strict=True)
    ]
    return table(list(given.head), rows, caption=given.caption, class_="data", hidden_caption=True)


def _figure(asked: Question, say: Say, *, links: bool) -> Html | None:
    if asked.chart is None and asked.table is None:
        return None
    return el(
        "figure",
        el("figcaption", asked.title),
        *(_drawing(asked.chart, say, links=links) if asked.chart else []),
        details(say("See the data"), data(asked.table, say)) if asked.table else None,
    )


def _small(asked: Question, say: Say, *, recompute: str, sealed: bool, seal: str | None) -> Html:
    again = [el("p", say("With the decisions at hand:")), el("code", recompute)]
    if sealed:
        again += [el("p", say("The seal of every audit:")), el("code", "boussole verify --ledger")]
    listed = partial(explained, say=say) if sealed else facts
    return el(
        "div",
        listed(asked.small),
        details(say("What is measured, why this level, which law"), listed(asked.background))
        if asked.background
        else None,
        el("p", link(say("See the seal of this audit"), seal)) if seal else None,
        details(say("Compute it again"), *again),
        class_="small",
    )
