"""The pages after systems: what became of what was promised, what nobody examined, how to read and verify it all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from boussole.audits.hashing import sha256_hex
from boussole.audits.languages import capital
from boussole.charter.committee.advising.advice import RecommendationState, recommended
from boussole.charter.committee.advising.opinions import FollowUpCounts, followed, promises
from boussole.charter.deadlines.incidents import incidents
from boussole.charter.document import AuditDocument, VerdictDocument
from boussole.charter.document.answers.verdict import worst
from boussole.charter.document.base import given
from boussole.charter.records import sealed_json
from boussole.charter.text.model import Charter, Records
from boussole.dashboard.markup.elements import ORDER
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.report.attachments import SEALS, audit_file, charter_file, drift_content, drift_file
from boussole.dashboard.report.edition import COLUMNS, Edition, ReportSay
from boussole.dashboard.views.answers.asked import indicator_of
from boussole.dashboard.views.committee_words import OpinionView, answers, follow_up_word, opinions_about
from boussole.dashboard.views.incidents_and_work import reported_words, work_words

# What was promised and what became of it, and what committees published: pages that everybody reads.


MOST = 6
"""Recommendations that are told, those that are overdue first."""
OPINIONS = 3
"""Opinions that are told whole, the newest."""

Data = dict[str, Any]


def promised(edition: Edition, tell: ReportSay) -> Data:
    """What the charter promises and how it stands, then what was recommended and what came of it."""
    every = [each for each in recommended(edition.scene.facts) if edition.about(each.said.system)]
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
    counts = [_counts(edition, at) for at in range(len(edition.chambers))]
    due, on_time = sum(each.due for each in counts), sum(each.on_time for each in counts)
    if not due:
        return edition.none(
            tell("No answer to a committee and no publication has come due yet."),
            tell("No answer to a committee and no publication about this has come due yet."),
        )
    return tell(
        "Answers to committees and publications that have come due: {due}. In time: {n}.",
        due=tell.whole(due),
        n=tell.whole(on_time),
    )


def _counts(edition: Edition, at: int) -> FollowUpCounts:
    chamber = edition.chambers[at]
    found = [each for each in promises(chamber.house, chamber.facts) if edition.about(each.system)]
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
        "state": capital(follow_up_word(each.state, say)),
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
    every = opinions_about(edition.chambers, speaker(tell.lang), query={}, inside=False, fits=edition.about)
    return {
        "title": tell("Opinions and dissents"),
        "text": tell("What committees have published, in the words that were adopted, with those who saw it otherwise.")
        if every
        else edition.none(
            tell("No committee has published an opinion yet."),
            tell("No committee has published an opinion on this yet."),
        ),
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


# Incidents, and effects on work: a page that everybody reads, with no more than the pages tell everybody.


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
    every = [each for each in incidents(edition.scene.facts) if edition.about(each.incident.system)]
    still = sum(each.closure is None for each in every)
    counted = [
        tell.plural("One incident was recorded.", "{n} incidents were recorded.", len(every)),
        tell.plural("One is still open.", "{n} are still open.", still) if still else tell("None is still open."),
        *reported_words(edition.scene, sorted(edition.scene.systems), speaker(tell.lang)),
    ]
    return {
        "title": tell("What went wrong"),
        "told": counted
        if every
        else [edition.none(tell("No incident has been recorded."), tell("No incident of this has been recorded."))],
        "note": tell("Accounts of incidents and appeals stand on the page Incidents, for those who may see them."),
    }


def _work(edition: Edition, tell: ReportSay) -> Data:
    told = work_words(edition.scene, sorted(edition.scene.systems), speaker(tell.lang))
    return {
        "title": tell("What changed at work"),
        "told": told
        or [edition.none(tell("No training has been recorded."), tell("No training for this has been recorded."))],
        "note": tell(
            "What agents say of their work, time saved and consultations stand on the page Effects on work, for those"
            " who may see them."
        ),
    }


REASONS = 5
"""Lines of reasons of a system for which the page of what nobody has examined has room."""


def unexamined(edition: Edition, tell: ReportSay) -> Data:
    """The questions that the charter asks and nobody has looked at, under the reason why."""
    return {
        "text": tell(
            "The charter asks these questions too. Not examined is neither good nor bad: nobody has looked yet."
        ),
        "systems": [
            {"title": edition.scene.title(system_id, tell), "groups": groups}
            for system_id in edition.scene.examined
            if (groups := _by_reason(edition, system_id, tell))
        ],
    }


def untouched(edition: Edition, tell: ReportSay) -> Data:
    """How many questions nobody has examined, by article and by reason; every one of them stands in the annexes."""
    shown = list(edition.scene.examined)
    return {
        "title": tell("What nobody has examined"),
        "tables": [_shares(edition, shown[at : at + COLUMNS], tell) for at in range(0, len(shown), COLUMNS)],
        "systems": [
            {
                "title": edition.scene.title(system_id, tell),
                "reasons": [
                    [tell.plural("One question", "{n} questions", len(numbers)), why, ", ".join(dict.fromkeys(numbers))]
                    for why, numbers in _most(_numbers(edition, system_id, tell), tell)
                ],
            }
            for system_id in shown
        ],
        "all": tell("Every one of these questions, in full: page"),
    }


def _shares(edition: Edition, shown: Sequence[str], tell: ReportSay) -> Data:
    return {
        "header": [tell("No."), tell("Article"), *[edition.scene.title(each, tell) for each in shown]],
        "rows": [
            [str(article.order), tell.text(article.title), *[_share(edition, each, article.id, tell) for each in shown]]
            for article in edition.scene.charter.articles
        ],
    }


def _share(edition: Edition, system_id: str, article: str, tell: ReportSay) -> str:
    asked = [each for each in edition.scene.examined[system_id].verdicts if each.article == article]
    left = sum(each.verdict == "not_examined" for each in asked)
    return tell("{n} of {all}", n=tell.whole(left), all=tell.whole(len(asked))) if asked else "–"


def _numbers(edition: Edition, system_id: str, tell: ReportSay) -> dict[str, list[str]]:
    """The numbers of these questions under the reason why: one that is asked of several groupings, as often."""
    found: dict[str, list[str]] = {}
    for group in _by_reason(edition, system_id, tell):
        found[group["why"]] = [number for number, _ in group["questions"]]
    return found


def _most(found: Mapping[str, list[str]], tell: ReportSay) -> list[tuple[str, list[str]]]:
    """The reasons of most questions, then what is left of them in one line: a page holds no more."""
    ranked = sorted(found.items(), key=lambda each: -len(each[1]))
    if len(ranked) <= REASONS:
        return ranked
    others = [number for _, numbers in ranked[REASONS - 1 :] for number in numbers]
    return [*ranked[: REASONS - 1], (tell("For other reasons, each told in the annexes."), others)]


def _by_reason(edition: Edition, system_id: str, tell: ReportSay) -> list[Data]:
    found: dict[str, list[list[str]]] = {}
    for verdict in edition.scene.examined[system_id].verdicts:
        if verdict.verdict == "not_examined":
            why, number, question = _not_examined(edition.charters[system_id], verdict, tell)
            found.setdefault(why, []).append([number, question])
    return [{"why": why, "questions": questions} for why, questions in found.items()]


def _not_examined(charter: Charter, verdict: VerdictDocument, tell: ReportSay) -> tuple[str, str, str]:
    indicator = indicator_of(charter, verdict)
    number, question = indicator.number if indicator else "", tell.text(verdict.question)
    if indicator is None or indicator.attested_by is None:
        return tell.text(verdict.sentence), number, question
    role = tell("Expected from: {role}.", role=tell.text(indicator.attested_by))
    return tell("Not examined: nobody has handed in the statement, with its document."), number, f"{question} {role}"


def reading(edition: Edition, tell: ReportSay) -> Data:
    """What the marks mean, by the charter's own rules, and how to read figures and charts."""
    rules = edition.scene.charter.rules
    meanings: dict[str, str] = {
        verdict: tell.text(rules.get(verdict), tell("See the charter."))
        for verdict in ORDER
        if verdict != "not_examined"
    }
    meanings["not_examined"] = tell("Nobody has looked yet: nothing measures it, or a statement is missing.")
    others = [text for name, text in rules.items() if name not in meanings]
    return {
        "marks": [{"verdict": verdict, "text": meanings[verdict]} for verdict in ORDER],
        "rules": [tell.text(text) for text in others],
        "figures": [
            tell(
                "In a chart, the mark is what was measured and the bar behind it is the interval that decides: the"
                " tests of the charter reject what lies outside it, at the level that is left to this comparison"
                " among all others and all looks of a year. The diamond is the group that others are compared"
                " with. The dashed lines are the thresholds, carried to the scale of the chart. The 95% interval"
                " of a figure by itself stands in the tables."
            ),
            tell(
                "“74 for 100”: at equal numbers, 74 people of this group are selected where 100 are in the"
                " group it is compared with. Points are differences between percentages."
            ),
            tell(
                "“Very unlikely” is never certain: where a group is not beyond a level, chance alone has us say"
                " that it is in at most {n} cases in 100.",
                n=tell.number(100 * edition.scene.charter.alpha, 0),
            ),
            tell(
                "Figures of small groups are hidden, and sometimes those of a larger one from which a small"
                " one could be computed. Hidden figures decide nothing that is shown."
            ),
        ],
    }


