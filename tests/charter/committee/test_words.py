"""What papers and refusals say exists in French, once, typeset; and nothing else is in the catalogue."""

from __future__ import annotations

import re

from babel.messages.pofile import read_po

from boussole.audits.languages import french
from boussole.charter.committee.papers import words
from boussole.charter.committee.papers.words import MESSAGES
from boussole.charter.committee.refusals import REASONS


def test_the_catalogue_holds_what_is_said_and_nothing_else():
    with (words.LOCALE / "fr" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        known = [message for message in read_po(file, locale="fr") if message.id]
    said = {*MESSAGES.values(), *(text for pair in REASONS.values() for text in pair)}
    assert {message.id for message in known} == said
    for message in known:
        assert message.string == french(message.string)
        assert set(re.findall(r"\{(\w+)\}", message.string)) == set(re.findall(r"\{(\w+)\}", message.id))
