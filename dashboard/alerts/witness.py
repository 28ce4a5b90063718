"""How a witness outside tells what is wrong: by a program, or by a service of Apprise, in both languages."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from boussole.audits.alert_settings import AddressSettings
from boussole.audits.errors import BoussoleError
from boussole.audits.languages import LANGUAGES
from boussole.audits.witness.settings import FILE
from boussole.dashboard.alerts.channels import plugin_at
from boussole.dashboard.alerts.sending import MESSAGE_SECONDS, bounded, notified
from boussole.dashboard.alerts.words import AlertSay, teller

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
