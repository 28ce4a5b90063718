"""`ledger …`: checkpoints, cosignatures, proofs, timestamps, what people kept; a witness outside, another signer."""

from __future__ import annotations

import datetime as dt
import os
import shlex
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from boussole.audits.errors import LedgerError
from boussole.audits.regular import read_bytes
from boussole.dashboard.cli.console import (
    check_file,
    known_workspace,
    put,
    say,
    workspace_of,
    write_bytes,
    write_text,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from boussole.audits.ledger.checkpoint import Checkpoint
    from boussole.audits.ledger.keys import Note, VerifierKey
    from boussole.audits.witness.server import WitnessRound
    from boussole.audits.witness.settings import WitnessSettings
    from boussole.audits.workspace import Workspace
    from boussole.dashboard.alerts.witness import Kind


# What people kept, read and told in plain words: checkpoints, proofs, and who signed them.


MOST_BYTES = 1_000_000


def text_of(path: Path) -> str:
    """The text of a small file. Raises LedgerError where it is large, or no text."""
    if path.stat().st_size > MOST_BYTES:
        raise LedgerError("this file is too large for a checkpoint or a proof.", where=str(path))
    try:
        return read_bytes(path).decode()
    except UnicodeDecodeError as error:
        raise LedgerError("this file is not text.", where=str(path), next_step="Give it as it was written.") from error


def checkpoint_in(path: Path) -> tuple[Note, Checkpoint]:
    """The checkpoint in a file, with or without the proof that a college was handed before it."""
    from boussole.audits.ledger.checkpoint import parse_request

    request = parse_request(text_of(path))
    return request.note, request.checkpoint


def came_since(before: Checkpoint | None, new: Checkpoint) -> None:
    """Tells what a checkpoint that is kept from now on adds to the one that was kept before, if one was."""
    if before is None:
        say(f"The first checkpoint that is kept: nothing shows whether its entries ({new.size}) were others before.")
    else:
        say(f"The entries that were kept ({before.size}) are unchanged; {new.size - before.size} more came since.")


def filed(workspace: Workspace | None, note: Note, *, reply: bytes, authorities: bytes) -> str:
    """Files a timestamp in the workspace whose checkpoint it is of; says where, or why not."""
    from boussole.audits.ledger.outside import OtherLedgerError
    from boussole.charter.records.notes.outside import file_timestamp

    if workspace is None:
        return "Not filed: no workspace was named."
    try:
        file_timestamp(workspace, note, reply=reply, authorities=authorities)
    except OtherLedgerError as error:
        return f"Not filed: {error.what}"
    return f"Filed in {workspace.checkpoints}."


def signatures(path: Path, note: Note, keys: Sequence[VerifierKey]) -> bool:
    """Tells who signed; every key given must have."""
    from boussole.audits.ledger.keys import check

    checked = check(note, keys)
    for signer in checked.signers:
        when = f" on {signer.at:%Y-%m-%d at %H:%M} UTC" if signer.at else ""
        say(f"{path.name}: signed by {signer.key.name}{when}.")
    missing = [key for key in keys if key not in {signer.key for signer in checked.signers}]
    for key in missing:
        forged = "carries a signature in the name of {}, which its key did not make"
        say(f"{path.name}: {(forged if key in checked.forged else 'is not signed by {}').format(key.name)}.")
    if not keys:
        say(f"{path.name}: nobody's signature was checked; give --key with the public keys you trust.")
    return not missing


def check_proof(path: Path, *, keys: Sequence[str], document: Path | None) -> None:
    """Check a proof by itself and tell what it shows; leaves with 1 where it fails."""
    from boussole.audits.ledger.keys import parse_verifier
    from boussole.audits.ledger.log import parse_proof

    proof = parse_proof(text_of(path))
    if not proof.holds:
        say(f"The proof does not hold: entry {proof.index} is not below this checkpoint.")
        raise typer.Exit(1)
    entry, size = proof.entry, proof.checkpoint.size
    say(f"Entry {proof.index} of {size}: {entry['kind']}, sealed on {entry['time']}.")
    for name, value in entry["payload"].items():
        say(f"  {name}: {value}")
    good = signatures(path, proof.note, [parse_verifier(key) for key in keys])
    if document is not None:
        good &= _sealed(document, entry["payload"])
    if not good:
        raise typer.Exit(1)


def _sealed(document: Path, payload: dict[str, object]) -> bool:
    import json

    from boussole.audits.errors import BoussoleError
    from boussole.audits.hashing import sha256_hex
    from boussole.charter.records import sealed_json

    data = read_bytes(document)
    hashes = {sha256_hex(data)}
    with suppress(BoussoleError, ValueError, AttributeError, TypeError):
        hashes.add(sha256_hex(sealed_json(json.loads(data))))
    found = not hashes.isdisjoint(map(str, payload.values()))
    say(f"{document.name}: {'this is what the entry seals' if found else 'the entry seals something else'}.")
    return found


# Checkpoints, cosignatures, proofs and timestamps of the ledger: `ledger …`.


app = typer.Typer(
    help="Checkpoints of the ledger: sign, cosign, keep and prove.", no_args_is_help=True, rich_markup_mode=None
)
FileArgument = Annotated[Path, typer.Argument(help="A checkpoint.", exists=True, dir_okay=False)]
FolderOption = Annotated[Path, typer.Option(help="The folder of the college.")]
KeysOption = Annotated[list[str] | None, typer.Option("--key", help="A public key that must have signed.")]


@app.command()
def key(context: typer.Context) -> None:
    """Print the public key of the ledger; its secret half is made at first use, once the ledger has an entry."""
    from boussole.audits.errors import LedgerError
    from boussole.audits.lost import state_of
    from boussole.audits.signing.key import signer_of

    workspace = workspace_of(context)
    if state_of(workspace.governance) is not None:  # a key without a ledger is what is left of a lost one
        raise LedgerError("the ledger has no entry yet.", next_step="Run `boussole audit` first.")
    put(str(signer_of(workspace).verifier))


@app.command()
def begin(
    context: typer.Context,
    start_new_ledger: Annotated[
        bool, typer.Option("--start-new-ledger", help="Yes: the lost ledger is given up, and a new one is started.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why, in your own words: it is sealed and told for ever.")] = "",
) -> None:
    """Start a new ledger where the one of this workspace is lost and no backup is left.

    Its first entry seals the reason, and the hash of every file of evidence, document and report that was found.
    `verify --ledger` tells it from then on.
    """
    from boussole.audits.errors import BoussoleError
    from boussole.charter.records.statements import start_anew

    if not start_new_ledger:
        raise BoussoleError(
            "a new ledger covers nothing of the one before.",
            next_step="Restore governance.sqlite from a backup; where none is left, give --start-new-ledger.",
        )
    workspace = workspace_of(context, lost=True)
    sealed = start_anew(workspace, reason=reason, role=str(context.find_root().params["as_role"]))
    say(f"A new ledger was started: its entry {sealed.entry} seals why. What was left of the lost one keeps its place,")
    say("under a name that ends in the moment. Hand its new key (`boussole ledger key`) to those who keep checkpoints.")


@app.command()
def checkpoint(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Where to write it.")],
    since: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="A kept checkpoint: prove that the new one extends it."),
    ] = None,
) -> None:
    """Verify the whole ledger, then sign a checkpoint of it."""
    from boussole.audits.errors import BoussoleError
    from boussole.audits.ledger.checkpoint import parse_checkpoint
    from boussole.charter.records import request_since, sign_checkpoint

    if since and file.exists() and file.samefile(since):
        raise BoussoleError("this would replace the kept checkpoint.", next_step="Write the new one to another file.")
    check_file(file)
    workspace = workspace_of(context)
    old = checkpoint_in(since)[1] if since else None
    note = sign_checkpoint(workspace)
    write_text(file, str(request_since(workspace, note, old) if old else note))
    _, made = parse_checkpoint(str(note))
    say(f"Written: {file}: {made.size} entries, root {made.root}.")
    if old:
        say(f"It extends the checkpoint of {old.size} entries; hand it to the college that keeps that one.")


