"""Alerts on the settings page: who is told of what and when, what waits and why, what was sent lately."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from boussole.audits.errors import BoussoleError
from boussole.audits.languages import capital
from boussole.audits.workspace import Workspace
from boussole.charter.committee.people.members import sitting_on
from boussole.dashboard.alerts.channels import (
    Caution,
    Channel,
    caution_words,
    cautions,
    known_channels,
    place_of,
    plugin_of,
    problem_words,
    recipients,
)
from boussole.dashboard.alerts.letters import layout, subject
from boussole.dashboard.alerts.messages import DROPPED, SENT, WAITING, AlertSay, Message, teller
from boussole.dashboard.alerts.outbox import PersonalLetter, messages, stuck
from boussole.dashboard.alerts.personal import channel_of, readers
from boussole.dashboard.markup.elements import Html
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say
from boussole.dashboard.server.access.database import moment
from boussole.dashboard.views.chamber import chambers

# What there is to see of alerts: the channels as they may be shown, what waits, and what was sent lately.


LATELY = 10


@dataclass(frozen=True, kw_only=True)
class Way:
    """A channel: where it leads, as it may be shown, to how many addresses, what is wrong with it, and what should be
    known of it."""

    channel: Channel
    place: str
    recipients: int
    fault: BoussoleError | None = None
    cautions: Sequence[Caution] = ()


@dataclass(frozen=True, kw_only=True)
class AlertFacts:
    """The time zone of digests, the channels, the messages that wait (the oldest first), and those that were sent or
    dropped last."""

    zone: dt.tzinfo = dt.UTC
    ways: Sequence[Way] = ()
    waiting: Sequence[Message] = ()
    lately: Sequence[Message] = ()
    letters: LetterFacts | None = None

    @property
    def stuck(self) -> list[Message]:
        """What was tried and did not go."""
        return [each for each in self.waiting if each.problem is not None]


@dataclass(frozen=True, kw_only=True)
class LetterFacts:
    """Letters to members and secretaries: by the server of which channel, those that do not go, and how many members
    who sit cannot be written to."""

    channel: str
    stuck: Sequence[PersonalLetter]
    unreached: int


def alert_facts(workspace: Workspace) -> AlertFacts:
    """Looks at them. Raises BoussoleError where the settings or the records cannot be read."""
    ended = [each for state in (SENT, DROPPED) for each in messages(workspace, state=state, limit=LATELY)]
    ended.sort(key=lambda each: each.ended_at or "", reverse=True)
    waiting = sorted(messages(workspace, state=WAITING), key=lambda each: (each.due_at, each.created_at))
    ways = [_way(workspace, channel) for channel in known_channels(workspace).values()]
    zone = workspace.settings.alerts.zone
    return AlertFacts(zone=zone, ways=ways, waiting=waiting, lately=ended[:LATELY], letters=_letters(workspace))


def _letters(workspace: Workspace) -> LetterFacts | None:
    """None where nobody is to be written to."""
    channel = channel_of(workspace)
    if channel is None:
        return None
    held = chambers(workspace, today=workspace.today())
    sitting = {member for each in held.values() for member in sitting_on(each.house, each.now.date())}
    reached = {each.whose.member for each in readers(workspace, held)}
    return LetterFacts(channel=channel.name, stuck=stuck(workspace), unreached=len(sitting - reached))


def _way(workspace: Workspace, channel: Channel) -> Way:
    try:
        plugin = plugin_of(workspace, channel)
    except BoussoleError as error:
        return Way(channel=channel, place="", recipients=0, fault=error)
    return Way(channel=channel, place=place_of(plugin), recipients=len(recipients(plugin)), cautions=cautions(plugin))


# Alerts on the settings page: who is told of what and when, what waits and why, what was sent lately.


Words = tuple[str, str, str]
"""What is wrong, where, and what to do."""


def troubles(facts: AlertFacts, lang: str) -> list[Words]:
    """What is wrong: addresses that cannot be used, and for each channel what does not go."""
    tell = teller(lang)
    found = [
        (problem_words("settings", tell), f"[alerts.channels.{way.channel.name}]", _trial(way))
        for way in facts.ways
        if way.fault is not None
    ]
    found += [
        (caution_words(each, tell), f"[alerts.channels.{way.channel.name}]", "docs/alerts.md")
        for way in facts.ways
        for each in way.cautions
        if each != "itself"
    ]
    for name in dict.fromkeys(each.channel for each in facts.stuck):
        stuck = [each for each in facts.stuck if each.channel == name]
        why = problem_words(stuck[0].problem or "", tell)
        waiting = [each for each in facts.waiting if each.channel == name]
        what = tell.plural(
            "One message about changes cannot be sent. {why}",
            "{n} messages about changes cannot be sent. {why}",
            len(waiting),
            why=why,
        )
        step = tell(
            "Nothing is lost: it is tried again on {when}. At once: boussole alerts send --now",
            when=_moment(stuck[0].try_at, facts.zone, tell),
        )
        found.append((what, f"[alerts.channels.{name}]", step))
    return [*found, *(_letter_trouble(facts.letters, facts.zone, tell) if facts.letters else ())]


def _letter_trouble(facts: LetterFacts, zone: dt.tzinfo, tell: AlertSay) -> list[Words]:
    """What does not reach members and secretaries; whom, no page says."""
    if not facts.stuck:
        return []
    why = problem_words(facts.stuck[0].problem or "", tell)
    what = tell.plural(
        "One letter to a member or secretary cannot be sent. {why}",
        "{n} letters to members or secretaries cannot be sent. {why}",
        len(facts.stuck),
        why=why,
    )
    step = tell(
        "Nothing is lost: it is tried again on {when}. At once: boussole alerts send --now",
        when=_moment(min(each.try_at for each in facts.stuck), zone, tell),
    )
    return [(what, "[alerts] members", step)]


def _trial(way: Way) -> str:
    return f"boussole alerts test --channel {way.channel.name}"


def section(facts: AlertFacts | None, say: Say) -> Html:
    """The part of the page. `facts` is None where they could not be read."""
    tell, shown = teller(say.lang), Template("alerts/page.html", say)
    if facts is None:
        return shown("section", None, (), (), (), tell)
    ways = [[way.channel.name, _place(way, tell), _about(way, tell), _when(way, tell)] for way in facts.ways]
    sent = [
        [_subject(each, tell), each.channel, _state(each, facts.zone, tell)] for each in (*facts.waiting, *facts.lately)
    ]
    return shown("section", facts, ways, _members(facts.letters, tell) if facts.letters else (), sent, tell)


def _members(facts: LetterFacts, tell: AlertSay) -> list[str]:
    """That members and secretaries are written to, and how many cannot be."""
    told = tell(
        "Members and secretaries get what concerns them by the server of the channel “{name}”, once a day at the most, "
        "unless it cannot wait.",
        name=facts.channel,
    )
    unreached = tell.plural(
        "One member who sits has no e-mail address of their own here: nothing is sent to them.",
        "{n} members who sit have no e-mail address of their own here: nothing is sent to them.",
        facts.unreached,
    )
    return [told, *([unreached] if facts.unreached else [])]


def _place(way: Way, tell: AlertSay) -> str:
    if way.fault is not None:
        return tell("Its address cannot be used.")
    place = way.place
    if way.recipients:
        addresses = tell.plural("one address", "{n} addresses", way.recipients)
        place = tell("{place}, {addresses}", place=place, addresses=addresses[:1].lower() + addresses[1:])
    told = [caution_words(each, tell) for each in way.cautions]
    return " ".join([place if place.endswith("…") or not told else f"{place}.", *told])


def _about(way: Way, tell: AlertSay) -> str:
    channel = way.channel
    told = {"verdicts": tell("verdicts"), "drift": tell("drift")}
    parts = [capital(", ".join(told[name] for name in channel.about))]
    if channel.only == "worse":
        parts.append(tell("only what got worse or cannot be told any more"))
    if channel.given.systems:
        parts.append(tell("systems: {list}", list=", ".join(channel.given.systems)))
    if channel.given.articles:
        parts.append(tell("articles: {list}", list=", ".join(channel.given.articles)))
    return tell.apart(parts)


def _when(way: Way, tell: AlertSay) -> str:
    hour = tell.whole(way.channel.settings.digest_hour)
    return {
        "off": tell("At once"),
        "daily": tell("Gathered, each day from {hour}:00", hour=hour),
        "weekly": tell("Gathered, on Mondays from {hour}:00", hour=hour),
    }[way.channel.digest]


def _subject(message: Message, tell: AlertSay) -> str:
    texts = {each.number: each.facts["texts"][tell.lang] for each in message.items}
    return subject(layout(message.items), texts, tell)


def _state(message: Message, zone: dt.tzinfo, tell: AlertSay) -> str:
    if message.ended_at is not None:
        when = _moment(message.ended_at, zone, tell)
        return tell("Dropped on {when}", when=when) if message.state == DROPPED else tell("Sent on {when}", when=when)
    if message.problem is None:
        return tell("To be sent from {when}", when=_moment(message.due_at, zone, tell))
    when, why = _moment(message.try_at, zone, tell), problem_words(message.problem, tell)
    return tell.plural(
        "Waits after one try, the next on {when}. {why}",
        "Waits after {n} tries, the next on {when}. {why}",
        message.attempts,
        when=when,
        why=why,
    )


def _moment(text: str, zone: dt.tzinfo, tell: AlertSay) -> str:
    here = moment(text).astimezone(zone)
    return tell("{date}, {time}", date=tell.date(here.date()), time=tell.time(here))
