"""A change in words, written once when it is found: what is sent a week later still says what was true then.

Everything here stands on pages that every role may see: whole months, groups that are large enough, no row, no person.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from boussole.audits.languages import LANGUAGES, capital, inside
from boussole.charter.document import ArticleVerdict, AuditDocument, Standing, VerdictDocument
from boussole.dashboard.alerts.messages import BLIND, NOT_ASKED, SubjectChange
from boussole.dashboard.alerts.words import AlertSay, teller
from boussole.dashboard.markup.marks import word
from boussole.dashboard.markup.words.addresses import answer_href, drift_href, system_href
from boussole.dashboard.markup.words.say import Say, speaker
from boussole.dashboard.views.answers.asked import question_of, sentence_of
from boussole.dashboard.views.drift.words import state_words, theme_words
from boussole.dashboard.views.scene import Scene, excess

Texts = dict[str, str]


def facts(change: SubjectChange, scene: Scene) -> dict[str, Any]:
    """What is kept of a change: its window, its cause, and its texts in every language."""
    return {
        "start": change.start,
        "end": change.end,
        "since": change.since,
        "entry": change.entry,
        "cause": change.cause,
        "texts": {lang: _texts(change, scene, speaker(lang), teller(lang)) for lang in LANGUAGES},
    }


def _texts(change: SubjectChange, scene: Scene, say: Say, tell: AlertSay) -> Texts:
    verdict = _verdict(change, change.document)
    asked = verdict or _verdict(change, change.former)
    return {
        "system": str(scene.title(change.system, say)),
        "place": str(_place(change, scene, say, tell)),
        "question": str(question_of(scene.charter, asked, say)) if asked else "",
        "moved": moved(change, say, tell),
        "sentence": str(_sentence(change, scene, verdict, say, tell)),
        "whole": _whole(change, scene, say, tell),
        **_times(change, say, tell),
        "cause": _cause(change, scene, tell),
        "page": _page(change, verdict, say),
    }


def moved(change: SubjectChange, say: Say, tell: AlertSay) -> str:
    """From which state to which. That something can't be told any more says so, and is never good news."""
    if change.after == NOT_ASKED:
        return tell("was “{before}”; the charter no longer asks it", before=_state(change, change.before, say))
    after = _state(change, change.after, say)
    if change.before in (None, NOT_ASKED):
        return tell("“{after}” when first looked at", after=after)
    before = _state(change, change.before, say)
    if change.direction == "lost":
        if change.after == "unknown":
            return tell("was “{before}”; we cannot tell any more", before=before)
        return tell("was “{before}”; is no longer examined", before=before)
    return tell("from “{before}” to “{after}”", before=before, after=after)


def _state(change: SubjectChange, state: str | None, say: Say) -> str:
    return state_words(state or "", say) if change.kind == "drift" else word(state or "", say)


def _place(change: SubjectChange, scene: Scene, say: Say, tell: AlertSay) -> str:
    if change.kind == "drift":
        return tell("Drift, {theme}", theme=inside(theme_words(change.name, say)))
    article = scene.articles(say).get(change.article, change.article)
    return tell("one question of “{article}”", article=article) if change.kind == "question" else article


def _whole(change: SubjectChange, scene: Scene, say: Say, tell: AlertSay) -> str:
    """Of a question: how its article stands, so that one that got better makes nobody believe that all is well."""
    if change.kind != "question":
        return ""
    name = scene.articles(say).get(change.article, change.article)
    found = next((each for each in _articles(change) if each.article == change.article), None)
    if found is None:
        return tell("{article}: the charter has this article no longer", article=name)
    return tell("{article}: as a whole “{verdict}”", article=name, verdict=word(found.verdict, say))


def _articles(change: SubjectChange) -> Sequence[ArticleVerdict]:
    return () if change.document is None else change.document.articles


def _verdict(change: SubjectChange, document: Standing | None) -> VerdictDocument | None:
    """The verdict of a document that a change of a question is about."""
    if change.kind != "question" or document is None:
        return None
    return next((each for each in document.verdicts if each.indicator == change.name), None)


