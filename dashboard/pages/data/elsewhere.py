"""What is said of the data of one system from elsewhere: other systems, its latest audit, what its team declares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from boussole.audits.decisions.shared import Sharing
from boussole.audits.systems import System
from boussole.charter.document import AuditDocument
from boussole.dashboard.pages.data.blocks import Block, cut
from boussole.dashboard.views.naming import period
from boussole.dashboard.words.say import Say
from boussole.experiments.declared import DeclaredMeasure


def sharing(system: str, pairs: Sequence[Sharing], *, titles: Mapping[str, str], say: Say) -> Block | None:
    """Which other systems hold the same decisions, and in which months; one whose file is gone by its id."""
    rows = [
        [titles.get(other, other), say.month(pair.months[0]), say.month(pair.months[-1])]
        for pair in pairs
        for other in pair.systems
        if system in pair.systems and other != system
    ]
    if not rows:
        return None
    shown, more = cut(sorted(rows), say)
    return Block(
        question=say("Do other systems hold the same decisions?"),
        answer=say.plural(
            "Yes, one. The audits of both are protected together: a figure of one is hidden where, with those of the "
            "other, it would tell of a small group.",
            "Yes, {n}. Their audits are protected together: a figure of one is hidden where, with those of the others, "
            "it would tell of a small group.",
            len(rows),
        ),
        head=[say("System"), say("First month"), say("Last month")],
        rows=shown,
        more=more,
    )


def waiting(document: AuditDocument, system: System, say: Say, *, href: str) -> Block | None:
    """How many of the outcomes that are due are not known, as the latest audit saw it."""
    outcome = system.columns.outcome if system.columns else None
    share = next((m for m in document.measures if m.metric == "missing_outcome_share" and not m.by), None)
    if outcome is None or share is None:
        return None
    if share.reason == "absent_is_negative":
        answer = say("An outcome that is not recorded counts as negative.")
    elif share.value is None:
        answer = say("Nobody can say yet: no outcome is due, or none can be read yet.")
    elif not share.value:
        answer = say("All outcomes that are due are known.")
    else:
        answer = say("{n} of the outcomes that are due are not known.", n=say.percent(share.value))
    told = say("{answer} Latest audit: {period}.", answer=answer, period=period(document, say))
    return Block(
        question=say("Do decisions wait for their outcome?"),
        answer=told,
        link=(say("Whether this differs between groups is said beside each figure."), href),
    )


def declaring(measures: Sequence[DeclaredMeasure], say: Say, *, href: str) -> Block | None:
    """That the team declares measures of its own, and where they are."""
    if not measures:
        return None
    return Block(
        question=say("Does the team declare figures of its own?"),
        answer=say.plural(
            "Yes, in one run. They are not recomputed here, and no verdict rests on them.",
            "Yes, in {n} runs. They are not recomputed here, and no verdict rests on them.",
            len({measure.run for measure in measures}),
        ),
        link=(say("See what it declares"), href),
    )
