"""What was promised and what became of it, what committees said, and what happened: pages of the report."""

from __future__ import annotations

from typing import Any

from boussole.audits.languages import capital
from boussole.charter.committee.advising.advice import RecommendationState, recommended
from boussole.charter.committee.advising.following import FollowUpCounts, followed, promises
from boussole.charter.deadlines.incidents import incidents
from boussole.charter.document.answers.verdict import worst
from boussole.charter.text.model import Records
from boussole.dashboard.markup.words.say import speaker
from boussole.dashboard.report.edition import Edition
from boussole.dashboard.report.words import ReportSay
from boussole.dashboard.views.answers.asked import indicator_of
from boussole.dashboard.views.followed import OpinionView, answers, opinions_about, state_word
from boussole.dashboard.views.incidents import reported_words
from boussole.dashboard.views.work import work_words

# What was promised and what became of it, and what committees said: pages of the report.
#
# Everybody reads reports: what committees have not published is not told, nor who disagreed.


MOST = 6
"""Recommendations that are told, those that are overdue first."""
OPINIONS = 3
"""Opinions that are told whole, the newest."""

Data = dict[str, Any]


def promised(edition: Edition, tell: ReportSay) -> Data:
    """What the charter promises and how it stands, then what was recommended and what came of it."""
    every = recommended(edition.scene.facts)
    return {
        "title": tell("Promises and what became of them"),
        "commitments": {
            "title": tell("What the charter promises"),
            "header": [tell("No."), tell("Commitment"), tell("Where it stands")],
            "rows": _commitments(edition, tell),
        },
        "recommended": {
            "title": tell("What was recommended, and what became of it"),
            "text": _counted(edition, tell),
            "header": [tell("Recommendation"), tell("Who answers, by when"), tell("What became of it")],
            "rows": [_recommendation(edition, each, tell) for each in every[:MOST]],
            "more": _more(len(every) - MOST, tell),
        },
    }


def _commitments(edition: Edition, tell: ReportSay) -> list[Data]:
    found = []
    for article in edition.scene.charter.articles:
        stands = [
            each.verdict
            for document in edition.scene.examined.values()
            for each in document.articles
            if each.article == article.id
        ]
        found.append(
            {
                "number": str(article.order),
                "text": tell.text(article.commitment),
                "verdict": str(worst(stands)) if stands else "not_examined",
            }
        )
    return found


def _counted(edition: Edition, tell: ReportSay) -> str:
    """How many answers and publications that were due came in time."""
    counts = [_counts(edition, at) for at in range(len(edition.chambers))]
    due, on_time = sum(each.due for each in counts), sum(each.on_time for each in counts)
    if not due:
        return tell("No answer to a committee and no publication has come due yet.")
    return tell(
        "Answers to committees and publications that have come due: {due}. In time: {n}.",
        due=tell.whole(due),
        n=tell.whole(on_time),
    )


def _counts(edition: Edition, at: int) -> FollowUpCounts:
    chamber = edition.chambers[at]
    found = promises(chamber.house, chamber.facts)
    return followed(found, today=chamber.today, late_days=chamber.house.rules.opinions.late_days)


def _recommendation(edition: Edition, each: RecommendationState, tell: ReportSay) -> Data:
    said, say = each.said, speaker(tell.lang)
    asked = [said.body, tell.date(said.on)]
    if said.system:
        asked.append(edition.scene.title(said.system, tell))
    return {
        "what": said.text or said.body,
        "by": " · ".join(filter(None, asked)),
        "who": said.addressee,
        "due": tell("by {date}", date=tell.date(said.due_on)),
        "state": capital(state_word(each.state, say)),
        "late": each.state == "overdue",
        "answers": [
            f"{answer.what}, {answer.by}. {answer.text}".strip()
            for answer in answers(edition.scene.facts, each.entry, say, query={})
        ],
    }


def _more(n: int, tell: ReportSay) -> str:
    return (
        tell.plural("One more stands on the page Recommendations.", "{n} more stand on the page Recommendations.", n)
        if n > 0
        else ""
    )


