"""What an audit did not count, in words: it stands beside every verdict."""

from __future__ import annotations

from collections.abc import Iterator

from boussole.charter.document import AuditDocument, LeftOut, PartLeftOut, Standing, VerdictDocument
from boussole.charter.text.left_out import GRACE_DAYS
from boussole.dashboard.words.say import Say


def left_out_words(document: Standing, say: Say, *, elsewhere: bool = True) -> str:
    """How many decisions were counted, and how many not, by why; empty where all were, or nothing is said of it.

    `elsewhere`: how many of them lie in other periods too.
    """
    told = document.left_out if isinstance(document, AuditDocument) else None
    if told is None:
        return ""
    parts = []
    if told.set_aside:
        counted, rows = say.whole(told.counted), say.whole(told.rows)
        parts += [say("{n} of {rows} decisions counted", n=counted, rows=rows), _aside(told, say)]
    if told.discarded:
        parts.append(say("{n} discarded by hand", n=say.whole(told.discarded)))
    if told.excluded:
        parts.append(say("{n} of excluded runs", n=say.whole(told.excluded)))
    if told.other_periods and elsewhere:
        parts.append(say("{n} in other periods", n=say.whole(told.other_periods)))
    if apart := told.set_apart:
        parts.append(say("{n} about groups too small to be told, set apart", n=say.whole(apart)))
    parts += _beside(told, say)
    return say.apart(parts)


def _beside(told: LeftOut, say: Say) -> Iterator[str]:
    """What was set aside of what some questions rest on beside the window."""
    if told.reference:
        yield say("set aside in the reference period: {n}", n=_of(told.reference, say))
    if told.outcomes:
        yield say("outcomes set aside: {n}", n=_of(told.outcomes, say))
    if told.contacts:
        yield say("messages set aside: {n}", n=_of(told.contacts, say))
    if told.human_actions:
        yield say("decisions of agents set aside: {n}", n=_of(told.human_actions, say))
    if told.usage:
        yield say("uses set aside: {n}", n=_of(told.usage, say))
    if told.accounts:
        yield say("accounts set aside: {n}", n=_of(told.accounts, say))
    for each in told.ends or ():
        if each.days > GRACE_DAYS:
            yield _stops(each.log, say, date=say.date(each.last))


def _stops(log: str, say: Say, *, date: str) -> str:
    words = {
        "contacts": say("the log of messages stops on {date}", date=date),
        "human_actions": say("the log of what agents decide stops on {date}", date=date),
        "usage": say("the log of uses stops on {date}", date=date),
    }
    return words[log]


def _of(part: PartLeftOut, say: Say) -> str:
    return say("{n} of {rows}", n=say.whole(part.set_aside), rows=say.whole(part.rows))


def _aside(told: LeftOut, say: Say) -> str:
    n, undated = say.whole(told.set_aside), told.undated
    if undated:
        return say("{n} set aside ({undated} of them without a readable date)", n=n, undated=say.whole(undated))
    return say("{n} set aside", n=n)


def read_words(document: AuditDocument, say: Say, *, period: str, verdict: VerdictDocument | None = None) -> str:
    """How many decisions an audit read, of which days, and what it did not count; for a verdict that rests on those of
    earlier windows too, since when, and how many these are together."""
    read = say("{n} decisions, {period}", n=say.whole(document.decisions), period=period)
    since = _since(document, verdict)
    if since is not None and document.accumulated is not None:
        read = say(
            "{n} decisions since {date}, {own} of them in the last period ({period})",
            n=say.whole(since),
            date=say.date(document.accumulated.since),
            own=say.whole(document.decisions),
            period=period,
        )
    left_out = left_out_words(document, say, elsewhere=since is None)
    return say.apart([part for part in (read, left_out) if part])


def _since(document: AuditDocument, verdict: VerdictDocument | None) -> int | None:
    """All decisions of the windows that a verdict rests on together; None where it rests on one."""
    together = {each.id: each for each in document.accumulated.measures} if document.accumulated else {}
    everybody = together.get("selection_rate")
    if everybody is None or verdict is None:
        return None
    rests = any(each.measure in together and not each.alone for each in verdict.comparisons)
    return everybody.n if rests else None
