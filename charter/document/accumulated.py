"""What an audit tells of its window and of those before it together, since the system is what it is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Annotated, Literal

from pydantic import Field

from boussole.charter.document.base import LATER, Day, Hash, Part
from boussole.charter.document.measures import MeasureDocument

Why = Literal["first", "span", "declaration", "version", "evidence"]
"""Why nothing before is counted: there is no audit of it; a year is enough; groups, columns or references are others;
another version of the model decided; what was counted then cannot be read any more."""


class EarlierWindow(Part):
    """A window before that of the audit whose figures count too, and the evidence that they are computed from."""

    start: Day
    end: Day
    cubes: Annotated[Hash, Field(description="The evidence file of its audit")]
    system: Annotated[Hash, Field(description="The declaration that was used")]
    as_of: Annotated[Day, Field(description="Day from which its outcomes were read")]
    without: Annotated[
        tuple[str, ...] | None,
        LATER,
        Field(description="Measures that the charter judges otherwise since: this window does not answer for them"),
    ] = None


class AccumulatedFigures(Part):
    """Figures of several windows together, by which their questions are judged; `windows`: oldest first."""

    since: Annotated[Day, Field(description="First day of the oldest window that counts")]
    because: Annotated[Why, Field(description="Why no earlier window counts")]
    windows: tuple[EarlierWindow, ...]
    version: Annotated[
        str | None, LATER, Field(description="The version of the model that most decisions of the window were made by")
    ] = None
    measures: tuple[MeasureDocument, ...]


def overlaid(
    measures: Sequence[MeasureDocument], found: AccumulatedFigures | None, *, alone: Collection[str]
) -> tuple[MeasureDocument, ...]:
    """The measures of a window, with those of several windows in the place of its own; but of the comparisons `alone`,
    and of the shares of their groups."""
    together = {} if found is None else {each.id: each for each in found.measures}
    kept = {*alone, *(f"{name.removesuffix(ending)}/{of}" for name, of in _parted(alone) for ending in ENDINGS)}
    return tuple(each if each.id in kept else together.get(each.id, each) for each in measures)


ENDINGS = ("_ratio", "_difference")
"""By which the name of a comparison ends, after that of the share that it compares."""


def _parted(names: Collection[str]) -> list[tuple[str, str]]:
    """The metric, and the group with its stage, of each comparison."""
    return [(metric, of) for metric, _, of in (name.partition("/") for name in names)]
