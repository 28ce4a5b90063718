"""The values that a group may have: those its file declares, what any other counts as, how many there may be."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator

from boussole.audits.systems.kinds import Texts

UNDECLARED = "undeclared"
"""What all values of a group that its file does not declare are counted as."""
RARE = "rare-"
"""How the word begins that stands for a value which few people have, where no file declares it (`counts.rare`)."""
MOST_VALUES = 60
"""The most values, or bands, of one group: the time of an audit grows faster than their number."""
MOST_CROSSED = 200
"""The most combinations of values of groups that are crossed."""
MOST_IN_ALL = 400
"""The most groups of a system: values of each of its groups, and combinations of those that are crossed."""


def _by_value(value: Any) -> Any:
    """Values without names, as a list, in the form of those with names."""
    if not isinstance(value, list):
        return value
    if any(not isinstance(each, bool | int | str) or each == "" for each in value):
        raise ValueError("values are words or whole numbers, as they stand in the data")
    texts = [str(each).lower() if isinstance(each, bool) else str(each) for each in value]
    if len(set(texts)) < len(texts):
        raise ValueError("a value is given twice")
    return {text: {} for text in texts}


Declared = Annotated[
    dict[str, Texts], BeforeValidator(_by_value, json_schema_input_type=dict[str, Texts] | list[bool | int | str])
]
"""Values of a group, with their names or none."""


def too_many(sizes: Mapping[str, int], attributes: Sequence[Sequence[str]]) -> tuple[str, int, int] | None:
    """Return what has too many values, how many, and the most there may be; None where an audit can read all."""
    made = {tuple(by): math.prod(max(sizes.get(name, 1), 1) for name in by) for by in attributes}
    for by, many in made.items():
        most = MOST_VALUES if len(by) == 1 else MOST_CROSSED
        if many > most:
            return f"`groups.{by[0]}`" if len(by) == 1 else f"the intersection [{', '.join(by)}]", many, most
    total = sum(made.values())
    return ("all groups and intersections together", total, MOST_IN_ALL) if total > MOST_IN_ALL else None


def rare(value: str) -> str | None:
    """Return the keyed word that stands for a value of few people; None of any other value."""
    found = re.fullmatch(RARE + r"([0-9a-f]{8}|\d+)", value)
    return found[1] if found else None
