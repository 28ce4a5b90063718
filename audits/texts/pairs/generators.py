"""What writes a text for a request: texts that were written before, or a model behind an OpenAI-compatible address.

Nothing is sent unless somebody runs the command that does. The key comes from the environment alone; neither it, nor a
request, nor a text stands in an error.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx

from boussole.audits.errors import BoussoleError, printable
from boussole.audits.texts.pairs.prompts import Prompt

KEY = "BOUSSOLE_TEXTS_KEY"
"""The variable of the environment that holds the key of the address, if it asks for one."""
SECONDS = 120.0
"""How long an answer may take."""
MOST_BYTES = 4_000_000
TRIES = 4
MOST_WAIT = 60.0
AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
"""Answers after which the same is asked again."""


class GeneratorError(BoussoleError):
    """A text that could not be had: the place and the next step are named, what was asked is not."""


class Generator(Protocol):
    """What writes a text for a request. Raises GeneratorError."""

    def write(self, prompt: Prompt) -> str: ...


@dataclass(frozen=True)
class Recorded:
    """Texts that were written before, by the id of their request."""

    texts: Mapping[str, str]

    def write(self, prompt: Prompt) -> str:
        if prompt.id not in self.texts:
            step = "Record the texts for the requests that were drawn, or draw those of the recording."
            raise GeneratorError(f"no text was recorded for the request '{prompt.id}'.", next_step=step)
        return self.texts[prompt.id]


@dataclass(frozen=True, repr=False)
class Endpoint:
    """A model behind an address that answers like OpenAI's `/chat/completions`: `https://…/v1`.

    `wait`: what waits before the same is asked again. Raises GeneratorError where the address holds a name or a
    password, or would send the key in clear to another machine.
    """

    address: str
    model: str
    transport: httpx.BaseTransport | None = None
    wait: Callable[[float], None] = time.sleep
    key: str = field(default_factory=lambda: os.environ.get(KEY, ""))

    def __post_init__(self) -> None:
        parts = urlsplit(self.address)
        step = "Give it as https://models.example.org/v1."
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise GeneratorError("this is no address of a model.", where=printable(self.address), next_step=step)
        if parts.username is not None or parts.password is not None:
            step = f"Put the key into the environment as {KEY}."
            raise GeneratorError("an address holds no name and no password.", next_step=step)
        if parts.scheme == "http" and not _here(parts.hostname):
            problem = "over http:// anybody on the way could read the key, the requests and the texts."
            raise GeneratorError(problem, where=self.host, next_step="Give https://; http:// is for this machine only.")

    @property
    def host(self) -> str:
        """The machine that is asked, as people may read it."""
        return printable(urlsplit(self.address).netloc)

    def write(self, prompt: Prompt) -> str:
        """The text for a request; empty where the model gives none, which is a refusal."""
        for tried in range(1, TRIES + 1):
            status, body, wait = self._ask(prompt)
            if status == httpx.codes.OK:
                return self._text(body)
            if status not in AGAIN or tried == TRIES:
                break
            self.wait(min(wait if wait is not None else 2.0**tried, MOST_WAIT))
        raise self._refused(status)

    def _ask(self, prompt: Prompt) -> tuple[int, bytes, float | None]:
        """The status and body of an answer, and how long it asks to wait."""
        asked = {"model": self.model, "messages": [{"role": "user", "content": prompt.prompt}]}
        headers = {"Accept-Encoding": "identity", **({"Authorization": f"Bearer {self.key}"} if self.key else {})}
        until, body = time.monotonic() + SECONDS, b""
        try:
            with (
                httpx.Client(transport=self.transport, timeout=SECONDS) as client,
                client.stream(
                    "POST", f"{self.address.rstrip('/')}/chat/completions", json=asked, headers=headers
                ) as got,
            ):
                for piece in got.iter_raw():
                    body += piece
                    if len(body) > MOST_BYTES or time.monotonic() > until:
                        problem = f"an answer is longer than {MOST_BYTES:,} bytes, or takes over {SECONDS:.0f} seconds."
                        raise self._failed(problem, "Check the address.")
                return got.status_code, body, _seconds(got.headers.get("retry-after"))
        except httpx.TimeoutException:
            return httpx.codes.REQUEST_TIMEOUT, b"", None
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, ValueError) as error:
            step = "Check the address and the network; run it again, and it goes on where it stopped."
            raise self._failed(f"no answer came ({type(error).__name__}).", step) from None

    def _text(self, body: bytes) -> str:
        try:
            content = json.loads(body)["choices"][0]["message"].get("content")
        except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
            content = body
        if content is not None and not isinstance(content, str):
            step = "Give an address that answers like OpenAI's /chat/completions."
            raise self._failed("an answer is no chat completion.", step)
        return content or ""

    def _refused(self, status: int) -> GeneratorError:
        steps: dict[int, str] = {
            401: f"Put a key that this address knows into the environment as {KEY}.",
            403: f"Put a key that may use this model into the environment as {KEY}.",
            404: "Check the address (it ends before /chat/completions) and the name of the model.",
            429: "Wait until the address takes more, and run it again: it goes on where it stopped.",
        }
        step = steps.get(status, "Run it again later: it goes on where it stopped.")
        return self._failed(f"it answers with status {status}.", step)

    def _failed(self, problem: str, step: str) -> GeneratorError:
        return GeneratorError(problem, where=self.host, next_step=step)


def written(prompts: Iterable[Prompt], generator: Generator, *, done: Iterable[str] = ()) -> Iterator[dict[str, Any]]:
    """A line `{"id", "text"}` for each request that has none yet, as they come."""
    known = {*done}
    for prompt in prompts:
        if prompt.id not in known:
            yield {"id": prompt.id, "text": generator.write(prompt)}


def _seconds(told: str | None) -> float | None:
    return float(told) if told is not None and told.isascii() and told.isdigit() and len(told) < 6 else None


def _here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
