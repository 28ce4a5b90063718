"""What concerns whoever looks: what is new, and what they have seen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boussole.dashboard.views.concerns import Concern

STAYS = dt.timedelta(minutes=10)
"""How long something stays under what is new once it was shown: a page that is loaded again shows the same."""


@dataclass(frozen=True, kw_only=True)
class ConcernsPage:
    """What is new, and what was seen before."""

    new: Sequence[Concern]
    before: Sequence[Concern]


def split(
    concerns: Sequence[Concern], seen: Mapping[str, dt.datetime], *, now: dt.datetime
) -> tuple[list[Concern], list[Concern]]:
    """What is new, or was a moment ago, and the rest, the latest first."""
    new = [each for each in concerns if each.key not in seen or now - seen[each.key] < STAYS]
    fresh = {each.key for each in new}
    rest = [each for each in concerns if each.key not in fresh]
    return new, sorted(rest, key=lambda each: each.on, reverse=True)
