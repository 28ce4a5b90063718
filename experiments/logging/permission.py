"""Which columns of a frame may travel to MLflow, as far as a system file says so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from boussole.audits.decisions.contracts import check_declared, columns_of
from boussole.audits.errors import BoussoleError, SourceError, nearest
from boussole.audits.identifiers import identifier_refusal, is_identifier
from boussole.audits.log_names import LogName
from boussole.audits.systems import System, load_system
from boussole.audits.workspace import Workspace


@dataclass(frozen=True)
class Permission:
    """What may leave: `keep` are the columns that travel (None: all), `version_column` holds the model version."""

    keep: tuple[str, ...] | None = None
    version_column: str | None = None
    version_needed: bool = False


def permission(
    columns: Sequence[str], *, system: str, log: LogName, workspace: Workspace | Path | str | None
) -> Permission:
    """What may leave of a frame with these columns: with a workspace those that the system file declares, else all.

    Raises SourceError for a malformed id, a missing column, a log that is not declared, and a sensitive column.
    """
    if not is_identifier(system):
        raise SourceError(f"{identifier_refusal(system)}.", next_step="Give the `id` of its system file.")
    if workspace is None:
        known = _around(system)
        if known is not None:
            _refuse_sensitive(known, columns)
        return Permission()
    if not isinstance(workspace, Workspace | Path | str):
        raise SourceError(f"`workspace` cannot be {workspace!r}.", next_step="Give the path of its folder.")
    home = workspace if isinstance(workspace, Workspace) else Workspace(Path(workspace))
    return declared(home.system(system), columns, log=log)


def declared(system: System, columns: Sequence[str], *, log: LogName) -> Permission:
    """The columns that the file of a system declares for one of its logs.

    Raises SourceError when one that is needed is missing, and when one is sensitive.
    """
    where = f"a frame for `{log}` of '{system.id}'"
    check_declared(system, log, where=where)
    needs = columns_of(system, log)
    version = system.model_version(log)
    absent = [column for column in needs.needed if column not in columns and column != version]
    if absent:
        hints = "; ".join(f"'{column}' ({nearest(column, columns).rstrip('.')})" for column in absent)
        raise SourceError(
            f"missing column{'s' if len(absent) > 1 else ''}: {hints}.",
            where=where,
            next_step="Add it to the frame, or correct the name in the system file.",
        )
    keep = tuple(column for column in columns if column in {*needs.needed, *needs.wherever})
    _refuse_sensitive(system, keep)
    return Permission(keep, version, version in needs.needed)


def sensitive_columns(system: System) -> set[str]:
    """Columns that are joined while rows come in from a keyed file of their own."""
    return {group.column for group in system.groups.values() if group.source == "sensitive"}


def _refuse_sensitive(system: System, columns: Iterable[str]) -> None:
    banned = {name.casefold() for name in sensitive_columns(system)}
    found = [column for column in columns if column.casefold() in banned]
    if found:
        raise SourceError(
            f"the system file takes {', '.join(map(repr, found))} `from: sensitive`: it never travels to MLflow.",
            where=f"a frame of '{system.id}'",
            next_step="Drop the column; it is joined from its own keyed file when the log comes in.",
        )


def _around(system: str) -> System | None:
    """The system as the workspace of $BOUSSOLE_HOME or of the current folder describes it, if there is one."""
    try:
        home = Workspace.find().home
    except BoussoleError:
        return None
    path = home / "systems" / f"{system}.yaml"
    return load_system(path) if path.is_file() else None
