"""What verifying came to, as an exit code."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum


class Outcome(IntEnum):
    """What verifying came to, as an exit code. 2 is a mistake of whoever asked, as with every command."""

    VERIFIED = 0
    """It holds, and agrees with what somebody kept outside and signed."""
    FAULT = 1
    """Something is not as it was sealed."""
    ITSELF = 3
    """It agrees with itself, and nothing outside it was compared."""
    CLOCK = 4
    """Everything holds, and the times of its entries cannot all be true."""


def worst(found: Iterable[Outcome]) -> Outcome:
    """The outcome that says most: a fault, then the clock, then that nothing outside was compared.

    >>> worst([Outcome.VERIFIED, Outcome.ITSELF]).name, worst([Outcome.ITSELF, Outcome.CLOCK, Outcome.FAULT]).name
    ('ITSELF', 'FAULT')
    """
    order = (Outcome.VERIFIED, Outcome.ITSELF, Outcome.CLOCK, Outcome.FAULT)
    return max(found, key=order.index, default=Outcome.VERIFIED)
