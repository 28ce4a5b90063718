"""Sending what is due, what fails waits and is told; after a command, as a test, and what a witness outside tells."""

from __future__ import annotations

import datetime as dt
import io
import logging
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from boussole.audits.alert_settings import AddressSettings
from boussole.audits.errors import BoussoleError
from boussole.audits.languages import LANGUAGES
from boussole.audits.witness.settings import FILE
from boussole.audits.workspace import Workspace
from boussole.dashboard.alerts import outbox
from boussole.dashboard.alerts.channels import Channel, is_mail, known_channels, plugin_at, plugin_of
from boussole.dashboard.alerts.letters import Letter, letter
from boussole.dashboard.alerts.mail import Noted, of_log, send_mail
from boussole.dashboard.alerts.messages import WAITING, AlertSay, ChangeMessage, Message, teller
from boussole.dashboard.server.access.database import now, stamp
from boussole.dashboard.server.access.database import now as this_moment

# Sending what is due: each message is taken, sent and marked; what fails waits and is told.


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

    from boussole.dashboard.alerts.channels import guarded

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


# A message that says it is a test: it goes the same way as others, and nothing is kept of it.


def try_out(workspace: Workspace, channel: Channel) -> str:
    """Sends it. The code of the problem, or nothing. Raises BoussoleError where the address cannot be used."""
    message = _message(channel)
    return bounded(lambda: transmit(workspace, channel, message, noted=lambda _: None), seconds=MESSAGE_SECONDS)


def _message(channel: Channel) -> Message:
    moment = stamp(now())
    texts = {}
    for lang in channel.languages:
        tell = teller(lang)
        texts[lang] = {
            "system": tell("Test"),
            "place": tell("This message is a test"),
            "question": "",
            "moved": tell("nothing has changed"),
            "sentence": tell("Messages of this channel come like this one."),
            "whole": "",
            "since": "",
            "before": "",
            "period": "",
            "cause": "",
            "page": "/settings",
        }
    facts = {"start": moment[:10], "end": moment[:10], "since": None, "entry": None, "cause": "test", "texts": texts}
    told = ChangeMessage(
        number=0,
        system="test",
        subject="test/test",
        before=None,
        after="not_examined",
        direction="other",
        detected_at=moment,
        facts=facts,
    )
    return Message(
        id=uuid.uuid4().hex,
        channel=channel.name,
        digest="off",
        created_at=moment,
        due_at=moment,
        state=WAITING,
        attempts=1,
        try_at=moment,
        problem=None,
        accepted=frozenset(),
        ended_at=None,
        items=[told],
    )


# How a witness outside tells what is wrong: by a program, or by a service of Apprise, in both languages.


Kind = Literal["divergence", "unsigned", "silence"]


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """What is wrong with which server, in the words of who found it, and the folder that proves it, if one does."""

    kind: Kind
    server: str
    found: str
    proof: str = ""
    days: int = 0

    def text(self, lang: str) -> str:
        """The message in one language; what was found is told as it was found."""
        tell = teller(lang)
        lines = [_headline(self, tell), self.found, tell("Server: {url}", url=self.server)]
        return "\n".join([*lines, tell("Proof kept in: {folder}", folder=self.proof)] if self.proof else lines)

    @property
    def both(self) -> str:
        """The message in every language."""
        return "\n\n".join(self.text(lang) for lang in LANGUAGES) + "\n"

    @property
    def subject(self) -> str:
        return " / ".join(_headline(self, teller(lang)) for lang in LANGUAGES)


def by_command(alarm: Alarm, command: Sequence[str]) -> str:
    """Gives the message to a program; what goes wrong, or nothing."""
    try:
        done = subprocess.run(
            list(command), input=alarm.both.encode(), timeout=MESSAGE_SECONDS, capture_output=True, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{command[0]}: {type(error).__name__}"
    return f"{command[0]}: exit code {done.returncode}" if done.returncode else ""


def by_apprise(alarm: Alarm, given: AddressSettings, folder: Path) -> str:
    """Sends the message; what goes wrong, or nothing. The address is in no word of it."""
    from apprise import NotifyType

    try:
        plugin = plugin_at(given, home=folder, where=f"{folder / FILE}, [alert]")
        said = {"title": alarm.subject, "text": alarm.both, "kind": NotifyType.FAILURE}
        return bounded(lambda: notified(plugin, **said), seconds=MESSAGE_SECONDS)
    except BoussoleError as error:
        return error.what
    except Exception as error:  # noqa: BLE001 (an alert that fails is told, and hides nothing else)
        return type(error).__name__


def _headline(alarm: Alarm, tell: AlertSay) -> str:
    if alarm.kind == "divergence":
        return tell("Ledger: it is not the one that this witness keeps")
    if alarm.kind == "unsigned":
        return tell("Ledger: its own server no longer signs it")
    return tell.plural("Ledger: no valid answer for one day", "Ledger: no valid answer for {n} days", alarm.days)


SECONDS = 30.0
"""How long a command goes on beginning messages; the rest waits for `boussole alerts send`."""


def tell_changes(workspace: Workspace, *, systems: Collection[str] | None = None) -> str:
    """Queues and sends what changed; one line of what was done, empty where no channel is set up."""
    if not workspace.settings.alerts.channels:
        return ""
    try:
        return _told(workspace, systems)
    except BoussoleError as error:
        return f"Alerts: {error}"
    except Exception as error:  # noqa: BLE001 (an audit that is sealed must not fail because somebody cannot be told)
        return f"Alerts: nothing was told ({type(error).__name__}). Run `boussole --debug alerts check`."


def _told(workspace: Workspace, systems: Collection[str] | None) -> str:
    from boussole.dashboard.alerts.detect import check
    from boussole.dashboard.alerts.mail import problem_words
    from boussole.dashboard.alerts.messages import teller

    found = check(workspace, systems=systems)
    sent = send(workspace, seconds=SECONDS)
    told = f"Alerts: {len(found.changes)} change(s) found, {len(sent.done)} message(s) sent"
    if not sent.failed:
        return f"{told}."
    why = "; ".join(f"{each.channel}: {problem_words(problem, teller('en'))}" for each, problem in sent.failed)
    return f"{told}, {len(sent.failed)} kept for later: {why}"
