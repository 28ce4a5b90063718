"""What an audit did not count, in words: it stands beside every verdict."""

from __future__ import annotations

from boussole.charter.document import AuditDocument, LeftOut, PartLeftOut, Standing
from boussole.dashboard.words.say import Say


def left_out_words(document: Standing, say: Say) -> str:
    """How many decisions were counted, and how many not, by why; empty where all were, or nothing is said of it."""
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
    if told.other_periods:
        parts.append(say("{n} in other periods", n=say.whole(told.other_periods)))
    if apart := told.set_apart:
        parts.append(say("{n} about groups too small to be told, set apart", n=say.whole(apart)))
    if reference := told.reference:
        parts.append(say("set aside in the reference period: {n}", n=_of(reference, say)))
    if outcomes := told.outcomes:
        parts.append(say("outcomes set aside: {n}", n=_of(outcomes, say)))
    return say.apart(parts)


def _of(part: PartLeftOut, say: Say) -> str:
    return say("{n} of {rows}", n=say.whole(part.set_aside), rows=say.whole(part.rows))


def _aside(told: LeftOut, say: Say) -> str:
    n, undated = say.whole(told.set_aside), told.undated
    if undated:
        return say("{n} set aside ({undated} of them without a readable date)", n=n, undated=say.whole(undated))
    return say("{n} set aside", n=n)


def read_words(document: AuditDocument, say: Say, *, period: str) -> str:
    """How many decisions an audit read, of which days, and what it did not count."""
    read = say("{n} decisions, {period}", n=say.whole(document.decisions), period=period)
    return say.apart([part for part in (read, left_out_words(document, say)) if part])
