"""What a token costs, computed again by the formulas of EcoLogits 0.11 from the parameters of a model.

Sources: Rincé & Banse (2025), J. Open Source Software 10(111):7471; constants: ecologits/impacts/llm.py, 0.11.3. What a
kilowatt-hour of a country costs is taken as the document tells it.
"""

from __future__ import annotations

import math
from typing import NamedTuple

BATCH = 64
GPU_ENERGY = (1.1665273170451914e-06, -0.011205921025579175, 4.052928146734005e-05)
LATENCY = (0.0006785088094353663, 0.0003119310311688259, 0.019473717579473387)
BITS, GPU_MEMORY = 16, 80
SERVER_GPUS, SERVER_KW = 8, 1.2
GPU_BUILT_KG, SERVER_BUILT_KG = 273, 5700
LIFESPAN = 3 * 365 * 24 * 60 * 60


class TokenCost(NamedTuple):
    """Of a token at one end: watt-hours, grams of CO₂ equivalent, those for building machines, litres of water."""

    energy_wh: float
    co2e_g: float
    built_g: float
    water_l: float


def ends(said: float | list[float]) -> tuple[float, float]:
    """The lowest and the highest that something can be."""
    return (float(said[0]), float(said[1])) if isinstance(said, (list, tuple)) else (float(said), float(said))


def token_cost(model: dict, mix: list[float], end: int) -> TokenCost:
    """What a token costs at its lowest (0) or its highest (1)."""
    active, total, pue, wue = (ends(model[name])[end] for name in ("active", "total", "pue", "wue"))
    alpha, beta, gamma = GPU_ENERGY
    gpu_kwh = (alpha * math.exp(beta * BATCH) * active + gamma) / 1000
    seconds = LATENCY[0] * active + LATENCY[1] * BATCH + LATENCY[2]
    gpus = 2 ** math.ceil(math.log2(math.ceil(1.2 * total * BITS / 8 / GPU_MEMORY)))
    machines_kwh = seconds / 3600 * SERVER_KW * gpus / SERVER_GPUS / BATCH + gpus * gpu_kwh
    built_kg = gpus / SERVER_GPUS * SERVER_BUILT_KG + gpus * GPU_BUILT_KG
    built_g = 1000 * seconds * built_kg / (LIFESPAN * BATCH)
    return TokenCost(
        energy_wh=1000 * pue * machines_kwh,
        co2e_g=1000 * pue * machines_kwh * mix[0] + built_g,
        built_g=built_g,
        water_l=machines_kwh * (wue + pue * mix[1]),
    )
