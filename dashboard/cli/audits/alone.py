"""Audits of one run or one file by itself: nothing is imported, stored or sealed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import typer

from boussole.audits.errors import BoussoleError
from boussole.dashboard.cli.console.console import known_workspace, say, workspace_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from boussole.audits.decisions import IngestReport
    from boussole.audits.ephemeral import LogFile
    from boussole.audits.systems import System
    from boussole.audits.systems.files import Files
    from boussole.audits.workspace import Workspace
    from boussole.charter.document import AuditDocument


class Days(TypedDict):
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
    context: typer.Context, asked: SingleAuditOptions, **days: Unpack[Days]
) -> tuple[AuditDocument, list[IngestReport], str]:
    """The audit document of a run or file, what became of its rows, and the language to tell it in."""
    from boussole.audits.systems.gaps import file_of
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
    return document, reports, beside.settings.language if beside else language()


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
    from boussole.audits.systems.gaps import MARK, gaps_of

    found = gaps_of(path) if path else []
    if found:
        say(f"{path}: {len(found)} line(s) are still {MARK}. What follows rests on guesses and cannot be sealed:")
        for gap in found:
            say(f"  {gap.told()}")


def tell_bad_rows(reports: Sequence[IngestReport]) -> bool:
    """Says which rows were left out, and whether there are any."""
    for report in reports:
        if report.read:
            say(f"{report.origin}: {report.read}.")
    bad = [report for report in reports if report.rejections]
    for report in bad:
        say(f"{report.origin}: {report.quarantined} of {report.accepted + report.quarantined} row(s) were left out.")
        for rejection in report.rejections:
            say(f"  {report.origin}, {rejection.sentence()}")
    return bool(bad)


def language() -> str:
    """The language where there is no workspace: that of the environment, else the default."""
    from boussole.audits.workspace import Settings

    return Settings().language


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
    from boussole.audits.decisions.files.many import expand
    from boussole.audits.ephemeral import LogFile

    return lambda _: [
        LogFile(path=path, origin=None if path == source else name, files=files) for path, name in expand(source)
    ]
