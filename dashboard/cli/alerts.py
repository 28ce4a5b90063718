"""`boussole alerts`: who is told when a verdict or a drift status changes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from boussole.audits.errors import BoussoleError, nearest
from boussole.dashboard.cli.console import complain, put, say, system_ids, workspace_of

if TYPE_CHECKING:
    from boussole.audits.workspace import Workspace
    from boussole.dashboard.alerts.messages import Message
    from boussole.dashboard.alerts.personal import LettersSent
    from boussole.dashboard.alerts.sending import Sent

app = typer.Typer(
    help="E-mails and webhooks when a verdict or a drift status changes.", no_args_is_help=True, rich_markup_mode=None
)
LATELY = 20


@app.command()
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


@app.command()
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


@app.command("list")
def list_(
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


@app.command()
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


@app.command()
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


@app.command()
def schema() -> None:
    """Print the JSON Schema of what webhooks get (boussole.alert/1)."""
    from boussole.dashboard.alerts.letters import schema_text

    put(schema_text().rstrip())


def tell_sent(done: Sent) -> None:
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
