"""Letters: what concerns a member or secretary, by e-mail to them alone, once a day unless it cannot wait."""

from __future__ import annotations

import datetime as dt
import re
import time
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.charter.committee.people.directory import directory
from boussole.charter.committee.people.members import sitting_on
from boussole.charter.records.store.lookup import audit_days
from boussole.dashboard.alerts import outbox
from boussole.dashboard.alerts.channels import Channel, is_mail, known_channels, plugin_of
from boussole.dashboard.alerts.letters import SUBJECT, Letter, line
from boussole.dashboard.alerts.letters import made as as_html
from boussole.dashboard.alerts.messages import WAITING, AlertSay, Message, teller
from boussole.dashboard.alerts.sending import MESSAGE_SECONDS, bounded, send_mail
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.markup.words.addresses import concerns_href
from boussole.dashboard.server.access.database import now as this_moment
from boussole.dashboard.server.access.database import seen, stamp, wish_of
from boussole.dashboard.server.access.identity import reader_of
from boussole.dashboard.views.chamber import Chamber, chambers
from boussole.dashboard.views.concerns import Concern, Whose, concerns_of
from boussole.dashboard.views.scene import load

# A letter to one reader, in their language: a subject, a text, and the same as HTML. It names and quotes nobody.


def personal_letter(concerns: Sequence[Concern], tell: AlertSay, *, organisation: str, address: str) -> Letter:
    """What is sent. `address`: of the dashboard, to which alone links lead; empty: no links."""
    made = _Made(concerns, tell, organisation, address)
    return Letter(
        subject=line(f"[Boussole] {made.subject}", SUBJECT),
        text=made.text(),
        html=as_html("letter", made.told(), tell),
        document={},
        unfavourable=False,
    )


class _Made:
    def __init__(self, concerns: Sequence[Concern], tell: AlertSay, organisation: str, address: str) -> None:
        self.concerns, self.tell, self.address = concerns, tell, address
        self.organisation = line(organisation, 200)
        n = len(concerns)
        only = line(concerns[0].text.rstrip("."), SUBJECT) if n == 1 else ""
        self.subject = only or tell.plural("One new thing concerns you", "{n} new things concern you", n)

    def text(self) -> str:
        """As plain text."""
        blocks = [self.subject, self.organisation]
        for each in self.concerns:
            link = f"\n  {self.address}{each.href}" if self.address else ""
            blocks.append(f"- {self._said(each)}{link}")
        return "\n\n".join([*blocks, "-- \n" + "\n".join(self._small())]) + "\n"

    def _said(self, each: Concern) -> str:
        """The sentence, after its day, with its committee where there are several."""
        place = f" — {line(each.place, 200)}" if each.place else ""
        return self.tell("{date}: {text}", date=self.tell.date(each.on), text=line(each.text, 500)) + place

    def _small(self) -> list[str]:
        """Why it came, how often, and how it stops."""
        why = self.tell(
            "You get this as a member or secretary of a committee: one e-mail a day at the most, unless something "
            "cannot wait."
        )
        stop = self.tell("To get none any more, or in another language: “What concerns you”, in Boussole.")
        place = f"{self.address}{self._settings()}" if self.address else ""
        return [why, " ".join(part for part in (stop, place) if part)]

    def _settings(self) -> str:
        return concerns_href(query={"lang": self.tell.lang}, anchor="by-mail")

    def told(self) -> dict[str, Any]:
        """The same for letters.html."""
        stop = self.tell("To get none any more, or in another language: “What concerns you”, in Boussole.")
        return {
            "lang": self.tell.lang,
            "subject": self.subject,
            "organisation": self.organisation,
            "rows": [(self._said(each), self._address(each.href)) for each in self.concerns],
            "why": self._small()[0],
            "stop": (stop, self._address(self._settings())),
        }

    def _address(self, href: str) -> str:
        return f"{self.address}{href}" if self.address else ""


# Who can be written to: members who sit today, by the contact kept of them, and secretaries, by the settings.


ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}", re.ASCII)
"""What is an address and nothing else: no name, no comma, no line that could begin another header."""
Reach = Literal["off", "nowhere", "reached"]


