"""The groups of one released measure, ready to be drawn or said, and what can be chosen of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from boussole.audits.languages import capital
from boussole.audits.systems import System
from boussole.charter.document import AuditDocument, Comparison, MeasureDocument, Params, VerdictDocument
from boussole.charter.document.base import given
from boussole.charter.judging.statistics.testing import oriented
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.views.charts.groups import (
    NONE,
    Ends,
    attribute_name,
    decided,
    group_of,
    own,
    rate_of,
    verdict_on,
)
from boussole.dashboard.views.fields import (
    GAP_LEVELS,
    PROFILES,
    RATIO_LEVELS,
    RAW,
    FairnessQuery,
    Field,
    Kind,
    Option,
    attributes_of,
    comparison,
    controls_of,
    kinds_of,
    question,
    settled,
    settled_several,
    span,
    stages_of,
)
from boussole.dashboard.views.scene import Scene, period

BESIDE = ("standardised_selection_rate_ratio", "modelled_selection_rate_ratio", "selection_odds_ratio")
"""Other ways to compare, shown with comparable profiles."""


@dataclass(frozen=True, kw_only=True)
class Group:
    """One group: its rate, and how it compares. A measure is None where the audit holds none.

    `judged`: the comparison that a verdict rests on; None of what no question of the charter is about.
    `together`: its figures count earlier periods as well, as its verdict does.
    """

    key: str
    name: str
    rate: MeasureDocument
    compared: MeasureDocument | None
    reference: bool
    judged: Comparison | None
    beside: Sequence[MeasureDocument | None]
    together: bool = False

    @property
    def verdict(self) -> str | None:
        return None if self.judged is None else self.judged.verdict

    @property
    def ends(self) -> Ends:
        """The interval of the comparison: the one that decided, where it is judged; else its own."""
        if self.judged is not None:
            return decided(self.judged)
        return NONE if self.compared is None else own(self.compared.interval)

    @property
    def gap(self) -> float:
        """How far from parity, to find the widest; 0 where that is not known."""
        if self.compared is None or self.compared.value is None:
            return 0.0
        value, scale = float(self.compared.value), self.compared.params.get("scale")
        if scale != "ratio":
            return abs(value)
        return max(value, 1 / value) - 1 if value else float("inf")


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of the periods that are shown: its audit, what it is called, and the groups that are looked at."""

    document: AuditDocument
    name: str
    found: Sequence[Group]

    def only(self, keys: Sequence[str]) -> Side:
        """The same with the groups that were picked; with all of them where none was."""
        return self if not keys else replace(self, found=[group for group in self.found if group.key in keys])

    def when(self, group: Group, say: Say) -> str:
        """Of which time the figures of a group are."""
        return say("{period} with those before it", period=self.name) if group.together else self.name

    @property
    def since(self) -> dt.date:
        """The first day that its figures count."""
        earlier = [group.rate.params.since for group in self.found if group.rate.params.since is not None]
        return min(earlier, default=self.document.window.start)


def named(sides: Sequence[Side]) -> dict[str, str]:
    """The groups of all periods with their names, in the order of the first."""
    return {group.key: group.name for side in sides for group in side.found}


def groups(
    document: AuditDocument,
    kind: Kind,
    by: Sequence[str],
    say: Say,
    *,
    stage: str,
    control: str,
    system: System | None,
) -> list[Group]:
    """The groups of an attribute or intersection, in the order of the document."""
    measures = document.judged_by_id
    metric, given = comparison(kind, control), {"stage": stage} if stage else {}
    judged = judged_by(document, metric, by)
    marks = {each.measure: each for each in judged.comparisons} if judged else {}
    shown = [
        measure
        for measure in document.judged_measures
        if measure.metric == kind.rate and measure.by == tuple(by) and measure.group and measure.given == given
    ]
    keys = [measure.id.partition("/")[2] for measure in shown]
    against = {found.params.against for key in keys if (found := measures.get(f"{metric}/{key}")) is not None}
    return [
        Group(
            key=key.partition("|")[0],
            name=group_of(measure, say, system=system),
            rate=measure,
            compared=measures.get(f"{metric}/{key}"),
            reference=key.partition("|")[0] in against,
            judged=marks.get(f"{metric}/{key}"),
            beside=[measures.get(f"{name}/{key}") for name in BESIDE] if control == PROFILES and not stage else [],
            together=measure.params.since is not None,
        )
        for key, measure in zip(keys, shown, strict=True)
    ]


def judged_by(document: AuditDocument, metric: str, by: Sequence[str]) -> VerdictDocument | None:
    """The verdict that rests on these comparisons, where the charter asks for one."""
    return verdict_on(document, tuple(by), metric=rate_of(metric))


def hidden(found: Sequence[Group]) -> list[Group]:
    """The groups whose rate the audit does not release."""
    return [group for group in found if group.rate.status == "suppressed"]


def widest(found: Sequence[Group]) -> Group | None:
    """The group whose gap is widest; None where none can be compared."""
    compared = [group for group in found if group.compared is not None and group.compared.value is not None]
    return max(compared, key=lambda group: group.gap, default=None)


