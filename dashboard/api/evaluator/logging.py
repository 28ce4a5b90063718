"""What an audit leaves in a run: metrics, a table, a page, the audit document and a tag. None of it is a decision."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
from mlflow import MlflowClient
from mlflow.entities import Metric
from mlflow.models.evaluation.artifacts import JsonEvaluationArtifact, TextEvaluationArtifact
from mlflow.models.evaluation.base import EvaluationArtifact

from boussole.audits.systems import System
from boussole.charter.document import AuditDocument, MeasureDocument, worst_of
from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.document.base import given
from boussole.charter.text.model import Charter
from boussole.dashboard.api.evaluator.page import audit_page

if TYPE_CHECKING:
    from boussole.audits.decisions import IngestReport


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
    left_out = document.left_out
    aside = {f"{PREFIX}set_aside": float(left_out.set_aside)} if left_out else {}
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
    digits for each of its bytes in UTF-8. Different measures have different names; a name over 250 characters ends
    in a hash.

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
