"""`ledger witness`: somebody outside checks the ledger of a server, and `ledger signer`: another account signs it."""

from __future__ import annotations

import datetime as dt
import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from boussole.dashboard.cli import ledger
from boussole.dashboard.cli.console.console import say
from boussole.dashboard.cli.ledger import FolderOption

if TYPE_CHECKING:
    from boussole.audits.witness.rounds import Round
    from boussole.audits.witness.settings import WitnessSettings
    from boussole.dashboard.alerts.sending import Kind

TOKEN = "BOUSSOLE_TOKEN"  # noqa: S105 (the name of a variable)
MOST_BYTES = 100_000


def witness(
    url: Annotated[str, typer.Argument(help="Address of the server, such as https://boussole.example.org.")],
    *,
    folder: FolderOption,
    log: Annotated[
        str | None,
        typer.Option(help="The public key of the ledger, received by another way; the first time only."),
    ] = None,
    token_file: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help=f"File that holds the token; ${TOKEN} if absent."),
    ] = None,
    trust_first: Annotated[
        bool, typer.Option("--trust-first", help="Without a key: believe the server this once.")
    ] = False,
    alert_command: Annotated[
        str | None, typer.Option(help="Program that is given the message when something is wrong; no shell.")
    ] = None,
) -> None:
    """Fetch the newest checkpoint of a server, check that it extends the kept one, cosign, keep, send back.

    For every day, on a machine of one's own; no workspace is needed. Leaves with 1 where the ledger is not the one that
    was kept, with 2 where nothing could be checked.
    """
    from boussole.audits.ledger.keys import parse_verifier
    from boussole.audits.witness.rounds import DivergedError, go_round
    from boussole.audits.witness.server import Server, UnreachableError, UnsignedError
    from boussole.audits.witness.settings import witness_settings

    settings = witness_settings(folder)
    if alert_command:
        settings = settings.model_copy(update={"alert_command": shlex.split(alert_command)})
    server = Server(url, _token(token_file))
    given = parse_verifier(log) if log else None
    now = dt.datetime.now(dt.UTC)
    try:
        _tell(go_round(folder, server, log=given, trust_first=trust_first, now=now), trust_first=trust_first)
    except DivergedError as error:
        say(f"Not cosigned: {error}")
        _alert("divergence", str(error), folder, settings, url=url, proof=str(error.proof))
        raise typer.Exit(1) from None
    except UnsignedError as error:
        _alert("unsigned", str(error), folder, settings, url=url)
        raise
    except UnreachableError as error:
        _silence(str(error), folder, settings, url=url, now=now)
        raise


def signer(
    folder: Annotated[Path, typer.Argument(help="A folder of the account that signs; only it opens it.")],
    new: Annotated[bool, typer.Option("--new", help="Make its key.")] = False,
    public: Annotated[bool, typer.Option("--public", help="Print its public key, for [ledger] signer.")] = False,
) -> None:
    """Sign a checkpoint that comes on standard input; print the signature. For another account than the server's.

    It refuses a checkpoint that goes back behind the last one it signed.
    """
    from boussole.audits.errors import LedgerError
    from boussole.audits.signing.key import workspace_key
    from boussole.audits.signing.sealing import seal, sealing_key

    if new:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        typer.echo(str(workspace_key(folder)))
        return
    if public:
        typer.echo(str(sealing_key(folder)))
        return
    try:
        text = sys.stdin.buffer.read(MOST_BYTES).decode()
    except UnicodeDecodeError as error:
        raise LedgerError("this is not text.", where="standard input", next_step="Give a checkpoint.") from error
    typer.echo(str(seal(folder, text)), nl=False)


def _token(file: Path | None) -> str:
    """The token: never on the command line, where every account of the machine could read it."""
    from boussole.audits.errors import BoussoleError
    from boussole.audits.regular import read_text

    try:
        found = read_text(file) if file else os.environ.get(TOKEN, "")
    except (OSError, UnicodeDecodeError) as error:
        raise BoussoleError(
            f"the file of the token cannot be read ({type(error).__name__}).",
            where=str(file),
            next_step="Write the token to it, and nothing else.",
        ) from error
    if not all("!" <= each <= "~" for each in found.strip()):
        raise BoussoleError("a token is one word.", next_step="Copy it again, whole.")
    return found.strip()


def _tell(found: Round, *, trust_first: bool) -> None:
    if found.before is None:
        believed = " The server itself gave its key: compare it by another way." if trust_first else ""
        say(f"The key of the ledger from now on: {found.log}.{believed}")
    ledger.came_since(found.before, found.new)
    say("Cosigned, kept, and sent back.")


def _silence(found: str, folder: Path, settings: WitnessSettings, *, url: str, now: dt.datetime) -> None:
    """Tells it where there has been no valid answer for too long."""
    from boussole.audits.witness.rounds import silent_days

    days = silent_days(folder, now=now)
    if days >= settings.silent_days:
        say(f"No valid answer for {days} days.")
        _alert("silence", found, folder, settings, url=url, days=days)


def _alert(
    kind: Kind, found: str, folder: Path, settings: WitnessSettings, *, url: str, proof: str = "", days: int = 0
) -> None:
    """Tells it by every way that is set up; a way that fails is named, and keeps no other."""
    from boussole.dashboard.alerts.sending import Alarm, by_apprise, by_command

    alarm = Alarm(kind=kind, server=url, found=found, proof=proof, days=days)
    problems = [by_command(alarm, settings.alert_command)] if settings.alert_command else []
    problems += [by_apprise(alarm, settings.alert, folder)] if settings.alert else []
    for problem in filter(None, problems):
        say(f"Nobody was told: {problem}.")
    if not problems:
        say(f"Nobody else is told: set alert_command or [alert] in {folder / 'witness.toml'}.")