def verifying(edition: Edition, tell: ReportSay) -> Data:
    """What is attached, how to hold it to the ledger, and every fingerprint in full."""
    return {
        "text": tell(
            "This PDF carries its evidence: every figure of the audits that it is about comes from the attached files,"
            " where small groups are hidden too; what it tells of earlier audits and of records stands in the ledger."
            " You need not take our word for it."
        ),
        "steps": _steps(tell),
        "items": [
            *(_audit(edition, system_id, tell) for system_id in edition.sealed),
            *(_moved(edition, system_id, tell) for system_id in edition.drifts),
            *_charters(edition, tell),
        ],
    }


def _steps(tell: ReportSay) -> list[str]:
    return [
        tell(
            "This file is sealed too, with every page, as it was made: the page Evidence of the dashboard, or “boussole"
            " verify” and the name of this file, says whether what you hold is that file, byte for byte. Printed pages"
            " and copies that were saved anew prove nothing."
        ),
        tell("Save the attached files: in a PDF reader, or with “pdfdetach -saveall” and the name of this file."),
        tell(
            "Compute the SHA-256 of each audit file, for instance with “sha256sum”. It is the fingerprint printed"
            " below: the file is the audit as it was sealed, byte for byte. {seals} says the same.",
            seals=SEALS,
        ),
        tell(
            "In the workspace, “boussole verify --ledger” rehashes the whole ledger and holds every audit to its"
            " entry. If anybody rewrote it, entries and roots would no longer be those printed here."
        ),
        tell("The command printed below each audit measures and judges again, and seals nothing."),
    ]


