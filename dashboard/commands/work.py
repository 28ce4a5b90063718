"""`boussole work`: effects on work: surveys, consultations, time saved and where it went, training."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from boussole.audits.errors import BoussoleError, nearest
from boussole.dashboard.commands.console import put, say, workspace_of
from boussole.dashboard.commands.stating import (
    MaybeDocument,
    MaybeSystem,
    On,
    Role,
    SystemId,
    Text,
    seal_record,
    system_of,
)

if TYPE_CHECKING:
    from boussole.charter.records.work import Theme

app = typer.Typer(
    help="Effects on work: surveys, consultations, time saved and where it went, training.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

DAY = ["%Y-%m-%d"]
Start = Annotated[dt.datetime, typer.Option("--from", formats=DAY, help="First day.")]
End = Annotated[dt.datetime, typer.Option("--to", formats=DAY, help="Last day.")]


@app.command()
def survey(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(help="Answers as CSV or XLSX: one row each, or means (theme, n, mean, group).")
    ],
    *,
    start: Start,
    end: End,
    role: Role,
    on: On,
    column: Annotated[
        list[str] | None, typer.Option("--column", help="THEME=COLUMN, for autonomy, load, meaning; give it again.")
    ] = None,
    group: Annotated[str | None, typer.Option(help="The column of the team or agency, if any.")] = None,
    reverse: Annotated[
        list[str] | None, typer.Option(help="A theme whose high answers are bad, such as a heavy load.")
    ] = None,
    lowest: Annotated[int, typer.Option(help="The lowest answer.")] = 1,
    highest: Annotated[int, typer.Option(help="The highest answer.")] = 5,
    invited: Annotated[int | None, typer.Option(min=11, help="How many were asked.")] = None,
    system: MaybeSystem = None,
    text: Text = "",
) -> None:
    """Bring in a survey: its means are sealed, its rows are kept nowhere, groups of fewer than 11 are hidden."""
    from boussole.charter.work.survey import Layout, aggregated, rows_of

    workspace = workspace_of(context)
    if not file.is_file():
        raise BoussoleError("there is no such file.", where=str(file), next_step="Give the path of a CSV or XLSX file.")
    layout = Layout(
        columns=_columns(column or []),
        group=group,
        reverse=[_theme(each) for each in reverse or []],
        lowest=lowest,
        highest=highest,
    )
    found = aggregated(rows_of(file.name, file.read_bytes()), layout)
    seal_record(
        workspace,
        "survey",
        document=None,
        role=role,
        on=on,
        text=text,
        system=system_of(workspace, system),
        start=start.date(),
        end=end.date(),
        invited=invited,
        answered=found.answered,
        lowest=lowest,
        highest=highest,
        everybody=found.everybody,
        groups=found.groups,
        hidden=found.hidden,
        grouped_by=group,
    )
    for theme, mean in found.everybody.themes.items():
        say(f"{theme}: {mean.mean} ({mean.n} answers)")
    say(f"Groups shown: {len(found.groups)}, hidden: {found.hidden}. No row was kept.")


def _columns(given: list[str]) -> dict[Theme, str]:
    found: dict[Theme, str] = {}
    for pair in given:
        theme, equals, name = pair.partition("=")
        if not equals:
            raise BoussoleError(f"'{pair}' is no THEME=COLUMN.", next_step="Write --column autonomy=Q1.")
        found[_theme(theme)] = name
    return found


def _theme(name: str) -> Theme:
    from boussole.charter.work.survey import THEMES

    for theme in THEMES:
        if theme == name:
            return theme
    raise BoussoleError(f"there is no theme '{name}'. {nearest(name, THEMES)}")


@app.command()
def consultation(
    context: typer.Context,
    *,
    step: Annotated[
        Literal["announced", "informed", "expert", "opinion"],
        typer.Option(help="Announced for a day, informed, an expert named, the opinion given."),
    ],
    body: Annotated[str, typer.Option(help="Who is consulted, such as the works council.")],
    role: Role,
    on: On,
    planned_on: Annotated[
        dt.datetime | None, typer.Option(formats=DAY, help="The day that was announced, where it is to come.")
    ] = None,
    system: MaybeSystem = None,
    text: Text = "",
    document: MaybeDocument = None,
) -> None:
    """Record a step in consulting the staff representatives."""
    workspace = workspace_of(context)
    seal_record(
        workspace,
        "consultation",
        document=document,
        role=role,
        on=on,
        text=text,
        system=system_of(workspace, system),
        step=step,
        body=body,
        planned_on=planned_on.date() if planned_on else None,
    )


@app.command()
def time(
    context: typer.Context,
    *,
    system: SystemId,
    start: Start,
    end: End,
    hours: Annotated[int, typer.Option(min=0, help="Hours saved, all people together.")],
    people: Annotated[int, typer.Option(min=11, help="How many people use it.")],
    method: Annotated[str, typer.Option(help="How it was found: measured, timed, estimated.")],
    role: Role,
    on: On,
    spent: Annotated[
        list[str] | None, typer.Option("--spent", help="WHAT=PERCENT: where it went; give it again.")
    ] = None,
    posts: Annotated[int | None, typer.Option(min=0, help="Posts that were moved to other work.")] = None,
    text: Text = "",
    document: MaybeDocument = None,
) -> None:
    """Record time that a tool saved, how that was found, and where it went."""
    workspace = workspace_of(context)
    seal_record(
        workspace,
        "time_saved",
        document=document,
        role=role,
        on=on,
        text=text,
        system=system_of(workspace, system),
        start=start.date(),
        end=end.date(),
        hours=hours,
        people=people,
        method=method,
        spent=[_spent(each) for each in spent or []],
        posts=posts,
    )


def _spent(pair: str) -> dict[str, object]:
    what, equals, share = pair.rpartition("=")
    if not equals or not share.strip("%").isdigit():
        raise BoussoleError(f"'{pair}' is no WHAT=PERCENT.", next_step='Write --spent "Receiving people=60".')
    return {"what": what, "share": int(share.strip("%"))}


@app.command()
def training(
    context: typer.Context,
    *,
    course: Annotated[str, typer.Option(help="What the training is called.")],
    users: Annotated[int, typer.Option(min=11, help="How many people use the tool.")],
    trained: Annotated[int, typer.Option(min=0, help="How many of them were trained.")],
    before: Annotated[int, typer.Option(min=0, help="How many of these before their first use.")],
    start: Start,
    end: End,
    role: Role,
    on: On,
    system: MaybeSystem = None,
    text: Text = "",
    document: MaybeDocument = None,
) -> None:
    """Record how many of those who use a tool were trained, and how many before they first used it."""
    workspace = workspace_of(context)
    seal_record(
        workspace,
        "training",
        document=document,
        role=role,
        on=on,
        text=text,
        system=system_of(workspace, system),
        start=start.date(),
        end=end.date(),
        course=course,
        users=users,
        trained=trained,
        before=before,
    )


@app.command("list")
def list_(
    context: typer.Context,
    *,
    on: Annotated[dt.datetime | None, typer.Option(formats=DAY, help="As it stood that day; today if absent.")] = None,
) -> None:
    """List what is known of effects on work: entry, kind, period, system, figures."""
    from boussole.charter.records.facts import facts_of
    from boussole.charter.work.effects import consultations, surveys, times, trainings

    day = on.date() if on else dt.datetime.now(dt.UTC).astimezone().date()
    facts = facts_of(workspace_of(context), as_of=day)
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
