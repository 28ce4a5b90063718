"""E-mail: Apprise reads the address of the channel, Python's own library speaks to the server.

Each recipient gets a copy of their own, so that nobody sees the others, and whoever has it is not sent it again when
the server refused somebody else. The number of the message is that of its outbox, however often it is sent.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Callable, Iterable, Sequence
from email.charset import QP, Charset
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import compat32
from email.utils import format_datetime, formataddr
from typing import Any

from boussole.audits.hashing import sha256_hex
from boussole.dashboard.alerts.channels import CONNECT_SECONDS, recipients
from boussole.dashboard.alerts.guard import hold_place
from boussole.dashboard.alerts.letters.letters import Letter, line, wrapped
from boussole.dashboard.alerts.messages import Message
from boussole.dashboard.alerts.problems import of_error
from boussole.dashboard.server.access.database import moment

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
