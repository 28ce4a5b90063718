"""`boussole appeal`: what job seekers ask or contest, entered by an agent without a name, and what was decided."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

import typer

from boussole.dashboard.commands.completing import system_ids
from boussole.dashboard.commands.console import put, say, workspace_of
from boussole.dashboard.commands.stating import MaybeDocument, On, Role, SystemId, Text, seal_record

app = typer.Typer(
    help="Appeals of job seekers: entered without any name, by when an answer is due, what was decided.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

DAY = ["%Y-%m-%d"]


@app.command()
def enter(
    context: typer.Context,
    *,
    system: SystemId,
    asks: Annotated[
        Literal["explanation", "contest"],
        typer.Option(help="`explanation`: why, within a month; `contest`: to have it decided anew, within two."),
    ],
    ground: Annotated[
        Literal["result", "data", "no_human", "not_told", "discrimination", "other"],
        typer.Option(
            help="The result; wrong data; no human looked; they were not told of the tool; discrimination; other."
        ),
    ],
    decided_on: Annotated[dt.datetime, typer.Option(formats=DAY, help="The day of the decision that it is about.")],
    received_on: Annotated[dt.datetime, typer.Option(formats=DAY, help="The day it was received.")],
    role: Role,
    on: On,
    human_review: Annotated[bool, typer.Option("--human-review", help="They ask that a human look at it.")] = False,
    text: Annotated[str, typer.Option(help="In words, without anything that leads to the person.")] = "",
) -> None:
    """Enter an appeal. Its number, drawn by chance, is printed: tell it to the person, it is kept with no name."""
    from boussole.charter.incidents.appeals import new_number

    workspace = workspace_of(context)
    number = new_number()
    seal_record(
        workspace,
        "appeal",
        document=None,
        role=role,
        on=on,
        text=text,
        system=workspace.system(system).id,
        number=number,
        asks=asks,
        ground=ground,
        decided_on=decided_on.date(),
        received_on=received_on.date(),
        human_review=human_review,
    )
    put(number)


@app.command()
def decide(
    context: typer.Context,
    appeal: Annotated[str, typer.Argument(help="The number or the entry of the appeal.")],
    *,
    outcome: Annotated[Literal["upheld", "partly", "rejected"], typer.Option(help="What was decided on it.")],
    role: Role,
    on: On,
    reviewed: Annotated[bool, typer.Option("--reviewed", help="A human looked at the whole case.")] = False,
    text: Text = "",
    document: MaybeDocument = None,
) -> None:
    """Say what was decided on an appeal, on the day given by --on."""
    from boussole.charter.incidents.entering import number_to_entry

    workspace = workspace_of(context)
    seal_record(
        workspace,
        "appeal_decision",
        document=document,
        role=role,
        on=on,
        text=text,
        of=number_to_entry(workspace, appeal),
        outcome=outcome,
        reviewed=reviewed,
    )


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
    from boussole.charter.incidents.appeals import appeals, counts
    from boussole.charter.records.facts import facts_of

    day = on.date() if on else dt.datetime.now(dt.UTC).astimezone().date()
    every = appeals(facts_of(workspace_of(context), as_of=day))
    found = [each for each in every if system in (None, each.appeal.system)]
    for each in found:
        said = each.appeal
        outcome = each.decision[1].outcome if each.decision else "-"
        state = "late" if each.late else each.state
        put(f"{said.number}\t{each.entry}\t{state}\t{said.system}\t{said.asks}\t{each.due_on}\t{each.days}\t{outcome}")
    told = counts(found)
    say(f"Received: {told.received}, waiting: {told.waiting}, of these late: {told.overdue}.")
