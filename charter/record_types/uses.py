"""Taking stock of uses: on a day, how many are in service and examined, and which models no use names."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from boussole.charter.record_types.base import NAMES_NOBODY, Line, Statement
from boussole.charter.record_types.inputs import Command, Input, WebForm


class Stocktaking(Statement):
    """How many uses were on trial or in service, how many of them examined, and the models that belong to none."""

    kind = "stocktaking"
    computed = ("uses", "examined", "grave", "models", "unregistered")
    unasked = ("system", "document")
    commands = (
        Command(
            words="record stocktaking",
            action="STATE",
            help="Take stock: how many uses are in service and examined, and which models of MLflow belong to no use.",
            leaves=("system", "document", "on"),
        ),
    )
    forms = (
        WebForm(
            place="register/stocktaking",
            about=False,
            id="stocktaking",
            title="Take stock today",
            send="Take stock",
            notes=(
                "Counted and sealed as they stand at this moment: uses on trial or in service, those examined, and the "
                "models in MLflow that belong to none.",
            ),
            action="STATE",
            asks=("text",),
            inputs={"text": Input(note=NAMES_NOBODY)},
        ),
    )

    uses: int = Field(ge=0, description="Uses on trial or in service, by the register")
    examined: int = Field(ge=0, description="Those of them of which at least one question was looked at")
    grave: int = Field(ge=0, description="Those of them of high risk of which no question was")
    models: int = Field(ge=0, description="Models that the registry of MLflow held")
    unregistered: Annotated[list[Line], Field(max_length=10_000)] = Field(
        default_factory=list, description="Those of them that belong to no use of the register, by name"
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.examined + self.grave > self.uses:
            raise ValueError("more uses are examined, or of high risk and not examined, than are in service")
        if len(self.unregistered) > self.models or len({*self.unregistered}) < len(self.unregistered):
            raise ValueError("more models belong to no use than there are, or one is named twice")
        return self
