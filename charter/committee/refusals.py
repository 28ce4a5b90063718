"""Why a committee's act is refused, in plain words of both languages, with the next step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ClassVar, Self

from boussole.audits.errors import BoussoleError
from boussole.audits.languages import Catalogue, date_words, typeset

LOCALE = Path(__file__).parent / "locale"

REASONS = {
    "already_so": ("This was recorded already.", "Nothing more is needed."),
    "apart": ("Entry {entry} is no act of this committee.", "Look it up in the list of its acts."),
    "box_changed": (
        "The ballot box of this vote is not the one that the ledger commits to.",
        "Annul the vote and hold it again; then have the server looked at.",
    ),
    "college": ("This committee has no college “{college}”.", "Use one of: {known}."),
    "count_differs": (
        "Who is there has changed since it was counted.",
        "Look at the list of those present, then try again.",
    ),
    "decided_no": (
        "The decision in entry {entry} did not adopt this text.",
        "An opinion is issued once it is adopted.",
    ),
    "decided_other": (
        "The decision in entry {entry} was on another text.",
        "Put the changed text to the committee again.",
    ),
    "draft_moved": (
        "The draft was saved or sealed since you read it; it is at version {version}.",
        "Read it again first.",
    ),
    "draft_closed": (
        "The draft was sealed as entry {entry}.",
        "What is sealed is corrected by a new draft.",
    ),
    "comment_of_another": ("This comment is not yours, or it is no longer there.", "Look at the draft again."),
    "draft_free": (
        "You no longer write in this draft: somebody else may have changed it since.",
        "Begin to write in it again, and bring both texts together.",
    ),
    "draft_taken": (
        "{author} is writing in this draft.",
        "Wait until they have saved it, or until two hours have passed.",
    ),
    "draft_in_use": (
        "A vote or a decision rests on this draft (entry {entry}).",
        "It can be thrown away once that is over: until then members must be able to read it.",
    ),
    "few_supporters": (
        "A self-referral takes {needed} members, and {found} ask for it.",
        "Ask more members to join.",
    ),
    "has_interest": (
        "{member} has declared an interest in this matter.",
        "Name another member.",
    ),
    "holder_gave": ("{member} has given a proxy, or holds one: nobody does both.", "Choose another member."),
    "holder_full": (
        "{member} holds as many proxies as these rules allow: {most}.",
        "Choose another member.",
    ),
    "in_force": ("These rules are in force already.", "Nothing more is needed."),
    "issued": ("There is an opinion on it already (entry {entry}).", "A correction is decided on anew."),
    "is_there": ("{member} is there, and votes in person.", "A proxy is for somebody absent."),
    "itself": ("Nobody can give a proxy to themselves.", "Choose another member."),
    "late_notice": (
        "Between the convocation and the session there are {days} days; these rules ask for {needed}.",
        "Choose a later day, or say why it is urgent.",
    ),
    "lost_key": (
        "The key of this ballot box is gone, so its ballots cannot be counted.",
        "Annul the vote and hold it again.",
    ),
    "mandate_ended": (
        "The mandate of {member} ended on {date}.",
        "Only members whose mandate lasts can do this.",
    ),
    "mandate_order": ("This day is not within the mandate in entry {entry}.", "Give a day on which it lasts."),
    "mandate_overlaps": (
        "{member} already has a mandate in these days (entry {entry}).",
        "End that mandate first, or choose other days.",
    ),
    "minuted": ("The minutes of this session are sealed (entry {entry}).", "Correct the minutes."),
    "no_longer": (
        "The same words were sealed in entry {entry}, and no longer count.",
        "If they shall count again, say that they are recorded anew.",
    ),
    "no_item": ("The agenda has no item “{item}”.", "Use one of: {known}."),
    "no_mandate": ("{member} has no mandate on {date}.", "Only members of the committee can do this."),
    "no_quorum": (
        "There is no quorum: {counted} count as there, and {needed} are needed.",
        "Wait for more members, or record that there is no quorum and call a second session.",
    ),
    "no_remote": ("One cannot take part in this session from afar.", "Call it with remote participation."),
    "no_text": ("This needs a reason in words.", "Give the reason."),
    "no_urgency": ("These rules know no urgent convocation.", "Choose a later day."),
    "no_votes": ("Nobody has voted.", "Wait for votes, or annul this vote."),
    "not_adopted_to_publish": (
        "The committee has not decided to publish this opinion.",
        "Record its decision first.",
    ),
    "not_closed": ("The session is not over.", "Close it first."),
    "not_frozen": ("Nothing is frozen for this session.", "Freeze the evidence first."),
    "not_minuted": ("The minutes of this session are not sealed.", "Seal them first."),
    "noted_item": (
        "A note was taken on the item “{item}”, and the new agenda does not have it under this title.",
        "Keep its title: the note would be lost.",
    ),
    "other_minutes": (
        "The acts of this session no longer make the minutes that entry {entry} sealed.",
        "Verify the ledger: it says what was changed.",
    ),
    "not_last": ("Entry {entry} came after it.", "Give the latest one."),
    "not_open_vote": ("This vote is by secret ballot.", "Vote by secret ballot."),
    "not_secret_vote": ("This vote is open.", "Vote openly."),
    "not_session_day": ("The session takes place on {date}.", "Give that day, or change the convocation."),
    "not_that_kind": ("Entry {entry} is not what is needed here.", "Look it up in the list of records."),
    "not_their_proxy": (
        "{holder} holds no proxy of {member} that counts here.",
        "A proxy counts while its holder is there, its giver is not, and neither stands aside.",
    ),
    "not_there": (
        "{member} is not there, and nobody there holds their proxy.",
        "Record that they are there, or their proxy, before they vote.",
    ),
    "opened": ("The session has begun.", "This is done before it begins."),
    "order_of_days": ("{date} is too early for this.", "Give a later day."),
    "other_agenda": (
        "A second session takes up the agenda of the one without quorum.",
        "Call it with the same items.",
    ),
    "other_rules": ("The rules have changed in between.", "Try again."),
    "other_votes": ("There are other votes than those counted.", "Count again."),
    "presides": ("{member} presides when they are there.", "Name them as presiding."),
    "proxy_given": ("{member} has given a proxy for this session already.", "Take it back first."),
    "proxies_none": ("These rules know no proxies.", "Members who cannot come are excused."),
    "quorum_reached": ("There is a quorum: {counted} count as there, and {needed} are needed.", "Open the session."),
    "same_college": ("A member is replaced by another of the same college.", "Choose the college of entry {entry}."),
    "same_member": ("A member does not replace themselves.", "Record a new mandate from the day this one ends."),
    "second_call_once": (
        "Entry {entry} is no session that lacked a quorum and has no second call yet.",
        "Give the session without quorum.",
    ),
    "session_cancelled": ("The session was cancelled.", "Call another one."),
    "session_closed": ("The session is over.", "This is done while it lasts."),
    "session_not_open": ("The session has not begun.", "Open it first."),
    "session_lacked_quorum": ("The session did not begin, for lack of a quorum.", "Call a second session."),
    "stands_aside": (
        "{member} stands aside on this item, and so takes no part in it.",
        "They can leave the room while it is dealt with.",
    ),
    "too_few_for_secret": (
        "A ballot of {found} voters would not be secret; these rules ask for {needed}.",
        "Vote openly, or wait for more members.",
    ),
    "too_few_secret_ballots": (
        "With {found} ballots, the result would tell who voted what; these rules ask for {needed}.",
        "Wait for more votes, or annul this vote.",
    ),
    "unwritten_decision": (
        "What is decided still holds “{words}”, which stands for words to come.",
        "Write it out, then try again.",
    ),
    "unwritten_hearing": (
        "What {who} said still holds “{words}”, which stands for words to come.",
        "Write it out, then try again.",
    ),
    "unwritten_note": (
        "The note on item {number}, “{item}”, still holds “{words}”, which stands for words to come.",
        "Write the note out, then seal the minutes.",
    ),
    "unwritten_reservation": (
        "Reservation {number} of the opinion still holds “{words}”, which stands for words to come.",
        "Complete the draft, have the completed text adopted, then issue it.",
    ),
    "unwritten_title": (
        "The title of the opinion still holds “{words}”, which stands for words to come.",
        "Complete the draft, have the completed text adopted, then issue it.",
    ),
    "unwritten_words": (
        "Paragraph {number} of the opinion still holds “{words}”, which stands for words to come.",
        "Complete the draft, have the completed text adopted, then issue it.",
    ),
    "vote_over": ("This vote is over since {date}.", "Nobody can vote any more."),
    "vote_running": ("A vote is still open (entry {entry}).", "Close or annul it first."),
    "vote_void": ("This vote was annulled.", "Vote in the one that replaces it."),
    "voted": ("The vote of {member} was counted already.", "Each member votes once."),
}
"""Of each reason: what is wrong, and the next step."""

Value = str | int | dt.date


class RefusedError(BoussoleError):
    """An act that the rules of the committee do not allow. Members appear in it by their numbers."""

    reasons: ClassVar[Mapping[str, tuple[str, str]]] = REASONS
    locale: ClassVar[Path] = LOCALE
    at: str = ""
    """The field in which it is to be mended; empty: the whole."""

    def __init__(self, reason: str, **values: Value) -> None:
        self.reason, self.values = reason, values
        what, step = (self._filled(text, "en", str) for text in self.reasons[reason])
        super().__init__(what, next_step=step)

    def about(self, field: str) -> Self:
        """The same, to be mended in a field."""
        self.at = field
        return self

    def said(self, lang: str, *, name: Callable[[str], str] = str) -> str:
        """The reason and the next step; `name` gives the name of a member from their number."""
        return " ".join(self._filled(text, lang, name) for text in self.reasons[self.reason])

    def _filled(self, text: str, lang: str, name: Callable[[str], str]) -> str:
        written = {key: _written(key, value, lang, name) for key, value in self.values.items()}
        return typeset(Catalogue(self.locale, lang).gettext(text).format(**written), lang)


def _written(key: str, value: Value, lang: str, name: Callable[[str], str]) -> str:
    if isinstance(value, dt.date):
        return date_words(value, lang)
    return name(str(value)) if key in ("author", "holder", "member") else str(value)
