"""What there is to see of alerts: the channels as they may be shown, what waits, and what was sent lately."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.charter.committee.people.members import sitting_on
from boussole.dashboard.alerts.channels import (
    Caution,
    Channel,
    cautions,
    known_channels,
    place_of,
    plugin_of,
    recipients,
)
from boussole.dashboard.alerts.messages import DROPPED, SENT, WAITING, Message
from boussole.dashboard.alerts.outbox import messages
from boussole.dashboard.alerts.personal.box import PersonalLetter, stuck
from boussole.dashboard.alerts.personal.readers import channel_of, readers
from boussole.dashboard.views.chamber import chambers

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
