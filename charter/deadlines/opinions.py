"""Whether opinions are published, and opinions and recommendations answered, by the days that the charter sets.

A committee's own rules may set others; its pages say what came of these.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from boussole.charter.deadlines.items import DueItem, State, of_items
from boussole.charter.deadlines.sources import Sources
from boussole.charter.document import RecordCounts
from boussole.charter.record_types.acts import Opinion, Publication, PublicationDecision
from boussole.charter.record_types.kinds import Recommendation, Reply


def opinions_followed(sources: Sources) -> RecordCounts | None:
    """Publications and answers of what was said about a system, and about all; None where nothing was said of this one.

    An opinion that another corrects is owed nothing more; one that the committee withholds is not to be published. A
    recommendation is answered by its own day. The first publication and the first answer count.
    """
    own = any(
        said.system == sources.system.id
        for kind in (Opinion, Recommendation)
        for _, said in sources.facts.standing(kind)
    )
    items = [*_of_opinions(sources), *_of_recommendations(sources)] if own else []
    return of_items(items, sources.facts.as_of) if items else None


def _of_opinions(sources: Sources) -> Iterator[DueItem]:
    facts, days = sources.facts, sources.days
    corrected = {said.replaces for _, said in facts.standing(Opinion)}
    published, withheld = _first(sources, Publication), _withheld(sources)
    answered = _first(sources, Reply)
    for entry, said in facts.standing(Opinion):
        if entry in corrected or said.system not in (sources.system.id, None):
            continue
        if entry in published or entry not in withheld:
            yield _item(entry, said.on, said.on + dt.timedelta(days("publish_days")), published.get(entry), sources)
        yield _item(entry, said.on, said.on + dt.timedelta(days("reply_days")), answered.get(entry), sources)


def _of_recommendations(sources: Sources) -> Iterator[DueItem]:
    answered = _first(sources, Reply)
    for entry, said in sources.facts.standing(Recommendation):
        if said.system in (sources.system.id, None):
            yield _item(entry, said.on, said.due_on, answered.get(entry), sources)


def _item(entry: int, since: dt.date, due: dt.date, done: dt.date | None, sources: Sources) -> DueItem:
    return DueItem(entry=entry, due=due, since=since, state=_state(due, done, sources.facts.as_of))


def _state(due: dt.date, done: dt.date | None, today: dt.date) -> State:
    if done is None:
        return "overdue" if due < today else "waiting"
    return "good" if done <= due else "late"


def _first(sources: Sources, kind: type[Publication] | type[Reply]) -> dict[int, dt.date]:
    """The day of the first that stands about each entry."""
    found: dict[int, dt.date] = {}
    for _, said in sources.facts.standing(kind):
        assert isinstance(said, Publication | Reply)  # noqa: S101 (what was asked for)
        found[said.of] = min(said.on, found.get(said.of, said.on))
    return found


def _withheld(sources: Sources) -> set[int]:
    """The opinions of which the committee decided last that they are not published."""
    last = {said.of: said.publish for _, said in sources.facts.standing(PublicationDecision)}
    return {entry for entry, publish in last.items() if not publish}
