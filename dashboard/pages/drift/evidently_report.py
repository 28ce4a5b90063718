"""Evidently's report on two windows, made in a process of its own, stored, and handed to MLflow."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from boussole.audits.drift import stored
from boussole.audits.drift.compared import DECISION
from boussole.audits.drift.evidently_columns import MOST_COLUMNS, ColumnFinding, safe
from boussole.audits.drift.evidently_report import script_hashes
from boussole.audits.drift.pairs import Detail, WindowPair, detail, exact_pair
from boussole.audits.drift.samples import SAMPLE, SEED, SampleDesign
from boussole.audits.errors import BoussoleError, ReportError
from boussole.audits.languages import LANGUAGES, capital
from boussole.audits.systems.model import System
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.published import set_apart
from boussole.charter.drift.document import detail_document
from boussole.charter.judging.wording.naming import feature
from boussole.charter.records import documents_of
from boussole.dashboard.markup.elements import Html, el
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say, speaker
from boussole.dashboard.views.drift.words import beside_words, period_words

# What is said of Evidently's report, in both languages: what it is of, how it was drawn, what was left out.


def column_words(column: str, system: System, say: Say) -> str:
    """A column as people call it."""
    if column == DECISION:
        return say("The decision")
    if column == "score" and system.log.score:
        return say("The score")
    return capital(safe(feature(system, column, say.lang)))


def reason_words(reason: str, detail: Detail, say: Say) -> str:
    """Why a column is not on the page."""
    words = {
        "no_values": say("no value in either period"),
        "no_values_reference": say("no value ({period})", period=period_words(detail.pair.against, say)),
        "no_values_current": say("no value ({period})", period=period_words(detail.pair.window, say)),
        "other_type": say("numbers in one period and words in the other"),
        "too_large": say("numbers too large to be squared"),
        "too_narrow": say("values too close together to be told apart in classes"),
        "limit": say("beyond the {n} columns that moved most", n=say.whole(MOST_COLUMNS)),
        "failed": say("Evidently fails on it"),
    }
    return words[reason]


def told_words(told: ColumnFinding, detail: Detail, say: Say) -> str:
    """What was found in a column."""
    column = column_words(told.column, detail.pair.system, say)
    words = {
        "new_values": say(
            "{column}: values that the sample of the other period does not have ({values}).",
            column=column,
            values=told.detail,
        ),
        "infinite": say("{column}: {n} infinite values count as missing.", column=column, n=told.detail),
        "changed_type": say("{column}: the column changed its type ({change}).", column=column, change=told.detail),
        "lost_column": say("{column}: the column was missing from a file.", column=column),
        "absent_column": say("{column}: the log does not have this column.", column=column),
    }
    return words[told.kind]


def design_words(design: SampleDesign, say: Say) -> str:
    """How a sample was drawn."""
    by = say("day and decision") if design.step == "day" else say("month and decision")
    drawn = say(
        "{drawn} of {decisions} decisions ({rate}), in {strata} strata by {by}, each in proportion",
        drawn=say.whole(design.drawn),
        decisions=say.whole(design.decisions),
        rate=say.percent(design.rate),
        strata=say.whole(design.strata),
        by=by,
    )
    if design.weighted:
        return say("{drawn}; from {rows} rows, by what they weigh", drawn=drawn, rows=say.whole(design.rows))
    return drawn


def order_words(say: Say) -> str:
    """Which decisions of a stratum are drawn."""
    return say(
        "In each stratum those whose SHA-256 of “{seed}” and their identifier comes first: the same every time.",
        seed=SEED,
    )


_FILE = "pages/drift/detail.html"
MOST = 200
"""Lines of a list."""
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
    folded = [(other.lang, names[other.lang], _made(detail, other)) for other in others]
    style = el("style", Html(_STYLE))
    return str(Template(_FILE, say)("header", style, _made(detail, say), folded, detail.page.version))


def _made(detail: Detail, say: Say) -> Html:
    return Template(_FILE, say)("told", told(detail, say))


def title(detail: Detail, say: Say) -> str:
    """What the report is of."""
    pair = detail.pair
    return say(
        "{system}: {period} compared with {against}, seen by Evidently",
        system=say.text(pair.system.title),
        period=period_words(pair.window, say),
        against=beside_words(pair.against, say),
    )


@dataclass(frozen=True, kw_only=True)
class ReportText:
    """What is said of a report in one language: how samples were drawn, what was left out, what to know first."""

    title: str
    sampled: Sequence[tuple[str, str]]
    left_out: Sequence[str]
    noticed: Sequence[str]


def told(detail: Detail, say: Say) -> ReportText:
    """All that stands above Evidently's page."""
    left_out = [
        say(
            "{name}: {value}",
            name=column_words(name, detail.pair.system, say),
            value=reason_words(reason, detail, say),
        )
        for name, reason in detail.page.columns.left_out.items()
    ]
    return ReportText(
        title=title(detail, say),
        sampled=[
            (period_words(detail.pair.window, say), design_words(detail.designs[0], say)),
            (period_words(detail.pair.against, say), design_words(detail.designs[1], say)),
            (say("How it is drawn"), order_words(say)),
        ],
        left_out=_first(left_out, say),
        noticed=_first([told_words(each, detail, say) for each in detail.told], say),
    )


