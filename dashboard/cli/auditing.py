"""What `boussole audit` looks at: windows of a workspace, or one run or file by itself, which nothing is kept of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import typer

from boussole.audits.errors import BoussoleError
from boussole.dashboard.cli.console import answer_language, known_workspace, say, workspace_of

if TYPE_CHECKING:
    from boussole.audits.decisions import IngestReport
    from boussole.audits.ephemeral import LogFile
    from boussole.audits.systems import System
    from boussole.audits.systems.model import Files
    from boussole.audits.windows import Window
    from boussole.audits.workspace import Workspace
    from boussole.charter.document import AuditDocument
    from boussole.charter.records.in_force import InForce

# Audits of one run or one file by itself: nothing is imported, stored or sealed.


class AuditScope(TypedDict):
    """What an audit looks at, and how it counts."""

    start: dt.date | None
    end: dt.date | None
    as_of: dt.date | None
    exact: bool


@dataclass(frozen=True, kw_only=True)
class SingleAuditOptions:
    """Options that name what to audit by itself."""

    system: str | None
    run: str | None
    file: str | None
    system_file: Path | None
    dry_run: bool
    files: Files


def audit(
    context: typer.Context, asked: SingleAuditOptions, **days: Unpack[AuditScope]
) -> tuple[AuditDocument, list[IngestReport], str]:
    """The audit document of a run or file, what became of its rows, and the language to tell it in."""
    from boussole.audits.systems.gaps import file_of
    from boussole.audits.workspace import Settings
    from boussole.charter.auditing.audit import audit_files

    _check(asked)
    if asked.run is not None:
        workspace: Workspace | None = workspace_of(context)
        system, files = _run(workspace_of(context), asked.run, asked.system)
    else:
        workspace, system = system_of(context, asked.system, asked.system_file)
        files = _file(asked.file or "", asked.files)
    tell_gaps(file_of(workspace.home / "systems", system.id) if workspace else asked.system_file)
    document, reports = audit_files(system, files, parent=workspace, **days)
    beside = workspace or known_workspace(context)
    return document, reports, answer_language(beside.settings if beside else Settings())


def system_of(context: typer.Context, system: str | None, system_file: Path | None) -> tuple[Workspace | None, System]:
    """The system named by its file, without a workspace, or by its id within one."""
    from boussole.audits.systems import load_system

    if system_file is not None:
        return None, load_system(system_file)
    if system is None:
        raise BoussoleError("whose decisions are these?", next_step="Give --system-file FILE, or --system ID.")
    workspace = workspace_of(context)
    return workspace, workspace.system(system)


def tell_gaps(path: Path | None) -> None:
    """Says on top of a dry run which lines of the system file still have to be filled in."""
    from boussole.audits.systems.gaps import gaps_of

    found = gaps_of(path) if path else []
    if found:
        marked = f"{path}: {len(found)} line(s) are still {found[0].mark}"
        say(f"{marked}. What follows rests on guesses and cannot be sealed:")
        for gap in found:
            say(f"  {gap.told()}")


def tell_bad_rows(reports: Sequence[IngestReport]) -> bool:
    """Says how rows were read that nobody would guess, which were left out, and whether any were."""
    from boussole.audits.decisions.report import READ_AS

    for report in reports:
        if report.read:
            say(f"{report.origin}: {report.read}.")
        for change in report.changes:
            if change.kind in READ_AS:
                say(f"  {report.origin}, {change.sentence()}")
    bad = [report for report in reports if report.rejections]
    for report in bad:
        say(f"{report.origin}: {report.quarantined} of {report.accepted + report.quarantined} row(s) were left out.")
        for rejection in report.rejections:
            say(f"  {report.origin}, {rejection.sentence()}")
    return bool(bad)


def _check(asked: SingleAuditOptions) -> None:
    if asked.run is not None and (asked.file is not None or asked.system_file is not None):
        raise BoussoleError(
            "a run is audited by the system file of its workspace.",
            next_step="Give --run without FILE or --system-file.",
        )
    if asked.run is None and asked.file is None:
        raise BoussoleError(
            "--system-file needs a file of decisions.", next_step="Run `boussole audit --dry-run FILE --system-file S`."
        )
    if asked.file is not None and not asked.dry_run:
        raise BoussoleError(
            "a file by itself is only audited without storing the result.",
            next_step="Add --dry-run, or bring the file in with `boussole import` first.",
        )
    if asked.system is not None and asked.system_file is not None:
        raise BoussoleError("--system and --system-file are two systems.", next_step="Give one of them.")


def _run(workspace: Workspace, run_id: str, expected: str | None) -> tuple[System, Callable[[Path], Sequence[LogFile]]]:
    from boussole.experiments.runs import fetch_run, system_of_run

    system = system_of_run(workspace, run_id, expected=expected)
    return system, lambda folder: fetch_run(workspace, run_id, system, into=folder)


def _file(source: str, files: Files) -> Callable[[Path], Sequence[LogFile]]:
    from boussole.audits.decisions.files.kinds import expand
    from boussole.audits.ephemeral import LogFile

    return lambda _: [
        LogFile(path=path, origin=None if path == source else name, files=files) for path, name in expand(source)
    ]


# What `boussole audit` looks at in a workspace: one window or each period, of one system or of all.


@dataclass(frozen=True, kw_only=True)
class AuditedWindow:
    """One window that a command looked at: its document, or why there is none (`note`).

    `part`: the name of the period; `first`: no audit was stored before; `unchanged`: a stored audit says the same;
    `unread`: why nobody knows whether the newest period is complete; `shifts`: what moved for good.
    """

    document: AuditDocument | None = None
    note: str = ""
    part: str | None = None
    first: bool = False
    unchanged: bool = False
    unread: str = ""
    shifts: Sequence[str] = ()


def audits(
    context: typer.Context, system: str | None, *, dry_run: bool, all_periods: bool, **days: Unpack[AuditScope]
) -> tuple[list[AuditedWindow], str]:
    """The audits of one system of the workspace or of all, sealed together once all are made; and their language."""
    from boussole.audits.systems.gaps import file_of, hold_filled
    from boussole.audits.windows import EmptyWindowError
    from boussole.charter.records import open_records, save_audits
    from boussole.charter.records.in_force import in_force
    from boussole.dashboard.alerts.sending import alert_changes

    workspace = workspace_of(context)
    if system and (writer := workspace.system(system)).only_writes and not writer.measured:
        raise BoussoleError(
            "its file holds texts to nothing: there is nothing to measure.",
            where=f"system '{system}'",
            next_step="Say under `generations.texts` what they are held to; the register has what people have stated.",
        )
    ids = [system] if system else [item.id for item in workspace.systems.values() if item.measured]
    if not ids:
        raise BoussoleError(
            "no system has a log that is measured.", next_step="Add one with `boussole systems add FILE`."
        )
    folder = workspace.home / "systems"
    if not dry_run:
        hold_filled(folder, ids)
    for item in ids:
        tell_gaps(file_of(folder, item))
    if not dry_run and workspace.governance.exists():
        open_records(workspace)  # brings older records up to date before anything reads them
    judging = in_force(workspace)
    one = partial(_each_period if all_periods else _last_period, workspace, judging=judging, days=days)
    looks: list[AuditedWindow] = []
    for name in ids:
        made = _fresh(looks)
        each = partial(one, beside=made)
        looks += each(workspace.system(name)) if system else _noted(each, workspace.system(name))
    if not any(look.document for look in looks):
        raise EmptyWindowError("no decision was audited.", next_step=" ".join(look.note for look in looks))
    if not dry_run and (fresh := _fresh(looks)):
        sealed = iter(save_audits(workspace, fresh, charter=judging.charter))
        looks = [
            replace(each, document=next(sealed)) if each.document and not each.unchanged else each for each in looks
        ]
        if told := alert_changes(workspace, systems=ids):
            say(told)
    return _with_shifts(workspace, looks), answer_language(workspace.settings)


SHIFTS = 3
"""So many moves of a system are said; the page of drift has all."""


def _with_shifts(workspace: Workspace, looks: Sequence[AuditedWindow]) -> list[AuditedWindow]:
    from boussole.charter.drift.system_drift import lasting_shifts
    from boussole.dashboard.markup.words import speaker
    from boussole.dashboard.views.drift.figures import more_shifts_words, shift_words

    say = speaker(answer_language(workspace.settings))
    last = {look.document.system: at for at, look in enumerate(looks) if look.document is not None}
    found = list(looks)
    for name, at in last.items():
        system = workspace.systems[name]
        if not system.decides:
            continue
        moves = lasting_shifts(workspace, system, today=workspace.today())
        told = [shift_words(each.shift, each.scale, system, say) for each in moves[:SHIFTS]]
        if more := len(moves) - len(told):
            told.append(more_shifts_words(more, say))
        found[at] = replace(found[at], shifts=told)
    return found


def _fresh(looks: Sequence[AuditedWindow]) -> list[AuditDocument]:
    from boussole.charter.document import AuditDocument

    return [each.document for each in looks if isinstance(each.document, AuditDocument) and not each.unchanged]


def _noted(one: Callable[[System], list[AuditedWindow]], system: System) -> list[AuditedWindow]:
    """The looks at one of several systems; that it has no decisions of its own is noted and stops no other."""
    from boussole.audits.counts.common import SharedRowsError
    from boussole.audits.windows import EmptyWindowError

    try:
        return one(system)
    except (EmptyWindowError, SharedRowsError) as none:
        return [AuditedWindow(note=str(none))]


def _last_period(
    workspace: Workspace, system: System, *, judging: InForce, days: AuditScope, beside: Sequence[AuditDocument]
) -> list[AuditedWindow]:
    from boussole.audits.windows import label_of
    from boussole.charter.auditing.audit import run_audit
    from boussole.charter.records import audits_of

    document = run_audit(workspace, system, dry_run=True, judging=judging, beside=beside, **days)
    if days["start"] or days["end"]:
        return [AuditedWindow(document=document)]
    unread = unread_words(workspace, system, window=document.window.days)
    if not document.left_out.other_periods:
        return [AuditedWindow(document=document, unread=unread)]
    part = label_of(document.window.days, system.windows.audit)
    return [AuditedWindow(document=document, part=part, first=not audits_of(workspace, system.id), unread=unread)]


def _each_period(
    workspace: Workspace, system: System, *, judging: InForce, days: AuditScope, beside: Sequence[AuditDocument]
) -> list[AuditedWindow]:
    from boussole.audits.windows import label_of
    from boussole.charter.auditing.audit import audit_periods, periods_of

    periods, kind = periods_of(workspace, system), system.windows.audit
    chosen = [each for each in periods if each.decisions and each.complete] or periods[-1:]
    found = iter(
        audit_periods(
            workspace, system, chosen, judging=judging, as_of=days["as_of"], exact=days["exact"], beside=beside
        )
    )
    looks: list[AuditedWindow] = []
    for each in periods:
        name = f"{system.id} {label_of(each.window, kind)}"
        if each in chosen:
            audited = next(found)
            looks.append(AuditedWindow(document=audited.document, unchanged=audited.unchanged))
        else:
            looks.append(AuditedWindow(note=not_audited(name, each.decisions, texts=system.only_writes)))
    unread = unread_words(workspace, system, window=chosen[-1].window)
    return [*looks[:-1], replace(looks[-1], unread=unread)]


def not_audited(name: str, rows: int, *, texts: bool) -> str:
    """Why a period has no audit: nothing came in it, or it is not complete. `texts`: the system only writes.

    >>> not_audited("chat 2026-04", 0, texts=True)
    'chat 2026-04: no text in this period, so no verdict on it.'
    >>> not_audited("loans 2026-05", 12, texts=False)
    'loans 2026-05: 12 decisions; this period is not complete: not audited yet.'
    """
    unit = "text" if texts else "decision"
    if not rows:
        return f"{name}: no {unit} in this period, so no verdict on it."
    return f"{name}: {rows} {unit}{'s' if rows > 1 else ''}; this period is not complete: not audited yet."


def unread_words(workspace: Workspace, system: System, *, window: Window) -> str:
    """Why nobody knows whether the newest period of a log is complete, and what to do. Empty where that is known."""
    from boussole.audits.windows import label_of
    from boussole.charter.auditing.audit import unread_of

    found = unread_of(workspace, system)
    if found is None:
        return ""
    start, end = found.window.start, found.window.end
    name = label_of(found.window, system.windows.audit)
    what = "is looked at as it is" if found.window == window else "is left out"
    read = f"its log was last read on {found.read}" if found.read else "no complete reading of its log is noted"
    again = (
        f"run `boussole sync --system {system.id}`"
        if system.syncs
        else "import what is newer (the same file again, if nothing is)"
    )
    return (
        f"{system.id}: the period {name} {what}. It ended on {end}, and {read}: decisions of its last days may be "
        f"missing. Next: {again}; or audit what is there with `--from {start} --to {end}`."
    )


def tell(look: AuditedWindow, lang: str, *, to: Callable[[str], None], verdicts: bool) -> None:
    """What was looked at, what was left out of it, and the verdicts, one line each."""
    from boussole.dashboard.markup.words import speaker
    from boussole.dashboard.views.answers.small_print import left_out_words

    if look.unread:
        to(look.unread)
    if look.document is None:
        to(look.note)
        return
    document, window = look.document, look.document.window
    head = f"{document.system} {window.start}/{window.end}: {document.decisions} {_unit(document)}"
    to(f"{head} (audited before, unchanged: not sealed again)" if look.unchanged else head)
    if look.part is not None:
        to(f"  {_scope(look, document)}")
    if told := left_out_words(document, speaker(lang)):
        to(f"  {told}")
    for reference in (document.references or ()) if verdicts else ():
        for answer in reference.answers:
            to(f"  {answer.article}/{answer.indicator}: {answer.sentence[lang]}")
    examined = [each for each in document.verdicts if each.verdict != "not_examined"]
    for verdict in examined if verdicts else ():
        to(f"  {verdict.verdict:<8} {verdict.article}/{verdict.indicator}: {verdict.sentence[lang]}")
    for shift in look.shifts:
        to(f"  {shift}")


def _unit(document: AuditDocument) -> str:
    if document.of_texts:
        return "texts"
    alone = any(measure.reason == "no_decision" for measure in document.measures)
    return "places in lists" if alone else "decisions"


def _scope(look: AuditedWindow, document: AuditDocument) -> str:
    told = document.left_out
    counted = f"{told.counted:,} of {told.counted + told.other_periods:,} {_unit(document)}"
    what = "this first audit looks at one period alone" if look.first else "one period alone"
    return (
        f"window {look.part}: {what}, {counted}; {told.other_periods:,} in other periods: "
        "`boussole audit --all-periods` audits each."
    )
