"""What a command does once it has changed figures: it looks, queues and sends. It never makes the command fail."""

from __future__ import annotations

from collections.abc import Collection

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace

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
    from boussole.dashboard.alerts.sending import send
    from boussole.dashboard.alerts.words import teller

    found = check(workspace, systems=systems)
    sent = send(workspace, seconds=SECONDS)
    told = f"Alerts: {len(found.changes)} change(s) found, {len(sent.done)} message(s) sent"
    if not sent.failed:
        return f"{told}."
    why = "; ".join(f"{each.channel}: {problem_words(problem, teller('en'))}" for each, problem in sent.failed)
    return f"{told}, {len(sent.failed)} kept for later: {why}"
