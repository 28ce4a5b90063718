"""Schemas of the documents of a committee: the minutes of a session, and the shapes that they share."""

from __future__ import annotations

from typing import Any

from boussole.charter.document import LeftOut
from boussole.charter.document.schema import schema_of

Shape = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
TEXT: Shape = {"type": "string"}
WHOLE: Shape = {"type": "integer"}
YES_OR_NO: Shape = {"type": "boolean"}
DAY: Shape = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
HASH: Shape = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
TEXTS: Shape = {"type": "object", "additionalProperties": TEXT, "description": "By language"}
ANYTHING: Shape = {"type": "object"}


def maybe(shape: Shape) -> Shape:
    """A shape that may be null."""
    return {"anyOf": [shape, {"type": "null"}]}


def several(shape: Shape) -> Shape:
    """A list of a shape."""
    return {"type": "array", "items": shape}


def one_of(*values: str) -> Shape:
    """One word of several."""
    return {"enum": list(values)}


def whole(**keys: Shape) -> Shape:
    """An object with just these keys."""
    return {"type": "object", "properties": keys, "required": sorted(keys), "additionalProperties": False}


def document(name: str, told: str, shape: Shape) -> Shape:
    """The schema of a document. `name` stands in its key `schema`, where it has one."""
    return {"$schema": DIALECT, **shape, "title": name, "description": told}


NOTED = {
    "dissents": several(whole(member=TEXT, sort=TEXT, text=TEXT)),
    "opinions": several(whole(entry=WHOLE, wording=ANYTHING)),
}
AGREED = whole(entry=WHOLE, how=one_of("consensus"), title=TEXT, subject=maybe(HASH), adopted=YES_OR_NO, **NOTED)
VOTED = whole(
    entry=WHOLE,
    how=one_of("open", "secret"),
    title=TEXT,
    subject=maybe(HASH),
    in_favour=WHOLE,
    against=WHOLE,
    abstained=WHOLE,
    casting=YES_OR_NO,
    adopted=YES_OR_NO,
    votes={"type": "object", "additionalProperties": TEXT},
    voters=several(TEXT),
    **NOTED,
)
REFERRAL = whole(
    entry=WHOLE,
    origin=TEXT,
    subject=TEXT,
    sender=maybe(TEXT),
    rapporteur=maybe(TEXT),
    hearings=several(whole(heard=TEXT, text=TEXT)),
)
ITEM = whole(
    id=TEXT,
    title=TEXT,
    kind=TEXT,
    system=maybe(TEXT),
    referral=maybe(REFERRAL),
    aside=several(TEXT),
    decisions=several({"anyOf": [VOTED, AGREED]}),
    annulled=several(whole(vote=WHOLE, title=TEXT, reason=TEXT)),
)
SESSION = whole(
    entry=WHOLE,
    kind=TEXT,
    state=TEXT,
    starts=TEXT,
    ends=TEXT,
    timezone=TEXT,
    place=TEXT,
    remote=YES_OR_NO,
    second_call_of=maybe(WHOLE),
)


def minutes_schema() -> Shape:
    """The JSON Schema (2020-12) of `boussole.minutes/1`."""
    shape = whole(
        schema={"const": "boussole.minutes/1"},
        committee=whole(id=TEXT, title=ANYTHING),
        session=SESSION,
        rules=whole(sha256=HASH, adopted=YES_OR_NO),
        calls=several(
            whole(entry=WHOLE, on=DAY, sealed_on=DAY, notice_days=WHOLE, urgent=YES_OR_NO, reason=TEXT),
        ),
        presiding=maybe(TEXT),
        quorum=maybe(ANYTHING),
        members=several(
            whole(member=TEXT, college=TEXT, presence=TEXT, moves=several(whole(at=TEXT, mode=TEXT))),
        ),
        proxies=several(whole(giver=TEXT, holder=TEXT)),
        packs=several(
            whole(
                entry=WHOLE,
                on=DAY,
                size=WHOLE,
                root=TEXT,
                charter=whole(sha256=HASH, version=TEXT),
                audits=several(whole(system=TEXT, entry=WHOLE)),
            )
        ),
        items=several(ITEM),
        questions=several(ANYTHING),
    )
    return document("boussole.minutes/1", "The minutes of a session: who was there, what was decided, and how.", shape)


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
