"""The third element: the criteria, and what each weighed for this person; what is not known is never guessed."""

from __future__ import annotations

import math
from collections.abc import Iterator

from boussole.charter.document.base import given
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.views.explained.explanation import Explanation, cell, column_name, score, signed
from boussole.dashboard.views.papers import Block, bullets, heading, note, table, text
from boussole.experiments.weights.linear import Effect

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
        yield note(_why_not(known, say))
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
            cell(known.decision.features[each.column], say),
            cell(usual, say) if (usual := known.usual[each.column]) is not None else "—",
            signed(each.points, say),
        ]
        for each in found.effects
    ]
    yield table(header, rows)
    if found.logged:
        yield text(
            say(
                "How to read the points: above zero, the criterion raised your score; below zero, it lowered it; the "
                "further from zero, the more it counted. The average is that of the people whom the same version of "
                "the tool looked at in the same month."
            )
        )
    else:
        yield text(
            say(
                "How to read the points: the tool adds points for each criterion, and makes its score of the sum. "
                "Points above zero raised your score, points below zero lowered it; the further from zero, the more "
                "the criterion counted. The average is that of the people whom the same version of the tool looked at "
                "in the same month."
            )
        )
    yield text(_checked(known, say))


def _sentence(known: Explanation, effect: Effect, say: Say) -> str:
    """What a criterion did, and what the score would have been with an average one."""
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


def _why_not(known: Explanation, say: Say) -> str:
    """Why no weight can be told, and what must be logged so that it can."""
    version, found = known.decision.version or "", known.weights
    if found.mismatch:
        return say(
            "The weight of the criteria cannot be told. Computed again with the model that is kept as version "
            "{version}, the score is not the one in the log: it may not be the model that decided. The service must "
            "log the very model that decides.",
            version=version,
        )
    if found.too_few:
        return say(
            "The weight of the criteria cannot be told. The log does not hold the data that the tool read, or too few "
            "decisions to compare yours with. The service must log these data."
        )
    reasons = {
        "no_version": say(
            "The log does not say which version of the tool decided. The service must log it with each decision."
        ),
        "no_model": say(
            "The model of version {version} is not kept where it could be read. The service must keep it there, with "
            "its version.",
            version=version,
        ),
        "several_models": say(
            "Several models are kept as version {version}, and nothing says which one decided. The service must give "
            "each model a version of its own.",
            version=version,
        ),
        "unreachable": say(
            "The place where models are kept did not answer today. The service must make this sheet again once it does."
        ),
        "unsafe": say(
            "The model of version {version} is kept in a form that cannot be read safely. The service must keep it in "
            "a safe form.",
            version=version,
        ),
        "not_linear": say(
            "The tool does not simply add up criteria, and what each weighed for you was not kept. The service must "
            "log, with each decision, the weight of each criterion."
        ),
        "not_additive": say(
            "In this tool criteria act on one another, and what each weighed for you was not kept. The service must "
            "log, with each decision, the weight of each criterion."
        ),
    }
    return say("The weight of the criteria cannot be told. {reason}", reason=reasons[given(found.lack)])


def _threshold(known: Explanation, say: Say) -> Iterator[Block]:
    """The lowest score that counts, where it was logged with the model under that name."""
    made = known.decision
    try:
        least = float(known.model.settings.get("threshold", ""))
    except ValueError:
        return
    if made.score is None or not math.isfinite(least):
        return
    said = {"version": made.version or "", "least": score(least, say)}
    if made.score >= least:
        yield text(say("The lowest score that version {version} lets pass is {least}: yours reaches it.", **said))
    else:
        yield text(say("The lowest score that version {version} lets pass is {least}: yours lies below.", **said))
