"""The law page as data: each provision, since when, which questions answer to it, and what they currently say."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boussole.charter.amending.plain import plainly
from boussole.charter.judging.crosswalk import Chapter, CurrentAnswer, Provision, answered, answers, crosswalk, tally
from boussole.charter.text.model import Framework
from boussole.dashboard.markup.elements import ORDER, word
from boussole.dashboard.markup.templates import PageData
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import answer_href, article_href, evidence_href
from boussole.dashboard.views.scene import Scene

NAMED = 3
"""Systems that a question names one by one; of more, only counts are shown."""


@dataclass(frozen=True, kw_only=True)
class LawAnswer:
    """What a question says of one system, or of several that say the same."""

    verdict: str
    text: str
    href: str | None = None
    seal: str | None = None
    """The address of the entry of the ledger that seals it."""


def law_page(scene: Scene, say: Say, *, on: dt.date, query: dict[str, str]) -> PageData:
    """The page for the charter in use and the latest audit of every system, on a day."""
    chapters, found = crosswalk(scene.charter, on=on), answers(scene.standing)
    every = [provision for chapter in chapters for provision in chapter.provisions]
    covered, later = sum(each.covered for each in every), sum(each.state == "not_yet" for each in every)
    return {
        "subtitle": say(
            "{n} provisions of {texts} texts, on {date}",
            n=say.whole(len(every)),
            texts=say.whole(len(chapters)),
            date=say.date(on),
        ),
        "headline": _headline(covered, len(every), say),
        "others": say.plural("One does not apply yet.", "{n} do not apply yet.", later) if later else "",
        "parts": [_part(chapter, found, scene, say, query=query) for chapter in chapters],
    }


def _headline(covered: int, every: int, say: Say) -> str:
    if not every:
        return say("This charter names no text of law.")
    return say(
        "At least one question answers to {covered} of {n} provisions; none to {others}.",
        covered=say.whole(covered),
        n=say.whole(every),
        others=say.whole(every - covered),
    )


def _part(
    chapter: Chapter, found: Mapping[str, Sequence[CurrentAnswer]], scene: Scene, say: Say, *, query: dict[str, str]
) -> PageData:
    framework = chapter.framework
    with_answer = sum(answered(each, found) for each in chapter.provisions)
    return {
        "id": chapter.id or "other",
        "title": say.text(framework.title) if framework else say("Other texts"),
        "kind": kind_of(framework, say),
        "where": say.text(framework.where) if framework else "",
        "note": say.text(framework.note) if framework else "",
        "rows": [_row(provision, found, scene, say, query=query) for provision in chapter.provisions],
        "counts": (
            with_answer,
            chapter.count(covered=True) - with_answer,
            chapter.count(covered=False),
            sum(each.state == "not_yet" for each in chapter.provisions),
        ),
    }


def kind_of(framework: Framework | None, say: Say) -> str:
    """Whether a framework binds, is chosen, or is a landmark."""
    names = {"law": say("Binding law"), "standard": say("Standard"), "practice": say("Landmark")}
    return names[framework.kind] if framework else ""


def _row(
    provision: Provision, found: Mapping[str, Sequence[CurrentAnswer]], scene: Scene, say: Say, *, query: dict[str, str]
) -> PageData:
    law = provision.law
    return {
        "title": say.text(law.title),
        "asks": say.text(law.asks),
        "note": say.text(law.note),
        "since": since(provision, say),
        "doubt": say("to be checked") if law.to_check else "",
        "questions": [
            {
                "number": indicator.number,
                "text": plainly(indicator.question, say.lang),
                "href": article_href(article.id, query=query, anchor=f"q-{indicator.id}"),
                "told": _told(
                    [each for way in indicator.ways for each in found.get(way.id, ())], scene, say, query=query
                ),
            }
            for article, indicator in provision.questions
        ],
        "totals": _totals(tally(provision, found), say),
        "uncovered": say.text(law.uncovered),
    }


def since(provision: Provision, say: Say) -> str:
    """From or since which day it applies, or until when it did."""
    law = provision.law
    if provision.state == "ended" and law.until:
        return say("Until {date}", date=say.date(law.until))
    day = say.date(law.in_force)
    return say("Since {date}", date=day) if provision.state == "in_force" else say("Not before {date}", date=day)


def _told(said: Sequence[CurrentAnswer], scene: Scene, say: Say, *, query: dict[str, str]) -> list[LawAnswer]:
    """One mark a system where they are few, else one mark a verdict; the worst first."""
    if len(said) > NAMED:
        return _totals(Counter(each.verdict for each in said), say)
    return [
        LawAnswer(
            verdict=each.verdict,
            text=say("{system}: {verdict}", system=scene.title(each.system, say), verdict=word(each.verdict, say)),
            href=answer_href(each.system, each.question, query=query),
            seal=_seal(each, query=query),
        )
        for each in sorted(said, key=lambda each: ORDER.index(each.verdict))
    ]


def _seal(answer: CurrentAnswer, *, query: dict[str, str]) -> str | None:
    if answer.entry is None or answer.verdict == "not_examined":
        return None
    return evidence_href(query=query, entry=str(answer.entry))


def _totals(counts: Counter[str], say: Say) -> list[LawAnswer]:
    return [
        LawAnswer(
            verdict=verdict,
            text=say("{verdict}: {n}", verdict=word(verdict, say), n=say.whole(counts[verdict])),
        )
        for verdict in ORDER
        if counts[verdict]
    ]
