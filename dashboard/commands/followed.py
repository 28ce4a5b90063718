"""`boussole record`, continued: findings of outside authorities and recommendations, and what became of them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

import typer

from boussole.dashboard.commands.console import workspace_of
from boussole.dashboard.commands.records import app
from boussole.dashboard.commands.stating import (
    DAY,
    Articles,
    Document,
    MaybeDocument,
    MaybeSystem,
    Of,
    On,
    Role,
    Text,
    articles_of,
    seal_record,
    system_of,
)

__all__ = ["app"]


@app.command()
def finding(
    context: typer.Context,
    *,
    authority: Annotated[str, typer.Option(help="The outside authority.")],
    title: Annotated[str, typer.Option(help="What its document is called.")],
    article: Articles,
    cap: Annotated[Literal["watch", "broken"], typer.Option(help="No article it names is better than this.")],
    role: Role,
    on: On,
    document: Document,
    system: MaybeSystem = None,
    text: Text = "",
) -> None:
    """Enter what an outside authority found: it caps the articles it names until it is closed."""
    workspace = workspace_of(context)
    seal_record(
        workspace,
        "finding",
        document=document,
        role=role,
        on=on,
        text=text,
        system=system_of(workspace, system),
        authority=authority,
        title=title,
        articles=articles_of(workspace, article),
        cap=cap,
    )


@app.command()
def close(context: typer.Context, *, of: Of, role: Role, on: On, document: Document, text: Text = "") -> None:
    """Close a finding of an outside authority, with the document that says so."""
    seal_record(workspace_of(context), "closure", document=document, role=role, on=on, text=text, of=of)


@app.command()
def recommendation(
    context: typer.Context,
    *,
    body: Annotated[str, typer.Option(help="Who recommends: the committee, or an authority.")],
    to: Annotated[str, typer.Option(help="Who must answer: a role.")],
    due: Annotated[dt.datetime, typer.Option(formats=DAY, help="By when.")],
    role: Role,
    on: On,
    text: Text,
    outside: Annotated[bool, typer.Option("--outside", help="It comes from an outside authority.")] = False,
    article: Annotated[list[str] | None, typer.Option("--article", help="The id of an article it is about.")] = None,
    system: MaybeSystem = None,
    document: MaybeDocument = None,
) -> None:
    """Enter a recommendation, of the committee or of an outside authority: who must answer it, and by when."""
    workspace = workspace_of(context)
    seal_record(
        workspace,
        "recommendation",
        document=document,
        role=role,
        on=on,
        text=text,
        system=system_of(workspace, system),
        body=body,
        outside=outside,
        addressee=to,
        due_on=due.date(),
        articles=articles_of(workspace, article or []),
    )


@app.command()
def reply(
    context: typer.Context,
    *,
    of: Of,
    accepted: Annotated[Literal["yes", "partly", "no"], typer.Option(help="Whether it is accepted.")],
    role: Role,
    on: On,
    text: Text,
    document: MaybeDocument = None,
) -> None:
    """Answer a recommendation."""
    seal_record(
        workspace_of(context), "reply", document=document, role=role, on=on, text=text, of=of, accepted=accepted
    )


@app.command("follow-up")
def follow_up(
    context: typer.Context,
    *,
    of: Of,
    state: Annotated[Literal["in_progress", "done", "dropped"], typer.Option(help="What became of it.")],
    role: Role,
    on: On,
    text: Text = "",
    document: MaybeDocument = None,
) -> None:
    """Say what became of a recommendation."""
    seal_record(workspace_of(context), "follow_up", document=document, role=role, on=on, text=text, of=of, state=state)
