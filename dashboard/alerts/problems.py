"""Why a message did not go: a short code without an address, a name or a word of the server's, and what it means."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl

from boussole.dashboard.alerts.channels import Caution
from boussole.dashboard.alerts.guard import REFUSED, PlaceError
from boussole.dashboard.alerts.words import AlertSay

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
