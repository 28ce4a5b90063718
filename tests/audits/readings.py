"""Setting back the day on which a log was read: a test's own is always imported on the day of the test."""

from __future__ import annotations

import datetime as dt

from boussole.audits.lake import writing
from boussole.audits.workspace import Workspace


def read_last(workspace: Workspace, day: dt.date) -> None:
    """Makes all readings of a workspace those of one day."""
    with writing(workspace) as connection:
        connection.execute("UPDATE lake.main.readings SET day = ?", [day])
