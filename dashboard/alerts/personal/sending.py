"""Sending each reader what concerns them: what cannot wait at once, all else in one letter a day."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.charter.records.store.lookup import audit_days
from boussole.dashboard.alerts.channels import Channel, is_mail, plugin_of
from boussole.dashboard.alerts.mail import send_mail
from boussole.dashboard.alerts.messages import WAITING, Message
from boussole.dashboard.alerts.personal import box
from boussole.dashboard.alerts.personal.letter import personal_letter
from boussole.dashboard.alerts.personal.readers import Reader, channel_of, readers
from boussole.dashboard.alerts.sending import MESSAGE_SECONDS, bounded
from boussole.dashboard.alerts.words import teller
from boussole.dashboard.server.access.database import now as this_moment
from boussole.dashboard.server.access.database import seen, stamp, wish_of
from boussole.dashboard.views.chamber import chambers
from boussole.dashboard.views.concern import Concern
from boussole.dashboard.views.concerns import concerns_of
from boussole.dashboard.views.scene import load
from boussole.dashboard.words.say import speaker

LATELY = dt.timedelta(days=7)
"""What came up earlier is not sent, so that the first letter brings no history; what is ahead or due always is."""
AHEAD = ("session", "vote", "due")
OF_ONE = ("recipient",)
"""Problems of one reader: after any other the server is left in peace until the next run."""


@dataclass(frozen=True, kw_only=True)
class LettersSent:
    """What a run did: how many letters went, and why others did not, by the name of their reader."""

    done: int = 0
    failed: Sequence[tuple[str, str]] = ()


def send_letters(
    workspace: Workspace, *, now: dt.datetime | None = None, at_once: bool = False, seconds: float | None = None
) -> LettersSent:
    """Sends what is due to each reader; nothing where the settings name no server for it.

    Raises BoussoleError where what they name is no e-mail, or cannot be used.
    """
    channel = channel_of(workspace)
    if channel is None:
        return LettersSent()
    run = _Run(workspace, channel, now=now, at_once=at_once)
    began, done = time.monotonic(), 0
    failed: list[tuple[str, str]] = []
    for reader in run.readers:
        while seconds is None or time.monotonic() - began < seconds:
            problem = run.one(reader)
            if problem is None:
                break
            if problem:
                failed.append((reader.whose.name, problem))
                break
            done += 1
        if failed and failed[-1][1].partition(" ")[0] not in OF_ONE:
            break
    return LettersSent(done=done, failed=failed)


class _Run:
    """One run over all readers, with what they are told read once."""

    def __init__(self, workspace: Workspace, channel: Channel, *, now: dt.datetime | None, at_once: bool) -> None:
        self.workspace, self.channel, self.now = workspace, channel, now
        self.plugin: Any = plugin_of(workspace, channel)
        if not is_mail(self.plugin):
            raise BoussoleError(
                "members are written to by e-mail, and this channel is none.",
                where=f'[alerts] members = "{channel.name}"',
                next_step="Name a channel whose address begins with mailto:// or mailtos://.",
            )
        settings, moment = workspace.settings, self._moment()
        zone = settings.alerts.zone if "timezone" in settings.alerts.model_fields_set else settings.zone
        here = moment.astimezone(zone)
        self.turn = box.Round(
            by=uuid.uuid4().hex,
            now=moment,
            zone=zone,
            gathers=here.hour >= settings.alerts.digest_hour,
            at_once=at_once,
        )
        today = moment.astimezone(settings.zone).date()
        held = {name: each.at_its_hour() for name, each in chambers(workspace, today=today).items()}
        self.chambers, self.scene, self.audited = held, load(workspace, today=today), audit_days(workspace)
        self.readers = [each for each in readers(workspace, held) if wish_of(workspace, each.whose.name).letters]
        keep = dt.timedelta(days=settings.alerts.keep_days)
        box.tidied(workspace, [each.whose.name for each in self.readers], now=moment, keep=keep)

    def _moment(self) -> dt.datetime:
        return self.now or this_moment()

    def one(self, reader: Reader) -> str | None:
        """Sends one letter: empty where it went, the code of the problem where not; None where none is due."""
        lang = wish_of(self.workspace, reader.whose.name).lang or self.workspace.settings.language
        known = seen(self.workspace, reader.whose.name)
        unseen = [each for each in self._concerns(reader, lang) if each.key not in known]
        since = self.turn.today - LATELY
        new = [each for each in unseen if each.on >= since or each.kind in AHEAD]
        letter = box.taken(
            self.workspace,
            reader.whose.name,
            unseen=[each.key for each in unseen],
            urgent=[each.key for each in new if each.urgent],
            new=[each.key for each in new],
            turn=self.turn,
        )
        if letter is None:
            return None
        problem = self._sent(letter, reader, [each for each in unseen if each.key in letter.keys], lang)
        if problem:
            box.failed(self.workspace, letter, by=self.turn.by, problem=problem, now=self._moment())
        else:
            box.sent(self.workspace, letter, now=self._moment())
        return problem

    def _concerns(self, reader: Reader, lang: str) -> Sequence[Concern]:
        settings = self.workspace.settings
        say = speaker(lang, settings.zone, settings.language)
        return concerns_of(reader.whose, self.chambers, self.scene, say, audited=self.audited, query={"lang": say.lang})

    def _sent(self, letter: box.PersonalLetter, reader: Reader, concerns: Sequence[Concern], lang: str) -> str:
        settings = self.workspace.settings
        made = personal_letter(
            concerns,
            teller(lang),
            organisation=settings.organisation,
            address=settings.alerts.address or settings.access.address.rstrip("/"),
        )
        message = _message(letter, self.channel.name)
        try:
            return bounded(
                lambda: send_mail(self.plugin, made, message, noted=lambda _: None, to=[reader.address]),
                seconds=MESSAGE_SECONDS,
            )
        except Exception as error:  # noqa: BLE001 (one letter that cannot be sent keeps no other, and is told)
            return f"other {type(error).__name__}"


def _message(letter: box.PersonalLetter, channel: str) -> Message:
    """The letter as mail sends it: under its number, dated from when it was written."""
    return Message(
        id=letter.id,
        channel=channel,
        digest="off" if letter.urgent else "daily",
        created_at=letter.created_at,
        due_at=letter.created_at,
        state=WAITING,
        attempts=letter.attempts,
        try_at=stamp(this_moment()),
        problem=None,
        accepted=frozenset(),
        ended_at=None,
    )
