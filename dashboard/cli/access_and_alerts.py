"""`boussole access`: who signed in and who looked, sessions, tokens; `boussole alerts`: who is told of what changed."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Annotated

import typer

from boussole.audits.errors import BoussoleError, nearest
from boussole.dashboard.cli.console import (
    FromOption,
    ToOption,
    columns,
    complain,
    put,
    reasoned,
    say,
    system_ids,
    workspace_of,
)

if TYPE_CHECKING:
    from boussole.audits.workspace import Workspace
    from boussole.dashboard.alerts.messages import Message
    from boussole.dashboard.alerts.personal import LettersSent
    from boussole.dashboard.alerts.sending import DeliveryReport


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


# `boussole alerts`: who is told when a verdict or a drift status changes.


alerts_app = typer.Typer(
    help="E-mails and webhooks when a verdict or a drift status changes.", no_args_is_help=True, rich_markup_mode=None
)
LATELY = 20


@alerts_app.command()
def check(
    context: typer.Context,
    system: Annotated[str | None, typer.Option("--system", autocompletion=system_ids, help="Only this system.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would be sent to whom; write nothing, send nothing.")
    ] = False,
) -> None:
    """Find what changed since the last check, and put the messages into the outbox; each change is found once."""
    from boussole.dashboard.alerts.detect import check as look

    workspace = workspace_of(context)
    systems = [workspace.system(system).id] if system else None
    found = look(workspace, systems=systems, dry_run=dry_run)
    if dry_run:
        for message in found.messages:
            _print(workspace, message)
    verb = "would be put" if dry_run else "put"
    say(f"{len(found.changes)} change(s) found; {len(found.messages)} message(s) {verb} into the outbox.")


@alerts_app.command()
def send(
    context: typer.Context,
    now: Annotated[bool, typer.Option("--now", help="Also what failed and waits for its next try.")] = False,
) -> None:
    """Send what is due, to channels and members. What cannot be sent waits and is tried again; exit code 1 says so."""
    from boussole.dashboard.alerts.personal import send_letters
    from boussole.dashboard.alerts.sending import send as send_due

    done = send_due(workspace_of(context), at_once=now)
    tell_sent(done)
    letters = send_letters(workspace_of(context), at_once=now)
    tell_letters(letters)
    if done.failed or letters.failed:
        raise typer.Exit(1)


@alerts_app.command("list")
def list_messages(
    context: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="All that is kept, not only the last ones sent.")] = False,
    json_: Annotated[str | None, typer.Option("--json", help="Write the list to a file, or to - .")] = None,
) -> None:
    """List the outbox: number, state, channel, due or sent (UTC), tries, how many changes, what keeps it."""
    from boussole.dashboard.alerts.messages import WAITING
    from boussole.dashboard.alerts.outbox import messages
    from boussole.dashboard.cli.console import write_json

    found = messages(workspace_of(context))
    waiting = [each for each in found if each.state == WAITING]
    ended = [each for each in found if each.state != WAITING]
    listed = [*waiting, *(ended if every else ended[:LATELY])]
    if json_:
        write_json([_row(each) for each in listed], json_)
        return
    for each in listed:
        row = _row(each)
        put("\t".join(str(row[name]) for name in ("id", "state", "channel", "at", "attempts", "changes", "problem")))
    say(f"{len(waiting)} message(s) wait, {sum(each.problem is not None for each in waiting)} of them failed before.")


@alerts_app.command()
def test(
    context: typer.Context,
    channel: Annotated[str, typer.Option("--channel", help="The name of the channel.")],
) -> None:
    """Send a message that says it is a test, at once; nothing is kept of it."""
    from boussole.dashboard.alerts.channels import channels, place_of, plugin_of, problem_words
    from boussole.dashboard.alerts.messages import teller
    from boussole.dashboard.alerts.sending import try_out

    workspace = workspace_of(context)
    known = channels(workspace)
    if channel not in known:
        raise BoussoleError(
            f"there is no channel '{channel}'. {nearest(channel, known)}", next_step="Channels stand in boussole.toml."
        )
    place = place_of(plugin_of(workspace, known[channel]))
    problem = try_out(workspace, known[channel])
    if problem:
        complain(BoussoleError(problem_words(problem, teller("en")), where=f"{channel} ({place})"))
        raise typer.Exit(1)
    say(f"Sent on {channel} ({place}).")


@alerts_app.command()
def drop(
    context: typer.Context, number: Annotated[str, typer.Argument(help="Its number, or how it begins: see `list`.")]
) -> None:
    """Give up a message that waits: it is listed as dropped, and not sent."""
    from boussole.dashboard.alerts.messages import WAITING
    from boussole.dashboard.alerts.outbox import drop as give_up
    from boussole.dashboard.alerts.outbox import messages
    from boussole.dashboard.server.access.database import now

    workspace = workspace_of(context)
    found = [each for each in messages(workspace, state=WAITING) if number and each.id.startswith(number)]
    if len(found) != 1:
        raise BoussoleError(
            f"{len(found) or 'no'} waiting message(s) have a number that begins '{number}'.",
            next_step="See `boussole alerts list`.",
        )
    give_up(workspace, found[0].id, now=now())
    say(f"Dropped: {found[0].id}.")


@alerts_app.command()
def schema() -> None:
    """Print the JSON Schema of what webhooks get (boussole.alert/1)."""
    from boussole.dashboard.alerts.letters import schema_text

    put(schema_text().rstrip())


def tell_sent(done: DeliveryReport) -> None:
    """What was sent, and what was not and why."""
    from boussole.dashboard.alerts.channels import problem_words
    from boussole.dashboard.alerts.messages import teller

    if done.done:
        say(f"{len(done.done)} message(s) sent.")
    for message, problem in done.failed:
        say(f"Not sent on {message.channel}, kept in the outbox: {problem_words(problem, teller('en'))}")
    if not done.done and not done.failed:
        say("Nothing is due.")


def tell_letters(letters: LettersSent) -> None:
    """How many letters went to members and secretaries, and why others did not; by number, as no name is needed."""
    from boussole.dashboard.alerts.channels import problem_words
    from boussole.dashboard.alerts.messages import teller

    if letters.done:
        say(f"{letters.done} letter(s) sent to members and secretaries.")
    for reader, problem in letters.failed:
        say(f"Not sent to {reader}, kept for the next try: {problem_words(problem, teller('en'))}")


def _row(message: Message) -> dict[str, object]:
    return {
        "id": message.id,
        "state": message.state,
        "channel": message.channel,
        "at": message.ended_at or message.due_at,
        "attempts": message.attempts,
        "changes": len(message.items),
        "problem": message.problem or "-",
    }


def _print(workspace: Workspace, message: Message) -> None:
    """A message as it would be sent: to whom, when, its subject, and its text or JSON."""
    from boussole.dashboard.alerts.channels import channels, is_mail, place_of, plugin_of, recipients
    from boussole.dashboard.alerts.letters import wrapped
    from boussole.dashboard.alerts.sending import composed

    channel = channels(workspace)[message.channel]
    plugin = plugin_of(workspace, channel)
    letter = composed(workspace, channel, message)
    to = ", ".join(recipients(plugin)) or place_of(plugin)
    due = "at once" if message.digest == "off" else f"{message.digest} digest, {message.due_at}"
    put(f"Channel: {message.channel} ({place_of(plugin)})\nTo: {to}\nWhen: {due}\nSubject: {letter.subject}\n")
    put(wrapped(letter.text) if is_mail(plugin) else letter.text)
    if not is_mail(plugin):
        put(json.dumps(letter.document, ensure_ascii=False, indent=2) + "\n")
