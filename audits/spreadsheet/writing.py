"""Carrying out an import: all files or none."""

from __future__ import annotations

from pathlib import Path

import yaml
from filelock import FileLock, Timeout

from boussole.audits import private_files
from boussole.audits.errors import SystemFileError
from boussole.audits.spreadsheet.plan import ImportPlan

WAIT_SECONDS = 60


def carry_out(plan: ImportPlan, folder: Path) -> None:
    """Writes the new and amended systems of a plan without faults into the folder of system files.

    Everything is written beside first, then moved into place; when one cannot be moved, those before are put back.

    Raises SystemFileError when a file appeared meanwhile, or the disk refuses.
    """
    if plan.faults:
        raise ValueError("a plan with faults is not carried out")
    private_files.make_folder(folder)
    try:
        with FileLock(folder / ".import.lock", timeout=WAIT_SECONDS, mode=private_files.FILE):
            _write(plan, folder)
    except Timeout as error:
        raise SystemFileError(
            "another import has been writing for a minute.", where=str(folder), next_step="Wait, then try again."
        ) from error


def _write(plan: ImportPlan, folder: Path) -> None:
    targets = [(folder / f"{change.system.id}.yaml", change) for change in plan.changes]
    for target, change in targets:
        if change.new and target.exists():
            raise SystemFileError(
                "this file appeared while the register was read.", where=str(target), next_step="Import again."
            )
    before = {target: target.read_bytes() for target, _ in targets if target.exists()}
    beside = {target: target.with_suffix(".new") for target, _ in targets}
    done: list[Path] = []
    try:
        for target, change in targets:
            text = yaml.dump(change.raw, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=120)
            private_files.write(beside[target], text)
        for target, _ in targets:
            beside[target].replace(target)
            done.append(target)
    except OSError as error:
        _put_back(done, before)
        raise SystemFileError(
            f"nothing was imported: {error.strerror or error}.", where=str(folder), next_step="Mend that and try again."
        ) from error
    finally:
        for path in beside.values():
            path.unlink(missing_ok=True)


def _put_back(done: list[Path], before: dict[Path, bytes]) -> None:
    for target in done:
        if target in before:
            private_files.write(target, before[target])
        else:
            target.unlink(missing_ok=True)
