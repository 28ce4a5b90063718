"""What every act of a committee says besides what every record does: which committee, and which member acts.

An act is sealed only by `charter.committee`, which holds it to the rules in the transaction that seals it.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from boussole.audits.systems.kinds import Identifier
from boussole.charter.record_types.base import Statement
from boussole.charter.record_types.inputs import Input

Member = Annotated[str, StringConstraints(pattern=r"^m_[0-9a-f]{8}$")]
"""A member's number: drawn by chance, so that what can't be erased names nobody. Names are in the directory."""
Sitting = Annotated[
    Member,
    Input(label="Member", choices="members", option="--member"),
    Field(description="The member's number or name"),
]
OfSession = Annotated[int, Input(help="The entry of the session's first convocation.")]
COUNTED = ("text", "anew")
"""What nobody says of acts that are counted as they are sealed."""


class Act(Statement):
    """What a committee, its members or those who answer to it do."""

    governed: ClassVar[str] = "committee"
    unasked: ClassVar[tuple[str, ...]] = ("document", "system")

    committee: Identifier = Field(description="The committee that it is an act of")
    by: Member | None = Field(None, description="The member who acts, where it is one")
    anew: int | None = Field(None, ge=0, description="Entry of the same words, which no longer count: said once more")
