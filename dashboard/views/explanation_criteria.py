"""The third element of the sheet that explains a decision: the criteria, and what each weighed for this person."""

from __future__ import annotations

import math
from collections.abc import Iterator

from boussole.dashboard.markup.words import Say
from boussole.dashboard.views.explanation import (
    Explanation,
    cell,
    column_name,
    measured,
    score,
    signed,
    why_not,
)
from boussole.dashboard.views.papers import Block, bullets, heading, note, table, text
from boussole.experiments.weights.linear import ParameterEffect

TOLD = 3
"""Criteria that are told in a sentence, the weightiest first."""
HARDLY = 0.01
"""The share of the scale of scores below which a change of the score is hardly one."""


def parameter_blocks(known: Explanation, say: Say) -> Iterator[Block]:
    """The score, what each criterion did to it, or why that cannot be told."""
    yield heading(say("3. Which criteria counted, and how much?"))
    made, scale = known.decision, known.system.log.score
    if made.score is not None and scale is not None:
        low, high = (cell(end, say) for end in scale.range)
        yield text(
            say(
                "Your score: {score}, on a scale from {low} to {high}.",
                score=score(made.score, say),
                low=low,
                high=high,
            )
        )
    if known.weights.effects:
        yield from _effects(known, say)
    else:
        yield note(why_not(known, say))
        yield text(say("Nothing was put in its place: a weight that is not known is not told."))
    yield from _threshold(known, say)
    if known.system.rules is None:
        yield note(
            say(
                "The rules by which a score becomes a decision were not put into plain words by the service. It must "
                "write them down."
            )
        )


def _effects(known: Explanation, say: Say) -> Iterator[Block]:
    found = known.weights
    told = [_sentence(known, each, say) for each in found.effects[:TOLD]]
    yield bullets(told)
    header = [say("Criterion"), say("You"), say("On average"), say("Weight (points)")]
    rows = [
        [
            column_name(known.system, each.column, say),
            measured(known.system, each.column, known.decision.features[each.column], say),
            measured(known.system, each.column, usual, say) if (usual := known.usual[each.column]) is not None else "—",
            signed(each.points, say),
        ]
        for each in found.effects
    ]
    yield table(header, rows)
    yield text(
        say(
            "How to read the points: above zero, the criterion raised your score; below zero, it lowered it; the "
            "further from zero, the more it counted. A value below the average can raise a score, and one above it "
            "can lower one: this version of the tool counts so. The average is that of the people whom it looked "
            "at in the same month."
        )
    )
    if found.logistic and not found.unlogged:
        yield text(
            say(
                "Added up, the points say how far you lie from the average. The tool turns this into a score between 0 "
                "and 1: they do not add up to your score itself."
            )
        )
    yield text(_checked(known, say))


def _sentence(known: Explanation, effect: ParameterEffect, say: Say) -> str:
    name, made = column_name(known.system, effect.column, say), known.decision
    up, scale = effect.points > 0, known.system.log.score
    if effect.without is None or made.score is None or scale is None:
        raised = say("{criterion}: raised your score.", criterion=name)
        return raised if up else say("{criterion}: lowered your score.", criterion=name)
    if abs(effect.without - made.score) < HARDLY * (scale.range[1] - scale.range[0]):
        return say("{criterion}: hardly changed your score.", criterion=name)
    said = {"criterion": name, "without": score(effect.without, say), "score": score(made.score, say)}
    if up:
        return say(
            "{criterion}: raised your score. Had it counted as it does on average, your score would have been "
            "{without} in place of {score}.",
            **said,
        )
    return say(
        "{criterion}: lowered your score. Had it counted as it does on average, your score would have been {without} "
        "in place of {score}.",
        **said,
    )


def _checked(known: Explanation, say: Say) -> str:
    version = known.decision.version or ""
    if known.weights.logged:
        return " ".join(
            [
                say(
                    "These weights are those that the tool itself wrote down when it decided. They were not computed "
                    "again here."
                ),
                *_short_of(known, say),
            ]
        )
    if known.weights.checked:
        return say(
            "Checked: computed again from these data with version {version} of the tool, the score is the same as in "
            "the log.",
            version=version,
        )
    if known.weights.unlogged:
        return say(
            "These weights are those of version {version} of the tool. They are not all of them: a criterion whose "
            "value is not in the log has a weight too, which cannot be told. So the score could not be computed again.",
            version=version,
        )
    return say(
        "These weights are those of version {version} of the tool. The log holds no score to check them against.",
        version=version,
    )


def _short_of(known: Explanation, say: Say) -> Iterator[str]:
    """What the weights that were logged leave out, or may leave out."""
    if known.inputs is None:
        yield say(
            "Which criteria the tool reads could not be seen here, so that nobody knows whether these are all of them. "
            "The service must keep the model where it can be read, with its version."
        )
    elif known.weights.unlogged:
        yield say(
            "They are not all of them: the tool reads other criteria, whose weights it did not write down. The service "
            "must log them."
        )


def _threshold(known: Explanation, say: Say) -> Iterator[Block]:
    made = known.decision
    try:
        least = float(known.model.settings.get("threshold", ""))
    except ValueError:
        return
    if made.score is None or not math.isfinite(least):
        return
    said = {"version": made.version or "", "least": score(least, say)}
    if made.score >= least:
        told = say("The lowest score that version {version} lets pass is {least}: yours reaches it.", **said)
    else:
        told = say("The lowest score that version {version} lets pass is {least}: yours lies below.", **said)
    yield text(" ".join([told, *_what_decided(known, say, reached=made.score >= least)]))


def _what_decided(known: Explanation, say: Say, *, reached: bool) -> Iterator[str]:
    """Whether the lowest score was the reason, and what is left where it was not, so far as the log knows."""
    made, asked = known.decision, known.system.log.decision
    title = say.text(asked.title) if asked and asked.title else say("selected")
    if made.selected is None or (made.selected and reached):
        return
    if made.selected:
        yield say("You are among the people {selected} all the same: the log does not say why.", selected=title)
        return
    if not reached:
        yield say("This limit is reason enough not to be among the people {selected}.", selected=title)
    elif made.rank is not None:
        yield say(
            "So it is not the reason why you are not among the people {selected}. What is left, so far as the log "
            "knows, is your place in the order: {rank}.",
            selected=title,
            rank=say.whole(made.rank),
        )
    else:
        yield say(
            "So it is not the reason why you are not among the people {selected}. The log does not say what was.",
            selected=title,
        )
    if made.human:
        yield say("That is the result of the tool: a person decided otherwise, to choose you.")
