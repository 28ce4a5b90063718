"""Why nobody has examined a question, and what it would take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from boussole.audits.languages import inside
from boussole.audits.mixed import joined
from boussole.charter.document import Standing, VerdictDocument
from boussole.charter.judging.coverage import FOLLOWED, coverage
from boussole.charter.judging.families import NOT_RECORDED
from boussole.charter.judging.follow_up import examined_before_start
from boussole.charter.text.model import Indicator
from boussole.dashboard.markup.marks import ORDER
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.views.answers.asked import sentence_of
from boussole.dashboard.views.incidents import reported_words
from boussole.dashboard.views.register import examined_words
from boussole.dashboard.views.register_words import coverage_words
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.views.work import work_words

NAMED = 4
"""Systems that are named one by one; of more, only the number is told."""
DATED = "examined_first"
"""The question to which the dates of the register say something too."""
TRAINED = "trained_before_use"
"""The question that the record of training answers."""
REPORTED = "incidents_in_time"
"""The question that the record of incidents answers."""
"""The question that the register answers for all uses together."""
DECLARED = (
    "no_groups", "no_outcome", "no_reference", "no_score", "no_features", "no_controls", "no_stages",
    "no_decision", "no_actors", "no_ranks", "no_person", "no_contacts", "no_agencies", "no_reviews", "no_reading_time",
    "no_closings", "no_smartphones", "no_replies", "no_purposes", "no_notices", "no_accounts",
    "no_triggers", "no_search_controls", "no_trained_users",
    "no_allowed_places", "no_called_models", "no_text_outcomes", "no_adverts", "no_personal_kinds",
    "no_marks", "no_reworked_texts", "no_texts_in_time",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Lacking:
    """The systems for which nobody has looked at a question for the same reason, and what it would take."""

    systems: str
    why: str
    needed: str


def lacking(
    scene: Scene, indicator: Indicator | None, places: Sequence[tuple[str, Standing, VerdictDocument]], say: Say
) -> list[Lacking]:
    """One entry a reason, in the order in which systems come; one for all where nobody is asked."""
    if indicator is not None and not places:
        why = say("This question is asked of no system of the register.")
        return [Lacking(systems="", why=why, needed="")]
    by_reason: dict[str, list[str]] = {}
    said: dict[str, str] = {}
    for system, _, verdict in places:
        if verdict.verdict == "not_examined":
            sentence = sentence_of(scene.charter, verdict, say, system=scene.systems.get(system))
            names = by_reason.setdefault(str(verdict.reason or sentence), [])
            title = scene.title(system, say)
            names += [] if title in names else [title]
            said.setdefault(str(verdict.reason or sentence), sentence)
    return [
        Lacking(systems=_systems(names, say), why=said[reason], needed=needed(reason, indicator, say))
        for reason, names in by_reason.items()
    ]


def in_register(
    scene: Scene, indicator: Indicator | None, places: Sequence[tuple[str, Standing, VerdictDocument]], say: Say
) -> list[str]:
    """What the register itself says, whoever has attested what: how many uses are examined; by their dates, whether the
    first systems were examined before they started, the worst first. Nothing for other questions."""
    if indicator is not None and indicator.id == FOLLOWED:
        return [
            say("In the register: {answer}", answer=inside(coverage_words(coverage(scene.charter, scene.uses), say)))
        ]
    if indicator is not None and indicator.id == REPORTED:
        return reported_words(scene, list(dict.fromkeys(name for name, _, _ in places)), say)[:NAMED]
    if indicator is not None and indicator.id == TRAINED:
        return work_words(scene, list(dict.fromkeys(name for name, _, _ in places)), say)[:NAMED]
    if indicator is None or indicator.id != DATED:
        return []
    systems = [scene.systems[name] for name, _, _ in places if name in scene.systems]
    found = [(examined_before_start(system, today=scene.facts.as_of), system) for system in systems]
    found.sort(key=lambda each: ORDER.index(each[0].verdict))
    return [
        say(
            "Dates in the register, {system}: {answer}",
            system=scene.title(system.id, say),
            answer=examined_words(answer, say),
        )
        for answer, system in found[:NAMED]
    ]


def _systems(names: Sequence[str], say: Say) -> str:
    return joined(", ", names) if len(names) <= NAMED else say("{n} systems", n=say.whole(len(names)))


def needed(reason: str, indicator: Indicator | None, say: Say) -> str:
    """What it would take to answer; empty where the reason is not known here."""
    sample = indicator is not None and indicator.threshold.tolerance is not None
    if reason in ("too_few_examined", "cases_refuted") or (reason == "not_measured_yet" and sample):
        return say("It would take a sample that people inspect, and that somebody records with what they found.")
    if reason == "not_measured_yet":
        return say("It would take data on what is to be counted, and a measure of it.")
    if reason in ("not_attested", "attestation_expired", "question_reworded") and indicator is not None:
        months = indicator.valid_months or 12
        return say.plural(
            "It would take a statement with its document, which holds for one month at most.",
            "It would take a statement with its document, which holds for {n} months at most.",
            months,
        )
    if reason in DECLARED:
        return say("It would take these data in the log, and a line in the file of the system that says so.")
    audits = {
        "not_audited": say("It would take decisions in the log, and an audit of them."),
        **dict.fromkeys(
            (*NOT_RECORDED.values(), "record_old"),
            say("It would take that somebody records it, as it happens."),
        ),
        "no_stocktaking": say("It would take a stock of uses and models: `boussole record stocktaking`."),
        **dict.fromkeys(
            ("no_pairs", "pairs_old"),
            say("It would take a test with pairs of requests: `boussole texts pairs draw`, `run` and `seal`."),
        ),
        "pairs_missing": say("It would take a test that changes all that the charter names (`cues`)."),
        "pairs_few": say("It would take a test with more pairs of requests: more names, ages, places or tasks."),
        "no_public_rules": say(
            "It would take that the file of the system says where its rules are published and when they were brought "
            "up to date, or why they are not (`public_rules`)."
        ),
        "no_version": say(
            "It would take the version in the log (`columns.model_version`), and in the file of the system the "
            "versions that were examined, each with its day (`versions`)."
        ),
        "record_untold": say("It would take the name of the version in each line of the log."),
        "nothing_due": say("It would take time: nothing has come due in the last twelve months."),
        "no_measure": say("It would take an audit of a period whose decisions hold these data."),
    }
    return audits.get(reason, "")
