"""Alerts on the settings page: which channels there are, what waits and why, what was sent lately."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.dashboard.alerts import outbox
from boussole.dashboard.alerts.channels import Channel, channels, is_clear, place_of, plugin_of
from boussole.dashboard.alerts.outbox import INTERRUPTED_AFTER, SENDING, SENT, Alert
from boussole.dashboard.alerts.words import AlertSay, clear_words, problem_words, teller
from boussole.dashboard.markup.elements import Html
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say
from boussole.dashboard.server.access.database import moment, now

LATELY = 10


@dataclass(frozen=True, kw_only=True)
class ChannelFacts:
    """A channel: where it leads, as it may be shown; empty where its address cannot be used."""

    channel: Channel
    place: str
    clear: bool = False


@dataclass(frozen=True, kw_only=True)
class AlertFacts:
    """The time zone and the hour of digests, the channels, what was not sent (the oldest first), and what was sent."""

    zone: dt.tzinfo
    hour: int
    channels: Sequence[ChannelFacts]
    waiting: Sequence[Alert]
    lately: Sequence[Alert]


def alert_facts(workspace: Workspace) -> AlertFacts:
    """Looks at them. Raises BoussoleError where the settings or the records cannot be read."""
    found = outbox.alerts(workspace)
    return AlertFacts(
        zone=workspace.settings.zone,
        hour=workspace.settings.alerts.digest_hour,
        channels=[_channel(workspace, each) for each in channels(workspace).values()],
        waiting=[each for each in reversed(found) if each.state != SENT],
        lately=[each for each in found if each.state == SENT][:LATELY],
    )


def _channel(workspace: Workspace, channel: Channel) -> ChannelFacts:
    try:
        where = f"[alerts.channels.{channel.name}]"
        plugin = plugin_of(channel.settings, home=workspace.home, where=where)
    except BoussoleError:
        return ChannelFacts(channel=channel, place="")
    return ChannelFacts(channel=channel, place=place_of(plugin), clear=is_clear(plugin))


def troubles(facts: AlertFacts, lang: str) -> list[tuple[str, str, str]]:
    """What is wrong, where, and what to do: addresses that cannot be used, and for each channel what is not sent."""
    tell, found = teller(lang), []
    for each in facts.channels:
        name = each.channel.name
        if not each.place:
            trial = f"boussole alerts test --channel {name}"
            found.append((problem_words("settings", tell), f"[alerts.channels.{name}]", trial))
        elif each.clear:
            found.append((clear_words(tell), f"[alerts.channels.{name}]", "docs/alerts.md"))
    names = {each.channel.name for each in facts.channels}
    for name in dict.fromkeys(each.channel for each in facts.waiting):
        waiting = [each for each in facts.waiting if each.channel == name]
        if (problem := _problem(waiting, tell, known=name in names)) is not None:
            what = tell.plural(
                "One alert cannot be sent. {why}", "{n} alerts cannot be sent. {why}", len(waiting), why=problem[0]
            )
            found.append((what, f"[alerts.channels.{name}]", problem[1].format(name=name)))
    return found


def _problem(waiting: Sequence[Alert], tell: AlertSay, *, known: bool) -> tuple[str, str] | None:
    """Why the alerts of a channel are not sent, and what to do; None where they only wait for their hour."""
    if not known:
        return tell("boussole.toml no longer has this channel."), "boussole alerts drop {name}"
    if any(_interrupted(each) for each in waiting):
        return tell("A process began to send them and never finished."), "boussole alerts send --interrupted"
    failed = next((each for each in waiting if each.problem), None)
    return (problem_words(failed.problem or "", tell), "boussole alerts send") if failed else None


def _interrupted(alert: Alert) -> bool:
    return alert.state == SENDING and moment(alert.changed_at) < now() - INTERRUPTED_AFTER


def section(facts: AlertFacts | None, say: Say) -> Html:
    """The part of the page. `facts` is None where they could not be read."""
    tell, shown = teller(say.lang), Template("alerts/page.html", say)
    if facts is None:
        return shown("section", None, (), (), tell)
    rows = [[each.channel.name, _place(each, tell), _what(each, tell), _when(each, facts, tell)]
            for each in facts.channels]  # fmt: skip
    sent = [
        [str(each.texts[tell.lang]["title"]), each.channel, state(each, facts.zone, tell)]
        for each in (*facts.waiting, *facts.lately)
    ]
    return shown("section", facts, rows, sent, tell)


def _place(facts: ChannelFacts, tell: AlertSay) -> str:
    if not facts.place:
        return tell("Its address cannot be used.")
    return f"{facts.place} {clear_words(tell)}" if facts.clear else facts.place


def _what(facts: ChannelFacts, tell: AlertSay) -> str:
    settings = facts.channel.settings
    parts = [tell("Only what got worse or is no longer known") if settings.only == "worse" else tell("Every change")]
    if settings.systems:
        parts.append(tell("systems: {list}", list=", ".join(settings.systems)))
    return tell.apart(parts)


def _when(facts: ChannelFacts, every: AlertFacts, tell: AlertSay) -> str:
    hour = tell.whole(every.hour)
    return {
        "off": tell("At once"),
        "daily": tell("Gathered, each day from {hour}:00", hour=hour),
        "weekly": tell("Gathered, on Mondays from {hour}:00", hour=hour),
    }[facts.channel.settings.digest]


def state(alert: Alert, zone: dt.tzinfo, tell: AlertSay) -> str:
    """How far an alert has come, and why no further."""
    if alert.state == SENT:
        return tell("Sent on {when}", when=_moment(alert.changed_at, zone, tell))
    if alert.state == SENDING:
        return tell("Being sent since {when}", when=_moment(alert.changed_at, zone, tell))
    if alert.problem is None:
        return tell("To be sent from {when}", when=_moment(alert.due_at, zone, tell))
    why = problem_words(alert.problem, tell)
    return tell.plural(
        "Waits for the next run after one try. {why}",
        "Waits for the next run after {n} tries. {why}",
        alert.attempts,
        why=why,
    )


def _moment(text: str, zone: dt.tzinfo, tell: AlertSay) -> str:
    here = moment(text).astimezone(zone)
    return tell("{date}, {time}", date=tell.date(here.date()), time=tell.time(here))
