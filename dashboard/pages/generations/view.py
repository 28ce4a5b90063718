"""The page of generated texts as data: what came in of each system, what is said of each question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boussole.audits.decisions.overview import LogContents
from boussole.audits.systems import System
from boussole.audits.systems.logs.generations import GENERATIONS
from boussole.charter.document import VerdictDocument
from boussole.charter.text.model import Indicator
from boussole.dashboard.markup.elements import ORDER
from boussole.dashboard.markup.templates import PageData
from boussole.dashboard.markup.words import Say, count
from boussole.dashboard.markup.words.addresses import article_href, system_href
from boussole.dashboard.views.answers.asked import indicator_of, question_of, sentence_of
from boussole.dashboard.views.register_words import risk_word, status_word
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.views.store import StoreFacts
from boussole.dashboard.views.system_tables import needed

KIND = "generation"


@dataclass(frozen=True, kw_only=True)
class Writer:
    """One system that writes. `texts`: questions about what it writes; `others`: what else is asked of it."""

    id: str
    title: str
    purpose: str
    href: str
    facts: Sequence[tuple[str, str]]
    texts: Sequence[PageData]
    others: Sequence[PageData]


def generations_page(
    scene: Scene,
    facts: StoreFacts,
    say: Say,
    *,
    query: Mapping[str, str],
) -> PageData:
    """Every system that writes, in the order of the register."""
    writers = [
        _writer(scene, name, system, facts, say, query=query)
        for name, system in scene.systems.items()
        if writes(system) and system.status != "retired"
    ]
    asked = [answer for writer in writers for answer in writer.texts]
    verdicts = [answer["verdict"] for answer in asked]
    return {
        "tone": next((verdict for verdict in ORDER if verdict in verdicts), "not_examined"),
        "headline": _headline(verdicts, say),
        "others": _others(writers, say),
        "writers": writers,
    }


def writes(system: System) -> bool:
    """Whether a system writes texts: by its kind, or because it keeps a log of them."""
    return system.kind == KIND or system.generations is not None


def _headline(verdicts: Sequence[str], say: Say) -> str:
    if not verdicts:
        return say("No system of the register writes texts.")
    open_ones = verdicts.count("not_examined")
    if open_ones == len(verdicts):
        return say("Of what the charter asks about generated texts, nothing has been examined yet.")
    return say(
        "Of {n} questions about generated texts, {answered} are examined.",
        n=count(len(verdicts), say),
        answered=count(len(verdicts) - open_ones, say),
    )


def _others(writers: Sequence[Writer], say: Say) -> str:
    if not writers:
        return ""
    return say.plural("One system writes texts: {names}.", "{n} systems write texts: {names}.", len(writers),
                      names=", ".join(writer.title for writer in writers))  # fmt: skip


def _writer(
    scene: Scene,
    name: str,
    system: System,
    facts: StoreFacts,
    say: Say,
    *,
    query: Mapping[str, str],
) -> Writer:
    document = scene.standing.get(name)
    answers = [(indicator_of(scene.charter, each), each) for each in (document.verdicts if document else ())]
    about = [(indicator, each) for indicator, each in answers if indicator is not None and indicator.kinds == [KIND]]
    rest = [(indicator, each) for indicator, each in answers if indicator is not None and indicator.kinds != [KIND]]
    return Writer(
        id=name,
        title=scene.title(name, say),
        purpose=say.text(system.purpose),
        href=system_href(name, query=query),
        facts=_facts(name, system, facts, say),
        texts=[_answer(scene, indicator, each, system, say, query=query) for indicator, each in about],
        others=[_answer(scene, indicator, each, system, say, query=query) for indicator, each in rest],
    )


def _answer(
    scene: Scene, indicator: Indicator, verdict: VerdictDocument, system: System, say: Say, *, query: Mapping[str, str]
) -> PageData:
    open_one = verdict.verdict == "not_examined"
    reason = str(verdict.reason or "")
    return {
        "verdict": str(verdict.verdict),
        "number": indicator.number,
        "question": question_of(scene.charter, verdict, say),
        "href": article_href(str(verdict.article), query=query, anchor=f"q-{indicator.id}"),
        "sentence": sentence_of(scene.charter, verdict, say, system=system),
        "needed": needed(reason, indicator, say) if open_one else "",
    }


def _facts(name: str, system: System, facts: StoreFacts, say: Say) -> list[tuple[str, str]]:
    state = facts.lake.systems.get(name)
    held = state.of("generations") if state is not None else None
    came = say("Not known at this moment") if facts.trouble else _came(held, system, say)
    pairs = [
        (say("Texts that came in"), came),
        (say("What is kept of each"), _kept(system, say)),
        (say("Status"), status_word(system.status, say)),
        (say("Risk class (AI Act)"), risk_word(system.risk, say)),
        (say("Provider"), system.provider or ""),
    ]
    return [(title, value) for title, value in pairs if value]


def _came(held: LogContents | None, system: System, say: Say) -> str:
    if held is not None and held.rows and held.oldest is not None and held.newest is not None:
        return say("{n}, {period}", n=say.whole(held.rows),
                   period=say.period(held.oldest.date().isoformat(), held.newest.date().isoformat()))  # fmt: skip
    if system.generations is None:
        return say("none: its file declares no log of generated texts")
    return say("none yet")


def _kept(system: System, say: Say) -> str:
    log = system.generations
    if log is None:
        return ""
    kept = log.input or log.output
    parts = {
        say("what was asked and written (encrypted, never shown)"): GENERATIONS.keeps(log) and kept,
        say("the model"): log.model_version,
        say("its length"): log.tokens_out,
        say("the time it took"): log.seconds,
        say("the declared use"): log.use,
        say("what its user said of it"): log.feedback,
    }
    return ", ".join(text for text, column in parts.items() if column)
