"""The explorer's page as data: what can be chosen, the answer, its picture, its table, and how it was before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from boussole.audits.languages import capital, inside
from boussole.audits.systems import System
from boussole.charter.document import AuditDocument
from boussole.dashboard.charts.charts import svg
from boussole.dashboard.charts.dots import NARROW
from boussole.dashboard.charts.groups import attribute_name
from boussole.dashboard.charts.tables import Table
from boussole.dashboard.pages.fairness.figures import Group, groups, judged_by, widest
from boussole.dashboard.pages.fairness.picture import drawing, spoken
from boussole.dashboard.pages.fairness.sentences import told
from boussole.dashboard.pages.fairness.tables import groups_of, history_of
from boussole.dashboard.views.answers.left_out import left_out_words
from boussole.dashboard.views.fairness_choice import (
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
    span,
    stages_of,
)
from boussole.dashboard.views.naming import period
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.views.system.view import Chart, bar_note
from boussole.dashboard.words.addresses import answer_href, evidence_href
from boussole.dashboard.words.say import Say


@dataclass(frozen=True, kw_only=True)
class Explorer:
    """The whole page. `answer` is its first sentence, `more` the others; `judged` the verdict that rests on what is
    shown, and where it is explained; `other` the verdict of the other way to compare, the address of its view, and what
    it is called."""

    chosen: FairnessQuery
    fields: Sequence[Field]
    question: str
    subtitle: str
    answer: str
    more: Sequence[str]
    judged: tuple[str, str] | None
    other: tuple[str, str, str] | None
    title: str
    chart: Chart | None
    table: Table
    history: Table | None
    seal: tuple[str, str] | None
    address: str


def explorer(
    scene: Scene, windows: Sequence[AuditDocument], chosen: FairnessQuery, say: Say, *, query: Mapping[str, str]
) -> Explorer | None:
    """What an address asks for, of the audits of one system, the latest window first; None where there is no audit."""
    if not windows:
        return None
    system = scene.systems.get(str(windows[0].system))
    spans = [Option(value=span(each), name=capital(period(each, say))) for each in windows]
    when = settled("period", say("Period"), chosen.period, spans)
    document = next(each for each in windows if span(each) == when.value)
    first, kind = _first_fields(scene, document, chosen, say, system=system)
    if kind is None:
        return None
    values = {field.key: field.value for field in first}
    by, stage, control = tuple(values["by"].split(",")), values.get("stage", ""), values.get("control", RAW)
    found = groups(document, kind, by, say, stage=stage, control=control, system=system)
    last = _last_fields(found, kind, chosen, say)
    values |= {field.key: field.value for field in last}
    level = int(values["level"]) if values["level"] else None
    minimum = system.privacy.suppress_below if system else 11
    answer, *more = told(found, kind, say, group=values["group"], level=level, system=system, minimum=minimum)
    held = FairnessQuery(
        **{"period": when.value, **{key: value for key, value in values.items() if key in vars(chosen)}}
    )
    asked = question(kind, say, system=system, control=control)
    attribute = inside(attribute_name(by, say, system=system))
    title = say("{question} – by {attribute}", question=asked, attribute=attribute)
    focus = next((each for each in found if each.key == held.group), None) or widest(found)
    return Explorer(
        chosen=held,
        fields=[first[0], when, *first[1:], *last],
        question=asked,
        subtitle=_subtitle(scene, document, say, system=system, control=control),
        answer=answer,
        more=more,
        judged=_judged(document, comparison(kind, control), by, query=query),
        other=_other(document, kind, by, held, say, query=query) if "control" in values else None,
        title=title,
        chart=_chart(found, kind, say, title=title, control=control, level=level, minimum=minimum),
        table=groups_of(found, kind, by, say, title=title, control=control, minimum=minimum, system=system),
        history=history_of(windows, focus, kind, by, say, stage=stage, control=control, system=system, minimum=minimum),
        seal=_seal(document, say, query=query),
        address=held.href(query),
    )


def _first_fields(
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


def _last_fields(found: Sequence[Group], kind: Kind, chosen: FairnessQuery, say: Say) -> list[Field]:
    """The group to speak of, and a level to hold all groups to."""
    everybody = Option(value="", name=say("the widest gap"))
    named = [everybody, *(Option(value=group.key, name=group.name) for group in found)]
    levels = RATIO_LEVELS if kind.scale == "ratio" else GAP_LEVELS
    told_as = "{n} for 100" if kind.scale == "ratio" else "{n} points"
    words = {"{n} for 100": say("{n} for 100", n="{n}"), "{n} points": say("{n} points", n="{n}")}
    options = [Option(value=str(each), name=words[told_as].replace("{n}", say.whole(each))) for each in levels]
    return [
        settled("group", say("Speak of"), chosen.group, named),
        settled("level", say("Hold to the level"), chosen.level, [Option(value="", name=say("no level")), *options]),
    ]


def _subtitle(scene: Scene, document: AuditDocument, say: Say, *, system: System | None, control: str) -> str:
    name = scene.title(str(document.system), say)
    parts = [name, period(document, say), say("{n} decisions", n=say.whole(document.decisions))]
    parts += [left_out] if (left_out := left_out_words(document, say)) else []
    if control == PROFILES and system is not None:
        names = ", ".join(inside(say.text(each.title, key)) for key, each in system.controls.items())
        parts.append(say("comparable: {controls}", controls=names))
    return " · ".join(parts)


def _judged(
    document: AuditDocument, metric: str, by: Sequence[str], *, query: Mapping[str, str]
) -> tuple[str, str] | None:
    """The verdict that rests on these comparisons, and its place on the system's page."""
    verdict = judged_by(document, metric, by)
    if verdict is None:
        return None
    return str(verdict.verdict), answer_href(str(document.system), verdict.indicator, query=query)


def _other(
    document: AuditDocument, kind: Kind, by: Sequence[str], held: FairnessQuery, say: Say, *, query: Mapping[str, str]
) -> tuple[str, str, str] | None:
    """What the charter says of the same question compared the other way; None where it does not ask it."""
    control = RAW if held.control == PROFILES else PROFILES
    verdict = judged_by(document, comparison(kind, control), by)
    if verdict is None:
        return None
    words = say("Everybody together") if control == RAW else say("With comparable profiles")
    return str(verdict.verdict), held.href(query, control=control), words


def _chart(
    found: Sequence[Group], kind: Kind, say: Say, *, title: str, control: str, level: int | None, minimum: int
) -> Chart | None:
    """The picture in both widths; none where no group has a figure."""
    wide = drawing(found, kind, say, control=control, level=level, minimum=minimum)
    if all(dot.value is None for dot in wide.dots):
        return None
    shown = [svg(each, say.lang) for each in (wide, replace(wide, layout=NARROW))]
    judged = any(group.judged is not None for group in found)
    note = [bar_note(say) if judged else say("Bar: 95% interval.")]
    if any(group.reference for group in found):
        note.append(say("Diamond: the group that others are compared with, or a group that no verdict is about."))
    if level is not None and wide.lines:
        note.append(say("Dashes: the level that you chose, which is no threshold of the charter."))
    return Chart(
        svg=shown[0],
        narrow=shown[1],
        alt=f"{title}. {spoken(wide, say)}",
        note=" ".join(note),
        kind="ratios" if control == PROFILES else "shares",
    )


def _seal(document: AuditDocument, say: Say, *, query: Mapping[str, str]) -> tuple[str, str] | None:
    entry = document.evidence.entry
    if entry is None:
        return None
    return say("entry {n} of the ledger", n=say.whole(entry)), evidence_href(query=query, entry=str(entry))
