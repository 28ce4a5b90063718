"""Planted errors: a protocol that is sealed before its cases exist, and what was noticed. No person, no small team.

Nobody can pick the cases: the secret by which they are drawn is sealed as its hash before the first of them exists, and
told with what was found. The lists of what was drawn, and of who saw what, are destroyed; the record says when.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator, Field, model_validator

from boussole.audits.hashing import sha256_hex
from boussole.audits.systems.kinds import Identifier, Strict
from boussole.charter.record_types.base import KeptFile, Sha256, Statement
from boussole.charter.record_types.inputs import Command, Input, WebForm, unfit
from boussole.charter.record_types.work import FEWEST

System = Annotated[Identifier, Input(label="About which system?", choices="systems")]


class Planting(Statement):
    """A protocol: in which days how many errors are planted in cases drawn at random, as the works council knows."""

    kind = "planting"
    governed: ClassVar[str] = "work"
    commands = (
        Command(
            words="work planting",
            action="STATE",
            help="Record a protocol of planted errors, before the first day on which one may be planted.",
        ),
    )
    forms = (
        WebForm(
            place="work/planting",
            about=False,
            id="work-planting",
            title="Record a protocol of planted errors",
            send="Record it",
            action="STATE",
            asks=("system", "start", "end", "errors", "consulted_on", "commitment", "document", "text"),
        ),
    )

    system: System = Field(description="The id of the system")
    start: Annotated[dt.date, Input(label="First day", option="--from", day="to_come")] = Field(description="First day")
    end: Annotated[dt.date, Input(label="Last day", option="--to", day="to_come")] = Field(description="Last day")
    errors: Annotated[int, Input(label="How many errors will be planted?")] = Field(
        ge=1, le=1_000_000, description="How many errors will be planted"
    )
    consulted_on: Annotated[dt.date, Input(label="When was the works council told?", day="past", option="--told")] = (
        Field(description="The day on which the works council was told of the protocol")
    )
    commitment: Annotated[
        Sha256,
        Input(
            label="Hash of the secret by which cases are drawn",
            note="SHA-256 of the secret, which stays sealed with the works council until the errors are counted.",
        ),
    ] = Field(description="SHA-256 of the secret by which cases are drawn, told with what was found")
    document: Annotated[KeptFile, Input(label="The protocol, as the works council knows it")] = Field(
        description="The protocol as the works council knows it; a copy is kept with the records"
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.consulted_on > self.on:
            raise unfit("The works council is told before the protocol is recorded.", "consulted_on")
        if self.start <= self.on:
            raise unfit("Errors are planted after the day it is recorded: else somebody could pick the cases.", "start")
        if self.end < self.start:
            raise unfit("It ends before it starts: one of both days is not right.", "end")
        return self


def _of_team(said: Any) -> Any:
    """What was found in a team: how many agents it has, errors planted, errors noticed; three numbers."""
    if not isinstance(said, str):
        return said
    found = re.fullmatch(r"\D*(\d{1,6})\D+(\d{1,6})\D+(\d{1,6})\D*", said.strip())
    if found is None:
        raise unfit("Each line is three numbers: “{line}” is not.", "teams", line=said.strip()[:60])
    return dict(zip(("agents", "planted", "noticed"), map(int, found.groups()), strict=True))


class TeamErrors(Strict):
    """What was found in one team, which has no name here."""

    agents: int = Field(ge=FEWEST)
    planted: int = Field(ge=1)
    noticed: int = Field(ge=0)


class PlantedErrors(Statement):
    """What was noticed of the errors planted under a protocol: by team of 11 agents or more, without a name."""

    kind = "planted_errors"
    governed: ClassVar[str] = "work"
    commands = (
        Command(
            words="work planted",
            action="STATE",
            help="Record how many planted errors were noticed, by team without its name, with the secret of the draw.",
        ),
    )
    forms = (
        WebForm(
            place="work/planted",
            about=False,
            id="work-planted",
            title="Record what was noticed of planted errors",
            send="Record it",
            action="STATE",
            asks=("system", "secret", "teams", "forgotten_on", "text"),
        ),
    )

    system: System = Field(description="The id of the system")
    secret: Annotated[
        Sha256,
        Input(
            label="The secret by which cases were drawn",
            note="64 digits or letters from a to f, of which the hash was sealed with the protocol.",
        ),
    ] = Field(description="The secret by which cases were drawn: 64 hexadecimal digits, whose hash the protocol sealed")
    teams: Annotated[
        list[Annotated[TeamErrors, BeforeValidator(_of_team)]],
        Input(
            label="What was noticed, a team each line",
            kind="lines",
            note="Without its name: agents, errors planted, errors noticed. 14 10 9",
            option="--team",
        ),
    ] = Field(
        min_length=1,
        max_length=10_000,
        description="AGENTS PLANTED NOTICED, of a team of 11 agents or more; give it again for others",
    )
    forgotten_on: Annotated[
        dt.date, Input(label="When were the lists destroyed?", day="past", option="--forgotten")
    ] = Field(description="The day on which the lists of what was drawn and of who saw what were destroyed")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if any(each.noticed > each.planted for each in self.teams):
            raise unfit("More errors were noticed in a team than planted.", "teams")
        if self.forgotten_on > self.on:
            raise unfit("The lists are destroyed before what was found is recorded.", "forgotten_on")
        # the order of the teams could tell which is which
        self.teams.sort(key=lambda each: (each.agents, each.planted, each.noticed))
        return self

    @property
    def commitment(self) -> str:
        """The hash by which its protocol is found."""
        return sha256_hex(self.secret.encode())

    @property
    def planted(self) -> int:
        """Errors planted in all."""
        return sum(each.planted for each in self.teams)


PLANTING: tuple[type[Statement], ...] = (Planting, PlantedErrors)
"""The kinds of this module, in the order in which the page asks for them."""
