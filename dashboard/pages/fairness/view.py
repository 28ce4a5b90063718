"""The explorer's page as data, kept between two looks: what can be chosen, answer, tables, and what is taken along."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from boussole.audits.languages import capital, inside
from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from boussole.charter.document import AuditDocument, MeasureDocument
from boussole.charter.records.store.audits import audits_of
from boussole.dashboard.markup.words import Say, speaker_in
from boussole.dashboard.markup.words.addresses import answer_href, evidence_href
from boussole.dashboard.pages.fairness.picture import (
    FairnessGroup,
    FairnessPeriod,
    apart,
    figure,
    groups,
    judged_by,
    named,
    spoken_of,
    strips,
    told,
)
from boussole.dashboard.server.process import Stamp, newest, stamp
from boussole.dashboard.views import store
from boussole.dashboard.views.answers.small_print import left_out_words
from boussole.dashboard.views.charts.groups import Ends, attribute_name, own, reason_words
from boussole.dashboard.views.charts.strips import Strips, strips_svg
from boussole.dashboard.views.charts.tables import VerdictTable, sheet_of, signed, with_deciding, with_others
from boussole.dashboard.views.fields import (
    GAP_LEVELS,
    PROFILES,
    RATIO_LEVELS,
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
    settled_several,
    span,
    stages_of,
)
from boussole.dashboard.views.parts.taking import (
    TABLE,
    Drawing,
    Figure,
    FigureSource,
    FiguresQuery,
    charters_of,
    sealed,
    time_of,
)
from boussole.dashboard.views.scene import Scene, as_decided, period


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


def groups_field(sides: Sequence[FairnessPeriod], chosen: FairnessQuery, say: Say) -> list[ChoiceField]:
    """Which groups are shown; two are always both."""
    options = [Option(value=key, name=name) for key, name in named(sides).items()]
    return (
        [settled_several("groups", say("Only these groups (none chosen: all)"), chosen.groups, options)]
        if len(options) > 2
        else []
    )


def periods_fields(windows: Sequence[AuditDocument], chosen: FairnessQuery, say: Say) -> list[ChoiceField]:
    """The period, and another one to show beside it."""
    spans = [Option(value=span(each), name=capital(period(each, say))) for each in windows]
    first = settled("period", say("Period"), chosen.period, spans)
    others = [Option(value="", name=say("none")), *(each for each in spans if each.value != first.value)]
    return (
        [first, settled("beside", say("Another period beside it"), chosen.beside, others)]
        if len(spans) > 1
        else [first]
    )


def last_fields(found: Sequence[FairnessGroup], kind: RateKind, chosen: FairnessQuery, say: Say) -> list[ChoiceField]:
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


def groups_of(
    sides: Sequence[FairnessPeriod],
    kind: RateKind,
    by: tuple[str, ...],
    say: Say,
    *,
    title: str,
    control: str,
    minimum: int,
    system: System | None,
) -> VerdictTable:
    """One row a group and period: its figure, and how it compares."""
    found = [group for side in sides for group in side.found]
    two = len(sides) > 1
    rows, verdicts = [], []
    for key in named(sides):
        for side in sides:
            group = next((each for each in side.found if each.key == key), None)
            if group is None:
                continue
            name = say("{group} (reference)", group=group.name) if group.reference else group.name
            when = [capital(side.when(group, say))] if two else []
            figures = _figures(group, kind, say, control=control, minimum=minimum)
            rows.append([name, *when, *figures])
            verdicts.append(group.verdict)
    attribute = attribute_name(by, say, system=system)
    when = [say("Period")] if two else []
    head = [attribute, *when, *_heads(found, kind, say, control=control)]
    return VerdictTable(
        caption=title, head=[*head, say("Verdict")], rows=rows, verdicts=verdicts, names=2 if two else 1
    )


def _heads(found: Sequence[FairnessGroup], kind: RateKind, say: Say, *, control: str) -> list[str]:
    """The names of the columns of figures."""
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
    """The figures of one group in one period."""
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
    """How a group compares, with the interval that decided where it is judged."""
    return compared(group.compared, say, minimum=minimum, ends=group.ends)


def _alone(measure: MeasureDocument | None, say: Say) -> str:
    """The interval of a ratio by itself."""
    ends = None if measure is None or measure.value is None else measure.interval
    return (
        "" if ends is None else say("{low} to {high}", low=say.whole(100 * ends.low), high=say.whole(100 * ends.high))
    )


def compared(measure: MeasureDocument | None, say: Say, *, minimum: int, ends: Ends | None = None) -> str:
    """A comparison with its interval: "87 for 100 (84 to 91)", "+1.2 points (…)", or why there is none.

    `ends`: of another interval than that of the figure by itself.
    """
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


@dataclass(frozen=True, kw_only=True)
class Explorer:
    """The whole page. `answer` is its first sentence, `more` the others, `then` those of the second period, `then_of`
    of which time these are, `apart` what cannot be read from two; `judged` the verdict that rests on what is shown of
    the first, and where it is explained; `other` that of the other way to compare, the address of its view, and what it
    is called."""

    chosen: FairnessQuery
    fields: Sequence[ChoiceField]
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
    table: VerdictTable
    history: VerdictTable | None
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


def _side(
    document: AuditDocument, kind: RateKind, held: FairnessQuery, say: Say, *, system: System | None
) -> FairnessPeriod:
    by = tuple(held.by.split(","))
    found = groups(document, kind, by, say, stage=held.stage, control=held.control, system=system)
    return FairnessPeriod(document=document, name=period(document, say), found=found)


def _view(
    scene: Scene,
    sides: Sequence[FairnessPeriod],
    kind: RateKind,
    say: Say,
    *,
    windows: Sequence[AuditDocument],
    held: FairnessQuery,
    query: Mapping[str, str],
    fields: Sequence[ChoiceField],
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
    document: AuditDocument,
    kind: RateKind,
    by: Sequence[str],
    held: FairnessQuery,
    say: Say,
    *,
    query: Mapping[str, str],
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


def kept_explorer(workspace: Workspace, chosen: FairnessQuery, lang: str) -> Explorer | None:
    """A view of the fairness explorer; None where no audit has measured groups."""
    return _explorer(workspace.home, stamp(workspace), store.day_in(workspace), chosen, lang)


def documents_of(workspace: Workspace, shown: FairnessQuery) -> list[AuditDocument]:
    """The audits behind a view, by the system and the one or two windows that it shows, in that order."""
    windows = {span(each): each for each in windows_of(workspace, shown.system)}
    return [windows[each] for each in (shown.period, shown.beside) if each in windows]


def windows_of(workspace: Workspace, system: str) -> Sequence[AuditDocument]:
    """The audits of a system, one for each window, the latest first."""
    return _windows(workspace.home, stamp(workspace), system)


@newest(400)
def _explorer(home: Path, seen_at: Stamp, today: dt.date, chosen: FairnessQuery, lang: str) -> Explorer | None:
    seen = store.scene_at(home, seen_at, today)
    systems = measured(seen)
    system = chosen.system if chosen.system in systems else next(iter(systems), "")
    windows = _windows(home, seen_at, system)
    when = next((each for each in windows if span(each) == chosen.period), next(iter(windows), None))
    told = [
        as_decided(Workspace(home), each) if each is when or span(each) == chosen.beside else each for each in windows
    ]
    return explorer(seen, told, chosen, speaker_in(Workspace(home), lang), query={"lang": lang})


@newest(8)
def _windows(home: Path, _stamp: Stamp, system: str) -> Sequence[AuditDocument]:
    last = {span(document): document for document in audits_of(Workspace(home), system)}
    return sorted(last.values(), key=lambda document: (document.window.end, span(document)), reverse=True)


def figures(wanted: FiguresQuery) -> dict[str, Figure]:
    """The figures of the view that an address asks for."""
    workspace, say = wanted.workspace, wanted.say
    shown = kept_explorer(workspace, FairnessQuery.of(wanted.query), say.lang)
    audits = documents_of(workspace, shown.chosen) if shown else []
    if shown is None or not audits:
        return {}
    about = store.scene(workspace).title(shown.chosen.system, say)

    def source(of: Sequence[AuditDocument], when: str) -> FigureSource:
        return FigureSource(
            organisation=workspace.settings.organisation,
            about=about,
            period=when,
            charter=charters_of(of),
            seal=sealed(workspace, [each.evidence.entry for each in of]),
        )

    chart, table, history = shown.chart, shown.table, shown.history
    found = {
        "groups": Figure(
            title=table.caption,
            sentence=shown.answer,
            source=source(audits, " / ".join(period(each, say) for each in audits)),
            href=shown.address,
            draw=lambda: TABLE if chart is None else Drawing(svg=strips_svg(chart), notes=[chart.note]),
            fill=lambda: sheet_of(table, say),
        )
    }
    if history is not None:
        windows = windows_of(workspace, shown.chosen.system)
        found["over-time"] = Figure(
            title=f"{table.caption} – {history.caption}",
            source=source(windows, time_of(windows, say)),
            href=shown.address,
            fill=lambda: sheet_of(history, say),
        )
    return found
