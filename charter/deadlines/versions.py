"""Whether what decides is what people examined: versions in the log held to those that the register names."""

from __future__ import annotations

from boussole.charter.deadlines.items import bound_of
from boussole.charter.deadlines.sources import Sources
from boussole.charter.document import RecordCounts


def examined_versions(sources: Sources) -> RecordCounts | None:
    """Decisions by versions that had been examined when they decided; None where no version is named on either side.

    Of a system that only writes, texts take the place of decisions (`texts`).

    `late`: by a version that was examined only after it had decided; `overdue`: by one that nobody examined; `untold`:
    the log does not say by which. Of a version all decisions of the window are alike.
    """
    known = sources.system.versions
    told = [each for each in sources.versions if each.version is not None]
    if not known or not told:
        return None
    days = {each.version: known[each.version].examined_on for each in told if each.version in known}
    good = sum(each.n for each in told if each.version in days and days[each.version] <= each.first)
    missing = [each for each in told if each.version not in days]
    overdue = sum(each.n for each in missing)
    due, untold = sum(each.n for each in told), sum(each.n for each in sources.versions) - sum(each.n for each in told)
    failed = [each.version for each in told if each.version not in days or days[each.version] > each.first]
    today = sources.facts.as_of
    return RecordCounts(
        due=due,
        good=good,
        late=due - good - overdue,
        overdue=overdue,
        refused=0,
        waiting=0,
        since=min(each.first for each in told),
        until=max(each.last for each in told),
        past_due=max((max((today - each.first).days, 0) for each in missing), default=None),
        settle_by=None,
        entries=(),
        bound=bound_of(due, good),
        **({"untold": untold} if untold else {}),
        **({"texts": True} if sources.system.only_writes else {}),
        **({"named": tuple(str(name) for name in failed)} if failed else {}),
    )