@app.command()
def keygen(
    folder: Annotated[Path, typer.Argument(help="A folder that lies elsewhere than the workspace.")],
    name: Annotated[str, typer.Option(help="The college, such as example.org/agents; never a person.")],
) -> None:
    """Make the key pair of a college; print its public half."""
    from boussole.audits.ledger.checkpoint import found_college

    made = found_college(folder, name=name)
    say(f"The secret key is in {folder}: keep that folder where whoever runs the server cannot reach it.")
    put(str(made.verifier))


@app.command()
def cosign(
    file: FileArgument,
    folder: FolderOption,
    log: Annotated[
        str | None, typer.Option(help="The public key of the ledger (`boussole ledger key`); the first time only.")
    ] = None,
) -> None:
    """Cosign and keep a checkpoint, if it extends the one that the college keeps."""
    from boussole.audits.ledger.checkpoint import RefusedCheckpointError, cosigned, kept_checkpoint, parse_request
    from boussole.audits.ledger.checkpoint import cosign as sign
    from boussole.audits.ledger.keys import parse_verifier

    check_file(file)
    before, request = kept_checkpoint(folder), parse_request(text_of(file))
    try:
        note = sign(folder, request, log=parse_verifier(log) if log else None)
    except RefusedCheckpointError as refusal:
        say(f"Not cosigned: {refusal}")
        raise typer.Exit(1) from None
    write_text(file, str(cosigned(request, note)))
    came_since(before, request.checkpoint)
    say(f"Cosigned and kept in {folder}; hand {file} to the next college, or back to the server.")


