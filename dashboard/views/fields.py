"""What can be chosen on a page, what an address chooses of it, and what it chooses in the explorer of fairness."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from boussole.audits.systems import System
from boussole.charter.document import AuditDocument
from boussole.charter.judging.families import decision
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import fairness_href


@dataclass(frozen=True, kw_only=True)
class Option:
    """One value of a field, and what it is called."""

    value: str
    name: str


@dataclass(frozen=True, kw_only=True)
class ChoiceField:
    """One thing to choose: its values, which is chosen, and what the address asked for that there is not."""

    key: str
    label: str
    options: Sequence[Option]
    value: str
    refused: str = ""


@dataclass(frozen=True, kw_only=True)
class LinkChoice:
    """One value to choose by a link, with how much it would show; None: not counted."""

    text: str
    count: int | None
    href: str
    current: bool


def settled(key: str, label: str, asked: str, options: Sequence[Option]) -> ChoiceField:
    """A field with the value asked for where there is one, else with the first."""
    known = [option.value for option in options]
    value = asked if asked in known else (known[0] if known else "")
    return ChoiceField(
        key=key, label=label, options=options, value=value, refused=asked if asked and asked not in known else ""
    )


RAW, PROFILES = "all", "profiles"
LONGEST = 2000
"""Characters of one thing that an address asks for: the names of all groups that there are."""


@dataclass(frozen=True, kw_only=True)
class RateKind:
    """One way of looking at groups: the rate of each, a share or not (`percent`), and the `scale` of comparisons."""

    key: str
    rate: str
    scale: str
    percent: bool = True

    @property
    def raw(self) -> str:
        return f"{self.rate}_{self.scale}"

    @property
    def adjusted(self) -> str:
        return f"adjusted_{self.rate}_{self.scale}"


KINDS = (
    RateKind(key="selected", rate="selection_rate", scale="ratio"),
    RateKind(key="stage", rate="stage_selection_rate", scale="ratio"),
    RateKind(key="found", rate="true_positive_rate", scale="difference"),
    RateKind(key="wrongly", rate="false_positive_rate", scale="difference"),
    RateKind(key="outcome", rate="precision", scale="difference"),
    RateKind(key="right", rate="accuracy", scale="difference"),
    RateKind(key="high", rate="scoring_rate", scale="ratio"),
    RateKind(key="place", rate="exposure", scale="ratio", percent=False),
    RateKind(key="order", rate="auc", scale="difference"),
    RateKind(key="announced", rate="calibration_in_the_large", scale="difference", percent=False),
    RateKind(key="missing", rate="missing_outcome_share", scale="difference"),
)
COMPARED = {"calibration_in_the_large": "calibration_difference"}
"""Comparisons that are not named after their rate."""


def comparison(kind: RateKind, control: str) -> str:
    """The measure that compares two groups."""
    return kind.adjusted if control == PROFILES else COMPARED.get(kind.rate, kind.raw)


@dataclass(frozen=True, kw_only=True)
class FairnessQuery:
    """What an address asks for. Whatever the audit does not hold is left out by `settled`."""

    system: str = ""
    period: str = ""
    kind: str = ""
    by: str = ""
    stage: str = ""
    control: str = ""
    group: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> FairnessQuery:
        """What an address asks for, unread."""
        return cls(**{key: query.get(key, "")[:LONGEST] for key in cls.__dataclass_fields__})

    def href(self, query: Mapping[str, str], **changed: str) -> str:
        """The address of this view, with something else chosen."""
        return fairness_href(query=query, **vars(replace(self, **changed)))


def span(document: AuditDocument) -> str:
    """The window of an audit as an address names it."""
    return f"{document.window.start}/{document.window.end}"


def kinds_of(document: AuditDocument) -> list[RateKind]:
    """The ways of looking that an audit holds measures for."""
    held = {measure.metric for measure in document.measures if measure.group}
    return [kind for kind in KINDS if kind.rate in held]


def attributes_of(document: AuditDocument, kind: RateKind) -> list[tuple[str, ...]]:
    """The attributes, and intersections, by which an audit holds a rate."""
    held = (m.by for m in document.measures if m.metric == kind.rate and m.group)
    return list(dict.fromkeys(held))


def stages_of(document: AuditDocument, kind: RateKind) -> list[str]:
    """The stages at which an audit holds a rate, in their order; none for a rate without stages."""
    held = (m.given.get("stage", "") for m in document.measures if m.metric == kind.rate and m.group)
    return [stage for stage in dict.fromkeys(held) if stage]


def controls_of(document: AuditDocument, kind: RateKind, by: Sequence[str]) -> list[str]:
    """Everybody first; then comparable profiles, where an audit holds them: a control can hide what it should show."""
    adjusted = any(m.metric == kind.adjusted and m.by == tuple(by) for m in document.measures)
    return [RAW, PROFILES] if adjusted else [RAW]


def question(kind: RateKind, say: Say, *, system: System | None, control: str = RAW) -> str:
    """What is asked, in plain words. With comparable profiles a figure is a ratio, and no share of people."""
    selected = decision(system, say.lang) if system else say("selected")
    if control == PROFILES and kind.key == "selected":
        return say(
            "With comparable profiles, how many people are {selected} where 100 are in the group compared with?",
            selected=selected,
        )
    if control == PROFILES and kind.key == "stage":
        return say("With comparable profiles, how many go on at each stage where 100 do in the group compared with?")
    return {
        "selected": say("How often are people {selected}?", selected=selected),
        "stage": say("How many go on at each stage?"),
        "reached": say("How many have got this far since the start?"),
        "found": say("Of people whose outcome was positive, how many were {selected}?", selected=selected),
        "wrongly": say("Of people whose outcome was negative, how many were {selected}?", selected=selected),
        "outcome": say("Of people {selected}, for how many did the outcome follow?", selected=selected),
        "right": say("How often was the system right?"),
        "high": say("How many have a score above the middle?"),
        "place": say("How much attention does their place in the list get?"),
        "order": say("How often do the scores put two people in the right order?"),
        "announced": say("Do the scores announce too much or too little?"),
        "missing": say("Of how many people is the outcome not known?"),
    }[kind.key]
