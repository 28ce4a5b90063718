"""How an article stands, system by system: its verdict, how its questions came out, what caps it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boussole.audits.languages import inside
from boussole.dashboard.markup.marks import ORDER
from boussole.dashboard.views.compass import of_the_others
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.words.addresses import system_href
from boussole.dashboard.words.say import Say, count

ANSWERS = ("broken", "watch", "kept", "unknown", "not_examined")
"""In which order the questions of a system are told."""


@dataclass(frozen=True, kw_only=True)
class SystemStanding:
    """One system: its verdict on the article, and how the questions of the article came out for it."""

    system: str
    title: str
    href: str
    verdict: str
    counts: Mapping[str, int]


def standings(scene: Scene, article: str, say: Say, *, query: dict[str, str]) -> list[SystemStanding]:
    """Every system of which the article asks something, or that an outside authority caps, the worst first."""
    found = []
    for system, document in scene.standing.items():
        counts = Counter[str](each.verdict for each in document.verdicts if each.article == article)
        verdict = next((each.verdict for each in document.articles if each.article == article), None)
        if verdict is not None and (counts or verdict != "not_examined"):
            found.append(
                SystemStanding(
                    system=system,
                    title=scene.title(system, say),
                    href=system_href(system, query=query, anchor=article if system in scene.latest else ""),
                    verdict=verdict,
                    counts=counts,
                )
            )
    return sorted(found, key=lambda each: (ORDER.index(each.verdict), -each.counts[each.verdict], each.title))


def headline(found: Sequence[SystemStanding], say: Say) -> tuple[str, str, str]:
    """The tone, the answer over all systems in one sentence, and how the other systems stand."""
    counts = Counter[str](each.verdict for each in found)
    first = next((verdict for verdict in ("broken", "watch", "unknown", "kept") if counts[verdict]), None)
    if first is None:
        return "unknown", say("Nobody has examined this commitment yet."), ""
    n, known = counts[first], count(len(found), say)
    told = {
        "broken": say.plural(
            "Not kept for one system of {known}.", "Not kept for {n} systems of {known}.", n, known=known
        ),
        "watch": say.plural(
            "To be watched for one system of {known}; broken for none.",
            "To be watched for {n} systems of {known}; broken for none.",
            n,
            known=known,
        ),
        "unknown": say.plural(
            "We cannot tell for one system of {known}; it is broken for none.",
            "We cannot tell for {n} systems of {known}; it is broken for none.",
            n,
            known=known,
        ),
        "kept": say.plural("Kept for one system of {known}.", "Kept for {n} systems of {known}.", n, known=known),
    }
    return first, told[first], of_the_others(counts, first, say)


def told(counts: Mapping[str, int], say: Say) -> str:
    """ "Not kept on one question, kept on 5, one unanswered": how the questions of one system came out."""
    first = {
        "broken": say.plural("not kept on one question", "not kept on {n} questions", counts["broken"]),
        "watch": say.plural("to be watched on one question", "to be watched on {n} questions", counts["watch"]),
        "kept": say.plural("kept on one question", "kept on {n} questions", counts["kept"]),
        "unknown": say.plural("one question unanswered", "{n} questions unanswered", counts["unknown"]),
        "not_examined": say.plural(
            "one question that nobody has examined", "{n} questions that nobody has examined", counts["not_examined"]
        ),
    }
    more = {
        "watch": say.plural("to be watched on one", "to be watched on {n}", counts["watch"]),
        "kept": say.plural("kept on one", "kept on {n}", counts["kept"]),
        "unknown": say.plural("one unanswered", "{n} unanswered", counts["unknown"]),
        "not_examined": say.plural(
            "one that nobody has examined", "{n} that nobody has examined", counts["not_examined"]
        ),
    }
    there = [verdict for verdict in ANSWERS if counts[verdict]]
    if not there:
        return say("Nothing is asked")
    return ", ".join([first[there[0]], *(inside(more[verdict]) for verdict in there[1:])])
