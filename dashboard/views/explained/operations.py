"""The fourth element: what was done, one step after the other, as the log has it."""

from __future__ import annotations

from collections.abc import Iterator

from boussole.audits.languages import capital
from boussole.dashboard.charts.tables import actor_name
from boussole.dashboard.views.explained.explanation import Explanation
from boussole.dashboard.views.explained.words import score
from boussole.dashboard.views.paper_blocks import Block, bullets, heading, text
from boussole.dashboard.words.say import Say


def operation_blocks(known: Explanation, say: Say) -> Iterator[Block]:
    """The steps in their order."""
    yield heading(say("4. What was done, step by step?"))
    yield bullets([*_steps(known, say)])
    yield text(say("This is all that the log holds of this decision. What it does not hold cannot be told here."))


def _steps(known: Explanation, say: Say) -> Iterator[str]:
    made = known.decision
    yield say("The tool read the data of part 2.")
    tool = say("version {version} of the tool", version=made.version) if made.version else say("the tool")
    if made.score is not None:
        yield capital(say("{tool} computed your score: {score}.", tool=tool, score=score(made.score, say)))
    if made.rank is not None:
        yield say(
            "It put the people whom it looked at together in an order: you were at place {rank}. The places of others "
            "are not told, as they are about others.",
            rank=say.whole(made.rank),
        )
    if made.reached:
        yield from _stages(known, say)
    if made.human is not None and known.system.log.decision:
        yield say("A person decided: yes.") if made.human else say("A person decided: no.")


def _stages(known: Explanation, say: Say) -> Iterator[str]:
    """How far the person came: up to the first stage that was not reached."""
    system, reached = known.system, known.decision.reached
    names = list(reached)
    for position, stage in enumerate(names):
        title = capital(say.text(system.log.stage_titles.get(stage)) or stage)
        actor = system.actors.get(stage, "")
        by = say("by yourself") if actor == "candidate" else actor_name(actor, say)
        what = say("{stage} ({actor})", stage=title, actor=by) if by else title
        if reached[stage]:
            yield say("{stage}: yes.", stage=what)
            continue
        yield say("{stage}: no, so far as the log knows.", stage=what)
        rest = [say.text(system.log.stage_titles.get(each)) or each for each in names[position + 1 :]]
        if rest and not any(reached[each] for each in names[position + 1 :]):
            yield say("The steps that would have come next did not take place: {steps}.", steps=", ".join(rest))
            return
