"""What the minutes of a committee say, in one language."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from boussole.audits.languages import Catalogue, capital, date_words, typeset

LOCALE = Path(__file__).parent.parent / "locale"

MESSAGES = {
    "second_call": "Second call: no quorum is needed.",
    "urgent": "Called with less notice: {reason}",
    "minutes": "{committee}: minutes of the session of {date}",
    "from_to": "From {start} to {end}, {place}",
    "is_extraordinary": "Extraordinary session",
    "called_on": "Called on {date}, days before the session: {days}",
    "rules_adopted": "Held under the rules that the committee adopted",
    "rules_proposed": "Held under rules that the committee has not adopted yet",
    "presided": "Presided by {member}",
    "quorum_was": "Quorum: {counted} of {members} members counted as there, {needed} were needed",
    "quorum_lacked": "No quorum: {counted} of {members} members counted as there, {needed} were needed. The session "
    "did not begin.",
    "members": "Members",
    "member": "Member",
    "college": "College",
    "presence": "Presence",
    "presence_in_person": "there",
    "presence_remote": "there, from afar",
    "presence_excused": "excused",
    "presence_absent": "absent",
    "proxy_to": "{presence}, proxy to {member}",
    "stood_aside": "Stood aside on this item: {members}.",
    "referred": "Referral: {subject} ({sender}). Rapporteur: {member}.",
    "nobody": "nobody named",
    "heard": "Heard: {who}.",
    "annulled": "Vote annulled: {title}. Reason: {reason}",
    "no_decision": "No decision was taken.",
    "was_adopted": "Adopted: {title},",
    "was_rejected": "Not adopted: {title},",
    "by_consensus": "by consensus, without a vote.",
    "by_open_vote": "in an open vote; for: {in_favour}, against: {against}, abstained: {abstained}.",
    "by_secret_vote": "by secret ballot; for: {in_favour}, against: {against}, abstained: {abstained}.",
    "by_casting_vote": "Votes were equal; the vote of the member who presided decided.",
    "voted_for": "For: {members}",
    "voted_against": "Against: {members}",
    "voted_abstain": "Abstained: {members}",
    "noted_dissent": "Dissent of {member}:",
    "noted_reservation": "Reservation of {member}:",
    "sense_favourable": "favourable",
    "sense_reserved": "favourable with reservations",
    "sense_unfavourable": "unfavourable",
    "sense_none": "neither for nor against",
    "questions": "Questions asked",
    "to_answer": "(to: {who}, by {date})",
    "evidence": "Evidence",
    "pack_was": "Frozen pack: the first {size} entries of the ledger (root {root}), charter {version}, audits: "
    "{audits}",
    "fingerprint": "Fingerprint of these minutes (SHA-256): {sha256}",
    "unnamed": "member {number}",
}


class PaperWords:
    """The words of a committee's papers in one language.

    >>> PaperWords("en")("heard", who="Head of an agency")
    'Heard: Head of an agency.'
    """

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self._catalogue = Catalogue(LOCALE, lang)

    def __call__(self, key: str, **values: str) -> str:
        return typeset(self._catalogue.gettext(MESSAGES[key]).format(**values), self.lang)

    def date(self, day: dt.date) -> str:
        return date_words(day, self.lang)

    def time(self, moment: dt.datetime) -> str:
        """Hour and minute, as the language writes them.

        >>> PaperWords("en").time(dt.datetime(2026, 12, 3, 9, 5))
        '09:05'
        """
        return f"{moment.hour}\u00a0h\u00a0{moment:%M}" if self.lang == "fr" else f"{moment:%H:%M}"

    def text(self, texts: dict[str, str]) -> str:
        """A text of the rules in this language, else in the first it has."""
        return capital(typeset(texts.get(self.lang) or next(iter(texts.values())), self.lang))
