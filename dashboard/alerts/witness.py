"""How a witness of the ledger tells what is wrong: by a program, or by a service of Apprise, in both languages."""

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
from boussole.dashboard.alerts.channels import MESSAGE_SECONDS, notify, plugin_of
from boussole.dashboard.alerts.words import AlertSay, problem_words, teller

Kind = Literal["divergence", "unsigned", "silence"]


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """What is wrong with which server, in the words of who found it, and the folder that proves it, if one does."""

    kind: Kind
    server: str
    found: str
    proof: str = ""
    days: int = 0

    @property
    def text(self) -> str:
        """The message in every language; what was found is quoted as it was found."""
        return "\n\n".join(self._text(teller(lang)) for lang in LANGUAGES) + "\n"

    @property
    def subject(self) -> str:
        return " / ".join(_headline(self, teller(lang)) for lang in LANGUAGES)

    def _text(self, tell: AlertSay) -> str:
        lines = [_headline(self, tell), self.found, tell("Server: {url}", url=self.server)]
        return "\n".join([*lines, tell("Proof kept in: {folder}", folder=self.proof)] if self.proof else lines)


def by_command(alarm: Alarm, command: Sequence[str]) -> str:
    """Gives the message to a program; what goes wrong, or nothing."""
    try:
        done = subprocess.run(
            list(command), input=alarm.text.encode(), timeout=MESSAGE_SECONDS, capture_output=True, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{command[0]}: {type(error).__name__}"
    return f"{command[0]}: exit code {done.returncode}" if done.returncode else ""


def by_apprise(alarm: Alarm, address: AddressSettings, folder: Path) -> str:
    """Sends the message; what goes wrong, or nothing. The address is in no word of it."""
    try:
        plugin = plugin_of(address, home=folder, where=f"{folder / FILE}, [alert]")
    except BoussoleError as error:
        return error.what
    problem = notify(plugin, title=alarm.subject, text=alarm.text)
    return problem and problem_words(problem, teller("en"))


def _headline(alarm: Alarm, tell: AlertSay) -> str:
    if alarm.kind == "divergence":
        return tell("Ledger: it is not the one that this witness keeps")
    if alarm.kind == "unsigned":
        return tell("Ledger: its own server no longer signs it")
    return tell.plural("Ledger: no valid answer for one day", "Ledger: no valid answer for {n} days", alarm.days)
