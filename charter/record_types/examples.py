"""Examples of texts: that one was released redacted, until when, and that it is no longer shown. Never a text.

The ledger cannot be erased, so that an entry holds a fingerprint under a random salt, which is kept with the text and
goes with it: from then on nobody can try whether a text was that one.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from boussole.audits.systems.kinds import Identifier
from boussole.charter.record_types.base import Sha256, Statement
from boussole.charter.record_types.inputs import Command, Input, WebForm, unfit

FindingName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z_]{1,59}$")]


class _NoText(Statement):
    """A record that can hold no word of a text: it has neither words nor a document of its own."""

    @model_validator(mode="after")
    def _no_text(self) -> Self:
        if self.text or self.document is not None:
            raise unfit("This record holds no text and no document: it can never be erased.", "text")
        return self


class TextExample(_NoText):
    """A steward read a text after it was redacted, and released it: committees see it until a day."""

    kind = "text_example"
    read_action = "SEE_EXAMPLES"
    governed = "texts example release"
    unasked = ("text", "document")
    computed = ("fingerprint",)

    system: Identifier = Field(description="The id of the system")
    start: dt.date = Field(description="First day of the period that it is an example of")
    end: dt.date = Field(description="Last day of that period")
    finding: FindingName = Field(
        description="What it is an example of: a criterion of wording, a kind of personal data; any, nothing"
    )
    fingerprint: Sha256 = Field(description="HMAC-SHA-256 of the redacted text under a salt that is kept with it")
    until: dt.date = Field(description="Last day on which it is shown: its text is not kept for longer")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.start <= self.end:
            raise unfit("A period starts before it ends.", "end")
        if self.until < self.on:
            raise unfit("An example is shown on the day of its release at least.", "until")
        return self


class TextExampleEnd(_NoText):
    """An example that is no longer shown, before its day: its redacted text is erased."""

    kind = "text_example_end"
    about = ("text_example",)
    read_action = "SEE_EXAMPLES"
    governed = "texts example withdraw"
    unasked = ("text", "document", "system")
    commands = (
        Command(
            words="texts example withdraw",
            action="RELEASE_EXAMPLES",
            help="Withdraw an example: it is shown to nobody from now on, and its redacted text is erased.",
            leaves=("on",),
        ),
    )
    forms = (
        WebForm(
            place="generations/withdraw",
            id="withdraw-example",
            title="Withdraw this example",
            send="Withdraw it, and erase its text",
            action="RELEASE_EXAMPLES",
            asks=("reason",),
            filled={"of": "address"},
        ),
    )

    of: int = Field(ge=0)
    reason: Annotated[
        Literal["personal", "asked", "mistaken", "original_gone"],
        Input(
            label="Why?",
            words={
                "personal": "Somebody can be recognised in it",
                "asked": "The person whom it is about asked for it",
                "mistaken": "It is no example of what is said",
                "original_gone": "The text that it was made from is gone",
            },
        ),
    ] = Field(
        description="Why: somebody can be recognised, somebody asked, it is no such example, its original is gone"
    )


EXAMPLES: tuple[type[Statement], ...] = (TextExample, TextExampleEnd)
