"""`boussole record`: what people state, sealed: attestations, cases, findings of authorities, recommendations."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from audits.errors import BoussoleError, nearest
from dashboard.commands.console import say, workspace_of

if TYPE_CHECKING:
    from audits.workspace import Workspace
    from charter.model import Charter

app = typer.Typer(
    help="What people state: sealed word for word; a correction is a new record.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Role = Annotated[str, typer.Option(help="Who states it: a role, never a name.")]
On = Annotated[dt.datetime, typer.Option(formats=["%Y-%m-%d"], help="The day it took place.")]
Text = Annotated[str, typer.Option(help="In words.")]
Document = Annotated[Path, typer.Option(help="The document it rests on; a copy is kept with the records.")]
MaybeDocument = Annotated[
    Path | None, typer.Option(help="The document it rests on, if any; a copy is kept with the records.")
]
Question = Annotated[str, typer.Option(help="The id of the question in the charter.")]
SystemId = Annotated[str, typer.Option("--system", help="The id of the system.")]
MaybeSystem = Annotated[str | None, typer.Option("--system", help="The id of the system; all of them if absent.")]
Articles = Annotated[list[str], typer.Option("--article", help="The id of an article; give it again for others.")]
Of = Annotated[int, typer.Argument(min=0, help="The entry of the record it is about: see `boussole record list`.")]
DAY = ["%Y-%m-%d"]


@app.command("list")
def list_(
    context: typer.Context,
    kind: Annotated[str | None, typer.Option(help="Only this kind.")] = None,
) -> None:
    """List the records: entry, kind, day, system, role, and what each is about."""
    from charter.records import statements
    from charter.records.kinds import KINDS

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
        typer.echo(
            f"{each.entry}\t{said.kind}\t{said.on}\t{said.system or 'all systems'}\t{said.role}\t{', '.join(about)}"
        )
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
    from charter.stated import months_later

    workspace = workspace_of(context)
    indicator = _question(workspace, question, attested=True)
    until = valid_until.date() if valid_until else months_later(on.date(), indicator.valid_months or 12)
    _seal(
        workspace,
        "attestation",
        document=document,
        role=role,
        on=on,
        text=text,
        system=_asked_of(workspace, question, system),
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
    _question(workspace, question, tolerance=True)
    _seal(
        workspace,
        "case",
        document=document,
        role=role,
        on=on,
        text=text,
        system=_asked_of(workspace, question, system),
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
    _seal(
        workspace,
        "inspection",
        document=document,
        role=role,
        on=on,
        text=text,
        system=_asked_of(workspace, question, system),
        indicator=question,
        asked=_question(workspace, question, tolerance=True).wording,
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
    _seal(workspace_of(context), "review", document=document, role=role, on=on, text=text, of=of, outcome=outcome)


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
    _seal(
        workspace,
        "finding",
        document=document,
        role=role,
        on=on,
        text=text,
        system=_system(workspace, system),
        authority=authority,
        title=title,
        articles=_articles(workspace, article),
        cap=cap,
    )


@app.command()
def close(context: typer.Context, *, of: Of, role: Role, on: On, document: Document, text: Text = "") -> None:
    """Close a finding of an outside authority, with the document that says so."""
    _seal(workspace_of(context), "closure", document=document, role=role, on=on, text=text, of=of)


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
    _seal(
        workspace,
        "recommendation",
        document=document,
        role=role,
        on=on,
        text=text,
        system=_system(workspace, system),
        body=body,
        outside=outside,
        addressee=to,
        due_on=due.date(),
        articles=_articles(workspace, article or []),
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
    _seal(workspace_of(context), "reply", document=document, role=role, on=on, text=text, of=of, accepted=accepted)


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
    _seal(workspace_of(context), "follow_up", document=document, role=role, on=on, text=text, of=of, state=state)


@app.command()
def withdraw(context: typer.Context, *, of: Of, role: Role, on: On, text: Text) -> None:
    """Withdraw a record: it stays in the ledger, and no longer counts. Say why in --text."""
    _seal(workspace_of(context), "withdrawal", document=None, role=role, on=on, text=text, of=of)


def _seal(workspace: Workspace, kind: str, *, document: Path | None, on: dt.datetime, **fields: Any) -> None:
    """Keep the document, seal the record, and say where."""
    from pydantic import ValidationError

    from audits.systems.loading import explain
    from charter.records import keep_file, seal
    from charter.records.kinds import KINDS

    kept = keep_file(workspace, document) if document else None
    try:
        statement = KINDS[kind].model_validate({**fields, "on": on.date(), "document": kept})
    except ValidationError as error:
        raise BoussoleError(
            explain(error, KINDS[kind]), next_step="Nothing was recorded. Mend it and try again."
        ) from error
    sealed = seal(workspace, statement)
    say(f"Sealed at entry {sealed.entry}: {kind}.")


def _question(workspace: Workspace, name: str, *, attested: bool = False, tolerance: bool = False) -> Any:
    """A question of the charter in force, of the kind that such a record can answer."""
    indicators = {each.id: each for article in _charter(workspace).articles for each in article.indicators}
    fitting = {
        each.id
        for each in indicators.values()
        if (attested and each.evidence == "attested") or (tolerance and each.threshold.tolerance is not None)
    }
    if name not in fitting:
        what = "is not attested" if attested else "tolerates cases: it is answered by measures"
        problem = f"the question '{name}' {what}" if name in indicators else f"the charter has no question '{name}'"
        raise BoussoleError(f"{problem}. {nearest(name, fitting)}", next_step="See `boussole charter show`.")
    return indicators[name]


def _asked_of(workspace: Workspace, question: str, system: str | None) -> str | None:
    """The id of a system that the question is asked of, or none: all of them."""
    from charter.families import asked_of

    if system is None:
        return None
    found = workspace.system(system)
    if question not in {asked.indicator.id for asked in asked_of(_charter(workspace), found).questions}:
        raise BoussoleError(
            f"the question '{question}' is not asked of '{system}', which is of kind {found.kind}.",
            next_step="See which kinds it is asked of in `boussole charter show --json -`.",
        )
    return found.id


def _articles(workspace: Workspace, names: list[str]) -> list[str]:
    known = [article.id for article in _charter(workspace).articles]
    for name in names:
        if name not in known:
            raise BoussoleError(f"the charter has no article '{name}'. {nearest(name, known)}")
    return names


def _system(workspace: Workspace, name: str | None) -> str | None:
    return workspace.system(name).id if name else None


def _charter(workspace: Workspace) -> Charter:
    """The charter in force; records of an earlier Boussole are brought up to date first, since one is to be written."""
    from charter.in_force import in_force
    from charter.records import open_records

    open_records(workspace)
    return in_force(workspace).charter
