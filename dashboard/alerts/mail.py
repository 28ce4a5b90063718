"""E-mail, spoken to the server by Python's own library, and what went wrong with any channel, without its secrets."""

from __future__ import annotations

import re
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
from boussole.dashboard.alerts.channels import CONNECT_SECONDS, REFUSED, Caution, PlaceError, hold_place, recipients
from boussole.dashboard.alerts.letters import Letter, line, wrapped
from boussole.dashboard.alerts.messages import AlertSay, Message
from boussole.dashboard.server.access.database import moment

# Why a message did not go: a short code without an address, a name or a word of the server's, and what it means.


HTTP = re.compile(r"error=(\d{3})")
SIGNS = (
    ("place", re.compile(REFUSED)),
    ("timeout", re.compile(r"timed? ?out", re.IGNORECASE)),
    ("name", re.compile(r"name or service not known|failed to resolve|getaddrinfo|nameresolution", re.IGNORECASE)),
    ("certificate", re.compile(r"certificate|ssl", re.IGNORECASE)),
    ("nobody", re.compile(r"connection refused|errno 111|unreachable", re.IGNORECASE)),
    ("broken", re.compile(r"connection (aborted|reset)|remotedisconnected|broken pipe", re.IGNORECASE)),
)
"""By which words the log of Apprise tells what happened."""


def of_error(error: Exception) -> str:
    """The code of what kept a mail server from taking a message.

    >>> of_error(ConnectionRefusedError(111, "Connection refused")), of_error(TimeoutError())
    ('nobody', 'timeout')
    >>> of_error(smtplib.SMTPDataError(552, b"too large for chef@example.org"))
    'mail 552'
    """
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"sign_in {error.smtp_code}"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"mail {error.smtp_code}"
    if isinstance(error, smtplib.SMTPServerDisconnected) and "timed out" in str(error):
        return "timeout"
    kinds: list[tuple[type[Exception] | tuple[type[Exception], ...], str]] = [
        (PlaceError, "place"),
        (TimeoutError, "timeout"),
        (socket.gaierror, "name"),
        (ssl.SSLError, "certificate"),
        (smtplib.SMTPNotSupportedError, "no_tls"),
        ((ConnectionResetError, BrokenPipeError, smtplib.SMTPServerDisconnected), "broken"),
        (OSError, "nobody"),
    ]
    return next((code for kind, code in kinds if isinstance(error, kind)), f"other {type(error).__name__}")


def of_log(said: str) -> str:
    """The code of what the log of Apprise tells of a service that did not take a message.

    >>> of_log("Failed to send JSON POST notification: Server Error, error=500."), of_log("")
    ('http 500', 'other')
    """
    answered = HTTP.search(said)
    if answered:
        return f"http {answered[1]}"
    return next((code for code, sign in SIGNS if sign.search(said)), "other")


def problem_words(problem: str, tell: AlertSay) -> str:
    """A problem in words, and what to do where something can be done."""
    code, _, detail = problem.partition(" ")
    words = {
        "nobody": tell("Nobody answers at that address: the server is off, or its port is closed."),
        "timeout": tell("The server does not answer in time."),
        "place": tell(
            "It leads to an address that nothing is sent to: of the network link itself, of everybody, or of nobody."
        ),
        "name": tell("The name of the server is not known: is it written right?"),
        "certificate": tell("The certificate of the server was not accepted."),
        "no_tls": tell("The mail server offers no encryption or no sign-in as the address asks."),
        "broken": tell("The server broke the connection off."),
        "sign_in": tell("The mail server does not accept the name and password ({detail}).", detail=detail),
        "recipient": tell("The mail server refuses a recipient ({detail}): the others have it.", detail=detail),
        "mail": tell("The mail server did not take the message ({detail}).", detail=detail),
        "http": tell("The webhook answered {detail} instead of taking the message.", detail=detail),
        "no_channel": tell("boussole.toml has this channel no longer: give it back, or drop the message."),
        "settings": tell("The address of a channel is missing or wrong: trying the channel says why."),
    }
    return words.get(code) or tell("The service did not take the message ({detail}).", detail=detail or code)


def caution_words(caution: Caution, tell: AlertSay) -> str:
    """What should be known of a channel."""
    return {
        "clear": tell("It is not encrypted: whoever is on the way reads what is sent, and the address itself."),
        "unverified": tell("The certificate of its server is not checked (verify=no): anybody can pass for it."),
        "itself": tell("It leads to this machine itself: make sure that what answers there is meant to."),
    }[caution]


# E-mail: Apprise reads the address of the channel, Python's own library speaks to the server.
#
# Each recipient gets a copy of their own, so that nobody sees the others, and whoever has it is not sent it again
# when
# the server refused somebody else. The number of the message is that of its outbox, however often it is sent.


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
