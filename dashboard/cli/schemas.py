"""The JSON Schema of everything that commands write as JSON; a test validates every output against its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from pydantic import TypeAdapter
from pydantic.json_schema import models_json_schema

from boussole.audits.systems import System
from boussole.audits.texts.personal.findings import ENTITIES
from boussole.audits.texts.rule_file import CRITERIA
from boussole.charter.amending.diff_questions import CharterChange
from boussole.charter.auditing.replay import Replay
from boussole.charter.record_types.base import Statement
from boussole.charter.record_types.kinds import KINDS
from boussole.charter.schemas import (
    audit_schema,
    comparison_schema,
    drift_schema,
    drift_series_schema,
)
from boussole.charter.schemas.committee import (
    DIALECT,
    HASH,
    TEXT,
    TEXTS,
    WHOLE,
    Shape,
    document,
    maybe,
    minutes_schema,
    one_of,
    register_schema,
    several,
    whole,
)
from boussole.charter.text.model import Article, Charter, Head, LawFile
from boussole.dashboard.cli.doctor import Row

OUTPUTS: Mapping[str, tuple[str, ...]] = {
    "audit": ("audit",),
    "compare": ("comparison",),
    "drift": ("drift",),
    "charter show": ("charter",),
    "charter diff": ("charter-diff",),
    "charter replay": ("replay",),
    "committee minutes": ("minutes",),
    "alerts list": ("outbox",),
    "export json": ("register",),
    "doctor": ("doctor",),
    "texts check": ("wording",),
    "texts personal": ("personal-data",),
}
"""Which documents each command writes. `systems schema` writes a schema."""


def charter_schema() -> Shape:
    """A whole charter, as it is hashed: without its own hash."""
    shape = _of(Charter)
    shape["properties"].pop("sha256")
    shape["required"] = [name for name in shape["required"] if name != "sha256"]
    return document("charter", "A whole charter: its fingerprint is that of this document.", shape)


def charter_diff_schema() -> Shape:
    """What changes from one charter to another."""
    side = whole(id=TEXT, version=TEXT, sha256=HASH)
    shape = whole(
        schema={"const": "boussole.charter_diff/1"}, before=side, after=side, changes=several(_of(CharterChange))
    )
    return document("boussole.charter_diff/1", "What changes from one charter to another, by meaning.", shape)


def replay_schema() -> Shape:
    """What another charter would have said of the stored audits."""
    shape = _of(Replay)
    shape["properties"] = {"schema": {"const": "boussole.replay/1"}, **shape["properties"]}
    shape["required"] = ["schema", *shape["required"]]
    return document("boussole.replay/1", "The verdicts that another charter would have given.", shape)


def outbox_schema() -> Shape:
    """The outbox of alerts."""
    row = whole(id=WHOLE, channel=TEXT, state=TEXT, changed_at=TEXT, attempts=WHOLE, title=TEXT, problem=TEXT)
    return {"$schema": DIALECT, "title": "outbox", "description": "The outbox of alerts, in short.", **several(row)}


def doctor_schema() -> Shape:
    """What `boussole doctor` found."""
    shape = whole(schema={"const": "boussole.doctor/1"}, workspace=TEXT, rows=several(_of(Row)))
    return document(
        "boussole.doctor/1", "What is well, and what is to be mended, in a workspace and its machine.", shape
    )


def wording_schema() -> Shape:
    """One line of `boussole texts check`."""
    finding = whole(
        criterion=one_of(*CRITERIA), start=WHOLE, end=WHOLE, span=TEXT, rule=TEXT, law=TEXT, suggestion=TEXTS
    )
    told = "One text with the unlawful wording in it, places in characters; null and an error where it cannot be read."
    return document("wording", told, _of_lines(finding, language=TEXT))


def personal_data_schema() -> Shape:
    """One line of `boussole texts personal`."""
    finding = whole(entity=one_of(*ENTITIES), start=WHOLE, end=WHOLE)
    told = "One text with the personal data in it, places in characters; null and an error where it cannot be read."
    return document("personal-data", told, _of_lines(finding))


def _of_lines(finding: Shape, **more: Shape) -> Shape:
    nothing: Shape = {"type": "null"}
    named: Shape = {"type": ["string", "integer"]}
    found = whole(id=named, findings=several(finding), **more)
    fault = whole(id=maybe(named), findings=nothing, error=TEXT, **dict.fromkeys(more, nothing))
    return {"oneOf": [found, fault]}


def records_schema() -> Shape:
    """What is sealed of each record: its kind, and the fields of its model."""
    models: list[tuple[type[Statement], Literal["validation", "serialization"]]] = [
        (model, "serialization") for model in KINDS.values()
    ]
    refs, found = models_json_schema(models)
    of = {model.kind: refs[model, "serialization"]["$ref"] for model in KINDS.values()}
    for kind, ref in of.items():
        shape = found["$defs"][ref.rpartition("/")[2]]
        shape["properties"] = {"kind": {"const": kind}, **shape["properties"]}
        shape["required"] = ["kind", *shape["required"]]
    shape = {"oneOf": [{"$ref": ref} for ref in of.values()], "$defs": found["$defs"]}
    return document("record", "What is sealed of a record: its hash is in the ledger.", shape)


def _of(model: Any) -> Shape:
    return TypeAdapter(model).json_schema(mode="serialization")


SCHEMAS: Mapping[str, Callable[[], Shape]] = {
    "audit": audit_schema,
    "comparison": comparison_schema,
    "drift": drift_schema,
    "drift-series": drift_series_schema,
    "wording": wording_schema,
    "personal-data": personal_data_schema,
    "charter": charter_schema,
    "charter-diff": charter_diff_schema,
    "replay": replay_schema,
    "minutes": minutes_schema,
    "outbox": outbox_schema,
    "doctor": doctor_schema,
    "record": records_schema,
    "register": register_schema,
    "system-file": System.model_json_schema,
    "charter-head-file": Head.model_json_schema,
    "charter-article-file": Article.model_json_schema,
    "charter-law-file": LawFile.model_json_schema,
}
"""By the name of its file: what commands write, and the files that people write."""
