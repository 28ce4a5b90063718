"""What the register answers, in words: whether all uses are in it and examined, whether rules are published."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from boussole.audits.languages import Catalogue, date_words, whole
from boussole.charter.document import RecordCounts, VerdictReasons
from boussole.charter.document.base import given
from boussole.charter.text.model import Records

USES = "On {until}, {good} of {uses} uses on trial or in service had been examined, at least in part."
STRAY = (
    "One model of the registry of models belongs to no use of the register.",
    "{n} models of the registry of models belong to no use of the register.",
)
STRAY_UNTIL = "If that lasts beyond {date}, the promise is not kept."
STRAY_FOR = "That has been known for {days} days."
NO_STRAY = "Every model of the registry of models belongs to a use of the register."
GRAVE = (
    "One use of high risk had been examined by nobody.",
    "{n} uses of high risk had been examined by nobody.",
)
UNSEEN = (
    "Of one use, of lower risk, nobody knows how it stands.",
    "Of {n} uses, of lower risk, nobody knows how they stand.",
)
PUBLISHED = "Its rules are published, and were brought up to date on {since}."
OUTDATED = "Its rules are published, and nobody has brought them up to date since {since}, more than a year ago."
UNPUBLISHED = "By the register, its rules are not published. The law asks it of what helps to decide about people."
UNPUBLISHED_OTHER = (
    "By the register, its rules are not published. The law asks it of what helps to decide about people, which this "
    "system does not."
)


def uses(document: VerdictReasons, counts: RecordCounts, catalogue: Catalogue) -> list[str]:
    """What was not as promised on the day that stock was taken, and how many uses had been examined."""
    untold = counts.untold or 0
    named = {
        "until": date_words(counts.until, catalogue.lang),
        "good": whole(counts.good, catalogue.lang),
        "uses": whole(counts.good + counts.refused + untold, catalogue.lang),
    }
    examined = catalogue.gettext(USES).format(**named)
    if not counts.overdue and not counts.refused and not untold:
        return [examined, catalogue.gettext(NO_STRAY)]
    told = []
    for messages, n in ((STRAY, counts.overdue), (GRAVE, counts.refused), (UNSEEN, untold)):
        if n:
            told.append(catalogue.ngettext(*messages, n).format(n=whole(n, catalogue.lang)))
        if n and messages is STRAY and counts.settle_by is not None:
            told.append(_stray_since(document, counts, catalogue))
    return [*told, examined]


def _stray_since(document: VerdictReasons, counts: RecordCounts, catalogue: Catalogue) -> str:
    if document.reason == "record_missing":
        return catalogue.gettext(STRAY_FOR).format(days=whole(given(counts.past_due), catalogue.lang))
    return catalogue.gettext(STRAY_UNTIL).format(date=date_words(given(counts.settle_by), catalogue.lang))


def rules(_: VerdictReasons, counts: RecordCounts, catalogue: Catalogue) -> list[str]:
    """Whether the rules of a system are published, and since when they have not been touched."""
    ways = ((counts.late, UNPUBLISHED), (counts.refused, UNPUBLISHED_OTHER), (counts.overdue, OUTDATED))
    text = next((text for n, text in ways if n), PUBLISHED)
    return [catalogue.gettext(text).format(since=date_words(counts.since, catalogue.lang))]


def told(records: Records, document: VerdictReasons, counts: RecordCounts, catalogue: Catalogue) -> list[str] | None:
    """What the register answers; None for what other records do."""
    ways: Mapping[Records, Callable[..., list[str]]] = {"uses_registered": uses, "rules_published": rules}
    return ways[records](document, counts, catalogue) if records in ways else None
