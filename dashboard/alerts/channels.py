"""The ways out: where each leads, what a message may reach, and what went wrong with one, without its secrets."""

from __future__ import annotations

import ipaddress
import logging
import re
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

from boussole.audits.access_settings import LOOPBACK
from boussole.audits.alert_settings import AddressSettings, AlertSettings, ChannelSettings
from boussole.audits.errors import BoussoleError, nearest
from boussole.audits.workspace import SETTINGS_FILE, Workspace
from boussole.dashboard.alerts.messages import UNFAVOURABLE, AlertSay, ChangeMessage

if TYPE_CHECKING:
    from apprise.plugins import NotifyBase


MOST_BYTES, MOST_SECONDS = 65_536, 10.0
"""Of an answer; what comes after is not read. It is its status that counts."""
REFUSED = "a place that is refused"
METADATA = frozenset({"fd00:ec2::254", "100.100.100.200"})
"""Addresses at which clouds tell a machine its secrets, beside the link-local one."""


class _Sending(threading.local):
    """Whether this thread sends a message."""

    on = False


_sending = _Sending()


class PlaceError(OSError):
    """An address that nothing is sent to."""


def refused(address: str) -> bool:
    """Whether nothing is sent to an address: link-local (there clouds tell machines their secrets), to all, to nobody.

    >>> [refused(each) for each in ("169.254.169.254", "::ffff:169.254.1.1", "0.0.0.0", "10.0.0.8", "127.0.0.1")]
    [True, True, True, False, False]
    """
    found: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return found.is_link_local or found.is_multicast or found.is_unspecified or str(found) in METADATA


def hold_place(connected: socket.socket) -> None:
    """Raises PlaceError, and hangs up, where the other end is no place to send to, whatever its name said."""
    if refused(str(connected.getpeername()[0])):
        connected.close()
        raise PlaceError(REFUSED)


class _Connection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _held(self, super()._new_conn())


class _SecureConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _held(self, super()._new_conn())


