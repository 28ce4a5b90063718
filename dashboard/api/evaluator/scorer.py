"""An MLflow scorer of texts: `mlflow.genai.evaluate(data=…, scorers=[unlawful_wording()])`. No model judges."""

from __future__ import annotations

import json
from typing import Any

from mlflow.entities import AssessmentSource, AssessmentSourceType, Feedback
from mlflow.genai.scorers import Scorer, scorer

from boussole.audits.texts.engine import check_text


def unlawful_wording() -> Scorer:
    """A scorer that counts unlawful wordings in French job adverts (question 3.7), by rules.

    Its value is the number of findings of the output (0 is ideal); the rationale names them, the metadata holds the
    language and all findings as JSON. An output that is no text, or holds none, is an error, never 0.
    """
    return scorer(_unlawful_wording, name="unlawful_wording", aggregations=["mean", "max"])


def _unlawful_wording(outputs: Any) -> Feedback:
    source = AssessmentSource(source_type=AssessmentSourceType.CODE, source_id="boussole texts check")
    text = _text_of(outputs)
    if text is None:
        return Feedback(
            error="the output holds no text: give a text, or a mapping with one under 'text'.", source=source
        )
    checked = check_text(text)
    found = [each.document() for each in checked.findings]
    told = "; ".join(f"{each.criterion}: {each.span!r} ({each.law})" for each in checked.findings)
    return Feedback(
        value=len(found),
        rationale=told or "Nothing was found.",
        source=source,
        metadata={"language": checked.language, "findings": json.dumps(found, ensure_ascii=False)},
    )


def _text_of(outputs: Any) -> str | None:
    if isinstance(outputs, dict):
        outputs = next((outputs[key] for key in ("text", "content", "response", "output") if key in outputs), None)
    return outputs if isinstance(outputs, str) else None
