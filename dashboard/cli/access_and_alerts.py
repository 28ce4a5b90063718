"""`boussole access`: who signed in and who looked, sessions, tokens; `boussole alerts`: messages about what changed."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from boussole.audits.errors import BoussoleError
from boussole.dashboard.cli.console import (
    FromOption,
    ToOption,
    columns,
    put,
    reasoned,
    say,
    system_ids,
    workspace_of,
)

# `boussole access`: who signed in and who looked, and the end of sessions.


access_app = typer.Typer(
    help="Who signed in and who looked at what is restricted; sessions.", no_args_is_help=True, rich_markup_mode=None
)

token_app = typer.Typer(help="Tokens, for programs that read the API.", no_args_is_help=True, rich_markup_mode=None)
access_app.add_typer(token_app, name="token")


@access_app.command()
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


@access_app.command()
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


@access_app.command()
def sessions(context: typer.Context) -> None:
    """List the open sessions: number, who, role, since, until, last seen (UTC)."""
    from boussole.dashboard.server.access.database import open_sessions

    found = open_sessions(workspace_of(context))
    for row in found:
        put(columns(row.digest[:12], row.subject, row.role, row.started_at, row.expires_at, row.seen_at))
    if not found:
        say("Nobody is signed in.")


@access_app.command()
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
def list_tokens(context: typer.Context) -> None:
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


# `boussole alerts`: messages when a verdict or a drift status changes.


alerts_app = typer.Typer(
    help="Messages when a verdict or a drift status changes.", no_args_is_help=True, rich_markup_mode=None
)


@alerts_app.command()
def check(
    context: typer.Context,
    system: Annotated[str | None, typer.Option("--system", autocompletion=system_ids, help="Only this system.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what changed; write nothing.")] = False,
) -> None:
    """Find what changed since the last check, and put it into the outbox; each change is found once."""
    from boussole.dashboard.alerts.changes import check as look

    workspace = workspace_of(context)
    found = look(workspace, systems=[workspace.system(system).id] if system else None, dry_run=dry_run)
    if dry_run:
        for each in found:
            put(columns(each.system, each.subject, each.before, each.after))
    say(f"{len(found)} change(s) found{'; nothing was written' if dry_run else ''}.")


@alerts_app.command()
def send(context: typer.Context) -> None:
    """Send what is due. What cannot be sent waits for the next run; exit code 1 says so."""
    from boussole.dashboard.alerts.sending import send as send_due
    from boussole.dashboard.alerts.words import problem_words, teller

    report = send_due(workspace_of(context))
    for channel, n in report.sent.items():
        say(f"{n} change(s) sent on {channel}.")
    for channel, problem in report.failed.items():
        say(f"Not sent on {channel}, kept for the next run: {problem_words(problem, teller('en'))}")
    if not report.sent and not report.failed:
        say("Nothing is due.")
    if report.failed:
        raise typer.Exit(1)


@alerts_app.command("list")
def list_alerts(
    context: typer.Context,
    json_: Annotated[str | None, typer.Option("--json", help="Write the list to a file, or to - .")] = None,
) -> None:
    """List the outbox, the latest first: number, channel, state, since (UTC), tries, change, problem."""
    from boussole.dashboard.alerts.outbox import SENT, alerts
    from boussole.dashboard.cli.console import write_json

    workspace = workspace_of(context)
    names = ("id", "channel", "state", "changed_at", "attempts", "title", "problem")
    found = [{**vars(each), "title": each.texts["en"]["title"], "problem": each.problem or "-"}
             for each in alerts(workspace)]  # fmt: skip
    rows = [{name: each[name] for name in names} for each in found]
    if json_:
        write_json(rows, json_)
        return
    for row in rows:
        put(columns(*(str(row[name]) for name in names)))
    waiting = [row for row in rows if row["state"] != SENT]
    say(f"{len(waiting)} alert(s) wait, {sum(row['problem'] != '-' for row in waiting)} of them failed before.")
