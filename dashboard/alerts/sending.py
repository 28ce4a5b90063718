"""Sending what is due: each message is taken, sent and marked; what fails waits and is told."""

from __future__ import annotations

import datetime as dt
import io
import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.dashboard.alerts import outbox
from boussole.dashboard.alerts.channels import Channel, is_mail, known_channels, plugin_of
from boussole.dashboard.alerts.letters.letters import Letter, letter
from boussole.dashboard.alerts.mail import Noted, send_mail
from boussole.dashboard.alerts.messages import Message
from boussole.dashboard.alerts.problems import of_log
from boussole.dashboard.server.access.database import now as this_moment

MESSAGE_SECONDS = 120.0
"""The longest that one message may take, whatever the server does: less than a lease."""


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What a run of sending did."""

    done: Sequence[Message] = ()
    failed: Sequence[tuple[Message, str]] = field(default_factory=tuple)


def send(
    workspace: Workspace, *, at_once: bool = False, seconds: float | None = None, now: dt.datetime | None = None
) -> Sent:
    """Sends what is due. `at_once`: also what waits for its next try; `seconds`: begins no message after that long.

    Once a channel has failed, its other messages wait for the next run: a dead server is asked once.
    """
    by, began = uuid.uuid4().hex, time.monotonic()
    ways = known_channels(workspace)
    done: list[Message] = []
    failed: list[tuple[Message, str]] = []
    while seconds is None or time.monotonic() - began < seconds:
        moment = now or this_moment()
        without = {each.channel for each, _ in failed}
        message = outbox.claim(workspace, by=by, now=moment, at_once=at_once, without=without)
        if message is None:
            break
        problem = _sent(workspace, ways.get(message.channel), message)
        if problem:
            outbox.failed(workspace, message, by=by, problem=problem, now=now or this_moment())
            failed.append((message, problem))
        else:
            outbox.sent(workspace, message.id, now=now or this_moment())
            done.append(message)
    return Sent(done=done, failed=failed)


def _sent(workspace: Workspace, channel: Channel | None, message: Message) -> str:
    """Sends one message. The code of the problem, or nothing."""
    if channel is None:
        return "no_channel"

    def noted(who: Any) -> None:
        outbox.accepted(workspace, message.id, who)

    try:
        return bounded(lambda: transmit(workspace, channel, message, noted=noted), seconds=MESSAGE_SECONDS)
    except BoussoleError:
        return "settings"
    except Exception as error:  # noqa: BLE001 (one message that cannot be sent keeps no other, and is told)
        return f"other {type(error).__name__}"


def transmit(workspace: Workspace, channel: Channel, message: Message, *, noted: Noted) -> str:
    """Sends a message on a channel now. Raises BoussoleError where its address cannot be used."""
    plugin = plugin_of(workspace, channel)
    made = composed(workspace, channel, message)
    if is_mail(plugin):
        return send_mail(plugin, made, message, noted=noted)
    return _notified(plugin, made, message)


def composed(workspace: Workspace, channel: Channel, message: Message) -> Letter:
    """What a channel is sent."""
    settings = workspace.settings
    address = settings.alerts.address or settings.access.address.rstrip("/")
    return letter(message, channel, organisation=settings.organisation, address=address)


def _notified(plugin: Any, made: Letter, message: Message) -> str:
    """By a service of Apprise. A JSON webhook gets the whole document beside the text."""
    from apprise import NotifyType
    from apprise.plugins.custom_json import NotifyJSON

    if isinstance(plugin, NotifyJSON):
        plugin.payload_extras = {**plugin.payload_extras, "boussole": made.document, "attachments": ""}
        plugin.headers = {**plugin.headers, "Idempotency-Key": message.id}
    kind = NotifyType.WARNING if made.unfavourable else NotifyType.INFO
    return notified(plugin, title=made.subject, text=made.text, kind=kind)


def notified(plugin: Any, *, title: str, text: str, kind: Any) -> str:
    """Sends a text by a service of Apprise. The code of the problem, or nothing."""
    from apprise import NotifyFormat

    from boussole.dashboard.alerts.guard import guarded

    with _heard() as said, guarded():
        # Not by way of Apprise's pool of threads: a process waits for those before it ends, however long they take.
        taken = plugin.notify(title=title, body=text, notify_type=kind, body_format=NotifyFormat.TEXT)
    return "" if taken else of_log(said.getvalue())


@contextmanager
def _heard() -> Iterator[io.StringIO]:
    """What Apprise writes to its log meanwhile: it holds addresses, so that only a code is made of it."""
    said, log, wire = io.StringIO(), logging.getLogger("apprise"), logging.getLogger("urllib3")
    handler, levels = logging.StreamHandler(said), (log.level, wire.level)
    log.addHandler(handler)
    log.setLevel(logging.DEBUG)
    wire.setLevel(logging.INFO)  # below that it notes the path of an address, which can be a token
    try:
        yield said
    finally:
        log.removeHandler(handler)
        log.setLevel(levels[0])
        wire.setLevel(levels[1])


def bounded(work: Callable[[], str], *, seconds: float) -> str:
    """What a piece of work gives; `timeout` where it takes longer: a server that drips must keep nobody.

    >>> bounded(lambda: "done", seconds=5)
    'done'
    """
    found: dict[str, Any] = {}

    def run() -> None:
        try:
            found["gave"] = work()
        except BaseException as error:  # noqa: BLE001 (it is raised where it is waited for)
            found["raised"] = error

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        return "timeout"
    if "raised" in found:
        raise found["raised"]
    return str(found["gave"])
