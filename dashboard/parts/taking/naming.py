"""How a figure calls the systems that it is about, and the time of their audits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from boussole.charter.document import AuditDocument
from boussole.dashboard.views.scene import period
from boussole.dashboard.words.say import Say

NAMED = 3


def systems_named(titles: Sequence[str], say: Say) -> str:
    """A few by their names, more by their number."""
    return ", ".join(titles) if len(titles) <= NAMED else say.plural("One system", "{n} systems", len(titles))


def charters_of(documents: Iterable[AuditDocument]) -> str:
    """The versions of the charter that judged audits, each once."""
    return " / ".join(dict.fromkeys(each.charter.version for each in documents))


def time_of(documents: Iterable[AuditDocument], say: Say) -> str:
    """The window of audits, from the first day of any to the last day of any."""
    found: Collection[AuditDocument] = list(documents)
    if len({period(each, say) for each in found}) == 1:
        return period(next(iter(found)), say)
    windows = [each.window for each in found]
    return say.period(min(each.start for each in windows), max(each.end for each in windows)) if windows else ""
