"""What an audit tells of its window and of those before it together, since the system is what it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import Field

from boussole.charter.document.base import LATER, Day, DocumentPart, Hash
from boussole.charter.document.measures import MeasureDocument

Why = Literal["first", "span", "declaration", "version", "evidence"]
"""Why nothing before is counted: there is no audit of it; a year is enough; groups, columns or references are others;
another version of the model decided; what was counted then cannot be read any more."""


class EarlierWindow(DocumentPart):
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


class AccumulatedFigures(DocumentPart):
    """Figures of several windows together, by which their questions are judged; `windows`: oldest first."""

    since: Annotated[Day, Field(description="First day of the oldest window that counts")]
    because: Annotated[Why, Field(description="Why no earlier window counts")]
    windows: tuple[EarlierWindow, ...]
    version: Annotated[
        str | None, LATER, Field(description="The version of the model that most decisions of the window were made by")
    ] = None
    measures: tuple[MeasureDocument, ...]
    recent: Annotated[
        Annotated[tuple[MeasureDocument, ...], Field(min_length=1)] | None,
        LATER,
        Field(
            description="The same over the last windows alone, as many as their parameter `recent` says: they are "
            "judged as well; absent where no more than these count"
        ),
    ] = None

    @property
    def figures(self) -> tuple[MeasureDocument, ...]:
        """Those of all windows that count, then those of recent ones, which their parameter `recent` tells apart."""
        return (*self.measures, *(self.recent or ()))


def overlaid(
    measures: Sequence[MeasureDocument], found: AccumulatedFigures | None, *, decided: Mapping[str, int | None]
) -> tuple[MeasureDocument, ...]:
    """The measures of a window, with those of several windows in the place of its own; but of comparisons that fewer
    windows decided, and of the shares of their groups, those of so many. `decided`: how many, of each; None: all."""
    figures = {} if found is None else {(each.id, each.params.recent): each for each in found.figures}
    few = {name: windows for name, windows in decided.items() if windows is not None}
    few = {name: windows for of, windows in few.items() for name in _shares(of)} | few

    def told(measure: MeasureDocument) -> MeasureDocument:
        if (windows := few.get(measure.id)) == 1:
            return measure
        every = figures.get((measure.id, None), measure)  # which recent figures are where they are told of no more
        return figures.get((measure.id, windows), every)

    return tuple(told(each) for each in measures)


ENDINGS = ("_ratio", "_difference")
"""By which the name of a comparison ends, after that of the share that it compares."""


def _shares(name: str) -> list[str]:
    """What the shares may be called that a comparison compares: of the same group, at the same stage."""
    metric, _, of = name.partition("/")
    return [f"{metric.removesuffix(ending)}/{of}" for ending in ENDINGS]
