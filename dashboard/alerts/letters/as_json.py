"""A message as JSON, for webhooks: `boussole.alert/1`. Its schema is `alert.schema.json` beside this module."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from typing import Any

from boussole.dashboard.alerts.messages import ChangeMessage, Message

SCHEMA = "boussole.alert/1"


def document(message: Message, *, organisation: str, address: str, languages: Sequence[str]) -> dict[str, Any]:
    """What a webhook gets beside the text. `address`: of the dashboard; empty: no links."""
    return {
        "schema": SCHEMA,
        "id": message.id,
        "organisation": organisation,
        "channel": message.channel,
        "digest": message.digest,
        "created_at": message.created_at,
        "changes": [_change(each, address, languages) for each in message.items],
    }


def _change(told: ChangeMessage, address: str, languages: Sequence[str]) -> dict[str, Any]:
    texts = {}
    for lang in languages:
        said = dict(told.facts["texts"][lang])
        page = said.pop("page")
        texts[lang] = {**said, "link": address + page if address else None}
    return {
        "system": told.system,
        "kind": told.kind,
        "article": told.article or None,
        "question": told.name if told.kind == "question" else None,
        "part": told.name if told.kind == "drift" else None,
        "before": told.before,
        "after": told.after,
        "direction": told.direction,
        "cause": told.facts["cause"],
        "holds_from": told.facts["start"],
        "window_end": told.facts["end"],
        "before_since": told.facts["since"],
        "entry": told.facts["entry"],
        "detected_at": told.detected_at,
        "texts": texts,
    }


def schema_text() -> str:
    """The JSON Schema (2020-12) of `boussole.alert/1`."""
    return resources.files(__package__).joinpath("alert.schema.json").read_text(encoding="utf-8")