def _sentence(change: SubjectChange, scene: Scene, verdict: VerdictDocument | None, say: Say, tell: AlertSay) -> str:
    """The figure in one sentence, as the page says it."""
    if change.kind == "drift":
        return change.told[say.lang]
    if change.kind == "article":
        return _of_article(change, scene, say, tell)
    if verdict is None:
        return tell("The charter asks this question no longer.")
    return sentence_of(scene.charter, verdict, say, system=scene.systems.get(change.system))


def _of_article(change: SubjectChange, scene: Scene, say: Say, tell: AlertSay) -> str:
    """What decides the verdict of an article: its worst question, an open finding, or how many are answered."""
    document = change.document
    summary = next((each for each in _articles(change) if each.article == change.name), None)
    if summary is None or document is None:
        return tell("The charter has this article no longer.")
    same = [
        each for each in document.verdicts if each.article == change.name and each.verdict == change.after != "kept"
    ]
    if same:
        worst = max(same, key=lambda each: excess(document, each))
        return sentence_of(scene.charter, worst, say, system=scene.systems.get(change.system))
    if summary.capped_by:
        entries = ", ".join(map(str, summary.capped_by))
        return tell("An open finding of an outside authority holds it there (entry {n} of the ledger).", n=entries)
    return tell(
        "{answered} of {asked} questions are answered.",
        answered=capital(say.whole(summary.answered)),
        asked=say.whole(summary.asked),
    )


def _times(change: SubjectChange, say: Say, tell: AlertSay) -> Texts:
    """Since when it is so, what was before, and of which period the audit is."""
    date, before, period = say.date(change.start), "", ""
    since = tell("Found on {date}.", date=date) if _undated(change) else tell("Since {date}.", date=date)
    if change.before is not None and change.since is not None and change.before not in (NOT_ASKED, *BLIND):
        state = _state(change, change.before, say)
        if change.since < change.start:
            before = tell("Before: “{before}”, since {date}.", before=state, date=say.date(change.since))
        else:  # the same window, looked at again
            since, before = "", tell("For the same period it was “{before}” before.", before=state)
    if isinstance(change.document, AuditDocument) and change.entry is not None:
        name = say.period(change.document.window.start, change.document.window.end)
        period = tell("Period examined: {period} (entry {n} of the ledger).", period=name, n=str(change.entry))
    return {"since": since, "before": before, "period": period}


def _undated(change: SubjectChange) -> bool:
    """Whether it is known only that it was found: no audit of a period says it."""
    return change.kind != "drift" and (change.entry is None or change.cause.startswith("stated"))


def _cause(change: SubjectChange, scene: Scene, tell: AlertSay) -> str:
    """Why, where it is not simply that a new period was looked at."""
    judged = change.document.charter if isinstance(change.document, AuditDocument) else None
    version = judged.version if judged and change.start != scene.facts.as_of.isoformat() else scene.charter.version
    return {
        "again": tell("The same period was audited again, and its figures are others now."),
        "rule": tell("The rule by which comparisons become verdicts changed, not the figures."),
        "charter": tell("The charter changed, not the figures: version {version} judges now.", version=version),
        "charter_and_audit": tell("The charter changed as well: version {version} judges now.", version=version),
        "stated": tell("It follows from what people stated or from a date that has passed: nothing was measured anew."),
        "stated_or_charter": tell(
            "It follows from what people stated or from the text of the charter: nothing was measured anew."
        ),
        "decisions_again": tell("Decisions of that month have come in or were corrected since."),
    }.get(change.cause, "")


def _page(change: SubjectChange, verdict: VerdictDocument | None, say: Say) -> str:
    """The path of the page that shows it, in the language of the text."""
    query = {"lang": say.lang}
    if change.kind == "drift":
        return drift_href(change.system, query=query)
    if verdict is not None:
        return answer_href(change.system, verdict.indicator, query=query)
    return system_href(change.system, query=query, anchor=change.name if change.kind == "article" else "")