def _audit(edition: Edition, system_id: str, tell: ReportSay) -> Data:
    document = edition.sealed[system_id]
    evidence = document.evidence
    return {
        "title": tell("Audit of {system}", system=edition.scene.title(system_id, tell)),
        "facts": [
            [tell("Attached as"), audit_file(document)],
            [tell("Its SHA-256"), sha256_hex(sealed_json(document))],
            [tell("Ledger entry"), tell.whole(given(evidence.entry))],
            *_sealed(edition, system_id, tell),
            [tell("Root of the ledger"), given(evidence.root)],
            [tell("Counts it read"), evidence.cubes.removeprefix("sha256:")],
            [tell("Code"), document.code.removeprefix("sha256:")],
            [tell("State of the lake"), tell("snapshot {n}", n=str(document.snapshot))],
            [tell("Measure again"), _command(document)],
        ],
    }


def _sealed(edition: Edition, system_id: str, tell: ReportSay) -> list[list[str]]:
    moment = edition.moments.get(system_id)
    if moment is None:
        return []
    told = speaker(tell.lang, edition.zone).moment(dt.datetime.fromisoformat(moment))
    return [[tell("Sealed on"), told]]


def _moved(edition: Edition, system_id: str, tell: ReportSay) -> Data:
    """What moved month by month: counted for this report, and by anybody who has the decisions."""
    return {
        "title": tell("What moved in {system}", system=edition.scene.title(system_id, tell)),
        "facts": [
            [tell("Attached as"), drift_file(edition, system_id)],
            [tell("Its SHA-256"), sha256_hex(drift_content(edition, system_id))],
            [tell("Sealed"), tell("no: counted from the decisions when this report was made")],
            [tell("Measure again"), f"boussole drift --system {system_id} --json -"],
        ],
    }


def _command(document: AuditDocument) -> str:
    window = document.window
    days = f"--from {window.start} --to {window.end} --as-of {document.as_of}"
    return f"boussole audit --system {document.system} {days} --dry-run --json -"


def _charters(edition: Edition, tell: ReportSay) -> list[Data]:
    charters = {charter.sha256: charter for charter in edition.charters.values()}
    return [
        {
            "title": tell("Charter, version {version}", version=charter.version),
            "facts": [[tell("Attached as"), charter_file(sha256)], [tell("Its SHA-256"), sha256]],
        }
        for sha256, charter in charters.items()
    ]
