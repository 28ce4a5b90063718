"""`boussole committee`, to which each module adds the commands that it writes by hand."""

from __future__ import annotations

from boussole.dashboard.cli.records.of_records import record_group

app = record_group("A committee's work: members, sessions, votes, opinions; each act is held to its rules and sealed.")
