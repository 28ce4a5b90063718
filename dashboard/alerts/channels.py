"""The channels of `boussole.toml`: where each leads, what it takes, and a message sent there by Apprise."""

from __future__ import annotations

import io
import ipaddress
import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from boussole.audits.access_settings import LOOPBACK
from boussole.audits.alert_settings import AddressSettings, ChannelSettings
from boussole.audits.errors import BoussoleError, nearest
from boussole.audits.workspace import SETTINGS_FILE, Workspace

if TYPE_CHECKING:
    from apprise.plugins import NotifyBase

CONNECT_SECONDS, READ_SECONDS, MESSAGE_SECONDS = 10.0, 10.0, 60.0
"""The longest that a server may take to be reached, to go on with its answer, and in all."""
FILES = ("template", "keyfile", "subfile")
"""What services call files that their addresses can name."""
METHODS = ("POST", "PUT", "PATCH")


@dataclass(frozen=True, kw_only=True)
class Channel:
    """A channel, with the languages of its messages."""

    name: str
    settings: ChannelSettings
    languages: tuple[str, ...]

    def takes(self, system: str, *, unfavourable: bool) -> bool:
        """Whether a change of a system is sent there."""
        wanted = not self.settings.systems or system in self.settings.systems
        return wanted and (self.settings.only == "all" or unfavourable)


def channels(workspace: Workspace) -> dict[str, Channel]:
    """The channels by name, if any. Raises BoussoleError where one names a system that does not exist."""
    found = {}
    for name, each in workspace.settings.alerts.channels.items():
        for system in each.systems:
            if system not in workspace.systems:
                raise BoussoleError(
                    f"there is no system '{system}'. {nearest(system, workspace.systems)}",
                    where=f"[alerts.channels.{name}]",
                    next_step="Correct its `systems`.",
                )
        found[name] = Channel(
            name=name, settings=each, languages=tuple(each.languages or [workspace.settings.language])
        )
    return found


def required_channels(workspace: Workspace) -> dict[str, Channel]:
    """The channels by name. Raises BoussoleError where there is none."""
    found = channels(workspace)
    if not found:
        raise BoussoleError(
            "no channel is set up, so that no alert can be sent.",
            where=str(workspace.home / SETTINGS_FILE),
            next_step='Add [alerts.channels.NAME] with url = "mailtos://…" or "jsons://…": see docs/alerts.md.',
        )
    return found


def plugin_of(address: AddressSettings, *, home: Path, where: str) -> NotifyBase:
    """What Apprise makes of an address, with every wait bounded and no redirect followed; `where` names its settings.

    Raises BoussoleError where the address is missing, is none that Apprise knows, leads to several recipients, or
    would send a file or a password that it should not.
    """
    from apprise import Apprise, AppriseAsset

    _silence()
    asset = AppriseAsset(app_id="Boussole", app_desc="Boussole", http_redirects=False, secure_logging=True)
    made: Any = Apprise.instantiate(address.address(home, where), asset=asset)
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
    for fault, step in _faults(made):
        raise BoussoleError(fault, where=where, next_step=step)
    plugin: NotifyBase = made
    return plugin


def _faults(plugin: Any) -> Iterator[tuple[str, str]]:
    """Why an address that would read a file, erase anything or send a password in clear is refused, and what to do."""
    if any(getattr(plugin, name, None) for name in FILES):
        yield (
            "its address names a file (template=, keyfile=), which would be read here and sent.",
            "Take that out of the address; what is sent is a message, nothing else.",
        )
    if getattr(plugin, "method", "POST") not in METHODS:
        yield (
            f"its address asks for {str(plugin.method)[:10]}.",
            f"A message is sent by {' or '.join(METHODS)}: take method= out.",
        )
    if _host(plugin) not in LOOPBACK and not plugin.verify_certificate:
        yield (
            "anybody could answer in place of its server: no certificate would be asked for.",
            "Take verify=no away; an authority of the house's own is added to those of the machine.",
        )
    if _is_local(_host(plugin)):
        yield "its address is link-local: there clouds tell a machine its secrets.", "Name the server of the service."
    if len(plugin) != 1:
        yield (
            f"its address leads to {len(plugin)} recipients, and a failure of one would repeat the message to all.",
            "Set up one channel for each recipient, or name a mailing list.",
        )
    if getattr(plugin, "pgp_mode", "no") != "no" or getattr(plugin, "pgp_key", None):
        yield "its address asks for PGP, which Boussole does not do.", "Take pgp= and pgpkey= out."
    if is_clear(plugin) and _is_mail(plugin) and plugin.password:
        yield "its password would go to the mail server in clear.", "Write mailtos:// instead."


