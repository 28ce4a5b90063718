"""The second element: which data were used, and where they come from."""

from __future__ import annotations

from collections.abc import Iterator

from boussole.dashboard.views.explained.explanation import Explanation
from boussole.dashboard.views.explained.words import cell, column_name, listed
from boussole.dashboard.views.paper_blocks import Block, heading, note, table, text
from boussole.dashboard.words.say import Say


def data_blocks(known: Explanation, say: Say) -> Iterator[Block]:
    """The data about the person, what is said of their sources, and what was not used."""
    system, features = known.system, known.decision.features
    yield heading(say("2. Which data were used, and where do they come from?"))
    weights = set(system.logged_weights.values())
    used = [each for each in system.watched if each not in weights and (known.inputs is None or each in known.inputs)]
    unasked = [each for each in system.watched if each not in used and each not in weights]
    if used:
        origins = {each.column: each.origin for each in system.features}
        unsaid = say("Not told by the service")
        rows = [
            [column_name(system, each, say), cell(features[each], say), say.text(origins[each]) or unsaid]
            for each in used
        ]
        yield table([say("Data about you"), say("As the tool had it"), say("Where it comes from")], rows)
    else:
        yield text(say("The log holds none of the data that the tool read about you."))
    if known.inputs is None:
        yield text(
            say("The model itself could not be read: this list is what the service declares, and was not checked.")
        )
    yield from _lacking(known, say)
    yield from _unused(known, unasked, say)
    yield text(
        say(
            "These values are those of the tool’s log, kept by: {owner}. If one of them is wrong, ask for it to be put "
            "right: it is your right.",
            owner=system.owner,
        )
    )


def _lacking(known: Explanation, say: Say) -> Iterator[Block]:
    """Inputs of the model that are not in the log, sensitive ones by name."""
    if known.sensitive_used:
        named = listed(known.system, known.sensitive_used, say)
        yield note(
            say(
                "The tool also read data about you that are sensitive: {names}. That is unusual: you can ask the "
                "service why.",
                names=named,
            )
        )
    columns = [each for each in known.weights.unlogged if each not in known.sensitive_used]
    if columns:
        yield note(
            say(
                "The tool also read: {names}. What it had of you there is not in the log, so that it cannot be told "
                "here. You can ask the service for it.",
                names=listed(known.system, columns, say),
            )
        )


def _unused(known: Explanation, unasked: list[str], say: Say) -> Iterator[Block]:
    """What is kept beside a decision to check the tool, by name and without its value."""
    names = listed(known.system, [*known.unused, *unasked], say)
    if not names:
        return
    if known.inputs is None:
        yield text(
            say(
                "The log also keeps, only to check that everybody is treated alike: {names}. The service declares that "
                "the tool does not decide by them; that could not be checked here.",
                names=names,
            )
        )
    else:
        yield text(
            say(
                "Not used to compute the score: {names}. The log keeps these only to check that everybody is treated "
                "alike, and the model does not read them.",
                names=names,
            )
        )
