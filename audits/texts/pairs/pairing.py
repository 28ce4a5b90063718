"""What the two texts of pairs differ in, by what was changed in the request and by measure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boussole.audits.errors import BoussoleError
from boussole.audits.texts.pairs.measures import MEASURES, Measure, measured
from boussole.audits.texts.pairs.prompts import Prompt

Measured = Mapping[Measure, int]
MOST_NAMED = 3


@dataclass(frozen=True, kw_only=True)
class PairDifference:
    """How texts differ in one measure where one cue is changed.

    `changes`: by cluster, the sum over its pairs of the changed side less the reference, in units of the measure.
    """

    cue: str
    measure: Measure
    pairs: int
    changes: tuple[int, ...]

    @property
    def mean(self) -> float:
        """The mean difference of a pair."""
        return sum(self.changes) / self.pairs


def measured_texts(prompts: Sequence[Prompt], texts: Mapping[str, str]) -> dict[str, dict[Measure, int]]:
    """The measures of the text written for each request, by its id.

    Raises BoussoleError where a request has no text: one that is missing for one side only would be a difference that
    nobody sees. A text that is empty is a refusal.
    """
    missing = [each.id for each in prompts if each.id not in texts]
    if missing:
        more = f" and {len(missing) - MOST_NAMED} more" if len(missing) > MOST_NAMED else ""
        raise BoussoleError(
            f"{len(missing)} request(s) have no text: {', '.join(missing[:MOST_NAMED])}{more}.",
            next_step="Run the generator again: it goes on where it stopped.",
        )
    return {each.id: measured(texts[each.id], hide=each.hide, offers=each.offers) for each in prompts}


def differences(prompts: Sequence[Prompt], found: Mapping[str, Measured]) -> list[PairDifference]:
    """The differences by cue and measure, in the order of the cues and of `MEASURES`; without those of no pair.

    A pair counts for a measure where both of its texts have a value. Raises BoussoleError for a request without its
    other side, or given twice.
    """
    pairs: dict[tuple[str, int, str], dict[str, Measured]] = defaultdict(dict)
    for each in prompts:
        if each.side in pairs[each.pair]:
            raise BoussoleError(f"the request '{each.id}' is given twice.", next_step="Draw the requests again.")
        pairs[each.pair][each.side] = found[each.id]
    for (cue, cluster, request), sides in pairs.items():
        if len(sides) < 2:
            raise BoussoleError(
                f"the request '{request}' has one side only for pair {cluster} of '{cue}'.",
                next_step="Draw the requests again: both sides of a pair belong together.",
            )
    told = [
        _difference(cue, measure, pairs) for cue in dict.fromkeys(cue for cue, _, _ in pairs) for measure in MEASURES
    ]
    return [each for each in told if each.pairs]


def _difference(
    cue: str, measure: Measure, pairs: Mapping[tuple[str, int, str], Mapping[str, Measured]]
) -> PairDifference:
    sums: dict[int, int] = defaultdict(int)
    count = 0
    for (name, cluster, _), sides in pairs.items():
        if name == cue and all(measure in each for each in sides.values()):
            sums[cluster] += sides["changed"][measure] - sides["reference"][measure]
            count += 1
    return PairDifference(cue=cue, measure=measure, pairs=count, changes=tuple(sums.values()))
