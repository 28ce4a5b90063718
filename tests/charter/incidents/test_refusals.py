"""What refusals of incidents and appeals say exists in French, once, typeset."""

from __future__ import annotations

import re

from babel.messages.pofile import read_po

from boussole.audits.languages import french
from boussole.charter.incidents.refusals import LOCALE, REASONS, UNEXPLAINED, EntryRefusedError


def test_every_refusal_is_said_in_french():
    with (LOCALE / "fr" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        known = [message for message in read_po(file, locale="fr") if message.id]
    assert {message.id for message in known} == {
        text for pair in (*REASONS.values(), *UNEXPLAINED.values()) for text in pair
    }
    for message in known:
        assert message.string == french(message.string)
        assert set(re.findall(r"\{(\w+)\}", message.string)) == set(re.findall(r"\{(\w+)\}", message.id))
    assert EntryRefusedError("withdrawn", entry=4).said("fr").startswith("L’écriture n°\u00a04 a été retirée.")