def spoken_of(found: Sequence[Group], key: str) -> Group | None:
    """The group that was asked about, else the one whose gap is widest."""
    return next((group for group in found if group.key == key), None) or widest(found)


def beyond(group: Group, level: int) -> str:
    """Where the interval of a comparison lies: `beyond` a level, `within` it, or `across` it; empty without one."""
    low, high = group.ends
    if group.compared is None or group.compared.value is None or (low is None and high is None):
        return ""
    at, below = level_at(level, group.compared.params), group.compared.params.bad_side == "below"
    worst, best = (low, high) if below else (high, low)
    sign = 1 if below else -1
    if best is not None and sign * (best - at) < 0:
        return "beyond"
    return "within" if worst is not None and sign * (worst - at) >= 0 else "across"


def level_at(level: int, params: Params) -> float:
    """A chosen level on the bad side of a comparison.

    >>> level_at(80, Params(scale="ratio", bad_side="below")), level_at(5, Params(scale="difference", bad_side="below"))
    (0.8, -0.05)
    """
    return oriented(level / 100, scale=given(params.scale), bad_side=given(params.bad_side))


def by_chance(group: Group) -> bool | None:
    """Whether chance alone may explain a gap: its interval holds parity. None where there is no interval."""
    low, high = group.ends
    if group.compared is None or group.compared.value is None or (low is None and high is None):
        return None
    parity = 1.0 if group.compared.params.scale == "ratio" else 0.0
    return (low is None or low <= parity) and (high is None or parity <= high)


def measured(scene: Scene) -> list[str]:
    """The systems whose last audit measured groups: another has nothing to look at here."""
    return [name for name, document in scene.latest.items() if kinds_of(document)]


def first_fields(
    scene: Scene, document: AuditDocument, chosen: FairnessQuery, say: Say, *, system: System | None
) -> tuple[list[Field], Kind | None]:
    """System, question, attribute, stage and control: what the figures themselves are of."""
    kinds = kinds_of(document)
    systems = [Option(value=name, name=scene.title(name, say)) for name in measured(scene)]
    fields = [settled("system", say("System"), chosen.system, systems)]
    asked = [Option(value=kind.key, name=question(kind, say, system=system)) for kind in kinds]
    fields.append(settled("kind", say("Question"), chosen.kind, asked))
    kind = next((each for each in kinds if each.key == fields[-1].value), None)
    if kind is None:
        return fields, None
    names = [
        Option(value=",".join(by), name=capital(attribute_name(by, say, system=system)))
        for by in attributes_of(document, kind)
    ]
    fields.append(settled("by", say("By"), chosen.by, names))
    by = fields[-1].value.split(",")
    if stages := stages_of(document, kind):
        titles = system.columns.stage_titles if system and system.columns else {}
        options = [Option(value=each, name=capital(say.text(titles.get(each), each))) for each in stages]
        fields.append(settled("stage", say("Stage"), chosen.stage, options))
    controls = controls_of(document, kind, by)
    words = {RAW: say("everybody, whatever their profile"), PROFILES: say("people with comparable profiles")}
    if len(controls) > 1:
        options = [Option(value=each, name=words[each]) for each in controls]
        fields.append(settled("control", say("Compare"), chosen.control, options))
    return fields, kind


def groups_field(sides: Sequence[Side], chosen: FairnessQuery, say: Say) -> list[Field]:
    """Which groups are shown; two are always both."""
    options = [Option(value=key, name=name) for key, name in named(sides).items()]
    return (
        [settled_several("groups", say("Only these groups (none chosen: all)"), chosen.groups, options)]
        if len(options) > 2
        else []
    )


def periods_fields(windows: Sequence[AuditDocument], chosen: FairnessQuery, say: Say) -> list[Field]:
    """The period, and another one to show beside it."""
    spans = [Option(value=span(each), name=capital(period(each, say))) for each in windows]
    first = settled("period", say("Period"), chosen.period, spans)
    others = [Option(value="", name=say("none")), *(each for each in spans if each.value != first.value)]
    return (
        [first, settled("beside", say("Another period beside it"), chosen.beside, others)]
        if len(spans) > 1
        else [first]
    )


def last_fields(found: Sequence[Group], kind: Kind, chosen: FairnessQuery, say: Say) -> list[Field]:
    """The group to speak of, and a level to hold all groups to."""
    everybody = Option(value="", name=say("the widest gap"))
    groups = [everybody, *(Option(value=group.key, name=group.name) for group in found)]
    levels = RATIO_LEVELS if kind.scale == "ratio" else GAP_LEVELS
    told_as = "{n} for 100" if kind.scale == "ratio" else "{n} points"
    words = {"{n} for 100": say("{n} for 100", n="{n}"), "{n} points": say("{n} points", n="{n}")}
    options = [Option(value=str(each), name=words[told_as].replace("{n}", say.whole(each))) for each in levels]
    return [
        settled("group", say("Speak of"), chosen.group, groups),
        settled("level", say("Hold to the level"), chosen.level, [Option(value="", name=say("no level")), *options]),
    ]
