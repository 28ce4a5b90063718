"""The server of a ledger, asked over HTTP: nothing of what it says is believed here, and nothing is waited for long."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

import httpx

from boussole.audits.errors import LedgerError, printable

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
