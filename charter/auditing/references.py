"""Whom groups are compared with, where that has changed since the audit before and changed an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from boussole.audits.counts.read import AuditInputs
from boussole.audits.declaration import declared
from boussole.audits.errors import BoussoleError
from boussole.audits.languages import LANGUAGES, Catalogue, period_words, typeset
from boussole.audits.runs import measure_evidence
from boussole.audits.standing import WindowStanding
from boussole.audits.systems.model import System
from boussole.audits.workspace import Workspace
from boussole.charter.document import (
    AnswerChange,
    AuditDocument,
    PreviousAudit,
    ReferenceChanged,
    VerdictDocument,
    WindowOfAudit,
)
from boussole.charter.document.base import given
from boussole.charter.document.measures import measures_of
from boussole.charter.judging.families import said
from boussole.charter.judging.verdicts import judge
from boussole.charter.judging.wording.sentences import ANSWERS, LOCALE
from boussole.charter.records import audit_before
from boussole.charter.records.facts import Facts
from boussole.charter.text.model import Charter

CHANGED = (
    "The reference group of “{attribute}” changed from {before} to {now} since the audit of the decisions {period}: by "
    "that alone, on the same decisions, the answer to “{question}” changed from “{answer_before}” to “{answer_now}”."
)
ALL_OTHERS = "all other groups"
VALUE = "“{value}”"


def changed_references(
    workspace: Workspace,
    document: AuditDocument,
    system: System,
    *,
    charter: Charter,
    facts: Facts,
    read: Callable[[], AuditInputs],
    stands: WindowStanding,
    before: int | None = None,
) -> list[ReferenceChanged]:
    """Each group attribute with another reference than in the audit before, and the answers that this changed."""
    previous = audit_before(workspace, system.id, before=before)
    if previous is None:
        return []
    try:
        then = declared(workspace.evidence, previous.evidence.system.removeprefix("sha256:"))
    except BoussoleError:  # it cannot be read any more, so nothing can be held to it
        return []
    since = PreviousAudit(entry=previous.evidence.entry, window=previous.window)
    found = []
    for name in _changed(then, system):
        group = system.groups[name].model_copy(update={"reference": then.groups[name].reference})
        as_then = system.model_copy(update={"groups": {**system.groups, name: group}})
        measures, _ = measure_evidence(read(), as_then, stands=stands)
        window = document.window
        verdicts = judge(
            charter,
            as_then,
            measures_of(measures),
            window_start=window.start,
            window_end=window.end,
            facts=facts,
            left_out=document.left_out,
            versions=document.versions or (),
        )
        told = _Reference(
            attribute=name, before=group.reference, now=system.groups[name].reference, window=previous.window
        )
        answers = tuple(_answers(document.verdicts, verdicts, told, system, charter))
        if answers:
            found.append(
                ReferenceChanged(attribute=name, before=told.before, now=told.now, since=since, answers=answers)
            )
    return found


def _changed(then: System, now: System) -> Iterator[str]:
    """Attributes of both, made of the same values, with another reference."""
    for name, group in now.groups.items():
        old = then.groups.get(name)
        if old and (old.column, old.bands) == (group.column, group.bands) and old.reference != group.reference:
            yield name


@dataclass(frozen=True, kw_only=True)
class _Reference:
    attribute: str
    before: str | None
    now: str | None
    window: WindowOfAudit


def _answers(
    now: Sequence[VerdictDocument],
    then: Sequence[VerdictDocument],
    told: _Reference,
    system: System,
    charter: Charter,
) -> Iterator[AnswerChange]:
    before = {verdict.indicator: verdict for verdict in then}
    indicators = [each for article in charter.articles for indicator in article.indicators for each in indicator.ways]
    good = {each.id: each.good_answer for each in indicators}
    for verdict in now:
        old = before.get(verdict.indicator)
        about = told.attribute in (verdict.by or ())
        if old is not None and about and old.verdict != verdict.verdict:
            answers = [ANSWERS.get((each.verdict, good[given(verdict.template)])) for each in (old, verdict)]
            yield AnswerChange(
                article=verdict.article,
                indicator=verdict.indicator,
                before=old.verdict,
                now=verdict.verdict,
                sentence={lang: typeset(_sentence(told, verdict, answers, system, lang), lang) for lang in LANGUAGES},
            )


def _sentence(
    told: _Reference, verdict: VerdictDocument, answers: Sequence[str | None], system: System, lang: str
) -> str:
    catalogue = Catalogue(LOCALE, lang)
    spoken = [catalogue.gettext(answer or "").rstrip(".") for answer in answers]
    references = [
        catalogue.gettext(ALL_OTHERS) if value is None else catalogue.gettext(VALUE).format(value=value)
        for value in (told.before, told.now)
    ]
    return catalogue.gettext(CHANGED).format(
        attribute=said(system.groups[told.attribute].title or {lang: told.attribute}, lang),
        before=references[0],
        now=references[1],
        period=period_words(told.window.start, told.window.end, lang),
        question=verdict.question[lang],
        answer_before=spoken[0],
        answer_now=spoken[1],
    )
