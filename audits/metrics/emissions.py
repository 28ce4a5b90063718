"""Electricity, CO₂ equivalent and water of a token, as EcoLogits estimates them, each from lowest to highest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from boussole.audits.errors import BoussoleError
from boussole.audits.metrics.calls import Where, by_call
from boussole.audits.parts import Floats, Ints
from boussole.audits.systems.kinds import BUCKETS
from boussole.audits.systems.logs.calls import (
    ENERGY,
    METERED,
    METERED_TOKENS,
    MICRO,
    UNTOLD,
    CalledModel,
    Calls,
    ends,
)

if TYPE_CHECKING:
    from ecologits.utils.range_value import ValueOrRange

Range = tuple[float, float]
"""The lowest and the highest that something can be."""
MILLION = 1e6
"""Tokens that are asked for at once: one alone would be a number near the smallest that is told apart."""


@dataclass(frozen=True, kw_only=True)
class Mix:
    """What a kilowatt-hour of a country's electricity costs: kilograms of CO₂ equivalent, and litres of water."""

    co2e_kg: float
    water_l: float


@dataclass(frozen=True, kw_only=True)
class TokenCost:
    """The cost of a written token: watt-hours, grams of CO₂ equivalent (`built_g`: of machines), litres of water."""

    energy_wh: Range
    co2e_g: Range
    built_g: Range
    water_l: Range


@lru_cache(maxsize=256)
def mix_of(zone: str) -> Mix:
    """Return the electricity mix of a country, of EcoLogits' year. Raises BoussoleError for an unknown one."""
    from ecologits.electricity_mix_repository import electricity_mixes

    found = electricity_mixes.find_electricity_mix(zone)
    if found is None:
        raise BoussoleError(
            f"the electricity of '{zone}' is not known.",
            where="`generations.calls.models`",
            next_step="Write the three letters of the country (ISO 3166), as FRA; or WOR for the world.",
        )
    return Mix(co2e_kg=found.gwp, water_l=found.wue)


@lru_cache(maxsize=256)
def token_cost(model: CalledModel) -> TokenCost:
    """Estimate the cost of a written token by EcoLogits' function, with batches of 64 and parameters of 16 bits.

    Source: Rincé & Banse (2025), EcoLogits, J. Open Source Software 10(111):7471.
    """
    from ecologits.impacts.llm import compute_llm_impacts

    mix = mix_of(model.electricity)
    found = compute_llm_impacts(
        model_active_parameter_count=_told(model.active),
        model_total_parameter_count=_told(model.total),
        output_token_count=MILLION,
        if_electricity_mix_adpe=0.0,  # no figure of Boussole rests on minerals or primary energy
        if_electricity_mix_pe=0.0,
        if_electricity_mix_gwp=mix.co2e_kg,
        if_electricity_mix_wue=mix.water_l,
        datacenter_pue=_told(model.pue),
        datacenter_wue=_told(model.wue),
    )
    assert found.embodied is not None  # noqa: S101 (a model of text always has it)
    return TokenCost(
        energy_wh=_range(found.energy.value, 1000),
        co2e_g=_range(found.gwp.value, 1000),
        built_g=_range(found.embodied.gwp.value, 1000),
        water_l=_range(found.wcf.value, 1),
    )


def _told(said: float | Range) -> ValueOrRange:
    from ecologits.utils.range_value import RangeValue

    low, high = ends(said)
    return low if low == high else RangeValue(min=low, max=high)


def _range(value: ValueOrRange, times: float) -> Range:
    """A figure of a million tokens, by token, in another unit."""
    low, high = (value, value) if isinstance(value, int | float) else (value.min, value.max)
    return float(low) * times / MILLION, float(high) * times / MILLION


@dataclass(frozen=True, kw_only=True)
class CallFootprint:
    """The cost of calls by bucket (watt-hours, grams, litres), lowest and highest (2, buckets), and `unknown` calls."""

    energy_wh: Floats
    co2e_g: Floats
    water_l: Floats
    metered: int
    calls: int
    unknown: int


def spent(read: pa.Table, held: Calls, *, before: str = "", months: Sequence[str] | None = None) -> CallFootprint:
    """Sum the cost of the calls of some months (default: all); metered energy widens the estimates."""
    found = {part: by_call(read, before + part, months=months) for part in (METERED, METERED_TOKENS, ENERGY, UNTOLD)}
    none = np.zeros((2, BUCKETS), dtype=np.int64)
    energy, co2e, water = (np.zeros((2, BUCKETS)) for _ in range(3))
    metered = calls = unknown = 0
    for where in sorted(found[METERED], key=lambda each: tuple(name or "" for name in each)):
        calls += int(found[METERED][where].sum())
        model = held.models.get(where[2] or "")
        if model is None:
            unknown += int(found[METERED][where].sum())
            continue
        metered += int(found[METERED][where][1].sum())
        unknown += int(found[UNTOLD].get(where, none)[1].sum())
        cost, mix = token_cost(model), mix_of(model.electricity)
        of_meter = found[ENERGY].get(where, none).sum(axis=0) / MICRO
        estimated, by_meter = found[METERED_TOKENS].get(where, none)
        shown = _shown(found, where[2])
        for end in range(2):
            pue, wue = ends(model.pue)[end], ends(model.wue)[end]
            widened = _widened(shown, cost.energy_wh[end] / pue, high=bool(end))
            used, built = cost.co2e_g[end] - cost.built_g[end], cost.built_g[end]
            energy[end] += estimated * cost.energy_wh[end] * widened + of_meter * pue
            co2e[end] += estimated * (used * widened + built) + of_meter * pue * mix.co2e_kg + by_meter * built
            water[end] += estimated * cost.water_l[end] * widened + of_meter / 1000 * (wue + pue * mix.water_l)
    return CallFootprint(energy_wh=energy, co2e_g=co2e, water_l=water, metered=metered, calls=calls, unknown=unknown)


def _shown(found: Mapping[str, Mapping[Where, Ints]], model: str | None) -> float | None:
    """Watt-hours a token that meters show of a model, wherever it ran; None where none of its calls is metered."""
    tokens = sum(int(sides[1].sum()) for where, sides in found[METERED_TOKENS].items() if where[2] == model)
    energy = sum(int(sides.sum()) for where, sides in found[ENERGY].items() if where[2] == model)
    return energy / MICRO / tokens if tokens and energy else None


def _widened(shown: float | None, estimated: float, *, high: bool) -> float:
    """Return the factor by which an estimate of watt-hours a token is moved to what meters show."""
    if shown is None:
        return 1.0
    return max(shown / estimated, 1.0) if high else min(shown / estimated, 1.0)
