"""Evidently's report on two windows: with words of ours above it, and stored."""

from __future__ import annotations

import json
from dataclasses import dataclass

from boussole.audits.drift import stored
from boussole.audits.drift.evidently_report import (
    MOST_COLUMNS,
    SAMPLE,
    SEED,
    EvidentlyReport,
    evidently_report,
    safe,
    script_hashes,
)
from boussole.audits.drift.pairs import WindowPair
from boussole.audits.mixed import joined
from boussole.audits.workspace import Workspace
from boussole.charter.drift.document import report_document
from boussole.charter.judging.wording.naming import feature
from boussole.dashboard.markup.elements import Html, el
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say, speaker
from boussole.dashboard.views.drift.words import beside_words, period_words

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


def title(report: EvidentlyReport, say: Say) -> str:
    """What the report is of."""
    pair = report.pair
    return say(
        "{system}: {period} compared with {against}, seen by Evidently",
        system=say.text(pair.system.title),
        period=period_words(pair.window, say),
        against=beside_words(pair.against, say),
    )


def header(report: EvidentlyReport, say: Say) -> str:
    """What stands above Evidently's page: what it is of, how the samples were drawn, and what is not shown."""
    pair = report.pair
    drawn = say(
        "{drawn} of {decisions} decisions ({period}) and {drawn_of_other} of {decisions_of_other} ({other}): those "
        "whose SHA-256 of “{seed}” and their identifier comes first, the same every time.",
        drawn=say.whole(report.drawn[0]),
        decisions=say.whole(pair.decisions[0]),
        period=period_words(pair.window, say),
        drawn_of_other=say.whole(report.drawn[1]),
        decisions_of_other=say.whole(pair.decisions[1]),
        other=period_words(pair.against, say),
        seed=SEED,
    )
    names = joined(", ", [safe(feature(pair.system, name, say.lang)) for name in report.left_out])
    left_out = say(
        "Not shown: {names}. They have no values in one of the periods, Evidently cannot draw them, or they are beyond "
        "the {n} columns that moved most.",
        names=names,
        n=say.whole(MOST_COLUMNS),
    )
    told = [drawn, *([left_out] if names else [])]
    made = Template("pages/drift/detail.html", say)
    return str(made("header", el("style", Html(_STYLE)), title(report, say), told, report.version))


@dataclass(frozen=True, kw_only=True)
class ReportView:
    """A stored report, and the `sha256` of its JSON."""

    place: stored.StoredReport
    report: EvidentlyReport
    sha256: str


def make(workspace: Workspace, pair: WindowPair, *, size: int = SAMPLE) -> ReportView:
    """Makes the report on a pair and stores it. Raises ReportError where it cannot be made."""
    say = speaker(workspace.settings.language)
    report = evidently_report(workspace, pair, size=size)
    page = report.headed(header(report, say), title=title(report, say))
    document = report_document(report).changed(html_sha256=stored.sha256_of(page), scripts=tuple(script_hashes(page)))
    text = json.dumps(document.written(), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    place = stored.place_of(workspace, pair.system.id, pair.window, pair.against)
    stored.write(place, html=page, document=text)
    return ReportView(place=place, report=report, sha256=stored.sha256_of(text))
