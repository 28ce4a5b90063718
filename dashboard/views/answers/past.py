"""What is known of the past of a system, read from the records and the lake."""

from __future__ import annotations

import datetime as dt

from boussole.audits.drift.counts import read_versions
from boussole.audits.errors import BoussoleError, NoLakeError
from boussole.audits.lake import reading
from boussole.audits.workspace import Workspace
from boussole.charter.records import documents_of
from boussole.dashboard.views.answers.course import Past
from boussole.dashboard.views.scene import as_decided


def past_of(workspace: Workspace, system: str, *, until: dt.date | None = None) -> Past:
    """The audits of a system, of those that end by a day, and the versions of its model; what cannot be read is
    said."""
    audits = {
        window: as_decided(workspace, each)
        for window, each in documents_of(workspace, system).items()
        if until is None or window.end <= until
    }
    declared = workspace.systems.get(system)
    if declared is None:
        return Past(audits=audits)
    try:
        with reading(workspace) as connection:
            return Past(audits=audits, versions=read_versions(connection, declared))
    except NoLakeError:
        return Past(audits=audits)
    except BoussoleError as error:
        return Past(audits=audits, lost=str(error.what))
