"""A message that says it is a test: it goes the same way as others, and nothing is kept of it."""

from __future__ import annotations

import uuid

from boussole.audits.workspace import Workspace
from boussole.dashboard.alerts.channels import Channel
from boussole.dashboard.alerts.messages import WAITING, ChangeMessage, Message
from boussole.dashboard.alerts.sending import MESSAGE_SECONDS, bounded, transmit
from boussole.dashboard.alerts.words import teller
from boussole.dashboard.server.access.database import now, stamp


def try_out(workspace: Workspace, channel: Channel) -> str:
    """Sends it. The code of the problem, or nothing. Raises BoussoleError where the address cannot be used."""
    message = _message(channel)
    return bounded(lambda: transmit(workspace, channel, message, noted=lambda _: None), seconds=MESSAGE_SECONDS)


def _message(channel: Channel) -> Message:
    moment = stamp(now())
    texts = {}
    for lang in channel.languages:
        tell = teller(lang)
        texts[lang] = {
            "system": tell("Test"),
            "place": tell("This message is a test"),
            "question": "",
            "moved": tell("nothing has changed"),
            "sentence": tell("Messages of this channel come like this one."),
            "whole": "",
            "since": "",
            "before": "",
            "period": "",
            "cause": "",
            "page": "/settings",
        }
    facts = {"start": moment[:10], "end": moment[:10], "since": None, "entry": None, "cause": "test", "texts": texts}
    told = ChangeMessage(
        number=0,
        system="test",
        subject="test/test",
        before=None,
        after="not_examined",
        direction="other",
        detected_at=moment,
        facts=facts,
    )
    return Message(
        id=uuid.uuid4().hex,
        channel=channel.name,
        digest="off",
        created_at=moment,
        due_at=moment,
        state=WAITING,
        attempts=1,
        try_at=moment,
        problem=None,
        accepted=frozenset(),
        ended_at=None,
        items=[told],
    )
