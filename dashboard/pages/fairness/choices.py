"""What can be chosen in the explorer, of what its audits hold."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.audits.languages import capital
from boussole.audits.systems import System
from boussole.charter.document import AuditDocument
from boussole.dashboard.charts.groups import attribute_name
from boussole.dashboard.pages.fairness.figures import Group, Side, named
from boussole.dashboard.views.fairness_choice import (
    GAP_LEVELS,
    PROFILES,
    RATIO_LEVELS,
    RAW,
    FairnessQuery,
    Kind,
    attributes_of,
    controls_of,
    kinds_of,
    question,
    span,
    stages_of,
)
from boussole.dashboard.views.fields import Field, Option, settled, settled_several
from boussole.dashboard.views.naming import period
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.words.say import Say


def first_fields(
    scene: Scene, document: AuditDocument, chosen: FairnessQuery, say: Say, *, system: System | None
) -> tuple[list[Field], Kind | None]:
    """System, question, attribute, stage and control: what the figures themselves are of."""
    kinds = kinds_of(document)
    systems = [Option(value=name, name=scene.title(name, say)) for name in scene.latest]
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
