"""`boussole incident`: what makes a record follows from its model; here is what lists them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from boussole.dashboard.cli.console.completing import system_ids
from boussole.dashboard.cli.console.console import put, say, workspace_of
from boussole.dashboard.cli.records.of_records import record_group

app = record_group("Incidents: what went wrong with a system, what must be reported by when, and how it ended.")


@app.command("list")
def list_(
    context: typer.Context,
    *,
    system: Annotated[str | None, typer.Option("--system", autocompletion=system_ids, help="Only this system.")] = None,
    open_: Annotated[bool, typer.Option("--open", help="Only those that are open.")] = False,
    on: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="As they stood that day; today if absent.")
    ] = None,
) -> None:
    """List the incidents, open ones first: entry, state, severity, system, next deadline, title."""
    from boussole.charter.deadlines.incidents import in_time, incidents
    from boussole.charter.records.facts import facts_of

    workspace = workspace_of(context)
    day = on.date() if on else workspace.today()
    found = [
        each
        for each in incidents(facts_of(workspace, as_of=day))
        if system in (None, each.incident.system) and not (open_ and each.closure)
    ]
    for each in found:
        state = "closed" if each.closure else "overdue" if each.overdue else "open"
        due = each.next_due.isoformat(" ", "minutes") if each.next_due else "-"
        put(f"{each.entry}\t{state}\t{each.severity}\t{each.incident.system}\t{due}\t{each.incident.title}")
    told = in_time(found)
    if told.due:
        say(f"Reported in time: {told.on_time} of {told.due} reports that were due.")
    if not found:
        say("No incident is recorded.")
