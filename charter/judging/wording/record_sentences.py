"""What records answer, in words: everything that was due, what of it was done as promised, and what was not."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from boussole.audits.languages import Catalogue, date_words, number, whole
from boussole.charter.document import RecordCounts, VerdictReasons
from boussole.charter.document.answers.verdict import Verdict
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


NOTHING_DUE = {
    "errors_noticed": "We cannot tell yet. A protocol of planted errors was recorded, from {since} to {until}, and "
    "nothing of what was noticed.",
    "uses_registered": "We cannot tell yet. On {until}, no use was on trial or in service, and every model "
    "belonged to one.",
    "opinions_followed": "We cannot tell yet. Opinions or recommendations were recorded, and neither a publication nor "
    "an answer has been due since {since}.",
    "incidents_in_time": "We cannot tell yet. Incidents were recorded, and no declaration of them has been due since "
    "{since}.",
    "explanations_in_time": "We cannot tell yet. Requests for an explanation were recorded, and no answer has been due "
    "since {since}.",
}
TEXTS = "texts_examined"
"""The words of `versions_examined` where texts are counted."""
KEPT = {
    TEXTS: (
        "The one text counted was written by a version of the model that had been examined before.",
        "All {due} texts counted were written by a version of the model that had been examined before.",
    ),
    "versions_examined": (
        "The one decision counted was made by a version of the model that had been examined before.",
        "All {due} decisions counted were made by a version of the model that had been examined before.",
    ),
    "incidents_in_time": (
        "The one declaration of an incident due since {since} was made in time.",
        "All {due} declarations of incidents that were due since {since} were made in time.",
    ),
    "explanations_in_time": (
        "The one request for an explanation due since {since} was answered in time.",
        "All {due} requests for an explanation that were due since {since} were answered in time.",
    ),
}
LATE = {
    TEXTS: (
        "The one text counted was written by a version of the model that was examined only afterwards: {named}.",
        "Of {due} texts, one was written by a version of the model that was examined only afterwards: {named}.",
        "Of {due} texts, {n} were written by a version of the model that was examined only afterwards: {named}.",
    ),
    "versions_examined": (
        "The one decision counted was made by a version of the model that was examined only afterwards: {named}.",
        "Of {due} decisions, one was made by a version of the model that was examined only afterwards: {named}.",
        "Of {due} decisions, {n} were made by a version of the model that was examined only afterwards: {named}.",
    ),
    "incidents_in_time": (
        "The one declaration of an incident that was due since {since} was made late.",
        "Of {due} declarations of incidents due since {since}, one was made late.",
        "Of {due} declarations of incidents due since {since}, {n} were made late.",
    ),
    "explanations_in_time": (
        "The one request for an explanation that was due since {since} was answered late.",
        "Of {due} requests for an explanation due since {since}, one was answered late.",
        "Of {due} requests for an explanation due since {since}, {n} were answered late.",
    ),
}
OVERDUE = {
    TEXTS: (
        "The one text counted was written by a version of the model that the register does not name as examined: "
        "{named}.",
        "Of {due} texts, one was written by a version of the model that the register does not name as examined: "
        "{named}.",
        "Of {due} texts, {n} were written by a version of the model that the register does not name as examined: "
        "{named}.",
    ),
    "versions_examined": (
        "The one decision counted was made by a version of the model that the register does not name as examined: "
        "{named}.",
        "Of {due} decisions, one was made by a version of the model that the register does not name as examined: "
        "{named}.",
        "Of {due} decisions, {n} were made by a version of the model that the register does not name as examined: "
        "{named}.",
    ),
    "incidents_in_time": (
        "The one declaration of an incident due since {since} is past its day, and nobody has recorded it.",
        "Of {due} declarations of incidents due since {since}, one is past its day and nobody has recorded it.",
        "Of {due} declarations of incidents due since {since}, {n} are past their day and nobody has recorded them.",
    ),
    "explanations_in_time": (
        "The one answer to a request for an explanation due since {since} is past its day: none is recorded.",
        "Of {due} answers to requests for an explanation due since {since}, one is past its day: none is recorded.",
        "Of {due} answers to requests for an explanation due since {since}, {n} are past their day: none is recorded.",
    ),
}
UNTOLD = (
    "Of one decision the log does not say which version of the model made it; all others were made by versions that "
    "had been examined before.",
    "Of {n} decisions the log does not say which version of the model made them; all others were made by versions that "
    "had been examined before.",
)
UNTOLD_TEXTS = (
    "Of one text the log does not say which version of the model wrote it; all others were written by versions that "
    "had been examined before.",
    "Of {n} texts the log does not say which version of the model wrote them; all others were written by versions that "
    "had been examined before.",
)
UNPLANTED = (
    "Of one more error that the protocol announced, nobody says whether it was planted.",
    "Of {n} more errors that the protocol announced, nobody says whether they were planted.",
)
FEW = "So few tell nothing for sure: it would take more errors, or more teams."
UNPROVEN = (
    "The ledger does not show that the protocol was sealed before its first day: somebody could have picked the cases."
)
UNNAMED = (
    "Of one decision the log does not say which version of the model made it.",
    "Of {n} decisions the log does not say which version of the model made them.",
)
UNNAMED_TEXTS = (
    "Of one text the log does not say which version of the model wrote it.",
    "Of {n} texts the log does not say which version of the model wrote them.",
)
COUNTS_AS_LATE = "After {date}, that counts as late."
COUNTS_AS_UNEXAMINED = "After {date}, the charter takes it for unexamined."
WAITED = "The oldest has been so for {days} days: that counts as late."
DECIDED_FOR = "The first of these decisions is {days} days old: the charter takes the version for unexamined."
WRITTEN_FOR = "The first of these texts is {days} days old: the charter takes the version for unexamined."
REFUSED = (
    "The one request for an explanation that was due since {since} was refused in time, or answered without all that "
    "the law asks. That explains nothing, or not all.",
    "Of {due} requests for an explanation due since {since}, one was refused in time, or answered without all that the "
    "law asks. That explains nothing, or not all.",
    "Of {due} requests for an explanation due since {since}, {n} were refused in time, or answered without all that "
    "the law asks. That explains nothing, or not all.",
)
SHARES = {
    TEXTS: "Texts of which the log names the version: {due}; written by one that had been examined before: {good}.",
    "opinions_followed": "Of {due} publications of opinions and answers to opinions and recommendations: {good} in "
    "time, {late} late, {overdue} overdue and still awaited.",
    "versions_examined": "Decisions of which the log names the version: {due}; made by one that had been examined "
    "before: {good}.",
    "incidents_in_time": "Declarations of incidents due since {since}: {due}; made in time: {good}.",
    "explanations_in_time": "Answers to requests for an explanation due since {since}: {due}; given in time, with all "
    "that the law asks: {good}.",
    "errors_noticed": "Of {due} errors planted on purpose, in {teams} teams, {good} were noticed (in 100, between "
    "{low} and {high}), {overdue} were not.",
    "trained_first": "Of {due} people who use it, {good} were trained before their first use, {late} after it, "
    "{overdue} not at all.",
}
"""How much was done, where the charter holds that to levels."""
SPANNED = frozenset[Records](["opinions_followed", "trained_first", "errors_noticed"])
"""What is told with the time that it was recorded of."""
IGNORED = "The longest has waited for {days} days. Beyond {limit} days, the charter says not kept."
PERIOD = "That was recorded of the time from {since} to {until}."
LEVELS = {
    Verdict.BROKEN: "The charter does not bear fewer than {level} in 100.",
    Verdict.WATCH: "Below {level} in 100, the charter asks to watch.",
    Verdict.KEPT: "The charter asks for {level} in 100.",
}
OLD = "We cannot tell any more: the last record ends on {until}, more than a year ago."
OLD_STOCK = "We cannot tell any more: stock was taken last on {until}, too long ago."
BOUND = "That is what was done; of those to come, it leaves up to {bound} in 100 that fail."
NO_BOUND = "So few say nothing of those to come."
WAITING = ("One more is not due yet.", "{n} more are not due yet.")


def recorded_sentence(
    document: VerdictReasons,
    counts: RecordCounts,
    answer: str,
    catalogue: Catalogue,
    *,
    records: Records,
    limit: object = None,
) -> str:
    """What records answer. `answer`: in one word, already said; `limit`: the days that the charter lets it wait."""
    teller = _RecordTeller(document, counts, catalogue, records, limit)
    parts = {"nothing_due": teller.nothing_due, "record_old": teller.old}
    tell = parts.get(document.reason or "")
    parts_told = tell() if tell else [answer, *teller.found()]
    return " ".join([*parts_told, *teller.waiting()])


class _RecordTeller:
    def __init__(
        self, document: VerdictReasons, counts: RecordCounts, catalogue: Catalogue, records: Records, limit: object
    ) -> None:
        self.limit, self.document, self.counts, self.catalogue, self.records = (
            limit,
            document,
            counts,
            catalogue,
            records,
        )
        self.lang = lang = catalogue.lang
        self.words = TEXTS if counts.texts else records
        self.named = {
            **{name: whole(getattr(counts, name), lang) for name in ("due", "good", "late", "overdue")},
            **{name: date_words(getattr(counts, name), lang) for name in ("since", "until")},
            "named": ", ".join(counts.named or ()),
            "teams": whole(counts.teams or 0, lang),
            **{name: number(100 * (getattr(counts, name) or 0.0), lang, 0) for name in ("low", "high")},
        }

    def nothing_due(self) -> list[str]:
        return [self.catalogue.gettext(NOTHING_DUE[self.records]).format(**self.named)]

    def old(self) -> list[str]:
        if self.records == "uses_registered":
            return [self.catalogue.gettext(OLD_STOCK).format(**self.named)]
        texts = (OLD, SHARES[self.words]) if self.records in SPANNED else (OLD,)
        return [self.catalogue.gettext(text).format(**self.named) for text in texts]

    def found(self) -> list[str]:
        counts = self.counts
        if (registered := told(self.records, self.document, counts, self.catalogue)) is not None:
            return [*registered, *self._held()] if self.records == "uses_registered" else registered
        if given(self.document.threshold).watch is not None:
            return self._share()
        tell: dict[str | None, Callable[[], list[str]]] = {
            "record_late": lambda: [self._of_due(LATE[self.words], counts.late)],
            "record_missing": lambda: self._missing(
                WAITED, WRITTEN_FOR if self.counts.texts else DECIDED_FOR, days=whole(given(counts.past_due), self.lang)
            ),
            "record_overdue": lambda: self._missing(
                COUNTS_AS_LATE, COUNTS_AS_UNEXAMINED, date=date_words(given(counts.settle_by), self.lang)
            ),
            "record_refused": lambda: [self._of_due(REFUSED, counts.refused)],
            "record_untold": lambda: [
                self._plural(UNTOLD_TEXTS if self.counts.texts else UNTOLD, given(counts.untold))
            ],
        }
        return tell.get(self.document.reason, self._kept)()

    def _share(self) -> list[str]:
        texts = [SHARES[self.words], *([PERIOD] if self.records in SPANNED else [])]
        unknown = UNPLANTED if self.records == "errors_noticed" else UNNAMED_TEXTS if self.counts.texts else UNNAMED
        untold = [self._plural(unknown, self.counts.untold)] if self.counts.untold else []
        untold += [self.catalogue.gettext(FEW)] if self.document.reason == "record_few" else []
        untold += [self.catalogue.gettext(UNPROVEN)] if self.counts.sealed_late else []
        return [*(self.catalogue.gettext(text).format(**self.named) for text in texts), *untold, *self._held()]

    def _missing(self, usually: str, of_versions: str, **named: str) -> list[str]:
        then = self.catalogue.gettext(of_versions if self._of_versions else usually)
        return [self._of_due(OVERDUE[self.words], self.counts.overdue), then.format(**named)]

    def _kept(self) -> list[str]:
        bound = [] if self._of_versions else [self._bound()]  # another version may decide tomorrow
        return [self._plural(KEPT[self.words], self.counts.due), *bound]

    @property
    def _of_versions(self) -> bool:
        return self.records == "versions_examined"

    def waiting(self) -> list[str]:
        return [self._plural(WAITING, self.counts.waiting)] if self.counts.waiting else []

    def _held(self) -> list[str]:
        threshold, lang = given(self.document.threshold), self.catalogue.lang
        if threshold.watch is None or self.document.verdict not in LEVELS:
            return []
        if self.document.reason == "record_ignored":
            days = whole(given(self.counts.waited), lang)
            return [self.catalogue.gettext(IGNORED).format(days=days, limit=self.limit)]
        level = threshold.breach if self.document.verdict == Verdict.BROKEN else threshold.watch
        share = 100 * given(level)
        words = number(share, lang, 0 if share == round(share) else 1)
        return [self.catalogue.gettext(LEVELS[self.document.verdict]).format(level=words)]

    def _bound(self) -> str:
        bound = given(self.counts.bound)
        if bound >= 1:
            return self.catalogue.gettext(NO_BOUND)
        return self.catalogue.gettext(BOUND).format(
            bound=number(100 * bound, self.catalogue.lang, 1 if bound < 0.1 else 0)
        )

    def _of_due(self, messages: tuple[str, str, str], n: int) -> str:
        """How many of those that were due; one that is the only one is called so."""
        only, *several = messages
        if self.counts.due == 1:
            return self.catalogue.gettext(only).format(**self.named)
        return self._plural((several[0], several[1]), n)

    def _plural(self, messages: tuple[str, str], n: int) -> str:
        return self.catalogue.ngettext(*messages, n).format(n=whole(n, self.catalogue.lang), **self.named)
