"""The first element: how far, and in which way, the algorithm took part in the decision."""

from __future__ import annotations

from collections.abc import Iterator

from boussole.dashboard.views.explained.explanation import Explanation
from boussole.dashboard.views.paper_blocks import Block, heading, text
from boussole.dashboard.words.say import Say


def part_blocks(known: Explanation, say: Say) -> Iterator[Block]:
    """The part of the algorithm, in sentences."""
    system = known.system
    yield heading(say("1. What part did the algorithm have in the decision?"))
    yield text(_degree(known, say))
    yield text(_mode(known, say))
    yield text(say("What this tool is for: {purpose}", purpose=say.text(system.purpose)))
    if system.rules:
        yield text(say("Its main rules: {rules}", rules=say.text(system.rules)))


def result(known: Explanation, say: Say) -> str:
    """What was decided, to the person."""
    said, asked = known.decision.selected, known.system.log.decision
    title = say.text(asked.title) if asked and asked.title else say("selected")
    if said is None:
        return say("The log does not say what was decided.")
    if said:
        return say("The result of the tool: you are among the people {selected}.", selected=title)
    return say("The result of the tool: you are not among the people {selected}.", selected=title)


def _degree(known: Explanation, say: Say) -> str:
    """Whether a person decided after the tool: as the log has it, and never more than that."""
    made, system = known.decision, known.system
    if made.human is not None and made.selected is None:
        return say(
            "A person decided. The log does not say what the tool had proposed: nobody can tell whether this person "
            "followed it."
        )
    if made.human is not None and made.human == made.selected:
        return say(
            "The tool proposed and a person decided: the log says that this person kept what the tool proposed. It "
            "does not say how closely they looked at your file."
        )
    if made.human is not None:
        return say(
            "The tool proposed and a person decided: the log says that this person decided otherwise than the tool "
            "proposed."
        )
    if system.log.human is not None:
        return say(
            "A person may look at what the tool proposes. The log holds nothing of a person for this decision: so far "
            "as can be known, the tool’s result was applied as it was."
        )
    decision = system.log.decision
    if decision and system.actors.get(decision.column) == "tool":
        return say(
            "The tool did this by itself: as the service describes it, this step is the tool’s, and the log holds no "
            "act of a person before it."
        )
    return say(
        "The log does not say whether a person looked at the tool’s result before it was applied. The service that "
        "decided can tell you: ask it."
    )


def _mode(known: Explanation, say: Say) -> str:
    title = say.text(known.system.title)
    if known.system.kind == "ranking":
        return say(
            "{system} gives each person who is looked at a place in a list: it compares people with one another.",
            system=title,
        )
    return say("{system} looks at each person by themselves, and says yes or no.", system=title)