def _host(plugin: Any) -> str:
    return str(getattr(plugin, "smtp_host", "") or getattr(plugin, "host", "") or "").strip("[]")


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_link_local
    except ValueError:  # a name
        return False


def _is_mail(plugin: Any) -> bool:
    return hasattr(plugin, "smtp_host")


def is_clear(plugin: Any) -> bool:
    """Whether what is sent can be read on the way. Services without a protocol in clear are reached by TLS.

    >>> from apprise import Apprise
    >>> [is_clear(Apprise.instantiate(f"{scheme}://hooks.example.org/token")) for scheme in ("json", "jsons")]
    [True, False]
    """
    if _host(plugin) in LOOPBACK or not plugin.protocol:
        return False
    return plugin.secure_mode == "insecure" if _is_mail(plugin) else not plugin.secure


def deliver(workspace: Workspace, channel: Channel, *, title: str, text: str) -> str:
    """Sends a text on a channel. The code of the problem, or nothing."""
    try:
        where = f"[alerts.channels.{channel.name}]"
        return notify(plugin_of(channel.settings, home=workspace.home, where=where), title=title, text=text)
    except BoussoleError:
        return "settings"


def notify(plugin: NotifyBase, *, title: str, text: str) -> str:
    """Sends a text by a service of Apprise. The code of the problem, or nothing; `timeout` where it takes too long."""
    found: list[str] = []

    def run() -> None:
        from apprise import NotifyFormat

        with _heard() as said:
            try:
                taken = plugin.notify(title=title, body=text, body_format=NotifyFormat.TEXT)
                found.append("" if taken else problem_of(said.getvalue()))
            except Exception as error:  # noqa: BLE001 (a message that cannot be sent must not stop another)
                found.append(f"other {type(error).__name__}")

    thread = threading.Thread(target=run, daemon=True)  # a server that drips must not keep a process from ending
    thread.start()
    thread.join(MESSAGE_SECONDS)
    return found[0] if found else "timeout"


@contextmanager
def _heard() -> Iterator[io.StringIO]:
    """What Apprise writes to its log meanwhile: it holds addresses, so that only a code is made of it."""
    said, log = io.StringIO(), logging.getLogger("apprise")
    wire = logging.getLogger("urllib3")
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


def _silence() -> None:
    """Apprise writes addresses whole to its log: nothing of it reaches ours."""
    log = logging.getLogger("apprise")
    log.propagate = False
    if not any(isinstance(handler, logging.NullHandler) for handler in log.handlers):
        log.addHandler(logging.NullHandler())


SIGNS = (
    ("http", re.compile(r"error=(\d{3})")),
    ("sign_in", re.compile(r"\((53\d), b")),
    ("mail", re.compile(r"\(([45]\d\d), b|refused: ([45]\d\d) |: \(([45]\d\d),")),
    ("timeout", re.compile(r"timed? ?out", re.IGNORECASE)),
    ("name", re.compile(r"name or service not known|failed to resolve|getaddrinfo|nameresolution", re.IGNORECASE)),
    ("no_tls", re.compile(r"not supported by server", re.IGNORECASE)),
    ("certificate", re.compile(r"certificate|\[ssl", re.IGNORECASE)),
    ("nobody", re.compile(r"connection refused|errno 111|unreachable", re.IGNORECASE)),
    ("broken", re.compile(r"connection (aborted|reset)|remotedisconnected|broken pipe|unexpectedly closed", re.I)),
)
"""By which words the log of Apprise says what happened: a code without an address, a name or a word of the server's."""


def problem_of(said: str) -> str:
    """The code of what the log of Apprise says of a message that was not taken.

    >>> problem_of("Failed to send JSON POST notification: Server Error, error=500."), problem_of("")
    ('http 500', 'other')
    >>> problem_of("Socket Exception: (535, b'5.7.8 no chef@example.org')")
    'sign_in 535'
    """
    for code, sign in SIGNS:
        if match := sign.search(said):
            number = next((each for each in match.groups() if each and each.isdigit()), "")
            return f"{code} {number}".rstrip()
    return "other"
