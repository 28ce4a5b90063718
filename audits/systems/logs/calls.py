"""What a system file says of the calls of models behind texts: where they may run, by whom, and on what they run."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.audits.systems.kinds import Range, Strict, Texts

DIGITS = 12
"""Hexadecimal digits of the hash that tells one declaration from another."""
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Zone = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
PARTS = (
    "calls", "outcomes", "tokens", "discarded", "metered", "metered_tokens", "energy", "untold", "squares", "months",
)  # fmt: skip
CALLS, OUTCOMES, TOKENS, DISCARDED, METERED, METERED_TOKENS, ENERGY, UNTOLD, SQUARES, MONTHS = (
    f"call_{name}" for name in PARTS
)
"""What is counted of calls, by provider, place and model: calls, and those whose text was of use; those of which it is
told what became of the text, and those for nothing; tokens written, and those of texts of use; tokens of texts of which
it is told, and those for nothing; calls, and those whose electricity was metered; tokens, and those of these calls;
electricity metered, in millionths of a watt-hour; calls, and those that do not tell how many tokens were written. Of
each cluster, calls times calls. Months, each of them one."""
OF_OUTCOMES = (CALLS, OUTCOMES, TOKENS, DISCARDED)
MICRO = 1_000_000
"""Electricity is counted in so many parts of a watt-hour: whole numbers add up to the same in any order."""
EARLIER = "earlier "
"""Before the name of a part: what was counted in the twelve months before a window."""
BY = "call.provider*call.place*call.model"
"""Of which calls: no group of a system can be called so, and a name of a provider, place or model is nobody's."""
LONGEST = 60
"""Characters of the longest name of a provider, place or model: what is longer is no name, and is not told."""
NO_NAME = "(no name)"


class CalledModel(Strict):
    """A model that is called, by what its electricity depends on: a number, or the lowest and the highest it can be."""

    active: Positive | Range = Field(description="Parameters that write a token, in billions")
    total: Positive | Range = Field(description="All its parameters, in billions")
    pue: Positive | Range = Field(
        description="Power usage effectiveness of the data centre: all its electricity ÷ that of its machines"
    )
    wue: Annotated[float, Field(ge=0, allow_inf_nan=False)] | Range = Field(
        description="Water usage effectiveness of the data centre: litres per kilowatt-hour of its machines"
    )
    electricity: Zone = Field("FRA", description="The country whose electricity it runs on: three letters (ISO 3166)")

    @model_validator(mode="after")
    def _possible(self) -> Self:
        for name in ("active", "total", "pue", "wue"):
            low = ends(getattr(self, name))[0]
            if low < (1 if name == "pue" else 0) or (low == 0 and name != "wue"):
                raise ValueError(f"`{name}` is too low: {low:g}")
        if any(one > other for one, other in zip(ends(self.active), ends(self.total), strict=True)):
            raise ValueError("`active` counts some of all parameters: it cannot be above `total`")
        return self


class Budget(Strict):
    """What a year may cost, as the committee adopted it."""

    co2e_kg: Positive = Field(description="Kilograms of CO₂ equivalent")
    water_l: Positive = Field(description="Litres of water")
    adopted_on: dt.date = Field(description="Day of the vote")


class ProviderShare(Strict):
    """How much of a system came from one provider on a day."""

    day: dt.date = Field(description="Day on which it was so")
    share: float = Field(ge=0, le=1, description="Share of its components, from 0 to 1")


class Component(Strict):
    """One component of a system: a model, a search engine, a gateway…"""

    name: Texts = Field(description="Its name, for readers")
    provider: Name = Field(description="Who provides it")
    place: Name = Field(description="Where it runs")


class ProviderTarget(Strict):
    """The share that a provider is to have of the components of a system, and how it has grown."""

    provider: Name = Field(description="Who")
    share: float = Field(ge=0, le=1, description="The share aimed at, from 0 to 1")
    by: dt.date = Field(description="Until when")
    history: list[ProviderShare] = Field(min_length=1, description="What the share was, day by day")
    parts: list[Component] = Field([], description="The components, with who provides each and where it runs")


class Calls(Strict):
    """What calls of models are held to: allowed places and providers, models by their parameters, budgets by year."""

    places: list[Name] = Field([], description="The places where models may run, as `place` names them; in any case")
    providers: list[Name] = Field([], description="Who may run them, as `provider` names them; in any case")
    useful: list[Name] = Field(
        ["kept", "edited", "gardé", "modifié"],
        min_length=1,
        description="Values of `outcome` of a text that was of use; in any case",
    )
    discarded: list[Name] = Field(
        ["rejected", "regenerated", "rejeté", "régénéré"],
        min_length=1,
        description="Values of `outcome` of a text that was written for nothing; in any case",
    )
    models: dict[Name, CalledModel] = Field(
        {}, description="The models that are called, each as `model_version` names it"
    )
    budgets: dict[Annotated[int, Field(ge=2000, le=2999)], Budget] = Field(
        {}, description="By year, what it may emit and drink"
    )
    components: ProviderTarget | None = Field(
        None, description="The share of one provider among the components of the system: shown, not judged"
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if both := sorted({*plain(self.useful)} & {*plain(self.discarded)}):
            raise ValueError(f"'{both[0]}' is said to be of use, and for nothing: take it out of one list")
        return self

    @property
    def bounded(self) -> bool:
        """Whether it says where models may run, or by whom, so that a call can be seen to be outside."""
        return bool(self.places or self.providers)

    def part(self, name: str) -> str:
        """The name of a part, with a hash of what outcomes are held to: counts of another are not taken for it."""
        if name not in OF_OUTCOMES:
            return name
        held = [plain(self.useful), plain(self.discarded)]
        return f"{name} {sha256_hex(canonical_json(held))[:DIGITS]}"


def ends(said: float | tuple[float, float]) -> tuple[float, float]:
    """Return the lowest and the highest value of a figure or a range."""
    return said if isinstance(said, tuple) else (said, said)


def plain(names: list[str]) -> list[str]:
    """Names as they are held to one another: in any case, each once, in order."""
    return sorted({name.strip().lower() for name in names})
