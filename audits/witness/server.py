"""The server of a ledger, asked over HTTP: nothing of what it says is believed here, and nothing is waited for long."""

from __future__ import annotations

import datetime as dt
import json
import time
from dataclasses import dataclass, replace
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from boussole.audits import private_files
from boussole.audits.errors import LedgerError, printable
from boussole.audits.ledger.checkpoint import (
    KEPT,
    LOG,
    Checkpoint,
    CosigningRequest,
    RefusedCheckpointError,
    college_key,
    cosign,
    kept_checkpoint,
    ledger_key,
    parse_request,
)
from boussole.audits.ledger.keys import Note, VerifierKey, parse_verifier

DIVERGENCES, ANSWERED = "divergences", "answered.json"

_EXPLAINED = """\
{why}

Received from {url} on {at:%Y-%m-%d at %H:%M:%S} UTC.

kept.checkpoint       what this witness keeps, with its own cosignature
received.checkpoint   what the server sent, byte for byte
ledger.vkey           the public key that this witness holds of the ledger

Where both checkpoints bear the signature of that key, they prove that the ledger was rewritten, or that entries were
removed. Keep this folder, and give copies of it away.
"""


def keep_divergence(folder: Path, received: str, *, why: str, url: str, at: dt.datetime) -> Path:
    """A folder of its own with both checkpoints; one that was kept already is left as it is."""
    place = folder / DIVERGENCES / sha256(received.encode()).hexdigest()[:16]
    kept = {name: (folder / name).read_text(encoding="utf-8") for name in (KEPT, LOG) if (folder / name).exists()}
    told = _EXPLAINED.format(why=why, url=url, at=at)
    for name, text in {**kept, "received.checkpoint": received, "divergence.txt": told}.items():
        if not (place / name).exists():
            private_files.write(place / name, text, lasting=True)
    return place


@dataclass(frozen=True, kw_only=True)
class WitnessContact:
    """Since when a witness asks, and when it had a valid answer last."""

    began: dt.datetime
    answered: dt.datetime | None = None

    def silent(self, now: dt.datetime) -> int:
        """For how many whole days there has been no valid answer."""
        return (now - (self.answered or self.began)).days


