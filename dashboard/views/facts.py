"""What the data page looks at: the sources as the last syncs left them, the state of the lake, declared measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from boussole.audits.decisions.overview import Overview, overview
from boussole.audits.errors import BoussoleError, LakeError
from boussole.audits.workspace import Workspace
from boussole.experiments.declared import DeclaredMeasure, declared_measures
from boussole.experiments.status import SourceStatus, source_status


@dataclass(frozen=True, kw_only=True)
class Facts:
    """`trouble` says why the lake could not be looked at: then `lake` and `declared` are no answer; `unnoted` why
    nobody can say when the sources were read: then `statuses` are none."""

    statuses: Sequence[SourceStatus] = ()
    lake: Overview = field(default_factory=Overview)
    declared: Mapping[str, Sequence[DeclaredMeasure]] = field(default_factory=dict)
    trouble: BoussoleError | None = None
    unnoted: BoussoleError | None = None

    @property
    def known(self) -> Overview:
        """What the lake holds, for whoever can do nothing without it. Raises `trouble`."""
        if self.trouble is not None:
            raise self.trouble
        return self.lake


def load_facts(workspace: Workspace) -> Facts:
    """All of it, or what can be had: a lake that another program holds, or a damaged one, stops no page."""
    statuses, unnoted = _statuses(workspace)
    try:
        lake = overview(workspace)
        declaring = [system for name, system in workspace.deciding.items() if name in lake.declaring]
        declared = {system.id: declared_measures(workspace, system) for system in declaring}
        return Facts(statuses=statuses, lake=lake, declared=declared, unnoted=unnoted)
    except LakeError as error:
        return Facts(statuses=statuses, trouble=error, unnoted=unnoted)


def _statuses(workspace: Workspace) -> tuple[Sequence[SourceStatus], BoussoleError | None]:
    try:
        return source_status(workspace), None
    except LakeError as error:
        return (), error