@dataclass(frozen=True, kw_only=True)
class AlertReader:
    """Somebody who can be written to."""

    whose: Whose
    address: str


def channel_of(workspace: Workspace) -> Channel | None:
    """The channel whose mail server brings letters; None where the settings name none."""
    name = workspace.settings.alerts.members
    return known_channels(workspace)[name] if name else None


def readers(workspace: Workspace, chambers: Mapping[str, Chamber]) -> list[AlertReader]:
    """Everybody who can be written to, each once. An address that several members share is nobody's.

    A member who is a secretary too gets one letter, as a member.
    """
    addresses = {member: known for member, each in directory(workspace).items() if (known := address_in(each.contact))}
    shared = Counter(each.casefold() for each in addresses.values())
    sitting = {member for each in chambers.values() for member in sitting_on(each.house, each.now.date())}
    secretaries = _secretaries(workspace, chambers)
    found = []
    for member, address in addresses.items():
        if member in sitting and shared[address.casefold()] == 1:
            of = secretaries.pop(address.casefold(), frozenset())
            found.append(AlertReader(whose=Whose(name=member, member=member, secretary_of=of), address=address))
    found += [
        AlertReader(whose=Whose(name=reader_of(address), secretary_of=of), address=address)
        for address, of in secretaries.items()
        if shared[address] <= 1
    ]
    return found


def address_in(contact: str) -> str:
    """The address of a contact; empty where it is none, or more than that.

    >>> address_in(" ada@example.org "), address_in("ada@example.org\\r\\nBcc: eve@example.org"), address_in("01 23")
    ('ada@example.org', '', '')
    """
    found = contact.strip()
    return found if len(found) <= 254 and ADDRESS.fullmatch(found) else ""


def reach(workspace: Workspace, somebody: Whose, chambers: Mapping[str, Chamber]) -> Reach:
    """Whether letters can come to somebody: there is a server, and an address that is theirs alone."""
    if channel_of(workspace) is None:
        return "off"
    return "reached" if somebody.name in {each.whose.name for each in readers(workspace, chambers)} else "nowhere"


def _secretaries(workspace: Workspace, chambers: Mapping[str, Chamber]) -> dict[str, frozenset[str]]:
    """By address: the committees beside which the settings name it."""
    found: dict[str, set[str]] = {}
    for committee, named in workspace.settings.access.secretaries.items():
        for each in named if committee in chambers else ():
            if address := address_in(str(each)):
                found.setdefault(address.casefold(), set()).add(committee)
    return {address: frozenset(of) for address, of in found.items()}


# Sending each reader what concerns them: what cannot wait at once, all else in one letter a day.


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
        self.turn = outbox.OutboxRound(
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
        outbox.tidied(workspace, [each.whose.name for each in self.readers], now=moment, keep=keep)

    def _moment(self) -> dt.datetime:
        return self.now or this_moment()

    def one(self, reader: AlertReader) -> str | None:
        """Sends one letter: empty where it went, the code of the problem where not; None where none is due."""
        lang = wish_of(self.workspace, reader.whose.name).lang or self.workspace.settings.language
        known = seen(self.workspace, reader.whose.name)
        unseen = [each for each in self._concerns(reader, lang) if each.key not in known]
        since = self.turn.today - LATELY
        new = [each for each in unseen if each.on >= since or each.kind in AHEAD]
        letter = outbox.taken(
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
            outbox.letter_failed(self.workspace, letter, by=self.turn.by, problem=problem, now=self._moment())
        else:
            outbox.letter_sent(self.workspace, letter, now=self._moment())
        return problem

    def _concerns(self, reader: AlertReader, lang: str) -> Sequence[Concern]:
        settings = self.workspace.settings
        say = speaker(lang, settings.zone, settings.language)
        return concerns_of(reader.whose, self.chambers, self.scene, say, audited=self.audited, query={"lang": say.lang})

    def _sent(self, letter: outbox.PersonalLetter, reader: AlertReader, concerns: Sequence[Concern], lang: str) -> str:
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


def _message(letter: outbox.PersonalLetter, channel: str) -> Message:
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