def _first(lines: Sequence[str], say: Say) -> list[str]:
    more = [say("and {n} more", n=say.whole(len(lines) - MOST))] if len(lines) > MOST else []
    return [*lines[:MOST], *more]


# Evidently's report on two windows: made, stored in the workspace, and handed to MLflow.


LONGEST = 600
"""Seconds that a report may take."""
_turn = threading.Lock()


@dataclass(frozen=True, kw_only=True)
class ReportView:
    """A stored report: `sha256` of its JSON, its `run` in MLflow, if any, or why MLflow did not take it (`untaken`)."""

    place: stored.StoredReport
    detail: Detail
    sha256: str
    run: str | None
    untaken: str = ""


def make(workspace: Workspace, pair: WindowPair, *, size: int = SAMPLE) -> ReportView:
    """Makes the report on a pair, stores it, and logs it to the workspace's MLflow store where there is one.

    Raises ReportError where it cannot be made; that MLflow does not take it is only told.
    """
    language = workspace.settings.language
    found = detail(workspace, pair, size=size)
    page = found.page.headed(header(found, language), title=title(found, speaker(language)))
    document = detail_document(found).changed(html_sha256=stored.sha256_of(page), scripts=tuple(script_hashes(page)))
    text = json.dumps(document.written(), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    place = stored.place_of(workspace, pair.system.id, pair.window, pair.against)
    stored.write(place, html=page, document=text)
    run, untaken = _logged(workspace, place, page, text)
    return ReportView(place=place, detail=found, sha256=stored.sha256_of(text), run=run, untaken=untaken)


def _logged(workspace: Workspace, place: stored.StoredReport, page: str, text: str) -> tuple[str | None, str]:
    from boussole.experiments.drift_reports import log_drift_report  # takes seconds

    windows = (f"{place.window.start}/{place.window.end}", f"{place.against.start}/{place.against.end}")
    files = {place.html.name: page, place.json.name: text}
    try:
        return log_drift_report(
            workspace, system=place.system, windows=windows, files=files, sha256=stored.sha256_of(text)
        ), ""
    except BoussoleError as error:
        return None, str(error)


def make_apart(workspace: Workspace, system: str, window: Window, against: Window) -> stored.StoredReport:
    """Makes the report in another process, one at a time; raises ReportError where it cannot be made."""
    words = [str(workspace.home), system, *map(str, (window.start, window.end, against.start, against.end))]
    with _turn:
        try:
            done = subprocess.run(
                [sys.executable, "-m", __name__, *words],
                check=False,
                capture_output=True,
                text=True,
                timeout=LONGEST,
            )
        except subprocess.TimeoutExpired as error:
            raise ReportError(
                "the report took too long.", where=f"system '{system}'", next_step="Try `boussole drift`."
            ) from error
    told = done.stdout.strip().rpartition("\n")[2]
    if done.returncode or not told:
        raise ReportError(
            "the report could not be made.", where=f"system '{system}'", next_step="`boussole drift --debug` says why."
        )
    answer = json.loads(told)
    if "what" in answer:
        raise ReportError(answer["what"], where=answer["where"], next_step=answer["next_step"])
    return stored.place_of(workspace, system, window, against)


def main(words: Sequence[str]) -> None:
    """Makes one report, and prints what came of it as JSON."""
    home, system, *days = words
    start, end, other_start, other_end = map(dt.date.fromisoformat, days)
    os.nice(5)
    try:
        workspace = Workspace(Path(home))
        chosen = workspace.system(system)
        pair = exact_pair(
            workspace,
            chosen,
            window=Window(start, end),
            against=Window(other_start, other_end),
            apart=set_apart(workspace, chosen, documents_of(workspace, system)),
        )
        answer = {"name": make(workspace, pair).place.name}
    except BoussoleError as error:
        answer = {"what": error.what, "where": error.where, "next_step": error.next_step}
    print(json.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1:])
