"""The audit of a run as one HTML page that needs nothing else: style, fonts and pictures are inside."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from boussole.audits.systems import System
from boussole.charter.document import AuditDocument, MeasureDocument
from boussole.charter.document.base import given
from boussole.charter.text.model import Charter
from boussole.dashboard.markup.elements import Html, el, join
from boussole.dashboard.markup.inline import STATIC
from boussole.dashboard.markup.marks import PAPER
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words.say import Say, speaker
from boussole.dashboard.views.answers.small_print import left_out_words
from boussole.dashboard.views.scene import Scene, period
from boussole.dashboard.views.system import system_page

if TYPE_CHECKING:
    from boussole.audits.decisions import IngestReport

POLICY = (
    "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)
OWN_STYLE = f"""
html {{ font-size: 106.25%; background: {PAPER}; }}
body {{ margin: 0; font-family: "Source Sans 3", sans-serif; }}
.stMainBlockContainer {{ margin: 0 auto; box-sizing: border-box; }}
"""
"""What Streamlit does around the pages of the dashboard."""


def audit_page(
    document: AuditDocument,
    reports: Sequence[IngestReport],
    *,
    system: System,
    charter: Charter,
    lang: str,
) -> str:
    """The page, in one language. All that came from files or data is escaped."""
    say = speaker(lang)
    scene = Scene(charter=charter, systems={system.id: system}, latest={system.id: document}, previous={})
    page = system_page(scene, system.id, say)
    known = _known(document, reports, say)
    body = Template("api/evaluator/page.html", say)("body", page, known, _again(system), _measures(document, say))
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=POLICY),
        el("meta", name_="viewport", content="width=device-width, initial-scale=1"),
        el("title", f"Boussole: {page.title}"),
        el("style", Html(_style())),
    )
    return f"<!doctype html>\n{el('html', head, el('body', body), lang=say.lang)}"


def _known(document: AuditDocument, reports: Sequence[IngestReport], say: Say) -> list[tuple[str, str]]:
    """What was looked at."""
    aside = sum(report.quarantined for report in reports)
    return [
        (say("Decisions"), say.whole(document.decisions)),
        (say("Period"), period(document, say)),
        (say("Rows set aside"), say.whole(aside) if aside else ""),
        (say("Not counted"), left_out_words(document, say)),
        (say("Charter"), f"{document.charter.id} {document.charter.version}"),
    ]


def _measures(document: AuditDocument, say: Say) -> list[list[str]]:
    """Every measure that has a value, for who works with the numbers."""
    return [
        [measure.id, say.number(given(measure.value), 4), _interval(measure, say), _count(measure.n, say)]
        for measure in document.measures
        if measure.status == "ok" and not measure.given
    ]


def _interval(measure: MeasureDocument, say: Say) -> str:
    interval = measure.interval
    if interval is None:
        return ""
    return say("{low} to {high}", low=say.number(interval.low, 4), high=say.number(interval.high, 4))


def _count(n: int | None, say: Say) -> str:
    return "" if n is None else say.whole(n)


def _again(system: System) -> str:
    return f"boussole audit --dry-run FILE --system-file {system.id}.yaml --json -"


@cache
def _style() -> str:
    """The style of the dashboard with its fonts inside."""

    def inline(found: re.Match[str]) -> str:
        data = base64.b64encode((STATIC / found[1]).read_bytes()).decode()
        return f'url("data:font/woff2;base64,{data}")'

    text = (STATIC / "style.css").read_text(encoding="utf-8")
    return join([Html(re.sub(r'url\("/app/static/([\w.-]+)"\)', inline, text)), Html(OWN_STYLE)])
