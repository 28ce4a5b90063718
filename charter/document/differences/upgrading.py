"""Comparisons as they were written until December 2026: `boussole.comparison/1`, which was judged, and
`boussole.versions/1`, which was not."""

from __future__ import annotations

import json
from typing import Literal

SCHEMA: Literal["boussole.comparison/2"] = "boussole.comparison/2"


def upgraded(text: str | bytes) -> str | bytes:
    """The JSON of an earlier comparison in the form of today, and any other as it is. What is stored stays as it was.

    >>> upgraded('{"schema": "boussole.comparison/1", "comparisons": []}')
    '{"schema": "boussole.comparison/2", "kind": "candidate", "rows": []}'
    """
    match json.loads(text):
        case {"schema": "boussole.comparison/1", "comparisons": rows, **others}:
            return json.dumps({**others, "schema": SCHEMA, "kind": "candidate", "rows": rows})
        case {"schema": "boussole.versions/1", **others}:
            return json.dumps({**others, "schema": SCHEMA})
        case _:
            return text
