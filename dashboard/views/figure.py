"""The figure that a question is about, as it is seen: looked up on the server, whatever an address says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from boussole.charter.document import AuditDocument, Standing, VerdictDocument
from boussole.charter.record_types.acts import Reference
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.views.answers.asked import indicator_of, question_of, sentence_of, way_called
from boussole.dashboard.views.charts.groups import group_name, group_of, rate_of, rows
from boussole.dashboard.views.charts.tables import comparison
from boussole.dashboard.views.scene import Scene, period


@dataclass(frozen=True, kw_only=True)
class Group:
    """A group that the figure compares: the id of its measure, its attributes, and what is seen of it."""

    measure: str
    group: dict[str, str]
    text: str


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A question of the charter as the latest audit of a system answers it, or a system as a whole; `key` names it in
    addresses, and is empty of a whole."""

    system: str
    key: str
    indicator: str
    audit: int | None
    title: str
    number: str
    question: str
    verdict: str
    sentence: str
    period: str
    owner: str
    groups: Sequence[Group]

    @property
    def asked(self) -> str:
        """The question with its number; empty of a whole."""
        return f"{self.number} {self.question}".strip()


def figure_at(scene: Scene, system: str, key: str, say: Say) -> Figure | None:
    """The figure of an address, or a system as a whole where no question is named; None where there is neither."""
    document = scene.standing.get(system)
    if not key:
        return _whole(scene, system, say) if system in scene.systems else None
    verdict = next((each for each in document.verdicts if each.indicator == key), None) if document else None
    if document is None or verdict is None:
        return None
    declared, indicator = scene.systems.get(system), indicator_of(scene.charter, verdict)
    audited = system in scene.latest
    return Figure(
        system=system,
        key=key,
        indicator=indicator.id if indicator else key,
        audit=document.entry if audited else None,
        title=scene.title(system, say),
        number=indicator.number if indicator else "",
        question=question_of(scene.charter, verdict, say),
        verdict=verdict.verdict,
        sentence=sentence_of(scene.charter, verdict, say, system=declared),
        period=period(document, say) if isinstance(document, AuditDocument) else "",
        owner=declared.owner if declared else "",
        groups=_groups(scene, document, verdict, system, say) if audited else [],
    )


def _whole(scene: Scene, system: str, say: Say) -> Figure:
    """A system as its latest audit saw it."""
    document, declared = scene.latest.get(system), scene.systems[system]
    return Figure(
        system=system,
        key="",
        indicator="",
        audit=document.entry if document else None,
        title=scene.title(system, say),
        number="",
        question="",
        verdict="",
        sentence=say.text(declared.purpose),
        period=period(document, say) if document else "",
        owner=declared.owner,
        groups=[],
    )


def _groups(scene: Scene, document: Standing, verdict: VerdictDocument, system: str, say: Say) -> list[Group]:
    """The groups that a verdict compares, each with its figure as it is shown: hidden ones say that they are."""
    declared = scene.systems.get(system)
    measures = document.judged_by_id
    found = []
    for judged in verdict.comparisons:
        measure = measures.get(judged.measure)
        if measure is None or not measure.group:
            continue
        label = group_of(measure, say, system=declared)
        by, metric = tuple(measure.by), rate_of(measure.metric)
        row = next((r for r in rows(document, by, say, metric=metric, system=declared) if r.label == label), None)
        seen = comparison(row, say) if row else ""
        text = say("{group}: {figure}", group=label, figure=seen) if seen else label
        group = {name: str(value) for name, value in measure.group.items()}
        found.append(Group(measure=measure.id, group=group, text=text))
    return found


def reference(figure: Figure, measure: str | None) -> Reference:
    """What is sealed of it."""
    group = next((each for each in figure.groups if each.measure == measure), None)
    return Reference(
        system=figure.system,
        audit=figure.audit,
        indicator=figure.indicator or None,
        measure=group.measure if group else None,
        group=group.group if group and len(group.group) <= 3 else {},
    )


def told(scene: Scene, said: Reference, say: Say) -> str:
    """The figure of a question that was asked, in a few words."""
    way = way_called(scene.charter, said.indicator) if said.indicator else None
    declared = scene.systems.get(said.system)
    parts = [scene.title(said.system, say)]
    if way is not None:
        parts.append(say("question {number}", number=way.number))
    if said.group:
        parts.append(group_name(said.group, say, system=declared))
    document = scene.latest.get(said.system)
    if said.audit is not None:
        now = document is not None and document.entry == said.audit
        parts.append(period(document, say) if now and document else say("audit in entry {n}", n=str(said.audit)))
    return ", ".join(parts)
