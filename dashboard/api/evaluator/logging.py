"""What an audit leaves in a run: metrics, a table, one HTML page that needs nothing else, the document and a tag."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd
from mlflow import MlflowClient
from mlflow.entities import Metric
from mlflow.models.evaluation.artifacts import JsonEvaluationArtifact, TextEvaluationArtifact
from mlflow.models.evaluation.base import EvaluationArtifact

from boussole.audits.systems.model import System
from boussole.charter.document import AuditDocument, MeasureDocument, worst_of
from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.document.base import given
from boussole.charter.text.model import Charter
from boussole.dashboard.markup.elements import PAPER, STATIC, Html, el, join
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say, speaker
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
    aside = sum(report.quarantined for report in reports)
    return [
        (say("Decisions"), say.whole(document.decisions)),
        (say("Period"), period(document, say)),
        (say("Rows set aside"), say.whole(aside) if aside else ""),
        (say("Not counted"), left_out_words(document, say)),
        (say("Charter"), f"{document.charter.id} {document.charter.version}"),
    ]


def _measures(document: AuditDocument, say: Say) -> list[list[str]]:
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

    def inline(found: re.Match[str]) -> str:
        data = base64.b64encode((STATIC / found[1]).read_bytes()).decode()
        return f'url("data:font/woff2;base64,{data}")'

    text = (STATIC / "style.css").read_text(encoding="utf-8")
    return join([Html(re.sub(r'url\("/app/static/([\w.-]+)"\)', inline, text)), Html(OWN_STYLE)])


DOCUMENT, PAGE, TABLE = "boussole/audit.json", "boussole/audit.html", "boussole_measures.json"
VERDICT_TAG = "boussole.verdict"
BATCH = 1000
"""MLflow takes so many metrics at a time."""


def log_audit(
    run_id: str,
    document: AuditDocument,
    reports: Sequence[IngestReport],
    *,
    system: System,
    charter: Charter,
    language: str,
) -> tuple[dict[str, float], dict[str, EvaluationArtifact]]:
    """Logs an audit to a run; the metrics and artifacts that MLflow hands to its caller."""
    client, written = MlflowClient(), document.written()
    metrics = metrics_of(document) | {f"{PREFIX}rows_set_aside": float(sum(r.quarantined for r in reports))}
    now = int(time.time() * 1000)
    entities = [Metric(name, value, now, 0) for name, value in metrics.items()]
    for start in range(0, len(entities), BATCH):
        client.log_batch(run_id, metrics=entities[start : start + BATCH])
    page = audit_page(document, reports, system=system, charter=charter, lang=language)
    client.log_text(run_id, json.dumps(written, ensure_ascii=False, indent=1, allow_nan=False), DOCUMENT)
    client.log_text(run_id, page, PAGE)
    _log_table(client, run_id, measures_table(document))
    client.set_tag(run_id, VERDICT_TAG, worst_of(document))
    root = client.get_run(run_id).info.artifact_uri.rstrip("/")
    artifacts: list[tuple[str, Any, str, Any]] = [
        ("boussole_audit", JsonEvaluationArtifact, DOCUMENT, written),
        ("boussole_page", TextEvaluationArtifact, PAGE, page),
        ("boussole_measures", JsonEvaluationArtifact, TABLE, None),
    ]
    return metrics, {name: kind(f"{root}/{path}", content) for name, kind, path, content in artifacts}


def metrics_of(document: AuditDocument) -> dict[str, float]:
    """Every measure that has a value, and how many questions came out how; what is hidden has no name here."""
    measures = [m for m in document.measures if m.status == "ok" and not m.given]
    found = {metric_name(measure): given(measure.value) for measure in measures}
    counted = Counter(verdict.verdict for verdict in document.verdicts)
    questions = {f"{PREFIX}questions.{key}": float(counted[key]) for key in Verdict if key != Verdict.NOT_EXAMINED}
    aside = {f"{PREFIX}set_aside": float(document.left_out.set_aside)}
    return {f"{PREFIX}decisions": float(document.decisions), **aside, **questions, **found}


def measures_table(document: AuditDocument) -> pd.DataFrame:
    """One row for each measure that is not hidden, with its interval or the reason why it has no value."""
    rows = [
        {
            "name": metric_name(measure),
            "metric": measure.metric,
            "by": " × ".join(measure.by),
            "group": ", ".join((measure.group or {}).values()),
            "against": measure.params.against or "",
            "value": measure.value,
            "low": measure.interval.low if measure.interval else None,
            "high": measure.interval.high if measure.interval else None,
            "n": measure.n,
            "method": measure.interval.method if measure.interval else "",
            "status": measure.status,
            "reason": measure.reason or "",
        }
        for measure in document.measures
        if measure.status != "suppressed" and not measure.given
    ]
    return pd.DataFrame(rows)


def _log_table(client: MlflowClient, run_id: str, table: pd.DataFrame) -> None:
    """MLflow appends to a table that is there: the second evaluation of a run replaces it instead."""
    if any(item.path == TABLE for item in client.list_artifacts(run_id)):
        client.log_text(run_id, table.to_json(orient="split", index=False, force_ascii=False), TABLE)
    else:
        client.log_table(run_id, table, TABLE)


PREFIX = "boussole/"
LONGEST = 250


def metric_name(measure: MeasureDocument) -> str:
    """The name of a measure: `boussole/METRIC`, then `.ATTRIBUTE` and, for one group, `.VALUE`.

    Of a value, letters, digits, `_` and `-` stay; any other character is written as a dot and two hexadecimal
    digits for each of its bytes in UTF-8. A name over 250 characters ends in a hash.

    >>> from boussole.audits.measures import Measure
    >>> from boussole.charter.document.measures import measures_of
    >>> whole = Measure(metric="selection_rate", value=0.5)
    >>> ratio = Measure(metric="selection_rate_ratio", by=("gender", "age"), group=("F", "50+"), value=0.9)
    >>> [metric_name(each) for each in measures_of([whole, ratio])]
    ['boussole/selection_rate', 'boussole/selection_rate_ratio.gender.F.age.50.2B']
    """
    group = measure.group
    parts = [name if group is None else f"{name}.{escaped(group[name])}" for name in measure.by]
    full = PREFIX + ".".join([measure.metric, *parts])
    if len(full) <= LONGEST:
        return full
    return f"{full[: LONGEST - 9].rstrip('.')}-{hashlib.sha256(full.encode()).hexdigest()[:8]}"


def escaped(value: str) -> str:
    """A value without any character that MLflow refuses.

    >>> escaped("<25"), escaped("Île-de-France"), escaped("a.b")
    ('.3C25', 'Île-de-France', 'a.2Eb')
    """
    return re.sub(r"[^\w-]", lambda found: "".join(f".{byte:02X}" for byte in found[0].encode()), value)
