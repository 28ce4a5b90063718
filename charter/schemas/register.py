"""The schema of the register as an auditor takes it away, `boussole.register/1`."""

from __future__ import annotations

from boussole.charter.document import LeftOut
from boussole.charter.document.schema import schema_of
from boussole.charter.schemas.committee import (
    ANYTHING,
    DAY,
    HASH,
    TEXT,
    TEXTS,
    WHOLE,
    YES_OR_NO,
    Shape,
    document,
    maybe,
    several,
    whole,
)

QUESTION = whole(
    article=maybe(TEXT),
    indicator=maybe(TEXT),
    number=maybe(TEXT),
    evidence=maybe(TEXT),
    verdict=TEXT,
    reason=maybe(TEXT),
    question=maybe(ANYTHING),
    sentence=maybe(ANYTHING),
    on=maybe(DAY),
    valid_until=maybe(DAY),
    threshold=ANYTHING,
)
USE = whole(
    id=TEXT,
    kind=TEXT,
    title=TEXTS,
    purpose=TEXTS,
    owner=TEXT,
    contact=maybe(TEXT),
    address=maybe(TEXT),
    status=TEXT,
    risk=TEXT,
    risk_reason=maybe(TEXT),
    provider=maybe(TEXT),
    hosting=maybe(TEXT),
    people_affected=maybe({"type": ["integer", "object", "string"]}),
    dates=maybe(ANYTHING),
    impact_assessment=maybe(ANYTHING),
    fria=maybe(ANYTHING),
    costs=maybe(ANYTHING),
    gains={"type": ["array", "object", "null"]},
    examined=TEXT,
    questions_asked=WHOLE,
    questions_looked_at=WHOLE,
    audited_from=maybe(DAY),
    audited_to=maybe(DAY),
    left_out=maybe({"$ref": "#/$defs/LeftOut"}),
    ledger_entry=maybe(WHOLE),
    articles=several(whole(article=TEXT, verdict=TEXT)),
    questions=several(QUESTION),
)
RECOMMENDATION = whole(
    entry=WHOLE,
    body=TEXT,
    outside=YES_OR_NO,
    on=DAY,
    text=TEXT,
    addressee=TEXT,
    due_on=DAY,
    system=maybe(TEXT),
    articles=several(TEXT),
    replied_on=maybe(DAY),
    accepted=maybe({"type": ["boolean", "string"]}),
    reply=maybe(TEXT),
    state=maybe(TEXT),
    state_on=maybe(DAY),
)
FINDING = whole(
    entry=WHOLE,
    authority=TEXT,
    title=TEXT,
    on=DAY,
    text=TEXT,
    system=maybe(TEXT),
    articles=several(TEXT),
    cap=TEXT,
    document=TEXT,
    document_sha256=HASH,
    closed_on=maybe(DAY),
)


def register_schema() -> Shape:
    """The JSON Schema (2020-12) of `boussole.register/1`."""
    shape = whole(
        schema={"const": "boussole.register/1"},
        organisation=TEXT,
        on=DAY,
        charter=whole(id=TEXT, version=TEXT, sha256=HASH),
        coverage=whole(
            uses=WHOLE,
            on_trial_or_in_service=WHOLE,
            examined=several(TEXT),
            partly_examined=several(TEXT),
            not_examined=several(TEXT),
            articles_never_evidenced=several(TEXT),
            high_risk_in_service_not_examined=several(TEXT),
        ),
        uses=several(USE),
        thresholds=several(
            {"type": "object", "required": ["adopted_on", "charter_version", "first_used_on", "indicator"]}
        ),
        recommendations=several(RECOMMENDATION),
        findings=several(FINDING),
    )
    left_out = schema_of(LeftOut)
    shape["$defs"] = {**left_out.pop("$defs"), "LeftOut": left_out}
    return document(
        "boussole.register/1", "The register of a workspace for an auditor: uses, questions, thresholds.", shape
    )
