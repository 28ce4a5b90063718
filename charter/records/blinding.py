"""Blinds of records with few possible words, so that nobody finds the words by trying all against the ledger's hash."""

from __future__ import annotations

import hmac
from typing import TypeVar

from boussole.audits.hashing import canonical_json
from boussole.audits.privacy import keys
from boussole.audits.workspace import Workspace
from boussole.charter.record_types.base import Statement

RING = "blind"
S = TypeVar("S", bound=Statement)


def blinded(workspace: Workspace, statement: S) -> S:
    """The same statement with its blind, where its kind has one."""
    if "blind" not in type(statement).model_fields:
        return statement
    said = canonical_json({"kind": statement.kind, **statement.model_dump(mode="json", exclude={"blind"})})
    key = keys.ensure(workspace.keys, RING)[0]
    return statement.model_copy(update={"blind": hmac.new(key, said, "sha256").hexdigest()})
