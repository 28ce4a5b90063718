"""Notes on the items of an agenda, taken before, during and after a session: they stand in its minutes."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from boussole.audits.systems.kinds import Identifier
from boussole.charter.record_types.acts.base import Act, OfSession
from boussole.charter.record_types.base import Prose
from boussole.charter.record_types.inputs import Command, Input, WebForm, unfit


class ItemNote(Act):
    """A note on an item of an agenda; the one taken last counts. `text` is its words."""

    kind = "item_note"
    about = ("convocation",)
    unasked = ("document", "system")
    commands = (
        Command(
            words="committee note",
            action="CONVENE",
            help="Take a note on an item of a session's agenda, for its minutes.",
        ),
    )
    forms = (
        WebForm(
            place="session/note",
            title="Take a note on this item",
            send="Keep the note",
            notes=(
                "It stands in the minutes under this item, in place of the note before. Name roles, no people. What is "
                "still to be written has to be, before the minutes are sealed.",
            ),
            action="CONVENE",
            asks=("text",),
            filled={"of": "session", "item": "item"},
        ),
    )

    of: OfSession = Field(ge=0)
    item: Identifier = Field(description="The id of the item of the agenda")
    text: Annotated[Prose, Input(label="Note", required=True, rows=6, proposed="item_note")] = Field(
        "", description="Its words"
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.text.strip():
            raise unfit("A note has words.", "text")
        return self


NOTES: tuple[type[Act], ...] = (ItemNote,)
"""The acts of this module."""
