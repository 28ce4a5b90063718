"""`boussole record`: what people state, sealed. What answers a question: attestations, cases, inspections, reviews."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

import typer

from boussole.audits.errors import BoussoleError, nearest
from boussole.dashboard.commands.console import put, say, workspace_of
from boussole.dashboard.commands.stating import (
    DAY,
    Document,
    MaybeDocument,
    MaybeSystem,
    Of,
    On,
    Question,
    Role,
    SystemId,
    Text,
    asked_of_system,
    question_of,
    seal_record,
)

app = typer.Typer(
    help="What people state: sealed word for word; a correction is a new record.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("list")
def list_(
    context: typer.Context,
    kind: Annotated[str | None, typer.Option(help="Only this kind.")] = None,
) -> None:
    """List the records: entry, kind, day, system, role, and what each is about."""
    from boussole.charter.records import statements
    from boussole.charter.records.kinds import KINDS

    if kind is not None and kind not in KINDS:
        raise BoussoleError(f"'{kind}' is no kind of record. {nearest(kind, KINDS)}")
    found = statements(workspace_of(context), kinds=[kind] if kind else None)
    for each in found:
        said = each.statement
        about = [
            f"{name} {getattr(said, name)}"
            for name in ("indicator", "answer", "authority", "title", "body", "outcome", "state", "version", "of")
            if getattr(said, name, None) is not None
        ]
        put(f"{each.entry}\t{said.kind}\t{said.on}\t{said.system or 'all systems'}\t{said.role}\t{', '.join(about)}")
    if not found:
        say("Nothing has been stated yet.")


@app.command()
def attestation(
    context: typer.Context,
    *,
    question: Question,
    answer: Annotated[Literal["kept", "watch", "broken"], typer.Option(help="What the statement answers.")],
    role: Role,
    on: On,
    document: Document,
    system: MaybeSystem = None,
    valid_until: Annotated[
        dt.datetime | None, typer.Option(formats=DAY, help="Last day it holds; what the charter says, if absent.")
    ] = None,
    text: Text = "",
) -> None:
    """Answer an attested question: a human statement with its document, until it expires."""
    from boussole.charter.judging.stated import months_later

    workspace = workspace_of(context)
    indicator = question_of(workspace, question, attested=True)
    until = valid_until.date() if valid_until else months_later(on.date(), indicator.valid_months or 12)
    seal_record(
        workspace,
        "attestation",
        document=document,
        role=role,
        on=on,
        text=text,
        system=asked_of_system(workspace, question, system),
        indicator=question,
        asked=indicator.wording,
        answer=answer,
        valid_until=until,
    )


@app.command()
def case(
    context: typer.Context,
    *,
    question: Question,
    system: SystemId,
    happened_on: Annotated[dt.datetime, typer.Option(formats=DAY, help="The day it happened.")],
    role: Role,
    on: On,
    text: Text = "",
    document: MaybeDocument = None,
) -> None:
    """Report a case of what the charter does not tolerate; a human must confirm or refute it."""
    workspace = workspace_of(context)
    question_of(workspace, question, tolerance=True)
    seal_record(
        workspace,
        "case",
        document=document,
        role=role,
        on=on,
        text=text,
        system=asked_of_system(workspace, question, system),
        indicator=question,
        happened_on=happened_on.date(),
    )


@app.command()
def inspection(
    context: typer.Context,
    *,
    question: Question,
    system: SystemId,
    start: Annotated[dt.datetime, typer.Option("--from", formats=DAY, help="First day of what was sampled.")],
    end: Annotated[dt.datetime, typer.Option("--to", formats=DAY, help="Last day of what was sampled.")],
    examined: Annotated[int, typer.Option(min=1, help="How many were examined.")],
    found: Annotated[int, typer.Option(min=0, help="How many cases were found.")],
    recall: Annotated[float, typer.Option(help="Of true cases, the share that the method finds: above 0, up to 1.")],
    role: Role,
    on: On,
    text: Text = "",
    document: MaybeDocument = None,
) -> None:
    """State that a sample was examined for cases of what the charter does not tolerate."""
    workspace = workspace_of(context)
    seal_record(
        workspace,
        "inspection",
        document=document,
        role=role,
        on=on,
        text=text,
        system=asked_of_system(workspace, question, system),
        indicator=question,
        asked=question_of(workspace, question, tolerance=True).wording,
        start=start.date(),
        end=end.date(),
        examined=examined,
        found=found,
        recall=recall,
    )


@app.command()
def review(
    context: typer.Context,
    *,
    of: Of,
    outcome: Annotated[Literal["confirmed", "refuted"], typer.Option(help="What the human found.")],
    role: Role,
    on: On,
    text: Text = "",
    document: MaybeDocument = None,
) -> None:
    """Confirm or refute a reported case, or the cases of an inspection."""
    seal_record(workspace_of(context), "review", document=document, role=role, on=on, text=text, of=of, outcome=outcome)


@app.command()
def withdraw(context: typer.Context, *, of: Of, role: Role, on: On, text: Text) -> None:
    """Withdraw a record: it stays in the ledger, and no longer counts. Say why in --text."""
    seal_record(workspace_of(context), "withdrawal", document=None, role=role, on=on, text=text, of=of)
