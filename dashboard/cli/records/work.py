"""`boussole work`: effects on work. What makes a record follows from its model; here is what lists them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from boussole.dashboard.cli.console.console import put, workspace_of
from boussole.dashboard.cli.records.of_records import DAY, record_group

app = record_group("Effects on work: surveys, consultations, time saved and where it went, training.")


@app.command("list")
def list_(
    context: typer.Context,
    *,
    on: Annotated[dt.datetime | None, typer.Option(formats=DAY, help="As it stood that day; today if absent.")] = None,
) -> None:
    """List what is known of effects on work: entry, kind, period, system, figures."""
    from boussole.charter.records.facts import facts_of
    from boussole.charter.work.effects import consultations, surveys, times, trainings

    workspace = workspace_of(context)
    day = on.date() if on else workspace.today()
    facts = facts_of(workspace, as_of=day)
    for name, asked in surveys(facts).items():
        means = ", ".join(f"{each.theme} {each.mean}" for each in asked.themes)
        put(f"{asked.entry}\tsurvey\t{asked.survey.end}\t{name or 'all systems'}\t{means}")
    for entry, course in trainings(facts):
        put(f"{entry}\ttraining\t{course.end}\t{course.system or 'all systems'}\t{course.before} of {course.users}")
    for entry, saved in times(facts):
        put(f"{entry}\ttime_saved\t{saved.end}\t{saved.system}\t{saved.hours} hours")
    for entry, step in consultations(facts):
        told = f"{step.system or 'all systems'}\t{step.step}, {step.body}"
        put(f"{entry}\tconsultation\t{step.planned_on or step.on}\t{told}")