@app.command()
def prove(
    context: typer.Context,
    entry: Annotated[int, typer.Argument(min=0, help="The number of the entry, from 0.")],
    file: Annotated[Path, typer.Argument(help="Where to write the proof.")],
    below: Annotated[
        Path | None,
        typer.Option("--checkpoint", exists=True, dir_okay=False, help="A cosigned checkpoint; else one is signed."),
    ] = None,
) -> None:
    """Write the proof that an entry stands in the ledger.

    It can be checked without the workspace.
    """
    from boussole.charter.records import prove_entry, sign_checkpoint

    check_file(file)
    workspace = workspace_of(context)
    note = checkpoint_in(below)[0] if below else sign_checkpoint(workspace)
    write_text(file, str(prove_entry(workspace, entry, note)))
    say(f"Written: {file}")


@app.command()
def check(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A proof made by `ledger prove`.")],
    keys: KeysOption = None,
    document: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="A file: is it what the entry seals?")
    ] = None,
) -> None:
    """Check a proof by itself: entry, checkpoint, signatures."""
    check_proof(file, keys=keys or [], document=document)


@app.command()
def timestamp(
    context: typer.Context,
    file: FileArgument,
    reply: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="The reply of a timestamp authority (RFC 3161).")
    ] = None,
    authority: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="The authority's root certificate (PEM).")
    ] = None,
) -> None:
    """Ask in a file for the timestamp of a checkpoint, or check the reply and file it in the workspace.

    Nothing is sent anywhere: the file goes to a timestamp authority by any way you like.
    """
    from boussole.audits.errors import BoussoleError
    from boussole.audits.ledger.outside import timestamp_request, timestamped_at
    from boussole.audits.regular import read_bytes

    note, _ = checkpoint_in(file)
    if reply is None:
        asked = file.with_name(f"{file.name}.tsq")
        write_bytes(asked, timestamp_request(note))
        say(f"Written: {asked}. Send it to a timestamp authority, then give its answer with --reply and --authority.")
        return
    if authority is None:
        raise BoussoleError("whose timestamp should be trusted?", next_step="Give --authority with its certificate.")
    answer, root = read_bytes(reply), read_bytes(authority)
    moment = timestamped_at(note, reply=answer, authorities=root)
    say(f"The checkpoint existed on {moment:%Y-%m-%d at %H:%M:%S} UTC, says the authority.")
    say(filed(known_workspace(context), note, reply=answer, authorities=root))


TOKEN = "BOUSSOLE_TOKEN"  # noqa: S105 (the name of a variable)
MOST_OF_A_TOKEN = 100_000


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
    from boussole.audits.witness.server import DivergedError, Server, UnreachableError, UnsignedError, go_round
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
        text = sys.stdin.buffer.read(MOST_OF_A_TOKEN).decode()
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


def _tell(found: WitnessRound, *, trust_first: bool) -> None:
    if found.before is None:
        believed = " The server itself gave its key: compare it by another way." if trust_first else ""
        say(f"The key of the ledger from now on: {found.log}.{believed}")
    came_since(found.before, found.new)
    say("Cosigned, kept, and sent back.")


def _silence(found: str, folder: Path, settings: WitnessSettings, *, url: str, now: dt.datetime) -> None:
    """Tells it where there has been no valid answer for too long."""
    from boussole.audits.witness.server import silent_days

    days = silent_days(folder, now=now)
    if days >= settings.silent_days:
        say(f"No valid answer for {days} days.")
        _alert("silence", found, folder, settings, url=url, days=days)


def _alert(
    kind: Kind, found: str, folder: Path, settings: WitnessSettings, *, url: str, proof: str = "", days: int = 0
) -> None:
    """Tells it by every way that is set up; a way that fails is named, and keeps no other."""
    from boussole.dashboard.alerts.witness import Alarm, by_apprise, by_command

    alarm = Alarm(kind=kind, server=url, found=found, proof=proof, days=days)
    problems = [by_command(alarm, settings.alert_command)] if settings.alert_command else []
    problems += [by_apprise(alarm, settings.alert, folder)] if settings.alert else []
    for problem in filter(None, problems):
        say(f"Nobody was told: {problem}.")
    if not problems:
        say(f"Nobody else is told: set alert_command or [alert] in {folder / 'witness.toml'}.")
