"""`boussole incident`: what went wrong, how grave, to whom it was reported, and how it ended."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

import typer

from boussole.dashboard.commands.completing import system_ids
from boussole.dashboard.commands.console import put, say, workspace_of
from boussole.dashboard.commands.stating import (
    MaybeDocument,
    On,
    Role,
    SystemId,
    Text,
    articles_of,
    asked_of_system,
    question_of_charter,
    seal_record,
)

app = typer.Typer(
    help="Incidents: what went wrong with a system, what must be reported by when, and how it ended.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

MOMENT = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d"]
Severity = Literal["minor", "significant", "serious", "widespread", "fatal"]
Entry = Annotated[int, typer.Argument(min=0, help="The entry of the incident: see `boussole incident list`.")]
LEVELS = (
    "minor: nobody lost a right or a chance; significant: people were treated wrongly, and it can be put right; "
    "serious: serious harm, or a breach of fundamental rights (AI Act, Art. 3(49)); widespread: the same for many "
    "people or a critical infrastructure; fatal: somebody died."
)


@app.command("open")
def open_(
    context: typer.Context,
    *,
    system: SystemId,
    severity: Annotated[Severity, typer.Option(help=LEVELS)],
    title: Annotated[str, typer.Option(help="What happened, in a few words.")],
    text: Annotated[str, typer.Option(help="What happened, in roles and not in names.")],
    happened_on: Annotated[dt.datetime, typer.Option(formats=["%Y-%m-%d"], help="The day it happened, or began.")],
    known: Annotated[dt.datetime, typer.Option(formats=MOMENT, help="When it became known: deadlines run from then.")],
    role: Role,
    on: On,
    personal_data: Annotated[
        bool, typer.Option("--personal-data", help="Personal data were lost, changed or seen by others.")
    ] = False,
    article: Annotated[list[str] | None, typer.Option("--article", help="The id of an article it is about.")] = None,
    question: Annotated[str | None, typer.Option(help="The id of the charter's question that shows it.")] = None,
    audit: Annotated[int | None, typer.Option(min=0, help="The entry of the audit that shows it.")] = None,
    finding: Annotated[
        list[int] | None, typer.Option("--finding", min=0, help="The entry of a finding, case or inspection about it.")
    ] = None,
    document: MaybeDocument = None,
) -> None:
    """Enter an incident."""
    workspace = workspace_of(context)
    if question is not None:
        question_of_charter(workspace, question)
        asked_of_system(workspace, question, system)
    declared = workspace.system(system)
    seal_record(
        workspace,
        "incident",
        document=document,
        role=role,
        on=on,
        text=text,
        system=declared.id,
        timezone=declared.timezone,
        severity=severity,
        title=title,
        happened_on=happened_on.date(),
        known_at=known,
        personal_data=personal_data,
        articles=articles_of(workspace, article or []),
        question=question,
        audit=audit,
        findings=finding or [],
    )


@app.command()
def update(
    context: typer.Context,
    of: Entry,
    *,
    role: Role,
    on: On,
    text: Text = "",
    severity: Annotated[Severity | None, typer.Option(help="How grave it is now.")] = None,
    known: Annotated[
        dt.datetime | None, typer.Option(formats=MOMENT, help="With --severity: when that became known.")
    ] = None,
    reported_to: Annotated[str | None, typer.Option(help="Who was told.")] = None,
    reported: Annotated[
        dt.datetime | None, typer.Option(formats=MOMENT, help="With --reported-to: when they were told.")
    ] = None,
    duty: Annotated[
        Literal["ai_act_73", "gdpr_33"] | None, typer.Option(help="With --reported-to: the duty that this fulfils.")
    ] = None,
    document: MaybeDocument = None,
) -> None:
    """Say what came to be known since, how grave it is now, or to whom it was reported and when."""
    seal_record(
        workspace_of(context),
        "incident_update",
        document=document,
        role=role,
        on=on,
        text=text,
        of=of,
        severity=severity,
        known_at=known,
        reported_to=reported_to,
        reported_at=reported,
        duty=duty,
    )


@app.command()
def close(
    context: typer.Context,
    of: Entry,
    *,
    cause: Annotated[str, typer.Option(help="Why it happened.")],
    measures: Annotated[str, typer.Option(help="What was done so that it does not happen again.")],
    role: Role,
    on: On,
    text: Text = "",
    document: MaybeDocument = None,
) -> None:
    """Close an incident with its cause and the measures taken. What had to be reported must have been."""
    seal_record(
        workspace_of(context),
        "incident_closure",
        document=document,
        role=role,
        on=on,
        text=text,
        of=of,
        cause=cause,
        measures=measures,
    )


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
    from boussole.charter.incidents.incidents import in_time, incidents
    from boussole.charter.records.facts import facts_of

    day = on.date() if on else dt.datetime.now(dt.UTC).astimezone().date()
    found = [
        each
        for each in incidents(facts_of(workspace_of(context), as_of=day))
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
