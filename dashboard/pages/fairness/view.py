"""The explorer's page as data, kept between two looks: what can be chosen, answer, tables, and what is taken along."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from boussole.audits.languages import capital, inside
from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from boussole.charter.document import AuditDocument, MeasureDocument
from boussole.charter.records.store.audits import audits_of
from boussole.dashboard.markup.templates import PageData
from boussole.dashboard.markup.words import Say, speaker_in
from boussole.dashboard.markup.words.addresses import answer_href, evidence_href
from boussole.dashboard.pages.fairness.picture import (
    FairnessGroup,
    FairnessPeriod,
    counted,
    figure,
    groups,
    judged_by,
    spoken_of,
    strips,
    told,
)
from boussole.dashboard.server.process import Stamp, newest, stamp
from boussole.dashboard.views import store
from boussole.dashboard.views.answers.small_print import left_out_words
from boussole.dashboard.views.charts.groups import Ends, attribute_name, own, reason_words
from boussole.dashboard.views.charts.tables import VerdictTable, signed, with_deciding, with_others
from boussole.dashboard.views.fields import (
    PROFILES,
    RAW,
    ChoiceField,
    FairnessQuery,
    Option,
    RateKind,
    attributes_of,
    comparison,
    controls_of,
    kinds_of,
    question,
    settled,
    span,
    stages_of,
)
from boussole.dashboard.views.scene import Scene, period


def measured(scene: Scene) -> list[str]:
    """The systems whose last audit measured groups: another has nothing to look at here."""
    return [name for name, document in scene.latest.items() if kinds_of(document)]


def first_fields(
    scene: Scene, document: AuditDocument, chosen: FairnessQuery, say: Say, *, system: System | None
) -> tuple[list[ChoiceField], RateKind | None]:
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


def groups_of(
    found: Sequence[FairnessGroup],
    kind: RateKind,
    by: tuple[str, ...],
    say: Say,
    *,
    title: str,
    control: str,
    minimum: int,
    system: System | None,
) -> VerdictTable:
    """One row a group: its figure, and how it compares."""
    return VerdictTable(
        caption=title,
        head=[attribute_name(by, say, system=system), *_heads(found, kind, say, control=control), say("Verdict")],
        rows=[
            [
                say("{group} (reference)", group=group.name) if group.reference else group.name,
                *_figures(group, kind, say, control=control, minimum=minimum),
            ]
            for group in found
        ],
        verdicts=[group.verdict for group in found],
    )


def _heads(found: Sequence[FairnessGroup], kind: RateKind, say: Say, *, control: str) -> list[str]:
    reference = next((group.name for group in found if group.reference), None)
    against = (
        say("Compared with: {group}", group=reference)
        if reference is not None
        else with_others([group.compared for group in found if group.compared is not None], say)
    )
    if control == PROFILES:
        against = say("With comparable profiles. {against}", against=against)
    if any(group.judged is not None for group in found):
        against = with_deciding(against, say)
    share = say("Share, whatever the profile") if control == PROFILES else _figure_name(kind, say)
    head = [share, say("95% interval"), say("Decisions"), against]
    if control == PROFILES:
        head.append(say("95% interval"))
    return head


def _figures(group: FairnessGroup, kind: RateKind, say: Say, *, control: str, minimum: int) -> list[str]:
    row = [
        _value(group.rate, say, percent=kind.percent, minimum=minimum),
        _interval(group.rate, say, percent=kind.percent),
        say.whole(group.rate.n) if group.rate.n is not None else "",
        "" if group.reference else _held(group, say, minimum=minimum),
    ]
    if control == PROFILES:
        row.append("" if group.reference else _alone(group.compared, say))
    return row


def history_of(
    windows: Sequence[AuditDocument],
    focus: FairnessGroup | None,
    kind: RateKind,
    say: Say,
    *,
    held: FairnessQuery,
    system: System | None,
    minimum: int,
) -> VerdictTable | None:
    """One row a window, the latest first: the figure of one group there; None where only one window was audited."""
    if focus is None or len(windows) < 2:
        return None
    rows, verdicts, by = [], [], tuple(held.by.split(","))
    for document in windows:
        there = groups(document, kind, by, say, stage=held.stage, control=held.control, system=system)
        group = next((each for each in there if each.key == focus.key), None)
        row = ["", "", ""] if group is None else [
            _value(group.rate, say, percent=kind.percent, minimum=minimum),
            _interval(group.rate, say, percent=kind.percent),
            "" if group.reference else _held(group, say, minimum=minimum),
        ]  # fmt: skip
        name = period(document, say)
        told = say("{period} with those before it", period=name) if group is not None and group.together else name
        rows.append([capital(told), *row])
        verdicts.append(None if group is None else group.verdict)
    head = [say("Period"), _figure_name(kind, say), say("95% interval"), say("Compared"), say("Verdict")]
    return VerdictTable(caption=say("“{group}” over time", group=focus.name), head=head, rows=rows, verdicts=verdicts)


def _held(group: FairnessGroup, say: Say, *, minimum: int) -> str:
    return compared(group.compared, say, minimum=minimum, ends=group.ends)


def _alone(measure: MeasureDocument | None, say: Say) -> str:
    ends = None if measure is None or measure.value is None else measure.interval
    return (
        "" if ends is None else say("{low} to {high}", low=say.whole(100 * ends.low), high=say.whole(100 * ends.high))
    )


def compared(measure: MeasureDocument | None, say: Say, *, minimum: int, ends: Ends | None = None) -> str:
    """A comparison with its interval, or with other `ends`: "87 for 100 (84 to 91)", or why there is none."""
    if measure is None:
        return ""
    if measure.value is None:
        return reason_words(measure.reason or measure.status, say, minimum=minimum)
    ratio = measure.params.scale in (None, "ratio")

    def written(value: float) -> str:
        return say.whole(100 * value) if ratio else signed(100 * value, say)

    value = written(measure.value)
    shown = say("{n} for 100", n=value) if ratio else say("{n} points", n=value)
    low, high = own(measure.interval) if ends is None else ends
    if low is None or high is None:
        return shown
    return f"{shown} ({say('{low} to {high}', low=written(low), high=written(high))})"


def _figure_name(kind: RateKind, say: Say) -> str:
    if kind.percent:
        return say("Share")
    return say("Attention") if kind.rate == "exposure" else say("Announced beyond what came")


def _value(measure: MeasureDocument, say: Say, *, percent: bool, minimum: int) -> str:
    if measure.value is None:
        return reason_words(measure.reason or measure.status, say, minimum=minimum)
    return figure(measure.value, say, percent=percent)


def _interval(measure: MeasureDocument, say: Say, *, percent: bool) -> str:
    ends = measure.interval
    if ends is None or measure.value is None:
        return ""
    low, high = (figure(end, say, percent=percent) for end in (ends.low, ends.high))
    return say("{low} to {high}", low=low, high=high)


def explorer(
    scene: Scene, windows: Sequence[AuditDocument], chosen: FairnessQuery, say: Say, *, query: Mapping[str, str]
) -> PageData | None:
    """What an address asks for, of the audits of one system, the latest window first; None where there is no audit."""
    if not windows:
        return None
    system = scene.systems.get(str(windows[0].system))
    spans = [Option(value=span(each), name=capital(period(each, say))) for each in windows]
    when = settled("period", say("Period"), chosen.period, spans)
    document = next(each for each in windows if span(each) == when.value)
    first, kind = first_fields(scene, document, chosen, say, system=system)
    if kind is None:
        return None
    held = FairnessQuery(**{field.key: field.value for field in [*first, when]})
    by, minimum = tuple(held.by.split(",")), system.privacy.suppress_below if system else 11
    found = groups(document, kind, by, say, stage=held.stage, control=held.control, system=system)
    named = [Option(value="", name=say("the widest gap")), *(Option(value=each.key, name=each.name) for each in found)]
    of = settled("group", say("Speak of"), chosen.group, named)
    held = replace(held, group=of.value)
    asked = question(kind, say, system=system, control=held.control)
    title = say("{question} – by {attribute}", question=asked, attribute=inside(attribute_name(by, say, system=system)))
    shown = FairnessPeriod(document=document, name=period(document, say), found=found)
    said = told(found, kind, say, group=held.group, system=system, minimum=minimum)
    return {
        "chosen": held,
        "fields": [*first, when, of],
        "question": asked,
        "subtitle": _subtitle(scene, document, say, system=system, control=held.control),
        "answer": said[0],
        "more": [*said[1:], *counted(shown, say)],
        "judged": _judged(document, comparison(kind, held.control), by, query=query),
        "other": _other(document, kind, by, held, say, query=query) if held.control else None,
        "chart": strips(shown, kind, say, held, title=title, minimum=minimum, query=query),
        "table": groups_of(found, kind, by, say, title=title, control=held.control, minimum=minimum, system=system),
        "history": history_of(
            windows, spoken_of(found, held.group), kind, say, held=held, system=system, minimum=minimum
        ),
        "seal": _seal(document, say, query=query),
        "address": held.href(query),
    }


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
    verdict = judged_by(document, metric, by)
    if verdict is None:
        return None
    return str(verdict.verdict), answer_href(str(document.system), verdict.indicator, query=query)


def _other(
    document: AuditDocument,
    kind: RateKind,
    by: Sequence[str],
    held: FairnessQuery,
    say: Say,
    *,
    query: Mapping[str, str],
) -> tuple[str, str, str] | None:
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


def kept_explorer(workspace: Workspace, chosen: FairnessQuery, lang: str) -> PageData | None:
    """A view of the fairness explorer; None where no audit has measured groups."""
    return _explorer(workspace.home, stamp(workspace), store.day_in(workspace), chosen, lang)


def windows_of(workspace: Workspace, system: str) -> Sequence[AuditDocument]:
    """The audits of a system, one for each window, the latest first."""
    return _windows(workspace.home, stamp(workspace), system)


@newest(400)
def _explorer(home: Path, seen_at: Stamp, today: dt.date, chosen: FairnessQuery, lang: str) -> PageData | None:
    seen = store.scene_at(home, seen_at, today)
    systems = measured(seen)
    system = chosen.system if chosen.system in systems else next(iter(systems), "")
    windows = _windows(home, seen_at, system)
    return explorer(seen, windows, chosen, speaker_in(Workspace(home), lang), query={"lang": lang})


@newest(8)
def _windows(home: Path, _stamp: Stamp, system: str) -> Sequence[AuditDocument]:
    last = {span(document): document for document in audits_of(Workspace(home), system)}
    return sorted(last.values(), key=lambda document: (document.window.end, span(document)), reverse=True)
