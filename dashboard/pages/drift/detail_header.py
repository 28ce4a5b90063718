"""What stands above Evidently's part of the page, in both languages: what it is of, and which figure to read."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.audits.drift.evidently_figures import FigurePair
from boussole.audits.drift.report import Detail
from boussole.audits.languages import LANGUAGES
from boussole.audits.measures import Measure
from boussole.dashboard.markup.elements import Html, details, el, facts, join, table
from boussole.dashboard.pages.drift.detail_words import (
    chance_words,
    column_words,
    design_words,
    method_words,
    order_words,
    reading_words,
    reason_words,
    told_words,
    which_to_read,
)
from boussole.dashboard.views.drift.words import beside_words, period_words, why_not
from boussole.dashboard.words.say import Say, speaker

MOST = 200
"""Lines of a list."""
LEAST = 0.0001
"""Of a figure, the least that is written out."""
_STYLE = """
.boussole{font:16px/1.5 'Source Sans 3',system-ui,sans-serif;color:#1b2330;background:#fff}
.boussole{max-width:72rem;margin:0 auto;padding:1.5rem}
.boussole h1{font-size:1.6rem;line-height:1.25;margin:.2em 0}.boussole h2{font-size:1.15rem;margin:1.4em 0 .4em}
.boussole table{border-collapse:collapse;width:100%}.boussole caption{text-align:left;font-weight:600;padding:.4em 0}
.boussole th,.boussole td{text-align:left;vertical-align:top;padding:.35em .8em .35em 0;border-top:1px solid #cdd3dc}
.boussole td{font-variant-numeric:tabular-nums}.boussole .scroll{overflow-x:auto}
.boussole summary{cursor:pointer;font-weight:600;padding:.5em 0}
.boussole dt{font-weight:600}.boussole dd{margin:0 0 .5em}
.boussole td:last-child{min-width:13rem}
.boussole .unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.boussole .lead{border-left:4px solid #8a5a00;padding:.2em 0 .2em .8em}
"""


def header(detail: Detail, language: str) -> str:
    """The header of a report, the language given first and open, the other one folded."""
    order = sorted(LANGUAGES, key=lambda lang: lang != language)
    say, *others = (speaker(lang) for lang in order)
    names = {"fr": "Français", "en": "English"}
    evidently = say("Evidently’s page (version {version}, in English)", version=detail.page.version)
    return str(
        el(
            "header",
            el("style", Html(_STYLE)),
            el("div", _told(detail, say), lang=say.lang),
            *[el("div", details(names[other.lang], _told(detail, other)), lang=other.lang) for other in others],
            el("h2", evidently, lang=say.lang),
            class_="boussole",
        )
    )


def title(detail: Detail, say: Say) -> str:
    """What the report is of."""
    pair = detail.pair
    return say(
        "{system}: {period} compared with {against}, seen by Evidently",
        system=say.text(pair.system.title),
        period=period_words(pair.window, say),
        against=beside_words(pair.against, say),
    )


def _told(detail: Detail, say: Say) -> Html:
    columns = detail.page.columns
    left_out = [
        say(
            "{name}: {value}",
            name=column_words(name, detail.pair.system, say),
            value=reason_words(reason, detail, say),
        )
        for name, reason in columns.left_out.items()
    ]
    noticed = [told_words(each, detail, say) for each in detail.told]
    sampled = facts(
        [
            (period_words(detail.pair.window, say), design_words(detail.designs[0], say)),
            (period_words(detail.pair.against, say), design_words(detail.designs[1], say)),
            (say("How it is drawn"), order_words(say)),
            (say("What chance does"), chance_words(detail, say)),
        ]
    )
    return join(
        [
            el("h1", title(detail, say)),
            el(
                "p",
                " ".join(
                    [
                        say(
                            "This page shows samples. Boussole’s figures count all decisions: where both measure the "
                            "same, read Boussole’s. It holds neither identifiers nor groups."
                        ),
                        say("“Drift detected” below means Evidently’s own limits, not the level of the charter."),
                    ]
                ),
                class_="lead",
            ),
            sampled,
            _lines(say("Left out, and why"), left_out, say),
            _lines(say("To be known first"), noticed, say),
            details(say("Evidently’s figures beside the exact ones"), _figures(detail, say)),
            details(say("Which figure to read"), reading_table(say)),
        ]
    )


def reading_head(say: Say) -> list[str]:
    """The head of that table."""
    return [say("Measure"), say("What Evidently gives"), say("Read")]


def reading_table(say: Say) -> Html:
    """By method, what Evidently gives and which figure to read."""
    return table(
        reading_head(say), which_to_read(say), caption=say("Which figure to read"), hidden_caption=True, class_="data"
    )


def _lines(name: str, lines: Sequence[str], say: Say) -> Html | None:
    """Some lines under their name, the first of them where there are very many."""
    if not lines:
        return None
    more = [say("and {n} more", n=say.whole(len(lines) - MOST))] if len(lines) > MOST else []
    return el("section", el("h2", name), el("ul", *[el("li", line) for line in [*lines[:MOST], *more]]))


def _figures(detail: Detail, say: Say) -> Html:
    head = [
        say("Column and measure"),
        say("Evidently, on samples"),
        say("In Boussole’s unit"),
        say("Boussole, all decisions"),
        say("What to make of it"),
    ]
    rows = [_figure(each, detail, say) for each in detail.figures]
    return table(head, rows, caption=say("Evidently’s figures beside the exact ones"), hidden_caption=True)


def _figure(each: FigurePair, detail: Detail, say: Say) -> list[str]:
    exact = each.exact
    if exact is not None and exact.value is None:
        shown = why_not(exact.reason or "", detail.pair.system, say)
    else:
        shown = _with_p(exact, say)
    beyond = _beyond(each, say)
    return [
        f"{column_words(each.column, detail.pair.system, say)}, {method_words(each.method.key, say)}",
        _number(each.evidently, say),
        _number(each.converted, say),
        shown,
        " ".join(filter(None, [reading_words(each.method.reading, say), beyond])),
    ]


def _with_p(exact: Measure | None, say: Say) -> str:
    """A figure of ours; of a test also its p-value, which is what Evidently gives."""
    shown = _number(exact.value if exact else None, say)
    p = exact.params.get("p") if exact else None
    return shown if p is None else say("{value} (p: {p})", value=shown, p=_number(p, say))


def _beyond(each: FigurePair, say: Say) -> str:
    """Where ours stops at the outermost edges, and values lie beyond them."""
    exact = each.exact
    if exact is None or exact.metric != "wasserstein" or not exact.params.get("clipped"):
        return ""
    return say("(values beyond the outermost classes count as lying at them)")


def _number(value: float | None, say: Say) -> str:
    if value is None:
        return ""
    if 0 < abs(value) < LEAST:
        return say("under {n}", n=say.number(LEAST, 4))
    return say.number(value, 4)
