"""The minutes of a session as data: whether they are sealed and approved, their fingerprint, where to take them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from boussole.audits.languages import LANGUAGES
from boussole.charter.committee.meetings.sessions import Session
from boussole.charter.committee.papers.minutes import approved, content_of
from boussole.charter.record_types.acts import Minutes
from boussole.dashboard.pages.session.files import minutes_data_href, minutes_href
from boussole.dashboard.views.committee.chamber import Chamber
from boussole.dashboard.words.addresses import evidence_href
from boussole.dashboard.words.say import Say

Linked = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class MinutesView:
    """`downloads`: a language, and the address of the minutes in it."""

    told: str
    fingerprint: str
    entry: Linked | None
    approved: Linked | None
    changed: str
    downloads: list[tuple[str, str]]
    data: str


def minutes_view(
    chamber: Chamber, found: Session, document: dict[str, Any], say: Say, *, query: dict[str, str]
) -> MinutesView:
    """How far the minutes are. They can be read at any time; they are sealed when the session is over."""
    last, content = chamber.house.last(Minutes, found.entry), content_of(document)
    approval = approved(chamber.house, last[1]) if last else None
    return MinutesView(
        told=_told(found, last, say),
        fingerprint=last[1].content if last else content,
        entry=_entry(last[0], say, query=query) if last else None,
        approved=_entry(approval, say, query=query) if approval is not None else None,
        changed=say("Acts were recorded since: seal a correction.") if last and last[1].content != content else "",
        downloads=[(lang, minutes_href(found.entry, lang)) for lang in LANGUAGES],
        data=minutes_data_href(found.entry),
    )


def _told(found: Session, last: tuple[int, Minutes] | None, say: Say) -> str:
    if last is not None:
        return say("They were sealed on {date}.", date=say.date(last[1].on))
    if found.state == "closed":
        return say("The session is over: they can be sealed.")
    return say("They are made from what is recorded here, and sealed when the session is over.")


def _entry(entry: int, say: Say, *, query: dict[str, str]) -> Linked:
    return say("entry {n}", n=str(entry)), evidence_href(query=query, entry=str(entry))
