"""The explorer's page as data: what can be chosen, the answer, its picture, its table, and how it was before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from boussole.audits.languages import capital, inside
from boussole.audits.systems import System
from boussole.charter.document import AuditDocument
from boussole.dashboard.charts.groups import attribute_name
from boussole.dashboard.charts.strips import Strips
from boussole.dashboard.charts.tables import Table
from boussole.dashboard.pages.fairness.choices import first_fields, groups_field, last_fields, periods_fields
from boussole.dashboard.pages.fairness.figures import Side, groups, judged_by, spoken_of
from boussole.dashboard.pages.fairness.picture import strips
from boussole.dashboard.pages.fairness.sentences import apart, told
from boussole.dashboard.pages.fairness.tables import groups_of, history_of
from boussole.dashboard.views.answers.left_out import left_out_words
from boussole.dashboard.views.fairness_choice import PROFILES, RAW, FairnessQuery, Kind, comparison, question, span
from boussole.dashboard.views.fields import Field
from boussole.dashboard.views.naming import period
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.words.addresses import answer_href, evidence_href
from boussole.dashboard.words.say import Say


@dataclass(frozen=True, kw_only=True)
class Explorer:
    """The whole page. `answer` is its first sentence, `more` the others, `then` those of the second period, `then_of`
    of which time these are, `apart` what cannot be read from two; `judged` the verdict that rests on what is shown of
    the first, and where it is explained; `other` that of the other way to compare, the address of its view, and what it
    is called."""

    chosen: FairnessQuery
    fields: Sequence[Field]
    question: str
    subtitle: str
    answer: str
    more: Sequence[str]
    then: Sequence[str]
    then_of: str
    apart: Sequence[str]
    judged: tuple[str, str] | None
    other: tuple[str, str, str] | None
    chart: Strips | None
    table: Table
    history: Table | None
    seals: Sequence[tuple[str, str]]
    address: str


def explorer(
    scene: Scene, windows: Sequence[AuditDocument], chosen: FairnessQuery, say: Say, *, query: Mapping[str, str]
) -> Explorer | None:
    """What an address asks for, of the audits of one system, the latest window first; None where there is no audit."""
    if not windows:
        return None
    system = scene.systems.get(str(windows[0].system))
    when = periods_fields(windows, chosen, say)
    shown = [next(each for each in windows if span(each) == field.value) for field in when if field.value]
    first, kind = first_fields(scene, shown[0], chosen, say, system=system)
    if kind is None:
        return None
    held = FairnessQuery(**{field.key: field.value for field in [*first, *when]})
    sides = [_side(document, kind, held, say, system=system) for document in shown]
    picked = groups_field(sides, chosen, say)
    sides = [side.only(picked[0].values if picked else ()) for side in sides]
    last = last_fields(sides[0].found, kind, chosen, say)
    held = replace(held, **{field.key: field.value for field in [*picked, *last]})
    return _view(
        scene,
        sides,
        kind,
        say,
        windows=windows,
        held=held,
        query=query,
        fields=[*first, *picked, *when, *last],
        system=system,
    )


def _side(document: AuditDocument, kind: Kind, held: FairnessQuery, say: Say, *, system: System | None) -> Side:
    by = tuple(held.by.split(","))
    found = groups(document, kind, by, say, stage=held.stage, control=held.control, system=system)
    return Side(document=document, name=period(document, say), found=found)


def _view(
    scene: Scene,
    sides: Sequence[Side],
    kind: Kind,
    say: Say,
    *,
    windows: Sequence[AuditDocument],
    held: FairnessQuery,
    query: Mapping[str, str],
    fields: Sequence[Field],
    system: System | None,
) -> Explorer:
    by, document = tuple(held.by.split(",")), sides[0].document
    level = int(held.level) if held.level else None
    minimum = system.privacy.suppress_below if system else 11
    asked = question(kind, say, system=system, control=held.control)
    title = say("{question} – by {attribute}", question=asked, attribute=inside(attribute_name(by, say, system=system)))
    said = [told(s.found, kind, say, group=held.group, level=level, system=system, minimum=minimum) for s in sides]
    focus, second = [spoken_of(side.found, held.group) for side in (sides[0], sides[-1])]
    return Explorer(
        chosen=held,
        fields=fields,
        question=asked,
        subtitle=_subtitle(scene, document, say, system=system, control=held.control),
        answer=said[0][0],
        more=said[0][1:],
        then=said[1] if len(said) > 1 else (),
        then_of=capital(sides[-1].when(second, say) if second is not None else sides[-1].name),
        apart=apart(sides, say),
        judged=_judged(document, comparison(kind, held.control), by, query=query),
        other=_other(document, kind, by, held, say, query=query) if held.control else None,
        chart=strips(sides, kind, say, held, title=title, minimum=minimum, query=query),
        table=groups_of(sides, kind, by, say, title=title, control=held.control, minimum=minimum, system=system),
        history=history_of(windows, focus, kind, say, held=held, system=system, minimum=minimum),
        seals=[seal for side in sides if (seal := _seal(side.document, say, query=query)) is not None],
        address=held.href(query),
    )


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


def _seal(document: AuditDocument, say: Say, *, query: Mapping[str, str]) -> tuple[str, str] | None:
    entry = document.evidence.entry
    if entry is None:
        return None
    return say("entry {n} of the ledger", n=say.whole(entry)), evidence_href(query=query, entry=str(entry))
