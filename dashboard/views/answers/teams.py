"""How often each team changes what is proposed: which clearly differ, in words, and all of them as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from boussole.audits.metrics.human import OVERRIDE_RATE
from boussole.audits.metrics.teams import OVERRIDE_BY_TEAM
from boussole.charter.document import MeasureDocument, Standing, VerdictDocument
from boussole.dashboard.markup.words.say import Say

Row = tuple[str, str, str, str, str]
"""A team: its name, lists reviewed, changed in 100, between what, beside all others."""


@dataclass(frozen=True, kw_only=True)
class ByTeam:
    """What the teams show together, how to read it, and their rows: those that clearly differ first."""

    told: str
    reading: Sequence[str]
    apart: Sequence[Row]
    rows: Sequence[Row]


def by_team(document: Standing, verdict: VerdictDocument, say: Say) -> ByTeam | None:
    """The teams behind an answer about reviews; None where the answer rests on others, or no team was counted."""
    found = [each for each in document.judged_measures if each.metric == OVERRIDE_BY_TEAM]
    if verdict.metric != OVERRIDE_RATE or not found:
        return None
    sides = {side: [each for each in found if each.params.get("differs") == side] for side in ("below", "above")}
    rest = [each for each in found if not each.params.get("differs")]
    apart = [_row(each, say) for side in sides.values() for each in side]
    return ByTeam(
        told=_told({side: [_name(each) for each in those] for side, those in sides.items()}, say),
        reading=_reading(found, say),
        apart=apart,
        rows=[*apart, *[_row(each, say) for each in rest]],
    )


def _name(measure: MeasureDocument) -> str:
    return ", ".join(measure.values_of_group)


def _told(differ: dict[str, list[str]], say: Say) -> str:
    parts = []
    if differ["below"]:
        parts.append(say("Changes clearly less than all others together: {teams}.", teams=", ".join(differ["below"])))
    if differ["above"]:
        parts.append(say("Changes clearly more than all others together: {teams}.", teams=", ".join(differ["above"])))
    return " ".join(parts) or say("No team clearly differs from all others together.")


def _reading(found: Sequence[MeasureDocument], say: Say) -> list[str]:
    told = [
        say(
            "Teams of 11 agents or more. Those that do not clearly differ stand in the order of their names: to rank "
            "them by their figure would be to rank chance."
        ),
        say(
            "The ranges hold for all teams together, and allow for how much agents differ, as found over all teams. A "
            "team can still stand out through one of its agents: no figure says so."
        ),
        say("This explains the answer and judges no team: the verdict rests on all teams together."),
    ]
    if any(each.params.get("at_most") for each in found):
        told.append(say("“At most”: where few lists were changed, their exact number is not told."))
    if any(each.value is None for each in found):
        told.append(say("Hidden: with the total, its figure would tell of too few lists of a team."))
    return told


def _row(measure: MeasureDocument, say: Say) -> Row:
    name = _name(measure)
    if measure.value is None or measure.interval is None or measure.n is None:
        return name, say("figure hidden"), "", "", ""
    figure = say.number(100 * measure.value, 1)
    ends = {
        end: say.number(100 * value, 1)
        for end, value in (("low", measure.interval.low), ("high", measure.interval.high))
    }
    beside = {"below": say("clearly less"), "above": say("clearly more")}
    return (
        name,
        say.whole(measure.n),
        say("at most {n}", n=figure) if measure.params.get("at_most") else figure,
        say("{low} to {high}", **ends),
        beside.get(str(measure.params.get("differs")), say("no clear difference")),
    )
