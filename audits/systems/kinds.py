"""The words and values that a system file is written in."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from boussole.audits.identifiers import PATTERN

Identifier = Annotated[str, StringConstraints(pattern=f"^{PATTERN}$")]
ColumnName = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Value = bool | int | float | str
Texts = dict[
    Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")],
    Annotated[str, StringConstraints(min_length=1, max_length=10_000)],
]

Kind = Literal["selection", "ranking", "generation", "declared"]
Status = Literal["design", "pilot", "production", "retired"]
Risk = Literal["prohibited", "high", "limited", "minimal"]
Actor = Literal["tool", "adviser", "candidate", "employer", "other"]
AuditWindow = Literal["day", "week", "month", "quarter", "year", "all"]
Every = Literal["hour", "day", "week", "month", "quarter", "year"]


def _ordered(value: tuple[float, float]) -> tuple[float, float]:
    if not value[0] < value[1]:
        raise ValueError("range must be [low, high] with low < high")
    return value


Range = Annotated[tuple[float, float], AfterValidator(_ordered)]
"""The lowest and the highest possible number, both included."""

BUCKETS = 40
"""Hash buckets of the cluster id: the groups of the delete-a-group jackknife."""


KEPT = "kept"
"""In the context of a validation: the system was declared once, and today's rules do not judge it."""


class Strict(BaseModel):
    """Frozen, and no key that is not declared."""

    model_config = ConfigDict(extra="forbid", frozen=True)