def opinions(edition: Edition, tell: ReportSay) -> Data:
    """The opinions that were published, with reservations, dissents and what came of each."""
    every = opinions_about(edition.chambers, speaker(tell.lang), query={}, inside=False)
    return {
        "title": tell("Opinions and dissents"),
        "text": tell("What committees have published, in the words that were adopted, with those who saw it otherwise.")
        if every
        else tell("No committee has published an opinion yet."),
        "opinions": [_opinion(edition, each, tell) for each in every[:OPINIONS]],
        "more": tell.plural(
            "One older opinion stands on the page Recommendations.",
            "{n} older opinions stand on the page Recommendations.",
            len(every) - OPINIONS,
        )
        if len(every) > OPINIONS
        else "",
    }


def _opinion(edition: Edition, each: OpinionView, tell: ReportSay) -> Data:
    asked = [found.said.text for found in recommended(edition.scene.facts) if found.said.opinion == each.entry]
    return {
        "title": each.title,
        "sense": capital(each.sense),
        "told": each.told,
        "words": each.words,
        "lists": [
            {"title": title, "items": items}
            for title, items in (
                (tell("Reservations"), list(each.reservations)),
                (
                    tell("Who saw it otherwise"),
                    [tell("{who}: {text}", who=who, text=text) for who, text in each.dissents],
                ),
                (tell("What it recommends"), asked),
            )
            if items
        ],
        "became": [list(pair) for pair in each.became],
        "answers": [f"{answer.what}, {answer.by}. {answer.text}".strip() for answer in each.answers],
        "sealed": tell("Sealed: {entry}", entry=each.sealed[0]),
    }


# Incidents, and effects on work: a page of the report.
#
# Everybody reads reports. So it tells what the pages tell everybody: how many incidents there were, whether they were
# reported in time, and how many people were trained. The rest stands on pages that not every role sees.


ASKED: tuple[Records, ...] = ("incidents_in_time", "explanations_in_time", "trained_first")
"""What records answer that is about incidents, requests and training; the rest is asked of other pages."""


def events(edition: Edition, tell: ReportSay) -> Data:
    """What went wrong and what was done, then what was stated of those who work with the systems."""
    return {
        "title": tell("Incidents and work"),
        "parts": [_incidents(edition, tell), _work(edition, tell)],
        "asked": _asked(edition, tell),
    }


def _asked(edition: Edition, tell: ReportSay) -> Data:
    """What the charter asks that is answered by what was recorded of incidents, requests and training."""
    return {
        "title": tell("What the charter asks of it"),
        "header": [tell("Question"), tell("System"), tell("Answer")],
        "rows": [
            {
                "question": tell.text(verdict.question),
                "system": edition.scene.title(system_id, tell),
                "verdict": str(verdict.verdict),
            }
            for system_id, standing in edition.scene.examined.items()
            for verdict in standing.verdicts
            if (asked := indicator_of(edition.charters[system_id], verdict)) is not None and asked.records in ASKED
        ],
    }


def _incidents(edition: Edition, tell: ReportSay) -> Data:
    every = incidents(edition.scene.facts)
    still = sum(each.closure is None for each in every)
    counted = [
        tell.plural("One incident was recorded.", "{n} incidents were recorded.", len(every)),
        tell.plural("One is still open.", "{n} are still open.", still) if still else tell("None is still open."),
        *reported_words(edition.scene, sorted(edition.scene.systems), speaker(tell.lang)),
    ]
    return {
        "title": tell("What went wrong"),
        "told": counted if every else [tell("No incident has been recorded.")],
        "note": tell("Accounts of incidents and appeals stand on the page Incidents, for those who may see them."),
    }


def _work(edition: Edition, tell: ReportSay) -> Data:
    told = work_words(edition.scene, sorted(edition.scene.systems), speaker(tell.lang))
    return {
        "title": tell("What changed at work"),
        "told": told or [tell("No training has been recorded.")],
        "note": tell(
            "What agents say of their work, time saved and consultations stand on the page Effects on work, for those"
            " who may see them."
        ),
    }
