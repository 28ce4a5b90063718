"""What is known beside an answer: the last one that could be given, where there is none today; which models of none."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.audits.languages import inside
from boussole.charter.deadlines.items import stray_models
from boussole.charter.document import Standing, VerdictDocument
from boussole.charter.document.answers.verdict import ANSWERED
from boussole.charter.judging.coverage import FOLLOWED
from boussole.charter.records import AuditSummary
from boussole.dashboard.markup.elements import word
from boussole.dashboard.markup.words import Say
from boussole.dashboard.views.scene import Scene

NAMED = 3
"""Models that are named, of many."""


def last_answer(scene: Scene, system: str, verdict: VerdictDocument) -> tuple[str, AuditSummary] | None:
    """The verdict of the newest earlier audit that could answer a question, with that audit, where today's cannot."""
    if verdict.verdict in ANSWERED:
        return None
    return next(
        (
            (said.verdict, each)
            for each in reversed(_before(scene, system))
            for said in each.verdicts
            if (said.article, said.indicator) == (verdict.article, verdict.indicator) and said.verdict in ANSWERED
        ),
        None,
    )


def last_answer_words(scene: Scene, system: str, verdict: VerdictDocument, say: Say) -> str:
    """That answer and its period in a sentence; empty where there is none to tell."""
    found = last_answer(scene, system, verdict)
    if found is None:
        return ""
    key, audit = found
    return say(
        "Last answer that could be given ({period}): {verdict}.",
        period=say.period(audit.start, audit.end),
        verdict=inside(word(key, say)),
    )


def known_words(scene: Scene, system: str, verdict: VerdictDocument, say: Say) -> str:
    """All that is known beside an answer of a system; empty where nothing is."""
    found = [last_answer_words(scene, system, verdict, say)]
    if (verdict.template or verdict.indicator) == FOLLOWED:
        found.append(stray_words(stray_models(scene.facts), say))
    return " ".join(filter(None, found))


def stray_words(models: Sequence[str], say: Say) -> str:
    """Which models belong to no use, a few of many; empty where none does. No audit names them."""
    n, names = len(models), ", ".join(models[:NAMED])
    if n > NAMED:
        return say("{n} models that no use of the register names, among them {models}.", n=say.whole(n), models=names)
    told = say.plural(
        "Model that no use of the register names: {models}.",
        "Models that no use of the register names: {models}.",
        n,
        models=names,
    )
    return told if n else ""


def _before(scene: Scene, system: str) -> list[AuditSummary]:
    """The audits of a system whose windows ended before that of today's; all where none stands."""
    document: Standing | None = scene.latest.get(system)
    return [each for each in scene.history.get(system, ()) if document is None or each.end < document.until]
