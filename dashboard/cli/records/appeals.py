"""`boussole appeal`: what makes a record follows from its model; here is what lists them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from boussole.dashboard.cli.console.completing import system_ids
from boussole.dashboard.cli.console.console import put, say, workspace_of
from boussole.dashboard.cli.records.of_records import DAY, record_group

app = record_group("Appeals of job seekers: entered without any name, by when an answer is due, what was decided.")


@app.command("list")
def list_(
    context: typer.Context,
    *,
    system: Annotated[str | None, typer.Option("--system", autocompletion=system_ids, help="Only this system.")] = None,
    on: Annotated[
        dt.datetime | None, typer.Option(formats=DAY, help="As they stood that day; today if absent.")
    ] = None,
) -> None:
    """List the appeals, late ones first: number, entry, state, system, what is asked, due day, days, outcome."""
    from boussole.charter.deadlines.appeals import appeals, counts
    from boussole.charter.records.facts import facts_of

    workspace = workspace_of(context)
    day = on.date() if on else workspace.today()
    every = appeals(facts_of(workspace, as_of=day))
    found = [each for each in every if system in (None, each.appeal.system)]
    for each in found:
        said = each.appeal
        outcome = each.decision[1].outcome if each.decision else "-"
        state = "late" if each.late else each.state
        put(f"{said.number}\t{each.entry}\t{state}\t{said.system}\t{said.asks}\t{each.due_on}\t{each.days}\t{outcome}")
    told = counts(found)
    say(f"Received: {told.received}, waiting: {told.waiting}, of these late: {told.overdue}.")
