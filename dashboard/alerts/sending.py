"""Sending what is due, e-mail spoken by Python's own library; after a command, as a test, and what a witness tells."""

from __future__ import annotations

import datetime as dt
import io
import logging
import smtplib
import socket
import ssl
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.charset import QP, Charset
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import compat32
from email.utils import format_datetime, formataddr
from pathlib import Path
from typing import Any, Literal

from boussole.audits.alert_settings import AddressSettings
from boussole.audits.errors import BoussoleError
from boussole.audits.hashing import sha256_hex
from boussole.audits.languages import LANGUAGES
from boussole.audits.witness.settings import FILE
from boussole.audits.workspace import Workspace
from boussole.dashboard.alerts import outbox
from boussole.dashboard.alerts.channels import (
    CONNECT_SECONDS,
    Channel,
    hold_place,
    is_mail,
    known_channels,
    of_error,
    of_log,
    plugin_at,
    plugin_of,
    problem_words,
    recipients,
)
from boussole.dashboard.alerts.letters import Letter, letter, line, wrapped
from boussole.dashboard.alerts.messages import WAITING, AlertSay, ChangeMessage, Message, teller
from boussole.dashboard.server.access.database import moment, now, stamp
from boussole.dashboard.server.access.database import now as this_moment

# E-mail: Apprise reads the address of the channel, Python's own library speaks to the server.
#
# Each recipient gets a copy of their own, so that nobody sees the others, and whoever has it is not sent it again
# when the server refused somebody else. The number of the message is that of its outbox, however often it is sent.


PRINTABLE = Charset("utf-8")
PRINTABLE.body_encoding = QP
Noted = Callable[[Iterable[str]], None]


def send_mail(mail: Any, letter: Letter, message: Message, *, noted: Noted, to: Sequence[str] | None = None) -> str:
    """Sends it to all who do not have it; `noted` is told who has. The code of the problem; empty when all have it.

    `to`: to these alone, and to nobody that the address of the channel names.
    """
    who = {mark(message.id, address): address for address in (recipients(mail) if to is None else to)}
    have = set(message.accepted)
    problem = ""
    try:
        with _server(mail) as server:
            for number, address in who.items():
                if number in have:
                    continue
                refusal = _one(server, mail, letter, message, address)
                if refusal:
                    problem = refusal
                    continue
                have.add(number)
                noted(have)
    except (OSError, smtplib.SMTPException) as error:
        return of_error(error)
    return problem


def mark(message: str, address: str) -> str:
    """By what a recipient is known once they have a message: nothing from which the address can be read."""
    return sha256_hex(f"{message}/{address}".encode())[:16]


class _Server(smtplib.SMTP):
    """Hangs up before anything is said where nothing is to be sent to."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connected: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        hold_place(connected)
        return connected


class _SecureServer(smtplib.SMTP_SSL, _Server):
    """The same by TLS from the first byte on."""


def _server(mail: Any) -> smtplib.SMTP:
    host, context = mail.smtp_host.strip("[]"), ssl.create_default_context()
    if not mail.verify_certificate:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if mail.secure_mode == "ssl":
        server: smtplib.SMTP = _SecureServer(host, mail.port, timeout=CONNECT_SECONDS, context=context)
    else:
        server = _Server(host, mail.port, timeout=CONNECT_SECONDS)
    try:
        if mail.secure_mode == "starttls":
            server.starttls(context=context)
        if mail.user and mail.password:
            server.login(mail.user, mail.password)
    except (OSError, smtplib.SMTPException):
        server.close()
        raise
    return server


def _one(server: smtplib.SMTP, mail: Any, letter: Letter, message: Message, address: str) -> str:
    """One copy. The code of a refusal that concerns this recipient alone."""
    try:
        server.sendmail(mail.from_addr[1], [address], written(mail, letter, message, address).as_bytes())
    except smtplib.SMTPRecipientsRefused as error:
        return f"recipient {next(iter(error.recipients.values()))[0]}"
    return ""


def written(mail: Any, letter: Letter, message: Message, address: str) -> Any:
    """The e-mail itself: text first, the same as HTML beside it.

    With the classes of old: those of today put a second space before a word that is not ASCII where they fold a line.
    """
    name, sender = mail.from_addr
    made: Any = MIMEMultipart("alternative", policy=compat32.clone(linesep="\r\n"))
    made["Subject"] = Header(line(letter.subject, 200), "utf-8")
    made["From"] = formataddr((line(name or "Boussole", 80), line(sender, 254)), charset="utf-8")
    made["To"] = line(address, 254)
    made["Date"] = format_datetime(moment(message.due_at))
    made["Message-ID"] = f"<{message.id}@{sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    for reply in sorted(mail.reply_to)[:1]:
        made["Reply-To"] = line(reply, 254)
    for text, kind in ((wrapped(letter.text), "plain"), (letter.html, "html")):
        part = MIMENonMultipart("text", kind, charset="utf-8")
        part.set_payload(text, PRINTABLE)
        made.attach(part)
    return made


# Sending what is due: each message is taken, sent and marked; what fails waits and is told.


MESSAGE_SECONDS = 120.0
"""The longest that one message may take, whatever the server does: less than a lease."""


@dataclass(frozen=True, kw_only=True)
class DeliveryReport:
    """What a run of sending did."""

    done: Sequence[Message] = ()
    failed: Sequence[tuple[Message, str]] = field(default_factory=tuple)


def send(
    workspace: Workspace, *, at_once: bool = False, seconds: float | None = None, now: dt.datetime | None = None
) -> DeliveryReport:
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
    return DeliveryReport(done=done, failed=failed)


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
    from boussole.dashboard.alerts.messages import teller

    found = check(workspace, systems=systems)
    sent = send(workspace, seconds=SECONDS)
    told = f"Alerts: {len(found.changes)} change(s) found, {len(sent.done)} message(s) sent"
    if not sent.failed:
        return f"{told}."
    why = "; ".join(f"{each.channel}: {problem_words(problem, teller('en'))}" for each, problem in sent.failed)
    return f"{told}, {len(sent.failed)} kept for later: {why}"
