"""Sending what is due: the alerts of a channel that are due together are one message. And what other commands call."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.dashboard.alerts import outbox
from boussole.dashboard.alerts.changes import UNFAVOURABLE, check
from boussole.dashboard.alerts.channels import Channel, channels, deliver
from boussole.dashboard.alerts.outbox import Alert
from boussole.dashboard.alerts.words import AlertSay, problem_words, teller
from boussole.dashboard.server.access.database import now as this_moment

ORDER = ("worse", "lost", "better", "other")
MOST = 20
"""Changes that are written out; how many more there are is said."""


@dataclass(frozen=True, kw_only=True)
class SendingReport:
    """What a run of sending did: how many alerts went on which channel, and the problem of each channel that failed."""

    sent: Mapping[str, int] = field(default_factory=dict)
    failed: Mapping[str, str] = field(default_factory=dict)


def send(workspace: Workspace, *, now: dt.datetime | None = None) -> SendingReport:
    """Sends what is due, channel by channel."""
    sent, failed = {}, {}
    for channel in channels(workspace).values():
        alerts = outbox.claim(workspace, channel.name, now=now or this_moment())
        if not alerts:
            continue
        title, text = message(workspace, channel, alerts)
        problem = deliver(workspace, channel, title=title, text=text)
        outbox.finish(workspace, alerts, problem=problem, now=now or this_moment())
        if problem:
            failed[channel.name] = problem
        else:
            sent[channel.name] = len(alerts)
    return SendingReport(sent=sent, failed=failed)


def message(workspace: Workspace, channel: Channel, alerts: Sequence[Alert]) -> tuple[str, str]:
    """The title and the text of a message, in the languages of its channel."""
    tells = [teller(lang) for lang in channel.languages]
    title = _line(f"[Boussole] {subject(alerts, tells[0])}")
    return title, "\n\n\n".join(_text(workspace, channel, alerts, tell) for tell in tells) + "\n"


def subject(alerts: Sequence[Alert], tell: AlertSay) -> str:
    """The change itself where it is one, else how many, and how many for the worse."""
    if len(alerts) == 1:
        return str(alerts[0].texts[tell.lang]["title"])
    what = tell("{n} changes", n=tell.whole(len(alerts)))
    worse = sum(each.direction in UNFAVOURABLE for each in alerts)
    return tell("{what}, {m} of them for the worse", what=what, m=tell.whole(worse)) if worse else what


def _line(text: str) -> str:
    """A text on one line, so that no name can begin another header."""
    return " ".join("".join(sign if sign.isprintable() or sign == "\u202f" else " " for sign in text).split(" "))[:180]


def _text(workspace: Workspace, channel: Channel, alerts: Sequence[Alert], tell: AlertSay) -> str:
    settings = workspace.settings
    address = settings.alerts.address or settings.access.address.rstrip("/")
    blocks = [_line(settings.organisation)]
    for each in sorted(alerts, key=lambda each: (ORDER.index(each.direction), each.id))[:MOST]:
        texts = each.texts[tell.lang]
        link = [f"{address}{texts['page']}"] if address else []
        blocks.append("\n".join([texts["title"], *texts["lines"], *link]))
    if len(alerts) > MOST:
        blocks.append(tell("And {n} more, on the pages.", n=tell.whole(len(alerts) - MOST)))
    small = [
        tell("Whole periods and groups that are large enough: no person and no single decision is in here."),
        tell("No threshold here is a legal one."),
        tell("You get this because boussole.toml names the channel “{name}”.", name=channel.name),
    ]
    return "\n\n".join([*blocks, "\n".join(small)])


def alert_changes(workspace: Workspace, *, systems: Collection[str] | None = None) -> str:
    """Queues and sends what changed; one line of what was done, empty where no channel is set up."""
    if not workspace.settings.alerts.channels:
        return ""
    try:
        found = check(workspace, systems=systems)
        report = send(workspace)
    except BoussoleError as error:
        return f"Alerts: {error}"
    except Exception as error:  # noqa: BLE001 (an audit that is sealed must not fail because an alert cannot be sent)
        return f"Alerts: nothing was sent ({type(error).__name__}). Run `boussole --debug alerts check`."
    said = f"Alerts: {len(found)} change(s) found, sent on {len(report.sent)} channel(s)"
    if not report.failed:
        return f"{said}."
    why = "; ".join(f"{name}: {problem_words(problem, teller('en'))}" for name, problem in report.failed.items())
    return f"{said}, kept for the next run on {len(report.failed)}: {why}"
