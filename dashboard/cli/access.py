"""`boussole access`: who signed in and who looked, and the end of sessions."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from boussole.audits.errors import BoussoleError
from boussole.dashboard.cli.console import FromOption, ToOption, columns, put, reasoned, say, workspace_of

app = typer.Typer(
    help="Who signed in and who looked at what is restricted; sessions.", no_args_is_help=True, rich_markup_mode=None
)

token_app = typer.Typer(help="Tokens, for programs that read the API.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(token_app, name="token")


@app.command()
def log(
    context: typer.Context,
    start: FromOption = None,
    end: ToOption = None,
    check: Annotated[bool, typer.Option("--check", help="Hold the closed days to the ledger.")] = False,
) -> None:
    """List sign-ins, restricted looks and refusals: moment (UTC), what, who, role, place."""
    from boussole.dashboard.server.access.database import now
    from boussole.dashboard.server.access.log import changed_days, close_days, entries

    workspace = workspace_of(context)
    close_days(workspace, now().date())
    if check:
        _tell_check(changed_days(workspace))
        return
    days = [moment.date() if moment else None for moment in (start, end)]
    for row in entries(workspace, start=days[0], end=days[1]):
        put(columns(row.at, row.event, row.subject, row.role, row.place))


def _tell_check(changed: list[str]) -> None:
    if not changed:
        say("The log of every closed day is the one that the ledger sealed.")
        return
    say(f"Not the log that the ledger sealed: {', '.join(changed)}. Somebody added, changed or removed notes.")
    raise typer.Exit(1)


@app.command()
def purge(
    context: typer.Context,
    before: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Days before this one; `log_days` if absent.")
    ] = None,
) -> None:
    """Erase the log of old days for good; the ledger keeps their digests."""
    from boussole.dashboard.server.access.database import now
    from boussole.dashboard.server.access.log import close_days
    from boussole.dashboard.server.access.log import purge as erase

    workspace, today = workspace_of(context), now().date()
    day = before.date() if before else today - dt.timedelta(days=workspace.settings.access.log_days)
    if day > today:
        raise BoussoleError(f"{day} has not come yet.", next_step="Give today or an earlier day.")
    close_days(workspace, today)
    done = erase(workspace, before=day)
    say(f"Gone for good, before {done.before}: {done.looks} note(s) and {done.sessions} session(s).")


@app.command()
def sessions(context: typer.Context) -> None:
    """List the open sessions: number, who, role, since, until, last seen (UTC)."""
    from boussole.dashboard.server.access.database import open_sessions

    found = open_sessions(workspace_of(context))
    for row in found:
        put(columns(row.digest[:12], row.subject, row.role, row.started_at, row.expires_at, row.seen_at))
    if not found:
        say("Nobody is signed in.")


@app.command()
def revoke(
    context: typer.Context,
    who: Annotated[str, typer.Argument(help="The number of a session, or whose: see `boussole access sessions`.")],
) -> None:
    """End sessions at once: whoever holds them is asked to sign in again."""
    from boussole.dashboard.server.access.database import revoke as end

    if not who:
        raise BoussoleError("whose session?", next_step="See `boussole access sessions`.")
    ended = end(workspace_of(context), who)
    if not ended:
        raise BoussoleError(f"no open session is '{who}'.", next_step="See `boussole access sessions`.")
    say(f"{ended} session(s) ended.")


@token_app.command()
def new(
    context: typer.Context,
    label: Annotated[str, typer.Argument(help="Which program uses it.")],
    role: Annotated[str, typer.Option(help="What it may see is what this role may.")] = "reader",
    days: Annotated[int, typer.Option(help="How long it lasts.")] = 90,
    restricted: Annotated[
        str | None,
        typer.Option(
            metavar="REASON",
            help="Why a program needs a role that sees single people or hidden figures; the access log keeps it.",
        ),
    ] = None,
) -> None:
    """Make a token: it is shown once, on stdout, and kept as a digest only."""
    from boussole.dashboard.server.access.sessions import new_token

    reason = reasoned(restricted) if restricted is not None else ""
    made = new_token(workspace_of(context), role=role, label=label, days=days, reason=reason)
    say(f"It is not shown again. It lasts {days} day(s); send it as `Authorization: Bearer …`.")
    put(made)


@token_app.command("list")
def list_(context: typer.Context) -> None:
    """List the tokens: number, role, label, made, until, ended (UTC)."""
    from boussole.dashboard.server.access.sessions import tokens

    found = tokens(workspace_of(context))
    for row in found:
        put(columns(row.id, row.role, row.label, row.created_at, row.expires_at, row.ended_at))
    if not found:
        say("There is no token.")


@token_app.command("revoke")
def revoke_(
    context: typer.Context, number: Annotated[str, typer.Argument(help="Its number: see `access token list`.")]
) -> None:
    """End a token at once."""
    from boussole.dashboard.server.access.sessions import revoke_token

    revoke_token(workspace_of(context), number)
    say(f"The token {number} is over.")