def heard(folder: Path, *, now: dt.datetime) -> WitnessContact:
    """What is noted in a folder; from now on where nothing is. Raises LedgerError where it cannot be read."""
    path = folder / ANSWERED
    if not path.exists():
        return WitnessContact(began=now)
    try:
        noted = json.loads(path.read_text(encoding="utf-8"))
        moments = {name: dt.datetime.fromisoformat(noted[name]) for name in ("began", "answered") if noted[name]}
        return WitnessContact(began=moments["began"], answered=moments.get("answered"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LedgerError(
            "when the server answered last cannot be read.", where=str(path), next_step="Remove that file."
        ) from error


def note(folder: Path, found: WitnessContact) -> None:
    """Writes it down."""
    moments = {"began": found.began, "answered": found.answered}
    text = json.dumps({name: each.isoformat() if each else None for name, each in moments.items()})
    private_files.write(folder / ANSWERED, text + "\n", lasting=True)


WAIT_SECONDS, MOST_SECONDS = 30.0, 120.0
"""How long a part of an answer, and a whole one, may take: a long ledger is verified before it is signed."""
MOST_BYTES = 200_000
_KEY, _CHECKPOINT, _COSIGNATURES = "/api/ledger/key", "/api/ledger/checkpoint", "/api/ledger/cosignatures"


class UnreachableError(LedgerError):
    """No answer that can be used: nothing was checked."""


class UnsignedError(UnreachableError):
    """The server answers that it cannot sign its ledger: it does not hold, or is gone."""


@dataclass(frozen=True, repr=False)
class Server:
    """A server at an address, and the token to ask it with, if any."""

    url: str
    token: str = ""

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        step = "Give it as https://boussole.example.org; a token goes into a file."
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise LedgerError("this is no address of a server.", where=printable(self.url), next_step=step)
        if parts.username is not None or parts.password is not None:
            raise LedgerError("an address holds no name and no password.", next_step=step)
        if parts.scheme == "http" and not _here(parts.hostname):
            raise LedgerError(
                "over http:// anybody on the way could read the token, and answer in place of the server.",
                where=self.url,
                next_step="Give https://; http:// is for this machine only.",
            )

    def key(self) -> str:
        """The public key that the server says is the ledger's."""
        return self._ask("GET", _KEY)

    def checkpoint(self, *, since: int) -> str:
        """A checkpoint signed now, with the proof that it extends the first `since` entries."""
        return self._ask("GET", _CHECKPOINT, since=since)

    def send(self, note: str) -> None:
        """Hands a cosigned checkpoint back."""
        self._ask("POST", _COSIGNATURES, body=note)

    def _ask(self, method: str, path: str, *, body: str | None = None, since: int | None = None) -> str:
        parts = urlsplit(self.url)
        headers = {"Accept-Encoding": "identity", "Origin": f"{parts.scheme}://{parts.netloc}"}
        headers |= {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= {"Content-Type": "text/plain; charset=utf-8"} if body is not None else {}
        try:
            with httpx.stream(
                method,
                self.url.rstrip("/") + path,
                params=None if since is None else {"since": since},
                content=None if body is None else body.encode(),
                headers=headers,
                timeout=WAIT_SECONDS,
            ) as answer:
                text = _whole(answer).decode(errors="replace")
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, OSError) as error:
            raise UnreachableError(
                f"the server does not answer ({type(error).__name__}).", where=self.url, next_step="Try again later."
            ) from error
        if answer.status_code != httpx.codes.OK:
            raise self._refused(answer.status_code, text)
        return text

    def _refused(self, status: int, text: str) -> UnreachableError:
        said, step = _said(text)
        kind = UnsignedError if status == httpx.codes.CONFLICT else UnreachableError
        return kind(f"the server answers with {status}{f': {said}' if said else '.'}", where=self.url, next_step=step)


def _whole(answer: httpx.Response) -> bytes:
    """The bytes of an answer. Raises ValueError where there are too many, or they take too long."""
    until, found = time.monotonic() + MOST_SECONDS, b""
    for part in answer.iter_raw():
        found += part
        if len(found) > MOST_BYTES or time.monotonic() > until:
            raise ValueError
    return found


def _said(text: str) -> tuple[str, str]:
    """Why a server refuses, and the step it names; nothing where it says it in another form."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        return "", "Ask whoever runs the server."
    return printable(str(found.get("error", ""))), printable(str(found.get("next_step", "")))


def _here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class DivergedError(LedgerError):
    """The ledger is not the one that was kept; `proof` is the folder that shows it."""

    def __init__(self, refusal: LedgerError, proof: Path) -> None:
        super().__init__(refusal.what, where=str(proof), next_step=refusal.next_step)
        self.proof = proof


class UnsentError(UnreachableError):
    """All is right and kept, but the server did not take the cosignature."""


@dataclass(frozen=True, kw_only=True)
class WitnessRound:
    """What a round found: the checkpoint that was kept before, and the new one."""

    log: VerifierKey
    before: Checkpoint | None
    new: Checkpoint


def go_round(
    folder: Path, server: Server, *, log: VerifierKey | None, trust_first: bool, now: dt.datetime
) -> WitnessRound:
    """Check the ledger of a server against the folder's checkpoint, cosign it and hand it back.

    Raises DivergedError where the ledger is not the one that was kept, UnreachableError where nothing could be checked,
    UnsentError where only the cosignature did not arrive, LedgerError where something is missing here.
    """
    college_key(folder)
    state = heard(folder, now=now)
    note(folder, state)
    trusted = _trusted(folder, server, log=log, trust_first=trust_first)
    before = kept_checkpoint(folder)
    text = server.checkpoint(since=before.size if before else 0)
    request = _request(text, server)
    try:
        cosigned = _cosigned(folder, request, log=trusted, now=now)
    except RefusedCheckpointError as refusal:
        raise DivergedError(
            refusal, keep_divergence(folder, text, why=str(refusal), url=server.url, at=now)
        ) from refusal
    note(folder, replace(state, answered=now))
    try:
        server.send(str(cosigned))
    except UnreachableError as error:
        raise UnsentError(
            f"the checkpoint is right, cosigned and kept, but not sent back: {error.what}",
            where=error.where,
            next_step=f"The next round sends it again. {error.next_step}",
        ) from error
    return WitnessRound(log=trusted, before=before, new=request.checkpoint)


def silent_days(folder: Path, *, now: dt.datetime) -> int:
    """For how many days the server has given no valid answer."""
    return heard(folder, now=now).silent(now)


def _trusted(folder: Path, server: Server, *, log: VerifierKey | None, trust_first: bool) -> VerifierKey:
    known = ledger_key(folder, log)
    if known is not None:
        return known
    if not trust_first:
        raise LedgerError(
            "the public key of the ledger is not known yet.",
            where=str(folder),
            next_step="Give --log with the line that `boussole ledger key` prints on the server, received by another "
            "way; or --trust-first to believe the server this once.",
        )
    try:
        return parse_verifier(server.key())
    except UnreachableError:
        raise
    except LedgerError as error:
        raise UnreachableError(
            "the server gives no public key of a ledger.", where=server.url, next_step="Give --log."
        ) from error


def _request(text: str, server: Server) -> CosigningRequest:
    try:
        return parse_request(text)
    except LedgerError as error:
        raise UnreachableError(
            f"what the server answers cannot be read: {error.what}",
            where=server.url,
            next_step="Is this the address of Boussole itself?",
        ) from error


def _cosigned(folder: Path, request: CosigningRequest, *, log: VerifierKey, now: dt.datetime) -> Note:
    """The cosigned checkpoint. A server that leaves out the proof is refused as one whose proof is wrong."""
    kept = kept_checkpoint(folder)
    if kept is not None and 0 < kept.size < request.checkpoint.size and request.old != kept.size:
        raise RefusedCheckpointError(
            f"the server does not show that its {request.checkpoint.size} entries begin with the {kept.size} that are "
            "kept.",
            next_step="Do not cosign it. Ask whoever runs the server; keep both files.",
        )
    return cosign(folder, request, log=log, at=now)