def _held(connection: HTTPConnection, connected: socket.socket) -> socket.socket:
    try:
        hold_place(connected)
    except PlaceError as error:
        raise NewConnectionError(connection, REFUSED) from error
    return connected


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _GuardedAdapter(HTTPAdapter):
    """Sends as its base does; in a thread that sends a message, only to places that are not refused, and reads little
    of the answer."""

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        if _sending.on:
            self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}

    def send(  # noqa: PLR0917 (as the base has it)
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> requests.Response:
        found = super().send(request, stream or _sending.on, timeout, verify, cert, proxies)
        if _sending.on:
            found._content, found._content_consumed = _beginning(found.raw), True
            found.close()
        return found


def _beginning(raw: Any) -> bytes:
    body, ends = b"", time.monotonic() + MOST_SECONDS
    while len(body) < MOST_BYTES and time.monotonic() < ends:
        part = raw.read1(8192, decode_content=True)
        if not part:
            break
        body += part
    return body


@contextmanager
def guarded() -> Iterator[None]:
    """What this thread sends by way of `requests` is held to these rules; other threads are left alone."""
    sessions: Any = requests.sessions  # each request of a service makes a session, with the adapter named there
    sessions.HTTPAdapter = _GuardedAdapter
    _sending.on = True
    try:
        yield
    finally:
        _sending.on = False


CONNECT_SECONDS, READ_SECONDS = 10.0, 10.0
"""The longest that a server may take to be reached, and to answer."""
FILES = ("template", "keyfile", "subfile")
"""What services call files that their addresses can name."""
METHODS = ("POST", "PUT", "PATCH")
Caution = Literal["clear", "unverified", "itself"]
WITH_HOST = ("mailto", "mailtos", "json", "jsons", "form", "forms", "xml", "xmls", "mmost", "mmosts")
"""Schemes whose host is one; that of others can be a token."""


@dataclass(frozen=True, kw_only=True)
class Channel:
    """One way out, with all that it leaves open filled in."""

    name: str
    given: ChannelSettings
    settings: AlertSettings
    languages: tuple[str, ...]

    @property
    def digest(self) -> Any:
        return self.given.digest or self.settings.digest

    @property
    def only(self) -> str:
        return self.given.only or self.settings.only

    @property
    def about(self) -> tuple[str, ...]:
        return tuple(self.given.about or self.settings.about)

    def takes(self, change: ChangeMessage) -> bool:
        """Whether a change goes there. Drift belongs to no article, and no choice of articles holds it back."""
        drift = change.kind == "drift"
        return (
            ("drift" if drift else "verdicts") in self.about
            and (self.only == "all" or change.direction in UNFAVOURABLE)
            and (not self.given.systems or change.system in self.given.systems)
            and (drift or not self.given.articles or change.article in self.given.articles)
        )


def channels(workspace: Workspace) -> dict[str, Channel]:
    """The channels by name. Raises BoussoleError where there is none."""
    found = known_channels(workspace)
    if not found:
        raise BoussoleError(
            "no channel is set up: nobody would be told.",
            where=str(workspace.home / SETTINGS_FILE),
            next_step='Add [alerts.channels.NAME] with url = "mailtos://…" or "jsons://…": see docs/alerts.md.',
        )
    return found


def known_channels(workspace: Workspace) -> dict[str, Channel]:
    """The channels by name, if any."""
    settings = workspace.settings.alerts
    return {
        name: Channel(
            name=name,
            given=given,
            settings=settings,
            languages=tuple(given.languages or [workspace.settings.language]),
        )
        for name, given in settings.channels.items()
    }


def check_choices(found: Mapping[str, Channel], *, systems: Mapping[str, Any], articles: Mapping[str, Any]) -> None:
    """Checks that channels name systems and articles that exist. Raises BoussoleError, which names the nearest one."""
    for channel in found.values():
        for what, chosen, known in (
            ("system", channel.given.systems, systems),
            ("article", channel.given.articles, articles),
        ):
            for each in chosen:
                if each not in known:
                    raise BoussoleError(
                        f"there is no {what} '{each}'. {nearest(each, known) if known else ''}".rstrip(),
                        where=f"[alerts.channels.{channel.name}]",
                        next_step=f"Mend its `{what}s`.",
                    )


def plugin_of(workspace: Workspace, channel: Channel) -> NotifyBase:
    """What Apprise makes of the address of a channel, with every wait bounded and no redirect followed.

    Raises BoussoleError where its address is missing, is none that Apprise knows, would send a password in clear, or
    would take anybody for its server.
    """
    return plugin_at(channel.given, home=workspace.home, where=f"[alerts.channels.{channel.name}]")


def plugin_at(given: AddressSettings, *, home: Path, where: str) -> NotifyBase:
    """What Apprise makes of an address, as `plugin_of` does; `where` names its settings."""
    from apprise import Apprise, AppriseAsset

    quiet()
    asset = AppriseAsset(app_id="Boussole", app_desc="Boussole", http_redirects=False, secure_logging=True)
    made: Any = Apprise.instantiate(given.address(home, where), asset=asset)
    if made is None:
        raise BoussoleError(
            "Apprise does not understand its address.",
            where=where,
            next_step="Look up its form at appriseit.com: e-mail needs ?from=…&to=…, and passwords write @ as %40.",
        )
    made.socket_connect_timeout = min(made.socket_connect_timeout, CONNECT_SECONDS)
    made.socket_read_timeout = min(made.socket_read_timeout, READ_SECONDS)
    made.retry = 0  # the outbox tries again
    made.redirects = False  # whatever `redirect=` in the address says
    _checked(made, where)
    checked: NotifyBase = made
    return checked


def _checked(plugin: NotifyBase, where: str) -> None:
    """Raises BoussoleError for an address that would send a file of this machine, erase something, or tell a password.

    Whoever may only write settings must not be able to read the keys of the workspace by way of a `template=`.
    """
    if any(getattr(plugin, name, None) for name in FILES):
        raise BoussoleError(
            "its address names a file (template=, keyfile=), which would be read here and sent.",
            where=where,
            next_step="Take that out of the address; what is sent is a message, nothing else.",
        )
    if getattr(plugin, "method", "POST") not in METHODS:
        raise BoussoleError(
            f"its address asks for {str(plugin.method)[:10]}.",  # type: ignore[attr-defined]
            where=where,
            next_step=f"A message is sent by {' or '.join(METHODS)}: take method= out.",
        )
    if not plugin.verify_certificate and not _inside(plugin):
        raise BoussoleError(
            "anybody could answer in place of its server: no certificate would be asked for.",
            where=where,
            next_step="Take verify=no away; an authority of the house's own is added to those of the machine.",
        )
    if is_mail(plugin):
        _checked_mail(plugin, where)


def cautions(plugin: NotifyBase) -> list[Caution]:
    """What whoever sets a channel up should know of it: that others on the way can read it, or pass for its server."""
    mail = is_mail(plugin)
    clear = getattr(plugin, "secure_mode", "") == "insecure" if mail else not plugin.secure
    found: list[Caution] = []
    if not plugin.verify_certificate:
        found.append("unverified")
    if _inside(plugin):
        found += [] if mail else ["itself"]
    elif clear and plugin.protocol:  # services without a protocol in clear are reached by TLS
        found.append("clear")
    return found


def is_mail(plugin: NotifyBase) -> bool:
    """Whether it is e-mail through a server of one's own."""
    from apprise.plugins.email import NotifyEmail

    return isinstance(plugin, NotifyEmail)


def _inside(plugin: NotifyBase) -> bool:
    """Whether its server is on this machine."""
    return str(getattr(plugin, "smtp_host" if is_mail(plugin) else "host", "")).strip("[]") in LOOPBACK


def _checked_mail(mail: Any, where: str) -> None:
    """That no password leaves in clear, and no encryption is believed that there is not. Raises BoussoleError."""
    if mail.secure_mode == "insecure" and mail.password and not _inside(mail):
        raise BoussoleError(
            "its password would go to the mail server in clear.", where=where, next_step="Write mailtos:// instead."
        )
    if mail.pgp_mode != "no" or mail.pgp_key:
        raise BoussoleError(
            "its address asks for PGP, and Boussole does not encrypt: it would be sent as it is.",
            where=where,
            next_step="Take pgp= and pgpkey= out; what is sent tells nothing of anybody.",
        )


def place_of(plugin: NotifyBase) -> str:
    """Where a channel leads, as it may be shown: the scheme, and the host where that is no secret.

    >>> from apprise import Apprise
    >>> place_of(Apprise.instantiate("jsons://user:secret@hooks.example.org/token"))
    'jsons://hooks.example.org/…'
    >>> place_of(Apprise.instantiate("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/"))
    'slack://…'
    """
    scheme = plugin.secure_protocol if plugin.secure else plugin.protocol or plugin.secure_protocol
    scheme = scheme if isinstance(scheme, str) else next(iter(scheme or ("",)))
    host = getattr(plugin, "smtp_host", "") or plugin.host or ""
    return f"{scheme}://{host}/…" if scheme in WITH_HOST and host else f"{scheme}://…"


def recipients(plugin: NotifyBase) -> list[str]:
    """The addresses that an e-mail goes to; none for other ways."""
    if not is_mail(plugin):
        return []
    mail: Any = plugin
    return list(dict.fromkeys([*(address for _, address in mail.targets), *sorted(mail.cc), *sorted(mail.bcc)]))


def quiet() -> None:
    """Apprise tells its log addresses whole: nothing of it reaches ours."""
    log = logging.getLogger("apprise")
    log.propagate = False
    if not any(isinstance(handler, logging.NullHandler) for handler in log.handlers):
        log.addHandler(logging.NullHandler())


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
