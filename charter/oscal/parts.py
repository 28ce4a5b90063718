"""Parts that all OSCAL documents are made of: identifiers that the same content always gets, properties, metadata."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

Part = dict[str, Any]
OSCAL = "1.1.3"
"""The version of the models that the documents keep to."""
NAMESPACE = "urn:boussole:oscal"
"""Of properties that OSCAL does not know."""


def uuid_of(*names: object) -> str:
    """The UUID (version 5) that stands for some names; the same names always give the same one.

    >>> uuid_of("finding", 3, "selection_rate_ratio") == uuid_of("finding", "3", "selection_rate_ratio")
    True
    """
    return str(uuid.uuid5(uuid.NAMESPACE_URL, ":".join([NAMESPACE, *map(str, names)])))


def properties(values: Mapping[str, object]) -> list[Part]:
    """Properties of our own namespace; those without a value are left out.

    >>> properties({"n": 12, "p": None})
    [{'name': 'n', 'ns': 'urn:boussole:oscal', 'value': '12'}]
    """
    return [{"name": name, "ns": NAMESPACE, "value": str(v)} for name, v in values.items() if v not in (None, "")]


def metadata(title: str, *, version: str, modified: str, lang: str, remarks: str = "") -> Part:
    """The head of a document. `modified`: a moment in UTC."""
    found: Part = {"title": title, "last-modified": modified, "version": version, "oscal-version": OSCAL}
    found["props"] = properties({"language": lang})
    return found | ({"remarks": remarks} if remarks else {})


def without_empty(part: Mapping[str, Any]) -> Part:
    """A part without its empty lists and empty parts, which OSCAL refuses."""
    return {key: value for key, value in part.items() if value not in (None, "", [], {})}
