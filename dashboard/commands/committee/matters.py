"""`boussole committee`, continued: referrals, hearings, questions and answers."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Literal

import typer

from boussole.dashboard.commands.committee.desk import (
    DAY,
    EXTERNAL,
    SECRETARIAT,
    Anew,
    Articles,
    Committee,
    MemberOption,
    On,
    Role,
    SystemOption,
    Text,
    app,
    day_of,
    desk,
)
from boussole.dashboard.commands.console import put
from boussole.dashboard.commands.stating import articles_of, system_of

Referral = Annotated[int, typer.Argument(min=0, help="The entry of the referral.")]


@app.command()
def refer(
    context: typer.Context,
    *,
    subject: Annotated[str, typer.Option(help="What it is about.")],
    sender: Annotated[str, typer.Option(help="Who asks: a role.")],
    origin: Annotated[
        Literal["organisation", "authority", "self"], typer.Option(help="`self`: members ask for it themselves.")
    ] = "organisation",
    supporter: Annotated[list[str] | None, typer.Option(help="A member who asks, in a self-referral.")] = None,
    due: Annotated[dt.datetime | None, typer.Option(formats=DAY, help="By when an opinion is asked for.")] = None,
    system: SystemOption = None,
    article: Articles = None,
    text: Text = "",
    committee: Committee = EXTERNAL,
    role: Role = SECRETARIAT,
    on: On = None,
) -> None:
    """Put a matter to the committee."""
    from boussole.charter.records.acts import Referral as Referred

    at = desk(context, committee, role, on)
    at.do(
        Referred,
        origin=origin,
        subject=subject,
        sender=sender,
        supporters=[at.member(each) for each in supporter or []],
        due_on=day_of(due),
        system=system_of(at.workspace, system),
        articles=articles_of(at.workspace, article or []),
        text=text,
    )


@app.command()
def rapporteur(
    context: typer.Context,
    referral: Referral,
    *,
    member: MemberOption,
    committee: Committee = EXTERNAL,
    role: Role = SECRETARIAT,
    on: On = None,
    anew: Anew = False,
) -> None:
    """Name the member who reports on a matter."""
    from boussole.charter.records.acts import Rapporteur

    at = desk(context, committee, role, on)
    at.do(Rapporteur, of=referral, member=at.member(member), anew=anew)


@app.command()
def hear(
    context: typer.Context,
    referral: Referral,
    *,
    heard: Annotated[str, typer.Option(help="Who was heard: a role, not a person.")],
    session: Annotated[int | None, typer.Option(min=0, help="The entry of the session, if it was in one.")] = None,
    text: Text = "",
    committee: Committee = EXTERNAL,
    role: Role = SECRETARIAT,
    on: On = None,
) -> None:
    """Record that somebody was heard on a matter, and what they said in short."""
    from boussole.charter.records.acts import Hearing

    desk(context, committee, role, on).do(Hearing, of=referral, session=session, heard=heard, text=text)


@app.command()
def ask(
    context: typer.Context,
    *,
    text: Annotated[str, typer.Option(help="The question.")],
    to: Annotated[str, typer.Option(help="Who must answer: a role.")],
    due: Annotated[dt.datetime, typer.Option(formats=DAY, help="By when.")],
    session: Annotated[int | None, typer.Option(min=0, help="The entry of the session, if asked in one.")] = None,
    system: SystemOption = None,
    indicator: Annotated[str | None, typer.Option("--question", help="The id of the charter's question.")] = None,
    audit: Annotated[int | None, typer.Option(min=0, help="The entry of the audit that shows the figure.")] = None,
    group: Annotated[list[str] | None, typer.Option(help="ATTRIBUTE=VALUE of the group, such as gender=F.")] = None,
    member: Annotated[str | None, typer.Option(help="The member who asks, if one does.")] = None,
    committee: Committee = EXTERNAL,
    role: Role = SECRETARIAT,
    on: On = None,
) -> None:
    """Ask a written question, about a figure or in general: who must answer it, and by when."""
    from boussole.charter.committee.asking import figure_of
    from boussole.charter.records.acts import CommitteeQuestion

    at = desk(context, committee, role, on, by=member)
    about = system_of(at.workspace, system)
    figure = figure_of(at.workspace, system=about, audit=audit, indicator=indicator, group=group or [])
    at.do(CommitteeQuestion, of=session, addressee=to, due_on=due.date(), figure=figure, system=about, text=text)


@app.command()
def answer(
    context: typer.Context,
    question: Annotated[int, typer.Argument(min=0, help="The entry of the question.")],
    *,
    text: Text = "",
    document: Annotated[Path | None, typer.Option(help="A document; a copy is kept with the records.")] = None,
    committee: Committee = EXTERNAL,
    role: Annotated[str, typer.Option(help="Who answers: a role, never a name.")],
    on: On = None,
) -> None:
    """Answer a question, in words or with a document."""
    from boussole.charter.records import keep_file
    from boussole.charter.records.acts import CommitteeAnswer

    at = desk(context, committee, role, on)
    kept = keep_file(at.workspace, document) if document else None
    at.do(CommitteeAnswer, of=question, text=text, document=kept)


@app.command()
def questions(context: typer.Context, committee: Committee = EXTERNAL, on: On = None) -> None:
    """List the questions, overdue ones first: entry, state, due day, who must answer, words."""
    from boussole.charter.committee.matters import questions as asked

    at = desk(context, committee, SECRETARIAT, on)
    for each in asked(at.house, today=at.who.on):
        said = each.question
        put(f"{each.entry}\t{each.state}\t{said.due_on}\t{said.addressee}\t{said.text.splitlines()[0]}")
